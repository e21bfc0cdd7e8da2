#pragma once
// A tiny system that has nothing to do with any product: nodes in a ring pass one token on. Whoever holds it adds a number
// to a register, appends that to its own durable log, flushes, and passes the token to the next when the flush has ended.
// A node that hears no token for long makes a new one with a higher term; older tokens are dropped. With it the tests show
// that the engine carries any model: messages, timers, disk, clocks, faults, registry, choices, notes, copies, branches.

#include <array>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/fields.h"
#include "engine/run/kernel.h"
#include "engine/run/timeline.h"

namespace kscope::ring {

struct Token {
  std::int64_t term = 0;
  std::int64_t sum = 0;
  KSCOPE_FIELDS(Token, term, sum);
};
struct Message {
  Token token;
  [[nodiscard]] std::uint16_t kind() const { return 1; }
  KSCOPE_FIELDS(Message, token);
};
struct Timer {
  enum class Kind : std::uint8_t { kWork = 1, kSilence };
  Kind kind = Kind::kWork;
  KSCOPE_FIELDS(Timer, kind);
};
struct Command {
  enum class Kind : std::uint8_t { kStep = 1 };
  Kind kind = Kind::kStep;
  NodeId node;
  std::int64_t step = 1;
  KSCOPE_FIELDS(Command, kind, node, step);
};
struct Note {
  std::int64_t term = 0;
  std::int64_t sum = 0;
};
struct Durable {
  std::vector<std::int64_t> log;  ///< the register after each turn of this node
  std::int64_t term = 0;          ///< highest term ever held; kept apart from the log
};
struct Registry {
  std::int32_t nodes = 0;
  std::int64_t step = 1;  ///< what a turn adds
};
struct Types {
  using Message = ring::Message;
  using Timer = ring::Timer;
  using Command = ring::Command;
  using Note = ring::Note;
  using Durable = ring::Durable;
  using Registry = ring::Registry;
};
using Ctx = kscope::Ctx<Types>;

struct Member {
  Token held;
  bool holds = false;
  TimerId silence;
  std::int64_t turns = 0;
  std::int64_t dropped = 0;
};

struct Model {
  using Types = ring::Types;
  using Role = std::variant<Member>;
  static constexpr FileId kLog{0};

  static void listen(Ctx& ctx, Member& self) {
    ctx.cancel(self.silence);
    self.silence = ctx.after(2s + ctx.self().value * 500ms, Timer{Timer::Kind::kSilence});
  }
  Role make_role(NodeId, const Registry&, const Durable&) const { return Member{}; }
  void on_start(Ctx& ctx, Role& role) const { listen(ctx, std::get<Member>(role)); }
  static void take(Ctx& ctx, Member& self, Token token) {
    self.held = token;
    self.holds = true;
    ctx.durable().term = token.term;
    ctx.after(ctx.chooser().exponential(ChoiceKind::service, Label{1, ctx.self().value}, 3ms) * ctx.cpu_factor(),
              Timer{Timer::Kind::kWork});
    listen(ctx, self);
  }
  void on_message(Ctx& ctx, Role& role, NodeId, const Message& message) const {
    auto& self = std::get<Member>(role);
    if (message.token.term < ctx.durable().term || self.holds) {
      ++self.dropped;
      return;
    }
    take(ctx, self, message.token);
  }
  void on_timer(Ctx& ctx, Role& role, const Timer& timer) const {
    auto& self = std::get<Member>(role);
    if (timer.kind == Timer::Kind::kSilence) {
      if (!self.holds) {
        take(ctx, self, Token{ctx.durable().term + 1 + ctx.self().value, 0});
      } else {
        listen(ctx, self);
      }
      return;
    }
    self.held.sum += ctx.registry().step;
    const auto position = static_cast<std::int64_t>(ctx.durable().log.size()) + 1;
    if (ctx.disk().append(kLog, position, 16)) {
      ctx.durable().log.push_back(self.held.sum);
    }
    ctx.flush(kLog, 0);
  }
  void on_disk(Ctx& ctx, Role& role, const DiskDone&) const {
    auto& self = std::get<Member>(role);
    if (self.holds) {
      self.holds = false;
      ++self.turns;
      ctx.note(Note{self.held.term, self.held.sum});
      ctx.send(NodeId((ctx.self().value + 1) % ctx.registry().nodes), Message{self.held}, 64);
    }
  }
  void on_disconnect(Ctx&, Role&, NodeId) const {}
  void on_command(Ctx&, Role&, const Command&) const {}
  void apply_to_registry(Registry& registry, const Command& command) const { registry.step = command.step; }
  void lose_unflushed(Durable& durable, const Disk& disk) const {
    durable.log.resize(static_cast<std::size_t>(disk.file(kLog).written));
  }
};
using World = Kernel<Model>;

inline World make_world(std::int32_t nodes, std::uint64_t seed) {
  Registry registry;
  registry.nodes = nodes;
  std::vector<NodeSetup> setups(static_cast<std::size_t>(nodes));
  for (std::size_t i = 0; i < setups.size(); ++i) {
    setups[i].clock_offset = static_cast<int>(i) * 100ms;
    setups[i].clock_drift_ppm = static_cast<std::int64_t>(i) * 50;
  }
  return World(Model{}, registry, setups, NetworkSetup{}, seed);
}

/// All that can go wrong, at random moments of the first `length`, each mended some time later.
inline void make_trouble(World& world, std::uint64_t seed, int acts, Duration length) {
  Rng rng(seed, 99);
  for (int i = 0; i < acts; ++i) {
    const auto nodes = static_cast<std::uint64_t>(world.node_count());
    FaultAction action;
    action.kind = static_cast<FaultKind>(rng.below(kFaultKinds));
    action.node = NodeId(static_cast<std::int32_t>(rng.below(nodes)));
    action.peer = NodeId(static_cast<std::int32_t>(rng.below(nodes)));
    action.duration = rng.between(Duration(0), Duration(3s));
    action.factor = static_cast<std::int64_t>(rng.below(3));
    action.message = rng.below(200);
    const SimTime time = SimTime{} + rng.between(Duration(0), length);
    world.schedule(time, action);
    const auto mend = [&](FaultKind kind) {
      world.schedule(time + rng.between(Duration(0), Duration(500ms)),
                     FaultAction{kind, action.node, action.peer, {}, 0, 0});
    };
    mend(FaultKind::kRestart);
    mend(FaultKind::kResume);
    mend(FaultKind::kHealAll);
    mend(FaultKind::kClockFreeze);
  }
}

/// What a timeline copies and re-executes.
struct Moment {
  using Act = World::Act;
  World world;
  template <class Listener>
  bool step(SimTime limit, Listener* listener) {
    const bool stepped = world.step({}, limit);
    if (stepped && listener != nullptr) {
      listener->push_back(world.event_count());
    }
    return stepped;
  }
  bool step(SimTime limit, std::nullptr_t) { return world.step({}, limit); }
  void post(Act act, SimTime time) { world.schedule(time, std::move(act)); }
  [[nodiscard]] SimTime earliest_act() const { return world.earliest_act(); }
  [[nodiscard]] std::uint64_t event_count() const { return world.event_count(); }
  [[nodiscard]] SimTime now() const { return world.now(); }
};

}  // namespace kscope::ring
