#include "ui/app/commands.h"

#include <algorithm>
#include <cctype>

namespace kscope::ui {
namespace {

using C = CommandId;
using K = Key;

constexpr auto kTable = std::to_array<CommandSpec>({
    {C::OpenScenario,
     Menu::File,
     "file.open",
     "Open a file\u2026",
     "Choose a scenario file; what is wrong with it is said here, and the old run stays.",
     {ctrl(K::O)}},
    {C::SaveRun,
     Menu::File,
     "file.save",
     "Save as a scenario\u2026",
     "Write the scenario with every action of this branch as a file.",
     {ctrl(K::S)}},
    {C::RecordRun,
     Menu::File,
     "file.record",
     "Save a recording\u2026",
     "Write every event up to the moment shown as a recording, for replay, query and export on the command line.",
     {Chord{K::S, true, true, false}}},
    {C::FirstScreen,
     Menu::File,
     "file.first",
     "Hello: a small cluster",
     "The first screen again: three brokers at work, a fresh run.",
     {ctrl(K::N)}},
    {C::ExportStage,
     Menu::File,
     "file.export",
     "Picture of the stage\u2026",
     "Write the stage as an SVG file, for a text or a hand-out.",
     {ctrl(K::E)},
     false,
     true},
    {C::ClearRecent,
     Menu::File,
     "file.clear_recent",
     "Forget recent runs",
     "Empty the list of recent runs; the files stay.",
     {},
     false,
     true},
    {C::Quit, Menu::File, "file.quit", "Quit", "Close the window.", {ctrl(K::Q)}, false, true},

    {C::PlayPause,
     Menu::Run,
     "run.pause",
     "Play / Pause",
     "Pause, or resume from the moment shown.",
     {plain(K::Space), plain(K::Period)}},
    {C::StepForward, Menu::Run, "run.step", "Next event", "Go to the next visible event.", {plain(K::Right)}, true},
    {C::StepBack, Menu::Run, "run.back", "Previous event", "Go back one visible event.", {plain(K::Left)}, true},
    {C::BeatForward,
     Menu::Run,
     "run.next_beat",
     "Next beat",
     "Go to the next notable event of the story.",
     {shift(K::Right), plain(K::PageDown)},
     true},
    {C::BeatBack,
     Menu::Run,
     "run.previous_beat",
     "Previous beat",
     "Go back to the previous notable event.",
     {shift(K::Left), plain(K::PageUp)},
     true},
    {C::EntityForward,
     Menu::Run,
     "run.next_on_entity",
     "Next event of the selection",
     "Go to the next event that touches what is selected.",
     {alt(K::Right)},
     true},
    {C::EntityBack,
     Menu::Run,
     "run.previous_on_entity",
     "Previous event of the selection",
     "Go back to the previous event that touches what is selected.",
     {alt(K::Left)},
     true},
    {C::ToStart, Menu::Run, "run.start", "To the start", "Go to the first moment.", {plain(K::Home)}, false, true},
    {C::ToEnd,
     Menu::Run,
     "run.end",
     "To the newest moment",
     "Go to the newest moment that was computed.",
     {plain(K::End)}},
    {C::GoTo,
     Menu::Run,
     "run.goto",
     "Go to time or event\u2026",
     "Type a time such as 12.5s or an event number such as #840.",
     {plain(K::G)}},
    {C::RunUntil,
     Menu::Run,
     "run.until",
     "Run until\u2026",
     "Run until a time, or until a condition such as isr(orders-0) < 2 holds.",
     {plain(K::U)}},
    {C::Speed1,
     Menu::Run,
     "run.speed1",
     "Speed 1: very slow",
     "1 ms of simulated time in a second.",
     {plain(K::D1)},
     false,
     true},
    {C::Speed2, Menu::Run, "run.speed2", "Speed 2: slow", "5 ms of simulated time in a second.", {plain(K::D2)}},
    {C::Speed3, Menu::Run, "run.speed3", "Speed 3", "20 ms of simulated time in a second.", {plain(K::D3)}},
    {C::Speed4, Menu::Run, "run.speed4", "Speed 4", "100 ms of simulated time in a second.", {plain(K::D4)}},
    {C::Speed5, Menu::Run, "run.speed5", "Speed 5: real time", "1 s of simulated time in a second.", {plain(K::D5)}},
    {C::Speed6, Menu::Run, "run.speed6", "Speed 6: fast", "10 s of simulated time in a second.", {plain(K::D6)}},
    {C::SpeedAuto,
     Menu::Run,
     "run.speed_auto",
     "Adaptive speed",
     "Slow at beats, quick over idle time.",
     {plain(K::D0)}},
    {C::UndoAction,
     Menu::Run,
     "run.undo",
     "Back before the last action",
     "Return to the branch before the last action; nothing is lost.",
     {ctrl(K::Z)},
     false,
     true},
    {C::RedoAction,
     Menu::Run,
     "run.redo",
     "Again to the next action",
     "Return to the branch that an undo left.",
     {ctrl(K::Y)}},
    {C::Restart,
     Menu::Run,
     "run.restart",
     "Start this scenario again",
     "A fresh run of the same scenario and seed.",
     {}},
    {C::OtherMetadata,
     Menu::Run,
     "run.other_metadata",
     "ZooKeeper / KRaft",
     "The same scenario and seed with the other metadata design, from its beginning.",
     {plain(K::M)}},

    {C::LayoutLesson,
     Menu::View,
     "view.lesson",
     "Lesson layout",
     "Large stage with the story beside it, no tables.",
     {plain(K::F2)}},
    {C::LayoutExplore,
     Menu::View,
     "view.explore",
     "Explore layout",
     "Scenarios, stage, inspector and tables.",
     {plain(K::F3)}},
    {C::LayoutDebug, Menu::View, "view.debug", "Debug layout", "Tall tables and inspector.", {plain(K::F4)}},
    {C::ToggleProjector, Menu::View, "view.projector", "Projector", "Large light picture for a hall.", {plain(K::F11)}},
    {C::ThemeLight, Menu::View, "view.light", "Light theme", "Dark text on light ground.", {}, false, true},
    {C::ThemeDark, Menu::View, "view.dark", "Dark theme", "Light text on dark ground.", {}},
    {C::ScaleUp,
     Menu::View,
     "view.larger",
     "Larger",
     "Enlarge text and controls.",
     {ctrl(K::Plus), Chord{K::Plus, true, true, false}},
     true},
    {C::ScaleDown, Menu::View, "view.smaller", "Smaller", "Shrink text and controls.", {ctrl(K::Minus)}, true},
    {C::ScaleReset, Menu::View, "view.scale_reset", "Normal size", "Text and controls at 100 %.", {ctrl(K::D0)}},
    {C::ToggleLeftRail,
     Menu::View,
     "view.left",
     "Left rail",
     "Show or hide scenarios and lessons.",
     {ctrl(K::B)},
     false,
     true},
    {C::ToggleRightPanel, Menu::View, "view.right", "Right panel", "Show or hide the inspector.", {ctrl(K::I)}},
    {C::ToggleBottom, Menu::View, "view.bottom", "Tables", "Show or hide the tables below.", {ctrl(K::J)}},
    {C::FitStage, Menu::View, "view.fit", "Fit the stage", "Show the whole cluster.", {plain(K::F)}, false, true},
    {C::Filter, Menu::View, "view.filter", "Filter\u2026", "Filter the table below.", {plain(K::Slash), ctrl(K::F)}},
    {C::ToggleHidden,
     Menu::View,
     "view.hidden",
     "Show heartbeats and empty fetches",
     "These messages are hidden at first.",
     {ctrl(K::H)}},
    {C::CycleCellText,
     Menu::View,
     "view.cell_text",
     "Text in record cells",
     "Offset, key, value or nothing.",
     {plain(K::V)}},
    {C::ToggleGhosts,
     Menu::View,
     "view.ghosts",
     "Ghosts of lost records",
     "Keep the outlines of records that were truncated.",
     {}},
    {C::ToggleReducedMotion,
     Menu::View,
     "view.reduced_motion",
     "Reduced motion",
     "Arrows instead of moving messages.",
     {}},
    {C::ToggleAdmin,
     Menu::View,
     "view.admin",
     "Administrator on the stage",
     "The client that creates topics; hidden at first.",
     {}},
    {C::ShowStage, Menu::View, "view.stage", "Cluster", "The stage with all brokers.", {ctrl(K::D1)}, false, true},
    {C::ShowLog,
     Menu::View,
     "view.log",
     "Log",
     "One partition in large: all replicas aligned by offset.",
     {ctrl(K::D2)}},
    {C::ShowSequence, Menu::View, "view.sequence", "Sequence", "Who sent what to whom, over time.", {ctrl(K::D3)}},
    {C::ShowPartitions, Menu::View, "view.partitions", "Partitions", "The partitions as a table.", {ctrl(K::D4)}},
    {C::ShowGroups, Menu::View, "view.groups", "Groups", "The consumer groups and who owned what.", {ctrl(K::D5)}},
    {C::ShowEvents, Menu::View, "view.events", "Events", "Every event as a table.", {ctrl(K::D6)}},
    {C::ShowScript, Menu::View, "view.script", "Script", "The actions of this branch as text.", {ctrl(K::D7)}},
    {C::ShowInvariants, Menu::View, "view.invariants", "Invariants", "What must always hold.", {ctrl(K::D8)}},

    {C::Kill,
     Menu::Faults,
     "fault.kill",
     "Kill the selection",
     "Crash the selected broker, or the leader of the selected partition, or the client.",
     {plain(K::K)}},
    {C::RestartNode,
     Menu::Faults,
     "fault.restart",
     "Restart the selection",
     "Start the selected node again from its disk.",
     {plain(K::R)}},
    {C::PauseNode,
     Menu::Faults,
     "fault.pause",
     "Pause the selection for 10 s",
     "Like a long garbage collection: the process stands still.",
     {plain(K::P)}},
    {C::CutLink,
     Menu::Faults,
     "fault.cut",
     "Cut the selection off",
     "No packet reaches it or leaves it.",
     {plain(K::L)}},
    {C::BreakConnection,
     Menu::Faults,
     "fault.break",
     "Break the connection here",
     "The selected message is lost and both ends see the connection close.",
     {plain(K::X)}},
    {C::FaultMenu,
     Menu::Faults,
     "fault.menu",
     "Break or mend\u2026",
     "Everything that can be done to the selection, or to the first leader when nothing is selected.",
     {shift(K::F10)}},
    {C::AddScriptLine,
     Menu::Faults,
     "fault.line",
     "At a time\u2026",
     "Add a line to the script: what is done, and when. In the past it runs anew from there, as a branch.",
     {plain(K::A)}},
    {C::HealAll,
     Menu::Faults,
     "fault.heal",
     "Heal everything",
     "Remove every active fault of network, disks and processes.",
     {},
     false,
     true},

    {C::Why,
     Menu::Explain,
     "explain.why",
     "Why?",
     "The chain of causes that led to the selected value or event.",
     {plain(K::W)}},
    {C::FollowCause,
     Menu::Explain,
     "explain.cause",
     "Cause of the event",
     "Go to the event that caused the selected one.",
     {ctrl(K::Left)},
     true},
    {C::FollowEffect,
     Menu::Explain,
     "explain.effect",
     "Effect of the event",
     "Go to the first event that the selected one caused.",
     {ctrl(K::Right)},
     true},
    {C::FocusSelection,
     Menu::Explain,
     "explain.focus",
     "Focus the selection",
     "Bring the selection into view: a broker in large, a partition's log, a group's generations, an event's moment.",
     {plain(K::Enter)},
     false,
     true},
    {C::InspectBack,
     Menu::Explain,
     "explain.back",
     "Back to what was selected before",
     "Select the thing that was selected before this one.",
     {plain(K::Backspace)},
     true},
    {C::InspectForward,
     Menu::Explain,
     "explain.forward",
     "Forward again",
     "Select the thing that Back left.",
     {shift(K::Backspace)},
     true},
    {C::TogglePin,
     Menu::Explain,
     "explain.pin",
     "Pin the inspection",
     "Keep all about the selection open in a window of its own, which follows it through time; again to close it.",
     {plain(K::I)}},
    {C::Deselect,
     Menu::Explain,
     "explain.deselect",
     "Step out",
     "Close what is open, or select nothing.",
     {plain(K::Escape)}},
    {C::NextEntity,
     Menu::Explain,
     "explain.next",
     "Next thing on the stage",
     "Select the next broker, replica, client or message.",
     {plain(K::Tab)},
     true},
    {C::PreviousEntity,
     Menu::Explain,
     "explain.previous",
     "Previous thing on the stage",
     "Select the previous one.",
     {shift(K::Tab)},
     true},
    {C::AddBookmark,
     Menu::Explain,
     "explain.bookmark",
     "Bookmark this moment",
     "Remember the moment on the timeline.",
     {plain(K::B)},
     false,
     true},
    {C::NextBookmark,
     Menu::Explain,
     "explain.next_bookmark",
     "Next bookmark",
     "Go to the next bookmark.",
     {plain(K::N)}},
    {C::PreviousBookmark,
     Menu::Explain,
     "explain.previous_bookmark",
     "Previous bookmark",
     "Go back to the previous bookmark.",
     {shift(K::N)}},

    {C::ShowLessons,
     Menu::Lessons,
     "lesson.list",
     "Only lessons in the list",
     "Show only the lessons, or every scenario, in the rail on the left.",
     {}},

    {C::ShowHelp, Menu::Help, "help.help", "Help", "What the parts of the window are.", {plain(K::F1)}},
    {C::ShowKeys,
     Menu::Help,
     "help.keys",
     "Keys",
     "Every shortcut on one sheet.",
     {shift(K::Question), plain(K::Question)}},
    {C::ShowLegend, Menu::Help, "help.legend", "Legend", "The signs of the stage and what they mean.", {plain(K::H)}},
    {C::ShowPalette,
     Menu::Help,
     "help.palette",
     "Command palette\u2026",
     "Find any command, thing or lesson by typing.",
     {ctrl(K::P), ctrl(K::K)}},
    {C::WhatIsThis,
     Menu::Help,
     "help.what",
     "What is this?",
     "While it is on, the card under the cursor says what the thing is and which configs govern it.",
     {shift(K::F1)}},
});
static_assert(kTable.size() == static_cast<std::size_t>(CommandId::Count));

constexpr bool ids_in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (kTable[i].id != static_cast<CommandId>(i)) {
      return false;
    }
  }
  return true;
}
static_assert(ids_in_order(), "the table must list the commands in the order of CommandId");

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

std::span<const CommandSpec> command_table() { return kTable; }

const CommandSpec& spec_of(CommandId id) { return kTable[static_cast<std::size_t>(id)]; }

std::string_view title_of(Menu menu) {
  switch (menu) {
    case Menu::File: return "File";
    case Menu::Run: return "Run";
    case Menu::View: return "View";
    case Menu::Faults: return "Faults";
    case Menu::Explain: return "Explain";
    case Menu::Lessons: return "Lessons";
    case Menu::Help: return "Help";
  }
  return "";
}

CommandId command_for(const Chord& chord, bool text_has_focus) {
  if (chord.key == Key::None || (text_has_focus && edits_text(chord))) {
    return CommandId::Count;
  }
  for (const CommandSpec& spec : kTable) {
    for (const Chord& key : spec.keys) {
      if (key.key != Key::None && key == chord) {
        return spec.id;
      }
    }
  }
  return CommandId::Count;
}

std::string keys_text(const CommandSpec& spec, bool first_only) {
  std::string out;
  for (const Chord& key : spec.keys) {
    const std::string name = key.key == Key::None ? "" : name_of(key);
    if (name.empty() || name == out) {
      continue;
    }
    out += (out.empty() ? "" : "   ") + name;
    if (first_only) {
      break;
    }
  }
  return out;
}

int fuzzy_score(std::string_view query, std::string_view text) {
  int score = 0;
  std::size_t at = 0;
  std::size_t previous = std::string_view::npos;
  for (const char q : query) {
    if (q == ' ') {
      continue;
    }
    while (at < text.size() && lower(text[at]) != lower(q)) {
      ++at;
    }
    if (at == text.size()) {
      return -1;
    }
    const bool word_start = at == 0 || text[at - 1] == ' ' || text[at - 1] == '.' || text[at - 1] == '-';
    score += 1 + (word_start ? 6 : 0) + (previous != std::string_view::npos && at == previous + 1 ? 4 : 0);
    previous = at;
    ++at;
  }
  // Who types the beginning of a name means that name, and who types all of it nothing else.
  bool is_prefix = query.size() <= text.size();
  for (std::size_t i = 0; is_prefix && i < query.size(); ++i) {
    is_prefix = lower(query[i]) == lower(text[i]);
  }
  score += is_prefix ? (query.size() == text.size() ? 200 : 20) : 0;
  return query.empty() ? 0 : std::max(0, score * 4 - static_cast<int>(text.size()) / 4);
}

}  // namespace kscope::ui
