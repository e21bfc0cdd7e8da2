// Partitions: replicas with their log strips, markers of groups, ghosts of lost records, and the health of the cluster.
#include <fmt/format.h>

#include <algorithm>

#include "sim/session/state_reader.h"
#include "sim/view/build.h"

namespace kscope::view {
namespace {

/// Offsets [from, to) of a partition whose producers were told that they are stored; sorted, for lookups.
class AckedOffsets {
 public:
  /// Empty unless `is_wanted`: without cells nobody asks.
  AckedOffsets(const sim::PartitionWatch& watched, bool is_wanted) {
    if (!is_wanted) {
      return;
    }
    const std::size_t first = watched.acked.size() > kLooked ? watched.acked.size() - kLooked : 0;
    for (std::size_t i = first; i < watched.acked.size(); ++i) {
      const sim::AckedBatch& batch = watched.acked[i];
      batches_.push_back({batch.base_offset.value, batch.count, batch.first_record});
    }
    std::sort(batches_.begin(), batches_.end(), [](const Batch& a, const Batch& b) { return a.base < b.base; });
  }
  [[nodiscard]] bool contains(const sim::RecordBatch& batch) const {
    auto found = std::lower_bound(batches_.begin(), batches_.end(), batch.base_offset.value,
                                  [](const Batch& b, std::int64_t offset) { return b.base < offset; });
    for (; found != batches_.end() && found->base == batch.base_offset.value; ++found) {
      if (batch.records != nullptr && !batch.records->empty() && batch.records->front().id == found->first) {
        return true;
      }
    }
    return false;
  }

 private:
  static constexpr std::size_t kLooked = 400;
  struct Batch {
    std::int64_t base = 0;
    std::int32_t count = 0;
    sim::RecordId first;
  };
  std::vector<Batch> batches_;
};

void add_cells(const sim::Registry& registry, const sim::PartitionLog& log, const AckedOffsets& acked,
               std::int64_t high_watermark, std::int64_t from, Replica& out) {
  const auto& batches = log.batches();
  for (std::size_t i = batches.size(); i > 0; --i) {
    const sim::RecordBatch& batch = batches[i - 1];
    if (batch.next_offset().value <= from) {
      break;
    }
    const bool is_acked = acked.contains(batch);
    for (std::int32_t k = batch.record_count - 1; k >= 0; --k) {
      Cell cell;
      cell.offset = batch.base_offset.value + k;
      if (cell.offset < from) {
        break;
      }
      cell.leader_epoch = batch.leader_epoch.value;
      cell.size_bytes = batch.size_bytes / std::max(batch.record_count, 1);
      cell.is_batch_start = k == 0;
      cell.is_committed = cell.offset < high_watermark;
      cell.is_acked = is_acked;
      if (batch.records != nullptr && static_cast<std::size_t>(k) < batch.records->size()) {
        const sim::Record& record = (*batch.records)[static_cast<std::size_t>(k)];
        if (record.is_removed()) {
          continue;  // compaction left a gap
        }
        cell.record = record.id.value;
        cell.key = record.key.value;
        cell.key_text = registry.key_text(record.producer, record.key);
        cell.colour = key_colour(record.key);
      }
      out.cells.push_back(std::move(cell));
    }
  }
  std::reverse(out.cells.begin(), out.cells.end());
}

void add_ghosts(const Inside& inside, sim::TopicPartition partition, NodeId node, std::int64_t from, Replica& out) {
  const auto& ghosts = inside.run().watch.ghosts();
  const sim::Registry& registry = inside.run().world.registry();
  constexpr std::size_t kLooked = 400;
  for (std::size_t i = ghosts.size(); i > 0 && i + kLooked > ghosts.size(); --i) {
    const sim::Ghost& ghost = ghosts[i - 1];
    if (ghost.partition != partition || ghost.node != node || ghost.offset.value < from) {
      continue;
    }
    // A record that was truncated and copied again is no loss: a ghost stays only while its record is absent.
    const bool is_back = std::any_of(out.cells.begin(), out.cells.end(),
                                     [&](const Cell& cell) { return cell.record == ghost.record.id.value; });
    if (is_back) {
      continue;
    }
    Cell cell;
    cell.offset = ghost.offset.value;
    cell.record = ghost.record.id.value;
    cell.key = ghost.record.key.value;
    cell.key_text = registry.key_text(ghost.record.producer, ghost.record.key);
    cell.colour = key_colour(ghost.record.key);
    cell.leader_epoch = ghost.epoch.value;
    cell.fate = CellFate::kGhost;
    const sim::PartitionWatch* watched = inside.run().watch.find(partition);
    for (std::size_t k = watched->acked.size(); k > 0; --k) {
      const sim::AckedBatch& batch = watched->acked[k - 1];
      if (ghost.offset >= batch.base_offset && ghost.offset < batch.base_offset + batch.count) {
        cell.is_acked = cell.is_acked || batch.first_record.value <= ghost.record.id.value;
        break;
      }
    }
    out.cells.push_back(std::move(cell));
  }
  std::stable_sort(out.cells.begin(), out.cells.end(),
                   [](const Cell& a, const Cell& b) { return a.offset < b.offset; });
}

std::string replica_state(const Replica& replica) {
  if (!replica.is_online) {
    return "offline";
  }
  if (replica.is_leader) {
    return "leader";
  }
  if (replica.is_in_isr) {
    return replica.lag == 0 ? "follower, in sync" : fmt::format("follower, in sync, {} behind", replica.lag);
  }
  return fmt::format("follower, out of ISR, {} behind", replica.lag);
}

void add_marks(const Inside& inside, sim::TopicPartition id, Partition& out) {
  const sim::World& world = inside.run().world;
  const auto& groups = inside.run().watch.groups();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const sim::GroupId group(static_cast<std::int32_t>(g));
    bool is_subscribed = groups[g].committed.contains(id);  // its lag is shown also when nobody reads it any more
    std::int64_t position = -1;
    for (const NodeId node : session::members_of(world.registry(), group)) {
      const std::vector<sim::TopicId>& topics = session::topics_of(world, node);
      is_subscribed = is_subscribed || std::find(topics.begin(), topics.end(), id.topic) != topics.end();
      const sim::Consumer* consumer = session::find_consumer(world, node);
      const auto* state = consumer == nullptr ? nullptr : consumer->fetcher.find(id);
      position = state != nullptr ? std::max(position, state->position.value) : position;
    }
    if (!is_subscribed) {
      continue;
    }
    GroupMark mark;
    mark.group = group.value;
    mark.letter = group_letter(group);
    mark.position = position;
    const auto owner = groups[g].owners.find(id);
    mark.owner = owner == groups[g].owners.end() ? -1 : owner->second.value;
    const auto committed = groups[g].committed.find(id);
    mark.committed = committed == groups[g].committed.end() ? -1 : committed->second.value;
    mark.lag = std::max<std::int64_t>(0, out.log_end_offset - std::max(mark.committed, out.log_start_offset));
    out.groups.push_back(std::move(mark));
  }
}

/// Broker ids in the order of the assignment. Every broker that hosts a replica knows them: the leader is asked first, then
/// whoever is there.
std::vector<std::int32_t> replica_ids(const sim::World& world, const sim::PartitionWatch& watched,
                                      sim::TopicPartition id) {
  const sim::Registry& registry = world.registry();
  const NodeId leader = watched.leader.is_valid() ? registry.node_of(watched.leader) : NodeId{};
  const sim::Partition* replica = leader.is_valid() ? session::find_replica(world, leader, id) : nullptr;
  for (std::size_t i = 0; replica == nullptr && i < registry.broker_nodes.size(); ++i) {
    replica = session::find_replica(world, registry.broker_nodes[i], id);
  }
  std::vector<std::int32_t> ids;
  if (replica != nullptr) {
    for (const sim::BrokerId broker : replica->replicas) {
      ids.push_back(broker.value);
    }
  }
  return ids;
}

Partition build_partition(const Inside& inside, const Interest& interest, sim::TopicPartition id,
                          const sim::PartitionWatch& watched) {
  const sim::World& world = inside.run().world;
  const sim::Registry& registry = world.registry();
  Partition out;
  out.topic = id.topic.value;
  out.partition = id.partition;
  out.name = registry.partition_name(id);
  out.is_internal = registry.topics[static_cast<std::size_t>(id.topic.value)].is_internal;
  out.leader = watched.leader.value;
  out.leader_epoch = watched.leader_epoch.value;
  out.partition_epoch = watched.partition_epoch.value;
  out.min_isr = registry.topics[static_cast<std::size_t>(id.topic.value)].config.min_insync_replicas;
  out.acked_lost_count = watched.acked_lost;
  for (std::size_t i = 0; i < registry.brokers->size(); ++i) {
    const std::int32_t broker = (*registry.brokers)[i].id.value;
    if (watched.isr.contains(i)) {
      out.isr.push_back(broker);
    }
    if (watched.moving_to.contains(i) && !watched.moving_from.contains(i)) {
      out.adding.push_back(broker);
    }
    if (watched.moving_from.contains(i) && !watched.moving_to.contains(i)) {
      out.removing.push_back(broker);
    }
  }
  out.replica_ids = replica_ids(world, watched, id);
  if (out.replica_ids.empty()) {  // all are down: who has a log is known still
    for (const NodeId node : registry.broker_nodes) {
      const sim::HostedLog* hosted = world.durable(node).logs.find(id);
      if (hosted != nullptr && !hosted->is_deleted) {
        out.replica_ids.push_back(registry.broker(node).id.value);
      }
    }
  }
  out.preferred = out.replica_ids.empty() ? -1 : out.replica_ids.front();
  const NodeId leader = session::leader_node(inside.run(), id);
  const auto hosted_log = [&](NodeId node) -> const sim::PartitionLog* {
    const sim::HostedLog* hosted = world.durable(node).logs.find(id);
    return hosted == nullptr || hosted->is_deleted ? nullptr : &hosted->log;
  };
  // Ends: of the leader, or of the longest live log while there is none.
  std::int64_t longest = 0;
  for (const std::int32_t broker : out.replica_ids) {
    const NodeId node = registry.node_of(sim::BrokerId(broker));
    const sim::PartitionLog* log = hosted_log(node);
    longest = log == nullptr ? longest : std::max(longest, log->log_end_offset().value);
    const bool counts = leader.is_valid() ? node == leader : world.process(node).is_up;
    if (log != nullptr && counts && log->log_end_offset().value >= out.log_end_offset) {
      out.log_end_offset = log->log_end_offset().value;
      out.log_start_offset = log->log_start_offset().value;
      const sim::Partition* replica = session::find_replica(world, node, id);
      out.high_watermark = replica == nullptr ? 0 : replica->high_watermark.value;
    }
  }
  out.is_under_replicated = out.isr.size() < inside.run().watch.wanted_replicas(registry, id);
  out.is_under_min_isr = static_cast<std::int32_t>(out.isr.size()) < out.min_isr;
  const EntityRef& only = interest.cells_of;
  const bool has_cells =
      interest.cells_per_replica > 0 && (!only.is_set() || (only.a == out.topic && only.b == out.partition));
  const AckedOffsets acked(watched, has_cells);
  const std::int64_t from = std::max<std::int64_t>(0, longest - interest.cells_per_replica);
  for (const std::int32_t broker : out.replica_ids) {
    const NodeId node = registry.node_of(sim::BrokerId(broker));
    Replica replica;
    replica.node = node.value;
    replica.broker_id = broker;
    replica.is_preferred = broker == out.preferred;
    replica.is_leader_for_controller = broker == out.leader;
    replica.is_in_isr = std::find(out.isr.begin(), out.isr.end(), broker) != out.isr.end();
    replica.is_online = world.process(node).is_up;
    if (const sim::Partition* hosted = session::find_replica(world, node, id)) {
      replica.is_leader = hosted->is_leader(sim::BrokerId(broker));
      replica.leader_epoch = hosted->leader_epoch.value;
      replica.high_watermark = hosted->high_watermark.value;
    } else if (const sim::HostedLog* hosted_here = world.durable(node).logs.find(id)) {
      // As Kafka reads the checkpoint: it may have outlived records that were not flushed.
      replica.high_watermark =
          std::min(hosted_here->checkpointed_high_watermark, hosted_here->log.log_end_offset()).value;
    }
    if (const sim::PartitionLog* log = hosted_log(node)) {
      replica.log_start_offset = log->log_start_offset().value;
      replica.log_end_offset = log->log_end_offset().value;
      replica.lag = std::max<std::int64_t>(0, out.log_end_offset - replica.log_end_offset);
      if (has_cells) {
        add_cells(registry, *log, acked, replica.high_watermark, from, replica);
        add_ghosts(inside, id, node, from, replica);
      }
    }
    replica.state_text = replica_state(replica);
    out.replicas.push_back(std::move(replica));
  }
  add_marks(inside, id, out);
  return out;
}

}  // namespace

void build_partitions(const Inside& inside, const Interest& interest, Snapshot& out) {
  const sim::Watch& watch = inside.run().watch;
  const sim::Registry& registry = inside.run().world.registry();
  for (std::size_t topic = 0; topic < watch.topics().size(); ++topic) {
    const bool is_internal = registry.topics[topic].is_internal;
    for (std::size_t index = 0; index < watch.topics()[topic].size(); ++index) {
      const sim::PartitionWatch& watched = watch.topics()[topic][index];
      if (!watched.exists || (is_internal && !interest.internal_topics)) {
        continue;
      }
      out.partitions.push_back(
          build_partition(inside, interest,
                          {sim::TopicId(static_cast<std::int32_t>(topic)), static_cast<std::int32_t>(index)}, watched));
    }
  }
  Health& health = out.health;
  for (const Partition& partition : out.partitions) {
    if (partition.is_internal) {
      continue;
    }
    health.under_replicated += partition.is_under_replicated ? 1 : 0;
    health.offline += partition.leader < 0 ? 1 : 0;
    health.under_min_isr += partition.is_under_min_isr ? 1 : 0;
    health.acked_lost += partition.acked_lost_count;
    for (const GroupMark& mark : partition.groups) {
      health.lag += mark.lag;
    }
  }
  health.duplicates = watch.duplicates;
}

}  // namespace kscope::view
