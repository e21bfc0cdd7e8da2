#include "sim/zookeeper/znode_tree.h"

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

/// What every descendant's path begins with.
std::string child_prefix(std::string_view path) { return path == "/" ? "/" : std::string(path) + "/"; }

}  // namespace

std::string_view parent_path(std::string_view path) {
  KSCOPE_CHECK(path.size() > 1, "the root has no parent");
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

ZnodeTree::ZnodeTree() {
  auto nodes = std::make_shared<Nodes>();
  nodes->emplace("/", Znode{std::make_shared<const ZnodeData>(), {}, {}, {}, {}});
  nodes_ = std::move(nodes);
}

ZnodeTree::Nodes& ZnodeTree::writable() {
  if (nodes_.use_count() > 1) {
    nodes_ = std::make_shared<Nodes>(*nodes_);
  }
  // Made by make_shared<Nodes>, so never a const object; this tree is its only owner.
  return const_cast<Nodes&>(*nodes_);
}

const Znode* ZnodeTree::find(std::string_view path) const {
  const auto at = nodes_->find(path);
  return at == nodes_->end() ? nullptr : &at->second;
}

std::vector<std::string> ZnodeTree::children(std::string_view path) const {
  const std::string prefix = child_prefix(path);
  std::vector<std::string> names;
  auto at = nodes_->upper_bound(prefix);
  while (at != nodes_->end() && at->first.starts_with(prefix)) {
    const std::string_view rest = std::string_view(at->first).substr(prefix.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) {
      names.emplace_back(rest);
      ++at;
    } else {
      // Grandchildren: '0' is the character after '/', so this is the first path behind them.
      at = nodes_->lower_bound(prefix + std::string(rest.substr(0, slash)) + "0");
    }
  }
  return names;
}

bool ZnodeTree::has_children(std::string_view path) const {
  const std::string prefix = child_prefix(path);
  const auto at = nodes_->upper_bound(prefix);
  return at != nodes_->end() && at->first.starts_with(prefix);
}

std::vector<std::string> ZnodeTree::ephemerals_of(SessionId session) const {
  std::vector<std::string> paths;
  for (const auto& [path, node] : *nodes_) {
    if (session.is_valid() && node.ephemeral_owner == session) {
      paths.push_back(path);
    }
  }
  return paths;
}

ZkCode ZnodeTree::check(const ZkOperation& operation) const {
  const Znode* node = find(operation.path);
  switch (operation.op) {
    case ZkOp::kCreate: {
      if (node != nullptr) {
        return ZkCode::kNodeExists;
      }
      const Znode* parent = find(parent_path(operation.path));
      if (parent == nullptr) {
        return ZkCode::kNoNode;
      }
      return parent->ephemeral_owner.is_valid() ? ZkCode::kNoChildrenForEphemerals : ZkCode::kOk;
    }
    case ZkOp::kDelete:
    case ZkOp::kSetData:
    case ZkOp::kCheck:
      if (node == nullptr) {
        return ZkCode::kNoNode;
      }
      if (operation.version != ZnodeVersion{-1} && operation.version != node->version) {
        return ZkCode::kBadVersion;
      }
      return operation.op == ZkOp::kDelete && has_children(operation.path) ? ZkCode::kNotEmpty : ZkCode::kOk;
    case ZkOp::kGetData:
    case ZkOp::kExists:
    case ZkOp::kGetChildren: return node == nullptr ? ZkCode::kNoNode : ZkCode::kOk;
  }
  return ZkCode::kOk;
}

void ZnodeTree::apply(const ZkOperation& operation, Zxid zxid, SessionId session) {
  switch (operation.op) {
    case ZkOp::kCreate: {
      const bool is_ephemeral = operation.mode == ZkCreateMode::kEphemeral;
      writable().emplace(operation.path, Znode{std::make_shared<const ZnodeData>(operation.data), ZnodeVersion{0}, zxid,
                                               zxid, is_ephemeral ? session : SessionId{}});
      return;
    }
    case ZkOp::kDelete: writable().erase(operation.path); return;
    case ZkOp::kSetData: {
      Znode& node = writable().find(operation.path)->second;
      node.data = std::make_shared<const ZnodeData>(operation.data);
      ++node.version;
      node.mzxid = zxid;
      return;
    }
    case ZkOp::kGetData:
    case ZkOp::kExists:
    case ZkOp::kGetChildren:
    case ZkOp::kCheck: return;
  }
}

void ZnodeTree::put_back(const std::string& path, const std::optional<Znode>& node) {
  if (node) {
    writable().insert_or_assign(path, *node);
  } else {
    writable().erase(path);
  }
}

ZkResult ZnodeTree::read(const ZkOperation& operation) const {
  ZkResult result;
  const Znode* node = find(operation.path);
  if (node == nullptr) {
    result.code = ZkCode::kNoNode;
    return result;
  }
  result.version = node->version;
  result.czxid = node->czxid;
  result.ephemeral_owner = node->ephemeral_owner;
  if (operation.op == ZkOp::kGetData) {
    result.data = *node->data;
  }
  if (operation.op == ZkOp::kGetChildren) {
    result.children = children(operation.path);
  }
  return result;
}

}  // namespace kscope::sim
