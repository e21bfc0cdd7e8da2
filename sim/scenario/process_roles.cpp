#include "sim/scenario/process_roles.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/scenario/limits.h"
#include "sim/scenario/names.h"

namespace kscope::scenario {
namespace {

const std::vector<std::string> kRoles = {"broker", "controller"};

/// The items of a list as Kafka's properties have it: commas between them, spaces around them do not count.
std::vector<std::string> items_of(std::string_view list) {
  std::vector<std::string> items;
  while (true) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    item = item.substr(0, item.find_last_not_of(' ') + 1);
    items.emplace_back(item);
    if (comma == list.size()) {
      return items;
    }
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

std::string process_roles_problem(std::string_view roles) {
  const std::string expected =
      fmt::format("expected \"{}\", or leave it out: then every controller is a process of its own", kCombinedRoles);
  std::vector<std::string> seen;
  for (const std::string& role : items_of(roles)) {
    if (std::find(kRoles.begin(), kRoles.end(), role) == kRoles.end()) {
      return fmt::format("unknown process role \"{}\" (only \"broker\" and \"controller\" are allowed roles){}",
                         shown(role), did_you_mean(role, kRoles));
    }
    if (std::find(seen.begin(), seen.end(), role) != seen.end()) {
      return fmt::format("duplicate role name \"{}\"; {}", role, expected);
    }
    seen.push_back(role);
  }
  if (seen.size() < kRoles.size()) {
    const std::string& missing = seen.front() == kRoles.front() ? kRoles.back() : kRoles.front();
    return fmt::format("with the role \"{}\" alone the cluster has no {}; {}", seen.front(), missing, expected);
  }
  return {};
}

std::string combined_roles_problem(const Scenario& scenario) {
  if (!scenario.kraft.is_combined) {
    return {};
  }
  const std::string value = fmt::format("= \"{}\"", kCombinedRoles);
  if (!scenario.is_kraft()) {
    return fmt::format("{} is a setting of KRaft; with metadata = \"zookeeper\" there are no controllers to combine",
                       value);
  }
  const auto brokers = static_cast<std::int32_t>(scenario.brokers.size());
  if (scenario.kraft.controllers > brokers) {
    return fmt::format(
        "{} makes every controller a broker as well, but there are {} controllers and {} broker{}; "
        "expected at most as many controllers as brokers",
        value, scenario.kraft.controllers, brokers, brokers == 1 ? "" : "s");
  }
  for (std::int32_t id = 1; id <= scenario.kraft.controllers; ++id) {
    const bool has_broker = std::any_of(scenario.brokers.begin(), scenario.brokers.end(),
                                        [id](const BrokerEntry& broker) { return broker.id == id; });
    if (!has_broker) {
      return fmt::format(
          "{} gives controller c{} and broker b{} the same node.id, {}, but no [[broker]] has this id; "
          "expected the ids 1 to {} among those of the brokers",
          value, id, id, id, scenario.kraft.controllers);
    }
  }
  return {};
}

bool is_combined(const Scenario& scenario, const BrokerEntry& broker) {
  return scenario.is_kraft() && scenario.kraft.is_combined && broker.id >= 1 && broker.id <= scenario.kraft.controllers;
}

}  // namespace kscope::scenario
