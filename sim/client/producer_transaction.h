#pragma once
// ProducerTransaction: the transactional part of a producer: finds its coordinator, gets its id, tells the coordinator which
// partitions a transaction writes to before anything is sent there, and ends it. With transaction version 2 (KIP-890) the
// brokers tell the coordinator themselves, and the answer to EndTxn brings the epoch of the next transaction.
// Source: Kafka 3.9 and 4.0 TransactionManager, Sender.maybeSendAndPollTransactionalRequest.
//
// from                    | event                                     | to                     | effects
// INITIALIZING            | InitProducerId NONE                       | READY                  | id and epoch
// READY                   | the application sends                     | IN_TRANSACTION         |
// IN_TRANSACTION          | commit()                                  | COMMITTING_TRANSACTION | what is buffered is sent
// IN_TRANSACTION,         | abort()                                   | ABORTING_TRANSACTION   | what is not sent is dropped
//   ABORTABLE_ERROR       |                                           |                        |
// IN_TRANSACTION, COMMIT. | a batch is given up, a request refused    | ABORTABLE_ERROR        | perhaps the epoch is to be raised
// COMMITTING, ABORTING    | all batches decided, EndTxn NONE          | READY, or INITIALIZING | the application is told
// any                     | PRODUCER_FENCED, INVALID_PRODUCER_EPOCH,  | FATAL_ERROR            | the application ends
//                         | INVALID_TXN_STATE from the coordinator    |                        |
//
// MODEL: the application begins a transaction with the first record, aborts at once after an error, and ends when it is
// fenced.

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/protocol/producer_id.h"
#include "sim/protocol/transaction.h"
#include "sim/protocol/txn_offsets.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Producer;

/// What sendOffsetsToTransaction() was called with, as long as it is not stored.
struct TransactionOffsets {
  GroupId group;
  GenerationId generation = kNoGeneration;  ///< none before KIP-447
  MemberId member;                          ///< the same
  std::vector<OffsetCommitPartition> partitions;
  std::string group_instance_id{};  ///< the same
  bool is_group_added = false;      ///< the transaction coordinator knows that the group is part of the transaction
};

class ProducerTransaction {
 public:
  enum class State : std::uint8_t {
    INITIALIZING,
    READY,
    IN_TRANSACTION,
    COMMITTING_TRANSACTION,
    ABORTING_TRANSACTION,
    ABORTABLE_ERROR,
    FATAL_ERROR,
  };

  /// How the brokers speak: the feature transaction.version.
  enum class Version : std::uint8_t { kV1, kV2 };

  explicit ProducerTransaction(TransactionalId id) : id_(id) {}
  /// Before the first request: what the brokers told in ApiVersions.
  void on_version(Version version) { version_ = version; }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_completing() const {
    return state_ == State::COMMITTING_TRANSACTION || state_ == State::ABORTING_TRANSACTION;
  }
  /// Whether the application may call send(): it is in a transaction or may begin one.
  [[nodiscard]] bool takes_records() const { return state_ == State::READY || state_ == State::IN_TRANSACTION; }
  /// Records that the application handed over in this transaction.
  [[nodiscard]] std::int64_t record_count() const { return record_count_; }

  // ---- application
  /// Begins a transaction unless one is open. Requires: takes_records().
  void begin(Ctx& ctx);
  /// The application handed over a record for this partition.
  void on_record(TopicPartition partition);
  /// sendOffsetsToTransaction(): the group coordinator is to keep the offsets until the transaction ends.
  /// Requires: a transaction is open. Source: TransactionManager.sendOffsetsToTransaction.
  void send_offsets(TransactionOffsets offsets);
  /// Whether offsets are not stored yet: sendOffsetsToTransaction() has not returned.
  [[nodiscard]] bool has_unsent_offsets() const { return offsets_.has_value(); }
  /// commitTransaction() or abortTransaction(). No effect without a transaction.
  void end(Ctx& ctx, Producer& producer, ControlType result);

  // ---- sender
  /// Sends the next request to the coordinator if one is due.
  void before_sending(Ctx& ctx, Producer& producer);
  /// Whether batches of the partition may go: the coordinator knows that it is part of the transaction, or will hear so
  /// from the partition's leader.
  [[nodiscard]] bool may_send_to(TopicPartition partition) const;
  /// When before_sending() has something to do again; the end of time if only an answer can change anything.
  [[nodiscard]] LocalTime next_try() const { return is_in_flight_ ? LocalTime::max() : retry_at_; }

  // ---- answers
  void on_find_coordinator_response(Ctx& ctx, const FindCoordinatorResponse& response);
  void on_init_response(Ctx& ctx, Producer& producer, const InitProducerIdResponse& response);
  void on_add_partitions_response(Ctx& ctx, Producer& producer, const AddPartitionsToTxnResponse& response);
  void on_add_offsets_response(Ctx& ctx, Producer& producer, const AddOffsetsToTxnResponse& response);
  void on_txn_offset_commit_response(Ctx& ctx, Producer& producer, const TxnOffsetCommitResponse& response);
  void on_end_response(Ctx& ctx, Producer& producer, const EndTxnResponse& response);
  /// One of its requests had no answer: another coordinator may be in charge.
  void on_request_failed(Ctx& ctx, Producer& producer);
  /// A batch was given up: the transaction can only be aborted. Source: maybeTransitionToErrorState.
  void on_batch_failed(Ctx& ctx, Producer& producer, ErrorCode error);

 private:
  void send(Ctx& ctx, Producer& producer, NodeId to, MessageBody body);
  void find_coordinator(Ctx& ctx, Producer& producer, const FindCoordinatorRequest& request);
  void send_to_coordinator(Ctx& ctx, Producer& producer);
  // producer_transaction_offsets.cpp
  void send_to_group_coordinator(Ctx& ctx, Producer& producer);
  /// Whether only the group coordinator is missing for the next step.
  [[nodiscard]] bool is_group_next() const;
  /// What an error of the coordinator means. Returns false when it is none of those that are tried again or end everything.
  bool on_coordinator_error(Ctx& ctx, Producer& producer, ErrorCode error);
  void fail_for_good(Ctx& ctx, Producer& producer, ErrorCode error);
  void abort_after(Ctx& ctx, Producer& producer, ErrorCode error);
  void finish(Ctx& ctx, Producer& producer, ControlType result);
  void retry_later(Ctx& ctx, Duration backoff);

  TransactionalId id_;
  Version version_ = Version::kV1;
  State state_ = State::INITIALIZING;
  NodeId coordinator_;                           // not valid: to be found
  bool is_in_flight_ = false;                    // one request at a time
  LocalTime retry_at_ = LocalTime::max();        // not before; the end of time: nothing waits
  std::vector<TopicPartition> partitions_;       // known to the coordinator, ascending
  std::vector<TopicPartition> new_partitions_;   // to be told, ascending
  std::vector<TopicPartition> told_partitions_;  // in the request on its way
  NodeId group_coordinator_;                     // the same, of the group whose offsets are sent
  std::optional<TransactionOffsets> offsets_;    // to be stored; none: nothing, or all is
  bool has_offsets_ = false;                     // the transaction has offsets, or may have
  std::int64_t record_count_ = 0;
  bool is_bump_required_ = false;           // the next transaction begins with a higher epoch
  ErrorCode last_error_ = ErrorCode::NONE;  // why this transaction is aborted
};

}  // namespace kscope::sim
