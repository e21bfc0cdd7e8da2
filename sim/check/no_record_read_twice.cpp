#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

/// Whether a replica deleted old records, and with them perhaps what it knew of their producers.
bool may_have_forgotten(const PartitionWatch& p) {
  return p.was_compacted || std::any_of(p.replicas.begin(), p.replicas.end(),
                                        [](const ReplicaWatch& replica) { return replica.log_start > Offset(0); });
}

}  // namespace

/// What a producer sent once, no consumer finds at two offsets. The watch saw the second copy when it was appended.
Finding check_no_record_read_twice(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return Finding::not_asked();
  }
  const SecondCopy* copy = p->second_copies.empty() ? nullptr : p->second_copies.get(Offset(c.note.a));
  if (copy == nullptr || copy->record != RecordId(c.note.b)) {
    return Finding::fine();
  }
  std::string detail = fmt::format("{}: {} gets at offset {} what {} sent once and the log has at another offset too",
                                   c.partition(), c.node_name(c.event.node), c.note.a, c.node_name(copy->producer));
  const NodeEntry& entry = c.registry().nodes.at(static_cast<std::size_t>(copy->producer.value));
  const bool is_promised = entry.role == NodeRole::kProducer &&
                           c.registry().producer(copy->producer).config.enable_idempotence && !may_have_forgotten(*p);
  return is_promised ? c.unless_lost(std::move(detail)) : Finding::permitted(std::move(detail));
}

}  // namespace kscope::sim
