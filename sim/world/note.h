#pragma once
// Notes: what a handler tells observers. Story lines, beats, ghosts of lost records, rebalance tables, SQL rows and most
// invariant checks are made of these. A note never influences the run.

#include <cstdint>
#include <string_view>

#include "engine/core/fields.h"
#include "sim/types/broker_set.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

/// `a`, `b`, `c` mean what the comment says; `partition` and `broker`, `group` are set where they apply.
enum class NoteKind : std::uint8_t {
  // records
  kRecordCreated,    ///< a = record id, b = key, c = sequence; partition set once known
  kBatchAppended,    ///< leader: a = base offset, b = count, c = leader epoch
  kBatchReplicated,  ///< follower: a = base offset, b = count, c = leader epoch of the batch
  kBatchAcked,       ///< producer was told: a = base offset, b = count, c = first record id
  kBatchFailed,      ///< producer gave up or got a fatal error: a = first record id, b = count, c = ErrorCode
  kBatchRetried,     ///< a = first record id, b = count, c = ErrorCode
  kRecordDelivered,  ///< consumer application got it: a = offset, b = record id, c = key
  kRecordProcessed,  ///< consumer application finished it: a = offset, b = record id
  // replication
  kHighWatermark,  ///< a = new, b = old (node = leader or follower)
  kLogTruncated,   ///< a = new log end, b = old log end, c = epoch asked about
  kLogStartMoved,  ///< a = new, b = old, c: 0 retention.ms 1 retention.bytes 2 follows the leader 3 DeleteRecords 4 the checkpoint was older
  kLogRecovered,   ///< after an unclean shutdown: a = log end, b = recovery point, c = torn bytes cut off
  kLogCompacted,   ///< a = cleaned to, b = records removed, c = ms of the broker's clock
  kBecameLeader,   ///< a = leader epoch, b = log end offset
  kBecameFollower,     ///< a = leader epoch, b = leader broker
  kIsrShrinkProposed,  ///< broker = who leaves, a = its log end offset, b = ms since it was caught up
  kIsrExpandProposed,  ///< broker = who enters
  kReplicaStopped,
  kRequestRefused,  ///< a = message kind, b = ErrorCode: a broker or a controller refused a request
  // controller and ZooKeeper
  kControllerElected,   ///< broker, a = controller epoch
  kControllerResigned,  ///< broker, a = controller epoch
  kLeaderElected,  ///< partition, broker = new leader (none = offline), a = leader epoch, b: 0 clean 1 unclean 2 preferred 3 controlled shutdown 4 found so by a new controller 5 its broker is no replica any more, c = previous leader
  kElectionFailed,  ///< partition keeps the leader it has, or none: brokers = live replicas, a of them, b: 0 as the leader is gone 1 unclean was asked for 2 preferred 3 controlled shutdown 4 reassignment, before = ISR, c members, broker = first of the replica list
  kIsrChanged,      ///< partition, brokers = members, before = those it had, b = partition epoch
  kBrokerRegistered,  ///< broker, a = broker epoch
  kBrokerGone,        ///< broker: the controller saw its znode vanish
  kZkSessionOpened,   ///< broker, a = session
  kZkSessionExpired,  ///< broker, a = session; of an old consumer: b = its node, broker none
  kZkLeaderElected,   ///< node leads the ensemble, a = epoch
  kSnapshotLoaded,    ///< KRaft: the node takes the metadata up to offset a from a snapshot; b = records in it
  kTopicCreated,      ///< partition.topic, a = partitions, b = replication factor, c = second half of the topic id
  kTopicRefused,   ///< an administrator was refused partition.topic: a = ErrorCode, b, c = asked, found of the answer
  kZombieRefused,  ///< a = stale controller epoch, b = current one
  // groups
  kGroupState,    ///< group, a = new GroupState, b = old, c = generation
  kMemberJoined,  ///< group, a = client node, b = member serial, c: 0 a classic group, 1 a group of KIP-848, 2 that with the classic protocol
  kMemberLeft,  ///< group, a = client node, b = member serial, c: 0 left 1 session expired 2 rebalance timeout 3 group.max.size
  kGenerationAssigned,  ///< group, a = generation, b = members, c = partitions
  kPartitionAssigned,   ///< consumer takes it: group, partition, a = generation, b: 1 it had it all the time
  kPartitionRevoked,    ///< consumer gives it up: group, partition, a = generation
  kOffsetCommitted,  ///< group, partition, a = offset, b = generation, c = offset of its batch in __consumer_offsets; in ZooKeeper: b, c = -1
  kCommitRefused,    ///< group, partition, a = offset, b = ErrorCode
  kPositionReset,  ///< group, partition, a = new position, b: 0 earliest 1 latest 2 committed 3 log was truncated 4 seek() 5 seekToBeginning() 6 seekToEnd()
  kTruncationDetected,  ///< group, partition, a = position, b = where the logs part, -1 = not known, c: 0 starts there 1 asks anew where to start 2 auto.offset.reset is none
  kReadReplica,  ///< consumer fetches from another replica: group, partition, broker (none = the leader again), a: 0 the leader told so 1 metadata.max.age.ms is over 2 refused 3 broker gone 4 new leader, b = ErrorCode
  kMaxPollExceeded,    ///< group: the consumer leaves because poll() was not called in time
  kCoordinatorLoaded,  ///< group coordinator took over a partition of __consumer_offsets: a = groups
  // transactions
  kTransactionState,  ///< coordinator: a = transactional id, b = new TransactionState, c = producer epoch
  kTransactionBegun,  ///< producer's application
  kTransactionEnded,  ///< producer's application was told: a: 0 aborted 1 committed 2 failed, b = ErrorCode, c = records
  kProducerFenced,    ///< producer: another one has its transactional id; a = its epoch, b = ErrorCode
  // lifecycle
  kBrokerRunning,
  kShutdownStarted,
  kShutdownDone,
  // what administrators change
  kPartitionsCreated,  ///< partition.topic, a = partitions now, b = before
  kPartitionsRefused,  ///< more of partition.topic were refused: a = ErrorCode, b, c = asked, found of the answer
  // producers and quotas
  kBatchSplit,       ///< a broker found it too large: a = first record id, b = count, c = batches that it is split into
  kClientThrottled,  ///< broker begins to throttle a client: a = its node, b = ms, c: 0 it produces 1 it consumes too fast
  kTopicDeleted,     ///< partition.topic: a = TopicDeletionStep, brokers = whose replicas are waited for
  kTopicDeletionRefused,  ///< partition.topic: a = ErrorCode
  // the metadata quorum
  kQuorumLeaderElected,  ///< KRaft: a controller has a majority of the votes: broker, a = epoch, b = its log end
  kMetadataCommitted,    ///< KRaft: the node's high watermark of the metadata log: a = new, b = old (-1 = not known)
  // consumed offsets in transactions
  kTxnOffset,  ///< group coordinator: group, partition, a = offset, b = producer id, c = TxnOffset
  kRecordCopied,  ///< consumer with an output: group, partition, a = offset of what it read, b = record id of what it sends
  // reassignment
  kPartitionReassigned,  ///< partition: a = ReassignmentStep, brokers, before
  kReassignmentRefused,  ///< partition: a = ErrorCode
  // static members
  kStaticMemberReplaced,  ///< group: a static member is back under another member id: a = client node, b = that of the old id, c = GroupState
  // expiry of what groups have committed
  kOffsetExpired,  ///< group coordinator: group, partition, a = the offset that is deleted, b = OffsetExpiry, c = ms since then
  kGroupDeleted,  ///< group coordinator: group, a = its last generation
  // what applications do with a consumer beside polling
  kPartitionPaused,  ///< group, partition: a: 1 paused 0 resumed
  kCallRefused,      ///< the consumer has thrown IllegalStateException: group, partition, a = ApplicationCall
  // moves between the protocols of groups
  kGroupMigrated,  ///< group coordinator: group, a: 1 it speaks the consumer protocol now 0 the classic one, b = client node that made it, c = generation or epoch that it goes on from, 0 = it was empty and begins anew
};
inline constexpr std::uint16_t kNoteKindCount = static_cast<std::uint16_t>(NoteKind::kGroupMigrated) + 1;
/// What an application called that the consumer refused, as it does not own the partition.
enum class ApplicationCall : std::int8_t { kSeek, kPause, kResume };
/// How far the deletion of a topic is. From kMarked on nothing is promised about its records any more.
enum class TopicDeletionStep : std::int8_t {
  kMarked,  ///< nobody serves it any more, its replicas are to go
  kWaits,   ///< replicas lie on brokers that are gone: it goes on when they are back
  kDone,    ///< the name is free
};
/// What becomes of an offset that a transaction commits; where the transaction is committed, kOffsetCommitted is noted.
enum class TxnOffset : std::int8_t {
  kPending,  ///< it is stored and waits for the end of its transaction
  kDropped,  ///< its transaction was aborted
  kAwaited,  ///< a consumer that asks for the partition's offset is told to wait
};
/// Why a committed offset has expired: offsets.retention.minutes are over since then.
enum class OffsetExpiry : std::int8_t {
  kGroupEmpty,     ///< the group became Empty
  kNoMembers,      ///< the commit; the group has no members
  kNotSubscribed,  ///< the commit; no member subscribes to the topic
  kAge,            ///< the commit, whoever reads the topic: before KIP-211
};
/// How far the reassignment of a partition is.
enum class ReassignmentStep : std::int8_t {
  kStarted,    ///< brokers = where it shall lie, before = where it lay
  kCompleted,  ///< brokers = where it lies, before = where it lay
  kCancelled,  ///< brokers = where it stays, before = where it should have gone
};
/// Name of a kind for tables and SQL, e.g. "high_watermark".
std::string_view note_name(NoteKind kind);

struct Note {
  NoteKind kind = NoteKind::kRecordCreated;
  TopicPartition partition{};
  BrokerId broker{};
  GroupId group{};
  std::int64_t a = 0;
  std::int64_t b = 0;
  std::int64_t c = 0;
  BrokerSet brokers{};
  BrokerSet before{};
  KSCOPE_FIELDS(Note, kind, partition, broker, group, a, b, c, brokers, before);
};

}  // namespace kscope::sim
