#pragma once
// A ZooKeeper server's transaction log: every proposal it accepted, in zxid order, flushed before it is acknowledged.

#include <cstdint>

#include "engine/core/chunked.h"
#include "sim/protocol/zookeeper.h"

namespace kscope::sim {

struct ZkTransactionLog {
  Chunked<ZkTransaction> transactions;
  std::int32_t accepted_epoch = 0;  ///< largest epoch that this server promised to follow
  Zxid committed{0};                ///< a hint only: what is known to be committed
};

}  // namespace kscope::sim
