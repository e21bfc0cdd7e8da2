#pragma once
// StickyPartitioner: where a producer puts the records of one topic that have no key. It stays with one partition until
// about a batch went there, then draws another one: evenly, or, when it knows how long the partitions' queues are, so
// that short queues are drawn more often (KIP-794).
// Owned by the producer's accumulator, one per topic. Models BuiltInPartitioner of Kafka 3.9. Records with a key do not
// come here: see partition_for_key() in sim/types/murmur2.h.

#include "engine/core/fields.h"
#include "sim/types/draw_below.h"

#include <cstdint>
#include <span>
#include <vector>

namespace kscope::sim {

/// What the producer's metadata says about the topic: how many partitions it has, and which have a leader, ascending.
struct TopicPartitions {
  std::int32_t partition_count = 0;
  std::span<const std::int32_t> with_leader;
};

/// How many batches wait for one partition.
struct PartitionLoad {
  std::int32_t partition = 0;
  std::int32_t queue_size = 0;
};

/// Whether another partition may be drawn after an append. The accumulator forbids it while the batch is still open, so
/// that no batch is left half full; at twice the sticky size it happens all the same.
enum class PartitionSwitch : std::uint8_t { NOT_YET, ALLOWED };

class StickyPartitioner {
 public:
  /// `sticky_batch_size` in bytes: Kafka takes batch.size, at least 1.
  explicit StickyPartitioner(std::int32_t sticky_batch_size) : sticky_batch_size_(sticky_batch_size) {}

  /// The partition that the next record without key goes to. Draws once when there is none yet.
  /// Requires: the topic has partitions. Source: BuiltInPartitioner.peekCurrentPartitionInfo, Kafka 3.9.
  [[nodiscard]] std::int32_t current_partition(const TopicPartitions& topic, const DrawBelow& draw);

  /// Notes that `bytes` were appended to the current partition and draws another one when it had its share.
  /// Returns whether it drew; the new partition may be the old one again.
  /// Requires: current_partition() was asked before. Source: BuiltInPartitioner.updatePartitionInfo, Kafka 3.9.
  bool on_append(std::int32_t bytes, PartitionSwitch may_switch, const TopicPartitions& topic, const DrawBelow& draw);

  /// Learns the lengths of the queues. `considered` leaves out partitions that must be avoided (their broker is slower
  /// than partitioner.availability.timeout.ms); `all_count` counts them all. Drawing is even again when nothing is left,
  /// when there are fewer than two partitions, or when all queues are equal and none was left out.
  /// Source: BuiltInPartitioner.updatePartitionLoadStats, Kafka 3.9.
  void update_loads(std::span<const PartitionLoad> considered, std::int32_t all_count);

  /// Draws evenly from now on (adaptive partitioning is off, or nothing is known).
  void forget_loads();

  /// Whether queue lengths decide, and the number of chances that are then shared out: the sum of the weights.
  [[nodiscard]] bool is_adaptive() const { return !chances_.empty(); }
  [[nodiscard]] std::int32_t chance_count() const { return chances_.empty() ? 0 : chances_.back(); }

 private:
  [[nodiscard]] std::int32_t draw_partition(const TopicPartitions& topic, const DrawBelow& draw) const;

  std::int32_t sticky_batch_size_;
  std::int32_t current_ = -1;  // -1: none drawn yet
  std::int64_t produced_bytes_ = 0;
  // Empty when drawing is even. Else partition weighted_[i] has the chances from chances_[i - 1] up to chances_[i].
  std::vector<std::int32_t> weighted_;
  std::vector<std::int32_t> chances_;

 public:
  KSCOPE_FIELDS(StickyPartitioner, sticky_batch_size_, current_, produced_bytes_, weighted_, chances_);
};

}  // namespace kscope::sim
