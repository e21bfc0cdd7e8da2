#include "sim/cli/drive.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cli/exit_status.h"
#include "sim/cli/find_scenario.h"
#include "sim/cli/terminal.h"
#include "sim/cli/usage_error.h"
#include "sim/config/units.h"
#include "sim/record/recorder.h"
#include "sim/scenario/amounts.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/rule_settings.h"
#include "version_generated.h"

namespace kscope::cli {
namespace {

constexpr Duration kSlice = 50ms;

record::RunInfo run_info(const OpenRun& run, const RunOptions& options) {
  record::RunInfo info;
  info.scenario = run.scenario.title;
  info.scenario_path = run.scenario.path;
  // What is recorded is the scenario as it runs: options may have changed its end or its rules.
  const bool is_as_written = options.until.empty() && options.rules.empty();
  info.scenario_text = is_as_written ? run.scenario.text : scenario::save(run.scenario);
  info.seed = run.session->seed();
  info.program_version = version();
  info.rules = scenario::rules_text(run.scenario);
  if (!options.planted_bug.empty()) {
    info.rules += ", bug: " + options.planted_bug;
  }
  info.until = SimTime(run.scenario.until);
  return info;
}

std::string_view report_word(view::Verdict verdict) {
  return verdict == view::Verdict::kBroken ? "broken" : "permitted";
}

// What was expected later cannot be judged in a shorter run; it is shown as open.
void shorten(OpenRun& run, Duration until) {
  const bool is_shorter = until < run.scenario.until;
  run.scenario.until = until;
  std::vector<scenario::Expect> kept;
  for (scenario::Expect& expect : run.scenario.expects) {
    const bool is_at_end = expect.kind == scenario::Expect::Kind::kFinally;
    const bool has_time = expect.time != SimTime::max();
    if ((is_at_end && is_shorter) || (has_time && expect.time > SimTime(until)) || expect.from > SimTime(until)) {
      run.postponed.push_back(std::move(expect));
    } else {
      kept.push_back(std::move(expect));
    }
  }
  run.scenario.expects = std::move(kept);
}

}  // namespace

OpenRun::OpenRun() = default;
OpenRun::~OpenRun() = default;
OpenRun::OpenRun(OpenRun&&) noexcept = default;

std::string progress_text(SimTime now, SimTime end, std::uint64_t events) {
  const std::int64_t hundredth = std::max<std::int64_t>(nanos(end) / 100, 1);
  const std::int64_t tenths = nanos(now) / 100'000'000;
  const std::int64_t end_ms = millis(end.time_since_epoch());
  const std::string end_text =
      end_ms % 1000 == 0 ? std::to_string(end_ms / 1000) : fmt::format("{}.{:03}", end_ms / 1000, end_ms % 1000);
  return fmt::format("{:3} %  {}.{}s of {}s, {} events", nanos(now) / hundredth, tenths / 10, tenths % 10, end_text,
                     events);
}

std::string version() { return KSCOPE_VERSION; }

Result<HandAct> parse_hand_act(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  const std::size_t blank = begin == std::string::npos ? begin : text.find(' ', begin);
  const std::size_t line = blank == std::string::npos ? blank : text.find_first_not_of(' ', blank);
  if (line == std::string::npos) {
    return Error{
        fmt::format("\"{}\": expected a time and an action, such as \"15s crash b1\"", scenario::shown(text)), {}, 0};
  }
  std::string when = text.substr(begin, blank - begin);
  if (when.back() == ':') {
    when.pop_back();
  }
  if (const std::string problem = moment_problem(when); !problem.empty()) {
    return Error{fmt::format("\"{}\": {}", scenario::shown(text), problem), {}, 0};
  }
  return HandAct{SimTime(*sim::parse_duration(when)), text.substr(line)};
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
  if (!options.until.empty()) {
    if (const std::string problem = duration_problem(options.until); !problem.empty()) {
      return Error{"--until: " + problem, {}, 0};
    }
    shorten(run, *sim::parse_duration(options.until));
  }
  for (const std::string& text : options.rules) {
    Result<scenario::ConfigEntry> setting = scenario::parse_rule_setting(text);
    if (!setting) {
      return Error{"--rules: " + setting.error().text, {}, 0};
    }
    if (const std::string problem = scenario::rule_problem_with(scenario::metadata_mode(run.scenario), *setting);
        !problem.empty()) {
      return Error{"--rules: " + problem, {}, 0};
    }
    scenario::set_rule(run.scenario, std::move(*setting));
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
  return run;
}

Result<void> plan_acts(OpenRun& run, const RunOptions& options) {
  for (const std::string& text : options.acts) {
    const Result<HandAct> act = parse_hand_act(text);
    if (!act) {
      return act.error();
    }
    if (act->time > SimTime(run.scenario.until)) {
      return Error{fmt::format("--do \"{}\": this lies after the end of the run ({}); --until makes it longer", text,
                               scenario::duration_text(run.scenario.until)),
                   {},
                   0};
    }
    run.acts.push_back(*act);
  }
  std::stable_sort(run.acts.begin(), run.acts.end(),
                   [](const HandAct& a, const HandAct& b) { return a.time < b.time; });
  // Mistakes are told before the run, not in the middle of it. Topics count from their creation on.
  scenario::Names names = scenario::names_of(run.scenario);
  for (const HandAct& act : run.acts) {
    const Result<scenario::Action> action = scenario::parse_action(act.line, names);
    if (!action) {
      return action.error();
    }
    if (action->verb == scenario::Verb::kCreateTopic && !names.topic(action->topic).is_valid()) {
      names.topics.push_back({action->topic, action->number == 0 ? -1 : static_cast<std::int32_t>(action->number)});
    } else if (action->verb == scenario::Verb::kCreatePartitions) {
      names.may_have(action->topic, static_cast<std::int32_t>(action->number));
    }
  }
  return {};
}

Result<void> start_recording(OpenRun& run, const RunOptions& options) {
  if (options.record.empty()) {
    return {};
  }
  Result<std::unique_ptr<record::Recorder>> recorder = record::Recorder::open(options.record, run_info(run, options));
  if (!recorder) {
    return recorder.error();
  }
  run.recorder = std::move(*recorder);
  run.session->set_observer(run.recorder.get());
  return {};
}

std::unique_ptr<OpenRun> prepare_run(const RunOptions& options, int& status) {
  const auto refuse = [&status](const Error& error, int why) {
    fmt::print(stderr, "{}\n", to_string(error));
    status = why;
    return nullptr;
  };
  Result<OpenRun> opened = open_run(options);
  if (!opened) {
    return refuse(opened.error(), kBadInput);
  }
  auto run = std::make_unique<OpenRun>(std::move(*opened));
  if (const Result<void> planned = plan_acts(*run, options); !planned) {
    return refuse(planned.error(), kUsage);
  }
  if (const Result<void> started = start_recording(*run, options); !started) {
    return refuse(started.error(), kBadInput);
  }
  return run;
}

Result<Ending> run_to(OpenRun& run, SimTime until, Progress* progress) {
  session::Session& session = *run.session;
  const SimTime end = std::min(until, SimTime(run.scenario.until));
  std::size_t next_act = 0;
  while (!is_interrupted()) {
    session::RunLimits limits;
    const bool has_act = next_act < run.acts.size() && run.acts[next_act].time <= end;
    limits.until = has_act ? run.acts[next_act].time : end;
    limits.wall_budget = kSlice;
    const session::StopReason reason = session.run(limits);
    if (reason == session::StopReason::kBudgetSpent) {
      if (progress != nullptr) {
        progress->show(progress_text(session.now(), end, session.event()));
      }
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
          {row.first_event, row.first_time, row.id, row.name, std::string(report_word(row.verdict)), row.detail});
    }
  }
  return run.recorder->finish(run.session->world());
}

}  // namespace kscope::cli
