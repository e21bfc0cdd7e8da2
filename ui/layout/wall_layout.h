#pragma once
// The wall: a large cluster as tiles, one a partition, when there is no room for cards. Pure geometry and ranking.

#include <cstdint>
#include <vector>

#include "sim/view/snapshot.h"
#include "ui/draw/geometry.h"

namespace kscope::ui {

/// How bad a partition is; the order is the order of severity.
enum class TileState : std::uint8_t { Healthy, NotPreferred, UnderReplicated, UnderMinIsr, Offline };

TileState state_of(const view::Partition& partition);

struct WallTile {
  std::size_t partition = 0;  ///< index into Snapshot::partitions
  TileState state = TileState::Healthy;
  Rect rect;
};

struct BrokerTile {
  std::int32_t node = -1;
  Rect rect;
};

struct WallLayout {
  std::vector<BrokerTile> brokers;
  std::vector<WallTile> tiles;
  float tile = 0;          ///< pixels from one tile to the next
  bool has_names = false;  ///< tiles are wide enough for the names of their partitions
};

/// Tiles fill `area` row by row below the row of brokers. `worst_first`: by severity, else by topic and number.
WallLayout compute_wall(const view::Snapshot& snapshot, const Rect& area, float scale, bool worst_first);

/// True when the cluster is too large for cards in `area`.
bool needs_wall(const view::Snapshot& snapshot, const Rect& area, float scale);

}  // namespace kscope::ui
