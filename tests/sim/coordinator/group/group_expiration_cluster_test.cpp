// Committed offsets expire in a whole cluster: the tombstones are replicated, a coordinator that takes over reads them, and
// compaction takes them away. The group's coordinator is crashed before, between and after.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/world/cluster.h"

namespace kscope::sim::group_expiration_cluster_test {
namespace {

// b1 leads __consumer_offsets-0 at first. billing is empty from 15 s on: its offsets are due at 75 s, and b1 looks every 5 s.
constexpr const char* kAway = R"toml(
title = "away"
seed = 3
until = "150s"
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 2
offsets.topic.segment.bytes = 1000
offsets.retention.minutes = 1
offsets.retention.check.interval.ms = 5000
log.cleaner.backoff.ms = 1000
log.cleaner.delete.retention.ms = 5000
zookeeper.session.timeout.ms = 6000
auto.leader.rebalance.enable = false
[[broker]]
id = 1
[[broker]]
id = 2
[[topic]]
name = "orders"
partitions = 2
replication.factor = 2
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "10/s", key = "uniform(20)", limit = 100 }
[[group]]
id = "billing"
topics = ["orders"]
members = 1
commit = "after-processing"
processing.time = "1ms"
config = { auto.offset.reset = "earliest" }
[[at]]
time = "15s"
do = "shutdown billing-1"
)toml";

class Story : public Observer {
 public:
  struct Told {
    SimTime at;
    NodeId node;
    Note note;
  };
  void on_event(const World&, const EventInfo<KafkaTypes>& event) override {
    for (const Note& note : event.notes) {
      if (note.kind == NoteKind::kOffsetExpired || note.kind == NoteKind::kGroupDeleted ||
          note.kind == NoteKind::kPositionReset || note.kind == NoteKind::kGenerationAssigned) {
        told.push_back({event.time, event.node, note});
      }
    }
  }
  [[nodiscard]] std::vector<Told> of(NoteKind kind) const {
    std::vector<Told> found;
    for (const Told& one : told) {
      if (one.note.kind == kind) {
        found.push_back(one);
      }
    }
    return found;
  }
  std::vector<Told> told;
};

World world_of(const std::string& text) {
  const auto scenario = scenario::parse(text, "away.toml");
  KSCOPE_CHECK(scenario.has_value(), "the scenario of this test is valid");
  Registry registry = scenario::make_registry(*scenario);
  const auto inputs = scenario::make_inputs(*scenario, registry);
  World world(KafkaModel{}, std::move(registry), scenario::make_nodes(*scenario), scenario::make_network(*scenario),
              scenario->seed);
  for (const scenario::ScheduledInput& input : inputs) {
    world.schedule(input.time, input.input);
  }
  return world;
}

std::string at(const char* time, const char* action) {
  return std::string("[[at]]\ntime = \"") + time + "\"\ndo = \"" + action + "\"\n";
}

void run(World& world, Story& story, Duration until) {
  Observer* const observers[] = {&story};
  while (world.step(observers, SimTime(until))) {
  }
}

/// Records of the log of `broker` that are of the kind, and not compacted away.
int count_of(const World& world, std::size_t broker, CoordinatorRecordKind kind) {
  int count = 0;
  const PartitionLog& log = world.durable(world.registry().broker_nodes[broker]).logs.find({kOffsetsTopic, 0})->log;
  for (const RecordBatch& batch : log.batches()) {
    for (std::size_t i = 0; batch.coordinator_records != nullptr && i < batch.coordinator_records->size(); ++i) {
      count += (*batch.coordinator_records)[i].kind == kind && !(*batch.records)[i].is_removed() ? 1 : 0;
    }
  }
  return count;
}

const Group* group_on(const World& world, std::size_t broker) {
  return std::get<Broker>(*world.role(world.registry().broker_nodes[broker])).groups.find(GroupId(0));
}

TEST(OffsetsExpiry, tombstones_are_replicated_and_a_coordinator_that_takes_over_reads_them) {
  World world = world_of(std::string(kAway) + at("85s", "crash b1") + at("100s", "restart billing-1"));
  Story story;
  run(world, story, 84s);
  EXPECT_EQ(group_on(world, 0), nullptr);
  EXPECT_EQ(count_of(world, 1, CoordinatorRecordKind::kTombstone), 2) << "on the follower";
  EXPECT_EQ(count_of(world, 1, CoordinatorRecordKind::kGroupTombstone), 1);
  const auto expired = story.of(NoteKind::kOffsetExpired);
  ASSERT_EQ(expired.size(), 2U);
  EXPECT_GE(expired[0].at, SimTime(75s));
  EXPECT_LE(expired[0].at, SimTime(81s));
  run(world, story, 99s);
  EXPECT_EQ(group_on(world, 1), nullptr) << "b2 leads by now";
  run(world, story, 150s);
  EXPECT_EQ(story.of(NoteKind::kOffsetExpired).size(), 2U) << "b2 has nothing to delete";
  const auto starts = story.of(NoteKind::kPositionReset);
  ASSERT_EQ(starts.size(), 4U);
  EXPECT_EQ(starts[3].note.a, 0);
  EXPECT_EQ(starts[3].note.b, 0) << "auto.offset.reset=earliest, not the committed offset";
  EXPECT_NE(group_on(world, 1), nullptr);
  const auto generations = story.of(NoteKind::kGenerationAssigned);
  ASSERT_GE(generations.size(), 2U);
  const auto anew = std::find_if(generations.begin(), generations.end(),
                                 [](const Story::Told& one) { return one.at > SimTime(100s); });
  ASSERT_NE(anew, generations.end());
  EXPECT_EQ(anew->note.a, 1) << "a new group of the name";
}

TEST(OffsetsExpiry, a_coordinator_that_takes_over_before_counts_from_when_the_group_became_empty) {
  World world = world_of(std::string(kAway) + at("60s", "crash b1"));
  Story story;
  run(world, story, 95s);
  const auto expired = story.of(NoteKind::kOffsetExpired);
  ASSERT_EQ(expired.size(), 2U);
  EXPECT_EQ(expired[0].node, world.registry().broker_nodes[1]);
  EXPECT_GE(expired[0].at, SimTime(75s));
  EXPECT_LE(expired[0].at, SimTime(81s)) << "the failover does not begin the retention anew";
  EXPECT_EQ(expired[0].note.b, static_cast<std::int64_t>(OffsetExpiry::kGroupEmpty));
  EXPECT_EQ(story.of(NoteKind::kGroupDeleted).size(), 1U);
}

TEST(OffsetsExpiry, a_group_of_kip_848_is_gone_for_a_coordinator_that_takes_over_and_begins_again_with_epoch_1) {
  std::string text = "metadata = \"kraft\"\n" + std::string(kAway);
  text.replace(text.find("zookeeper.session.timeout.ms = 6000"), 35,
               "group.coordinator.rebalance.protocols = \"classic,consumer\"");
  text.replace(text.find("config = { auto"), 15, "config = { group.protocol = \"consumer\", auto");
  World world = world_of(text + at("85s", "crash b1") + at("110s", "restart billing-1"));
  Story story;
  run(world, story, 84s);
  const auto expired = story.of(NoteKind::kOffsetExpired);
  ASSERT_EQ(expired.size(), 2U);
  EXPECT_EQ(expired[0].note.b, static_cast<std::int64_t>(OffsetExpiry::kNoMembers));
  EXPECT_EQ(story.of(NoteKind::kGroupDeleted).size(), 1U);
  run(world, story, 109s);
  const auto& groups = std::get<Broker>(*world.role(world.registry().broker_nodes[1])).groups;
  ASSERT_EQ(groups.partitions.size(), 1U) << "b2 leads by now";
  EXPECT_EQ(groups.find_consumer_group(GroupId(0)), nullptr);
  EXPECT_EQ(groups.find(GroupId(0)), nullptr);
  run(world, story, 150s);
  const auto generations = story.of(NoteKind::kGenerationAssigned);
  const auto anew = std::find_if(generations.begin(), generations.end(),
                                 [](const Story::Told& one) { return one.at > SimTime(110s); });
  ASSERT_NE(anew, generations.end());
  EXPECT_EQ(anew->note.a, 1);
  EXPECT_EQ(story.of(NoteKind::kPositionReset).back().note.b, 0) << "auto.offset.reset=earliest";
}

TEST(OffsetsExpiry, compaction_takes_the_commits_away_and_then_the_tombstones) {
  std::string text = kAway;
  text.replace(text.find(", limit = 100"), 13, "");  // so that the group commits often when it is back
  World world = world_of(text + at("95s", "restart billing-1"));
  Story story;
  run(world, story, 90s);
  ASSERT_EQ(count_of(world, 0, CoordinatorRecordKind::kGroupTombstone), 1);
  run(world, story, 150s);
  EXPECT_EQ(count_of(world, 0, CoordinatorRecordKind::kGroupTombstone), 0);
  EXPECT_EQ(count_of(world, 0, CoordinatorRecordKind::kTombstone), 0);
  ASSERT_NE(group_on(world, 0), nullptr);
  EXPECT_EQ(group_on(world, 0)->offsets.size(), 2U) << "of the new group";
}

}  // namespace
}  // namespace kscope::sim::group_expiration_cluster_test
