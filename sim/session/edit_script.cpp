// Editing the script: the changed lines as a scenario of their own, run anew from its start up to the first moment at which
// the change makes a difference. Up to there both runs are alike, so what was seen stays true.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

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

/// Why the edit cannot be carried out, before anything is looked at in detail.
Result<std::monostate> check_edit(Session::Impl& impl, const ScriptEdit& edit) {
  const auto& script = impl.memory().log.script();
  const bool is_new = edit.line == ScriptEdit::kNewLine;
  if (!is_new && (edit.line >= script.size() || script[edit.line].is_setup)) {
    return Error{"There is no such line of the script.", {}, 0};
  }
  if (!impl.options.keeps_rows) {
    return Error{"A session that keeps no rows cannot run a changed script.", {}, 0};
  }
  if (edit.time < SimTime{} || edit.time > impl.end()) {
    return Error{
        fmt::format("The time must lie in the run: from 0s to {}.", scenario::duration_text(impl.scenario.until)),
        {},
        0};
  }
  return std::monostate{};
}

/// Every line in its order, the edited one in its place among the others.
std::vector<Line> edited_lines(const EventLog& log, const ScriptEdit& edit, const ScriptEntry* before) {
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
  return lines;
}

/// Where the new branch leaves the old one.
struct Fork {
  SimTime differs_at;       ///< first moment at which the change makes a difference
  SimTime time;             ///< where the playhead will stand
  std::uint64_t event = 0;  ///< so many events are alike and shown
};

Fork fork_of(const EventLog& log, const ScriptEdit& edit, const ScriptEntry* before, const Session& session) {
  const bool is_only_remembered = edit.is_off && (before == nullptr || before->is_off);
  Fork fork;
  fork.differs_at = is_only_remembered                    ? session.now()
                    : before == nullptr || before->is_off ? edit.time
                    : edit.is_off                         ? before->time
                                                          : std::min(before->time, edit.time);
  if (fork.differs_at > session.now()) {
    fork.time = session.now();
    fork.event = session.event();
    return fork;
  }
  const Chunked<LoggedEvent>& rows = log.rows();
  const auto first_after = std::lower_bound(rows.begin(), rows.end(), fork.differs_at,
                                            [](const LoggedEvent& row, SimTime t) { return row.time < t; });
  fork.time = fork.differs_at;
  fork.event = static_cast<std::uint64_t>(first_after - rows.begin());
  return fork;
}

/// What was done by hand before the change stays an act after its event; everything else is scheduled. Only topics must be
/// known from the start, and then all of it is scheduled.
class StaysAct {
 public:
  StaysAct(const EventLog& log, const Fork& fork) : fork_(fork) {
    creates_topics_ = std::any_of(log.script().begin(), log.script().end(), [](const ScriptEntry& entry) {
      return is_act(entry) && entry.text.starts_with("create-topic");
    });
  }
  bool operator()(const ScriptEntry& entry) const {
    return is_act(entry) && !creates_topics_ && entry.event != 0 && entry.event <= fork_.event &&
           entry.time < fork_.differs_at;
  }

 private:
  Fork fork_;
  bool creates_topics_ = false;
};

std::vector<Line> scheduled_lines(const std::vector<Line>& lines, const StaysAct& stays_act) {
  std::vector<Line> scheduled;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(scheduled),
               [&](const Line& line) { return !line.entry.is_off && !stays_act(line.entry); });
  return scheduled;
}

/// The script of the new branch begins with what is scheduled; who wrote a line is remembered.
void add_scheduled(BranchMemory& memory, std::vector<ScriptEntry> entries, const std::vector<Line>& scheduled) {
  std::size_t next = 0;
  for (ScriptEntry& entry : entries) {
    if (!entry.is_setup && next < scheduled.size()) {
      entry.is_by_hand = scheduled[next++].entry.is_by_hand;
    }
    memory.log.add_script(std::move(entry));
  }
}

using LoggedActs = std::vector<Timeline<Run>::LoggedAct>;

/// Acts of the timeline and entries of the script go side by side; what belongs to one line stays together.
LoggedActs keep_acts(Session::Impl& impl, const StaysAct& stays_act, BranchMemory& memory) {
  const auto& acts = impl.timeline.branch().acts;
  LoggedActs kept_acts;
  std::size_t act = 0;
  bool is_kept = false;
  for (const ScriptEntry& entry : impl.memory().log.script()) {
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
  return kept_acts;
}

void add_lines_that_are_off(BranchMemory& memory, const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    if (line.entry.is_off) {
      ScriptEntry off = line.entry;
      memory.log.add_script(std::move(off));
    }
  }
}

}  // namespace

Result<std::monostate> Session::edit_script(const ScriptEdit& edit) {
  if (const Result<std::monostate> checked = check_edit(*impl_, edit); !checked) {
    return checked.error();
  }
  const EventLog& log = impl_->memory().log;
  const ScriptEntry* before = edit.line == ScriptEdit::kNewLine ? nullptr : &log.script()[edit.line];
  if (before != nullptr && before->time == edit.time && before->text == edit.text && before->is_off == edit.is_off) {
    return std::monostate{};
  }
  const std::vector<Line> lines = edited_lines(log, edit, before);
  const Fork fork = fork_of(log, edit, before, *this);
  const StaysAct stays_act(log, fork);
  const std::vector<Line> scheduled = scheduled_lines(lines, stays_act);

  // All lines together must be a scenario; what runs from the start is the part of them that is scheduled.
  scenario::Scenario edited = impl_->scenario;
  edited.seed = impl_->seed;
  if (const Result<std::monostate> read = read_lines(lines, edited); !read) {
    return read.error();
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
  add_scheduled(memory, script_of(inputs, names), scheduled);
  LoggedActs kept_acts = keep_acts(*impl_, stays_act, memory);
  add_lines_that_are_off(memory, lines);

  impl_->timeline.begin_anew(std::move(start), std::move(kept_acts), fork.event, fork.time, reason_of(edit, before));
  impl_->memories.push_back(std::move(memory));
  impl_->undone.clear();
  impl_->shown_until = SimTime{};
  while (event() < fork.event && impl_->step(SimTime::max())) {
  }
  impl_->shown_until = fork.time;
  return std::monostate{};
}

}  // namespace kscope::session
