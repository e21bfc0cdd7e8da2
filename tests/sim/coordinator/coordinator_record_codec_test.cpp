#include "sim/coordinator/coordinator_record_codec.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace kscope::sim::wire::coordinator_record_codec_test {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// One record of each type, with the versions that Kafka 3.9 writes.
std::vector<OffsetsTopicRecord> one_of_each() {
  const auto record = [](OffsetsTopicKey key, std::int16_t key_version, OffsetsTopicValue value, std::int16_t version) {
    return OffsetsTopicRecord{{std::move(key), key_version}, Versioned<OffsetsTopicValue>{std::move(value), version}};
  };
  ConsumerGroupPartitionMetadataValue topics;
  topics.topics = {{Uuid{1, 2}, "orders", 2, {{0, {"r1", "r2"}}, {1, {}}}}};
  ConsumerGroupMemberMetadataValue member;
  member.client_id = "billing";
  member.classic_member_metadata = ClassicMemberMetadata{45'000, {{"range", {1, 2}}}};
  return {
      record(OffsetCommitKey{"g", "orders", 1}, 1, OffsetCommitValue{5, 2, "", 1000, -1}, 3),
      record(GroupMetadataKey{"g"}, 2,
             GroupMetadataValue{"consumer", 3, "range", "m", 9, {{"m", {}, "c", "/h", 1, 2, {}, {}}}}, 3),
      record(ConsumerGroupMetadataKey{"g"}, 3, ConsumerGroupMetadataValue{4}, 0),
      record(ConsumerGroupPartitionMetadataKey{"g"}, 4, topics, 0),
      record(ConsumerGroupMemberMetadataKey{"g", "m"}, 5, member, 0),
      record(ConsumerGroupTargetAssignmentMetadataKey{"g"}, 6, ConsumerGroupTargetAssignmentMetadataValue{4}, 0),
      record(ConsumerGroupTargetAssignmentMemberKey{"g", "m"}, 7,
             ConsumerGroupTargetAssignmentMemberValue{{{Uuid{1, 2}, {0, 1}}}}, 0),
      record(ConsumerGroupCurrentMemberAssignmentKey{"g", "m"}, 8,
             ConsumerGroupCurrentMemberAssignmentValue{4, 3, 1, {{Uuid{1, 2}, {0}}}, {}}, 0),
  };
}

Result<OffsetsTopicRecord> decoded(const KeyValueBytes& bytes) {
  const auto value =
      bytes.value.has_value() ? std::optional<std::span<const std::uint8_t>>(*bytes.value) : std::nullopt;
  return decode_offsets_topic_record(bytes.key, value);
}

TEST(CoordinatorRecordCodec, the_version_of_a_key_is_its_type_and_tells_the_type_of_its_value) {
  for (const OffsetsTopicRecord& record : one_of_each()) {
    const Result<OffsetsTopicRecord> read = decoded(encode(record));
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_EQ(*read, record);
  }
}

TEST(CoordinatorRecordCodec, a_tombstone_has_no_value) {
  for (OffsetsTopicRecord record : one_of_each()) {
    record.value = std::nullopt;
    const KeyValueBytes bytes = encode(record);
    EXPECT_FALSE(bytes.value.has_value());
    const Result<OffsetsTopicRecord> read = decoded(bytes);
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_EQ(*read, record);
  }
  const Result<TransactionTopicRecord> read =
      decode_transaction_topic_record(encode(TransactionTopicRecord{{{"t"}, 0}, std::nullopt}).key, std::nullopt);
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_EQ(read->key.message.transactional_id, "t");
}

TEST(CoordinatorRecordCodec, keys_of_other_types_are_refused) {
  for (const std::int16_t version : std::initializer_list<std::int16_t>{-1, 9, 300}) {
    const auto bits = static_cast<std::uint16_t>(version);
    const Bytes key{static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits), 0, 1, 'g'};
    const Result<OffsetsTopicRecord> read = decode_offsets_topic_record(key, std::nullopt);
    ASSERT_FALSE(read.has_value());
    EXPECT_NE(read.error().text.find("version " + std::to_string(version)), std::string::npos);
  }
  EXPECT_FALSE(decode_offsets_topic_record(Bytes{0}, std::nullopt));
  EXPECT_FALSE(decode_transaction_topic_record(Bytes{0, 1, 0, 1, 't'}, std::nullopt));
}

TEST(CoordinatorRecordCodec, a_value_that_ends_anywhere_too_early_is_refused) {
  for (const OffsetsTopicRecord& record : one_of_each()) {
    KeyValueBytes bytes = encode(record);
    while (!bytes.value->empty()) {
      bytes.value->pop_back();
      EXPECT_FALSE(decoded(bytes)) << record.key.message.index() << " of " << bytes.value->size() << " bytes";
    }
  }
}

TEST(CoordinatorRecordCodec, only_version_1_of_a_transaction_keeps_the_ids_before_and_after) {
  TransactionLogValue value;
  value.producer_id = 7;
  value.previous_producer_id = 6;
  value.next_producer_id = 8;
  value.client_transaction_version = 2;
  for (const std::int16_t version : std::initializer_list<std::int16_t>{0, 1}) {
    const KeyValueBytes bytes =
        encode(TransactionTopicRecord{{{"t"}, 0}, Versioned<TransactionLogValue>{value, version}});
    const Result<TransactionTopicRecord> read = decode_transaction_topic_record(bytes.key, *bytes.value);
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_EQ(read->value->message.producer_id, 7);
    EXPECT_EQ(read->value->message.previous_producer_id, version == 1 ? 6 : -1);
    EXPECT_EQ(read->value->message.next_producer_id, version == 1 ? 8 : -1);
    EXPECT_EQ(read->value->message.client_transaction_version, version == 1 ? 2 : 0);
  }
}

}  // namespace
}  // namespace kscope::sim::wire::coordinator_record_codec_test
