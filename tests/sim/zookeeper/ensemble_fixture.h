#pragma once
// An ensemble of real ZooKeeper servers in a kernel, with plain clients that do what commands tell them.

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/run/kernel.h"
#include "sim/zookeeper/zk_paths.h"
#include "sim/zookeeper/zk_server.h"

namespace kscope::sim {

/// Requests that commands name by their index.
using RequestBook = std::shared_ptr<std::vector<std::vector<ZkOperation>>>;

/// A client without any logic of its own: connects, pings and asks as it is told, and keeps what it hears.
struct PlainZkClient {
  RequestBook book;
  NodeId server;
  SessionId session;
  Duration timeout{0};
  std::int64_t next_xid = 1;
  bool is_silent = false;
  std::vector<ZkConnectResponse> connects;
  std::vector<ZkResponse> responses;
  std::vector<ZkWatchEvent> events;
  int disconnects = 0;

  static void send(Ctx& ctx, NodeId to, MessageBody body) { ctx.send(to, Message{0, std::move(body)}, 100); }

  void on_message(Ctx& ctx, NodeId from, const Message& message) {
    if (const auto* connect = std::get_if<ZkConnectResponse>(&message.body)) {
      connects.push_back(*connect);
      session = connect->session;
      server = from;
      timeout = connect->session_timeout;
      if (session.is_valid()) {
        ctx.after(timeout / 3, Timer{TimerKind::kZkPing, 0, 0});
      }
    } else if (const auto* response = std::get_if<ZkResponse>(&message.body)) {
      responses.push_back(*response);
    } else if (const auto* event = std::get_if<ZkWatchEvent>(&message.body)) {
      events.push_back(*event);
    }
  }
  void on_timer(Ctx& ctx) {
    if (!is_silent && server.is_valid()) {
      send(ctx, server, ZkPing{session});
    }
    ctx.after(timeout / 3, Timer{TimerKind::kZkPing, 0, 0});
  }
  void on_command(Ctx& ctx, const Command& command) {
    const NodeId to(static_cast<std::int32_t>(command.count));
    if (command.name == "connect") {
      server = to;
      send(ctx, to, ZkConnectRequest{session, command.duration, Zxid{0}});
    } else if (command.name == "silent") {
      is_silent = true;
    } else if (command.name == "close") {
      send(ctx, server, ZkCloseSession{session, next_xid++});
    } else {
      send(ctx, server, ZkRequest{session, next_xid++, (*book)[static_cast<std::size_t>(command.count)]});
    }
  }
};

struct EnsembleModel {
  using Types = KafkaTypes;
  using Role = std::variant<ZooKeeperServer, PlainZkClient>;
  RequestBook book;

  Role make_role(NodeId node, const Registry& registry, const Durable&) const {
    if (static_cast<std::size_t>(node.value) < registry.zookeepers.size()) {
      return make_zookeeper_server(registry);
    }
    PlainZkClient client;
    client.book = book;
    return client;
  }
  void on_start(Ctx& ctx, Role& role) const {
    if (auto* server = std::get_if<ZooKeeperServer>(&role)) {
      server->on_start(ctx);
    }
  }
  void on_message(Ctx& ctx, Role& role, NodeId from, const Message& message) const {
    std::visit([&](auto& r) { r.on_message(ctx, from, message); }, role);
  }
  void on_timer(Ctx& ctx, Role& role, const Timer& timer) const {
    if (auto* server = std::get_if<ZooKeeperServer>(&role)) {
      server->on_timer(ctx, timer);
    } else {
      std::get<PlainZkClient>(role).on_timer(ctx);
    }
  }
  void on_disk(Ctx& ctx, Role& role, const DiskDone& done) const { std::get<ZooKeeperServer>(role).on_disk(ctx, done); }
  void on_disconnect(Ctx& ctx, Role& role, NodeId peer) const {
    if (auto* server = std::get_if<ZooKeeperServer>(&role)) {
      server->on_disconnect(ctx, peer);
    } else {
      ++std::get<PlainZkClient>(role).disconnects;
    }
  }
  void on_command(Ctx& ctx, Role& role, const Command& command) const {
    std::visit([&](auto& r) { r.on_command(ctx, command); }, role);
  }
  void apply_to_registry(Registry&, const Command&) const {}
  void lose_unflushed(Durable& durable, const Disk& disk) const { durable.zk_log.lose_unflushed(disk); }
};

/// `servers` ZooKeeper servers (nodes 0 ..), then `clients` clients.
class Ensemble {
 public:
  explicit Ensemble(int servers, int clients = 1, std::uint64_t seed = 1)
      : server_count_(servers), book_(std::make_shared<std::vector<std::vector<ZkOperation>>>()) {
    Registry registry;
    std::vector<BrokerSetup> brokers;
    std::vector<NodeSetup> nodes;
    for (int i = 0; i < servers + clients; ++i) {
      NodeEntry entry;
      entry.role = i < servers ? NodeRole::kZooKeeper : NodeRole::kBroker;
      entry.index = i < servers ? i : i - servers;
      registry.nodes.push_back(entry);
      nodes.emplace_back();
      if (i < servers) {
        registry.zookeepers.emplace_back(i);
      } else {
        BrokerSetup broker;
        broker.id = BrokerId(i - servers + 1);
        brokers.push_back(broker);
        registry.broker_nodes.emplace_back(i);
      }
    }
    registry.brokers = std::make_shared<const std::vector<BrokerSetup>>(brokers);
    kernel = Kernel<EnsembleModel>(EnsembleModel{book_}, registry, nodes, NetworkSetup{}, seed);
  }

  [[nodiscard]] NodeId client(int i) const { return NodeId(server_count_ + i); }
  [[nodiscard]] const ZooKeeperServer& server(int i) const {
    return std::get<ZooKeeperServer>(*kernel.role(NodeId(i)));
  }
  [[nodiscard]] const PlainZkClient& plain(int i) const { return std::get<PlainZkClient>(*kernel.role(client(i))); }
  [[nodiscard]] bool is_up(int i) const { return kernel.role(NodeId(i)) != nullptr; }

  void run_for(Duration duration) {
    now_ += duration;
    while (kernel.step({}, now_)) {
    }
  }
  void fault(FaultKind kind, int node, int peer = -1, Duration duration = {}, std::int64_t factor = 0) {
    FaultAction action;
    action.kind = kind;
    action.node = NodeId(node);
    action.peer = NodeId(peer);
    action.duration = duration;
    action.factor = factor;
    kernel.schedule(now_, action);
  }
  void tell(int client_index, const std::string& what, std::int64_t count = 0, Duration duration = {}) {
    Command command;
    command.node = client(client_index);
    command.name = what;
    command.count = count;
    command.duration = duration;
    kernel.schedule(now_, command);
  }
  void connect(int client_index, int server, Duration timeout = 6s) { tell(client_index, "connect", server, timeout); }
  void ask(int client_index, std::vector<ZkOperation> operations) {
    book_->push_back(std::move(operations));
    tell(client_index, "ask", static_cast<std::int64_t>(book_->size()) - 1);
  }
  /// Index of the server that leads and serves, -1 if none; fails the check when two do in the same epoch.
  [[nodiscard]] int leader() const {
    int found = -1;
    for (int i = 0; i < server_count_; ++i) {
      if (is_up(i) && server(i).is_leading() && (found < 0 || server(i).epoch() > server(found).epoch())) {
        found = i;
      }
    }
    return found;
  }

  Kernel<EnsembleModel> kernel;

 private:
  int server_count_;
  RequestBook book_;
  SimTime now_;
};

}  // namespace kscope::sim
