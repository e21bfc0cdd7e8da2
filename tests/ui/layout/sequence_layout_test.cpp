#include "ui/layout/sequence_layout.h"

#include <gtest/gtest.h>

#include "tests/ui/fixture/hello_snapshot.h"

namespace kscope::ui {
namespace {

SequenceView view_of() { return {{0, 0, 1200, 400}, 100, 30, SequenceAxis::Events, 0, true}; }

TEST(Sequence, every_node_has_a_lane_and_lanes_do_not_meet) {
  const view::Snapshot s = fixture::calm_snapshot();
  const SequenceLayout chart = compute_sequence(s, view_of());
  ASSERT_EQ(chart.lanes.size(), s.nodes.size());
  for (std::size_t i = 1; i < chart.lanes.size(); ++i) {
    EXPECT_GT(chart.lanes[i].y, chart.lanes[i - 1].y + 10);
  }
}

TEST(Sequence, arrows_go_forward_in_time_between_two_lanes) {
  const view::Snapshot s = fixture::calm_snapshot();
  const SequenceLayout chart = compute_sequence(s, view_of());
  ASSERT_FALSE(chart.arrows.empty());
  for (const SequenceArrow& arrow : chart.arrows) {
    if (arrow.is_message) {
      EXPECT_LT(arrow.from.x, arrow.to.x);
      EXPECT_NE(arrow.from.y, arrow.to.y);
    }
  }
}

TEST(Sequence, the_past_cone_follows_causes) {
  view::Snapshot s = fixture::calm_snapshot();
  s.events.resize(4);
  for (std::size_t i = 0; i < s.events.size(); ++i) {
    s.events[i].number = 10 + i;
    s.events[i].cause = i == 0 ? 0 : i == 3 ? 10 : 9 + i;  // 11 <- 10, 12 <- 11, 13 <- 10
  }
  s.event = 13;
  SequenceView view = view_of();
  view.selected_event = 13;
  const SequenceLayout chart = compute_sequence(s, view);
  ASSERT_EQ(chart.arrows.size(), 4U);
  EXPECT_TRUE(chart.arrows[0].is_related);
  EXPECT_FALSE(chart.arrows[1].is_related);
  EXPECT_FALSE(chart.arrows[2].is_related);
  EXPECT_TRUE(chart.arrows[3].is_related);
}

TEST(Sequence, without_room_for_all_only_who_takes_part_near_the_playhead_has_a_lane) {
  view::Snapshot s = fixture::large_snapshot(60, 100);
  s.events = fixture::calm_snapshot().events;
  s.event = s.events.back().number;
  for (std::size_t i = 0; i < s.events.size(); ++i) {
    s.events[i].from = i % 2 == 0 ? "b7" : "b41";
    s.events[i].to = i % 2 == 0 ? "b41" : "b7";
  }
  SequenceView view = view_of();
  view.least_lane = 16;
  view.selected_node = s.nodes.front().node;
  const SequenceLayout chart = compute_sequence(s, view);
  ASSERT_EQ(chart.lanes.size(), 3U) << "two who talk, and who is selected";
  EXPECT_EQ(chart.hidden_lanes, s.nodes.size() - 3);
  EXPECT_GE(chart.lane, 16);
  EXPECT_FALSE(chart.arrows.empty());
  view.area.h = 16 * 80;
  EXPECT_EQ(compute_sequence(s, view).lanes.size(), s.nodes.size()) << "with room everybody has one";
}

TEST(Sequence, nothing_to_show_is_no_arrow) {
  EXPECT_TRUE(compute_sequence(view::Snapshot{}, view_of()).arrows.empty());
}

}  // namespace
}  // namespace kscope::ui
