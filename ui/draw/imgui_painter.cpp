#include "ui/draw/imgui_painter.h"

#include <imgui.h>
#include <cfloat>
#include <cmath>

#include "ui/draw/imgui_types.h"

namespace kscope::ui {
namespace {

ImDrawFlags im(Corners corners) {
  switch (corners) {
    case Corners::All: return ImDrawFlags_RoundCornersAll;
    case Corners::Left: return ImDrawFlags_RoundCornersLeft;
    case Corners::Right: return ImDrawFlags_RoundCornersRight;
    case Corners::Top: return ImDrawFlags_RoundCornersTop;
    case Corners::Bottom: return ImDrawFlags_RoundCornersBottom;
  }
  return ImDrawFlags_RoundCornersAll;
}

// Vec2 and ImVec2 are both two floats; the list takes ImVec2.
const ImVec2* im(std::span<const Vec2> points) {
  static_assert(sizeof(Vec2) == sizeof(ImVec2));
  return reinterpret_cast<const ImVec2*>(points.data());
}

}  // namespace

void ImGuiPainter::line(Vec2 a, Vec2 b, Color color, float width) { list_->AddLine(im(a), im(b), im(color), width); }

void ImGuiPainter::polyline(std::span<const Vec2> points, Color color, float width, bool closed) {
  list_->AddPolyline(im(points), static_cast<int>(points.size()), im(color), closed ? ImDrawFlags_Closed : 0, width);
}

void ImGuiPainter::fill_polygon(std::span<const Vec2> points, Color color) {
  list_->AddConvexPolyFilled(im(points), static_cast<int>(points.size()), im(color));
}

void ImGuiPainter::rect(const Rect& r, Color color, float width, float rounding) {
  list_->AddRect(im(r.top_left()), im(r.bottom_right()), im(color), rounding, 0, width);
}

void ImGuiPainter::fill_rect(const Rect& r, Color color, float rounding, Corners corners) {
  list_->AddRectFilled(im(r.top_left()), im(r.bottom_right()), im(color), rounding, im(corners));
}

void ImGuiPainter::circle(Vec2 center, float radius, Color color, float width) {
  list_->AddCircle(im(center), radius, im(color), 0, width);
}

void ImGuiPainter::fill_circle(Vec2 center, float radius, Color color) {
  list_->AddCircleFilled(im(center), radius, im(color));
}

void ImGuiPainter::text(Vec2 at, Color color, Face face, float size, std::string_view utf8) {
  if (utf8.empty()) {
    return;
  }
  const ImVec2 snapped{std::floor(at.x + 0.5F), std::floor(at.y + 0.5F)};
  list_->AddText(fonts_->nearest(face, size), size, snapped, im(color), utf8.data(), utf8.data() + utf8.size());
}

Vec2 ImGuiPainter::text_size(Face face, float size, std::string_view utf8) const {
  const ImVec2 extent =
      fonts_->nearest(face, size)->CalcTextSizeA(size, FLT_MAX, 0, utf8.data(), utf8.data() + utf8.size());
  return {extent.x, extent.y};
}

void ImGuiPainter::push_clip(const Rect& r) { list_->PushClipRect(im(r.top_left()), im(r.bottom_right()), true); }
void ImGuiPainter::pop_clip() { list_->PopClipRect(); }

}  // namespace kscope::ui
