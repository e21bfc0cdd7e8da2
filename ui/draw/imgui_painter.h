#pragma once
// Painter on an ImDrawList: what the window shows.

#include "ui/app/fonts.h"
#include "ui/draw/painter.h"

struct ImDrawList;

namespace kscope::ui {

class ImGuiPainter final : public Painter {
 public:
  /// Requires: both outlive the painter; `list` belongs to the current frame.
  ImGuiPainter(ImDrawList* list, const FontSet& fonts) : list_(list), fonts_(&fonts) {}

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

  ImDrawList* list() const { return list_; }

 private:
  ImDrawList* list_;
  const FontSet* fonts_;
};

}  // namespace kscope::ui
