#pragma once
// Transactions: what producers ask of the transaction coordinator, the markers that it has written into the partitions, and
// the record in which it keeps a transactional id. Source: Kafka 3.9 AddPartitionsToTxn, EndTxn, WriteTxnMarkers,
// TransactionLogValue; KIP-98, KIP-360, KIP-890. InitProducerId is in producer_id.h, FindCoordinator in group_classic.h.

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"
#include "sim/types/control_type.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

/// State of a transactional id. The numbers are those in the log.
enum class TransactionState : std::uint8_t {
  Empty = 0,
  Ongoing = 1,
  PrepareCommit = 2,
  PrepareAbort = 3,
  CompleteCommit = 4,
  CompleteAbort = 5,
  Dead = 6,
  PrepareEpochFence = 7,
};
inline constexpr std::size_t kTransactionStateCount = 8;
/// Kafka's name: "PrepareCommit".
std::string_view transaction_state_name(TransactionState state);

/// Value of a record of __transaction_state: all that is known of one transactional id. Source: TransactionLogValue.
struct TransactionRecord {
  TransactionalId transactional_id;
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  ProducerEpoch last_producer_epoch =
      kNoProducerEpoch;             ///< before the last bump that its own producer asked for (KIP-360)
  ProducerId previous_producer_id;  ///< before the last rotation
  ProducerId next_producer_id;  ///< that the producer gets when this transaction is complete: its epochs are used up
  Duration timeout{0};          ///< transaction.timeout.ms of its producer
  TransactionState state = TransactionState::Empty;
  std::vector<TopicPartition> partitions;  ///< of the transaction, ascending
  std::int64_t start_ms = -1;              ///< of the transaction, by the coordinator's clock
  std::int64_t last_update_ms = -1;
  KSCOPE_FIELDS(TransactionRecord, transactional_id, producer_id, producer_epoch, last_producer_epoch,
                previous_producer_id, next_producer_id, timeout, state, partitions, start_ms, last_update_ms);
};

/// Sent by producers, and by leaders of partitions that got a batch of a transaction (KIP-890).
/// MODEL: a broker asks about one transaction in a request; Kafka puts several into one.
struct AddPartitionsToTxnRequest {
  TransactionalId transactional_id;
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  std::vector<TopicPartition> partitions{};
  bool is_verify_only = false;  ///< nothing is added: the question is whether all are in the open transaction
  KSCOPE_FIELDS(AddPartitionsToTxnRequest, transactional_id, producer_id, producer_epoch, partitions, is_verify_only);
};
struct AddPartitionsToTxnResponse {
  ErrorCode error = ErrorCode::NONE;         ///< of every partition
  std::vector<TopicPartition> not_in_txn{};  ///< verify only: those with TRANSACTION_ABORTABLE instead
  KSCOPE_FIELDS(AddPartitionsToTxnResponse, error, not_in_txn);
};

struct EndTxnRequest {
  TransactionalId transactional_id;
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  ControlType result = ControlType::ABORT;
  KSCOPE_FIELDS(EndTxnRequest, transactional_id, producer_id, producer_epoch, result);
};
struct EndTxnResponse {
  ErrorCode error = ErrorCode::NONE;
  ProducerId producer_id;  ///< for the next transaction, with its epoch; none with transaction version 1
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  KSCOPE_FIELDS(EndTxnResponse, error, producer_id, producer_epoch);
};

/// The coordinator asks a leader to append the markers of one transaction to partitions that it leads.
/// MODEL: Kafka puts the markers of several transactions into one request.
struct WriteTxnMarkersRequest {
  TransactionalId transactional_id;  ///< for the eye; not in Kafka's request
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  ControlType result = ControlType::ABORT;
  CoordinatorEpoch coordinator_epoch = kNoCoordinatorEpoch;
  std::vector<TopicPartition> partitions;
  KSCOPE_FIELDS(WriteTxnMarkersRequest, transactional_id, producer_id, producer_epoch, result, coordinator_epoch,
                partitions);
};
struct WriteTxnMarkersResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
  KSCOPE_FIELDS(WriteTxnMarkersResult, partition, error);
};
struct WriteTxnMarkersResponse {
  ProducerId producer_id;
  std::vector<WriteTxnMarkersResult> partitions;
  KSCOPE_FIELDS(WriteTxnMarkersResponse, producer_id, partitions);
};

}  // namespace kscope::sim
