#include <fmt/format.h>

#include "sim/check/group_records.h"
#include "sim/check/transaction_outcome.h"
#include "sim/world/position_reason.h"

namespace kscope::sim {
namespace {

/// The newest batch of __consumer_offsets with an offset of the note's group and partition that `is_wanted`; nullptr: there
/// is none near enough.
template <class IsWanted>
const RecordBatch* newest_commit(const CheckContext& c, const PartitionLog& log, IsWanted is_wanted) {
  const Chunked<RecordBatch>& batches = log.batches();
  const std::size_t end = batches.size() > kLongestTransactionSearch ? batches.size() - kLongestTransactionSearch : 0;
  for (std::size_t i = batches.size(); i > end; --i) {
    if (batches[i - 1].coordinator_records == nullptr) {
      continue;
    }
    for (const CoordinatorRecord& record : *batches[i - 1].coordinator_records) {
      if (record.kind == CoordinatorRecordKind::kOffsetCommit && record.group == c.note.group &&
          record.partition == c.note.partition && is_wanted(batches[i - 1], record)) {
        return &batches[i - 1];
      }
    }
  }
  return nullptr;
}

/// An offset counts from now on: if a transaction committed it, then that transaction is committed.
Finding check_visible(const CheckContext& c) {
  const PartitionLog* log = c.log(c.event.node, partition_of_group(c, c.note.group));
  const RecordBatch* batch =
      log == nullptr ? nullptr : newest_commit(c, *log, [&](const RecordBatch&, const CoordinatorRecord& record) {
        return record.committed.offset == Offset(c.note.a);
      });
  if (batch == nullptr || !batch->is_transactional ||
      outcome_after(*log, batch->producer_id, batch->base_offset) == ControlType::COMMIT) {
    return batch == nullptr ? Finding::not_asked() : Finding::fine();
  }
  return unless_groups_lost(
      c, fmt::format("offset {} of {} counts, and its transaction is not committed", c.note.a, c.partition()));
}

/// A consumer begins at a committed offset: no transaction is open that commits another one.
Finding check_stable(const CheckContext& c) {
  const PartitionLog* log = leader_log(c, partition_of_group(c, c.note.group));
  if (log == nullptr || c.registry().rules.is_old(Rule::kKip447)) {
    return Finding::not_asked();
  }
  const RecordBatch* pending = newest_commit(c, *log, [&](const RecordBatch& batch, const CoordinatorRecord&) {
    return batch.is_transactional && !outcome_after(*log, batch.producer_id, batch.base_offset).has_value();
  });
  return pending == nullptr ? Finding::fine()
                            : unless_groups_lost(c, fmt::format("{} begins {} at {} beside a transaction that is not "
                                                                "decided",
                                                                c.node_name(c.event.node), c.partition(), c.note.a));
}

}  // namespace

/// Offsets of a transaction count if it is committed, and nobody who asks for stable ones is answered before it is decided.
Finding check_offsets_as_decided(const CheckContext& c) {
  if (c.note.kind == NoteKind::kOffsetCommitted) {
    return check_visible(c);
  }
  const bool is_asked =
      c.note.kind == NoteKind::kPositionReset && static_cast<PositionReason>(c.note.b) == PositionReason::kCommitted;
  return is_asked ? check_stable(c) : Finding::not_asked();
}

}  // namespace kscope::sim
