#pragma once
// ReplicaManager: the partitions that this broker hosts. Appends and reads, leadership changes, high watermarks, the ISR,
// and the purgatories of requests that wait for them. Kafka: ReplicaManager, AlterPartitionManager, LogManager (3.9).
// Split over replica_manager.cpp (who hosts what), append.cpp, high_watermark.cpp, read.cpp, isr_manager.cpp,
// log_manager.cpp (truncation, retention, flushes, checkpoints), file_deletion.cpp, log_recovery.cpp, log_cleaning.cpp
// (compaction), delete_records.cpp and settled_followers.cpp (what fetches need not look at).

#include <cstdint>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/broker/internal_append.h"
#include "sim/broker/partition.h"
#include "sim/broker/partition_news.h"
#include "sim/broker/purgatory.h"
#include "sim/config/topic_config.h"
#include "sim/coordinator/group/append_token.h"
#include "sim/protocol/controller_to_broker.h"
#include "sim/protocol/coordinator_record.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;
struct CachedPartition;
class CachedPartitions;
struct ZkPurpose;

/// What an append to a leader's log came to.
struct AppendResult {
  ErrorCode error = ErrorCode::NONE;
  Offset base_offset = kUnknownOffset;
  Offset required_offset = kUnknownOffset;  ///< acks=all is answered when the high watermark is here
};

/// A partition of a produce request whose records wait for the high watermark.
struct ReplicationWait {
  std::int32_t place = -1;  ///< of the partition, in ReplicaManager::all()
  Offset required_offset;
  std::uint32_t result_index = 0;  ///< in the response
};

/// AlterPartition requests that are not answered yet. One is out at a time. Kafka: DefaultAlterPartitionManager.
struct AlterPartitionQueue {
  std::vector<AlterPartitionItem>
      unsent;                    ///< one per partition, in order of asking; those in the request out stay here
  std::int64_t outstanding = 0;  ///< correlation id; 0 = none
  NodeId controller;             ///< who was asked
  TimerId timer;                 ///< retry after an error, or the request's timeout
};

/// ISRs that leaders wrote to ZooKeeper themselves, as brokers did before KIP-497. Kafka: ZkIsrManager.
struct ZooKeeperIsrs {
  std::vector<AlterPartitionItem> writing;  ///< asked of ZooKeeper, not answered yet
  std::vector<TopicPartition> changed;      ///< the controller is still to hear of these
  LocalTime last_change{};
  LocalTime last_propagation{};
  std::int64_t notifications = 0;  ///< how many this process has left for the controller
  TimerId timer;                   ///< kAlterPartitionRetry, a = 1: look whether to tell the controller
};

/// Whether this broker's leaders ask the controller for another ISR (KIP-497), or write it themselves.
[[nodiscard]] bool uses_alter_partition(const Ctx& ctx, const Broker& broker);

class ReplicaManager {
 public:
  // Who hosts what.
  /// Makes the logs whole after a kill or a power loss; returns how long that takes. Effects: notes.
  Duration recover_logs(Ctx& ctx, const Broker& broker);
  /// Arms the periodic timers and takes the clean shutdown marker away; partitions come with LeaderAndIsr.
  void on_start(Ctx& ctx, Broker& broker);
  /// The hosted partition, or nullptr. Cost O(1).
  [[nodiscard]] const Partition* find(TopicPartition partition) const {
    const auto topic = static_cast<std::size_t>(partition.topic.value);
    const auto number = static_cast<std::size_t>(partition.partition);
    if (topic >= place_.size() || number >= place_[topic].size() || place_[topic][number] < 0) {
      return nullptr;
    }
    const Partition& found = partitions_[static_cast<std::size_t>(place_[topic][number])];
    return found.is_hosted ? &found : nullptr;
  }
  [[nodiscard]] Partition* find(TopicPartition partition) {
    return const_cast<Partition*>(static_cast<const ReplicaManager*>(this)->find(partition));
  }
  /// Every partition ever hosted by this process, in order of first hosting; look at is_hosted.
  [[nodiscard]] const std::vector<Partition>& all() const { return partitions_; }
  /// The log of a partition.
  [[nodiscard]] static PartitionLog& log_of(Ctx& ctx, const Partition& partition) {
    return ctx.durable().logs.all()[static_cast<std::size_t>(partition.file.value - 1)].log;
  }
  [[nodiscard]] static const PartitionLog& log_of(const Durable& durable, const Partition& partition) {
    return durable.logs.all()[static_cast<std::size_t>(partition.file.value - 1)].log;
  }
  /// The partition that this broker leads, with the checks of Partition.localLogWithEpochOrThrow: hosted at all
  /// (UNKNOWN_TOPIC_OR_PARTITION, or NOT_LEADER_OR_FOLLOWER when others host it), same leader epoch (FENCED_LEADER_EPOCH,
  /// UNKNOWN_LEADER_EPOCH; -1 = not checked), leader. nullptr with `error` set otherwise.
  [[nodiscard]] Partition* find_led(const Broker& broker, TopicPartition partition, LeaderEpoch epoch,
                                    ErrorCode& error);

  // Leadership. `state` has passed the epoch checks of handle_leader_and_isr.
  /// Leads `state.partition` from now on, or takes over a newer partition epoch. True when it did not lead before.
  /// Effects: note, epoch start in the log, HW. Source: Partition.makeLeader.
  bool become_leader(Ctx& ctx, Broker& broker, const PartitionState& state);
  /// Follows; the caller adds the fetcher afterwards. Effects: note; fails waiting produce requests. True when the leader
  /// epoch is new, so that the fetcher must truncate again (KAFKA-7164). Source: Partition.makeFollower.
  bool become_follower(Ctx& ctx, Broker& broker, const PartitionState& state);
  /// Stops replicating; with `delete_partition` the log goes too. Requires: hosted.
  void stop_replica(Ctx& ctx, Broker& broker, TopicPartition partition, bool delete_partition);
  /// Deletes a log that this process does not host, if there is one: its checkpoints forget it, too. Its files stay for
  /// log.segment.delete.delay.ms. Source: LogManager.asyncDelete.
  void delete_log(Ctx& ctx, TopicPartition partition);

  // Appends.
  /// Appends to a partition that this broker leads. NOT_ENOUGH_REPLICAS (acks=all and too small an ISR), MESSAGE_TOO_LARGE,
  /// RECORD_LIST_TOO_LARGE, INVALID_RECORD (no key, and the topic is compacted), KAFKA_STORAGE_ERROR; of an idempotent producer INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER,
  /// and for a batch that is stored already its offset, without another append. The high watermark moves if it may; what waits for it or for records is
  /// completed by complete_after_append(). Source: Partition.appendRecordsToLeader, UnifiedLog.append.
  /// `guard`: of a producer's batch that the transaction coordinator was asked about; INVALID_TXN_STATE without it where no
  /// transaction of its producer is open.
  AppendResult append_as_leader(Ctx& ctx, Broker& broker, Partition& partition, RecordBatch batch, Acks acks,
                                VerificationGuard guard = {});
  /// Answers what an append (of any number of batches) to the partition has made answerable.
  void complete_after_append(Ctx& ctx, Broker& broker, Partition& partition);
  /// Appends fetched batches to a follower's log. KAFKA_STORAGE_ERROR when the disk refuses, CORRUPT_MESSAGE when they do
  /// not begin at log end.
  ErrorCode append_as_follower(Ctx& ctx, const Broker& broker, Partition& partition,
                               const std::vector<RecordBatch>& batches);
  /// For a coordinator. When as many replicas have the batch as its acks ask for, or its timeout is over, the owner's
  /// on_appended(token, error) is called: later, or before this returns. An error returned means that nothing was appended
  /// and on_appended is not called.
  ErrorCode append_internal(Ctx& ctx, Broker& broker, InternalAppend append);
  /// Answers a request that waits for nothing.
  void answer_now(Ctx& ctx, Broker& broker, DelayedProduce produce) { answer(ctx, broker, std::move(produce)); }
  /// Puts an acks=all request into purgatory; answers at once what the high watermark has reached already.
  void park(Ctx& ctx, Broker& broker, DelayedProduce produce, const std::vector<ReplicationWait>& waits);
  /// Whether appending `count` records makes flush.messages flush the partition's log.
  [[nodiscard]] static bool is_flush_due(Ctx& ctx, const Partition& partition, std::int64_t count);

  // Deletes.
  /// Moves log starts forward and answers, or parks until the live replicas have followed. POLICY_VIOLATION for a topic that
  /// is only compacted, OFFSET_OUT_OF_RANGE beyond the high watermark. Source: ReplicaManager.deleteRecords.
  void delete_records(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                      const DeleteRecordsRequest& request);

  // Reads.
  /// Handles a fetch: reads, updates the follower's state, answers or parks. Cost: O(partitions of the session); a
  /// follower's that are settled cost a nanosecond or so. Source: KafkaApis.handleFetchRequest, ReplicaManager.fetchMessages.
  void fetch(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const FetchRequest& request);
  /// Answers the waiting fetches of consumers for which the partition has enough now: the high watermark moved.
  void complete_consumer_fetches(Ctx& ctx, Broker& broker, Partition& partition);
  /// Forgets the fetch that waits on this connection: its fetcher is gone.
  void abandon_fetch(Ctx& ctx, Broker& broker, ChannelIndex channel);

  // A follower's log, for its fetcher.
  /// Takes over its leader's HW, but never more than its own log end. Source: UnifiedLog.maybeUpdateHighWatermark.
  void follow_high_watermark(Ctx& ctx, Partition& partition, Offset leader_high_watermark);
  /// Takes over its leader's log start. Source: UnifiedLog.maybeIncrementLogStartOffset.
  void follow_log_start(Ctx& ctx, Partition& partition, Offset leader_log_start);
  /// Cuts the log; HW and flush marks follow. `asked` is the epoch that the truncation is about. Effects: note.
  void truncate_to(Ctx& ctx, Partition& partition, Offset offset, LeaderEpoch asked);
  /// Empties the log: its leader's begins later than this one ends.
  void truncate_fully_and_start_at(Ctx& ctx, Partition& partition, Offset offset);

  // Events.
  void on_alter_partition_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                   const AlterPartitionResponse& response);
  /// ZooKeeper has taken the ISR that a leader wrote, or refused it because somebody else wrote before.
  void on_isr_written(Ctx& ctx, Broker& broker, const ZkPurpose& purpose, const ZkResponse& response);
  /// The session is over: what was asked of ZooKeeper is not answered any more, and the old ISRs stay.
  void forget_isr_writes();
  /// kDelayedProduceTimeout, kDelayedFetchTimeout, kDelayedDeleteTimeout, kIsrCheck, kHighWatermarkCheckpoint, kLogRetention, kLogFlush,
  /// kFileDelete, kLogCleaner, kRecoveryPointCheckpoint, kLogStartCheckpoint, kAlterPartitionRetry.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);
  void on_disk(Ctx& ctx, Broker& broker, const DiskDone& done);
  /// Fetches of the peer are forgotten; its produce requests are finished without an answer.
  void on_disconnect(Ctx& ctx, Broker& broker, NodeId peer);
  /// Orderly end: stops the fetchers, writes the high watermark checkpoint and the clean shutdown marker; logs are flushed by the exit.
  void on_shutdown(Ctx& ctx, Broker& broker);

  ControllerEpoch controller_epoch{0};  ///< largest seen in a request of a controller

  [[nodiscard]] const Purgatory<DelayedProduce>& delayed_produces() const { return delayed_produces_; }
  [[nodiscard]] const Purgatory<DelayedFetch>& delayed_fetches() const { return delayed_fetches_; }
  [[nodiscard]] const AlterPartitionQueue& alter_partition_queue() const { return alter_partition_; }
  /// A follower with its times as they are now, settled or not.
  [[nodiscard]] FollowerState as_of_now(const FollowerState& follower) const;
  /// What has changed of which partition, for fetchers that pass over those without news.
  [[nodiscard]] const PartitionNews& news() const { return news_; }

 private:
  Partition& find_or_create(Ctx& ctx, TopicPartition partition, Uuid topic_id);
  // append.cpp
  void flush_when_due(Ctx& ctx, Partition& partition);
  void complete_awaited_appends(Ctx& ctx, Broker& broker, Partition& partition);
  void fail_awaited_appends(Ctx& ctx, Broker& broker, Partition& partition, ErrorCode error);
  void decide(Ctx& ctx, Broker& broker, const AwaitedAppend& awaited, ErrorCode error);
  void answer(Ctx& ctx, Broker& broker, DelayedProduce produce);
  void expire_produces(Ctx& ctx, Broker& broker);
  // high_watermark.cpp
  bool update_high_watermark(Ctx& ctx, const Broker& broker, Partition& partition);
  void complete_after_high_watermark(Ctx& ctx, Broker& broker, Partition& partition);
  void update_follower(Ctx& ctx, Broker& broker, Partition& partition, FollowerState& follower,
                       const FetchPartition& item);
  // delete_records.cpp
  DeleteRecordsResult delete_on_leader(Ctx& ctx, Broker& broker, const DeleteRecordsPartition& item, Offset& required);
  void complete_deletes(Ctx& ctx, Broker& broker, const Partition& partition);
  void answer_delete(Ctx& ctx, Broker& broker, DelayedId id);
  void expire_deletes(Ctx& ctx, Broker& broker);
  // read.cpp
  enum class ReadFrom : std::uint8_t { kLeader, kAnyReplica };
  /// A fetch while it is read for, and what was read.
  struct FetchCall {
    const FetchRequest& request;
    const FetchContext& context;
    bool updates_followers = false;
    std::vector<FetchPartitionResult> results{};
    std::int64_t size_bytes = 0;
    bool has_error = false;  ///< or something else that is told at once: diverging logs, a preferred read replica
  };
  struct FetchAnswer {
    NodeId from;
    std::int64_t correlation_id = 0;
    ChannelIndex channel = -1;
  };
  [[nodiscard]] Partition* find_readable(const FetchPartition& item, BrokerId self, ReadFrom from);
  [[nodiscard]] ErrorCode read_error(const Broker& broker, const FetchPartition& item);
  void read_all(Ctx& ctx, Broker& broker, FetchCall& call);
  void read_one(Ctx& ctx, Broker& broker, FetchCall& call, const FetchPartition& item, const CachedPartition* cached);
  [[nodiscard]] bool has_enough(Ctx& ctx, Broker& broker, const DelayedFetch& fetch);
  void send_fetch_response(Ctx& ctx, Broker& broker, const FetchAnswer& to, FetchCall call);
  void park(Ctx& ctx, Broker& broker, DelayedFetch fetch);
  bool try_complete(Ctx& ctx, Broker& broker, DelayedId id);
  void answer(Ctx& ctx, Broker& broker, DelayedId id);
  void complete_follower_fetches(Ctx& ctx, Broker& broker, Partition& partition);
  // settled_followers.cpp
  void read_unsettled(Ctx& ctx, Broker& broker, FetchCall& call, CachedPartitions& partitions);
  void begin_fetch_of_follower(Ctx& ctx, const FetchCall& call, CachedPartitions& partitions);
  void settle(Ctx& ctx, const FetchCall& call, const CachedPartition& item, CachedPartitions& partitions);
  void unsettle(FollowerState& follower) const;
  void unsettle_all_of(BrokerId follower);
  void expire_fetches(Ctx& ctx, Broker& broker);
  // isr_manager.cpp
  void maybe_expand_isr(Ctx& ctx, Broker& broker, Partition& partition, const FollowerState& follower);
  void maybe_shrink_isr(Ctx& ctx, Broker& broker, Partition& partition);
  bool submit_alter_partition(Ctx& ctx, Broker& broker, const Partition& partition, std::vector<BrokerId> isr);
  void send_alter_partition(Ctx& ctx, Broker& broker);
  void retry_alter_partition_later(Ctx& ctx);
  void on_alter_partition_result(Ctx& ctx, Broker& broker, const AlterPartitionItem& asked,
                                 const AlterPartitionResult& result);
  // isr_zookeeper.cpp
  bool write_isr(Ctx& ctx, Broker& broker, const Partition& partition, std::vector<BrokerId> isr);
  void propagate_isr_changes(Ctx& ctx, Broker& broker);
  // log_manager.cpp
  void write_high_watermark_checkpoint(Ctx& ctx);
  void delete_old_segments(Ctx& ctx);
  // MODEL: with every look at retention; Kafka looks every producer.id.expiration.check.interval.ms, which is internal.
  void forget_idle_producers(Ctx& ctx, Duration expiration);
  void flush_dirty_logs(Ctx& ctx);
  // file_deletion.cpp
  void delete_files_later(Ctx& ctx, const Partition& partition);
  void delete_left_files(Ctx& ctx);
  // log_recovery.cpp
  void flush_rolled(Ctx& ctx, Partition& partition, std::size_t segments_before);
  void write_recovery_points(Ctx& ctx);
  void write_log_starts(Ctx& ctx);
  // log_cleaning.cpp
  void arm_log_cleaner(Ctx& ctx, const Broker& broker, const Partition& partition);
  void clean_filthiest_log(Ctx& ctx, const Broker& broker);

  std::vector<Partition> partitions_;
  std::vector<std::vector<std::int32_t>> place_;  // [topic][partition] -> index into partitions_, -1 = never hosted
  Purgatory<DelayedProduce> delayed_produces_;
  Purgatory<DelayedFetch> delayed_fetches_;
  Purgatory<DelayedDeleteRecords> delayed_deletes_;
  AlterPartitionQueue alter_partition_;
  TimerId cleaner_timer_;  // armed while a compacted log has more than its active segment
  ZooKeeperIsrs zookeeper_isrs_;
  PartitionNews news_;
  FlatMap<BrokerId, FollowerFetches> follower_fetches_;  // of those that have fetched with a session
};

/// Effective config of a partition's topic on this broker.
[[nodiscard]] inline const TopicConfig& topic_config(const Ctx& ctx, TopicPartition partition) {
  return ctx.registry().topic_config(partition.topic, ctx.self());
}
/// Bytes of all batches.
[[nodiscard]] inline std::int64_t bytes_of(const std::vector<RecordBatch>& batches) {
  std::int64_t bytes = 0;
  for (const RecordBatch& batch : batches) {
    bytes += batch.size_bytes;
  }
  return bytes;
}
/// What this node's clock shows in milliseconds: the unit of record timestamps.
[[nodiscard]] inline std::int64_t now_ms(const Ctx& ctx) { return millis(ctx.now().time_since_epoch()); }

}  // namespace kscope::sim
