#pragma once
// Kernel, part 3: messages and connections. Ordered, like TCP: a cut holds what is in flight where it is; a broken
// connection loses it; a refused one comes back to the sender.
//
//   state of a connection        | send from -> to does
//   none                         | opens one; `to` down: refused, the sender is told after a round trip
//   open, both ends as they were | travels
//   open, `to` lives anew        | `to` knows nothing of it: refused likewise
//   open, `from` lives anew      | `to` learns that the old connection is gone, then the message opens a new one
//   any, the machine is down     | nobody answers: lost, and the sender goes on thinking that it is connected

#include "engine/run/kernel.h"

namespace kscope {

template <class Model>
void Kernel<Model>::open_connection(NodeId a, NodeId b) {
  Connection& connection = network_.connection(a, b);
  connection.is_open = true;
  network_.direction(a, b).stranded_until = SimTime{};
  network_.direction(b, a).stranded_until = SimTime{};
  connection.low_incarnation = at(std::min(a, b)).process.incarnation;
  connection.high_incarnation = at(std::max(a, b)).process.incarnation;
}

/// Whether `end`, one of a and b, still is the process that it was when their connection was opened.
template <class Model>
bool Kernel<Model>::remembers(NodeId a, NodeId b, NodeId end) const {
  const Connection& connection = network_.connection(a, b);
  const std::uint32_t then = end == std::min(a, b) ? connection.low_incarnation : connection.high_incarnation;
  return then == at(end).process.incarnation;
}

template <class Model>
Sent Kernel<Model>::sent_of(const Delivery& delivery, NodeId to, SimTime arrives_at) const {
  return Sent{delivery.message_number, delivery.from,          to, delivery.sent_at, arrives_at,
              delivery.size_bytes,     delivery.message.kind()};
}

template <class Model>
void Kernel<Model>::send(NodeId from, NodeId to, Message&& message, std::int64_t size_bytes) {
  Direction& link = network_.direction(from, to);
  const std::uint64_t number = next_message_++;
  const std::uint16_t what = message.kind();
  Pending pending{event_count_, to, 0, Delivery{from, link.epoch, number, now_, size_bytes, std::move(message)}};
  std::optional<SimTime> arrives_at = now_;
  if (link.is_cut) {
    // Held at the sender: TCP retransmits until the link heals or somebody gives up on the connection.
    held_.push_back(Held{from, to, 0, !network_.connection(from, to).is_open, std::move(pending)});
  } else {
    arrives_at = transmit(from, to, std::move(pending));
  }
  if (is_observed_ && arrives_at.has_value()) {
    sent_.push_back(Sent{number, from, to, now_, *arrives_at, size_bytes, what});
  }
}

/// Puts a message on a link that is whole. Returns when it arrives; nothing if it is lost at once.
template <class Model>
std::optional<SimTime> Kernel<Model>::transmit(NodeId from, NodeId to, Pending&& pending) {
  Connection& connection = network_.connection(from, to);
  const ProcessState& target = at(to).process;
  auto& delivery = *std::get_if<Delivery>(&pending.payload);
  const bool is_known_to_sender = connection.is_open && remembers(from, to, from);
  const bool is_known_to_target = connection.is_open && remembers(from, to, to);
  if (!target.is_up || (is_known_to_sender && !is_known_to_target)) {
    if (is_observed_) {
      lost_.push_back(sent_of(delivery, to, now_));
    }
    if (!target.is_up && target.is_machine_down) {
      if (!is_known_to_sender) {
        open_connection(from, to);
      }
      return std::nullopt;
    }
    connection.is_open = false;
    // The operating system there refuses; the sender learns it one round trip later.
    travel_as_news(to, from, after(now_, network_.base_latency(from, to)));
    return std::nullopt;
  }
  if (is_known_to_target && !is_known_to_sender) {
    travel_as_news(from, to, now_);
  }
  if (!is_known_to_sender) {
    open_connection(from, to);
  }
  if (const SimTime until = network_.direction(from, to).stranded_until; until > now_) {
    hang(std::move(pending), until);
    return until;
  }
  delivery.epoch = network_.direction(from, to).epoch;
  const SimTime arrives_at = network_.book_arrival(from, to, now_, delivery.size_bytes, chooser_);
  push(arrives_at, std::move(pending));
  return arrives_at;
}

/// A message that hangs belongs to its connection alone: it arrives at `until` if its receiver still runs, and neither
/// waits for what the link carries meanwhile nor is lost with it.
template <class Model>
void Kernel<Model>::hang(Pending&& pending, SimTime until) {
  std::get_if<Delivery>(&pending.payload)->epoch = kStranded;
  pending.incarnation = at(pending.node).process.incarnation;
  push(until, std::move(pending));
}

/// What the connection from -> to carries, and will carry while it lasts, arrives at `until`.
template <class Model>
void Kernel<Model>::strand(NodeId from, NodeId to, SimTime until) {
  for (const EventKey& key : keys_on_wire(from, to)) {
    if (std::holds_alternative<Delivery>(slab_[key.slot()].payload)) {
      hang(std::exchange(slab_[key.slot()], Pending{}), until);
    }
  }
  network_.direction(from, to).stranded_until = until;
}

/// Tells a process that its connection to `peer` is closed: at once, or as news that travels behind what was sent.
template <class Model>
void Kernel<Model>::notify_disconnect(NodeId at_node, NodeId peer, bool immediately) {
  const Node& node = at(at_node);
  if (!node.process.is_up) {
    return;
  }
  if (immediately) {
    push(now_, event_count_, at_node, node.process.incarnation, Disconnect{peer});
  } else {
    travel_as_news(peer, at_node, now_);
  }
}

/// That the connection to `from` is closed goes to `to` over the wire, starting at `leaves`; a cut holds it up.
template <class Model>
void Kernel<Model>::travel_as_news(NodeId from, NodeId to, SimTime leaves) {
  Pending news{event_count_, to, at(to).process.incarnation, Disconnect{from}};
  if (network_.direction(from, to).is_cut) {
    held_.push_back(Held{from, to, 0, false, std::move(news)});
  } else {
    push(network_.book_notice(from, to, leaves), std::move(news));
  }
}

/// What is on the wire from -> to, of the present epoch, will never arrive.
template <class Model>
void Kernel<Model>::lose_in_flight(NodeId from, NodeId to) {
  Direction& link = network_.direction(from, to);
  const auto lose = [&](const Pending& pending, SimTime arrives_at) {
    const auto* delivery = std::get_if<Delivery>(&pending.payload);
    if (delivery != nullptr && delivery->from == from && pending.node == to && delivery->epoch == link.epoch) {
      lost_.push_back(sent_of(*delivery, to, arrives_at));
    }
  };
  if (is_observed_) {
    queue_.for_each([&](const EventKey& key) {
      lose(slab_[key.slot()], SimTime(Duration(static_cast<std::int64_t>(key.time_ns))));
    });
    for (const Held& held : held_) {
      lose(held.pending, now_);
    }
  }
  std::erase_if(held_, [&](const Held& held) {
    const auto* delivery = std::get_if<Delivery>(&held.pending.payload);
    return held.from == from && held.to == to && (delivery == nullptr || delivery->epoch == link.epoch);
  });
  ++link.epoch;
  link.last_arrival = now_;
  link.busy_until = now_;
}

/// A process ends while a cut link holds its attempts to connect: they end with it.
template <class Model>
void Kernel<Model>::give_up_attempts(NodeId from, NodeId to) {
  std::erase_if(held_, [&](const Held& held) {
    const bool is_given_up = held.from == from && held.to == to && held.awaits_connection;
    if (is_given_up && is_observed_) {
      lost_.push_back(sent_of(*std::get_if<Delivery>(&held.pending.payload), to, now_));
    }
    return is_given_up;
  });
}

/// Attempts to connect that a cut link holds outlive what lose_in_flight() does next: they go to whoever is there later.
template <class Model>
void Kernel<Model>::keep_attempts(NodeId from, NodeId to) {
  for (Held& held : held_) {
    if (held.from == from && held.to == to && held.awaits_connection) {
      std::get_if<Delivery>(&held.pending.payload)->epoch = network_.direction(from, to).epoch + 1;
    }
  }
}

/// A process closes its connection. What is in flight either way is lost; the peer is told by the wire.
template <class Model>
void Kernel<Model>::close_connection(NodeId self, NodeId peer) {
  Connection& connection = network_.connection(self, peer);
  if (!connection.is_open) {
    lose_in_flight(self, peer);  // An attempt to connect that a cut link holds is given up with what was to be sent.
    return;
  }
  connection.is_open = false;
  lose_in_flight(peer, self);
  lose_in_flight(self, peer);
  notify_disconnect(peer, self, false);
}

/// The message hangs in a connection that its sender has perhaps given up: it alone is lost. False: it does not hang.
template <class Model>
bool Kernel<Model>::lose_stranded(std::uint64_t message) {
  std::optional<EventKey> found;
  queue_.for_each([&](const EventKey& key) {
    const auto* delivery = std::get_if<Delivery>(&slab_[key.slot()].payload);
    if (delivery != nullptr && delivery->epoch == kStranded && delivery->message_number == message) {
      found = key;
    }
  });
  if (!found.has_value()) {
    return false;
  }
  const Pending pending = std::exchange(slab_[found->slot()], Pending{});
  if (is_observed_) {
    lost_.push_back(sent_of(*std::get_if<Delivery>(&pending.payload), pending.node,
                            SimTime(Duration(static_cast<std::int64_t>(found->time_ns)))));
  }
  return true;
}

/// Its receiver ends: what hangs on the way to it is lost.
template <class Model>
void Kernel<Model>::lose_stranded_to(NodeId to) {
  if (!is_observed_) {
    return;  // the next life of the process does not take it
  }
  queue_.for_each([&](const EventKey& key) {
    const Pending& pending = slab_[key.slot()];
    const auto* delivery = std::get_if<Delivery>(&pending.payload);
    if (delivery != nullptr && delivery->epoch == kStranded && pending.node == to && !is_stale(pending)) {
      lost_.push_back(sent_of(*delivery, to, SimTime(Duration(static_cast<std::int64_t>(key.time_ns)))));
    }
  });
}

/// The connection breaks at this message. What is ahead of it arrives, and then its receiver sees the end.
/// Requires: it is in flight.
template <class Model>
void Kernel<Model>::break_at_message(std::uint64_t message) {
  std::optional<InFlight<Message>> broken;
  for_each_in_flight([&](const InFlight<Message>& one) {
    if (one.sent.message == message) {
      broken = one;
    }
  });
  KSCOPE_CHECK(broken.has_value(), "only a message in flight can be dropped; refusal() says so");
  const NodeId from = broken->sent.from;
  const NodeId to = broken->sent.to;
  if (lose_stranded(message)) {
    return;
  }
  Direction& link = network_.direction(from, to);
  const auto spare = [&](Pending& pending) {
    auto* delivery = std::get_if<Delivery>(&pending.payload);
    if (delivery != nullptr && delivery->from == from && pending.node == to && delivery->epoch == link.epoch &&
        delivery->message_number < message) {
      ++delivery->epoch;
    }
  };
  queue_.for_each([&](const EventKey& key) { spare(slab_[key.slot()]); });
  for (Held& held : held_) {
    spare(held.pending);
  }
  network_.connection(from, to).is_open = false;
  lose_in_flight(from, to);
  lose_in_flight(to, from);
  if (!broken->is_held) {
    link.last_arrival = broken->sent.arrives_at;
  }
  notify_disconnect(to, from, false);
  notify_disconnect(from, to, true);
}

template <class Model>
std::int64_t Kernel<Model>::progress_per_mille(const Delivery& delivery, SimTime arrives_at) const {
  const std::int64_t whole = std::max<std::int64_t>((arrives_at - delivery.sent_at).count(), 1);
  return std::clamp<std::int64_t>((now_ - delivery.sent_at).count() * 1000 / whole, 0, 1000);
}

/// Keys of the messages, and of the news of closed connections, that travel from -> to, in order of arrival.
template <class Model>
std::vector<EventKey> Kernel<Model>::keys_on_wire(NodeId from, NodeId to) const {
  std::vector<EventKey> keys;
  queue_.for_each([&](const EventKey& key) {
    const Pending& pending = slab_[key.slot()];
    const auto* delivery = std::get_if<Delivery>(&pending.payload);
    const auto* closed = std::get_if<Disconnect>(&pending.payload);
    const bool is_message = delivery != nullptr && delivery->from == from && delivery->epoch != kStranded;
    const bool is_news = closed != nullptr && closed->peer == from;
    if (pending.node == to && (is_message || is_news) && !is_stale(pending)) {
      keys.push_back(key);
    }
  });
  std::sort(keys.begin(), keys.end(), [](const EventKey& a, const EventKey& b) {
    return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.seq_slot < b.seq_slot;
  });
  return keys;
}

/// The link is cut: what is in flight stays where it is.
template <class Model>
void Kernel<Model>::hold_in_flight(NodeId from, NodeId to) {
  for (const EventKey& key : keys_on_wire(from, to)) {
    Pending& pending = slab_[key.slot()];
    const auto* delivery = std::get_if<Delivery>(&pending.payload);
    const SimTime arrives_at(Duration(static_cast<std::int64_t>(key.time_ns)));
    const std::int64_t done = delivery == nullptr ? 0 : progress_per_mille(*delivery, arrives_at);
    held_.push_back(Held{from, to, done, false, std::exchange(pending, Pending{})});
  }
}

/// The link is whole again: what was held goes on, in order.
template <class Model>
void Kernel<Model>::release_held(NodeId from, NodeId to) {
  Direction& link = network_.direction(from, to);
  link.last_arrival = now_;
  link.busy_until = now_;
  std::vector<Held> waiting;
  for (Held& held : held_) {
    if (held.from == from && held.to == to) {
      waiting.push_back(std::move(held));
    }
  }
  std::erase_if(held_, [&](const Held& held) { return held.from == from && held.to == to; });
  for (Held& held : waiting) {
    const auto* delivery = std::get_if<Delivery>(&held.pending.payload);
    if (delivery == nullptr) {
      push(network_.book_notice(from, to, now_), std::move(held.pending));
    } else if (!held.awaits_connection && !network_.connection(from, to).is_open) {
      // Its sender has ended since, which closed the connection; what is out still arrives.
      push(network_.book_arrival(from, to, now_, delivery->size_bytes, chooser_), std::move(held.pending));
    } else {
      (void)transmit(from, to, std::move(held.pending));
    }
  }
}

/// The direction delivers nothing before `until`; what would have arrived by then arrives then, in order.
template <class Model>
void Kernel<Model>::stall(NodeId from, NodeId to, SimTime until) {
  Direction& link = network_.direction(from, to);
  link.stalled_until = std::max(link.stalled_until, until);
  for (const EventKey& key : keys_on_wire(from, to)) {
    const SimTime arrives_at(Duration(static_cast<std::int64_t>(key.time_ns)));
    if (arrives_at > link.stalled_until) {
      break;
    }
    Pending pending = std::move(slab_[key.slot()]);
    slab_[key.slot()].payload = Void{};
    push(link.stalled_until, std::move(pending));
    link.last_arrival = std::max(link.last_arrival, link.stalled_until);
  }
}

template <class Model>
template <class Visit>
void Kernel<Model>::for_each_in_flight(Visit visit) const {
  std::vector<InFlight<Message>> all;
  const auto add = [&](const Pending& pending, SimTime arrives_at, const Held* held) {
    const auto* delivery = std::get_if<Delivery>(&pending.payload);
    if (delivery == nullptr || is_stale(pending)) {
      return;
    }
    all.push_back(InFlight<Message>{sent_of(*delivery, pending.node, arrives_at), &delivery->message, held != nullptr,
                                    held == nullptr ? 0 : held->per_mille});
  };
  queue_.for_each([&](const EventKey& key) {
    add(slab_[key.slot()], SimTime(Duration(static_cast<std::int64_t>(key.time_ns))), nullptr);
  });
  for (const Held& held : held_) {
    add(held.pending, now_, &held);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.sent.message < b.sent.message; });
  for (const InFlight<Message>& one : all) {
    visit(one);
  }
}

}  // namespace kscope
