#pragma once
// RecordAccumulator: the producer's buffer. Records wait here in one queue of batches per partition; the last batch of a
// queue is filled until it is full or drained, the first one is what is sent next. A retried batch goes back to the front.
// Kafka: RecordAccumulator, ProducerBatch, BufferPool (3.9). buffer.memory counts batch.size for every batch, as the
// buffer pool hands out.

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "sim/types/record_batch.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct ProducerBatch {
  std::int64_t number = 0;             ///< counts the producer's batches from 0
  TopicPartition partition;
  std::vector<Record> records;         ///< until it is drained the first time
  std::shared_ptr<const std::vector<Record>> sealed;  ///< from then on
  std::int32_t record_count = 0;
  std::int32_t size_bytes = 0;         ///< as a record batch on the wire
  std::int64_t memory_bytes = 0;       ///< taken from buffer.memory
  std::int64_t base_timestamp_ms = 0;
  std::int64_t max_timestamp_ms = 0;
  RecordId first_record;
  LocalTime created_at{};
  LocalTime ready_at{};                ///< linger, or retry backoff, is over
  std::int32_t attempts = 0;           ///< sends that failed
};

/// The queue of one partition.
struct PartitionQueue {
  std::deque<ProducerBatch> batches;   ///< front = sent next, back = being filled
  std::int64_t next_sequence = 0;      ///< Record::sequence of the next record
  std::int64_t queued_bytes = 0;
  bool is_muted = false;               ///< max.in.flight.requests.per.connection=1: a batch is in flight
};

}  // namespace kscope::sim
