// What an application does with its consumer beside polling: subscribe(), seek(), pause(), resume(), assign().
#include <gtest/gtest.h>

#include "tests/sim/client/consumer_bench.h"

namespace kscope::sim::consumer_steering_test {
namespace {

using consumer_group::ConsumerGroupHeartbeatRequest;
using consumer_group::ConsumerGroupHeartbeatResponse;

constexpr TopicId kInvoices{2};
constexpr TopicPartition kOrders0{kOrders, 0};
constexpr TopicPartition kInvoices0{kInvoices, 0};

Command subscribe_to(std::vector<TopicId> topics) {
  Command command;
  command.kind = CommandKind::kSubscribe;
  command.topics = std::move(topics);
  return command;
}

Command of_partition(CommandKind kind, TopicPartition partition, std::int64_t count = 0) {
  Command command;
  command.kind = kind;
  command.partition = partition;
  command.count = count;
  return command;
}

struct SteeringBench : ConsumerBench {
  explicit SteeringBench(const ConsumerSetup& setup = setup_of()) : ConsumerBench(setup) {
    registry.topics.resize(3);
    registry.topics[2].name = "invoices";
  }
  void learn_both() {
    MetadataResponse response = orders_metadata(1);
    MetadataTopic invoices = response.topics[0];
    invoices.topic = kInvoices;
    invoices.partitions[0].partition = kInvoices0;
    response.topics.push_back(invoices);
    reply<MetadataRequest>(response);
  }
  /// Somebody else leads.
  void join_as_follower(std::int32_t generation, std::string_view protocol = "range") {
    JoinGroupResponse response;
    response.group = kBilling;
    response.generation = GenerationId(generation);
    response.protocol = protocol;
    response.leader = MemberId{NodeId(77), 0};
    response.member = kMember;
    reply<JoinGroupRequest>(response);
  }
  void assign(std::vector<TopicPartition> partitions) {
    SyncGroupResponse response;
    response.group = kBilling;
    response.assignment = std::move(partitions);
    reply<SyncGroupRequest>(response);
  }
  std::vector<TopicPartition> owned() const {
    std::vector<TopicPartition> partitions;
    for (const TopicPartitionState& state : client.fetcher.assigned) {
      partitions.push_back(state.partition);
    }
    return partitions;
  }
};

ConsumerSetup with_assignor(AssignorName name) {
  ConsumerSetup setup = setup_of();
  setup.config.partition_assignment_strategy = {name};
  return setup;
}

TEST(Unsubscribe, leaves_without_a_commit_and_joins_again_with_the_next_subscription) {
  SteeringBench bench;
  bench.make_stable();
  bench.clear();
  bench.command(subscribe_to({}));
  ASSERT_EQ(bench.sent<LeaveGroupRequest>().size(), 1U);
  EXPECT_TRUE(bench.sent<OffsetCommitRequest>().empty()) << "that is what close() does";
  EXPECT_EQ(bench.notes(NoteKind::kPartitionRevoked).size(), 1U);
  EXPECT_TRUE(bench.owned().empty());
  EXPECT_TRUE(bench.sent<JoinGroupRequest>().empty()) << "the application does not call poll()";
  bench.command(subscribe_to({}));
  EXPECT_EQ(bench.sent<LeaveGroupRequest>().size(), 1U) << "once is enough";
  bench.command(subscribe_to({kOrders}));
  ASSERT_EQ(bench.sent<JoinGroupRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[0].second.protocols[0].topics, std::vector{kOrders});
  EXPECT_FALSE(bench.sent<JoinGroupRequest>()[0].second.member.is_set()) << "as a new member";
}

TEST(Unsubscribe, a_static_member_does_not_leave) {
  ConsumerSetup setup = setup_of();
  setup.config.group_instance_id = "billing-1";
  SteeringBench bench(setup);
  bench.make_stable();
  bench.clear();
  bench.command(subscribe_to({}));
  EXPECT_TRUE(bench.sent<LeaveGroupRequest>().empty());
  EXPECT_TRUE(bench.owned().empty());
}

TEST(Subscribe, the_next_poll_commits_gives_up_and_joins_with_the_new_topics) {
  for (const AssignorName name : {AssignorName::RANGE, AssignorName::ROUND_ROBIN, AssignorName::STICKY}) {
    SteeringBench bench(with_assignor(name));
    bench.make_stable();
    bench.clear();
    bench.command(subscribe_to({kInvoices, kOrders}));
    const auto metadata = bench.sent<MetadataRequest>();
    ASSERT_EQ(metadata.size(), 1U) << "the new topic is asked for at once";
    EXPECT_EQ(metadata[0].second.topics, (std::vector{kOrders, kInvoices}));
    EXPECT_TRUE(bench.sent<JoinGroupRequest>().empty()) << "the last commit comes first";
    bench.commit_answer(ErrorCode::NONE);
    ASSERT_EQ(bench.sent<JoinGroupRequest>().size(), 1U);
    EXPECT_EQ(bench.sent<JoinGroupRequest>()[0].second.protocols[0].topics, (std::vector{kOrders, kInvoices}));
    EXPECT_EQ(bench.notes(NoteKind::kPartitionRevoked).size(), 1U) << "it is eager";
  }
}

TEST(Subscribe, the_topics_that_it_has_already_change_nothing) {
  SteeringBench bench;
  bench.make_stable();
  bench.clear();
  bench.command(subscribe_to({kOrders, kOrders}));
  EXPECT_TRUE(bench.sent<JoinGroupRequest>().empty());
  EXPECT_TRUE(bench.sent<OffsetCommitRequest>().empty());
  EXPECT_TRUE(bench.sent<MetadataRequest>().empty());
}

TEST(Subscribe, a_cooperative_member_gives_up_only_what_it_no_longer_subscribes_to) {
  SteeringBench bench(with_assignor(AssignorName::COOPERATIVE_STICKY));
  bench.command(subscribe_to({kOrders, kInvoices}));
  bench.learn_both();
  bench.find();
  bench.join_as_follower(1, "cooperative-sticky");
  bench.assign({kOrders0, kInvoices0});
  bench.committed(Offset(5));
  bench.clear();
  bench.command(subscribe_to({kOrders}));
  EXPECT_EQ(bench.owned().size(), 2U) << "until it joins";
  bench.commit_answer(ErrorCode::NONE);
  EXPECT_EQ(bench.owned(), (std::vector{kOrders0}));
  ASSERT_EQ(bench.sent<JoinGroupRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[0].second.protocols[0].owned, (std::vector{kOrders0}));
  EXPECT_EQ(bench.notes(NoteKind::kPartitionRevoked).size(), 1U);
}

TEST(Subscribe, what_was_fetched_of_a_dropped_topic_is_not_handed_out) {
  SteeringBench bench;
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 1)});
  bench.deliver({ConsumerBench::batch(6, 2)});
  ASSERT_EQ(bench.client.fetcher.buffered_count(), 2) << "it works on the first one";
  bench.command(subscribe_to({kInvoices}));
  EXPECT_EQ(bench.client.fetcher.buffered_count(), 0);
  EXPECT_FALSE(bench.client.fetcher.find(kOrders0)->is_buffered);
}

TEST(Subscribe, an_assignment_for_topics_of_before_is_not_taken) {
  SteeringBench bench;
  bench.learn();
  bench.find();
  bench.join_as_follower(1);
  bench.command(subscribe_to({kInvoices}));
  bench.assign({kOrders0});
  EXPECT_TRUE(bench.owned().empty());
  EXPECT_EQ(bench.sent<JoinGroupRequest>().size(), 2U);
  EXPECT_EQ(bench.sent<JoinGroupRequest>()[1].second.protocols[0].topics, (std::vector{kInvoices}));
}

TEST(Subscribe, a_leader_assigns_when_it_knows_the_topics_of_all_members) {
  SteeringBench bench;
  bench.learn();
  bench.find();
  JoinGroupResponse response;
  response.group = kBilling;
  response.generation = GenerationId(1);
  response.protocol = "range";
  response.leader = kMember;
  response.member = kMember;
  const MemberId other{NodeId(0), 0};
  response.members.push_back(JoinGroupMember{kMember, {}, JoinProtocol{"range", {kOrders}, {}}});
  response.members.push_back(JoinGroupMember{other, {}, JoinProtocol{"range", {kInvoices}, {}}});
  bench.reply<JoinGroupRequest>(response);
  EXPECT_TRUE(bench.sent<SyncGroupRequest>().empty()) << "it has not heard of invoices yet";
  bench.learn_both();
  ASSERT_EQ(bench.sent<SyncGroupRequest>().size(), 1U);
  const auto given = bench.sent<SyncGroupRequest>()[0].second.assignments;
  ASSERT_EQ(given.size(), 2U);
  EXPECT_EQ(given[0].partitions, (std::vector{kOrders0}));
  EXPECT_EQ(given[1].partitions, (std::vector{kInvoices0}));
}

TEST(Subscribe, the_next_heartbeat_names_the_new_topics_once) {
  ConsumerSetup setup = setup_of();
  setup.config.group_protocol = GroupProtocol::CONSUMER;
  SteeringBench bench(setup);
  bench.learn();
  bench.find();
  ConsumerGroupHeartbeatResponse response;
  response.group = kBilling;
  response.member_id = kMember;
  response.member_epoch = consumer_group::MemberEpoch(1);
  response.heartbeat_interval = 5s;
  response.assignment.emplace();
  bench.reply<ConsumerGroupHeartbeatRequest>(response);
  bench.clear();
  bench.command(subscribe_to({kOrders, kInvoices}));
  EXPECT_TRUE(bench.sent<ConsumerGroupHeartbeatRequest>().empty()) << "it waits for the interval";
  bench.run_until(bench.now + 5s);
  const auto told = bench.sent<ConsumerGroupHeartbeatRequest>();
  ASSERT_EQ(told.size(), 1U);
  ASSERT_TRUE(told[0].second.subscribed_topics.has_value());
  EXPECT_EQ(*told[0].second.subscribed_topics, (std::vector{kOrders, kInvoices}));
  bench.reply<ConsumerGroupHeartbeatRequest>(response);
  bench.clear();
  bench.run_until(bench.now + 5s);
  ASSERT_EQ(bench.sent<ConsumerGroupHeartbeatRequest>().size(), 1U);
  EXPECT_FALSE(bench.sent<ConsumerGroupHeartbeatRequest>()[0].second.subscribed_topics.has_value());
}

TEST(Seek, moves_the_position_drops_what_was_fetched_and_commits_nothing) {
  SteeringBench bench;
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 1)});
  bench.deliver({ConsumerBench::batch(6, 2)});
  bench.clear();
  bench.command(of_partition(CommandKind::kSeek, kOrders0, 50));
  EXPECT_EQ(bench.client.fetcher.find(kOrders0)->position, Offset(50));
  ASSERT_EQ(bench.notes(NoteKind::kPositionReset).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kPositionReset)[0].a, 50);
  EXPECT_EQ(bench.notes(NoteKind::kPositionReset)[0].b, 4);
  EXPECT_TRUE(bench.sent<OffsetCommitRequest>().empty());
  bench.fire(TimerKind::kProcessed);  // the record in hand is done: poll()
  EXPECT_EQ(bench.client.fetcher.buffered_count(), 0);
  ASSERT_EQ(bench.sent<FetchRequest>().size(), 1U);
  ASSERT_EQ(bench.sent<FetchRequest>()[0].second.partitions.size(), 1U);
  EXPECT_EQ(bench.sent<FetchRequest>()[0].second.partitions[0].fetch_offset, Offset(50));
}

TEST(Seek, to_an_end_asks_the_leader_whatever_auto_offset_reset_says) {
  constexpr std::int64_t kLatest = -1;
  constexpr std::int64_t kEarliest = -2;
  for (const std::int64_t end : {kLatest, kEarliest}) {
    ConsumerSetup setup = setup_of();
    setup.config.auto_offset_reset = AutoOffsetReset::NONE;
    SteeringBench bench(setup);
    bench.make_stable();
    bench.clear();
    bench.command(of_partition(CommandKind::kSeek, kOrders0, end));
    ASSERT_EQ(bench.sent<ListOffsetsRequest>().size(), 1U);
    EXPECT_EQ(bench.sent<ListOffsetsRequest>()[0].second.partitions[0].timestamp, end);
    bench.reply<ListOffsetsRequest>(ListOffsetsResponse{{{kOrders0, ErrorCode::NONE, Offset(42), LeaderEpoch(0)}}});
    EXPECT_EQ(bench.client.fetcher.find(kOrders0)->position, Offset(42));
    EXPECT_FALSE(bench.client.fetcher.find(kOrders0)->sought.has_value());
    ASSERT_EQ(bench.notes(NoteKind::kPositionReset).size(), 1U);
    EXPECT_EQ(bench.notes(NoteKind::kPositionReset)[0].b, end == kEarliest ? 5 : 6);
  }
}

TEST(Seek, the_answer_about_the_other_end_does_not_count_any_more) {
  SteeringBench bench;
  bench.make_stable();
  bench.clear();
  bench.command(of_partition(CommandKind::kSeek, kOrders0, -1));
  bench.command(of_partition(CommandKind::kSeek, kOrders0, -2));
  const auto asked = bench.sent<ListOffsetsRequest>();
  ASSERT_EQ(asked.size(), 2U);
  const auto answer = [&](std::size_t i, std::int64_t offset) {
    bench.answer(asked[i].first.to, asked[i].first.message.correlation_id,
                 ListOffsetsResponse{{{kOrders0, ErrorCode::NONE, Offset(offset), LeaderEpoch(0)}}});
  };
  answer(0, 99);
  EXPECT_EQ(bench.client.fetcher.find(kOrders0)->state, FetchState::AWAIT_RESET);
  answer(1, 1);
  EXPECT_EQ(bench.client.fetcher.find(kOrders0)->position, Offset(1));
}

TEST(Seek, in_a_partition_of_others_is_refused) {
  SteeringBench bench;
  bench.make_stable();
  bench.command(of_partition(CommandKind::kSeek, {kOrders, 7}, 3));
  bench.command(of_partition(CommandKind::kPausePartition, {kOrders, 7}));
  bench.command(of_partition(CommandKind::kResumePartition, {kOrders, 7}));
  const auto refused = bench.notes(NoteKind::kCallRefused);
  ASSERT_EQ(refused.size(), 3U);
  EXPECT_EQ(refused[0].a, static_cast<std::int64_t>(ApplicationCall::kSeek));
  EXPECT_EQ(refused[1].a, static_cast<std::int64_t>(ApplicationCall::kPause));
  EXPECT_EQ(refused[2].a, static_cast<std::int64_t>(ApplicationCall::kResume));
  EXPECT_EQ(bench.client.application, ApplicationState::kPolling) << "an application survives it";
}

TEST(Pause, keeps_what_was_fetched_and_fetches_nothing_until_resumed) {
  SteeringBench bench;
  bench.make_stable();
  bench.deliver({ConsumerBench::batch(5, 1)});
  bench.deliver({ConsumerBench::batch(6, 2)});
  bench.command(of_partition(CommandKind::kPausePartition, kOrders0));
  bench.clear();
  bench.fire(TimerKind::kProcessed);  // the record in hand is done: poll()
  EXPECT_EQ(bench.client.delivered_count, 1);
  EXPECT_EQ(bench.client.fetcher.buffered_count(), 2) << "kept";
  bench.run_until(bench.now + 4s);
  EXPECT_TRUE(bench.sent<FetchRequest>().empty());
  bench.command(of_partition(CommandKind::kResumePartition, kOrders0));
  EXPECT_EQ(bench.client.delivered_count, 3);
  EXPECT_EQ(bench.sent<FetchRequest>().size(), 1U);
}

TEST(Pause, what_a_fetch_that_was_under_way_brings_is_kept) {
  SteeringBench bench;
  bench.make_stable();
  bench.command(of_partition(CommandKind::kPausePartition, kOrders0));
  bench.deliver({ConsumerBench::batch(5, 1)});
  EXPECT_EQ(bench.client.delivered_count, 0);
  EXPECT_EQ(bench.sent<FetchRequest>().size(), 1U);
  bench.command(of_partition(CommandKind::kResumePartition, kOrders0));
  EXPECT_EQ(bench.client.delivered_count, 1);
}

TEST(Pause, is_forgotten_when_a_rebalance_takes_the_partition_away) {
  SteeringBench bench;
  bench.make_stable();
  bench.command(of_partition(CommandKind::kPausePartition, kOrders0));
  bench.fire(TimerKind::kHeartbeat);
  bench.reply<HeartbeatRequest>(HeartbeatResponse{ErrorCode::REBALANCE_IN_PROGRESS, kBilling});
  bench.commit_answer(ErrorCode::NONE);
  bench.join(2);
  bench.sync();
  ASSERT_EQ(bench.owned(), (std::vector{kOrders0}));
  EXPECT_FALSE(bench.client.fetcher.find(kOrders0)->is_paused) << "an eager member gave it up in between";
}

TEST(Pause, stays_with_a_partition_that_a_cooperative_member_keeps) {
  SteeringBench bench(with_assignor(AssignorName::COOPERATIVE_STICKY));
  bench.learn();
  bench.find();
  bench.join_as_follower(1, "cooperative-sticky");
  bench.assign({kOrders0});
  bench.committed(Offset(5));
  bench.command(of_partition(CommandKind::kPausePartition, kOrders0));
  EXPECT_EQ(bench.notes(NoteKind::kPartitionPaused).size(), 1U);
  bench.fire(TimerKind::kHeartbeat);
  bench.reply<HeartbeatRequest>(HeartbeatResponse{ErrorCode::REBALANCE_IN_PROGRESS, kBilling});
  bench.commit_answer(ErrorCode::NONE);
  bench.join_as_follower(2, "cooperative-sticky");
  bench.assign({kOrders0});
  EXPECT_TRUE(bench.client.fetcher.find(kOrders0)->is_paused);
}

TEST(Assign, reads_and_commits_without_being_a_member) {
  ConsumerSetup setup = setup_of();
  setup.assignment = {kOrders0};
  SteeringBench bench(setup);
  bench.learn();
  bench.find();
  EXPECT_EQ(bench.owned(), (std::vector{kOrders0}));
  EXPECT_TRUE(bench.sent<JoinGroupRequest>().empty());
  bench.committed(Offset(5));
  EXPECT_EQ(bench.client.fetcher.find(kOrders0)->position, Offset(5));
  Command commit;
  commit.kind = CommandKind::kCommitNow;
  bench.command(commit);
  ASSERT_EQ(bench.sent<OffsetCommitRequest>().size(), 1U);
  EXPECT_EQ(bench.sent<OffsetCommitRequest>()[0].second.generation, kNoGeneration);
  EXPECT_FALSE(bench.sent<OffsetCommitRequest>()[0].second.member.is_set());
  bench.commit_answer(ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.client.last_error, ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(bench.owned(), (std::vector{kOrders0})) << "it reads on";
  bench.run_until(bench.now + 10min);
  EXPECT_TRUE(bench.sent<JoinGroupRequest>().empty());
  EXPECT_TRUE(bench.sent<HeartbeatRequest>().empty());
}

TEST(Assign, commits_by_itself_and_closes_without_leaving) {
  ConsumerSetup setup = setup_of();
  setup.assignment = {kOrders0};
  setup.config.group_protocol = GroupProtocol::CONSUMER;  // of no consequence
  SteeringBench bench(setup);
  bench.learn();
  bench.find();
  bench.committed(Offset(5));
  bench.run_until(bench.now + setup.config.auto_commit_interval_ms);
  EXPECT_EQ(bench.sent<OffsetCommitRequest>().size(), 1U);
  bench.commit_answer(ErrorCode::NONE);
  Command close;
  close.kind = CommandKind::kCleanShutdown;
  bench.command(close);
  EXPECT_EQ(bench.sent<OffsetCommitRequest>().size(), 2U) << "the last commit";
  bench.commit_answer(ErrorCode::NONE);
  EXPECT_TRUE(bench.sent<LeaveGroupRequest>().empty());
  EXPECT_TRUE(bench.sent<ConsumerGroupHeartbeatRequest>().empty());
  EXPECT_TRUE(bench.owned().empty());
}

TEST(Assign, cannot_subscribe_besides) {
  ConsumerSetup setup = setup_of();
  setup.assignment = {kOrders0};
  SteeringBench bench(setup);
  bench.learn();
  bench.find();
  bench.command(subscribe_to({kInvoices}));
  EXPECT_EQ(bench.client.setup.topics, (std::vector{kOrders}));
  EXPECT_TRUE(bench.sent<JoinGroupRequest>().empty());
}

}  // namespace
}  // namespace kscope::sim::consumer_steering_test
