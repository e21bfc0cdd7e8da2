#pragma once
// What drawing code may do: a small set of shapes and text. The window implements it on an ImDrawList, the export on SVG
// text, so that the same code draws the screen and the picture in a hand-out.
// Coordinates are pixels; widths are pixels; text is UTF-8 and positioned by its top left corner.

#include <span>
#include <string_view>

#include "ui/draw/color.h"
#include "ui/draw/geometry.h"

namespace kscope::ui {

enum class Face { Regular, Strong, Mono };

/// Which corners of a rectangle are rounded.
enum class Corners { All, Left, Right, Top, Bottom };

class Painter {
 public:
  Painter() = default;
  Painter(const Painter&) = delete;
  Painter& operator=(const Painter&) = delete;
  virtual ~Painter() = default;

  virtual void line(Vec2 a, Vec2 b, Color color, float width) = 0;
  virtual void polyline(std::span<const Vec2> points, Color color, float width, bool closed) = 0;
  /// Fills a convex polygon given clockwise on the screen.
  virtual void fill_polygon(std::span<const Vec2> points, Color color) = 0;
  virtual void rect(const Rect& r, Color color, float width, float rounding) = 0;
  virtual void fill_rect(const Rect& r, Color color, float rounding, Corners corners = Corners::All) = 0;
  virtual void circle(Vec2 center, float radius, Color color, float width) = 0;
  virtual void fill_circle(Vec2 center, float radius, Color color) = 0;
  virtual void text(Vec2 at, Color color, Face face, float size, std::string_view utf8) = 0;
  virtual Vec2 text_size(Face face, float size, std::string_view utf8) const = 0;
  virtual void push_clip(const Rect& r) = 0;
  virtual void pop_clip() = 0;
};

/// Text centred on a point.
void text_centered(Painter& p, Vec2 center, Color color, Face face, float size, std::string_view utf8);
/// Text whose right edge is at `right.x`, vertically centred on `right.y`.
void text_right(Painter& p, Vec2 right, Color color, Face face, float size, std::string_view utf8);
/// Text that begins at `left.x`, vertically centred on `left.y`, cut with an ellipsis when wider than `max_width` (0 = no limit).
void text_left(Painter& p, Vec2 left, Color color, Face face, float size, std::string_view utf8, float max_width = 0);

}  // namespace kscope::ui
