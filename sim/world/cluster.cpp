#include "sim/world/cluster.h"

#include "engine/core/check.h"
#include "sim/log/recovery.h"

namespace kscope::sim {

// The two places where a role is told apart: everything below them is overloads on concrete types.

Role KafkaModel::make_role(NodeId node, const Registry& registry, const Durable&) const {
  switch (registry.nodes.at(static_cast<std::size_t>(node.value)).role) {
    case NodeRole::kBroker: return Broker{};
    case NodeRole::kZooKeeper: return make_zookeeper_server(registry);
    case NodeRole::kProducer: return Producer(registry.producer(node));
    case NodeRole::kConsumer: return Consumer(registry.consumer(node));
    case NodeRole::kAdmin: return Admin{};
    case NodeRole::kController: return make_kraft_controller(registry, node);
  }
  KSCOPE_CHECK(false, "a node has a role that the model does not know");
  return Admin{};
}

void KafkaModel::on_start(Ctx& ctx, Role& role) const {
  std::visit([&](auto& r) { r.on_start(ctx); }, role);
}

void KafkaModel::on_message(Ctx& ctx, Role& role, NodeId from, const Message& message) const {
  std::visit([&](auto& r) { r.on_message(ctx, from, message); }, role);
}

void KafkaModel::on_timer(Ctx& ctx, Role& role, const Timer& timer) const {
  std::visit([&](auto& r) { r.on_timer(ctx, timer); }, role);
}

void KafkaModel::on_disk(Ctx& ctx, Role& role, const DiskDone& done) const {
  if (auto* broker = std::get_if<Broker>(&role)) {
    broker->on_disk(ctx, done);
  } else if (auto* server = std::get_if<ZooKeeperServer>(&role)) {
    server->on_disk(ctx, done);
  } else if (auto* controller = std::get_if<KraftController>(&role)) {
    controller->on_disk(ctx, done);
  } else {
    KSCOPE_CHECK(false, "a role without a disk was told of a flush");
  }
}

void KafkaModel::on_disconnect(Ctx& ctx, Role& role, NodeId peer) const {
  std::visit([&](auto& r) { r.on_disconnect(ctx, peer); }, role);
}

void KafkaModel::on_command(Ctx& ctx, Role& role, const Command& command) const {
  std::visit([&](auto& r) { r.on_command(ctx, command); }, role);
}

Command KafkaModel::shutdown_command(NodeId part) const {
  Command command;
  command.kind = CommandKind::kCleanShutdown;
  command.node = part;
  return command;
}

void KafkaModel::lose_unflushed(Durable& durable, const Disk& disk) const { sim::lose_unflushed(durable, disk); }

}  // namespace kscope::sim

template class kscope::Kernel<kscope::sim::KafkaModel>;
