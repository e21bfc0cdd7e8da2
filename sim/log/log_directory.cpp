#include "sim/log/log_directory.h"

namespace kscope::sim {

const HostedLog* LogDirectory::find(TopicPartition partition) const {
  const auto topic = static_cast<std::size_t>(partition.topic.value);
  const auto number = static_cast<std::size_t>(partition.partition);
  if (topic >= place_.size() || number >= place_[topic].size() || place_[topic][number] < 0) {
    return nullptr;
  }
  return &logs_[static_cast<std::size_t>(place_[topic][number])];
}

HostedLog* LogDirectory::find(TopicPartition partition) {
  return const_cast<HostedLog*>(static_cast<const LogDirectory*>(this)->find(partition));
}

HostedLog& LogDirectory::find_or_create(TopicPartition partition) {
  HostedLog* hosted = find(partition);
  if (hosted == nullptr) {
    const auto topic = static_cast<std::size_t>(partition.topic.value);
    const auto number = static_cast<std::size_t>(partition.partition);
    if (topic >= place_.size()) {
      place_.resize(topic + 1);
    }
    if (number >= place_[topic].size()) {
      place_[topic].resize(number + 1, -1);
    }
    place_[topic][number] = static_cast<std::int32_t>(logs_.size());
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
    hosted->cleaned_to = Offset(0);
    hosted->recovery_point = Offset(0);
    hosted->checkpointed_log_start = Offset(0);
    hosted->torn.reset();
    hosted->is_deleted = true;
    place_[static_cast<std::size_t>(partition.topic.value)][static_cast<std::size_t>(partition.partition)] = -1;
  }
}

}  // namespace kscope::sim
