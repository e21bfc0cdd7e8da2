#include "ui/layout/branch_tree.h"

#include <algorithm>

namespace kscope::ui {
namespace {

// The way of every branch. A branch that left its parent where the parent ends goes on on the parent's way, unless a
// sibling does so already.
std::vector<int> ways_of(const std::vector<view::Branch>& branches) {
  std::vector<int> way(branches.size(), 0);
  std::vector<bool> is_continued(branches.size(), false);
  int count = 0;
  for (std::size_t i = 0; i < branches.size(); ++i) {
    const view::Branch& b = branches[i];
    const bool has_parent = b.parent >= 0 && static_cast<std::size_t>(b.parent) < i;
    const auto parent = static_cast<std::size_t>(has_parent ? b.parent : 0);
    if (has_parent && !is_continued[parent] && b.forked_at_event >= branches[parent].end_event) {
      is_continued[parent] = true;
      way[i] = way[parent];
    } else {
      way[i] = count++;
    }
  }
  return way;
}

// Ways by how much they matter: the current one, those that it comes from, then the newest.
std::vector<int> ways_to_show(const std::vector<view::Branch>& branches, const std::vector<int>& way,
                              std::size_t room) {
  std::vector<int> out;
  const auto add = [&](int w) {
    if (out.size() < room && std::find(out.begin(), out.end(), w) == out.end()) {
      out.push_back(w);
    }
  };
  for (std::size_t i = 0; i < branches.size(); ++i) {
    if (branches[i].is_current) {
      for (auto at = static_cast<std::int32_t>(i); at >= 0; at = branches[static_cast<std::size_t>(at)].parent) {
        add(way[static_cast<std::size_t>(at)]);
      }
    }
  }
  for (std::size_t i = branches.size(); i > 0; --i) {
    add(way[i - 1]);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

int branch_rows(const std::vector<view::Branch>& branches) {
  const std::vector<int> way = ways_of(branches);
  return way.empty() ? 0 : *std::max_element(way.begin(), way.end()) + 1;
}

BranchTree compute_branch_tree(const std::vector<view::Branch>& branches, const TimeAxis& axis, const Rect& area,
                               float row) {
  BranchTree out;
  const auto room = static_cast<std::size_t>(std::max(0.0F, area.h / row + 0.01F));
  if (branches.empty() || room == 0) {
    return out;
  }
  const std::vector<int> way = ways_of(branches);
  const std::vector<int> shown = ways_to_show(branches, way, room);
  out.hidden_count = branch_rows(branches) - static_cast<int>(shown.size());
  const auto y_of = [&](int w) {
    const auto at = std::find(shown.begin(), shown.end(), w);
    return at == shown.end() ? -1.0F : area.y + row * (static_cast<float>(at - shown.begin()) + 0.5F);
  };
  for (std::size_t i = 0; i < branches.size(); ++i) {
    const view::Branch& b = branches[i];
    const float y = y_of(way[i]);
    if (y < 0) {
      continue;
    }
    BranchLine line;
    line.branch = i;
    line.from = {axis.x_of(b.parent < 0 ? axis.from : b.forked_at), y};
    line.to = {std::max(axis.x_of(b.end_time), line.from.x + row * 0.5F), y};
    if (b.parent >= 0 && way[static_cast<std::size_t>(b.parent)] != way[i]) {
      line.parent_y = y_of(way[static_cast<std::size_t>(b.parent)]);
    }
    line.hit = {line.from.x, y - row / 2, std::max(line.to.x - line.from.x, row * 6), row};
    line.hit.w = std::min(line.hit.w, area.right() - line.hit.x);
    out.lines.push_back(line);
  }
  return out;
}

}  // namespace kscope::ui
