#include <gtest/gtest.h>

#include "tests/sim/client/consumer_bench.h"

namespace kscope::sim::consumer_test {
namespace {

TEST(Consumer, finds_its_coordinator_and_joins_with_the_id_that_it_is_given) {
  ConsumerBench bench(setup_of());
  bench.find();
  ASSERT_EQ(bench.sent<JoinGroupRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[0].first.to, kCoordinatorNode);
  EXPECT_FALSE(bench.sent<JoinGroupRequest>()[0].second.member.is_set());
  JoinGroupResponse response;
  response.error = ErrorCode::MEMBER_ID_REQUIRED;
  response.member = kMember;
  bench.reply<JoinGroupRequest>(response);
  ASSERT_EQ(bench.sent<JoinGroupRequest>().size(), 2U);
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[1].second.member, kMember);
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[1].second.rebalance_timeout, 300s);
}

TEST(Consumer, retries_find_coordinator_after_a_backoff) {
  ConsumerBench bench(setup_of());
  bench.reply<FindCoordinatorRequest>(
      FindCoordinatorResponse{ErrorCode::COORDINATOR_NOT_AVAILABLE, kBilling, BrokerId{}, NodeId{}});
  EXPECT_EQ(bench.sent<FindCoordinatorRequest>().size(), 1U);
  EXPECT_TRUE(bench.fire(TimerKind::kCoordinatorRetry));
  EXPECT_EQ(bench.now, LocalTime(80ms));
  EXPECT_EQ(bench.sent<FindCoordinatorRequest>().size(), 2U);
}

TEST(Consumer, the_leader_assigns_by_the_selected_protocol_and_followers_send_nothing) {
  ConsumerBench bench(setup_of());
  bench.learn(4);
  bench.find();
  bench.join();
  auto sync = bench.sent<SyncGroupRequest>();
  ASSERT_EQ(sync.size(), 1U);
  ASSERT_EQ(sync[0].second.assignments.size(), 1U);
  EXPECT_EQ(sync[0].second.assignments[0].partitions.size(), 4U);
}

TEST(Consumer, takes_up_at_the_committed_offset) {
  ConsumerBench bench(setup_of());
  bench.make_stable(Offset(5));
  const auto fetches = bench.sent<FetchRequest>();
  ASSERT_EQ(fetches.size(), 1U);
  EXPECT_EQ(fetches[0].first.to, NodeId(0));
  EXPECT_EQ(fetches[0].second.partitions[0].fetch_offset, Offset(5));
  EXPECT_EQ(bench.notes(NoteKind::kPartitionAssigned).size(), 1U);
}

TEST(Consumer, auto_offset_reset_decides_without_a_committed_offset) {
  ConsumerBench bench(setup_of());
  bench.make_stable(kUnknownOffset);
  const auto lists = bench.sent<ListOffsetsRequest>();
  ASSERT_EQ(lists.size(), 1U);
  EXPECT_EQ(lists[0].second.partitions[0].timestamp, -2);
  ListOffsetsResult result;
  result.partition = TopicPartition{kOrders, 0};
  result.offset = Offset(3);
  bench.reply<ListOffsetsRequest>(ListOffsetsResponse{{result}});
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<FetchRequest>()[0].second.partitions[0].fetch_offset, Offset(3));
}

TEST(Consumer, auto_offset_reset_none_ends_the_application) {
  ConsumerSetup setup = setup_of();
  setup.config.auto_offset_reset = AutoOffsetReset::NONE;
  ConsumerBench bench(setup);
  bench.learn();
  bench.find();
  bench.join();
  bench.sync();
  bench.committed(kUnknownOffset);
  EXPECT_TRUE(bench.client.application == ApplicationState::kClosing);
  EXPECT_EQ(bench.sent<LeaveGroupRequest>().size(), 1U);
}

TEST(Consumer, poll_returns_fetched_records_and_processing_takes_its_time) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(4, 3)});  // offsets 4..6, 4 is below the position
  EXPECT_EQ(bench.notes(NoteKind::kRecordDelivered).size(), 2U);
  EXPECT_EQ(bench.client.application, ApplicationState::kProcessing);
  EXPECT_EQ(bench.sent<FetchRequest>().size(), 2U);
  EXPECT_EQ(bench.sent<FetchRequest>()[1].second.partitions[0].fetch_offset, Offset(7));
  EXPECT_TRUE(bench.fire(TimerKind::kProcessed));
  EXPECT_TRUE(bench.fire(TimerKind::kProcessed));
  EXPECT_EQ(bench.now, LocalTime(20ms));
  EXPECT_EQ(bench.notes(NoteKind::kRecordProcessed).size(), 2U);
  EXPECT_EQ(bench.client.application, ApplicationState::kPolling);
}

TEST(Consumer, KIP_219_nothing_is_fetched_for_the_throttle_time_that_it_was_told) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 1U);
  FetchResponse throttled;
  throttled.throttle_time_ms = 600;
  bench.reply<FetchRequest>(throttled);
  bench.run_until(LocalTime(599ms));
  EXPECT_EQ(bench.sent<FetchRequest>().size(), 1U);
  bench.run_until(LocalTime(600ms));
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 2U);
  EXPECT_EQ(bench.sent<FetchRequest>()[1].second.partitions[0].fetch_offset, Offset(5)) << "nothing was skipped";
}

TEST(Consumer, max_poll_records_bounds_what_one_poll_returns) {
  ConsumerSetup setup = setup_of();
  setup.config.max_poll_records = 2;
  ConsumerBench bench(setup);
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 5)});
  EXPECT_EQ(bench.client.records.size(), 2U);
  EXPECT_EQ(bench.sent<FetchRequest>().size(), 1U);  // three are buffered: nothing is fetched for this partition
  bench.fire(TimerKind::kProcessed);
  bench.fire(TimerKind::kProcessed);
  EXPECT_EQ(bench.client.records.size(), 2U);
  EXPECT_EQ(bench.client.fetcher.buffered_count(), 1);
}

TEST(Consumer, without_processing_time_records_are_done_at_once) {
  ConsumerSetup setup = setup_of();
  setup.processing_time = Duration(0);
  ConsumerBench bench(setup);
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 3)});
  EXPECT_EQ(bench.client.processed_count, 3);
}

TEST(Consumer, auto_commit_happens_in_poll_after_its_interval) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  EXPECT_TRUE(bench.sent<OffsetCommitRequest>().empty());
  EXPECT_TRUE(bench.fire(TimerKind::kAutoCommit));
  EXPECT_EQ(bench.now, LocalTime(5s));
  ASSERT_EQ(bench.sent<OffsetCommitRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<OffsetCommitRequest>()[0].second.partitions[0].committed.offset, Offset(5));
}

TEST(Consumer, commit_after_processing_waits_for_the_answer_before_the_next_poll) {
  ConsumerBench bench(setup_of(ConsumerSetup::CommitMode::kAfterProcessing));
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 1)});
  EXPECT_TRUE(bench.sent<OffsetCommitRequest>().empty());
  bench.fire(TimerKind::kProcessed);
  ASSERT_EQ(bench.sent<OffsetCommitRequest>().size(), 1U);
  EXPECT_EQ(bench.client.application, ApplicationState::kCommitting);
  bench.commit_answer(ErrorCode::NONE);
  EXPECT_EQ(bench.client.application, ApplicationState::kPolling);
  EXPECT_EQ(bench.client.fetcher.assigned[0].committed, Offset(6));
}

TEST(Consumer, commit_before_processing_processes_only_afterwards) {
  ConsumerBench bench(setup_of(ConsumerSetup::CommitMode::kBeforeProcessing));
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 1)});
  ASSERT_EQ(bench.sent<OffsetCommitRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<OffsetCommitRequest>()[0].second.partitions[0].committed.offset, Offset(6));
  EXPECT_FALSE(bench.is_armed(TimerKind::kProcessed));
  bench.commit_answer(ErrorCode::NONE);
  EXPECT_TRUE(bench.is_armed(TimerKind::kProcessed));
}

TEST(Consumer, a_synchronous_commit_is_retried_while_the_error_is_retriable) {
  ConsumerBench bench(setup_of(ConsumerSetup::CommitMode::kAfterProcessing));
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 1)});
  bench.fire(TimerKind::kProcessed);
  bench.commit_answer(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
  EXPECT_EQ(bench.client.application, ApplicationState::kCommitting);
  EXPECT_TRUE(bench.fire(TimerKind::kCoordinatorRetry));
  EXPECT_EQ(bench.sent<OffsetCommitRequest>().size(), 2U);
}

TEST(Consumer, commit_mode_never_commits_nothing) {
  ConsumerBench bench(setup_of(ConsumerSetup::CommitMode::kNever));
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 1)});
  bench.fire(TimerKind::kProcessed);
  EXPECT_FALSE(bench.is_armed(TimerKind::kAutoCommit));
  EXPECT_TRUE(bench.sent<OffsetCommitRequest>().empty());
}

TEST(Consumer, heartbeats_by_interval_and_a_rebalance_is_carried_out_in_poll) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  EXPECT_TRUE(bench.fire(TimerKind::kHeartbeat));
  EXPECT_EQ(bench.now, LocalTime(3s));
  bench.reply<HeartbeatRequest>(HeartbeatResponse{ErrorCode::REBALANCE_IN_PROGRESS, kBilling});
  // Eager: last commit while the partitions are still owned, then revoke, then join.
  ASSERT_EQ(bench.sent<OffsetCommitRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<JoinGroupRequest>().size(), 1U);
  EXPECT_TRUE(bench.notes(NoteKind::kPartitionRevoked).empty());
  bench.commit_answer(ErrorCode::NONE);
  EXPECT_EQ(bench.notes(NoteKind::kPartitionRevoked).size(), 1U);
  ASSERT_EQ(bench.sent<JoinGroupRequest>().size(), 2U);
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[1].second.member, kMember);
  EXPECT_TRUE(bench.client.fetcher.assigned.empty());
}

TEST(Consumer, a_rebalance_waits_until_the_application_polls_again) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 1)});
  bench.client.next_auto_commit = LocalTime(1h);
  Ctx ctx = bench.ctx();
  ctx.cancel(bench.client.process_timer);  // the application takes very long over this record
  bench.fire(TimerKind::kHeartbeat);
  bench.reply<HeartbeatRequest>(HeartbeatResponse{ErrorCode::REBALANCE_IN_PROGRESS, kBilling});
  EXPECT_EQ(bench.sent<JoinGroupRequest>().size(), 1U);
  EXPECT_TRUE(bench.client.membership.rejoin_needed);
}

TEST(Consumer, unknown_member_id_forgets_the_id_illegal_generation_keeps_it) {
  for (const ErrorCode error : {ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::ILLEGAL_GENERATION}) {
    ConsumerBench bench(setup_of());
    bench.make_stable();
    bench.fire(TimerKind::kHeartbeat);
    bench.reply<HeartbeatRequest>(HeartbeatResponse{error, kBilling});
    ASSERT_EQ(bench.sent<JoinGroupRequest>().size(), 2U);
    EXPECT_EQ(bench.sent<JoinGroupRequest>()[1].second.member.is_set(), error == ErrorCode::ILLEGAL_GENERATION);
    EXPECT_TRUE(bench.sent<OffsetCommitRequest>().empty());  // partitions are lost, not given up
  }
}

TEST(Consumer, not_coordinator_looks_for_the_coordinator_again) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  bench.fire(TimerKind::kHeartbeat);
  bench.reply<HeartbeatRequest>(HeartbeatResponse{ErrorCode::NOT_COORDINATOR, kBilling});
  EXPECT_EQ(bench.sent<FindCoordinatorRequest>().size(), 2U);
  EXPECT_EQ(bench.client.membership.state, MemberState::STABLE);
}

TEST(Consumer, rebalance_in_progress_of_sync_group_joins_again_at_once) {
  ConsumerBench bench(setup_of());
  bench.learn();
  bench.find();
  bench.join();
  bench.reply<SyncGroupRequest>(SyncGroupResponse{ErrorCode::REBALANCE_IN_PROGRESS, kBilling, {}});
  EXPECT_EQ(bench.sent<JoinGroupRequest>().size(), 2U);
}

TEST(Consumer, max_poll_interval_ms_without_poll_leaves_the_group) {
  ConsumerSetup setup = setup_of();
  setup.config.max_poll_interval_ms = 2s;
  ConsumerBench bench(setup);
  bench.make_stable();
  Command pause;
  pause.kind = CommandKind::kConsumerPause;
  bench.command(pause);
  bench.run_until(LocalTime(1900ms));
  EXPECT_TRUE(bench.sent<LeaveGroupRequest>().empty());
  bench.run_until(LocalTime(2100ms));
  EXPECT_EQ(bench.sent<LeaveGroupRequest>().size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kMaxPollExceeded).size(), 1U);
  Command resume;
  resume.kind = CommandKind::kConsumerResume;
  bench.command(resume);
  EXPECT_EQ(bench.notes(NoteKind::kPartitionRevoked).size(), 1U);
}

TEST(Consumer, waiting_inside_poll_is_not_max_poll_interval) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  EXPECT_TRUE(bench.fire(TimerKind::kMaxPollInterval));
  EXPECT_TRUE(bench.sent<LeaveGroupRequest>().empty());
}

TEST(Consumer, offset_out_of_range_resets_the_position) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  bench.deliver({}, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(bench.sent<ListOffsetsRequest>().size(), 1U);
}

TEST(Consumer, not_leader_waits_for_newer_metadata) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  bench.now += 1s;
  bench.deliver({}, ErrorCode::NOT_LEADER_OR_FOLLOWER);
  EXPECT_EQ(bench.sent<FetchRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<MetadataRequest>().size(), 2U);
  bench.learn(1, 1);
  EXPECT_EQ(bench.sent<FetchRequest>().size(), 2U);
  EXPECT_EQ(bench.sent<FetchRequest>()[1].second.partitions[0].current_leader_epoch, LeaderEpoch(1));
}

TEST(Consumer, a_truncated_log_moves_the_position_back_to_where_the_logs_part) {
  ConsumerBench bench(setup_of());
  bench.learn();
  bench.find();
  bench.join();
  bench.sync();
  bench.committed(Offset(50), 3);
  const auto asked = bench.sent<OffsetsForLeaderEpochRequest>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].second.partitions[0].leader_epoch, LeaderEpoch(3));
  EXPECT_TRUE(bench.sent<FetchRequest>().empty());
  EpochEndOffset end;
  end.partition = TopicPartition{kOrders, 0};
  end.leader_epoch = LeaderEpoch(2);
  end.end_offset = Offset(40);
  bench.reply<OffsetsForLeaderEpochRequest>(OffsetsForLeaderEpochResponse{{end}});
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<FetchRequest>()[0].second.partitions[0].fetch_offset, Offset(40));
  ASSERT_EQ(bench.notes(NoteKind::kTruncationDetected).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kTruncationDetected)[0].a, 50);
  EXPECT_EQ(bench.notes(NoteKind::kTruncationDetected)[0].b, 40);
}

TEST(Consumer, a_truncated_log_without_a_reset_policy_is_thrown_at_the_application) {
  ConsumerSetup setup = setup_of();
  setup.config.auto_offset_reset = AutoOffsetReset::NONE;
  ConsumerBench bench(setup);
  bench.learn();
  bench.find();
  bench.join();
  bench.sync();
  bench.committed(Offset(50), 3);
  EpochEndOffset end;
  end.partition = TopicPartition{kOrders, 0};
  end.leader_epoch = LeaderEpoch(2);
  end.end_offset = Offset(40);
  bench.reply<OffsetsForLeaderEpochRequest>(OffsetsForLeaderEpochResponse{{end}});
  EXPECT_TRUE(bench.sent<FetchRequest>().empty());
  EXPECT_EQ(bench.client.application, ApplicationState::kClosing);
  EXPECT_EQ(bench.client.last_error, ErrorCode::OFFSET_OUT_OF_RANGE);
  ASSERT_EQ(bench.notes(NoteKind::kTruncationDetected).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kTruncationDetected)[0].c, 2);
}

struct RackBench : ConsumerBench {
  static ConsumerSetup in_rack_c() {
    ConsumerSetup setup = setup_of(ConsumerSetup::CommitMode::kNever);
    setup.config.client_rack = "c";
    setup.config.metadata_max_age_ms = 20s;
    return setup;
  }
  RackBench() : ConsumerBench(in_rack_c()) { make_stable(); }
  /// The leader answers the fetch with the replica on node 2.
  void send_to_replica() {
    FetchPartitionResult result;
    result.partition = TopicPartition{kOrders, 0};
    result.high_watermark = Offset(100);
    result.preferred_read_replica = BrokerId(3);
    reply<FetchRequest>(FetchResponse{{result}});
  }
  NodeId last_fetch_to() { return sent<FetchRequest>().back().first.to; }
};

TEST(Consumer, tells_its_rack_and_fetches_from_the_replica_that_the_leader_names) {
  RackBench bench;
  EXPECT_EQ(bench.sent<FetchRequest>()[0].second.rack_id, "c");
  EXPECT_EQ(bench.last_fetch_to(), NodeId(0));
  bench.send_to_replica();
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 2U);
  EXPECT_EQ(bench.last_fetch_to(), NodeId(2));
  EXPECT_EQ(bench.sent<FetchRequest>()[1].second.partitions[0].fetch_offset, Offset(5));
  EXPECT_EQ(bench.notes(NoteKind::kReadReplica).size(), 1U);
}

TEST(Consumer, goes_back_to_the_leader_without_a_reset_when_the_replica_says_OFFSET_OUT_OF_RANGE) {
  RackBench bench;
  bench.send_to_replica();
  bench.deliver({}, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_TRUE(bench.sent<ListOffsetsRequest>().empty());
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 3U);
  EXPECT_EQ(bench.last_fetch_to(), NodeId(0));
  bench.deliver({}, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(bench.sent<ListOffsetsRequest>().size(), 1U) << "the leader's word counts";
}

TEST(Consumer, asks_the_leader_again_when_metadata_max_age_is_over) {
  RackBench bench;
  bench.send_to_replica();
  bench.now += 20s;
  bench.deliver({});
  EXPECT_EQ(bench.last_fetch_to(), NodeId(2));
  bench.now += 1ms;
  bench.deliver({});
  EXPECT_EQ(bench.last_fetch_to(), NodeId(0));
}

TEST(Consumer, goes_back_to_the_leader_when_the_replica_hangs_up) {
  RackBench bench;
  bench.send_to_replica();
  bench.disconnect(NodeId(2));
  EXPECT_EQ(bench.last_fetch_to(), NodeId(0));
  EXPECT_EQ(bench.notes(NoteKind::kReadReplica).back().a, 3);
}

TEST(Consumer, a_new_leader_epoch_ends_the_preference) {
  RackBench bench;
  bench.send_to_replica();
  bench.disconnect(NodeId(1));  // asks for metadata
  ASSERT_TRUE(bench.fire(TimerKind::kMetadataRetry));
  bench.learn(1, 1);
  EXPECT_EQ(bench.notes(NoteKind::kReadReplica).back().a, 4);
}

TEST(Consumer, a_fetch_that_comes_back_after_the_partition_was_given_up_is_dropped) {
  ConsumerBench bench(setup_of(ConsumerSetup::CommitMode::kNever));
  bench.make_stable();
  bench.fire(TimerKind::kHeartbeat);
  bench.reply<HeartbeatRequest>(HeartbeatResponse{ErrorCode::REBALANCE_IN_PROGRESS, kBilling});
  bench.deliver({ConsumerBench::batch(5, 2)});
  EXPECT_EQ(bench.client.delivered_count, 0);
}

TEST(Consumer, leaving_commits_revokes_and_tells_the_coordinator) {
  ConsumerBench bench(setup_of());
  bench.make_stable();
  Command leave;
  leave.kind = CommandKind::kConsumerLeave;
  bench.command(leave);
  ASSERT_EQ(bench.sent<OffsetCommitRequest>().size(), 1U);
  EXPECT_TRUE(bench.sent<LeaveGroupRequest>().empty());
  bench.commit_answer(ErrorCode::NONE);
  ASSERT_EQ(bench.sent<LeaveGroupRequest>().size(), 1U);
  bench.reply<LeaveGroupRequest>(LeaveGroupResponse{ErrorCode::NONE, kBilling});
  bench.reply<FetchRequest>(FetchResponse{});  // the broker has ended the fetch session
  EXPECT_EQ(bench.client.application, ApplicationState::kClosed);
  EXPECT_EQ(bench.count<ExitEffect>(), 1U);
}

TEST(Consumer, a_lost_connection_to_the_coordinator_looks_for_it_again) {
  ConsumerBench bench(setup_of());
  bench.learn();
  bench.find();
  bench.disconnect(kCoordinatorNode);
  EXPECT_EQ(bench.client.membership.state, MemberState::UNJOINED);
  EXPECT_EQ(bench.sent<FindCoordinatorRequest>().size(), 2U);
}

TEST(Consumer, the_leader_rejoins_when_a_topic_gets_partitions) {
  ConsumerBench bench(setup_of(ConsumerSetup::CommitMode::kNever));
  bench.make_stable();
  bench.fire(TimerKind::kMetadataRefresh);
  bench.learn(4);
  EXPECT_EQ(bench.sent<JoinGroupRequest>().size(), 2U);
}

TEST(MemberState, only_the_moves_of_the_table_are_legal) {
  const auto all = {MemberState::UNJOINED, MemberState::PREPARING_REBALANCE, MemberState::COMPLETING_REBALANCE,
                    MemberState::STABLE};
  int legal = 0;
  for (const MemberState from : all) {
    for (const MemberState to : all) {
      legal += is_legal_transition(from, to) ? 1 : 0;
    }
  }
  EXPECT_EQ(legal, 4 + 2 + 1 + 1);
  EXPECT_FALSE(is_legal_transition(MemberState::UNJOINED, MemberState::STABLE));
  EXPECT_FALSE(is_legal_transition(MemberState::COMPLETING_REBALANCE, MemberState::PREPARING_REBALANCE));
}

}  // namespace
}  // namespace kscope::sim::consumer_test
