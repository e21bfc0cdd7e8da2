#pragma once
// The network's state: for every pair of nodes a connection, for each of its directions what holds it up. Connections are
// ordered as in TCP: nothing overtakes, nothing is dropped alone. The kernel moves the messages; this file keeps the books
// and computes when a message arrives. Cost of every function: O(1); memory O(nodes squared).

#include <cstdint>
#include <vector>

#include "engine/core/choose.h"
#include "engine/core/node_id.h"
#include "engine/core/time.h"

namespace kscope {

/// How the wire is when nothing is wrong with it.
struct NetworkSetup {
  Duration latency = 500us;                 ///< one way
  Duration jitter = 200us;                  ///< at most so much more, evenly
  std::int64_t bytes_per_s = 125'000'000;   ///< 1 Gbit/s; 0 = unlimited
  Duration loopback_latency = 20us;         ///< a node talking to itself
  Duration retransmission_timeout = 200ms;  ///< of a lost segment, doubled each time
};

/// One direction of a connection.
struct Direction {
  SimTime last_arrival;   ///< of what was sent so far: later messages arrive no earlier
  SimTime busy_until;     ///< the sender is putting earlier bytes on the wire until then
  SimTime stalled_until;  ///< nothing arrives before
  Duration extra_delay{0};
  std::int64_t bytes_per_s = 0;  ///< 0 = as set up
  std::int32_t loss_percent = 0;
  std::uint32_t epoch = 0;  ///< raised when what is in flight is lost
  bool is_cut = false;
  bool is_inside = false;  ///< both ends are parts of one process: nothing goes over a wire
  SimTime stranded_until;  ///< what the present connection carries hangs until then; a new connection does not

  /// Whether no fault holds it up at `now`.
  [[nodiscard]] bool is_whole(SimTime now) const {
    return !is_cut && stalled_until <= now && extra_delay.count() == 0 && bytes_per_s == 0 && loss_percent == 0;
  }
};

/// What both ends think of their connection.
struct Connection {
  bool is_open = false;
  std::uint32_t low_incarnation = 0;  ///< of the node with the smaller id, when it was opened
  std::uint32_t high_incarnation = 0;
};

class Network {
 public:
  Network() = default;
  Network(NetworkSetup setup, std::size_t node_count);

  [[nodiscard]] const NetworkSetup& setup() const { return setup_; }
  [[nodiscard]] Direction& direction(NodeId from, NodeId to) { return directions_[index(from, to)]; }
  [[nodiscard]] const Direction& direction(NodeId from, NodeId to) const { return directions_[index(from, to)]; }
  [[nodiscard]] Connection& connection(NodeId a, NodeId b) { return connections_[index(low(a, b), high(a, b))]; }
  [[nodiscard]] const Connection& connection(NodeId a, NodeId b) const {
    return connections_[index(low(a, b), high(a, b))];
  }
  [[nodiscard]] std::size_t node_count() const { return node_count_; }

  /// When a message sent now arrives, and books it. Its bytes go out when those before it are out, size / bandwidth long;
  /// then it travels for latency + jitter, plus retransmissions if the link loses some, and overtakes nothing.
  SimTime book_arrival(NodeId from, NodeId to, SimTime now, std::int64_t size_bytes, Chooser& chooser);
  /// The same for what is not a message and takes no room: a connection's end becoming known. Sent at `now` or later.
  SimTime book_notice(NodeId from, NodeId to, SimTime now);
  /// Makes the two nodes parts of one process.
  void join(NodeId a, NodeId b) {
    direction(a, b).is_inside = true;
    direction(b, a).is_inside = true;
  }
  /// Latency of an idle link without jitter.
  [[nodiscard]] Duration base_latency(NodeId from, NodeId to) const;

 private:
  static NodeId low(NodeId a, NodeId b) { return a < b ? a : b; }
  static NodeId high(NodeId a, NodeId b) { return a < b ? b : a; }
  [[nodiscard]] std::size_t index(NodeId from, NodeId to) const {
    return static_cast<std::size_t>(from.value) * node_count_ + static_cast<std::size_t>(to.value);
  }

  NetworkSetup setup_;
  std::size_t node_count_ = 0;
  std::vector<Direction> directions_;
  std::vector<Connection> connections_;
};

}  // namespace kscope
