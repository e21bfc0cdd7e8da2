// Transport: play and step buttons, speed, and the timeline in two rows: the whole run, and a closer look at the playhead.
#include <fmt/format.h>
#include <array>
#include <cmath>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/layout/branch_tree.h"
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

// The whole of what is computed, on any branch, so that the tree of branches lies on the same axis.
TimeAxis overview_axis(const view::Snapshot& s, const Rect& r) {
  SimTime end = std::max({s.end_time, s.now, SimTime(Duration(1))});
  for (const view::Branch& b : s.branches) {
    end = std::max(end, b.end_time);
  }
  return {SimTime(), end, r.x, r.w};
}

// A click or a drag goes there; the right button asks what to do there.
void seek_by_mouse(const view::Snapshot& s, const Panel& ui, const TimeAxis& axis) {
  const SimTime under = axis.time_at(ImGui::GetIO().MousePos.x);
  if (ImGui::IsItemActive()) {
    // Computing far ahead takes time: what is not known yet is reached by "run until".
    ui.sink.push(SeekTime{std::min(under, std::max(s.end_time, s.now))});
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseReleased(1)) {
    ui.state.menu_time = under;
    ImGui::OpenPopup("moment");
  }
}

void draw_moment_menu(const view::Snapshot& s, const Panel& ui) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(12), ui.px(10)));
  if (ImGui::BeginPopup("moment")) {
    const SimTime time = ui.state.menu_time;
    label(ui, Face::Mono, text_size::kBody, ui.theme.text, clock_text(time));
    ImGui::Separator();
    const bool is_known = time <= std::max(s.end_time, s.now);
    if (ImGui::MenuItem("Go here", nullptr, false, is_known)) {
      ui.sink.push(SeekTime{time});
    }
    place(ui, "moment", "go");
    if (ImGui::MenuItem("Run until here", nullptr, false, time > s.now)) {
      ui.sink.push(RunUntilTime{time});
    }
    place(ui, "moment", "run");
    if (ImGui::MenuItem("Bookmark this moment", nullptr, false, is_known)) {
      ui.sink.push(SeekTime{time});
      ui.sink.push(DoCommand{CommandId::AddBookmark});
    }
    place(ui, "moment", "bookmark");
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
}

void draw_bookmarks(const Panel& ui, const TimeAxis& axis, float y) {
  ImGuiPainter p = window_painter(ui);
  for (const Bookmark& mark : ui.state.bookmarks) {
    if (mark.time >= axis.from && mark.time <= axis.to) {
      draw_icon(p, Icon::Flag, {axis.x_of(mark.time) + ui.px(4), y}, ui.px(11), ui.theme.text, ui.px(1.5F));
    }
  }
}

// One line for every way that was tried; a click changes to it.
void draw_branch_tree(const view::Snapshot& s, const Panel& ui, const Rect& r) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const BranchTree tree = compute_branch_tree(s.branches, overview_axis(s, r), r, ui.px(kTreeRow));
  for (const BranchLine& line : tree.lines) {
    const view::Branch& b = s.branches[line.branch];
    const Color ink = b.is_current ? t.accent_text : t.text_secondary;
    const float width = ui.px(b.is_current ? 3.0F : 1.6F);
    if (line.parent_y >= 0) {
      p.line({line.from.x, line.parent_y}, line.from, ink, ui.px(1.6F));
      p.fill_circle({line.from.x, line.parent_y}, ui.px(3), ink);
    }
    p.line(line.from, line.to, ink, width);
    if (b.parent >= 0) {
      draw_bolt(p, line.from, ui.px(12), t.selection, t.outline, ui.px(1));
    }
    ImGui::SetCursorScreenPos({line.hit.x, line.hit.y});
    ImGui::PushID(b.branch);
    if (ImGui::InvisibleButton("way", {std::max(1.0F, line.hit.w), line.hit.h}) && !b.is_current) {
      ui.sink.push(SwitchBranch{b.branch});
    }
    ImGui::PopID();
    place(ui, "branch", b.name);
    item_tooltip(ui, fmt::format("{}{}\nfrom {} to {}{}", b.name, b.reason.empty() ? "" : ": " + b.reason,
                                 clock_text(b.forked_at), clock_text(b.end_time),
                                 b.is_current ? "\nThis is the branch that is shown." : "\nClick to change to it."));
  }
  // Names last, on a ground of their own, so that no line crosses them.
  for (const BranchLine& line : tree.lines) {
    const view::Branch& b = s.branches[line.branch];
    const std::string name = b.name + (b.reason.empty() ? "" : "  " + b.reason);
    const float size = ui.px(11);
    const float room = std::min(ui.px(220), r.w);
    const float wide =
        std::min(room, p.text_size(b.is_current ? Face::Strong : Face::Regular, size, name).x + ui.px(10));
    const float x = std::min(line.from.x + ui.px(b.parent < 0 ? 0.0F : 8.0F), r.right() - wide);
    p.fill_rect({x, line.from.y - ui.px(7.5F), wide, ui.px(15)}, t.panel, ui.px(4));
    text_left(p, {x + ui.px(4), line.from.y}, b.is_current ? t.accent_text : t.text_secondary,
              b.is_current ? Face::Strong : Face::Regular, size, name, wide - ui.px(6));
  }
}

struct HealthLook {
  Status status = Status::Unknown;
  float height = 0;  // of the ribbon's: the worse, the taller, so that it reads without colour
  std::string_view words;
};

HealthLook look_of(view::HealthState state) {
  switch (state) {
    case view::HealthState::kStarting: return {Status::Unknown, 0, "starting: no partition is there yet"};
    case view::HealthState::kHealthy: return {Status::Ok, 0.45F, "healthy"};
    case view::HealthState::kBrokersDown: return {Status::Attention, 0.75F, "brokers are down or not registered"};
    case view::HealthState::kUnderReplicated: return {Status::Attention, 0.75F, "partitions are under-replicated"};
    case view::HealthState::kUnderMinIsr: return {Status::Attention, 0.75F, "fewer in sync than min.insync.replicas"};
    case view::HealthState::kOffline: return {Status::Bad, 1, "partitions have no leader"};
    case view::HealthState::kRecordsLost: return {Status::Bad, 1, "acknowledged records are lost"};
    case view::HealthState::kInvariantBroken: return {Status::Bad, 1, "an invariant is broken"};
  }
  return {};
}

// How the cluster was, all along the run: low with wide strokes = healthy, taller and closer = attention, full and crossed =
// bad.
void draw_health_ribbon(const view::Snapshot& s, const Panel& ui, const TimeAxis& axis, const Rect& r) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  p.line({r.x, r.bottom()}, {r.right(), r.bottom()}, t.border_strong, 1);
  const view::HealthSpan* under = nullptr;
  const Vec2 mouse = vec(ImGui::GetIO().MousePos);
  float drawn_to = r.x;
  for (const view::HealthSpan& span : s.health_over_time) {
    const HealthLook look = look_of(span.state);
    const float from = std::max(axis.x_of(span.from), r.x);
    // What was bad for a moment only is seen too.
    const float least = look.status == Status::Bad ? ui.px(3) : look.status == Status::Attention ? ui.px(2) : 0;
    const float to = std::min(std::max(axis.x_of(span.to), from + least), r.right());
    if (mouse.x >= from && mouse.x < to) {
      under = &span;
    }
    if (look.height == 0 || to <= drawn_to) {
      continue;
    }
    const float x = look.status == Status::Ok ? std::max(from, drawn_to) : from;
    const Rect box{x, r.bottom() - r.h * look.height, to - x, r.h * look.height};
    const Color color = status_color(t, look.status);
    p.fill_rect(box, mixed(t.panel, color, look.status == Status::Ok ? 0.45F : 0.75F), 0);
    const Hatch hatch = look.status == Status::Bad ? Hatch::Cross : Hatch::Rising;
    draw_hatch(p, box, hatch, ui.px(look.status == Status::Ok ? 8.0F : 4.5F), faded(t.outline, 0.55F), ui.px(1));
    drawn_to = to;
  }
  ImGui::SetCursorScreenPos({r.x, r.y});
  ImGui::InvisibleButton("health", {r.w, r.h});
  place(ui, "timeline", "health");
  if (under != nullptr && ImGui::IsItemHovered()) {
    tooltip(ui,
            fmt::format("{} to {}\n{}", clock_text(under->from), clock_text(under->to), look_of(under->state).words));
  }
  if (ImGui::IsItemActive()) {
    ui.sink.push(SeekTime{std::min(axis.time_at(mouse.x), std::max(s.end_time, s.now))});
  }
}

// `whole` has the overview and, in its last part, the ribbon of the cluster's health.
void draw_overview(const view::Snapshot& s, const Panel& ui, const Rect& whole) {
  const float ribbon = ui.px(8);
  const Rect r{whole.x, whole.y, whole.w, whole.h - ribbon - ui.px(2)};
  draw_health_ribbon(s, ui, overview_axis(s, r), {r.x, whole.bottom() - ribbon, r.w, ribbon});
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const TimeAxis axis = overview_axis(s, r);
  p.fill_rect(r, t.raised, ui.px(5));
  p.fill_rect({r.x, r.y, std::max(axis.x_of(s.now) - r.x, ui.px(4)), r.h}, mixed(t.raised, t.accent, 0.16F), ui.px(5));
  const float known = axis.x_of(std::max(s.end_time, s.now));
  if (known < r.right() - 1) {
    // Known on other branches only.
    draw_hatch(p, {known, r.y + 1, r.right() - known, r.h - 2}, Hatch::Rising, ui.px(7), t.border, 1);
  }
  p.rect(r, t.border, 1, ui.px(5));
  draw_beats(s, ui, axis, r.center().y, ui.px(11), 1);
  draw_bookmarks(ui, axis, r.y + ui.px(4));
  ImGui::SetCursorScreenPos({r.x, r.y});
  ImGui::InvisibleButton("overview", {r.w, r.h});
  place(ui, "timeline", "overview");
  seek_by_mouse(s, ui, axis);
  draw_playhead(ui, axis.x_of(s.now), r.y, r.bottom());
}

void draw_ruler(const view::Snapshot& s, const Panel& ui, const Rect& r) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const Duration length(static_cast<std::int64_t>(static_cast<double>(ui.state.timeline_window_s) * 1e9));
  const TimeAxis axis = window_around(s.now, length, std::max(s.end_time, s.now), r.x, r.w);
  p.push_clip(r.inset(-ui.px(10), 0));  // signs at the ends are whole
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
  draw_bookmarks(ui, axis, r.y + ui.px(5));
  draw_playhead(ui, axis.x_of(s.now), r.y, r.y + ui.px(18));
  p.pop_clip();
  ImGui::SetCursorScreenPos({r.x, r.y});
  ImGui::InvisibleButton("ruler", {r.w, r.h});
  place(ui, "timeline", "ruler");
  seek_by_mouse(s, ui, axis);
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
  float after_ratio = x + p.text_size(Face::Regular, ui.px(text_size::kSmall), ratio).x;
  if (ui.state.stepped_over > 0) {
    const std::string over = fmt::format("+{} hidden", count_text(static_cast<std::int64_t>(ui.state.stepped_over)));
    const Chip passed{over, Status::Info, true, true, false};
    ImGui::SetCursorScreenPos({after_ratio + ui.px(10), row.y + ui.px(5)});
    if (chip(ui, "stepped_over", passed,
             "The last step passed so many events that are not shown: heartbeats, pings, or what the filter hides. "
             "Click or press Ctrl+H to step through all of them.")) {
      ui.sink.push(DoCommand{CommandId::ToggleHidden});
    }
    after_ratio += chip_width(ui, passed) + ui.px(10);
  }

  std::string branch = "main";
  for (const view::Branch& b : s.branches) {
    if (b.is_current) {
      branch = b.name + (b.reason.empty() ? "" : "  \u201c" + b.reason + "\u201d");
    }
  }
  ImGui::SetCursorScreenPos({row.right() - ui.px(32), row.y + ui.px(1)});
  command_icon(ui, CommandId::ToggleBottom, ui.state.regions.bottom_open ? Icon::ChevronDown : Icon::ChevronUp);
  const Chip c{branch, Status::Unknown, false, false, false};
  const float width = chip_width(ui, c) + ui.px(22 + 40);
  if (row.right() - width > after_ratio + ui.px(16)) {
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

void draw_transport(const view::Snapshot& s, const Panel& ui, const Regions& regions) {
  const Rect& area = regions.transport;
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
    draw_overview(s, ui, {x, row.y + ui.px(2), row.right() - x, ui.px(34)});
    draw_moment_menu(s, ui);
    end_region();
    return;
  }
  draw_buttons(s, ui, {area.x + side, area.y + ui.px(7), area.w - 2 * side, ui.px(36)});
  const float tree = ui.px(kTreeRow) * static_cast<float>(regions.tree_rows);
  const float y = area.y + ui.px(46);
  if (regions.tree_rows > 0) {
    draw_branch_tree(s, ui, {area.x + side, y, area.w - 2 * side, tree});
  }
  draw_overview(s, ui, {area.x + side, y + tree + ui.px(2), area.w - 2 * side, ui.px(29)});
  draw_ruler(s, ui, {area.x + side, y + tree + ui.px(34), area.w - 2 * side, ui.px(30)});
  draw_moment_menu(s, ui);
  end_region();
}

}  // namespace kscope::ui
