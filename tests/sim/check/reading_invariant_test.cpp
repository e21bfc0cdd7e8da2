// The invariants of what consumers see (J*) and of what has to become good again (V*): what they say of the right model, what they
// see when a bug is planted, and what excuses them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "sim/check/invariant.h"
#include "tests/sim/check/reading_runs.h"

namespace kscope::sim::reading_invariant_test {
namespace {

using ::testing::HasSubstr;

constexpr std::pair<PlantedBug, std::string_view> kStories[] = {
    {PlantedBug::kReadBeyondCommitted, "J1"},  {PlantedBug::kAckAtMinIsr, "J2"},
    {PlantedBug::kRetryWithNewSequence, "J3"}, {PlantedBug::kPollDropsRest, "J4"},
    {PlantedBug::kEndToldTooEarly, "J7"},      {PlantedBug::kPositionNotValidated, "J8"},
    {PlantedBug::kFormerPartitionsKept, "G5"}, {PlantedBug::kRebalanceNotNoticed, "V8"},
    {PlantedBug::kNeverFetchedAgain, "V9"},
};

void expect_nothing_broken(const session::Run& run) {
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
  }
}

std::string why(PlantedBug bug, std::string_view id) {
  const session::Run run = run_reading_story(bug, bug);
  EXPECT_GT(broken(run, id), 0) << id;
  return row_of(run, id).detail;
}

TEST(ReadingInvariants, hold_where_their_bugs_are_planted) {
  for (const auto& [bug, asked] : kStories) {
    const session::Run run = run_reading_story(bug, PlantedBug::kNone);
    expect_nothing_broken(run);
    // Nobody reads at an offset a second time in the story of J1: nothing was given out that is read again.
    EXPECT_GT(row_of(run, asked).checked + (asked == "J1" ? 1 : 0), 0)
        << asked << " was never asked: " << row_of(run, asked).excuse;
  }
}

TEST(ReadingInvariants, say_what_is_wrong) {
  EXPECT_THAT(why(PlantedBug::kReadBeyondCommitted, "J1"), HasSubstr("gets another record at offset"));
  EXPECT_THAT(why(PlantedBug::kAckAtMinIsr, "J2"), HasSubstr("than the one that is acknowledged there"));
  EXPECT_THAT(why(PlantedBug::kRetryWithNewSequence, "J3"), HasSubstr("what till sent once"));
  EXPECT_THAT(why(PlantedBug::kPollDropsRest, "J4"), HasSubstr("the log has a record at"));
  EXPECT_THAT(why(PlantedBug::kEndToldTooEarly, "J7"), HasSubstr("audit-1 is told that orders-0 ends at offset"));
  EXPECT_THAT(why(PlantedBug::kPositionNotValidated, "J8"), HasSubstr("is gone, and nobody told it"));
  EXPECT_THAT(why(PlantedBug::kFormerPartitionsKept, "G5"), HasSubstr("and its leader gave it"));
  EXPECT_THAT(why(PlantedBug::kRebalanceNotNoticed, "V8"), HasSubstr("it is PreparingRebalance"));
  EXPECT_THAT(why(PlantedBug::kNeverFetchedAgain, "V9"), HasSubstr("nothing keeps it from reading"));
}

TEST(ReadingInvariants, what_was_sent_twice_without_idempotence_may_be_read_twice) {
  std::string text = std::string(kQuiet) + kCarefulTill + kReader;
  const std::string_view careful = R"(acks = "all")";
  text.replace(text.find(careful), careful.size(), R"(acks = "all", enable.idempotence = false)");
  const session::Run run =
      run_text(with_acts(text, {{"30s", "cut-one-way b2 till"}, {"34s", "heal b2 till"}}), PlantedBug::kNone);
  EXPECT_EQ(broken(run, "J3"), 0);
  EXPECT_GT(permitted(run, "J3"), 0);
}

TEST(ReadingInvariants, an_unclean_election_may_put_another_record_at_an_offset) {
  const session::Run run = run_file("faults/log-truncation", PlantedBug::kNone);
  expect_nothing_broken(run);
  EXPECT_GT(permitted(run, "J1"), 0);
  EXPECT_GT(row_of(run, "J8").checked, 0);
}

TEST(ReadingInvariants, an_assignor_that_leaves_a_partition_out_is_caught_though_it_is_cooperative) {
  const session::Run run = run_file("groups/cooperative-rebalance", PlantedBug::kAssignorMissesLast);
  EXPECT_THAT(row_of(run, "G2").detail, HasSubstr("orders-5 is given to nobody"));
  EXPECT_GT(broken(run, "G2"), 0);
}

TEST(ReadingInvariants, a_group_whose_member_does_not_poll_is_excused) {
  const session::Run run = run_text(
      with_acts(quiet_with(R"(until = "60s")", R"(until = "260s")", kTwoAndOne), {{"30s", "stop-polling billing-2"}}),
      PlantedBug::kRebalanceNotNoticed);
  EXPECT_EQ(broken(run, "V8"), 0);
  EXPECT_THAT(row_of(run, "V8").excuse, HasSubstr("does not call poll()"));
}

TEST(ReadingInvariants, a_reader_whose_partition_has_no_leader_is_excused) {
  const std::string text = quiet_with(R"(until = "60s")", R"(until = "200s")", std::string(kCarefulTill) + kReader);
  const session::Run run =
      run_text(with_acts(text, {{"30s", "crash b1"}, {"30s", "crash b2"}, {"30s", "crash b3"}}), PlantedBug::kNone);
  expect_nothing_broken(run);
  EXPECT_THAT(row_of(run, "V9").excuse, HasSubstr("has no leader"));
}

TEST(ReadingInvariants, a_transaction_that_nobody_ends_stops_the_last_stable_offset) {
  std::string text = quiet_with(R"(until = "60s")", R"(until = "240s")", std::string(kReader) + R"toml(
[[producer]]
name = "desk"
topic = "orders"
workload = { rate = "10/s", key = "round-robin(9)", limit = 24, transaction = 12 }
config = { transactional.id = "desk", transaction.timeout.ms = 10000 }
)toml");
  const std::string_view one = "partitions = 1\nreplication.factor = 3\nassignment = [[2, 1, 3]]";
  text.replace(text.find(one), one.size(), "partitions = 2\nreplication.factor = 3");
  const auto run_with = [&](PlantedBug bug) { return run_text(with_acts(text, {{"100s", "rate shop 1/s"}}), bug); };
  expect_nothing_broken(run_with(PlantedBug::kNone));
  const session::Run run = run_with(PlantedBug::kMarkerForgotten);
  EXPECT_GT(broken(run, "V9"), 0) << row_of(run, "V9").excuse;
  EXPECT_THAT(row_of(run, "V9").detail, HasSubstr("the last stable offset of orders-"));
}

}  // namespace
}  // namespace kscope::sim::reading_invariant_test
