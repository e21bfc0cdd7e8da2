#pragma once
// TransactionManager: what makes a producer idempotent. It gets the producer its id, numbers every batch when it is drained
// the first time, keeps batches of a partition in the order of their sequences however often they are retried, and raises
// the epoch when a gap in the sequences can no longer be closed. Here: the idempotent part (KIP-98, KIP-360).
// Source: Kafka 3.9 TransactionManager, TxnPartitionMap, Sender.
//
// from          | event                                      | to            | effects
// UNINITIALIZED | the sender runs                            | INITIALIZING  | InitProducerId to the least loaded node
// INITIALIZING  | InitProducerId NONE                        | READY         | batches may be numbered
// INITIALIZING  | COORDINATOR_LOAD_IN_PROGRESS, no answer    | INITIALIZING  | again after retry.backoff.ms
// READY         | a gap that stays; epoch below the largest  | READY         | epoch + 1, sequences of that partition from 0
// READY         | the same at the largest epoch              | UNINITIALIZED | another id
//
// MODEL: authorization and the fatal errors that only it brings do not exist.

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/client/producer_id_and_epoch.h"
#include "sim/protocol/produce.h"
#include "sim/protocol/producer_id.h"
#include "sim/types/sequence.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Producer;
struct ProducerBatch;

/// The sequences of one partition. Kafka: TxnPartitionEntry.
struct PartitionSequences {
  /// Whom `next` counts for; behind the producer's own while batches of an earlier epoch are on their way.
  ProducerIdAndEpoch producer{};
  Sequence next{0};       ///< of the next record that is numbered
  Sequence last_acked{};  ///< of the newest acknowledged record
  Offset last_acked_offset = kUnknownOffset;
  /// The sequence after a batch that was given up without knowing whether it is stored; none = all is known.
  Sequence unresolved{};
};

class TransactionManager {
 public:
  enum class State : std::uint8_t { UNINITIALIZED, INITIALIZING, READY };

  /// `is_transactional`: id and epoch come from the transaction coordinator; a gap ends the transaction.
  explicit TransactionManager(bool is_transactional) : is_transactional_(is_transactional) {}

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const ProducerIdAndEpoch& producer() const { return producer_; }
  /// The sequences of a partition; made when they are asked for the first time.
  PartitionSequences& sequences(std::int32_t partition);

  /// What the sender does before it looks at batches: resolves what can be resolved, raises the epoch if that is due, asks
  /// for an id. Source: Sender.runOnce.
  void before_sending(Ctx& ctx, Producer& producer);
  void on_init_response(Ctx& ctx, Producer& producer, const InitProducerIdResponse& response);
  /// The coordinator gave this id and epoch: all sequences begin anew.
  void take_over(const ProducerIdAndEpoch& producer);
  /// The request had no answer.
  void on_init_failed(Ctx& ctx, Producer& producer);

  /// When before_sending() has something to do again; the end of time if only an answer can change anything.
  [[nodiscard]] LocalTime next_try() const {
    return state_ == State::READY || is_init_in_flight_ || is_transactional_ ? LocalTime::max() : init_at_;
  }

  /// Whether the first batch of a queue has to stay in it. Source: RecordAccumulator.shouldStopDrainBatchesForPartition.
  bool must_wait(const Producer& producer, const ProducerBatch& first);
  /// Numbers a batch that is drained the first time.
  void number(const Producer& producer, ProducerBatch& batch);

  /// Source: handleCompletedBatch.
  void on_acked(const ProducerBatch& batch, Offset base_offset);
  /// Source: canRetry. Effects: may ask for a higher epoch.
  bool can_retry(const ProducerBatch& batch, const ProducePartitionResult& result);
  /// A batch was given up. `is_refused`: for good, by a broker. Source: handleFailedBatch.
  void on_failed(const ProducerBatch& batch, ErrorCode error, bool is_refused);
  /// A batch that was sent before was given up by delivery.timeout.ms: whether it is stored is unknown.
  void mark_unresolved(const ProducerBatch& batch);

 private:
  void request_epoch_bump(std::int32_t partition);
  void resolve(const Producer& producer);
  void bump_epoch(Producer& producer);
  void start_at_beginning(Producer& producer, std::int32_t partition);
  void send_init(Ctx& ctx, Producer& producer);
  [[nodiscard]] bool is_next(std::int32_t partition, Sequence sequence);

  bool is_transactional_ = false;
  State state_ = State::UNINITIALIZED;
  ProducerIdAndEpoch producer_;
  std::vector<PartitionSequences> partitions_;  // by partition
  bool is_bump_required_ = false;
  std::vector<std::int32_t> to_rewrite_;  // partitions whose sequences begin anew with the next epoch
  bool is_init_in_flight_ = false;
  LocalTime init_at_{};  // not before: the backoff after a refusal
};

}  // namespace kscope::sim
