#pragma once
// ProducerStateManager: what one replica's log knows of the idempotent and transactional producers that wrote to it: the
// last five batches of each (so that a retry is recognised), its epoch (so that a zombie is refused), the transactions
// that are open, and those that ended beyond the high watermark. Owned by PartitionLog; a pure function of the log's
// batches and the clock. Source: ProducerStateManager, ProducerStateEntry, ProducerAppendInfo of Kafka 3.9; KIP-98.
// Not here: verification state of KIP-890 (the broker's business).

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/flat_map.h"
#include "engine/core/inline_vec.h"
#include "sim/types/control_type.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/sequence.h"

namespace kscope::sim {

/// Who sent a batch: a client is checked, a coordinator has an epoch and no sequences, a leader's copy is taken as it is.
enum class AppendOrigin : std::uint8_t { CLIENT, COORDINATOR, REPLICATION };

/// A batch of an idempotent producer as the producer state sees it. One that a coordinator appends for it has no sequence.
struct SequencedBatch {
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence first_sequence;
  std::int32_t record_count = 0;
  Offset base_offset;
  std::int64_t timestamp_ms = 0;  ///< the largest of its records
  bool is_transactional = false;

  [[nodiscard]] Sequence last_sequence() const {
    return first_sequence.is_set() ? sequence_after(first_sequence, record_count - 1) : kNoSequence;
  }
  [[nodiscard]] Offset last_offset() const { return base_offset + (record_count - 1); }
};

/// The end of a transaction as the coordinator wrote it into the partition.
struct EndTxnMarker {
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  ControlType type = ControlType::ABORT;
  CoordinatorEpoch coordinator_epoch = kNoCoordinatorEpoch;
  Offset offset;
  std::int64_t timestamp_ms = 0;
};

/// One remembered batch.
struct BatchMetadata {
  Sequence last_sequence;
  Offset last_offset;
  std::int32_t offset_delta = 0;  ///< last offset - first offset
  std::int64_t timestamp_ms = 0;
  [[nodiscard]] Sequence first_sequence() const { return sequence_before(last_sequence, offset_delta); }
  [[nodiscard]] Offset first_offset() const { return last_offset - std::int64_t{offset_delta}; }
  KSCOPE_FIELDS(BatchMetadata, last_sequence, last_offset, offset_delta, timestamp_ms);
};

/// What is known of one producer.
struct ProducerStateEntry {
  static constexpr std::size_t kBatchesToRetain = 5;  ///< so many may be in flight and still be told apart

  ProducerEpoch producer_epoch = kNoProducerEpoch;
  CoordinatorEpoch coordinator_epoch = kNoCoordinatorEpoch;
  std::int64_t last_timestamp_ms = -1;
  std::optional<Offset> current_txn_first_offset;
  InlineVec<BatchMetadata, kBatchesToRetain> batches;  ///< the latest last

  [[nodiscard]] Sequence first_sequence() const;
  [[nodiscard]] Sequence last_sequence() const;
  /// Offset after which nothing of the producer's data is known; -1 without any.
  [[nodiscard]] Offset last_data_offset() const;
  /// The remembered batch of this epoch with exactly these sequences. Source: ProducerStateEntry.findDuplicateBatch.
  [[nodiscard]] const BatchMetadata* find_duplicate(const SequencedBatch& batch) const;
  void add_batch(ProducerEpoch epoch, const BatchMetadata& batch);
  void update_epoch(ProducerEpoch epoch);
  KSCOPE_FIELDS(ProducerStateEntry, producer_epoch, coordinator_epoch, last_timestamp_ms, current_txn_first_offset,
                batches);
};

/// A transaction with data in the log.
struct TxnMetadata {
  ProducerId producer_id;
  Offset first_offset;
  std::optional<Offset> last_offset;  ///< of its marker; none = open
  KSCOPE_FIELDS(TxnMetadata, producer_id, first_offset, last_offset);
};

/// A transaction that a marker just ended.
struct CompletedTxn {
  ProducerId producer_id;
  Offset first_offset;
  Offset last_offset;  ///< of the marker
  bool is_aborted = false;
  KSCOPE_FIELDS(CompletedTxn, producer_id, first_offset, last_offset, is_aborted);
};

class ProducerStateManager {
 public:
  /// The remembered batch that `batch` repeats, or nullptr. A leader answers its offset instead of appending.
  [[nodiscard]] const BatchMetadata* find_duplicate(const SequencedBatch& batch) const;

  /// Whether the batch may be appended: INVALID_PRODUCER_EPOCH if a newer incarnation of the producer wrote already,
  /// OUT_OF_ORDER_SEQUENCE_NUMBER if records before it are missing, INVALID_TXN_STATE for a plain batch in an open
  /// transaction. A follower's copy is refused by nothing. Changes nothing. Source: ProducerAppendInfo.append.
  [[nodiscard]] ErrorCode check(const SequencedBatch& batch, AppendOrigin origin) const;
  /// Takes in a batch that was appended. Requires: check() gave NONE.
  void append(const SequencedBatch& batch);

  /// The same for a marker: INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED if a later coordinator wrote already.
  [[nodiscard]] ErrorCode check(const EndTxnMarker& marker, AppendOrigin origin) const;
  /// Takes in a marker that was appended. Returns the transaction that it ended, if it had data here.
  /// Source: ProducerAppendInfo.appendEndTxnMarker.
  std::optional<CompletedTxn> append(const EndTxnMarker& marker);
  /// The transaction is over; it counts as unreplicated until the high watermark has passed its marker.
  void complete(const CompletedTxn& completed);

  /// The last stable offset as it will be once `completed` is: the first open transaction's start, or the offset after
  /// the marker. The aborted index keeps it. Source: ProducerStateManager.lastStableOffset.
  [[nodiscard]] Offset last_stable_offset_after(const CompletedTxn& completed) const;

  /// First offset of a transaction that is open or not yet fully replicated: read_committed stops there.
  [[nodiscard]] std::optional<Offset> first_unstable_offset() const;
  /// First offset of an open transaction.
  [[nodiscard]] std::optional<Offset> first_undecided_offset() const;

  void on_high_watermark(Offset high_watermark);
  /// Forgets producers without open transaction that wrote nothing for `expiration_ms`. Returns how many.
  /// Source: removeExpiredProducers, producer.id.expiration.ms.
  int expire(std::int64_t now_ms, std::int64_t expiration_ms);
  /// The log starts later now: transactions that ended before are of no use. Source: onLogStartOffsetIncremented.
  void on_log_start(Offset log_start_offset);
  void clear();

  [[nodiscard]] const FlatMap<ProducerId, ProducerStateEntry>& producers() const { return producers_; }
  [[nodiscard]] const std::vector<TxnMetadata>& ongoing() const { return ongoing_; }

 private:
  FlatMap<ProducerId, ProducerStateEntry> producers_;
  std::vector<TxnMetadata> ongoing_;       // by first offset
  std::vector<TxnMetadata> unreplicated_;  // by first offset

 public:
  KSCOPE_FIELDS(ProducerStateManager, producers_, ongoing_, unreplicated_);
};

}  // namespace kscope::sim
