#pragma once
// QuotaRate: how many bytes a client moved in the last windows, and for how long it must pause when that is more than its
// quota allows. Samples of quota.window.size.seconds each; the time that they cover is what the sum is divided by. Kafka
// counts in double; here everything is an exact integer. Owned by ClientQuotaManager and ReplicationQuotaManager.
// Source: SampledStat, WindowedSum, Rate, SimpleRate, QuotaUtils.throttleTime, Kafka 3.9.

#include <cstdint>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"

namespace kscope::sim {

/// quota.window.num and quota.window.size.seconds.
struct QuotaWindows {
  std::int64_t num = 11;
  std::int64_t size_ms = 1000;
};
/// The windows that configs ask for. More and longer ones than any run has make no difference.
[[nodiscard]] QuotaWindows quota_windows(std::int32_t num, Duration size);

class QuotaRate {
 public:
  /// Adds an amount; negative takes back what was added. `now_ms`: the broker's clock. Source: SampledStat.record.
  void record(const QuotaWindows& windows, std::int64_t amount, std::int64_t now_ms);

  /// Milliseconds to pause so that the rate falls to `bytes_per_s`; 0 if it is not above. Requires: bytes_per_s > 0.
  /// Samples without an event within the last windows are forgotten. Source: Rate.measure, QuotaUtils.throttleTime.
  [[nodiscard]] std::int64_t throttle_time_ms(const QuotaWindows& windows, std::int64_t bytes_per_s,
                                              std::int64_t now_ms);

  /// Whether the rate is above `bytes_per_s`. The sum is divided by the time since the oldest sample, at least one window:
  /// nothing is granted for having been silent. Source: SimpleRate.windowSize, Sensor.checkQuotas.
  [[nodiscard]] bool is_above(const QuotaWindows& windows, std::int64_t bytes_per_s, std::int64_t now_ms);

 private:
  struct Sample {
    std::int64_t start_ms = 0;
    std::int64_t last_event_ms = 0;
    std::int64_t sum = 0;
    KSCOPE_FIELDS(Sample, start_ms, last_event_ms, sum);
  };
  void purge_obsolete(const QuotaWindows& windows, std::int64_t now_ms);
  [[nodiscard]] std::int64_t sum() const;
  [[nodiscard]] std::int64_t elapsed_ms(std::int64_t now_ms) const;
  [[nodiscard]] std::int64_t covered_ms(const QuotaWindows& windows, std::int64_t now_ms) const;

  std::vector<Sample> samples_;
  std::size_t current_ = 0;

 public:
  KSCOPE_FIELDS(QuotaRate, samples_, current_);
};

}  // namespace kscope::sim
