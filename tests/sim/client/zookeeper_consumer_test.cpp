// The old consumer (offsets.storage=zookeeper): shares, znodes, and what becomes of them when a session ends.
#include "sim/client/zookeeper_consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/session/state_reader.h"
#include "sim/view/described.h"
#include "sim/zookeeper/zk_paths.h"
#include "tests/sim/session/session_fixture.h"

namespace kscope::sim::zookeeper_consumer_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(RangeShare, the_first_members_get_one_more) {
  std::vector<std::int32_t> counts;
  std::int32_t next = 0;
  for (std::int32_t i = 0; i < 3; ++i) {
    const RangeShare share = range_share(8, 3, i);
    EXPECT_EQ(share.first, next) << "runs follow each other";
    next += share.count;
    counts.push_back(share.count);
  }
  EXPECT_THAT(counts, ElementsAre(3, 3, 2));
  EXPECT_EQ(range_share(1, 3, 2).count, 0);
}

constexpr const char* kTwoOldConsumers = R"toml(
title = "two old consumers"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 5
until = "60s"
[[broker]]
id = 1
[[topic]]
name = "orders"
partitions = 4
replication.factor = 1
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "none" }
[[group]]
id = "legacy"
topics = ["orders"]
members = 2
processing.time = "1ms"
config = { offsets.storage = "zookeeper", auto.offset.reset = "earliest", auto.commit.interval.ms = 1000 }
[[at]]
time = "30s"
do = "crash legacy-1"
[[at]]
time = "45s"
do = "shutdown legacy-2"
)toml";

constexpr TopicId kOrdersTopic{1};

struct OldConsumers : testing::Test {
  OldConsumers() : session(session::opened(scenario::parse(kTwoOldConsumers, "old.toml"))) {}
  [[nodiscard]] const ZnodeTree& znodes() const { return *session::find_znodes(session->world()); }
  [[nodiscard]] std::vector<std::string> ids() const { return znodes().children(zk::consumer_ids_path("legacy")); }
  /// The consumer that has the owner znode; not valid: there is none.
  [[nodiscard]] NodeId owner(std::int32_t partition) const {
    const Znode* znode = znodes().find(zk::consumer_owner_path("legacy", "orders", partition));
    return znode == nullptr ? NodeId{} : znode->data->node;
  }
  [[nodiscard]] NodeId node(std::string_view name) const {
    const std::vector<NodeEntry>& nodes = session->world().registry().nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].name == name) {
        return NodeId(static_cast<std::int32_t>(i));
      }
    }
    return NodeId{};
  }
  std::unique_ptr<session::Session> session;
};

TEST_F(OldConsumers, register_an_id_and_own_a_run_of_partitions_each) {
  session::run_until(*session, SimTime(25s));
  EXPECT_THAT(ids(), SizeIs(2));
  EXPECT_EQ(owner(0), node("legacy-1"));
  EXPECT_EQ(owner(1), node("legacy-1"));
  EXPECT_EQ(owner(2), node("legacy-2"));
  EXPECT_EQ(owner(3), node("legacy-2"));
  const Znode* offset = znodes().find(zk::consumer_offset_path("legacy", "orders", 0));
  ASSERT_NE(offset, nullptr);
  EXPECT_GT(offset->data->number, 0);
  EXPECT_FALSE(offset->ephemeral_owner.is_valid()) << "an offset outlives its consumer";
  EXPECT_EQ(session::find_group(session->world(), GroupId(0)), nullptr) << "no broker knows the group";
}

TEST_F(OldConsumers, keep_what_they_own_until_their_session_is_over) {
  session::run_until(*session, SimTime(32s));
  EXPECT_EQ(owner(0), node("legacy-1")) << "nobody has noticed the crash";
  session::run_until(*session, SimTime(44s));
  EXPECT_THAT(ids(), SizeIs(1));
  for (std::int32_t p = 0; p < 4; ++p) {
    EXPECT_EQ(owner(p), node("legacy-2")) << p;
  }
}

TEST_F(OldConsumers, take_their_znodes_with_them_when_they_close) {
  session::run_until(*session, SimTime(50s));
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_FALSE(owner(0).is_valid());
  const Znode* offset = znodes().find(zk::consumer_offset_path("legacy", "orders", 3));
  ASSERT_NE(offset, nullptr);
  const Consumer* closed = session::find_consumer(session->world(), node("legacy-2"));
  EXPECT_EQ(closed, nullptr) << "the process has ended";
}

TEST_F(OldConsumers, are_described_as_their_znodes_say) {
  session::run_until(*session, SimTime(25s));
  const view::Described described = view::build_described(session->world(), false);
  ASSERT_THAT(described.groups, SizeIs(1));
  const view::DescribedGroup& group = described.groups.front();
  EXPECT_TRUE(group.exists);
  EXPECT_EQ(group.coordinator, -1);
  ASSERT_THAT(group.members, SizeIs(2));
  EXPECT_EQ(group.members[0].client_id, "legacy-1");
  EXPECT_EQ(group.members[0].member_id, ids()[0]);
  EXPECT_THAT(group.members[0].assignment, SizeIs(2));
  ASSERT_THAT(group.offsets, SizeIs(4));
  EXPECT_TRUE(group.offsets[0].committed.has_value());
}

TEST_F(OldConsumers, have_offsets_that_the_registry_finds_by_their_path) {
  const Registry& registry = session->world().registry();
  const auto found = zk::parse_consumer_offset_path(registry, zk::consumer_offset_path("legacy", "orders", 2));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->group, GroupId(0));
  EXPECT_EQ(found->partition, (TopicPartition{kOrdersTopic, 2}));
  for (const char* other : {"/consumers/legacy/owners/orders/2", "/consumers/legacy/offsets/orders", "/brokers/ids/1",
                            "/consumers/nobody/offsets/orders/2", "/consumers/legacy/offsets/nothing/2"}) {
    EXPECT_FALSE(zk::parse_consumer_offset_path(registry, other).has_value()) << other;
  }
}

}  // namespace
}  // namespace kscope::sim::zookeeper_consumer_test
