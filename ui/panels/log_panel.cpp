// One partition in large: all its replicas one below the other, aligned by offset, and the groups that read it.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <array>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/draw/stage_paint.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

using view::EntityKind;
using view::EntityRef;
using view::Partition;

// The partition of the selection, else the first one that users made.
std::size_t shown_partition(const view::Snapshot& s, const EntityRef& e) {
  const bool in_partition =
      e.kind == EntityKind::kPartition || e.kind == EntityKind::kReplica || e.kind == EntityKind::kRecord;
  for (std::size_t i = 0; i < s.partitions.size(); ++i) {
    if (in_partition && s.partitions[i].topic == e.a && s.partitions[i].partition == e.b) {
      return i;
    }
  }
  for (std::size_t i = 0; i < s.partitions.size(); ++i) {
    if (!s.partitions[i].is_internal) {
      return i;
    }
  }
  return 0;
}

constexpr std::size_t kMostChips = 12;

Status status_of(const Partition& p) {
  return p.leader < 0 || p.is_under_min_isr ? Status::Bad : p.is_under_replicated ? Status::Attention : Status::Ok;
}

// One chip; false if there is no room for it in the row any more.
bool draw_chip(const view::Snapshot& s, const Panel& ui, std::size_t i, std::size_t shown, bool is_first,
               bool may_wrap) {
  const Partition& p = s.partitions[i];
  const Status status = status_of(p);
  const Chip c{p.name, i == shown ? Status::Info : status, status != Status::Ok, i == shown, false};
  if (!is_first) {
    ImGui::SameLine(0, ui.px(6));
    if (ImGui::GetContentRegionAvail().x < chip_width(ui, c)) {
      ImGui::NewLine();
      if (!may_wrap) {
        return false;
      }
    }
  }
  ImGui::PushID(static_cast<int>(i));
  if (chip(ui, "partition", c, "Show this partition.")) {
    ui.state.selection = {EntityKind::kPartition, p.topic, p.partition};
  }
  ImGui::PopID();
  return true;
}

// Many partitions: a list that opens, narrowed by typing, and beside it those in trouble, the worst first.
void draw_list_choice(const view::Snapshot& s, const Panel& ui, std::size_t shown) {
  ImGui::SetNextItemWidth(ui.px(190));
  ImGui::SetNextWindowSizeConstraints({ui.px(240), 0}, {ui.px(360), ui.px(380)});
  if (ImGui::BeginCombo("##partition", s.partitions[shown].name.c_str(), ImGuiComboFlags_HeightLargest)) {
    if (ImGui::IsWindowAppearing()) {
      ui.state.partition_search.clear();
      ImGui::SetKeyboardFocusHere();
    }
    ImGui::SetNextItemWidth(-1);
    ImGui::InputTextWithHint("##search", "type a part of the name", &ui.state.partition_search);
    place(ui, "field", "partition");
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < s.partitions.size(); ++i) {
      if (s.partitions[i].name.find(ui.state.partition_search) != std::string::npos) {
        found.push_back(i);
      }
    }
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(found.size()));
    while (clipper.Step()) {
      for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row) {
        const std::size_t i = found[static_cast<std::size_t>(row)];
        const Partition& p = s.partitions[i];
        ImGui::PushID(static_cast<int>(i));
        if (ImGui::Selectable(("      " + p.name).c_str(), i == shown)) {
          ui.state.selection = {EntityKind::kPartition, p.topic, p.partition};
        }
        place(ui, "partition", p.name);
        const Rect r = item_rect();
        ImGuiPainter painter = window_painter(ui);
        draw_status(painter, ui.theme, {r.x + ui.px(9), r.center().y}, ui.px(13), status_of(p));
        ImGui::PopID();
      }
    }
    ImGui::EndCombo();
  }
  place(ui, "list", "partitions");
  item_tooltip(ui, "Every partition, by name.");
  std::vector<std::size_t> troubled;
  for (std::size_t i = 0; i < s.partitions.size(); ++i) {
    if (status_of(s.partitions[i]) != Status::Ok && i != shown) {
      troubled.push_back(i);
    }
  }
  std::stable_sort(troubled.begin(), troubled.end(), [&](std::size_t a, std::size_t b) {
    return status_of(s.partitions[a]) == Status::Bad && status_of(s.partitions[b]) != Status::Bad;
  });
  for (const std::size_t i : troubled) {
    if (!draw_chip(s, ui, i, shown, false, false)) {
      break;
    }
  }
}

void draw_choice(const view::Snapshot& s, const Panel& ui, std::size_t shown) {
  if (s.partitions.size() > kMostChips) {
    draw_list_choice(s, ui, shown);
    return;
  }
  for (std::size_t i = 0; i < s.partitions.size(); ++i) {
    draw_chip(s, ui, i, shown, i == 0, true);
  }
}

StageLayout layout_of(const view::Snapshot& s, const Panel& ui, std::size_t index, const Rect& area) {
  StageLayout out;
  out.unit = ui.scale * 1.45F;
  const float u = out.unit;
  const Partition& p = s.partitions[index];
  const float row = u * 52;
  float y = area.y;
  std::int64_t end = p.log_end_offset;
  for (const view::Replica& r : p.replicas) {
    end = std::max(end, r.log_end_offset);
    for (const view::Cell& c : r.cells) {
      end = std::max(end, c.offset + 1);
    }
  }
  for (std::size_t r = 0; r < p.replicas.size(); ++r) {
    StripBox strip;
    strip.partition = index;
    strip.replica = r;
    strip.node = p.replicas[r].node;
    strip.row = {area.x, y, area.w, row};
    strip.cell = 22 * u;
    strip.capacity = std::max<std::int64_t>(4, static_cast<std::int64_t>((area.w - 104 * u - 66 * u) / strip.cell));
    strip.cells = {area.x + 104 * u, y + row * 0.32F, static_cast<float>(strip.capacity) * strip.cell, 20 * u};
    const std::int64_t over = end + 2 - strip.capacity;
    strip.first_offset = over > 0 ? (over + 3) / 4 * 4 : 0;
    out.strips.push_back(strip);
    y += row;
  }
  return out;
}

struct Band {
  std::int64_t from;
  std::int64_t to;
  std::string_view word;
  Color color;
  bool is_hatched;
};

// One line a group: what it may get again, what waits for it, and what it cannot see yet.
void draw_group_line(const Panel& ui, const view::Snapshot& s, const Partition& p, const view::GroupMark& mark,
                     const StripBox& strip, float y, float u) {
  ImGuiPainter painter = window_painter(ui);
  const Theme& t = ui.theme;
  std::string name = mark.letter;
  for (const view::Group& g : s.groups) {
    name = g.group == mark.group ? mark.letter + "  " + g.name : name;
  }
  text_left(painter, {strip.row.x + 12 * u, y}, t.text, Face::Strong, 12 * u, name, 88 * u);
  const std::int64_t position = std::max(mark.position, mark.committed);
  const std::int64_t committed = std::max<std::int64_t>(0, mark.committed);
  const std::array<Band, 3> bands{{{committed, position, "in processing", t.attention, false},
                                   {position, p.high_watermark, "readable", t.info, false},
                                   {p.high_watermark, p.log_end_offset, "not yet readable", t.offline, true}}};
  for (const Band& band : bands) {
    if (band.to <= band.from || position < 0) {
      continue;
    }
    const float x0 = offset_x(strip, band.from);
    const float x1 = offset_x(strip, band.to);
    const Rect r{x0, y - 6 * u, x1 - x0, 12 * u};
    if (r.empty()) {
      continue;
    }
    painter.fill_rect(r, faded(band.color, band.is_hatched ? 0.15F : 0.35F), 3 * u);
    if (band.is_hatched) {
      draw_hatch(painter, r, Hatch::Rising, 6 * u, faded(t.text_secondary, 0.6F), 1);
    }
    if (painter.text_size(Face::Regular, 10 * u, band.word).x < r.w - 16 * u) {
      text_centered(painter, r.center(), t.text, Face::Regular, 10 * u, band.word);
    }
  }
  if (mark.position >= 0) {
    draw_position(painter, {offset_x(strip, mark.position), y}, 9 * u, t.text, t.panel, 1.5F * u);
  }
  if (mark.committed >= 0) {
    draw_committed(painter, {offset_x(strip, mark.committed), y}, 9 * u, t.text);
  }
  text_right(painter, {strip.row.right() - 12 * u, y}, t.text_secondary, Face::Regular, 11 * u,
             fmt::format("lag {}", mark.lag));
}

}  // namespace

EntityRef partition_in_log(const view::Snapshot& s, const EntityRef& selection) {
  if (s.partitions.empty()) {
    return {};
  }
  const Partition& p = s.partitions[shown_partition(s, selection)];
  return {EntityKind::kPartition, p.topic, p.partition};
}

void draw_log_panel(const view::Snapshot& s, const Panel& ui) {
  if (s.partitions.empty()) {
    label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, "There is no partition yet.");
    return;
  }
  const std::size_t index = shown_partition(s, ui.state.selection);
  const Partition& p = s.partitions[index];
  draw_choice(s, ui, index);
  label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary,
        fmt::format("leader {}   \u00b7   epoch {}   \u00b7   min.insync.replicas {}   \u00b7   offsets {} to {}   "
                    "\u00b7   high watermark {}",
                    p.leader < 0 ? std::string("none") : fmt::format("broker {}", p.leader), p.leader_epoch, p.min_isr,
                    p.log_start_offset, p.log_end_offset, p.high_watermark));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const StageLayout layout = layout_of(s, ui, index, {at.x, at.y + ui.px(6), room.x, room.y});
  const float u = layout.unit;
  ImGuiPainter painter = window_painter(ui);
  StageOptions options;
  options.cell_text = ui.state.cell_text;
  options.show_ghosts = ui.state.show_ghosts;
  options.label_by_broker = true;
  options.selection = ui.state.selection.kind == EntityKind::kPartition ? EntityRef{} : ui.state.selection;
  options.hovered = ui.state.hovered;
  std::vector<StageHit> hits;
  StagePaint stage{painter, ui.theme, s, layout, options, hits};
  float bottom = at.y;
  for (const StripBox& strip : layout.strips) {
    const Rect card = strip.row.inset(0, 2 * u);
    painter.fill_rect(card, ui.theme.panel, 6 * u);
    painter.rect(card, ui.theme.border, 1, 6 * u);
    paint_strip(stage, strip);
    bottom = strip.row.bottom();
  }
  float y = bottom + 16 * u;
  for (const view::GroupMark& mark : p.groups) {
    draw_group_line(ui, s, p, mark, layout.strips.front(), y, u);
    y += 20 * u;
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::InvisibleButton("log", {std::max(1.0F, room.x), std::max(ui.px(40), y - at.y)},
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
  draw_entity_cursor(s, ui, hits);
}

}  // namespace kscope::ui
