// Messages through the whole kernel: N nodes, each with 10 requests in flight to others, 1 to 5 ms latency, 1 % loss, and
// for every request a timer of 1 s that is armed when it is sent and cancelled when its answer comes. Real connections, faults
// consulted, causes kept, fingerprint taken. The items of a row are deliveries.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "engine/run/kernel.h"

namespace requests {

using kscope::Duration;
using kscope::FaultAction;
using kscope::FaultKind;
using kscope::NodeId;
using kscope::TimerId;
using namespace std::chrono_literals;

constexpr int kInFlight = 10;

struct Message {
  bool is_answer = false;
  std::int32_t slot = 0;
  std::int64_t number = 0;
  [[nodiscard]] std::uint16_t kind() const { return is_answer ? 1 : 0; }
  KSCOPE_FIELDS(Message, is_answer, slot, number);
};
struct Timer {
  std::uint8_t kind = 0;
  std::int32_t slot = 0;
  KSCOPE_FIELDS(Timer, kind, slot);
};
struct Command {
  std::uint8_t kind = 0;
  NodeId node;
  KSCOPE_FIELDS(Command, kind, node);
};
struct Nothing {};
struct Types {
  using Message = requests::Message;
  using Timer = requests::Timer;
  using Command = requests::Command;
  using Note = Nothing;
  using Durable = Nothing;
  using Registry = std::int32_t;  // nodes
};
struct Peer {
  kscope::Rng rng;
  std::array<TimerId, kInFlight> timers;
  std::array<std::int64_t, kInFlight> numbers{};
  std::int64_t timeouts = 0;
};
struct RequestModel {
  using Types = requests::Types;
  using Role = std::variant<Peer>;
  using Ctx = kscope::Ctx<Types>;
  static void request(Ctx& ctx, Peer& peer, std::int32_t slot) {
    const auto nodes = static_cast<std::uint64_t>(ctx.registry());
    const auto self = static_cast<std::uint64_t>(ctx.self().value);
    const NodeId to(static_cast<std::int32_t>((self + 1 + peer.rng.below(nodes - 1)) % nodes));
    const auto index = static_cast<std::size_t>(slot);
    ctx.send(to, Message{false, slot, ++peer.numbers[index]}, 100);
    peer.timers[index] = ctx.after(1s, Timer{0, slot});
  }
  Role make_role(NodeId node, std::int32_t, const Nothing&) const {
    return Peer{kscope::Rng(7, static_cast<std::uint64_t>(node.value)), {}};
  }
  void on_start(Ctx& ctx, Role& role) const {
    for (std::int32_t slot = 0; slot < kInFlight; ++slot) {
      request(ctx, *std::get_if<Peer>(&role), slot);
    }
  }
  void on_message(Ctx& ctx, Role& role, NodeId from, const Message& message) const {
    Peer& peer = *std::get_if<Peer>(&role);
    if (!message.is_answer) {
      ctx.send(from, Message{true, message.slot, message.number}, 100);
    } else if (peer.numbers[static_cast<std::size_t>(message.slot)] == message.number) {
      ctx.cancel(peer.timers[static_cast<std::size_t>(message.slot)]);
      request(ctx, peer, message.slot);
    }
  }
  void on_timer(Ctx& ctx, Role& role, const Timer& timer) const {
    Peer& peer = *std::get_if<Peer>(&role);
    ++peer.timeouts;
    request(ctx, peer, timer.slot);
  }
  void on_disk(Ctx&, Role&, const kscope::DiskDone&) const {}
  void on_disconnect(Ctx&, Role&, NodeId) const {}
  void on_command(Ctx&, Role&, const Command&) const {}
  void apply_to_registry(std::int32_t&, const Command&) const {}
  void lose_unflushed(Nothing&, const kscope::Disk&) const {}
};
using World = kscope::Kernel<RequestModel>;

/// All nodes up, every link losing one segment in a hundred.
World make_world(std::int32_t nodes) {
  kscope::NetworkSetup network;
  network.latency = 1ms;
  network.jitter = 4ms;
  World world(RequestModel{}, nodes, std::vector<kscope::NodeSetup>(static_cast<std::size_t>(nodes)), network, 1);
  for (std::int32_t a = 0; a < nodes; ++a) {
    for (std::int32_t b = a + 1; b < nodes; ++b) {
      world.post(FaultAction{FaultKind::kLinkLoss, NodeId(a), NodeId(b), {}, 1, 0});
    }
  }
  while (world.next_time_ns() == 0) {
    world.step();
  }
  return world;
}

void deliver(benchmark::State& state) {
  World world = make_world(static_cast<std::int32_t>(state.range(0)));
  for (auto _ : state) {
    world.step();
  }
  std::int64_t timeouts = 0;
  for (std::int32_t node = 0; node < state.range(0); ++node) {
    timeouts += std::get_if<Peer>(world.role(NodeId(node)))->timeouts;
  }
  state.SetItemsProcessed(state.iterations() - timeouts);
  state.counters["timeouts"] = static_cast<double>(timeouts);
  state.counters["pending"] = static_cast<double>(world.pending_count());
}

BENCHMARK(deliver)->Arg(3)->Arg(100)->Arg(1'000);

}  // namespace requests

BENCHMARK_MAIN();
