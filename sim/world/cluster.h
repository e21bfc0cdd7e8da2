#pragma once
// The Kafka model as the kernel sees it: which roles there are and who handles what. `World` is the whole simulated
// cluster, one regular value.

#include <memory>
#include <variant>

#include "engine/run/kernel.h"
#include "sim/broker/broker.h"
#include "sim/client/admin.h"
#include "sim/client/consumer.h"
#include "sim/client/producer.h"
#include "sim/controller/kraft/kraft_controller.h"
#include "sim/world/vocabulary.h"
#include "sim/zookeeper/zk_server.h"

namespace kscope::sim {

using Role = std::variant<Broker, ZooKeeperServer, Producer, Consumer, Admin, KraftController>;

/// Stateless: all state is in roles, durables and the registry. A message that a role cannot receive is a failed check.
struct KafkaModel {
  using Types = KafkaTypes;
  using Role = sim::Role;

  Role make_role(NodeId node, const Registry& registry, const Durable& durable) const;
  void on_start(Ctx& ctx, Role& role) const;
  void on_message(Ctx& ctx, Role& role, NodeId from, const Message& message) const;
  void on_timer(Ctx& ctx, Role& role, const Timer& timer) const;
  void on_disk(Ctx& ctx, Role& role, const DiskDone& done) const;
  void on_disconnect(Ctx& ctx, Role& role, NodeId peer) const;
  void on_command(Ctx& ctx, Role& role, const Command& command) const;
  void apply_to_registry(Registry& registry, const Command& command) const;
  void lose_unflushed(Durable& durable, const Disk& disk) const;
  /// What the controller of a process is told when its broker has left. Source: KafkaRaftServer.shutdown, Kafka 3.9.
  Command shutdown_command(NodeId part) const;
};

using World = Kernel<KafkaModel>;
using Observer = kscope::Observer<KafkaModel>;

}  // namespace kscope::sim

// Instantiated once, in cluster.cpp: every other file is spared the work.
extern template class kscope::Kernel<kscope::sim::KafkaModel>;
