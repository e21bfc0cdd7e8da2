// Names of timers and notes, by walking their enums: a new kind does not compile until it has a name.
#include "sim/world/vocabulary.h"

namespace kscope::sim {

std::string_view timer_name(TimerKind kind) {
  switch (kind) {
    case TimerKind::kRequestServed: return "request served";
    case TimerKind::kChannelThrottled: return "throttle time over";
    case TimerKind::kOffsetsRetentionCheck: return "offsets.retention.check.interval.ms check";
    case TimerKind::kDelayedProduceTimeout: return "produce purgatory timeout";
    case TimerKind::kDelayedFetchTimeout: return "fetch.max.wait.ms";
    case TimerKind::kDelayedDeleteTimeout: return "DeleteRecords purgatory timeout";
    case TimerKind::kIsrCheck: return "replica.lag.time.max.ms check";
    case TimerKind::kHighWatermarkCheckpoint: return "high watermark checkpoint";
    case TimerKind::kLogRetention: return "log retention check";
    case TimerKind::kLogFlush: return "log.flush.scheduler.interval.ms";
    case TimerKind::kFileDelete: return "file.delete.delay.ms";
    case TimerKind::kLogsRecovered: return "logs recovered";
    case TimerKind::kRecoveryPointCheckpoint: return "log.flush.offset.checkpoint.interval.ms";
    case TimerKind::kLogStartCheckpoint: return "log.flush.start.offset.checkpoint.interval.ms";
    case TimerKind::kLogCleaner: return "log.cleaner.backoff.ms";
    case TimerKind::kReplicaFetch: return "replica.fetch.backoff.ms";
    case TimerKind::kReplicaFetchTimeout: return "replica fetch timeout";
    case TimerKind::kAlterPartitionRetry: return "AlterPartition retry";
    case TimerKind::kControlledShutdownRetry: return "controlled.shutdown.retry.backoff.ms";
    case TimerKind::kBrokerZkRetry: return "registration retry";
    case TimerKind::kProducerIdsRetry: return "AllocateProducerIds retry";
    case TimerKind::kControllerRequestTimeout: return "controller.socket.timeout.ms";
    case TimerKind::kControllerRetry: return "controller retry";
    case TimerKind::kPreferredLeaderCheck: return "leader.imbalance.check.interval.seconds";
    case TimerKind::kInitialRebalanceDelay: return "group.initial.rebalance.delay.ms";
    case TimerKind::kRebalanceTimeout: return "rebalance timeout";
    case TimerKind::kSyncTimeout: return "SyncGroup timeout";
    case TimerKind::kSessionExpired: return "session.timeout.ms";
    case TimerKind::kPendingMemberExpired: return "pending member timeout";
    case TimerKind::kConsumerSessionExpired: return "group.consumer.session.timeout.ms";
    case TimerKind::kConsumerRebalanceTimeout: return "rebalance timeout of a member";
    case TimerKind::kConsumerJoinTimeout: return "classic member must rejoin";
    case TimerKind::kConsumerSyncTimeout: return "classic member must sync";
    case TimerKind::kOffsetCommitTimeout: return "offsets.commit.timeout.ms";
    case TimerKind::kCoordinatorLoad: return "groups read from the log";
    case TimerKind::kTransactionLoad: return "transactional ids read from the log";
    case TimerKind::kTransactionAbortCheck: return "transaction.abort.timed.out.transaction.cleanup.interval.ms check";
    case TimerKind::kTxnMarkersRetry: return "transaction markers sent again";
    case TimerKind::kTransactionVerification: return "request.timeout.ms of a transaction's verification";
    case TimerKind::kZkPing: return "ZooKeeper ping";
    case TimerKind::kZkSessionTimeout: return "ZooKeeper silence";
    case TimerKind::kZkReconnect: return "ZooKeeper reconnect";
    case TimerKind::kZkTick: return "ZooKeeper tick";
    case TimerKind::kZkElection: return "ZooKeeper election";
    case TimerKind::kWorkload: return "next record";
    case TimerKind::kLinger: return "linger.ms";
    case TimerKind::kClientRequestTimeout: return "request.timeout.ms";
    case TimerKind::kClientRetry: return "retry.backoff.ms";
    case TimerKind::kDeliveryTimeout: return "delivery.timeout.ms";
    case TimerKind::kMetadataRefresh: return "metadata.max.age.ms";
    case TimerKind::kMetadataRetry: return "metadata retry";
    case TimerKind::kPoll: return "poll()";
    case TimerKind::kProcessed: return "record processed";
    case TimerKind::kHeartbeat: return "heartbeat.interval.ms";
    case TimerKind::kAutoCommit: return "auto.commit.interval.ms";
    case TimerKind::kMaxPollInterval: return "max.poll.interval.ms";
    case TimerKind::kCoordinatorRetry: return "coordinator retry";
    case TimerKind::kAdmin: return "admin";
    case TimerKind::kQuorumPoll: return "metadata quorum";
    case TimerKind::kBrokerSessionCheck: return "broker.session.timeout.ms";
    case TimerKind::kBrokerHeartbeat: return "broker.heartbeat.interval.ms";
  }
  return "?";
}

std::string_view note_name(NoteKind kind) {
  switch (kind) {
    case NoteKind::kRecordCreated: return "record_created";
    case NoteKind::kBatchAppended: return "batch_appended";
    case NoteKind::kBatchReplicated: return "batch_replicated";
    case NoteKind::kBatchAcked: return "batch_acked";
    case NoteKind::kBatchFailed: return "batch_failed";
    case NoteKind::kBatchRetried: return "batch_retried";
    case NoteKind::kBatchSplit: return "batch_split";
    case NoteKind::kClientThrottled: return "client_throttled";
    case NoteKind::kRecordDelivered: return "record_delivered";
    case NoteKind::kRecordProcessed: return "record_processed";
    case NoteKind::kHighWatermark: return "high_watermark";
    case NoteKind::kLogTruncated: return "log_truncated";
    case NoteKind::kLogStartMoved: return "log_start_moved";
    case NoteKind::kLogRecovered: return "log_recovered";
    case NoteKind::kLogCompacted: return "log_compacted";
    case NoteKind::kBecameLeader: return "became_leader";
    case NoteKind::kBecameFollower: return "became_follower";
    case NoteKind::kIsrShrinkProposed: return "isr_shrink_proposed";
    case NoteKind::kIsrExpandProposed: return "isr_expand_proposed";
    case NoteKind::kReplicaStopped: return "replica_stopped";
    case NoteKind::kRequestRefused: return "request_refused";
    case NoteKind::kControllerElected: return "controller_elected";
    case NoteKind::kControllerResigned: return "controller_resigned";
    case NoteKind::kLeaderElected: return "leader_elected";
    case NoteKind::kElectionFailed: return "election_failed";
    case NoteKind::kIsrChanged: return "isr_changed";
    case NoteKind::kBrokerRegistered: return "broker_registered";
    case NoteKind::kBrokerGone: return "broker_gone";
    case NoteKind::kZkSessionOpened: return "zk_session_opened";
    case NoteKind::kZkSessionExpired: return "zk_session_expired";
    case NoteKind::kZkLeaderElected: return "zk_leader_elected";
    case NoteKind::kSnapshotLoaded: return "snapshot_loaded";
    case NoteKind::kTopicCreated: return "topic_created";
    case NoteKind::kTopicRefused: return "topic_refused";
    case NoteKind::kZombieRefused: return "zombie_refused";
    case NoteKind::kGroupState: return "group_state";
    case NoteKind::kMemberJoined: return "member_joined";
    case NoteKind::kMemberLeft: return "member_left";
    case NoteKind::kGenerationAssigned: return "generation_assigned";
    case NoteKind::kPartitionAssigned: return "partition_assigned";
    case NoteKind::kPartitionRevoked: return "partition_revoked";
    case NoteKind::kOffsetCommitted: return "offset_committed";
    case NoteKind::kCommitRefused: return "commit_refused";
    case NoteKind::kPositionReset: return "position_reset";
    case NoteKind::kTruncationDetected: return "truncation_detected";
    case NoteKind::kReadReplica: return "read_replica";
    case NoteKind::kMaxPollExceeded: return "max_poll_exceeded";
    case NoteKind::kCoordinatorLoaded: return "coordinator_loaded";
    case NoteKind::kTransactionState: return "transaction_state";
    case NoteKind::kTransactionBegun: return "transaction_begun";
    case NoteKind::kTransactionEnded: return "transaction_ended";
    case NoteKind::kProducerFenced: return "producer_fenced";
    case NoteKind::kBrokerRunning: return "broker_running";
    case NoteKind::kShutdownStarted: return "shutdown_started";
    case NoteKind::kShutdownDone: return "shutdown_done";
    case NoteKind::kPartitionsCreated: return "partitions_created";
    case NoteKind::kPartitionsRefused: return "partitions_refused";
    case NoteKind::kTopicDeleted: return "topic_deleted";
    case NoteKind::kTopicDeletionRefused: return "topic_deletion_refused";
    case NoteKind::kQuorumLeaderElected: return "quorum_leader_elected";
    case NoteKind::kMetadataCommitted: return "metadata_committed";
    case NoteKind::kTxnOffset: return "txn_offset";
    case NoteKind::kRecordCopied: return "record_copied";
    case NoteKind::kPartitionReassigned: return "partition_reassigned";
    case NoteKind::kReassignmentRefused: return "reassignment_refused";
    case NoteKind::kStaticMemberReplaced: return "static_member_replaced";
    case NoteKind::kOffsetExpired: return "offset_expired";
    case NoteKind::kGroupDeleted: return "group_deleted";
    case NoteKind::kGroupMigrated: return "group_migrated";
    case NoteKind::kPartitionPaused: return "partition_paused";
    case NoteKind::kCallRefused: return "call_refused";
  }
  return "?";
}

std::int64_t send_request(Ctx& ctx, std::int64_t& counter, NodeId to, MessageBody body) {
  const std::int64_t correlation_id = counter++;
  Message message{correlation_id, std::move(body)};
  const std::int64_t size = message_size(message);
  ctx.send(to, std::move(message), size);
  return correlation_id;
}

void send_response(Ctx& ctx, NodeId to, std::int64_t correlation_id, MessageBody body) {
  Message message{correlation_id, std::move(body)};
  const std::int64_t size = message_size(message);
  ctx.send(to, std::move(message), size);
}

}  // namespace kscope::sim
