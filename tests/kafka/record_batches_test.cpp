#include "sim/types/crc32c.h"
#include "sim/types/record_batch_size.h"
#include "sim/types/varint.h"
#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::record_batches_test {
namespace {

using Json = nlohmann::json;
using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kChecksumAt = 17;
constexpr std::size_t kChecksummedFrom = 21;

std::int32_t size_of_hex(const Json& hex) {
  return hex.is_null() ? kNullSize : static_cast<std::int32_t>(hex.get<std::string>().size() / 2);
}

std::int64_t take_signed(Bytes& bytes) {
  const auto read = read_unsigned_varint(bytes, 10);
  EXPECT_TRUE(read.has_value());
  const VarintRead taken = read.value_or(VarintRead{0, bytes.size()});
  bytes = bytes.subspan(taken.length);
  return unzigzag(taken.value);
}

std::uint32_t big_endian(Bytes bytes) {
  return (std::uint32_t{bytes[0]} << 24) | (std::uint32_t{bytes[1]} << 16) | (std::uint32_t{bytes[2]} << 8) | bytes[3];
}

// The description gives log append time instead of a record's own, so the delta is taken from the record's bytes.
std::int64_t timestamp_delta_in(Bytes record) {
  take_signed(record);
  return take_signed(record = record.subspan(1));
}

void check_batch(const Json& batch, Bytes bytes) {
  EXPECT_EQ(batch.at("batch_length_field").get<std::int32_t>(), static_cast<std::int32_t>(bytes.size()) - kLogOverhead);
  EXPECT_EQ(crc32c(bytes.subspan(kChecksummedFrom)), batch.at("crc32c").get<std::uint32_t>());
  EXPECT_EQ(big_endian(bytes.subspan(kChecksumAt)), batch.at("crc32c").get<std::uint32_t>());
  std::int32_t size = kRecordBatchOverhead;
  for (const Json& record : batch.at("records")) {
    std::vector<HeaderSize> headers;
    for (const Json& header : record.at("headers")) {
      headers.push_back({static_cast<std::int32_t>(header.at(0).get<std::string>().size()), size_of_hex(header.at(1))});
    }
    const RecordContentSize content{size_of_hex(record.at("key")), size_of_hex(record.at("value")), headers};
    const auto offset_delta = static_cast<std::int32_t>(record.at("offset").get<std::int64_t>() -
                                                        batch.at("base_offset").get<std::int64_t>());
    const std::int64_t timestamp_delta = timestamp_delta_in(bytes.subspan(static_cast<std::size_t>(size)));
    const std::int32_t computed = record_size(content, offset_delta, timestamp_delta);
    EXPECT_EQ(computed, record.at("record_size_in_bytes").get<std::int32_t>());
    EXPECT_LE(computed, record_size_upper_bound(content));
    size += computed;
  }
  EXPECT_EQ(size, batch.at("size_in_bytes").get<std::int32_t>());
}

TEST(KafkaRecordBatches, SizesOfBatchesAndRecords) {
  for (const Json& example : kafka_data::read_jsonl("record_batches.jsonl")) {
    const auto bytes = kafka_data::from_hex(example.at("bytes").get<std::string>());
    std::size_t at = 0;
    for (const Json& batch : example.at("batches")) {
      const auto size = batch.at("size_in_bytes").get<std::size_t>();
      ASSERT_LE(at + size, bytes.size());
      check_batch(batch, Bytes(bytes).subspan(at, size));
      at += size;
    }
    EXPECT_EQ(at, bytes.size());
    EXPECT_EQ(at, example.at("total_size").get<std::size_t>());
    ASSERT_FALSE(testing::Test::HasFailure()) << "case " << example.at("case") << " " << example.at("kind");
  }
}

TEST(KafkaBatchFill, TakesTheRecordsThatKafkaTakes) {
  for (const Json& example : kafka_data::read_jsonl("batch_fill.jsonl")) {
    BatchFill fill(example.at("write_limit").get<std::int32_t>());
    EXPECT_EQ(fill.size_bytes(), example.at("estimated_size_empty").get<std::int32_t>());
    for (const Json& record : example.at("records")) {
      const std::vector<HeaderSize> headers(record.at("headers").get<std::size_t>(), HeaderSize{3, 4});
      const RecordContentSize content{record.at("key_len"), record.at("value_len"), headers};
      const auto timestamp = record.at("ts_delta").get<std::int64_t>();
      EXPECT_EQ(batch_size_upper_bound(content), record.at("size_upper_bound").get<std::int32_t>());
      EXPECT_EQ(fill.has_room_for(content, timestamp), record.at("has_room").get<bool>());
      if (record.at("has_room").get<bool>()) {
        fill.append(content, timestamp);
        EXPECT_EQ(fill.size_bytes(), record.at("estimated_size_after").get<std::int32_t>());
        EXPECT_EQ(fill.is_full(), record.at("is_full_after").get<bool>());
      }
    }
    EXPECT_EQ(fill.record_count(), example.at("accepted").get<std::int32_t>());
    EXPECT_EQ(fill.size_bytes(), example.at("final_size").get<std::int32_t>());
    ASSERT_FALSE(testing::Test::HasFailure()) << "case " << example.at("case");
  }
}

}  // namespace
}  // namespace kscope::sim::record_batches_test
