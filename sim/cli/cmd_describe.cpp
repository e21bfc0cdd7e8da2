// kafkascope describe: what a scenario sets up, and the cluster at one time as Kafka's own tools print it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/describe_tables.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/outcome.h"
#include "sim/cli/terminal.h"
#include "sim/cli/usage_error.h"
#include "sim/config/units.h"
#include "sim/scenario/amounts.h"
#include "sim/scenario/names.h"
#include "sim/scenario/rule_settings.h"

namespace kscope::cli {
namespace {

constexpr std::size_t kWidth = 100;
constexpr const char* kDescribeExamples = R"(Examples:
  kafkascope describe hello --setup                            what the scenario sets up
  kafkascope describe hello --at 20s                           the cluster after 20 seconds
  kafkascope describe hello --do "8s crash b1" --at 20s --members
  kafkascope describe hello --at 20s --group billing           one group as kafka-consumer-groups.sh prints it
)";

struct DescribeOptions {
  RunOptions run;
  std::string at;
  bool setup_only = false;
  bool internal_topics = false;
  bool members = false;
  std::string group;  ///< only this one; "" = everything
};

void print_setup(const scenario::Scenario& scenario, bool is_coloured) {
  fmt::print("{}\n", coloured(scenario.title, Colour::kBold, is_coloured));
  if (!scenario.description.empty()) {
    fmt::print("{}\n", wrapped(scenario.description, kWidth, ""));
  }
  const auto counted = [](std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  fmt::print("\n{}, {}, {}, {}; seed {}, {} long\n", counted(scenario.brokers.size(), "broker"),
             counted(scenario.topics.size(), "topic"), counted(scenario.producers.size(), "producer"),
             counted(scenario.groups.size(), "group"), scenario.seed, scenario::duration_text(scenario.until));
  fmt::print("{}\n", scenario::rules_text(scenario));
  for (const scenario::TimedAction& timed : scenario.actions) {
    fmt::print("  at {:<8} {}\n", scenario::duration_text(timed.time.time_since_epoch()),
               scenario::to_sentence(timed.action));
  }
  for (const scenario::Expect& expect : scenario.expects) {
    fmt::print("  expected {}\n", scenario::to_text(expect));
  }
}

/// "" = the scenario has the group, or none is asked for.
std::string group_problem(const scenario::Scenario& scenario, const std::string& wanted) {
  std::vector<std::string> known;
  for (const scenario::GroupEntry& group : scenario.groups) {
    known.push_back(group.id);
  }
  if (wanted.empty() || std::find(known.begin(), known.end(), wanted) != known.end()) {
    return "";
  }
  const std::string hint = scenario::did_you_mean(wanted, known);
  return fmt::format("--group {}: the scenario has no such group{}; it has {}", wanted, hint,
                     known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
}

void print_group(const view::DescribedGroup& group, const DescribeOptions& options, bool is_coloured) {
  const auto heading = [&](std::string_view variant) {
    fmt::print("\n{}", coloured(fmt::format("kafka-consumer-groups.sh --describe --group {}{}", group.name, variant),
                                Colour::kDim, is_coloured));
  };
  heading("");
  fmt::print("{}", group_offsets_table(group));
  if (options.members) {
    heading(" --members");
    fmt::print("{}", group_members_table(group));
  }
  heading(" --state");
  fmt::print("{}", group_state_table(group));
}

void print_cluster(const OpenRun& run, const DescribeOptions& options, bool is_coloured) {
  const view::Described described = view::build_described(run.session->world(), options.internal_topics);
  if (!options.group.empty()) {
    for (const view::DescribedGroup& group : described.groups) {
      if (group.name == options.group) {
        print_group(group, options, is_coloured);
      }
    }
    return;
  }
  fmt::print("\n{}\n", coloured(fmt::format("kafka-topics.sh --describe at {}{}", clock_text(run.session->now()),
                                            described.is_any_broker_up ? "" : " (no broker is up: as in ZooKeeper)"),
                                Colour::kDim, is_coloured));
  fmt::print("{}", topics_table(described));
  if (!described.quorum.empty()) {
    fmt::print("\n{}\n{}", coloured("kafka-metadata-quorum.sh describe --replication", Colour::kDim, is_coloured),
               quorum_table(described));
  }
  for (const view::DescribedGroup& group : described.groups) {
    print_group(group, options, is_coloured);
  }
}

int describe(const DescribeOptions& options) {
  catch_interrupts();
  int status = kHeld;
  const std::unique_ptr<OpenRun> opened = prepare_run(options.run, status);
  if (opened == nullptr) {
    return status;
  }
  SimTime until(opened->scenario.until);
  if (!options.at.empty()) {
    until = SimTime(*sim::parse_duration(options.at));
    if (until > SimTime(opened->scenario.until)) {
      fmt::print(stderr, "--at {} lies after the end of the run ({})\n", options.at,
                 scenario::duration_text(opened->scenario.until));
      return kUsage;
    }
  }
  if (const std::string problem = group_problem(opened->scenario, options.group); !problem.empty()) {
    fmt::print(stderr, "{}\n", problem);
    return kUsage;
  }
  const bool is_coloured = is_output_coloured();
  if (options.group.empty()) {
    print_setup(opened->scenario, is_coloured);
  }
  if (options.setup_only) {
    return kHeld;
  }
  Progress progress;
  const Result<Ending> ending = run_to(*opened, until, &progress);
  progress.clear();
  if (!ending) {
    fmt::print(stderr, "{}\n", to_string(ending.error()));
    return kUsage;
  }
  print_cluster(*opened, options, is_coloured);
  return *ending == Ending::kInterrupted ? interrupted_status() : kHeld;
}

}  // namespace

void add_describe(CLI::App& app, int& status) {
  auto options = std::make_shared<DescribeOptions>();
  CLI::App* command =
      app.add_subcommand("describe", "Say what a scenario sets up, and print the cluster as Kafka's own tools do");
  command->add_option("SCENARIO", options->run.scenario, "file or name")->required();
  command->add_option("--at", options->at, "the time to describe, e.g. 20s; without it the end of the run")
      ->check(CLI::Validator(moment_problem, ""))
      ->option_text("TIME");
  command->add_option("--seed", options->run.seed, "another seed than the scenario's")
      ->check(CLI::Validator(count_problem, ""))
      ->option_text("N");
  command->add_option("--rules", options->run.rules, "what Kafka did before, or does now, e.g. kip-101=old")
      ->check(CLI::Validator(rule_problem, ""))
      ->option_text("NAME=old|new ...");
  command->add_option("--do", options->run.acts, "do something at a time, e.g. \"15s crash b1\"")
      ->allow_extra_args(false)
      ->check(CLI::Validator(hand_act_problem, ""))
      ->option_text("TIME ACTION");
  command->add_flag("--setup", options->setup_only, "run nothing: only what the scenario sets up");
  command->add_flag("--internal", options->internal_topics, "internal topics too");
  command->add_option("--group", options->group, "only this group, as kafka-consumer-groups.sh prints it")
      ->option_text("NAME");
  command->add_flag("--members", options->members, "the members of each group too");
  command->footer(std::string(kDescribeExamples) + "\n" + kExitStatusText);
  command->callback([options, &status] { status = describe(*options); });
}

}  // namespace kscope::cli
