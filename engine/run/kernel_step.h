#pragma once
// Kernel, part 2: executing one event and carrying out what its handler asked for.

#include "engine/run/kernel.h"

namespace kscope {

template <class Model>
bool Kernel<Model>::step(ObserverList observers, SimTime limit) {
  EventKey key;
  const auto fetch = [this](const EventKey& near, Nearness nearness) {
    if (nearness == Nearness::kSoon) {
      slab_.prefetch(near.slot());
    } else if (const auto* fire = std::get_if<TimerFire>(&slab_[near.slot()].payload)) {
      at(slab_[near.slot()].node).timers.prefetch(fire->id);
    }
  };
  while (queue_.pop_until(static_cast<std::uint64_t>(nanos(limit)), key, fetch)) {
    const std::uint32_t place = key.slot();
    Pending& pending = slab_[place];
    if (is_stale(pending)) {
      drop(place);
      continue;
    }
    now_ = SimTime(Duration(static_cast<std::int64_t>(key.time_ns)));
    if (std::holds_alternative<Writeback>(pending.payload)) {
      at(pending.node).disk.mark_all_flushed();
      at(pending.node).is_writeback_due = false;
      drop(place);
    } else if (std::holds_alternative<Resume>(pending.payload)) {
      const NodeId node = pending.node;
      drop(place);
      if (at(node).process.is_paused && at(node).process.paused_until <= now_) {
        resume(node);
      }
    } else if (parks(pending)) {
      at(pending.node).parked.push_back(std::move(pending));
      drop(place);
    } else {
      execute(place, observers);
      return true;
    }
  }
  return false;
}

/// Whether the event belongs to something that is no more: a cancelled timer, an earlier life, a lost connection.
template <class Model>
bool Kernel<Model>::is_stale(const Pending& pending) const {
  if (std::holds_alternative<Void>(pending.payload)) {
    return true;
  }
  if (!pending.node.is_valid()) {
    return false;  // an act on no node in particular
  }
  const Node& node = at(pending.node);
  if (const auto* fire = std::get_if<TimerFire>(&pending.payload)) {
    return pending.incarnation != node.process.incarnation || !node.timers.is_armed(fire->id);
  }
  if (const auto* delivery = std::get_if<Delivery>(&pending.payload)) {
    if (delivery->epoch == kStranded) {
      return !node.process.is_up || pending.incarnation != node.process.incarnation;
    }
    return !node.process.is_up || delivery->epoch != network_.direction(delivery->from, pending.node).epoch;
  }
  if (std::holds_alternative<FlushDone>(pending.payload) || std::holds_alternative<Disconnect>(pending.payload)) {
    return !node.process.is_up || pending.incarnation != node.process.incarnation;
  }
  if (std::holds_alternative<Start>(pending.payload)) {
    return node.process.is_up;
  }
  return false;
}

/// A paused process handles nothing: what comes up waits, in order.
template <class Model>
bool Kernel<Model>::parks(const Pending& pending) const {
  if (!pending.node.is_valid() || std::holds_alternative<FaultAction>(pending.payload)) {
    return false;
  }
  const ProcessState& process = at(pending.node).process;
  return process.is_up && process.is_paused;
}

template <class Model>
template <class Handler>
void Kernel<Model>::run_handler(NodeId id, Handler handler) {
  Node& node = at(id);
  if (!node.role.has_value()) {
    return;
  }
  Ctx<Types> ctx(id, node.clock.local(now_), chooser_, node.timers, node.disk, node.durable, registry_, outbox_,
                 node.process.cpu_factor, is_observed_);
  handler(ctx, *node.role);
  carry_out(id);
}

/// Executes the event at `place` where it lies: a handler only writes its outbox, so nothing is filed, and nothing moves,
/// before the handler is done with it.
template <class Model>
void Kernel<Model>::execute(std::uint32_t place, ObserverList observers) {
  ++event_count_;
  is_observed_ = !observers.empty();
  sent_.clear();
  lost_.clear();
  outbox_.notes.clear();
  Pending& pending = slab_[place];
  const NodeId node = pending.node;
  Executed done;
  if (auto* delivery = std::get_if<Delivery>(&pending.payload)) {
    done = {EventKind::kDelivery, delivery->message.kind(), digest(delivery->message)};
    run_handler(node, [&](auto& ctx, Role& role) { model_.on_message(ctx, role, delivery->from, delivery->message); });
  } else if (auto* fire = std::get_if<TimerFire>(&pending.payload)) {
    done = {EventKind::kTimer, static_cast<std::uint16_t>(fire->timer.kind), digest(fire->timer)};
    at(node).timers.release(fire->id);
    run_handler(node, [&](auto& ctx, Role& role) { model_.on_timer(ctx, role, fire->timer); });
  } else if (auto* flush = std::get_if<FlushDone>(&pending.payload)) {
    done = {EventKind::kDiskDone, 0, static_cast<std::uint64_t>(flush->done.position)};
    Disk& disk = at(node).disk;
    flush->done.is_error = disk.is_failing;
    if (!flush->done.is_error) {
      disk.mark_flushed(flush->done.file, flush->done.position);
    }
    run_handler(node, [&](auto& ctx, Role& role) { model_.on_disk(ctx, role, flush->done); });
  } else if (auto* closed = std::get_if<Disconnect>(&pending.payload)) {
    done = {EventKind::kDisconnect, 0, 0};
    run_handler(node, [&](auto& ctx, Role& role) { model_.on_disconnect(ctx, role, closed->peer); });
  } else if (std::holds_alternative<Start>(pending.payload)) {
    done = {EventKind::kStart, 0, 0};
    start(node);
  } else if (auto* fault = std::get_if<FaultAction>(&pending.payload)) {
    const FaultAction action = *fault;  // it files events itself
    done = {EventKind::kFault, static_cast<std::uint16_t>(action.kind), digest(action)};
    if (refusal(action) == FaultRefusal::kNone) {
      apply(action);
    }
  } else if (auto* command = std::get_if<Command>(&pending.payload)) {
    done = {EventKind::kCommand, static_cast<std::uint16_t>(command->kind), digest(*command)};
    model_.apply_to_registry(registry_, *command);
    if (node.is_valid()) {
      run_handler(node, [&](auto& ctx, Role& role) { model_.on_command(ctx, role, *command); });
    }
  } else {
    KSCOPE_CHECK(false, "an event of no kind came up");
  }
  fingerprint_.mix(static_cast<std::uint64_t>(nanos(now_)));
  fingerprint_.mix(static_cast<std::uint64_t>(done.kind) << 48 | static_cast<std::uint64_t>(done.what) << 32 |
                   static_cast<std::uint32_t>(node.value));
  fingerprint_.mix(done.digest);
  slab_.free(place);  // before anybody looks: a copy that an observer makes has nothing that is over in it
  if (is_observed_) {
    tell(observers, slab_[place], done);
  }
  slab_[place].payload.template emplace<Void>();
}

/// Tells observers of the event that was executed last.
template <class Model>
void Kernel<Model>::tell(ObserverList observers, const Pending& pending, const Executed& done) {
  Info info;
  info.number = event_count_;
  info.cause = pending.cause;
  info.time = now_;
  info.kind = done.kind;
  info.what = done.what;
  info.node = pending.node;
  info.digest = done.digest;
  if (const auto* delivery = std::get_if<Delivery>(&pending.payload)) {
    info.peer = delivery->from;
    info.message = delivery->message_number;
    info.sent_at = delivery->sent_at;
    info.size_bytes = delivery->size_bytes;
    info.delivered = &delivery->message;
  } else if (const auto* fire = std::get_if<TimerFire>(&pending.payload)) {
    info.timer = &fire->timer;
  } else if (const auto* closed = std::get_if<Disconnect>(&pending.payload)) {
    info.peer = closed->peer;
  } else if (const auto* action = std::get_if<FaultAction>(&pending.payload)) {
    info.peer = action->peer;
    info.fault = action;
  } else if (const auto* command = std::get_if<Command>(&pending.payload)) {
    info.command = command;
  }
  info.sent = sent_;
  info.lost = lost_;
  info.notes = outbox_.notes;
  for (Observer<Model>* observer : observers) {
    observer->on_event(*this, info);
  }
}

template <class Model>
void Kernel<Model>::start(NodeId id) {
  Node& node = at(id);
  ++node.process.incarnation;
  node.process.is_up = true;
  node.process.is_machine_down = false;
  node.process.is_paused = false;
  node.role.emplace(model_.make_role(id, registry_, node.durable));
  run_handler(id, [&](auto& ctx, Role& role) { model_.on_start(ctx, role); });
}

/// Effects in the order in which the handler asked for them. They run no handler, so the outbox cannot grow meanwhile.
template <class Model>
void Kernel<Model>::carry_out(NodeId self) {
  Node& node = at(self);
  const std::uint32_t incarnation = node.process.incarnation;
  bool exits = false;
  bool leaves = false;
  for (auto& effect : outbox_.effects) {
    if (auto* out = std::get_if<SendEffect<Message>>(&effect)) {
      send(self, out->to, std::move(out->message), out->size_bytes);
    } else if (auto* arm = std::get_if<ArmEffect<Timer>>(&effect)) {
      if (node.timers.is_armed(arm->id)) {
        const Duration delay = std::max(arm->delay, Duration{0});
        TimerFire fire{arm->id, std::move(arm->timer)};
        if (node.clock.is_frozen()) {
          node.stopped.push_back(WaitingTimer{delay, Pending{event_count_, self, incarnation, std::move(fire)}});
        } else {
          push(after(now_, node.clock.to_sim(delay)), event_count_, self, incarnation, std::move(fire));
        }
      }
    } else if (auto* flush = std::get_if<FlushEffect>(&effect)) {
      node.disk_busy_until = after(std::max(node.disk_busy_until, now_), node.disk.flush_time());
      push(node.disk_busy_until, event_count_, self, incarnation,
           FlushDone{DiskDone{flush->file, node.disk.file(flush->file).written, flush->token, false}});
    } else if (auto* disconnect = std::get_if<DisconnectEffect>(&effect)) {
      close_connection(self, disconnect->peer);
    } else if (std::holds_alternative<LeaveEffect>(effect)) {
      leaves = true;
    } else {
      exits = true;
    }
  }
  outbox_.effects.clear();
  if (node.disk.is_dirty() && !node.is_writeback_due) {
    arm_writeback(self);
  }
  if (exits) {
    exit(self);
  } else if (leaves) {
    leave(self);
  }
}

/// The process ends in good order; a part of it that still runs goes down with it.
template <class Model>
void Kernel<Model>::exit(NodeId part) {
  stop_process(part, false, true);
  if (const NodeId other = partner(part); other.is_valid() && at(other).process.is_up) {
    stop_process(other, false, false);
  }
}

/// One part ends in good order, and the other is told to; the last one that leaves ends the process.
template <class Model>
void Kernel<Model>::leave(NodeId part) {
  stop_process(part, false, true);
  if constexpr (HasShutdownCommand<Model>) {
    if (const NodeId other = partner(part); other.is_valid() && at(other).process.is_up) {
      push(now_, Pending{event_count_, other, 0, Act(model_.shutdown_command(other))});
    }
  }
}

/// The operating system writes back at every multiple of the interval, if there is anything to write.
template <class Model>
void Kernel<Model>::arm_writeback(NodeId id) {
  Node& node = at(id);
  const Duration interval = node.disk.speed().writeback_interval;
  if (interval.count() > 0) {
    node.is_writeback_due = true;
    push(SimTime{} + (now_.time_since_epoch() / interval + 1) * interval, 0, id, 0, Writeback{});
  }
}

template <class Model>
std::optional<PendingEvent> Kernel<Model>::peek() const {
  // When it is executed, and in which order among equals: what a pause holds up comes up at its end, behind what is there.
  struct Turn {
    SimTime time;
    std::uint64_t pause = 0;  ///< sequence number of the end of the pause, counted from 1; 0 = no pause holds it up
    SimTime came_up;
    std::uint64_t order = 0;
    auto operator<=>(const Turn&) const = default;
  };
  const Pending* first = nullptr;
  Turn first_turn;
  const auto consider = [&](const Pending& pending, const Turn& turn) {
    if (!is_stale(pending) && (first == nullptr || turn < first_turn)) {
      first = &pending;
      first_turn = turn;
    }
  };
  std::vector<std::uint64_t> pauses(nodes_.size());
  queue_.for_each([&](const EventKey& key) {
    const Pending& pending = slab_[key.slot()];
    if (std::holds_alternative<Resume>(pending.payload) && parks(pending) &&
        nanos(at(pending.node).process.paused_until) == static_cast<std::int64_t>(key.time_ns)) {
      pauses[static_cast<std::size_t>(pending.node.value)] = key.seq() + 1;
    }
  });
  for (const Node& node : nodes_) {
    const std::uint64_t pause = pauses[static_cast<std::size_t>(&node - nodes_.data())];
    for (std::size_t i = 0; pause > 0 && i < node.parked.size(); ++i) {
      consider(node.parked[i], Turn{node.process.paused_until, pause, SimTime{}, i});
    }
  }
  queue_.for_each([&](const EventKey& key) {
    const Pending& pending = slab_[key.slot()];
    if (std::holds_alternative<Void>(pending.payload) || std::holds_alternative<Writeback>(pending.payload) ||
        std::holds_alternative<Resume>(pending.payload)) {
      return;
    }
    const SimTime time(Duration(static_cast<std::int64_t>(key.time_ns)));
    if (!parks(pending)) {
      consider(pending, Turn{time, 0, time, key.seq()});
      return;
    }
    const std::uint64_t pause = pauses[static_cast<std::size_t>(pending.node.value)];
    const SimTime ends = at(pending.node).process.paused_until;
    if (pause > 0 && (time < ends || (time == ends && key.seq() + 1 < pause))) {
      consider(pending, Turn{ends, pause, time, key.seq()});
    } else if (pause > 0) {
      consider(pending, Turn{time, 0, time, key.seq()});
    }
  });
  if (first == nullptr) {
    return std::nullopt;
  }
  PendingEvent out;
  out.time = first_turn.time;
  out.node = first->node;
  out.cause = first->cause;
  if (const auto* delivery = std::get_if<Delivery>(&first->payload)) {
    out.kind = EventKind::kDelivery;
    out.peer = delivery->from;
    out.message = delivery->message_number;
    out.what = delivery->message.kind();
  } else if (const auto* fire = std::get_if<TimerFire>(&first->payload)) {
    out.kind = EventKind::kTimer;
    out.what = static_cast<std::uint16_t>(fire->timer.kind);
  } else if (std::holds_alternative<FlushDone>(first->payload)) {
    out.kind = EventKind::kDiskDone;
  } else if (const auto* closed = std::get_if<Disconnect>(&first->payload)) {
    out.kind = EventKind::kDisconnect;
    out.peer = closed->peer;
  } else if (std::holds_alternative<Start>(first->payload)) {
    out.kind = EventKind::kStart;
  } else if (const auto* action = std::get_if<FaultAction>(&first->payload)) {
    out.kind = EventKind::kFault;
    out.peer = action->peer;
    out.what = static_cast<std::uint16_t>(action->kind);
  } else if (const auto* command = std::get_if<Command>(&first->payload)) {
    out.kind = EventKind::kCommand;
    out.what = static_cast<std::uint16_t>(command->kind);
  }
  return out;
}

}  // namespace kscope
