#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

constexpr std::size_t kMostLookedAt = 1024;
constexpr std::size_t kMostBelowInARow = 64;

/// The batch that a producer was told begins at this offset, with a promise, if its first record is not `record`; nullptr: there is
/// none among those acknowledged lately. They come nearly in order, and begin lower again where a leader lost some.
const AckedBatch* broken_promise(const PartitionWatch& p, Offset offset, RecordId record) {
  const std::size_t end = p.acked.size() > kMostLookedAt ? p.acked.size() - kMostLookedAt : 0;
  std::size_t below_in_a_row = 0;
  for (std::size_t i = p.acked.size(); i > end && below_in_a_row < kMostBelowInARow; --i) {
    const AckedBatch& batch = p.acked[i - 1];
    below_in_a_row = batch.base_offset < offset ? below_in_a_row + 1 : 0;
    if (batch.base_offset == offset && batch.was_all && batch.min_isr_met && batch.first_record != record) {
      return &batch;
    }
  }
  return nullptr;
}

}  // namespace

/// Where a producer was told that its record stands, a consumer that reads there gets that record. The acknowledgements are looked
/// at only in partitions whose leader does not have all that was acknowledged.
Finding check_acked_is_read(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr || p->acked.empty()) {
    return Finding::not_asked();
  }
  if (p->acked_lost == 0 || broken_promise(*p, Offset(c.note.a), RecordId(c.note.b)) == nullptr) {
    return Finding::fine();
  }
  return c.unless_lost(fmt::format("{}: {} gets another record at offset {} than the one that is acknowledged there",
                                   c.partition(), c.node_name(c.event.node), c.note.a));
}

}  // namespace kscope::sim
