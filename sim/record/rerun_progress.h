#pragma once
// How far a run that is executed once more has come, for whoever waits for it.

#include <cstdint>
#include <functional>

namespace kscope::record {

/// Called now and then; false stops. `last` is the event at which it will be over.
using RerunProgress = std::function<bool(std::uint64_t event, std::uint64_t last)>;

}  // namespace kscope::record
