#include "ui/layout/stage_layout.h"

#include <gtest/gtest.h>

#include "tests/ui/fixture/hello_snapshot.h"

namespace kscope::ui::stage_layout_test {
namespace {

const StageView kView{{100, 50, 1100, 600}, 1, 1, {}};

TEST(Stage, every_node_and_every_replica_has_a_place_inside_the_area) {
  for (const auto& s : {fixture::calm_snapshot(), fixture::hello_snapshot(), fixture::large_snapshot(12, 24)}) {
    const StageLayout layout = compute_stage(s, kView);
    EXPECT_EQ(layout.nodes.size(), s.nodes.size());
    std::size_t replicas = 0;
    for (const view::Partition& p : s.partitions) {
      replicas += p.replicas.size();
    }
    EXPECT_EQ(layout.strips.size(), replicas);
    for (const NodeBox& box : layout.nodes) {
      EXPECT_GE(box.rect.x, kView.area.x - 1);
      EXPECT_LE(box.rect.right(), kView.area.right() + 1);
      EXPECT_GE(box.rect.y, kView.area.y - 1);
      EXPECT_LE(box.rect.bottom(), kView.area.bottom() + 1);
    }
  }
}

TEST(Stage, cards_do_not_overlap) {
  for (const auto& s : {fixture::hello_snapshot(), fixture::large_snapshot(9, 18)}) {
    const StageLayout layout = compute_stage(s, kView);
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
      for (std::size_t j = i + 1; j < layout.nodes.size(); ++j) {
        EXPECT_FALSE(layout.nodes[i].rect.overlaps(layout.nodes[j].rect)) << i << " " << j;
      }
    }
  }
}

TEST(Stage, the_same_cluster_in_the_same_window_always_lies_the_same) {
  const StageLayout a = compute_stage(fixture::hello_snapshot(), kView);
  const StageLayout b = compute_stage(fixture::calm_snapshot(), kView);
  ASSERT_EQ(a.nodes.size(), b.nodes.size());
  for (std::size_t i = 0; i < a.nodes.size(); ++i) {
    EXPECT_EQ(a.nodes[i].rect, b.nodes[i].rect);
  }
}

TEST(Stage, replicas_of_a_partition_are_aligned_by_offset) {
  const view::Snapshot s = fixture::hello_snapshot();
  const StageLayout layout = compute_stage(s, kView);
  for (const StripBox& a : layout.strips) {
    for (const StripBox& b : layout.strips) {
      if (a.partition == b.partition) {
        EXPECT_EQ(a.first_offset, b.first_offset);
        EXPECT_FLOAT_EQ(offset_x(a, 10) - a.cells.x, offset_x(b, 10) - b.cells.x);
      }
    }
  }
}

TEST(Stage, the_newest_record_is_always_shown) {
  view::Snapshot s = fixture::calm_snapshot();
  for (std::int64_t end = 0; end < 500; ++end) {
    s.partitions[0].log_end_offset = end;
    for (view::Replica& r : s.partitions[0].replicas) {
      r.log_end_offset = end;
    }
    const StageLayout layout = compute_stage(s, kView);
    for (const StripBox& strip : layout.strips) {
      if (strip.partition == 0) {
        EXPECT_GE(end, strip.first_offset);
        EXPECT_LT(end - strip.first_offset, strip.capacity);
      }
    }
  }
}

// Names of partitions are 12 pixels at 100 %, what cells and clients say is 11 or more.
TEST(Stage, text_stays_readable_where_the_window_is_small) {
  struct Case {
    const char* what;
    Rect area;
    float scale;
    float least_unit;  // pixels per design pixel
  };
  for (const Case& c : {Case{"1280x720 at 150 % beside the inspector", {72, 178, 770, 305}, 1.5F, 0.9F},
                        Case{"1280x720 on a projector", {0, 78, 1280, 470}, 1.75F, 1.35F},
                        Case{"1600x900 with tables open", {240, 120, 1030, 365}, 1, 1.0F},
                        Case{"1024x768", {48, 120, 600, 480}, 1, 0.85F}}) {
    const StageLayout layout = compute_stage(fixture::calm_snapshot(), {c.area, c.scale, 1, {}});
    EXPECT_EQ(layout.tier, StageTier::Cells) << c.what;
    EXPECT_GE(layout.unit, c.least_unit) << c.what;
    for (const StripBox& strip : layout.strips) {
      EXPECT_GE(strip.capacity, 5) << c.what;
    }
  }
}

// Six partitions on three brokers, as in the scenarios of rebalances.
TEST(Stage, six_partitions_stay_readable_with_the_tables_open_and_on_a_projector) {
  constexpr float kName = 13;  // pixels of a name at 100 %
  struct Case {
    const char* what;
    StageView view;
    float least_name;
  };
  for (const Case& c : {Case{"1280x720 with tables open", {{240, 119, 710, 241}, 1, 1, {}}, 10.5F},
                        Case{"1920x1080 on a projector", {{0, 78, 1920, 810}, 1.75F, 1, {}, false, 1.25F}, 22},
                        Case{"1280x720 on a projector", {{0, 78, 1280, 475}, 1.75F, 1, {}, false, 1.25F}, 18}}) {
    const view::Snapshot s = fixture::large_snapshot(3, 6);
    const StageLayout layout = compute_stage(s, c.view);
    EXPECT_EQ(layout.tier, StageTier::Cells) << c.what;
    EXPECT_GE(layout.unit * kName, c.least_name) << c.what;
    for (const StripBox& strip : layout.strips) {
      EXPECT_GE(strip.capacity, 4) << c.what;
    }
    for (std::size_t i = 1; i < layout.strips.size(); ++i) {
      EXPECT_FALSE(layout.strips[i].cells.overlaps(layout.strips[i - 1].cells)) << c.what;
    }
  }
}

TEST(Stage, names_are_22_pixels_for_a_hall) {
  constexpr float kName = 13;
  const StageView hall{{0, 78, 1920, 810}, 1.75F, 1, {}, false, 1.25F};
  EXPECT_GE(compute_stage(fixture::calm_snapshot(), hall).unit * kName, 22);
}

TEST(Stage, growth_never_leaves_the_area) {
  for (const auto& s : {fixture::calm_snapshot(), fixture::large_snapshot(3, 6), fixture::large_snapshot(2, 1)}) {
    for (const Rect& area : {Rect{0, 78, 1920, 810}, Rect{0, 78, 1280, 475}, Rect{0, 0, 700, 240}}) {
      const StageLayout layout = compute_stage(s, {area, 1.75F, 1, {}, false, 1.25F});
      EXPECT_LE(layout.unit, 1.75F * 1.25F + 0.001F);
      for (const NodeBox& box : layout.nodes) {
        EXPECT_GE(box.rect.x, area.x - 1);
        EXPECT_LE(box.rect.right(), area.right() + 1);
        EXPECT_GE(box.rect.y, area.y - 1);
        EXPECT_LE(box.rect.bottom(), area.bottom() + 1);
      }
    }
  }
}

TEST(Stage, a_cell_is_wide_enough_for_the_offset_in_it) {
  view::Snapshot s = fixture::calm_snapshot();
  for (const std::int64_t end : {9, 90, 900, 90'000}) {
    s.partitions[0].log_end_offset = end;
    for (const Rect& area : {Rect{0, 0, 1100, 600}, Rect{0, 0, 700, 300}}) {
      const StageLayout layout = compute_stage(s, {area, 1, 1, {}});
      const float digits = end > 100 ? 3 : end > 10 ? 2 : 1;
      for (const StripBox& strip : layout.strips) {
        EXPECT_GE(strip.cell, digits * 6.3F * layout.unit + 4 * layout.unit) << end;
      }
    }
  }
}

TEST(Stage, links_begin_and_end_at_their_nodes) {
  const StageLayout layout = compute_stage(fixture::hello_snapshot(), kView);
  for (const NodeBox& a : layout.nodes) {
    for (const NodeBox& b : layout.nodes) {
      const auto path = link_path(layout, a.node, b.node);
      if (a.node == b.node) {
        EXPECT_TRUE(path.empty());
        continue;
      }
      ASSERT_GE(path.size(), 2U);
      EXPECT_TRUE(a.rect.inset(-1).contains(path.front()));
      EXPECT_TRUE(b.rect.inset(-1).contains(path.back()));
    }
  }
}

}  // namespace
}  // namespace kscope::ui::stage_layout_test
