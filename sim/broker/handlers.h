#pragma once
// The handlers of the APIs that a broker serves from its logs and its metadata cache. Each is in its own
// handle_<api>.cpp, runs on an I/O thread and answers with send_response, now or later.

#include <cstdint>

#include "sim/broker/transaction_verifier.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

/// Asks the transaction coordinator first if a batch begins a transaction here (KIP-890), then serves the request.
void handle_produce(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const ProduceRequest& request);
/// Appends to the partitions that this broker leads; acks=all waits in purgatory, acks=0 is not answered.
void serve_produce(Ctx& ctx, Broker& broker, const VerifiedCall& call, const ProduceRequest& request);
/// Consumed offsets as part of a transaction: the group coordinator keeps them back until its marker comes. Asks the
/// transaction coordinator first if they are the first of the transaction in __consumer_offsets.
/// Source: KafkaApis.handleTxnOffsetCommitRequest, GroupCoordinator.handleTxnCommitOffsets, Kafka 3.9.
void handle_txn_offset_commit(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                              const TxnOffsetCommitRequest& request);
void serve_txn_offset_commit(Ctx& ctx, Broker& broker, const VerifiedCall& call, const TxnOffsetCommitRequest& request);
/// Reads for consumers and followers; may wait in purgatory for min_bytes until max_wait.
void handle_fetch(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const FetchRequest& request);
/// Moves log starts forward; answers when the live replicas have followed.
void handle_delete_records(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                           const DeleteRecordsRequest& request);
/// Earliest, latest or by timestamp.
void handle_list_offsets(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                         const ListOffsetsRequest& request);
/// Where a leader epoch ends in this leader's log.
void handle_offsets_for_leader_epoch(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                     const OffsetsForLeaderEpochRequest& request);
/// The controller says who leads what. STALE_CONTROLLER_EPOCH, STALE_BROKER_EPOCH.
void handle_leader_and_isr(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                           const LeaderAndIsrRequest& request);
/// The controller says what to host no longer, or to stop before a shutdown.
void handle_stop_replica(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                         const StopReplicaRequest& request);

/// Leads or follows as `state` says. STALE_CONTROLLER_EPOCH when its leader epoch is older than known. The caller starts the
/// fetchers afterwards.
ErrorCode apply_partition_state(Ctx& ctx, Broker& broker, const PartitionState& state);
/// Hosts the partition no longer, if it does; with `delete_partition` its log goes too.
void stop_hosted(Ctx& ctx, Broker& broker, TopicPartition partition, bool delete_partition);

/// Brokers, controller, and leaders of topics, as the metadata cache has them.
void handle_metadata(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                     const MetadataRequest& request);
/// The controller says what the cluster looks like. STALE_CONTROLLER_EPOCH, STALE_BROKER_EPOCH.
void handle_update_metadata(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                            const UpdateMetadataRequest& request);

}  // namespace kscope::sim
