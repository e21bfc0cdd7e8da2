#pragma once
// What the user has chosen in the window: nothing about the cluster, nothing that a run depends on.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/core/time.h"
#include "sim/view/entity.h"
#include "ui/app/theme.h"
#include "ui/draw/geometry.h"
#include "ui/layout/regions.h"
#include "ui/layout/sequence_layout.h"

namespace kscope::ui {

enum class StageTab : std::uint8_t { Cluster, Log, Sequence, Partitions, Groups };
enum class BottomTab : std::uint8_t { Events, Script, Invariants };
enum class RightTab : std::uint8_t { Facts, Why, Config, History, Raw };
enum class CellText : std::uint8_t { Offset, Key, Epoch, None };
enum class Pivot : std::uint8_t { ByPartition, ByBroker, ByConsumer };

/// View of the stage: `zoom` 1 and `pan` (0, 0) show the whole cluster.
struct Camera {
  float zoom = 1;
  Vec2 pan;
};

struct Bookmark {
  std::uint64_t event = 0;
  SimTime time;
  std::string text;
};

/// A small question that lies over the window and is answered with a line of text.
enum class Question : std::uint8_t { None, GoTo, RunUntil, SaveRun, RecordRun, ExportStage };

/// What a folder holds, for choosing a file.
struct FileEntry {
  std::string name;
  bool is_folder = false;
};

/// An inspection that stays open in a window of its own.
struct Pin {
  view::EntityRef entity;
  RightTab tab = RightTab::Facts;
};

/// A line of the script while it is edited in place.
struct ScriptLineEdit {
  bool is_open = false;
  bool takes_keys = false;  ///< the text takes the keys in the next frame
  std::size_t line = 0;     ///< `view::ScriptLine::line`, or ScriptEdit::kNewLine
  bool is_off = false;
  std::string time;  ///< "12.5s"
  std::string text;  ///< "crash b1"
  std::string error;
};

struct UiState {
  ThemeId theme = ThemeId::Light;
  ThemeId theme_before_projector = ThemeId::Light;
  float user_scale = 1;
  RegionWishes regions;
  RegionWishes regions_before_projector;
  bool reduced_motion = false;

  bool playing = true;
  int speed = 0;     ///< 0 = adaptive, 1..6 = presets
  double ratio = 0;  ///< simulated seconds per second, as shown

  view::EntityRef selection;
  view::EntityRef hovered;               ///< under the cursor in this frame, on the stage or in a list
  view::EntityRef menu_for;              ///< whose fault menu is open
  std::vector<view::EntityRef> visited;  ///< selections, the oldest first
  std::size_t visited_at = 0;            ///< which of them is, or was last, selected
  std::vector<Pin> pinned;

  StageTab stage_tab = StageTab::Cluster;
  BottomTab bottom_tab = BottomTab::Events;
  RightTab right_tab = RightTab::Facts;

  Camera camera;
  bool focus_wanted = false;  ///< the camera goes to the selection in the next frame
  bool explains = false;      ///< the hover card says what a thing is
  CellText cell_text = CellText::Offset;
  bool is_pressing = false;  ///< the left button went down on a canvas and is still down
  bool is_banding = false;   ///< a rubber band is being drawn with Shift and the left button
  Vec2 band_from;
  std::vector<std::int32_t> banded;  ///< broker nodes inside of the last band
  bool show_ghosts = true;
  bool is_wall = false;  ///< the cluster was drawn as a wall in the last frame
  bool wall_worst_first = true;
  bool show_hidden_messages = false;
  bool show_internal_topics = false;
  bool show_admin = false;

  std::string event_filter;
  bool focus_filter = false;
  std::uint64_t scrolled_to_event = 0;  ///< the row that the events table was last brought to
  std::string scrolled_filter;          ///< with the filter that it had then
  std::int64_t events_first = -1;       ///< where the user scrolled to; -1 = around the playhead
  bool beats_only = false;
  Pivot pivot = Pivot::ByPartition;
  SequenceAxis sequence_axis = SequenceAxis::Events;
  int shown_generation = -1;  ///< -1 = the latest
  float timeline_window_s = 2;

  bool palette_open = false;
  bool keys_open = false;
  bool legend_open = false;
  bool help_open = false;
  bool open_open = false;  ///< choosing a file
  std::string open_path;
  std::string open_folder;  ///< the folder that `open_files` lists
  std::vector<FileEntry> open_files;
  Question question = Question::None;
  int questions_asked = 0;  ///< each has a field of its own: ImGui keeps what was typed into one that is still active
  std::string answer;
  std::string answer_error;
  bool refocus = false;        ///< the field takes the keys again in the next frame
  bool may_overwrite = false;  ///< the user was told that the file exists, and goes on
  std::string problem;         ///< what went wrong with `problem_about`; stays until it is closed
  std::string problem_about;
  bool fault_menu_wanted = false;  ///< by key: it opens beside the selection
  std::string palette_query;
  int palette_index = 0;
  std::string script_line;
  ScriptLineEdit script_edit;
  std::string partition_search;  ///< in the list of partitions of the log

  std::uint64_t stepped_over = 0;  ///< events that the last step passed because they are hidden
  std::string pursuit;             ///< "isr(orders-0) < 2": what the run goes on to; "" = nothing
  int recording_percent = -1;      ///< how much of the recording is written; -1 = none is being written
  SimTime menu_time;               ///< where the timeline was clicked with the right button

  std::string notice;  ///< short message at the bottom of the stage
  bool notice_is_error = false;
  double notice_left_s = 0;
  std::string opened_path;
  std::string opened_file;  ///< the same as the list of recent runs has it; "" = it is no file
  std::string description;  ///< of the scenario that is shown
  bool library_lessons_only = false;

  unsigned callouts_done = 0;  ///< bit i: the i-th hint of the first screen was followed or closed
  double seconds_open = 0;
  std::string key_echo;  ///< the last key, shown in projector mode
  double key_echo_left_s = 0;
  std::vector<Bookmark> bookmarks;
};

}  // namespace kscope::ui
