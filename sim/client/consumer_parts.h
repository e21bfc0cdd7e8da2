#pragma once
// The inner parts of a consumer. Used by the consumer's own files only. Every function may be called at any time and does
// only what is possible now; `turn` in consumer.cpp calls them again after every event.

#include <cstdint>

#include "sim/client/consumer.h"

namespace kscope::sim {

/// When there is something to do without any message coming, and what for.
struct Wakeup {
  LocalTime at = LocalTime::max();
  Timer timer;
  /// Keeps the earlier one.
  void consider(LocalTime when, TimerKind kind, TopicPartition partition = {});
};

/// retry.backoff.ms .. retry.backoff.max.ms after this many failures in a row.
Duration retry_backoff(Ctx& ctx, const Consumer& consumer, std::int32_t failures);

// ---- coordinator: finding it, joining, heartbeats, leaving (consumer_coordinator.cpp)

/// Asks for the coordinator while it is unknown.
void look_for_coordinator(Ctx& ctx, Consumer& consumer, Wakeup& wakeup);
/// poll(): gives up the partitions and joins when a rejoin is needed. Source: AbstractCoordinator.ensureActiveGroup.
void join_if_needed(Ctx& ctx, Consumer& consumer, Wakeup& wakeup);
/// Forgets the coordinator; what was asked of it counts as failed. Source: AbstractCoordinator.markCoordinatorUnknown.
void mark_coordinator_unknown(Ctx& ctx, Consumer& consumer);
/// Another rebalance is needed: poll() will join again.
void request_rejoin(Consumer& consumer);
/// The coordinator does not know this member or generation. Source: AbstractCoordinator.resetStateAndRejoin.
enum class Forget : std::uint8_t { kGeneration, kMemberToo };
void reset_and_rejoin(Ctx& ctx, Consumer& consumer, Forget what);
/// LeaveGroup without waiting for the answer. Returns its correlation id, 0 if there is nobody to tell.
std::int64_t leave_group(Ctx& ctx, Consumer& consumer);
/// Gives up every partition. Effects: notes; what was fetched is dropped.
void revoke_all(Ctx& ctx, Consumer& consumer);
void on_find_coordinator_response(Ctx& ctx, Consumer& consumer, const FindCoordinatorResponse& response);
void on_join_group_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                            const JoinGroupResponse& response);
void on_sync_group_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                            const SyncGroupResponse& response);
void on_heartbeat_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                           const HeartbeatResponse& response);
/// A JoinGroup, SyncGroup or FindCoordinator got no answer.
void on_join_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id);
void on_find_coordinator_failed(Ctx& ctx, Consumer& consumer);
void on_heartbeat_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id);
/// kHeartbeat fired.
void on_heartbeat_timer(Ctx& ctx, Consumer& consumer);
/// kMaxPollInterval fired: leaves the group if the application has not called poll() for so long.
void on_max_poll_timer(Ctx& ctx, Consumer& consumer);
/// The leader looks whether topics of the group have other numbers of partitions now.
void check_partition_counts(Consumer& consumer);
/// Metadata came: a leader that waited for topics of other members assigns. Source: ConsumerCoordinator.updateGroupSubscription.
void lead_if_known(Ctx& ctx, Consumer& consumer, const MetadataResponse& response);

/// Takes the partitions of a new generation. What it owns already, which is nothing after an eager join, it goes on with.
/// When it had to give something up it joins again at once, so that others can have that.
/// Source: ConsumerCoordinator.onJoinComplete.
void take_assignment(Ctx& ctx, Consumer& consumer, std::vector<TopicPartition> assignment);

// ---- consumer protocol, KIP-848 (consumer_heartbeat.cpp); no effect on a consumer that speaks the classic one

/// Goes a step towards the target assignment, and sends the heartbeat that is due.
void drive_membership(Ctx& ctx, Consumer& consumer, Wakeup& wakeup);
/// poll(): who left since it had not called poll() for max.poll.interval.ms joins again.
void rejoin_if_stale(Ctx& ctx, Consumer& consumer);
void on_consumer_heartbeat_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                                    const consumer_group::ConsumerGroupHeartbeatResponse& response);
void on_consumer_heartbeat_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id);
/// Leaves without waiting for the answer. Returns its correlation id, 0 if there is nobody to tell.
std::int64_t leave_consumer_group(Ctx& ctx, Consumer& consumer, ConsumerMemberState then);
/// What it owns, ascending.
[[nodiscard]] std::vector<TopicPartition> consumer_owned(const Consumer& consumer);

// ---- assignment (consumer_assignment.cpp)

/// What JoinGroup offers: partition.assignment.strategy in order of preference.
std::vector<JoinProtocol> join_protocols(const Consumer& consumer);
/// The leader's work: partitions for every member by the selected assignor.
std::vector<MemberAssignment> compute_assignment(const Ctx& ctx, const Consumer& consumer,
                                                 const JoinGroupResponse& response);

// ---- commits (consumer_commit.cpp)

/// Commits the positions. Returns whether a commit is under way now (false: nothing to commit, or refused at once).
bool begin_commit(Ctx& ctx, Consumer& consumer, CommitReason reason);
/// poll(): commits when auto.commit.interval.ms is over.
void maybe_auto_commit(Ctx& ctx, Consumer& consumer, Wakeup& wakeup);
/// Sends commits that wait for a coordinator or a backoff, gives up those that waited too long.
void drive_commits(Ctx& ctx, Consumer& consumer, Wakeup& wakeup);
void on_commit_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                        const OffsetCommitResponse& response);
void on_commit_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id, ErrorCode error);
[[nodiscard]] bool is_commit_pending(const Consumer& consumer, CommitReason reason);
/// The next offset of every partition that has a position. Source: SubscriptionState.allConsumed.
[[nodiscard]] std::vector<OffsetCommitPartition> consumed_offsets(const Ctx& ctx, const Consumer& consumer);

// ---- positions (consumer_positions.cpp)

/// poll(): asks for committed offsets, resets and validates positions. Source: KafkaConsumer.updateFetchPositions.
void drive_positions(Ctx& ctx, Consumer& consumer, Wakeup& wakeup);
void on_offset_fetch_response(Ctx& ctx, Consumer& consumer, const OffsetFetchResponse& response);
void on_offset_fetch_failed(Ctx& ctx, Consumer& consumer);
/// The partition begins at its committed offset, or where auto.offset.reset says if there is none (-1). Effects: note.
void start_from_committed(Ctx& ctx, Consumer& consumer, TopicPartitionState& partition, Offset offset,
                          LeaderEpoch epoch);
void on_list_offsets_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                              const ListOffsetsResponse& response);
void on_epoch_response(Ctx& ctx, Consumer& consumer, const OffsetsForLeaderEpochResponse& response);
/// A ListOffsets or OffsetsForLeaderEpoch got no answer.
void on_position_request_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id);
/// The position is not in the log any more (or never was): auto.offset.reset decides.
void reset_position(Ctx& ctx, Consumer& consumer, TopicPartitionState& partition);
/// Newer metadata came: positions are validated against new leaders.
void check_leader_epochs(Ctx& ctx, Consumer& consumer);

/// seek(), and with -1 and -2 seekToEnd() and seekToBeginning(). What was fetched from elsewhere is dropped; nothing is
/// committed. Effects: a note; kCallRefused if the partition is not the consumer's. Source: SubscriptionState.seekUnvalidated,
/// requestOffsetReset.
void seek(Ctx& ctx, Consumer& consumer, TopicPartition partition, std::int64_t to);

// ---- fetching (consumer_fetch.cpp)

/// poll(): one fetch for every leader that has none in flight. Source: AbstractFetch.prepareFetchRequests.
void send_fetches(Ctx& ctx, Consumer& consumer, Wakeup& wakeup);
void on_fetch_response(Ctx& ctx, Consumer& consumer, NodeId from, const FetchResponse& response);
/// close(): tells every reachable broker that the session with it is over. Effects: one fetch to each.
/// Source: AbstractFetch.prepareCloseFetchSessionRequests.
void close_fetch_sessions(Ctx& ctx, Consumer& consumer);
/// Whether one of these fetches has no answer yet.
[[nodiscard]] bool is_closing_fetch_sessions(const Consumer& consumer);
void on_fetch_failed(Ctx& ctx, Consumer& consumer, NodeId node);
/// Fetches from the leader again. Effects: a note; none when it already does. Source: clearPreferredReadReplica.
enum class LeaveReplica : std::int64_t { kLeaseOver = 1, kRefused, kBrokerGone, kNewLeader };
void clear_preferred_read_replica(Ctx& ctx, const Consumer& consumer, TopicPartitionState& partition,
                                  LeaveReplica reason, ErrorCode error = ErrorCode::NONE);
/// Takes up to max.poll.records fetched records into `consumer.records` and moves the positions past them.
void collect_records(Ctx& ctx, Consumer& consumer);

// ---- application (consumer_application.cpp)

/// One turn of poll(). Returns true when it returned records (the application has them now).
bool run_poll(Ctx& ctx, Consumer& consumer, Wakeup& wakeup);
/// The application has records: commits first if it is that kind, else processes.
void take_records(Ctx& ctx, Consumer& consumer);
/// Starts or goes on with processing; without processing time everything at once.
void process(Ctx& ctx, Consumer& consumer);
/// kProcessed fired.
void on_processed(Ctx& ctx, Consumer& consumer);
/// commitSync() returned.
void on_commit_done(Ctx& ctx, Consumer& consumer, CommitReason reason);
/// The application calls close(), by its own will or because poll() threw.
void begin_close(Ctx& ctx, Consumer& consumer);
/// Goes on with close().
void run_close(Ctx& ctx, Consumer& consumer);
/// poll() throws something that the application does not survive.
void fail_application(Ctx& ctx, Consumer& consumer, ErrorCode error);
/// The connection is gone, as far as the consumer's own requests are concerned.
void on_own_disconnect(Ctx& ctx, Consumer& consumer, NodeId peer);

// ---- what the application does beside polling (consumer_steering.cpp)

/// kSubscribe, kSeek, kPausePartition, kResumePartition; no effect on an application that is in close().
void steer(Ctx& ctx, Consumer& consumer, const Command& command);
/// subscribe(): from now on these topics, and no others. What was fetched of others is dropped at once; the group hears of it
/// with the JoinGroup of the next poll(), or with the next heartbeat (KIP-848). Source: KafkaConsumer.subscribe.
void subscribe(Ctx& ctx, Consumer& consumer, std::vector<TopicId> topics);
/// unsubscribe(): gives up all partitions without a commit and leaves the group, but as a static member, which stays until its
/// session is over. The application does not call poll() before it subscribes again. Source: KafkaConsumer.unsubscribe.
void unsubscribe(Ctx& ctx, Consumer& consumer);
/// assign(), when the process starts: takes the partitions. Source: KafkaConsumer.assign.
void assign_by_hand(Ctx& ctx, Consumer& consumer);
/// pause() or resume(): the partition stays the consumer's, and is not fetched. Effects: a note.
enum class Fetching : std::uint8_t { kPaused, kResumed };
void set_fetching(Ctx& ctx, Consumer& consumer, TopicPartition partition, Fetching fetching);
/// The consumer throws IllegalStateException: the partition is not its own.
void refuse_call(Ctx& ctx, const Consumer& consumer, TopicPartition partition, ApplicationCall call);
/// What metadata is asked for: the subscription, what a leader's group subscribes to, and what is owned still.
[[nodiscard]] std::vector<TopicId> metadata_topics(const Consumer& consumer);
/// The subscription, ascending.
[[nodiscard]] std::vector<TopicId> subscription_of(const Consumer& consumer);

// ---- consume, transform, produce (consumer_copy.cpp); no effect on a consumer that only reads

/// The process starts: initTransactions().
void start_copier(Ctx& ctx, Consumer& consumer);
/// The application is done with a record: begins a transaction if none is open, and produces what came of it. False: send()
/// blocks, or the transaction is being aborted.
bool copy_record(Ctx& ctx, Consumer& consumer, const ConsumerRecord& record);
/// All that poll() returned is produced: sends the offsets to the transaction. False: there was nothing.
bool end_copy(Ctx& ctx, Consumer& consumer);
/// Goes on where an answer lets the application go on: commits, begins again after an abort, closes when it is fenced.
void drive_copier(Ctx& ctx, Consumer& consumer);
/// close(): aborts what is open. Returns whether the producer is closed.
bool close_copier(Ctx& ctx, Consumer& consumer);
/// Messages and timers of the producer. False: it is none.
bool on_copier_message(Ctx& ctx, Consumer& consumer, NodeId from, const Message& message);
bool on_copier_timer(Ctx& ctx, Consumer& consumer, const Timer& timer);
void on_copier_disconnect(Ctx& ctx, Consumer& consumer, NodeId peer);

}  // namespace kscope::sim
