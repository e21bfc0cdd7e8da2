// The metadata quorum speaks in replica ids and in messages of its own; the world in nodes and in one variant.

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/core/check.h"
#include "sim/controller/kraft/kraft_controller.h"

namespace kscope::sim {

Uuid new_topic_uuid(TopicId topic, Offset offset) {
  return {static_cast<std::int64_t>(topic.value) + 1, offset.value + 1};
}

Uuid topic_uuid(const Registry& registry, const kraft::MetadataImage& image, TopicId topic) {
  const auto index = static_cast<std::size_t>(topic.value);
  const kraft::TopicImage* found =
      index < registry.topics.size() ? image.topic_named(registry.topics[index].name) : nullptr;
  return found == nullptr ? Uuid{} : found->id;
}

TopicId topic_of(Uuid id) { return TopicId(static_cast<std::int32_t>(id.most_significant_bits - 1)); }

PartitionState partition_state(TopicPartition partition, Uuid topic_id, const kraft::PartitionRegistration& registered,
                               LeaderEpoch quorum_epoch) {
  PartitionState state;
  state.partition = partition;
  state.topic_id = topic_id;
  state.leader = registered.leader;
  state.leader_epoch = registered.leader_epoch;
  state.isr = registered.isr;
  state.replicas = registered.replicas;
  state.partition_epoch = registered.partition_epoch;
  state.controller_epoch = ControllerEpoch(quorum_epoch.value);
  return state;
}

namespace quorum_wire {

std::optional<raft::RaftMessage> raft_message(const MessageBody& body) {
  return std::visit(
      [](const auto& held) -> std::optional<raft::RaftMessage> {
        if constexpr (std::is_constructible_v<raft::RaftMessage, decltype(held)>) {
          return raft::RaftMessage(held);
        } else {
          return std::nullopt;
        }
      },
      body);
}

void send_all(Ctx& ctx, const std::vector<raft::RaftSend>& sends) {
  for (const raft::RaftSend& send : sends) {
    const NodeId to = ctx.registry().node_of_replica(send.to);
    KSCOPE_CHECK(to.is_valid(), "a replica of the metadata log is a controller or a broker");
    Message message{send.correlation_id, std::visit([](const auto& body) { return MessageBody(body); }, send.message)};
    const std::int64_t size = message_size(message);
    ctx.send(to, std::move(message), size);
  }
}

DrawBelow draw(Ctx& ctx) {
  return [&ctx](std::int32_t bound) {
    return static_cast<std::int32_t>(
        ctx.chooser().choose(ChoiceKind::process, Label{0, ctx.self().value, 0}, static_cast<std::uint32_t>(bound)));
  };
}

raft::QuorumConfig quorum_config(const Registry& registry, const BrokerConfig& of_process) {
  // MODEL: times of 0 or less, which Kafka takes too and spins on, count as a millisecond.
  const auto at_least_1_ms = [](Duration time) { return std::max(time, Duration(1ms)); };
  raft::QuorumConfig config;
  config.election_timeout = at_least_1_ms(of_process.controller_quorum_election_timeout_ms);
  config.election_backoff_max = at_least_1_ms(of_process.controller_quorum_election_backoff_max_ms);
  config.fetch_timeout = at_least_1_ms(of_process.controller_quorum_fetch_timeout_ms);
  config.request_timeout = at_least_1_ms(of_process.controller_quorum_request_timeout_ms);
  config.retry_backoff = at_least_1_ms(of_process.controller_quorum_retry_backoff_ms);
  config.planted_bug = registry.planted_bug;
  for (const NodeId node : registry.controllers) {
    config.voters.push_back(replica_of(registry, node));
  }
  return config;
}

void note_high_watermark(Ctx& ctx, const raft::RaftClient& raft, Offset before) {
  if (raft.high_watermark() != before) {
    ctx.note({.kind = NoteKind::kMetadataCommitted,
              .broker = raft.self(),
              .a = raft.high_watermark().value,
              .b = before.value});
  }
}

BrokerId replica_of(const Registry& registry, NodeId node) {
  const NodeEntry& entry = registry.nodes.at(static_cast<std::size_t>(node.value));
  if (entry.role == NodeRole::kController) {
    return BrokerId(kFirstControllerId + entry.index);
  }
  return entry.role == NodeRole::kBroker ? registry.broker(node).id : BrokerId{};
}

}  // namespace quorum_wire
}  // namespace kscope::sim
