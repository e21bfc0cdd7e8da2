#pragma once
// Ctx: all that a handler sees of the world besides its own state: who it is, what its clock shows, where decisions come
// from, its disk and its outbox. Nothing takes effect until the handler has returned; then the kernel carries the outbox
// out in order. A test can therefore build a Ctx on a bare Outbox, call one handler and compare what it wanted.
//
// `Types` is the model's vocabulary:
//   Message, Timer, Command, Note  plain structs; Timer and Note have a member `kind` (enum), Message a `kind()` function
//   Durable                        what one node keeps on its disk (its content; the marks are in Disk)
//   Registry                       names and settings that all nodes may read; changed by commands only

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/choose.h"
#include "engine/core/node_id.h"
#include "engine/core/time.h"
#include "engine/disk/disk.h"
#include "engine/run/timer_table.h"

namespace kscope {

template <class Message>
struct SendEffect {
  NodeId to;
  Message message;
  std::int64_t size_bytes = 0;
};
template <class Timer>
struct ArmEffect {
  Duration delay{0};  ///< measured by the node's own clock
  Timer timer;
  TimerId id;
};
struct FlushEffect {
  FileId file;
  std::uint64_t token = 0;
};
/// Closes the connection to `peer`: what is in flight either way is lost, the peer is told after the link's latency.
struct DisconnectEffect {
  NodeId peer;
};
/// The process ends in good order: everything written is flushed, connections close.
struct ExitEffect {};
/// This part of the process ends in good order; the part with which it shares the process then gets the command
/// Model::shutdown_command(). A node that is a whole process exits.
struct LeaveEffect {};

/// What a handler wants done, in the order in which it asked.
template <class Types>
struct Outbox {
  using Effect = std::variant<SendEffect<typename Types::Message>, ArmEffect<typename Types::Timer>, FlushEffect,
                              DisconnectEffect, ExitEffect, LeaveEffect>;
  std::vector<Effect> effects;
  std::vector<typename Types::Note> notes;

  void clear() {
    effects.clear();
    notes.clear();
  }
};

template <class Types>
class Ctx {
 public:
  using Message = typename Types::Message;
  using Timer = typename Types::Timer;
  using Note = typename Types::Note;

  Ctx(NodeId self, LocalTime now, Chooser& chooser, TimerTable& timers, Disk& disk, typename Types::Durable& durable,
      const typename Types::Registry& registry, Outbox<Types>& outbox, std::int64_t cpu_factor, bool is_observed)
      : self_(self),
        now_(now),
        chooser_(chooser),
        timers_(timers),
        disk_(disk),
        durable_(durable),
        registry_(registry),
        outbox_(outbox),
        cpu_factor_(cpu_factor),
        is_observed_(is_observed) {}

  [[nodiscard]] NodeId self() const { return self_; }
  /// What this node's clock shows. The only time that protocol code knows.
  [[nodiscard]] LocalTime now() const { return now_; }
  [[nodiscard]] const typename Types::Registry& registry() const { return registry_; }
  /// Content of this node's disk; survives crashes (cut to the flushed marks after a power loss).
  [[nodiscard]] typename Types::Durable& durable() { return durable_; }
  [[nodiscard]] Disk& disk() { return disk_; }
  /// Where everything that can go differently is decided.
  [[nodiscard]] Chooser& chooser() { return chooser_; }
  /// Multiplies service times; 1 unless the CPU is slowed.
  [[nodiscard]] std::int64_t cpu_factor() const { return cpu_factor_; }

  /// Sends over the ordered connection to `to`, opening it if there is none. `size_bytes` as on the wire.
  void send(NodeId to, Message message, std::int64_t size_bytes) {
    outbox_.effects.emplace_back(SendEffect<Message>{to, std::move(message), size_bytes});
  }
  /// Arms a timer that fires after `delay` of this node's clock. Keep the handle to cancel it.
  TimerId after(Duration delay, Timer timer) {
    const TimerId id = timers_.allocate();
    outbox_.effects.emplace_back(ArmEffect<Timer>{delay, std::move(timer), id});
    return id;
  }
  /// Disarms at once; no effect when it fired already. Clears the handle.
  void cancel(TimerId& id) {
    timers_.release(id);
    id = TimerId{};
  }
  [[nodiscard]] bool is_armed(TimerId id) const { return timers_.is_armed(id); }
  /// Starts a flush of all that is written to the file by now; `on_disk` is called with `token` when it ends.
  void flush(FileId file, std::uint64_t token) { outbox_.effects.emplace_back(FlushEffect{file, token}); }
  void disconnect(NodeId peer) { outbox_.effects.emplace_back(DisconnectEffect{peer}); }
  /// Ends this process in good order after the handler. Another part of it that still runs is not asked.
  void exit() { outbox_.effects.emplace_back(ExitEffect{}); }
  /// Ends this part of the process in good order after the handler, and tells the other part to shut down.
  void leave() { outbox_.effects.emplace_back(LeaveEffect{}); }

  /// Tells observers something worth knowing. Costs nothing when nobody observes; never changes the run.
  void note(const Note& note) {
    if (is_observed_) {
      outbox_.notes.push_back(note);
    }
  }
  [[nodiscard]] bool is_observed() const { return is_observed_; }

 private:
  NodeId self_;
  LocalTime now_;
  Chooser& chooser_;
  TimerTable& timers_;
  Disk& disk_;
  typename Types::Durable& durable_;
  const typename Types::Registry& registry_;
  Outbox<Types>& outbox_;
  std::int64_t cpu_factor_;
  bool is_observed_;
};

}  // namespace kscope
