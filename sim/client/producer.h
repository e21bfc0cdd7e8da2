#pragma once
// Producer: an application that makes records by its workload, and the Kafka producer that it hands them to.
//
//   workload -> send() -> partitioner -> queue of the partition -> sender: one request a leader node, one batch a partition
//                                              ^                                          |
//                                              +------ retriable error, after backoff ----+-> acked or failed
//
// Kafka: KafkaProducer, Sender, RecordAccumulator, BuiltInPartitioner (3.9).
// With enable.idempotence=false a retry may duplicate, and with more than one request in flight it may reorder (KIP-98).

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/client/client_metadata.h"
#include "sim/client/compression_ratio_estimator.h"
#include "sim/client/network_client.h"
#include "sim/client/partitioner.h"
#include "sim/client/producer_transaction.h"
#include "sim/client/record_accumulator.h"
#include "sim/client/transaction_manager.h"
#include "sim/client/workload.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// The application called send() and waits in it, for buffer memory or for metadata, at most max.block.ms.
struct BlockedSend {
  Record record;
  std::int32_t partition = -1;  ///< chosen by hand (kProduceOne), -1 = by the partitioner
  LocalTime since{};
};

/// A produce request on its way, with the batches that it carries.
struct InFlightProduce {
  std::int64_t correlation_id = 0;
  NodeId node;
  std::vector<ProducerBatch> batches;
};

/// kClosing: close() was called; what is buffered is still sent, nothing new is taken.
enum class ProducerState : std::uint8_t { kRunning, kClosing, kClosed };

struct Producer {
  explicit Producer(const ProducerSetup& its_setup, ClientPart its_part = ClientPart::kWhole);

  ProducerSetup setup;
  ClientPart part = ClientPart::kWhole;  ///< of a consumer: that one ends the process
  ProducerState state = ProducerState::kRunning;
  NetworkClient network;
  ClientMetadata metadata;
  WorkloadState workload;
  std::optional<BlockedSend> blocked;     ///< the application waits in send()
  StickyPartitioner sticky;               ///< for records without a key
  std::vector<std::int32_t> with_leader;  ///< partitions that have a leader, by the metadata
  std::vector<PartitionQueue> queues;     ///< by partition index
  std::vector<InFlightProduce> in_flight;
  CompressionRatioEstimator compression_estimate;
  std::optional<TransactionManager> transactions;  ///< none without enable.idempotence
  std::optional<ProducerTransaction> transaction;  ///< none without transactional.id
  std::int64_t next_batch = 0;
  std::int64_t memory_used = 0;  ///< bytes of buffer.memory taken
  std::size_t drain_start = 0;   ///< partition that the next drain begins with, so that none starves
  TimerId wakeup;                ///< kLinger or kClientRetry: when a waiting batch may go
  LocalTime wakeup_at{};
  TimerId delivery_timer;  ///< kDeliveryTimeout of the oldest batch

  std::int64_t sent_count = 0;  ///< records handed to send()
  std::int64_t acked_count = 0;
  std::int64_t failed_count = 0;
  std::int64_t retry_count = 0;     ///< batches sent again
  std::int64_t buffered_count = 0;  ///< records waiting in queues
  std::int64_t committed_transactions = 0;
  std::int64_t aborted_transactions = 0;
  ErrorCode last_error = ErrorCode::NONE;

  void on_start(Ctx& ctx);
  void on_message(Ctx& ctx, NodeId from, const Message& message);
  void on_timer(Ctx& ctx, const Timer& timer);
  void on_disconnect(Ctx& ctx, NodeId peer);
  void on_command(Ctx& ctx, const Command& command);
};

}  // namespace kscope::sim
