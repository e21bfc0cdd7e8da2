#include "sim/protocol/consumer_protocol.h"

#include <gtest/gtest.h>

namespace kscope::sim::wire::consumer_protocol_test {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(ConsumerProtocol, a_newer_version_is_read_as_the_newest_that_is_known) {
  ConsumerProtocolSubscription subscription;
  subscription.topics = {"orders"};
  subscription.generation_id = 4;
  subscription.rack_id = "r1";
  Bytes bytes = to_version_prefixed_bytes(subscription, 3);
  bytes[1] = 9;
  bytes.insert(bytes.end(), {1, 2, 3});
  const Result<Versioned<ConsumerProtocolSubscription>> read = read_subscription(bytes);
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_EQ(read->version, 3);
  EXPECT_EQ(read->message, subscription);

  ConsumerProtocolAssignment assignment;
  assignment.assigned_partitions = {{"orders", {0, 2}}};
  Bytes assigned = to_version_prefixed_bytes(assignment, 3);
  assigned[0] = 1;
  const Result<Versioned<ConsumerProtocolAssignment>> got = read_assignment(assigned);
  ASSERT_TRUE(got.has_value()) << got.error().text;
  EXPECT_EQ(got->message, assignment);
}

TEST(ConsumerProtocol, a_newer_version_must_have_the_fields_that_are_known) {
  Bytes bytes = to_version_prefixed_bytes(ConsumerProtocolSubscription{}, 3);
  bytes[1] = 9;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read_subscription(std::span(bytes).first(size))) << size;
  }
}

TEST(ConsumerProtocol, known_versions_have_nothing_behind_them_and_none_is_negative) {
  for (std::int16_t version = 0; version <= 3; ++version) {
    Bytes bytes = to_version_prefixed_bytes(ConsumerProtocolAssignment{}, version);
    EXPECT_TRUE(read_assignment(bytes));
    bytes.push_back(0);
    EXPECT_FALSE(read_assignment(bytes));
  }
  EXPECT_FALSE(read_assignment(Bytes{0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(read_subscription(Bytes{}));
}

TEST(ConsumerProtocol, fields_that_a_version_lacks_have_their_defaults) {
  ConsumerProtocolSubscription subscription;
  subscription.owned_partitions = {{"orders", {1}}};
  subscription.generation_id = 4;
  subscription.rack_id = "r1";
  EXPECT_EQ(read_subscription(to_version_prefixed_bytes(subscription, 0))->message, ConsumerProtocolSubscription{});
}

}  // namespace
}  // namespace kscope::sim::wire::consumer_protocol_test
