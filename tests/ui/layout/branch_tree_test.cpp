#include "ui/layout/branch_tree.h"

#include <gtest/gtest.h>

namespace kscope::ui::branch_tree_test {
namespace {

view::Branch branch(std::int32_t number, std::int32_t parent, Duration fork, Duration end, bool is_current = false) {
  view::Branch b;
  b.branch = number;
  b.parent = parent;
  b.forked_at = SimTime(fork);
  b.forked_at_event = static_cast<std::uint64_t>(fork / 1ms);
  b.end_time = SimTime(end);
  b.end_event = static_cast<std::uint64_t>(end / 1ms);
  b.is_current = is_current;
  return b;
}

const TimeAxis kAxis{SimTime(), SimTime(10s), 100, 1000};
const Rect kArea{100, 50, 1000, 60};

TEST(BranchTree, acting_at_the_newest_moment_stays_on_the_line) {
  const std::vector<view::Branch> b{branch(0, -1, 0s, 4s), branch(1, 0, 4s, 8s), branch(2, 1, 8s, 9s, true)};
  EXPECT_EQ(branch_rows(b), 1);
  const BranchTree tree = compute_branch_tree(b, kAxis, kArea, 20);
  ASSERT_EQ(tree.lines.size(), 3U);
  EXPECT_EQ(tree.lines[0].from.y, tree.lines[2].from.y);
  EXPECT_EQ(tree.lines[2].from.x, 900);
  EXPECT_LT(tree.lines[2].parent_y, 0);
}

TEST(BranchTree, acting_in_the_past_makes_a_line_that_leaves_the_parent_there) {
  const std::vector<view::Branch> b{branch(0, -1, 0s, 10s), branch(1, 0, 3s, 6s, true)};
  EXPECT_EQ(branch_rows(b), 2);
  const BranchTree tree = compute_branch_tree(b, kAxis, kArea, 20);
  ASSERT_EQ(tree.lines.size(), 2U);
  EXPECT_EQ(tree.lines[0].to.x, 1100);
  EXPECT_EQ(tree.lines[1].from.x, 400);
  EXPECT_EQ(tree.lines[1].to.x, 700);
  EXPECT_EQ(tree.lines[1].parent_y, tree.lines[0].from.y);
  EXPECT_GT(tree.lines[1].from.y, tree.lines[0].from.y);
}

TEST(BranchTree, without_room_the_current_way_and_where_it_comes_from_are_kept) {
  std::vector<view::Branch> b{branch(0, -1, 0s, 10s), branch(1, 0, 1s, 6s, true)};
  for (std::int32_t i = 2; i < 9; ++i) {
    b.push_back(branch(i, 0, 1s * i, 10s));
  }
  EXPECT_EQ(branch_rows(b), 9);
  const BranchTree tree = compute_branch_tree(b, kAxis, kArea, 20);
  EXPECT_EQ(tree.lines.size(), 3U);
  EXPECT_EQ(tree.hidden_count, 6);
  EXPECT_EQ(tree.lines[0].branch, 0U);
  EXPECT_EQ(tree.lines[1].branch, 1U);
  EXPECT_EQ(tree.lines[2].branch, 8U);
}

TEST(BranchTree, every_line_can_be_clicked_inside_of_the_area) {
  const std::vector<view::Branch> b{branch(0, -1, 0s, 10s), branch(1, 0, 9990ms, 9999ms, true)};
  for (const BranchLine& line : compute_branch_tree(b, kAxis, kArea, 20).lines) {
    EXPECT_FALSE(line.hit.empty());
    EXPECT_LE(line.hit.right(), kArea.right());
    EXPECT_LE(line.hit.bottom(), kArea.bottom());
  }
}

}  // namespace
}  // namespace kscope::ui::branch_tree_test
