#pragma once
// Sequence numbers of an idempotent producer: one a record, counted per partition from 0; after the largest comes 0 again.
// Source: DefaultRecordBatch.incrementSequence and decrementSequence, Kafka 3.9; KIP-98.

#include <compare>
#include <cstdint>

#include "engine/core/fields.h"

namespace kscope::sim {

/// A sequence number, or none (-1). There is no order among them: they wrap.
struct Sequence {
  std::int32_t value = -1;
  [[nodiscard]] constexpr bool is_set() const { return value >= 0; }
  KSCOPE_FIELDS(Sequence, value);
};
inline constexpr Sequence kNoSequence{};

/// The sequence `count` records after `sequence`. Requires: `sequence` is set, count >= 0.
[[nodiscard]] constexpr Sequence sequence_after(Sequence sequence, std::int32_t count) {
  const std::int64_t sum = std::int64_t{sequence.value} + count;
  return Sequence{static_cast<std::int32_t>(sum & INT32_MAX)};
}

/// The sequence `count` records before `sequence`. Requires: `sequence` is set, count >= 0.
[[nodiscard]] constexpr Sequence sequence_before(Sequence sequence, std::int32_t count) {
  const std::int64_t difference = std::int64_t{sequence.value} - count;
  return Sequence{static_cast<std::int32_t>(difference & INT32_MAX)};
}

/// Whether `next` comes right after `last`. For `last` = none that is 0. Source: ProducerAppendInfo.inSequence.
[[nodiscard]] constexpr bool is_in_sequence(Sequence last, Sequence next) {
  return last.is_set() ? next == sequence_after(last, 1) : next.value == 0;
}

}  // namespace kscope::sim
