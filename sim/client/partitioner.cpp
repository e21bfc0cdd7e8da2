#include "sim/client/partitioner.h"

#include "engine/core/check.h"

#include <algorithm>
#include <cstddef>

namespace kscope::sim {

std::int32_t StickyPartitioner::draw_partition(const TopicPartitions& topic, const DrawBelow& draw) const {
  KSCOPE_CHECK(topic.partition_count > 0, "a partition can be drawn only after the topic's metadata is known");
  if (is_adaptive()) {
    const std::int32_t chance = draw(chance_count());
    const auto owner = std::upper_bound(chances_.begin(), chances_.end(), chance);
    return weighted_[static_cast<std::size_t>(owner - chances_.begin())];
  }
  if (topic.with_leader.empty()) {
    return draw(topic.partition_count);
  }
  return topic.with_leader[static_cast<std::size_t>(draw(static_cast<std::int32_t>(topic.with_leader.size())))];
}

std::int32_t StickyPartitioner::current_partition(const TopicPartitions& topic, const DrawBelow& draw) {
  if (current_ < 0) {
    current_ = draw_partition(topic, draw);
  }
  return current_;
}

bool StickyPartitioner::on_append(std::int32_t bytes, PartitionSwitch may_switch, const TopicPartitions& topic,
                                  const DrawBelow& draw) {
  KSCOPE_CHECK(current_ >= 0, "ask for the current partition before appending to it");
  produced_bytes_ += bytes;
  const std::int64_t limit =
      may_switch == PartitionSwitch::ALLOWED ? sticky_batch_size_ : 2 * std::int64_t{sticky_batch_size_};
  if (produced_bytes_ < limit) {
    return false;
  }
  current_ = draw_partition(topic, draw);
  produced_bytes_ = 0;
  return true;
}

void StickyPartitioner::update_loads(std::span<const PartitionLoad> considered, std::int32_t all_count) {
  forget_loads();
  if (considered.empty() || all_count < 2) {
    return;
  }
  std::int32_t shortest = considered.front().queue_size;
  std::int32_t longest = shortest;
  for (const PartitionLoad& load : considered) {
    shortest = std::min(shortest, load.queue_size);
    longest = std::max(longest, load.queue_size);
  }
  const bool is_complete = static_cast<std::int32_t>(considered.size()) == all_count;
  if (shortest == longest && is_complete) {
    return;
  }
  std::int32_t sum = 0;
  for (const PartitionLoad& load : considered) {
    sum += longest + 1 - load.queue_size;
    weighted_.push_back(load.partition);
    chances_.push_back(sum);
  }
}

void StickyPartitioner::forget_loads() {
  weighted_.clear();
  chances_.clear();
}

}  // namespace kscope::sim
