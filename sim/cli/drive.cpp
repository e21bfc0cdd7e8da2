#include "sim/cli/drive.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cli/find_scenario.h"
#include "sim/cli/terminal.h"
#include "sim/config/units.h"
#include "sim/record/recorder.h"
#include "sim/scenario/amounts.h"
#include "version_generated.h"

namespace kscope::cli {
namespace {

constexpr Duration kSlice = 50ms;

record::RunInfo run_info(const OpenRun& run, const RunOptions& options) {
  record::RunInfo info;
  info.scenario = run.scenario.title;
  info.scenario_path = run.scenario.path;
  // What is recorded is the scenario as it runs: options may have changed its end.
  info.scenario_text = options.until.empty() ? run.scenario.text : scenario::save(run.scenario);
  info.seed = run.session->seed();
  info.program_version = version();
  info.rules = fmt::format("kafka {}, {}", run.scenario.kafka_version, run.scenario.metadata);
  if (!options.planted_bug.empty()) {
    info.rules += ", bug: " + options.planted_bug;
  }
  info.until = SimTime(run.scenario.until);
  return info;
}

std::string_view verdict_word(view::Verdict verdict) {
  return verdict == view::Verdict::kBroken ? "broken" : "permitted";
}

}  // namespace

OpenRun::OpenRun() = default;
OpenRun::~OpenRun() = default;
OpenRun::OpenRun(OpenRun&&) noexcept = default;

std::string version() { return KSCOPE_VERSION; }

Result<HandAct> parse_hand_act(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  const std::size_t blank = begin == std::string::npos ? begin : text.find(' ', begin);
  const std::size_t line = blank == std::string::npos ? blank : text.find_first_not_of(' ', blank);
  if (line == std::string::npos) {
    return Error{fmt::format("--do \"{}\": expected a time and an action, such as \"15s crash b1\"", text), {}, 0};
  }
  std::string when = text.substr(begin, blank - begin);
  if (when.back() == ':') {
    when.pop_back();
  }
  const std::optional<Duration> time = sim::parse_duration(when);
  if (!time || *time < Duration{0}) {
    return Error{fmt::format("--do \"{}\": \"{}\" is no time; expected such as 15s or 250ms", text, when), {}, 0};
  }
  return HandAct{SimTime(*time), text.substr(line)};
}

Result<OpenRun> open_run(const RunOptions& options) {
  const Result<std::string> path = find_scenario(options.scenario);
  if (!path) {
    return path.error();
  }
  Result<scenario::Scenario> loaded = scenario::load(*path);
  if (!loaded) {
    return loaded.error();
  }
  OpenRun run;
  run.scenario = std::move(*loaded);
  for (const std::string& text : options.acts) {
    const Result<HandAct> act = parse_hand_act(text);
    if (!act) {
      return act.error();
    }
    run.acts.push_back(*act);
  }
  std::stable_sort(run.acts.begin(), run.acts.end(),
                   [](const HandAct& a, const HandAct& b) { return a.time < b.time; });
  if (!options.until.empty()) {
    const std::optional<Duration> until = sim::parse_duration(options.until);
    if (!until || *until <= Duration{0}) {
      return Error{fmt::format("--until \"{}\": expected a duration such as 30s", options.until), {}, 0};
    }
    run.scenario.until = *until;
    // What was expected later cannot be judged in a shorter run.
    std::erase_if(run.scenario.expects, [&](const scenario::Expect& expect) {
      return expect.time != SimTime::max() && expect.time > SimTime(*until);
    });
  }
  session::SessionOptions session_options;
  session_options.keeps_rows = false;
  session_options.keeps_checkpoints = false;
  session_options.planted_bug = options.planted_bug;
  Result<std::unique_ptr<session::Session>> opened =
      session::Session::open(run.scenario, options.seed, session_options);
  if (!opened) {
    return opened.error();
  }
  run.session = std::move(*opened);
  run.session->pause_on_break = false;
  if (!options.record.empty()) {
    Result<std::unique_ptr<record::Recorder>> recorder = record::Recorder::open(options.record, run_info(run, options));
    if (!recorder) {
      return recorder.error();
    }
    run.recorder = std::move(*recorder);
    run.session->set_observer(run.recorder.get());
  }
  return run;
}

Result<Ending> run_to(OpenRun& run, SimTime until) {
  session::Session& session = *run.session;
  const SimTime end = std::min(until, SimTime(run.scenario.until));
  Progress progress;
  std::size_t next_act = 0;
  while (!is_interrupted()) {
    session::RunLimits limits;
    const bool has_act = next_act < run.acts.size() && run.acts[next_act].time <= end;
    limits.until = has_act ? run.acts[next_act].time : end;
    limits.wall_budget = kSlice;
    const session::StopReason reason = session.run(limits);
    if (reason == session::StopReason::kBudgetSpent) {
      const std::int64_t total = std::max<std::int64_t>(nanos(end), 1);
      progress.show(
          fmt::format("{:3} %  {} of {}, {} events", nanos(session.now()) / std::max<std::int64_t>(total / 100, 1),
                      scenario::duration_text(std::chrono::milliseconds(millis(session.now().time_since_epoch()))),
                      scenario::duration_text(end.time_since_epoch()), session.event()));
      continue;
    }
    if (has_act) {
      const HandAct& act = run.acts[next_act++];
      const Result<std::monostate> posted = session.post_script(act.line);
      if (!posted) {
        return posted.error();
      }
      if (run.recorder) {
        run.recorder->on_command({session.event(), session.now(), act.line});
      }
      continue;
    }
    return Ending::kFinished;
  }
  return Ending::kInterrupted;
}

Result<void> finish_recording(OpenRun& run) {
  if (!run.recorder) {
    return {};
  }
  run.session->set_observer(nullptr);
  for (const view::InvariantRow& row : run.session->invariant_rows()) {
    if (row.verdict == view::Verdict::kBroken || row.verdict == view::Verdict::kPermitted) {
      run.recorder->on_violation(
          {row.first_event, row.first_time, row.id, row.name, std::string(verdict_word(row.verdict)), row.detail});
    }
  }
  return run.recorder->finish(run.session->world());
}

}  // namespace kscope::cli
