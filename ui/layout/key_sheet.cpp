#include "ui/layout/key_sheet.h"

#include <algorithm>

namespace kscope::ui {
namespace {

float group_height(int rows, const KeySheetSizes& z) { return z.heading + static_cast<float>(rows) * z.row; }

// How many columns groups need when none is higher than `limit`.
int columns_within(std::span<const int> rows, float limit, const KeySheetSizes& z) {
  int columns = 1;
  float y = 0;
  for (const int count : rows) {
    const float h = group_height(count, z);
    if (y > 0 && y + z.gap + h > limit) {
      ++columns;
      y = 0;
    }
    y += (y > 0 ? z.gap : 0) + h;
  }
  return columns;
}

// The least height at which the groups, in order, need no more than `columns`.
float balanced_height(std::span<const int> rows, int columns, const KeySheetSizes& z) {
  float highest = 0;
  for (const int count : rows) {
    highest = std::max(highest, group_height(count, z));
  }
  // A column ends where a group ends, so one of the sums of neighbours is the answer.
  float best = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    float sum = 0;
    for (std::size_t j = i; j < rows.size(); ++j) {
      sum += (sum > 0 ? z.gap : 0) + group_height(rows[j], z);
      if (sum >= highest && (best == 0 || sum < best) && columns_within(rows, sum, z) <= columns) {
        best = sum;
      }
    }
  }
  return best;
}

}  // namespace

KeySheet compute_key_sheet(std::span<const int> row_counts, Vec2 room, float scale, const KeySheetSizes& sizes) {
  KeySheet out;
  out.unit = 0;
  float height = 0;
  for (int columns = 1; columns <= sizes.most_columns; ++columns) {
    const float h = balanced_height(row_counts, columns, sizes);
    const float width = static_cast<float>(columns) * sizes.column;
    const float by_width = std::min(scale, room.x / width);
    const float unit = h > 0 ? std::min(by_width, room.y / h) : by_width;
    if (unit > out.unit * 1.01F) {
      out.unit = unit;
      out.columns = columns;
      height = h;
    }
  }
  const float least = std::min(scale, std::max(scale * sizes.least, sizes.readable));
  if (out.unit < least) {
    // Too much for one look: as many columns as are readable side by side, and the rest is scrolled to.
    out.unit = least;
    out.columns = std::clamp(static_cast<int>(room.x / (sizes.column * out.unit)), 1, sizes.most_columns);
    height = balanced_height(row_counts, out.columns, sizes);
  }
  const float u = out.unit;
  const float column_width = room.x / static_cast<float>(out.columns);
  float x = 0;
  float y = 0;
  for (const int count : row_counts) {
    const float h = group_height(count, sizes);
    if (y > 0 && y + sizes.gap + h > height + 0.5F) {
      x += column_width;
      y = 0;
    }
    y += y > 0 ? sizes.gap : 0;
    KeySheetGroup group;
    group.heading = {x, y * u, column_width, sizes.heading * u};
    for (int i = 0; i < count; ++i) {
      group.rows.push_back(
          {x, (y + sizes.heading + static_cast<float>(i) * sizes.row) * u, column_width, sizes.row * u});
    }
    out.groups.push_back(group);
    y += h;
    out.height = std::max(out.height, y * u);
  }
  return out;
}

}  // namespace kscope::ui
