#include <algorithm>
#include <utility>

#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {
namespace {

/// Why a commit is refused, or NONE. Source: ClassicGroup.validateOffsetCommit, Kafka 3.9.
ErrorCode commit_error(const Group& group, const OffsetCommitRequest& request, PlantedBug planted) {
  const bool names_generation = request.generation >= GenerationId(0);
  if (!names_generation && group.state == GroupState::Empty) {
    return ErrorCode::NONE;
  }
  if (!names_generation && !request.member.is_set() && request.group_instance_id.empty()) {
    return ErrorCode::UNKNOWN_MEMBER_ID;
  }
  if (const ErrorCode error = group.validate(request.member, request.group_instance_id); error != ErrorCode::NONE) {
    return error;
  }
  if (group.generation != request.generation && planted != PlantedBug::kCommitOfOldGeneration) {
    return ErrorCode::ILLEGAL_GENERATION;
  }
  // The member knows the new generation but not yet its assignment.
  return group.state == GroupState::CompletingRebalance ? ErrorCode::REBALANCE_IN_PROGRESS : ErrorCode::NONE;
}

void add_unknown(OffsetCommitResponse& response, const std::vector<TopicPartition>& unknown) {
  for (const TopicPartition partition : unknown) {
    response.partitions.push_back(OffsetCommitResult{partition, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION});
  }
}

/// A commit that is not replicated yet is not to be taken over when it is. True when there was one.
bool forget_pending(std::vector<PendingAppend>& pending_appends, GroupId group, TopicPartition partition) {
  bool was_pending = false;
  for (PendingAppend& pending : pending_appends) {
    const bool is_of_group = pending.group == group;
    if (is_of_group && std::erase_if(pending.offsets, [&](const OffsetCommitPartition& item) {
                         return item.partition == partition;
                       }) > 0) {
      pending.unknown.push_back(partition);
      was_pending = true;
    }
  }
  return was_pending;
}

/// A commit of the partition is under way, or waits for the end of its transaction.
/// Source: GroupMetadata.hasPendingOffsetCommitsForTopicPartition.
bool is_unstable(const Ctx& ctx, const GroupCoordinator& coordinator, const Group& group, TopicPartition partition) {
  return is_commit_pending(coordinator, group.id, partition) ||
         (group.is_in_transaction(partition) && ctx.registry().planted_bug != PlantedBug::kPendingOffsetIgnored);
}

/// Notes each refused offset and answers.
void refuse_commit(Ctx& ctx, AwaitedAnswer to, GroupId group, const std::vector<OffsetCommitPartition>& offsets,
                   const std::vector<TopicPartition>& unknown, ErrorCode error) {
  OffsetCommitResponse response;
  response.group = group;
  add_unknown(response, unknown);
  for (const OffsetCommitPartition& item : offsets) {
    response.partitions.push_back(OffsetCommitResult{item.partition, error});
    note_refused_commit(ctx, group, item, error);
  }
  send_response(ctx, to.node, to.correlation_id, std::move(response));
}

}  // namespace

bool is_commit_pending(const GroupCoordinator& coordinator, GroupId group, TopicPartition partition) {
  const std::vector<PendingAppend>& appends = coordinator.pending_appends;
  return std::any_of(appends.begin(), appends.end(), [&](const PendingAppend& pending) {
    return pending.group == group &&
           std::any_of(pending.offsets.begin(), pending.offsets.end(),
                       [&](const OffsetCommitPartition& item) { return item.partition == partition; });
  });
}

void note_refused_commit(Ctx& ctx, GroupId group, const OffsetCommitPartition& item, ErrorCode error) {
  Note note;
  note.kind = NoteKind::kCommitRefused;
  note.group = group;
  note.partition = item.partition;
  note.a = item.committed.offset.value;
  note.b = static_cast<std::int64_t>(error);
  ctx.note(note);
}

void note_committed(Ctx& ctx, GroupId group, TopicPartition partition, const GroupOffset& stored,
                    GenerationId generation) {
  Note note;
  note.kind = NoteKind::kOffsetCommitted;
  note.group = group;
  note.partition = partition;
  note.a = stored.committed.offset.value;
  note.b = generation.value;
  note.c = stored.appended_at.value;
  ctx.note(note);
}

ErrorCode commit_answer_for(ErrorCode error) {
  switch (error) {
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode::NOT_ENOUGH_REPLICAS:
    case ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND: return ErrorCode::COORDINATOR_NOT_AVAILABLE;
    case ErrorCode::NOT_LEADER_OR_FOLLOWER:
    case ErrorCode::KAFKA_STORAGE_ERROR: return ErrorCode::NOT_COORDINATOR;
    case ErrorCode::MESSAGE_TOO_LARGE:
    case ErrorCode::RECORD_LIST_TOO_LARGE: return ErrorCode::INVALID_COMMIT_OFFSET_SIZE;
    default: return error;
  }
}

std::vector<CoordinatorRecord> offset_records(const Ctx& ctx, GroupId group,
                                              std::vector<OffsetCommitPartition>& offsets) {
  std::vector<CoordinatorRecord> records;
  for (OffsetCommitPartition& item : offsets) {
    item.committed.commit_timestamp_ms = millis(ctx.now().time_since_epoch());
    CoordinatorRecord record;
    record.kind = CoordinatorRecordKind::kOffsetCommit;
    record.group = group;
    record.partition = item.partition;
    record.committed = item.committed;
    records.push_back(std::move(record));
  }
  return records;
}

Group& add_group(const Ctx& ctx, GroupCoordinator& coordinator, GroupId id) {
  Group& group = coordinator.groups[id];
  group.id = id;
  group.partition = offsets_partition_of(ctx, id);
  if (FlatMap<NodeId, std::int32_t>* issued = coordinator.issued_before.get(id)) {
    group.issued = std::move(*issued);
    coordinator.issued_before.erase(id);
  }
  return group;
}

void GroupCoordinator::offset_commit(Ctx& ctx, NodeId from, std::int64_t correlation_id,
                                     const OffsetCommitRequest& request, std::vector<TopicPartition> unknown) {
  const AwaitedAnswer to{from, correlation_id};
  ErrorCode error = group_status(ctx, *this, request.group);
  Group* group = groups.get(request.group);
  if (error == ErrorCode::NONE && group == nullptr) {
    if (request.generation >= GenerationId(0) && find_consumer_group(request.group) == nullptr) {
      error = ErrorCode::ILLEGAL_GENERATION;
    } else {
      group = &add_group(ctx, *this, request.group);
    }
  }
  const PlantedBug planted = ctx.registry().planted_bug;
  if (error == ErrorCode::NONE && planted != PlantedBug::kTakeAnyCommit) {
    const consumer_group::ConsumerGroup* consumers = find_consumer_group(request.group);
    error = consumers != nullptr ? consumer_commit_error(*consumers, request.member, request.generation, false)
                                 : commit_error(*group, request, planted);
  }
  if (error != ErrorCode::NONE) {
    refuse_commit(ctx, to, request.group, request.partitions, unknown, error);
    return;
  }
  if (GroupMember* member = group->members.get(request.member)) {
    keep_alive(ctx, *group, *member, member->session_timeout);  // a commit counts as a heartbeat
  }
  PendingAppend pending;
  pending.kind = PendingAppend::Kind::kOffsetCommit;
  pending.group = group->id;
  pending.partition = group->partition;
  pending.generation = request.generation;
  pending.member = request.member;
  pending.answer = to;
  pending.offsets = request.partitions;
  std::vector<CoordinatorRecord> records = offset_records(ctx, group->id, pending.offsets);
  pending.unknown = std::move(unknown);
  if (records.empty()) {
    OffsetCommitResponse response;
    response.group = request.group;
    add_unknown(response, pending.unknown);
    send_response(ctx, from, correlation_id, std::move(response));
    return;
  }
  want_append(*this, std::move(pending), std::move(records));
}

void finish_commit(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& pending, ErrorCode error,
                   Offset base_offset) {
  Group* group = coordinator.groups.get(pending.group);
  if (error == ErrorCode::NONE && group == nullptr) {
    error = ErrorCode::NOT_LEADER_OR_FOLLOWER;  // the coordinator moved while the commit was replicated
  }
  if (error != ErrorCode::NONE) {
    refuse_commit(ctx, pending.answer, pending.group, pending.offsets, pending.unknown, commit_answer_for(error));
    return;
  }
  OffsetCommitResponse response;
  response.group = pending.group;
  add_unknown(response, pending.unknown);
  for (const OffsetCommitPartition& item : pending.offsets) {
    const GroupOffset stored{item.committed, base_offset};
    group->take_offset(item.partition, stored);
    response.partitions.push_back(OffsetCommitResult{item.partition, ErrorCode::NONE});
    note_committed(ctx, pending.group, item.partition, stored, pending.generation);
  }
  send_response(ctx, pending.answer.node, pending.answer.correlation_id, std::move(response));
}

void GroupCoordinator::offset_fetch(Ctx& ctx, NodeId from, std::int64_t correlation_id,
                                    const OffsetFetchRequest& request) {
  OffsetFetchResponse response;
  response.group = request.group;
  response.error = group_status(ctx, *this, request.group);
  const consumer_group::ConsumerGroup* consumers = find_consumer_group(request.group);
  if (response.error == ErrorCode::NONE && consumers != nullptr) {
    response.error = consumer_offset_fetch_error(*consumers, request);
  }
  if (response.error == ErrorCode::NONE) {
    const Group* group = groups.get(request.group);
    for (const TopicPartition partition : request.partitions) {
      OffsetFetchResult result;
      result.partition = partition;
      const GroupOffset* known = group == nullptr ? nullptr : group->offsets.get(partition);
      if (request.require_stable && group != nullptr && is_unstable(ctx, *this, *group, partition)) {
        result.error = ErrorCode::UNSTABLE_OFFSET_COMMIT;
        note_txn_offset(ctx, group->id, partition, kUnknownOffset, ProducerId{}, TxnOffset::kAwaited);
      } else if (known != nullptr) {
        result.offset = known->committed.offset;
        result.leader_epoch = known->committed.leader_epoch;
      }
      response.partitions.push_back(result);
    }
  }
  send_response(ctx, from, correlation_id, std::move(response));
}

void GroupCoordinator::forget_offsets(Ctx& ctx, const std::vector<TopicPartition>& deleted) {
  std::vector<GroupId> known;
  for (const auto& [id, group] : groups) {
    known.push_back(id);
  }
  for (const GroupId id : known) {
    Group& group = groups.at(id);
    std::vector<TopicPartition> forgotten;
    for (const TopicPartition partition : deleted) {
      const bool was_pending = forget_pending(pending_appends, id, partition);
      for (auto& [producer, offsets] : group.pending_transactional) {
        offsets.erase(partition);
      }
      if (group.offsets.erase(partition) > 0 || was_pending) {
        forgotten.push_back(partition);
      }
    }
    if (!forgotten.empty()) {
      bury(ctx, *this, group, forgotten);
    }
  }
}

}  // namespace kscope::sim
