#include "sim/broker/metadata_cache.h"

#include <gtest/gtest.h>

namespace kscope::sim::metadata_cache_test {
namespace {

PartitionState led_by(TopicPartition partition, int leader) {
  PartitionState state;
  state.partition = partition;
  state.leader = BrokerId(leader);
  state.leader_epoch = LeaderEpoch{3};
  state.replicas = {BrokerId{1}, BrokerId{2}};
  state.isr = {BrokerId{1}};
  return state;
}

MetadataCache with_two_partitions() {
  MetadataCache cache;
  UpdateMetadataRequest request;
  request.controller = BrokerId{2};
  request.live_brokers = {{BrokerId{1}, NodeId{10}}, {BrokerId{2}, NodeId{11}}};
  request.partitions = {led_by({TopicId{1}, 0}, 1), led_by({TopicId{1}, 1}, 2), led_by({TopicId{2}, 0}, -1)};
  cache.update(request);
  return cache;
}

TEST(MetadataCache, UpdatesReplaceBrokersAndAddPartitions) {
  MetadataCache cache = with_two_partitions();
  UpdateMetadataRequest request;
  request.controller = BrokerId{1};
  request.live_brokers = {{BrokerId{1}, NodeId{10}}};
  cache.update(request);
  EXPECT_EQ(cache.partition_count(TopicId{1}), 2);
  EXPECT_EQ(cache.alive_brokers.size(), 1U);
  EXPECT_EQ(cache.controller_node(), NodeId{10});
  EXPECT_FALSE(cache.leader_of({TopicId{1}, 1}).is_valid()) << "its leader is no longer alive";
}

TEST(MetadataCache, AnUnknownTopicAndAPartitionWithoutLeaderSayWhy) {
  const MetadataResponse response = with_two_partitions().build_response({TopicId{1}, TopicId{2}, TopicId{3}});
  ASSERT_EQ(response.topics.size(), 3U);
  EXPECT_EQ(response.topics[0].partitions[1].leader, BrokerId{2});
  EXPECT_EQ(response.topics[0].partitions[1].leader_epoch, LeaderEpoch{3});
  EXPECT_EQ(response.topics[1].partitions[0].error, ErrorCode::LEADER_NOT_AVAILABLE);
  EXPECT_EQ(response.topics[2].error, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  EXPECT_EQ(response.controller, BrokerId{2});
}

TEST(MetadataCache, PartitionsThatAreDeletedAreForgotten) {
  MetadataCache cache = with_two_partitions();
  UpdateMetadataRequest request;
  request.live_brokers = {{BrokerId{1}, NodeId{10}}};
  for (const TopicPartition partition :
       {TopicPartition{TopicId{1}, 0}, TopicPartition{TopicId{1}, 1}, TopicPartition{TopicId{3}, 0}}) {
    request.partitions.push_back(led_by(partition, kLeaderDuringDelete.value));
  }
  const std::vector<TopicPartition> deleted = cache.update(request);
  EXPECT_EQ(deleted, (std::vector<TopicPartition>{{TopicId{1}, 0}, {TopicId{1}, 1}})) << "the others were not known";
  EXPECT_FALSE(cache.contains(TopicId{1}));
  EXPECT_TRUE(cache.contains(TopicId{2}));
  EXPECT_EQ(cache.build_response({TopicId{1}}).topics[0].error, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

}  // namespace
}  // namespace kscope::sim::metadata_cache_test
