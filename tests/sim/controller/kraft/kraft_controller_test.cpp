// A controller of the metadata quorum: when it answers brokers, and what. The test plays the other voters and the brokers.
#include "sim/controller/kraft/kraft_controller.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <variant>

#include "tests/sim/broker/kraft_bench.h"

namespace kscope::sim::kraft_controller_test {
namespace {

constexpr TopicPartition kOrders0{TopicId{1}, 0};
constexpr NodeId kSecond{4};  // node of controller 2

class ControllerBench : public KraftBench {
 public:
  explicit ControllerBench(bool has_elr = false) : KraftBench(kFirstControllerNode) {
    if (has_elr) {
      registry.rules.choose_new(Rule::kKip966);
      registry.rules.choose_new(Rule::kKafka19522);
    }
    controller = make_kraft_controller(registry, kFirstControllerNode);
    run([&](Ctx& ctx) { controller.on_start(ctx); });
  }

  std::int64_t deliver(NodeId from, MessageBody body) {
    const std::int64_t correlation_id = ++last_correlation;
    reply(from, correlation_id, std::move(body));
    return correlation_id;
  }
  void reply(NodeId from, std::int64_t correlation_id, MessageBody body) {
    run([&](Ctx& ctx) { controller.on_message(ctx, from, Message{correlation_id, std::move(body)}); });
  }
  void fire(TimerKind kind) {
    now += delay_of(kind);
    run([&](Ctx& ctx) { controller.on_timer(ctx, Timer{kind, 0, 0}); });
  }
  [[nodiscard]] const raft::RaftLog& log() const { return durable.metadata_log.log; }

  /// Controller 2 gives it its vote.
  void be_elected() {
    for (int step = 0; step < 10 && !controller.raft.is_leader(); ++step) {
      const std::vector<BenchSent<VoteRequest>> asked = take<VoteRequest>();
      if (asked.empty()) {
        fire(TimerKind::kQuorumPoll);
      }
      for (const auto& request : asked) {
        if (request.to == kSecond) {
          VoteResponse vote;
          vote.epoch = controller.raft.epoch();
          vote.is_granted = true;
          vote.is_pre_vote = request.body.is_pre_vote;
          reply(request.to, request.correlation_id, vote);
        }
      }
    }
    ASSERT_TRUE(controller.raft.is_leader());
  }
  /// What it has appended is flushed, and controller 2 has it too.
  void commit() {
    const std::int64_t written = disk.file(kMetadataLogFile).written;
    disk.mark_flushed(kMetadataLogFile, written);
    run([&](Ctx& ctx) { controller.on_disk(ctx, DiskDone{kMetadataLogFile, written, controller.flush_token, false}); });
    fetch_from_second();
  }
  void fetch_from_second() {
    RaftFetchRequest fetch;
    fetch.replica = kController2;
    fetch.current_leader_epoch = controller.raft.epoch();
    fetch.fetch_from = log().end();
    deliver(kSecond, fetch);
  }
  /// Time goes by, in which controller 2 fetches often enough for the check of the quorum.
  void pass(Duration time) {
    for (const LocalTime end = now + time; now < end;) {
      now = std::min(end, now + 1s);
      fetch_from_second();
    }
  }
  void be_active() {
    be_elected();
    commit();
    ASSERT_TRUE(controller.is_active());
  }
  static NodeId node(int broker) { return NodeId{broker - 1}; }
  BrokerEpoch register_broker(int id, BrokerEpoch previous = BrokerEpoch(-1)) {
    deliver(node(id), BrokerRegistrationRequest{BrokerId(id), Uuid{id, ++last_incarnation}, previous});
    commit();
    return take_one<BrokerRegistrationResponse>().body.broker_epoch;
  }
  BrokerHeartbeatResponse heartbeat(int id, BrokerEpoch epoch, bool want_shut_down = false) {
    BrokerHeartbeatRequest request;
    request.broker = BrokerId(id);
    request.broker_epoch = epoch;
    request.current_metadata_offset = log().end_offset() - 1;
    request.want_shut_down = want_shut_down;
    deliver(node(id), request);
    commit();
    return take_one<BrokerHeartbeatResponse>().body;
  }
  BrokerEpoch unfence(int id, BrokerEpoch previous = BrokerEpoch(-1)) {
    const BrokerEpoch epoch = register_broker(id, previous);
    EXPECT_FALSE(heartbeat(id, epoch).is_fenced);
    return epoch;
  }
  /// orders-0 on these brokers; the first leads.
  void create_orders(std::vector<BrokerId> replicas) {
    CreateTopicsRequest create;
    create.topic = kOrders0.topic;
    create.assignment = {std::move(replicas)};
    deliver(kAdminNode, create);
    commit();
    ASSERT_EQ(take_one<CreateTopicsResponse>().body.error, ErrorCode::NONE);
  }
  [[nodiscard]] const kraft::PartitionRegistration& orders() const {
    const kraft::PartitionRegistration* found =
        controller.committed.partition(topic_uuid(registry, controller.committed, kOrders0.topic), 0);
    KSCOPE_CHECK(found != nullptr, "create_orders() comes first");
    return *found;
  }
  /// The session of every broker that is not heard ends.
  void end_sessions() {
    pass(registry.controller_config.broker_session_timeout_ms + 1s);
    run([&](Ctx& ctx) { controller.on_timer(ctx, Timer{TimerKind::kBrokerSessionCheck, 0, 0}); });
    commit();
  }
  /// Controller 2 leads in the next epoch.
  void lose_leadership() { deliver(kSecond, BeginQuorumEpochRequest{kController2, controller.raft.epoch() + 1}); }

  KraftController controller;
  std::int64_t last_correlation = 500;
  std::int64_t last_incarnation = 0;
};

// Sets min.insync.replicas of orders, as an administrator does.
void set_min_isr(ControllerBench& bench, const std::string& value) {
  auto config = std::make_shared<ConfigValues>();
  config->set("min.insync.replicas", value);
  bench.registry.topics[1].overrides = config;
}

TEST(KraftController, is_active_when_its_first_record_is_committed) {
  ControllerBench bench;
  bench.be_elected();
  EXPECT_FALSE(bench.controller.is_active());
  EXPECT_EQ(bench.count_notes(NoteKind::kQuorumLeaderElected), 1);
  EXPECT_EQ(bench.count_notes(NoteKind::kControllerElected), 0);
  bench.commit();
  EXPECT_TRUE(bench.controller.is_active());
  EXPECT_EQ(bench.count_notes(NoteKind::kControllerElected), 1);
}

TEST(KraftController, answers_NOT_CONTROLLER_to_every_request_while_it_is_not_active) {
  ControllerBench bench;
  const auto error_of = [&](MessageBody request, auto response) {
    const std::int64_t correlation_id = bench.deliver(NodeId{0}, std::move(request));
    const auto answer = bench.take_one<decltype(response)>();
    EXPECT_EQ(answer.correlation_id, correlation_id);
    return answer.body.error;
  };
  EXPECT_EQ(error_of(BrokerRegistrationRequest{}, BrokerRegistrationResponse{}), ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(error_of(BrokerHeartbeatRequest{}, BrokerHeartbeatResponse{}), ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(error_of(AlterPartitionRequest{}, AlterPartitionResponse{}), ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(error_of(AllocateProducerIdsRequest{}, AllocateProducerIdsResponse{}), ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(error_of(CreateTopicsRequest{TopicId{1}, -1, -1, {}}, CreateTopicsResponse{}), ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(error_of(CreatePartitionsRequest{TopicId{1}, 3}, CreatePartitionsResponse{}), ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(error_of(DeleteTopicsRequest{TopicId{1}}, DeleteTopicsResponse{}), ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(error_of(ElectLeadersRequest{}, ElectLeadersResponse{}), ErrorCode::NOT_CONTROLLER);
}

TEST(KraftController, answers_a_registration_when_its_record_is_committed) {
  ControllerBench bench;
  bench.be_active();
  const Offset record = bench.log().end_offset();
  bench.deliver(NodeId{0}, BrokerRegistrationRequest{BrokerId(1), Uuid{1, 1}, BrokerEpoch(-1)});
  EXPECT_TRUE(bench.take<BrokerRegistrationResponse>().empty());
  EXPECT_EQ(bench.controller.committed.broker(BrokerId(1)), nullptr);
  bench.commit();
  EXPECT_EQ(bench.take_one<BrokerRegistrationResponse>().body.broker_epoch, BrokerEpoch(record.value));
  ASSERT_NE(bench.controller.committed.broker(BrokerId(1)), nullptr);
  EXPECT_TRUE(bench.controller.committed.broker(BrokerId(1))->is_fenced);
}

TEST(KraftController, refuses_a_second_process_while_the_first_is_in_session) {
  ControllerBench bench;
  bench.be_active();
  bench.unfence(1);
  const BrokerRegistrationRequest other{BrokerId(1), Uuid{1, 99}, BrokerEpoch(-1)};
  bench.deliver(NodeId{0}, other);
  EXPECT_EQ(bench.take_one<BrokerRegistrationResponse>().body.error, ErrorCode::DUPLICATE_BROKER_REGISTRATION);
  bench.end_sessions();
  bench.deliver(NodeId{0}, other);
  bench.commit();
  EXPECT_EQ(bench.take_one<BrokerRegistrationResponse>().body.error, ErrorCode::NONE);
}

TEST(KraftController, unfences_a_broker_that_has_read_its_own_registration) {
  ControllerBench bench;
  bench.be_active();
  const BrokerEpoch epoch = bench.register_broker(1);
  BrokerHeartbeatRequest early;
  early.broker = BrokerId(1);
  early.broker_epoch = epoch;
  early.current_metadata_offset = Offset(epoch.value) - 1;
  bench.deliver(NodeId{0}, early);
  const auto answer = bench.take_one<BrokerHeartbeatResponse>().body;
  EXPECT_TRUE(answer.is_fenced);
  EXPECT_FALSE(answer.is_caught_up);
  EXPECT_FALSE(bench.heartbeat(1, epoch).is_fenced);
  EXPECT_TRUE(bench.controller.committed.is_active(BrokerId(1)));
}

TEST(KraftController, refuses_requests_with_the_epoch_of_an_earlier_registration) {
  ControllerBench bench;
  bench.be_active();
  const BrokerEpoch earlier = bench.register_broker(1);
  const BrokerEpoch later = bench.register_broker(1);
  ASSERT_GT(later, earlier);
  EXPECT_EQ(bench.heartbeat(1, earlier).error, ErrorCode::STALE_BROKER_EPOCH);
  bench.deliver(NodeId{0}, AlterPartitionRequest{BrokerId(1), earlier, {}});
  EXPECT_EQ(bench.take_one<AlterPartitionResponse>().body.error, ErrorCode::STALE_BROKER_EPOCH);
  bench.deliver(NodeId{0}, AllocateProducerIdsRequest{BrokerId(1), earlier});
  EXPECT_EQ(bench.take_one<AllocateProducerIdsResponse>().body.error, ErrorCode::STALE_BROKER_EPOCH);
  EXPECT_EQ(bench.heartbeat(1, later).error, ErrorCode::NONE);
}

TEST(KraftController, fences_a_broker_that_is_silent_for_a_session) {
  ControllerBench bench;
  bench.be_active();
  bench.unfence(1);
  const BrokerEpoch second = bench.unfence(2);
  bench.create_orders({BrokerId(1), BrokerId(2)});
  bench.pass(5s);
  bench.heartbeat(2, second);
  bench.pass(5s);
  bench.run([&](Ctx& ctx) { bench.controller.on_timer(ctx, Timer{TimerKind::kBrokerSessionCheck, 0, 0}); });
  EXPECT_EQ(bench.count_notes(NoteKind::kBrokerGone), 0) << "not committed yet";
  bench.commit();
  EXPECT_EQ(bench.count_notes(NoteKind::kBrokerGone), 1);
  EXPECT_FALSE(bench.controller.committed.is_active(BrokerId(1)));
  EXPECT_TRUE(bench.controller.committed.is_active(BrokerId(2)));
  EXPECT_EQ(bench.orders().leader, BrokerId(2));
  EXPECT_EQ(bench.orders().isr, std::vector<BrokerId>{BrokerId(2)});
}

TEST(KraftController, lets_a_broker_go_that_leads_nothing_once_the_others_have_read_that) {
  ControllerBench bench;
  bench.be_active();
  const BrokerEpoch first = bench.unfence(1);
  const BrokerEpoch second = bench.unfence(2);
  bench.create_orders({BrokerId(1), BrokerId(2)});
  EXPECT_FALSE(bench.heartbeat(1, first, true).should_shut_down);
  EXPECT_EQ(bench.orders().leader, BrokerId(2));
  EXPECT_TRUE(bench.controller.committed.broker(BrokerId(1))->is_in_controlled_shutdown);
  EXPECT_FALSE(bench.heartbeat(1, first, true).should_shut_down) << "broker 2 may not know yet that it leads";
  bench.heartbeat(2, second);
  EXPECT_TRUE(bench.heartbeat(1, first, true).should_shut_down);
  EXPECT_TRUE(bench.controller.committed.broker(BrokerId(1))->is_fenced);
}

TEST(KraftController, keeps_who_shut_down_in_order_eligible_and_no_other) {
  for (const bool is_clean : {true, false}) {
    ControllerBench bench(true);
    set_min_isr(bench, "2");
    bench.be_active();
    const BrokerEpoch first = bench.unfence(1);
    bench.unfence(2);
    bench.create_orders({BrokerId(1), BrokerId(2)});
    bench.end_sessions();
    ASSERT_TRUE(bench.orders().isr.empty());
    ASSERT_EQ(bench.orders().elr, (std::vector<BrokerId>{BrokerId(1), BrokerId(2)}));
    bench.register_broker(1, is_clean ? first : BrokerEpoch(-1));
    EXPECT_EQ(kraft::contains(bench.orders().elr, BrokerId(1)), is_clean);
    EXPECT_TRUE(kraft::contains(bench.orders().elr, BrokerId(2)));
  }
}

TEST(KraftController, gives_a_partition_back_to_its_last_known_leader_when_that_is_unfenced) {
  for (const bool is_old : {false, true}) {
    ControllerBench bench(true);
    if (is_old) {
      bench.registry.rules.choose_old(Rule::kKafka19522);
    }
    bench.be_active();
    bench.unfence(1);
    bench.create_orders({BrokerId(1)});
    bench.end_sessions();
    ASSERT_EQ(bench.orders().last_known_elr, std::vector<BrokerId>{BrokerId(1)});
    const BrokerEpoch again = bench.register_broker(1);  // after an unclean shutdown
    EXPECT_TRUE(bench.orders().elr.empty());
    EXPECT_EQ(bench.orders().has_leader(), is_old) << "a fenced broker leads only by the old rule";
    EXPECT_FALSE(bench.heartbeat(1, again).is_fenced);
    EXPECT_EQ(bench.orders().leader, BrokerId(1));
    EXPECT_EQ(bench.orders().isr, std::vector<BrokerId>{BrokerId(1)});
    EXPECT_EQ(bench.orders().leader_recovery_state, kraft::LeaderRecoveryState::kRecovering)
        << "it may have lost records";
    EXPECT_TRUE(bench.orders().last_known_elr.empty());
  }
}

TEST(KraftController, empties_the_elr_when_fewer_in_sync_replicas_are_enough) {
  ControllerBench bench(true);
  set_min_isr(bench, "2");
  bench.be_active();
  const BrokerEpoch first = bench.unfence(1);
  bench.unfence(2);
  bench.create_orders({BrokerId(1), BrokerId(2)});
  bench.pass(6s);
  bench.heartbeat(1, first);
  bench.pass(6s);
  bench.run([&](Ctx& ctx) { bench.controller.on_timer(ctx, Timer{TimerKind::kBrokerSessionCheck, 0, 0}); });
  bench.commit();
  ASSERT_EQ(bench.orders().elr, std::vector<BrokerId>{BrokerId(2)});
  set_min_isr(bench, "1");
  bench.heartbeat(1, first);
  EXPECT_TRUE(bench.orders().elr.empty()) << "from now on broker 1 commits alone";
  EXPECT_EQ(bench.orders().isr, std::vector<BrokerId>{BrokerId(1)});
}

TEST(KraftController, learns_settings_that_the_controller_before_it_did_not_write_down) {
  ControllerBench bench;
  bench.be_active();
  const BrokerEpoch epoch = bench.unfence(1);
  bench.create_orders({BrokerId(1)});
  set_min_isr(bench, "3");
  bench.controller = make_kraft_controller(bench.registry, kFirstControllerNode);
  bench.run([&](Ctx& ctx) { bench.controller.on_start(ctx); });
  bench.be_active();
  EXPECT_EQ(bench.heartbeat(1, epoch).error, ErrorCode::NONE);
  EXPECT_EQ(bench.controller.committed.topic_config("orders", "min.insync.replicas"), "3");
}

TEST(KraftController, tells_everybody_who_waits_that_it_leads_no_more) {
  ControllerBench bench;
  bench.be_active();
  const BrokerEpoch epoch = bench.register_broker(1);
  const Offset committed = bench.log().end_offset();
  const std::int64_t registration =
      bench.deliver(NodeId{1}, BrokerRegistrationRequest{BrokerId(2), Uuid{2, 1}, BrokerEpoch(-1)});
  BrokerHeartbeatRequest heartbeat;
  heartbeat.broker = BrokerId(1);
  heartbeat.broker_epoch = epoch;
  bench.deliver(NodeId{0}, heartbeat);
  bench.deliver(NodeId{0}, AllocateProducerIdsRequest{BrokerId(1), epoch});
  EXPECT_TRUE(bench.take<BrokerHeartbeatResponse>().empty()) << "answers leave in the order of the log";
  bench.lose_leadership();
  EXPECT_FALSE(bench.controller.is_active());
  EXPECT_EQ(bench.count_notes(NoteKind::kControllerResigned), 1);
  const auto refused = bench.take_one<BrokerRegistrationResponse>();
  EXPECT_EQ(refused.body.error, ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(refused.to, NodeId{1});
  EXPECT_EQ(refused.correlation_id, registration);
  EXPECT_EQ(bench.take_one<BrokerHeartbeatResponse>().body.error, ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(bench.take_one<AllocateProducerIdsResponse>().body.error, ErrorCode::NOT_CONTROLLER);
  EXPECT_EQ(bench.controller.applied, committed) << "what was only appended is not in the image";
  EXPECT_EQ(bench.controller.committed.broker(BrokerId(2)), nullptr);
}

TEST(KraftController, hands_leadership_over_before_its_process_ends) {
  ControllerBench bench;
  bench.be_active();
  Command command;
  command.kind = CommandKind::kCleanShutdown;
  bench.run([&](Ctx& ctx) { bench.controller.on_command(ctx, command); });
  EXPECT_FALSE(bench.controller.is_active());
  const auto farewells = bench.take<EndQuorumEpochRequest>();
  ASSERT_EQ(farewells.size(), 2U);
  EXPECT_EQ(farewells.front().body.preferred_successors.front(), kController2) << "it has fetched furthest";
  EXPECT_FALSE(bench.has_exited());
  for (const auto& farewell : farewells) {
    EndQuorumEpochResponse response;
    response.epoch = bench.controller.raft.epoch();
    bench.reply(farewell.to, farewell.correlation_id, response);
  }
  EXPECT_TRUE(bench.has_exited());

  ControllerBench follower;
  follower.run([&](Ctx& ctx) { follower.controller.on_command(ctx, command); });
  EXPECT_TRUE(follower.has_exited()) << "it has nothing to hand over";
}

}  // namespace
}  // namespace kscope::sim::kraft_controller_test
