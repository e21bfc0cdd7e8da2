#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// A record that is appended for the first time after one that was sent later.
Finding check_send_order(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAppended) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const RecordBatch* batch = log == nullptr ? nullptr : log->find(Offset(c.note.a));
  if (p == nullptr || batch == nullptr || batch->records == nullptr) {
    return Finding::fine();
  }
  for (const Record& record : *batch->records) {
    const auto seen = p->sequences.find(record.producer);
    if (seen == p->sequences.end() || record.sequence >= seen->second.highest) {
      continue;
    }
    const std::vector<std::int64_t>& missing = seen->second.missing;
    if (!std::binary_search(missing.begin(), missing.end(), record.sequence)) {
      continue;
    }
    std::string detail = fmt::format("{}: record {} of {} is stored after its record {}", c.partition(),
                                     record.sequence, c.node_name(record.producer), seen->second.highest);
    const ProducerConfig& config = c.registry().producer(record.producer).config;
    const bool is_promised = config.enable_idempotence || config.max_in_flight_requests_per_connection == 1;
    return is_promised ? Finding::broken(std::move(detail)) : Finding::permitted(std::move(detail));
  }
  return Finding::fine();
}

}  // namespace kscope::sim
