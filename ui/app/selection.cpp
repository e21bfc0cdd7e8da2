// What the commands about the selection do: stepping out, walking over the stage, causes and effects, bookmarks, the best view.
#include <algorithm>

#include "ui/app/app.h"

namespace kscope::ui {

bool App::has_overlay() const {
  return state_.palette_open || state_.keys_open || state_.legend_open || state_.help_open || state_.open_open ||
         state_.question != Question::None || !state_.problem.empty();
}

void App::close_overlays() {
  state_.palette_open = state_.keys_open = state_.legend_open = state_.help_open = state_.open_open = false;
  state_.palette_query.clear();
  state_.palette_index = 0;
  state_.question = Question::None;
  state_.problem.clear();
}

void App::deselect() {
  if (!state_.pursuit.empty()) {
    notify("Stopped before it was reached: " + state_.pursuit, false);
    end_pursuit();
    return;
  }
  if (!state_.problem.empty()) {
    state_.problem.clear();
    return;
  }
  if (has_overlay()) {
    close_overlays();
    return;
  }
  if (recording_ != nullptr) {
    give_up_recording();
    return;
  }
  if (state_.explains) {
    state_.explains = false;
    return;
  }
  if (state_.selection.is_set()) {
    state_.selection = {};
    return;
  }
  if (state_.theme == ThemeId::Projector) {
    toggle_projector();
  }
}

// Brokers, then their replicas, then ZooKeeper, clients, groups and messages: the order of the stage.
void App::walk_entities(bool forward) {
  std::vector<view::EntityRef> all;
  for (const view::Node& n : snapshot_->nodes) {
    all.push_back({view::EntityKind::kNode, n.node});
    for (const view::Partition& p : snapshot_->partitions) {
      for (const view::Replica& r : p.replicas) {
        if (r.node == n.node) {
          all.push_back({view::EntityKind::kReplica, p.topic, p.partition, n.node});
        }
      }
    }
  }
  for (const view::Group& g : snapshot_->groups) {
    all.push_back({view::EntityKind::kGroup, g.group});
  }
  for (const view::InFlight& m : snapshot_->in_flight) {
    all.push_back({view::EntityKind::kMessage, static_cast<std::int64_t>(m.message)});
  }
  if (all.empty()) {
    return;
  }
  const auto it = std::find(all.begin(), all.end(), state_.selection);
  const auto count = static_cast<std::ptrdiff_t>(all.size());
  const std::ptrdiff_t at = it == all.end() ? (forward ? -1 : count) : it - all.begin();
  state_.selection = all[static_cast<std::size_t>((at + (forward ? 1 : -1) + count) % count)];
}

void App::seek_bookmark(bool forward) {
  std::uint64_t target = 0;
  bool found = false;
  for (const Bookmark& mark : state_.bookmarks) {
    if (forward ? mark.event > snapshot_->event && (!found || mark.event < target)
                : mark.event < snapshot_->event && (!found || mark.event > target)) {
      target = mark.event;
      found = true;
    }
  }
  if (found && run_.is_open()) {
    state_.playing = false;
    run_.change().seek_event(target);
  }
}

void App::follow(bool to_effect) {
  refresh();
  const view::Inspection& in = snapshot_->inspection;
  const std::uint64_t target = to_effect ? in.effect : in.causes.size() > 1 ? in.causes[1].number : 0;
  if (target == 0 || !run_.is_open()) {
    notify(to_effect ? "Nothing was caused by this event yet." : "This event has no earlier cause.", false);
    return;
  }
  state_.playing = false;
  state_.selection = {view::EntityKind::kEvent, static_cast<std::int64_t>(target)};
  run_.change().seek_event(target);
}

// What shows only events of the selection, in the filter's language; "" for things that have no events of their own.
std::string App::selection_filter() const {
  const view::EntityRef& e = state_.selection;
  switch (e.kind) {
    case view::EntityKind::kNode:
      for (const view::Node& n : snapshot_->nodes) {
        if (n.node == e.a) {
          return "node:" + n.name;
        }
      }
      return {};
    case view::EntityKind::kPartition:
    case view::EntityKind::kReplica:
    case view::EntityKind::kRecord:
      for (const view::Partition& p : snapshot_->partitions) {
        if (p.topic == e.a && p.partition == e.b) {
          return "p:" + p.name;
        }
      }
      return {};
    case view::EntityKind::kGroup: {
      std::string members;
      for (const view::Node& n : snapshot_->nodes) {
        if (n.role == view::NodeRole::kConsumer && n.group == e.a) {
          members += (members.empty() ? "node:" : " | node:") + n.name;
        }
      }
      return members;
    }
    default: return {};
  }
}

// Each kind of thing has the view that shows it best.
void App::focus() {
  switch (state_.selection.kind) {
    case view::EntityKind::kPartition:
    case view::EntityKind::kRecord: state_.stage_tab = StageTab::Log; break;
    case view::EntityKind::kGroup: state_.stage_tab = StageTab::Groups; break;
    case view::EntityKind::kEvent:
      if (run_.is_open()) {
        state_.playing = false;
        run_.change().seek_event(static_cast<std::uint64_t>(state_.selection.a));
      }
      break;
    case view::EntityKind::kInvariant: perform_view(CommandId::ShowInvariants); break;
    default:
      state_.stage_tab = StageTab::Cluster;
      state_.focus_wanted = true;
      break;
  }
}

// Panels select by setting the selection, so what was selected is written down once a frame.
void App::remember_selection() {
  constexpr std::size_t kMost = 100;
  std::vector<view::EntityRef>& all = state_.visited;
  if (!state_.selection.is_set() || (!all.empty() && all[state_.visited_at] == state_.selection)) {
    return;
  }
  if (!all.empty()) {
    all.resize(state_.visited_at + 1);
  }
  all.push_back(state_.selection);
  if (all.size() > kMost) {
    all.erase(all.begin());
  }
  state_.visited_at = all.size() - 1;
}

void App::go_in_selections(bool forward) {
  remember_selection();
  if (!why_disabled(forward ? CommandId::InspectForward : CommandId::InspectBack).empty()) {
    return;
  }
  if (forward) {
    ++state_.visited_at;
  } else if (state_.selection.is_set()) {
    --state_.visited_at;
  }
  state_.selection = state_.visited[state_.visited_at];
}

void App::toggle_pin() {
  constexpr std::size_t kMost = 8;
  std::vector<Pin>& all = state_.pinned;
  const auto same = [this](const Pin& pin) { return pin.entity == state_.selection; };
  if (std::erase_if(all, same) > 0 || !state_.selection.is_set()) {
    return;
  }
  if (all.size() >= kMost) {
    notify("Eight inspections are pinned already; close one first.", true);
    return;
  }
  all.push_back({state_.selection, state_.right_tab});
}

void App::perform_explain(CommandId id) {
  switch (id) {
    case CommandId::Why:
      state_.regions.right_open = true;
      state_.right_tab = RightTab::Why;
      break;
    case CommandId::FollowCause: follow(false); break;
    case CommandId::FollowEffect: follow(true); break;
    case CommandId::FocusSelection: focus(); break;
    case CommandId::InspectBack: go_in_selections(false); break;
    case CommandId::InspectForward: go_in_selections(true); break;
    case CommandId::TogglePin: toggle_pin(); break;
    case CommandId::Deselect: deselect(); break;
    case CommandId::NextEntity: walk_entities(true); break;
    case CommandId::PreviousEntity: walk_entities(false); break;
    case CommandId::AddBookmark:
      state_.bookmarks.push_back({snapshot_->event, snapshot_->now, snapshot_->caption});
      notify("Bookmarked. N goes to the next bookmark, Shift+N to the previous one.", false);
      break;
    case CommandId::NextBookmark: seek_bookmark(true); break;
    case CommandId::PreviousBookmark: seek_bookmark(false); break;
    default: break;
  }
}

}  // namespace kscope::ui
