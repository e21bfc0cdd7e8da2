#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// What a consumer was given at an offset is what every later leader has there, or has deleted: asked when a broker becomes
/// leader, about the last record that was given out.
Finding check_consistent_read(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  if (p == nullptr || log == nullptr || p->served.empty()) {
    return Finding::not_asked();
  }
  const ServedRecord& last = p->served.back();
  if (last.offset < std::max(log->log_start_offset(), log->verbatim_from())) {
    return Finding::fine();
  }
  const RecordBatch* batch = log->find(last.offset);
  const auto index = batch == nullptr ? 0 : static_cast<std::size_t>(last.offset - batch->base_offset);
  const bool is_same = batch != nullptr && batch->records != nullptr && index < batch->records->size() &&
                       (*batch->records)[index].id == last.record;
  if (is_same) {
    return Finding::fine();
  }
  return c.unless_lost(fmt::format("{}: {} becomes leader and does not have at offset {} what a consumer was given",
                                   c.partition(), c.node_name(c.event.node), last.offset.value));
}

}  // namespace kscope::sim
