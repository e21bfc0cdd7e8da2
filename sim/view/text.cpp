// Small texts that all builders share.
#include <fmt/format.h>

#include "sim/view/build.h"

namespace kscope::view {

std::string node_name(const sim::Registry& registry, NodeId node) {
  if (!node.is_valid() || static_cast<std::size_t>(node.value) >= registry.nodes.size()) {
    return "-";
  }
  return registry.nodes[static_cast<std::size_t>(node.value)].name;
}

std::string duration_text(Duration duration) {
  const std::int64_t ns = duration.count();
  if (ns < 0) {
    return "0 ms";
  }
  if (ns < 1'000'000) {
    return fmt::format("{} \u00b5s", ns / 1'000);
  }
  if (ns < 10'000'000) {
    return fmt::format("{}.{} ms", ns / 1'000'000, ns / 100'000 % 10);
  }
  if (ns < 1'000'000'000) {
    return fmt::format("{} ms", ns / 1'000'000);
  }
  if (ns < 60'000'000'000) {
    return fmt::format("{}.{} s", ns / 1'000'000'000, ns / 100'000'000 % 10);
  }
  return fmt::format("{} min {} s", ns / 60'000'000'000, ns / 1'000'000'000 % 60);
}

std::int32_t key_colour(sim::KeyId key) {
  if (!key.is_valid()) {
    return -1;
  }
  // Neighbouring keys get different colours: the palette has eight.
  return static_cast<std::int32_t>(key.value % 8);
}

std::string group_letter(sim::GroupId group) { return std::string(1, static_cast<char>('A' + group.value % 26)); }

std::vector<std::string> simplifications() {
  return {
      "One TCP connection between two nodes; Kafka opens several, each of its own order.",
      "Producers are not idempotent and not transactional: a retry may duplicate a record.",
      "A codec is a ratio, the same for all batches; compressing takes no time.",
      "Quotas are those of client ids; a changed one holds on every broker at once.",
      "Security is not modelled.",
      "Log segments have no index files; compaction is not modelled.",
  };
}

}  // namespace kscope::view
