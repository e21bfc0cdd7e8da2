#pragma once
// ReplicaManager: the partitions that this broker hosts. Appends and reads, leadership changes, high watermarks, the ISR,
// and the purgatories of requests that wait for them. Kafka: ReplicaManager, AlterPartitionManager, LogManager (3.9).
// Split over replica_manager.cpp (who hosts what), append.cpp, read.cpp, isr_manager.cpp, log_manager.cpp.

#include <cstdint>
#include <vector>

#include "sim/broker/partition.h"
#include "sim/broker/purgatory.h"
#include "sim/coordinator/group/append_token.h"
#include "sim/protocol/controller_to_broker.h"
#include "sim/protocol/coordinator_record.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct Broker;

/// What an append to a leader's log came to.
struct AppendResult {
  ErrorCode error = ErrorCode::NONE;
  Offset base_offset = kUnknownOffset;
  Offset required_offset = kUnknownOffset;  ///< acks=all is answered when the high watermark is here
};

/// What one partition gives to a fetch.
struct ReadResult {
  ErrorCode error = ErrorCode::NONE;
  Offset high_watermark = kUnknownOffset;
  Offset log_start_offset = kUnknownOffset;
  std::vector<RecordBatch> batches;
  std::int64_t size_bytes = 0;
};

/// AlterPartition requests that are not answered yet. One is out at a time. Kafka: DefaultAlterPartitionManager.
struct AlterPartitionQueue {
  std::vector<AlterPartitionItem> unsent;  ///< one per partition, in order of asking; those in the request out stay here
  std::int64_t outstanding = 0;            ///< correlation id; 0 = none
  NodeId controller;                       ///< who was asked
  TimerId retry_timer;
};

class ReplicaManager {
 public:
  // Who hosts what.
  /// Reads the log directory and arms the periodic timers; partitions come with LeaderAndIsr.
  void on_start(Ctx& ctx, Broker& broker);
  /// The hosted partition, or nullptr. Cost O(1).
  [[nodiscard]] Partition* find(TopicPartition partition);
  [[nodiscard]] const Partition* find(TopicPartition partition) const;
  /// Every partition ever hosted by this process, in order of first hosting; look at is_hosted.
  [[nodiscard]] const std::vector<Partition>& all() const { return partitions_; }
  /// The log of a partition.
  [[nodiscard]] static PartitionLog& log_of(Ctx& ctx, const Partition& partition);
  [[nodiscard]] static const PartitionLog& log_of(const Durable& durable, const Partition& partition);

  // Leadership. `state` has passed the epoch checks of handle_leader_and_isr.
  /// Leads `state.partition` from now on, or takes over a newer partition epoch. Effects: note, epoch start, HW.
  void become_leader(Ctx& ctx, Broker& broker, const PartitionState& state);
  /// Follows; the caller adds the fetcher afterwards. Effects: note; fails waiting produce requests. True when the leader
  /// epoch is new, so that the fetcher must truncate again (KAFKA-7164).
  bool become_follower(Ctx& ctx, Broker& broker, const PartitionState& state);
  void stop_replica(Ctx& ctx, Broker& broker, TopicPartition partition, bool delete_partition);

  // Appends.
  /// Appends to a partition that this broker leads. NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS (acks=all and too small an
  /// ISR), MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, KAFKA_STORAGE_ERROR. Waiting fetches are looked at by
  /// complete_delayed_fetches() afterwards. Source: Partition.appendRecordsToLeader.
  AppendResult append_as_leader(Ctx& ctx, Broker& broker, Partition& partition, RecordBatch batch, Acks acks);
  /// Appends fetched batches to a follower's log. False when the disk refuses.
  bool append_as_follower(Ctx& ctx, Broker& broker, Partition& partition, const std::vector<RecordBatch>& batches);
  /// For the group coordinator: one batch with these records and acks=all. When every in-sync replica has it, or it timed
  /// out, groups.on_appended(token, error) is called: later, or before this returns. An error returned means nothing was
  /// appended and on_appended is not called.
  ErrorCode append_internal(Ctx& ctx, Broker& broker, TopicPartition partition, std::vector<CoordinatorRecord> records,
                            AppendToken token);
  /// Parks a produce request whose records wait for replication; answers at once if nothing is pending any more.
  void park_or_answer(Ctx& ctx, Broker& broker, DelayedProduce produce, const std::vector<AwaitedAppend>& awaited,
                      const std::vector<TopicPartition>& partitions);

  // Reads.
  /// Reads for a consumer (up to the high watermark) or a follower (up to log end), with leader epoch fencing.
  /// OFFSET_OUT_OF_RANGE, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION.
  ReadResult read(Ctx& ctx, const Broker& broker, const FetchPartition& item, bool is_follower, std::int64_t max_bytes,
                  bool at_least_one);
  /// A follower asked for `fetch_offset`: it has everything before. Effects: ISR expansion, HW. Source:
  /// Partition.updateFollowerFetchState.
  void update_follower(Ctx& ctx, Broker& broker, Partition& partition, BrokerId replica, const FetchPartition& item);
  /// Handles a fetch: reads, updates the follower, answers or parks. Source: ReplicaManager.fetchMessages.
  void fetch(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const FetchRequest& request);
  /// Answers waiting fetches of followers and, up to the high watermark, of consumers that now have enough.
  void complete_delayed_fetches(Ctx& ctx, Broker& broker, Partition& partition);

  // High watermark and ISR.
  /// Recomputes a leader's HW and completes what waited for it. Source: Partition.maybeIncrementLeaderHW.
  bool maybe_increment_high_watermark(Ctx& ctx, Broker& broker, Partition& partition);
  /// A follower takes over its leader's HW. Source: UnifiedLog.maybeUpdateHighWatermark.
  void follow_high_watermark(Ctx& ctx, Partition& partition, Offset leader_high_watermark);
  void on_alter_partition_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                   const AlterPartitionResponse& response);
  /// Cuts a follower's log. Effects: note; HW and flush marks follow.
  void truncate_to(Ctx& ctx, Partition& partition, Offset offset, LeaderEpoch asked);
  void truncate_fully_and_start_at(Ctx& ctx, Partition& partition, Offset offset);
  /// A follower follows its leader's log start.
  void follow_log_start(Ctx& ctx, Partition& partition, Offset leader_log_start);

  // Events.
  void on_timer(Ctx& ctx, Broker& broker, const Timer& timer);
  void on_disk(Ctx& ctx, Broker& broker, const DiskDone& done);
  void on_disconnect(Ctx& ctx, Broker& broker, NodeId peer);
  /// Orderly end: writes the high watermark checkpoint and the clean shutdown marker.
  void on_shutdown(Ctx& ctx, Broker& broker);

  ControllerEpoch controller_epoch{0};  ///< largest seen in a request of a controller

  [[nodiscard]] const Purgatory<DelayedProduce>& delayed_produces() const { return delayed_produces_; }
  [[nodiscard]] const Purgatory<DelayedFetch>& delayed_fetches() const { return delayed_fetches_; }
  [[nodiscard]] const AlterPartitionQueue& alter_partition_queue() const { return alter_partition_; }

 private:
  Partition& find_or_create(Ctx& ctx, TopicPartition partition);
  // append.cpp
  void after_append(Ctx& ctx, Broker& broker, Partition& partition, std::int64_t count);
  void complete_awaited_appends(Ctx& ctx, Broker& broker, Partition& partition);
  void decide(Ctx& ctx, Broker& broker, const AwaitedAppend& awaited, ErrorCode error);
  void answer(Ctx& ctx, Broker& broker, DelayedProduce produce);
  void expire_produces(Ctx& ctx, Broker& broker);
  // read.cpp
  [[nodiscard]] bool has_enough(Ctx& ctx, const Broker& broker, const FetchRequest& request);
  FetchResponse read_all(Ctx& ctx, Broker& broker, const FetchRequest& request, bool update_followers);
  void try_complete(Ctx& ctx, Broker& broker, DelayedId id);
  void answer(Ctx& ctx, Broker& broker, DelayedId id);
  void expire_fetches(Ctx& ctx, Broker& broker);
  // isr_manager.cpp
  void maybe_expand_isr(Ctx& ctx, Broker& broker, Partition& partition, const FollowerState& follower);
  void maybe_shrink_isr(Ctx& ctx, Broker& broker, Partition& partition);
  void submit_alter_partition(Ctx& ctx, Broker& broker, const Partition& partition, std::vector<BrokerId> isr);
  void send_alter_partition(Ctx& ctx, Broker& broker);
  // log_manager.cpp
  void write_high_watermark_checkpoint(Ctx& ctx);
  void delete_old_segments(Ctx& ctx, Broker& broker);
  void flush(Ctx& ctx, Partition& partition);

  std::vector<Partition> partitions_;
  std::vector<std::vector<std::int32_t>> place_;  // [topic][partition] -> index into partitions_, -1 = never hosted
  Purgatory<DelayedProduce> delayed_produces_;
  Purgatory<DelayedFetch> delayed_fetches_;
  AlterPartitionQueue alter_partition_;
};

}  // namespace kscope::sim
