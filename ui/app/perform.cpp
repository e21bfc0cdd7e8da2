// What each command of the table does.
#include <algorithm>
#include <fstream>

#include "ui/app/app.h"
#include "ui/draw/stage_paint.h"
#include "ui/draw/svg_painter.h"
#include "ui/layout/stage_layout.h"

namespace kscope::ui {
namespace {

constexpr std::int32_t kBeatRank = 1;
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

bool write_file(const std::string& name, const std::string& text) {
  std::ofstream out(name, std::ios::binary);
  out << text;
  return out.good();
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
    case CommandId::FocusSelection: return state_.selection.is_set() ? "" : "nothing is selected";
    case CommandId::FollowCause:
    case CommandId::FollowEffect:
      return state_.selection.kind == view::EntityKind::kEvent ? "" : "no event is selected";
    case CommandId::NextBookmark:
    case CommandId::PreviousBookmark: return state_.bookmarks.empty() ? "there is no bookmark" : "";
    case CommandId::Why:
    case CommandId::WhyNot: return state_.selection.is_set() ? "" : "nothing is selected";
    default: return run_ == nullptr && spec_of(id).menu == Menu::Run ? "no run is open" : "";
  }
}

void App::perform(CommandId id) {
  if (id == CommandId::Count) {
    return;
  }
  tell("command: " + std::string(spec_of(id).name));
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
}

void App::perform_file(CommandId id) {
  switch (id) {
    case CommandId::OpenScenario: state_.palette_open = true; break;
    case CommandId::NewCluster:
      if (!library_.empty()) {
        open(library_.front().path);
      }
      break;
    case CommandId::SaveRun:
      if (run_ != nullptr) {
        const std::string name = (snapshot_->scenario.empty() ? "run" : snapshot_->scenario) + "-saved.toml";
        const bool written = write_file(name, run_->save());
        notify(written ? "Saved as " + name + " in the current folder." : "Cannot write " + name, !written);
      }
      break;
    case CommandId::ExportStage: {
      constexpr float kWidth = 1600;
      constexpr float kHeight = 1000;
      SvgPainter painter(kWidth, kHeight, theme_.stage);
      const StageLayout layout = compute_stage(*snapshot_, {{0, 0, kWidth, kHeight}, 1.2F, 1, {}});
      StageOptions options;
      options.cell_text = state_.cell_text;
      std::vector<StageHit> hits;
      StagePaint stage{painter, theme_, *snapshot_, layout, options, hits};
      paint_stage(stage);
      const std::string name = (snapshot_->scenario.empty() ? "stage" : snapshot_->scenario) + ".svg";
      const bool written = write_file(name, painter.finish());
      notify(written ? "The stage is in " + name + " in the current folder." : "Cannot write " + name, !written);
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
  if (run_ == nullptr) {
    return;
  }
  auto stop = [&] { state_.playing = false; };
  switch (id) {
    case CommandId::PlayPause:
      state_.playing = !state_.playing;
      state_.callouts_done |= 1;
      return;  // what is under way stays where it is
    case CommandId::StepForward:
      stop();
      run_->step_visible(true, step_interest());
      break;
    case CommandId::StepBack:
      stop();
      run_->step_visible(false, step_interest());
      state_.callouts_done |= 4;
      break;
    case CommandId::BeatForward:
      stop();
      run_->step_beat(true, kBeatRank);
      break;
    case CommandId::BeatBack:
      stop();
      run_->step_beat(false, kBeatRank);
      break;
    case CommandId::EntityForward:
    case CommandId::EntityBack: {
      stop();
      // The inspector's history holds the events of the selection up to the playhead.
      std::uint64_t target = 0;
      for (const view::EventRow& e : snapshot_->inspection.history) {
        if (id == CommandId::EntityBack && e.number < snapshot_->event) {
          target = std::max(target, e.number);
        }
        if (id == CommandId::EntityForward && e.number > snapshot_->event && (target == 0 || e.number < target)) {
          target = e.number;
        }
      }
      if (target != 0) {
        run_->seek_event(target);
      } else {
        run_->step_visible(id == CommandId::EntityForward, step_interest());
      }
      break;
    }
    case CommandId::ToStart:
      stop();
      run_->seek_event(0);
      break;
    case CommandId::ToEnd:
      stop();
      run_->seek_event(snapshot_->end_event);
      break;
    case CommandId::GoTo:
      state_.goto_open = true;
      state_.goto_error.clear();
      break;
    case CommandId::RunUntil:
      state_.until_open = true;
      state_.goto_error.clear();
      break;
    case CommandId::Speed1:
    case CommandId::Speed2:
    case CommandId::Speed3:
    case CommandId::Speed4:
    case CommandId::Speed5:
    case CommandId::Speed6: state_.speed = 1 + static_cast<int>(id) - static_cast<int>(CommandId::Speed1); break;
    case CommandId::SpeedAuto: state_.speed = 0; return;
    case CommandId::UndoAction:
      if (!run_->undo()) {
        notify("There is no action to go back before.", false);
      }
      break;
    case CommandId::RedoAction:
      if (!run_->redo()) {
        notify("There is no later action.", false);
      }
      break;
    case CommandId::Restart: open(state_.opened_path); break;
    default: break;
  }
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
    r = {left, right, bottom, false, r.left_width, right_width, bottom_height, false, false};
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
    case CommandId::LayoutCompare: layout(false, false, true, 330, 220); break;
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
  if (id == CommandId::HealAll) {
    // Each chip knows the line that ends its fault; the copy stays valid while the run changes.
    const std::vector<view::FaultChip> faults = snapshot_->faults;
    for (const view::FaultChip& fault : faults) {
      if (!fault.undo_script.empty()) {
        post(fault.undo_script);
      }
    }
    return;
  }
  for (const session::ActionOffer& offer : offers(state_.selection)) {
    if (offer.shortcut == shortcut_of(id) && offer.refusal.empty()) {
      post(offer.script);
      return;
    }
  }
}

void App::deselect() {
  if (state_.palette_open || state_.keys_open || state_.legend_open || state_.help_open || state_.goto_open ||
      state_.until_open) {
    state_.palette_open = state_.keys_open = state_.legend_open = state_.help_open = state_.goto_open =
        state_.until_open = false;
    state_.palette_query.clear();
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
  if (found && run_ != nullptr) {
    state_.playing = false;
    run_->seek_event(target);
  }
}

void App::follow(bool to_effect) {
  const auto selected = static_cast<std::uint64_t>(state_.selection.a);
  for (const view::EventRow& e : snapshot_->events) {
    if (to_effect ? e.cause == selected && e.number > selected : e.number == selected && e.cause != 0) {
      state_.playing = false;
      const std::uint64_t target = to_effect ? e.number : e.cause;
      state_.selection = {view::EntityKind::kEvent, static_cast<std::int64_t>(target)};
      if (run_ != nullptr) {
        run_->seek_event(target);
      }
      return;
    }
  }
  notify(to_effect ? "No later event in the table was caused by this one."
                   : "This event has no recorded cause in the table.",
         false);
}

void App::perform_explain(CommandId id) {
  switch (id) {
    case CommandId::Why:
    case CommandId::WhyNot:
      state_.regions.right_open = true;
      state_.right_tab = RightTab::Why;
      break;
    case CommandId::FollowCause: follow(false); break;
    case CommandId::FollowEffect: follow(true); break;
    case CommandId::FocusSelection:
      state_.stage_tab = StageTab::Cluster;
      state_.regions.right_open = state_.theme != ThemeId::Projector;
      break;
    case CommandId::Deselect: deselect(); break;
    case CommandId::NextEntity: walk_entities(true); break;
    case CommandId::PreviousEntity: walk_entities(false); break;
    case CommandId::AddBookmark:
      state_.bookmarks.push_back({snapshot_->event, snapshot_->caption});
      notify("Bookmarked. N goes to the next bookmark, Shift+N to the previous one.", false);
      break;
    case CommandId::NextBookmark: seek_bookmark(true); break;
    case CommandId::PreviousBookmark: seek_bookmark(false); break;
    default: break;
  }
}

void App::perform_help(CommandId id) {
  switch (id) {
    case CommandId::StartTour: {
      const auto tour = std::find_if(library_.begin(), library_.end(),
                                     [](const LibraryEntry& e) { return e.path.find("tour") != std::string::npos; });
      if (tour != library_.end()) {
        open(tour->path);
      } else {
        state_.help_open = true;
      }
      break;
    }
    case CommandId::ShowLessons:
      state_.regions.left_open = true;
      state_.library_lessons_only = !state_.library_lessons_only;
      break;
    case CommandId::NextStep: perform_run(CommandId::BeatForward); break;
    case CommandId::PreviousStep: perform_run(CommandId::BeatBack); break;
    case CommandId::ShowHelp:
    case CommandId::WhatIsThis: state_.help_open = !state_.help_open; break;
    case CommandId::ShowKeys: state_.keys_open = !state_.keys_open; break;
    case CommandId::ShowLegend: state_.legend_open = !state_.legend_open; break;
    case CommandId::ShowPalette: state_.palette_open = true; break;
    default: break;
  }
}

}  // namespace kscope::ui
