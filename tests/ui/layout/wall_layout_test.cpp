#include "ui/layout/wall_layout.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ui/fixture/hello_snapshot.h"

namespace kscope::ui::wall_layout_test {
namespace {

const Rect kArea{10, 20, 1200, 600};

TEST(Wall, ten_thousand_partitions_fit) {
  const WallLayout wall = compute_wall(fixture::large_snapshot(100, 10000), kArea, 1, false);
  EXPECT_EQ(wall.brokers.size(), 100U);
  ASSERT_EQ(wall.tiles.size(), 10000U);
  EXPECT_GE(wall.tile, 5);
  for (const WallTile& tile : wall.tiles) {
    EXPECT_GE(tile.rect.x, kArea.x);
    EXPECT_LE(tile.rect.right(), kArea.right());
    EXPECT_LE(tile.rect.bottom(), kArea.bottom());
  }
}

TEST(Wall, tiles_are_whole_pixels_where_they_can_be) {
  const Rect area{10.4F, 20.7F, 674.3F, 380.9F};
  const WallLayout wall = compute_wall(fixture::large_snapshot(100, 10000), area, 1, false);
  EXPECT_GE(wall.tile, 4);
  for (const WallTile& tile : wall.tiles) {
    EXPECT_EQ(tile.rect.x, std::floor(tile.rect.x)) << "else lines between tiles differ in width";
    EXPECT_EQ(tile.rect.y, std::floor(tile.rect.y));
    EXPECT_EQ(tile.rect.w, wall.tile - 1);
    EXPECT_LE(tile.rect.bottom(), area.bottom());
  }
}

TEST(Wall, the_worst_come_first_when_asked) {
  view::Snapshot s = fixture::large_snapshot(12, 500);
  s.partitions[400].leader = -1;
  s.partitions[250].is_under_replicated = true;
  const WallLayout wall = compute_wall(s, kArea, 1, true);
  EXPECT_EQ(wall.tiles[0].partition, 400U);
  EXPECT_EQ(wall.tiles[1].partition, 250U);
}

TEST(Wall, tiles_have_names_where_there_is_room) {
  const WallLayout few = compute_wall(fixture::large_snapshot(12, 100), kArea, 1, true);
  EXPECT_TRUE(few.has_names);
  for (std::size_t i = 0; i < few.tiles.size(); ++i) {
    EXPECT_GE(few.tiles[i].rect.w, 80);
    EXPECT_LE(few.tiles[i].rect.right(), kArea.right());
    EXPECT_LE(few.tiles[i].rect.bottom(), kArea.bottom());
    EXPECT_TRUE(i == 0 || few.tiles[i].rect.x != few.tiles[i - 1].rect.x) << "no two lie on each other";
  }
  EXPECT_FALSE(compute_wall(fixture::large_snapshot(60, 1000), kArea, 1, true).has_names);
}

TEST(Wall, small_clusters_keep_their_cards) {
  EXPECT_FALSE(needs_wall(fixture::hello_snapshot(), kArea, 1));
  EXPECT_FALSE(needs_wall(fixture::large_snapshot(12, 24), kArea, 1));
  EXPECT_TRUE(needs_wall(fixture::large_snapshot(100, 1000), kArea, 1));
}

}  // namespace
}  // namespace kscope::ui::wall_layout_test
