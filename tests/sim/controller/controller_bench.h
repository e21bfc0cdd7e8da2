#pragma once
// One broker on a bench, without kernel: handlers are called, what they want is read from the outbox. It is the active
// controller of three brokers and of orders-0 (replicas 1, 2, 3, leader 1); ZooKeeper is played by the test.

#include <memory>
#include <vector>

#include "sim/broker/broker.h"

namespace kscope::sim {

inline constexpr TopicPartition kBenchPartition{TopicId{1}, 0};
inline constexpr NodeId kBenchServer{3};  ///< the ZooKeeper server that the broker is connected to
inline constexpr NodeId kBenchAsker{1};   ///< node of broker 2

class ControllerBench {
 public:
  ControllerBench() {
    std::vector<BrokerSetup> setups;
    for (int i = 0; i < 3; ++i) {
      registry.nodes.push_back({NodeRole::kBroker, "b", i, Duration{0}});
      registry.broker_nodes.emplace_back(i);
      BrokerSetup setup;
      setup.id = BrokerId(i + 1);
      setups.push_back(setup);
    }
    registry.nodes.push_back({NodeRole::kZooKeeper, "zk1", 0, Duration{0}});
    registry.nodes.push_back({NodeRole::kZooKeeper, "zk2", 1, Duration{0}});
    registry.zookeepers = {kBenchServer, NodeId{4}};
    registry.brokers = std::make_shared<const std::vector<BrokerSetup>>(setups);
    registry.topics.resize(2);
    registry.topics[0].name = "__consumer_offsets";
    registry.topics[1].name = "orders";
    broker.id = BrokerId{1};
    broker.setup = setups[0];
    broker.lifecycle.broker_epoch = BrokerEpoch{101};
    broker.lifecycle.state = BrokerState::RUNNING;
  }

  /// Connects the client, and makes the broker the active controller in epoch 5.
  void make_controller() {
    connect();
    Controller& controller = broker.controller;
    controller.state = Controller::State::kActive;
    controller.is_initialized = true;
    controller.active_controller = broker.id;
    controller.context.epoch = ControllerEpoch{5};
    controller.context.epoch_zk_version = ZnodeVersion{5};
    controller.context.topics.insert(TopicId{1});
    for (int id = 1; id <= 3; ++id) {
      controller.context.brokers[BrokerId(id)] = {NodeId(id - 1), BrokerEpoch(100 + id)};
      run([&](Ctx& ctx) { controller.channels.add_broker(ctx, BrokerId(id), NodeId(id - 1), BrokerEpoch(100 + id)); });
    }
    ControllerPartition entry;
    entry.phase = PartitionPhase::kOnline;
    entry.replicas = {BrokerId{1}, BrokerId{2}, BrokerId{3}};
    entry.leadership = state(1, {1, 2}, 7, 4);
    controller.context.partitions[kBenchPartition] = entry;
    effects.clear();
    notes.clear();
  }
  void connect() {
    broker.zk.state = ZkClient::State::kConnected;
    broker.zk.servers = {kBenchServer, NodeId{4}};
    broker.zk.session = SessionId{77};
    broker.zk.session_timeout = 6s;
  }
  static PartitionState state(int leader, std::vector<int> isr, int leader_epoch, int partition_epoch) {
    PartitionState result;
    result.partition = kBenchPartition;
    result.leader = BrokerId(leader);
    result.leader_epoch = LeaderEpoch(leader_epoch);
    result.partition_epoch = PartitionEpoch(partition_epoch);
    for (const int id : isr) {
      result.isr.emplace_back(id);
    }
    result.replicas = {BrokerId{1}, BrokerId{2}, BrokerId{3}};
    return result;
  }

  /// Runs one handler; its effects are added to `effects`.
  template <class F>
  void run(F f) {
    Outbox<KafkaTypes> outbox;
    Ctx ctx(NodeId{0}, now, chooser, timers, disk, durable, registry, outbox, 1, true);
    f(ctx);
    effects.insert(effects.end(), outbox.effects.begin(), outbox.effects.end());
    notes.insert(notes.end(), outbox.notes.begin(), outbox.notes.end());
  }
  /// A request of another broker reaches its handler.
  void request(MessageBody body) {
    run([&](Ctx& ctx) { broker.handle_request(ctx, kBenchAsker, Message{900, std::move(body)}); });
  }
  /// ZooKeeper answers the oldest request.
  void zk_reply(ZkCode code, std::vector<ZkResult> results) {
    ZkResponse response;
    response.xid = broker.zk.pending.front().xid;
    response.code = code;
    response.results = std::move(results);
    run([&](Ctx& ctx) { broker.on_message(ctx, kBenchServer, Message{0, response}); });
  }
  static ZkResult result(ZkCode code, std::int32_t version = 0) {
    ZkResult made;
    made.code = code;
    made.version = ZnodeVersion{version};
    return made;
  }

  /// Messages of one kind that were sent so far, in order.
  template <class Body>
  [[nodiscard]] std::vector<Body> sent() const {
    std::vector<Body> found;
    for (const auto& effect : effects) {
      const auto* send = std::get_if<SendEffect<Message>>(&effect);
      if (send != nullptr && std::holds_alternative<Body>(send->message.body)) {
        found.push_back(std::get<Body>(send->message.body));
      }
    }
    return found;
  }
  /// Timers of one kind that were armed so far, with their delays.
  [[nodiscard]] std::vector<ArmEffect<Timer>> armed(TimerKind kind) const {
    std::vector<ArmEffect<Timer>> found;
    for (const auto& effect : effects) {
      const auto* arm = std::get_if<ArmEffect<Timer>>(&effect);
      if (arm != nullptr && arm->timer.kind == kind) {
        found.push_back(*arm);
      }
    }
    return found;
  }

  Registry registry;
  Broker broker;
  Chooser chooser = Chooser::calm();
  TimerTable timers;
  Disk disk;
  Durable durable;
  LocalTime now;
  std::vector<Outbox<KafkaTypes>::Effect> effects;
  std::vector<Note> notes;
};

}  // namespace kscope::sim
