#pragma once
// Puppets: a model with no protocol of its own. A command makes a node do one thing (send, arm, write, flush, leave), so a
// test writes down exact moments and reads in the log of a rig what came of them. `Rig` owns such a kernel and remembers
// all that an observer is told. The wire of a rig is plain: 1 ms one way, no jitter, as wide as you like.

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/flat_map.h"
#include "engine/run/kernel.h"

namespace kscope::puppet {

struct Message {
  std::int64_t number = 0;
  Duration answer_after{-1};  ///< service time of the answer, number + 1000; negative = wants none
  [[nodiscard]] std::uint16_t kind() const { return answer_after.count() < 0 ? 2 : 1; }
  KSCOPE_FIELDS(Message, number, answer_after);
};

enum class TimerKind : std::uint8_t { kAlarm = 1, kAnswer };
struct Timer {
  TimerKind kind = TimerKind::kAlarm;
  std::int64_t number = 0;
  NodeId peer;
  KSCOPE_FIELDS(Timer, kind, number, peer);
};

enum class Do : std::uint8_t {
  kSend,        ///< peer, number, length = size in bytes
  kAsk,         ///< the same, and wants an answer after 1 ms of work
  kArm,         ///< number, time; the same number again forgets, but does not cancel, the timer before
  kCancel,      ///< number
  kWrite,       ///< number: appended to the log
  kFlush,       ///< number: the token
  kTruncate,    ///< length: entries that stay
  kDisconnect,  ///< peer
  kExit,
  kLeave,
  kChoose,  ///< length: one of so many, kept in the role
  kSet,     ///< number: the registry's setting, on no node
};
struct Command {
  Do kind = Do::kSend;
  NodeId node;
  NodeId peer;
  std::int64_t number = 0;
  std::int64_t length = 0;
  Duration time{0};
  KSCOPE_FIELDS(Command, kind, node, peer, number, length, time);
};

/// What a handler saw.
struct Note {
  enum class Kind : std::uint8_t {
    kStarted,
    kGot,
    kAlarm,
    kFlushed,
    kFlushFailed,
    kClosed,
    kWritten,
    kRefused,
    kChose
  };
  Kind kind = Kind::kStarted;
  std::int64_t number = 0;
  NodeId peer;
  LocalTime local;
  bool operator==(const Note&) const = default;
};

struct Durable {
  std::vector<std::int64_t> log;
};
struct Registry {
  std::int64_t setting = 0;
};
struct Types {
  using Message = puppet::Message;
  using Timer = puppet::Timer;
  using Command = puppet::Command;
  using Note = puppet::Note;
  using Durable = puppet::Durable;
  using Registry = puppet::Registry;
};
using Ctx = kscope::Ctx<Types>;

struct Puppet {
  FlatMap<std::int64_t, TimerId> timers;
  std::vector<std::int64_t> alarms;   ///< numbers of the timers that fired, in order
  std::vector<std::int64_t> got;      ///< numbers of the messages that came, in order
  std::vector<std::int64_t> choices;  ///< what choose() gave
  std::size_t found_entries = 0;      ///< entries on the disk at the start
};

struct Model {
  using Types = puppet::Types;
  using Role = std::variant<Puppet>;
  static constexpr FileId kLog{0};

  Role make_role(NodeId, const Registry&, const Durable& durable) const {
    Puppet puppet;
    puppet.found_entries = durable.log.size();
    return puppet;
  }
  static void tell(Ctx& ctx, Note::Kind kind, std::int64_t number = 0, NodeId peer = {}) {
    ctx.note(Note{kind, number, peer, ctx.now()});
  }
  void on_start(Ctx& ctx, Role&) const { tell(ctx, Note::Kind::kStarted); }
  void on_message(Ctx& ctx, Role& role, NodeId from, const Message& message) const {
    std::get<Puppet>(role).got.push_back(message.number);
    tell(ctx, Note::Kind::kGot, message.number, from);
    if (message.answer_after.count() >= 0) {
      ctx.after(message.answer_after * ctx.cpu_factor(), Timer{TimerKind::kAnswer, message.number + 1000, from});
    }
  }
  void on_timer(Ctx& ctx, Role& role, const Timer& timer) const {
    if (timer.kind == TimerKind::kAnswer) {
      ctx.send(timer.peer, Message{timer.number}, 100);
      return;
    }
    std::get<Puppet>(role).alarms.push_back(timer.number);
    tell(ctx, Note::Kind::kAlarm, timer.number);
  }
  void on_disk(Ctx& ctx, Role&, const DiskDone& done) const {
    tell(ctx, done.is_error ? Note::Kind::kFlushFailed : Note::Kind::kFlushed, static_cast<std::int64_t>(done.token));
  }
  void on_disconnect(Ctx& ctx, Role&, NodeId peer) const { tell(ctx, Note::Kind::kClosed, 0, peer); }
  void on_command(Ctx& ctx, Role& role, const Command& command) const {
    auto& self = std::get<Puppet>(role);
    switch (command.kind) {
      case Do::kSend: ctx.send(command.peer, Message{command.number}, command.length); break;
      case Do::kAsk: ctx.send(command.peer, Message{command.number, 1ms}, command.length); break;
      case Do::kArm:
        self.timers[command.number] = ctx.after(command.time, Timer{TimerKind::kAlarm, command.number, {}});
        break;
      case Do::kCancel: ctx.cancel(self.timers[command.number]); break;
      case Do::kWrite: {
        const auto position = static_cast<std::int64_t>(ctx.durable().log.size()) + 1;
        const bool is_written = ctx.disk().append(kLog, position, 100);
        if (is_written) {
          ctx.durable().log.push_back(command.number);
        }
        tell(ctx, is_written ? Note::Kind::kWritten : Note::Kind::kRefused, command.number);
        break;
      }
      case Do::kFlush: ctx.flush(kLog, static_cast<std::uint64_t>(command.number)); break;
      case Do::kTruncate:
        ctx.durable().log.resize(static_cast<std::size_t>(command.length));
        ctx.disk().truncate(kLog, command.length);
        break;
      case Do::kDisconnect: ctx.disconnect(command.peer); break;
      case Do::kExit: ctx.exit(); break;
      case Do::kLeave: ctx.leave(); break;
      case Do::kChoose:
        self.choices.push_back(
            ctx.chooser().choose(ChoiceKind::workload, Label{}, static_cast<std::uint32_t>(command.length)));
        tell(ctx, Note::Kind::kChose, self.choices.back());
        break;
      case Do::kSet: break;
    }
  }
  /// The other part has left: this one leaves, too.
  Command shutdown_command(NodeId part) const { return Command{Do::kLeave, part, {}, 0, 0, {}}; }
  void apply_to_registry(Registry& registry, const Command& command) const {
    if (command.kind == Do::kSet) {
      registry.setting = command.number;
    }
  }
  void lose_unflushed(Durable& durable, const Disk& disk) const {
    durable.log.resize(static_cast<std::size_t>(disk.file(kLog).written));
  }
};
using World = Kernel<Model>;

/// One executed event as a test reads it: all that EventInfo says, kept by value.
struct Seen {
  std::uint64_t number = 0;
  std::uint64_t cause = 0;
  SimTime time;
  EventKind kind = EventKind::kTimer;
  std::uint16_t what = 0;
  NodeId node;
  NodeId peer;
  std::uint64_t message = 0;
  std::vector<Sent> sent;
  std::vector<Sent> lost;
  std::vector<Note> notes;
};

class Recorder final : public Observer<Model> {
 public:
  void on_event(const World&, const EventInfo<Types>& event) override {
    seen.push_back(Seen{event.number,
                        event.cause,
                        event.time,
                        event.kind,
                        event.what,
                        event.node,
                        event.peer,
                        event.message,
                        {event.sent.begin(), event.sent.end()},
                        {event.lost.begin(), event.lost.end()},
                        {event.notes.begin(), event.notes.end()}});
  }
  std::vector<Seen> seen;
};

inline NodeSetup plain_node() {
  NodeSetup setup;
  setup.disk.flush_latency = 2ms;
  setup.disk.writeback_interval = 0s;
  return setup;
}
inline NetworkSetup plain_network() {
  NetworkSetup setup;
  setup.latency = 1ms;
  setup.jitter = 0ms;
  setup.bytes_per_s = 0;
  return setup;
}
inline SimTime at(Duration since_start) { return SimTime{} + since_start; }

/// A kernel of puppets and what was seen of it.
class Rig {
 public:
  static constexpr NodeId a{0};
  static constexpr NodeId b{1};
  static constexpr NodeId c{2};

  explicit Rig(std::size_t nodes = 3, NetworkSetup network = plain_network(), NodeSetup node = plain_node())
      : Rig(std::vector<NodeSetup>(nodes, node), network) {}
  Rig(const std::vector<NodeSetup>& nodes, NetworkSetup network, std::uint64_t seed = 1)
      : world(Model{}, Registry{}, nodes, network, seed) {}

  void command(Duration time, Command command) { world.schedule(at(time), command); }
  void send(Duration time, NodeId from, NodeId to, std::int64_t number, std::int64_t size_bytes = 100) {
    command(time, Command{Do::kSend, from, to, number, size_bytes, {}});
  }
  void ask(Duration time, NodeId from, NodeId to, std::int64_t number) {
    command(time, Command{Do::kAsk, from, to, number, 100, {}});
  }
  void arm(Duration time, NodeId node, std::int64_t number, Duration delay) {
    command(time, Command{Do::kArm, node, {}, number, 0, delay});
  }
  void tell(Duration time, Do what, NodeId node, std::int64_t number = 0) {
    command(time, Command{what, node, {}, number, 0, {}});
  }
  void fault(Duration time, FaultKind kind, NodeId node, NodeId peer = {}, Duration duration = {},
             std::int64_t factor = 0, std::uint64_t message = 0) {
    world.schedule(at(time), FaultAction{kind, node, peer, duration, factor, message});
  }
  /// Executes everything up to `limit`.
  void run(Duration limit = 1h) {
    Observer<Model>* const observers[] = {&recorder};
    while (world.step(observers, at(limit))) {
    }
  }
  /// "b got 7 @12ms": what handlers noted, one line each, in order, with true times; `since` leaves out what was before.
  [[nodiscard]] std::vector<std::string> story(Duration since = 0s) const;
  [[nodiscard]] const Puppet& puppet(NodeId node) const { return std::get<Puppet>(*world.role(node)); }

  World world;
  Recorder recorder;
};

inline std::string name_of(NodeId node) {
  return node.is_valid() ? std::string(1, static_cast<char>('a' + node.value)) : "-";
}
/// Without the quotes of describe().
inline std::string text_of(Duration time) {
  const std::string quoted = describe(time);
  return quoted.substr(1, quoted.size() - 2);
}
inline std::string text_of(const Note& note) {
  const std::string number = std::to_string(note.number);
  switch (note.kind) {
    case Note::Kind::kStarted: return "started";
    case Note::Kind::kGot: return "got " + number + " from " + name_of(note.peer);
    case Note::Kind::kAlarm: return "alarm " + number;
    case Note::Kind::kFlushed: return "flushed " + number;
    case Note::Kind::kFlushFailed: return "flush " + number + " failed";
    case Note::Kind::kClosed: return "lost " + name_of(note.peer);
    case Note::Kind::kWritten: return "wrote " + number;
    case Note::Kind::kRefused: return "could not write " + number;
    case Note::Kind::kChose: return "chose " + number;
  }
  return "?";
}
inline std::vector<std::string> Rig::story(Duration since) const {
  std::vector<std::string> lines;
  for (const Seen& seen : recorder.seen) {
    for (const Note& note : seen.notes) {
      if (note.kind != Note::Kind::kStarted && seen.time >= at(since)) {
        lines.push_back(name_of(seen.node) + " " + text_of(note) + " @" + text_of(seen.time - at(since)));
      }
    }
  }
  return lines;
}

}  // namespace kscope::puppet
