// kafkascope check: many scenarios, many seeds, one line each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/find_scenario.h"
#include "sim/cli/outcome.h"
#include "sim/cli/terminal.h"

namespace kscope::cli {
namespace {

struct Options {
  std::vector<std::string> scenarios;
  std::int64_t seeds = 1;
  std::uint64_t first_seed = 1;
  std::string bug;
  bool stop_early = false;
};

struct Tally {
  int held = 0;
  int broken = 0;
  int unreadable = 0;
};

void print_broken(const Outcome& outcome, bool is_coloured) {
  for (const view::ExpectRow& row : outcome.expects) {
    if (row.verdict == view::Verdict::kBroken) {
      fmt::print("    {} {}\n", coloured("expected", Colour::kBad, is_coloured), row.text);
      if (!row.detail.empty()) {
        fmt::print("             {}\n", row.detail);
      }
    }
  }
  for (const view::InvariantRow& row : outcome.invariants) {
    if (row.verdict == view::Verdict::kBroken) {
      fmt::print("    {} {} {} at {} (event {}): {}\n", coloured("invariant", Colour::kBad, is_coloured), row.id,
                 row.name, clock_text(row.first_time), row.first_event, row.detail);
    }
  }
}

void check_one(const RunOptions& options, bool is_coloured, Tally& tally) {
  Result<OpenRun> opened = open_run(options);
  if (!opened) {
    fmt::print("{}  {}\n", coloured("error", Colour::kBad, is_coloured), to_string(opened.error()));
    ++tally.unreadable;
    return;
  }
  const Result<Ending> ending = run_to(*opened, SimTime::max());
  if (!ending || *ending == Ending::kInterrupted) {
    return;
  }
  const Outcome outcome = outcome_of(*opened, *ending);
  ++(outcome.held() ? tally.held : tally.broken);
  fmt::print(
      "{}  {}  seed {}  {} events  {:016x}\n",
      outcome.held() ? coloured("ok    ", Colour::kGood, is_coloured) : coloured("BROKEN", Colour::kBad, is_coloured),
      outcome.path, outcome.seed, outcome.events, outcome.fingerprint);
  print_broken(outcome, is_coloured);
  std::fflush(stdout);
}

int check(const Options& options) {
  catch_interrupts();
  const bool is_coloured = is_output_coloured();
  std::vector<std::string> scenarios = options.scenarios;
  if (scenarios.empty()) {
    for (const FoundScenario& found : all_scenarios()) {
      scenarios.push_back(found.path.string());
    }
  }
  Tally tally;
  for (const std::string& scenario : scenarios) {
    for (std::int64_t i = 0; i < options.seeds; ++i) {
      RunOptions run;
      run.scenario = scenario;
      run.planted_bug = options.bug;
      if (options.seeds > 1) {
        run.seed = options.first_seed + static_cast<std::uint64_t>(i);
      }
      check_one(run, is_coloured, tally);
      const bool has_failed = tally.broken + tally.unreadable > 0;
      if (is_interrupted() || (options.stop_early && has_failed)) {
        break;
      }
    }
    if (is_interrupted() || (options.stop_early && tally.broken + tally.unreadable > 0)) {
      break;
    }
  }
  fmt::print("{} runs held, {} broken, {} could not be read\n", tally.held, tally.broken, tally.unreadable);
  if (is_interrupted()) {
    return kInterrupted;
  }
  if (tally.unreadable > 0 || scenarios.empty()) {
    return kBadInput;
  }
  return tally.broken > 0 ? kBroken : kHeld;
}

}  // namespace

void add_check(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "Run scenarios, with many seeds if you like, and count what held");
  command->add_option("SCENARIO", options->scenarios, "files or names; without any, all that come with the program");
  command->add_option("--seeds", options->seeds, "so many runs of each, with seeds in a row")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--first-seed", options->first_seed, "the first of these seeds")->capture_default_str();
  command->add_option("--bug", options->bug, "plant a bug that an invariant must catch");
  command->add_flag("--stop-early", options->stop_early, "stop at the first run that does not hold");
  command->footer(kExitStatusText);
  command->callback([options, &status] { status = check(*options); });
}

}  // namespace kscope::cli
