#pragma once
// Painter that writes SVG text: exports of the stage and of charts. Text widths are estimated, since no font is loaded.

#include <string>

#include "ui/draw/painter.h"

namespace kscope::ui {

class SvgPainter final : public Painter {
 public:
  SvgPainter(float width, float height, Color background);

  void line(Vec2 a, Vec2 b, Color color, float width) override;
  void polyline(std::span<const Vec2> points, Color color, float width, bool closed) override;
  void fill_polygon(std::span<const Vec2> points, Color color) override;
  void rect(const Rect& r, Color color, float width, float rounding) override;
  void fill_rect(const Rect& r, Color color, float rounding, Corners corners = Corners::All) override;
  void circle(Vec2 center, float radius, Color color, float width) override;
  void fill_circle(Vec2 center, float radius, Color color) override;
  void text(Vec2 at, Color color, Face face, float size, std::string_view utf8) override;
  Vec2 text_size(Face face, float size, std::string_view utf8) const override;
  void push_clip(const Rect& r) override;
  void pop_clip() override;

  /// The finished document. Call once, after the last shape.
  std::string finish();

 private:
  std::string out_;
  int clips_ = 0;
};

}  // namespace kscope::ui
