#include "sim/broker/quota_rate.h"

#include <algorithm>

#include "engine/core/check.h"

namespace kscope::sim {

QuotaWindows quota_windows(std::int32_t num, Duration size) {
  constexpr std::int64_t kLongestMs = std::int64_t{366} * 24 * 3600 * 1000;
  return {std::min<std::int64_t>(num, 1'000'000), std::min(millis(size), kLongestMs)};
}

void QuotaRate::record(const QuotaWindows& windows, std::int64_t amount, std::int64_t now_ms) {
  if (samples_.empty()) {
    samples_.push_back(Sample{now_ms, now_ms, 0});
  } else if (now_ms - samples_[current_].start_ms >= windows.size_ms) {
    // One sample more than there are windows: the oldest may overlap the time that is looked at.
    current_ = (current_ + 1) % static_cast<std::size_t>(windows.num + 1);
    if (current_ >= samples_.size()) {
      current_ = samples_.size();
      samples_.emplace_back();
    }
    samples_[current_] = Sample{now_ms, now_ms, 0};
  }
  samples_[current_].sum += amount;
  samples_[current_].last_event_ms = now_ms;
}

void QuotaRate::purge_obsolete(const QuotaWindows& windows, std::int64_t now_ms) {
  for (Sample& sample : samples_) {
    if (now_ms - sample.last_event_ms >= windows.num * windows.size_ms) {
      sample = Sample{now_ms, now_ms, 0};
    }
  }
}

std::int64_t QuotaRate::sum() const {
  std::int64_t sum = 0;
  for (const Sample& sample : samples_) {
    sum += sample.sum;
  }
  return sum;
}

std::int64_t QuotaRate::elapsed_ms(std::int64_t now_ms) const {
  std::int64_t oldest_ms = now_ms;
  for (const Sample& sample : samples_) {
    oldest_ms = std::min(oldest_ms, sample.start_ms);
  }
  return now_ms - oldest_ms;
}

/// A client that began just now, or was silent, is counted as if it had been silent for all windows but the current one:
/// a burst is not a rate. Source: Rate.windowSize.
std::int64_t QuotaRate::covered_ms(const QuotaWindows& windows, std::int64_t now_ms) const {
  const std::int64_t elapsed = elapsed_ms(now_ms);
  const std::int64_t full_windows = elapsed / windows.size_ms;
  const std::int64_t missing = std::max<std::int64_t>(windows.num - 1 - full_windows, 0);
  return std::max<std::int64_t>(elapsed + missing * windows.size_ms, 1);
}

bool QuotaRate::is_above(const QuotaWindows& windows, std::int64_t bytes_per_s, std::int64_t now_ms) {
  purge_obsolete(windows, now_ms);
  const std::int64_t covered = std::max(elapsed_ms(now_ms), windows.size_ms);
  return static_cast<__int128>(sum()) * 1000 > static_cast<__int128>(bytes_per_s) * covered;
}

std::int64_t QuotaRate::throttle_time_ms(const QuotaWindows& windows, std::int64_t bytes_per_s, std::int64_t now_ms) {
  KSCOPE_CHECK(bytes_per_s > 0, "a quota of nothing would pause for ever");
  purge_obsolete(windows, now_ms);
  const std::int64_t moved = sum();
  const std::int64_t covered = covered_ms(windows, now_ms);
  // (rate - quota) / quota * covered, with rate = sum / covered: the time that the quota grants for the sum, less what
  // has passed. Rounded to the nearest, halves up, as Math.round does.
  if (static_cast<__int128>(moved) * 1000 <= static_cast<__int128>(bytes_per_s) * covered) {
    return 0;
  }
  return (moved * 2000 + bytes_per_s) / (2 * bytes_per_s) - covered;
}

}  // namespace kscope::sim
