#pragma once
// VerificationGuard: proof that a leader asked about a transaction before it appends the first batch of it (KIP-890).
// Source: VerificationGuard, Kafka 3.9.

#include <cstdint>

namespace kscope::sim {

/// 0 = not set.
struct VerificationGuard {
  std::int64_t number = 0;
  [[nodiscard]] bool is_set() const { return number > 0; }
  bool operator==(const VerificationGuard&) const = default;
};

}  // namespace kscope::sim
