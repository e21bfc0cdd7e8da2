// kafkascope run: one scenario, once.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/outcome.h"
#include "sim/cli/terminal.h"

namespace kscope::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  kafkascope run hello --story
  kafkascope run hello --do "20s crash b1" --do "30s restart b1"
  kafkascope run my.toml --seed 7 --until 30s --json
  kafkascope run hello --record run.db && kafkascope query run.db "SELECT * FROM election"
)";

struct Options {
  RunOptions run;
  bool story = false;
  int rank = 1;
  bool json = false;
  bool quiet = false;
};

int run(const Options& options) {
  catch_interrupts();
  Result<OpenRun> opened = open_run(options.run);
  if (!opened) {
    fmt::print(stderr, "{}\n", to_string(opened.error()));
    return kBadInput;
  }
  OpenRun& open = *opened;
  for (const std::string& warning : open.scenario.warnings) {
    fmt::print(stderr, "{}\n", warning);
  }
  const Result<Ending> ending = run_to(open, SimTime::max());
  // A recording is finished however the run ended: it holds what happened until then.
  const Result<void> finished = finish_recording(open);
  if (!ending) {
    fmt::print(stderr, "{}\n", to_string(ending.error()));
    return kBadInput;
  }
  const bool is_coloured = is_output_coloured();
  const Outcome outcome = outcome_of(open, *ending);
  if (options.story) {
    fmt::print("{}", story_text(open.session->beats(options.rank), is_coloured && !options.json));
  }
  if (options.json) {
    fmt::print("{}\n", to_json(outcome));
  } else if (!options.quiet) {
    fmt::print("{}{}", options.story ? "\n" : "", to_text(outcome, is_coloured));
  }
  if (!finished) {
    fmt::print(stderr, "{}\nThe run itself is not affected; what was recorded of it until then can be read.\n",
               to_string(finished.error()));
    return kBadInput;
  }
  if (outcome.is_interrupted) {
    return kInterrupted;
  }
  return outcome.held() ? kHeld : kBroken;
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Run a scenario and say whether what it expects held");
  command->add_option("SCENARIO", options->run.scenario, "file, or name as `kafkascope list` shows it")->required();
  command->add_option("--seed", options->run.seed, "another seed than the scenario's");
  command->add_option("--until", options->run.until, "end the run here, e.g. 30s");
  command->add_option("--do", options->run.acts, "do something at a time, e.g. \"15s crash b1\"; may be given again")
      ->allow_extra_args(false);
  command->add_option("--record", options->run.record, "write everything into this file, for query, export and replay");
  command->add_option("--bug", options->run.planted_bug, "plant a bug that an invariant must catch");
  auto* story = command->add_flag("--story", options->story, "tell what happens in plain sentences");
  command->add_option("--rank", options->rank, "how much the story tells: 0 only the greatest, 3 everything")
      ->check(CLI::Range(0, 3))
      ->needs(story)
      ->capture_default_str();
  auto* json = command->add_flag("--json", options->json, "print the outcome as JSON")->excludes(story);
  command->add_flag("--quiet", options->quiet, "print no summary; the exit status says it")->excludes(json);
  command->footer(std::string(kExamples) + "\n" + kExitStatusText);
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace kscope::cli
