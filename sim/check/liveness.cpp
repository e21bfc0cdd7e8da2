#include "sim/check/liveness.h"

#include <fmt/format.h>

#include <algorithm>

namespace kscope::sim {
namespace {

constexpr Duration kLookInterval = 10s;

bool is_core(NodeRole role) {
  return role == NodeRole::kBroker || role == NodeRole::kController || role == NodeRole::kZooKeeper;
}

bool has_majority(const World& world, const std::vector<NodeId>& servers) {
  const auto up = std::count_if(servers.begin(), servers.end(), [&](NodeId node) { return world.process(node).is_up; });
  return servers.empty() || 2 * static_cast<std::size_t>(up) > servers.size();
}

}  // namespace

std::string in_seconds(Duration time) {
  return fmt::format("{} s", std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

Calm Calm::with(const Calm& other) const {
  return Calm{std::max(since, other.since), trouble.empty() ? other.trouble : trouble};
}

LivenessLook::LivenessLook(const World& world, const Watch& watch, const Event& event, Liveness& memory)
    : world_(world), watch_(watch), memory_(memory), now_(event.time), troubles_(world.node_count()) {
  memory.next_look = now_ + kLookInterval;
  memory.troubled_at.resize(world.node_count());
  for (std::size_t i = 0; i < troubles_.size(); ++i) {
    troubles_[i] = trouble_of(NodeId(static_cast<std::int32_t>(i)));
  }
  look_at_links(troubles_);
  core_.trouble = trouble_of_quorum();
  for (std::size_t i = 0; i < troubles_.size(); ++i) {
    if (!troubles_[i].empty()) {
      memory.troubled_at[i] = now_;
    }
    if (is_core(registry().nodes[i].role)) {
      core_ = core_.with(client(NodeId(static_cast<std::int32_t>(i))));
    }
  }
}

Calm LivenessLook::client(NodeId node) const {
  const auto index = static_cast<std::size_t>(node.value);
  return Calm{std::max(watch_.disturbed_at(node), memory_.troubled_at[index]), troubles_[index]};
}

std::string LivenessLook::trouble_of(NodeId node) const {
  const ProcessState& process = world_.process(node);
  if (!process.is_up) {
    return {};
  }
  const Disk& disk = world_.disk(node);
  const Consumer* reader = consumer(node);
  if (process.is_paused) {
    return name(node) + " stands still";
  }
  if (disk.is_full || disk.is_failing || disk.slow_factor > 1) {
    return fmt::format("the disk of {} is full, fails or is slow", name(node));
  }
  if (process.cpu_factor > 1) {
    return name(node) + " is slow";
  }
  if (world_.clock(node).is_frozen()) {
    return fmt::format("the clock of {} stands still", name(node));
  }
  if (reader != nullptr && reader->is_paused) {
    return fmt::format("the application of {} does not call poll()", name(node));
  }
  return {};
}

std::string LivenessLook::trouble_of_quorum() const {
  if (!has_majority(world_, registry().zookeepers)) {
    return "ZooKeeper has no quorum";
  }
  if (!has_majority(world_, registry().controllers)) {
    return "the controllers have no quorum";
  }
  return watch_.controller.is_valid() ? std::string{} : "there is no controller";
}

void LivenessLook::look_at_links(std::vector<std::string>& troubles) const {
  for (std::size_t a = 0; a < troubles.size(); ++a) {
    const NodeId server(static_cast<std::int32_t>(a));
    if (!is_core(registry().nodes[a].role) || !world_.process(server).is_up) {
      continue;
    }
    for (std::size_t b = 0; b < troubles.size(); ++b) {
      const NodeId other(static_cast<std::int32_t>(b));
      if (a == b || (world_.network().direction(server, other).is_whole(now_) &&
                     world_.network().direction(other, server).is_whole(now_))) {
        continue;
      }
      const std::string trouble = fmt::format("the link between {} and {} is not whole", name(server), name(other));
      troubles[b] = trouble;
      if (is_core(registry().nodes[b].role)) {
        troubles[a] = trouble;
      }
    }
  }
}

const Consumer* LivenessLook::consumer(NodeId node) const {
  const Role* role = world_.role(node);
  const Consumer* found = role == nullptr ? nullptr : std::get_if<Consumer>(role);
  const bool is_over = found == nullptr || found->is_close_wanted || found->application == ApplicationState::kClosing ||
                       found->application == ApplicationState::kClosed;
  return is_over ? nullptr : found;
}

const Broker* LivenessLook::leader(TopicPartition partition, const Partition*& hosted) const {
  const PartitionWatch* p = watch_.find(partition);
  const NodeId node = p == nullptr || !p->exists ? NodeId{} : registry().node_of(p->leader);
  const Role* role = node.is_valid() ? world_.role(node) : nullptr;
  const Broker* broker = role == nullptr ? nullptr : std::get_if<Broker>(role);
  hosted = broker == nullptr ? nullptr : broker->replicas.find(partition);
  return hosted != nullptr && hosted->is_leader(broker->id) ? broker : nullptr;
}

std::string LivenessLook::trouble_of_topic(TopicId topic) const {
  const auto index = static_cast<std::size_t>(topic.value);
  if (!topic.is_valid() || index >= watch_.topics().size() || watch_.topics()[index].empty()) {
    return {};
  }
  const std::int32_t min_isr = registry().topics.at(index).config.min_insync_replicas;
  for (std::size_t i = 0; i < watch_.topics()[index].size(); ++i) {
    const TopicPartition partition{topic, static_cast<std::int32_t>(i)};
    const PartitionWatch& p = watch_.topics()[index][i];
    const Partition* hosted = nullptr;
    if (leader(partition, hosted) == nullptr) {
      return registry().partition_name(partition) + " has no leader";
    }
    if (p.isr.size() < min_isr) {
      return registry().partition_name(partition) + " has fewer replicas in sync than min.insync.replicas";
    }
  }
  return {};
}

}  // namespace kscope::sim
