#include "sim/zookeeper/zk_database.h"

#include <algorithm>

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

bool is_read(ZkOp op) { return op == ZkOp::kGetData || op == ZkOp::kExists || op == ZkOp::kGetChildren; }

bool is_write(ZkOp op) { return op == ZkOp::kCreate || op == ZkOp::kDelete || op == ZkOp::kSetData; }

/// Carries out the operations in order, each on top of those before it; takes everything back when one fails.
void apply_operations(ZkDatabase& database, const ZkTransaction& transaction, ZkApplied& applied) {
  std::vector<std::pair<std::string, std::optional<Znode>>> undo;
  applied.response.results.resize(transaction.operations.size());
  for (std::size_t i = 0; i < transaction.operations.size(); ++i) {
    const ZkOperation& operation = transaction.operations[i];
    const ZkCode code = database.tree.check(operation);
    if (code != ZkCode::kOk) {
      for (auto at = undo.rbegin(); at != undo.rend(); ++at) {
        database.tree.put_back(at->first, at->second);
      }
      applied.writes.clear();
      applied.response.results.assign(transaction.operations.size(), ZkResult{});
      applied.response.results[i].code = code;
      applied.response.code = code;
      return;
    }
    if (is_write(operation.op)) {
      const Znode* before = database.tree.find(operation.path);
      undo.emplace_back(operation.path, before == nullptr ? std::nullopt : std::optional<Znode>(*before));
      database.tree.apply(operation, transaction.zxid, transaction.session);
      applied.writes.emplace_back(operation.op, operation.path);
    }
    if (operation.op != ZkOp::kDelete) {
      applied.response.results[i] = database.tree.read(operation);
    }
  }
}

void close_session(ZkDatabase& database, const ZkTransaction& transaction, ZkApplied& applied) {
  for (const std::string& path : database.tree.ephemerals_of(transaction.session)) {
    ZkOperation removal;
    removal.op = ZkOp::kDelete;
    removal.path = path;
    database.tree.apply(removal, transaction.zxid, transaction.session);
    applied.writes.emplace_back(ZkOp::kDelete, path);
  }
  database.sessions.erase(transaction.session);
}

}  // namespace

ZkApplied ZkDatabase::apply(const ZkTransaction& transaction) {
  KSCOPE_CHECK(transaction.zxid > last_applied, "transactions are applied in zxid order, each once");
  last_applied = transaction.zxid;
  ZkApplied applied;
  applied.response.xid = transaction.xid;
  applied.response.zxid = transaction.zxid;
  if (transaction.opens_session) {
    sessions[SessionId{transaction.zxid.value}] = {transaction.client, transaction.session_timeout};
    return applied;
  }
  if (!sessions.contains(transaction.session)) {
    applied.response.code = ZkCode::kSessionExpired;
    return applied;
  }
  if (transaction.closes_session) {
    close_session(*this, transaction, applied);
    return applied;
  }
  apply_operations(*this, transaction, applied);
  return applied;
}

ZkResponse ZkDatabase::read(const ZkRequest& request) const {
  ZkResponse response;
  response.xid = request.xid;
  response.zxid = last_applied;
  for (const ZkOperation& operation : request.operations) {
    response.results.push_back(tree.read(operation));
  }
  if (response.results.size() == 1) {
    response.code = response.results.front().code;
  }
  return response;
}

bool is_read_only(const ZkRequest& request) {
  return std::all_of(request.operations.begin(), request.operations.end(),
                     [](const ZkOperation& operation) { return is_read(operation.op); });
}

}  // namespace kscope::sim
