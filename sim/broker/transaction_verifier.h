#pragma once
// TransactionVerifier: before a leader opens a transaction in its log, it asks the transaction coordinator whether that
// transaction is open and has this partition (KIP-890). With transaction version 1 it only asks; with version 2 it adds the
// partition itself, so that producers need no AddPartitionsToTxn. A produce request waits here until the answer is there,
// and so does TxnOffsetCommit, whose partition is one of __consumer_offsets (KAFKA-15449).
//
//   Produce -> begin() -> AddPartitionsToTxn -> coordinator
//                      <- on_response()      <-             -> serve_...() with a verdict for each partition
//
// A batch is refused all the same if a marker of its producer came in between: the guard, given when the question was asked,
// must still be there when the batch is appended (KAFKA-14884).
// With version 2 a coordinator that still writes the markers of the transaction before answers CONCURRENT_TRANSACTIONS: it
// is asked again every 20 ms, for 100 ms at most (add.partitions.to.txn.retry.backoff.ms and .max.ms of 4.0).
// MODEL: one question for each produce request; Kafka puts several into one request.
// Source: ReplicaManager.appendRecordsWithTransactionVerification, AddPartitionsToTxnManager, ProducerStateManager; 3.9, 4.0.

#include <cstdint>
#include <variant>
#include <vector>

#include "sim/broker/partition.h"
#include "sim/broker/purgatory.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

/// What became of the question about one partition of a request.
struct BatchVerdict {
  ErrorCode error = ErrorCode::NONE;  ///< other than NONE: nothing is appended
  VerificationGuard guard;            ///< not set: there was no question
};

/// A request whose verdicts are known.
struct VerifiedCall {
  NodeId from;
  std::int64_t correlation_id = 0;
  ChannelIndex channel = -1;             ///< kept muted since the question was asked; -1 = being handled just now
  std::vector<BatchVerdict> verdicts{};  ///< by partition of the request; empty = there were no questions
};

/// A request whose question is not answered yet.
struct UnverifiedCall {
  VerifiedCall call;
  std::variant<ProduceRequest, TxnOffsetCommitRequest> request;
  AddPartitionsToTxnRequest question;
  std::int64_t asked = 0;  ///< correlation id of the question, or of the last one
  NodeId coordinator;
  LocalTime give_up_at{};  ///< until then it is asked again
  TimerId timer;
};

class TransactionVerifier {
 public:
  /// Asks the coordinator if a batch of the request opens a transaction here. True: serve_produce() is called later.
  /// Effects: guards; AddPartitionsToTxn, or at once NOT_ENOUGH_REPLICAS when no coordinator is known.
  bool begin(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const ProduceRequest& request);
  /// The same for offsets: serve_txn_offset_commit() is called later, with one verdict.
  /// Source: ReplicaManager.maybeStartTransactionVerificationForPartition.
  bool begin(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const TxnOffsetCommitRequest& request);
  void on_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id, const AddPartitionsToTxnResponse& response);
  /// kTransactionVerification: the coordinator did not answer within request.timeout.ms, or is to be asked again.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);
  /// The coordinator is gone: the producer is to try again. The producer is gone: nobody is answered.
  void on_disconnect(Ctx& ctx, Broker& broker, NodeId peer);

  /// Requests that wait for a coordinator.
  [[nodiscard]] const std::vector<UnverifiedCall>& waiting() const { return waiting_; }

 private:
  UnverifiedCall* find(std::int64_t asked);
  void wait(Ctx& ctx, Broker& broker, UnverifiedCall waiting);
  void ask(Ctx& ctx, Broker& broker, UnverifiedCall& waiting);
  void finish(Ctx& ctx, Broker& broker, std::int64_t asked, const AddPartitionsToTxnResponse& response);

  std::vector<UnverifiedCall> waiting_;  // in the order of asking
  std::int64_t last_guard_ = 0;
};

/// Whether a batch of a transaction may be appended where none of its producer is open: INVALID_TXN_STATE without the guard
/// that its question gave, OUT_OF_ORDER_SEQUENCE_NUMBER when an earlier batch was verified and is not here yet.
/// Source: UnifiedLog.batchMissingRequiredVerification, ProducerAppendInfo.checkSequence.
[[nodiscard]] ErrorCode check_verification(Ctx& ctx, const Broker& broker, Partition& partition,
                                           const RecordBatch& batch, VerificationGuard guard);
/// Data or a marker of the producer was appended: what was verified before counts no more.
void forget_verification(Partition& partition, ProducerId producer);

}  // namespace kscope::sim
