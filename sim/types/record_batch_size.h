#pragma once
// How many bytes records and batches take in record format v2 (magic 2), and when a producer's batch is full. Pure
// arithmetic on sizes: no bytes are built, but every uncompressed size is exactly the one that Kafka would write.
// Source: DefaultRecord, DefaultRecordBatch, MemoryRecordsBuilder, AbstractRecords, Kafka 3.9.

#include "engine/core/fields.h"

#include <cstdint>
#include <span>

namespace kscope::sim {

/// Bytes of a batch before its first record: offset, length, leader epoch, magic, checksum, ... record count.
inline constexpr std::int32_t kRecordBatchOverhead = 61;
/// Offset and length in front of every batch: they are not counted by the length field itself.
inline constexpr std::int32_t kLogOverhead = 12;
/// A key or value that is absent, not empty.
inline constexpr std::int32_t kNullSize = -1;

/// Sizes of one record header in bytes; the value may be null.
struct HeaderSize {
  std::int32_t key_size = 0;
  std::int32_t value_size = kNullSize;
};

/// Sizes in bytes of what a producer puts into one record. `headers` must outlive the call that it is passed to.
struct RecordContentSize {
  std::int32_t key_size = kNullSize;
  std::int32_t value_size = kNullSize;
  std::span<const HeaderSize> headers;
};

/// Bytes of one record, its own length field included. `offset_delta` and `timestamp_delta` (ms, may be negative) count
/// from the batch's base. Cost: O(headers). Source: DefaultRecord.sizeInBytes.
[[nodiscard]] std::int32_t record_size(const RecordContentSize& content, std::int32_t offset_delta,
                                       std::int64_t timestamp_delta);

/// Bytes that a record cannot exceed, whatever its deltas. Source: DefaultRecord.recordSizeUpperBound.
[[nodiscard]] std::int32_t record_size_upper_bound(const RecordContentSize& content);

/// Bytes that a batch with this one record cannot exceed: what the producer compares with max.request.size and reserves
/// from buffer.memory. Source: AbstractRecords.estimateSizeInBytesUpperBound.
[[nodiscard]] std::int32_t batch_size_upper_bound(const RecordContentSize& content);

/// A batch while a producer fills it: it counts bytes and says what still fits. Regular value.
class BatchFill {
 public:
  /// An empty batch that should not exceed `write_limit` bytes (batch.size, or more for one large record).
  explicit BatchFill(std::int32_t write_limit) : write_limit_(write_limit) {}
  /// The same for a batch whose records will be compressed, as is expected to `estimated_ratio` millionths of their bytes.
  BatchFill(std::int32_t write_limit, std::int32_t estimated_ratio)
      : write_limit_(write_limit), estimated_ratio_(estimated_ratio) {}

  /// Whether the record may be added: whether the batch as it will be compressed and the record as it is stay within the
  /// limit. The first one always may, however large. `timestamp` in ms.
  /// Source: MemoryRecordsBuilder.hasRoomFor.
  [[nodiscard]] bool has_room_for(const RecordContentSize& content, std::int64_t timestamp) const;

  /// Adds the record and returns its size in bytes. The first record's timestamp becomes the base.
  std::int32_t append(const RecordContentSize& content, std::int64_t timestamp);

  /// Whether nothing more fits; an empty batch is never full. Source: MemoryRecordsBuilder.isFull.
  [[nodiscard]] bool is_full() const { return record_count_ > 0 && write_limit_ <= estimated_size(); }
  /// Bytes that the batch will take on the wire, by what is known before it is compressed; without compression its size.
  /// Source: MemoryRecordsBuilder.estimatedBytesWritten.
  [[nodiscard]] std::int32_t estimated_size() const { return estimated_size_of(size_bytes_); }
  /// How much of estimated_size() is due to the last `bytes` of it, uncompressed: what the sticky partitioner counts.
  [[nodiscard]] std::int32_t estimated_growth(std::int32_t bytes) const {
    return estimated_size() - estimated_size_of(size_bytes_ - bytes);
  }
  /// Bytes of the batch so far, uncompressed, overhead included.
  [[nodiscard]] std::int32_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] std::int32_t record_count() const { return record_count_; }
  [[nodiscard]] std::int32_t write_limit() const { return write_limit_; }
  /// Timestamp of the first record in ms; 0 while the batch is empty.
  [[nodiscard]] std::int64_t base_timestamp() const { return base_timestamp_; }

 private:
  [[nodiscard]] std::int32_t estimated_size_of(std::int32_t size_bytes) const;
  [[nodiscard]] std::int32_t size_of_next(const RecordContentSize& content, std::int64_t timestamp) const;

  std::int32_t write_limit_;
  std::int32_t size_bytes_ = kRecordBatchOverhead;
  std::int32_t record_count_ = 0;
  std::int64_t base_timestamp_ = 0;
  std::int32_t estimated_ratio_ = 0;  // millionths; 0 = the batch is not compressed

 public:
  KSCOPE_FIELDS(BatchFill, write_limit_, size_bytes_, record_count_, base_timestamp_, estimated_ratio_);
};

}  // namespace kscope::sim
