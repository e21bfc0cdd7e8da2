#include "sim/zookeeper/transaction_log.h"

#include <algorithm>

namespace kscope::sim {

Zxid ZkTransactionLog::last_zxid() const { return transactions.empty() ? Zxid{0} : transactions.back().zxid; }

std::size_t ZkTransactionLog::count_until(Zxid zxid) const {
  const auto after = std::upper_bound(transactions.begin(), transactions.end(), zxid,
                                      [](Zxid z, const ZkTransaction& transaction) { return z < transaction.zxid; });
  return static_cast<std::size_t>(after - transactions.begin());
}

void ZkTransactionLog::lose_unflushed(const Disk& disk) {
  const auto flushed = static_cast<std::size_t>(disk.file(kZkLogFile).flushed);
  transactions.truncate(std::min(transactions.size(), flushed));
}

}  // namespace kscope::sim
