#include "sim/log/log_directory.h"

namespace kscope::sim {

const HostedLog* LogDirectory::find(TopicPartition partition) const {
  for (const HostedLog& hosted : logs_) {
    if (hosted.partition == partition && !hosted.is_deleted) {
      return &hosted;
    }
  }
  return nullptr;
}

HostedLog* LogDirectory::find(TopicPartition partition) {
  return const_cast<HostedLog*>(static_cast<const LogDirectory*>(this)->find(partition));
}

HostedLog& LogDirectory::find_or_create(TopicPartition partition) {
  HostedLog* hosted = find(partition);
  if (hosted == nullptr) {
    logs_.emplace_back();
    hosted = &logs_.back();
    hosted->partition = partition;
    hosted->file = FileId(static_cast<std::int32_t>(logs_.size()));
  }
  return *hosted;
}

void LogDirectory::remove(TopicPartition partition) {
  HostedLog* hosted = find(partition);
  if (hosted != nullptr) {
    hosted->log = PartitionLog{};
    hosted->checkpointed_high_watermark = Offset(0);
    hosted->is_deleted = true;
  }
}

}  // namespace kscope::sim
