#include "ui/layout/key_sheet.h"

#include <gtest/gtest.h>

#include <array>

namespace kscope::ui::key_sheet_test {
namespace {

constexpr std::array<int, 6> kGroups{15, 8, 22, 13, 6, 5};
constexpr KeySheetSizes kSizes;

TEST(KeySheet, every_group_and_row_has_its_own_place) {
  const KeySheet sheet = compute_key_sheet(kGroups, {1160, 620}, 1, kSizes);
  ASSERT_EQ(sheet.groups.size(), kGroups.size());
  std::vector<Rect> all;
  for (std::size_t i = 0; i < kGroups.size(); ++i) {
    EXPECT_EQ(sheet.groups[i].rows.size(), static_cast<std::size_t>(kGroups[i]));
    all.push_back(sheet.groups[i].heading);
    all.insert(all.end(), sheet.groups[i].rows.begin(), sheet.groups[i].rows.end());
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      EXPECT_FALSE(all[i].inset(0.1F).overlaps(all[j].inset(0.1F))) << i << " " << j;
    }
  }
}

TEST(KeySheet, it_fits_without_scrolling_on_a_laptop_and_on_a_projector) {
  struct Case {
    const char* what;
    Vec2 room;
    float scale;
  };
  for (const Case& c :
       {Case{"1280x720", {1190, 612}, 1}, Case{"1920x1080", {1500, 960}, 1},
        Case{"1920x1080 on a projector", {1790, 920}, 1.75F}, Case{"1280x720 at 150 %", {1188, 560}, 1.5F}}) {
    const KeySheet sheet = compute_key_sheet(kGroups, c.room, c.scale, kSizes);
    EXPECT_LE(sheet.height, c.room.y + 0.5F) << c.what;
    EXPECT_GE(sheet.unit * 14, 11.9F) << c.what << ": a title is 14 pixels at 100 %";
    for (const KeySheetGroup& group : sheet.groups) {
      EXPECT_LE(group.heading.right(), c.room.x + 0.5F) << c.what;
    }
  }
}

TEST(KeySheet, where_there_is_too_little_room_it_scrolls_rather_than_becoming_unreadable) {
  const KeySheet sheet = compute_key_sheet(kGroups, {500, 300}, 1.5F, kSizes);
  EXPECT_FLOAT_EQ(sheet.unit, 1.5F * kSizes.least);
  EXPECT_EQ(sheet.columns, 1);
  EXPECT_GT(sheet.height, 300);
}

TEST(KeySheet, groups_stay_in_order) {
  const KeySheet sheet = compute_key_sheet(kGroups, {1190, 612}, 1, kSizes);
  for (std::size_t i = 1; i < sheet.groups.size(); ++i) {
    const Rect& before = sheet.groups[i - 1].heading;
    const Rect& here = sheet.groups[i].heading;
    EXPECT_TRUE(here.x > before.x || (here.x == before.x && here.y > before.y)) << i;
  }
}

}  // namespace
}  // namespace kscope::ui::key_sheet_test
