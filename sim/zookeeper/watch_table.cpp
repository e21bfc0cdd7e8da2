#include "sim/zookeeper/watch_table.h"

#include "sim/zookeeper/znode_tree.h"

namespace kscope::sim {

void WatchTable::add(ZkOp op, const std::string& path, NodeId client) {
  Table& table = op == ZkOp::kGetChildren ? children_ : data_;
  table[path].insert(client);
}

void WatchTable::remove_client(NodeId client) {
  for (Table* table : {&data_, &children_}) {
    for (auto at = table->begin(); at != table->end();) {
      at->second.erase(client);
      at = at->second.empty() ? table->erase(at) : std::next(at);
    }
  }
}

void WatchTable::clear() {
  data_.clear();
  children_.clear();
}

std::vector<TriggeredWatch> WatchTable::trigger(ZkOp write, const std::string& path) {
  std::vector<TriggeredWatch> out;
  switch (write) {
    case ZkOp::kCreate:
      take(data_, path, ZkWatchKind::kCreated, out);
      take(children_, std::string(parent_path(path)), ZkWatchKind::kChildrenChanged, out);
      break;
    case ZkOp::kDelete:
      take(data_, path, ZkWatchKind::kDeleted, out);
      take(children_, path, ZkWatchKind::kDeleted, out);
      take(children_, std::string(parent_path(path)), ZkWatchKind::kChildrenChanged, out);
      break;
    case ZkOp::kSetData: take(data_, path, ZkWatchKind::kDataChanged, out); break;
    case ZkOp::kGetData:
    case ZkOp::kExists:
    case ZkOp::kGetChildren:
    case ZkOp::kCheck: break;
  }
  return out;
}

std::size_t WatchTable::size() const {
  std::size_t count = 0;
  for (const Table* table : {&data_, &children_}) {
    for (const auto& [path, clients] : *table) {
      count += clients.size();
    }
  }
  return count;
}

void WatchTable::take(Table& table, const std::string& path, ZkWatchKind kind, std::vector<TriggeredWatch>& out) {
  const auto at = table.find(path);
  if (at == table.end()) {
    return;
  }
  for (const NodeId client : at->second) {
    out.push_back({client, {kind, path}});
  }
  table.erase(at);
}

}  // namespace kscope::sim
