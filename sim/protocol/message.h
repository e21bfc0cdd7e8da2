#pragma once
// Everything that travels between nodes: one variant of plain structs, with the correlation id that ties a response to
// its request. Adding a message: its struct in a family header, one word here, a handler in the role that receives it.

#include <cstdint>
#include <string_view>
#include <variant>

#include "sim/protocol/controller_to_broker.h"
#include "sim/protocol/delete_records.h"
#include "sim/protocol/fetch.h"
#include "sim/protocol/group_classic.h"
#include "sim/protocol/group_consumer.h"
#include "sim/protocol/kraft.h"
#include "sim/protocol/metadata.h"
#include "sim/protocol/produce.h"
#include "sim/protocol/producer_id.h"
#include "sim/protocol/raft.h"
#include "sim/protocol/transaction.h"
#include "sim/protocol/txn_offsets.h"
#include "sim/protocol/zookeeper.h"

namespace kscope::sim {

using MessageAlternatives = std::variant<
    ProduceRequest, ProduceResponse, FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse,
    OffsetsForLeaderEpochRequest, OffsetsForLeaderEpochResponse, MetadataRequest, MetadataResponse, CreateTopicsRequest,
    CreateTopicsResponse, ElectLeadersRequest, ElectLeadersResponse, LeaderAndIsrRequest, LeaderAndIsrResponse,
    UpdateMetadataRequest, UpdateMetadataResponse, StopReplicaRequest, StopReplicaResponse, ControlledShutdownRequest,
    ControlledShutdownResponse, AlterPartitionRequest, AlterPartitionResponse, FindCoordinatorRequest,
    FindCoordinatorResponse, JoinGroupRequest, JoinGroupResponse, SyncGroupRequest, SyncGroupResponse, HeartbeatRequest,
    HeartbeatResponse, LeaveGroupRequest, LeaveGroupResponse, OffsetCommitRequest, OffsetCommitResponse,
    OffsetFetchRequest, OffsetFetchResponse, InitProducerIdRequest, InitProducerIdResponse, AllocateProducerIdsRequest,
    AllocateProducerIdsResponse, DeleteRecordsRequest, DeleteRecordsResponse, AddPartitionsToTxnRequest,
    AddPartitionsToTxnResponse, EndTxnRequest, EndTxnResponse, WriteTxnMarkersRequest, WriteTxnMarkersResponse,
    ZkRequest, ZkResponse, ZkConnectRequest, ZkConnectResponse, ZkPing, ZkPingResponse, ZkCloseSession, ZkWatchEvent,
    ZkVote, ZkFollowerInfo, ZkSync, ZkForward, ZkProposal, ZkAck, ZkCommit, ZkServerPing, ZkRevalidate, VoteRequest,
    VoteResponse, BeginQuorumEpochRequest, BeginQuorumEpochResponse, EndQuorumEpochRequest, EndQuorumEpochResponse,
    RaftFetchRequest, RaftFetchResponse, FetchSnapshotRequest, FetchSnapshotResponse, BrokerRegistrationRequest,
    BrokerRegistrationResponse, BrokerHeartbeatRequest, BrokerHeartbeatResponse, CreatePartitionsRequest,
    CreatePartitionsResponse, DeleteTopicsRequest, DeleteTopicsResponse, AddOffsetsToTxnRequest,
    AddOffsetsToTxnResponse, TxnOffsetCommitRequest, TxnOffsetCommitResponse, AlterPartitionReassignmentsRequest,
    AlterPartitionReassignmentsResponse, consumer_group::ConsumerGroupHeartbeatRequest,
    consumer_group::ConsumerGroupHeartbeatResponse>;

/// One of them. A class of its own, so that what copies, moves and destroys it (a case for every alternative) is compiled
/// once and not in every file that sends a message.
struct MessageBody : MessageAlternatives {
  using MessageAlternatives::MessageAlternatives;
  MessageBody();
  MessageBody(const MessageBody& other);
  MessageBody(MessageBody&& other) noexcept;
  MessageBody& operator=(const MessageBody& other);
  MessageBody& operator=(MessageBody&& other) noexcept;
  ~MessageBody();
};

struct Message {
  std::int64_t correlation_id = 0;  ///< unique per sender; a response repeats its request's
  MessageBody body;
  KSCOPE_FIELDS(Message, correlation_id, body);

  /// Index of the alternative: the message kind in traces.
  [[nodiscard]] std::uint16_t kind() const { return static_cast<std::uint16_t>(body.index()); }
};

inline constexpr std::size_t kMessageKindCount = std::variant_size_v<MessageAlternatives>;

/// Kafka's name of a message kind, e.g. "Produce request" for `ProduceRequest`. Requires: kind < kMessageKindCount.
std::string_view message_name(std::uint16_t kind);
/// Whether the kind is a response (or an acknowledgement between servers).
bool is_response(std::uint16_t kind);
/// Size on the wire in bytes, header included. Exact for record batches; fixed and per-entry costs elsewhere.
std::int64_t message_size(const Message& message);
/// The same for one body, without a copy of it.
std::int64_t produce_request_size(const ProduceRequest& request);
std::int64_t fetch_response_size(const FetchResponse& response);
/// One line of plain words, e.g. "Fetch orders-0 from offset 12 (epoch 3)".
std::string message_summary(const Message& message, const struct Registry& registry);

/// Kafka's error and its message: "TOPIC_ALREADY_EXISTS: Topic 'news' already exists.". Requires: an error.
/// Source: ZkAdminManager.createTopics, AdminUtils, AdminZkClient, Topic; Kafka 3.9.
std::string topic_refusal_text(const CreateTopicsResponse& refusal, const struct Registry& registry);
/// The same for more partitions: "INVALID_PARTITIONS: Topic already has 3 partitions.". Requires: an error.
/// Source: ZkAdminManager.createPartitions, ReplicationControlManager.createPartitions; Kafka 3.9.
std::string partitions_refusal_text(const CreatePartitionsResponse& refusal, const struct Registry& registry);
/// The same for a deletion: "TOPIC_DELETION_DISABLED: Topic deletion is disabled.". Requires: an error.
std::string deletion_refusal_text(const DeleteTopicsResponse& refusal);
/// The same for a reassignment: "NO_REASSIGNMENT_IN_PROGRESS: No partition reassignment is in progress.". Requires: an error.
/// Source: Errors, Kafka 3.9.
std::string reassignment_refusal_text(const AlterPartitionReassignmentsResponse& refusal);

}  // namespace kscope::sim
