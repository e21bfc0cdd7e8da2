#include "ui/layout/stage_layout.h"

#include <algorithm>
#include <cmath>

#include "ui/draw/stroke.h"

namespace kscope::ui {
namespace {

using view::NodeRole;

// Sizes at 100 %. Text has the same size in both; what differs is the air around it.
struct Metrics {
  StageDensity density;
  float margin;
  float producer_width;
  float producer_height;
  float group_width;
  float group_header;
  float member_height;
  float lane;  // free way between columns, where messages travel
  float max_lane;
  float bulge;  // for the links between brokers when nothing stands to their right
  float broker_header;
  float card_padding;
  float row;     // least height of a replica row: markers above the cells, group marks below
  float marker;  // of that, above the cells
  float cell_height;
  float gap;
  float section;  // between producers and ZooKeeper servers
  float zookeeper_height;
  float strip_label;  // crown and name before the cells
  float strip_tail;   // offsets after the cells
  float min_broker_width;
  float good_strip;  // cells in a strip that tell a story
};

constexpr Metrics kRoomy{.density = StageDensity::Roomy,
                         .margin = 16,
                         .producer_width = 168,
                         .producer_height = 74,
                         .group_width = 214,
                         .group_header = 36,
                         .member_height = 44,
                         .lane = 80,
                         .max_lane = 170,
                         .bulge = 116,
                         .broker_header = 33,
                         .card_padding = 6,
                         .row = 36,
                         .marker = 13,
                         .cell_height = 14.5F,
                         .gap = 14,
                         .section = 40,
                         .zookeeper_height = 44,
                         .strip_label = 104,
                         .strip_tail = 58,
                         .min_broker_width = 330,
                         .good_strip = 18};

constexpr Metrics kCompact{.density = StageDensity::Compact,
                           .margin = 6,
                           .producer_width = 132,
                           .producer_height = 50,
                           .group_width = 150,
                           .group_header = 28,
                           .member_height = 36,
                           .lane = 44,
                           .max_lane = 150,
                           .bulge = 116,
                           .broker_header = 23,
                           .card_padding = 3,
                           .row = 26,
                           .marker = 8.5F,
                           .cell_height = 13,
                           .gap = 6,
                           .section = 16,
                           .zookeeper_height = 38,
                           .strip_label = 94,
                           .strip_tail = 54,
                           .min_broker_width = 278,
                           .good_strip = 18};

// The last resort before text shrinks: names and offsets stay as large, and a few cells are enough.
constexpr Metrics kDense{.density = StageDensity::Dense,
                         .margin = 4,
                         .producer_width = 112,
                         .producer_height = 48,
                         .group_width = 132,
                         .group_header = 26,
                         .member_height = 36,
                         .lane = 22,
                         .max_lane = 150,
                         .bulge = 80,
                         .broker_header = 20,
                         .card_padding = 2,
                         .row = 18,
                         .marker = 4.5F,
                         .cell_height = 12,
                         .gap = 5,
                         .section = 8,
                         .zookeeper_height = 38,
                         .strip_label = 90,
                         .strip_tail = 40,
                         .min_broker_width = 234,
                         .good_strip = 8};

constexpr float kMaxRow = 64;
constexpr float kBarRow = 16;
constexpr float kMaxGap = 34;
constexpr float kCell = 21;     // width of a cell of 18 pixels' height
constexpr float kDigit = 6.6F;  // width of a digit in a cell
constexpr float kMaxBrokerWidth = 860;
constexpr float kComfortable =
    0.9F;                           // below this many screen pixels per pixel of the wished scale air gives way to text
constexpr float kTight = 0.8F;      // below this many cells give way as well
constexpr float kReadable = 0.62F;  // below this many screen pixels per design pixel cells become bars

struct Census {
  std::vector<std::int32_t> brokers;
  std::vector<std::int32_t> zookeepers;
  std::vector<std::int32_t> left;
  std::vector<std::vector<std::int32_t>> members;  // by group index; the last entry: consumers of no group
  std::size_t most_replicas = 0;                   // on one broker
  float label_width = 0;                           // of the longest offset in a cell
};

Census take_census(const view::Snapshot& s, bool show_admin) {
  Census out;
  out.members.resize(s.groups.size() + 1);
  for (const view::Node& node : s.nodes) {
    switch (node.role) {
      case NodeRole::kBroker: out.brokers.push_back(node.node); break;
      case NodeRole::kZooKeeper:
      case NodeRole::kController: out.zookeepers.push_back(node.node); break;
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
  std::int64_t end = 0;
  for (const view::Partition& p : s.partitions) {
    end = std::max(end, p.log_end_offset);
  }
  out.label_width = kDigit * (end > 100 ? 3.0F : end > 10 ? 2.0F : 1.0F);
  return out;
}

float left_height(const Census& c, const Metrics& m) {
  const auto n = static_cast<float>(c.left.size());
  const auto keepers = static_cast<float>(c.zookeepers.size());
  return n * (m.producer_height + m.gap) + keepers * (m.zookeeper_height + m.gap) + (keepers > 0 ? m.section : 0) -
         m.gap;
}

bool has_left(const Census& c) { return !c.left.empty() || !c.zookeepers.empty(); }

float right_height(const Census& c, const Metrics& m) {
  float h = 0;
  for (std::size_t g = 0; g < c.members.size(); ++g) {
    const bool is_group = g + 1 < c.members.size();
    if (is_group || !c.members[g].empty()) {
      h += (h > 0 ? m.gap : 0) + (is_group ? m.group_header : 0) +
           static_cast<float>(std::max<std::size_t>(1, c.members[g].size())) * m.member_height + 8;
    }
  }
  return h;
}

// Everything below is computed in design pixels inside (0, 0, width, height) and placed on the screen at the end.
struct Grid {
  Metrics metrics = kRoomy;
  float width = 0;
  float height = 0;
  int columns = 1;
  int rows = 1;
  float row_height = kRoomy.row;
  float gap = kRoomy.gap;
  float lane = kRoomy.lane;
  float broker_x = 0;
  float broker_width = kRoomy.min_broker_width;
  float broker_height = 0;
  float top = 0;  // y of the first broker card
  StageTier tier = StageTier::Cells;
};

float card_height(const Metrics& m, float row_height, std::size_t replicas) {
  return m.broker_header + static_cast<float>(replicas) * row_height + m.card_padding;
}

float side_width(const Census& c, const Metrics& m) {
  return 2 * m.margin + (has_left(c) ? m.producer_width + m.lane : 0) +
         (right_height(c, m) > 0 ? m.group_width + m.lane : m.bulge);
}

int rows_for(const Census& c, int columns) {
  return std::max(1, (static_cast<int>(c.brokers.size()) + columns - 1) / columns);
}

float least_height(const Census& c, const Metrics& m, int columns, float row) {
  const auto rows = static_cast<float>(rows_for(c, columns));
  const float brokers = rows * card_height(m, row, c.most_replicas) + (rows - 1) * m.gap;
  return 2 * m.margin + std::max({brokers, left_height(c, m), right_height(c, m)});
}

float least_width(const Census& c, const Metrics& m, int columns) {
  const auto n = static_cast<float>(columns);
  return side_width(c, m) + n * m.min_broker_width + (n - 1) * m.lane;
}

// Cells keep their proportions, and are wide enough for what is written in them.
float cell_width(const Census& c, float cell_height) { return std::max(kCell * cell_height / 18, c.label_width + 6); }

// In pixels at 100 %, and how much larger than that everything may be drawn.
struct Room {
  Vec2 size;
  float most = 1;
};

// The number of columns that needs little shrinking and leaves strips long enough to read, with these metrics.
Grid choose_columns(const Census& c, const Metrics& m, StageTier tier, Room room, float& fit) {
  Grid best;
  best.metrics = m;
  best.tier = tier;
  best.row_height = tier == StageTier::Cells ? m.row : kBarRow;
  fit = 0;
  float best_score = 0;
  for (int columns = 1; columns <= std::max(1, static_cast<int>(c.brokers.size())); ++columns) {
    const float f = std::min({room.most, room.size.x / least_width(c, m, columns),
                              room.size.y / least_height(c, m, columns, best.row_height)});
    const auto n = static_cast<float>(columns);
    const float card = (room.size.x / f - side_width(c, m) - (n - 1) * m.lane) / n;
    const float cells = std::max(1.0F, (card - m.strip_label - m.strip_tail) / cell_width(c, m.cell_height));
    const float score = f * std::sqrt(std::min(1.0F, cells / m.good_strip));
    if (score > best_score + 0.001F) {
      best_score = score;
      fit = f;
      best.columns = columns;
    }
  }
  return best;
}

// Air gives way first, then the number of cells, then records; text shrinks last.
Grid choose_grid(const Census& c, Room room, float scale, float& fit) {
  Grid best = choose_columns(c, kRoomy, StageTier::Cells, room, fit);
  if (fit < kComfortable * room.most) {
    best = choose_columns(c, kCompact, StageTier::Cells, room, fit);
    if (fit < kTight * room.most) {
      best = choose_columns(c, kDense, StageTier::Cells, room, fit);
    }
    if (fit * scale < kReadable) {
      best = choose_columns(c, kCompact, StageTier::Bars, room, fit);
    }
  }
  fit = std::max(fit, 0.15F);
  best.rows = rows_for(c, best.columns);
  best.width = room.size.x / fit;
  best.height = room.size.y / fit;
  return best;
}

// Gives the spare space to rows, gaps and lanes.
void stretch(Grid& g, const Census& c) {
  const Metrics& m = g.metrics;
  const auto rows = static_cast<float>(g.rows);
  const auto columns = static_cast<float>(g.columns);
  const float room = g.height - 2 * m.margin;
  if (g.tier == StageTier::Cells && c.most_replicas > 0) {
    const float per_row =
        ((room - (rows - 1) * m.gap) / rows - m.broker_header - m.card_padding) / static_cast<float>(c.most_replicas);
    g.row_height = std::clamp(std::floor(per_row), m.row, kMaxRow);
  }
  g.broker_height = card_height(m, g.row_height, c.most_replicas);
  if (g.rows > 1) {
    g.gap = std::clamp((room - rows * g.broker_height) / (rows - 1), m.gap, kMaxGap);
  }
  const float sides = (has_left(c) ? 1.0F : 0.0F) + (right_height(c, m) > 0 ? 1.0F : 0.0F);
  const float lanes = sides + (columns - 1);
  const float spare = g.width - least_width(c, m, g.columns);
  g.lane = lanes > 0 ? std::clamp(m.lane + spare * 0.25F / lanes, m.lane, m.max_lane) : m.lane;
  const float used = least_width(c, m, g.columns) - columns * m.min_broker_width + lanes * (g.lane - m.lane);
  g.broker_width = std::clamp((g.width - used) / columns, m.min_broker_width, kMaxBrokerWidth);
  const float total = used + columns * g.broker_width;
  g.broker_x = (g.width - total) / 2 + m.margin + (has_left(c) ? m.producer_width + g.lane : 0);
  const float block = rows * g.broker_height + (rows - 1) * g.gap;
  g.top = m.margin + std::max(0.0F, (room - block) / 2);
}

void place_brokers(const view::Snapshot& s, const Census& c, const Grid& g, StageLayout& out) {
  const Metrics& m = g.metrics;
  for (std::size_t i = 0; i < c.brokers.size(); ++i) {
    const int column = static_cast<int>(i) % g.columns;
    const int row = static_cast<int>(i) / g.columns;
    const Rect card{g.broker_x + static_cast<float>(column) * (g.broker_width + g.lane),
                    g.top + static_cast<float>(row) * (g.broker_height + g.gap), g.broker_width, g.broker_height};
    out.nodes.push_back({c.brokers[i], StageColumn::Middle, card, column});
    out.brokers = i == 0 ? card : united(out.brokers, card);
    float y = card.y + m.broker_header;
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
            g.tier == StageTier::Bars ? kBarRow - 6 : std::clamp(g.row_height * 0.4F, m.cell_height, 22.0F);
        strip.cell = cell_width(c, cell_height);
        const float width = card.w - m.strip_label - m.strip_tail;
        strip.capacity = std::max<std::int64_t>(1, static_cast<std::int64_t>(width / strip.cell));
        const float middle = (g.row_height - cell_height) / 2;
        const float above = g.tier == StageTier::Bars ? middle : std::max(m.marker, middle + 1);
        strip.cells = {card.x + m.strip_label, y + above, static_cast<float>(strip.capacity) * strip.cell, cell_height};
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
  const Metrics& m = g.metrics;
  const float center = g.top + (static_cast<float>(g.rows) * (g.broker_height + g.gap) - g.gap) / 2;
  float y = std::max(m.margin, center - left_height(c, m) / 2);
  const float left = g.broker_x - g.lane - m.producer_width;
  for (const std::int32_t node : c.left) {
    out.nodes.push_back({node, StageColumn::Left, {left, y, m.producer_width, m.producer_height}});
    y += m.producer_height + m.gap;
  }
  y += c.left.empty() ? 0 : m.section;
  for (const std::int32_t node : c.zookeepers) {
    out.nodes.push_back({node, StageColumn::Keeper, {left, y, m.producer_width, m.zookeeper_height}});
    y += m.zookeeper_height + m.gap;
  }
  const float columns = static_cast<float>(g.columns);
  const float right = g.broker_x + columns * g.broker_width + (columns - 1) * g.lane + g.lane;
  y = std::max(m.margin, center - right_height(c, m) / 2);
  for (std::size_t i = 0; i < c.members.size(); ++i) {
    const bool is_group = i < s.groups.size();
    if (!is_group && c.members[i].empty()) {
      continue;
    }
    const auto count = static_cast<float>(std::max<std::size_t>(1, c.members[i].size()));
    const float header = is_group ? m.group_header : 0;
    const Rect box{right, y, m.group_width, header + count * m.member_height + 8};
    if (is_group) {
      out.groups.push_back({i, box});
    }
    float member_y = y + header;
    for (const std::int32_t node : c.members[i]) {
      out.nodes.push_back({node, StageColumn::Right, {right + 8, member_y, m.group_width - 16, m.member_height - 6}});
      member_y += m.member_height;
    }
    y += box.h + m.gap;
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
  Grid grid = choose_grid(census, {{view.area.w / view.scale, view.area.h / view.scale}, view.growth},
                          view.scale * view.zoom, fit);
  stretch(grid, census);
  out.area = view.area;
  out.tier = grid.tier;
  out.density = grid.metrics.density;
  out.header = grid.metrics.broker_header;
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
