#pragma once
// What a marker in a partition decided about a transaction. Source: ControlRecordType, Kafka 3.9.

#include <cstdint>

namespace kscope::sim {

enum class ControlType : std::uint8_t { ABORT = 0, COMMIT = 1 };

}  // namespace kscope::sim
