#pragma once
// A ZooKeeper ensemble and real brokers in a kernel, with one plain administrator that sends what it is told.

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/run/kernel.h"
#include "sim/broker/broker.h"
#include "sim/log/recovery.h"
#include "sim/zookeeper/zk_server.h"

namespace kscope::sim {

/// Sends requests by their index in a book and keeps the answers.
struct PlainAdmin {
  std::shared_ptr<std::vector<std::pair<NodeId, MessageBody>>> book;
  std::vector<Message> answers;
  std::int64_t next_correlation = 1;

  void on_start(Ctx&) {}
  void on_message(Ctx&, NodeId, const Message& message) { answers.push_back(message); }
  void on_timer(Ctx&, const Timer&) {}
  void on_disconnect(Ctx&, NodeId) {}
  void on_command(Ctx& ctx, const Command& command) {
    const auto& [to, body] = book->at(static_cast<std::size_t>(command.count));
    send_request(ctx, next_correlation, to, body);
  }
};

struct SmallClusterModel {
  using Types = KafkaTypes;
  using Role = std::variant<Broker, ZooKeeperServer, PlainAdmin>;
  std::shared_ptr<std::vector<std::pair<NodeId, MessageBody>>> book;

  Role make_role(NodeId node, const Registry& registry, const Durable&) const {
    const NodeRole role = registry.nodes.at(static_cast<std::size_t>(node.value)).role;
    if (role == NodeRole::kZooKeeper) {
      return make_zookeeper_server(registry);
    }
    if (role == NodeRole::kBroker) {
      return Broker{};
    }
    return PlainAdmin{book, {}, 1};
  }
  void on_start(Ctx& ctx, Role& role) const {
    std::visit([&](auto& r) { r.on_start(ctx); }, role);
  }
  void on_message(Ctx& ctx, Role& role, NodeId from, const Message& message) const {
    std::visit([&](auto& r) { r.on_message(ctx, from, message); }, role);
  }
  void on_timer(Ctx& ctx, Role& role, const Timer& timer) const {
    std::visit([&](auto& r) { r.on_timer(ctx, timer); }, role);
  }
  void on_disk(Ctx& ctx, Role& role, const DiskDone& done) const {
    if (auto* broker = std::get_if<Broker>(&role)) {
      broker->on_disk(ctx, done);
    } else {
      std::get<ZooKeeperServer>(role).on_disk(ctx, done);
    }
  }
  void on_disconnect(Ctx& ctx, Role& role, NodeId peer) const {
    std::visit([&](auto& r) { r.on_disconnect(ctx, peer); }, role);
  }
  void on_command(Ctx& ctx, Role& role, const Command& command) const {
    std::visit([&](auto& r) { r.on_command(ctx, command); }, role);
  }
  void apply_to_registry(Registry&, const Command&) const {}
  void lose_unflushed(Durable& durable, const Disk& disk) const { sim::lose_unflushed(durable, disk); }
};

/// Keeps every note of the run.
struct NoteKeeper : kscope::Observer<SmallClusterModel> {
  struct Kept {
    SimTime time;
    NodeId node;
    Note note;
  };
  std::vector<Kept> notes;
  void on_event(const Kernel<SmallClusterModel>&, const EventInfo<KafkaTypes>& event) override {
    for (const Note& note : event.notes) {
      notes.push_back({event.time, event.node, note});
    }
  }
  [[nodiscard]] std::vector<Note> of(NoteKind kind) const {
    std::vector<Note> found;
    for (const Kept& kept : notes) {
      if (kept.note.kind == kind) {
        found.push_back(kept.note);
      }
    }
    return found;
  }
};

/// Brokers have the ids 1, 2, 3 ...; the only topic besides __consumer_offsets is "orders" (topic 1).
class SmallCluster {
 public:
  SmallCluster(int zookeepers, int brokers, std::uint64_t seed = 1, BrokerConfig config = quick())
      : zookeepers_(zookeepers),
        brokers_(brokers),
        book_(std::make_shared<std::vector<std::pair<NodeId, MessageBody>>>()) {
    Registry registry;
    std::vector<BrokerSetup> setups;
    std::vector<NodeSetup> nodes(static_cast<std::size_t>(zookeepers + brokers + 1));
    for (int i = 0; i < zookeepers; ++i) {
      registry.nodes.push_back({NodeRole::kZooKeeper, "zk" + std::to_string(i + 1), i, Duration{0}});
      registry.zookeepers.emplace_back(i);
    }
    for (int i = 0; i < brokers; ++i) {
      registry.nodes.push_back({NodeRole::kBroker, "b" + std::to_string(i + 1), i, Duration{0}});
      registry.broker_nodes.emplace_back(zookeepers + i);
      setups.push_back({BrokerId(i + 1), "", config});
    }
    registry.nodes.push_back({NodeRole::kAdmin, "admin", 0, Duration{0}});
    registry.admin = NodeId(zookeepers + brokers);
    registry.brokers = std::make_shared<const std::vector<BrokerSetup>>(setups);
    registry.zookeeper_config.tick_time = 2s;
    registry.topics.resize(2);
    registry.topics[0].name = "__consumer_offsets";
    registry.topics[0].is_internal = true;
    registry.topics[1].name = "orders";
    world = Kernel<SmallClusterModel>(SmallClusterModel{book_}, registry, nodes, NetworkSetup{}, seed);
  }
  static BrokerConfig quick() {
    BrokerConfig config;
    config.zookeeper_session_timeout_ms = 6s;
    config.replica_lag_time_max_ms = 10s;
    config.auto_leader_rebalance_enable = false;
    config.offsets_topic_num_partitions = 3;
    config.controlled_shutdown_retry_backoff_ms = 1s;
    return config;
  }

  [[nodiscard]] NodeId node(int broker) const { return NodeId(zookeepers_ + broker - 1); }
  /// The broker with this id; nullptr while it is down.
  [[nodiscard]] const Broker* broker(int id) const {
    const SmallClusterModel::Role* role = world.role(node(id));
    return role == nullptr ? nullptr : std::get_if<Broker>(role);
  }
  [[nodiscard]] const std::vector<Message>& answers() const {
    return std::get<PlainAdmin>(*world.role(NodeId(zookeepers_ + brokers_))).answers;
  }
  /// Id of the broker that is controller and has loaded its context; -1 if none.
  [[nodiscard]] int controller() const {
    int found = -1;
    std::int32_t epoch = -1;
    for (int id = 1; id <= brokers_; ++id) {
      const Broker* b = broker(id);
      if (b != nullptr && b->controller.is_initialized && b->controller.context.epoch.value > epoch) {
        found = id;
        epoch = b->controller.context.epoch.value;
      }
    }
    return found;
  }
  /// State of a partition as the controller has it.
  [[nodiscard]] PartitionState state(int partition, TopicId topic = TopicId{1}) const {
    const Broker* b = broker(controller());
    const ControllerPartition* entry =
        b == nullptr ? nullptr : b->controller.context.partitions.get({topic, partition});
    return entry != nullptr && entry->leadership ? *entry->leadership : PartitionState{};
  }
  [[nodiscard]] std::vector<int> isr(int partition) const {
    std::vector<int> ids;
    for (const BrokerId id : state(partition).isr) {
      ids.push_back(id.value);
    }
    return ids;
  }

  void run_for(Duration duration) {
    now_ += duration;
    kscope::Observer<SmallClusterModel>* observers[] = {&notes};
    while (world.step(observers, now_)) {
    }
  }
  void fault(FaultKind kind, NodeId at, NodeId peer = NodeId{}, Duration duration = {}, std::int64_t factor = 0) {
    world.schedule(now_, FaultAction{kind, at, peer, duration, factor, 0});
  }
  void command(CommandKind kind, NodeId at, std::int64_t count = 0) {
    Command command;
    command.kind = kind;
    command.node = at;
    command.count = count;
    world.schedule(now_, command);
  }
  /// The administrator sends `body` to a broker.
  void ask(int id, MessageBody body) {
    book_->emplace_back(node(id), std::move(body));
    command(CommandKind::kCommitNow, NodeId(zookeepers_ + brokers_), static_cast<std::int64_t>(book_->size()) - 1);
  }
  void create_topic(std::vector<std::vector<int>> assignment) {
    CreateTopicsRequest request;
    request.topic = TopicId{1};
    for (const std::vector<int>& replicas : assignment) {
      request.assignment.emplace_back();
      for (const int id : replicas) {
        request.assignment.back().emplace_back(id);
      }
    }
    ask(controller(), request);
  }

  Kernel<SmallClusterModel> world;
  NoteKeeper notes;

 private:
  int zookeepers_;
  int brokers_;
  std::shared_ptr<std::vector<std::pair<NodeId, MessageBody>>> book_;
  SimTime now_;
};

}  // namespace kscope::sim
