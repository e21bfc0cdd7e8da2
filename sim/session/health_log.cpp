#include "sim/session/health_log.h"

#include <algorithm>

#include "sim/session/state_reader.h"

namespace kscope::session {
namespace {

using sim::NoteKind;
using view::HealthState;

bool is_about_partition(NoteKind kind) {
  return kind == NoteKind::kLeaderElected || kind == NoteKind::kIsrChanged || kind == NoteKind::kBecameLeader ||
         kind == NoteKind::kPartitionReassigned;
}

bool is_about_broker(NoteKind kind) {
  return kind == NoteKind::kBrokerRegistered || kind == NoteKind::kBrokerGone || kind == NoteKind::kBrokerRunning ||
         kind == NoteKind::kZkSessionOpened || kind == NoteKind::kZkSessionExpired || kind == NoteKind::kShutdownDone;
}

bool has_topics(const Run& run) {
  const auto& topics = run.world.registry().topics;
  return std::any_of(topics.begin(), topics.end(), [](const sim::TopicSetup& topic) { return !topic.is_internal; });
}

HealthState state_of(const Run& run, sim::TopicPartition id, const sim::PartitionWatch& watched) {
  const sim::Registry& registry = run.world.registry();
  const sim::TopicSetup& topic = registry.topics[static_cast<std::size_t>(id.topic.value)];
  if (!watched.exists || topic.is_internal) {
    return HealthState::kStarting;
  }
  if (watched.acked_lost > 0) {
    return HealthState::kRecordsLost;
  }
  if (!watched.leader.is_valid()) {
    return HealthState::kOffline;
  }
  const int in_sync = watched.isr.size();
  if (in_sync < topic.config.min_insync_replicas) {
    return HealthState::kUnderMinIsr;
  }
  return static_cast<std::size_t>(in_sync) < run.watch.wanted_replicas(registry, id) ? HealthState::kUnderReplicated
                                                                                     : HealthState::kHealthy;
}

}  // namespace

void HealthLog::look_at(const Run& run, sim::TopicPartition partition) {
  const sim::PartitionWatch* watched = run.watch.find(partition);
  if (watched == nullptr) {
    return;
  }
  const auto topic = static_cast<std::size_t>(partition.topic.value);
  const auto index = static_cast<std::size_t>(partition.partition);
  partitions_.resize(std::max(partitions_.size(), topic + 1));
  partitions_[topic].resize(std::max(partitions_[topic].size(), index + 1), HealthState::kStarting);
  HealthState& state = partitions_[topic][index];
  if (state != HealthState::kStarting) {  // who does not exist is not counted
    --counts_[static_cast<std::size_t>(state)];
  }
  state = state_of(run, partition, *watched);
  if (state != HealthState::kStarting) {
    ++counts_[static_cast<std::size_t>(state)];
  }
}

void HealthLog::count_brokers(const Run& run) {
  const auto& nodes = run.world.registry().broker_nodes;
  has_brokers_down_ = std::any_of(nodes.begin(), nodes.end(), [&](NodeId node) {
    const sim::Broker* broker = find_broker(run.world, node);
    return broker == nullptr || !broker->lifecycle.is_registered;
  });
}

HealthState HealthLog::worst(const Run& run) const {
  if (run.invariants.broken > 0) {
    return HealthState::kInvariantBroken;
  }
  for (std::size_t i = kStates; i > static_cast<std::size_t>(HealthState::kBrokersDown) + 1; --i) {
    if (counts_[i - 1] > 0) {
      return static_cast<HealthState>(i - 1);
    }
  }
  // A cluster that is to have no topic has started when all its brokers are registered for the first time.
  const bool has_partitions = counts_[static_cast<std::size_t>(HealthState::kHealthy)] > 0;
  const bool was_up = !marks_.empty() && marks_.back().state != HealthState::kStarting;
  const bool is_up = has_partitions || (!has_topics(run) && (was_up || !has_brokers_down_));
  return !is_up ? HealthState::kStarting : has_brokers_down_ ? HealthState::kBrokersDown : HealthState::kHealthy;
}

void HealthLog::on_event(const Run& run, const sim::Event& event) {
  bool touches_brokers = event.fault != nullptr || event.command != nullptr || event.kind == EventKind::kStart;
  for (const sim::Note& note : event.notes) {
    if (is_about_partition(note.kind)) {
      look_at(run, note.partition);
    }
    touches_brokers = touches_brokers || is_about_broker(note.kind);
  }
  if (touches_brokers) {
    count_brokers(run);
  }
  const HealthState state = worst(run);
  if (marks_.empty() || marks_.back().state != state) {
    marks_.push_back({event.number, event.time, state});
  }
}

void HealthLog::go_on_from(const Run& run) {
  std::size_t count = marks_.size();
  while (count > 0 && marks_[count - 1].event > run.event_count()) {
    --count;
  }
  marks_.truncate(count);
  partitions_.clear();
  counts_ = {};
  const auto& topics = run.watch.topics();
  for (std::size_t topic = 0; topic < topics.size(); ++topic) {
    for (std::size_t index = 0; index < topics[topic].size(); ++index) {
      look_at(run, {sim::TopicId(static_cast<std::int32_t>(topic)), static_cast<std::int32_t>(index)});
    }
  }
  count_brokers(run);
}

}  // namespace kscope::session
