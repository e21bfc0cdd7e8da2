// Consumed offsets of transactions: they are stored as batches of their producer, and count when its marker comes.
// Source: GroupCoordinator.doTxnCommitOffsets, GroupMetadataManager.storeOffsets, GroupMetadata, Kafka 3.9; KIP-98, KIP-447.
//
// the offset is | event                                  | then
// (unknown)     | TxnOffsetCommit                        | pending, not in the log
// pending       | its batch is replicated                | pending, in the log
//               | the append failed                      | forgotten, unless an earlier one of the transaction is there
//               | marker: COMMIT                         | committed, unless a later one is
//               | marker: ABORT, the partition is deleted | forgotten

#include <utility>

#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {
namespace {

/// Why offsets of a transaction are refused, or NONE. Who names neither member nor generation may commit at any time: so
/// did producers before KIP-447. Source: GroupCoordinator.validateOffsetCommit.
ErrorCode txn_commit_error(const Group& group, const TxnOffsetCommitRequest& request) {
  const bool names_generation = request.generation >= GenerationId(0);
  const bool names_member = request.member.is_set() || !request.group_instance_id.empty();
  if (!names_generation && (group.state == GroupState::Empty || !names_member)) {
    return ErrorCode::NONE;
  }
  const ErrorCode error = group.validate(request.member, request.group_instance_id);
  const bool is_current = group.generation == request.generation;
  return error == ErrorCode::NONE && !is_current ? ErrorCode::ILLEGAL_GENERATION : error;
}

void answer_txn_commit(Ctx& ctx, AwaitedAnswer to, TxnOffsetCommitResponse response,
                       const std::vector<TopicPartition>& unknown) {
  for (const TopicPartition partition : unknown) {
    response.partitions.push_back(OffsetCommitResult{partition, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION});
  }
  if (to.is_set()) {
    send_response(ctx, to.node, to.correlation_id, std::move(response));
  }
}

/// The append failed: what is not in the log is pending no more. Source: GroupMetadata.failPendingTxnOffsetCommit.
void forget_failed(Group& group, const PendingAppend& pending) {
  GroupOffsets* known = group.pending_transactional.get(pending.producer);
  if (known == nullptr) {
    return;
  }
  for (const OffsetCommitPartition& item : pending.offsets) {
    known->erase(item.partition);
  }
  if (known->empty()) {
    group.pending_transactional.erase(pending.producer);
  }
}

/// Source: GroupMetadata.onTxnOffsetCommitAppend.
void remember_appended(Group& group, const PendingAppend& pending, Offset base_offset) {
  GroupOffsets* known = group.pending_transactional.get(pending.producer);
  for (const OffsetCommitPartition& item : pending.offsets) {
    GroupOffset* offset = known == nullptr ? nullptr : known->get(item.partition);
    if (offset != nullptr && offset->committed == item.committed) {
      offset->appended_at = base_offset;
    }
  }
}

}  // namespace

void note_txn_offset(Ctx& ctx, GroupId group, TopicPartition partition, Offset offset, ProducerId producer,
                     TxnOffset what) {
  Note note;
  note.kind = NoteKind::kTxnOffset;
  note.group = group;
  note.partition = partition;
  note.a = offset.value;
  note.b = producer.value;
  note.c = static_cast<std::int64_t>(what);
  ctx.note(note);
}

void refuse_txn_commit(Ctx& ctx, AwaitedAnswer to, GroupId group, const std::vector<OffsetCommitPartition>& offsets,
                       const std::vector<TopicPartition>& unknown, ErrorCode error) {
  TxnOffsetCommitResponse response;
  response.group = group;
  for (const OffsetCommitPartition& item : offsets) {
    response.partitions.push_back(OffsetCommitResult{item.partition, error});
    note_refused_commit(ctx, group, item, error);
  }
  answer_txn_commit(ctx, to, std::move(response), unknown);
}

void GroupCoordinator::txn_offset_commit(Ctx& ctx, NodeId from, std::int64_t correlation_id,
                                         const TxnOffsetCommitRequest& request, VerificationGuard guard,
                                         std::vector<TopicPartition> unknown) {
  const AwaitedAnswer to{from, correlation_id};
  ErrorCode error = group_status(ctx, *this, request.group);
  Group* group = groups.get(request.group);
  if (error == ErrorCode::NONE) {
    group = group == nullptr ? &add_group(ctx, *this, request.group) : group;
    const consumer_group::ConsumerGroup* consumers = find_consumer_group(request.group);
    error = consumers != nullptr ? consumer_commit_error(*consumers, request.member, request.generation, true)
                                 : txn_commit_error(*group, request);
  }
  if (error != ErrorCode::NONE || request.partitions.empty()) {
    refuse_txn_commit(ctx, to, request.group, request.partitions, unknown, error);
    return;
  }
  PendingAppend pending;
  pending.kind = PendingAppend::Kind::kTxnOffsetCommit;
  pending.group = group->id;
  pending.partition = group->partition;
  pending.generation = request.generation;
  pending.member = request.member;
  pending.answer = to;
  pending.offsets = request.partitions;
  pending.unknown = std::move(unknown);
  pending.producer = request.producer_id;
  std::vector<CoordinatorRecord> records = offset_records(ctx, group->id, pending.offsets);
  GroupOffsets& offsets = group->pending_transactional[request.producer_id];
  for (const OffsetCommitPartition& item : pending.offsets) {
    offsets.insert_or_assign(item.partition, GroupOffset{item.committed, kUnknownOffset});
  }
  want_append(*this, std::move(pending), std::move(records),
              TransactionalAppend{request.producer_id, request.producer_epoch, guard});
}

void finish_txn_commit(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& pending, ErrorCode error,
                       Offset base_offset) {
  Group* group = coordinator.groups.get(pending.group);
  if (error == ErrorCode::NONE && group == nullptr) {
    error = ErrorCode::NOT_LEADER_OR_FOLLOWER;  // the coordinator moved while the commit was replicated
  }
  if (error != ErrorCode::NONE) {
    if (group != nullptr) {
      forget_failed(*group, pending);
    }
    refuse_txn_commit(ctx, pending.answer, pending.group, pending.offsets, pending.unknown, commit_answer_for(error));
    return;
  }
  remember_appended(*group, pending, base_offset);
  TxnOffsetCommitResponse response;
  response.group = pending.group;
  for (const OffsetCommitPartition& item : pending.offsets) {
    response.partitions.push_back(OffsetCommitResult{item.partition, ErrorCode::NONE});
    note_txn_offset(ctx, pending.group, item.partition, item.committed.offset, pending.producer, TxnOffset::kPending);
  }
  answer_txn_commit(ctx, pending.answer, std::move(response), pending.unknown);
}

void GroupCoordinator::on_transaction_completed(Ctx& ctx, std::int32_t partition, ProducerId producer,
                                                ControlType result) {
  if (ctx.registry().planted_bug == PlantedBug::kAbortedOffsetCounts) {
    result = ControlType::COMMIT;
  }
  for (auto& [id, group] : groups) {
    if (group.partition != partition) {
      continue;
    }
    for (const auto& [of, offset] : group.complete_transaction(producer, result)) {
      if (result == ControlType::COMMIT) {
        note_committed(ctx, id, of, offset, kNoGeneration);
      } else {
        note_txn_offset(ctx, id, of, offset.committed.offset, producer, TxnOffset::kDropped);
      }
    }
  }
}

}  // namespace kscope::sim
