#pragma once
// Where the parts of the window lie: top bar, left rail, stage, right panel, transport and tables, with their splitters.
// Pure geometry in pixels; the parts tile the window without overlap at every supported size and scale, because wishes of
// the user (splitters) give way to minimum sizes, and side parts fold away before the stage becomes unusable.

#include "ui/draw/geometry.h"

namespace kscope::ui {

/// What the user asked for; sizes in pixels at 100 %.
struct RegionWishes {
  bool left_open = true;
  bool right_open = true;
  bool bottom_open = true;
  bool chips = false;  ///< a row of active faults below the top bar
  int tree_rows = 0;   ///< lines of the tree of branches above the timeline
  float left_width = 240;
  float right_width = 330;
  float bottom_height = 240;  ///< tables only, without transport
  bool rails_hidden = false;  ///< projector: no rails at all, not even folded
  bool slim = false;          ///< projector: no menu row, transport in one row
};

struct Regions {
  Rect top;        ///< menu row and status row
  Rect chips;      ///< active faults; empty when there are none
  Rect left;       ///< rail; a narrow strip of icons when folded
  Rect stage;      ///< tabs and canvas
  Rect right;      ///< inspector; empty when closed
  Rect transport;  ///< buttons and timeline
  Rect bottom;     ///< tables; empty when closed
  Rect left_splitter;
  Rect right_splitter;
  Rect bottom_splitter;
  int tree_rows = 0;          ///< of the tree of branches, at the place's top; kTreeRow high at 100 %
  bool left_folded = false;   ///< the rail is a strip of icons
  bool right_folded = false;  ///< the wish for a right panel could not be met
};

/// Height of a line of the tree of branches, in pixels at 100 %.
inline constexpr float kTreeRow = 17;

/// Requires: width and height > 0, scale in [0.5, 4].
Regions compute_regions(float width, float height, float scale, const RegionWishes& wishes);

}  // namespace kscope::ui
