#pragma once
// Amounts with units as people write them in scenarios: "30s", "1m30s", "500ms", "1KiB", "64MB". Integers only.

#include "engine/core/time.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace kscope::sim {

/// A whole number in decimal digits with an optional sign, blanks around it allowed; nothing when it is anything else or
/// does not fit 64 bits.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// A duration: one or more of <digits><unit> with the units ns, us, ms, s, m (or min), h, d; a "-" in front negates it.
/// Nothing when the text has another form, lacks a unit or exceeds 64 bits of nanoseconds. A bare "0" is allowed.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// A size in bytes: <digits> or <digits><unit> with B, KB or kB, MB, GB (powers of 1000), KiB, MiB, GiB (of 1024).
/// Nothing when the text has another form or exceeds 63 bits.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);

}  // namespace kscope::sim
