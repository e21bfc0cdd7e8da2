#pragma once
// Kernel, part 3: messages and connections. Ordered, like TCP: a cut holds what is in flight where it is; a broken
// connection loses it; a refused one comes back to the sender.

#include "engine/run/kernel.h"

namespace kscope {

template <class Model>
void Kernel<Model>::open_connection(NodeId a, NodeId b) {
  Connection& connection = network_.connection(a, b);
  connection.is_open = true;
  connection.low_incarnation = at(std::min(a, b)).process.incarnation;
  connection.high_incarnation = at(std::max(a, b)).process.incarnation;
}

/// Whether both ends still are who they were when the connection was opened.
template <class Model>
bool Kernel<Model>::is_connection_current(NodeId a, NodeId b) const {
  const Connection& connection = network_.connection(a, b);
  return connection.low_incarnation == at(std::min(a, b)).process.incarnation &&
         connection.high_incarnation == at(std::max(a, b)).process.incarnation;
}

template <class Model>
void Kernel<Model>::send(NodeId from, NodeId to, Message&& message, std::int64_t size_bytes) {
  Direction& link = network_.direction(from, to);
  Node& target = at(to);
  const std::uint64_t number = next_message_++;
  const Sent sent{number, from, to, now_, now_, size_bytes, message.kind()};
  Pending pending{event_count_, to, 0, Delivery{from, link.epoch, number, now_, size_bytes, std::move(message)}};
  if (link.is_cut) {
    // Held at the sender: TCP retransmits until the link heals or somebody gives up on the connection.
    if (is_observed_) {
      sent_.push_back(sent);
    }
    held_.push_back(Held{from, to, 0, std::move(pending)});
    return;
  }
  const bool is_stale_connection = network_.connection(from, to).is_open && !is_connection_current(from, to);
  if (!target.process.is_up || is_stale_connection) {
    if (is_observed_) {
      lost_.push_back(sent);
    }
    network_.connection(from, to).is_open = false;
    if (!target.process.is_machine_down) {
      // The operating system there refuses; the sender learns it one round trip later.
      const SimTime known = after(now_, network_.base_latency(from, to) + network_.base_latency(to, from));
      push(known, Pending{event_count_, from, at(from).process.incarnation, Disconnect{to}});
    }
    return;
  }
  if (!network_.connection(from, to).is_open) {
    open_connection(from, to);
  }
  const SimTime arrives_at = network_.book_arrival(from, to, now_, size_bytes, chooser_);
  if (is_observed_) {
    sent_.push_back(sent);
    sent_.back().arrives_at = arrives_at;
  }
  push(arrives_at, std::move(pending));
}

/// Tells a process that its connection to `peer` is closed: at once, or as news that travels behind what was sent.
template <class Model>
void Kernel<Model>::notify_disconnect(NodeId at_node, NodeId peer, bool immediately) {
  const Node& node = at(at_node);
  if (!node.process.is_up) {
    return;
  }
  Pending news{event_count_, at_node, node.process.incarnation, Disconnect{peer}};
  if (immediately) {
    push(now_, std::move(news));
  } else if (network_.direction(peer, at_node).is_cut) {
    held_.push_back(Held{peer, at_node, 0, std::move(news)});
  } else {
    push(network_.book_notice(peer, at_node, now_), std::move(news));
  }
}

/// What is on the wire from -> to will never arrive.
template <class Model>
void Kernel<Model>::lose_in_flight(NodeId from, NodeId to) {
  Direction& link = network_.direction(from, to);
  const auto lose = [&](const Pending& pending, SimTime arrives_at) {
    const auto* delivery = std::get_if<Delivery>(&pending.payload);
    if (delivery == nullptr || delivery->from != from || pending.node != to || delivery->epoch != link.epoch) {
      return;
    }
    if (is_observed_) {
      lost_.push_back(Sent{delivery->message_number, from, to, delivery->sent_at, arrives_at, delivery->size_bytes,
                           delivery->message.kind()});
    }
  };
  if (is_observed_) {
    queue_.for_each([&](const EventKey& key) {
      lose(slab_[key.slot()], SimTime(Duration(static_cast<std::int64_t>(key.time_ns))));
    });
  }
  for (const Held& held : held_) {
    lose(held.pending, now_);
  }
  std::erase_if(held_, [&](const Held& held) { return held.from == from && held.to == to; });
  ++link.epoch;
  link.last_arrival = now_;
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

template <class Model>
std::int64_t Kernel<Model>::progress_per_mille(const Delivery& delivery, SimTime arrives_at) const {
  const std::int64_t whole = std::max<std::int64_t>((arrives_at - delivery.sent_at).count(), 1);
  return std::clamp<std::int64_t>((now_ - delivery.sent_at).count() * 1000 / whole, 0, 1000);
}

/// The link is cut: what is in flight stays where it is.
template <class Model>
void Kernel<Model>::hold_in_flight(NodeId from, NodeId to) {
  std::vector<EventKey> keys;
  queue_.for_each([&](const EventKey& key) {
    const Pending& pending = slab_[key.slot()];
    const auto* delivery = std::get_if<Delivery>(&pending.payload);
    const auto* closed = std::get_if<Disconnect>(&pending.payload);
    const bool is_message = delivery != nullptr && delivery->from == from;
    const bool is_news = closed != nullptr && closed->peer == from;
    if (pending.node == to && (is_message || is_news) && !is_stale(pending)) {
      keys.push_back(key);
    }
  });
  std::sort(keys.begin(), keys.end(), [](const EventKey& a, const EventKey& b) {
    return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.seq_slot < b.seq_slot;
  });
  for (const EventKey& key : keys) {
    Pending& pending = slab_[key.slot()];
    const auto* delivery = std::get_if<Delivery>(&pending.payload);
    const SimTime arrives_at(Duration(static_cast<std::int64_t>(key.time_ns)));
    const std::int64_t done = delivery == nullptr ? 0 : progress_per_mille(*delivery, arrives_at);
    held_.push_back(Held{from, to, done, std::move(pending)});
    pending.payload = Void{};
  }
}

/// The link is whole again: what was held goes on, in order.
template <class Model>
void Kernel<Model>::release_held(NodeId from, NodeId to) {
  Direction& link = network_.direction(from, to);
  link.last_arrival = now_;
  std::vector<Held> waiting;
  for (Held& held : held_) {
    if (held.from == from && held.to == to) {
      waiting.push_back(std::move(held));
    }
  }
  std::erase_if(held_, [&](const Held& held) { return held.from == from && held.to == to; });
  for (Held& held : waiting) {
    auto* delivery = std::get_if<Delivery>(&held.pending.payload);
    if (delivery == nullptr) {
      push(network_.book_notice(from, to, now_), std::move(held.pending));
      continue;
    }
    const bool is_refused =
        !at(to).process.is_up || (network_.connection(from, to).is_open && !is_connection_current(from, to));
    if (is_refused) {
      if (is_observed_) {
        lost_.push_back(Sent{delivery->message_number, from, to, delivery->sent_at, now_, delivery->size_bytes,
                             delivery->message.kind()});
      }
      network_.connection(from, to).is_open = false;
      notify_disconnect(from, to, false);
      continue;
    }
    if (!network_.connection(from, to).is_open) {
      open_connection(from, to);
    }
    push(network_.book_arrival(from, to, now_, delivery->size_bytes, chooser_), std::move(held.pending));
  }
}

/// The direction delivers nothing before `until`; what is in flight arrives then, in order.
template <class Model>
void Kernel<Model>::delay_in_flight(NodeId from, NodeId to, SimTime until) {
  Direction& link = network_.direction(from, to);
  link.stalled_until = std::max(link.stalled_until, until);
  hold_in_flight(from, to);
  release_held(from, to);
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
    all.push_back(InFlight<Message>{Sent{delivery->message_number, delivery->from, pending.node, delivery->sent_at,
                                         arrives_at, delivery->size_bytes, delivery->message.kind()},
                                    &delivery->message, held != nullptr, held == nullptr ? 0 : held->per_mille});
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
