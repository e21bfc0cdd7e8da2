// What each command of the table does.
#include <algorithm>

#include "ui/app/app.h"

namespace kscope::ui {
namespace {

constexpr float kScaleStep = 1.1F;

char shortcut_of(CommandId id) {
  switch (id) {
    case CommandId::Kill: return 'K';
    case CommandId::RestartNode: return 'R';
    case CommandId::PauseNode: return 'P';
    case CommandId::CutLink: return 'L';
    case CommandId::BreakConnection: return 'X';
    default: return 0;
  }
}

}  // namespace

std::string App::why_disabled(CommandId id) const {
  switch (id) {
    case CommandId::Kill:
    case CommandId::RestartNode:
    case CommandId::PauseNode:
    case CommandId::CutLink:
    case CommandId::BreakConnection: {
      if (!state_.selection.is_set()) {
        return "nothing is selected";
      }
      std::string why = "this cannot be done to the selection";
      for (const session::ActionOffer& offer : offers(state_.selection)) {
        if (offer.shortcut == shortcut_of(id)) {
          why = offer.refusal;
        }
        if (why.empty()) {
          return {};
        }
      }
      return why;
    }
    case CommandId::HealAll: return snapshot_->faults.empty() ? "no fault is active" : "";
    case CommandId::EntityForward:
    case CommandId::EntityBack:
      return !state_.selection.is_set()   ? "nothing is selected"
             : selection_filter().empty() ? "select a node, a partition or a group"
                                          : "";
    case CommandId::InspectBack: {
      const bool can = !state_.visited.empty() && (!state_.selection.is_set() || state_.visited_at > 0);
      return can ? "" : "nothing was selected before";
    }
    case CommandId::InspectForward:
      return state_.visited_at + 1 < state_.visited.size() ? "" : "nothing was left by going back";
    case CommandId::TogglePin: return state_.selection.is_set() ? "" : "nothing is selected";
    case CommandId::AddScriptLine: return run_.is_open() ? "" : "no run is open";
    case CommandId::ClearRecent: return recent_.all().empty() ? "no run is remembered" : "";
    case CommandId::FocusSelection: return state_.selection.is_set() ? "" : "nothing is selected";
    case CommandId::FollowCause:
    case CommandId::FollowEffect: {
      if (state_.selection.kind != view::EntityKind::kEvent) {
        return "no event is selected";
      }
      const view::Inspection& in = snapshot_->inspection;
      if (in.entity != state_.selection) {
        return "";  // selected just now; the next picture knows
      }
      if (id == CommandId::FollowEffect) {
        return in.effect == 0 ? "nothing was caused by it yet" : "";
      }
      return in.causes.size() < 2 ? "it has no earlier cause" : "";
    }
    case CommandId::UndoAction:
    case CommandId::RedoAction: {
      if (!run_.is_open()) {
        return "no run is open";
      }
      const bool can = id == CommandId::UndoAction ? run_->can_undo() : run_->can_redo();
      return can ? "" : id == CommandId::UndoAction ? "nothing was done by hand on this branch" : "nothing was undone";
    }
    case CommandId::NextBookmark:
    case CommandId::PreviousBookmark: return state_.bookmarks.empty() ? "there is no bookmark" : "";
    case CommandId::Why: return state_.selection.is_set() ? "" : "nothing is selected";
    case CommandId::SaveRun: return !run_.is_open() ? "no run is open" : "";
    case CommandId::RecordRun:
      return !run_.is_open()         ? "no run is open"
             : recording_ != nullptr ? "a recording is being written; Esc gives it up"
             : snapshot_->event == 0 ? "nothing has happened yet"
                                     : "";
    default: return !run_.is_open() && spec_of(id).menu == Menu::Run ? "no run is open" : "";
  }
}

void App::perform(CommandId id) {
  if (id == CommandId::Count) {
    return;
  }
  tell("command: " + std::string(spec_of(id).name));
  const std::uint64_t event_before = snapshot_->event;
  switch (spec_of(id).menu) {
    case Menu::File: perform_file(id); break;
    case Menu::Run: perform_run(id); break;
    case Menu::View: perform_view(id); break;
    case Menu::Faults: perform_fault(id); break;
    case Menu::Explain: perform_explain(id); break;
    case Menu::Lessons:
    case Menu::Help: perform_help(id); break;
  }
  refresh();
  if (id == CommandId::StepForward || id == CommandId::StepBack) {
    const std::uint64_t way =
        event_before < snapshot_->event ? snapshot_->event - event_before : event_before - snapshot_->event;
    state_.stepped_over = way > 0 ? way - 1 : 0;
  } else if (spec_of(id).menu == Menu::Run) {
    state_.stepped_over = 0;
  }
}

void App::perform_file(CommandId id) {
  switch (id) {
    case CommandId::OpenScenario:
      close_overlays();
      state_.open_open = true;
      list_folder(state_.open_folder.empty() ? folder_of(state_.opened_path) : state_.open_folder);
      break;
    case CommandId::FirstScreen:
      if (!library_.empty()) {
        open(library_.front().path);
      }
      break;
    case CommandId::SaveRun: ask(Question::SaveRun); break;
    case CommandId::RecordRun: ask(Question::RecordRun); break;
    case CommandId::ExportStage: ask(Question::ExportStage); break;
    case CommandId::ClearRecent: {
      const std::string error = recent_.clear();
      notify(error.empty() ? "No recent run is remembered any more. The files stay." : error, !error.empty());
      break;
    }
    case CommandId::Quit: quit_ = true; break;
    default: break;
  }
}

// A step goes to the next event that one can see: not to heartbeats while they are hidden, nor to a request leaving its
// queue. A filter of the table takes the place of this.
view::Interest App::step_interest() const {
  view::Interest out = interest();
  if (out.event_filter.empty() && !state_.show_hidden_messages) {
    out.event_filter = "!type:heartbeat & !type:ping & !type:served";
  }
  return out;
}

void App::perform_run(CommandId id) {
  if (!run_.is_open()) {
    return;
  }
  auto stop = [&] { state_.playing = false; };
  end_pursuit();
  switch (id) {
    case CommandId::PlayPause:
      state_.playing = !state_.playing;
      state_.callouts_done |= 1;
      return;  // what is under way stays where it is
    case CommandId::StepForward:
      stop();
      run_.change().step_visible(true, step_interest());
      break;
    case CommandId::StepBack:
      stop();
      run_.change().step_visible(false, step_interest());
      state_.callouts_done |= 4;
      break;
    case CommandId::BeatForward:
      stop();
      run_.change().step_beat(true, kBeatRank);
      break;
    case CommandId::BeatBack:
      stop();
      run_.change().step_beat(false, kBeatRank);
      state_.callouts_done |= 4;
      break;
    case CommandId::EntityForward:
    case CommandId::EntityBack: {
      stop();
      view::Interest only_these = interest();
      only_these.event_filter = selection_filter();
      run_.change().step_visible(id == CommandId::EntityForward, only_these);
      break;
    }
    case CommandId::ToStart:
      stop();
      run_.change().seek_event(0);
      state_.callouts_done |= 4;
      break;
    case CommandId::ToEnd:
      stop();
      run_.change().seek_event(snapshot_->end_event);
      break;
    case CommandId::GoTo: ask(Question::GoTo); break;
    case CommandId::RunUntil: ask(Question::RunUntil); break;
    case CommandId::Speed1:
    case CommandId::Speed2:
    case CommandId::Speed3:
    case CommandId::Speed4:
    case CommandId::Speed5:
    case CommandId::Speed6: state_.speed = 1 + static_cast<int>(id) - static_cast<int>(CommandId::Speed1); break;
    case CommandId::SpeedAuto: state_.speed = 0; return;
    case CommandId::UndoAction:
      stop();
      run_.change().undo();
      refresh();
      notify("Back before the last action, on the branch " + branch_name() + ". Ctrl+Y goes on to what you had done.",
             false);
      break;
    case CommandId::RedoAction:
      stop();
      run_.change().redo();
      refresh();
      notify("On the branch " + branch_name() + " again.", false);
      break;
    case CommandId::Restart: open(state_.opened_path); break;
    case CommandId::OtherMetadata: show_other_metadata(); break;
    default: break;
  }
}

void App::show_other_metadata() {
  std::string error;
  std::unique_ptr<RunPort> other = run_->with_other_metadata(error);
  if (other == nullptr) {
    state_.problem_about = "This scenario has one metadata design only";
    state_.problem = error;
    state_.playing = false;
    tell("problem: " + error);
    return;
  }
  const std::string file = state_.opened_file;
  show(std::move(other), state_.opened_path);
  state_.opened_file = file;
  const auto is_quorum_node = [](const view::Node& node) { return node.role == view::NodeRole::kController; };
  const bool is_kraft = std::any_of(snapshot_->nodes.begin(), snapshot_->nodes.end(), is_quorum_node);
  notify(is_kraft ? "The same scenario with KRaft: controllers keep the metadata. M goes back to ZooKeeper."
                  : "The same scenario with ZooKeeper. M goes back to KRaft.",
         false);
}

void App::toggle_projector() {
  if (state_.theme == ThemeId::Projector) {
    state_.theme = state_.theme_before_projector;
    state_.regions = state_.regions_before_projector;
    return;
  }
  state_.theme_before_projector = state_.theme;
  state_.regions_before_projector = state_.regions;
  state_.theme = ThemeId::Projector;
  state_.regions.rails_hidden = true;
  state_.regions.slim = true;
  state_.regions.right_open = false;
  state_.regions.bottom_open = false;
}

void App::perform_view(CommandId id) {
  RegionWishes& r = state_.regions;
  auto layout = [&](bool left, bool right, bool bottom, float right_width, float bottom_height) {
    RegionWishes wished;
    wished.left_open = left;
    wished.right_open = right;
    wished.bottom_open = bottom;
    wished.left_width = r.left_width;
    wished.right_width = right_width;
    wished.bottom_height = bottom_height;
    r = wished;
    if (state_.theme == ThemeId::Projector) {
      state_.theme = state_.theme_before_projector;
    }
  };
  auto leave_projector = [&] {
    if (state_.theme == ThemeId::Projector) {
      toggle_projector();
    }
  };
  switch (id) {
    case CommandId::LayoutLesson: layout(true, true, false, 380, 240); break;
    case CommandId::LayoutExplore: layout(true, true, true, 330, 240); break;
    case CommandId::LayoutDebug: layout(false, true, true, 420, 420); break;
    case CommandId::ToggleProjector: toggle_projector(); break;
    case CommandId::ThemeLight:
      leave_projector();
      state_.theme = ThemeId::Light;
      break;
    case CommandId::ThemeDark:
      leave_projector();
      state_.theme = ThemeId::Dark;
      break;
    case CommandId::ScaleUp: state_.user_scale = std::min(3.0F, state_.user_scale * kScaleStep); break;
    case CommandId::ScaleDown: state_.user_scale = std::max(0.75F, state_.user_scale / kScaleStep); break;
    case CommandId::ScaleReset: state_.user_scale = 1; break;
    case CommandId::ToggleLeftRail: r.left_open = !r.left_open; break;
    case CommandId::ToggleRightPanel: r.right_open = !r.right_open; break;
    case CommandId::ToggleBottom: r.bottom_open = !r.bottom_open; break;
    case CommandId::FitStage: state_.camera = {}; break;
    case CommandId::Filter:
      r.bottom_open = true;
      state_.bottom_tab = BottomTab::Events;
      state_.focus_filter = true;
      break;
    case CommandId::ToggleHidden: state_.show_hidden_messages = !state_.show_hidden_messages; break;
    case CommandId::CycleCellText:
      state_.cell_text = static_cast<CellText>((static_cast<int>(state_.cell_text) + 1) % 4);
      break;
    case CommandId::ToggleGhosts: state_.show_ghosts = !state_.show_ghosts; break;
    case CommandId::ToggleAdmin: state_.show_admin = !state_.show_admin; break;
    case CommandId::ToggleReducedMotion: state_.reduced_motion = !state_.reduced_motion; break;
    case CommandId::ShowStage: state_.stage_tab = StageTab::Cluster; break;
    case CommandId::ShowLog: state_.stage_tab = StageTab::Log; break;
    case CommandId::ShowSequence: state_.stage_tab = StageTab::Sequence; break;
    case CommandId::ShowPartitions: state_.stage_tab = StageTab::Partitions; break;
    case CommandId::ShowGroups: state_.stage_tab = StageTab::Groups; break;
    case CommandId::ShowEvents:
      r.bottom_open = true;
      state_.bottom_tab = BottomTab::Events;
      break;
    case CommandId::ShowScript:
      r.bottom_open = true;
      state_.bottom_tab = BottomTab::Script;
      break;
    case CommandId::ShowInvariants:
      r.bottom_open = true;
      state_.bottom_tab = BottomTab::Invariants;
      break;
    default: break;
  }
}

void App::perform_fault(CommandId id) {
  if (id == CommandId::FaultMenu) {
    if (!state_.selection.is_set()) {
      for (const view::Node& n : snapshot_->nodes) {
        if (n.role == view::NodeRole::kBroker && n.status == view::NodeStatus::kUp && n.leader_count > 0) {
          state_.selection = {view::EntityKind::kNode, n.node};
          break;
        }
      }
    }
    state_.playing = false;
    state_.fault_menu_wanted = state_.selection.is_set();
    return;
  }
  if (id == CommandId::AddScriptLine) {
    begin_script_line();
    return;
  }
  if (id == CommandId::HealAll) {
    // Each chip knows the line that ends its fault; together they are one act.
    std::string all;
    for (const view::FaultChip& fault : snapshot_->faults) {
      if (!fault.undo_script.empty()) {
        all += (all.empty() ? "" : "; ") + fault.undo_script;
      }
    }
    post(all);
    return;
  }
  for (const session::ActionOffer& offer : offers(state_.selection)) {
    if (offer.shortcut == shortcut_of(id) && offer.refusal.empty()) {
      post(offer.script);
      return;
    }
  }
}

void App::perform_help(CommandId id) {
  switch (id) {
    case CommandId::ShowLessons:
      state_.regions.left_open = true;
      state_.library_lessons_only = !state_.library_lessons_only;
      break;
    case CommandId::ShowHelp: state_.help_open = !state_.help_open; break;
    case CommandId::WhatIsThis:
      state_.explains = !state_.explains;
      notify(state_.explains ? "Point at anything on the stage to learn what it is. Esc ends it."
                             : "The cards show facts only again.",
             false);
      break;
    case CommandId::ShowKeys: state_.keys_open = !state_.keys_open; break;
    case CommandId::ShowLegend: state_.legend_open = !state_.legend_open; break;
    case CommandId::ShowPalette: state_.palette_open = true; break;
    default: break;
  }
}

}  // namespace kscope::ui
