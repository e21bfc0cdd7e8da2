#pragma once
// Bytes of the records of __consumer_offsets and __transaction_state. The version that a key begins with says what type of
// record it is, and so which type its value has; a value's own version says which fields it has. Source: Kafka 3.9
// GroupMetadataManager.readMessageKey, CoordinatorRecordSerde, TransactionLog.readTxnRecordKey.

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "sim/coordinator/group/classic_group_records.h"
#include "sim/coordinator/group/consumer_group_records.h"
#include "sim/coordinator/txn/transaction_log_records.h"
#include "sim/protocol/version_prefixed.h"

namespace kscope::sim::wire {

/// Keys of __consumer_offsets and, at the same index, their values.
using OffsetsTopicKey =
    std::variant<OffsetCommitKey, GroupMetadataKey, ConsumerGroupMetadataKey, ConsumerGroupPartitionMetadataKey,
                 ConsumerGroupMemberMetadataKey, ConsumerGroupTargetAssignmentMetadataKey,
                 ConsumerGroupTargetAssignmentMemberKey, ConsumerGroupCurrentMemberAssignmentKey>;
using OffsetsTopicValue =
    std::variant<OffsetCommitValue, GroupMetadataValue, ConsumerGroupMetadataValue, ConsumerGroupPartitionMetadataValue,
                 ConsumerGroupMemberMetadataValue, ConsumerGroupTargetAssignmentMetadataValue,
                 ConsumerGroupTargetAssignmentMemberValue, ConsumerGroupCurrentMemberAssignmentValue>;
static_assert(std::variant_size_v<OffsetsTopicKey> == std::variant_size_v<OffsetsTopicValue>);

/// A record of __consumer_offsets. Without a value it is a tombstone.
struct OffsetsTopicRecord {
  Versioned<OffsetsTopicKey> key;
  std::optional<Versioned<OffsetsTopicValue>> value;
  bool operator==(const OffsetsTopicRecord&) const = default;
};
/// A record of __transaction_state. Without a value it is a tombstone.
struct TransactionTopicRecord {
  Versioned<TransactionLogKey> key;
  std::optional<Versioned<TransactionLogValue>> value;
  bool operator==(const TransactionTopicRecord&) const = default;
};

/// Key and value as they lie in a record; no value: null.
struct KeyValueBytes {
  std::vector<std::uint8_t> key;
  std::optional<std::vector<std::uint8_t>> value;
  bool operator==(const KeyValueBytes&) const = default;
};

/// Requires: the value is of the key's type, and the versions are among those that the types have.
[[nodiscard]] KeyValueBytes encode(const OffsetsTopicRecord& record);
[[nodiscard]] KeyValueBytes encode(const TransactionTopicRecord& record);

/// The inverse, for bytes from anywhere. Errors: a key of unknown type, a value of unknown version, bytes that end too
/// early, that do not follow the schema, or that are left over.
[[nodiscard]] Result<OffsetsTopicRecord> decode_offsets_topic_record(
    std::span<const std::uint8_t> key, std::optional<std::span<const std::uint8_t>> value);
[[nodiscard]] Result<TransactionTopicRecord> decode_transaction_topic_record(
    std::span<const std::uint8_t> key, std::optional<std::span<const std::uint8_t>> value);

}  // namespace kscope::sim::wire
