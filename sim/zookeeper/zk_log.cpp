// A server's own log: append, flush, cut, apply. Source: ZooKeeper 3.8 SyncRequestProcessor, FileTxnLog, CommitProcessor.
#include "engine/core/check.h"
#include "sim/zookeeper/quorum.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::quorum {
namespace {

/// Bytes that a transaction takes in the log file: header, and per operation a path with some data.
std::int64_t bytes_of(const ZkTransaction& transaction) {
  return 64 + 128 * static_cast<std::int64_t>(transaction.operations.size());
}

}  // namespace

bool append(Ctx& ctx, ZooKeeperServer& server, const ZkTransaction& transaction) {
  ZkTransactionLog& log = ctx.durable().zk_log;
  KSCOPE_CHECK(transaction.zxid > log.last_zxid(), "a log grows in zxid order");
  const auto position = static_cast<std::int64_t>(log.transactions.size()) + 1;
  if (!ctx.disk().append(kZkLogFile, position, bytes_of(transaction))) {
    ctx.exit();
    return false;
  }
  log.transactions.push_back(transaction);
  flush(ctx, server);
  return true;
}

void flush(Ctx& ctx, ZooKeeperServer& server) {
  if (!server.is_flushing) {
    server.is_flushing = true;
    ctx.flush(kZkLogFile, server.flush_token);
  }
}

void truncate(Ctx& ctx, ZooKeeperServer& server, std::size_t count) {
  ZkTransactionLog& log = ctx.durable().zk_log;
  if (count >= log.transactions.size()) {
    return;
  }
  log.transactions.truncate(count);
  ctx.disk().truncate(kZkLogFile, static_cast<std::int64_t>(count));
  ++server.flush_token;
  if (server.applied_count > count) {
    // Something uncommitted was never applied, so this happens only to a server that comes back from another history.
    server.database = ZkDatabase{};
    for (std::size_t i = 0; i < count; ++i) {
      (void)server.database.apply(log.transactions[i]);
    }
    server.applied_count = count;
  }
}

Zxid flushed_zxid(Ctx& ctx) {
  const ZkTransactionLog& log = ctx.durable().zk_log;
  const auto flushed = static_cast<std::size_t>(ctx.disk().file(kZkLogFile).flushed);
  KSCOPE_CHECK(flushed <= log.transactions.size(), "the flushed mark of the log is behind its end");
  return flushed == 0 ? Zxid{0} : log.transactions[flushed - 1].zxid;
}

namespace {

/// What old consumers commit is told once, by the leader. Cost: O(writes).
void note_committed_offsets(Ctx& ctx, const ZooKeeperServer& server, const ZkTransaction& transaction,
                            const ZkApplied& applied) {
  if (!server.is_leading() || applied.response.code != ZkCode::kOk) {
    return;
  }
  for (const ZkOperation& operation : transaction.operations) {
    const bool is_write = operation.op == ZkOp::kCreate || operation.op == ZkOp::kSetData;
    const auto of = is_write && operation.path.starts_with(zk::kConsumersPath)
                        ? zk::parse_consumer_offset_path(ctx.registry(), operation.path)
                        : std::nullopt;
    if (!of) {
      continue;
    }
    Note note;
    note.kind = NoteKind::kOffsetCommitted;
    note.group = of->group;
    note.partition = of->partition;
    note.a = operation.data.number;
    note.b = kNoGeneration.value;
    note.c = kUnknownOffset.value;
    ctx.note(note);
  }
}

}  // namespace

void commit(Ctx& ctx, ZooKeeperServer& server, Zxid zxid) {
  const ZkTransactionLog& log = ctx.durable().zk_log;
  if (zxid > server.committed) {
    server.committed = zxid;
  }
  while (server.applied_count < log.transactions.size()) {
    const ZkTransaction transaction = log.transactions[server.applied_count];
    if (transaction.zxid > server.committed) {
      return;
    }
    ++server.applied_count;
    ZkApplied applied = server.database.apply(transaction);
    track_session(server, transaction);
    note_committed_offsets(ctx, server, transaction, applied);
    after_apply(ctx, server, transaction, std::move(applied));
  }
}

}  // namespace kscope::sim::quorum
