#include "ui/draw/marks.h"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace kscope::ui {
namespace {

// Corners of a regular polygon, clockwise, the first one at `from` radians (0 = up).
template <std::size_t N>
std::array<Vec2, N> regular(Vec2 center, float radius, float from) {
  std::array<Vec2, N> out{};
  for (std::size_t i = 0; i < N; ++i) {
    const float angle = from + 2 * std::numbers::pi_v<float> * static_cast<float>(i) / static_cast<float>(N);
    out[i] = {center.x + radius * std::sin(angle), center.y - radius * std::cos(angle)};
  }
  return out;
}

constexpr float kHalfTurn = std::numbers::pi_v<float>;

}  // namespace

Color status_color(const Theme& t, Status s) {
  switch (s) {
    case Status::Ok: return t.ok;
    case Status::Attention: return t.attention;
    case Status::Bad: return t.bad;
    case Status::Info: return t.info;
    case Status::Offline: return t.offline;
    case Status::Unknown: return t.text_disabled;
  }
  return t.text;
}

Color status_text_color(const Theme& t, Status s) {
  switch (s) {
    case Status::Ok: return t.ok_text;
    case Status::Attention: return t.attention_text;
    case Status::Bad: return t.bad_text;
    case Status::Info: return t.info_text;
    case Status::Offline:
    case Status::Unknown: return t.text_secondary;
  }
  return t.text;
}

void draw_status(Painter& p, const Theme& t, Vec2 c, float size, Status s) {
  const float r = size / 2;
  const Color fill = status_color(t, s);
  const Color ink = ink_on(fill);
  const float w = std::max(1.2F, size * 0.12F);
  switch (s) {
    case Status::Ok:
      p.fill_circle(c, r, fill);
      draw_check(p, c, size * 0.55F, ink, w);
      return;
    case Status::Attention: {
      const auto tri = regular<3>({c.x, c.y + size * 0.08F}, r * 1.15F, 0);
      p.fill_polygon(tri, fill);
      p.line({c.x, c.y - size * 0.14F}, {c.x, c.y + size * 0.12F}, ink, w);
      p.fill_circle({c.x, c.y + size * 0.27F}, w * 0.6F, ink);
      return;
    }
    case Status::Bad: {
      const auto oct = regular<8>(c, r * 1.05F, kHalfTurn / 8);
      p.fill_polygon(oct, fill);
      draw_cross(p, c, size * 0.42F, ink, w);
      return;
    }
    case Status::Info:
      p.fill_rect({c.x - r * 0.9F, c.y - r * 0.9F, r * 1.8F, r * 1.8F}, fill, r * 0.3F);
      p.fill_circle({c.x, c.y - size * 0.22F}, w * 0.6F, ink);
      p.line({c.x, c.y - size * 0.06F}, {c.x, c.y + size * 0.26F}, ink, w);
      return;
    case Status::Offline: draw_cross(p, c, size * 0.8F, fill, w * 1.3F); return;
    case Status::Unknown:
      p.circle(c, r * 0.9F, fill, w * 0.8F);
      text_centered(p, c, fill, Face::Strong, size * 0.8F, "?");
      return;
  }
}

void draw_crown(Painter& p, Vec2 c, float size, Color fill, Color outline, float width) {
  const float w = size / 2;
  const float h = size * 0.42F;
  const float left = c.x - w;
  const float base = c.y + h;
  // Three triangles standing on a band: each part is convex.
  const float band = base - size * 0.26F;
  const std::array<std::array<Vec2, 3>, 3> spikes{
      std::array<Vec2, 3>{Vec2{left, c.y - h * 0.75F}, {left + size * 0.42F, band + 0.5F}, {left, band + 0.5F}},
      std::array<Vec2, 3>{
          Vec2{c.x, c.y - h * 1.1F}, {c.x + size * 0.26F, band + 0.5F}, {c.x - size * 0.26F, band + 0.5F}},
      std::array<Vec2, 3>{
          Vec2{c.x + w, c.y - h * 0.75F}, {c.x + w, band + 0.5F}, {c.x + w - size * 0.42F, band + 0.5F}}};
  for (const auto& spike : spikes) {
    p.fill_polygon(spike, fill);
  }
  p.fill_rect({left, band, size, base - band}, fill, 0);
  const std::array<Vec2, 7> edge{Vec2{left, base},
                                 {left, c.y - h * 0.75F},
                                 {c.x - size * 0.17F, c.y - h * 0.02F},
                                 {c.x, c.y - h * 1.1F},
                                 {c.x + size * 0.17F, c.y - h * 0.02F},
                                 {c.x + w, c.y - h * 0.75F},
                                 {c.x + w, base}};
  if (width > 0) {
    p.polyline(edge, outline, width, true);
  }
}

void draw_star(Painter& p, Vec2 c, float size, Color color, float width) {
  std::array<Vec2, 10> points{};
  const auto outer = regular<5>(c, size / 2, 0);
  const auto inner = regular<5>(c, size * 0.21F, kHalfTurn / 5);
  for (std::size_t i = 0; i < 5; ++i) {
    points[2 * i] = outer[i];
    points[2 * i + 1] = inner[i];
  }
  p.polyline(points, color, width, true);
}

void draw_badge(Painter& p, Vec2 c, float radius, std::string_view letters, Color fill, Color outline, Color ink,
                float text) {
  const auto hex = regular<6>(c, radius, 0);
  p.fill_polygon(hex, fill);
  p.polyline(hex, outline, 1.2F, true);
  text_centered(p, c, ink, Face::Strong, text, letters);
}

void draw_log_start(Painter& p, Vec2 top, float height, Color color, float width) {
  p.line(top, {top.x, top.y + height}, color, width * 2);
}

void draw_high_watermark(Painter& p, Vec2 at, float size, Color color) {
  const std::array<Vec2, 3> tri{Vec2{at.x - size * 0.55F, at.y - size}, {at.x + size * 0.55F, at.y - size}, at};
  p.fill_polygon(tri, color);
}

void draw_log_end(Painter& p, Vec2 at, float size, Color color, Color inside, float width) {
  const std::array<Vec2, 3> tri{Vec2{at.x - size * 0.55F, at.y - size}, {at.x + size * 0.55F, at.y - size}, at};
  p.fill_polygon(tri, inside);
  p.polyline(tri, color, width, true);
}

void draw_last_stable(Painter& p, Vec2 at, float size, Color color) {
  const std::array<Vec2, 4> d{
      Vec2{at.x, at.y - size}, {at.x + size / 2, at.y - size / 2}, at, {at.x - size / 2, at.y - size / 2}};
  p.fill_polygon(d, color);
}

void draw_committed(Painter& p, Vec2 at, float size, Color color) { p.fill_circle(at, size / 2, color); }

void draw_position(Painter& p, Vec2 at, float size, Color color, Color inside, float width) {
  p.fill_circle(at, size / 2, inside);
  p.circle(at, size / 2, color, width);
}

void draw_cross(Painter& p, Vec2 c, float size, Color color, float width) {
  const float r = size / 2;
  p.line({c.x - r, c.y - r}, {c.x + r, c.y + r}, color, width);
  p.line({c.x + r, c.y - r}, {c.x - r, c.y + r}, color, width);
}

void draw_check(Painter& p, Vec2 c, float size, Color color, float width) {
  const float r = size / 2;
  const std::array<Vec2, 3> points{Vec2{c.x - r, c.y}, {c.x - r * 0.25F, c.y + r * 0.7F}, {c.x + r, c.y - r * 0.7F}};
  p.polyline(points, color, width, false);
}

void draw_bolt(Painter& p, Vec2 c, float size, Color fill, Color outline, float width) {
  const float r = size / 2;
  const std::array<Vec2, 3> upper{
      Vec2{c.x + r * 0.35F, c.y - r}, {c.x + r * 0.05F, c.y + r * 0.15F}, {c.x - r * 0.65F, c.y + r * 0.15F}};
  const std::array<Vec2, 3> lower{
      Vec2{c.x + r * 0.65F, c.y - r * 0.15F}, {c.x - r * 0.35F, c.y + r}, {c.x - r * 0.05F, c.y - r * 0.15F}};
  p.fill_polygon(upper, fill);
  p.fill_polygon(lower, fill);
  const std::array<Vec2, 6> edge{upper[0], Vec2{c.x + r * 0.12F, c.y - r * 0.15F}, lower[0],
                                 lower[1], Vec2{c.x - r * 0.12F, c.y + r * 0.15F}, upper[2]};
  p.polyline(edge, outline, width, true);
}

void draw_wall(Painter& p, Vec2 a, Vec2 b, float thickness, Color fill, Color ink, float width) {
  const Vec2 along = normalized(b - a);
  const Vec2 n = perpendicular(along) * (thickness / 2);
  const std::array<Vec2, 4> body{a - n, b - n, b + n, a + n};
  p.fill_polygon(body, fill);
  const float len = length(b - a);
  for (float d = 0; d < len; d += thickness) {
    const Vec2 from = a + along * d + n;
    const Vec2 to = a + along * std::min(len, d + thickness) - n;
    p.line(from, to, ink, width);
  }
  p.polyline(body, ink, width, true);
}

void draw_clock(Painter& p, Vec2 c, float size, Color color, float width) {
  p.circle(c, size / 2, color, width);
  p.line(c, {c.x, c.y - size * 0.32F}, color, width);
  p.line(c, {c.x + size * 0.22F, c.y + size * 0.1F}, color, width);
}

namespace {

// The body of a message of radius `r`; no edge when `width` is 0.
void message_body(Painter& p, Vec2 c, float r, MessageShape shape, Color fill, Color edge, float width) {
  auto polygon = [&](std::span<const Vec2> points) {
    p.fill_polygon(points, fill);
    if (width > 0) {
      p.polyline(points, edge, width, true);
    }
  };
  switch (shape) {
    case MessageShape::Circle:
      p.fill_circle(c, r, fill);
      if (width > 0) {
        p.circle(c, r, edge, width);
      }
      return;
    case MessageShape::Square: {
      const Rect box{c.x - r * 0.88F, c.y - r * 0.88F, r * 1.76F, r * 1.76F};
      p.fill_rect(box, fill, r * 0.25F);
      if (width > 0) {
        p.rect(box, edge, width, r * 0.25F);
      }
      return;
    }
    case MessageShape::Triangle: polygon(regular<3>({c.x, c.y + r * 0.15F}, r * 1.15F, 0)); return;
    case MessageShape::Diamond: polygon(regular<4>(c, r * 1.1F, 0)); return;
    case MessageShape::Hexagon: polygon(regular<6>(c, r * 1.2F, 0)); return;  // its corners must be seen
    case MessageShape::Dot: message_body(p, c, r * 0.5F, MessageShape::Circle, fill, edge, width); return;
  }
}

}  // namespace

void draw_message(Painter& p, Vec2 c, float size, const MessageMark& mark, Color fill, Color inside, Color outline,
                  float width) {
  const float r = size / 2;
  message_body(p, c, r, mark.shape, fill, outline, width);
  if (mark.is_response) {
    message_body(p, c, r * 0.56F, mark.shape, inside, inside, 0);
  }
  if (mark.is_error) {
    draw_cross(p, c, size * (mark.is_response ? 0.34F : 0.45F), ink_on(mark.is_response ? inside : fill), width * 1.3F);
  }
}

}  // namespace kscope::ui
