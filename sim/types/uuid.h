#pragma once
// Uuid: Kafka's 128-bit identity of a topic, a log directory or an incarnation of a process. Regular value; the zero one
// means "none". The order is Kafka's own: by the signed upper half, then by the signed lower half. Source: Uuid, Kafka 3.9.

#include <compare>
#include <cstdint>

#include "engine/core/fields.h"

namespace kscope::sim {

struct Uuid {
  std::int64_t most_significant_bits = 0;
  std::int64_t least_significant_bits = 0;
  constexpr auto operator<=>(const Uuid&) const = default;
  [[nodiscard]] constexpr bool is_zero() const { return most_significant_bits == 0 && least_significant_bits == 0; }
  KSCOPE_FIELDS(Uuid, most_significant_bits, least_significant_bits);
};

}  // namespace kscope::sim
