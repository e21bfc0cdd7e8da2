#pragma once
// A partition as a tile of the wall: its state by colour and, where there is room, by a sign of its own.

#include "ui/app/theme.h"
#include "ui/draw/painter.h"
#include "ui/layout/wall_layout.h"

namespace kscope::ui {

/// Nothing for healthy, a ring when the preferred replica does not lead, "!" for a missing follower, a bar when too few are
/// in sync for acks=all, a cross when nobody leads. Tiles too small for signs have a dark corner when something is wrong.
void draw_tile(Painter& p, const Theme& t, const Rect& r, TileState state, float scale);

}  // namespace kscope::ui
