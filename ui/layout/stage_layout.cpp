#include "ui/layout/stage_layout.h"

#include <algorithm>
#include <cmath>

#include "ui/draw/stroke.h"

namespace kscope::ui {
namespace {

using view::NodeRole;

// Sizes at 100 %.
constexpr float kMargin = 16;
constexpr float kProducerWidth = 168;
constexpr float kProducerHeight = 74;
constexpr float kGroupWidth = 214;
constexpr float kGroupHeader = 36;
constexpr float kMemberHeight = 44;
constexpr float kLane = 80;  // free way between columns, where messages travel
constexpr float kMaxLane = 170;
constexpr float kBulge = 84;  // for the links between brokers when nothing stands to their right
constexpr float kBrokerHeader = 33;
constexpr float kCardPadding = 6;
constexpr float kRow = 34;  // least height of a replica row: markers above the cells, group marks below
constexpr float kMaxRow = 64;
constexpr float kBarRow = 16;
constexpr float kGap = 14;
constexpr float kMaxGap = 34;
constexpr float kSection = 40;  // between producers and ZooKeeper servers
constexpr float kZooKeeperHeight = 44;
constexpr float kCell = 21;
constexpr float kStripLabel = 104;  // crown and name before the cells
constexpr float kStripTail = 58;    // offsets after the cells
constexpr float kMinBrokerWidth = 330;
constexpr float kMaxBrokerWidth = 860;
constexpr float kReadable = 0.62F;  // below this many screen pixels per design pixel cells become bars
constexpr float kGoodStrip = 18;    // cells in a strip that tell a story

struct Census {
  std::vector<std::int32_t> brokers;
  std::vector<std::int32_t> zookeepers;
  std::vector<std::int32_t> left;
  std::vector<std::vector<std::int32_t>> members;  // by group index; the last entry: consumers of no group
  std::size_t most_replicas = 0;                   // on one broker
};

Census take_census(const view::Snapshot& s, bool show_admin) {
  Census out;
  out.members.resize(s.groups.size() + 1);
  for (const view::Node& node : s.nodes) {
    switch (node.role) {
      case NodeRole::kBroker: out.brokers.push_back(node.node); break;
      case NodeRole::kZooKeeper: out.zookeepers.push_back(node.node); break;
      case NodeRole::kProducer: out.left.push_back(node.node); break;
      case NodeRole::kAdmin:
        if (show_admin) {
          out.left.push_back(node.node);
        }
        break;
      case NodeRole::kConsumer: {
        std::size_t group = s.groups.size();
        for (std::size_t g = 0; g < s.groups.size(); ++g) {
          if (s.groups[g].group == node.group) {
            group = g;
          }
        }
        out.members[group].push_back(node.node);
        break;
      }
    }
  }
  for (const std::int32_t broker : out.brokers) {
    std::size_t count = 0;
    for (const view::Partition& p : s.partitions) {
      for (const view::Replica& r : p.replicas) {
        count += r.node == broker ? 1 : 0;
      }
    }
    out.most_replicas = std::max(out.most_replicas, count);
  }
  return out;
}

float left_height(const Census& c) {
  const auto n = static_cast<float>(c.left.size());
  const auto keepers = static_cast<float>(c.zookeepers.size());
  return n * (kProducerHeight + kGap) + keepers * (kZooKeeperHeight + kGap) + (keepers > 0 ? kSection : 0) - kGap;
}

bool has_left(const Census& c) { return !c.left.empty() || !c.zookeepers.empty(); }

float right_height(const Census& c) {
  float h = 0;
  for (std::size_t g = 0; g < c.members.size(); ++g) {
    const bool is_group = g + 1 < c.members.size();
    if (is_group || !c.members[g].empty()) {
      h += (h > 0 ? kGap : 0) + (is_group ? kGroupHeader : 0) +
           static_cast<float>(std::max<std::size_t>(1, c.members[g].size())) * kMemberHeight + 8;
    }
  }
  return h;
}

// Everything below is computed in design pixels inside (0, 0, width, height) and placed on the screen at the end.
struct Grid {
  float width = 0;
  float height = 0;
  int columns = 1;
  int rows = 1;
  float row_height = kRow;
  float gap = kGap;
  float lane = kLane;
  float broker_x = 0;
  float broker_width = kMinBrokerWidth;
  float broker_height = 0;
  float top = 0;  // y of the first broker card
  StageTier tier = StageTier::Cells;
};

float card_height(float row_height, std::size_t replicas) {
  return kBrokerHeader + static_cast<float>(replicas) * row_height + kCardPadding;
}

float side_width(const Census& c) {
  return 2 * kMargin + (has_left(c) ? kProducerWidth + kLane : 0) +
         (right_height(c) > 0 ? kGroupWidth + kLane : kBulge);
}

int rows_for(const Census& c, int columns) {
  return std::max(1, (static_cast<int>(c.brokers.size()) + columns - 1) / columns);
}

float least_height(const Census& c, int columns, float row) {
  const auto rows = static_cast<float>(rows_for(c, columns));
  const float brokers = rows * card_height(row, c.most_replicas) + (rows - 1) * kGap;
  return 2 * kMargin + std::max({brokers, left_height(c), right_height(c)});
}

float least_width(const Census& c, int columns) {
  const auto n = static_cast<float>(columns);
  return side_width(c) + n * kMinBrokerWidth + (n - 1) * kLane;
}

// The number of columns that needs little shrinking and leaves strips long enough to read.
Grid choose_grid(const Census& c, float width, float height, float scale, float& fit) {
  Grid best;
  fit = 0;
  float best_score = 0;
  for (const StageTier tier : {StageTier::Cells, StageTier::Bars}) {
    const float row = tier == StageTier::Cells ? kRow : kBarRow;
    for (int columns = 1; columns <= std::max(1, static_cast<int>(c.brokers.size())); ++columns) {
      const float f = std::min({1.0F, width / least_width(c, columns), height / least_height(c, columns, row)});
      const auto n = static_cast<float>(columns);
      const float card = (width / f - side_width(c) - (n - 1) * kLane) / n;
      const float cells = std::max(1.0F, (card - kStripLabel - kStripTail) / kCell);
      const float score = f * std::sqrt(std::min(1.0F, cells / kGoodStrip));
      if (score > best_score + 0.001F) {
        best_score = score;
        fit = f;
        best.columns = columns;
        best.tier = tier;
        best.row_height = row;
      }
    }
    if (fit * scale >= kReadable) {
      break;
    }
  }
  fit = std::max(fit, 0.15F);
  best.rows = rows_for(c, best.columns);
  best.width = width / fit;
  best.height = height / fit;
  return best;
}

// Gives the spare space to rows, gaps and lanes.
void stretch(Grid& g, const Census& c) {
  const auto rows = static_cast<float>(g.rows);
  const auto columns = static_cast<float>(g.columns);
  const float room = g.height - 2 * kMargin;
  if (g.tier == StageTier::Cells && c.most_replicas > 0) {
    const float per_row =
        ((room - (rows - 1) * kGap) / rows - kBrokerHeader - kCardPadding) / static_cast<float>(c.most_replicas);
    g.row_height = std::clamp(std::floor(per_row), kRow, kMaxRow);
  }
  g.broker_height = card_height(g.row_height, c.most_replicas);
  if (g.rows > 1) {
    g.gap = std::clamp((room - rows * g.broker_height) / (rows - 1), kGap, kMaxGap);
  }
  const float sides = (has_left(c) ? 1.0F : 0.0F) + (right_height(c) > 0 ? 1.0F : 0.0F);
  const float lanes = sides + (columns - 1);
  const float spare = g.width - least_width(c, g.columns);
  g.lane = lanes > 0 ? std::clamp(kLane + spare * 0.25F / lanes, kLane, kMaxLane) : kLane;
  const float used = least_width(c, g.columns) - columns * kMinBrokerWidth + lanes * (g.lane - kLane);
  g.broker_width = std::clamp((g.width - used) / columns, kMinBrokerWidth, kMaxBrokerWidth);
  const float total = used + columns * g.broker_width;
  g.broker_x = (g.width - total) / 2 + kMargin + (has_left(c) ? kProducerWidth + g.lane : 0);
  const float block = rows * g.broker_height + (rows - 1) * g.gap;
  g.top = kMargin + std::max(0.0F, (room - block) / 2);
}

void place_brokers(const view::Snapshot& s, const Census& c, const Grid& g, StageLayout& out) {
  for (std::size_t i = 0; i < c.brokers.size(); ++i) {
    const int column = static_cast<int>(i) % g.columns;
    const int row = static_cast<int>(i) / g.columns;
    const Rect card{g.broker_x + static_cast<float>(column) * (g.broker_width + g.lane),
                    g.top + static_cast<float>(row) * (g.broker_height + g.gap), g.broker_width, g.broker_height};
    out.nodes.push_back({c.brokers[i], StageColumn::Middle, card, column});
    out.brokers = i == 0 ? card : united(out.brokers, card);
    float y = card.y + kBrokerHeader;
    for (std::size_t p = 0; p < s.partitions.size(); ++p) {
      const view::Partition& partition = s.partitions[p];
      for (std::size_t r = 0; r < partition.replicas.size(); ++r) {
        if (partition.replicas[r].node != c.brokers[i]) {
          continue;
        }
        StripBox strip;
        strip.partition = p;
        strip.replica = r;
        strip.node = c.brokers[i];
        strip.row = {card.x, y, card.w, g.row_height};
        const float cell_height =
            g.tier == StageTier::Bars ? kBarRow - 6 : std::clamp(g.row_height * 0.4F, 14.5F, 22.0F);
        strip.cell = kCell * cell_height / 18;
        const float width = card.w - kStripLabel - kStripTail;
        strip.capacity = std::max<std::int64_t>(1, static_cast<std::int64_t>(width / strip.cell));
        strip.cells = {card.x + kStripLabel, y + (g.row_height - cell_height) / 2 + (g.tier == StageTier::Bars ? 0 : 1),
                       static_cast<float>(strip.capacity) * strip.cell, cell_height};
        std::int64_t end = partition.log_end_offset;
        for (const view::Replica& other : partition.replicas) {
          end = std::max(end, other.log_end_offset);
        }
        // Strips scroll by some cells at once, so that cells stand still most of the time.
        const std::int64_t page = std::clamp<std::int64_t>(strip.capacity / 5, 1, 5);
        const std::int64_t over = end + 1 - strip.capacity;
        strip.first_offset = over > 0 ? (over + page - 1) / page * page : 0;
        out.strips.push_back(strip);
        y += g.row_height;
      }
    }
  }
}

void place_sides(const view::Snapshot& s, const Census& c, const Grid& g, StageLayout& out) {
  const float center = g.top + (static_cast<float>(g.rows) * (g.broker_height + g.gap) - g.gap) / 2;
  float y = std::max(kMargin, center - left_height(c) / 2);
  const float left = g.broker_x - g.lane - kProducerWidth;
  for (const std::int32_t node : c.left) {
    out.nodes.push_back({node, StageColumn::Left, {left, y, kProducerWidth, kProducerHeight}});
    y += kProducerHeight + kGap;
  }
  y += c.left.empty() ? 0 : kSection;
  for (const std::int32_t node : c.zookeepers) {
    out.nodes.push_back({node, StageColumn::Keeper, {left, y, kProducerWidth, kZooKeeperHeight}});
    y += kZooKeeperHeight + kGap;
  }
  const float columns = static_cast<float>(g.columns);
  const float right = g.broker_x + columns * g.broker_width + (columns - 1) * g.lane + g.lane;
  y = std::max(kMargin, center - right_height(c) / 2);
  for (std::size_t i = 0; i < c.members.size(); ++i) {
    const bool is_group = i < s.groups.size();
    if (!is_group && c.members[i].empty()) {
      continue;
    }
    const auto count = static_cast<float>(std::max<std::size_t>(1, c.members[i].size()));
    const float header = is_group ? kGroupHeader : 0;
    const Rect box{right, y, kGroupWidth, header + count * kMemberHeight + 8};
    if (is_group) {
      out.groups.push_back({i, box});
    }
    float member_y = y + header;
    for (const std::int32_t node : c.members[i]) {
      out.nodes.push_back({node, StageColumn::Right, {right + 8, member_y, kGroupWidth - 16, kMemberHeight - 6}});
      member_y += kMemberHeight;
    }
    y += box.h + kGap;
  }
}

// From design pixels to the screen.
void place_on_screen(StageLayout& out, float unit, Vec2 origin) {
  auto move = [&](Rect& r) { r = {origin.x + r.x * unit, origin.y + r.y * unit, r.w * unit, r.h * unit}; };
  for (NodeBox& box : out.nodes) {
    move(box.rect);
  }
  for (StripBox& strip : out.strips) {
    move(strip.row);
    move(strip.cells);
    strip.cell *= unit;
  }
  for (GroupBox& box : out.groups) {
    move(box.rect);
  }
  move(out.brokers);
  out.unit = unit;
}

}  // namespace

const NodeBox* StageLayout::find(std::int32_t node) const {
  for (const NodeBox& box : nodes) {
    if (box.node == node) {
      return &box;
    }
  }
  return nullptr;
}

StageLayout compute_stage(const view::Snapshot& snapshot, const StageView& view) {
  StageLayout out;
  if (view.area.empty()) {
    return out;
  }
  const Census census = take_census(snapshot, view.show_admin);
  float fit = 1;
  Grid grid = choose_grid(census, view.area.w / view.scale, view.area.h / view.scale, view.scale * view.zoom, fit);
  stretch(grid, census);
  out.tier = grid.tier;
  place_brokers(snapshot, census, grid, out);
  place_sides(snapshot, census, grid, out);
  const float unit = view.scale * fit * view.zoom;
  const Vec2 center = view.area.center();
  const Vec2 origin{center.x - grid.width * unit / 2 + view.pan.x, center.y - grid.height * unit / 2 + view.pan.y};
  place_on_screen(out, unit, origin);
  return out;
}

float offset_x(const StripBox& strip, std::int64_t offset) {
  const std::int64_t index = std::clamp<std::int64_t>(offset - strip.first_offset, 0, strip.capacity);
  return strip.cells.x + static_cast<float>(index) * strip.cell;
}

namespace {

std::vector<Vec2> horizontal_curve(Vec2 a, Vec2 b) {
  const float bend = (b.x - a.x) * 0.45F;
  return bezier_points(a, {a.x + bend, a.y}, {b.x - bend, b.y}, b, 24);
}

std::vector<Vec2> side_curve(const Rect& a, const Rect& b, float unit) {
  const Vec2 from{a.right(), a.center().y};
  const Vec2 to{b.right(), b.center().y};
  const float bulge = std::min((34 + std::abs(to.y - from.y) / unit * 0.1F) * unit, 90 * unit);
  return bezier_points(from, {from.x + bulge, from.y}, {to.x + bulge, to.y}, to, 24);
}

// Between two things of the left column.
std::vector<Vec2> left_curve(const Rect& a, const Rect& b, float unit) {
  const Vec2 from{a.x, a.center().y};
  const Vec2 to{b.x, b.center().y};
  const float bulge = 26 * unit;
  return bezier_points(from, {from.x - bulge, from.y}, {to.x - bulge, to.y}, to, 24);
}

}  // namespace

std::vector<Vec2> link_path(const StageLayout& layout, std::int32_t from, std::int32_t to) {
  const NodeBox* a = layout.find(from);
  const NodeBox* b = layout.find(to);
  if (a == nullptr || b == nullptr || a == b) {
    return {};
  }
  const Rect& ra = a->rect;
  const Rect& rb = b->rect;
  if (a->column == StageColumn::Middle && b->column == StageColumn::Middle) {
    if (a->grid_column == b->grid_column) {
      return side_curve(ra, rb, layout.unit);
    }
    const bool rightwards = a->grid_column < b->grid_column;
    return horizontal_curve({rightwards ? ra.right() : ra.x, ra.center().y},
                            {rightwards ? rb.x : rb.right(), rb.center().y});
  }
  if (a->column == b->column) {
    return left_curve(ra, rb, layout.unit);
  }
  const bool rightwards = ra.center().x < rb.center().x;
  return horizontal_curve({rightwards ? ra.right() : ra.x, ra.center().y},
                          {rightwards ? rb.x : rb.right(), rb.center().y});
}

}  // namespace kscope::ui
