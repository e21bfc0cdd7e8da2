#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim {

namespace {

/// The tree of the server that leads the ensemble; null while none does.
const ZnodeTree* leading_tree(const CheckContext& c) {
  for (const NodeId node : c.registry().zookeepers) {
    const Role* role = c.world.role(node);
    const auto* server = role == nullptr ? nullptr : std::get_if<ZooKeeperServer>(role);
    if (server != nullptr && server->is_leading()) {
      return &server->database.tree;
    }
  }
  return nullptr;
}

Finding check_registration(const CheckContext& c, const ZnodeTree& tree) {
  const Broker* broker = c.broker(c.event.node);
  const Znode* znode = broker == nullptr ? nullptr : tree.find(zk::broker_path(broker->id));
  if (znode == nullptr) {
    return Finding::not_asked();
  }
  if (znode->ephemeral_owner != broker->zk.session) {
    return Finding::broken(
        fmt::format("{} takes a registration for its own that belongs to another session", c.node_name(c.event.node)));
  }
  return Finding::fine();
}

Finding check_write(const CheckContext& c, const ZnodeTree& tree) {
  const std::string& topic = c.registry().topics.at(static_cast<std::size_t>(c.note.partition.topic.value)).name;
  const Znode* state = tree.find(zk::partition_state_path(topic, c.note.partition.partition));
  const Znode* epoch = tree.find(zk::kControllerEpochPath);
  // Before KIP-497 leaders write too, with whatever controller epoch they know.
  const bool leaders_write =
      c.registry().rules.is_old(Rule::kKip497) ||
      std::any_of(c.registry().brokers->begin(), c.registry().brokers->end(), [](const BrokerSetup& broker) {
        return broker.config.inter_broker_protocol_version < kIbpAlterPartition;
      });
  if (state == nullptr || epoch == nullptr || leaders_write) {
    return Finding::not_asked();
  }
  const std::int32_t writer = state->data->state.controller_epoch.value;
  if (epoch->mzxid < state->mzxid && writer < epoch->data->number) {
    return Finding::broken(fmt::format("{}: a controller of epoch {} wrote the state after epoch {} had begun",
                                       c.partition(), writer, epoch->data->number));
  }
  return Finding::fine();
}

}  // namespace

/// What a controller writes to ZooKeeper is refused once another has begun an epoch (KAFKA-6082), and a broker's registration
/// belongs to its present session (KAFKA-7165).
Finding check_zookeeper_guard(const CheckContext& c) {
  const ZnodeTree* tree = leading_tree(c);
  if (tree == nullptr) {
    return Finding::not_asked();
  }
  return c.note.kind == NoteKind::kBrokerRegistered ? check_registration(c, *tree) : check_write(c, *tree);
}

}  // namespace kscope::sim
