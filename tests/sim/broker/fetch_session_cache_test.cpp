// Compare Kafka's FetchSessionTest for the rules of the cache.
#include "sim/broker/fetch_session_cache.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace kscope::sim::fetch_session_cache_test {
namespace {

constexpr TopicId kOrders{1};

CachedPartition cached(std::int32_t partition, Uuid topic_id = {}) {
  CachedPartition made;
  made.asked.partition = {kOrders, partition};
  made.asked.topic_id = topic_id;
  return made;
}

std::vector<std::int32_t> order_of(const CachedPartitions& partitions) {
  std::vector<std::int32_t> found;
  for (const CachedPartition* item = partitions.first(); item != nullptr; item = partitions.after(*item)) {
    found.push_back(item->asked.partition.partition);
  }
  return found;
}

TEST(FetchSession, partitions_are_read_in_the_order_in_which_they_came_and_those_with_records_go_to_the_end) {
  CachedPartitions partitions;
  partitions.assign({cached(5), cached(1), cached(3)});
  partitions.add(cached(2));
  EXPECT_EQ(order_of(partitions), (std::vector<std::int32_t>{5, 1, 3, 2}));
  partitions.move_to_end(*partitions.find({kOrders, 1}));
  EXPECT_EQ(order_of(partitions), (std::vector<std::int32_t>{5, 3, 2, 1}));
  partitions.move_to_end(*partitions.find({kOrders, 5}));
  partitions.move_to_end(*partitions.find({kOrders, 5}));
  EXPECT_EQ(order_of(partitions), (std::vector<std::int32_t>{3, 2, 1, 5}));
}

TEST(FetchSession, partitions_leave_and_their_places_are_used_again) {
  CachedPartitions partitions;
  partitions.assign({cached(0), cached(1), cached(2)});
  EXPECT_TRUE(partitions.remove({kOrders, 0}, {}));
  EXPECT_FALSE(partitions.remove({kOrders, 0}, {}));
  EXPECT_TRUE(partitions.remove({kOrders, 2}, {}));
  partitions.add(cached(7));
  EXPECT_EQ(order_of(partitions), (std::vector<std::int32_t>{1, 7}));
  EXPECT_TRUE(partitions.remove({kOrders, 1}, {}));
  EXPECT_TRUE(partitions.remove({kOrders, 7}, {}));
  EXPECT_TRUE(partitions.empty());
  EXPECT_EQ(partitions.first(), nullptr);
}

TEST(FetchSession, KIP_516_a_partition_of_another_topic_id_is_another_one) {
  CachedPartitions partitions;
  partitions.add(cached(0, Uuid{1, 1}));
  EXPECT_EQ(partitions.find({kOrders, 0}, Uuid{2, 2}), nullptr);
  partitions.add(cached(0, Uuid{2, 2}));
  EXPECT_TRUE(partitions.remove({kOrders, 0}, Uuid{1, 1}));
  EXPECT_EQ(partitions.find({kOrders, 0})->asked.topic_id, (Uuid{2, 2}));
}

/// A shard with three places, and sessions of so many partitions.
class Shard {
 public:
  /// The new session's id, or 0.
  std::int32_t open(Duration at, bool is_privileged, std::int32_t size) {
    const LocalTime now = LocalTime(Duration(at));
    const NewFetchSession newcomer{is_privileged, false, size};
    if (!shard.make_room(now, newcomer, 3)) {
      return 0;
    }
    FetchSession& session = shard.create(now, newcomer, next_number++);
    for (std::int32_t i = 0; i < size; ++i) {
      session.partitions.add(cached(i));
    }
    shard.touch(session, now);
    return session.id.value;
  }
  void use(std::int32_t id, Duration at) { shard.touch(*shard.find(FetchSessionId(id)), LocalTime(at)); }
  bool has(std::int32_t id) { return shard.find(FetchSessionId(id)) != nullptr; }

  FetchSessionCacheShard shard;
  std::uint32_t next_number = 0;  // so that no id comes again
};

TEST(FetchSessionCache, a_full_shard_evicts_the_session_that_was_not_used_for_two_minutes) {
  Shard shard;
  const auto a = shard.open(0s, false, 10);
  const auto b = shard.open(10s, false, 20);
  const auto c = shard.open(20s, false, 30);
  EXPECT_EQ(shard.open(30s, false, 40), 0) << "all of them are young, and it is no follower";
  EXPECT_EQ(shard.shard.partition_count(), 60);
  shard.use(a, 100s);
  EXPECT_EQ(shard.open(130s, false, 5), 0) << "b was used exactly two minutes ago";
  EXPECT_NE(shard.open(131s, false, 5), 0);
  EXPECT_FALSE(shard.has(b));
  EXPECT_TRUE(shard.has(a));
  EXPECT_TRUE(shard.has(c));
  EXPECT_EQ(shard.shard.size(), 3);
  EXPECT_EQ(shard.shard.partition_count(), 45);
  EXPECT_EQ(shard.shard.eviction_count(), 1);
}

TEST(FetchSessionCache, a_session_may_evict_a_smaller_one_that_has_existed_for_two_minutes) {
  Shard shard;
  const auto a = shard.open(0s, false, 10);
  const auto b = shard.open(0s, false, 20);
  const auto c = shard.open(0s, false, 5);
  shard.use(a, 121s);
  shard.use(b, 121s);
  shard.use(c, 119s);  // when it was used last it had not existed for so long
  EXPECT_EQ(shard.open(125s, false, 9), 0) << "smaller than a";
  EXPECT_EQ(shard.open(125s, false, 10), 0) << "as large as a: the older one stays";
  EXPECT_NE(shard.open(125s, false, 11), 0);
  EXPECT_FALSE(shard.has(a));
  EXPECT_TRUE(shard.has(b));
  EXPECT_TRUE(shard.has(c));
}

TEST(FetchSessionCache, a_follower_evicts_any_consumer_and_a_consumer_no_follower) {
  Shard shard;
  const auto consumer = shard.open(0s, false, 1000);
  const auto follower = shard.open(0s, true, 1);
  const auto second = shard.open(0s, true, 2);
  const auto third = shard.open(1s, true, 1);
  EXPECT_NE(third, 0) << "a young consumer's session, and a large one, still goes for a follower";
  EXPECT_FALSE(shard.has(consumer));
  EXPECT_EQ(shard.open(2s, true, 1000), 0) << "followers' sessions are young";
  shard.use(follower, 121s);
  shard.use(second, 121s);
  shard.use(third, 121s);
  EXPECT_EQ(shard.open(121s, false, 1000), 0) << "no consumer's session is worth more than a follower's";
  EXPECT_NE(shard.open(122s, true, 1000), 0);
}

TEST(FetchSessionCache, without_places_there_are_no_sessions) {
  FetchSessionCacheShard shard;
  EXPECT_FALSE(shard.make_room(LocalTime{}, {true, false, 10}, 0));
}

TEST(FetchSessionCache, a_session_that_ends_while_it_is_served_stays_for_the_answer) {
  FetchSessionCacheShard shard;
  FetchSession& session = shard.create(LocalTime{}, {}, 5);
  const FetchSessionId id = session.id;
  ++session.serving_count;
  shard.remove(id);
  EXPECT_EQ(shard.find(id), nullptr);
  EXPECT_NE(shard.find_served(id), nullptr);
  EXPECT_EQ(shard.size(), 0);
  EXPECT_NE(shard.create(LocalTime{}, {}, 5).id, id) << "its id is not free yet";
  shard.finish_serving(id);
  EXPECT_EQ(shard.find_served(id), nullptr);
  EXPECT_EQ(shard.create(LocalTime{}, {}, 5).id, id);
}

TEST(FetchSessionCache, the_shards_take_turns_and_their_ids_do_not_meet) {
  FetchSessionCache cache;
  std::set<std::int32_t> ids;
  for (int i = 0; i < 2 * FetchSessionCache::kShardCount; ++i) {
    FetchSessionCacheShard& shard = cache.next_shard();
    const auto last = static_cast<std::uint32_t>(shard.id_count() - 1);
    const FetchSessionId id = shard.create(LocalTime{}, {}, i < FetchSessionCache::kShardCount ? 0 : last).id;
    EXPECT_GT(id, kInvalidSessionId);
    EXPECT_EQ(&cache.shard_of(id), &shard);
    ids.insert(id.value);
  }
  EXPECT_EQ(ids.size(), 16U);
  EXPECT_EQ(cache.size(), 16);
}

}  // namespace
}  // namespace kscope::sim::fetch_session_cache_test
