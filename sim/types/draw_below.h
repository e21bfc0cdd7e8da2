#pragma once
// How pure algorithms ask for chance: a function handed in by the caller, who knows whether the answer comes from a seed,
// a recording or an exhaustive search. It is a parameter only, never kept.

#include <cstdint>
#include <functional>

namespace kscope::sim {

/// Gives a number in [0, bound) for a bound of 1 or more.
// tidy:allow(no-closures-in-state): a parameter only
using DrawBelow = std::function<std::int32_t(std::int32_t bound)>;

}  // namespace kscope::sim
