// Links, cuts, messages under way and messages that died.
#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/draw/stage_paint.h"

namespace kscope::ui {
namespace {

using view::EntityKind;
using view::EntityRef;
using view::InFlight;

bool hidden(const StagePaint& stage, const InFlight& m) {
  return !stage.options.show_hidden_messages && (m.is_empty || m.family == view::MessageFamily::kHeartbeat);
}

float progress_of(const StagePaint& stage, const InFlight& m) {
  if (m.is_held) {
    return m.held_progress;
  }
  const auto whole = static_cast<double>((m.arrives_at - m.sent_at).count());
  const auto done = static_cast<double>((stage.s.now - m.sent_at).count());
  return whole <= 0 ? 1 : static_cast<float>(std::min(1.0, std::max(0.0, done / whole)));
}

// The two directions of a link keep to their right-hand side.
Vec2 lane_shift(const StagePaint& stage, std::span<const Vec2> path, float t) {
  return perpendicular(direction_on_path(path, t)) * stage.u(6);
}

// A link is thin and bent: a chain of small squares along it takes the cursor.
void add_link_hits(StagePaint& stage, std::span<const Vec2> path, const EntityRef& entity) {
  constexpr int kSquares = 14;
  const float half = stage.u(7);
  for (int i = 1; i < kSquares; ++i) {
    const Vec2 c = point_on_path(path, static_cast<float>(i) / kSquares);
    stage.hits.push_back({{c.x - half, c.y - half, 2 * half, 2 * half}, entity});
  }
}

void paint_fault(StagePaint& stage, const view::LinkFault& fault) {
  const auto path = link_path(stage.layout, fault.a, fault.b);
  if (path.empty()) {
    return;
  }
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  const bool cut = fault.cut_a_to_b || fault.cut_b_to_a;
  const Color ink = cut ? t.bad : t.attention;
  const Dash dash = cut ? Dash{stage.u(4), stage.u(6), 0} : Dash{stage.u(12), stage.u(5), 0};
  dashed_polyline(p, path, false, dash, ink, stage.stroke(2));
  const Vec2 middle = point_on_path(path, 0.5F);
  const Vec2 along = direction_on_path(path, 0.5F);
  if (cut) {
    const Vec2 across = perpendicular(along) * stage.u(17);
    draw_wall(p, middle - across, middle + across, stage.u(8), t.panel, t.bad, stage.stroke(1.6F));
    if (fault.cut_a_to_b != fault.cut_b_to_a) {
      const Vec2 tip = fault.cut_a_to_b ? middle - along * stage.u(7) : middle + along * stage.u(7);
      arrow_head(p, tip, fault.cut_a_to_b ? along : along * -1, stage.u(11), t.bad);
    }
  } else {
    p.fill_circle(middle, stage.u(9), t.panel);
    draw_clock(p, middle, stage.u(15), t.attention_text, stage.stroke(1.6F));
  }
  if (!fault.text.empty()) {
    const float size = stage.u(11.5F);
    const Vec2 extent = p.text_size(Face::Strong, size, fault.text);
    Rect r{middle.x - extent.x / 2 - stage.u(6), middle.y + stage.u(18), extent.x + stage.u(12), extent.y + stage.u(4)};
    // Beside the cards that the link goes around, not on them.
    const NodeBox* a = stage.layout.find(fault.a);
    const NodeBox* b = stage.layout.find(fault.b);
    if (a->column == StageColumn::Middle && b->column == StageColumn::Middle && a->grid_column == b->grid_column) {
      r.x = std::max(r.x, std::max(a->rect.right(), b->rect.right()) + stage.u(4));
    }
    const Rect& area = stage.layout.area;
    if (area.contains(middle) && r.w < area.w) {  // there is not always room beside them, and cut text tells nothing
      r.x = std::clamp(r.x, area.x, area.right() - r.w);
    }
    p.fill_rect(r, t.panel, stage.u(5));
    p.rect(r, ink, stage.stroke(1), stage.u(5));
    text_centered(p, r.center(), t.text, Face::Strong, size, fault.text);
  }
  const EntityRef entity{EntityKind::kLink, fault.a, fault.b};
  stage.hits.push_back({{middle.x - stage.u(18), middle.y - stage.u(18), stage.u(36), stage.u(36)}, entity});
}

void paint_trail(StagePaint& stage, std::span<const Vec2> path, float t, Color color) {
  std::array<Vec2, 8> points{};
  const float length_of_trail = 0.16F;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const float at = std::max(
        0.0F, t - length_of_trail * static_cast<float>(points.size() - 1 - i) / static_cast<float>(points.size() - 1));
    points[i] = point_on_path(path, at) + lane_shift(stage, path, at);
  }
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const float k = static_cast<float>(i + 1) / static_cast<float>(points.size());
    stage.p.line(points[i], points[i + 1], faded(color, 0.55F * k), stage.stroke(3 * k));
  }
}

void paint_message(StagePaint& stage, const InFlight& m) {
  const auto path = link_path(stage.layout, m.from, m.to);
  if (path.empty()) {
    return;
  }
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  const float at = stage.options.reduced_motion ? 0.5F : progress_of(stage, m);
  const Vec2 c = point_on_path(path, at) + lane_shift(stage, path, at);
  const Color fill = m.is_error ? t.bad : m.colour >= 0 ? key_color(t, m.colour) : color_of(t, m.family);
  const float size = stage.u(
      m.family == view::MessageFamily::kHeartbeat
          ? 10.0F
          : std::min(24.0F,
                     13 + 1.1F * std::log2(1 + static_cast<float>(std::max<std::int64_t>(0, m.size_bytes)) / 64)));
  if (stage.options.reduced_motion) {
    const Vec2 tip = point_on_path(path, 0.97F) + lane_shift(stage, path, 0.97F);
    arrow_head(p, tip, direction_on_path(path, 0.97F), stage.u(9), fill);
  } else {
    paint_trail(stage, path, at, fill);
  }
  draw_message(p, c, size, {shape_of(m.family), m.is_response, m.is_error}, fill, t.panel, t.outline,
               stage.stroke(1.2F));
  if (m.record_count > 1 && !m.is_response) {
    text_centered(p, c, ink_on(fill), Face::Strong, stage.u(9.5F), std::to_string(m.record_count));
  }
  const EntityRef entity{EntityKind::kMessage, static_cast<std::int64_t>(m.message)};
  const float half = std::max(size, stage.u(14)) / 2 + stage.u(2);
  const Rect r{c.x - half, c.y - half, 2 * half, 2 * half};
  if (stage.is_selected(entity)) {
    paint_ring(stage, r, half);
  } else if (stage.is_hovered(entity)) {
    p.circle(c, half, t.accent_text, stage.stroke(1.6F));
  }
  stage.hits.push_back({r, entity});
}

}  // namespace

void paint_links(StagePaint& stage) {
  std::vector<std::pair<std::int32_t, std::int32_t>> drawn;
  for (const InFlight& m : stage.s.in_flight) {
    if (hidden(stage, m)) {
      continue;
    }
    const std::pair<std::int32_t, std::int32_t> link{std::min(m.from, m.to), std::max(m.from, m.to)};
    if (std::find(drawn.begin(), drawn.end(), link) != drawn.end()) {
      continue;
    }
    drawn.push_back(link);
    const auto path = link_path(stage.layout, link.first, link.second);
    if (!path.empty()) {
      const EntityRef entity{EntityKind::kLink, link.first, link.second};
      const bool hot = stage.is_hovered(entity) || stage.is_selected(entity);
      stage.p.polyline(path, hot ? stage.theme.accent_text : stage.theme.border_strong, stage.stroke(hot ? 2.4F : 1.2F),
                       false);
      add_link_hits(stage, path, entity);
    }
  }
}

void paint_messages(StagePaint& stage) {
  for (const view::LinkFault& fault : stage.s.link_faults) {
    paint_fault(stage, fault);
  }
  for (const InFlight& m : stage.s.in_flight) {
    if (!hidden(stage, m)) {
      paint_message(stage, m);
    }
  }
  for (const view::LostMessage& m : stage.s.lost) {
    const auto path = link_path(stage.layout, m.from, m.to);
    if (path.empty()) {
      continue;
    }
    const auto age = static_cast<float>((stage.s.now - m.lost_at).count()) / 1e9F;
    const Vec2 c = point_on_path(path, m.progress) + lane_shift(stage, path, m.progress);
    draw_cross(stage.p, c, stage.u(15), faded(stage.theme.bad, 1 - age), stage.stroke(3.2F));
  }
}

}  // namespace kscope::ui
