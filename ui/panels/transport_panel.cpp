// Transport: play and step buttons, speed, and the timeline in two rows: the whole run, and a closer look at the playhead.
#include <fmt/format.h>
#include <array>
#include <cmath>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/layout/timeline.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

using view::Beat;
using view::BeatKind;

// One shape a kind of beat, so that the timeline reads without colour.
void draw_beat(Painter& p, const Panel& ui, BeatKind kind, Vec2 c, float size, float alpha) {
  const Theme& t = ui.theme;
  const Color edge = faded(t.outline, alpha);
  const float w = ui.px(1);
  switch (kind) {
    case BeatKind::kLeader: draw_crown(p, c, size, faded(t.leader, alpha), edge, w); return;
    case BeatKind::kIsr:
      draw_message(p, c, size, {MessageShape::Square, false, false}, faded(t.info, alpha), t.panel, edge, w);
      return;
    case BeatKind::kController:
      draw_message(p, c, size, {MessageShape::Hexagon, false, false}, faded(t.accent, alpha), t.panel, edge, w);
      return;
    case BeatKind::kRebalance:
      draw_message(p, c, size, {MessageShape::Triangle, false, false}, faded(t.key_hues[3], alpha), t.panel, edge, w);
      return;
    case BeatKind::kError: draw_cross(p, c, size * 0.8F, faded(t.bad, alpha), ui.px(2.4F)); return;
    case BeatKind::kFault: draw_bolt(p, c, size * 1.2F, faded(t.selection, alpha), edge, w); return;
    case BeatKind::kInvariant: draw_status(p, t, c, size * 1.1F, Status::Bad); return;
    case BeatKind::kTopic:
      draw_message(p, c, size, {MessageShape::Diamond, false, false}, faded(t.offline, alpha), t.panel, edge, w);
      return;
    case BeatKind::kCommit:
    case BeatKind::kRecord:
      draw_message(p, c, size * 0.8F, {MessageShape::Circle, false, false}, faded(t.ok, alpha), t.panel, edge, w);
      return;
  }
}

std::string_view kind_name(BeatKind kind) {
  static constexpr std::array<std::string_view, 10> kNames{"leader", "ISR",    "controller", "rebalance", "error",
                                                           "fault",  "commit", "record",     "invariant", "topic"};
  return kNames[static_cast<std::size_t>(kind)];
}

void beat_tip(const Panel& ui, const Beat& beat) {
  tooltip(ui, fmt::format("{}  #{}  {}\n{}", clock_text(beat.time), beat.event, kind_name(beat.kind), beat.text));
}

void draw_beats(const view::Snapshot& s, const Panel& ui, const TimeAxis& axis, float y, float size,
                std::int32_t worst_rank) {
  ImGuiPainter p = window_painter(ui);
  const Vec2 mouse = vec(ImGui::GetIO().MousePos);
  const Beat* under = nullptr;
  float last_x = -1e9F;
  for (const Beat& beat : s.beats) {
    if (beat.time < axis.from || beat.time > axis.to || beat.rank > worst_rank) {
      continue;
    }
    const float x = axis.x_of(beat.time);
    if (x - last_x < size * 0.5F && beat.rank > 0) {
      continue;
    }
    last_x = x;
    draw_beat(p, ui, beat.kind, {x, y}, size, beat.time > s.now ? 0.4F : 1);
    if (std::abs(mouse.x - x) < size * 0.7F && std::abs(mouse.y - y) < size) {
      under = &beat;
    }
  }
  if (under != nullptr && ImGui::IsWindowHovered()) {
    beat_tip(ui, *under);
  }
}

void draw_playhead(const Panel& ui, float x, float top, float bottom) {
  ImGuiPainter p = window_painter(ui);
  p.line({x, top}, {x, bottom}, ui.theme.bad, ui.px(2));
  const std::array<Vec2, 3> head{
      Vec2{x - ui.px(6), top - ui.px(1)}, {x + ui.px(6), top - ui.px(1)}, {x, top + ui.px(7)}};
  p.fill_polygon(head, ui.theme.bad);
}

void draw_overview(const view::Snapshot& s, const Panel& ui, const Rect& r) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const SimTime end = std::max(s.end_time, s.now);
  const TimeAxis axis{SimTime(), end > SimTime() ? end : SimTime(Duration(1)), r.x, r.w};
  p.fill_rect(r, t.raised, ui.px(5));
  p.fill_rect({r.x, r.y, std::max(axis.x_of(s.now) - r.x, ui.px(4)), r.h}, mixed(t.raised, t.accent, 0.16F), ui.px(5));
  p.rect(r, t.border, 1, ui.px(5));
  draw_beats(s, ui, axis, r.center().y, ui.px(11), 1);
  for (const Bookmark& mark : ui.state.bookmarks) {
    for (const Beat& beat : s.beats) {
      if (beat.event >= mark.event) {
        draw_icon(p, Icon::Flag, {axis.x_of(beat.time) + ui.px(4), r.y + ui.px(4)}, ui.px(11), t.text, ui.px(1.5F));
        break;
      }
    }
  }
  ImGui::SetCursorScreenPos({r.x, r.y});
  ImGui::InvisibleButton("overview", {r.w, r.h});
  if (ImGui::IsItemActive()) {
    ui.sink.push(SeekTime{axis.time_at(ImGui::GetIO().MousePos.x)});
  }
  draw_playhead(ui, axis.x_of(s.now), r.y, r.bottom());
}

void draw_ruler(const view::Snapshot& s, const Panel& ui, const Rect& r) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const Duration length(static_cast<std::int64_t>(static_cast<double>(ui.state.timeline_window_s) * 1e9));
  const TimeAxis axis = window_around(s.now, length, std::max(s.end_time, s.now), r.x, r.w);
  p.push_clip(r);
  const float known = axis.x_of(std::max(s.end_time, s.now));
  p.line({r.x, r.y + ui.px(9)}, {std::min(known, r.right()), r.y + ui.px(9)}, t.border_strong, ui.px(2));
  for (const Tick& tick : ticks_of(axis, ui.px(74))) {
    const float x = axis.x_of(tick.time);
    p.line({x, r.y + ui.px(5)}, {x, r.y + ui.px(14)}, t.border_strong, 1);
    const std::string text =
        length < 50ms ? fmt::format("{:.3f} ms", static_cast<double>(nanos(tick.time)) / 1e6) : clock_text(tick.time);
    if (x < r.x + ui.px(30) || x > r.right() - ui.px(30)) {
      continue;
    }
    text_centered(p, {x, r.y + ui.px(22)}, t.text_secondary, Face::Mono, ui.px(11), text);
  }
  draw_beats(s, ui, axis, r.y + ui.px(9), ui.px(12), 9);
  draw_playhead(ui, axis.x_of(s.now), r.y, r.y + ui.px(18));
  p.pop_clip();
  ImGui::SetCursorScreenPos({r.x, r.y});
  ImGui::InvisibleButton("ruler", {r.w, r.h});
  if (ImGui::IsItemActive()) {
    ui.sink.push(SeekTime{axis.time_at(ImGui::GetIO().MousePos.x)});
  }
  if (ImGui::IsItemHovered() && ImGui::GetIO().MouseWheel != 0) {
    ui.state.timeline_window_s =
        std::clamp(ui.state.timeline_window_s * std::pow(0.8F, ImGui::GetIO().MouseWheel), 0.002F, 600.0F);
  }
  item_tooltip(ui, "Around the playhead. Drag to move in time, turn the wheel to zoom.");
}

void draw_buttons(const view::Snapshot& s, const Panel& ui, const Rect& row) {
  ImGui::SetCursorScreenPos({row.x, row.y});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(4), 0));
  command_icon(ui, CommandId::ToStart, Icon::ToStart);
  ImGui::SameLine();
  command_icon(ui, CommandId::BeatBack, Icon::BeatBack);
  ImGui::SameLine();
  command_icon(ui, CommandId::StepBack, Icon::StepBack);
  ImGui::SameLine(0, ui.px(8));
  command_icon(ui, CommandId::PlayPause, ui.state.playing ? Icon::Pause : Icon::Play, ButtonLook::Primary, 36);
  ImGui::SameLine(0, ui.px(8));
  command_icon(ui, CommandId::StepForward, Icon::StepForward);
  ImGui::SameLine();
  command_icon(ui, CommandId::BeatForward, Icon::BeatForward);
  ImGui::SameLine();
  command_icon(ui, CommandId::ToEnd, Icon::ToEnd);
  ImGui::SameLine(0, ui.px(16));
  command_icon(ui, CommandId::UndoAction, Icon::Undo);
  ImGui::SameLine();
  command_icon(ui, CommandId::RedoAction, Icon::Redo);
  ImGui::SameLine(0, ui.px(18));
  ImGui::SetCursorScreenPos({ImGui::GetCursorScreenPos().x, row.y + ui.px(3)});
  int speed = ui.state.speed;
  if (segmented(ui, "speed", {"Auto", "1", "2", "3", "4", "5", "6"}, speed)) {
    ui.state.speed = speed;
  }
  ImGui::PopStyleVar();
  ImGuiPainter p = window_painter(ui);
  const float x = item_rect().right() + ui.px(14);
  const std::string ratio =
      ui.state.playing
          ? fmt::format("1 s shows {}", span_text(Duration(static_cast<std::int64_t>(ui.state.ratio * 1e9))))
          : "paused";
  text_left(p, {x, row.y + ui.px(17)}, ui.theme.text_secondary, Face::Regular, ui.px(text_size::kSmall), ratio);

  std::string branch = "main";
  for (const view::Branch& b : s.branches) {
    if (b.is_current) {
      branch = b.name + (b.reason.empty() ? "" : "  \u201c" + b.reason + "\u201d");
    }
  }
  const Chip c{branch, Status::Unknown, false, false, false};
  const float width = chip_width(ui, c) + ui.px(22);
  if (row.right() - width > x + ui.px(150)) {
    ImGui::SetCursorScreenPos({row.right() - width + ui.px(22), row.y + ui.px(5)});
    draw_icon(p, Icon::Branch, {row.right() - width + ui.px(8), row.y + ui.px(17)}, ui.px(15), ui.theme.text_secondary,
              ui.px(1.5F));
    if (chip(ui, "branch", c,
             "Acting in the past makes a branch; nothing is lost. Click to change to another branch.")) {
      ImGui::OpenPopup("branches");
    }
  }
  if (ImGui::BeginPopup("branches")) {
    heading(ui, "Branches");
    for (const view::Branch& b : s.branches) {
      int depth = 0;
      for (std::int32_t parent = b.parent; parent >= 0 && depth < 12; ++depth) {
        std::int32_t next = -1;
        for (const view::Branch& other : s.branches) {
          next = other.branch == parent ? other.parent : next;
        }
        parent = next;
      }
      const std::string text =
          fmt::format("{}{}  {}  from {} to {}", std::string(static_cast<std::size_t>(depth) * 3, ' '), b.name,
                      b.reason, clock_text(b.forked_at), clock_text(b.end_time));
      if (ImGui::MenuItem(text.c_str(), nullptr, b.is_current)) {
        ui.sink.push(SwitchBranch{b.branch});
      }
    }
    ImGui::EndPopup();
  }
}

}  // namespace

void draw_transport(const view::Snapshot& s, const Panel& ui, const Rect& area) {
  begin_region("##transport", area, ui.theme.panel, {0, 0});
  ImGuiPainter p = window_painter(ui);
  p.line({area.x, area.y + 0.5F}, {area.right(), area.y + 0.5F}, ui.theme.border, 1);
  const float side = ui.px(16);
  if (ui.state.regions.slim) {
    const Rect row{area.x + side, area.y + ui.px(7), area.w - 2 * side, ui.px(36)};
    ImGui::SetCursorScreenPos({row.x, row.y});
    command_icon(ui, CommandId::BeatBack, Icon::BeatBack);
    ImGui::SameLine(0, ui.px(6));
    command_icon(ui, CommandId::PlayPause, ui.state.playing ? Icon::Pause : Icon::Play, ButtonLook::Primary, 36);
    ImGui::SameLine(0, ui.px(6));
    command_icon(ui, CommandId::BeatForward, Icon::BeatForward);
    const float x = item_rect().right() + ui.px(16);
    draw_overview(s, ui, {x, row.y + ui.px(6), row.right() - x, ui.px(24)});
    end_region();
    return;
  }
  draw_buttons(s, ui, {area.x + side, area.y + ui.px(7), area.w - 2 * side, ui.px(36)});
  draw_overview(s, ui, {area.x + side, area.y + ui.px(48), area.w - 2 * side, ui.px(20)});
  draw_ruler(s, ui, {area.x + side, area.y + ui.px(72), area.w - 2 * side, ui.px(30)});
  end_region();
}

}  // namespace kscope::ui
