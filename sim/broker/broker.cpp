// The switchboard of a broker: which part gets a message, a timer, a disconnect, a command. No protocol rule lives here.
#include "sim/broker/broker.h"

#include <variant>

#include "engine/core/check.h"
#include "sim/broker/handlers.h"

namespace kscope::sim {
namespace {

template <class Body, class... Bodies>
inline constexpr bool kIsOneOf = (std::is_same_v<Body, Bodies> || ...);

template <class Body>
inline constexpr bool kIsBrokerRequest =
    kIsOneOf<Body, ProduceRequest, FetchRequest, ListOffsetsRequest, OffsetsForLeaderEpochRequest, MetadataRequest,
             CreateTopicsRequest, ElectLeadersRequest, LeaderAndIsrRequest, UpdateMetadataRequest, StopReplicaRequest,
             ControlledShutdownRequest, AlterPartitionRequest, FindCoordinatorRequest, JoinGroupRequest,
             SyncGroupRequest, HeartbeatRequest, LeaveGroupRequest, OffsetCommitRequest, OffsetFetchRequest,
             InitProducerIdRequest, AllocateProducerIdsRequest, DeleteRecordsRequest, AddPartitionsToTxnRequest,
             EndTxnRequest, WriteTxnMarkersRequest, CreatePartitionsRequest, DeleteTopicsRequest,
             AddOffsetsToTxnRequest, TxnOffsetCommitRequest, AlterPartitionReassignmentsRequest,
             consumer_group::ConsumerGroupHeartbeatRequest>;

template <class Body>
inline constexpr bool kIsOfZooKeeper = kIsOneOf<Body, ZkResponse, ZkConnectResponse, ZkPingResponse, ZkWatchEvent>;

template <class Body>
inline constexpr bool kIsForController =
    kIsOneOf<Body, LeaderAndIsrResponse, UpdateMetadataResponse, StopReplicaResponse>;

template <class Body>
inline constexpr bool kIsForFetchers =
    kIsOneOf<Body, FetchResponse, OffsetsForLeaderEpochResponse, ListOffsetsResponse>;

/// KafkaApis.handle: one overload per API.
struct Apis {
  Ctx& ctx;
  Broker& broker;
  NodeId from;
  std::int64_t correlation_id;

  void operator()(const ProduceRequest& request) const { handle_produce(ctx, broker, from, correlation_id, request); }
  void operator()(const FetchRequest& request) const { handle_fetch(ctx, broker, from, correlation_id, request); }
  void operator()(const ListOffsetsRequest& request) const {
    handle_list_offsets(ctx, broker, from, correlation_id, request);
  }
  void operator()(const OffsetsForLeaderEpochRequest& request) const {
    handle_offsets_for_leader_epoch(ctx, broker, from, correlation_id, request);
  }
  void operator()(const MetadataRequest& request) const { handle_metadata(ctx, broker, from, correlation_id, request); }
  void operator()(const CreateTopicsRequest& request) const {
    handle_create_topics(ctx, broker, from, correlation_id, request);
  }
  void operator()(const AlterPartitionReassignmentsRequest& request) const {
    handle_alter_partition_reassignments(ctx, broker, from, correlation_id, request);
  }
  void operator()(const CreatePartitionsRequest& request) const {
    handle_create_partitions(ctx, broker, from, correlation_id, request);
  }
  void operator()(const DeleteTopicsRequest& request) const {
    handle_delete_topics(ctx, broker, from, correlation_id, request);
  }
  void operator()(const ElectLeadersRequest& request) const {
    handle_elect_leaders(ctx, broker, from, correlation_id, request);
  }
  void operator()(const LeaderAndIsrRequest& request) const {
    handle_leader_and_isr(ctx, broker, from, correlation_id, request);
  }
  void operator()(const UpdateMetadataRequest& request) const {
    handle_update_metadata(ctx, broker, from, correlation_id, request);
  }
  void operator()(const StopReplicaRequest& request) const {
    handle_stop_replica(ctx, broker, from, correlation_id, request);
  }
  void operator()(const ControlledShutdownRequest& request) const {
    handle_controlled_shutdown(ctx, broker, from, correlation_id, request);
  }
  void operator()(const AlterPartitionRequest& request) const {
    handle_alter_partition(ctx, broker, from, correlation_id, request);
  }
  void operator()(const FindCoordinatorRequest& request) const {
    handle_find_coordinator(ctx, broker, from, correlation_id, request);
  }
  void operator()(const JoinGroupRequest& request) const {
    handle_join_group(ctx, broker, from, correlation_id, request);
  }
  void operator()(const SyncGroupRequest& request) const {
    handle_sync_group(ctx, broker, from, correlation_id, request);
  }
  void operator()(const HeartbeatRequest& request) const {
    handle_heartbeat(ctx, broker, from, correlation_id, request);
  }
  void operator()(const consumer_group::ConsumerGroupHeartbeatRequest& request) const {
    handle_consumer_group_heartbeat(ctx, broker, from, correlation_id, request);
  }
  void operator()(const LeaveGroupRequest& request) const {
    handle_leave_group(ctx, broker, from, correlation_id, request);
  }
  void operator()(const OffsetCommitRequest& request) const {
    handle_offset_commit(ctx, broker, from, correlation_id, request);
  }
  void operator()(const OffsetFetchRequest& request) const {
    handle_offset_fetch(ctx, broker, from, correlation_id, request);
  }
  void operator()(const InitProducerIdRequest& request) const {
    handle_init_producer_id(ctx, broker, from, correlation_id, request);
  }
  void operator()(const AllocateProducerIdsRequest& request) const {
    handle_allocate_producer_ids(ctx, broker, from, correlation_id, request);
  }
  void operator()(const DeleteRecordsRequest& request) const {
    handle_delete_records(ctx, broker, from, correlation_id, request);
  }
  void operator()(const AddPartitionsToTxnRequest& request) const {
    handle_add_partitions_to_txn(ctx, broker, from, correlation_id, request);
  }
  void operator()(const EndTxnRequest& request) const { handle_end_txn(ctx, broker, from, correlation_id, request); }
  void operator()(const WriteTxnMarkersRequest& request) const {
    handle_write_txn_markers(ctx, broker, from, correlation_id, request);
  }
  void operator()(const AddOffsetsToTxnRequest& request) const {
    handle_add_offsets_to_txn(ctx, broker, from, correlation_id, request);
  }
  void operator()(const TxnOffsetCommitRequest& request) const {
    handle_txn_offset_commit(ctx, broker, from, correlation_id, request);
  }
  template <class Body>
  void operator()(const Body&) const {
    KSCOPE_CHECK(!kIsBrokerRequest<Body>, "an API without a handler");
    KSCOPE_CHECK(false, "only requests of brokers wait in the request queue");
  }
};

void start_lifecycle(Ctx& ctx, Broker& broker) {
  if (ctx.registry().is_kraft()) {
    broker.kraft.start(ctx, broker);
  } else {
    broker.lifecycle.start(ctx, broker);
  }
}

}  // namespace

void Broker::on_start(Ctx& ctx) {
  setup = ctx.registry().broker(ctx.self());
  id = setup.id;
  const Duration recovery = replicas.recover_logs(ctx, *this);
  replicas.on_start(ctx, *this);
  if (recovery > Duration(0)) {
    ctx.after(recovery, Timer{TimerKind::kLogsRecovered});
  } else {
    start_lifecycle(ctx, *this);
  }
}

void Broker::on_message(Ctx& ctx, NodeId from, const Message& message) {
  const std::int64_t correlation_id = message.correlation_id;
  std::visit(
      [&](const auto& body) {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (kIsBrokerRequest<Body>) {
          request_queue.on_request(ctx, *this, from, message);
        } else if constexpr (kIsOfZooKeeper<Body>) {
          zk.on_message(ctx, *this, from, message);
        } else if constexpr (kIsForController<Body>) {
          controller.on_response(ctx, *this, from, correlation_id, message.body);
        } else if constexpr (kIsForFetchers<Body>) {
          fetchers.on_response(ctx, *this, from, correlation_id, body);
        } else if constexpr (std::is_same_v<Body, AlterPartitionResponse>) {
          replicas.on_alter_partition_response(ctx, *this, from, correlation_id, body);
        } else if constexpr (std::is_same_v<Body, ControlledShutdownResponse>) {
          lifecycle.on_controlled_shutdown_response(ctx, *this, correlation_id, body);
        } else if constexpr (std::is_same_v<Body, CreateTopicsResponse>) {
          if (!kraft.return_forwarded(ctx, correlation_id, body)) {
            auto_topics.on_response(ctx, *this, correlation_id, body);
          }
        } else if constexpr (std::is_same_v<Body, AllocateProducerIdsResponse>) {
          producer_ids.on_response(ctx, *this, correlation_id, body);
        } else if constexpr (kIsOneOf<Body, ElectLeadersResponse, CreatePartitionsResponse, DeleteTopicsResponse,
                                      AlterPartitionReassignmentsResponse>) {
          kraft.return_forwarded(ctx, correlation_id, body);
        } else if constexpr (std::is_constructible_v<raft::RaftMessage, Body>) {
          kraft.on_raft_message(ctx, *this, from, correlation_id, body);
        } else if constexpr (std::is_same_v<Body, BrokerRegistrationResponse>) {
          kraft.on_registration_response(ctx, *this, correlation_id, body);
        } else if constexpr (std::is_same_v<Body, BrokerHeartbeatResponse>) {
          kraft.on_heartbeat_response(ctx, *this, correlation_id, body);
        } else if constexpr (std::is_same_v<Body, WriteTxnMarkersResponse>) {
          transactions.on_markers_response(ctx, *this, correlation_id, body);
        } else if constexpr (std::is_same_v<Body, AddPartitionsToTxnResponse>) {
          verifier.on_response(ctx, *this, correlation_id, body);
        } else {
          KSCOPE_CHECK(false, "a message that no broker can receive");
        }
      },
      message.body);
}

void Broker::handle_request(Ctx& ctx, NodeId from, const Message& request) {
  std::visit(Apis{ctx, *this, from, request.correlation_id}, request.body);
}

void Broker::on_timer(Ctx& ctx, const Timer& timer) {
  switch (timer.kind) {
    case TimerKind::kRequestServed: request_queue.on_served(ctx, *this, timer.a); return;
    case TimerKind::kChannelThrottled:
      request_queue.on_throttled(ctx, *this, static_cast<ChannelIndex>(timer.a));
      return;
    case TimerKind::kDelayedProduceTimeout:
    case TimerKind::kDelayedFetchTimeout:
    case TimerKind::kDelayedDeleteTimeout:
    case TimerKind::kIsrCheck:
    case TimerKind::kHighWatermarkCheckpoint:
    case TimerKind::kLogRetention:
    case TimerKind::kLogFlush:
    case TimerKind::kFileDelete:
    case TimerKind::kLogCleaner:
    case TimerKind::kRecoveryPointCheckpoint:
    case TimerKind::kLogStartCheckpoint:
    case TimerKind::kAlterPartitionRetry: replicas.on_timer(ctx, *this, timer); return;
    case TimerKind::kLogsRecovered: start_lifecycle(ctx, *this); return;
    case TimerKind::kReplicaFetch:
    case TimerKind::kReplicaFetchTimeout: fetchers.on_timer(ctx, *this, timer); return;
    case TimerKind::kControlledShutdownRetry:
    case TimerKind::kBrokerZkRetry: lifecycle.on_timer(ctx, *this, timer); return;
    case TimerKind::kProducerIdsRetry: producer_ids.on_timer(ctx, *this); return;
    case TimerKind::kControllerRequestTimeout:
    case TimerKind::kControllerRetry:
    case TimerKind::kPreferredLeaderCheck: controller.on_timer(ctx, *this, timer); return;
    case TimerKind::kInitialRebalanceDelay:
    case TimerKind::kRebalanceTimeout:
    case TimerKind::kSyncTimeout:
    case TimerKind::kSessionExpired:
    case TimerKind::kPendingMemberExpired:
    case TimerKind::kConsumerSessionExpired:
    case TimerKind::kConsumerRebalanceTimeout:
    case TimerKind::kConsumerJoinTimeout:
    case TimerKind::kConsumerSyncTimeout:
    case TimerKind::kOffsetCommitTimeout:
    case TimerKind::kCoordinatorLoad:
    case TimerKind::kOffsetsRetentionCheck: groups.on_timer(ctx, *this, timer); return;
    case TimerKind::kTransactionLoad:
    case TimerKind::kTransactionAbortCheck:
    case TimerKind::kTxnMarkersRetry: transactions.on_timer(ctx, *this, timer); return;
    case TimerKind::kTransactionVerification: verifier.on_timer(ctx, *this, timer); return;
    case TimerKind::kZkPing:
    case TimerKind::kZkSessionTimeout:
    case TimerKind::kZkReconnect: zk.on_timer(ctx, *this, timer); return;
    case TimerKind::kQuorumPoll:
    case TimerKind::kBrokerHeartbeat: kraft.on_timer(ctx, *this, timer); return;
    case TimerKind::kBrokerSessionCheck:
    case TimerKind::kZkTick:
    case TimerKind::kZkElection:
    case TimerKind::kWorkload:
    case TimerKind::kLinger:
    case TimerKind::kClientRequestTimeout:
    case TimerKind::kClientRetry:
    case TimerKind::kDeliveryTimeout:
    case TimerKind::kMetadataRefresh:
    case TimerKind::kMetadataRetry:
    case TimerKind::kPoll:
    case TimerKind::kProcessed:
    case TimerKind::kHeartbeat:
    case TimerKind::kAutoCommit:
    case TimerKind::kMaxPollInterval:
    case TimerKind::kCoordinatorRetry:
    case TimerKind::kAdmin: break;
  }
  KSCOPE_CHECK(false, "a timer that no broker arms");
}

void Broker::on_disk(Ctx& ctx, const DiskDone& done) { replicas.on_disk(ctx, *this, done); }

void Broker::on_disconnect(Ctx& ctx, NodeId peer) {
  request_queue.on_disconnect(ctx, peer);
  replicas.on_disconnect(ctx, *this, peer);
  fetchers.on_disconnect(ctx, *this, peer);
  transactions.on_disconnect(ctx, peer);
  verifier.on_disconnect(ctx, *this, peer);
  if (ctx.registry().is_kraft()) {
    kraft.on_disconnect(ctx, *this, peer);
    auto_topics.on_disconnect(ctx, *this, peer);
    producer_ids.on_disconnect(ctx, peer);
    return;
  }
  zk.on_disconnect(ctx, *this, peer);
  lifecycle.on_disconnect(ctx, *this, peer);
  controller.on_disconnect(ctx, *this, peer);
  auto_topics.on_disconnect(ctx, *this, peer);
  producer_ids.on_disconnect(ctx, peer);
}

void Broker::on_command(Ctx& ctx, const Command& command) {
  if (command.kind == CommandKind::kCleanShutdown) {
    if (ctx.registry().is_kraft()) {
      kraft.begin_shutdown(ctx, *this);
    } else {
      lifecycle.begin_shutdown(ctx, *this);
    }
  } else if (command.kind == CommandKind::kExpireSession) {
    if (!ctx.registry().is_kraft()) {
      zk.expire(ctx);
    }
  } else if (command.kind == CommandKind::kAlterConfig) {
    setup = ctx.registry().broker(ctx.self());
  } else {
    KSCOPE_CHECK(false, "a command that brokers do not take");
  }
}

}  // namespace kscope::sim
