// What a broker says to the controllers of KRaft, and what it makes of their answers.
#include "sim/broker/kraft_broker.h"

#include <gtest/gtest.h>

#include "tests/sim/broker/kraft_bench.h"

namespace kscope::sim::kraft_broker_test {
namespace {

constexpr TopicPartition kOrders0{TopicId{1}, 0};
constexpr BrokerEpoch kEpoch{7};

class BrokerBench : public KraftBench {
 public:
  BrokerBench() : KraftBench(NodeId{0}) {
    run([&](Ctx& ctx) { broker.on_start(ctx); });
  }

  void deliver(NodeId from, std::int64_t correlation_id, MessageBody body) {
    run([&](Ctx& ctx) { broker.on_message(ctx, from, Message{correlation_id, std::move(body)}); });
  }
  /// The fetch of the metadata log that is out is answered.
  void answer_fetch(BrokerId leader, int epoch, std::vector<MetadataBatch> batches = {}) {
    const std::vector<BenchSent<RaftFetchRequest>> asked = take<RaftFetchRequest>();
    ASSERT_FALSE(asked.empty());
    RaftFetchResponse response;
    response.leader = leader;
    response.epoch = LeaderEpoch(epoch);
    response.high_watermark = batches.empty() ? Offset(-1) : batches.back().next_offset();
    response.batches = std::move(batches);
    deliver(asked.back().to, asked.back().correlation_id, response);
  }
  /// The next message to the controller is due.
  void tick() {
    now += delay_of(TimerKind::kBrokerHeartbeat);
    run([&](Ctx& ctx) { broker.on_timer(ctx, Timer{TimerKind::kBrokerHeartbeat, 0, 0}); });
  }
  void answer(const BenchSent<BrokerRegistrationRequest>& request, ErrorCode error = ErrorCode::NONE) {
    deliver(request.to, request.correlation_id, BrokerRegistrationResponse{error, kEpoch});
  }
  void answer(const BenchSent<BrokerHeartbeatRequest>& request, bool is_fenced, bool should_shut_down = false) {
    deliver(request.to, request.correlation_id,
            BrokerHeartbeatResponse{ErrorCode::NONE, !request.body.want_fence, is_fenced, should_shut_down});
  }
  [[nodiscard]] MetadataBatch registration(Offset offset, int broker_id, Uuid incarnation) const {
    kraft::RegisterBrokerRecord record;
    record.broker_id = BrokerId(broker_id);
    record.incarnation_id = incarnation;
    record.broker_epoch = BrokerEpoch(offset.value);
    return {offset, LeaderEpoch(1), std::vector<kraft::ApiMessageAndVersion>{{record, 3}}};
  }
  void register_with_controller() {
    answer_fetch(kController1, 1);
    tick();
    answer(take_one<BrokerRegistrationRequest>());
    tick();
  }
  /// Registered, up to date and unfenced.
  void make_running() {
    register_with_controller();
    answer(take_one<BrokerHeartbeatRequest>(), true);
    answer_fetch(kController1, 1, {registration(Offset(0), 1, broker.kraft.incarnation_id)});
    tick();
    answer(take_one<BrokerHeartbeatRequest>(), false);
    ASSERT_EQ(state(), BrokerState::RUNNING);
  }
  [[nodiscard]] BrokerState state() const { return broker.lifecycle.state; }

  Broker broker;
};

TEST(KraftBroker, registers_when_it_knows_who_leads_the_quorum) {
  BrokerBench bench;
  EXPECT_TRUE(bench.take<BrokerRegistrationRequest>().empty());
  bench.answer_fetch(kController2, 1);
  EXPECT_LE(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(1ms)) << "at once";
  bench.tick();
  const auto request = bench.take_one<BrokerRegistrationRequest>();
  EXPECT_EQ(request.to, NodeId{4});
  EXPECT_EQ(request.body.broker, BrokerId{1});
  EXPECT_EQ(request.body.previous_broker_epoch, BrokerEpoch(-1)) << "it never shut down in good order";
  EXPECT_EQ(bench.state(), BrokerState::STARTING);
}

TEST(KraftBroker, names_the_epoch_of_the_process_that_shut_down_in_good_order_and_only_once) {
  BrokerBench bench;
  bench.durable.logs.clean_shutdown_epoch = BrokerEpoch(5);
  for (const std::int64_t expected : {5, -1}) {
    bench.broker = Broker{};
    bench.effects.clear();
    bench.run([&](Ctx& ctx) { bench.broker.on_start(ctx); });
    bench.answer_fetch(kController1, 1);
    bench.tick();
    EXPECT_EQ(bench.take_one<BrokerRegistrationRequest>().body.previous_broker_epoch, BrokerEpoch(expected));
  }
}

TEST(KraftBroker, stays_fenced_and_hosts_nothing_until_it_has_read_its_own_registration) {
  BrokerBench bench;
  bench.register_with_controller();
  auto heartbeat = bench.take_one<BrokerHeartbeatRequest>();
  EXPECT_EQ(heartbeat.body.broker_epoch, kEpoch);
  EXPECT_TRUE(heartbeat.body.want_fence);
  bench.answer(heartbeat, true);
  EXPECT_EQ(bench.state(), BrokerState::STARTING) << "it has not caught up";

  kraft::TopicRecord topic;
  topic.name = "orders";
  topic.topic_id = new_topic_uuid(kOrders0.topic, Offset(2));
  kraft::PartitionRecord partition;
  partition.topic_id = topic.topic_id;
  partition.replicas = {BrokerId(1), BrokerId(2)};
  partition.isr = partition.replicas;
  partition.leader = BrokerId(1);
  partition.directories = {Uuid{3, 1}, Uuid{3, 2}};
  bench.answer_fetch(
      kController1, 1,
      {bench.registration(Offset(0), 1, Uuid{9, 9}), bench.registration(Offset(1), 2, Uuid{8, 8}),
       MetadataBatch{Offset(2), LeaderEpoch(1), std::vector<kraft::ApiMessageAndVersion>{{topic, 0}, {partition, 1}}}});
  bench.tick();
  heartbeat = bench.take_one<BrokerHeartbeatRequest>();
  EXPECT_TRUE(heartbeat.body.want_fence) << "that registration was an earlier process of it";
  EXPECT_EQ(heartbeat.body.current_metadata_offset, Offset(3));
  EXPECT_EQ(bench.broker.replicas.find(kOrders0), nullptr);
  bench.answer(heartbeat, true);

  bench.answer_fetch(kController1, 1, {bench.registration(Offset(4), 1, bench.broker.kraft.incarnation_id)});
  ASSERT_NE(bench.broker.replicas.find(kOrders0), nullptr);
  EXPECT_TRUE(bench.broker.replicas.find(kOrders0)->is_leader(BrokerId(1)));
  bench.tick();
  heartbeat = bench.take_one<BrokerHeartbeatRequest>();
  EXPECT_FALSE(heartbeat.body.want_fence);
  EXPECT_EQ(heartbeat.body.current_metadata_offset, Offset(4));
}

TEST(KraftBroker, runs_when_it_is_unfenced_and_asks_soon_again_until_then) {
  BrokerBench bench;
  bench.register_with_controller();
  bench.answer(bench.take_one<BrokerHeartbeatRequest>(), true);
  EXPECT_EQ(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(200ms));
  bench.answer_fetch(kController1, 1, {bench.registration(Offset(0), 1, bench.broker.kraft.incarnation_id)});
  bench.tick();
  bench.answer(bench.take_one<BrokerHeartbeatRequest>(), true);
  EXPECT_EQ(bench.state(), BrokerState::RECOVERY) << "it has caught up, and is still fenced";
  bench.tick();
  bench.answer(bench.take_one<BrokerHeartbeatRequest>(), false);
  EXPECT_EQ(bench.state(), BrokerState::RUNNING);
  EXPECT_EQ(bench.count_notes(NoteKind::kBrokerRunning), 1);
  EXPECT_EQ(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(2s));
  bench.tick();
  bench.answer(bench.take_one<BrokerHeartbeatRequest>(), true);
  EXPECT_TRUE(bench.broker.kraft.is_fenced);
  EXPECT_EQ(bench.state(), BrokerState::RUNNING) << "a fenced broker does not stop";
  EXPECT_EQ(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(200ms));
}

TEST(KraftBroker, has_one_request_out_and_ignores_the_answer_to_an_older_one) {
  BrokerBench bench;
  bench.register_with_controller();
  const auto first = bench.take_one<BrokerHeartbeatRequest>();
  bench.tick();  // not answered for an interval
  const auto second = bench.take_one<BrokerHeartbeatRequest>();
  bench.deliver(first.to, first.correlation_id, BrokerHeartbeatResponse{ErrorCode::STALE_BROKER_EPOCH});
  EXPECT_TRUE(bench.broker.lifecycle.is_registered);
  EXPECT_EQ(bench.broker.kraft.outstanding, second.correlation_id);
  bench.answer(second, true);
  EXPECT_EQ(bench.broker.kraft.outstanding, 0);
}

TEST(KraftBroker, tries_again_after_NOT_CONTROLLER_and_after_a_broken_connection) {
  BrokerBench bench;
  bench.answer_fetch(kController1, 1);
  bench.tick();
  bench.answer(bench.take_one<BrokerRegistrationRequest>(), ErrorCode::NOT_CONTROLLER);
  EXPECT_FALSE(bench.broker.lifecycle.is_registered);
  EXPECT_EQ(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(200ms));
  bench.tick();
  const auto request = bench.take_one<BrokerRegistrationRequest>();
  bench.effects.clear();
  bench.run([&](Ctx& ctx) { bench.broker.on_disconnect(ctx, NodeId{4}); });
  EXPECT_EQ(bench.broker.kraft.outstanding, request.correlation_id) << "it was not asked";
  bench.run([&](Ctx& ctx) { bench.broker.on_disconnect(ctx, request.to); });
  EXPECT_EQ(bench.broker.kraft.outstanding, 0);
  EXPECT_EQ(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(200ms));
}

TEST(KraftBroker, registers_once_and_goes_on_asking_when_its_broker_epoch_is_stale) {
  BrokerBench bench;
  bench.make_running();
  bench.tick();
  const auto heartbeat = bench.take_one<BrokerHeartbeatRequest>();
  bench.deliver(heartbeat.to, heartbeat.correlation_id, BrokerHeartbeatResponse{ErrorCode::STALE_BROKER_EPOCH});
  EXPECT_TRUE(bench.broker.lifecycle.is_registered);
  EXPECT_EQ(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(200ms));
  bench.tick();
  EXPECT_TRUE(bench.take<BrokerRegistrationRequest>().empty()) << "another process has its id";
  EXPECT_EQ(bench.take_one<BrokerHeartbeatRequest>().body.broker_epoch, kEpoch);
}

TEST(KraftBroker, tells_a_new_controller_at_once_that_it_lives) {
  BrokerBench bench;
  bench.make_running();
  bench.answer_fetch(kController2, 2);
  EXPECT_LE(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(1ms));
  bench.tick();
  const auto heartbeat = bench.take_one<BrokerHeartbeatRequest>();
  EXPECT_EQ(heartbeat.to, NodeId{4});
  EXPECT_EQ(heartbeat.body.broker_epoch, kEpoch) << "registrations outlive controllers";
}

TEST(KraftBroker, leaves_when_the_controller_lets_it_go) {
  BrokerBench bench;
  bench.make_running();
  bench.run([&](Ctx& ctx) { bench.broker.kraft.begin_shutdown(ctx, bench.broker); });
  EXPECT_EQ(bench.state(), BrokerState::PENDING_CONTROLLED_SHUTDOWN);
  auto heartbeat = bench.take_one<BrokerHeartbeatRequest>();
  EXPECT_TRUE(heartbeat.body.want_shut_down);
  bench.answer(heartbeat, false);
  EXPECT_EQ(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(50ms)) << "the first time it asks again soon";
  bench.tick();
  bench.answer(bench.take_one<BrokerHeartbeatRequest>(), false);
  EXPECT_EQ(bench.delay_of(TimerKind::kBrokerHeartbeat), Duration(2s));
  EXPECT_FALSE(bench.has_exited());
  bench.tick();
  bench.answer(bench.take_one<BrokerHeartbeatRequest>(), true, true);
  EXPECT_TRUE(bench.has_exited());
  EXPECT_EQ(bench.count_notes(NoteKind::kShutdownDone), 1);
  EXPECT_EQ(bench.durable.logs.clean_shutdown_epoch, kEpoch) << "the next process tells that this one left in order";
}

TEST(KraftBroker, leaves_after_five_minutes_of_silence) {
  BrokerBench bench;
  bench.make_running();
  bench.run([&](Ctx& ctx) { bench.broker.kraft.begin_shutdown(ctx, bench.broker); });
  bench.tick();
  EXPECT_FALSE(bench.has_exited());
  bench.now += 5min;
  bench.tick();
  EXPECT_TRUE(bench.has_exited());
}

TEST(KraftBroker, that_does_not_run_yet_leaves_without_asking) {
  BrokerBench starting;
  starting.register_with_controller();
  BrokerBench fenced;
  fenced.register_with_controller();
  fenced.answer(fenced.take_one<BrokerHeartbeatRequest>(), true);
  fenced.answer_fetch(kController1, 1, {fenced.registration(Offset(0), 1, fenced.broker.kraft.incarnation_id)});
  fenced.tick();
  fenced.answer(fenced.take_one<BrokerHeartbeatRequest>(), true);
  ASSERT_EQ(fenced.state(), BrokerState::RECOVERY);
  for (BrokerBench* bench : {&starting, &fenced}) {
    bench->effects.clear();
    bench->run([&](Ctx& ctx) { bench->broker.kraft.begin_shutdown(ctx, bench->broker); });
    EXPECT_TRUE(bench->has_exited());
    EXPECT_TRUE(bench->take<BrokerHeartbeatRequest>().empty());
  }
}

TEST(KraftBroker, brings_the_answer_of_the_controller_to_the_client_that_asked) {
  BrokerBench bench;
  const CreateTopicsRequest create{TopicId{1}, -1, -1, {}};
  const auto ask = [&] {
    bench.run([&](Ctx& ctx) { bench.broker.kraft.forward(ctx, bench.broker, kAdminNode, 55, create); });
  };
  ask();
  EXPECT_EQ(bench.take_one<CreateTopicsResponse>().body.error, ErrorCode::NOT_CONTROLLER) << "none is known";

  bench.answer_fetch(kController1, 1);
  ask();
  const auto forwarded = bench.take_one<CreateTopicsRequest>();
  EXPECT_EQ(forwarded.to, kFirstControllerNode);
  bench.deliver(forwarded.to, forwarded.correlation_id,
                CreateTopicsResponse{TopicId{1}, ErrorCode::TOPIC_ALREADY_EXISTS});
  const auto answer = bench.take_one<CreateTopicsResponse>();
  EXPECT_EQ(answer.to, kAdminNode);
  EXPECT_EQ(answer.correlation_id, 55);
  EXPECT_EQ(answer.body.error, ErrorCode::TOPIC_ALREADY_EXISTS);

  ask();
  bench.run([&](Ctx& ctx) { bench.broker.on_disconnect(ctx, kFirstControllerNode); });
  EXPECT_EQ(bench.take_one<CreateTopicsResponse>().body.error, ErrorCode::NOT_CONTROLLER);
  ask();
  bench.run([&](Ctx& ctx) { bench.broker.on_disconnect(ctx, kAdminNode); });
  EXPECT_TRUE(bench.broker.kraft.forwarded.empty()) << "nobody waits any more";
}

}  // namespace
}  // namespace kscope::sim::kraft_broker_test
