// Fetch sessions as a broker serves them: compare Kafka's FetchSessionTest for the rules.
#include "sim/broker/fetch_manager.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::fetch_manager_test {
namespace {

FetchPartition item(std::int32_t partition, std::int64_t offset, Uuid topic_id = {}) {
  FetchPartition made;
  made.partition = {kOrders, partition};
  made.fetch_offset = Offset(offset);
  made.max_bytes = 1 << 20;
  made.topic_id = topic_id;
  return made;
}

/// One broker that leads orders-0, orders-1 and orders-2 alone, and a consumer.
struct Bench {
  explicit Bench(const BrokerConfig& config = {}) : rig(1, config) {
    for (std::int32_t partition = 0; partition < 3; ++partition) {
      PartitionState state = BrokerRig::state(1, 5, {1}, {1, 2});
      state.partition.partition = partition;
      rig.leader_and_isr(1, state);
    }
  }
  /// A consumer's fetch that does not wait.
  FetchResponse fetch(FetchMetadata metadata, std::vector<FetchPartition> partitions,
                      std::vector<ForgottenPartition> forgotten = {}) {
    FetchRequest request;
    request.metadata = metadata;
    request.max_bytes = max_bytes;
    request.uses_topic_ids = uses_topic_ids;
    request.partitions = std::move(partitions);
    request.forgotten = std::move(forgotten);
    const auto response = rig.take<FetchResponse>(rig.request(1, kConsumerNode, request));
    EXPECT_TRUE(response.has_value());
    return response.value_or(FetchResponse{});
  }
  FetchResponse fetch_next(std::vector<FetchPartition> partitions = {},
                           std::vector<ForgottenPartition> forgotten = {}) {
    const FetchResponse response = fetch(next, std::move(partitions), std::move(forgotten));
    next = next.next_incremental();
    return response;
  }
  /// Opens a session for these partitions, from offset 0.
  void open(std::vector<std::int32_t> partitions) {
    std::vector<FetchPartition> items;
    for (const std::int32_t partition : partitions) {
      items.push_back(item(partition, 0));
    }
    const FetchResponse response = fetch(kInitialFetchMetadata, items);
    EXPECT_EQ(response.partitions.size(), items.size()) << "a full fetch is answered in full";
    EXPECT_GT(response.session_id, kInvalidSessionId);
    next = first_incremental(response.session_id);
  }
  void produce(std::int32_t partition) {
    ProduceRequest body;
    body.acks = Acks::LEADER;
    body.partitions.push_back({{kOrders, partition}, test_batch(1)});
    rig.request(1, kProducerNode, std::move(body));
  }
  const FetchSessionCache& cache() { return rig.broker(1).fetch_manager.cache(); }

  BrokerRig rig;
  FetchMetadata next;
  std::int32_t max_bytes = 1 << 20;
  bool uses_topic_ids = false;
};

std::vector<std::int32_t> told(const FetchResponse& response) {
  std::vector<std::int32_t> partitions;
  for (const FetchPartitionResult& result : response.partitions) {
    partitions.push_back(result.partition.partition);
  }
  return partitions;
}
using Told = std::vector<std::int32_t>;

TEST(FetchManager, a_fetch_with_the_final_epoch_has_no_session) {
  Bench bench;
  EXPECT_EQ(bench.fetch({}, {item(0, 0)}).session_id, kInvalidSessionId);
  EXPECT_EQ(bench.cache().size(), 0);
}

TEST(FetchManager, an_incremental_answer_names_only_partitions_with_news) {
  Bench bench;
  bench.open({0, 1, 2});
  EXPECT_EQ(bench.cache().partition_count(), 3);
  FetchResponse response = bench.fetch_next();
  EXPECT_EQ(response.session_id, bench.next.session_id);
  EXPECT_EQ(told(response), Told{});
  bench.produce(1);
  response = bench.fetch_next();
  EXPECT_EQ(told(response), Told{1}) << "records";
  EXPECT_EQ(response.partitions[0].batches.size(), 1U);
  EXPECT_EQ(told(bench.fetch_next({item(1, 1)})), Told{}) << "read to the end, and the high watermark is known";
  bench.rig.at(1).durable.logs.find({kOrders, 1})->log.advance_log_start(Offset(1));
  EXPECT_EQ(told(bench.fetch_next()), Told{1}) << "the log start has moved";
  EXPECT_EQ(told(bench.fetch_next()), Told{});
}

TEST(FetchManager, a_high_watermark_that_moved_is_news) {
  Bench bench;
  bench.rig.leader_and_isr(1, BrokerRig::state(1, 6, {1, 2}, {1, 2}));
  bench.produce(0);
  bench.open({0});
  EXPECT_EQ(told(bench.fetch_next({item(0, 1)})), Told{});
  bench.rig.follow(1, 2, Offset(1));
  EXPECT_EQ(told(bench.fetch_next()), Told{0});
  EXPECT_EQ(told(bench.fetch_next()), Told{});
}

TEST(FetchManager, an_error_is_told_each_time_and_its_end_once) {
  Bench bench;
  bench.open({0, 1});
  for (int i = 0; i < 2; ++i) {
    const FetchResponse response = bench.fetch_next({item(1, 7)});
    EXPECT_EQ(told(response), Told{1});
    EXPECT_EQ(response.partitions[0].error, ErrorCode::OFFSET_OUT_OF_RANGE);
  }
  EXPECT_EQ(told(bench.fetch_next({item(1, 0)})), Told{1}) << "nothing new, but the error is over";
  EXPECT_EQ(told(bench.fetch_next()), Told{});
}

TEST(FetchManager, partitions_are_added_and_forgotten) {
  Bench bench;
  bench.open({0});
  EXPECT_EQ(told(bench.fetch_next({item(2, 0)})), Told{2}) << "a partition that is new is told";
  bench.produce(0);
  bench.produce(2);
  EXPECT_EQ(told(bench.fetch_next({}, {{{kOrders, 0}, {}}})), Told{2});
  EXPECT_EQ(bench.cache().partition_count(), 1);
}

TEST(FetchManager, a_session_without_partitions_ends) {
  Bench bench;
  bench.open({0});
  const FetchResponse response = bench.fetch_next({}, {{{kOrders, 0}, {}}});
  EXPECT_EQ(response.error, ErrorCode::NONE);
  EXPECT_EQ(response.session_id, kInvalidSessionId);
  EXPECT_EQ(bench.cache().size(), 0);
}

TEST(FetchManager, partitions_that_gave_records_are_read_last_so_that_none_starves) {
  Bench bench;
  for (int i = 0; i < 2; ++i) {
    for (const std::int32_t partition : {0, 1, 2}) {
      bench.produce(partition);
    }
  }
  bench.max_bytes = 100;  // one batch
  bench.open({0, 1, 2});
  EXPECT_EQ(bench.fetch_next({item(0, 0)}).partitions[0].partition.partition, 0);
  for (const std::int32_t turn : {1, 2, 0, 1}) {
    const FetchResponse response = bench.fetch_next();
    ASSERT_EQ(response.partitions.size(), 1U);
    EXPECT_EQ(response.partitions[0].partition.partition, turn);
  }
}

TEST(FetchManager, an_unknown_session_is_FETCH_SESSION_ID_NOT_FOUND) {
  Bench bench;
  bench.open({0});
  const FetchResponse response =
      bench.fetch({FetchSessionId(bench.next.session_id.value + 1), FetchSessionEpoch(1)}, {});
  EXPECT_EQ(response.error, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
  EXPECT_TRUE(response.partitions.empty());
}

TEST(FetchManager, an_epoch_that_is_not_the_next_is_INVALID_FETCH_SESSION_EPOCH) {
  Bench bench;
  bench.open({0});
  bench.fetch_next();
  for (const std::int32_t epoch : {1, 3}) {
    EXPECT_EQ(bench.fetch({bench.next.session_id, FetchSessionEpoch(epoch)}, {}).error,
              ErrorCode::INVALID_FETCH_SESSION_EPOCH);
  }
  EXPECT_EQ(bench.fetch_next().error, ErrorCode::NONE) << "the session goes on";
}

TEST(FetchManager, KIP_516_topic_ids_in_the_midst_of_a_session_are_FETCH_SESSION_TOPIC_ID_ERROR) {
  Bench bench;
  bench.open({0});
  bench.uses_topic_ids = true;
  EXPECT_EQ(bench.fetch(bench.next, {}).error, ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR);
}

TEST(FetchManager, a_full_fetch_ends_the_session_that_it_names) {
  Bench bench;
  bench.open({0});
  const FetchMetadata old = bench.next;
  const FetchResponse again = bench.fetch(old.next_close_existing_attempt_new(), {item(0, 0)});
  EXPECT_GT(again.session_id, kInvalidSessionId);
  EXPECT_NE(again.session_id, old.session_id);
  EXPECT_EQ(bench.fetch(old, {}).error, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
  EXPECT_EQ(bench.fetch({again.session_id, kFinalFetchEpoch}, {}).session_id, kInvalidSessionId);
  EXPECT_EQ(bench.cache().size(), 0);
}

TEST(FetchManager, max_incremental_fetch_session_cache_slots_are_shared_out_to_eight_shards) {
  BrokerConfig config;
  config.max_incremental_fetch_session_cache_slots = 15;
  Bench bench(config);
  for (int i = 0; i < 10; ++i) {
    bench.fetch(kInitialFetchMetadata, {item(0, 0)});
  }
  EXPECT_EQ(bench.cache().size(), 8) << "one in each";
  config.max_incremental_fetch_session_cache_slots = 7;
  Bench none(config);
  EXPECT_EQ(none.fetch(kInitialFetchMetadata, {item(0, 0)}).session_id, kInvalidSessionId);
}

TEST(FetchManager, a_fetch_that_waits_is_answered_for_any_partition_of_its_session) {
  Bench bench;
  bench.open({0, 1, 2});
  FetchRequest request;
  request.metadata = bench.next;
  request.max_wait = 500ms;
  request.max_bytes = 1 << 20;
  const auto asked = bench.rig.request(1, kConsumerNode, request);
  EXPECT_FALSE(bench.rig.take<FetchResponse>(asked).has_value());
  bench.produce(2);
  const auto response = bench.rig.take<FetchResponse>(asked);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(told(*response), Told{2});
  EXPECT_EQ(response->session_id, bench.next.session_id);
}

TEST(FetchManager, a_fetch_that_waits_is_answered_even_though_its_session_has_ended) {
  Bench bench;
  bench.open({0, 1});
  FetchRequest request;
  request.metadata = bench.next;
  request.max_wait = 500ms;
  request.max_bytes = 1 << 20;
  const auto asked = bench.rig.request(1, kConsumerNode, request);
  EXPECT_EQ(bench.fetch({bench.next.session_id, kFinalFetchEpoch}, {}).error, ErrorCode::NONE);
  EXPECT_EQ(bench.cache().size(), 0);
  bench.produce(1);
  const auto response = bench.rig.take<FetchResponse>(asked);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(told(*response), Told{1});
  bench.next = bench.next.next_incremental();
  EXPECT_EQ(bench.fetch_next().error, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
}

TEST(FetchManager, a_restart_of_the_broker_ends_all_sessions) {
  Bench bench;
  bench.open({0});
  bench.rig.restart(1);
  EXPECT_EQ(bench.cache().size(), 0);
  EXPECT_EQ(bench.fetch_next().error, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
}

}  // namespace
}  // namespace kscope::sim::fetch_manager_test
