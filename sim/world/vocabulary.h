#pragma once
// The vocabulary that the Kafka model gives to the kernel: Timer, Command, Note, Registry, Durable, and the Ctx that all
// handlers take. Included by every role; knows the roles' messages, not the roles.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/run/ctx.h"
#include "sim/protocol/message.h"
#include "sim/world/durable.h"
#include "sim/world/note.h"
#include "sim/world/registry.h"

namespace kscope::sim {

/// What a timer is for. `a` and `b` mean what the comment says.
enum class TimerKind : std::uint8_t {
  // broker
  kRequestServed,          ///< a = number of the request whose service time is over
  kDelayedProduceTimeout,  ///< a = purgatory entry
  kDelayedFetchTimeout,    ///< a = purgatory entry
  kDelayedDeleteTimeout,
  kIsrCheck,  ///< every replica.lag.time.max.ms / 2
  kHighWatermarkCheckpoint,
  kLogRetention,
  kLogFlush,       ///< every log.flush.scheduler.interval.ms
  kFileDelete,     ///< a = number of the deletion in LogDirectory
  kLogsRecovered,  ///< after an unclean shutdown: the logs are read, the broker starts
  kRecoveryPointCheckpoint,
  kLogStartCheckpoint,
  kLogCleaner,           ///< the cleaner thread looks for a log to compact
  kReplicaFetch,         ///< a = leader broker: next fetch after a backoff
  kReplicaFetchTimeout,  ///< a = leader broker, b = correlation id
  kAlterPartitionRetry,  ///< a: 0 AlterPartition again 1 tell the controller of ISRs that were written to ZooKeeper
  kControlledShutdownRetry,
  kBrokerZkRetry,  ///< registration again after a while
  kProducerIdsRetry,
  // controller
  kControllerRequestTimeout,  ///< a = broker, b = correlation id
  kControllerRetry,           ///< a = broker: its request again after a broken connection
  kPreferredLeaderCheck,
  // group coordinator
  kInitialRebalanceDelay,     ///< a = group
  kRebalanceTimeout,          ///< a = group
  kSyncTimeout,               ///< a = group
  kSessionExpired,            ///< a = group, b = member key
  kPendingMemberExpired,      ///< a = group, b = member key
  kConsumerSessionExpired,    ///< KIP-848: a = group, b = member key
  kConsumerRebalanceTimeout,  ///< KIP-848: a = group, b = member key
  kOffsetCommitTimeout,       ///< a = token of the oldest append to __consumer_offsets
  kCoordinatorLoad,           ///< a = partition of __consumer_offsets: its groups are read from the log
  // transaction coordinator
  kTransactionLoad,        ///< a = partition of __transaction_state
  kTransactionAbortCheck,  ///< are there transactions that are open for too long?
  kTxnMarkersRetry,
  kTransactionVerification,  ///< a = correlation id of a question to a coordinator, b = 1: ask again
  // ZooKeeper client (in a broker)
  kZkPing,
  kZkSessionTimeout,  ///< nothing heard for 2/3 of the session timeout: try another server
  kZkReconnect,
  // ZooKeeper server
  kZkTick,      ///< half a tickTime: a leader pings and counts its followers, a follower watches its leader
  kZkElection,  ///< a: 0 votes again 1 the vote is final 2 follower info again
  // producer, consumer, admin
  kWorkload,              ///< next record of the workload
  kLinger,                ///< a = topic, b = partition
  kClientRequestTimeout,  ///< a = correlation id
  kClientRetry,           ///< a = topic, b = partition: backoff over
  kDeliveryTimeout,       ///< a = batch
  kMetadataRefresh,
  kMetadataRetry,
  kPoll,       ///< consumer: the application calls poll()
  kProcessed,  ///< consumer: a record has been processed
  kHeartbeat,
  kAutoCommit,
  kMaxPollInterval,
  kCoordinatorRetry,
  kAdmin,  ///< a = step
  // KRaft
  kQuorumPoll,          ///< controllers and brokers: elections, fetches and their timeouts
  kBrokerSessionCheck,  ///< active controller: a broker's session may be over, leaders may be balanced
  kBrokerHeartbeat,     ///< broker: registration or heartbeat
  // quotas
  kChannelThrottled,  ///< broker: a = channel of a client whose throttle time is over
  // expiry of committed offsets
  kOffsetsRetentionCheck,  ///< group coordinator: a = partition of __consumer_offsets
  // classic members in a group of KIP-848
  kConsumerJoinTimeout,  ///< group coordinator: a = group, b = member key
  kConsumerSyncTimeout,  ///< group coordinator: a = group, b = member key
};
inline constexpr std::uint16_t kTimerKindCount = static_cast<std::uint16_t>(TimerKind::kConsumerSyncTimeout) + 1;
/// Plain words, e.g. "replica.lag.time.max.ms check".
std::string_view timer_name(TimerKind kind);

struct Timer {
  TimerKind kind = TimerKind::kWorkload;
  std::int64_t a = 0;
  std::int64_t b = 0;
  KSCOPE_FIELDS(Timer, kind, a, b);
};

/// What people do to the cluster besides breaking it. Each is one line of script.
enum class CommandKind : std::uint8_t {
  kCleanShutdown,  ///< node: a broker goes through controlled shutdown; a client closes
  kExpireSession,  ///< the ensemble ends a broker's session. node = the broker, or (also when it is paused) each ZooKeeper
                   ///< server, of which the leader acts: count = the broker's node
  kDeleteController,  ///< node = each ZooKeeper server, of which the leader acts: an operator deletes /controller
  kCreateTopic,       ///< topic (already interned), count = partitions, factor
  kElectPreferred,    ///< preferred leader election for `partition`, or all when it names none
  kElectUnclean,
  kDeleteRecords,   ///< records of `partition` below offset `count`, -1 = all committed ones
  kAlterConfig,     ///< scope of node or topic: name, value
  kProducerRate,    ///< node: count = records per 1000 s
  kProduceOne,      ///< node: one record now; key in `count` (-1 = null)
  kEndTransaction,  ///< node: count 1 = commitTransaction(), 0 = abortTransaction()
  kConsumerLeave,   ///< node: close(): LeaveGroup, and the process ends
  kConsumerPause,   ///< node, duration: the application stops calling poll() (0 = until resumed)
  kConsumerResume,
  kCommitNow,         ///< node
  kStartClient,       ///< no effect on a client that runs; one that is down starts by FaultKind::kRestart
  kCreatePartitions,  ///< topic of `partition`, count = partitions that it shall have in all
  kAlterQuota,        ///< name = client id, factor = QuotaType, count = bytes a second, -1 = no quota any more
  kDeleteTopic,       ///< topic of `partition`
  kReassign,          ///< `partition` to `brokers`, first = preferred leader; none = cancel the reassignment
  kSubscribe,         ///< node: subscribe() to `topics`; none: unsubscribe()
  kSeek,  ///< node: seek() in `partition` to offset `count`; -1 = seekToEnd(), -2 = seekToBeginning(), as ListOffsets has it
  kPausePartition,   ///< node: pause() of `partition`
  kResumePartition,  ///< node: resume() of `partition`
};
struct Command {
  CommandKind kind = CommandKind::kCleanShutdown;
  NodeId
      node;  ///< whose handler gets it; kCreateTopic, kCreatePartitions, kDeleteTopic, kReassign, elections, kDeleteRecords, kAlterQuota: the admin node
  TopicPartition partition;
  std::int64_t count = 0;
  std::int64_t factor = 0;
  Duration duration{0};
  std::string name;
  std::string value;
  std::vector<BrokerId> brokers;
  std::vector<TopicId> topics{};
  KSCOPE_FIELDS(Command, kind, node, partition, count, factor, duration, name, value, brokers, topics);
};
inline constexpr std::uint16_t kCommandKindCount = static_cast<std::uint16_t>(CommandKind::kResumePartition) + 1;

/// The model's types as the kernel wants them.
struct KafkaTypes {
  using Message = sim::Message;
  using Timer = sim::Timer;
  using Command = sim::Command;
  using Note = sim::Note;
  using Durable = sim::Durable;
  using Registry = sim::Registry;
};
using Ctx = kscope::Ctx<KafkaTypes>;

/// Sends `body` as a new request; returns its correlation id from `counter`, which it raises.
std::int64_t send_request(Ctx& ctx, std::int64_t& counter, NodeId to, MessageBody body);
/// Answers a request.
void send_response(Ctx& ctx, NodeId to, std::int64_t correlation_id, MessageBody body);

}  // namespace kscope::sim
