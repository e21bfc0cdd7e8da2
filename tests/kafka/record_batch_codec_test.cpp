#include "sim/types/record_batch_codec.h"

#include "sim/types/crc32c.h"
#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::record_batch_codec_test {
namespace {

using Json = nlohmann::json;

std::string hex(const Bytes& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Json hex_or_null(const std::optional<Bytes>& bytes) { return bytes ? Json(hex(*bytes)) : Json(); }

/// The record as Kafka's reader describes it.
Json describe(const RecordBatchBytes& batch, const RecordBytes& record) {
  Json headers = Json::array();
  for (const RecordHeader& header : record.headers) {
    headers.push_back({header.key, hex_or_null(header.value)});
  }
  const bool has_sequence = batch.base_sequence.is_set();
  return {{"offset", (batch.base_offset + record.offset_delta).value},
          {"timestamp",
           batch.is_log_append_time ? batch.max_timestamp_ms : batch.base_timestamp_ms + record.timestamp_delta},
          {"sequence", has_sequence ? sequence_after(batch.base_sequence, record.offset_delta).value : -1},
          {"key", hex_or_null(record.key)},
          {"value", hex_or_null(record.value)},
          {"headers", headers}};
}

/// The batch as Kafka's reader describes it, without what follows from its bytes alone.
Json describe(const RecordBatchBytes& batch) {
  Json records = Json::array();
  for (const RecordBytes& record : batch.records) {
    records.push_back(describe(batch, record));
  }
  const Json horizon = batch.has_delete_horizon ? Json(batch.base_timestamp_ms) : Json();
  return {{"base_offset", batch.base_offset.value},
          {"last_offset", (batch.base_offset + batch.last_offset_delta).value},
          {"partition_leader_epoch", batch.partition_leader_epoch.value},
          {"timestamp_type", batch.is_log_append_time ? "LogAppendTime" : "CreateTime"},
          {"max_timestamp", batch.max_timestamp_ms},
          {"base_timestamp", batch.base_timestamp_ms},
          {"producer_id", batch.producer_id.value},
          {"producer_epoch", batch.producer_epoch.value},
          {"base_sequence", batch.base_sequence.value},
          {"last_sequence", batch.last_sequence().value},
          {"transactional", batch.is_transactional},
          {"control", batch.is_control},
          {"delete_horizon_ms", horizon},
          {"last_offset_delta", batch.last_offset_delta},
          {"count", batch.records.size()},
          {"records", records}};
}

TEST(KafkaRecordBatchCodec, EveryBatchIsReadAndWrittenAsKafkaDoes) {
  for (const Json& example : kafka_data::read_jsonl("record_batches.jsonl")) {
    const Bytes bytes = kafka_data::from_hex(example.at("bytes").get<std::string>());
    Bytes written;
    for (Json expected : example.at("batches")) {
      const auto decoded = decode_record_batch(std::span(bytes).subspan(written.size()));
      ASSERT_TRUE(decoded) << example.at("case") << ": " << decoded.error().text;
      EXPECT_EQ(decoded->size_bytes, expected.at("size_in_bytes").get<std::size_t>());
      Json actual = describe(decoded->batch);
      for (const auto& [name, value] : actual.items()) {
        if (name != "records") {
          EXPECT_EQ(value, expected.at(name)) << name;
        }
      }
      ASSERT_EQ(actual.at("records").size(), expected.at("records").size());
      for (std::size_t i = 0; i < actual.at("records").size(); ++i) {
        for (const auto& [name, value] : actual.at("records")[i].items()) {
          EXPECT_EQ(value, expected.at("records")[i].at(name)) << name << " of record " << i;
        }
      }
      encode_record_batch(decoded->batch, written);
    }
    ASSERT_EQ(hex(written), example.at("bytes").get<std::string>());
    ASSERT_FALSE(testing::Test::HasFailure()) << "case " << example.at("case") << " " << example.at("kind");
  }
}

TEST(KafkaRecordBatchCodec, MarkersOfTransactionsAreThoseOfKafka) {
  int count = 0;
  for (const Json& example : kafka_data::read_jsonl("record_batches.jsonl")) {
    const bool is_commit = example.at("kind") == "control_COMMIT";
    if (!is_commit && example.at("kind") != "control_ABORT") {
      continue;
    }
    const auto decoded = decode_record_batch(kafka_data::from_hex(example.at("bytes").get<std::string>()));
    ASSERT_TRUE(decoded);
    const Json& record = example.at("batches")[0].at("records")[0];
    EXPECT_EQ(decoded->batch.records.front(),
              end_txn_marker_record(is_commit, CoordinatorEpoch(record.at("coordinator_epoch").get<std::int32_t>())));
    ++count;
  }
  EXPECT_GT(count, 0);
}

/// A valid batch of two records, to break.
Bytes valid_batch() {
  RecordBatchBytes batch;
  batch.base_offset = Offset(7);
  batch.last_offset_delta = 1;
  batch.records.resize(2);
  batch.records[0].key = Bytes{1, 2, 3};
  batch.records[1].offset_delta = 1;
  batch.records[1].headers = {{"h", Bytes{9}}};
  Bytes bytes;
  encode_record_batch(batch, bytes);
  return bytes;
}

void renew_checksum(Bytes& bytes) {
  const std::uint32_t checksum = crc32c(std::span(bytes).subspan(21));
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[17 + i] = static_cast<std::uint8_t>(checksum >> (24 - 8 * i));
  }
}

TEST(RecordBatchCodec, EveryPrefixIsRefused) {
  const Bytes bytes = valid_batch();
  ASSERT_TRUE(decode_record_batch(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_record_batch(std::span(bytes).first(size))) << size;
  }
}

TEST(RecordBatchCodec, EveryFlippedBitAfterTheEpochIsFound) {
  for (std::size_t at = 16; at < valid_batch().size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes bytes = valid_batch();
      bytes[at] ^= static_cast<std::uint8_t>(1 << bit);
      EXPECT_FALSE(decode_record_batch(bytes)) << "byte " << at << ", bit " << bit;
    }
  }
}

TEST(RecordBatchCodec, HostileLengthsWithAGoodChecksumNeverReadBeyondTheBatch) {
  for (std::size_t at = 21; at < valid_batch().size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      Bytes bytes = valid_batch();
      bytes[at] = static_cast<std::uint8_t>(value);
      renew_checksum(bytes);
      const auto decoded = decode_record_batch(bytes);  // the sanitizers look for reads beyond the end
      EXPECT_TRUE(!decoded || decoded->size_bytes == bytes.size());
    }
  }
}

}  // namespace
}  // namespace kscope::sim::record_batch_codec_test
