// Fetch: by consumers, from any replica up to its high watermark (KIP-392), and by followers, from the leader up to log end;
// the offset that they ask for tells what they have. The work is ReplicaManager's.
// Source: KafkaApis.handleFetchRequest, Kafka 3.9.
#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"

namespace kscope::sim {

void handle_fetch(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const FetchRequest& request) {
  broker.replicas.fetch(ctx, broker, from, correlation_id, request);
}

}  // namespace kscope::sim
