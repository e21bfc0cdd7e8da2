#pragma once
// A record batch as it travels and as it lies in a log. The records are written once by a producer (or by a coordinator
// for its internal topic) and never change, so they are shared; what the leader assigns (base offset, leader epoch) is in
// the batch itself. Sizes are those of record format v2 (sim/types/record_batch_size.h, sim/types/compression.h).

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"
#include "sim/types/compression.h"
#include "sim/types/control_type.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/sequence.h"

namespace kscope::sim {

/// One record. The bytes of key and value are not kept: the key's text follows from (producer, key), the value is a size.
struct Record {
  RecordId id;
  KeyId key;                         ///< none = null key
  NodeId producer;                   ///< who sent it: names the key space; the broker itself for internal topics
  std::int32_t value_size = 0;       ///< bytes; -1 = null (tombstone); kRemovedRecord
  std::int32_t timestamp_delta = 0;  ///< ms after the batch's base timestamp
  std::int64_t sequence = 0;  ///< the producer's own count of records to this partition, from 0: ground truth for order

  [[nodiscard]] bool is_tombstone() const { return value_size == -1; }
  /// Compaction has removed it: its offset is still counted, the record is not there.
  [[nodiscard]] bool is_removed() const { return value_size == kRemovedRecord; }
  /// Value size of a record that compaction has removed. Its place is kept, so that the place of a record in its batch
  /// stays its offset delta.
  static constexpr std::int32_t kRemovedRecord = -2;
  KSCOPE_FIELDS(Record, id, key, producer, value_size, timestamp_delta, sequence);
};

/// What an internal topic's record says. Only batches of internal topics carry these; one per record, same index.
/// kTransaction: of __transaction_state; the others: of __consumer_offsets.
/// kTombstone: of an offset commit. kConsumerGroup: of a group of KIP-848. kGroupTombstone: of kGroupMetadata.
enum class CoordinatorRecordKind : std::uint8_t {
  kOffsetCommit,
  kGroupMetadata,
  kTombstone,
  kTransaction,
  kConsumerGroup,
  kGroupTombstone
};
struct CoordinatorRecord;  // sim/protocol/coordinator_record.h

struct RecordBatch {
  Offset base_offset;                         ///< assigned by the leader
  LeaderEpoch leader_epoch = kNoLeaderEpoch;  ///< partitionLeaderEpoch, assigned by the leader
  std::int32_t record_count = 0;  ///< offsets base .. base + record_count - 1, also those of records that are removed
  std::int32_t size_bytes = 0;    ///< whole batch as it travels and lies on disk: compressed, header included
  std::int64_t base_timestamp_ms = 0;
  std::int64_t max_timestamp_ms = 0;
  ProducerId producer_id;  ///< of an idempotent producer; none = the batch is appended as often as it comes
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  CompressionType compression = CompressionType::NONE;
  bool is_transactional = false;
  bool is_control = false;                        ///< its one record is a marker that ends a transaction
  ControlType control_type = ControlType::ABORT;  ///< of a control batch
  bool is_compacted =
      false;  ///< compaction removed records of it, or set its delete horizon: it is no longer as produced
  bool is_corrupt = false;                                   ///< its checksum does not fit its content: nobody takes it
  CoordinatorEpoch coordinator_epoch = kNoCoordinatorEpoch;  ///< of a control batch: who wrote the marker
  Sequence base_sequence;                                    ///< of its first record
  /// When its tombstones, or its marker, may go (KIP-534): ms of the clock of the broker that compacted it; -1 = not set.
  std::int64_t delete_horizon_ms = -1;
  std::shared_ptr<const std::vector<Record>> records;
  std::shared_ptr<const std::vector<CoordinatorRecord>> coordinator_records;  ///< internal topics only

  /// The offset after the batch.
  [[nodiscard]] Offset next_offset() const { return base_offset + record_count; }
  [[nodiscard]] Offset last_offset() const { return base_offset + (record_count - 1); }
  KSCOPE_FIELDS(RecordBatch, base_offset, leader_epoch, record_count, size_bytes, base_timestamp_ms, max_timestamp_ms,
                producer_id, producer_epoch, compression, is_transactional, is_control, control_type, is_compacted,
                is_corrupt, coordinator_epoch, base_sequence, delete_horizon_ms);
};

}  // namespace kscope::sim
