#pragma once
// Kernel, part 4: breaking and mending. Every FaultAction ends in exactly one function here, and refusal() says beforehand
// whether it would do anything.

#include "engine/run/kernel.h"

namespace kscope {

// What a link fault sets, held to what makes sense.
inline Duration wanted_delay(const FaultAction& action) { return std::max(action.duration, Duration{0}); }
inline std::int64_t wanted_rate(const FaultAction& action) { return std::max<std::int64_t>(action.factor, 0); }
inline std::int32_t wanted_percent(const FaultAction& action) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(action.factor, 0, 100));
}

template <class Model>
void Kernel<Model>::join_partners() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const NodeId id(static_cast<std::int32_t>(i));
    const NodeId other = at(id).partner;
    if (other.is_valid()) {
      KSCOPE_CHECK(other != id, "a node is no partner of itself");
      KSCOPE_CHECK(at(other).partner == id, "the parts of a process name each other");
      network_.join(id, other);
    }
  }
}

template <class Model>
bool Kernel<Model>::is_one_process(NodeId a, NodeId b) const {
  return a == b || (a.is_valid() && partner(b) == a);
}

/// Calls visit(const FaultAction&) for every part of the processes that the action is about: what happens to a process
/// happens to all of it, and what happens to a link to all that two processes say to each other.
template <class Model>
template <class Visit>
void Kernel<Model>::for_each_part(const FaultAction& action, Visit visit) const {
  const auto each_part = [this](NodeId node, auto then) {
    const NodeId other = partner(node);
    then(other.is_valid() ? std::min(node, other) : node);
    if (other.is_valid()) {
      then(std::max(node, other));
    }
  };
  FaultAction part = action;
  if (!is_about_link(action.kind)) {
    each_part(action.node, [&](NodeId node) {
      part.node = node;
      visit(part);
    });
  } else if (is_one_process(action.node, action.peer)) {
    visit(action);  // There is no link inside a process.
  } else {
    each_part(action.node, [&](NodeId node) {
      each_part(action.peer, [&](NodeId peer) {
        part.node = node;
        part.peer = peer;
        visit(part);
      });
    });
  }
}

template <class Model>
FaultRefusal Kernel<Model>::refusal(const FaultAction& action) const {
  std::optional<FaultRefusal> why;
  for_each_part(action, [&](const FaultAction& part) {
    const FaultRefusal of_part = refusal_of_part(part);
    why = why.has_value() && of_part != FaultRefusal::kNone ? *why : of_part;
  });
  return *why;
}

template <class Model>
void Kernel<Model>::apply(const FaultAction& action) {
  for_each_part(action, [&](const FaultAction& part) {
    if (refusal_of_part(part) == FaultRefusal::kNone) {
      apply_to_part(part);
    }
  });
}

template <class Model>
FaultRefusal Kernel<Model>::refusal_of_part(const FaultAction& action) const {
  const auto on_link = [&]() {
    if (!exists(action.node) || !exists(action.peer)) {
      return FaultRefusal::kNoSuchNode;
    }
    return is_one_process(action.node, action.peer) ? FaultRefusal::kSameNode : FaultRefusal::kNone;
  };
  const auto changes_link = [&](auto changes) {
    if (on_link() != FaultRefusal::kNone) {
      return on_link();
    }
    return changes(network_.direction(action.node, action.peer)) ||
                   changes(network_.direction(action.peer, action.node))
               ? FaultRefusal::kNone
               : FaultRefusal::kNoChange;
  };
  if (action.kind == FaultKind::kHealAll || action.kind == FaultKind::kDropMessage) {
    // Judged below; they name no node.
  } else if (!exists(action.node)) {
    return FaultRefusal::kNoSuchNode;
  }
  switch (action.kind) {
    case FaultKind::kCrash: return at(action.node).process.is_up ? FaultRefusal::kNone : FaultRefusal::kAlreadyDown;
    case FaultKind::kPowerLoss:
      return at(action.node).process.is_machine_down ? FaultRefusal::kAlreadyDown : FaultRefusal::kNone;
    case FaultKind::kRestart: {
      // A process that shuts down runs until its last part has left.
      const NodeId other = partner(action.node);
      const bool is_up = at(action.node).process.is_up || (other.is_valid() && at(other).process.is_up);
      return is_up ? FaultRefusal::kAlreadyUp : FaultRefusal::kNone;
    }
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
      return network_.direction(action.node, action.peer).is_whole(now_) &&
                     network_.direction(action.peer, action.node).is_whole(now_)
                 ? FaultRefusal::kNothingToHeal
                 : FaultRefusal::kNone;
    }
    case FaultKind::kHealAll:
      for (std::size_t a = 0; a < nodes_.size(); ++a) {
        for (std::size_t b = 0; b < nodes_.size(); ++b) {
          const NodeId from(static_cast<std::int32_t>(a));
          if (!network_.direction(from, NodeId(static_cast<std::int32_t>(b))).is_whole(now_)) {
            return FaultRefusal::kNone;
          }
        }
      }
      return FaultRefusal::kNothingToHeal;
    case FaultKind::kLinkDelay:
      return changes_link([&](const Direction& d) { return d.extra_delay != wanted_delay(action); });
    case FaultKind::kLinkBandwidth:
      return changes_link([&](const Direction& d) { return d.bytes_per_s != wanted_rate(action); });
    case FaultKind::kLinkLoss:
      return changes_link([&](const Direction& d) { return d.loss_percent != wanted_percent(action); });
    case FaultKind::kStall:
      if (on_link() != FaultRefusal::kNone) {
        return on_link();
      }
      return action.duration.count() > 0 &&
                     after(now_, action.duration) > network_.direction(action.node, action.peer).stalled_until
                 ? FaultRefusal::kNone
                 : FaultRefusal::kNoChange;
    case FaultKind::kStrand:
      if (on_link() != FaultRefusal::kNone) {
        return on_link();
      }
      if (network_.direction(action.node, action.peer).is_cut) {
        return FaultRefusal::kAlreadyCut;  // what is in flight stands still as it is
      }
      if (!network_.connection(action.node, action.peer).is_open) {
        return FaultRefusal::kNoConnection;
      }
      return action.duration.count() > 0 ? FaultRefusal::kNone : FaultRefusal::kNoChange;
    case FaultKind::kResetConnection:
      if (on_link() != FaultRefusal::kNone) {
        return on_link();
      }
      return network_.connection(action.node, action.peer).is_open ? FaultRefusal::kNone : FaultRefusal::kNoConnection;
    case FaultKind::kDropMessage: {
      FaultRefusal why = FaultRefusal::kNoSuchMessage;
      for_each_in_flight([&](const InFlight<Message>& one) {
        if (one.sent.message == action.message) {
          why = partner(one.sent.from) == one.sent.to ? FaultRefusal::kSameNode : FaultRefusal::kNone;
        }
      });
      return why;
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
  }
  return FaultRefusal::kNoChange;
}

template <class Model>
void Kernel<Model>::apply_to_part(const FaultAction& action) {
  const auto both = [&](auto change) {
    change(action.node, action.peer);
    change(action.peer, action.node);
  };
  const auto heal = [&](NodeId from, NodeId to) {
    Direction& link = network_.direction(from, to);
    link.extra_delay = Duration{0};
    link.bytes_per_s = 0;
    link.loss_percent = 0;
    const bool holds_up = link.is_cut || link.stalled_until > now_;
    if (!link.is_cut && holds_up) {
      hold_in_flight(from, to);
    }
    link.is_cut = false;
    link.stalled_until = SimTime{};
    if (holds_up) {
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
    case FaultKind::kRestart: push(now_, event_count_, action.node, 0, Start{}); break;
    case FaultKind::kPause: {
      ProcessState& process = at(action.node).process;
      process.is_paused = true;
      process.paused_until = action.duration.count() > 0 ? after(now_, action.duration) : SimTime::max();
      if (action.duration.count() > 0) {
        push(process.paused_until, event_count_, action.node, process.incarnation, Resume{});
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
      both([&](NodeId from, NodeId to) { network_.direction(from, to).extra_delay = wanted_delay(action); });
      break;
    case FaultKind::kLinkBandwidth:
      both([&](NodeId from, NodeId to) { network_.direction(from, to).bytes_per_s = wanted_rate(action); });
      break;
    case FaultKind::kLinkLoss:
      both([&](NodeId from, NodeId to) { network_.direction(from, to).loss_percent = wanted_percent(action); });
      break;
    case FaultKind::kStall: stall(action.node, action.peer, after(now_, action.duration)); break;
    case FaultKind::kStrand: strand(action.node, action.peer, after(now_, action.duration)); break;
    case FaultKind::kResetConnection:
      network_.connection(action.node, action.peer).is_open = false;
      both([&](NodeId from, NodeId to) { lose_in_flight(from, to); });
      both([&](NodeId from, NodeId to) { notify_disconnect(from, to, true); });
      break;
    case FaultKind::kDropMessage: break_at_message(action.message); break;
    case FaultKind::kDiskSlow: at(action.node).disk.slow_factor = std::max<std::int64_t>(action.factor, 1); break;
    case FaultKind::kDiskFull: at(action.node).disk.is_full = action.factor != 0; break;
    case FaultKind::kDiskFail: at(action.node).disk.is_failing = action.factor != 0; break;
    case FaultKind::kClockStep: at(action.node).clock.step(now_, action.duration); break;
    case FaultKind::kClockDrift: {
      std::vector<WaitingTimer> timers = take_timers(action.node);
      at(action.node).clock.set_drift(now_, action.factor);
      put_timers(action.node, std::move(timers));
      break;
    }
    case FaultKind::kClockFreeze: {
      std::vector<WaitingTimer> timers = take_timers(action.node);
      at(action.node).clock.set_frozen(now_, action.factor != 0);
      put_timers(action.node, std::move(timers));
      break;
    }
  }
}

/// The process ends. What it has sent still arrives; what was on its way to it is lost. In good order and after a crash its
/// operating system closes the connections; without power nobody is told.
template <class Model>
void Kernel<Model>::stop_process(NodeId id, bool loses_power, bool in_order) {
  lose_stranded_to(id);
  Node& node = at(id);
  node.role.reset();
  node.parked.clear();
  node.stopped.clear();
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
    give_up_attempts(id, peer);
    keep_attempts(peer, id);
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

/// Takes the node's armed timers out, each with what its clock has still to count, in order of firing.
template <class Model>
auto Kernel<Model>::take_timers(NodeId id) -> std::vector<WaitingTimer> {
  Node& node = at(id);
  if (node.clock.is_frozen()) {
    return std::exchange(node.stopped, {});
  }
  std::vector<EventKey> keys;
  queue_.for_each([&](const EventKey& key) {
    const Pending& pending = slab_[key.slot()];
    if (pending.node == id && std::holds_alternative<TimerFire>(pending.payload) && !is_stale(pending)) {
      keys.push_back(key);
    }
  });
  std::sort(keys.begin(), keys.end(), [](const EventKey& a, const EventKey& b) {
    return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.seq_slot < b.seq_slot;
  });
  std::vector<WaitingTimer> timers;
  for (const EventKey& key : keys) {
    Pending& pending = slab_[key.slot()];
    const SimTime fires_at(Duration(static_cast<std::int64_t>(key.time_ns)));
    timers.push_back(WaitingTimer{node.clock.to_local(fires_at - now_), std::exchange(pending, Pending{})});
  }
  return timers;
}

/// The counterpart, by the clock as it is now: into the queue, or aside while the clock is frozen.
template <class Model>
void Kernel<Model>::put_timers(NodeId id, std::vector<WaitingTimer>&& timers) {
  Node& node = at(id);
  if (node.clock.is_frozen()) {
    node.stopped = std::move(timers);
    return;
  }
  // While the clock stood still, timers were armed that are due before older ones.
  std::stable_sort(timers.begin(), timers.end(),
                   [](const WaitingTimer& a, const WaitingTimer& b) { return a.left < b.left; });
  for (WaitingTimer& timer : timers) {
    push(after(now_, node.clock.to_sim(timer.left)), std::move(timer.pending));
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
