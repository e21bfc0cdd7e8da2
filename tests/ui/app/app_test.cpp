// Drives the whole window without a screen: Dear ImGui with real fonts and no renderer.
#include "ui/app/app.h"

#include <gtest/gtest.h>
#include <imgui.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <tuple>

#include "font_dir_generated.h"
#include "tests/temp_folder.h"
#include "tests/ui/fixture/hello_snapshot.h"

namespace kscope::ui::app_test {
namespace {

class AppTest : public ::testing::Test {
 protected:
  using FixtureRun = fixture::FixtureRun;

  void SetUp() override {
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    for (int i = 0; i < ImGuiKey_COUNT; ++i) {
      ImGui::GetIO().KeyMap[i] = i;
    }
    app_ = std::make_unique<App>(host_);
  }
  void TearDown() override {
    app_.reset();
    ImGui::DestroyContext();
  }

  FixtureRun* show(view::Snapshot s) {
    auto run = std::make_unique<fixture::FixtureRun>(std::move(s));
    FixtureRun* out = run.get();
    app_->show(std::move(run), "fixture");
    app_->state().playing = false;
    return out;
  }

  /// One frame with these keys.
  void frame(std::vector<Chord> keys = {}, float width = 1440, float height = 900) {
    std::string error;
    app_->prepare_look(KSCOPE_FONT_DIR, 1, error);
    ASSERT_EQ(error, "");
    unsigned char* pixels = nullptr;
    int w = 0;
    int h = 0;
    ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&pixels, &w, &h);
    ImGui::GetIO().DisplaySize = {width, height};
    ImGui::GetIO().DeltaTime = 1.0F / 60;
    ImGui::NewFrame();
    FrameInput input{width, height, 1.0 / 60, {}};
    for (const Chord& key : keys) {
      input.keys.push_back({key, false});
    }
    app_->frame(input);
    ImGui::Render();
  }

  /// Frames until no recording is being written any more, and some to draw what it says then.
  void frames_until_recorded() {
    frame();
    while (app_->state().recording_percent >= 0) {
      frame();
    }
    frame();
  }

  void expect_on_screen(float width, float height, const std::string& where) {
    for (const Place& place : app_->places().all()) {
      // The stage and the table of events are canvases: things on them are moved into view, not laid out.
      if (place.name.starts_with("stage:") || place.name.starts_with("event:")) {
        continue;
      }
      const Rect& r = place.rect;
      const bool is_inside = r.x >= -1 && r.y >= -1 && r.right() <= width + 1 && r.bottom() <= height + 1;
      EXPECT_TRUE((is_inside && !place.is_cut) || place.can_scroll)
          << place.name << " at " << r.x << "," << r.y << " " << r.w << "x" << r.h << " in " << where << ", " << width
          << "x" << height;
    }
  }

  fixture::FixtureHost host_;
  std::unique_ptr<App> app_;
};

TEST_F(AppTest, space_pauses_and_resumes) {
  show(fixture::calm_snapshot());
  frame({plain(Key::Space)});
  EXPECT_TRUE(app_->state().playing);
  frame({plain(Key::Space)});
  EXPECT_FALSE(app_->state().playing);
}

TEST_F(AppTest, kill_acts_on_the_selection_through_the_script) {
  FixtureRun* run = show(fixture::calm_snapshot());
  frame({plain(Key::K)});
  EXPECT_TRUE(run->posted.empty());
  app_->state().selection = {view::EntityKind::kNode, 1};
  frame({plain(Key::K)});
  ASSERT_EQ(run->posted.size(), 1U);
  EXPECT_EQ(run->posted[0], "crash b1");
}

TEST_F(AppTest, what_would_do_nothing_is_refused_with_its_reason) {
  FixtureRun* run = show(fixture::calm_snapshot());
  app_->state().selection = {view::EntityKind::kNode, 1};
  EXPECT_EQ(app_->why_disabled(CommandId::RestartNode), "b1 is running");
  frame({plain(Key::R)});
  EXPECT_TRUE(run->posted.empty());
}

TEST_F(AppTest, projector_keeps_the_state_that_it_hides) {
  show(fixture::calm_snapshot());
  app_->state().theme = ThemeId::Dark;
  app_->state().regions.right_width = 400;
  frame({plain(Key::F11)});
  EXPECT_EQ(app_->state().theme, ThemeId::Projector);
  EXPECT_TRUE(app_->state().regions.rails_hidden);
  frame({plain(Key::F11)});
  EXPECT_EQ(app_->state().theme, ThemeId::Dark);
  EXPECT_EQ(app_->state().regions.right_width, 400);
  EXPECT_FALSE(app_->state().regions.rails_hidden);
}

TEST_F(AppTest, tab_walks_over_everything_on_the_stage_and_comes_back) {
  show(fixture::calm_snapshot());
  frame({plain(Key::Tab)});
  const view::EntityRef first = app_->state().selection;
  EXPECT_TRUE(first.is_set());
  int steps = 1;
  do {
    frame({plain(Key::Tab)});
    ++steps;
  } while (app_->state().selection != first && steps < 200);
  EXPECT_GT(steps, 15);
  EXPECT_LT(steps, 200);
}

TEST_F(AppTest, a_scenario_that_cannot_be_opened_leaves_the_old_one_and_says_why_until_it_is_closed) {
  show(fixture::calm_snapshot());
  app_->push(OpenPath{"missing"});
  frame();
  frame();
  EXPECT_EQ(app_->snapshot().scenario, "hello");
  EXPECT_NE(app_->state().problem.find("missing"), std::string::npos);
  frame({plain(Key::Right)});
  EXPECT_FALSE(app_->state().problem.empty()) << "keys do not reach what is below";
  frame({plain(Key::Escape)});
  EXPECT_TRUE(app_->state().problem.empty());
}

TEST_F(AppTest, a_step_tells_how_many_events_it_passed) {
  FixtureRun* run = show(fixture::calm_snapshot());
  run->step_length = 38;
  frame({plain(Key::Right)});
  EXPECT_EQ(app_->state().stepped_over, 37U);
  frame({plain(Key::Space)});
  EXPECT_EQ(app_->state().stepped_over, 0U);
}

TEST_F(AppTest, run_until_says_what_is_wrong_and_goes_on_frame_by_frame) {
  FixtureRun* run = show(fixture::calm_snapshot());
  app_->perform(CommandId::RunUntil);
  app_->push(RunUntil{"nonsense"});
  frame();
  EXPECT_FALSE(app_->state().answer_error.empty());
  EXPECT_EQ(app_->state().question, Question::RunUntil);
  run->answer = session::StopReason::kBudgetSpent;
  app_->push(RunUntil{"isr(orders-0) < 2"});
  frame();
  frame();
  EXPECT_EQ(app_->state().question, Question::None);
  EXPECT_EQ(app_->state().pursuit, "isr(orders-0) < 2");
  EXPECT_TRUE(app_->is_moving());
  run->answer = session::StopReason::kCondition;
  frame();
  EXPECT_EQ(app_->state().pursuit, "");
  EXPECT_EQ(app_->state().notice, "Reached: isr(orders-0) < 2");
}

TEST_F(AppTest, what_comes_off_with_one_act_is_one_line_of_script) {
  FixtureRun* run = show(fixture::hello_snapshot());
  frame();
  app_->perform(CommandId::HealAll);
  ASSERT_EQ(run->posted.size(), 1U);
  EXPECT_EQ(run->posted[0], "resume b3; heal b1 b3");
}

TEST_F(AppTest, focus_shows_each_kind_of_thing_where_it_is_seen_best) {
  show(fixture::calm_snapshot());
  app_->state().selection = {view::EntityKind::kPartition, 0, 1};
  frame({plain(Key::Enter)});
  EXPECT_EQ(app_->state().stage_tab, StageTab::Log);
  app_->state().selection = {view::EntityKind::kGroup, 0};
  frame({plain(Key::Enter)});
  EXPECT_EQ(app_->state().stage_tab, StageTab::Groups);
  app_->state().selection = {view::EntityKind::kNode, 2};
  frame({plain(Key::Enter)});
  frame();
  EXPECT_EQ(app_->state().stage_tab, StageTab::Cluster);
  EXPECT_GT(app_->state().camera.zoom, 1.05F);
}

TEST_F(AppTest, every_command_can_be_done_in_every_tab_without_a_run_going_wrong) {
  for (const view::Snapshot& s : {fixture::hello_snapshot(), view::Snapshot{}}) {
    for (const CommandSpec& spec : command_table()) {
      if (spec.id == CommandId::Quit) {
        continue;
      }
      show(s);
      app_->state().selection = {view::EntityKind::kEvent, 340};
      app_->perform(spec.id);
      frame();
      frame();
    }
  }
}

// Every control in every tab, with faults, branches and hints on the screen: none outside of the window, none cut off by
// its part of it unless one can scroll there.
TEST_F(AppTest, every_control_is_on_the_screen_at_the_smallest_supported_sizes) {
  struct Case {
    float width;
    float height;
    float scale;
    bool is_projector;
  };
  app_->places().is_on = true;
  for (const Case& c : {Case{1024, 768, 1, false}, Case{1280, 720, 1.5F, false}, Case{1920, 1080, 1, true},
                        Case{1920, 1080, 1, false}}) {
    for (const CommandId layout : {CommandId::LayoutLesson, CommandId::LayoutExplore, CommandId::LayoutDebug}) {
      for (const CommandId tab : {CommandId::ShowStage, CommandId::ShowLog, CommandId::ShowSequence,
                                  CommandId::ShowPartitions, CommandId::ShowGroups}) {
        show(fixture::hello_snapshot());
        app_->state().seconds_open = 10;
        app_->state().user_scale = c.scale;
        app_->perform(layout);
        app_->perform(tab);
        if (c.is_projector) {
          app_->perform(CommandId::ToggleProjector);
        }
        app_->state().selection = {view::EntityKind::kNode, 1};
        for (int i = 0; i < 4; ++i) {
          frame({}, c.width, c.height);
        }
        EXPECT_GE(app_->places().all().size(), c.is_projector ? 8U : 30U);
        expect_on_screen(c.width, c.height, std::string(spec_of(layout).name) + " " + std::string(spec_of(tab).name));
        if (c.is_projector) {
          app_->perform(CommandId::ToggleProjector);
        }
      }
    }
  }
}

// Who types "/kill" quickly must not kill anything, however slowly the window draws.
TEST_F(AppTest, letters_that_follow_the_key_of_a_field_at_once_are_no_commands) {
  auto* run = show(fixture::hello_snapshot());
  app_->state().selection = {view::EntityKind::kNode, 1};
  frame();
  frame({plain(Key::Slash), plain(Key::K), plain(Key::P)});
  frame({plain(Key::K)});
  frame({plain(Key::R), plain(Key::K)});
  frame({plain(Key::K)});
  EXPECT_TRUE(run->posted.empty()) << run->posted.front();
  EXPECT_TRUE(ImGui::GetIO().WantTextInput);
  frame({plain(Key::Escape)});
}

TEST_F(AppTest, a_recording_is_written_under_the_name_of_the_scenario_and_says_where) {
  const TempFolder folder;
  show(fixture::hello_snapshot());
  frame({Chord{Key::S, true, true, false}});
  ASSERT_EQ(app_->state().question, Question::RecordRun);
  EXPECT_EQ(app_->state().answer, app_->snapshot().scenario + ".db");
  app_->push(WriteFile{Question::RecordRun, "/nowhere/run.db"});
  frames_until_recorded();
  EXPECT_NE(app_->state().answer_error.find("cannot be opened"), std::string::npos) << app_->state().answer_error;
  EXPECT_EQ(app_->state().question, Question::RecordRun) << "another name can be typed";
  const std::string path = folder.file("run.db");
  app_->push(WriteFile{Question::RecordRun, path});
  frames_until_recorded();
  EXPECT_EQ(app_->state().question, Question::None);
  EXPECT_NE(app_->state().notice.find(path), std::string::npos) << app_->state().notice;
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "nothing lies beside it";
  // What is there is replaced only after a second Enter.
  frame({Chord{Key::S, true, true, false}});
  app_->push(WriteFile{Question::RecordRun, path});
  frame();
  EXPECT_NE(app_->state().answer_error.find("such a file already"), std::string::npos);
  view::Snapshot at_start = fixture::hello_snapshot();
  at_start.event = 0;
  show(at_start);
  EXPECT_EQ(app_->why_disabled(CommandId::RecordRun), "nothing has happened yet");
}

TEST_F(AppTest, the_window_lives_while_a_recording_is_written_and_escape_gives_it_up) {
  const TempFolder folder;
  const std::string path = folder.file("given_up.db");
  FixtureRun* run = show(fixture::hello_snapshot());
  run->recording_work = [](const std::string& file, const record::RerunProgress& progress) -> Result<void> {
    std::ofstream(file) << "half\n";
    while (progress(43, 100)) {
      std::this_thread::yield();
    }
    return Error{"it was stopped before its end", file, 0};
  };
  app_->push(WriteFile{Question::RecordRun, path});
  while (app_->state().recording_percent < 43) {
    frame();
  }
  EXPECT_FALSE(app_->has_overlay());
  EXPECT_NE(app_->why_disabled(CommandId::RecordRun), "") << "one at a time";
  const std::uint64_t event = app_->snapshot().event;
  frame({plain(Key::Right)});
  EXPECT_GT(app_->snapshot().event, event) << "steps are taken meanwhile";
  frame({plain(Key::Escape)});
  frames_until_recorded();
  EXPECT_NE(app_->state().notice.find("given up"), std::string::npos) << app_->state().notice;
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(app_->why_disabled(CommandId::RecordRun), "");

  // Closing the window gives it up too, and says which file is missing.
  app_->push(WriteFile{Question::RecordRun, path});
  frame();
  EXPECT_EQ(app_->drop_recording(), path);
  EXPECT_EQ(app_->drop_recording(), "");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(AppTest, a_recording_that_fails_at_once_leaves_its_name_and_the_reason_in_the_question) {
  FixtureRun* run = show(fixture::hello_snapshot());
  run->recording_work = [](const std::string& file, const record::RerunProgress&) -> Result<void> {
    return Error{"the disk is full", file, 0};
  };
  frame({Chord{Key::S, true, true, false}});
  frame();
  const TempFolder folder;
  app_->push(WriteFile{Question::RecordRun, folder.file("full.db")});
  frame();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it is over before the next frame
  frame();
  frame();
  EXPECT_EQ(app_->state().question, Question::RecordRun);
  EXPECT_EQ(app_->state().answer, folder.file("full.db"));
  EXPECT_NE(app_->state().answer_error.find("the disk is full"), std::string::npos) << app_->state().answer_error;
  frame();
  frame();
  EXPECT_TRUE(ImGui::GetIO().WantTextInput) << "another name can be typed";
}

TEST_F(AppTest, a_recording_that_fails_after_the_run_went_on_is_a_problem_of_its_own) {
  FixtureRun* run = show(fixture::hello_snapshot());
  std::atomic<bool> is_full = false;
  run->recording_work = [&is_full](const std::string& file, const record::RerunProgress&) -> Result<void> {
    while (!is_full) {
      std::this_thread::yield();
    }
    return Error{"the disk is full", file, 0};
  };
  const TempFolder folder;
  app_->push(WriteFile{Question::RecordRun, folder.file("full.db")});
  frame();
  frame({plain(Key::Right)});
  is_full = true;
  frames_until_recorded();
  EXPECT_EQ(app_->state().question, Question::None);
  EXPECT_NE(app_->state().problem.find("/full.db: the disk is full"), std::string::npos) << app_->state().problem;
}

TEST_F(AppTest, what_opens_over_the_window_fits_into_it) {
  app_->places().is_on = true;
  for (const auto& [width, height, scale] : {std::tuple{1024.0F, 768.0F, 1.0F}, {1280.0F, 720.0F, 1.5F}}) {
    for (const CommandId id :
         {CommandId::ShowPalette, CommandId::ShowKeys, CommandId::ShowLegend, CommandId::ShowHelp, CommandId::GoTo,
          CommandId::RunUntil, CommandId::OpenScenario, CommandId::SaveRun, CommandId::RecordRun}) {
      show(fixture::hello_snapshot());
      app_->state().user_scale = scale;
      app_->perform(id);
      for (int i = 0; i < 4; ++i) {
        frame({}, width, height);
      }
      EXPECT_TRUE(app_->has_overlay()) << spec_of(id).name;
      expect_on_screen(width, height, std::string(spec_of(id).name));
      frame({plain(Key::Escape)}, width, height);
      EXPECT_FALSE(app_->has_overlay()) << spec_of(id).name;
    }
  }
}

TEST_F(AppTest, back_and_forward_go_through_what_was_selected) {
  show(fixture::calm_snapshot());
  EXPECT_FALSE(app_->why_disabled(CommandId::InspectBack).empty());
  const view::EntityRef b1{view::EntityKind::kNode, 1};
  const view::EntityRef b2{view::EntityKind::kNode, 2};
  const view::EntityRef p0{view::EntityKind::kPartition, 0, 0};
  for (const view::EntityRef& e : {b1, b2, p0}) {
    app_->state().selection = e;
    frame();
  }
  frame({plain(Key::Backspace)});
  EXPECT_EQ(app_->state().selection, b2);
  frame({plain(Key::Backspace)});
  EXPECT_EQ(app_->state().selection, b1);
  EXPECT_FALSE(app_->why_disabled(CommandId::InspectBack).empty()) << "that was the first";
  frame({shift(Key::Backspace)});
  EXPECT_EQ(app_->state().selection, b2);
  app_->state().selection = {};
  frame({plain(Key::Backspace)});
  EXPECT_EQ(app_->state().selection, b2) << "after stepping out, back is what was selected last";
  app_->state().selection = b1;
  frame();
  EXPECT_FALSE(app_->why_disabled(CommandId::InspectForward).empty()) << "a new way forgets the one that was left";
}

TEST_F(AppTest, a_pinned_inspection_has_a_window_of_its_own_until_it_is_closed) {
  FixtureRun* run = show(fixture::calm_snapshot());
  app_->places().is_on = true;
  app_->state().selection = {view::EntityKind::kNode, 1};
  frame({plain(Key::I)});
  frame();
  app_->state().selection = {};
  frame();
  frame();
  ASSERT_EQ(run->last_interest.pinned.size(), 1U);
  EXPECT_EQ(run->last_interest.pinned[0], (view::EntityRef{view::EntityKind::kNode, 1}));
  EXPECT_NE(app_->places().find("overlay:pin:b1"), nullptr) << "it stays when nothing is selected";
  app_->state().selection = {view::EntityKind::kNode, 1};
  frame({plain(Key::I)});
  frame();
  EXPECT_EQ(app_->places().find("overlay:pin:b1"), nullptr);
}

TEST_F(AppTest, a_line_of_the_script_is_edited_in_place_and_mistakes_keep_it_open) {
  FixtureRun* run = show(fixture::hello_snapshot());
  app_->perform(CommandId::AddScriptLine);
  ScriptLineEdit& edit = app_->state().script_edit;
  edit.takes_keys = false;  // a field that has the keys keeps a text of its own
  frame();
  ASSERT_TRUE(edit.is_open);
  EXPECT_EQ(app_->state().bottom_tab, BottomTab::Script);
  edit.time = "soon";
  edit.text = "crash b1";
  app_->push(ApplyScriptEdit{});
  frame();
  EXPECT_NE(edit.error.find("12.5s"), std::string::npos) << edit.error;
  EXPECT_TRUE(edit.takes_keys) << "one goes on typing";
  edit.takes_keys = false;
  edit.time = "8.7s";
  edit.text = "crsh b1";
  app_->push(ApplyScriptEdit{});
  frame();
  EXPECT_TRUE(edit.is_open);
  EXPECT_NE(edit.error.find("did you mean"), std::string::npos) << edit.error;
  EXPECT_TRUE(run->edits.empty());
  edit.takes_keys = false;
  edit.text = "crash b1";
  app_->push(ApplyScriptEdit{});
  frame();
  EXPECT_FALSE(edit.is_open);
  ASSERT_EQ(run->edits.size(), 1U);
  EXPECT_EQ(run->edits[0].line, session::ScriptEdit::kNewLine);
  EXPECT_EQ(run->edits[0].time, SimTime(8700ms));
  EXPECT_EQ(run->edits[0].text, "crash b1");
  app_->push(SwitchScriptLine{{1, SimTime(8s), "crash b1", true}});
  frame();
  ASSERT_EQ(run->edits.size(), 2U);
  EXPECT_TRUE(run->edits[1].is_off);
}

TEST_F(AppTest, a_picture_of_the_run_is_made_only_when_the_run_or_the_question_changes) {
  FixtureRun* run = show(fixture::calm_snapshot());
  for (int i = 0; i < 3; ++i) {
    frame();  // the stage finds its size
  }
  const int before = run->pictures;
  for (int i = 0; i < 5; ++i) {
    frame();
  }
  EXPECT_EQ(run->pictures, before) << "paused, and nothing was asked for";
  app_->state().selection = {view::EntityKind::kNode, 2};
  frame();
  EXPECT_EQ(run->pictures, before + 1);
  EXPECT_EQ(app_->snapshot().inspection.entity, app_->state().selection);
  const std::uint64_t event = app_->snapshot().event;
  frame({plain(Key::Right)});
  EXPECT_EQ(app_->snapshot().event, event + 1) << "a step is seen at once";
  app_->push(DoScript{"crash b1"});
  const int before_act = run->pictures;
  frame();
  EXPECT_GT(run->pictures, before_act) << "an act is seen at once";
}

TEST_F(AppTest, records_are_asked_for_only_where_they_are_shown) {
  FixtureRun* run = show(fixture::calm_snapshot());
  frame();
  EXPECT_GT(run->last_interest.cells_per_replica, 0);
  EXPECT_FALSE(run->last_interest.cells_of.is_set()) << "every strip of the stage has records";
  app_->state().selection = {view::EntityKind::kReplica, 0, 2, 1};
  app_->perform(CommandId::ShowLog);
  frame();
  EXPECT_GT(run->last_interest.cells_per_replica, 0);
  EXPECT_EQ(run->last_interest.cells_of, (view::EntityRef{view::EntityKind::kPartition, 0, 2}));
  for (const CommandId tab : {CommandId::ShowPartitions, CommandId::ShowGroups, CommandId::ShowSequence}) {
    app_->perform(tab);
    frame();
    EXPECT_EQ(run->last_interest.cells_per_replica, 0) << spec_of(tab).name;
  }
}

TEST_F(AppTest, a_hundred_brokers_and_a_thousand_partitions_are_drawn) {
  show(fixture::large_snapshot(100, 1000));
  for (int i = 0; i < 5; ++i) {
    frame({}, 1920, 1080);
  }
  EXPECT_GT(ImGui::GetDrawData()->TotalVtxCount, 1000);
}

}  // namespace
}  // namespace kscope::ui::app_test
