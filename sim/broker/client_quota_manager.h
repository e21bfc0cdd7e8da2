#pragma once
// ClientQuotaManager: holds clients to producer_byte_rate and consumer_byte_rate. What a client moved is counted for each
// client id; who moved more than its quota is told a throttle time with the answer, and its connection is muted for so long
// (KIP-13, KIP-219). Owned by Broker: each broker counts for itself, and forgets with its process.
//
//   Produce: counted by the size of the request when it is answered. The answer says how long to wait.
//   Fetch:   counted by the size of the answer; if it would be too much it is taken back, and an empty answer says how long.
//            No fetch may ask for more than a silent client is granted, or it would never be answered.
//   Followers are not clients.
//
// Source: ClientQuotaManager, KafkaApis.handleProduceRequest and handleFetchRequest, ThrottledChannel, Kafka 3.9.
// MODEL: quotas are for client ids: nobody authenticates, so there are no users and addresses (KIP-257, KIP-612). Quotas in
// percent of the time of I/O threads (KIP-124), which is a figure of the model, and of controller mutations (KIP-599) are
// not here. A changed quota holds on every broker at once, without
// /config/clients in ZooKeeper or a ClientQuotaRecord on its way.

#include <cstdint>
#include <map>
#include <string>

#include "sim/broker/purgatory.h"
#include "sim/broker/quota_rate.h"
#include "sim/types/client_quota.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

/// A client as this broker counts it, for one of the two quotas.
struct ClientSensor {
  QuotaRate rate;
  std::int64_t throttled_until_ms = INT64_MIN;  ///< of the broker's clock: end of the last pause that it was told
};

class ClientQuotaManager {
 public:
  /// Counts a produce request that is answered now; its connection is `channel`. Result: ms that the client shall wait, 0
  /// when its rate is within its quota, or it has none. Effects: mutes the connection for so long; a note when a client
  /// begins to be throttled.
  std::int32_t throttle_produce(Ctx& ctx, Broker& broker, NodeId client, ChannelIndex channel,
                                std::int64_t request_bytes);
  /// The same for the answer to a consumer's fetch. Not 0: the answer shall be empty, and nothing of it was counted.
  std::int32_t throttle_fetch(Ctx& ctx, Broker& broker, NodeId client, ChannelIndex channel,
                              std::int64_t response_bytes);
  /// Bytes that a consumer may get at once if it was silent before; INT64_MAX without a quota.
  /// Source: ClientQuotaManager.getMaxValueInQuotaWindow.
  [[nodiscard]] static std::int64_t max_fetch_bytes(const Ctx& ctx, const Broker& broker, NodeId client);

 private:
  using Sensors = std::map<std::string, ClientSensor, std::less<>>;
  struct Counted {
    QuotaType type = QuotaType::PRODUCE;
    NodeId client;
    std::int64_t bytes = 0;
  };
  std::int32_t count(Ctx& ctx, const Broker& broker, const Counted& counted);

  Sensors produce_;
  Sensors fetch_;
};

}  // namespace kscope::sim
