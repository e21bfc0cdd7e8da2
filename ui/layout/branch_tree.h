#pragma once
// The tree of branches above the timeline: one line a way that was tried, from the moment where it leaves its parent to how
// far it is computed. Acting at the newest moment goes on with the same way, so it stays on its line. Pure geometry.

#include <cstdint>
#include <vector>

#include "sim/view/snapshot.h"
#include "ui/draw/geometry.h"
#include "ui/layout/timeline.h"

namespace kscope::ui {

struct BranchLine {
  std::size_t branch = 0;  ///< index into Snapshot::branches
  Vec2 from;               ///< where it begins
  Vec2 to;                 ///< how far it is computed
  float parent_y = -1;  ///< of the line that it leaves at `from.x`; -1 = it goes on on its parent's line, or has none
  Rect hit;             ///< takes a click
};

struct BranchTree {
  std::vector<BranchLine> lines;
  int hidden_count = 0;  ///< ways for which there is no room
};

/// How many lines the tree needs: the number of ways that were tried.
int branch_rows(const std::vector<view::Branch>& branches);

/// The current way and those that it comes from are always shown, then the newest. Rows are `row` pixels high.
BranchTree compute_branch_tree(const std::vector<view::Branch>& branches, const TimeAxis& axis, const Rect& area,
                               float row);

}  // namespace kscope::ui
