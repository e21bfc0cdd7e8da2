#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

/// Which record a consumer was given first at an offset; nullptr: it is not known. Cost: O(1) where all offsets behind it were
/// read, else O(log records that are remembered).
const ServedRecord* first_served(const Chunked<ServedRecord>& served, Offset offset) {
  if (served.empty() || offset > served.back().offset) {
    return nullptr;
  }
  const auto behind = static_cast<std::size_t>(served.back().offset - offset);
  if (behind < served.size() && served[served.size() - 1 - behind].offset == offset) {
    return &served[served.size() - 1 - behind];
  }
  const auto at = std::lower_bound(served.begin(), served.end(), offset,
                                   [](const ServedRecord& record, Offset wanted) { return record.offset < wanted; });
  return at != served.end() && at->offset == offset ? &*at : nullptr;
}

}  // namespace

/// Whoever reads at an offset, whenever and from whichever replica, gets the same record there.
Finding check_offset_has_one_record(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const ServedRecord* before = p == nullptr ? nullptr : first_served(p->served, Offset(c.note.a));
  if (before == nullptr) {
    return Finding::not_asked();
  }
  if (before->record == RecordId(c.note.b)) {
    return Finding::fine();
  }
  return c.unless_lost(fmt::format("{}: {} gets another record at offset {} than a consumer got there before",
                                   c.partition(), c.node_name(c.event.node), c.note.a));
}

}  // namespace kscope::sim
