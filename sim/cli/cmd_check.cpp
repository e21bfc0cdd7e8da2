// kafkascope check: many scenarios, many seeds, one line each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/find_scenario.h"
#include "sim/cli/jobs.h"
#include "sim/cli/outcome.h"
#include "sim/cli/terminal.h"
#include "sim/cli/usage_error.h"

namespace kscope::cli {
namespace {

constexpr const char* kCheckExamples = R"(Examples:
  kafkascope check                            every scenario that comes with the program
  kafkascope check scenarios/faults my.toml   a folder and a file
  kafkascope check hello --seeds 1000 --stop-early
  kafkascope check --bug no-truncation        which scenarios show this mistake of a broker?
  kafkascope check scenarios/history --rules kip-320=old
)";

constexpr std::int64_t kBrokenShown = 5;  ///< of one scenario; the others are counted

struct CheckOptions {
  std::vector<std::string> scenarios;
  std::int64_t seeds = 1;
  std::optional<std::uint64_t> first_seed;
  std::string bug;
  std::vector<std::string> rules;
  std::size_t jobs = machine_threads();
  bool stop_early = false;
  bool json = false;
};

// One scenario with one seed, and what came of it.
struct Job {
  std::size_t scenario = 0;
  std::optional<std::uint64_t> seed;
};
struct Finding {
  std::string error;  ///< "" = it could be read
  Outcome outcome;
};

// Nothing when it was interrupted.
std::unique_ptr<Finding> work_on(const RunOptions& options) {
  auto finding = std::make_unique<Finding>();
  Result<OpenRun> opened = open_run(options);
  if (!opened) {
    finding->error = to_string(opened.error());
    return finding;
  }
  const Result<Ending> ending = run_to(*opened, SimTime::max(), nullptr);
  if (!ending || *ending == Ending::kInterrupted) {
    return nullptr;
  }
  finding->outcome = outcome_of(*opened, *ending);
  return finding;
}

// The lines of one scenario, and the sum of all.
class Table {
 public:
  Table(const std::vector<std::string>& scenarios, const CheckOptions& options)
      : scenarios_(scenarios), options_(options), is_coloured_(is_output_coloured()) {
    for (const std::string& scenario : scenarios) {
      width_ = std::max(width_, display_name(scenario).size());
    }
  }

  // Returns whether the run held.
  bool add(std::size_t scenario, const Finding& finding) {
    if (!finding.error.empty()) {
      ++unreadable_;
      line("error", Colour::kBad, scenario, "");
      note(finding.error);
      return false;
    }
    const bool held = finding.outcome.held();
    ++(held ? held_ : broken_);
    ++count_of_scenario_;
    broken_of_scenario_ += held ? 0 : 1;
    events_ += finding.outcome.events;
    const bool is_shown = held ? options_.seeds == 1 : broken_of_scenario_ <= kBrokenShown;
    if (is_shown) {
      line(held ? "ok" : "BROKEN", held ? Colour::kGood : Colour::kBad, scenario, run_text(finding.outcome));
      explain(finding.outcome);
    }
    if (count_of_scenario_ == options_.seeds) {
      end_scenario(scenario);
    }
    std::fflush(stdout);
    return held;
  }

  int end() {
    print("{} runs held, {} broken, {} could not be read{}\n", held_, broken_, unreadable_,
          is_interrupted() ? "; interrupted" : "");
    if (is_interrupted()) {
      return interrupted_status();
    }
    if (unreadable_ > 0 || scenarios_.empty()) {
      return kBadInput;
    }
    return broken_ > 0 ? kBroken : kHeld;
  }

 private:
  template <class... Parts>
  void print(fmt::format_string<Parts...> form, Parts&&... parts) const {
    if (!options_.json) {
      fmt::print(form, std::forward<Parts>(parts)...);
    }
  }
  void line(std::string_view word, Colour colour, std::size_t scenario, const std::string& text) const {
    print("{}  {:<{}}  {}\n", coloured(fmt::format("{:<6}", word), colour, is_coloured_),
          display_name(scenarios_[scenario]), text.empty() ? 0 : width_, text);
  }
  void note(const std::string& text) const {
    std::size_t begin = 0;
    while (begin <= text.size()) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      print("        {}\n", text.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  static std::string run_text(const Outcome& outcome) {
    return fmt::format("seed {:<6} {:>9} events  {:016x}", outcome.seed, outcome.events, outcome.fingerprint);
  }
  void explain(const Outcome& outcome) const {
    for (const view::ExpectRow& row : outcome.expects) {
      if (row.verdict == view::Verdict::kBroken) {
        note("expected " + row.text + (row.detail.empty() ? "" : "\n         " + row.detail));
      }
    }
    for (const view::InvariantRow& row : outcome.invariants) {
      if (row.verdict == view::Verdict::kBroken) {
        note(fmt::format("invariant {} {} at {} (event {}): {}", row.id, row.name, clock_text(row.first_time),
                         row.first_event, row.detail));
      }
    }
  }
  // With one seed the run has said it all.
  void end_scenario(std::size_t scenario) {
    if (broken_of_scenario_ > kBrokenShown) {
      note(fmt::format("and {} more seeds", broken_of_scenario_ - kBrokenShown));
    }
    if (options_.seeds > 1) {
      const bool held = broken_of_scenario_ == 0;
      line(held ? "ok" : "BROKEN", held ? Colour::kGood : Colour::kBad, scenario,
           fmt::format("{} of {} seeds held  {:>10} events", options_.seeds - broken_of_scenario_, options_.seeds,
                       events_));
    }
    count_of_scenario_ = 0;
    broken_of_scenario_ = 0;
    events_ = 0;
  }

  const std::vector<std::string>& scenarios_;
  const CheckOptions& options_;
  bool is_coloured_;
  std::size_t width_ = 0;
  std::int64_t held_ = 0;
  std::int64_t broken_ = 0;
  std::int64_t unreadable_ = 0;
  std::int64_t count_of_scenario_ = 0;
  std::int64_t broken_of_scenario_ = 0;
  std::uint64_t events_ = 0;
};

std::vector<Job> plan(const std::vector<std::string>& scenarios, const CheckOptions& options) {
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    if (options.seeds == 1 && !options.first_seed) {
      jobs.push_back({i, {}});  // the scenario's own seed
      continue;
    }
    // What cannot be read is told once, not for every seed.
    const Result<std::string> path = find_scenario(scenarios[i]);
    const bool is_readable = path && scenario::load(*path);
    for (std::int64_t seed = 0; seed < (is_readable ? options.seeds : 1); ++seed) {
      jobs.push_back({i, options.first_seed.value_or(1) + static_cast<std::uint64_t>(seed)});
    }
  }
  return jobs;
}

std::string finding_json(const std::string& scenario, const Finding& finding) {
  if (finding.error.empty()) {
    return to_json(finding.outcome);
  }
  const nlohmann::ordered_json json = {{"scenario", scenario}, {"held", false}, {"error", finding.error}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

int check(const CheckOptions& options) {
  catch_interrupts();
  const std::vector<std::string> scenarios = expand_scenarios(options.scenarios);
  if (scenarios.empty()) {
    fmt::print(stderr, "there are no scenarios here\n");
    return kBadInput;
  }
  const std::vector<Job> jobs = plan(scenarios, options);
  std::vector<std::unique_ptr<Finding>> findings(jobs.size());
  Table table(scenarios, options);
  Progress progress;
  std::size_t reported = 0;
  const auto work = [&](std::size_t i) {
    RunOptions run;
    run.scenario = scenarios[jobs[i].scenario];
    run.seed = jobs[i].seed;
    run.planted_bug = options.bug;
    run.rules = options.rules;
    findings[i] = work_on(run);
  };
  const auto report = [&](std::size_t i) {
    if (findings[i] == nullptr) {
      return false;
    }
    progress.clear();
    if (options.json) {
      fmt::print("{}\n{}", reported == 0 ? "[" : ",", finding_json(scenarios[jobs[i].scenario], *findings[i]));
    }
    const bool held = table.add(jobs[i].scenario, *findings[i]);
    findings[i].reset();
    ++reported;
    return !is_interrupted() && (held || !options.stop_early);
  };
  const auto idle = [&] { progress.show(fmt::format("{} of {} runs", reported, jobs.size())); };
  run_jobs(jobs.size(), options.jobs, work, report, idle);
  progress.clear();
  if (options.json) {
    fmt::print("{}]\n", reported == 0 ? "[" : "\n");
  }
  return table.end();
}

}  // namespace

void add_check(CLI::App& app, int& status) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "Run scenarios, with many seeds if you like, and count what held");
  command->add_option("SCENARIO", options->scenarios,
                      "files, folders or names; without any, all that come with the program");
  command->add_option("--seeds", options->seeds, "so many runs of each, with seeds in a row")
      ->check(CLI::Range(1, 100'000))
      ->option_text("N (1 to 100000; default 1)");
  command->add_option("--first-seed", options->first_seed, "the first of these seeds; without it 1")
      ->check(CLI::Validator(count_problem, ""))
      ->option_text("N");
  command->add_option("--bug", options->bug, "plant a bug that an invariant must catch")
      ->check(CLI::Validator(planted_bug_problem, ""))
      ->option_text("BUG");
  command
      ->add_option("--rules", options->rules,
                   "what Kafka did before, or does now, e.g. kip-101=old; several may follow")
      ->check(CLI::Validator(rule_problem, ""))
      ->option_text("NAME=old|new ...");
  command->add_option("--jobs", options->jobs, "so many runs at once")
      ->check(CLI::Range(1, 256))
      ->option_text("N (1 to 256; default: one for each core)");
  command->add_flag("--stop-early", options->stop_early, "stop at the first run that does not hold");
  command->add_flag("--json", options->json, "print the outcomes as JSON");
  command->footer(std::string(kCheckExamples) + "\n" + kExitStatusText);
  command->callback([options, &status] { status = check(*options); });
}

}  // namespace kscope::cli
