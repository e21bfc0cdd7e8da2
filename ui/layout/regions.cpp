#include "ui/layout/regions.h"

#include <algorithm>

namespace kscope::ui {
namespace {

// Sizes at 100 %.
constexpr float kTop = 76;
constexpr float kSlimTop = 44;
constexpr float kChips = 32;
constexpr float kTransport = 111;
constexpr float kSlimTransport = 50;
constexpr int kMostTreeRows = 4;
constexpr float kFoldedRail = 48;
constexpr float kMinLeft = 180;
constexpr float kMinRight = 240;
constexpr float kMinStageWidth = 400;
constexpr float kGoodStageWidth = 510;   // the right panel grows beyond its least width only if the stage keeps so much
constexpr float kRoomyStageWidth = 640;  // the rail opens only if the stage keeps so much
constexpr float kMinStageHeight = 330;
constexpr float kMinBottom = 110;
constexpr float kSplitter = 6;

}  // namespace

Regions compute_regions(float width, float height, float scale, const RegionWishes& wishes) {
  const float s = scale;
  Regions out;
  float y = 0;
  out.top = {0, 0, width, std::min((wishes.slim ? kSlimTop : kTop) * s, height)};
  y = out.top.bottom();
  if (wishes.chips) {
    out.chips = {0, y, width, kChips * s};
    y = out.chips.bottom();
  }

  // The tree of branches is a help, the stage is what it is all about.
  int tree_rows = wishes.slim ? 0 : std::clamp(wishes.tree_rows, 0, kMostTreeRows);
  while (tree_rows > 0 &&
         height - y - (kTransport + static_cast<float>(tree_rows) * kTreeRow) * s < kMinStageHeight * s) {
    --tree_rows;
  }
  const float tree = static_cast<float>(tree_rows) * kTreeRow;
  const float transport = std::min((wishes.slim ? kSlimTransport : kTransport + tree) * s, std::max(0.0F, height - y));
  out.tree_rows = tree_rows;
  float left_over = height - y - transport - kMinStageHeight * s;
  float bottom = 0;
  if (wishes.bottom_open && left_over >= kMinBottom * s) {
    bottom = std::clamp(wishes.bottom_height * s, kMinBottom * s, left_over);
  }
  const float middle_height = std::max(0.0F, height - y - transport - bottom);

  float left = 0;
  if (!wishes.rails_hidden) {
    left = kFoldedRail * s;
    out.left_folded = true;
  }
  float right = 0;
  // The inspector matters more than the open rail, so it is placed first.
  float spare = width - left - kMinStageWidth * s;
  if (wishes.right_open) {
    if (spare >= kMinRight * s) {
      const float kept = (kGoodStageWidth - kMinStageWidth) * s;
      right = std::clamp(wishes.right_width * s, kMinRight * s, std::max(kMinRight * s, spare - kept));
      spare -= right;
    } else {
      out.right_folded = true;
    }
  }
  const float more_for_left = kMinLeft * s - kFoldedRail * s;
  if (wishes.left_open && !wishes.rails_hidden && spare >= more_for_left + (kRoomyStageWidth - kMinStageWidth) * s) {
    left = std::clamp(wishes.left_width * s, kMinLeft * s,
                      kFoldedRail * s + spare - (kRoomyStageWidth - kMinStageWidth) * s);
    out.left_folded = false;
  }

  out.left = {0, y, left, middle_height};
  out.right = {width - right, y, right, middle_height};
  out.stage = {left, y, width - left - right, middle_height};
  out.transport = {0, y + middle_height, width, transport};
  out.bottom = {0, out.transport.bottom(), width, bottom};

  const float grip = kSplitter * s;
  if (left > 0 && !out.left_folded) {
    out.left_splitter = {left - grip / 2, y, grip, middle_height};
  }
  if (right > 0) {
    out.right_splitter = {out.right.x - grip / 2, y, grip, middle_height};
  }
  if (bottom > 0) {
    out.bottom_splitter = {0, out.bottom.y - grip / 2, width, grip};
  }
  return out;
}

}  // namespace kscope::ui
