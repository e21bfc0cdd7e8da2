#include "sim/types/record_batch_codec.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "engine/core/check.h"
#include "sim/types/crc32c.h"
#include "sim/types/record_batch_size.h"
#include "sim/types/varint.h"

namespace kscope::sim {
namespace {

constexpr std::size_t kLengthAt = 8;
constexpr std::size_t kMagicAt = 16;
constexpr std::size_t kChecksumAt = 17;
constexpr std::size_t kChecksummedFrom = 21;
constexpr std::uint8_t kMagic = 2;

// Bits of the attributes.
constexpr std::uint16_t kCompressionMask = 0x07;
constexpr std::uint16_t kTimestampType = 0x08;
constexpr std::uint16_t kTransactional = 0x10;
constexpr std::uint16_t kControl = 0x20;
constexpr std::uint16_t kDeleteHorizon = 0x40;

void put_big_endian(std::uint64_t value, int size, std::uint8_t* out) {
  for (int i = 0; i < size; ++i) {
    out[i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
  }
}

void append_big_endian(std::uint64_t value, int size, Bytes& out) {
  out.resize(out.size() + static_cast<std::size_t>(size));
  put_big_endian(value, size, out.data() + out.size() - size);
}

std::uint64_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) {
    value = value << 8 | byte;
  }
  return value;
}

void append_nullable(const std::optional<Bytes>& bytes, Bytes& out) {
  write_varint(bytes ? static_cast<std::int32_t>(bytes->size()) : kNullSize, out);
  if (bytes) {
    out.insert(out.end(), bytes->begin(), bytes->end());
  }
}

void append_record(const RecordBytes& record, Bytes& scratch, Bytes& out) {
  scratch.clear();
  scratch.push_back(0);  // attributes, unused
  write_varlong(record.timestamp_delta, scratch);
  write_varint(record.offset_delta, scratch);
  append_nullable(record.key, scratch);
  append_nullable(record.value, scratch);
  write_varint(static_cast<std::int32_t>(record.headers.size()), scratch);
  for (const RecordHeader& header : record.headers) {
    write_varint(static_cast<std::int32_t>(header.key.size()), scratch);
    scratch.insert(scratch.end(), header.key.begin(), header.key.end());
    append_nullable(header.value, scratch);
  }
  write_varint(static_cast<std::int32_t>(scratch.size()), out);
  out.insert(out.end(), scratch.begin(), scratch.end());
}

Error broken(std::string text) { return Error{std::move(text), {}, 0}; }

std::uint16_t attributes_of(const RecordBatchBytes& batch) {
  unsigned attributes = 0;
  attributes |= batch.is_log_append_time ? kTimestampType : 0u;
  attributes |= batch.is_transactional ? kTransactional : 0u;
  attributes |= batch.is_control ? kControl : 0u;
  attributes |= batch.has_delete_horizon ? kDeleteHorizon : 0u;
  return static_cast<std::uint16_t>(attributes);
}

/// Reads numbers from the front of a byte sequence. After the first number that is not there everything reads as 0 and
/// is_broken() holds, so that callers check once.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool is_broken() const { return is_broken_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

  std::span<const std::uint8_t> take(std::size_t size) {
    if (is_broken_ || size > bytes_.size()) {
      is_broken_ = true;
      return {};
    }
    const auto front = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return front;
  }
  template <class Number>
  Number fixed() {
    return static_cast<Number>(big_endian(take(sizeof(Number))));
  }
  std::int64_t varlong() { return signed_number(10); }
  std::int32_t varint() {
    const std::int64_t value = signed_number(5);
    is_broken_ = is_broken_ || value < INT32_MIN || value > INT32_MAX;
    return is_broken_ ? 0 : static_cast<std::int32_t>(value);
  }
  std::optional<Bytes> nullable() {
    const std::int32_t size = varint();
    if (size < kNullSize) {
      is_broken_ = true;
    }
    if (is_broken_ || size == kNullSize) {
      return std::nullopt;
    }
    const auto content = take(static_cast<std::size_t>(size));
    return Bytes(content.begin(), content.end());
  }

 private:
  std::int64_t signed_number(std::size_t max_length) {
    const auto read = is_broken_ ? std::nullopt : read_unsigned_varint(bytes_, max_length);
    if (!read) {
      is_broken_ = true;
      return 0;
    }
    bytes_ = bytes_.subspan(read->length);
    return unzigzag(read->value);
  }

  std::span<const std::uint8_t> bytes_;
  bool is_broken_ = false;
};

/// One record; false when its lengths do not agree with each other.
bool read_record(Input& batch, RecordBytes& record) {
  const std::int32_t size = batch.varint();
  if (batch.is_broken() || size < 0) {
    return false;
  }
  Input in(batch.take(static_cast<std::size_t>(size)));
  (void)in.take(1);  // attributes, unused
  record.timestamp_delta = in.varlong();
  record.offset_delta = in.varint();
  record.key = in.nullable();
  record.value = in.nullable();
  const std::int32_t header_count = in.varint();
  if (batch.is_broken() || in.is_broken() || header_count < 0 || std::cmp_greater(header_count, in.left())) {
    return false;
  }
  for (std::int32_t i = 0; i < header_count; ++i) {
    RecordHeader header;
    const std::optional<Bytes> key = in.nullable();
    if (!key) {
      return false;
    }
    header.key.assign(key->begin(), key->end());
    header.value = in.nullable();
    record.headers.push_back(std::move(header));
  }
  return !in.is_broken() && in.left() == 0;
}

}  // namespace

void encode_record_batch(const RecordBatchBytes& batch, Bytes& out) {
  const std::size_t begin = out.size();
  append_big_endian(static_cast<std::uint64_t>(batch.base_offset.value), 8, out);
  append_big_endian(0, 4, out);  // length, known at the end
  append_big_endian(static_cast<std::uint32_t>(batch.partition_leader_epoch.value), 4, out);
  out.push_back(kMagic);
  append_big_endian(0, 4, out);  // checksum, known at the end
  append_big_endian(attributes_of(batch), 2, out);
  append_big_endian(static_cast<std::uint32_t>(batch.last_offset_delta), 4, out);
  append_big_endian(static_cast<std::uint64_t>(batch.base_timestamp_ms), 8, out);
  append_big_endian(static_cast<std::uint64_t>(batch.max_timestamp_ms), 8, out);
  append_big_endian(static_cast<std::uint64_t>(batch.producer_id.value), 8, out);
  append_big_endian(static_cast<std::uint16_t>(batch.producer_epoch.value), 2, out);
  append_big_endian(static_cast<std::uint32_t>(batch.base_sequence.value), 4, out);
  append_big_endian(batch.records.size(), 4, out);
  Bytes scratch;
  for (const RecordBytes& record : batch.records) {
    append_record(record, scratch, out);
  }
  const std::size_t size = out.size() - begin;
  KSCOPE_CHECK(size <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()), "a batch below 2 GiB");
  put_big_endian(size - kLogOverhead, 4, out.data() + begin + kLengthAt);
  const std::span<const std::uint8_t> written = std::span(out).subspan(begin);
  put_big_endian(crc32c(written.subspan(kChecksummedFrom)), 4, out.data() + begin + kChecksumAt);
}

Result<DecodedRecordBatch> decode_record_batch(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < static_cast<std::size_t>(kRecordBatchOverhead)) {
    return broken(
        fmt::format("a record batch has at least {} bytes, there are {}", kRecordBatchOverhead, bytes.size()));
  }
  const auto length = static_cast<std::int32_t>(big_endian(bytes.subspan(kLengthAt, 4)));
  const std::size_t size = static_cast<std::size_t>(std::max(length, 0)) + kLogOverhead;
  if (length < kRecordBatchOverhead - kLogOverhead || size > bytes.size()) {
    return broken(
        fmt::format("a record batch says that {} bytes follow its length; {} do", length, bytes.size() - kLogOverhead));
  }
  if (bytes[kMagicAt] != kMagic) {
    return broken(fmt::format("magic {} of a record batch; only format v2 (magic 2) is known", bytes[kMagicAt]));
  }
  const std::uint32_t checksum = crc32c(bytes.subspan(kChecksummedFrom, size - kChecksummedFrom));
  const auto expected = static_cast<std::uint32_t>(big_endian(bytes.subspan(kChecksumAt, 4)));
  if (checksum != expected) {
    return broken(
        fmt::format("a record batch is corrupt: its checksum is {:08x}, its content gives {:08x}", expected, checksum));
  }
  DecodedRecordBatch result;
  result.size_bytes = size;
  RecordBatchBytes& batch = result.batch;
  batch.base_offset = Offset(static_cast<std::int64_t>(big_endian(bytes.first(8))));
  batch.partition_leader_epoch = LeaderEpoch(static_cast<std::int32_t>(big_endian(bytes.subspan(kLengthAt + 4, 4))));
  Input in(bytes.subspan(kChecksummedFrom, size - kChecksummedFrom));
  const auto attributes = in.fixed<std::uint16_t>();
  if ((attributes & kCompressionMask) != 0) {
    return broken(fmt::format("a record batch with compression {}; only uncompressed ones are read",
                              attributes & kCompressionMask));
  }
  batch.is_log_append_time = (attributes & kTimestampType) != 0;
  batch.is_transactional = (attributes & kTransactional) != 0;
  batch.is_control = (attributes & kControl) != 0;
  batch.has_delete_horizon = (attributes & kDeleteHorizon) != 0;
  batch.last_offset_delta = in.fixed<std::int32_t>();
  batch.base_timestamp_ms = in.fixed<std::int64_t>();
  batch.max_timestamp_ms = in.fixed<std::int64_t>();
  batch.producer_id = ProducerId(in.fixed<std::int64_t>());
  batch.producer_epoch = ProducerEpoch(in.fixed<std::int16_t>());
  batch.base_sequence = Sequence{in.fixed<std::int32_t>()};
  const auto count = in.fixed<std::int32_t>();
  if (count < 0 || std::cmp_greater(count, in.left())) {
    return broken(fmt::format("a record batch says that it holds {} records in {} bytes", count, in.left()));
  }
  for (std::int32_t i = 0; i < count; ++i) {
    RecordBytes record;
    if (!read_record(in, record)) {
      return broken(
          fmt::format("record {} of {} in a batch is broken: its lengths contradict each other", i + 1, count));
    }
    batch.records.push_back(std::move(record));
  }
  if (in.left() > 0) {
    return broken(fmt::format("{} bytes follow the last record of a batch", in.left()));
  }
  return result;
}

RecordBytes end_txn_marker_record(bool is_commit, CoordinatorEpoch coordinator_epoch) {
  RecordBytes record;
  Bytes key;
  append_big_endian(0, 2, key);  // version
  append_big_endian(is_commit ? 1 : 0, 2, key);
  Bytes value;
  append_big_endian(0, 2, value);  // version
  append_big_endian(static_cast<std::uint32_t>(coordinator_epoch.value), 4, value);
  record.key = std::move(key);
  record.value = std::move(value);
  return record;
}

}  // namespace kscope::sim
