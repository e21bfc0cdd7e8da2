// The ribbon of the timeline: what held when, over the whole branch, and the same after going back and acting.
#include "sim/session/health_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/sim/session/session_fixture.h"

namespace kscope::session::health_log_test {
namespace {

using view::HealthState;

HealthState at(const Session& session, SimTime time) {
  const auto snapshot = session.snapshot({});
  for (const view::HealthSpan& span : snapshot->health_over_time) {
    if (time >= span.from && time < span.to) {
      return span.state;
    }
  }
  ADD_FAILURE() << "a gap in the ribbon";
  return HealthState::kStarting;
}

TEST(HealthOverTime, spans_follow_each_other_without_gaps_to_the_end_of_what_is_computed) {
  const auto session = open("lessons/leader-crash-acks-1.toml");
  run_until(*session, SimTime(40s));
  const auto snapshot = session->snapshot({});
  const auto& spans = snapshot->health_over_time;
  ASSERT_GE(spans.size(), 3U);
  EXPECT_EQ(spans.back().to, snapshot->end_time);
  for (std::size_t i = 1; i < spans.size(); ++i) {
    EXPECT_EQ(spans[i].from, spans[i - 1].to);
    EXPECT_NE(spans[i].state, spans[i - 1].state);
  }
}

// The chip of the top bar and the ribbon must not tell two stories: every half second of a run in which a broker dies, records
// are lost and the broker comes back.
TEST(HealthOverTime, it_is_what_the_snapshot_of_that_moment_says) {
  const auto session = open("lessons/leader-crash-acks-1.toml");
  run_until(*session, SimTime(50s));
  int differing = 0;
  std::set<HealthState> seen;
  for (SimTime time = SimTime(1s); time < SimTime(50s); time += 500ms) {
    const HealthState state = at(*session, time);
    seen.insert(state);
    session->seek_time(time);
    const auto snapshot = session->snapshot({});
    const view::Health& h = snapshot->health;
    const bool has_brokers_down =
        std::any_of(snapshot->nodes.begin(), snapshot->nodes.end(), [](const view::Node& node) {
          return node.role == view::NodeRole::kBroker &&
                 (node.status == view::NodeStatus::kDown || node.status == view::NodeStatus::kStarting);
        });
    const HealthState said = h.verdict == view::Verdict::kBroken ? HealthState::kInvariantBroken
                             : h.acked_lost > 0                  ? HealthState::kRecordsLost
                             : h.offline > 0                     ? HealthState::kOffline
                             : h.under_min_isr > 0               ? HealthState::kUnderMinIsr
                             : h.under_replicated > 0            ? HealthState::kUnderReplicated
                             : snapshot->partitions.empty()      ? HealthState::kStarting
                             : has_brokers_down                  ? HealthState::kBrokersDown
                                                                 : HealthState::kHealthy;
    EXPECT_EQ(static_cast<int>(state), static_cast<int>(said)) << "at " << time.time_since_epoch().count() << " ns";
    differing += state == said ? 0 : 1;
    ASSERT_LT(differing, 5);
  }
  EXPECT_TRUE(seen.contains(HealthState::kHealthy));
  EXPECT_TRUE(seen.contains(HealthState::kRecordsLost)) << "the scenario loses acknowledged records";
}

TEST(HealthOverTime, acting_in_the_past_keeps_what_was_before_and_tells_the_rest_anew) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(12s));
  ASSERT_EQ(at(*session, SimTime(9s)), HealthState::kHealthy);
  session->seek_time(SimTime(8s));
  ASSERT_TRUE(session->post_script("crash b1").has_value());
  run_until(*session, SimTime(12s));
  EXPECT_EQ(at(*session, SimTime(7500ms)), HealthState::kHealthy);
  EXPECT_NE(at(*session, SimTime(8500ms)), HealthState::kHealthy);
  session->switch_branch(0);
  EXPECT_EQ(at(*session, SimTime(9s)), HealthState::kHealthy) << "the old branch has its own ribbon";
}

TEST(HealthOverTime, a_cluster_that_is_to_have_no_topic_has_started_when_its_brokers_are_registered) {
  const auto session = opened(scenario::parse("[[broker]]\nid = 1\n[[broker]]\nid = 2\n", "no_topics.toml"));
  ASSERT_NE(session, nullptr);
  run_until(*session, SimTime(10s));
  EXPECT_EQ(at(*session, SimTime()), HealthState::kStarting);
  EXPECT_EQ(at(*session, SimTime(9s)), HealthState::kHealthy);
  EXPECT_EQ(session->snapshot({})->health.text, "Healthy, no topics");
  ASSERT_TRUE(session->post_script("crash b2").has_value());
  run_until(*session, SimTime(12s));
  EXPECT_EQ(at(*session, SimTime(11s)), HealthState::kBrokersDown);
}

}  // namespace
}  // namespace kscope::session::health_log_test
