#include "sim/log/log_directory.h"

#include <numeric>

#include "engine/core/check.h"

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

std::int64_t LogDirectory::rename_deleted(TopicPartition partition, std::int64_t size_bytes, bool is_whole_log) {
  KSCOPE_CHECK(size_bytes > 0, "an empty file leaves nothing to wait for");
  deleted_.push_back({++deletions_, partition, size_bytes, is_whole_log});
  return deletions_;
}

void LogDirectory::delete_files(std::int64_t id) {
  std::erase_if(deleted_, [&](const DeletedFiles& files) { return files.id == id; });
}

void LogDirectory::delete_left_segments() {
  std::erase_if(deleted_, [](const DeletedFiles& files) { return !files.is_whole_log; });
  for (HostedLog& hosted : logs_) {
    // What a crash cut off was lost, not deleted.
    static_cast<void>(hosted.log.take_deleted_bytes());
  }
}

std::int64_t LogDirectory::deleted_bytes() const {
  return std::accumulate(deleted_.begin(), deleted_.end(), std::int64_t{0},
                         [](std::int64_t sum, const DeletedFiles& files) { return sum + files.size_bytes; });
}

}  // namespace kscope::sim
