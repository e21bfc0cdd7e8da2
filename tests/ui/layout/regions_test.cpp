#include "ui/layout/regions.h"

#include <gtest/gtest.h>
#include <vector>

namespace kscope::ui::regions_test {
namespace {

struct Case {
  float width;
  float height;
  float scale;
};
const std::vector<Case> kCases{{1024, 768, 1},      {1280, 720, 1.5F}, {1920, 1080, 1},
                               {1920, 1080, 1.75F}, {3840, 2160, 3},   {800, 600, 1}};

std::vector<RegionWishes> wishes() {
  std::vector<RegionWishes> out;
  for (int bits = 0; bits < 64; ++bits) {
    RegionWishes w;
    w.tree_rows = (bits & 32) != 0 ? 7 : 0;
    w.left_open = (bits & 1) != 0;
    w.right_open = (bits & 2) != 0;
    w.bottom_open = (bits & 4) != 0;
    w.chips = (bits & 8) != 0;
    w.rails_hidden = (bits & 16) != 0;
    out.push_back(w);
    w.left_width = w.right_width = w.bottom_height = 5000;
    out.push_back(w);
  }
  return out;
}

TEST(Regions, parts_tile_the_window_without_overlap_or_loss) {
  for (const Case& c : kCases) {
    for (const RegionWishes& w : wishes()) {
      const Regions r = compute_regions(c.width, c.height, c.scale, w);
      const std::vector<Rect> parts{r.top, r.chips, r.left, r.stage, r.right, r.transport, r.bottom};
      float area = 0;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const Rect& a = parts[i];
        area += a.w * a.h;
        EXPECT_GE(a.w, 0);
        EXPECT_GE(a.h, 0);
        if (a.empty()) {
          continue;
        }
        EXPECT_GE(a.x, 0);
        EXPECT_GE(a.y, 0);
        EXPECT_LE(a.right(), c.width + 0.01F);
        EXPECT_LE(a.bottom(), c.height + 0.01F);
        for (std::size_t j = i + 1; j < parts.size(); ++j) {
          EXPECT_FALSE(intersected(a, parts[j]).w > 0.01F && intersected(a, parts[j]).h > 0.01F) << i << " " << j;
        }
      }
      EXPECT_NEAR(area, c.width * c.height, c.width);
    }
  }
}

TEST(Regions, stage_stays_usable_at_the_smallest_supported_sizes) {
  for (const Case& c : {Case{1024, 768, 1}, Case{1280, 720, 1.5F}}) {
    for (const RegionWishes& w : wishes()) {
      const Regions r = compute_regions(c.width, c.height, c.scale, w);
      EXPECT_GE(r.stage.w, 400 * c.scale);
      EXPECT_GE(r.stage.h, 150 * c.scale);
      EXPECT_GE(r.transport.h, 100 * c.scale);
    }
  }
}

TEST(Regions, a_wide_window_shows_everything_that_is_asked_for) {
  const Regions r = compute_regions(1920, 1080, 1, RegionWishes{});
  EXPECT_FALSE(r.left_folded);
  EXPECT_FALSE(r.right_folded);
  EXPECT_EQ(r.left.w, 240);
  EXPECT_EQ(r.right.w, 330);
  EXPECT_EQ(r.bottom.h, 240);
}

TEST(Regions, projector_hides_the_rails) {
  RegionWishes w;
  w.rails_hidden = true;
  w.right_open = false;
  const Regions r = compute_regions(1920, 1080, 1.75F, w);
  EXPECT_EQ(r.left.w, 0);
  EXPECT_EQ(r.stage.w, 1920);
}

}  // namespace
}  // namespace kscope::ui::regions_test
