// A large cluster as a wall of tiles: brokers on top, below them one tile a partition, coloured and marked by its state.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ui/app/widgets.h"
#include "ui/draw/tile.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

using view::EntityKind;
using view::EntityRef;

struct TileLook {
  TileState state;
  std::string_view word;
};
constexpr std::array<TileLook, 5> kLooks{{{TileState::Healthy, "healthy"},
                                          {TileState::NotPreferred, "not led by the preferred replica"},
                                          {TileState::UnderReplicated, "under-replicated"},
                                          {TileState::UnderMinIsr, "under min ISR"},
                                          {TileState::Offline, "offline"}}};

constexpr float kLeastShareOfText = 0.6F;  // of its size; smaller text says nothing

void draw_brokers(const view::Snapshot& s, const Panel& ui, const WallLayout& wall, std::vector<StageHit>& hits) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  for (const BrokerTile& tile : wall.brokers) {
    for (const view::Node& n : s.nodes) {
      if (n.node != tile.node) {
        continue;
      }
      const EntityRef entity{EntityKind::kNode, n.node};
      const bool up = n.status == view::NodeStatus::kUp;
      p.fill_rect(tile.rect, up ? t.panel : mixed(t.panel, status_color(t, status_of(n.status)), 0.5F), ui.px(4));
      p.rect(tile.rect, n.is_controller ? t.accent : t.border_strong, ui.px(n.is_controller ? 2 : 1), ui.px(4));
      // The letter goes first when there is no room, then long numbers are written smaller.
      const bool has_room = tile.rect.w > ui.px(26);
      const std::string name = has_room ? n.name : std::to_string(n.broker_id);
      const float size = ui.px(has_room ? 11.0F : 10.0F);
      const float share = (tile.rect.w - ui.px(2)) / p.text_size(Face::Strong, size, name).x;
      if (share > kLeastShareOfText) {
        text_centered(p, tile.rect.center(), t.text, Face::Strong, size * std::min(share, 1.0F), name);
      }
      if (!up) {
        draw_status(p, t, {tile.rect.right() - ui.px(7), tile.rect.y + ui.px(7)}, ui.px(11), status_of(n.status));
      }
      hits.push_back({tile.rect, entity});
    }
  }
  // Above the tiles beside it, which would cover a part of the ring.
  for (const StageHit& hit : hits) {
    if (ui.state.selection == hit.entity) {
      draw_selection(p, ui, hit.rect, ui.px(4));
    }
  }
}

// What the tiles mean and how many there are; where not all have room, states that no partition is in are left out.
void draw_legend_line(const Panel& ui, const std::array<int, kLooks.size()>& counts, Vec2 at, float room) {
  ImGuiPainter p = window_painter(ui);
  const float size = ui.px(text_size::kSmall);
  std::array<std::string, kLooks.size()> texts;
  float all = 0;
  for (std::size_t i = 0; i < kLooks.size(); ++i) {
    texts[i] = fmt::format("{} {}", counts[i], kLooks[i].word);
    all += p.text_size(Face::Regular, size, texts[i]).x + ui.px(40);
  }
  const bool shows_all = all - ui.px(22) <= room;
  float x = at.x;
  for (std::size_t i = 0; i < kLooks.size(); ++i) {
    if (shows_all || counts[i] > 0) {
      draw_tile(p, ui.theme, {x, at.y - ui.px(6), ui.px(12), ui.px(12)}, kLooks[i].state, ui.scale);
      text_left(p, {x + ui.px(18), at.y}, ui.theme.text_secondary, Face::Regular, size, texts[i]);
      x += p.text_size(Face::Regular, size, texts[i]).x + ui.px(40);
    }
  }
}

// Tiles lie in rows, but a plain search of a few thousand rectangles a frame costs little, and only while the cursor is here.
void add_hits(const view::Snapshot& s, const WallLayout& wall, Vec2 mouse, std::vector<StageHit>& hits) {
  for (const WallTile& tile : wall.tiles) {
    if (tile.rect.contains(mouse)) {
      const view::Partition& p = s.partitions[tile.partition];
      hits.push_back({tile.rect, {EntityKind::kPartition, p.topic, p.partition}});
      return;
    }
  }
}

}  // namespace

void draw_wall_panel(const view::Snapshot& s, const Panel& ui, const Rect& area) {
  const Theme& t = ui.theme;
  ImGuiPainter p = window_painter(ui);
  ImGui::SetCursorScreenPos({area.x + ui.px(16), area.y + ui.px(8)});
  int order = ui.state.wall_worst_first ? 1 : 0;
  if (segmented(ui, "order", {"By number", "Worst first"}, order)) {
    ui.state.wall_worst_first = order == 1;
  }
  const Rect body{area.x + ui.px(16), area.y + ui.px(44), area.w - ui.px(32), area.h - ui.px(74)};
  const WallLayout wall = compute_wall(s, body, ui.scale, ui.state.wall_worst_first);
  std::vector<StageHit> hits;
  draw_brokers(s, ui, wall, hits);
  std::array<int, kLooks.size()> counts{};
  for (const WallTile& tile : wall.tiles) {
    ++counts[static_cast<std::size_t>(tile.state)];
    const view::Partition& partition = s.partitions[tile.partition];
    if (wall.has_names) {
      const Rect sign{tile.rect.x, tile.rect.y, tile.rect.h, tile.rect.h};
      p.fill_rect(tile.rect, t.panel, ui.px(4));
      p.rect(tile.rect, t.border_strong, 1, ui.px(4));
      draw_tile(p, t, sign.inset(ui.px(3)), tile.state, ui.scale);
      text_left(p, {sign.right() + ui.px(3), sign.center().y}, t.text, Face::Regular, ui.px(text_size::kSmall),
                partition.name, tile.rect.right() - sign.right() - ui.px(6));
    } else {
      draw_tile(p, t, tile.rect, tile.state, ui.scale);
    }
  }
  for (const WallTile& tile : wall.tiles) {
    const view::Partition& partition = s.partitions[tile.partition];
    if (ui.state.selection == EntityRef{EntityKind::kPartition, partition.topic, partition.partition}) {
      draw_selection(p, ui, tile.rect, ui.px(2));
    }
  }
  draw_legend_line(ui, counts, {body.x, area.bottom() - ui.px(14)}, body.w);
  add_hits(s, wall, vec(ImGui::GetIO().MousePos), hits);
  ImGui::SetCursorScreenPos({body.x, body.y});
  ImGui::InvisibleButton("wall", {body.w, body.h},
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
  const bool opened = ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0);
  draw_entity_cursor(s, ui, hits);
  if (opened && ui.state.selection.kind == EntityKind::kPartition) {
    ui.state.stage_tab = StageTab::Log;
  }
}

}  // namespace kscope::ui
