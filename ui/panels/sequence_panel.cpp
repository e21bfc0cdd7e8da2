// The space-time chart of the events around the playhead: who sent what to whom, and what caused what.
#include <fmt/format.h>

#include <array>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/draw/stage_paint.h"
#include "ui/layout/sequence_layout.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

void draw_lanes(const view::Snapshot& s, const Panel& ui, const SequenceLayout& chart, const Rect& area) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  for (const Lane& lane : chart.lanes) {
    const view::EntityRef entity{view::EntityKind::kNode, lane.node};
    view::NodeStatus status = view::NodeStatus::kUp;
    for (const view::Node& n : s.nodes) {
      status = n.node == lane.node ? n.status : status;
    }
    const float height = std::clamp(chart.lane - ui.px(2), ui.px(10), ui.px(24));
    const Rect name{area.x, lane.y - height / 2, chart.area.x - area.x - ui.px(10), height};
    if (ui.state.selection == entity) {
      draw_selection(p, ui, name.inset(ui.px(3)), ui.px(6));
    }
    p.fill_rect(name, t.panel, ui.px(4));
    p.rect(name, t.border_strong, 1, ui.px(4));
    text_left(p, {name.x + ui.px(10), lane.y}, t.text, Face::Strong,
              std::min(ui.px(text_size::kSmall + 1), height * 0.78F), lane.name, name.w - ui.px(34));
    draw_status(p, t, {name.right() - ui.px(13), lane.y}, ui.px(11), status_of(status));
    dashed_line(p, {chart.area.x, lane.y}, {chart.area.right(), lane.y}, {ui.px(2), ui.px(4), 0}, t.border_strong, 1);
    ImGui::SetCursorScreenPos({name.x, name.y});
    ImGui::PushID(lane.node);
    if (ImGui::InvisibleButton("lane", {name.w, name.h})) {
      ui.state.selection = entity;
    }
    ImGui::PopID();
  }
}

float distance_to(Vec2 p, Vec2 a, Vec2 b) {
  const Vec2 d = b - a;
  const float len = d.x * d.x + d.y * d.y;
  const float t = len > 0 ? std::clamp(((p.x - a.x) * d.x + (p.y - a.y) * d.y) / len, 0.0F, 1.0F) : 0;
  return length(p - lerp(a, b, t));
}

void draw_arrow(const view::EventRow& e, const Panel& ui, const SequenceArrow& arrow, bool hot) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const float alpha = !arrow.is_related ? 0.25F : e.is_future ? 0.35F : 1;
  const Color color = faded(e.is_error ? t.bad : mixed(color_of(t, e.family), t.text, 0.25F), alpha);
  const float width = ui.px(hot ? 2.6F : 1.5F) * t.stroke;
  const MessageMark mark{shape_of(e.family), arrow.is_response, false};
  if (!arrow.is_message) {
    draw_message(p, arrow.to, ui.px(hot ? 13 : 10), mark, color, t.panel, faded(t.outline, alpha), ui.px(1));
    return;
  }
  if (arrow.is_response) {
    dashed_line(p, arrow.from, arrow.to, {ui.px(6), ui.px(4), 0}, color, width);
  } else {
    p.line(arrow.from, arrow.to, color, width);
  }
  arrow_head(p, arrow.to, arrow.to - arrow.from, ui.px(9), color);
  if (e.is_error) {
    draw_cross(p, lerp(arrow.from, arrow.to, 0.5F), ui.px(9), color, ui.px(2.2F));
  } else {
    draw_message(p, lerp(arrow.from, arrow.to, 0.5F), ui.px(8), mark, color, t.panel, faded(t.outline, alpha),
                 ui.px(1));
  }
  if (e.is_beat) {
    p.circle(arrow.to, ui.px(7), faded(t.accent_text, alpha), ui.px(1.6F));
  }
}

// What an arrow carries; whether it asks or answers is said by its line.
std::string_view label_of(const view::EventRow& e) {
  std::string_view text = e.type;
  for (const std::string_view end : {std::string_view(" request"), std::string_view(" response")}) {
    if (text.ends_with(end)) {
      text.remove_suffix(end.size());
    }
  }
  return text;
}

void draw_labels(const view::Snapshot& s, const Panel& ui, const SequenceLayout& chart) {
  ImGuiPainter p = window_painter(ui);
  const float size = ui.px(text_size::kSmall);
  std::vector<LabelSize> sizes;
  for (const SequenceArrow& arrow : chart.arrows) {
    sizes.push_back(arrow.is_message ? p.text_size(Face::Regular, size, label_of(s.events[arrow.row])) : LabelSize{});
  }
  const auto labels = place_labels(chart, sizes, ui.px(5));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const view::EventRow& e = s.events[chart.arrows[i].row];
    if (labels[i]) {
      const Color ink = e.is_error ? ui.theme.bad_text : e.is_future ? ui.theme.text_disabled : ui.theme.text_secondary;
      p.fill_rect(labels[i]->inset(-ui.px(2), 0), ui.theme.panel, 0);
      p.text(labels[i]->top_left(), ink, Face::Regular, size, label_of(e));
    }
  }
}

}  // namespace

void draw_sequence_panel(const view::Snapshot& s, const Panel& ui) {
  int axis = static_cast<int>(ui.state.sequence_axis);
  if (segmented(ui, "axis", {"By event", "By time"}, axis)) {
    ui.state.sequence_axis = static_cast<SequenceAxis>(axis);
  }
  ImGui::SameLine(0, ui.px(14));
  ImGui::AlignTextToFramePadding();
  label(ui, Face::Regular, text_size::kSmall, ui.theme.text_secondary,
        "solid: request \u00b7 dashed: response \u00b7 click: select and show what led to it \u00b7 double click: go "
        "there");
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const Rect area{at.x, at.y + ui.px(4), room.x, room.y - ui.px(4)};
  SequenceView view{
      area, ui.px(132), ui.px(28), ui.state.sequence_axis, 0, !ui.state.show_hidden_messages, ui.state.show_admin};
  if (ui.state.selection.kind == view::EntityKind::kEvent) {
    view.selected_event = static_cast<std::uint64_t>(ui.state.selection.a);
  }
  if (ui.state.selection.kind == view::EntityKind::kNode) {
    view.selected_node = static_cast<std::int32_t>(ui.state.selection.a);
  }
  view.least_lane = ui.px(16);
  SequenceLayout chart = compute_sequence(s, view);
  if (chart.hidden_lanes > 0) {
    // The note about them has a line of its own below the chart, so that it covers nothing.
    view.area.h = std::max(0.0F, view.area.h - ui.px(20));
    chart = compute_sequence(s, view);
  }
  ImGuiPainter p = window_painter(ui);
  p.fill_rect(chart.area, ui.theme.panel, ui.px(8));
  p.rect(chart.area, ui.theme.border, 1, ui.px(8));
  draw_lanes(s, ui, chart, area);

  const Vec2 mouse = vec(ImGui::GetIO().MousePos);
  ImGui::SetCursorScreenPos({chart.area.x, chart.area.y});
  ImGui::InvisibleButton("chart", {std::max(1.0F, chart.area.w), std::max(1.0F, chart.area.h)});
  const SequenceArrow* under = nullptr;
  if (ImGui::IsItemHovered()) {
    float best = ui.px(8);
    for (const SequenceArrow& arrow : chart.arrows) {
      const float d = distance_to(mouse, arrow.from, arrow.to);
      if (d < best) {
        best = d;
        under = &arrow;
      }
    }
  }
  p.push_clip(chart.area);
  draw_labels(s, ui, chart);
  for (const SequenceArrow& arrow : chart.arrows) {
    const view::EventRow& e = s.events[arrow.row];
    draw_arrow(e, ui, arrow, &arrow == under || e.number == view.selected_event);
  }
  p.line({chart.now_x, chart.area.y}, {chart.now_x, chart.area.bottom()}, ui.theme.bad, ui.px(1.6F));
  p.pop_clip();
  if (chart.arrows.empty()) {
    text_centered(p, chart.area.center(), ui.theme.text_secondary, Face::Regular, ui.px(text_size::kBody),
                  "No event to show: start the run, or loosen the filter.");
  }
  if (chart.hidden_lanes > 0) {
    const std::string text = fmt::format(
        "{} nodes without a lane: nothing near the playhead is theirs, or there is no room", chart.hidden_lanes);
    text_right(p, {area.right() - ui.px(10), area.bottom() - ui.px(9)}, ui.theme.text_secondary, Face::Regular,
               ui.px(text_size::kSmall), text);
  }
  if (under != nullptr) {
    const view::EventRow& e = s.events[under->row];
    tooltip(ui, fmt::format("#{}  {}\n{}: {} \u2192 {}\n{}", e.number, clock_text(e.time), e.type, e.from, e.to,
                            e.summary));
    if (ImGui::IsMouseReleased(0)) {
      ui.state.selection = {view::EntityKind::kEvent, static_cast<std::int64_t>(e.number)};
    }
    if (ImGui::IsMouseDoubleClicked(0)) {
      ui.sink.push(SeekEvent{e.number});
    }
  }
}

}  // namespace kscope::ui
