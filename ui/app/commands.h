#pragma once
// The one table of what the user can do with the window. Menus, shortcuts, palette and key sheet are all made from it, so
// none of them can forget a command or show another key. What a command does is in `ui/app/perform.cpp`.

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "ui/app/keys.h"

namespace kscope::ui {

enum class CommandId {
  // File
  OpenScenario,
  SaveRun,
  RecordRun,
  FirstScreen,
  ExportStage,
  ClearRecent,
  Quit,
  // Run
  PlayPause,
  StepForward,
  StepBack,
  BeatForward,
  BeatBack,
  EntityForward,
  EntityBack,
  ToStart,
  ToEnd,
  GoTo,
  RunUntil,
  Speed1,
  Speed2,
  Speed3,
  Speed4,
  Speed5,
  Speed6,
  SpeedAuto,
  UndoAction,
  RedoAction,
  Restart,
  OtherMetadata,
  // View
  LayoutLesson,
  LayoutExplore,
  LayoutDebug,
  ToggleProjector,
  ThemeLight,
  ThemeDark,
  ScaleUp,
  ScaleDown,
  ScaleReset,
  ToggleLeftRail,
  ToggleRightPanel,
  ToggleBottom,
  FitStage,
  Filter,
  ToggleHidden,
  CycleCellText,
  ToggleGhosts,
  ToggleReducedMotion,
  ToggleAdmin,
  ShowStage,
  ShowLog,
  ShowSequence,
  ShowPartitions,
  ShowGroups,
  ShowEvents,
  ShowScript,
  ShowInvariants,
  // Faults (act on the selection)
  Kill,
  RestartNode,
  PauseNode,
  CutLink,
  BreakConnection,
  FaultMenu,
  AddScriptLine,
  HealAll,
  // Explain
  Why,
  FollowCause,
  FollowEffect,
  FocusSelection,
  InspectBack,
  InspectForward,
  TogglePin,
  Deselect,
  NextEntity,
  PreviousEntity,
  AddBookmark,
  NextBookmark,
  PreviousBookmark,
  // Lessons
  ShowLessons,
  // Help
  ShowHelp,
  ShowKeys,
  ShowLegend,
  ShowPalette,
  WhatIsThis,
  Count,
};

enum class Menu { File, Run, View, Faults, Explain, Lessons, Help };

struct CommandSpec {
  CommandId id;
  Menu menu;
  std::string_view name;  ///< stable word for files and lessons: "run.pause"
  std::string_view title;
  std::string_view help;  ///< one sentence, shown as tooltip
  std::array<Chord, 3> keys{};
  bool repeats = false;    ///< fires again while the key is held
  bool separator = false;  ///< a line above it in its menu
};

/// All commands, in menu order; entry i has id i.
std::span<const CommandSpec> command_table();
const CommandSpec& spec_of(CommandId id);
std::string_view title_of(Menu menu);

/// The command that `chord` triggers, or Count. `text_has_focus`: a text field takes the keys that edit text.
CommandId command_for(const Chord& chord, bool text_has_focus);
/// Shown keys, e.g. "Space  .", without the later alternatives when `first_only`.
std::string keys_text(const CommandSpec& spec, bool first_only);

/// How well `query` matches `text` as a fuzzy subsequence: larger is better, negative = no match. An empty query matches with 0.
int fuzzy_score(std::string_view query, std::string_view text);

}  // namespace kscope::ui
