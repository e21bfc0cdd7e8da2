#pragma once
// Amounts as scenarios write them: durations, sizes and rates as text, and back. Reading durations and sizes is done by
// sim/config/units.h; here is the writing, and rates, which Kafka has no word for.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/time.h"

namespace kscope::scenario {

/// The shortest text that parse_duration reads back: "80ms", "1500us", "0s".
[[nodiscard]] std::string duration_text(Duration duration);
/// "1KiB", "100MB", "100B": the shortest text that parse_size reads back.
[[nodiscard]] std::string size_text(std::int64_t bytes);

/// "200/s", "5/min", "3/h", or a number alone (a second): records per 1000 s. Nothing when it is anything else, negative
/// or more than a million a second.
[[nodiscard]] std::optional<std::int64_t> parse_rate(std::string_view text);
/// The text that parse_rate reads back.
[[nodiscard]] std::string rate_text(std::int64_t records_per_1000_s);

/// parse_duration, parse_size with an optional "/s" behind it: "100MiB/s".
[[nodiscard]] std::optional<std::int64_t> parse_bandwidth(std::string_view text);

}  // namespace kscope::scenario
