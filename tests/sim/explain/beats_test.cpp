#include "sim/explain/beats.h"

#include <gmock/gmock.h>

#include "tests/sim/session/session_fixture.h"

namespace kscope::sim::beats_test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// Replicas of orders-0 are b2 and b3; the controller is b1, which has none.
constexpr const char* kCluster = R"(
title = "Elections that fail"
until = "120s"
[defaults.broker]
zookeeper.session.timeout.ms = 6000
replica.lag.time.max.ms = 5000
auto.leader.rebalance.enable = false
[[broker]]
id = 1
[[broker]]
id = 2
start = "2s"
[[broker]]
id = 3
start = "2s"
[[topic]]
name = "orders"
assignment = [[2, 3]]
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "5/s" }
)";

std::unique_ptr<session::Session> cluster() { return session::opened(scenario::parse(kCluster, "elections.toml")); }

void act(session::Session& session, Duration at, const std::string& line) {
  session::run_until(session, SimTime(at));
  ASSERT_TRUE(session.post_script(line)) << line;
}

std::vector<std::string> story_until(session::Session& session, Duration end) {
  session::run_until(session, SimTime(end));
  std::vector<std::string> lines;
  for (const view::Beat& beat : session.beats(1)) {
    lines.push_back(beat.text);
  }
  return lines;
}

TEST(Story, an_offset_that_expires_says_why_and_what_that_means) {
  constexpr const char* kAway = R"(
title = "Away for too long"
until = "100s"
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
offsets.retention.minutes = 1
offsets.retention.check.interval.ms = 5000
[[broker]]
id = 1
[[topic]]
name = "orders"
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "5/s" }
[[group]]
id = "billing"
topics = ["orders"]
)";
  const auto session = session::opened(scenario::parse(kAway, "away.toml"));
  act(*session, 20s, "shutdown billing-1");
  const std::vector<std::string> lines = story_until(*session, 95s);
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("Group billing loses its offset"),
                                    HasSubstr("of orders-0: nobody has been in "
                                              "the group for 6"),
                                    HasSubstr("offsets.retention.minutes"), HasSubstr("auto.offset.reset"))));
  EXPECT_THAT(lines, Contains(HasSubstr("Group billing is deleted")));
}

TEST(Story, a_partition_without_leader_says_why_and_what_would_end_it) {
  const auto session = cluster();
  act(*session, 20s, "crash b3");
  act(*session, 40s, "crash b2");
  const std::vector<std::string> down = story_until(*session, 55s);
  EXPECT_THAT(down, Contains("No leader can be elected for orders-0: its ISR is b2 alone, which is down, and "
                             "unclean.leader.election.enable is false. It has one again when b2 is back."));
  EXPECT_THAT(down, Contains(HasSubstr("orders-0 has no leader now")));
  act(*session, 55s, "restart b3");
  EXPECT_THAT(story_until(*session, 70s),
              Contains(AllOf(HasSubstr("It has one again when b2 is back."),
                             HasSubstr("Alive outside the ISR: b3; an unclean election would take it"))));
  act(*session, 70s, "restart b2");
  session::run_until(*session, SimTime(85s));
  EXPECT_TRUE(*session->check("leader(orders-0) == 2")) << "what the story promised";
}

TEST(Story, when_all_of_a_larger_isr_dies_at_once_any_of_them_would_do) {
  const auto session = cluster();
  act(*session, 20s, "crash b2; crash b3");
  EXPECT_THAT(story_until(*session, 40s), Contains(AllOf(HasSubstr("No leader can be elected for orders-0"),
                                                         HasSubstr("are down"), HasSubstr("is back"))));
}

TEST(Story, a_preferred_election_that_is_refused_says_what_is_in_its_way) {
  const auto session = cluster();
  act(*session, 15s, "elect-preferred orders-0");
  EXPECT_THAT(story_until(*session, 20s),
              Contains("No election of orders-0 is needed: it has the leader that was asked for."));
  act(*session, 20s, "crash b2");
  act(*session, 40s, "elect-preferred orders-0");
  EXPECT_THAT(
      story_until(*session, 45s),
      Contains("The preferred election of orders-0 is refused: PREFERRED_LEADER_NOT_AVAILABLE, for b2, first in "
               "its replica list, is down and must come back first."));
}

TEST(Story, an_unclean_election_without_any_live_replica_fails_too) {
  const auto session = cluster();
  act(*session, 20s, "crash b2; crash b3");
  act(*session, 40s, "elect-unclean orders-0");
  EXPECT_THAT(story_until(*session, 45s), Contains(HasSubstr("ELIGIBLE_LEADERS_NOT_AVAILABLE")));
}

/// Two members of billing speak the classic protocol.
constexpr const char* kClassicGroup = R"(
title = "A group that moves"
metadata = "kraft"
until = "120s"
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
group.coordinator.rebalance.protocols = "classic,consumer"
group.consumer.migration.policy = "bidirectional"
[[broker]]
id = 1
[[topic]]
name = "orders"
partitions = 4
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "5/s" }
[[group]]
id = "billing"
topics = ["orders"]
members = 2
)";

TEST(Story, a_group_that_moves_to_the_other_protocol_and_back_says_who_made_it) {
  const auto session = session::opened(scenario::parse(kClassicGroup, "moves.toml"));
  act(*session, 20s, "set billing-1 group.protocol consumer");
  EXPECT_THAT(story_until(*session, 25s), Not(Contains(HasSubstr("moves to"))));  // it takes that when it starts again
  act(*session, 25s, "shutdown billing-1");
  act(*session, 27s, "restart billing-1");
  EXPECT_THAT(story_until(*session, 40s),
              AllOf(Contains(HasSubstr("Group billing moves to the consumer protocol because billing-1 joins with it")),
                    Contains("billing-1 joins group billing: the coordinator assigns anew, nobody has to rejoin.")));
  act(*session, 40s, "set billing-1 group.protocol classic");
  act(*session, 40s, "shutdown billing-1");
  EXPECT_THAT(story_until(*session, 50s),
              Contains(HasSubstr("Group billing moves back to the classic protocol: billing-1 was the last member")));
  act(*session, 50s, "restart billing-1");
  EXPECT_THAT(story_until(*session, 60s), Contains("billing-1 joins group billing: all members must rejoin."));
}

TEST(Story, a_refused_change_of_the_isr_is_told_with_its_error) {
  Registry registry;
  registry.nodes.push_back({NodeRole::kBroker, "b1", 0, Duration{0}});
  registry.topics.resize(2);
  registry.topics[1].name = "orders";
  Note note;
  note.kind = NoteKind::kRequestRefused;
  note.partition = {TopicId(1), 0};
  note.a = Message{0, AlterPartitionRequest{}}.kind();
  note.b = static_cast<std::int64_t>(ErrorCode::FENCED_LEADER_EPOCH);
  Event event;
  event.node = NodeId(0);
  const auto told = beat_of_note(note, event, registry);
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(
      told->text,
      "b1, the controller, refuses another ISR for orders-0: FENCED_LEADER_EPOCH. Who asked is no longer its leader.");
  EXPECT_LE(told->rank, 1);
}

}  // namespace
}  // namespace kscope::sim::beats_test
