#include "ui/draw/icons.h"

#include <array>
#include <initializer_list>
#include <vector>

#include "ui/draw/marks.h"

namespace kscope::ui {
namespace {

// Coordinates in icons are in halves of the size: (-1, -1) is the top left corner.
struct Pen {
  Painter& p;
  Vec2 c;
  float r;
  Color color;
  float width;

  Vec2 at(Vec2 v) const { return c + v * r; }
  void path(std::initializer_list<Vec2> points, bool closed = false) const {
    std::vector<Vec2> scaled;
    for (const Vec2 v : points) {
      scaled.push_back(at(v));
    }
    p.polyline(scaled, color, width, closed);
  }
  void fill(std::initializer_list<Vec2> points) const {
    std::vector<Vec2> scaled;
    for (const Vec2 v : points) {
      scaled.push_back(at(v));
    }
    p.fill_polygon(scaled, color);
  }
  void bar(float x, float half_height) const {
    p.fill_rect({c.x + (x - 0.13F) * r, c.y - half_height * r, 0.26F * r, 2 * half_height * r}, color, 0.08F * r);
  }
  void right_triangle(float from, float to, float h) const { fill({{from, -h}, {to, 0}, {from, h}}); }
  void left_triangle(float from, float to, float h) const { fill({{from, h}, {to, 0}, {from, -h}}); }
};

void draw_transport(const Pen& pen, Icon icon) {
  switch (icon) {
    case Icon::Play: pen.right_triangle(-0.55F, 0.8F, 0.8F); return;
    case Icon::Pause:
      pen.bar(-0.38F, 0.72F);
      pen.bar(0.38F, 0.72F);
      return;
    case Icon::StepBack:
      pen.left_triangle(0.3F, -0.6F, 0.6F);
      pen.bar(0.55F, 0.6F);
      return;
    case Icon::StepForward:
      pen.right_triangle(-0.3F, 0.6F, 0.6F);
      pen.bar(-0.55F, 0.6F);
      return;
    case Icon::BeatBack:
      pen.left_triangle(0.05F, -0.8F, 0.6F);
      pen.left_triangle(0.85F, 0, 0.6F);
      return;
    case Icon::BeatForward:
      pen.right_triangle(-0.05F, 0.8F, 0.6F);
      pen.right_triangle(-0.85F, 0, 0.6F);
      return;
    case Icon::ToStart:
      pen.left_triangle(0.6F, -0.4F, 0.65F);
      pen.bar(-0.65F, 0.65F);
      return;
    case Icon::ToEnd:
      pen.right_triangle(-0.6F, 0.4F, 0.65F);
      pen.bar(0.65F, 0.65F);
      return;
    default: return;
  }
}

}  // namespace

void draw_icon(Painter& p, Icon icon, Vec2 center, float size, Color color, float width) {
  const Pen pen{p, center, size / 2, color, width};
  switch (icon) {
    case Icon::Play:
    case Icon::Pause:
    case Icon::StepBack:
    case Icon::StepForward:
    case Icon::BeatBack:
    case Icon::BeatForward:
    case Icon::ToStart:
    case Icon::ToEnd: draw_transport(pen, icon); return;
    case Icon::Undo:
      arc(p, {center.x, center.y + 0.1F * pen.r}, pen.r * 0.62F, -1.2F, 3.9F, color, width);
      pen.fill({{-0.95F, -0.1F}, {-0.6F, -0.75F}, {-0.15F, -0.1F}});
      return;
    case Icon::Redo:
      arc(p, {center.x, center.y + 0.1F * pen.r}, pen.r * 0.62F, 1.2F, -3.9F, color, width);
      pen.fill({{0.95F, -0.1F}, {0.15F, -0.1F}, {0.6F, -0.75F}});
      return;
    case Icon::Search:
      p.circle(pen.at({-0.15F, -0.15F}), pen.r * 0.55F, color, width);
      pen.path({{0.26F, 0.26F}, {0.8F, 0.8F}});
      return;
    case Icon::Plus:
      pen.path({{-0.7F, 0}, {0.7F, 0}});
      pen.path({{0, -0.7F}, {0, 0.7F}});
      return;
    case Icon::Pin:
      p.circle(pen.at({0, -0.3F}), pen.r * 0.42F, color, width);
      pen.path({{0, 0.12F}, {0, 0.9F}});
      return;
    case Icon::ChevronLeft: pen.path({{0.3F, -0.6F}, {-0.3F, 0}, {0.3F, 0.6F}}); return;
    case Icon::ChevronRight: pen.path({{-0.3F, -0.6F}, {0.3F, 0}, {-0.3F, 0.6F}}); return;
    case Icon::ChevronDown: pen.path({{-0.6F, -0.3F}, {0, 0.3F}, {0.6F, -0.3F}}); return;
    case Icon::ChevronUp: pen.path({{-0.6F, 0.3F}, {0, -0.3F}, {0.6F, 0.3F}}); return;
    case Icon::Menu:
      for (const float y : {-0.55F, 0.0F, 0.55F}) {
        pen.path({{-0.75F, y}, {0.75F, y}});
      }
      return;
    case Icon::Close: draw_cross(p, center, size * 0.6F, color, width); return;
    case Icon::Book:
      pen.path({{0, -0.5F},
                {-0.85F, -0.7F},
                {-0.85F, 0.6F},
                {0, 0.8F},
                {0.85F, 0.6F},
                {0.85F, -0.7F},
                {0, -0.5F},
                {0, 0.8F}});
      return;
    case Icon::Flag: pen.path({{-0.6F, 0.9F}, {-0.6F, -0.8F}, {0.7F, -0.4F}, {-0.6F, 0.05F}}); return;
    case Icon::Wrench:
      pen.path({{-0.8F, 0.8F}, {0.2F, -0.2F}});
      arc(p, pen.at({0.42F, -0.42F}), pen.r * 0.42F, 1.1F, 5.0F, color, width);
      return;
    case Icon::Folder:
      pen.path({{-0.85F, 0.65F}, {-0.85F, -0.6F}, {-0.25F, -0.6F}, {0, -0.3F}, {0.85F, -0.3F}, {0.85F, 0.65F}}, true);
      return;
    case Icon::Eye:
      p.polyline(
          bezier_points(pen.at({-0.95F, 0}), pen.at({-0.4F, -0.8F}), pen.at({0.4F, -0.8F}), pen.at({0.95F, 0}), 12),
          color, width, false);
      p.polyline(
          bezier_points(pen.at({-0.95F, 0}), pen.at({-0.4F, 0.8F}), pen.at({0.4F, 0.8F}), pen.at({0.95F, 0}), 12),
          color, width, false);
      p.fill_circle(center, pen.r * 0.26F, color);
      return;
    case Icon::Branch:
      p.circle(pen.at({-0.5F, -0.65F}), pen.r * 0.22F, color, width);
      p.circle(pen.at({-0.5F, 0.65F}), pen.r * 0.22F, color, width);
      p.circle(pen.at({0.55F, -0.3F}), pen.r * 0.22F, color, width);
      pen.path({{-0.5F, -0.42F}, {-0.5F, 0.42F}});
      pen.path({{0.5F, -0.08F}, {0.3F, 0.15F}, {-0.4F, 0.35F}});
      return;
    case Icon::Star: draw_star(p, center, size, color, width); return;
    case Icon::Help:
      p.circle(center, pen.r * 0.9F, color, width);
      text_centered(p, center, color, Face::Strong, size * 0.8F, "?");
      return;
    case Icon::Fit:
      pen.path({{-0.8F, -0.3F}, {-0.8F, -0.8F}, {-0.3F, -0.8F}});
      pen.path({{0.8F, -0.3F}, {0.8F, -0.8F}, {0.3F, -0.8F}});
      pen.path({{-0.8F, 0.3F}, {-0.8F, 0.8F}, {-0.3F, 0.8F}});
      pen.path({{0.8F, 0.3F}, {0.8F, 0.8F}, {0.3F, 0.8F}});
      return;
  }
}

}  // namespace kscope::ui
