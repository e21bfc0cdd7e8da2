// kafkascope describe: what a scenario sets up, and the cluster at one time as Kafka's own tools print it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/describe_tables.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/outcome.h"
#include "sim/cli/terminal.h"
#include "sim/config/units.h"
#include "sim/scenario/amounts.h"

namespace kscope::cli {
namespace {

constexpr std::size_t kWidth = 100;

struct Options {
  RunOptions run;
  std::string at;
  bool setup_only = false;
  bool internal_topics = false;
};

void print_setup(const scenario::Scenario& scenario, bool is_coloured) {
  fmt::print("{}\n", coloured(scenario.title, Colour::kBold, is_coloured));
  if (!scenario.description.empty()) {
    fmt::print("{}\n", wrapped(scenario.description, kWidth, ""));
  }
  fmt::print("\n{} brokers, {} topics, {} producers, {} groups; seed {}, {} long\n", scenario.brokers.size(),
             scenario.topics.size(), scenario.producers.size(), scenario.groups.size(), scenario.seed,
             scenario::duration_text(scenario.until));
  for (const scenario::TimedAction& timed : scenario.actions) {
    fmt::print("  at {:<8} {}\n", scenario::duration_text(timed.time.time_since_epoch()),
               scenario::to_sentence(timed.action));
  }
  for (const scenario::Expect& expect : scenario.expects) {
    fmt::print("  expected {}\n", scenario::to_text(expect));
  }
}

void print_cluster(const OpenRun& run, bool internal_topics, bool is_coloured) {
  view::Interest interest;
  interest.events = false;
  interest.internal_topics = internal_topics;
  const std::shared_ptr<const view::Snapshot> snapshot = run.session->snapshot(interest);
  fmt::print("\n{}\n", coloured(fmt::format("kafka-topics.sh --describe at {}", clock_text(snapshot->now)),
                                Colour::kDim, is_coloured));
  fmt::print("{}", topics_table(*snapshot, run.scenario));
  for (const view::Group& group : snapshot->groups) {
    fmt::print("\n{}", coloured(fmt::format("kafka-consumer-groups.sh --describe --group {}", group.name), Colour::kDim,
                                is_coloured));
    fmt::print("{}{}", group_offsets_table(*snapshot, group), group_state_table(group));
  }
}

int describe(Options options) {
  catch_interrupts();
  SimTime until = SimTime::max();
  if (!options.at.empty()) {
    const std::optional<Duration> at = sim::parse_duration(options.at);
    if (!at || *at < Duration{0}) {
      fmt::print(stderr, "--at \"{}\": expected a time such as 20s\n", options.at);
      return kUsage;
    }
    until = SimTime(*at);
  }
  Result<OpenRun> opened = open_run(options.run);
  if (!opened) {
    fmt::print(stderr, "{}\n", to_string(opened.error()));
    return kBadInput;
  }
  const bool is_coloured = is_output_coloured();
  print_setup(opened->scenario, is_coloured);
  if (options.setup_only) {
    return kHeld;
  }
  const Result<Ending> ending = run_to(*opened, until);
  if (!ending) {
    fmt::print(stderr, "{}\n", to_string(ending.error()));
    return kBadInput;
  }
  print_cluster(*opened, options.internal_topics, is_coloured);
  return *ending == Ending::kInterrupted ? kInterrupted : kHeld;
}

}  // namespace

void add_describe(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("describe", "Say what a scenario sets up, and print the cluster as Kafka's own tools do");
  command->add_option("SCENARIO", options->run.scenario, "file or name")->required();
  command->add_option("--at", options->at, "the time to describe, e.g. 20s; without it the end of the run");
  command->add_option("--seed", options->run.seed, "another seed than the scenario's");
  command->add_option("--do", options->run.acts, "do something at a time, e.g. \"15s crash b1\"")
      ->allow_extra_args(false);
  command->add_flag("--setup", options->setup_only, "run nothing: only what the scenario sets up");
  command->add_flag("--internal", options->internal_topics, "internal topics too");
  command->footer(kExitStatusText);
  command->callback([options, &status] { status = describe(*options); });
}

}  // namespace kscope::cli
