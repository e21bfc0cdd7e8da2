#include "sim/check/watch.h"

#include <algorithm>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {
namespace {

constexpr std::size_t kKeptMissing = 1000;

/// What a client did counts wherever it was, also in a topic that is deleted and of which nothing is promised any more.
void count_for_client(ClientWatch& client, const Note& note) {
  switch (note.kind) {
    case NoteKind::kRecordCreated: ++client.created; break;
    case NoteKind::kBatchAcked:
      client.acked += note.b;
      client.last_error = 0;
      break;
    case NoteKind::kBatchFailed:
      client.failed += note.b;
      client.last_error = static_cast<std::int32_t>(note.c);
      break;
    case NoteKind::kBatchRetried: client.last_error = static_cast<std::int32_t>(note.c); break;
    case NoteKind::kBatchSplit: client.last_error = static_cast<std::int32_t>(ErrorCode::MESSAGE_TOO_LARGE); break;
    case NoteKind::kRecordDelivered: ++client.delivered; break;
    case NoteKind::kRecordProcessed: ++client.processed; break;
    default: break;
  }
}

/// The ELR that the KRaft controller on a node has committed; empty elsewhere.
BrokerSet elr_of(const World& world, NodeId node, TopicPartition p) {
  const Role* role = world.role(node);
  const auto* controller = role == nullptr ? nullptr : std::get_if<KraftController>(role);
  const kraft::PartitionRegistration* found =
      controller == nullptr
          ? nullptr
          : controller->committed.partition(topic_uuid(world.registry(), controller->committed, p.topic), p.partition);
  return found == nullptr ? BrokerSet{} : world.registry().broker_set(found->elr);
}

/// The broker that loses its power with the node, which is the broker or the controller half of its process; else none.
NodeId broker_on_machine(const Registry& registry, NodeId node) {
  const auto is_broker = [&](NodeId one) {
    return one.is_valid() && registry.nodes[static_cast<std::size_t>(one.value)].role == NodeRole::kBroker;
  };
  const NodeId partner = registry.partner(node);
  return is_broker(node) ? node : is_broker(partner) ? partner : NodeId{};
}

}  // namespace

bool OffsetSet::add(Offset offset) {
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), offset,
                                [](Offset o, const Range& range) { return o < range.from; });
  if (after != ranges_.begin()) {
    Range& before = *std::prev(after);
    if (offset < before.to) {
      return false;
    }
    if (offset == before.to) {
      ++before.to;
      if (after != ranges_.end() && after->from == before.to) {
        before.to = after->to;
        ranges_.erase(after);
      }
      return true;
    }
  }
  if (after != ranges_.end() && after->from == offset + 1) {
    after->from = offset;
    return true;
  }
  ranges_.insert(after, Range{offset, offset + 1});
  return true;
}

std::int64_t OffsetSet::count(Offset from, Offset to) const {
  std::int64_t sum = 0;
  for (const Range& range : ranges_) {
    const Offset low = std::max(range.from, from);
    const Offset high = std::min(range.to, to);
    sum += low < high ? high - low : 0;
  }
  return sum;
}

std::size_t Watch::wanted_replicas(const Registry& registry, TopicPartition partition) const {
  if (const PartitionWatch* p = find(partition); p != nullptr && p->moved_count > 0) {
    return static_cast<std::size_t>(p->moved_count);
  }
  const auto number = static_cast<std::size_t>(partition.topic.value);
  if (number < replication_factors_.size() && replication_factors_[number] > 0) {
    return static_cast<std::size_t>(replication_factors_[number]);
  }
  const TopicSetup& topic = registry.topics.at(static_cast<std::size_t>(partition.topic.value));
  const auto index = static_cast<std::size_t>(partition.partition);
  if (index < topic.assignment.size()) {
    return topic.assignment[index].size();
  }
  const BrokerConfig& config = registry.brokers->front().config;
  if (partition.topic == kOffsetsTopic) {
    return static_cast<std::size_t>(config.offsets_topic_replication_factor);
  }
  return static_cast<std::size_t>(topic.replication_factor > 0 ? topic.replication_factor
                                                               : config.default_replication_factor);
}

Watch::Watch(const Registry& registry)
    : topics_(registry.topics.size()),
      groups_(registry.groups.size()),
      clients_(registry.nodes.size()),
      brokers_(registry.broker_nodes.size()),
      disturbed_(registry.nodes.size()),
      note_counts_(kNoteKindCount, 0) {}

PartitionWatch& Watch::partition(TopicPartition p) {
  const auto topic = static_cast<std::size_t>(p.topic.value);
  if (topic >= topics_.size()) {
    topics_.resize(topic + 1);
  }
  std::vector<PartitionWatch>& partitions = topics_[topic];
  const auto index = static_cast<std::size_t>(p.partition);
  if (index >= partitions.size()) {
    partitions.resize(index + 1);
  }
  return partitions[index];
}

bool Watch::may_have_lost_groups() const {
  const auto internal = static_cast<std::size_t>(kOffsetsTopic.value);
  return internal < topics_.size() &&
         std::any_of(topics_[internal].begin(), topics_[internal].end(),
                     [](const PartitionWatch& partition) { return partition.may_have_lost(); });
}

const PartitionWatch* Watch::find(TopicPartition p) const {
  const auto topic = static_cast<std::size_t>(p.topic.value);
  const auto index = static_cast<std::size_t>(p.partition);
  if (p.topic.value < 0 || p.partition < 0 || topic >= topics_.size() || index >= topics_[topic].size()) {
    return nullptr;
  }
  return &topics_[topic][index];
}

void Watch::on_act(const World& world, const Event& event) {
  if (event.kind != EventKind::kFault && event.kind != EventKind::kStart && event.kind != EventKind::kCommand) {
    return;  // the model's own doing
  }
  on_disturbance(world.registry(), event);
  if (event.kind == EventKind::kFault && static_cast<FaultKind>(event.what) == FaultKind::kPowerLoss) {
    after_power_loss(world, event);
  }
  if (event.kind == EventKind::kFault) {
    on_consumer_death(world, event);
  }
  const NodeEntry* entry =
      event.node.is_valid() ? &world.registry().nodes.at(static_cast<std::size_t>(event.node.value)) : nullptr;
  if (event.kind == EventKind::kStart && entry != nullptr && entry->role == NodeRole::kBroker) {
    brokers_.at(static_cast<std::size_t>(entry->index)).obeyed = ControllerEpoch(0);
  }
  if (event.kind == EventKind::kCommand && static_cast<CommandKind>(event.what) == CommandKind::kElectUnclean) {
    unclean_asked = true;
  }
  if (event.kind == EventKind::kCommand && static_cast<CommandKind>(event.what) == CommandKind::kCommitNow) {
    on_commit_by_hand(world, event);
  }
}

BrokerSet unfit_for(const Registry& registry, const Broker& controller) {
  if (!controller.controller.is_active()) {
    return {};
  }
  BrokerSet out;
  for (std::size_t i = 0; i < registry.brokers->size(); ++i) {
    const bool is_unfit = !controller.controller.context.is_live((*registry.brokers)[i].id);
    if (is_unfit) {
      out.add(i);
    }
  }
  return out;
}

void Watch::on_broker_note(const World& world, const Event& event, const Note& note) {
  const NodeEntry& entry = world.registry().nodes.at(static_cast<std::size_t>(event.node.value));
  const Role* role = world.role(event.node);
  const Broker* broker = role == nullptr ? nullptr : std::get_if<Broker>(role);
  if (entry.role != NodeRole::kBroker || broker == nullptr) {
    return;
  }
  BrokerWatch& watched = brokers_.at(static_cast<std::size_t>(entry.index));
  switch (note.kind) {
    case NoteKind::kBrokerRegistered: watched.epoch = BrokerEpoch(note.a); break;
    case NoteKind::kBecameLeader:
    case NoteKind::kBecameFollower:
    case NoteKind::kReplicaStopped: watched.obeyed = std::max(watched.obeyed, broker->replicas.controller_epoch); break;
    case NoteKind::kControllerElected: unfit_brokers = {}; break;
    case NoteKind::kLeaderElected:
    case NoteKind::kIsrChanged:
      if (controller == broker->id) {
        unfit_brokers = unfit_for(world.registry(), *broker);
      }
      break;
    default: break;
  }
}

void Watch::on_note(const World& world, const Event& event, const Note& note) {
  ++note_counts_[static_cast<std::size_t>(note.kind)];
  if (event.node.is_valid()) {
    count_for_client(clients_.at(static_cast<std::size_t>(event.node.value)), note);
  }
  if (is_void(world, event, note)) {
    return;
  }
  switch (note.kind) {
    case NoteKind::kBatchAppended:
    case NoteKind::kBatchReplicated:
    case NoteKind::kHighWatermark:
    case NoteKind::kLogTruncated:
    case NoteKind::kLogStartMoved:
    case NoteKind::kLogRecovered:
    case NoteKind::kLogCompacted:
    case NoteKind::kBecameLeader:
    case NoteKind::kBecameFollower:
    case NoteKind::kReplicaStopped:
      on_replica_note(world, event, note);
      on_broker_note(world, event, note);
      break;
    case NoteKind::kControllerElected:
    case NoteKind::kControllerResigned:
    case NoteKind::kLeaderElected:
    case NoteKind::kIsrChanged:
      on_controller_note(world, event, note);
      on_broker_note(world, event, note);
      break;
    case NoteKind::kBrokerRegistered: on_broker_note(world, event, note); break;
    case NoteKind::kGroupState:
    case NoteKind::kMemberJoined:
    case NoteKind::kMemberLeft:
    case NoteKind::kGenerationAssigned: on_group_note(event, note); break;
    case NoteKind::kPartitionAssigned:
    case NoteKind::kPartitionRevoked:
      on_read(event, note);
      on_group_note(event, note);
      break;
    case NoteKind::kOffsetCommitted:
    case NoteKind::kOffsetExpired:
    case NoteKind::kGroupDeleted:
    case NoteKind::kGroupMigrated: on_group_note(event, note); break;
    case NoteKind::kRecordCreated:
    case NoteKind::kBatchAcked:
    case NoteKind::kRecordDelivered:
    case NoteKind::kRecordProcessed: on_client_note(world, event, note); break;
    case NoteKind::kTransactionState:
      transaction_states.insert_or_assign(TransactionalId(static_cast<std::int32_t>(note.a)),
                                          static_cast<TransactionState>(note.b));
      break;
    case NoteKind::kCoordinatorLoaded:
      transaction_states.erase_if([&](TransactionalId id, TransactionState) {
        return transaction_state_partition(world.registry(), id) == note.partition;
      });
      break;
    case NoteKind::kTransactionBegun:
    case NoteKind::kTransactionEnded: on_transaction_note(event, note); break;
    case NoteKind::kRecordCopied: note_copy(event, note); break;
    case NoteKind::kTopicCreated: on_topic_created(event, note); break;
    case NoteKind::kPartitionsCreated: topic_watch(note.partition.topic).grown_at = event.time; break;
    case NoteKind::kTopicDeleted: on_topic_deleted(note); break;
    case NoteKind::kQuorumLeaderElected:
    case NoteKind::kMetadataCommitted: metadata.on_note(world, event, note); break;
    case NoteKind::kPartitionReassigned: on_reassignment(note); break;
    case NoteKind::kIsrExpandProposed:
      partition(note.partition).asked_in |= world.registry().broker_set({note.broker});
      break;
    case NoteKind::kPositionReset:
      on_read(event, note);
      on_group_note(event, note);
      break;
    case NoteKind::kBatchFailed:
    case NoteKind::kBatchRetried:
    case NoteKind::kBatchSplit:
    case NoteKind::kIsrShrinkProposed:
    case NoteKind::kRequestRefused:
    case NoteKind::kElectionFailed:
    case NoteKind::kBrokerGone:
    case NoteKind::kZkSessionOpened:
    case NoteKind::kZkSessionExpired:
    case NoteKind::kZkLeaderElected:
    case NoteKind::kSnapshotLoaded:
    case NoteKind::kTopicRefused:
    case NoteKind::kZombieRefused:
    case NoteKind::kCommitRefused:
    case NoteKind::kTruncationDetected:
    case NoteKind::kReadReplica:
    case NoteKind::kMaxPollExceeded:
    case NoteKind::kProducerFenced:
    case NoteKind::kBrokerRunning:
    case NoteKind::kShutdownStarted:
    case NoteKind::kShutdownDone:
    case NoteKind::kClientThrottled:
    case NoteKind::kPartitionsRefused:
    case NoteKind::kTxnOffset:
    case NoteKind::kTopicDeletionRefused:
    case NoteKind::kReassignmentRefused:
    case NoteKind::kStaticMemberReplaced:
    case NoteKind::kPartitionPaused:
    case NoteKind::kCallRefused: break;
  }
}

void Watch::on_replica_note(const World& world, const Event& event, const Note& note) {
  const int broker = world.registry().nodes[static_cast<std::size_t>(event.node.value)].index;
  PartitionWatch& p = partition(note.partition);
  if (p.replicas.size() <= static_cast<std::size_t>(broker)) {
    p.replicas.resize(world.registry().brokers->size());
  }
  ReplicaWatch& replica = p.replicas[static_cast<std::size_t>(broker)];
  const PartitionLog* log = log_on(world, event.node, note.partition);
  switch (note.kind) {
    case NoteKind::kBatchAppended: {
      replica.log_end = Offset(note.a + note.b);
      const RecordBatch* stored = log == nullptr ? nullptr : log->find(Offset(note.a));
      AppendedBatch batch{Offset(note.a),
                          LeaderEpoch(static_cast<std::int32_t>(note.c)),
                          event.node,
                          static_cast<std::int32_t>(note.b),
                          RecordId{},
                          stored != nullptr && stored->is_transactional,
                          stored == nullptr ? nullptr : stored->records};
      if (batch.records != nullptr && !batch.records->empty()) {
        batch.first_record = batch.records->front().id;
        note_order(world, event, note, batch);
      }
      p.appended.push_back(std::move(batch));
      if (stored != nullptr && note.partition.topic == kOffsetsTopic) {
        note_forgotten_offsets(*stored);
      }
      if (stored != nullptr && stored->is_control) {
        note_marker(world.registry(), *log, *stored);
      }
      break;
    }
    case NoteKind::kBatchReplicated: replica.log_end = Offset(note.a + note.b); break;
    case NoteKind::kHighWatermark:
      replica.high_watermark = Offset(note.a);
      if (replica.presumes_leader) {
        p.true_high_watermark = std::max(p.true_high_watermark, replica.high_watermark);
        note_committed(p, log_on(world, event.node, note.partition));
      }
      break;
    case NoteKind::kLogTruncated:
      if (note.b > note.a) {
        remember_ghosts(event, note.partition, event.node, Offset(note.a), Offset(note.b), replica.leader_epoch);
      }
      replica.log_end = Offset(note.a);
      replica.high_watermark = std::min(replica.high_watermark, replica.log_end);
      break;
    case NoteKind::kLogStartMoved: replica.log_start = Offset(note.a); break;
    case NoteKind::kLogRecovered: replica.log_end = Offset(note.a); break;
    case NoteKind::kLogCompacted: on_compaction(world, event, note); break;
    case NoteKind::kBecameLeader:
      replica.presumes_leader = true;
      replica.leader_epoch = LeaderEpoch(static_cast<std::int32_t>(note.a));
      replica.log_end = Offset(note.b);
      if (log != nullptr) {
        p.acked_lost = count_missing(p.acked, *log);
      }
      break;
    case NoteKind::kBecameFollower:
      replica.presumes_leader = false;
      replica.leader_epoch = LeaderEpoch(static_cast<std::int32_t>(note.a));
      break;
    default:  // it was stopped: who keeps the log goes on as what it was, else what it is told next begins anew
      if (log == nullptr) {
        replica = ReplicaWatch{};
      }
      break;
  }
}

void Watch::on_compaction(const World& world, const Event& event, const Note& note) {
  PartitionWatch& p = partition(note.partition);
  p.was_compacted = true;
  const PartitionLog* log = log_on(world, event.node, note.partition);
  if (log == nullptr) {
    return;
  }
  for (const RecordBatch& batch : log->batches()) {
    if (batch.base_offset >= Offset(note.a)) {
      break;
    }
    if (batch.delete_horizon_ms < 0 || batch.records == nullptr) {
      continue;
    }
    for (std::size_t i = 0; i < batch.records->size(); ++i) {
      const Offset offset = batch.base_offset + static_cast<std::int64_t>(i);
      if ((*batch.records)[i].is_tombstone() && !p.tombstones.contains(offset)) {
        p.tombstones.insert_or_assign(offset, note.c);
      }
    }
  }
}

void Watch::remember_ghosts(const Event& event, TopicPartition p, NodeId node, Offset from, Offset to,
                            LeaderEpoch below) {
  const PartitionWatch& watched = partition(p);
  // Of the batches ever appended at an offset, the one that a truncated replica held is the newest from before its present epoch.
  for (std::size_t i = watched.appended.size(); i > 0 && from < to; --i) {
    const AppendedBatch& batch = watched.appended[i - 1];
    if (batch.records == nullptr || batch.base_offset + batch.count > to || batch.base_offset < from ||
        (below.value >= 0 && batch.epoch >= below)) {
      continue;
    }
    for (std::size_t k = 0; k < batch.records->size(); ++k) {
      ghosts_.push_back(Ghost{p, node, batch.base_offset + static_cast<std::int64_t>(k), (*batch.records)[k],
                              batch.epoch, event.number, event.time});
    }
    to = batch.base_offset;
  }
}

void Watch::after_power_loss(const World& world, const Event& event) {
  const NodeId node = broker_on_machine(world.registry(), event.node);
  if (!node.is_valid()) {
    return;
  }
  const int broker = world.registry().nodes[static_cast<std::size_t>(node.value)].index;
  for (std::size_t topic = 0; topic < topics_.size(); ++topic) {
    for (std::size_t index = 0; index < topics_[topic].size(); ++index) {
      PartitionWatch& p = topics_[topic][index];
      const TopicPartition name{TopicId(static_cast<std::int32_t>(topic)), static_cast<std::int32_t>(index)};
      const PartitionLog* log = log_on(world, node, name);
      if (log == nullptr || p.replicas.size() <= static_cast<std::size_t>(broker)) {
        continue;
      }
      ReplicaWatch& replica = p.replicas[static_cast<std::size_t>(broker)];
      if (log->log_end_offset() < replica.log_end) {
        remember_ghosts(event, name, node, log->log_end_offset(), replica.log_end, kNoLeaderEpoch);
        replica.log_end = log->log_end_offset();
        p.page_cache_lost = true;
        p.losers.add(static_cast<std::size_t>(broker));
      }
      replica.high_watermark = std::min(replica.high_watermark, replica.log_end);
    }
  }
}

void Watch::note_order(const World& world, const Event& event, const Note& note, const AppendedBatch& batch) {
  PartitionWatch& p = partition(note.partition);
  for (const Record& record : *batch.records) {
    if (!record.producer.is_valid() ||
        world.registry().nodes[static_cast<std::size_t>(record.producer.value)].role == NodeRole::kBroker) {
      continue;
    }
    const bool is_first_here = !p.sequences.contains(record.producer);
    SequenceWatch& seen = p.sequences[record.producer];
    if (is_first_here && was_deleted(note.partition.topic)) {
      seen.highest = record.sequence - 1;  // what it sent before went into another topic
    }
    if (record.sequence > seen.highest) {
      for (std::int64_t gap = seen.highest + 1; gap < record.sequence && seen.missing.size() < kKeptMissing; ++gap) {
        seen.missing.push_back(gap);
      }
      seen.highest = record.sequence;
      continue;
    }
    const auto late = std::lower_bound(seen.missing.begin(), seen.missing.end(), record.sequence);
    if (late != seen.missing.end() && *late == record.sequence) {
      seen.missing.erase(late);
      ++reordered;
      continue;
    }
    // Seen before: a duplicate only if the earlier copy is still in this log.
    const PartitionLog* log = log_on(world, event.node, note.partition);
    bool is_duplicate = false;
    for (std::size_t i = p.appended.size(); i > 0 && !is_duplicate; --i) {
      const AppendedBatch& earlier = p.appended[i - 1];
      if (earlier.records == nullptr) {
        continue;
      }
      for (const Record& old : *earlier.records) {
        if (old.id == record.id) {
          // A leader that is gone may have had it at this very offset: that is no second copy.
          is_duplicate = log != nullptr && earlier.base_offset < batch.base_offset &&
                         earlier.base_offset >= log->log_start_offset() &&
                         has_batch(*log, earlier.base_offset, earlier.first_record);
        }
      }
    }
    if (is_duplicate) {
      ++duplicates;
      const std::int64_t place = &record - batch.records->data();
      p.second_copies.insert_or_assign(batch.base_offset + place, SecondCopy{record.id, record.producer});
    }
  }
}

void Watch::on_controller_note(const World& world, const Event& event, const Note& note) {
  if (note.kind == NoteKind::kControllerElected) {
    controller = note.broker;
    controller_epoch = ControllerEpoch(static_cast<std::int32_t>(note.a));
    controllers.insert_or_assign(controller_epoch, note.broker);
    return;
  }
  if (note.kind == NoteKind::kControllerResigned) {
    if (controller == note.broker) {
      controller = BrokerId{};
    }
    return;
  }
  PartitionWatch& p = partition(note.partition);
  if (!p.exists) {
    p.exists = true;
    p.exists_since = event.time;
  }
  if (note.kind == NoteKind::kLeaderElected) {
    if (p.leader.is_valid() && !note.broker.is_valid()) {
      p.leaderless_since = event.time;
    }
    p.leader = note.broker;
    p.last_leader = note.broker.is_valid() ? note.broker : p.last_leader;
    p.leader_epoch = LeaderEpoch(static_cast<std::int32_t>(note.a));
    p.unclean_used = p.unclean_used || note.b == 1;
  } else {
    p.candidates_before = p.isr;
    p.candidates_before |= p.elr;
    p.asked_in = p.asked_in.without(note.before.without(note.brokers));
    p.isr = note.brokers;
    p.elr = elr_of(world, event.node, note.partition);
    p.partition_epoch = PartitionEpoch(static_cast<std::int32_t>(note.b));
  }
}

void Watch::on_client_note(const World& world, const Event& event, const Note& note) {
  ClientWatch& client = clients_.at(static_cast<std::size_t>(event.node.value));
  switch (note.kind) {
    case NoteKind::kRecordCreated:
      if (!client.transactions.empty() && !client.transactions.back().told.has_value()) {
        ApplicationTransaction& open = client.transactions.back();
        open.first = open.first.is_valid() ? open.first : RecordId(note.a);
        open.last = RecordId(note.a);
      }
      break;
    case NoteKind::kBatchAcked: note_acked(world, event, note); break;
    case NoteKind::kRecordDelivered: {
      on_read(event, note);
      GroupWatch& group = groups_.at(static_cast<std::size_t>(note.group.value));
      if (!group.delivered[note.partition].add(Offset(note.a))) {
        ++group.redelivered;
        ++redelivered;
      }
      break;
    }
    default:
      groups_.at(static_cast<std::size_t>(note.group.value)).processed[note.partition].add(Offset(note.a));
      break;
  }
}

}  // namespace kscope::sim
