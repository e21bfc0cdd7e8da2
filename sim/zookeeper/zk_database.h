#pragma once
// What the committed transactions amount to: the tree and the sessions. Applying the same transactions in zxid order gives
// the same database on every server; a restarted server rebuilds it from its log.
// MODEL: ZooKeeper's leader checks versions before it proposes and logs the outcome; here a transaction carries the request
// and every server checks when it applies. The order is the same, so the outcome is.
// Source: ZooKeeper 3.8 ZKDatabase, DataTree.processTxn, PrepRequestProcessor.

#include <map>

#include "sim/protocol/zookeeper.h"
#include "sim/zookeeper/watch_table.h"
#include "sim/zookeeper/znode_tree.h"

namespace kscope::sim {

struct ZkSession {
  NodeId client;
  Duration timeout{0};
};

/// What one transaction did.
struct ZkApplied {
  ZkResponse response;  ///< for the client that asked
  std::vector<std::pair<ZkOp, std::string>>
      writes;  ///< what changed, for watches: kCreate, kDelete, kSetData and the path
};

struct ZkDatabase {
  ZnodeTree tree;
  std::map<SessionId, ZkSession> sessions;
  Zxid last_applied{0};

  /// Applies the next transaction. Requires: its zxid is larger than last_applied. A request of a session that is over
  /// changes nothing (kSessionExpired); of a multi with one failing operation nothing is done.
  ZkApplied apply(const ZkTransaction& transaction);
  /// Answers reads (several at once: each has its own code).
  [[nodiscard]] ZkResponse read(const ZkRequest& request) const;
};

/// Whether all operations are reads, which the server answers itself.
[[nodiscard]] bool is_read_only(const ZkRequest& request);

}  // namespace kscope::sim
