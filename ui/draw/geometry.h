#pragma once
// Points and rectangles of the window, in pixels, y downwards. Plain values without Dear ImGui, so that layout code
// and its tests need no window. A `Rect` is half open: it contains its left and top edge, not its right and bottom one.

#include <algorithm>
#include <cmath>

namespace kscope::ui {

struct Vec2 {
  float x = 0;
  float y = 0;
  friend constexpr bool operator==(Vec2, Vec2) = default;
};

constexpr Vec2 operator+(Vec2 a, Vec2 b) { return {a.x + b.x, a.y + b.y}; }
constexpr Vec2 operator-(Vec2 a, Vec2 b) { return {a.x - b.x, a.y - b.y}; }
constexpr Vec2 operator*(Vec2 a, float k) { return {a.x * k, a.y * k}; }
/// Point at fraction `t` (0 = a, 1 = b) of the straight line from a to b.
constexpr Vec2 lerp(Vec2 a, Vec2 b, float t) { return a + (b - a) * t; }
inline float length(Vec2 v) { return std::sqrt(v.x * v.x + v.y * v.y); }
/// Unit vector in the direction of `v`; (1, 0) for a zero vector.
inline Vec2 normalized(Vec2 v) {
  const float l = length(v);
  return l > 0 ? v * (1 / l) : Vec2{1, 0};
}
/// `v` turned by 90 degrees (clockwise on the screen).
constexpr Vec2 perpendicular(Vec2 v) { return {-v.y, v.x}; }

struct Rect {
  float x = 0;
  float y = 0;
  float w = 0;
  float h = 0;

  constexpr float right() const { return x + w; }
  constexpr float bottom() const { return y + h; }
  constexpr Vec2 top_left() const { return {x, y}; }
  constexpr Vec2 bottom_right() const { return {x + w, y + h}; }
  constexpr Vec2 center() const { return {x + w / 2, y + h / 2}; }
  constexpr bool empty() const { return w <= 0 || h <= 0; }
  constexpr bool contains(Vec2 p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
  constexpr bool overlaps(const Rect& o) const {
    return x < o.right() && o.x < right() && y < o.bottom() && o.y < bottom();
  }
  /// Smaller (positive `d`) or larger by `d` on every side; never of negative size.
  constexpr Rect inset(float d) const { return inset(d, d); }
  constexpr Rect inset(float dx, float dy) const {
    return {x + dx, y + dy, std::max(0.0F, w - 2 * dx), std::max(0.0F, h - 2 * dy)};
  }
  constexpr Rect moved(Vec2 d) const { return {x + d.x, y + d.y, w, h}; }
  friend constexpr bool operator==(const Rect&, const Rect&) = default;
};

/// Smallest rectangle that covers both.
constexpr Rect united(const Rect& a, const Rect& b) {
  const float x = std::min(a.x, b.x);
  const float y = std::min(a.y, b.y);
  return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

/// Common part; empty when they do not overlap.
constexpr Rect intersected(const Rect& a, const Rect& b) {
  const float x = std::max(a.x, b.x);
  const float y = std::max(a.y, b.y);
  return {x, y, std::max(0.0F, std::min(a.right(), b.right()) - x),
          std::max(0.0F, std::min(a.bottom(), b.bottom()) - y)};
}

}  // namespace kscope::ui
