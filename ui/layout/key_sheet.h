#pragma once
// Where the groups of the key sheet lie: in order, in columns of about the same height, as large as the room allows. Pure
// geometry; the sheet is for reading at a glance, so it shrinks a little before anything of it has to be scrolled to.

#include <span>
#include <vector>

#include "ui/draw/geometry.h"

namespace kscope::ui {

/// Sizes in pixels at 100 %.
struct KeySheetSizes {
  float row = 22;
  float heading = 26;      ///< the line of a group's name
  float gap = 8;           ///< above a group that is not the first of its column
  float column = 340;      ///< a key and the longest title beside it
  float least = 0.6F;      ///< it never shrinks below this part of the wished scale; the rest scrolls
  float readable = 0.85F;  ///< nor below this many pixels per pixel at 100 %, unless a smaller scale is wished
  int most_columns = 4;
};

/// One group: where its heading is; its rows follow below.
struct KeySheetGroup {
  Rect heading;
  std::vector<Rect> rows;
};

struct KeySheet {
  float unit = 1;  ///< pixels per pixel at 100 %
  float height = 0;
  int columns = 1;
  std::vector<KeySheetGroup> groups;  ///< with coordinates from the top left corner of the sheet
};

/// `row_counts`: commands in each group. Requires: room.x, room.y and scale > 0.
/// Cost: O(columns * groups * cuts of a column), a few thousand steps.
KeySheet compute_key_sheet(std::span<const int> row_counts, Vec2 room, float scale, const KeySheetSizes& sizes);

}  // namespace kscope::ui
