#pragma once
// Kernel, part 4: breaking and mending. Every FaultAction ends in exactly one function here, and refusal() says beforehand
// whether it would do anything.

#include "engine/run/kernel.h"

namespace kscope {

template <class Model>
FaultRefusal Kernel<Model>::refusal(const FaultAction& action) const {
  const auto exists = [&](NodeId id) { return id.is_valid() && static_cast<std::size_t>(id.value) < nodes_.size(); };
  const auto on_link = [&]() {
    if (!exists(action.node) || !exists(action.peer)) {
      return FaultRefusal::kNoSuchNode;
    }
    return action.node == action.peer ? FaultRefusal::kSameNode : FaultRefusal::kNone;
  };
  if (action.kind == FaultKind::kHealAll || action.kind == FaultKind::kDropMessage) {
    // Judged below; they name no node.
  } else if (!exists(action.node)) {
    return FaultRefusal::kNoSuchNode;
  }
  switch (action.kind) {
    case FaultKind::kCrash:
    case FaultKind::kPowerLoss: return at(action.node).process.is_up ? FaultRefusal::kNone : FaultRefusal::kAlreadyDown;
    case FaultKind::kRestart: return at(action.node).process.is_up ? FaultRefusal::kAlreadyUp : FaultRefusal::kNone;
    case FaultKind::kPause:
      if (!at(action.node).process.is_up) {
        return FaultRefusal::kAlreadyDown;
      }
      return at(action.node).process.is_paused ? FaultRefusal::kAlreadyPaused : FaultRefusal::kNone;
    case FaultKind::kResume: return at(action.node).process.is_paused ? FaultRefusal::kNone : FaultRefusal::kNotPaused;
    case FaultKind::kCpuSlow:
      return at(action.node).process.cpu_factor == std::max<std::int64_t>(action.factor, 1) ? FaultRefusal::kNoChange
                                                                                            : FaultRefusal::kNone;
    case FaultKind::kCut:
      if (on_link() != FaultRefusal::kNone) {
        return on_link();
      }
      return network_.direction(action.node, action.peer).is_cut && network_.direction(action.peer, action.node).is_cut
                 ? FaultRefusal::kAlreadyCut
                 : FaultRefusal::kNone;
    case FaultKind::kCutOneWay:
      if (on_link() != FaultRefusal::kNone) {
        return on_link();
      }
      return network_.direction(action.node, action.peer).is_cut ? FaultRefusal::kAlreadyCut : FaultRefusal::kNone;
    case FaultKind::kHeal: {
      if (on_link() != FaultRefusal::kNone) {
        return on_link();
      }
      const auto is_whole = [](const Direction& d) {
        return !d.is_cut && d.extra_delay.count() == 0 && d.bytes_per_s == 0 && d.loss_percent == 0;
      };
      return is_whole(network_.direction(action.node, action.peer)) &&
                     is_whole(network_.direction(action.peer, action.node))
                 ? FaultRefusal::kNothingToHeal
                 : FaultRefusal::kNone;
    }
    case FaultKind::kLinkDelay:
    case FaultKind::kLinkBandwidth:
    case FaultKind::kLinkLoss:
    case FaultKind::kStall: return on_link();
    case FaultKind::kResetConnection:
      if (on_link() != FaultRefusal::kNone) {
        return on_link();
      }
      return network_.connection(action.node, action.peer).is_open ? FaultRefusal::kNone : FaultRefusal::kNoConnection;
    case FaultKind::kDropMessage: {
      bool found = false;
      for_each_in_flight([&](const InFlight<Message>& one) { found = found || one.sent.message == action.message; });
      return found ? FaultRefusal::kNone : FaultRefusal::kNoSuchMessage;
    }
    case FaultKind::kDiskSlow:
      return at(action.node).disk.slow_factor == std::max<std::int64_t>(action.factor, 1) ? FaultRefusal::kNoChange
                                                                                          : FaultRefusal::kNone;
    case FaultKind::kDiskFull:
      return at(action.node).disk.is_full == (action.factor != 0) ? FaultRefusal::kNoChange : FaultRefusal::kNone;
    case FaultKind::kDiskFail:
      return at(action.node).disk.is_failing == (action.factor != 0) ? FaultRefusal::kNoChange : FaultRefusal::kNone;
    case FaultKind::kClockStep: return action.duration.count() == 0 ? FaultRefusal::kNoChange : FaultRefusal::kNone;
    case FaultKind::kClockDrift:
      return at(action.node).clock.drift_ppm() == action.factor || action.factor <= -1'000'000 ||
                     action.factor >= 1'000'000
                 ? FaultRefusal::kNoChange
                 : FaultRefusal::kNone;
    case FaultKind::kClockFreeze:
      return at(action.node).clock.is_frozen() == (action.factor != 0) ? FaultRefusal::kNoChange : FaultRefusal::kNone;
    case FaultKind::kHealAll: return FaultRefusal::kNone;
  }
  return FaultRefusal::kNoChange;
}

template <class Model>
void Kernel<Model>::apply(const FaultAction& action) {
  const auto both = [&](auto change) {
    change(action.node, action.peer);
    change(action.peer, action.node);
  };
  const auto heal = [&](NodeId from, NodeId to) {
    Direction& link = network_.direction(from, to);
    link.extra_delay = Duration{0};
    link.bytes_per_s = 0;
    link.loss_percent = 0;
    link.stalled_until = SimTime{};
    if (link.is_cut) {
      link.is_cut = false;
      release_held(from, to);
    }
  };
  const auto cut = [&](NodeId from, NodeId to) {
    if (!network_.direction(from, to).is_cut) {
      network_.direction(from, to).is_cut = true;
      hold_in_flight(from, to);
    }
  };
  switch (action.kind) {
    case FaultKind::kCrash: stop_process(action.node, false, false); break;
    case FaultKind::kPowerLoss: stop_process(action.node, true, false); break;
    case FaultKind::kRestart: push(now_, Pending{event_count_, action.node, 0, Start{}}); break;
    case FaultKind::kPause: {
      ProcessState& process = at(action.node).process;
      process.is_paused = true;
      process.paused_until = action.duration.count() > 0 ? after(now_, action.duration) : SimTime::max();
      if (action.duration.count() > 0) {
        push(process.paused_until, Pending{event_count_, action.node, process.incarnation, Resume{}});
      }
      break;
    }
    case FaultKind::kResume: resume(action.node); break;
    case FaultKind::kCpuSlow: at(action.node).process.cpu_factor = std::max<std::int64_t>(action.factor, 1); break;
    case FaultKind::kCut: both(cut); break;
    case FaultKind::kCutOneWay: cut(action.node, action.peer); break;
    case FaultKind::kHeal: both(heal); break;
    case FaultKind::kHealAll:
      for (std::size_t a = 0; a < nodes_.size(); ++a) {
        for (std::size_t b = 0; b < nodes_.size(); ++b) {
          heal(NodeId(static_cast<std::int32_t>(a)), NodeId(static_cast<std::int32_t>(b)));
        }
      }
      break;
    case FaultKind::kLinkDelay:
      both([&](NodeId from, NodeId to) {
        network_.direction(from, to).extra_delay = std::max(action.duration, Duration{0});
      });
      break;
    case FaultKind::kLinkBandwidth:
      both([&](NodeId from, NodeId to) {
        network_.direction(from, to).bytes_per_s = std::max<std::int64_t>(action.factor, 0);
      });
      break;
    case FaultKind::kLinkLoss:
      both([&](NodeId from, NodeId to) {
        network_.direction(from, to).loss_percent =
            static_cast<std::int32_t>(std::clamp<std::int64_t>(action.factor, 0, 100));
      });
      break;
    case FaultKind::kStall:
      delay_in_flight(action.node, action.peer, after(now_, std::max(action.duration, Duration{0})));
      break;
    case FaultKind::kResetConnection:
    case FaultKind::kDropMessage: {
      NodeId a = action.node;
      NodeId b = action.peer;
      if (action.kind == FaultKind::kDropMessage) {
        for_each_in_flight([&](const InFlight<Message>& one) {
          if (one.sent.message == action.message) {
            a = one.sent.from;
            b = one.sent.to;
          }
        });
      }
      network_.connection(a, b).is_open = false;
      lose_in_flight(a, b);
      lose_in_flight(b, a);
      notify_disconnect(a, b, true);
      notify_disconnect(b, a, true);
      break;
    }
    case FaultKind::kDiskSlow: at(action.node).disk.slow_factor = std::max<std::int64_t>(action.factor, 1); break;
    case FaultKind::kDiskFull: at(action.node).disk.is_full = action.factor != 0; break;
    case FaultKind::kDiskFail: at(action.node).disk.is_failing = action.factor != 0; break;
    case FaultKind::kClockStep: at(action.node).clock.step(now_, action.duration); break;
    case FaultKind::kClockDrift: at(action.node).clock.set_drift(now_, action.factor); break;
    case FaultKind::kClockFreeze:
      at(action.node).clock.set_frozen(now_, action.factor != 0);
      if (action.factor == 0 && !at(action.node).process.is_paused) {
        resume(action.node);
      }
      break;
  }
}

/// The process ends. What it has sent still arrives; what was on its way to it is lost. In good order and after a crash its
/// operating system closes the connections; without power nobody is told.
template <class Model>
void Kernel<Model>::stop_process(NodeId id, bool loses_power, bool in_order) {
  Node& node = at(id);
  node.role.reset();
  node.parked.clear();
  node.timers = TimerTable{};
  node.process.is_up = false;
  node.process.is_paused = false;
  node.process.is_machine_down = loses_power;
  node.disk_busy_until = now_;
  if (in_order) {
    node.disk.mark_all_flushed();
  }
  if (loses_power) {
    node.disk.lose_unflushed();
    model_.lose_unflushed(node.durable, node.disk);
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const NodeId peer(static_cast<std::int32_t>(i));
    lose_in_flight(peer, id);
    Connection& connection = network_.connection(id, peer);
    if (connection.is_open && !loses_power) {
      connection.is_open = false;
      if (peer != id) {
        notify_disconnect(peer, id, false);
      }
    }
  }
}

/// What waited is due now, in the order in which it came up.
template <class Model>
void Kernel<Model>::resume(NodeId id) {
  Node& node = at(id);
  node.process.is_paused = false;
  std::vector<Pending> waiting = std::move(node.parked);
  node.parked.clear();
  for (Pending& pending : waiting) {
    push(now_, std::move(pending));
  }
}

}  // namespace kscope
