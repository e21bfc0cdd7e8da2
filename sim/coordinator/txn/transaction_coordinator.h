#pragma once
// TransactionCoordinator: the part of a broker that keeps the transactional ids whose partition of __transaction_state it
// leads: who is the producer (id and epoch), which transaction is open with which partitions, and how it ends. Every change
// is appended there first and takes effect when all in-sync replicas have it (transaction_metadata.h has the table).
//
//   producer --InitProducerId, AddPartitionsToTxn, EndTxn--> coordinator --WriteTxnMarkers--> leaders of the partitions
//
// MODEL: transactional.id.expiration.ms is not looked at: an id is kept for ever.
// Kafka: TransactionCoordinator, TransactionStateManager, TransactionMarkerChannelManager (3.9; transaction version 2 of
// 4.0 unless the rule kip-890-epochs is the old one).

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/coordinator/group/append_token.h"
#include "sim/coordinator/txn/transaction_metadata.h"
#include "sim/protocol/group_classic.h"
#include "sim/protocol/producer_id.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

/// Who waits for what becomes of a change.
struct TransactionCaller {
  enum class Kind : std::uint8_t {
    kNobody,          ///< the coordinator itself: a transaction that timed out
    kInitProducerId,  ///< answered with id and epoch
    kFence,           ///< InitProducerId that first has to end the open transaction: CONCURRENT_TRANSACTIONS
    kAddPartitions,
    kAddOffsets,
    kEndTxn,
  };
  Kind kind = Kind::kNobody;
  NodeId node;
  std::int64_t correlation_id = 0;
};

/// A record on its way into __transaction_state.
struct PendingTransaction {
  AppendToken token;
  std::int32_t partition = -1;
  CoordinatorEpoch coordinator_epoch = kNoCoordinatorEpoch;
  TransactionRecord next;
  TransactionCaller caller;
  bool is_epoch_fence = false;
};

/// Markers of a decided transaction that are not all written.
struct PendingMarkers {
  TransactionalId transactional_id;
  std::int32_t partition = -1;  ///< of __transaction_state
  CoordinatorEpoch coordinator_epoch = kNoCoordinatorEpoch;
  TransactionRecord complete;             ///< what is appended when the last marker is written
  std::vector<TopicPartition> unwritten;  ///< ascending
  bool is_completing = false;             ///< `complete` is being appended
};

/// WriteTxnMarkers without an answer.
struct SentMarkers {
  std::int64_t correlation_id = 0;
  NodeId node;
  TransactionalId transactional_id;
  std::vector<TopicPartition> partitions;
};

/// A partition of __transaction_state that this broker leads.
struct TransactionPartition {
  std::int32_t partition = -1;
  CoordinatorEpoch epoch = kNoCoordinatorEpoch;  ///< its leader epoch
  bool is_loading = true;
  TimerId load_timer;
};

class TransactionCoordinator {
 public:
  void init_producer_id(Ctx& ctx, Broker& broker, const TransactionCaller& caller,
                        const InitProducerIdRequest& request);
  void add_partitions(Ctx& ctx, Broker& broker, const TransactionCaller& caller,
                      const AddPartitionsToTxnRequest& request);
  /// Whether the partitions are in the producer's open transaction: the question of a partition's leader (KIP-890).
  /// INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS. Source: handleVerifyPartitionsInTransaction.
  [[nodiscard]] AddPartitionsToTxnResponse verify_partitions(const Ctx& ctx,
                                                             const AddPartitionsToTxnRequest& request) const;
  void end_transaction(Ctx& ctx, Broker& broker, const TransactionCaller& caller, const EndTxnRequest& request);

  /// This broker became leader of `partition` of __transaction_state: loads it (takes time by the log's size).
  void on_leadership_gained(Ctx& ctx, TopicPartition partition, LeaderEpoch epoch);
  /// It leads it no more: forgets what it knew, and answers no one (producers find the new coordinator by timeout or error).
  void on_leadership_lost(Ctx& ctx, TopicPartition partition);
  /// Every in-sync replica has the append (NONE), or it failed.
  void on_appended(Ctx& ctx, Broker& broker, AppendToken token, ErrorCode error);
  void on_markers_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id,
                           const WriteTxnMarkersResponse& response);
  /// kTransactionLoad, kTransactionAbortCheck, kTxnMarkersRetry.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);
  void on_disconnect(Ctx& ctx, NodeId peer);

  [[nodiscard]] const FlatMap<TransactionalId, TransactionMetadata>& transactions() const { return transactions_; }
  [[nodiscard]] const std::vector<TransactionPartition>& partitions() const { return partitions_; }
  [[nodiscard]] const std::vector<PendingMarkers>& pending_markers() const { return markers_; }

 private:
  /// NONE with the partition, COORDINATOR_LOAD_IN_PROGRESS or NOT_COORDINATOR.
  ErrorCode find_partition(const Ctx& ctx, TransactionalId id, const TransactionPartition*& found) const;
  void append(Ctx& ctx, Broker& broker, PendingTransaction pending);
  void finish_append(Ctx& ctx, Broker& broker, const PendingTransaction& pending, ErrorCode error);
  void finish_end(Ctx& ctx, Broker& broker, const PendingTransaction& pending, ErrorCode error);
  [[nodiscard]] std::optional<TransactionRecord> prepare_end(Ctx& ctx, Broker& broker, TransactionMetadata& metadata,
                                                             const EndTxnRequest& request, bool is_epoch_fence);
  void finish_load(Ctx& ctx, Broker& broker, TransactionPartition& owned);
  void abort_timed_out(Ctx& ctx, Broker& broker);
  // transaction_markers.cpp
  void write_markers(Ctx& ctx, Broker& broker, std::int32_t partition, CoordinatorEpoch epoch,
                     TransactionMetadata& metadata);
  void send_markers(Ctx& ctx, Broker& broker, PendingMarkers& pending);
  void maybe_complete(Ctx& ctx, Broker& broker, PendingMarkers& pending);
  void retry_markers_later(Ctx& ctx);
  PendingMarkers* find_markers(TransactionalId id);

  std::vector<TransactionPartition> partitions_;  // ascending
  FlatMap<TransactionalId, TransactionMetadata> transactions_;
  std::vector<PendingTransaction> pending_;  // ascending tokens
  std::vector<PendingMarkers> markers_;      // in the order of decision
  std::vector<SentMarkers> sent_;            // ascending correlation ids
  std::int64_t next_token_ = 0;
  TimerId abort_timer_;
  TimerId markers_timer_;
};

/// Whether every transaction ends with a higher epoch: transaction version 2 (KIP-890).
[[nodiscard]] bool raises_epochs(const Ctx& ctx);
/// How many partitions __transaction_state has: transaction.state.log.num.partitions. Requires: the node is a broker.
std::int32_t transaction_partition_count(const Ctx& ctx);
/// The partition of __transaction_state that the id belongs to.
std::int32_t transaction_partition_of(const Ctx& ctx, TransactionalId id);

// What the broker calls for each API.
void handle_add_partitions_to_txn(Ctx&, Broker&, NodeId from, std::int64_t correlation_id,
                                  const AddPartitionsToTxnRequest&);
/// The group's partition of __consumer_offsets becomes part of the transaction. Source: KafkaApis.handleAddOffsetsToTxnRequest.
void handle_add_offsets_to_txn(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const AddOffsetsToTxnRequest&);
void handle_end_txn(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const EndTxnRequest&);
/// Appends a marker to each partition, acks=all; answered when all of them are decided.
/// UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED, and what acks=all brings.
void handle_write_txn_markers(Ctx&, Broker&, NodeId from, std::int64_t correlation_id, const WriteTxnMarkersRequest&);

}  // namespace kscope::sim
