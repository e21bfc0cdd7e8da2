// kafkascope run: one scenario, once.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/outcome.h"
#include "sim/cli/terminal.h"
#include "sim/cli/usage_error.h"
#include "sim/record/recorder.h"

namespace kscope::cli {
namespace {

constexpr const char* kRunExamples = R"(Examples:
  kafkascope run hello --story                      what happens, in plain sentences
  kafkascope run my.toml --seed 7 --until 30s       another seed, and only the first 30 seconds
  kafkascope run hello --do "8s crash b1" --do "20s restart b1"
  kafkascope run hello --record run.db --json       everything into a file, the outcome for a program

kafkascope list --actions shows what --do takes; docs/command-line.md describes the JSON.
)";

struct RunCommandOptions {
  RunOptions run;
  bool story = false;
  int rank = 1;
  bool json = false;
  bool quiet = false;
};

int run(const RunCommandOptions& options) {
  catch_interrupts();
  int status = kHeld;
  const std::unique_ptr<OpenRun> opened = prepare_run(options.run, status);
  if (opened == nullptr) {
    return status;
  }
  OpenRun& open = *opened;
  for (const std::string& warning : open.scenario.warnings) {
    fmt::print(stderr, "{}\n", warning);
  }
  Progress progress;
  const Result<Ending> ending = run_to(open, SimTime::max(), &progress);
  progress.clear();
  // A recording is finished however the run ended: it holds what happened until then.
  const Result<void> finished = finish_recording(open);
  if (!ending) {
    fmt::print(stderr, "{}\n", to_string(ending.error()));
    return kUsage;
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
    const std::uint64_t last = open.recorder->last_committed_event();
    fmt::print(stderr, "{}\nThe run itself is not affected; {}.\n", to_string(finished.error()),
               last == 0 ? std::string("nothing of it could be recorded")
                         : fmt::format("the recording can be read up to event {}", last));
    return kBadInput;
  }
  if (outcome.is_interrupted) {
    return interrupted_status();
  }
  return outcome.held() ? kHeld : kBroken;
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  auto options = std::make_shared<RunCommandOptions>();
  CLI::App* command = app.add_subcommand("run", "Run a scenario and say whether what it expects held");
  command->add_option("SCENARIO", options->run.scenario, "file, or name as `kafkascope list` shows it")->required();
  command->add_option("--seed", options->run.seed, "another seed than the scenario's")
      ->check(CLI::Validator(count_problem, ""))
      ->option_text("N");
  command->add_option("--until", options->run.until, "end the run here, e.g. 30s; what is expected later stays open")
      ->check(CLI::Validator(duration_problem, ""))
      ->option_text("TIME");
  command->add_option("--do", options->run.acts, "do something at a time, e.g. \"15s crash b1\"; may be given again")
      ->allow_extra_args(false)
      ->check(CLI::Validator(hand_act_problem, ""))
      ->option_text("TIME ACTION");
  command->add_option("--record", options->run.record, "write everything into this file, for query, export and replay")
      ->check(CLI::Validator(file_name_problem, ""))
      ->option_text("FILE");
  command
      ->add_option("--bug", options->run.planted_bug,
                   "plant a bug: kafkascope list --bugs says which invariant catches it")
      ->check(CLI::Validator(planted_bug_problem, ""))
      ->option_text("BUG");
  command
      ->add_option("--rules", options->run.rules,
                   "what Kafka did before, or does now, e.g. kip-101=old; several may follow")
      ->check(CLI::Validator(rule_problem, ""))
      ->option_text("NAME=old|new ...");
  auto* story = command->add_flag("--story", options->story, "tell what happens in plain sentences");
  command->add_option("--rank", options->rank, "how much the story tells: 0 only the greatest, 3 everything")
      ->check(CLI::Range(0, 3))
      ->needs(story)
      ->option_text("0 to 3 (default 1)");
  auto* json = command->add_flag("--json", options->json, "print the outcome as JSON")->excludes(story);
  command->add_flag("--quiet", options->quiet, "print no summary; the exit status says it")->excludes(json);
  command->footer(std::string(kRunExamples) + "\n" + kExitStatusText);
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace kscope::cli
