#pragma once
// BrokerRig: some brokers on a table, without kernel, network, controller and ZooKeeper. Messages between them arrive after
// a millisecond, timers fire in order; messages to anybody else (a producer, a consumer, the controller) pile up for the
// test to read. The test plays the controller: it hands LeaderAndIsr to brokers itself.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"
#include "tests/sim/sample_ids.h"

namespace kscope::sim {

inline constexpr NodeId kProducerNode{10};
inline constexpr NodeId kConsumerNode{11};
inline constexpr BrokerId kControllerBroker{9};
inline constexpr NodeId kControllerNode{9};  ///< stands for another broker, the controller

RecordBatch test_batch(std::int32_t count, std::int32_t size_bytes = 100, std::int64_t first_id = 0);

class BrokerRig {
 public:
  struct Sent {
    NodeId from;
    NodeId to;
    Message message;
  };
  struct Machine {
    Broker broker;
    TimerTable timers;
    Disk disk;
    Durable durable;
    bool is_up = true;
  };

  /// Brokers 1..count on nodes 0..count-1; all know each other and the controller. Brokers up to 3 exist in name.
  explicit BrokerRig(int count, const BrokerConfig& config = {});
  ~BrokerRig();

  Broker& broker(int id) { return at(id).broker; }
  Machine& at(int id) { return machines.at(static_cast<std::size_t>(id - 1)); }
  TopicConfig& orders() { return registry.topics[1].config; }
  static NodeId node(int id) { return NodeId(id - 1); }

  /// Runs `f(ctx)` as an event of broker `id`, and carries out what it wants.
  void run(int id, const std::function<void(Ctx&)>& f);
  /// A message from `from` reaches broker `id`.
  void deliver(int id, NodeId from, Message message);
  /// An event that takes a request from `from` straight to its handler; returns its correlation id.
  std::int64_t request(int id, NodeId from, MessageBody body);
  /// Lets `duration` pass: everything that is due happens in order.
  void pass(Duration duration);
  /// The process of a broker dies and starts again; its disk stays (cut to the flushed marks after a power loss).
  void restart(int id, bool is_power_loss = false);
  void crash(int id) {
    at(id).is_up = false;
    ++incarnations[id];
  }

  /// Tells broker `id` who leads orders-<n>.
  ErrorCode leader_and_isr(int id, PartitionState state);
  static PartitionState state(int leader, int epoch, std::vector<int> isr, std::vector<int> replicas = {1, 2, 3});
  /// Tells every live broker.
  void elect(const PartitionState& state);

  /// Sends records to the leader; returns the correlation id.
  std::int64_t produce(int id, Acks acks, RecordBatch batch, Duration timeout = 30s);
  std::int64_t consume(int id, Offset offset, Duration max_wait = 500ms, LeaderEpoch epoch = kNoLeaderEpoch);
  /// A follower's fetch as its leader gets it.
  std::int64_t follow(int id, int follower, Offset offset, Duration max_wait = 0ms);

  /// The answer to a request, if it was given. Forgets it.
  template <class Body>
  std::optional<Body> take(std::int64_t correlation_id) {
    for (auto it = sent.begin(); it != sent.end(); ++it) {
      if (it->message.correlation_id == correlation_id && std::holds_alternative<Body>(it->message.body)) {
        std::optional<Body> body = std::get<Body>(std::move(it->message.body));
        forget(it);
        return body;
      }
    }
    return std::nullopt;
  }
  /// The first message of this kind to anybody outside, if there is one. Forgets it.
  template <class Body>
  std::optional<Sent> take_any() {
    for (auto it = sent.begin(); it != sent.end(); ++it) {
      if (std::holds_alternative<Body>(it->message.body)) {
        return forget(it);
      }
    }
    return std::nullopt;
  }
  /// Error of an answered produce request; nothing while it waits.
  std::optional<ErrorCode> produce_error(std::int64_t correlation_id);

  Partition& orders0(int id) { return *at(id).broker.replicas.find(kOrders0); }
  const PartitionLog& log(int id) { return ReplicaManager::log_of(at(id).durable, orders0(id)); }
  int count_notes(NoteKind kind) const {
    int count = 0;
    for (const Note& note : notes) {
      count += note.kind == kind ? 1 : 0;
    }
    return count;
  }
  LocalTime now() const { return LocalTime(Duration(time)); }

  Registry registry;
  std::vector<Machine> machines;
  Chooser chooser = Chooser::calm();
  std::vector<Sent> sent;
  std::vector<NodeId> disconnected;
  std::vector<Note> notes;
  bool holds_replication = false;      ///< messages between brokers go to `sent` too, for the test to read
  std::set<std::pair<int, int>> cuts;  ///< pairs (from, to) of broker ids between which messages are lost silently
  std::int64_t time = 1'000'000'000;
  std::int64_t last_correlation = 1'000'000;

 private:
  struct Event {
    int id = 0;
    int incarnation = 0;
    NodeId from;
    std::variant<Message, Timer, DiskDone> what;
    TimerId timer;
  };

  void make_broker(int index);
  void carry_out(int id, Outbox<KafkaTypes>::Effect& effect);
  void happen(const Event& event);
  /// Takes a message out of `sent`.
  Sent forget(std::vector<Sent>::iterator place);

  std::multimap<std::int64_t, Event> events;
  std::map<int, int> incarnations;
};

}  // namespace kscope::sim
