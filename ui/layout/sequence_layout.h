#pragma once
// The space-time chart: one lane a node, time to the right, one arrow a delivered message. Pure geometry from the events
// page of a snapshot. On the axis `Events` every event has its own column, so that nothing lies on top of something else;
// on the axis `Time` distances are true.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/view/snapshot.h"
#include "ui/draw/geometry.h"

namespace kscope::ui {

enum class SequenceAxis : std::uint8_t { Events, Time };

struct Lane {
  std::int32_t node = -1;
  std::string name;
  float y = 0;
};

struct SequenceArrow {
  std::size_t row = 0;  ///< index into Snapshot::events
  Vec2 from;
  Vec2 to;
  bool is_message = false;  ///< otherwise something that happened on one lane: `to`
  bool is_response = false;
  bool is_related = true;  ///< in the past cone of the selected event, or no event is selected
};

struct SequenceLayout {
  std::vector<Lane> lanes;
  float lane = 0;  ///< pixels from one lane to the next
  std::size_t hidden_lanes =
      0;  ///< nodes that have no lane, because there is no room and nothing near the playhead is theirs
  std::vector<SequenceArrow> arrows;
  float now_x = 0;  ///< the playhead; outside of `area` when it is not on the page
  Rect area;        ///< of the arrows, without lane names
};

struct SequenceView {
  Rect area;
  float name_width = 0;  ///< pixels for the lane names
  float column = 0;      ///< pixels of one event on the axis Events
  SequenceAxis axis = SequenceAxis::Events;
  std::uint64_t selected_event = 0;  ///< 0 = none
  bool hide_heartbeats = true;
  bool show_admin = false;
  float least_lane = 0;  ///< pixels that a lane needs; with less only who takes part near the playhead has one
  std::int32_t selected_node = -1;  ///< has a lane in any case
};

/// How large the text beside an arrow would be; (0, 0) = it has none.
using LabelSize = Vec2;

/// Where the text of an arrow stands: beside its middle, or nearer to one of its ends. Nothing for an arrow whose text would
/// lie on another arrow, another text or outside of the chart. `sizes` has an entry for each arrow; later arrows choose first, and
/// only those of the selected event's past have a text when there is one. Cost: O(arrows squared).
std::vector<std::optional<Rect>> place_labels(const SequenceLayout& chart, const std::vector<LabelSize>& sizes,
                                              float gap);

SequenceLayout compute_sequence(const view::Snapshot& snapshot, const SequenceView& view);

}  // namespace kscope::ui
