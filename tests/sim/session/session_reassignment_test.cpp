// A partition is moved from a script and from the window, with ZooKeeper and with KRaft; what people see of it meanwhile.
#include <algorithm>
#include <string>
#include <tuple>

#include "sim/view/described.h"
#include "tests/sim/session/session_fixture.h"

namespace kscope::session::session_reassignment_test {
namespace {

std::unique_ptr<Session> story(const std::string& metadata) {
  Result<scenario::Scenario> loaded =
      scenario::load(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/storage/move-a-partition.toml");
  EXPECT_TRUE(loaded.has_value());
  loaded->metadata = metadata;
  return opened(loaded);
}

/// orders-1, as the snapshot has it.
view::Partition second(const Session& session) {
  const auto snapshot = session.snapshot({});
  for (const view::Partition& partition : snapshot->partitions) {
    if (partition.name == "orders-1") {
      return partition;
    }
  }
  ADD_FAILURE() << "no orders-1";
  return {};
}

view::EntityRef entity(const view::Partition& partition) {
  return {view::EntityKind::kPartition, partition.topic, partition.partition, -1};
}

std::vector<std::string> offered(const Session& session, const view::EntityRef& about) {
  std::vector<std::string> scripts;
  for (const ActionOffer& offer : session.offers(about)) {
    if (offer.script.starts_with("reassign") && offer.refusal.empty()) {
      scripts.push_back(offer.script);
    }
  }
  return scripts;
}

std::string fact(const Session& session, const view::EntityRef& about, const std::string& label) {
  view::Interest interest;
  interest.selection = about;
  const auto snapshot = session.snapshot(interest);
  for (const view::Fact& one : snapshot->inspection.facts) {
    if (one.name == label) {
      return one.value;
    }
  }
  return {};
}

class Reassignment : public ::testing::TestWithParam<const char*> {};

TEST_P(Reassignment, shows_what_comes_and_what_goes_while_it_waits) {
  const auto session = story(GetParam());
  ASSERT_NE(session, nullptr);
  run_until(*session, SimTime(40s));
  EXPECT_EQ(offered(*session, entity(second(*session))), std::vector<std::string>{"reassign orders-1 b3,b2,b4"});
  run_until(*session, SimTime(58s));
  const view::Partition moving = second(*session);
  EXPECT_EQ(moving.adding, std::vector<std::int32_t>{4});
  EXPECT_EQ(moving.removing, std::vector<std::int32_t>{3});
  EXPECT_FALSE(moving.is_under_replicated) << "it has all the replicas that it had";
  EXPECT_EQ(fact(*session, entity(moving), "adding replicas"), "b4");
  EXPECT_EQ(fact(*session, entity(moving), "removing replicas"), "b3");
  EXPECT_EQ(offered(*session, entity(moving)), std::vector<std::string>{"reassign orders-1 cancel"});
  const view::Described described = view::build_described(session->world(), false);
  ASSERT_EQ(described.topics.size(), 1U);
  const view::DescribedPartition& one = described.topics[0].partitions[1];
  EXPECT_EQ(one.replicas, (std::vector<std::int32_t>{4, 2, 1, 3}));
  EXPECT_EQ(one.adding, std::vector<std::int32_t>{4});
  EXPECT_EQ(one.removing, std::vector<std::int32_t>{3});
  run_until(*session, SimTime(100s));
  EXPECT_EQ(second(*session).replica_ids, (std::vector<std::int32_t>{4, 2, 1}));
  EXPECT_TRUE(second(*session).adding.empty());
  EXPECT_EQ(fact(*session, entity(moving), "adding replicas"), "");
  for (const view::InvariantRow& row : session->invariant_rows()) {
    EXPECT_NE(row.verdict, view::Verdict::kBroken) << row.id << " " << row.name << ": " << row.detail;
  }
}

TEST_P(Reassignment, is_told_as_a_story) {
  const auto session = story(GetParam());
  ASSERT_NE(session, nullptr);
  run_until(*session, SimTime(100s));
  std::string told;
  for (const view::Beat& beat : session->beats(2)) {
    told += beat.text + "\n";
  }
  EXPECT_NE(told.find("orders-0 is to move from b1, b2, b3 to b1, b2, b4"), std::string::npos);
  EXPECT_NE(told.find("orders-0 has moved from b1, b2, b3 to b1, b2, b4."), std::string::npos);
  EXPECT_NE(told.find("b4 becomes leader of orders-0"), std::string::npos);
  EXPECT_NE(told.find("b3 does not belong to its replicas any more."), std::string::npos);
  EXPECT_NE(told.find("The move of orders-1 to b1, b2, b4 is cancelled: it stays on b1, b2, b3."), std::string::npos);
  EXPECT_NE(told.find("orders-1 is not moved. NO_REASSIGNMENT_IN_PROGRESS"), std::string::npos);
}

TEST_P(Reassignment, goes_on_with_the_next_controller) {
  const auto session = story(GetParam());
  ASSERT_NE(session, nullptr);
  run_until(*session, SimTime(50s));
  const bool is_kraft = std::string(GetParam()) == "kraft";
  ASSERT_TRUE(session->post_script(is_kraft ? "crash c1" : "delete-controller").has_value());
  run_until(*session, SimTime(59s));
  EXPECT_EQ(view::build_described(session->world(), false).topics[0].partitions[1].adding,
            std::vector<std::int32_t>{4});
  ASSERT_TRUE(session->post_script("heal b3 b4").has_value());
  run_until(*session, SimTime(65s));  // the cancellation at 60 s comes after the new replica has caught up
  EXPECT_TRUE(*session->check("acked_lost == 0 & leo(orders-1, b4) == none | leo(orders-1, b3) == none"));
  run_until(*session, SimTime(100s));
  EXPECT_TRUE(*session->check("acked_lost == 0 & isr(orders-1) == [1,2,4] & leo(orders-1, b3) == none & broken == 0"));
}

// The record that ends the move of a single replica names an ISR and a leader of which the old ISR knew nothing.
TEST_P(Reassignment, of_all_replicas_is_no_unclean_election) {
  const std::string head = std::string("metadata = \"") + GetParam() + "\"\nuntil = \"40s\"\nbrokers = 4\n";
  const std::string rest =
      "[[producer]]\nname = \"shop\"\ntopic = \"orders\"\nworkload = { rate = \"60/s\", key = \"none\" }\n"
      "[[at]]\ntime = \"20s\"\ndo = \"reassign orders-0 ";
  for (const auto& [from, to, now] : {std::tuple("[1]", "b4", "[4]"), std::tuple("[1, 2]", "b3,b4", "[3,4]")}) {
    const auto session = opened(scenario::parse(
        head + "[[topic]]\nname = \"orders\"\nassignment = [" + from + "]\n" + rest + to + "\"\n", "x.toml"));
    ASSERT_NE(session, nullptr);
    run_until(*session, SimTime(40s));
    const std::string moved = std::string("replicas(orders-0) == ") + now + " & isr(orders-0) == " + now;
    EXPECT_TRUE(*session->check(moved + " & leader(orders-0) != none & acked_lost == 0 & broken == 0")) << from;
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, Reassignment, ::testing::Values("zookeeper", "kraft"),
                         [](const auto& mode) { return std::string(mode.param); });

TEST(ReassignmentScript, a_changed_target_runs_anew) {
  const auto session = story("zookeeper");
  ASSERT_NE(session, nullptr);
  run_until(*session, SimTime(30s));
  EXPECT_TRUE(*session->check("replicas(orders-0) == [4,1,2]"));
  const auto snapshot = session->snapshot({});
  for (const view::ScriptLine& line : snapshot->script) {
    if (line.text == "reassign orders-0 b4,b1,b2") {
      ASSERT_TRUE(session->edit_script({line.line, SimTime(20s), "reassign orders-0 b2,b4", false}).has_value());
      break;
    }
  }
  run_until(*session, SimTime(30s));
  EXPECT_TRUE(*session->check("replicas(orders-0) == [2,4] & isr(orders-0) == [2,4] & under_replicated == 0"));
  EXPECT_FALSE(
      session->edit_script({ScriptEdit::kNewLine, SimTime(40s), "reassign orders-0 b2,b7", false}).has_value());
}

}  // namespace
}  // namespace kscope::session::session_reassignment_test
