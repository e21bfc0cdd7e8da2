#include "engine/net/network.h"

#include <algorithm>

namespace kscope {
namespace {

// Labels of decisions, so that logs of choices say what was decided.
enum NetworkChoice : std::int32_t { kJitter = 1, kLoss = 2 };
constexpr int kMaxRetransmissions = 6;

}  // namespace

Network::Network(NetworkSetup setup, std::size_t node_count)
    : setup_(setup),
      node_count_(node_count),
      directions_(node_count * node_count),
      connections_(node_count * node_count) {}

Duration Network::base_latency(NodeId from, NodeId to) const {
  if (direction(from, to).is_inside) {
    return Duration{0};
  }
  return from == to ? setup_.loopback_latency : setup_.latency + direction(from, to).extra_delay;
}

SimTime Network::book_arrival(NodeId from, NodeId to, SimTime now, std::int64_t size_bytes, Chooser& chooser) {
  Direction& link = direction(from, to);
  SimTime leaves = now;
  Duration travel = base_latency(from, to);
  if (from != to && !link.is_inside) {
    if (setup_.jitter.count() > 0) {
      travel += chooser.spread(ChoiceKind::network, Label{kJitter, from.value, to.value}, setup_.jitter);
    }
    const std::int64_t rate = link.bytes_per_s > 0 ? link.bytes_per_s : setup_.bytes_per_s;
    if (rate > 0) {
      // Sizes stay far below 9 GB, so the product fits.
      leaves = after(std::max(now, link.busy_until), Duration(size_bytes * 1'000'000'000 / rate));
      link.busy_until = leaves;
    }
    Duration wait = setup_.retransmission_timeout;
    for (int i = 0; link.loss_percent > 0 && i < kMaxRetransmissions; ++i) {
      if (!chooser.happens(ChoiceKind::network, Label{kLoss, from.value, to.value},
                           static_cast<std::uint64_t>(link.loss_percent), 100)) {
        break;
      }
      travel += wait;
      wait *= 2;
    }
  }
  link.last_arrival = std::max({link.last_arrival, link.stalled_until, after(leaves, travel)});
  return link.last_arrival;
}

SimTime Network::book_notice(NodeId from, NodeId to, SimTime now) {
  Direction& link = direction(from, to);
  link.last_arrival = std::max({link.last_arrival, link.stalled_until, after(now, base_latency(from, to))});
  return link.last_arrival;
}

}  // namespace kscope
