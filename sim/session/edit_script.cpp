// Editing the script: the changed lines as a scenario of their own, run anew from its start up to the first moment at which
// the change makes a difference. Up to there both runs are alike, so what was seen stays true.
#include <fmt/format.h>

#include <algorithm>

#include "engine/core/check.h"
#include "sim/scenario/amounts.h"
#include "sim/scenario/build.h"
#include "sim/session/session_impl.h"
#include "sim/view/build.h"

namespace kscope::session {
namespace {

/// A line of the script while it is edited.
struct Line {
  ScriptEntry entry;
  std::size_t number = 0;  ///< for people, from 1
};

/// Done by hand on this branch or one that it comes from: an act of the timeline, one for one and in the same order.
bool is_act(const ScriptEntry& entry) { return entry.is_by_hand && !entry.is_scheduled && !entry.is_off; }

/// The lines that people see, as they were added.
std::vector<Line> lines_of(const EventLog& log) {
  std::vector<Line> lines;
  for (const ScriptEntry& entry : log.script()) {
    if (!entry.is_setup) {
      lines.push_back({entry, 0});
    }
  }
  return lines;
}

void put_in_order(std::vector<Line>& lines) {
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.entry.time < b.entry.time; });
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i].number = i + 1;
  }
}

Error line_error(const Line& line, const std::string& text) { return Error{text, {}, static_cast<int>(line.number)}; }

/// Reads every line that is on into `scenario.actions`; lines that create topics first, because others may name them.
Result<std::monostate> read_lines(const std::vector<Line>& lines, scenario::Scenario& scenario) {
  std::vector<scenario::TimedAction> actions(lines.size());
  scenario.actions.clear();
  for (const bool creates : {true, false}) {
    const scenario::Names names = scenario::names_of(scenario);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const ScriptEntry& entry = lines[i].entry;
      if (entry.is_off || entry.text.starts_with("create-topic") != creates) {
        continue;
      }
      const Result<scenario::Action> action = scenario::parse_action(entry.text, names);
      if (!action) {
        return line_error(lines[i], action.error().text);
      }
      actions[i] = {entry.time, *action, static_cast<int>(lines[i].number)};
      if (creates) {
        scenario.actions.push_back(actions[i]);
      }
    }
  }
  scenario.actions.clear();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].entry.is_off) {
      scenario.actions.push_back(actions[i]);
    }
  }
  for (const scenario::Problem& problem : scenario::validate(scenario)) {
    if (!problem.is_warning) {
      return Error{problem.text, {}, problem.line};
    }
  }
  return std::monostate{};
}

std::string reason_of(const ScriptEdit& edit, const ScriptEntry* before) {
  const auto at = [](SimTime time) { return scenario::duration_text(time.time_since_epoch()); };
  if (before == nullptr) {
    return fmt::format("{} at {}", edit.text, at(edit.time));
  }
  if (edit.is_off != before->is_off) {
    return (edit.is_off ? "without " : "with ") + before->text;
  }
  return before->text == edit.text ? fmt::format("{} at {}", edit.text, at(edit.time))
                                   : fmt::format("{} instead of {}", edit.text, before->text);
}

}  // namespace

Result<std::monostate> Session::edit_script(const ScriptEdit& edit) {
  const EventLog& log = impl_->memory().log;
  const bool is_new = edit.line == ScriptEdit::kNewLine;
  if (!is_new && (edit.line >= log.script().size() || log.script()[edit.line].is_setup)) {
    return Error{"There is no such line of the script.", {}, 0};
  }
  if (!impl_->options.keeps_rows) {
    return Error{"A session that keeps no rows cannot run a changed script.", {}, 0};
  }
  if (edit.time < SimTime{} || edit.time > impl_->end()) {
    return Error{
        fmt::format("The time must lie in the run: from 0s to {}.", scenario::duration_text(impl_->scenario.until)),
        {},
        0};
  }
  const ScriptEntry* before = is_new ? nullptr : &log.script()[edit.line];
  if (before != nullptr && before->time == edit.time && before->text == edit.text && before->is_off == edit.is_off) {
    return std::monostate{};
  }

  // The edited line, in its place among the others.
  std::vector<Line> lines = lines_of(log);
  ScriptEntry wanted;
  wanted.time = edit.time;
  wanted.text = edit.text;
  wanted.is_off = edit.is_off;
  wanted.is_by_hand = true;
  if (before == nullptr) {
    lines.push_back({wanted, 0});
  } else {
    std::size_t place = 0;
    for (std::size_t i = 0; i < edit.line; ++i) {
      place += log.script()[i].is_setup ? 0 : 1;
    }
    wanted.is_by_hand = before->is_by_hand || before->text != edit.text || before->time != edit.time;
    lines[place].entry = wanted;
  }
  put_in_order(lines);

  SimTime differs_at = before == nullptr || before->is_off ? edit.time
                       : edit.is_off                       ? before->time
                                                           : std::min(before->time, edit.time);
  const bool is_only_remembered = edit.is_off && (before == nullptr || before->is_off);
  if (is_only_remembered) {
    differs_at = now();
  }
  const bool is_ahead = differs_at > now();
  const SimTime fork_time = is_ahead ? now() : differs_at;
  const Chunked<LoggedEvent>& rows = log.rows();
  const std::uint64_t fork_event =
      is_ahead ? event()
               : static_cast<std::uint64_t>(
                     std::lower_bound(rows.begin(), rows.end(), differs_at,
                                      [](const LoggedEvent& row, SimTime t) { return row.time < t; }) -
                     rows.begin());

  // What was done by hand before the change stays an act after its event; everything else is scheduled. Only topics must be
  // known from the start.
  const bool creates_topics = std::any_of(log.script().begin(), log.script().end(), [](const ScriptEntry& entry) {
    return is_act(entry) && entry.text.starts_with("create-topic");
  });
  const auto stays_act = [&](const ScriptEntry& entry) {
    return is_act(entry) && !creates_topics && entry.event != 0 && entry.event <= fork_event && entry.time < differs_at;
  };
  scenario::Scenario edited = impl_->scenario;
  edited.seed = impl_->seed;
  if (const Result<std::monostate> read = read_lines(lines, edited); !read) {
    return read.error();
  }
  std::vector<Line> scheduled;
  for (const Line& line : lines) {
    if (!line.entry.is_off && !stays_act(line.entry)) {
      scheduled.push_back(line);
    }
  }
  if (const Result<std::monostate> read = read_lines(scheduled, edited); !read) {
    return read.error();
  }
  const scenario::Names names = scenario::names_of(edited);
  Result<std::vector<ExpectState>> expects = expects_of(edited, names);
  if (!expects) {
    return expects.error();
  }
  std::vector<scenario::ScheduledInput> inputs;
  Run start = make_run(edited, impl_->seed, impl_->options, inputs);

  BranchMemory memory;
  memory.log = EventLog(impl_->options.keeps_rows);
  memory.expects = std::move(*expects);
  memory.actions = edited.actions;
  std::size_t next = 0;
  for (ScriptEntry& entry : script_of(inputs, names)) {
    if (!entry.is_setup && next < scheduled.size()) {
      entry.is_by_hand = scheduled[next++].entry.is_by_hand;
    }
    memory.log.add_script(std::move(entry));
  }
  // Acts of the timeline and entries of the script go side by side; what belongs to one line stays together.
  const auto& acts = impl_->timeline.branch().acts;
  std::vector<Timeline<Run>::LoggedAct> kept_acts;
  std::size_t act = 0;
  bool is_kept = false;
  for (const ScriptEntry& entry : log.script()) {
    if (!is_act(entry)) {
      continue;
    }
    KSCOPE_CHECK(act < acts.size(), "every line that was done by hand is an act of the timeline");
    is_kept = entry.is_setup ? is_kept : stays_act(entry);
    if (is_kept) {
      ScriptEntry kept = entry;
      kept.event = 0;
      memory.log.add_script(std::move(kept));
      kept_acts.push_back(acts[act]);
    }
    ++act;
  }
  for (const Line& line : lines) {
    if (line.entry.is_off) {
      ScriptEntry off = line.entry;
      memory.log.add_script(std::move(off));
    }
  }

  const std::string reason = reason_of(edit, before);
  impl_->timeline.begin_anew(std::move(start), std::move(kept_acts), fork_event, fork_time, reason);
  impl_->memories.push_back(std::move(memory));
  impl_->undone.clear();
  impl_->shown_until = SimTime{};
  while (event() < fork_event && impl_->step(SimTime::max())) {
  }
  impl_->shown_until = fork_time;
  return std::monostate{};
}

}  // namespace kscope::session
