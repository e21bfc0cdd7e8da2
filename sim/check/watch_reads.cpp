// What the watch remembers of reading: where each consumer is, which record was given out at which offset, and when anything
// last disturbed a node.
#include <algorithm>

#include "sim/check/watch.h"
#include "sim/world/position_reason.h"

namespace kscope::sim {
namespace {

constexpr std::size_t kKeptServed = 4096;
constexpr std::size_t kDroppedAtOnce = 64;  ///< a chunk

/// The first reader at an offset decides what is there; later ones are held to it.
void remember_served(Chunked<ServedRecord>& served, const ServedRecord& record) {
  if (!served.empty() && record.offset <= served.back().offset) {
    return;
  }
  served.push_back(record);
  if (served.size() >= kKeptServed + kDroppedAtOnce) {
    served.drop_front(kDroppedAtOnce);
  }
}

}  // namespace

void Watch::on_read(const Event& event, const Note& note) {
  ReadWatch& read = clients_.at(static_cast<std::size_t>(event.node.value)).reads[note.partition];
  switch (note.kind) {
    case NoteKind::kRecordDelivered:
      read.next = Offset(note.a + 1);
      read.last = Offset(note.a);
      read.last_record = RecordId(note.b);
      read.known_end = std::max(read.known_end, read.next);
      remember_served(partition(note.partition).served, ServedRecord{read.last, read.last_record});
      break;
    case NoteKind::kPositionReset: {
      read.next = Offset(note.a);
      read.last = kUnknownOffset;
      const auto reason = static_cast<PositionReason>(note.b);
      if (reason == PositionReason::kLatest || reason == PositionReason::kSoughtEnd) {
        read.known_end = std::max(read.known_end, read.next);
      }
      break;
    }
    case NoteKind::kPartitionAssigned:
      if (note.b == 1) {
        break;  // it had it all the time, and goes on where it is
      }
      [[fallthrough]];
    default:
      read.next = kUnknownOffset;
      read.last = kUnknownOffset;
      break;
  }
}

void Watch::on_disturbance(const Registry& registry, const Event& event) {
  const auto mark = [&](NodeId node) {
    if (node.is_valid()) {
      disturbed_.at(static_cast<std::size_t>(node.value)) = event.time;
      if (const NodeId partner = registry.partner(node); partner.is_valid()) {
        disturbed_.at(static_cast<std::size_t>(partner.value)) = event.time;
      }
    }
  };
  if (!event.node.is_valid()) {
    std::fill(disturbed_.begin(), disturbed_.end(), event.time);
    return;
  }
  mark(event.node);
  if (event.fault != nullptr && is_about_link(event.fault->kind)) {
    mark(event.fault->peer);
  }
  if (event.kind == EventKind::kStart) {
    ClientWatch& client = clients_.at(static_cast<std::size_t>(event.node.value));
    client.started_at = event.time;
    client.reads.clear();
  }
}

}  // namespace kscope::sim
