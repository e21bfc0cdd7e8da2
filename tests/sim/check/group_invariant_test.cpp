// The invariants of groups: what they say of the right model, what they see when a bug is planted, and what excuses them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/check/invariant.h"
#include "tests/sim/check/group_runs.h"

namespace kscope::sim::group_invariant_test {
namespace {

using ::testing::HasSubstr;

constexpr std::pair<PlantedBug, std::string_view> kStories[] = {
    {PlantedBug::kAssignorMissesLast, "G2"},     {PlantedBug::kEpochBeforeRevoked, "G4"},
    {PlantedBug::kStableWhileUnreleased, "G5"},  {PlantedBug::kTakeAnyCommit, "G6"},
    {PlantedBug::kCommitAckedEarly, "G8"},       {PlantedBug::kLoadKeepsFirst, "G9"},
    {PlantedBug::kCommitFetched, "G10"},         {PlantedBug::kStaticMemberTwice, "G12"},
    {PlantedBug::kCommitOfOldGeneration, "G13"},
};

std::string why(const session::Run& run, std::string_view id) {
  EXPECT_GT(broken(run, id), 0);
  return row_of(run, id).detail;
}

TEST(GroupInvariants, hold_where_their_bugs_are_planted) {
  for (const auto& [bug, asked] : kStories) {
    const session::Run run = run_group_story(bug, PlantedBug::kNone);
    for (std::size_t i = 0; i < invariants().size(); ++i) {
      EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
    }
    EXPECT_GT(row_of(run, asked).checked, 0) << asked << " was never asked";
  }
}

TEST(GroupInvariants, say_what_is_wrong) {
  const auto why_of = [](PlantedBug bug, std::string_view id) { return why(run_group_story(bug, bug), id); };
  EXPECT_THAT(why_of(PlantedBug::kAssignorMissesLast, "G2"), HasSubstr("orders-5 is given to nobody"));
  EXPECT_THAT(why_of(PlantedBug::kEpochBeforeRevoked, "G4"), HasSubstr("which is not its part of it"));
  EXPECT_THAT(why_of(PlantedBug::kStableWhileUnreleased, "G5"), HasSubstr("the target gives it others"));
  EXPECT_THAT(why_of(PlantedBug::kTakeAnyCommit, "G6"),
              HasSubstr("a commit of billing-1 is accepted, which is no member"));
  EXPECT_THAT(why_of(PlantedBug::kCommitAckedEarly, "G8"), HasSubstr("and the new coordinator knows"));
  EXPECT_THAT(why_of(PlantedBug::kLoadKeepsFirst, "G9"), HasSubstr("and not what its log says"));
  EXPECT_THAT(why_of(PlantedBug::kCommitFetched, "G10"), HasSubstr("nobody has finished offset"));
  EXPECT_THAT(why_of(PlantedBug::kStaticMemberTwice, "G12"), HasSubstr("is the group.instance.id of member"));
  EXPECT_THAT(why_of(PlantedBug::kExpireWhileRead, "G11"), HasSubstr("billing-1 reads that topic"));
  EXPECT_THAT(why_of(PlantedBug::kCommitOfOldGeneration, "G13"), HasSubstr("a commit of billing-2 for"));
}

TEST(GroupInvariants, offsets_that_nobody_needs_may_expire) {
  const session::Run run = run_file("groups/offsets-expire", PlantedBug::kNone);
  EXPECT_EQ(broken(run, "G11"), 0) << row_of(run, "G11").detail;
  EXPECT_GE(row_of(run, "G11").checked, 4);
}

TEST(GroupInvariants, an_assignment_that_gives_a_partition_twice_is_none) {
  EXPECT_THAT(why(run_file("groups/eager-rebalance", PlantedBug::kAssignTwice), "G2"),
              HasSubstr("is given to billing-1 and to billing-2"));
}

TEST(GroupInvariants, a_commit_in_another_generation_is_no_commit_of_a_member) {
  EXPECT_THAT(why(run_late_commit(PlantedBug::kCommitOfOldGeneration), "G6"), HasSubstr("commits in generation"));
}

TEST(GroupInvariants, who_takes_any_commit_takes_that_of_a_former_owner) {
  EXPECT_GT(broken(run_group_story(PlantedBug::kTakeAnyCommit, PlantedBug::kTakeAnyCommit), "G13"), 0);
}

TEST(GroupInvariants, commits_that_are_acknowledged_early_by_config_may_be_lost) {
  const session::Run run = run_commits_apart(PlantedBug::kNone, "offsets.commit.required.acks = 1\n");
  EXPECT_EQ(broken(run, "G8"), 0);
  EXPECT_GT(permitted(run, "G8"), 0);
}

TEST(GroupInvariants, who_commits_before_it_processes_may_leave_records_out) {
  std::string text = std::string(kQuiet) + kSlowApplication;
  const std::string_view after = "after-processing";
  text.replace(text.find(after), after.size(), "before-processing");
  const session::Run run = run_text(text, PlantedBug::kNone);
  EXPECT_EQ(broken(run, "G10"), 0);
  EXPECT_GT(permitted(run, "G10"), 0);
}

TEST(GroupInvariants, a_commit_by_hand_in_the_middle_of_a_poll_excuses_what_it_leaves_out) {
  const session::Run run =
      run_text(with_acts(std::string(kQuiet) + kSlowApplication, {{"30s", "commit billing-1"}}), PlantedBug::kNone);
  EXPECT_EQ(broken(run, "G10"), 0);
  EXPECT_GT(permitted(run, "G10"), 0);
}

}  // namespace
}  // namespace kscope::sim::group_invariant_test
