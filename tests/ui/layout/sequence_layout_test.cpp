#include "ui/layout/sequence_layout.h"

#include <gtest/gtest.h>

#include "tests/ui/fixture/hello_snapshot.h"

namespace kscope::ui::sequence_layout_test {
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

bool meets_in_steps(Vec2 a, Vec2 b, const Rect& r) {
  for (int i = 0; i <= 400; ++i) {
    if (r.contains(lerp(a, b, static_cast<float>(i) / 400))) {
      return true;
    }
  }
  return false;
}

TEST(Sequence, texts_of_arrows_lie_on_no_arrow_and_on_no_other_text) {
  const view::Snapshot s = fixture::calm_snapshot();
  for (const SequenceAxis axis : {SequenceAxis::Events, SequenceAxis::Time}) {
    SequenceView view = view_of();
    view.axis = axis;
    const SequenceLayout chart = compute_sequence(s, view);
    const auto labels = place_labels(chart, std::vector<LabelSize>(chart.arrows.size(), {50, 14}), 4);
    ASSERT_EQ(labels.size(), chart.arrows.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (!labels[i]) {
        continue;
      }
      EXPECT_TRUE(chart.arrows[i].is_message);
      EXPECT_GE(labels[i]->x, chart.area.x);
      EXPECT_LE(labels[i]->right(), chart.area.right());
      for (std::size_t j = 0; j < labels.size(); ++j) {
        EXPECT_FALSE(meets_in_steps(chart.arrows[j].from, chart.arrows[j].to, *labels[i])) << i << " " << j;
        EXPECT_FALSE(i != j && labels[j] && labels[i]->overlaps(*labels[j])) << i << " " << j;
      }
    }
  }
}

TEST(Sequence, an_arrow_with_room_around_it_says_what_it_carries) {
  SequenceLayout chart;
  chart.area = {0, 0, 600, 300};
  chart.now_x = 500;
  SequenceArrow arrow;
  arrow.is_message = true;
  arrow.from = {100, 50};
  arrow.to = {140, 250};
  chart.arrows = {arrow};
  const auto alone = place_labels(chart, {{60, 14}}, 4);
  ASSERT_TRUE(alone[0].has_value());
  EXPECT_GT(alone[0]->x, 120) << "to the right of its middle";
  EXPECT_FALSE(place_labels(chart, {{0, 0}}, 4)[0].has_value()) << "it has no text";
  // Between two neighbours on both sides there is no room.
  for (const float x : {-14.0F, 14.0F}) {
    SequenceArrow other = arrow;
    other.from.x += x;
    other.to.x += x;
    chart.arrows.push_back(other);
  }
  EXPECT_FALSE(place_labels(chart, std::vector<LabelSize>(3, {60, 14}), 4)[0].has_value());
}

}  // namespace
}  // namespace kscope::ui::sequence_layout_test
