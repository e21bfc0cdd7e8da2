#pragma once
// The tree of znodes: versioned data, ephemeral owners, children. A pure data structure, the same on every server that
// has applied the same transactions. Source: ZooKeeper 3.8 DataTree. Not here: ACLs, quotas, containers, TTL nodes.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/protocol/zookeeper.h"

namespace kscope::sim {

struct Znode {
  std::shared_ptr<const ZnodeData> data;  ///< shared between copies of the world
  ZnodeVersion version{0};
  Zxid czxid{0};
  Zxid mzxid{0};
  SessionId ephemeral_owner;  ///< none = persistent
};

class ZnodeTree {
 public:
  /// Starts with the root "/" alone.
  ZnodeTree();

  [[nodiscard]] const Znode* find(std::string_view path) const;
  /// Names (not paths) of the children, sorted. Cost O(descendants).
  [[nodiscard]] std::vector<std::string> children(std::string_view path) const;
  [[nodiscard]] bool has_children(std::string_view path) const;
  /// Paths of the session's ephemeral znodes, sorted. Cost O(znodes).
  [[nodiscard]] std::vector<std::string> ephemerals_of(SessionId session) const;
  [[nodiscard]] const std::map<std::string, Znode, std::less<>>& all() const { return *nodes_; }

  /// What the operation would give now, without doing it. kNoNode, kNodeExists, kBadVersion, kNotEmpty,
  /// kNoChildrenForEphemerals.
  [[nodiscard]] ZkCode check(const ZkOperation& operation) const;
  /// Carries out a write that `check` found kOk; reads and checks change nothing.
  void apply(const ZkOperation& operation, Zxid zxid, SessionId session);
  /// Puts a znode back to what it was before a write (none = it did not exist): undoes a multi that failed later on.
  void put_back(const std::string& path, const std::optional<Znode>& node);
  /// The answer to a read (kGetData, kExists, kGetChildren), and the state after a write.
  [[nodiscard]] ZkResult read(const ZkOperation& operation) const;

 private:
  using Nodes = std::map<std::string, Znode, std::less<>>;
  /// The nodes for a change: copies of the world share them until one of them writes.
  Nodes& writable();

  std::shared_ptr<const Nodes> nodes_;
};

/// "/brokers/ids/1" -> "/brokers/ids"; "/brokers" -> "/". Requires: path is not "/".
std::string_view parent_path(std::string_view path);

}  // namespace kscope::sim
