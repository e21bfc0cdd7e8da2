#pragma once
// Where everything on the stage lies: producers and ZooKeeper left, brokers with their log strips in the middle, consumer
// groups right. A fixed grid: the same cluster in the same window always looks the same. Pure geometry.
// Sizes follow the space: strips get as many cells as fit; where the least size does not fit, the air between things goes
// first, then records become bars, and only then everything shrinks together, so that text is read as long as can be.

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/view/snapshot.h"
#include "ui/draw/geometry.h"

namespace kscope::ui {

enum class StageColumn : std::uint8_t { Left, Keeper, Middle, Right };

struct NodeBox {
  std::int32_t node = -1;
  StageColumn column = StageColumn::Middle;
  Rect rect;
  int grid_column = 0;  ///< of brokers
};

/// One replica: a row in a broker card.
struct StripBox {
  std::size_t partition = 0;  ///< index into Snapshot::partitions
  std::size_t replica = 0;    ///< index into Partition::replicas
  std::int32_t node = -1;
  Rect row;
  Rect cells;  ///< where the record cells are; one cell is `cell` wide, gap included
  float cell = 0;
  std::int64_t first_offset = 0;
  std::int64_t capacity = 0;  ///< offsets shown: [first_offset, first_offset + capacity)
};

struct GroupBox {
  std::size_t group = 0;  ///< index into Snapshot::groups
  Rect rect;
};

/// How much of a replica is drawn: cells with records, or one bar from log start to log end.
enum class StageTier : std::uint8_t { Cells, Bars };

/// How much air is between things; text is about as large in all of them. Dense has room for few cells and small marks.
enum class StageDensity : std::uint8_t { Roomy, Compact, Dense };

struct StageLayout {
  Rect area;       ///< where it may draw; empty when it is not told
  float unit = 1;  ///< pixels per pixel of the 100 % design, camera included
  StageTier tier = StageTier::Cells;
  StageDensity density = StageDensity::Roomy;
  float header = 33;  ///< height of a broker card's header, in pixels of the 100 % design
  std::vector<NodeBox> nodes;
  std::vector<StripBox> strips;
  std::vector<GroupBox> groups;
  Rect brokers;  ///< around all broker cards

  const NodeBox* find(std::int32_t node) const;
};

struct StageView {
  Rect area;
  float scale = 1;
  float zoom = 1;
  Vec2 pan;
  bool show_admin = false;  ///< the administrator's client is clutter for a class
  float growth = 1;  ///< spare space makes everything up to so much larger than the scale asks; air gives way to it
};

StageLayout compute_stage(const view::Snapshot& snapshot, const StageView& view);

/// x of the left edge of the cell of `offset`, also outside the shown range (clamped to the strip's ends).
float offset_x(const StripBox& strip, std::int64_t offset);

/// Way of messages from one node to another; two points or more, empty if one of them is not on the stage.
std::vector<Vec2> link_path(const StageLayout& layout, std::int32_t from, std::int32_t to);

}  // namespace kscope::ui
