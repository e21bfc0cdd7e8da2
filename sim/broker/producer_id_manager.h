#pragma once
// ProducerIdManager: the producer ids that this broker may hand out. It asks the controller for a block of a thousand when
// it has none, and for the next one when nine tenths are used up, so that producers rarely wait.
// Source: Kafka 3.9 RPCProducerIdManager, BrokerToControllerChannelManager.

#include <cstdint>
#include <optional>

#include "sim/protocol/producer_id.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

class ProducerIdManager {
 public:
  /// An id that nobody else has; none while the controller has not given any: COORDINATOR_LOAD_IN_PROGRESS then.
  /// Effects: perhaps an AllocateProducerIds request.
  std::optional<ProducerId> generate(Ctx& ctx, Broker& broker);
  void on_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id, const AllocateProducerIdsResponse& response);
  /// kProducerIdsRetry: the request had no answer, or the backoff is over.
  void on_timer(Ctx& ctx, Broker& broker);
  void on_disconnect(Ctx& ctx, NodeId peer);

 private:
  void request_block(Ctx& ctx, Broker& broker);
  void send(Ctx& ctx, Broker& broker);
  void retry_later(Ctx& ctx);

  ProducerIdsBlock current_;
  std::int32_t used_ = 0;                 // of the current block
  std::optional<ProducerIdsBlock> next_;  // fetched ahead
  bool is_wanted_ = false;                // a block was asked for, or will be asked for again
  std::int64_t outstanding_ = 0;          // correlation id of the request, 0 = none
  NodeId controller_;                     // that it went to
  TimerId timer_;
};

/// A producer id with epoch 0; with a transactional id it is the transaction coordinator's business.
void handle_init_producer_id(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                             const InitProducerIdRequest& request);

}  // namespace kscope::sim
