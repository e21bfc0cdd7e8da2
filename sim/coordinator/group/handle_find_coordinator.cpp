// FindCoordinator: the coordinator of a group is the leader of the partition of __consumer_offsets that the hash of the
// group's name gives; that of a transactional id is found the same way in __transaction_state. Any broker answers, from its metadata cache. Source: KafkaApis.getCoordinator (Kafka 3.9).

#include "sim/broker/broker.h"
#include "sim/coordinator/group/group_coordinator.h"
#include "sim/types/java_string.h"

namespace kscope::sim {

/// COORDINATOR_NOT_AVAILABLE while the topic does not exist or its partition has no live leader.
/// Effects: asks the controller to create the internal topic if it does not exist.
void handle_find_coordinator(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                             const FindCoordinatorRequest& request) {
  FindCoordinatorResponse response;
  response.group = request.group;
  response.error = ErrorCode::COORDINATOR_NOT_AVAILABLE;
  const Registry& registry = ctx.registry();
  const bool is_transactional = request.transactional_id.is_valid();
  const TopicId topic = is_transactional ? registry.transaction_topic : kOffsetsTopic;
  const std::int32_t count = broker.metadata.partition_count(topic);
  if (count == 0) {
    broker.auto_topics.request(ctx, broker, topic);
  } else {
    const std::string& name =
        is_transactional ? registry.transactional_ids.at(static_cast<std::size_t>(request.transactional_id.value))
                         : registry.groups[static_cast<std::size_t>(request.group.value)].name;
    const BrokerId leader = broker.metadata.leader_of(TopicPartition{topic, coordinator_partition(name, count)});
    const NodeId node = broker.metadata.node_of(leader);
    if (node.is_valid()) {
      response.error = ErrorCode::NONE;
      response.coordinator = leader;
      response.node = node;
    }
  }
  send_response(ctx, from, correlation_id, response);
}

}  // namespace kscope::sim
