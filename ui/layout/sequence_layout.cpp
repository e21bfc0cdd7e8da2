#include "ui/layout/sequence_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace kscope::ui {
namespace {

int lane_rank(view::NodeRole role) {
  switch (role) {
    case view::NodeRole::kProducer: return 0;
    case view::NodeRole::kAdmin: return 1;
    case view::NodeRole::kBroker: return 2;
    case view::NodeRole::kConsumer: return 3;
    case view::NodeRole::kZooKeeper:
    case view::NodeRole::kController: return 4;
  }
  return 5;
}

std::vector<const view::Node*> nodes_of(const view::Snapshot& s, bool show_admin) {
  std::vector<const view::Node*> nodes;
  for (const view::Node& n : s.nodes) {
    if (n.role != view::NodeRole::kAdmin || show_admin) {
      nodes.push_back(&n);
    }
  }
  std::stable_sort(nodes.begin(), nodes.end(),
                   [](const view::Node* a, const view::Node* b) { return lane_rank(a->role) < lane_rank(b->role); });
  return nodes;
}

/// Index into `shown` of the last event at or before the playhead.
std::size_t index_of_now(const view::Snapshot& s, const std::vector<std::size_t>& shown) {
  std::size_t now_index = 0;
  while (now_index + 1 < shown.size() && s.events[shown[now_index + 1]].number <= s.event) {
    ++now_index;
  }
  return now_index;
}

// Who takes part in the events nearest to the playhead, until `most` names are found.
std::set<std::string> busiest(const view::Snapshot& s, const std::vector<std::size_t>& shown, std::size_t now,
                              std::size_t most) {
  std::set<std::string> names;
  for (std::size_t away = 0; away < shown.size() && names.size() < most; ++away) {
    for (const bool is_before : {true, false}) {
      if (is_before ? away > now : now + away >= shown.size()) {
        continue;
      }
      const view::EventRow& e = s.events[shown[is_before ? now - away : now + away]];
      for (const std::string& name : {e.from, e.to}) {
        if (names.size() < most) {
          names.insert(name);
        }
      }
    }
  }
  return names;
}

void put_lanes(const view::Snapshot& s, const SequenceView& view, const std::vector<std::size_t>& shown,
               SequenceLayout& out) {
  std::vector<const view::Node*> nodes = nodes_of(s, view.show_admin);
  const std::size_t all = nodes.size();
  const auto most = static_cast<std::size_t>(
      std::max(2.0F, view.least_lane > 0 ? view.area.h / view.least_lane : static_cast<float>(all)));
  if (all > most && !shown.empty()) {
    const std::set<std::string> names = busiest(s, shown, index_of_now(s, shown), most - 1);
    std::erase_if(nodes,
                  [&](const view::Node* n) { return names.count(n->name) == 0 && n->node != view.selected_node; });
    out.hidden_lanes = all - nodes.size();
  }
  // Few lanes are not torn apart over the whole height.
  const float fits = view.area.h / static_cast<float>(std::max<std::size_t>(1, nodes.size()));
  out.lane = out.hidden_lanes > 0 ? std::min(fits, view.least_lane * 2) : fits;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    out.lanes.push_back({nodes[i]->node, nodes[i]->name, view.area.y + out.lane * (static_cast<float>(i) + 0.5F)});
  }
}

// The selected event and everything that led to it, as far as the page reaches.
std::set<std::uint64_t> past_cone(const view::Snapshot& s, std::uint64_t selected) {
  std::map<std::uint64_t, std::uint64_t> cause;
  for (const view::EventRow& e : s.events) {
    cause[e.number] = e.cause;
  }
  std::set<std::uint64_t> out;
  for (std::uint64_t at = selected; at != 0 && out.insert(at).second;) {
    const auto it = cause.find(at);
    at = it == cause.end() ? 0 : it->second;
  }
  return out;
}

bool is_response(const view::EventRow& e) { return e.type.find("response") != std::string::npos; }

}  // namespace

SequenceLayout compute_sequence(const view::Snapshot& s, const SequenceView& view) {
  SequenceLayout out;
  out.area = {view.area.x + view.name_width, view.area.y, std::max(0.0F, view.area.w - view.name_width), view.area.h};
  std::set<std::string> known;
  for (const view::Node* node : nodes_of(s, view.show_admin)) {
    known.insert(node->name);
  }
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < s.events.size(); ++i) {
    const view::EventRow& e = s.events[i];
    const bool quiet = e.family == view::MessageFamily::kHeartbeat && !e.is_beat && !e.is_error;
    if (!(quiet && view.hide_heartbeats) && (known.count(e.to) > 0 || known.count(e.from) > 0)) {
      shown.push_back(i);
    }
  }
  put_lanes(s, view, shown, out);
  std::map<std::string, float> lane_y;
  for (const Lane& lane : out.lanes) {
    lane_y[lane.name] = lane.y;
  }
  std::erase_if(
      shown, [&](std::size_t i) { return lane_y.count(s.events[i].to) == 0 && lane_y.count(s.events[i].from) == 0; });
  if (shown.empty()) {
    return out;
  }
  // The playhead stands at two thirds, so that most of what is seen has happened.
  const std::size_t now_index = index_of_now(s, shown);
  const float anchor = out.area.x + out.area.w * 0.66F;
  const SimTime first = s.events[shown.front()].time;
  const double page_ns = std::max(1.0, static_cast<double>((s.events[shown.back()].time - first).count()));
  const double per_ns = static_cast<double>(view.column) * static_cast<double>(shown.size()) / page_ns;
  auto x_of = [&](std::size_t index) {
    if (view.axis == SequenceAxis::Events) {
      return anchor + (static_cast<float>(index) - static_cast<float>(now_index)) * view.column;
    }
    const Duration away = s.events[shown[index]].time - s.events[shown[now_index]].time;
    return anchor + static_cast<float>(static_cast<double>(away.count()) * per_ns);
  };
  out.now_x = anchor + (view.axis == SequenceAxis::Events ? view.column * 0.5F : 0);

  std::map<std::uint64_t, std::size_t> column_of;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    column_of[s.events[shown[i]].number] = i;
  }
  const auto cone = past_cone(s, view.selected_event);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const view::EventRow& e = s.events[shown[i]];
    SequenceArrow arrow;
    arrow.row = shown[i];
    arrow.is_related = view.selected_event == 0 || cone.count(e.number) > 0;
    const auto to = lane_y.find(e.to);
    const auto from = lane_y.find(e.from);
    arrow.to = {x_of(i), to != lane_y.end() ? to->second : from->second};
    if (to != lane_y.end() && from != lane_y.end() && e.from != e.to) {
      arrow.is_message = true;
      arrow.is_response = is_response(e);
      const auto sent = column_of.find(e.cause);
      arrow.from = {sent != column_of.end() && sent->second < i ? x_of(sent->second) : arrow.to.x - view.column * 1.5F,
                    from->second};
    } else {
      arrow.from = arrow.to;
    }
    if (std::max(arrow.to.x, arrow.from.x) >= out.area.x && std::min(arrow.to.x, arrow.from.x) <= out.area.right()) {
      out.arrows.push_back(arrow);
    }
  }
  return out;
}

namespace {

// Whether the straight line from a to b meets the rectangle: clipped to it, something of it is left.
bool meets(Vec2 a, Vec2 b, const Rect& r) {
  float begin = 0;
  float end = 1;
  const Vec2 d = b - a;
  for (const auto& [from, step, low, high] :
       {std::array{a.x, d.x, r.x, r.right()}, std::array{a.y, d.y, r.y, r.bottom()}}) {
    if (step == 0) {
      if (from < low || from > high) {
        return false;
      }
      continue;
    }
    const float first = (low - from) / step;
    const float second = (high - from) / step;
    begin = std::max(begin, std::min(first, second));
    end = std::min(end, std::max(first, second));
  }
  return begin <= end;
}

bool is_free(const SequenceLayout& chart, const Rect& r, float gap, const std::vector<std::optional<Rect>>& placed) {
  if (r.x < chart.area.x + gap || r.right() > chart.area.right() - gap || r.y < chart.area.y + gap ||
      r.bottom() > chart.area.bottom() - gap || (chart.now_x > r.x - gap && chart.now_x < r.right() + gap)) {
    return false;
  }
  const Rect around = r.inset(-gap);
  for (const SequenceArrow& other : chart.arrows) {
    // The mark of an event on one lane is wider than a line.
    if (other.is_message ? meets(other.from, other.to, r.inset(-gap / 2)) : around.inset(-gap).contains(other.to)) {
      return false;
    }
  }
  return std::none_of(placed.begin(), placed.end(), [&](const auto& p) { return p && p->overlaps(around); });
}

}  // namespace

std::vector<std::optional<Rect>> place_labels(const SequenceLayout& chart, const std::vector<LabelSize>& sizes,
                                              float gap) {
  std::vector<std::optional<Rect>> out(chart.arrows.size());
  for (std::size_t n = chart.arrows.size(); n > 0; --n) {
    const SequenceArrow& arrow = chart.arrows[n - 1];
    const LabelSize size = sizes[n - 1];
    if (!arrow.is_message || !arrow.is_related || size.x <= 0) {
      continue;
    }
    for (const float part : {0.5F, 0.35F, 0.65F, 0.22F, 0.78F}) {
      const Vec2 at = lerp(arrow.from, arrow.to, part);
      // So far to the side that the slanting arrow does not run through the text's corner.
      const float slope = std::abs((arrow.to.x - arrow.from.x) / (arrow.to.y - arrow.from.y));
      const float aside = gap + std::max(gap, slope * size.y / 2 + gap / 2);
      const Rect right{at.x + aside, at.y - size.y / 2, size.x, size.y};
      const Rect left{at.x - aside - size.x, at.y - size.y / 2, size.x, size.y};
      for (const Rect& r : {right, left}) {
        if (!out[n - 1] && is_free(chart, r, gap, out)) {
          out[n - 1] = r;
        }
      }
    }
  }
  return out;
}

}  // namespace kscope::ui
