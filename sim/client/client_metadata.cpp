#include "sim/client/client_metadata.h"

#include <algorithm>

#include "sim/client/client_backoff.h"

namespace kscope::sim {
namespace {

/// What the new answer says of a topic, except where an older answer already told of a newer leader epoch. Epochs of a
/// topic that was deleted say nothing about one that was created again. Source: Metadata.handleMetadataResponse.
ClientTopic merged(const ClientTopic& old, const MetadataTopic& told) {
  ClientTopic topic = old;
  if (told.error == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) {
    topic.exists = false;
    for (ClientPartition& partition : topic.partitions) {
      partition.leader = BrokerId{};
    }
    return topic;
  }
  if (told.partitions.empty()) {
    return topic;
  }
  if (told.topic_id != old.topic_id) {
    topic.partitions.clear();
  }
  topic.topic = told.topic;
  topic.topic_id = told.topic_id;
  topic.exists = true;
  topic.partitions.resize(std::max(told.partitions.size(), topic.partitions.size()));
  for (const MetadataPartition& partition : told.partitions) {
    const auto index = static_cast<std::size_t>(partition.partition.partition);
    if (index >= topic.partitions.size()) {
      topic.partitions.resize(index + 1);
    }
    ClientPartition& known = topic.partitions[index];
    if (partition.leader_epoch >= known.leader_epoch) {
      known = ClientPartition{partition.leader, partition.leader_epoch, partition.replicas};
    }
  }
  return topic;
}

bool is_complete(const ClientTopic& topic) {
  return topic.exists && std::all_of(topic.partitions.begin(), topic.partitions.end(),
                                     [](const ClientPartition& partition) { return partition.leader.is_valid(); });
}

}  // namespace

void ClientMetadata::set_topics(const std::vector<TopicId>& topics) {
  std::vector<TopicId> wanted = topics;
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<ClientTopic> kept;
  for (const TopicId topic : wanted) {
    const ClientTopic* known = this->topic(topic);
    kept.push_back(known != nullptr ? *known : ClientTopic{topic, false, {}, {}});
  }
  topics_ = std::move(kept);
}

void ClientMetadata::request_update(Ctx& ctx, NetworkClient& network) {
  update_requested_ = true;
  maybe_send(ctx, network);
}

void ClientMetadata::request_update_for_new_topics(Ctx& ctx, NetworkClient& network) {
  next_attempt_ = LocalTime::min();
  fruitless_ = 0;
  request_update(ctx, network);
}

void ClientMetadata::on_timer(Ctx& ctx, NetworkClient& network) { request_update(ctx, network); }

bool ClientMetadata::on_response(Ctx& ctx, NetworkClient& network, const MetadataResponse& response) {
  if (response.brokers.empty()) {
    on_failure(ctx,
               network);  // It knows nothing yet: it has just started. Source: NetworkClient.handleSuccessfulResponse
    return false;
  }
  is_in_flight_ = false;
  update_requested_ = false;
  ++version_;
  bool changed = response.controller != controller_ || response.brokers != brokers_;
  controller_ = response.controller;
  brokers_ = response.brokers;
  for (const MetadataTopic& told : response.topics) {
    const auto known = std::find_if(topics_.begin(), topics_.end(),
                                    [&](const ClientTopic& topic) { return topic.topic == told.topic; });
    if (known == topics_.end()) {
      continue;  // asked for before the subscription changed
    }
    ClientTopic updated = merged(*known, told);
    changed = changed || updated != *known;
    *known = std::move(updated);
  }
  fruitless_ = changed ? 0 : fruitless_ + 1;
  const Duration backoff =
      client_backoff(ctx, {timing_.retry_backoff, timing_.retry_backoff_max}, std::max(fruitless_ - 1, 0));
  next_attempt_ = ctx.now() + backoff;
  ctx.cancel(timer_);
  if (std::all_of(topics_.begin(), topics_.end(), is_complete)) {
    arm(ctx, TimerKind::kMetadataRefresh, timing_.max_age);
  } else {
    request_update(ctx, network);
  }
  return changed;
}

void ClientMetadata::on_failure(Ctx& ctx, NetworkClient& network) {
  is_in_flight_ = false;
  const Duration backoff = client_backoff(ctx, {timing_.retry_backoff, timing_.retry_backoff_max}, fruitless_);
  ++fruitless_;
  next_attempt_ = ctx.now() + backoff;
  request_update(ctx, network);
}

const ClientTopic* ClientMetadata::topic(TopicId topic) const {
  for (const ClientTopic& known : topics_) {
    if (known.topic == topic) {
      return &known;
    }
  }
  return nullptr;
}

std::int32_t ClientMetadata::partition_count(TopicId topic) const {
  const ClientTopic* known = this->topic(topic);
  return known == nullptr || !known->exists ? 0 : static_cast<std::int32_t>(known->partitions.size());
}

const ClientPartition* ClientMetadata::partition(TopicPartition partition) const {
  const ClientTopic* known = topic(partition.topic);
  if (known == nullptr || partition.partition < 0 ||
      static_cast<std::size_t>(partition.partition) >= known->partitions.size()) {
    return nullptr;
  }
  return &known->partitions[static_cast<std::size_t>(partition.partition)];
}

NodeId ClientMetadata::leader_node(TopicPartition partition) const {
  const ClientPartition* known = this->partition(partition);
  return known == nullptr ? NodeId{} : node_of(known->leader);
}

NodeId ClientMetadata::node_of(BrokerId broker) const {
  if (!broker.is_valid()) {
    return NodeId{};
  }
  const auto known = std::lower_bound(brokers_.begin(), brokers_.end(), broker,
                                      [](const MetadataBroker& one, BrokerId wanted) { return one.id < wanted; });
  return known != brokers_.end() && known->id == broker ? known->node : NodeId{};
}

std::vector<NodeId> ClientMetadata::nodes(const Ctx& ctx) const {
  if (brokers_.empty()) {
    return ctx.registry().broker_nodes;
  }
  std::vector<NodeId> nodes;
  nodes.reserve(brokers_.size());
  for (const MetadataBroker& broker : brokers_) {
    nodes.push_back(broker.node);
  }
  return nodes;
}

void ClientMetadata::maybe_send(Ctx& ctx, NetworkClient& network) {
  if (is_in_flight_) {
    return;
  }
  if (ctx.now() < next_attempt_) {
    arm(ctx, TimerKind::kMetadataRetry, next_attempt_ - ctx.now());
    return;
  }
  const std::vector<NodeId> candidates = nodes(ctx);
  const NodeId node = network.least_loaded(ctx, candidates);
  if (!node.is_valid()) {
    LocalTime earliest = LocalTime::max();
    for (const NodeId candidate : candidates) {
      earliest = std::min(earliest, network.ready_at(candidate));
    }
    next_attempt_ = earliest;
    arm(ctx, TimerKind::kMetadataRetry, std::max(earliest - ctx.now(), Duration(0)));
    return;
  }
  ctx.cancel(timer_);
  MetadataRequest request;
  request.allow_auto_topic_creation = may_create_;
  for (const ClientTopic& topic : topics_) {
    request.topics.push_back(topic.topic);
    // MODEL: a topic that the scenario sets up is created by the administrator with its settings, not by who asks first.
    // One that was deleted is anybody's: that is how topics come back that nobody asked for.
    const bool is_deleted = !topic.exists && !topic.topic_id.is_zero();
    const TopicSetup& setup = ctx.registry().topics[static_cast<std::size_t>(topic.topic.value)];
    if (is_deleted) {
      continue;
    }
    if (setup.partitions > 0 || setup.replication_factor > 0 || !setup.assignment.empty()) {
      request.allow_auto_topic_creation = false;
    }
  }
  is_in_flight_ = true;
  network.send(ctx, node, std::move(request), timing_.request_timeout);
}

void ClientMetadata::arm(Ctx& ctx, TimerKind kind, Duration delay) {
  if (kind == TimerKind::kMetadataRetry && timer_kind_ == kind && ctx.is_armed(timer_)) {
    return;
  }
  ctx.cancel(timer_);
  timer_kind_ = kind;
  timer_ = ctx.after(delay, Timer{kind, static_cast<std::int64_t>(part_), 0});
}

}  // namespace kscope::sim
