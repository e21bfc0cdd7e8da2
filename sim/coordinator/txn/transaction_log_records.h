#pragma once
// Records of __transaction_state, field by field as they lie in the log: what is known of each transactional id.
// Source: the schemas TransactionLogKey/Value of Kafka 3.9; the tagged fields are those of transaction version 2 (KIP-890),
// which begin with Kafka 4.0.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/fields.h"
#include "sim/protocol/version_prefixed.h"
#include "sim/protocol/wire_format.h"

namespace kscope::sim::wire {

struct TransactionLogKey {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 0;
  static constexpr std::int16_t kFirstFlexibleVersion = kNeverFlexible;
  std::string transactional_id;
  KSCOPE_FIELDS(TransactionLogKey, transactional_id);
};
/// Partitions of one topic.
struct TransactionLogPartitions {
  std::string topic;
  std::vector<std::int32_t> partition_ids;
  KSCOPE_FIELDS(TransactionLogPartitions, topic, partition_ids);
};
struct TransactionLogValue {
  static constexpr std::int16_t kMinVersion = 0;
  static constexpr std::int16_t kMaxVersion = 1;
  static constexpr std::int16_t kFirstFlexibleVersion = 1;
  std::int64_t producer_id = 0;
  std::int64_t previous_producer_id = -1;  ///< version 1 on
  std::int64_t next_producer_id = -1;      ///< version 1 on
  std::int16_t producer_epoch = 0;
  std::int32_t transaction_timeout_ms = 0;
  std::int8_t transaction_status = 0;  ///< number of TransactionState
  std::optional<std::vector<TransactionLogPartitions>> transaction_partitions{std::in_place};
  std::int64_t transaction_last_update_timestamp_ms = 0;
  std::int64_t transaction_start_timestamp_ms = 0;
  std::int16_t client_transaction_version = 0;  ///< version 1 on
  KSCOPE_FIELDS(TransactionLogValue, producer_id, previous_producer_id, next_producer_id, producer_epoch,
                transaction_timeout_ms, transaction_status, transaction_partitions,
                transaction_last_update_timestamp_ms, transaction_start_timestamp_ms, client_transaction_version);
};

template <class Io>
void walk(Io& io, Field<Io, TransactionLogKey>& r) {
  io.value(r.transactional_id);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, TransactionLogPartitions>& r) {
  values(io, r.topic, r.partition_ids);
  no_tags(io);
}
template <class Io>
void walk(Io& io, Field<Io, TransactionLogValue>& r) {
  values(io, r.producer_id, r.producer_epoch, r.transaction_timeout_ms, r.transaction_status, r.transaction_partitions,
         r.transaction_last_update_timestamp_ms, r.transaction_start_timestamp_ms);
  io.tagged([&](auto& tags) {
    tags.field(0, r.previous_producer_id, std::int64_t{-1});
    tags.field(1, r.next_producer_id, std::int64_t{-1});
    tags.field(2, r.client_transaction_version, std::int16_t{0});
  });
}

}  // namespace kscope::sim::wire
