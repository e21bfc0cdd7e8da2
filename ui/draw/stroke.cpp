#include "ui/draw/stroke.h"

#include <array>
#include <cmath>
#include <numbers>

namespace kscope::ui {

std::vector<Segment> dash_segments(std::span<const Vec2> points, bool closed, const Dash& dash) {
  std::vector<Segment> out;
  const float period = dash.on + dash.off;
  if (points.size() < 2 || period <= 0) {
    return out;
  }
  float at = std::fmod(dash.phase, period);  // place inside the pattern
  if (at < 0) {
    at += period;
  }
  const std::size_t edges = closed ? points.size() : points.size() - 1;
  for (std::size_t i = 0; i < edges; ++i) {
    const Vec2 a = points[i];
    const Vec2 b = points[(i + 1) % points.size()];
    const float len = length(b - a);
    float done = 0;
    while (done < len) {
      const bool on = at < dash.on;
      const float left_in_phase = (on ? dash.on : period) - at;
      const float step = std::min(left_in_phase, len - done);
      if (on && step > 0) {
        out.push_back({lerp(a, b, done / len), lerp(a, b, (done + step) / len)});
      }
      done += std::max(step, 1e-3F);
      at += step;
      if (at >= period - 1e-4F) {
        at = 0;
      }
    }
  }
  return out;
}

void dashed_polyline(Painter& p, std::span<const Vec2> points, bool closed, const Dash& dash, Color color,
                     float width) {
  for (const Segment& s : dash_segments(points, closed, dash)) {
    p.line(s.a, s.b, color, width);
  }
}

void dashed_line(Painter& p, Vec2 a, Vec2 b, const Dash& dash, Color color, float width) {
  const std::array<Vec2, 2> points{a, b};
  dashed_polyline(p, points, false, dash, color, width);
}

void dashed_rect(Painter& p, const Rect& r, float rounding, const Dash& dash, Color color, float width) {
  const float c = std::min(rounding * 0.3F, std::min(r.w, r.h) / 2);
  const std::array<Vec2, 8> points{
      Vec2{r.x + c, r.y},          {r.right() - c, r.y},  {r.right(), r.y + c},  {r.right(), r.bottom() - c},
      {r.right() - c, r.bottom()}, {r.x + c, r.bottom()}, {r.x, r.bottom() - c}, {r.x, r.y + c}};
  dashed_polyline(p, points, true, dash, color, width);
}

void arc(Painter& p, Vec2 center, float radius, float from, float sweep, Color color, float width) {
  const int count = std::clamp(static_cast<int>(std::abs(sweep) * radius / 3) + 2, 3, 64);
  std::vector<Vec2> points;
  points.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const float angle = from + sweep * static_cast<float>(i) / static_cast<float>(count - 1);
    points.push_back({center.x + radius * std::sin(angle), center.y - radius * std::cos(angle)});
  }
  p.polyline(points, color, width, false);
}

void timer_arc(Painter& p, Vec2 center, float radius, float remaining, Color color, Color track, float width) {
  p.circle(center, radius, track, width);
  const float turn = 2 * std::numbers::pi_v<float>;
  const float left = std::clamp(remaining, 0.0F, 1.0F);
  if (left > 0) {
    arc(p, center, radius, turn * (1 - left), turn * left, color, width);
  }
}

void arrow_head(Painter& p, Vec2 tip, Vec2 direction, float size, Color color) {
  const Vec2 d = normalized(direction);
  const Vec2 n = perpendicular(d);
  const Vec2 base = tip - d * size;
  const std::array<Vec2, 3> points{tip, base + n * (size * 0.5F), base - n * (size * 0.5F)};
  p.fill_polygon(points, color);
}

std::vector<Vec2> bezier_points(Vec2 a, Vec2 c1, Vec2 c2, Vec2 b, int count) {
  std::vector<Vec2> out;
  out.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(count - 1);
    const float u = 1 - t;
    out.push_back(a * (u * u * u) + c1 * (3 * u * u * t) + c2 * (3 * u * t * t) + b * (t * t * t));
  }
  return out;
}

namespace {

// Index of the edge and fraction on it at fraction `t` of the whole length.
std::pair<std::size_t, float> locate(std::span<const Vec2> path, float t) {
  float total = 0;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    total += length(path[i + 1] - path[i]);
  }
  float wanted = std::clamp(t, 0.0F, 1.0F) * total;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const float len = length(path[i + 1] - path[i]);
    if (wanted <= len || i + 2 == path.size()) {
      return {i, len > 0 ? std::min(wanted / len, 1.0F) : 0};
    }
    wanted -= len;
  }
  return {0, 0};
}

}  // namespace

Vec2 point_on_path(std::span<const Vec2> path, float t) {
  if (path.size() < 2) {
    return path.empty() ? Vec2{} : path[0];
  }
  const auto [edge, part] = locate(path, t);
  return lerp(path[edge], path[edge + 1], part);
}

Vec2 direction_on_path(std::span<const Vec2> path, float t) {
  if (path.size() < 2) {
    return {1, 0};
  }
  const auto [edge, part] = locate(path, t);
  return normalized(path[edge + 1] - path[edge]);
}

}  // namespace kscope::ui
