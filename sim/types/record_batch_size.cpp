#include "sim/types/record_batch_size.h"

#include "engine/core/check.h"
#include "sim/types/varint.h"

namespace kscope::sim {
namespace {

constexpr std::int32_t kAttributesSize = 1;
// Length (5), attributes (1), timestamp delta (10) and offset delta (5) at their longest.
constexpr std::int32_t kLargestRecordOverhead = 21;
// An estimated ratio counts with 5 % more: COMPRESSION_RATE_ESTIMATION_FACTOR. Both in one divisor.
constexpr std::int64_t kEstimationFactor = 105;
constexpr std::int64_t kEstimationDivisor = 100'000'000;

// A length in front of the bytes; absent ones have the length -1.
std::int32_t size_with_length(std::int32_t size) {
  KSCOPE_CHECK(size >= kNullSize, "a size below -1: look at who built the record");
  return size_of_varint(size) + (size == kNullSize ? 0 : size);
}

std::int32_t content_size(const RecordContentSize& content) {
  std::int32_t size = size_with_length(content.key_size) + size_with_length(content.value_size);
  size += size_of_varint(static_cast<std::int32_t>(content.headers.size()));
  for (const HeaderSize& header : content.headers) {
    KSCOPE_CHECK(header.key_size >= 0, "a header's key must not be null");
    size += size_with_length(header.key_size) + size_with_length(header.value_size);
  }
  return size;
}

}  // namespace

std::int32_t record_size(const RecordContentSize& content, std::int32_t offset_delta, std::int64_t timestamp_delta) {
  const std::int32_t body =
      kAttributesSize + size_of_varlong(timestamp_delta) + size_of_varint(offset_delta) + content_size(content);
  return size_of_varint(body) + body;
}

std::int32_t record_size_upper_bound(const RecordContentSize& content) {
  return kLargestRecordOverhead + content_size(content);
}

std::int32_t batch_size_upper_bound(const RecordContentSize& content) {
  return kRecordBatchOverhead + record_size_upper_bound(content);
}

std::int32_t BatchFill::size_of_next(const RecordContentSize& content, std::int64_t timestamp) const {
  return record_size(content, record_count_, record_count_ == 0 ? 0 : timestamp - base_timestamp_);
}

bool BatchFill::has_room_for(const RecordContentSize& content, std::int64_t timestamp) const {
  if (record_count_ == 0) {
    return true;
  }
  return !is_full() && write_limit_ >= estimated_size() + size_of_next(content, timestamp);
}

std::int32_t BatchFill::estimated_size_of(std::int32_t size_bytes) const {
  if (estimated_ratio_ == 0) {
    return size_bytes;
  }
  const std::int64_t records = size_bytes - kRecordBatchOverhead;
  return kRecordBatchOverhead +
         static_cast<std::int32_t>(records * estimated_ratio_ * kEstimationFactor / kEstimationDivisor);
}

std::int32_t BatchFill::append(const RecordContentSize& content, std::int64_t timestamp) {
  const std::int32_t size = size_of_next(content, timestamp);
  if (record_count_ == 0) {
    base_timestamp_ = timestamp;
  }
  size_bytes_ += size;
  ++record_count_;
  return size;
}

}  // namespace kscope::sim
