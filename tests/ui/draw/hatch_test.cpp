#include "ui/draw/hatch.h"

#include <gtest/gtest.h>

#include "ui/draw/stroke.h"

namespace kscope::ui::hatch_test {
namespace {

bool inside(const Rect& r, Vec2 p) {
  return p.x >= r.x - 0.01F && p.x <= r.right() + 0.01F && p.y >= r.y - 0.01F && p.y <= r.bottom() + 0.01F;
}

TEST(Hatch, every_segment_lies_inside_the_area) {
  for (const Hatch h : {Hatch::Rising, Hatch::Falling, Hatch::Cross}) {
    const Rect r{13.5F, 7, 40, 17};
    const auto segments = hatch_segments(r, h, 5);
    EXPECT_GT(segments.size(), 5U);
    for (const Segment& s : segments) {
      EXPECT_TRUE(inside(r, s.a));
      EXPECT_TRUE(inside(r, s.b));
    }
  }
}

TEST(Hatch, an_empty_area_has_no_lines) {
  EXPECT_TRUE(hatch_segments({1, 2, 0, 10}, Hatch::Cross, 4).empty());
  EXPECT_TRUE(hatch_segments({1, 2, 10, 10}, Hatch::Cross, 0).empty());
}

TEST(Dash, pieces_cover_the_on_part_of_the_line) {
  const std::vector<Vec2> line{{0, 0}, {70, 0}};
  float covered = 0;
  for (const Segment& s : dash_segments(line, false, {4, 3, 0})) {
    covered += length(s.b - s.a);
  }
  EXPECT_NEAR(covered, 40, 0.5F);
}

TEST(Path, points_are_found_by_length) {
  const std::vector<Vec2> path{{0, 0}, {10, 0}, {10, 30}};
  EXPECT_EQ(point_on_path(path, 0), (Vec2{0, 0}));
  EXPECT_NEAR(point_on_path(path, 0.5F).y, 10, 0.01F);
  EXPECT_EQ(point_on_path(path, 1), (Vec2{10, 30}));
  EXPECT_NEAR(direction_on_path(path, 0.9F).y, 1, 0.01F);
}

}  // namespace
}  // namespace kscope::ui::hatch_test
