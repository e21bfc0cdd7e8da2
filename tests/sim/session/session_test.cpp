// A session as the window uses it: forward, back, acting in the past, undo, and what the snapshot says of it.
#include "sim/session/session.h"

#include <gtest/gtest.h>

#include "source_dir_generated.h"

#include <algorithm>

#include "sim/scenario/scenario.h"

namespace kscope::session {
namespace {

std::unique_ptr<Session> open(const std::string& name, const SessionOptions& options = {}) {
  const Result<scenario::Scenario> loaded = scenario::load(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/" + name);
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : to_string(loaded.error()));
  Result<std::unique_ptr<Session>> opened = Session::open(*loaded, {}, options);
  EXPECT_TRUE(opened.has_value()) << (opened ? "" : to_string(opened.error()));
  return std::move(*opened);
}

void run_until(Session& session, SimTime time) {
  RunLimits limits;
  limits.until = time;
  session.run(limits);
}

TEST(Session, ActingInThePastMakesABranchAndKeepsTheOldOne) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(8s));
  const std::uint64_t end = session->event();
  const std::uint64_t fingerprint = session->fingerprint();
  session->seek_time(SimTime(6s));
  ASSERT_TRUE(session->post_script("crash b1").has_value());
  run_until(*session, SimTime(8s));
  EXPECT_NE(session->fingerprint(), fingerprint);
  const auto snapshot = session->snapshot({});
  ASSERT_EQ(snapshot->branches.size(), 2U);
  EXPECT_EQ(snapshot->branches[1].reason, "crash b1");
  EXPECT_EQ(snapshot->branches[1].parent, 0);

  session->switch_branch(0);
  session->seek_event(end);
  EXPECT_EQ(session->fingerprint(), fingerprint) << "the old branch is as it was";
}

TEST(Session, ThePlayheadStandsBetweenEventsAndActsHappenThere) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  EXPECT_EQ(session->now(), SimTime(6s));
  EXPECT_GT(session->next_event_time(), SimTime(6s));
  ASSERT_TRUE(session->post_script("crash b3").has_value());
  ASSERT_TRUE(session->step());
  EXPECT_EQ(session->now(), SimTime(6s)) << "the act happens where the playhead was";
  EXPECT_TRUE(*session->check("up(b3) == 0"));
}

TEST(Session, TwoActsAtTheSameMomentBothHappen) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  ASSERT_TRUE(session->post_script("crash b2").has_value());
  ASSERT_TRUE(session->post_script("crash b3").has_value());
  run_until(*session, SimTime(7s));
  EXPECT_TRUE(*session->check("up(b2) == 0 & up(b3) == 0"));
}

TEST(Session, UndoGoesToTheMomentBeforeTheAct) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  const std::uint64_t event = session->event();
  ASSERT_TRUE(session->post_script("crash b2").has_value());
  run_until(*session, SimTime(7s));
  ASSERT_TRUE(session->undo());
  EXPECT_EQ(session->event(), event);
  EXPECT_TRUE(*session->check("up(b2) == 1"));
  ASSERT_TRUE(session->redo());
  run_until(*session, SimTime(7s));
  EXPECT_TRUE(*session->check("up(b2) == 0"));
  EXPECT_FALSE(session->redo()) << "there is nothing more to redo";
}

TEST(Session, TheSameActAtTheSameMomentGivesTheSameBranch) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  std::uint64_t fingerprints[2] = {};
  for (std::uint64_t& fingerprint : fingerprints) {
    session->seek_time(SimTime(6s));
    ASSERT_TRUE(session->post_script("crash b1").has_value());
    run_until(*session, SimTime(9s));
    fingerprint = session->fingerprint();
    session->undo();
  }
  EXPECT_EQ(fingerprints[0], fingerprints[1]);
}

TEST(Session, AMistypedScriptLineNamesTheNearestWord) {
  const auto session = open("lessons/hello.toml");
  const auto verb = session->post_script("crush b1");
  ASSERT_FALSE(verb.has_value());
  EXPECT_NE(verb.error().text.find("crash"), std::string::npos) << verb.error().text;
  const auto node = session->post_script("crash b9");
  ASSERT_FALSE(node.has_value());
  EXPECT_EQ(session->snapshot({})->branches.size(), 1U) << "a refused act leaves no trace";
}

TEST(Session, OffersAreGreyWithTheReasonWhereTheyWouldDoNothing) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  const auto find = [&](const std::string& script) {
    const auto snapshot = session->snapshot({});
    for (const view::Node& node : snapshot->nodes) {
      for (ActionOffer& offer : session->offers({view::EntityKind::kNode, node.node, -1, -1})) {
        if (offer.script == script) {
          return offer;
        }
      }
    }
    return ActionOffer{};
  };
  EXPECT_EQ(find("crash b1").refusal, "");
  EXPECT_EQ(find("restart b1").refusal, "b1 is running.");
  ASSERT_TRUE(session->post_script("crash b1").has_value());
  session->step();
  EXPECT_EQ(find("crash b1").refusal, "b1 is already down.");
  EXPECT_EQ(find("restart b1").refusal, "");
}

TEST(Session, SnapshotTellsWhoLeadsAndWhatIsCommitted) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(12s));
  const auto snapshot = session->snapshot({});
  ASSERT_EQ(snapshot->partitions.size(), 3U);
  for (const view::Partition& partition : snapshot->partitions) {
    EXPECT_EQ(partition.isr.size(), 3U) << partition.name;
    ASSERT_EQ(partition.replicas.size(), 3U);
    EXPECT_EQ(std::count_if(partition.replicas.begin(), partition.replicas.end(),
                            [](const view::Replica& replica) { return replica.is_leader; }),
              1);
    for (const view::Replica& replica : partition.replicas) {
      EXPECT_LE(replica.high_watermark, replica.log_end_offset);
    }
  }
  ASSERT_EQ(snapshot->groups.size(), 1U);
  EXPECT_EQ(snapshot->groups[0].state, "Stable");
  EXPECT_EQ(snapshot->health.text, "Healthy");
  EXPECT_FALSE(snapshot->caption.empty());
  EXPECT_TRUE(snapshot->next.exists);
  EXPECT_FALSE(snapshot->events.empty());
}

TEST(Session, EventsPageFollowsTheFilter) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(8s));
  view::Interest interest;
  interest.event_filter = "type:Fetch & to:b1";
  const auto snapshot = session->snapshot(interest);
  ASSERT_FALSE(snapshot->events.empty());
  for (const view::EventRow& row : snapshot->events) {
    std::string type = row.type;
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    EXPECT_NE(type.find("fetch"), std::string::npos) << row.type;
    EXPECT_EQ(row.to, "b1");
  }
  interest.event_filter = "typ:Fetch";
  EXPECT_NE(session->snapshot(interest)->filter_error.find("type"), std::string::npos);
}

TEST(Session, BeatsGoForwardAndBackToTheSameMoments) {
  const auto session = open("lessons/hello.toml");
  std::vector<std::uint64_t> forward;
  for (int i = 0; i < 6 && session->step_beat(true, 1); ++i) {
    forward.push_back(session->event());
  }
  ASSERT_EQ(forward.size(), 6U);
  for (std::size_t i = forward.size() - 1; i > 0; --i) {
    ASSERT_TRUE(session->step_beat(false, 1));
    EXPECT_EQ(session->event(), forward[i - 1]);
  }
}

TEST(Session, SavedScenarioWithWhatWasDoneByHandRunsAlike) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  ASSERT_TRUE(session->post_script("crash b3").has_value());
  run_until(*session, SimTime(10s));
  const Result<scenario::Scenario> saved = scenario::parse(session->save(), "saved.toml");
  ASSERT_TRUE(saved.has_value()) << to_string(saved.error());
  Result<std::unique_ptr<Session>> again = Session::open(*saved);
  ASSERT_TRUE(again.has_value());
  run_until(**again, SimTime(10s));
  EXPECT_TRUE(*(*again)->check("up(b3) == 0"));
}

}  // namespace
}  // namespace kscope::session
