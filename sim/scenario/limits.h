#pragma once
// Limits on everything that a scenario may say, so that hostile or mistyped input costs an error message and not memory.
// They are far above what the simulator can show; docs/scenario-format.md lists them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/time.h"
#include "sim/types/broker_set.h"
#include "sim/types/topic_name.h"

namespace kscope::scenario {

inline constexpr std::size_t kMaxFileBytes = 1 << 20;
inline constexpr std::size_t kMaxDotsInLine = 500;    ///< bounds how deep tables nest
inline constexpr std::size_t kMaxProblems = 100;      ///< reported at once
inline constexpr std::size_t kMaxTextBytes = 20'000;  ///< title, description and the like
inline constexpr std::size_t kMaxNameBytes = sim::kMaxTopicNameLength;
inline constexpr std::size_t kMaxConfigValueBytes = 1000;
inline constexpr std::size_t kMaxConfigs = 500;  ///< in one table; Kafka's brokers have less than 300
inline constexpr std::int64_t kMaxBrokers = sim::BrokerSet::kCapacity;
inline constexpr std::int64_t kMaxBrokerId = 1'000'000;
inline constexpr std::int64_t kMaxZooKeepers = 15;
inline constexpr std::int64_t kMaxControllers = 5;
inline constexpr std::int64_t kMaxTopics = 1000;
inline constexpr std::int64_t kMaxPartitionsOfTopic = 10'000;
inline constexpr std::int64_t kMaxReplicas = 40'000;  ///< of all topics together, also those that actions create
inline constexpr std::int64_t kMaxProducers = 500;
inline constexpr std::int64_t kMaxGroups = 500;
inline constexpr std::int64_t kMaxConsumers = 1000;  ///< of all groups together
inline constexpr std::int64_t kMaxNodes = 1200;      ///< the network has a place for every pair of them
inline constexpr std::int64_t kMaxQuotas = 1000;
inline constexpr std::int64_t kMaxActions = 5000;
inline constexpr std::int64_t kMaxExpects = 500;
inline constexpr std::int64_t kMaxKeys = 1'000'000;
inline constexpr std::int64_t kMaxKeyNames = 1000;
inline constexpr std::int64_t kMaxRecordBytes = 100 << 20;
inline constexpr std::int64_t kMaxCompressionPerMille = 2000;  ///< what a codec leaves of records
inline constexpr std::int64_t kMaxBandwidth = 1'000'000'000'000;
inline constexpr Duration kLongestRun = std::chrono::hours(24 * 365);
inline constexpr Duration kLongestDelay =
    std::chrono::hours(24);  ///< of one message, flush, record, or step of a clock

inline constexpr std::string_view kLegalNameText = "expected letters, digits, '.', '_' and '-', at most 249";

/// Kafka's rule for topic names (Topic.validate), here for every name: it must be one word in a line of script.
[[nodiscard]] inline bool is_legal_name(std::string_view name) { return sim::topic_name_problem(name).empty(); }

/// A text from outside as an error message may quote it: short, without control characters.
[[nodiscard]] inline std::string shown(std::string_view text, std::size_t longest = 60) {
  std::string out;
  for (const char c : text.substr(0, longest)) {
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  if (text.size() > longest) {
    // Do not cut a UTF-8 character in two.
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U) {
      out.pop_back();
    }
    if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xC0U) {
      out.pop_back();
    }
    out += "...";
  }
  return out;
}

}  // namespace kscope::scenario
