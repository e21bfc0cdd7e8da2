#include <fmt/format.h>

#include <algorithm>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {
namespace {

enum class Held : std::uint8_t { kUnknown, kSame, kOther };

/// What a log has at an offset, compared with a record.
Held held_at(const PartitionLog& log, Offset offset, RecordId record) {
  if (offset < std::max(log.log_start_offset(), log.verbatim_from())) {
    return Held::kUnknown;
  }
  const RecordBatch* batch = log.find(offset);
  if (batch == nullptr || batch->records == nullptr) {
    return batch == nullptr ? Held::kUnknown : Held::kOther;
  }
  const auto index = static_cast<std::size_t>(offset - batch->base_offset);
  return index < batch->records->size() && (*batch->records)[index].id == record ? Held::kSame : Held::kOther;
}

}  // namespace

/// A consumer whose log was cut below what it has read hears of it (LogTruncationException, or OFFSET_OUT_OF_RANGE): it does not
/// go on in the new log as if nothing had been. Asked only where records may be gone at all.
Finding check_truncation_is_told(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const ReadWatch* read =
      c.watch.clients().at(static_cast<std::size_t>(c.event.node.value)).reads.get(c.note.partition);
  if (p == nullptr || !p->may_have_lost() || read == nullptr || read->last == kUnknownOffset) {
    return Finding::not_asked();
  }
  const PartitionLog* log = leader_log(c, c.note.partition);
  // What was fetched before the log was cut may still be handed out.
  if (log == nullptr || held_at(*log, Offset(c.note.a), RecordId(c.note.b)) != Held::kSame) {
    return Finding::not_asked();
  }
  if (held_at(*log, read->last, read->last_record) != Held::kOther) {
    return Finding::fine();
  }
  return Finding::broken(
      fmt::format("{}: {} goes on with offset {}; the record that it got at {} is gone, and nobody told it",
                  c.partition(), c.node_name(c.event.node), c.note.a, read->last.value));
}

}  // namespace kscope::sim
