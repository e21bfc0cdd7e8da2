#pragma once
// One-shot watches that a server holds for the clients connected to it. They are part of neither the log nor the tree:
// when the connection goes, they go. Source: ZooKeeper 3.8 WatchManager.
// MODEL: a client's re-registration of old watches (setWatches) is not modelled; after a reconnect the Kafka controller
// reads again what it watches, which sees the same changes.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/core/node_id.h"
#include "sim/protocol/zookeeper.h"

namespace kscope::sim {

/// One watch that went off: `client` is to be told `event`.
struct TriggeredWatch {
  NodeId client;
  ZkWatchEvent event;
};

class WatchTable {
 public:
  /// A read with a watch: getData and exists watch the znode itself, getChildren its children.
  void add(ZkOp op, const std::string& path, NodeId client);
  /// The connection is gone.
  void remove_client(NodeId client);
  void clear();
  /// Removes and returns the watches that a committed write to `path` sets off, in the order of ZooKeeper: first the
  /// znode's own, then its parent's children watches; clients in order of id.
  std::vector<TriggeredWatch> trigger(ZkOp write, const std::string& path);
  [[nodiscard]] std::size_t size() const;

 private:
  using Table = std::map<std::string, std::set<NodeId>>;
  static void take(Table& table, const std::string& path, ZkWatchKind kind, std::vector<TriggeredWatch>& out);

  Table data_;
  Table children_;
};

}  // namespace kscope::sim
