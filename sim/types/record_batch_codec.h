#pragma once
// Record batches as bytes: record format v2 (magic 2, uncompressed), exactly as Kafka writes them to the wire and to .log
// files, and back. The model itself moves no bytes; segments that are exported go through here.
// Source: DefaultRecordBatch, DefaultRecord, EndTransactionMarker of Kafka 3.9.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/result.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/sequence.h"

namespace kscope::sim {

using Bytes = std::vector<std::uint8_t>;

/// A header of a record: Kafka's RecordHeader.
struct RecordHeader {
  std::string key;
  std::optional<Bytes> value;  ///< none = null
  KSCOPE_FIELDS(RecordHeader, key, value);
};

/// A record with its content. Deltas count from the batch's base.
struct RecordBytes {
  std::int32_t offset_delta = 0;
  std::int64_t timestamp_delta = 0;  ///< ms
  std::optional<Bytes> key;          ///< none = null
  std::optional<Bytes> value;        ///< none = null, a tombstone
  std::vector<RecordHeader> headers;
  KSCOPE_FIELDS(RecordBytes, offset_delta, timestamp_delta, key, value, headers);
};

/// A batch with its content. The length and the checksum are not kept: they follow from the rest.
struct RecordBatchBytes {
  Offset base_offset;
  LeaderEpoch partition_leader_epoch = kNoLeaderEpoch;
  bool is_log_append_time = false;
  bool is_transactional = false;
  bool is_control = false;
  bool has_delete_horizon = false;     ///< base_timestamp_ms is the delete horizon of a compacted batch (KIP-534)
  std::int32_t last_offset_delta = 0;  ///< of the batch as it was produced; compaction keeps it
  std::int64_t base_timestamp_ms = -1;
  std::int64_t max_timestamp_ms = -1;
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence;
  std::vector<RecordBytes> records;

  /// The last sequence, or none without an idempotent producer.
  [[nodiscard]] Sequence last_sequence() const {
    return base_sequence.is_set() ? sequence_after(base_sequence, last_offset_delta) : kNoSequence;
  }
  KSCOPE_FIELDS(RecordBatchBytes, base_offset, partition_leader_epoch, is_log_append_time, is_transactional, is_control,
                has_delete_horizon, last_offset_delta, base_timestamp_ms, max_timestamp_ms, producer_id, producer_epoch,
                base_sequence, records);
};

/// Appends the batch to `out`. Cost: O(bytes). Requires: less than 2 GiB.
void encode_record_batch(const RecordBatchBytes& batch, Bytes& out);

/// A batch read from the front of `bytes`, and how many bytes it took.
struct DecodedRecordBatch {
  RecordBatchBytes batch;
  std::size_t size_bytes = 0;
};
/// Reads the batch at the front of `bytes`. Errors, in words: the bytes end inside it, a magic other than 2, compression, a
/// checksum that does not agree, a record whose lengths contradict each other. Never reads beyond `bytes`.
[[nodiscard]] Result<DecodedRecordBatch> decode_record_batch(std::span<const std::uint8_t> bytes);

/// Key and value of the record in a control batch that ends a transaction. Source: EndTransactionMarker.
[[nodiscard]] RecordBytes end_txn_marker_record(bool is_commit, CoordinatorEpoch coordinator_epoch);

}  // namespace kscope::sim
