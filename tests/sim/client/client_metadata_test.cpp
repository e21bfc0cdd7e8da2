#include "sim/client/client_metadata.h"

#include <gtest/gtest.h>

#include "sim/client/admin.h"
#include "tests/sim/client/client_fixture.h"

namespace kscope::sim::client_metadata_test {
namespace {

constexpr Uuid kFirstId{2, 100};
constexpr Uuid kSecondId{2, 900};

MetadataResponse told(Uuid topic_id, int partitions, int epoch) {
  MetadataResponse response;
  response.brokers = {{BrokerId(1), NodeId(0)}, {BrokerId(2), NodeId(1)}};
  response.controller = BrokerId(1);
  MetadataTopic topic;
  topic.topic = TopicId(1);
  topic.topic_id = topic_id;
  topic.error = partitions == 0 ? ErrorCode::UNKNOWN_TOPIC_OR_PARTITION : ErrorCode::NONE;
  for (int p = 0; p < partitions; ++p) {
    topic.partitions.push_back(
        {{TopicId(1), p}, ErrorCode::NONE, BrokerId(1), LeaderEpoch(epoch), {BrokerId(1)}, {BrokerId(1)}});
  }
  response.topics.push_back(topic);
  return response;
}

/// The picture of an administrator that is interested in topic 1.
struct Picture {
  ClientBench<Admin> bench{client_registry(NodeRole::kAdmin), Admin{}};
  ClientMetadata& metadata = bench.client.metadata;

  Picture() {
    bench.start();
    metadata.set_topics({TopicId(1)});
  }
  void learn(const MetadataResponse& response) {
    Ctx ctx = bench.ctx();
    metadata.on_response(ctx, bench.client.network, response);
  }
};

TEST(ClientMetadata, an_older_leader_epoch_is_not_believed) {
  Picture picture;
  picture.learn(told(kFirstId, 2, 5));
  picture.learn(told(kFirstId, 2, 4));
  EXPECT_EQ(picture.metadata.partition({TopicId(1), 0})->leader_epoch, LeaderEpoch(5));
}

TEST(ClientMetadata, a_topic_that_is_not_there_any_more_has_no_partitions_and_no_leaders) {
  Picture picture;
  picture.learn(told(kFirstId, 2, 5));
  picture.learn(told(Uuid{}, 0, 0));
  EXPECT_EQ(picture.metadata.partition_count(TopicId(1)), 0);
  EXPECT_FALSE(picture.metadata.leader_node({TopicId(1), 0}).is_valid());
  picture.learn(told(kFirstId, 2, 5));
  EXPECT_EQ(picture.metadata.partition_count(TopicId(1)), 2) << "the broker in between was behind";
}

TEST(ClientMetadata, a_topic_that_was_created_again_begins_with_new_epochs) {
  Picture picture;
  picture.learn(told(kFirstId, 2, 5));
  picture.learn(told(kSecondId, 1, 0));
  EXPECT_EQ(picture.metadata.partition_count(TopicId(1)), 1);
  EXPECT_EQ(picture.metadata.partition({TopicId(1), 0})->leader_epoch, LeaderEpoch(0));
  EXPECT_EQ(picture.metadata.partition({TopicId(1), 1}), nullptr);
}

TEST(ClientMetadata, an_answer_without_brokers_is_ignored) {
  Picture picture;
  picture.learn(told(kFirstId, 2, 5));
  const std::int64_t version = picture.metadata.version();
  MetadataResponse empty = told(Uuid{}, 0, 0);
  empty.brokers.clear();
  picture.learn(empty);
  EXPECT_EQ(picture.metadata.version(), version);
  EXPECT_EQ(picture.metadata.partition_count(TopicId(1)), 2);
}

}  // namespace
}  // namespace kscope::sim::client_metadata_test
