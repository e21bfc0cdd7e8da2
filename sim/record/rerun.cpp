#include "sim/record/rerun.h"

#include <fmt/format.h>

#include <utility>

#include "sim/record/recorder.h"
#include "sim/scenario/scenario.h"

namespace kscope::record {
namespace {

constexpr std::string_view kBugWord = "bug: ";
constexpr std::uint64_t kEventsBetweenReports = 4'096;

std::string planted_bug_of(const std::string& rules) {
  const std::size_t place = rules.find(kBugWord);
  return place == std::string::npos ? std::string() : rules.substr(place + kBugWord.size());
}

/// Steps to `event`; false when it was stopped or nothing is left before it.
bool go_to(std::uint64_t event, const RerunPlan& plan, Rerun& rerun) {
  session::Session& session = *rerun.session;
  while (session.event() < event) {
    if (plan.progress && session.event() % kEventsBetweenReports == 0 &&
        !plan.progress(session.event(), plan.last_event)) {
      rerun.was_stopped = true;
      return false;
    }
    if (!session.step()) {
      return false;
    }
    if (plan.is_over && plan.is_over()) {
      rerun.was_stopped = true;
      return false;
    }
  }
  return true;
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
    if (!goes_on) {
      break;
    }
    // Somebody may have acted later than at the event, but before the next one. Other events of the same time come after.
    if (command.time > out.session->now()) {
      session::RunLimits limits;
      limits.until = command.time;
      out.session->run(limits);
    }
    if (out.session->event() != command.after_event) {
      out.problem = fmt::format("\"{}\" was done after event {}, now there are {} events before it", command.text,
                                command.after_event, out.session->event());
      goes_on = false;
      break;
    }
    if (plan.on_command) {
      plan.on_command(command);
    }
    if (const Result<std::monostate> posted = out.session->post_script(command.text); !posted) {
      out.problem = fmt::format("\"{}\" after event {} cannot be done: {}", command.text, command.after_event,
                                to_string(posted.error()));
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

Result<void> save_recording(const session::Session& session, std::uint64_t last_event, const RunInfo& info,
                            const std::string& path, const RerunProgress& progress) {
  Result<std::unique_ptr<Recorder>> recorder = Recorder::open(path, info);
  if (!recorder) {
    return recorder.error();
  }
  RerunPlan plan;
  plan.info = info;
  for (const session::PostedAct& act : session.posted()) {
    plan.commands.push_back({act.after_event, act.time, act.script});
  }
  plan.last_event = last_event;
  plan.progress = progress;
  plan.on_command = [&recorder](const HandCommand& command) { (*recorder)->on_command(command); };
  const Result<Rerun> done = rerun(plan, **recorder);
  if (!done) {
    return done.error();
  }
  if (!done->problem.empty()) {
    return Error{done->problem, path, 0};
  }
  return (*recorder)->finish(done->session->world());
}

}  // namespace kscope::record
