#include "ui/draw/hatch.h"

#include <cmath>

namespace kscope::ui {
namespace {

// Rising lines satisfy x + y = c, falling ones x - y = c.
void add_rising(const Rect& r, float spacing, std::vector<Segment>& out) {
  const float first = std::ceil((r.x + r.y) / spacing) * spacing;
  for (float c = first; c < r.right() + r.bottom(); c += spacing) {
    const float x0 = std::max(r.x, c - r.bottom());
    const float x1 = std::min(r.right(), c - r.y);
    if (x1 > x0) {
      out.push_back({{x0, c - x0}, {x1, c - x1}});
    }
  }
}

void add_falling(const Rect& r, float spacing, std::vector<Segment>& out) {
  const float first = std::ceil((r.x - r.bottom()) / spacing) * spacing;
  for (float c = first; c < r.right() - r.y; c += spacing) {
    const float x0 = std::max(r.x, c + r.y);
    const float x1 = std::min(r.right(), c + r.bottom());
    if (x1 > x0) {
      out.push_back({{x0, x0 - c}, {x1, x1 - c}});
    }
  }
}

}  // namespace

std::vector<Segment> hatch_segments(const Rect& area, Hatch hatch, float spacing) {
  std::vector<Segment> out;
  if (area.empty() || spacing <= 0) {
    return out;
  }
  if (hatch != Hatch::Falling) {
    add_rising(area, spacing, out);
  }
  if (hatch != Hatch::Rising) {
    add_falling(area, spacing, out);
  }
  return out;
}

void draw_hatch(Painter& p, const Rect& area, Hatch hatch, float spacing, Color color, float width) {
  for (const Segment& s : hatch_segments(area, hatch, spacing)) {
    p.line(s.a, s.b, color, width);
  }
}

}  // namespace kscope::ui
