#pragma once
// NameTable: the words of one recording, as its lookup tables have them. A recording keeps its own words, so one that
// another program version made is told in the words of that version. Unknown numbers are shown as numbers.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/result.h"
#include "sim/record/database.h"
#include "sim/record/trace_event.h"
#include "sim/world/cluster.h"

namespace kscope::record {

class NameTable {
 public:
  /// Reads the tables node, topic, consumer_group and kind.
  static Result<NameTable> load(Database& database);
  /// The words of this program for a run that it executes itself.
  static NameTable of(const sim::Registry& registry);

  [[nodiscard]] std::string node(NodeId node) const;
  [[nodiscard]] std::string kind(std::string_view domain, std::int64_t id) const;
  /// What an event was: "Fetch request", "linger.ms", "crash", "start".
  [[nodiscard]] std::string what(const TraceEvent& event) const;
  /// One line that shows every column: "event 17 at 2.000500000 s: b2 gets message 5 (Fetch response, 88 bytes, sent at
  /// 1.998000000 s) from b1, content 5f0c9a11; caused by event 12".
  [[nodiscard]] std::string sentence(const TraceEvent& event) const;

 private:
  std::map<std::int64_t, std::string> nodes_;
  std::map<std::pair<std::string, std::int64_t>, std::string, std::less<>> kinds_;
};

}  // namespace kscope::record
