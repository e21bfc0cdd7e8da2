#include <fmt/format.h>

#include <algorithm>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {
namespace {

/// The first record in [from, to) that a consumer with this isolation level may read; -1: there is none. A record whose
/// transaction has no marker yet is not counted. Cost: O(batches between the two).
Offset first_readable(const PartitionLog& log, IsolationLevel isolation, Offset from, Offset to) {
  const RecordBatch* batch = log.find(from);
  while (batch != nullptr && batch->base_offset < to) {
    const bool is_hidden = batch->is_transactional && isolation == IsolationLevel::READ_COMMITTED &&
                           outcome_after(log, batch->producer_id, batch->base_offset) != ControlType::COMMIT;
    for (std::size_t i = 0; !is_hidden && !batch->is_control && batch->records != nullptr && i < batch->records->size();
         ++i) {
      const Offset offset = batch->base_offset + static_cast<std::int64_t>(i);
      if (offset >= from && offset < to && !(*batch->records)[i].is_removed()) {
        return offset;
      }
    }
    batch = batch->next_offset() < to ? log.find(batch->next_offset()) : nullptr;
  }
  return kUnknownOffset;
}

}  // namespace

/// What the polls of one consumer return of a partition goes up, and leaves out nothing that the log has, from where its
/// position was set and as long as it keeps the partition.
Finding check_polls_go_forward(const CheckContext& c) {
  const ReadWatch* read =
      c.watch.clients().at(static_cast<std::size_t>(c.event.node.value)).reads.get(c.note.partition);
  if (read == nullptr || read->next == kUnknownOffset) {
    return Finding::not_asked();
  }
  const Offset offset(c.note.a);
  if (offset == read->next) {
    return Finding::fine();
  }
  if (offset < read->next) {
    return Finding::broken(fmt::format("{}: {} gets offset {}, and was to go on with {}", c.partition(),
                                       c.node_name(c.event.node), offset.value, read->next.value));
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const PartitionLog* log = leader_log(c, c.note.partition);
  if (p == nullptr || log == nullptr || p->was_compacted) {
    return Finding::not_asked();  // what lies between may have been removed on the replica that was read
  }
  const IsolationLevel isolation = c.registry().consumer(c.event.node).config.isolation_level;
  const Offset missed = first_readable(*log, isolation, std::max(read->next, log->log_start_offset()), offset);
  if (missed == kUnknownOffset) {
    return Finding::fine();
  }
  return c.unless_lost(fmt::format("{}: {} was to go on with offset {} and gets {}; the log has a record at {}",
                                   c.partition(), c.node_name(c.event.node), read->next.value, offset.value,
                                   missed.value));
}

}  // namespace kscope::sim
