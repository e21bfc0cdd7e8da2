// A follower that has everything and knows it is looked at again only when there is news, and nobody can tell.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::settled_followers_test {
namespace {

/// Broker 1 leads orders-0, and follower 2 fetches in a session.
class Session {
 public:
  explicit Session(BrokerRig& rig) : rig_(rig) {}

  /// A fetch of follower 2; what it names is told once. The answer, if there is one at once.
  std::optional<FetchResponse> fetch(std::vector<FetchPartition> partitions = {}, Duration max_wait = 0ms) {
    FetchRequest body;
    body.replica = BrokerId(2);
    body.replica_epoch = BrokerEpoch(1);
    body.metadata = metadata_;
    body.max_wait = max_wait;
    body.max_bytes = 1'000'000;
    body.partitions = std::move(partitions);
    asked_ = rig_.request(1, NodeId(1), body);
    return take();
  }
  /// The answer to the last fetch, if there is one by now.
  std::optional<FetchResponse> take() {
    std::optional<FetchResponse> response = rig_.take<FetchResponse>(asked_);
    if (response.has_value()) {
      metadata_ = metadata_.is_full() ? first_incremental(response->session_id) : metadata_.next_incremental();
    }
    return response;
  }
  /// orders-0 from `offset` on.
  static FetchPartition from(int offset) { return {kOrders0, LeaderEpoch(5), 1'000'000, Offset(offset), Offset(0)}; }

 private:
  BrokerRig& rig_;
  FetchMetadata metadata_ = kInitialFetchMetadata;
  std::int64_t asked_ = 0;
};

BrokerRig led_by_1(std::vector<int> isr = {1, 2}) {
  BrokerRig rig(1);
  EXPECT_EQ(rig.leader_and_isr(1, BrokerRig::state(1, 5, std::move(isr))), ErrorCode::NONE);
  return rig;
}

const FollowerState& follower(BrokerRig& rig) { return *rig.orders0(1).follower(BrokerId(2)); }
FollowerState as_of_now(BrokerRig& rig) { return rig.broker(1).replicas.as_of_now(follower(rig)); }

TEST(SettledFollower, its_times_go_on_with_every_fetch) {
  BrokerRig rig = led_by_1();
  Session session(rig);
  session.fetch({Session::from(0)});
  EXPECT_FALSE(follower(rig).is_settled) << "the first fetch opens the session";
  session.fetch();
  EXPECT_TRUE(follower(rig).is_settled);
  const LocalTime settled_at = rig.now();
  rig.pass(10s);
  session.fetch();
  EXPECT_EQ(follower(rig).last_caught_up_time, settled_at) << "it was not looked at";
  EXPECT_EQ(as_of_now(rig).last_caught_up_time, rig.now());
  EXPECT_EQ(as_of_now(rig).last_fetch_time, rig.now());
}

TEST(SettledFollower, an_append_makes_its_waiting_fetch_read_again) {
  BrokerRig rig = led_by_1();
  Session session(rig);
  session.fetch({Session::from(0)});
  session.fetch();
  ASSERT_TRUE(follower(rig).is_settled);
  EXPECT_FALSE(session.fetch({}, 500ms).has_value());
  rig.produce(1, Acks::LEADER, test_batch(2));
  const std::optional<FetchResponse> response = session.take();
  ASSERT_TRUE(response.has_value());
  ASSERT_EQ(response->partitions.size(), 1U);
  EXPECT_EQ(response->partitions[0].batches.size(), 1U);
}

TEST(SettledFollower, it_is_told_of_a_high_watermark_that_rose_without_it) {
  BrokerRig rig = led_by_1({1, 2, 3});
  Session session(rig);
  rig.produce(1, Acks::LEADER, test_batch(1));
  session.fetch({Session::from(0)});
  session.fetch({Session::from(1)});
  session.fetch();
  ASSERT_TRUE(follower(rig).is_settled);
  EXPECT_TRUE(session.fetch()->partitions.empty());
  rig.follow(1, 3, Offset(1));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(1));
  const std::optional<FetchResponse> response = session.fetch();
  ASSERT_EQ(response->partitions.size(), 1U);
  EXPECT_EQ(response->partitions[0].high_watermark, Offset(1));
}

TEST(SettledFollower, one_that_comes_no_more_leaves_the_ISR_replica_lag_time_after_its_last_fetch) {
  BrokerRig rig = led_by_1();
  Session session(rig);
  session.fetch({Session::from(0)});
  session.fetch();
  rig.pass(40s);
  session.fetch();
  rig.produce(1, Acks::LEADER, test_batch(1));
  rig.pass(29s);
  EXPECT_EQ(rig.count_notes(NoteKind::kIsrShrinkProposed), 0) << "it was looked at last 69 s ago, but came 29 s ago";
  rig.pass(17s);
  EXPECT_EQ(rig.count_notes(NoteKind::kIsrShrinkProposed), 1);
}

TEST(SettledFollower, a_fetch_that_opens_another_session_is_looked_at_whole) {
  BrokerRig rig = led_by_1();
  Session first(rig);
  first.fetch({Session::from(0)});
  first.fetch();
  ASSERT_TRUE(follower(rig).is_settled);
  rig.pass(5s);
  first.fetch();
  const LocalTime last = rig.now();
  rig.pass(5s);
  Session second(rig);
  second.fetch({{TopicPartition{TopicId(1), 1}, LeaderEpoch(5), 1000, Offset(0), Offset(0)}});
  EXPECT_FALSE(follower(rig).is_settled);
  EXPECT_EQ(as_of_now(rig).last_fetch_time, last) << "the new session does not name the partition";
}

TEST(SettledFollower, a_new_leader_epoch_ends_it) {
  BrokerRig rig = led_by_1();
  Session session(rig);
  session.fetch({Session::from(0)});
  session.fetch();
  ASSERT_TRUE(follower(rig).is_settled);
  rig.leader_and_isr(1, BrokerRig::state(1, 6, {1, 2}));
  EXPECT_FALSE(follower(rig).is_settled);
  const std::optional<FetchResponse> response = session.fetch();
  ASSERT_EQ(response->partitions.size(), 1U);
  EXPECT_EQ(response->partitions[0].error, ErrorCode::FENCED_LEADER_EPOCH);
}

TEST(PartitionNews, a_settled_partition_is_settled_until_there_is_news_of_it) {
  PartitionNews news;
  news.add(0);
  news.add(1);
  SettledList list;
  list.settle(1, 0, news.of(0));
  const auto unsettled = [&] {
    std::vector<std::size_t> found;
    list.for_each_unsettled(3, news, [&](std::size_t index) { found.push_back(index); });
    return found;
  };
  EXPECT_EQ(unsettled(), (std::vector<std::size_t>{0, 2}));
  news.add(1);
  EXPECT_EQ(unsettled(), (std::vector<std::size_t>{0, 2})) << "that was news of another one";
  news.add(0);
  EXPECT_EQ(unsettled(), (std::vector<std::size_t>{0, 1, 2}));
}

}  // namespace
}  // namespace kscope::sim::settled_followers_test
