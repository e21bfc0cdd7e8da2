#pragma once
// What the user has chosen in the window: nothing about the cluster, nothing that a run depends on.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

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
  std::string text;
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
  view::EntityRef hovered;   ///< under the cursor in this frame, on the stage or in a list
  view::EntityRef menu_for;  ///< whose fault menu is open

  StageTab stage_tab = StageTab::Cluster;
  BottomTab bottom_tab = BottomTab::Events;
  RightTab right_tab = RightTab::Facts;
  bool force_stage_tab = false;  ///< the tab strip must follow `stage_tab` in the next frame
  bool force_bottom_tab = false;

  Camera camera;
  CellText cell_text = CellText::Offset;
  bool is_banding = false;  ///< a rubber band is being drawn with Shift and the left button
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
  bool beats_only = false;
  Pivot pivot = Pivot::ByPartition;
  SequenceAxis sequence_axis = SequenceAxis::Events;
  int shown_generation = -1;  ///< -1 = the latest
  float timeline_window_s = 2;

  bool palette_open = false;
  bool keys_open = false;
  bool legend_open = false;
  bool help_open = false;
  bool goto_open = false;
  bool until_open = false;
  std::string palette_query;
  int palette_index = 0;
  std::string script_line;
  std::string goto_text;
  std::string goto_error;

  std::string notice;  ///< short message at the bottom of the stage
  bool notice_is_error = false;
  double notice_left_s = 0;
  std::string opened_path;
  std::string description;  ///< of the scenario that is shown
  bool library_lessons_only = false;

  unsigned callouts_done = 0;  ///< bit i: the i-th hint of the first screen was followed or closed
  double seconds_open = 0;
  std::string key_echo;  ///< the last key, shown in projector mode
  double key_echo_left_s = 0;
  std::vector<Bookmark> bookmarks;
};

}  // namespace kscope::ui
