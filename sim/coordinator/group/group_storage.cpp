#include <algorithm>

#include "engine/core/check.h"
#include "sim/coordinator/group/group_parts.h"
#include "sim/types/java_string.h"

namespace kscope::sim {
namespace {

CoordinatedPartition* find_partition(GroupCoordinator& coordinator, std::int32_t partition) {
  for (CoordinatedPartition& owned : coordinator.partitions) {
    if (owned.partition == partition) {
      return &owned;
    }
  }
  return nullptr;
}

constexpr InterBrokerProtocol kIbpWithStateTimestamp{2, 1, 0};  // KIP-211

/// Since when a group is in its state, as the record says that this one is written in; below 2.1 it does not say.
std::optional<std::int64_t> state_timestamp_ms(const Registry& registry, const RecordBatch& batch, std::size_t index) {
  const NodeId writer = batch.records == nullptr ? NodeId{} : (*batch.records)[index].producer;
  const bool is_missing =
      writer.is_valid() && registry.broker(writer).config.inter_broker_protocol_version < kIbpWithStateTimestamp;
  return is_missing ? std::nullopt : std::optional(batch.base_timestamp_ms);
}

/// What the metadata record of a group makes of it: it was Stable or Empty when that was written.
void replay_group(Group& group, const CoordinatorRecord& record) {
  group.generation = record.generation;
  group.protocol_type = "consumer";
  group.protocol = record.assignor;
  group.leader = record.leader;
  group.members.clear();
  group.static_members.clear();
  for (const GroupMemberRecord& stored : record.members) {
    GroupMember member;
    member.id = stored.member;
    member.group_instance_id = stored.group_instance_id;
    member.session_timeout = stored.session_timeout;
    member.rebalance_timeout = stored.rebalance_timeout;
    member.protocols = {JoinProtocol{record.assignor, stored.subscription, {}}};
    member.assignment = stored.assignment;
    if (member.is_static()) {
      group.static_members.insert_or_assign(member.group_instance_id, member.id);
    }
    group.members.insert_or_assign(member.id, std::move(member));
  }
  group.state = record.members.empty() ? GroupState::Empty : GroupState::Stable;
  group.is_stored = true;
}

/// The metadata of the group is deleted. What it has committed is not touched: its tombstones are records of their own.
void replay_group_tombstone(Group& group) {
  group.is_stored = false;
  group.state = GroupState::Empty;
  group.current_state_timestamp_ms.reset();
  group.generation = GenerationId(0);
  group.protocol_type.clear();
  group.protocol.clear();
  group.leader = MemberId{};
  group.members.clear();
  group.static_members.clear();
}

void replay(const Registry& registry, GroupCoordinator& coordinator, std::int32_t partition, const RecordBatch& batch,
            std::size_t index) {
  const CoordinatorRecord& record = (*batch.coordinator_records)[index];
  Group& group = coordinator.groups[record.group];
  group.id = record.group;
  group.partition = partition;
  GroupOffsets& offsets = batch.is_transactional ? group.pending_transactional[batch.producer_id] : group.offsets;
  switch (record.kind) {
    case CoordinatorRecordKind::kOffsetCommit:
      if (registry.planted_bug == PlantedBug::kLoadKeepsFirst && offsets.contains(record.partition)) {
        return;
      }
      offsets.insert_or_assign(record.partition, GroupOffset{record.committed, batch.base_offset});
      return;
    case CoordinatorRecordKind::kGroupMetadata:
      replay_group(group, record);
      group.current_state_timestamp_ms = state_timestamp_ms(registry, batch, index);
      return;
    case CoordinatorRecordKind::kTombstone: offsets.erase(record.partition); return;
    case CoordinatorRecordKind::kGroupTombstone: replay_group_tombstone(group); return;
    case CoordinatorRecordKind::kConsumerGroup:
      replay_consumer_group(coordinator, partition, *record.consumer_group);
      return;
    case CoordinatorRecordKind::kTransaction: KSCOPE_CHECK(false, "a transactional id in __consumer_offsets");
  }
}

/// A marker in the partition decides about what its producer committed before it.
void replay_marker(GroupCoordinator& coordinator, std::int32_t partition, const RecordBatch& marker) {
  for (auto& [id, group] : coordinator.groups) {
    if (group.partition == partition) {
      group.complete_transaction(marker.producer_id, marker.control_type);
    }
  }
}

/// Groups of which the log has nothing but tombstones are no groups.
void forget_deleted(GroupCoordinator& coordinator, std::int32_t partition, const FlatSet<GroupId>& with_metadata) {
  coordinator.groups.erase_if([&](GroupId id, const Group& group) {
    const bool is_deleted =
        group.partition == partition && !with_metadata.contains(id) && coordinator.find_consumer_group(id) == nullptr;
    return is_deleted && !has_offsets(coordinator, group);
  });
}

/// Whether the record deletes something of a group of KIP-848 that is not known, or of a member that is not: compaction has
/// left nothing but the tombstone. Source: the replay methods of GroupMetadataManager before KAFKA-17306.
bool is_orphaned_tombstone(const GroupCoordinator& coordinator, const CoordinatorRecord& record) {
  if (record.kind != CoordinatorRecordKind::kConsumerGroup || !is_tombstone(*record.consumer_group)) {
    return false;
  }
  const HostedConsumerGroup* hosted = coordinator.consumer_groups.get(record.group);
  if (hosted == nullptr) {
    return true;
  }
  using consumer_group::ConsumerGroupCurrentMemberAssignment;
  using consumer_group::ConsumerGroupMemberMetadata;
  const auto is_unknown = [&](MemberId member) { return !hosted->group.members.contains(member); };
  const auto& data = record.consumer_group->data;
  if (const auto* current = std::get_if<ConsumerGroupCurrentMemberAssignment>(&data)) {
    return is_unknown(current->member);
  }
  const auto* metadata = std::get_if<ConsumerGroupMemberMetadata>(&data);
  return metadata != nullptr && is_unknown(metadata->member);
}

/// False: a record could not be replayed, and none after it was. Source: GroupMetadataManager.doLoadGroupsAndOffsets,
/// CoordinatorLoaderImpl.
bool replay_log(const Registry& registry, GroupCoordinator& coordinator, std::int32_t partition,
                const PartitionLog& log) {
  const bool fails_on_orphans = registry.rules.is_old(Rule::kKafka17306);
  FlatSet<GroupId> with_metadata;
  for (const RecordBatch& batch : log.batches()) {
    if (batch.is_control) {
      replay_marker(coordinator, partition, batch);
      continue;
    }
    if (batch.coordinator_records == nullptr) {
      continue;
    }
    for (std::size_t i = 0; i < batch.coordinator_records->size(); ++i) {
      const bool is_removed = batch.records != nullptr && (*batch.records)[i].is_removed();
      if (is_removed) {
        continue;
      }
      const CoordinatorRecord& record = (*batch.coordinator_records)[i];
      if (fails_on_orphans && is_orphaned_tombstone(coordinator, record)) {
        return false;
      }
      replay(registry, coordinator, partition, batch, i);
      if (record.kind == CoordinatorRecordKind::kGroupMetadata) {
        with_metadata.insert(record.group);
      } else if (record.kind == CoordinatorRecordKind::kGroupTombstone) {
        with_metadata.erase(record.group);
      }
    }
  }
  forget_deleted(coordinator, partition, with_metadata);
  return true;
}

void forget_groups_of(Ctx& ctx, GroupCoordinator& coordinator, std::int32_t partition) {
  coordinator.groups.erase_if([&](GroupId, const Group& group) { return group.partition == partition; });
  forget_consumer_groups(ctx, coordinator, partition);
}

void note_loaded(Ctx& ctx, std::int32_t partition, std::int64_t groups) {
  Note note;
  note.kind = NoteKind::kCoordinatorLoaded;
  note.partition = TopicPartition{kOffsetsTopic, partition};
  note.a = groups;
  ctx.note(note);
}

/// All groups of the partition are in memory again: their members have a session timeout to be heard.
void finish_load(Ctx& ctx, GroupCoordinator& coordinator, CoordinatedPartition& owned) {
  const HostedLog* hosted = ctx.durable().logs.find(TopicPartition{kOffsetsTopic, owned.partition});
  if (hosted != nullptr && !replay_log(ctx.registry(), coordinator, owned.partition, hosted->log)) {
    forget_groups_of(ctx, coordinator, owned.partition);
    owned.is_loading = false;
    owned.has_failed = true;
    note_loaded(ctx, owned.partition, -1);
    return;
  }
  std::int64_t loaded = 0;
  for (auto& [id, group] : coordinator.groups) {
    if (group.partition != owned.partition) {
      continue;
    }
    ++loaded;
    for (auto& entry : group.members) {
      keep_alive(ctx, group, entry.second, entry.second.session_timeout);
    }
    Note state;
    state.kind = NoteKind::kGroupState;
    state.group = group.id;
    state.a = static_cast<std::int64_t>(group.state);
    state.b = static_cast<std::int64_t>(GroupState::Empty);
    state.c = group.generation.value;
    ctx.note(state);
  }
  loaded += start_consumer_groups(ctx, coordinator, owned.partition);
  owned.is_loading = false;
  arm_retention_check(ctx, owned);
  note_loaded(ctx, owned.partition, loaded);
}

ErrorCode status_of(const CoordinatedPartition& owned) {
  if (owned.has_failed) {
    return ErrorCode::NOT_COORDINATOR;
  }
  return owned.is_loading ? ErrorCode::COORDINATOR_LOAD_IN_PROGRESS : ErrorCode::NONE;
}

/// The assignment of this generation is safe: the group is Stable.
void finish_assignment(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& pending, ErrorCode error) {
  Group* group = coordinator.groups.get(pending.group);
  if (group == nullptr || group->state != GroupState::CompletingRebalance || group->generation != pending.generation) {
    return;  // another rebalance began meanwhile; it has answered who waited
  }
  if (error != ErrorCode::NONE) {
    answer_syncs(ctx, *group, assignment_answer_for(error));
    maybe_prepare_rebalance(ctx, coordinator, *group);
    return;
  }
  std::int64_t partitions = 0;
  for (const MemberAssignment& assignment : pending.assignments) {
    if (GroupMember* member = group->members.get(assignment.member)) {
      member->assignment = assignment.partitions;
      partitions += static_cast<std::int64_t>(assignment.partitions.size());
    }
  }
  answer_syncs(ctx, *group, ErrorCode::NONE);
  transition_to(ctx, *group, GroupState::Stable);
  Note note;
  note.kind = NoteKind::kGenerationAssigned;
  note.group = group->id;
  note.a = group->generation.value;
  note.b = static_cast<std::int64_t>(group->members.size());
  note.c = partitions;
  ctx.note(note);
}

}  // namespace

void forget_group(Ctx& ctx, Group& group) {
  ctx.cancel(group.rebalance_timer);
  ctx.cancel(group.sync_timer);
  for (PendingMember& pending : group.pending) {
    ctx.cancel(pending.timer);
  }
  for (auto& entry : group.members) {
    GroupMember& member = entry.second;
    if (member.join.is_set()) {
      refuse_join(ctx, member.join, group.id, member.id, ErrorCode::NOT_COORDINATOR);
    }
    if (member.sync.is_set()) {
      send_response(ctx, member.sync.node, member.sync.correlation_id,
                    SyncGroupResponse{ErrorCode::NOT_COORDINATOR, group.id, {}});
    }
    ctx.cancel(member.session_timer);
  }
  transition_to(ctx, group, GroupState::Dead);
}

std::int32_t offsets_partition_count(const Ctx& ctx) {
  const std::int32_t set_up = ctx.registry().topics[static_cast<std::size_t>(kOffsetsTopic.value)].partitions;
  return set_up > 0 ? set_up : ctx.registry().broker(ctx.self()).config.offsets_topic_num_partitions;
}

std::int32_t offsets_partition_of(const Ctx& ctx, GroupId group) {
  return coordinator_partition(ctx.registry().groups[static_cast<std::size_t>(group.value)].name,
                               offsets_partition_count(ctx));
}

ErrorCode group_status(const Ctx& ctx, const GroupCoordinator& coordinator, GroupId group) {
  if (coordinator.groups.contains(group)) {
    const std::int32_t known = coordinator.groups.at(group).partition;
    for (const CoordinatedPartition& owned : coordinator.partitions) {
      if (owned.partition == known) {
        return status_of(owned);
      }
    }
  }
  const std::int32_t partition = offsets_partition_of(ctx, group);
  for (const CoordinatedPartition& owned : coordinator.partitions) {
    if (owned.partition == partition) {
      return status_of(owned);
    }
  }
  return ErrorCode::NOT_COORDINATOR;
}

ErrorCode assignment_answer_for(ErrorCode append_error) {
  switch (append_error) {
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode::NOT_ENOUGH_REPLICAS:
    case ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND: return ErrorCode::COORDINATOR_NOT_AVAILABLE;
    case ErrorCode::NOT_LEADER_OR_FOLLOWER:
    case ErrorCode::KAFKA_STORAGE_ERROR: return ErrorCode::NOT_COORDINATOR;
    case ErrorCode::REQUEST_TIMED_OUT: return ErrorCode::REBALANCE_IN_PROGRESS;
    default: return ErrorCode::UNKNOWN_SERVER_ERROR;
  }
}

void want_append(GroupCoordinator& coordinator, PendingAppend pending, std::vector<CoordinatorRecord> records,
                 std::optional<TransactionalAppend> transaction) {
  pending.token = AppendToken(coordinator.next_token++);
  coordinator.wanted_appends.push_back(WantedAppend{pending.token, pending.partition, std::move(records), transaction});
  coordinator.pending_appends.push_back(std::move(pending));
}

CoordinatorRecord group_record(const Group& group, const std::vector<MemberAssignment>& assignments) {
  CoordinatorRecord record;
  record.kind = CoordinatorRecordKind::kGroupMetadata;
  record.group = group.id;
  record.generation = group.generation;
  record.assignor = group.protocol;
  record.leader = group.leader;
  for (const MemberAssignment& assignment : assignments) {
    const GroupMember& member = group.members.at(assignment.member);
    GroupMemberRecord stored;
    stored.member = member.id;
    stored.client = member.id.client;
    stored.session_timeout = member.session_timeout;
    stored.rebalance_timeout = member.rebalance_timeout;
    for (const JoinProtocol& protocol : member.protocols) {
      if (protocol.name == group.protocol) {
        stored.subscription = protocol.topics;
      }
    }
    stored.assignment = assignment.partitions;
    stored.group_instance_id = member.group_instance_id;
    record.members.push_back(std::move(stored));
  }
  return record;
}

void store_group(GroupCoordinator& coordinator, Group& group, PendingAppend pending,
                 std::vector<MemberAssignment> assignments, std::vector<CoordinatorRecord> before) {
  before.push_back(group_record(group, assignments));
  group.is_stored = true;
  pending.group = group.id;
  pending.partition = group.partition;
  pending.generation = group.generation;
  pending.assignments = std::move(assignments);
  want_append(coordinator, std::move(pending), std::move(before));
}

void GroupCoordinator::gain(Ctx& ctx, std::int32_t partition) {
  const HostedLog* hosted = ctx.durable().logs.find(TopicPartition{kOffsetsTopic, partition});
  const LeaderEpoch none(0);
  const LeaderEpoch epoch = hosted == nullptr ? none : hosted->log.epochs().latest_epoch().value_or(none);
  CoordinatedPartition* owned = find_partition(*this, partition);
  if (owned != nullptr && !owned->has_failed) {
    owned->leader_epoch = epoch;  // led before, too: what is in memory is current
    return;
  }
  std::erase_if(partitions, [&](const CoordinatedPartition& other) { return other.partition == partition; });
  CoordinatedPartition gained;
  gained.partition = partition;
  gained.leader_epoch = epoch;
  // MODEL: loading takes as long as reading the log once; Kafka reads it in chunks of offsets.load.buffer.size.
  const std::int64_t bytes = hosted == nullptr ? 0 : hosted->log.size_bytes();
  const Duration delay = (1ms + ctx.disk().write_time(bytes)) * ctx.cpu_factor();
  gained.load_timer = ctx.after(delay, Timer{TimerKind::kCoordinatorLoad, partition, 0});
  const auto at = std::find_if(partitions.begin(), partitions.end(),
                               [&](const CoordinatedPartition& other) { return other.partition > partition; });
  partitions.insert(at, gained);
}

void GroupCoordinator::lose(Ctx& ctx, std::int32_t partition) {
  CoordinatedPartition* owned = find_partition(*this, partition);
  if (owned == nullptr) {
    return;
  }
  ctx.cancel(owned->load_timer);
  ctx.cancel(owned->retention_timer);
  std::erase_if(partitions, [&](const CoordinatedPartition& other) { return other.partition == partition; });
  for (auto& [id, group] : groups) {
    if (group.partition == partition) {
      forget_group(ctx, group);
    }
  }
  groups.erase_if([&](GroupId, const Group& group) { return group.partition == partition; });
  forget_consumer_groups(ctx, *this, partition);
  std::erase_if(wanted_appends, [&](const WantedAppend& wanted) { return wanted.partition == partition; });
}

void GroupCoordinator::finish_append(Ctx& ctx, AppendToken token, ErrorCode error, Offset base_offset) {
  const auto found = std::find_if(pending_appends.begin(), pending_appends.end(),
                                  [&](const PendingAppend& pending) { return pending.token == token; });
  if (found == pending_appends.end()) {
    return;
  }
  const PendingAppend pending = std::move(*found);
  pending_appends.erase(found);
  switch (pending.kind) {
    case PendingAppend::Kind::kOffsetCommit: finish_commit(ctx, *this, pending, error, base_offset); break;
    case PendingAppend::Kind::kTxnOffsetCommit: finish_txn_commit(ctx, *this, pending, error, base_offset); break;
    case PendingAppend::Kind::kAssignment: finish_assignment(ctx, *this, pending, error); break;
    case PendingAppend::Kind::kStaticMember: finish_replacement(ctx, *this, pending, error); break;
    case PendingAppend::Kind::kConsumerGroup:
    case PendingAppend::Kind::kGroupEmpty: break;
  }
  finish_consumer_heartbeats(ctx, *this, pending, error);
}

void GroupCoordinator::fire(Ctx& ctx, const Timer& timer) {
  if (timer.kind == TimerKind::kCoordinatorLoad) {
    CoordinatedPartition* owned = find_partition(*this, static_cast<std::int32_t>(timer.a));
    if (owned != nullptr) {
      finish_load(ctx, *this, *owned);
    }
    return;
  }
  if (timer.kind == TimerKind::kOffsetsRetentionCheck) {
    const auto partition = static_cast<std::int32_t>(timer.a);
    clean_up_group_metadata(ctx, partition);
    if (CoordinatedPartition* owned = find_partition(*this, partition)) {
      arm_retention_check(ctx, *owned);
    }
    return;
  }
  if (timer.kind == TimerKind::kConsumerSessionExpired || timer.kind == TimerKind::kConsumerRebalanceTimeout ||
      timer.kind == TimerKind::kConsumerJoinTimeout || timer.kind == TimerKind::kConsumerSyncTimeout) {
    on_consumer_timer(ctx, *this, timer);
    return;
  }
  Group* group = groups.get(GroupId(static_cast<std::int32_t>(timer.a)));
  if (group == nullptr) {
    return;
  }
  const MemberId member = member_of_key(timer.b);
  if (timer.kind == TimerKind::kInitialRebalanceDelay) {
    on_initial_delay_over(ctx, *this, *group);
  } else if (timer.kind == TimerKind::kRebalanceTimeout) {
    complete_join(ctx, *this, *group);
  } else if (timer.kind == TimerKind::kSyncTimeout) {
    on_sync_timeout(ctx, *this, *group);
  } else if (timer.kind == TimerKind::kSessionExpired) {
    on_session_timer(ctx, *this, *group, member);
  } else if (timer.kind == TimerKind::kPendingMemberExpired) {
    if (forget_pending(ctx, *group, member)) {
      try_complete_join(ctx, *this, *group);
    }
  } else {
    KSCOPE_CHECK(false, "the group coordinator got a timer that it never armed");
  }
}

}  // namespace kscope::sim
