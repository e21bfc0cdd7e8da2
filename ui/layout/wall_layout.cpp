#include "ui/layout/wall_layout.h"

#include <algorithm>
#include <cmath>

#include "ui/layout/stage_layout.h"

namespace kscope::ui {
namespace {

constexpr float kBrokerTile = 40;
constexpr float kMinBrokerTile = 14;
constexpr float kMaxTile = 26;
constexpr float kMinTile = 3;
constexpr float kWholeTile = 4;   // from here on tiles are whole pixels, or the lines between them differ
constexpr float kNamedTile = 84;  // width of a tile with a name
constexpr float kNamedHeight = 22;
constexpr float kLeastCardArea = 5200;  // pixels at 100 % that a card with one replica needs to be read
constexpr float kLeastUnit =
    0.66F;                      // pixels per design pixel at which names on cards, 12 or 13 high, can still be read
constexpr float kHandful = 60;  // replicas
constexpr float kLeastReplicaArea = 900;

// Largest square step with which `count` squares fit into the area.
float step_for(std::size_t count, const Rect& area, float smallest, float largest) {
  float step = largest;
  while (step > smallest) {
    const auto columns = static_cast<std::size_t>(area.w / step);
    const auto rows = static_cast<std::size_t>(area.h / step);
    if (columns * rows >= count) {
      return step;
    }
    step = std::max(smallest, step * 0.94F);
  }
  return step;
}

}  // namespace

TileState state_of(const view::Partition& p) {
  if (p.leader < 0) {
    return TileState::Offline;
  }
  if (p.is_under_min_isr) {
    return TileState::UnderMinIsr;
  }
  if (p.is_under_replicated) {
    return TileState::UnderReplicated;
  }
  return p.leader == p.preferred ? TileState::Healthy : TileState::NotPreferred;
}

WallLayout compute_wall(const view::Snapshot& s, const Rect& area, float scale, bool worst_first) {
  WallLayout out;
  std::vector<std::int32_t> brokers;
  for (const view::Node& n : s.nodes) {
    if (n.role == view::NodeRole::kBroker) {
      brokers.push_back(n.node);
    }
  }
  const Rect band{area.x, area.y, area.w, area.h * 0.22F};
  const float broker_step = step_for(brokers.size(), band, kMinBrokerTile * scale, kBrokerTile * scale);
  const auto broker_columns = std::max<std::size_t>(1, static_cast<std::size_t>(area.w / broker_step));
  for (std::size_t i = 0; i < brokers.size(); ++i) {
    const auto column = static_cast<float>(i % broker_columns);
    const std::size_t row_index = i / broker_columns;
    const auto row = static_cast<float>(row_index);
    const float gap = broker_step > 20 * scale ? 3 * scale : 1;
    out.brokers.push_back(
        {brokers[i],
         {area.x + column * broker_step, area.y + row * broker_step, broker_step - gap, broker_step - gap}});
  }
  const std::size_t broker_rows = (brokers.size() + broker_columns - 1) / broker_columns;
  const float used = static_cast<float>(broker_rows) * broker_step + 14 * scale;
  const Rect rest{area.x, area.y + used, area.w, std::max(0.0F, area.h - used)};

  for (std::size_t i = 0; i < s.partitions.size(); ++i) {
    if (!s.partitions[i].is_internal) {
      out.tiles.push_back({i, state_of(s.partitions[i]), {}});
    }
  }
  if (worst_first) {
    std::stable_sort(out.tiles.begin(), out.tiles.end(),
                     [](const WallTile& a, const WallTile& b) { return a.state > b.state; });
  }
  const auto wide_columns = static_cast<std::size_t>(rest.w / (kNamedTile * scale));
  const auto wide_rows = static_cast<std::size_t>(rest.h / (kNamedHeight * scale));
  if (wide_columns > 0 && wide_columns * wide_rows >= out.tiles.size()) {
    out.has_names = true;
    out.tile = kNamedHeight * scale;
    const float step = rest.w / static_cast<float>(wide_columns);
    for (std::size_t i = 0; i < out.tiles.size(); ++i) {
      const std::size_t column = i % wide_columns;
      const std::size_t row = i / wide_columns;
      out.tiles[i].rect = {rest.x + static_cast<float>(column) * step, rest.y + static_cast<float>(row) * out.tile,
                           step - 3 * scale, out.tile - 3 * scale};
    }
    return out;
  }
  out.tile = step_for(out.tiles.size(), rest, kMinTile * scale, kMaxTile * scale);
  if (out.tile >= kWholeTile) {
    out.tile = std::floor(out.tile);
  }
  const auto columns = std::max<std::size_t>(1, static_cast<std::size_t>(rest.w / out.tile));
  const float gap = out.tile >= 8 * scale ? std::round(1.5F * scale) : out.tile >= kWholeTile ? 1.0F : 0.5F;
  const float left = std::floor(rest.x);
  const float top = std::ceil(rest.y);
  for (std::size_t i = 0; i < out.tiles.size(); ++i) {
    const std::size_t row = i / columns;
    out.tiles[i].rect = {left + static_cast<float>(i % columns) * out.tile, top + static_cast<float>(row) * out.tile,
                         out.tile - gap, out.tile - gap};
  }
  return out;
}

bool needs_wall(const view::Snapshot& s, const Rect& area, float scale) {
  float brokers = 0;
  float replicas = 0;
  for (const view::Node& n : s.nodes) {
    brokers += n.role == view::NodeRole::kBroker ? 1.0F : 0.0F;
  }
  for (const view::Partition& p : s.partitions) {
    replicas += static_cast<float>(p.replicas.size());
  }
  if (brokers * kLeastCardArea + replicas * kLeastReplicaArea > area.w * area.h / (scale * scale)) {
    return true;
  }
  // A handful of strips stays a picture of a cluster also where it is small. Of many, names on cards that cannot be read say
  // less than a wall.
  return replicas > kHandful && compute_stage(s, {area, scale, 1, {}}).unit < kLeastUnit * std::min(scale, 1.0F);
}

}  // namespace kscope::ui
