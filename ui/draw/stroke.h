#pragma once
// Dashed lines and arcs. ImDrawList has none, so dashes are computed as segments.

#include <vector>

#include "ui/draw/hatch.h"

namespace kscope::ui {

struct Dash {
  float on = 4;
  float off = 3;
  float phase = 0;  ///< pixels by which the pattern is shifted along the line
};

/// Visible pieces of a dashed path through `points` (closed = back to the first point). The pattern runs on round corners.
std::vector<Segment> dash_segments(std::span<const Vec2> points, bool closed, const Dash& dash);

void dashed_line(Painter& p, Vec2 a, Vec2 b, const Dash& dash, Color color, float width);
void dashed_polyline(Painter& p, std::span<const Vec2> points, bool closed, const Dash& dash, Color color, float width);
/// Rectangle outline of dashes; the corners are cut by `rounding` instead of rounded.
void dashed_rect(Painter& p, const Rect& r, float rounding, const Dash& dash, Color color, float width);

/// Part of a circle from angle `from` clockwise over `sweep` radians; 0 points up.
void arc(Painter& p, Vec2 center, float radius, float from, float sweep, Color color, float width);
/// Timer arc: shrinks clockwise as `remaining` goes from 1 to 0, on a faint full track.
void timer_arc(Painter& p, Vec2 center, float radius, float remaining, Color color, Color track, float width);
/// Filled arrow head with its tip at `tip`, pointing along `direction`.
void arrow_head(Painter& p, Vec2 tip, Vec2 direction, float size, Color color);

/// Points of a cubic curve, `count` >= 2 of them, ends included.
std::vector<Vec2> bezier_points(Vec2 a, Vec2 c1, Vec2 c2, Vec2 b, int count);
/// Point at fraction `t` of the length of a path.
Vec2 point_on_path(std::span<const Vec2> path, float t);
/// Direction (unit vector) of the path at fraction `t` of its length.
Vec2 direction_on_path(std::span<const Vec2> path, float t);

}  // namespace kscope::ui
