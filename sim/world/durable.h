#pragma once
// What one node keeps on its disk: the content that belongs to the marks in engine/disk. A broker has its partition logs
// and checkpoints, a ZooKeeper server its transaction log. Clients keep nothing.

#include <memory>

#include "sim/log/log_directory.h"
#include "sim/raft/raft_log.h"
#include "sim/zookeeper/transaction_log.h"

namespace kscope::sim {

struct Durable {
  LogDirectory logs;               ///< brokers
  ZkTransactionLog zk_log;         ///< ZooKeeper servers
  raft::RaftDurable metadata_log;  ///< KRaft controllers
};

}  // namespace kscope::sim
