#pragma once
// Kernel<Model>: the whole simulated system as one regular value. It takes the next event by (time, sequence), calls one
// handler of one node, and then carries out what the handler put in its outbox. Copy it and you have a snapshot.
// README.md in this folder says what a model provides and what it gets; kernel_faults.h breaks and mends things.
//
//   script, posts -> Act ----------,
//   sends         -> Delivery       |    event queue          handler of      outbox: send, arm, flush,
//   timers        -> TimerFire      |--> (time, sequence) --> one node   -->  disconnect, exit
//   flushes       -> FlushDone      |                                              |
//   closed links  -> Disconnect ----'<---------------------------------------------'

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "engine/clock/local_clock.h"
#include "engine/core/check.h"
#include "engine/core/choose.h"
#include "engine/core/fields.h"
#include "engine/core/fingerprint.h"
#include "engine/disk/disk.h"
#include "engine/fault/fault_action.h"
#include "engine/net/network.h"
#include "engine/queue/event_queue.h"
#include "engine/queue/slab.h"
#include "engine/run/ctx.h"
#include "engine/trace/event_info.h"
#include "engine/trace/observer.h"

namespace kscope {

struct NodeSetup {
  DiskSpeed disk;
  Duration clock_offset{0};
  std::int64_t clock_drift_ppm = 0;
  SimTime starts_at;  ///< SimTime::max() = only by kRestart
  /// The node that is the other part of the same process on the same machine, which names this one in turn; none = the node
  /// is a process of its own. Parts start, break and are cut off together, the one with the smaller number first.
  NodeId partner;
};

/// What is known of a process from outside.
struct ProcessState {
  bool is_up = false;
  bool is_machine_down = false;  ///< lost power: it cannot even refuse a connection
  bool is_paused = false;
  SimTime paused_until;           ///< SimTime::max() = until resumed
  std::uint32_t incarnation = 0;  ///< counts starts
  std::int64_t cpu_factor = 1;
};

/// The event that step() would execute next.
struct PendingEvent {
  SimTime time;
  EventKind kind = EventKind::kTimer;
  NodeId node;
  NodeId peer;
  std::uint64_t message = 0;
  std::uint64_t cause = 0;
  std::uint16_t what = 0;
};

/// One message on the wire as for_each_in_flight() shows it.
template <class Message>
struct InFlight {
  Sent sent;
  const Message* message = nullptr;
  bool is_held = false;             ///< the link is cut: it waits where it is
  std::int64_t held_per_mille = 0;  ///< how far it had come, 0..1000
};

/// A model some of whose processes have two parts: what a part is told when the other has left.
template <class Model>
concept HasShutdownCommand = requires(const Model& model, NodeId part) {
  model.shutdown_command(part);
};

template <class Model>
class Kernel {
 public:
  using Types = typename Model::Types;
  using Message = typename Types::Message;
  using Timer = typename Types::Timer;
  using Command = typename Types::Command;
  using Role = typename Model::Role;
  using Durable = typename Types::Durable;
  using Registry = typename Types::Registry;
  using Act = std::variant<FaultAction, Command>;
  using Info = EventInfo<Types>;
  using ObserverList = std::span<Observer<Model>* const>;

  // Defined below and not here: a model instantiates them once, with all that is in its roles, and not in every file.
  Kernel();
  /// Nodes are numbered in the order of `nodes`.
  Kernel(Model model, Registry registry, const std::vector<NodeSetup>& nodes, NetworkSetup network, std::uint64_t seed);
  Kernel(const Kernel& other);
  Kernel(Kernel&& other) noexcept;
  Kernel& operator=(const Kernel& other);
  Kernel& operator=(Kernel&& other) noexcept;
  ~Kernel();

  /// Executes the next event that is due at or before `limit`; false if there is none.
  bool step(ObserverList observers = {}, SimTime limit = SimTime::max());

  /// Schedules an act of the script at `at`, or at earliest_act() if that is later.
  void schedule(SimTime at, Act act);
  /// The earliest time at which an act can still be scheduled: now(), or later when a look ahead up to a limit found and
  /// dropped nothing but outdated events.
  [[nodiscard]] SimTime earliest_act() const {
    return std::max(now_, SimTime(Duration(static_cast<std::int64_t>(queue_.last_time()))));
  }
  /// The same at once: it is executed before anything later than now(). The caller keeps the command log.
  void post(Act act);

  [[nodiscard]] SimTime now() const { return now_; }
  /// Events executed so far; the number of the last one.
  [[nodiscard]] std::uint64_t event_count() const { return event_count_; }
  /// Equal for equal runs: over every event's time, kind, node and payload, and the number of decisions taken.
  [[nodiscard]] std::uint64_t fingerprint() const {
    Fingerprint end = fingerprint_;
    end.mix(chooser_.draws());
    return end.value();
  }
  /// What step() would execute next. Cost: O(pending).
  [[nodiscard]] std::optional<PendingEvent> peek() const;
  /// Calls visit(const InFlight<Message>&) for every message on the wire, in the order of their numbers. Cost: O(pending).
  template <class Visit>
  void for_each_in_flight(Visit visit) const;

  [[nodiscard]] std::size_t node_count() const { return nodes_.size(); }
  /// The other part of the node's process; not valid when the node is a whole process, or does not exist.
  [[nodiscard]] NodeId partner(NodeId node) const { return exists(node) ? at(node).partner : NodeId{}; }
  /// State of the process, nullptr while it is down.
  [[nodiscard]] const Role* role(NodeId node) const {
    const Node& n = at(node);
    return n.role.has_value() ? &*n.role : nullptr;
  }
  [[nodiscard]] const Durable& durable(NodeId node) const { return at(node).durable; }
  [[nodiscard]] const Disk& disk(NodeId node) const { return at(node).disk; }
  [[nodiscard]] const ProcessState& process(NodeId node) const { return at(node).process; }
  [[nodiscard]] const LocalClock& clock(NodeId node) const { return at(node).clock; }
  [[nodiscard]] LocalTime local_time(NodeId node) const { return at(node).clock.local(now_); }
  [[nodiscard]] const Network& network() const { return network_; }
  [[nodiscard]] const Registry& registry() const { return registry_; }
  [[nodiscard]] const Chooser& chooser() const { return chooser_; }
  /// For replaying and exploring: set before the first step.
  [[nodiscard]] Chooser& chooser_for_setup() { return chooser_; }
  /// For tests and loaders only: content that a disk has before the first start.
  [[nodiscard]] Durable& durable_for_setup(NodeId node) { return at(node).durable; }
  /// Time of the earliest key in the queue, a lower bound of the next event's time; the end of time if it is empty.
  [[nodiscard]] std::uint64_t next_time_ns() const { return queue_.empty() ? INT64_MAX : queue_.next_time(); }
  [[nodiscard]] std::size_t pending_count() const { return queue_.size(); }

  /// Why `action` would do nothing now, to any part of the processes that it is about; kNone if it acts. The window and
  /// apply() ask the same function.
  [[nodiscard]] FaultRefusal refusal(const FaultAction& action) const;

 private:
  struct Start {};
  struct Writeback {};  ///< the operating system flushes what is dirty; not an event that anybody sees
  struct Void {};       ///< its content was moved elsewhere or is lost
  struct Resume {};     ///< the end of a pause that has a length
  /// Epoch of a delivery that hangs: it belongs to no epoch of its direction.
  static constexpr std::uint32_t kStranded = UINT32_MAX;
  struct Delivery {
    NodeId from;
    std::uint32_t epoch = 0;
    std::uint64_t message_number = 0;
    SimTime sent_at;
    std::int64_t size_bytes = 0;
    Message message;
  };
  struct TimerFire {
    TimerId id;
    Timer timer;
  };
  struct Disconnect {
    NodeId peer;
  };
  struct FlushDone {
    DiskDone done;
  };
  using Payload =
      std::variant<Void, Delivery, TimerFire, FlushDone, Disconnect, Start, Writeback, Resume, FaultAction, Command>;
  struct Pending {
    std::uint64_t cause = 0;
    NodeId node;
    std::uint32_t incarnation = 0;
    Payload payload;

    Pending() = default;
    template <class P>
    Pending(std::uint64_t cause_, NodeId node_, std::uint32_t incarnation_, P&& payload_)
        : cause(cause_), node(node_), incarnation(incarnation_), payload(std::forward<P>(payload_)) {}
    Pending(std::uint64_t cause_, NodeId node_, std::uint32_t incarnation_, Act&& act)
        : cause(cause_), node(node_), incarnation(incarnation_) {
      std::visit([this](auto& a) { payload = std::move(a); }, act);
    }
  };
  /// A message (or the news of a closed connection) that a cut link holds.
  struct Held {
    NodeId from;
    NodeId to;
    std::int64_t per_mille = 0;
    bool awaits_connection = false;  ///< there was no connection when it was sent: it is still an attempt to connect
    Pending pending;
  };
  /// An armed timer outside the queue: its clock stands still or is being set.
  struct WaitingTimer {
    Duration left{0};  ///< what the node's clock has still to count
    Pending pending;
  };
  /// What the fingerprint takes in of an event.
  struct Executed {
    EventKind kind = EventKind::kTimer;
    std::uint16_t what = 0;
    std::uint64_t digest = 0;
  };
  struct Node {
    std::optional<Role> role;
    Durable durable;
    Disk disk;
    LocalClock clock;
    TimerTable timers;
    ProcessState process;
    NodeId partner;
    SimTime disk_busy_until;
    bool is_writeback_due = false;      ///< a Writeback is in the queue
    std::vector<Pending> parked;        ///< what came up while it was paused, in order
    std::vector<WaitingTimer> stopped;  ///< armed timers while the clock is frozen, in order of firing
  };

  /// Whom the act is about; none for a fault on a node that does not exist, which is refused when it comes up.
  [[nodiscard]] NodeId node_of(const Act& act) const {
    const NodeId node = std::visit([](const auto& a) { return a.node; }, act);
    return std::holds_alternative<FaultAction>(act) && !exists(node) ? NodeId() : node;
  }
  [[nodiscard]] bool exists(NodeId node) const {
    return static_cast<std::uint32_t>(node.value) < nodes_.size();  // a negative number becomes a very large one
  }
  [[gnu::always_inline]] Node& at(NodeId node) {
    KSCOPE_CHECK(exists(node), "no such node");
    return nodes_[static_cast<std::size_t>(node.value)];
  }
  [[gnu::always_inline]] const Node& at(NodeId node) const {
    KSCOPE_CHECK(exists(node), "no such node");
    return nodes_[static_cast<std::size_t>(node.value)];
  }
  void push(SimTime time, Pending&& pending) { claim(time) = std::move(pending); }
  /// Files an event of this payload; it is made where it will lie.
  template <class P>
  [[gnu::always_inline]] void push(SimTime time, std::uint64_t cause, NodeId node, std::uint32_t incarnation,
                                   P&& payload) {
    Pending& pending = claim(time);
    pending.cause = cause;
    pending.node = node;
    pending.incarnation = incarnation;
    pending.payload.template emplace<P>(std::forward<P>(payload));
  }
  /// Files an event at `time`; the caller fills it in.
  [[gnu::always_inline]] Pending& claim(SimTime time) {
    const std::uint32_t place = slab_.claim();
    queue_.push(static_cast<std::uint64_t>(nanos(time)), place);
    return slab_[place];
  }
  /// The event at `place` is over, or never comes up.
  void drop(std::uint32_t place) {
    slab_[place].payload.template emplace<Void>();
    slab_.free(place);
  }

  // Executing.
  [[nodiscard, gnu::always_inline]] inline bool is_stale(const Pending& pending) const;
  [[nodiscard, gnu::always_inline]] inline bool parks(const Pending& pending) const;
  void execute(std::uint32_t place, ObserverList observers);
  template <class Handler>
  void run_handler(NodeId node, Handler handler);
  void tell(ObserverList observers, const Pending& pending, const Executed& done);
  [[gnu::always_inline]] inline void carry_out(NodeId self);
  void arm_writeback(NodeId id);
  void start(NodeId node);
  void leave(NodeId part);
  void exit(NodeId part);

  // Connections (kernel_net.h).
  void open_connection(NodeId a, NodeId b);
  [[nodiscard]] bool remembers(NodeId a, NodeId b, NodeId end) const;
  void send(NodeId from, NodeId to, Message&& message, std::int64_t size_bytes);
  [[nodiscard]] std::optional<SimTime> transmit(NodeId from, NodeId to, Pending&& pending);
  void hang(Pending&& pending, SimTime until);
  void strand(NodeId from, NodeId to, SimTime until);
  [[nodiscard]] bool lose_stranded(std::uint64_t message);
  void lose_stranded_to(NodeId to);
  void notify_disconnect(NodeId at_node, NodeId peer, bool immediately);
  void travel_as_news(NodeId from, NodeId to, SimTime leaves);
  [[nodiscard]] Sent sent_of(const Delivery& delivery, NodeId to, SimTime arrives_at) const;
  void lose_in_flight(NodeId from, NodeId to);
  void give_up_attempts(NodeId from, NodeId to);
  void keep_attempts(NodeId from, NodeId to);
  void break_at_message(std::uint64_t message);
  void close_connection(NodeId self, NodeId peer);
  void hold_in_flight(NodeId from, NodeId to);
  void release_held(NodeId from, NodeId to);
  void stall(NodeId from, NodeId to, SimTime until);
  [[nodiscard]] std::vector<EventKey> keys_on_wire(NodeId from, NodeId to) const;
  [[nodiscard]] std::int64_t progress_per_mille(const Delivery& delivery, SimTime arrives_at) const;

  // Faults (kernel_faults.h).
  void join_partners();
  [[nodiscard]] bool is_one_process(NodeId a, NodeId b) const;
  template <class Visit>
  void for_each_part(const FaultAction& action, Visit visit) const;
  [[nodiscard]] FaultRefusal refusal_of_part(const FaultAction& action) const;
  void apply(const FaultAction& action);
  void apply_to_part(const FaultAction& action);
  void stop_process(NodeId node, bool loses_power, bool in_order);
  void resume(NodeId node);
  [[nodiscard]] std::vector<WaitingTimer> take_timers(NodeId node);
  void put_timers(NodeId node, std::vector<WaitingTimer>&& timers);

  Model model_;
  Registry registry_;
  Chooser chooser_;
  Network network_;
  std::vector<Node> nodes_;
  EventQueue queue_;
  Slab<Pending> slab_;
  std::vector<Held> held_;
  SimTime now_;
  std::uint64_t event_count_ = 0;
  std::uint64_t next_message_ = 1;
  Fingerprint fingerprint_;

  // Scratch of the event being executed; empty between events.
  Outbox<Types> outbox_;
  std::vector<Sent> sent_;
  std::vector<Sent> lost_;
  bool is_observed_ = false;
};

template <class Model>
Kernel<Model>::Kernel() = default;
template <class Model>
Kernel<Model>::Kernel(const Kernel& other) = default;
template <class Model>
Kernel<Model>::Kernel(Kernel&& other) noexcept = default;
template <class Model>
Kernel<Model>& Kernel<Model>::operator=(const Kernel& other) = default;
template <class Model>
Kernel<Model>& Kernel<Model>::operator=(Kernel&& other) noexcept = default;
template <class Model>
Kernel<Model>::~Kernel() = default;

template <class Model>
Kernel<Model>::Kernel(Model model, Registry registry, const std::vector<NodeSetup>& nodes, NetworkSetup network,
                      std::uint64_t seed)
    : model_(std::move(model)), registry_(std::move(registry)), chooser_(seed), network_(network, nodes.size()) {
  nodes_.reserve(nodes.size());
  for (const NodeSetup& setup : nodes) {
    Node node;
    node.disk = Disk(setup.disk);
    node.clock = LocalClock(setup.clock_offset, setup.clock_drift_ppm);
    node.partner = setup.partner;
    nodes_.push_back(std::move(node));
    const NodeId id(static_cast<std::int32_t>(nodes_.size() - 1));
    if (setup.starts_at != SimTime::max()) {
      push(setup.starts_at, 0, id, 0, Start{});
    }
  }
  join_partners();
}

template <class Model>
void Kernel<Model>::schedule(SimTime at, Act act) {
  push(std::max(at, earliest_act()), Pending{0, node_of(act), 0, std::move(act)});
}

template <class Model>
void Kernel<Model>::post(Act act) {
  schedule(now_, std::move(act));
}

}  // namespace kscope

#include "engine/run/kernel_faults.h"
#include "engine/run/kernel_net.h"
#include "engine/run/kernel_step.h"
