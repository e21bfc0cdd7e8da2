#pragma once
// Everything that can be broken or mended from outside, as data. A scenario schedules these, the window sends them, and
// nothing else changes the fault state. Each kind says which fields it reads.

#include <cstddef>
#include <cstdint>

#include "engine/core/fields.h"
#include "engine/core/node_id.h"
#include "engine/core/time.h"

namespace kscope {

enum class FaultKind : std::uint8_t {
  kCrash,      ///< node: the process dies; the page cache survives; peers see their connections close
  kPowerLoss,  ///< node: the machine dies; what was not flushed is gone; peers see nothing until they time out. A machine
               ///< whose process is down can still lose its power, and with it the page cache.
  kRestart,    ///< node: the process starts again from what the disk has. No effect when it runs.
  kPause,      ///< node, duration (0 = until resumed): a stop-the-world pause; everything for the node waits
  kResume,     ///< node
  kCpuSlow,    ///< node, factor: service times are multiplied (1 = normal)
  kCut,        ///< node <-> peer: nothing passes either way until healed (packets wait, TCP retransmits)
  kCutOneWay,  ///< node -> peer only
  kHeal,       ///< node <-> peer: both directions pass again; what waited arrives in order; delay, stall and loss end
  kHealAll,    ///< every link
  kLinkDelay,  ///< node <-> peer, duration: extra latency each way (0 = normal)
  kLinkBandwidth,  ///< node <-> peer, factor: bytes per second each way (0 = unlimited)
  kLinkLoss,       ///< node <-> peer, factor: percent of messages that need a retransmission (200 ms, doubling)
  kStall,          ///< node -> peer, duration: the direction delivers nothing for so long, then everything in order
  kStrand,  ///< node -> peer, duration: what is on the wire, and what the same connection still carries, hangs for so
            ///< long and arrives though its sender may have closed the connection; a newer connection overtakes it
  kResetConnection,  ///< node <-> peer: the connection breaks; what is in flight is lost; both ends see it
  kDropMessage,      ///< message: the connection breaks at this message: what is ahead of it arrives, then the receiver
  ///< sees the end; it, what is behind it and all that comes back is lost; the sender sees it at once
  kDiskSlow,     ///< node, factor (1 = normal)
  kDiskFull,     ///< node, factor: 1 = full, 0 = normal
  kDiskFail,     ///< node, factor: 1 = failing, 0 = normal
  kClockStep,    ///< node, duration: the clock jumps by so much
  kClockDrift,   ///< node, factor: parts per million, may be negative
  kClockFreeze,  ///< node, factor: 1 = the clock shows the same time (timers too stand still), 0 = goes on
};
inline constexpr std::size_t kFaultKinds = 23;

/// Whether it is about the link between `node` and `peer` rather than about `node` alone.
[[nodiscard]] constexpr bool is_about_link(FaultKind kind) {
  switch (kind) {
    case FaultKind::kCut:
    case FaultKind::kCutOneWay:
    case FaultKind::kHeal:
    case FaultKind::kLinkDelay:
    case FaultKind::kLinkBandwidth:
    case FaultKind::kLinkLoss:
    case FaultKind::kStall:
    case FaultKind::kStrand:
    case FaultKind::kResetConnection: return true;
    case FaultKind::kCrash:
    case FaultKind::kPowerLoss:
    case FaultKind::kRestart:
    case FaultKind::kPause:
    case FaultKind::kResume:
    case FaultKind::kCpuSlow:
    case FaultKind::kHealAll:
    case FaultKind::kDropMessage:
    case FaultKind::kDiskSlow:
    case FaultKind::kDiskFull:
    case FaultKind::kDiskFail:
    case FaultKind::kClockStep:
    case FaultKind::kClockDrift:
    case FaultKind::kClockFreeze: return false;
  }
  return false;
}

/// One act of breaking or mending. Plain data; fields that the kind does not read are ignored. What happens to one part of a
/// process that has two (NodeSetup::partner) happens to the other as well.
struct FaultAction {
  FaultKind kind = FaultKind::kCrash;
  NodeId node;
  NodeId peer;
  Duration duration{0};
  std::int64_t factor = 0;
  std::uint64_t message = 0;  ///< kDropMessage: the number of the message, as Sent::message tells it
  KSCOPE_FIELDS(FaultAction, kind, node, peer, duration, factor, message);
};

/// What an action would do now: the same test decides whether the window offers it and why not.
enum class FaultRefusal : std::uint8_t {
  kNone,
  kNoSuchNode,
  kAlreadyDown,
  kAlreadyUp,
  kAlreadyPaused,
  kNotPaused,
  kAlreadyCut,
  kNothingToHeal,
  kSameNode,
  kNoSuchMessage,
  kNoChange,
  kNoConnection,
};
inline constexpr std::size_t kFaultRefusals = 12;

}  // namespace kscope
