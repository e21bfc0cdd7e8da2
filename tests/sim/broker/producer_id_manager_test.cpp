#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::producer_id_manager_test {
namespace {

InitProducerIdResponse ask(BrokerRig& rig) {
  const auto answer = rig.take<InitProducerIdResponse>(rig.request(1, kProducerNode, InitProducerIdRequest{}));
  EXPECT_TRUE(answer.has_value());
  return answer.value_or(InitProducerIdResponse{});
}

/// The controller answers the AllocateProducerIds request that is out; false if there is none.
bool allocate(BrokerRig& rig, std::int64_t first, ErrorCode error = ErrorCode::NONE) {
  const auto asked = rig.take_any<AllocateProducerIdsRequest>();
  if (!asked.has_value()) {
    return false;
  }
  EXPECT_EQ(asked->to, kControllerNode);
  const ProducerIdsBlock block{BrokerId{1}, ProducerId{first}, 1000};
  rig.deliver(1, kControllerNode, Message{asked->message.correlation_id, AllocateProducerIdsResponse{error, block}});
  rig.pass(2ms);
  return true;
}

TEST(ProducerIdManager, without_ids_producers_are_asked_to_come_back) {
  BrokerRig rig(1);
  EXPECT_EQ(ask(rig).error, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
  EXPECT_EQ(ask(rig).error, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
  ASSERT_TRUE(allocate(rig, 7000));
  EXPECT_FALSE(rig.take_any<AllocateProducerIdsRequest>().has_value()) << "one request serves both";
  const InitProducerIdResponse given = ask(rig);
  EXPECT_EQ(given.error, ErrorCode::NONE);
  EXPECT_EQ(given.producer_id, ProducerId{7000});
  EXPECT_EQ(given.producer_epoch, ProducerEpoch{0});
  EXPECT_EQ(ask(rig).producer_id, ProducerId{7001});
}

TEST(ProducerIdManager, the_next_block_is_fetched_before_the_first_is_used_up) {
  BrokerRig rig(1);
  ask(rig);
  ASSERT_TRUE(allocate(rig, 0));
  for (int i = 0; i < 900; ++i) {
    ASSERT_EQ(ask(rig).producer_id, ProducerId{i});
  }
  EXPECT_FALSE(rig.take_any<AllocateProducerIdsRequest>().has_value());
  EXPECT_EQ(ask(rig).producer_id, ProducerId{900});
  ASSERT_TRUE(allocate(rig, 5000));
  for (int i = 901; i < 1000; ++i) {
    ASSERT_EQ(ask(rig).producer_id, ProducerId{i});
  }
  EXPECT_EQ(ask(rig).producer_id, ProducerId{5000}) << "nobody waits";
}

TEST(ProducerIdManager, a_refusal_is_followed_by_another_request) {
  BrokerRig rig(1);
  ask(rig);
  ASSERT_TRUE(allocate(rig, 0, ErrorCode::NOT_CONTROLLER));
  EXPECT_FALSE(rig.take_any<AllocateProducerIdsRequest>().has_value());
  rig.pass(60ms);
  ASSERT_TRUE(allocate(rig, 3000));
  EXPECT_EQ(ask(rig).producer_id, ProducerId{3000});
}

TEST(ProducerIdManager, a_request_without_an_answer_is_sent_again) {
  BrokerRig rig(1);
  ask(rig);
  ASSERT_TRUE(rig.take_any<AllocateProducerIdsRequest>().has_value());
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).on_disconnect(ctx, kControllerNode); });
  rig.pass(60ms);
  ASSERT_TRUE(rig.take_any<AllocateProducerIdsRequest>().has_value()) << "the connection was lost";
  rig.pass(rig.broker(1).setup.config.controller_socket_timeout_ms + 10ms);
  ASSERT_TRUE(allocate(rig, 2000)) << "controller.socket.timeout.ms is over";
  EXPECT_EQ(ask(rig).producer_id, ProducerId{2000});
}

}  // namespace
}  // namespace kscope::sim::producer_id_manager_test
