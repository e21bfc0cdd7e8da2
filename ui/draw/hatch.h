#pragma once
// Hatching: parallel slanted lines inside a rectangle, as finished segments. Computing the clipped segments avoids one
// clip rectangle, and so one draw call, per hatched cell.

#include <vector>

#include "ui/draw/painter.h"

namespace kscope::ui {

struct Segment {
  Vec2 a;
  Vec2 b;
};

enum class Hatch {
  Rising,   ///< 45 degrees, like "/": out of sync, attention
  Falling,  ///< like "\": paused
  Cross,    ///< both: bad, lost
};

/// Segments of the lines that lie inside `area`, `spacing` pixels apart (measured along the x axis), clipped exactly.
/// Lines are anchored to the global grid, so neighbouring areas join without a seam. Requires spacing > 0.
std::vector<Segment> hatch_segments(const Rect& area, Hatch hatch, float spacing);

void draw_hatch(Painter& p, const Rect& area, Hatch hatch, float spacing, Color color, float width);

}  // namespace kscope::ui
