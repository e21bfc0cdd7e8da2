#include "sim/record/rerun.h"

#include <fmt/format.h>

#include <utility>

#include "sim/record/recorder.h"
#include "sim/scenario/scenario.h"

namespace kscope::record {
namespace {

constexpr std::string_view kBugWord = "bug: ";
constexpr std::uint64_t kEventsBetweenReports = 4'096;
constexpr Duration kTimeBetweenReports = 50ms;

std::string planted_bug_of(const std::string& rules) {
  const std::size_t place = rules.find(kBugWord);
  return place == std::string::npos ? std::string() : rules.substr(place + kBugWord.size());
}

/// Whether somebody wants it to end here.
bool is_stopped(const RerunPlan& plan, Rerun& rerun, bool is_time_to_report) {
  const session::Session& session = *rerun.session;
  rerun.was_stopped = (plan.is_over && plan.is_over()) ||
                      (is_time_to_report && plan.progress && !plan.progress(session.event(), plan.last_event));
  return rerun.was_stopped;
}

/// Steps to `event`; false when it was stopped or nothing is left before it.
bool go_to(std::uint64_t event, const RerunPlan& plan, Rerun& rerun) {
  session::Session& session = *rerun.session;
  while (session.event() < event) {
    if (is_stopped(plan, rerun, session.event() % kEventsBetweenReports == 0) || !session.step()) {
      return false;
    }
  }
  return !is_stopped(plan, rerun, false);
}

/// Lets time pass until `time`, which may be later than any event; false when it was stopped.
bool wait_until(SimTime time, const RerunPlan& plan, Rerun& rerun) {
  session::RunLimits limits;
  limits.until = time;
  limits.wall_budget = kTimeBetweenReports;
  while (rerun.session->run(limits) == session::StopReason::kBudgetSpent) {
    if (is_stopped(plan, rerun, true)) {
      return false;
    }
  }
  return !is_stopped(plan, rerun, false);
}

}  // namespace

Result<Rerun> rerun(const RerunPlan& plan, sim::Observer& observer) {
  Result<scenario::Scenario> scenario = scenario::parse(plan.info.scenario_text, plan.info.scenario_path);
  if (!scenario) {
    return scenario.error();
  }
  session::SessionOptions options;
  options.keeps_rows = false;
  options.keeps_checkpoints = false;
  options.planted_bug = planted_bug_of(plan.info.rules);
  Result<std::unique_ptr<session::Session>> session = session::Session::open(*scenario, plan.info.seed, options);
  if (!session) {
    return session.error();
  }
  Rerun out;
  out.session = std::move(*session);
  out.session->pause_on_break = false;
  out.session->set_observer(&observer);
  bool goes_on = true;
  for (const HandCommand& command : plan.commands) {
    if (command.after_event > plan.last_event) {
      break;
    }
    goes_on = go_to(command.after_event, plan, out);
    // Somebody may have acted later than at the event, but before the next one. Other events of the same time come after.
    if (goes_on && command.time > out.session->now()) {
      goes_on = wait_until(command.time, plan, out);
    }
    if (!goes_on) {
      break;
    }
    if (out.session->event() != command.after_event) {
      out.refused = command;
      out.problem = fmt::format("{} events come before it", out.session->event());
      goes_on = false;
      break;
    }
    if (plan.on_command) {
      plan.on_command(command);
    }
    if (const Result<std::monostate> posted = out.session->post_script(command.text); !posted) {
      out.refused = command;
      out.problem = "it cannot be done: " + to_string(posted.error());
      goes_on = false;
      break;
    }
  }
  if (goes_on) {
    go_to(plan.last_event, plan, out);
  }
  out.session->set_observer(nullptr);
  return out;
}

RecordingPlan recording_plan(const session::Session& session, RunInfo info) {
  RecordingPlan out;
  out.info = std::move(info);
  for (const session::PostedAct& act : session.posted()) {
    out.commands.push_back({act.after_event, act.time, act.script});
  }
  out.last_event = session.event();
  return out;
}

Result<void> save_recording(const RecordingPlan& run, const std::string& path, const RerunProgress& progress) {
  Result<std::unique_ptr<Recorder>> recorder = Recorder::open(path, run.info);
  if (!recorder) {
    return recorder.error();
  }
  RerunPlan plan;
  plan.info = run.info;
  plan.commands = run.commands;
  plan.last_event = run.last_event;
  plan.progress = progress;
  plan.on_command = [&recorder](const HandCommand& command) { (*recorder)->on_command(command); };
  const Result<Rerun> done = rerun(plan, **recorder);
  if (!done) {
    return done.error();
  }
  if (done->refused) {
    return Error{
        fmt::format("\"{}\" after event {}: {}", done->refused->text, done->refused->after_event, done->problem), path,
        0};
  }
  if (done->was_stopped) {
    return Error{"it was stopped before its end", path, 0};
  }
  return (*recorder)->finish(done->session->world());
}

}  // namespace kscope::record
