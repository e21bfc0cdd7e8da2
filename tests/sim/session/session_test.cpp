// A session as the window uses it: forward, back, acting in the past, undo, and what the snapshot says of it.
#include "sim/session/session.h"

#include <gtest/gtest.h>

#include "source_dir_generated.h"

#include <algorithm>
#include <optional>

#include "sim/scenario/scenario.h"
#include "tests/sim/session/session_fixture.h"

namespace kscope::session::session_test {
namespace {

std::unique_ptr<Session> open(const std::string& name, const SessionOptions& options = {}) {
  const Result<scenario::Scenario> loaded = scenario::load(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/" + name);
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : to_string(loaded.error()));
  Result<std::unique_ptr<Session>> opened = Session::open(*loaded, {}, options);
  EXPECT_TRUE(opened.has_value()) << (opened ? "" : to_string(opened.error()));
  return std::move(*opened);
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

TEST(Session, ABrokerInKraftModeIsShownWithoutZooKeeper) {
  const auto session = open("quorum/broker-fenced.toml");
  run_until(*session, SimTime(12s));
  view::Interest interest;
  const auto picture = session->snapshot({});
  for (const view::Node& node : picture->nodes) {
    if (node.name == "b1") {
      interest.selection = {view::EntityKind::kNode, node.node};
    }
  }
  const auto inspected = session->snapshot(interest);
  std::string controller;
  for (const view::Fact& fact : inspected->inspection.facts) {
    EXPECT_EQ(fact.name.find("ZooKeeper"), std::string::npos) << fact.name;
    controller = fact.name == "knows the controller as" ? fact.value : controller;
  }
  EXPECT_TRUE(controller.starts_with("c")) << controller << ": expected one of the quorum";
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

TEST(Session, ClustersStartBeforeAnybodyIsDown) {
  const auto session = open("lessons/hello.toml");
  EXPECT_EQ(session->snapshot({})->health.text, "Starting");
  EXPECT_EQ(session->snapshot({})->event, 0U);
}

TEST(Session, HealthKnowsOfBrokersThatNobodyCanReachYet) {
  const auto session = open("faults/power-loss.toml");
  run_until(*session, SimTime(30s));
  const auto snapshot = session->snapshot({});
  // All three have just been started again; the controller that would call their partitions offline is gone with them.
  EXPECT_EQ(snapshot->health.offline, 0);
  EXPECT_EQ(snapshot->health.text, "3 brokers not registered");
  for (const view::Replica& replica : snapshot->partitions.at(0).replicas) {
    EXPECT_LE(replica.high_watermark, replica.log_end_offset) << "the checkpoint outlived the records";
  }
}

TEST(Session, RecordsAreShownOfOnePartitionWhenOnlyThatIsAsked) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(10s));
  view::Interest interest;
  const auto cells_in = [](const view::Partition& p) {
    std::size_t count = 0;
    for (const view::Replica& replica : p.replicas) {
      count += replica.cells.size();
    }
    return count;
  };
  const auto all = session->snapshot({});
  for (const view::Partition& partition : all->partitions) {
    EXPECT_GT(cells_in(partition), 0U) << partition.name;
  }
  interest.cells_of = {view::EntityKind::kPartition, all->partitions[1].topic, all->partitions[1].partition};
  const auto one = session->snapshot(interest);
  ASSERT_EQ(one->partitions.size(), all->partitions.size());
  for (std::size_t i = 0; i < one->partitions.size(); ++i) {
    EXPECT_EQ(cells_in(one->partitions[i]), i == 1 ? cells_in(all->partitions[1]) : 0U) << one->partitions[i].name;
    EXPECT_EQ(one->partitions[i].log_end_offset, all->partitions[i].log_end_offset);
  }
}

TEST(Session, APartitionShowsWhereReadCommittedStops) {
  const auto session = open("transactions/crash-leaves-it-open.toml");
  run_until(*session, SimTime(22s));
  view::Interest interest;
  const auto picture = session->snapshot({});
  for (const view::Partition& partition : picture->partitions) {
    if (partition.name == "orders-0") {
      interest.selection = {view::EntityKind::kPartition, partition.topic, partition.partition};
    }
  }
  const auto value_of = [&](const std::string& name) {
    const auto inspected = session->snapshot(interest);
    for (const view::Fact& fact : inspected->inspection.facts) {
      if (fact.name == name) {
        return std::stoll(fact.value);
      }
    }
    return -1LL;
  };
  EXPECT_GE(value_of("last stable offset"), 0);
  EXPECT_LT(value_of("last stable offset"), value_of("high watermark")) << "the transaction of who crashed is open";
  run_until(*session, SimTime(59s));
  EXPECT_EQ(value_of("last stable offset"), value_of("high watermark"));
}

TEST(Session, WhatIsPinnedIsInspectedBesideTheSelection) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(10s));
  view::Interest interest;
  const auto plain = session->snapshot({});
  for (const view::Node& node : plain->nodes) {
    interest.pinned.push_back({view::EntityKind::kNode, node.node});
  }
  const auto snapshot = session->snapshot(interest);
  ASSERT_EQ(snapshot->pinned.size(), interest.pinned.size());
  for (std::size_t i = 0; i < snapshot->pinned.size(); ++i) {
    interest.selection = interest.pinned[i];
    const auto selected = session->snapshot(interest);
    EXPECT_EQ(snapshot->pinned[i].entity, interest.selection);
    EXPECT_EQ(snapshot->pinned[i].title, selected->inspection.title);
    EXPECT_EQ(snapshot->pinned[i].facts.size(), selected->inspection.facts.size());
  }
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

TEST(Session, ActsThatAreJoinedAreOneActForUndoAndForTheFile) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  const std::uint64_t before = session->event();
  ASSERT_FALSE(session->post_script("cut b1 b2; cut b1 b9").has_value());
  EXPECT_EQ(session->snapshot({})->branches.size(), 1U) << "when one of them is wrong, none is carried out";
  ASSERT_TRUE(session->post_script("cut b1 b2; cut b1 b3").has_value());
  run_until(*session, SimTime(7s));
  const auto snapshot = session->snapshot({});
  EXPECT_EQ(snapshot->branches.size(), 2U);
  EXPECT_EQ(snapshot->link_faults.size(), 2U);
  EXPECT_EQ(std::count_if(snapshot->script.begin(), snapshot->script.end(),
                          [](const view::ScriptLine& line) { return line.is_by_hand; }),
            2);
  const Result<scenario::Scenario> saved = scenario::parse(session->save(), "saved.toml");
  ASSERT_TRUE(saved.has_value()) << to_string(saved.error());
  EXPECT_EQ(saved->actions.size(), 2U);
  ASSERT_TRUE(session->can_undo());
  ASSERT_TRUE(session->undo());
  EXPECT_EQ(session->event(), before);
  EXPECT_TRUE(session->snapshot({})->link_faults.empty());
  EXPECT_FALSE(session->can_undo());
  EXPECT_TRUE(session->can_redo());
}

TEST(Session, EveryFaultThatAClickCanPutInIsOffered) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  const auto snapshot = session->snapshot({});
  const auto scripts_of = [&](const std::string& name) {
    std::vector<std::string> scripts;
    for (const view::Node& node : snapshot->nodes) {
      if (node.name == name) {
        for (const ActionOffer& offer : session->offers({view::EntityKind::kNode, node.node, -1, -1})) {
          scripts.push_back(offer.script);
          EXPECT_TRUE(offer.refusal.empty() || offer.refusal.back() == '.') << offer.script << ": " << offer.refusal;
        }
      }
    }
    return scripts;
  };
  const auto expect_offered = [&](const std::string& name, const std::vector<std::string>& wanted) {
    const std::vector<std::string> scripts = scripts_of(name);
    for (const std::string& script : wanted) {
      EXPECT_NE(std::find(scripts.begin(), scripts.end(), script), scripts.end()) << script;
    }
  };
  expect_offered("b1", {"crash b1", "shutdown b1", "restart b1", "pause b1 10s", "expire-session b1", "cut b1 b2",
                        "cut-one-way b1 b2", "cut-one-way b2 b1", "delay b1 b2 80ms", "cut b1 zk1"});
  const std::vector<std::string> of_broker = scripts_of("b1");
  EXPECT_TRUE(std::any_of(of_broker.begin(), of_broker.end(), [](const std::string& script) {
    return script.find("cut b1 b2;") != std::string::npos && script.find("cut b1 b3") != std::string::npos &&
           script.find("cut b1 zk1") != std::string::npos;
  })) << "from all servers at once";
  expect_offered("billing-1",
                 {"crash billing-1", "leave billing-1", "pause billing-1 10s", "stop-polling billing-1 10s"});
  expect_offered("b1", {"cpu-slow b1 10", "cpu-slow b1 1", "disk-fail b1", "clock-drift b1 10000", "clock-freeze b1",
                        "clock-run b1", "reset b1 b2"});
  expect_offered("billing-1", {"cpu-slow billing-1 10"});
  expect_offered("shop", {"crash shop"});
  const std::vector<std::string> of_replica = [&] {
    std::vector<std::string> scripts;
    for (const ActionOffer& offer : session->offers({view::EntityKind::kReplica, snapshot->partitions[0].topic, 0,
                                                     snapshot->partitions[0].replicas[1].node})) {
      scripts.push_back(offer.script);
    }
    return scripts;
  }();
  const std::string host = "b" + std::to_string(snapshot->partitions[0].replicas[1].broker_id);
  EXPECT_NE(std::find(of_replica.begin(), of_replica.end(), "shutdown " + host), of_replica.end())
      << "who clicks into a broker's card may mean the broker";
}

TEST(Session, AMessageCanBeHeldReleasedDelayedOrLost) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  while (session->snapshot({})->in_flight.empty()) {
    ASSERT_TRUE(session->step());
  }
  const view::InFlight message = session->snapshot({})->in_flight.front();
  const view::EntityRef entity{view::EntityKind::kMessage, static_cast<std::int64_t>(message.message), -1, -1};
  const auto offer = [&](const std::string& label) {
    for (const ActionOffer& one : session->offers(entity)) {
      if (one.label == label) {
        return one;
      }
    }
    ADD_FAILURE() << "no offer " << label;
    return ActionOffer{};
  };
  const auto find = [&]() -> std::optional<view::InFlight> {
    const auto snapshot = session->snapshot({});
    for (const view::InFlight& one : snapshot->in_flight) {
      if (one.message == message.message) {
        return one;
      }
    }
    return std::nullopt;
  };
  EXPECT_FALSE(offer("Release it").refusal.empty()) << "nothing holds it yet";
  ASSERT_EQ(offer("Hold it here").refusal, "");
  ASSERT_TRUE(session->post_script(offer("Hold it here").script).has_value());
  run_until(*session, message.arrives_at + 20ms);
  ASSERT_TRUE(find().has_value());
  EXPECT_TRUE(find()->is_held);
  EXPECT_FALSE(offer("Hold it here").refusal.empty()) << "it is held already";
  ASSERT_EQ(offer("Release it").refusal, "");
  ASSERT_TRUE(session->post_script(offer("Release it").script).has_value());
  run_until(*session, message.arrives_at + 2s);
  EXPECT_FALSE(find().has_value()) << "it has arrived";
  EXPECT_FALSE(offer("Hold it here").refusal.empty()) << "it is no longer on the wire";

  while (session->undo()) {
  }
  ASSERT_TRUE(find().has_value());
  ASSERT_TRUE(session->post_script(offer("Delay it by 3 s").script).has_value());
  run_until(*session, message.arrives_at + 2s);
  EXPECT_TRUE(find().has_value()) << "three seconds are not over";
  run_until(*session, message.arrives_at + 4s);
  EXPECT_FALSE(find().has_value());

  while (session->undo()) {
  }
  ASSERT_TRUE(session->post_script(offer("Break the connection here").script).has_value());
  run_until(*session, message.arrives_at - 1us);
  EXPECT_FALSE(find().has_value()) << "before it would have arrived";
}

TEST(Session, AnApplicationThatDoesNotPollIsAFaultThatCanBeEnded) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(8s));
  ASSERT_TRUE(session->post_script("stop-polling billing-1 10s").has_value());
  run_until(*session, SimTime(9s));
  const auto faults = session->snapshot({})->faults;
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].undo_script, "poll billing-1");
  ASSERT_TRUE(session->post_script(faults[0].undo_script).has_value());
  run_until(*session, SimTime(9500ms));
  EXPECT_TRUE(session->snapshot({})->faults.empty());
}

TEST(Session, EventsCanBePagedThroughAndNarrowedToTheNotableOnes) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(10s));
  view::Interest interest;
  interest.events_count = 50;
  interest.events_first = 0;
  const auto page = session->snapshot(interest);
  ASSERT_EQ(page->events.size(), 50U);
  EXPECT_EQ(page->events_first, 0U);
  EXPECT_EQ(page->events[0].number, 1U);
  EXPECT_EQ(page->events_matching, session->event());
  interest.events_first = -1;
  interest.beats_only = true;
  const auto notable = session->snapshot(interest);
  ASSERT_FALSE(notable->events.empty());
  EXPECT_LT(notable->events_matching, page->events_matching / 2);
  for (const view::EventRow& row : notable->events) {
    EXPECT_TRUE(row.is_beat) << row.number;
  }
  // New rows are found when time goes on, and those of a branch are its own.
  run_until(*session, SimTime(12s));
  EXPECT_GE(session->snapshot(interest)->events_matching, notable->events_matching);
  session->seek_time(SimTime(5s));
  ASSERT_TRUE(session->post_script("crash b1").has_value());
  EXPECT_LT(session->snapshot(interest)->events_matching, notable->events_matching);
}

TEST(Session, TheCausesOfAnElectionLeadBackToTheScript) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(6s));
  const auto before = session->snapshot({});
  const view::Partition& led = *std::find_if(before->partitions.begin(), before->partitions.end(),
                                             [](const view::Partition& p) { return p.leader == 1; });
  ASSERT_TRUE(session->post_script("crash b1").has_value());
  run_until(*session, SimTime(16s));
  view::Interest interest;
  interest.selection = {view::EntityKind::kPartition, led.topic, led.partition, -1};
  const auto after = session->snapshot(interest);
  EXPECT_FALSE(after->inspection.why.empty());
  ASSERT_GE(after->inspection.causes.size(), 3U);
  for (std::size_t i = 0; i + 1 < after->inspection.causes.size(); ++i) {
    EXPECT_EQ(after->inspection.causes[i].cause, after->inspection.causes[i + 1].number);
  }
  EXPECT_FALSE(after->inspection.history.empty());
  // From an event to the first that it caused, and back.
  const view::EventRow& cause = after->inspection.causes[1];
  interest.selection = {view::EntityKind::kEvent, static_cast<std::int64_t>(cause.number), -1, -1};
  const std::uint64_t effect = session->snapshot(interest)->inspection.effect;
  ASSERT_NE(effect, 0U);
  interest.selection.a = static_cast<std::int64_t>(effect);
  EXPECT_EQ(session->snapshot(interest)->inspection.causes.at(1).number, cause.number);
}

TEST(Session, AStepBackGoesOverWhatTheFilterHides) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(8s));
  view::Interest interest;
  interest.event_filter = "node:shop";
  ASSERT_TRUE(session->step_visible(false, interest));
  const std::uint64_t there = session->event();
  ASSERT_TRUE(session->step_visible(false, interest));
  ASSERT_LT(session->event(), there);
  ASSERT_TRUE(session->step_visible(true, interest));
  EXPECT_EQ(session->event(), there);
}

}  // namespace
}  // namespace kscope::session::session_test
