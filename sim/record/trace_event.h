#pragma once
// TraceEvent: what a recording keeps of every executed event. All plain numbers; names and words come from the lookup
// tables of the recording (name_table.h). What the event noted, sent in detail or lost is in the key event tables.

#include <cstdint>

#include "engine/core/node_id.h"
#include "engine/core/time.h"
#include "engine/trace/event_info.h"

namespace kscope::record {

struct TraceEvent {
  std::uint64_t number = 0;  ///< counts executed events from 1
  std::uint64_t cause = 0;   ///< event that scheduled this one; 0 = the script
  SimTime time;
  EventKind kind = EventKind::kTimer;
  std::uint16_t what = 0;  ///< message, timer, command or fault kind
  NodeId node;
  NodeId peer;                  ///< kDelivery: sender; kDisconnect, kFault: the other end
  std::uint64_t message = 0;    ///< kDelivery: number of the message
  SimTime sent_at;              ///< kDelivery
  std::int64_t size_bytes = 0;  ///< kDelivery
  std::uint32_t digest = 0;     ///< lower half of the payload's digest
  bool operator==(const TraceEvent&) const = default;
};

/// The part of `event` that is recorded.
template <class Types>
TraceEvent trace_event(const EventInfo<Types>& event) {
  TraceEvent out;
  out.number = event.number;
  out.cause = event.cause;
  out.time = event.time;
  out.kind = event.kind;
  out.what = event.what;
  out.node = event.node;
  out.peer = event.peer;
  if (event.kind == EventKind::kDelivery) {
    out.message = event.message;
    out.sent_at = event.sent_at;
    out.size_bytes = event.size_bytes;
  }
  out.digest = static_cast<std::uint32_t>(event.digest);
  return out;
}

}  // namespace kscope::record
