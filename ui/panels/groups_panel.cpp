// Consumer groups: state, members, and who owned which partition in each generation, with what a rebalance moved and stopped.
#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>

#include "sim/view/owned_text.h"
#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

using view::EntityKind;
using view::EntityRef;
using view::Generation;
using view::Group;

std::string owner_name(const view::Snapshot& s, std::int32_t node) {
  return node < 0 ? std::string() : name_of(s, {EntityKind::kNode, node});
}

// One colour and one letter for each member, by its place among the members.
std::size_t place_of(const view::Snapshot& s, const Group& group, std::int32_t node) {
  std::vector<std::int32_t> ids;
  for (const view::Node& n : s.nodes) {
    if (n.role == view::NodeRole::kConsumer && n.group == group.group) {
      ids.push_back(n.node);
    }
  }
  const auto it = std::find(ids.begin(), ids.end(), node);
  return static_cast<std::size_t>(it - ids.begin());
}

/// "range (eager)": how the group shares its partitions.
std::string protocol_text(const Group& g) {
  if (g.protocol.empty()) {
    return "no protocol yet";
  }
  const bool names_itself = g.protocol.starts_with("cooperative") || g.protocol.starts_with("consumer");
  return names_itself ? g.protocol : g.protocol + (g.is_cooperative ? " (cooperative)" : " (eager)");
}

void draw_group_head(const Group& g, const Panel& ui) {
  const Theme& t = ui.theme;
  label(ui, Face::Strong, text_size::kTitle, t.text, g.name);
  ImGui::SameLine(0, ui.px(14));
  const Status status = g.state == "Stable"                       ? Status::Ok
                        : g.state == "Empty" || g.state == "Dead" ? Status::Offline
                                                                  : Status::Attention;
  chip(ui, "state", {g.state, status, true, true, false},
       "The state of the group at its coordinator, in Kafka's words.");
  const std::string facts =
      fmt::format("{}   \u00b7   {}   \u00b7   coordinator {}   \u00b7   lag {}",
                  g.generation < 0 ? std::string("no generation yet") : fmt::format("generation {}", g.generation),
                  protocol_text(g), g.coordinator < 0 ? std::string("none") : fmt::format("broker {}", g.coordinator),
                  count_text(g.total_lag));
  ImGui::SameLine(0, ui.px(14));
  ImGui::AlignTextToFramePadding();
  const Vec2 extent = window_painter(ui).text_size(Face::Regular, ui.px(text_size::kBody), facts);
  if (extent.x > ImGui::GetContentRegionAvail().x) {
    ImGui::NewLine();  // a narrow window: below, where it may wrap
    label_wrapped(ui, Face::Regular, text_size::kBody, t.text_secondary, facts);
  } else {
    label(ui, Face::Regular, text_size::kBody, t.text_secondary, facts);
  }
  if (!g.waiting_for.empty()) {
    label_wrapped(ui, Face::Strong, text_size::kBody, t.attention_text, "Waiting: " + g.waiting_for);
  }
}

struct MatrixSize {
  float name;
  float column;
  float row;
};

/// One partition in one generation.
struct Cell {
  std::int32_t owner = -1;
  std::int32_t before = -1;  ///< in the generation before
  Duration stalled{0};
};

void draw_matrix_cell(const view::Snapshot& s, const Group& g, const Panel& ui, const Rect& r, const Cell& cell,
                      bool is_stable) {
  const std::int32_t owner = cell.owner;
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const float rounding = ui.px(4);
  if (owner < 0) {
    p.fill_rect(r, t.raised, rounding);
    draw_hatch(p, r, Hatch::Rising, ui.px(7), faded(t.attention, 0.8F), ui.px(1));
    dashed_rect(p, r, rounding, {ui.px(4), ui.px(3), 0}, t.attention, ui.px(1.2F));
    return;
  }
  const Color fill = t.key_hues[place_of(s, g, owner) % kKeyHues];
  p.fill_rect(r, is_stable ? fill : mixed(t.panel, fill, 0.4F), rounding);
  p.rect(r, faded(t.outline, 0.7F), 1, rounding);
  const std::string name = owner_name(s, owner);
  const std::size_t dash = name.rfind('-');
  const bool has_stalled = cell.stalled > Duration(0);
  text_centered(p, {has_stalled ? r.x + r.w * 0.22F : r.center().x, r.center().y}, ink_on(fill), Face::Strong,
                ui.px(text_size::kSmall), dash == std::string::npos ? name : name.substr(dash + 1));
  if (has_stalled) {
    text_centered(p, {r.x + r.w * 0.64F, r.center().y}, ink_on(fill), Face::Regular, ui.px(text_size::kSmall),
                  span_text(cell.stalled));
  }
  if (cell.before >= 0 && cell.before != owner) {
    // A moved partition has a notch, so that it is seen without colour.
    const std::array<Vec2, 3> notch{Vec2{r.x, r.y}, {r.x + ui.px(10), r.y}, {r.x, r.y + ui.px(10)}};
    p.fill_polygon(notch, t.outline);
  }
}

/// Rows [first, last) of the matrix that can be seen: thousands of partitions cost no more than a screenful.
struct RowRange {
  std::size_t first = 0;
  std::size_t last = 0;
};
RowRange visible_rows(float top, float height, std::size_t count) {
  const float clip_top = ImGui::GetWindowPos().y;
  const float clip_bottom = clip_top + ImGui::GetWindowHeight();
  const float first = std::floor((clip_top - top) / height);
  const float last = std::ceil((clip_bottom - top) / height);
  const auto limit = static_cast<float>(count);
  return {static_cast<std::size_t>(std::clamp(first, 0.0F, limit)),
          static_cast<std::size_t>(std::clamp(last, 0.0F, limit))};
}

void draw_matrix(const view::Snapshot& s, const Group& g, const Panel& ui) {
  const Theme& t = ui.theme;
  ImGuiPainter p = window_painter(ui);
  const MatrixSize size{ui.px(128), ui.px(78), ui.px(26)};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const auto room =
      static_cast<std::size_t>(std::max(1.0F, (ImGui::GetContentRegionAvail().x - size.name) / size.column));
  const std::size_t first = g.generations.size() > room ? g.generations.size() - room : 0;
  const RowRange rows = visible_rows(at.y + ui.px(24), size.row, g.partitions.size());
  text_left(p, {at.x, at.y + ui.px(12)}, t.text_secondary, Face::Strong, ui.px(text_size::kSmall),
            "partition \\ generation");
  for (std::size_t c = first; c < g.generations.size(); ++c) {
    const Generation& generation = g.generations[c];
    const float x = at.x + size.name + static_cast<float>(c - first) * size.column;
    const Generation* previous = c > 0 ? &g.generations[c - 1] : nullptr;
    const bool chosen = ui.state.shown_generation == generation.generation ||
                        (ui.state.shown_generation < 0 && c + 1 == g.generations.size());
    text_centered(p, {x + size.column / 2, at.y + ui.px(12)}, chosen ? t.accent_text : t.text_secondary, Face::Strong,
                  ui.px(text_size::kSmall), std::to_string(generation.generation));
    for (std::size_t row = rows.first; row < rows.last && row < generation.owner.size(); ++row) {
      const Rect r{x + ui.px(2), at.y + ui.px(24) + static_cast<float>(row) * size.row, size.column - ui.px(4),
                   size.row - ui.px(4)};
      const std::int32_t before = previous != nullptr && row < previous->owner.size() ? previous->owner[row] : -1;
      draw_matrix_cell(s, g, ui, r, {generation.owner[row], before, generation.stalled[row]}, generation.is_stable);
    }
    const Rect column{x, at.y, size.column, ui.px(24) + static_cast<float>(g.partitions.size()) * size.row};
    if (chosen) {
      p.rect(column.inset(ui.px(0.5F)), t.accent_text, ui.px(1.6F), ui.px(5));
    }
    ImGui::SetCursorScreenPos({column.x, column.y});
    ImGui::PushID(static_cast<int>(c));
    if (ImGui::InvisibleButton("generation", {column.w, column.h})) {
      ui.state.shown_generation = generation.generation;
    }
    item_tooltip(ui, fmt::format("Generation {}: {}", generation.generation, generation.reason));
    ImGui::PopID();
  }
  for (std::size_t row = rows.first; row < rows.last; ++row) {
    text_left(p, {at.x, at.y + ui.px(35) + static_cast<float>(row) * size.row}, t.text, Face::Regular,
              ui.px(text_size::kBody), g.partitions[row], size.name - ui.px(8));
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({size.name + size.column, ui.px(30) + static_cast<float>(g.partitions.size()) * size.row});
}

void draw_generation_text(const Group& g, const Panel& ui) {
  if (g.generations.empty()) {
    return;
  }
  const Generation* shown = &g.generations.back();
  for (const Generation& generation : g.generations) {
    if (generation.generation == ui.state.shown_generation) {
      shown = &generation;
    }
  }
  const std::string stalls =
      shown->stalled_count == 0
          ? std::string("no partition was without a reader")
          : fmt::format("{} had no reader for a while, the longest for {} ({} of all together)", shown->stalled_count,
                        span_text(shown->longest_stall), span_text(shown->total_stall));
  const std::string text =
      fmt::format("Generation {} began at {} because {}. It moved {} of {} partitions; {}.", shown->generation,
                  clock_text(shown->started_at), shown->reason.empty() ? "the group started" : shown->reason,
                  shown->moved_count, g.partitions.size(), stalls);
  label_wrapped(ui, Face::Regular, text_size::kBody, ui.theme.text, text);
}

void draw_members(const view::Snapshot& s, const Group& g, const Panel& ui) {
  for (const view::GroupMember& m : g.members) {
    const EntityRef entity{EntityKind::kNode, m.node};
    const std::string owned = view::owned_text(g, m);
    ImGui::PushID(m.node);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (ImGui::InvisibleButton("member", {ImGui::GetContentRegionAvail().x, ui.px(28)})) {
      ui.state.selection = entity;
    }
    const Rect r = item_rect();
    ImGuiPainter p = window_painter(ui);
    if (ImGui::IsItemHovered()) {
      ui.state.hovered = entity;
      p.fill_rect(r, ui.theme.hover, ui.px(6));
    }
    if (ui.state.selection == entity) {
      draw_selection(p, ui, r.inset(ui.px(3)), ui.px(5));
    }
    const Color fill = ui.theme.key_hues[place_of(s, g, m.node) % kKeyHues];
    p.fill_rect({at.x + ui.px(4), r.center().y - ui.px(7), ui.px(14), ui.px(14)}, fill, ui.px(4));
    p.rect({at.x + ui.px(4), r.center().y - ui.px(7), ui.px(14), ui.px(14)}, faded(ui.theme.outline, 0.7F), 1,
           ui.px(4));
    text_left(p, {at.x + ui.px(28), r.center().y}, ui.theme.text, Face::Strong, ui.px(text_size::kBody), m.name);
    text_left(p, {at.x + ui.px(150), r.center().y}, ui.theme.text_secondary, Face::Regular, ui.px(text_size::kBody),
              m.instance_id.empty() ? m.state : m.state + ", static");
    text_left(p, {at.x + ui.px(310), r.center().y}, ui.theme.text, Face::Regular, ui.px(text_size::kBody),
              owned.empty() ? "owns nothing" : owned, r.w - ui.px(320));
    ImGui::PopID();
  }
}

}  // namespace

void draw_groups_panel(const view::Snapshot& s, const Panel& ui) {
  if (s.groups.empty()) {
    label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, "This scenario has no consumer group.");
  }
  for (const Group& g : s.groups) {
    ImGui::PushID(g.group);
    draw_group_head(g, ui);
    if (!g.generations.empty()) {
      draw_matrix(s, g, ui);
      draw_generation_text(g, ui);
    }
    ImGui::Dummy({1, ui.px(4)});
    heading(ui, "Members");
    draw_members(s, g, ui);
    ImGui::Dummy({1, ui.px(14)});
    ImGui::PopID();
  }
}

}  // namespace kscope::ui
