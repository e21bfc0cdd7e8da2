#pragma once
// What observers are told about one executed event: what it was, what caused it, what it sent, lost and noted.
// Built only while somebody observes; never part of the world's state.

#include <cstdint>
#include <span>

#include "engine/core/node_id.h"
#include "engine/core/time.h"
#include "engine/fault/fault_action.h"

namespace kscope {

enum class EventKind : std::uint8_t { kStart, kDelivery, kTimer, kDiskDone, kDisconnect, kCommand, kFault };

/// A message that the event put on the wire, or that the event saw die there.
struct Sent {
  std::uint64_t message = 0;  ///< number of the message, unique in the run
  NodeId from;
  NodeId to;
  SimTime sent_at;
  SimTime arrives_at;  ///< when it will arrive unless something happens to the link
  std::int64_t size_bytes = 0;
  std::uint16_t what = 0;  ///< the model's message kind
};

/// One executed event. `Types` is the model's vocabulary (engine/run/ctx.h).
template <class Types>
struct EventInfo {
  std::uint64_t number = 0;  ///< counts executed events from 1
  std::uint64_t cause = 0;   ///< number of the event that scheduled this one; 0 = the script
  SimTime time;
  EventKind kind = EventKind::kTimer;
  std::uint16_t what = 0;  ///< kDelivery: message kind; kTimer: timer kind; kCommand: command kind; kFault: FaultKind
  NodeId node;             ///< whose handler ran
  NodeId peer;             ///< kDelivery: the sender; kDisconnect: the other end
  std::uint64_t message = 0;    ///< kDelivery: number of the message
  SimTime sent_at;              ///< kDelivery: when it was sent
  std::int64_t size_bytes = 0;  ///< kDelivery
  std::uint64_t digest = 0;     ///< digest of the payload, as in the fingerprint
  std::span<const Sent> sent;
  std::span<const Sent> lost;
  std::span<const typename Types::Note> notes;
  const typename Types::Message* delivered = nullptr;  ///< kDelivery
  const typename Types::Timer* timer = nullptr;        ///< kTimer
  const typename Types::Command* command = nullptr;    ///< kCommand
  const FaultAction* fault = nullptr;                  ///< kFault
};

}  // namespace kscope
