#pragma once
// RecordAccumulator: the producer's buffer. Records wait here in one queue of batches per partition; the last batch of a
// queue is filled until it is full or drained, the first one is what is sent next. A retried batch goes back to the front.
// Kafka: RecordAccumulator, ProducerBatch, BufferPool (3.9). A batch takes batch.size of buffer.memory (or its one large
// record's size), as the buffer pool hands out, and gives it back when it is acked or failed.

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "sim/client/producer_id_and_epoch.h"
#include "sim/types/record_batch.h"
#include "sim/types/record_batch_size.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct ProducerBatch {
  std::int64_t number = 0;  ///< counts the producer's batches from 0
  TopicPartition partition;
  BatchFill fill{0};                                  ///< size so far, uncompressed, and what still fits
  std::vector<Record> records;                        ///< until it is drained the first time
  std::shared_ptr<const std::vector<Record>> sealed;  ///< from then on; nothing is added any more
  CompressionType compression = CompressionType::NONE;
  std::int32_t closed_bytes = 0;  ///< size on the wire, known once it is closed
  std::int64_t memory_bytes = 0;  ///< taken from buffer.memory; a part of a split batch takes none
  std::int64_t max_timestamp_ms = 0;
  RecordId first_record;
  LocalTime created_at{};
  LocalTime ready_at{};                                ///< linger, or retry backoff, is over
  std::int32_t attempts = 0;                           ///< sends that failed
  LeaderEpoch leader_epoch = kNoLeaderEpoch;           ///< newest that the metadata named for its partition
  std::int32_t attempts_when_leader_last_changed = 0;  ///< value of `attempts` when `leader_epoch` was heard of

  ProducerIdAndEpoch producer;  ///< of an idempotent producer, from when it is drained the first time
  Sequence base_sequence;       ///< the same
  bool is_transactional = false;
  bool is_renumbered = false;  ///< its sequence began anew with a higher epoch

  [[nodiscard]] Sequence last_sequence() const { return sequence_after(base_sequence, record_count() - 1); }
  /// A new leader is known since the last try: waiting longer for it helps nobody (KIP-951).
  [[nodiscard]] bool has_leader_changed_for_ongoing_retry() const {
    return attempts > 0 && attempts == attempts_when_leader_last_changed;
  }
  void learn_leader_epoch(LeaderEpoch known) {
    if (known > leader_epoch) {
      leader_epoch = known;
      attempts_when_leader_last_changed = attempts;
    }
  }
  /// Bytes on the wire, as far as they are known. Source: ProducerBatch.estimatedSizeInBytes.
  [[nodiscard]] std::int32_t estimated_size() const { return is_open() ? fill.estimated_size() : closed_bytes; }
  [[nodiscard]] std::int32_t record_count() const { return fill.record_count(); }
  [[nodiscard]] bool is_open() const { return sealed == nullptr; }
};

/// The queue of one partition.
struct PartitionQueue {
  std::deque<ProducerBatch> batches;  ///< front = sent next, back = being filled
  std::int64_t next_sequence = 0;     ///< Record::sequence of the next record
  std::int32_t in_flight = 0;         ///< batches without an answer; max.in.flight=1 sends none beside one
};

/// Closes the batch for records, if it is open, and compresses it. Result: what compression left of its records, in millionths.
/// Source: ProducerBatch.close, MemoryRecordsBuilder.compressionRatio.
std::int32_t close_batch(ProducerBatch& batch, const CompressionRatios& ratios);

/// A closed batch in the form in which it travels. Base offset and epoch are the leader's to set.
[[nodiscard]] RecordBatch sealed_batch(const ProducerBatch& batch);

}  // namespace kscope::sim
