#pragma once
// AppendToken: what a coordinator gives along when it appends to its internal topic, and gets back when every in-sync
// replica has the records or when that failed.

#include <cstdint>

#include "engine/core/strong.h"

namespace kscope::sim {

using AppendToken = Id<struct AppendTokenTag, std::int64_t>;

}  // namespace kscope::sim
