// kafkascope list: the scenarios that come with the program, and the words that scenarios are written with.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/find_scenario.h"
#include "sim/cli/terminal.h"
#include "sim/rules/planted_bug.h"
#include "sim/rules/protocol_rules.h"
#include "sim/scenario/condition.h"
#include "sim/scenario/scenario.h"

namespace kscope::cli {
namespace {

int list_scenarios(bool is_json) {
  const std::vector<FoundScenario> found = all_scenarios();
  if (found.empty()) {
    fmt::print(stderr, "there are no scenarios beside the program and none in the folder scenarios here\n");
    return kBadInput;
  }
  std::size_t width = 0;
  for (const FoundScenario& entry : found) {
    width = std::max(width, entry.name.size());
  }
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const FoundScenario& entry : found) {
    const Result<scenario::Scenario> loaded = scenario::load(entry.path.string());
    const std::string title = loaded ? loaded->title : "(cannot be read: kafkascope validate tells why)";
    if (is_json) {
      all.push_back(
          {{"name", entry.name}, {"path", entry.path.string()}, {"title", title}, {"valid", loaded.has_value()}});
    } else {
      fmt::print("{:<{}}  {}\n", entry.name, width, title);
    }
  }
  if (is_json) {
    fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return kHeld;
}

int list_actions() {
  for (const scenario::VerbInfo& verb : scenario::verb_table()) {
    fmt::print("{:<52} {}\n", verb.usage, verb.help);
  }
  return kHeld;
}

int list_conditions() {
  for (const scenario::QuantityInfo& word : scenario::quantity_table()) {
    fmt::print("{:<40} {}\n", word.usage, word.help);
  }
  return kHeld;
}

int list_bugs() {
  for (const sim::PlantedBugName& bug : sim::kPlantedBugs) {
    if (bug.invariant.empty()) {
      fmt::print("{:<28} breaks no invariant: see docs/model, \"Checks that nothing needs\"\n", bug.name);
    } else {
      fmt::print("{:<28} caught by invariant {}\n", bug.name, bug.invariant);
    }
  }
  return kHeld;
}

int list_rules() {
  for (const sim::RuleInfo& rule : sim::rule_table()) {
    const std::string since = rule.since.empty() ? "never released" : fmt::format("new since {}", rule.since);
    fmt::print("{:<26} {:<16} old: {}\n{:<43} new: {}\n", rule.name, since, rule.old_rule, "", rule.new_rule);
    if (rule.is_kraft_only) {
      fmt::print("{:<43} clusters on ZooKeeper keep the old rule unless the new one is chosen\n", "");
    }
    if (!rule.not_with_kraft.empty()) {
      fmt::print("{:<43} with KRaft always new: {}\n", "", rule.not_with_kraft);
    }
    if (!rule.not_with_zookeeper.empty()) {
      fmt::print("{:<43} with ZooKeeper always old: {}\n", "", rule.not_with_zookeeper);
    }
  }
  for (const sim::RuleGroup& group : sim::rule_groups()) {
    std::string names;
    for (const sim::Rule rule : group.rules) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", sim::info(rule).name);
    }
    fmt::print("{:<26} {:<16} {} ({})\n", group.name, "several", group.text, names);
  }
  return kHeld;
}

}  // namespace

void add_list(CLI::App& app, int& status) {
  struct Options {
    bool json = false;
    bool actions = false;
    bool conditions = false;
    bool bugs = false;
    bool rules = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("list", "List the scenarios that come with the program");
  auto* json = command->add_flag("--json", options->json, "as JSON");
  auto* actions = command->add_flag("--actions", options->actions, "the actions of scripts instead")->excludes(json);
  auto* conditions = command->add_flag("--conditions", options->conditions, "the words of conditions instead")
                         ->excludes(json)
                         ->excludes(actions);
  command->add_flag("--bugs", options->bugs, "the bugs that can be planted instead")
      ->excludes(json)
      ->excludes(actions)
      ->excludes(conditions);
  command->add_flag("--rules", options->rules, "the old and new rules of Kafka instead")
      ->excludes(json)
      ->excludes(actions)
      ->excludes(conditions);
  command->footer(std::string("Examples:\n  kafkascope list\n  kafkascope list --actions\n\n") + kExitStatusText);
  command->callback([options, &status] {
    status = options->actions      ? list_actions()
             : options->conditions ? list_conditions()
             : options->bugs       ? list_bugs()
             : options->rules      ? list_rules()
                                   : list_scenarios(options->json);
  });
}

}  // namespace kscope::cli
