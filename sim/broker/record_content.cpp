#include "sim/broker/record_content.h"

#include <fmt/format.h>

#include "engine/core/check.h"
#include "sim/protocol/coordinator_record.h"

namespace kscope::sim {
namespace {

constexpr RecordContentSize kEndTxnMarkerSize{4, 6, {}};

/// The schemas' keys: (group, topic, partition) of a commit, (group) of a group.
std::string key_of(const CoordinatorRecord& record) {
  if (record.kind == CoordinatorRecordKind::kTransaction) {
    return fmt::format("transaction {}", record.transaction.transactional_id.value);
  }
  if (record.kind == CoordinatorRecordKind::kGroupMetadata || record.kind == CoordinatorRecordKind::kGroupTombstone) {
    return fmt::format("group {}", record.group.value);
  }
  if (record.kind == CoordinatorRecordKind::kConsumerGroup) {
    return consumer_group::key_text(*record.consumer_group);
  }
  return fmt::format("offset {} {} {}", record.group.value, record.partition.topic.value, record.partition.partition);
}

RecordContentSize content_size(const Registry& registry, const RecordBatch& batch, std::size_t index) {
  if (batch.is_control) {
    return kEndTxnMarkerSize;
  }
  if (batch.coordinator_records != nullptr) {
    return content_size((*batch.coordinator_records)[index]);
  }
  const Record& record = (*batch.records)[index];
  const std::string key = registry.key_text(record.producer, record.key);
  return {record.key.is_valid() ? static_cast<std::int32_t>(key.size()) : kNullSize, record.value_size, {}};
}

/// Sizes of key and value as in ConsumerGroup*Key/Value, with names of a usual length.
RecordContentSize consumer_group_size(const consumer_group::ConsumerGroupRecord& record) {
  constexpr std::int32_t kKeySize = 40;
  if (consumer_group::is_tombstone(record)) {
    return {kKeySize, kNullSize, {}};
  }
  return {kKeySize, static_cast<std::int32_t>(12 + 20 * consumer_group::entry_count(record)), {}};
}

}  // namespace

RecordContentSize content_size(const CoordinatorRecord& record) {
  switch (record.kind) {
    case CoordinatorRecordKind::kOffsetCommit: return {28, 28, {}};
    case CoordinatorRecordKind::kGroupMetadata: {
      std::size_t entries = 0;
      for (const GroupMemberRecord& member : record.members) {
        entries += member.subscription.size() + member.assignment.size();
      }
      return {16, static_cast<std::int32_t>(60 + record.members.size() * 120 + entries * 12), {}};
    }
    case CoordinatorRecordKind::kTombstone: return {28, kNullSize, {}};
    case CoordinatorRecordKind::kGroupTombstone: return {16, kNullSize, {}};
    case CoordinatorRecordKind::kConsumerGroup: return consumer_group_size(*record.consumer_group);
    case CoordinatorRecordKind::kTransaction:
      return {20, static_cast<std::int32_t>(50 + record.transaction.partitions.size() * 12), {}};
  }
  return {};
}

std::optional<std::string> ClusterRecordReader::key_of(const RecordBatch& batch, std::size_t index) const {
  if (batch.coordinator_records != nullptr) {
    return sim::key_of((*batch.coordinator_records)[index]);
  }
  const Record& record = (*batch.records)[index];
  return record.key.is_valid() ? std::optional(registry_.key_text(record.producer, record.key)) : std::nullopt;
}

// Source: DefaultRecordBatch.sizeInBytes. A delete horizon takes the place of the base timestamp.
std::int32_t ClusterRecordReader::size_of(const RecordBatch& batch) const {
  KSCOPE_CHECK(batch.records != nullptr, "only a batch whose records are known is thinned out");
  const std::int64_t base = batch.delete_horizon_ms >= 0 ? batch.delete_horizon_ms : batch.base_timestamp_ms;
  std::int32_t size = kRecordBatchOverhead;
  for (std::size_t i = 0; i < batch.records->size(); ++i) {
    const Record& record = (*batch.records)[i];
    if (!record.is_removed()) {
      const std::int64_t delta = batch.base_timestamp_ms + record.timestamp_delta - base;
      size += record_size(content_size(registry_, batch, i), static_cast<std::int32_t>(i), delta);
    }
  }
  return compressed_batch_size(size, batch.compression, registry_.compression);
}

}  // namespace kscope::sim
