#pragma once
// A ZooKeeper server's transaction log: every proposal it accepted, in zxid order, flushed before it is acknowledged.
// The log is file 0 of the server's disk; a mark of that file counts transactions. Beside it lie the two epoch files.
// MODEL: no snapshots, the log is kept whole; so a follower is never brought up to date by a snapshot (SNAP).
// Source: ZooKeeper 3.8 FileTxnLog, QuorumPeer (acceptedEpoch, currentEpoch).

#include <cstdint>

#include "engine/core/chunked.h"
#include "engine/core/node_id.h"
#include "engine/disk/disk.h"
#include "sim/protocol/zookeeper.h"

namespace kscope::sim {

inline constexpr FileId kZkLogFile{0};

struct ZkTransactionLog {
  Chunked<ZkTransaction> transactions;
  std::int32_t accepted_epoch = 0;  ///< largest epoch that this server promised to follow
  std::int32_t current_epoch =
      0;  ///< epoch of the leader that last brought this log up to date; it counts in elections

  /// Zxid of the last transaction, 0 when there is none.
  [[nodiscard]] Zxid last_zxid() const;
  /// How many transactions have a zxid <= `zxid`. Cost O(log n).
  [[nodiscard]] std::size_t count_until(Zxid zxid) const;
  /// A power loss: what was not flushed is gone. The epoch files were synced when they were written.
  void lose_unflushed(const Disk& disk);
};

}  // namespace kscope::sim
