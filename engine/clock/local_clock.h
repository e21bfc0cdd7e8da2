#pragma once
// One node's clock: true time seen through an offset and a drift. Drift is parts per million, integer. A frozen clock
// shows the same time until it goes on.

#include <cstdint>

#include "engine/core/time.h"

namespace kscope {

class LocalClock {
 public:
  LocalClock() = default;
  LocalClock(Duration offset, std::int64_t drift_ppm) : base_local_(offset), drift_ppm_(drift_ppm) {}

  /// What the clock shows at true time `now`. Requires: now is not before the last change.
  [[nodiscard]] LocalTime local(SimTime now) const {
    return LocalTime(is_frozen_ ? base_local_ : base_local_ + scaled(now - base_sim_));
  }
  /// True duration that passes until this clock has counted `delay`, rounded up: never earlier. Requires: delay >= 0.
  [[nodiscard]] Duration to_sim(Duration delay) const {
    if (drift_ppm_ == 0) {
      return delay;
    }
    const std::int64_t rate = kMillion + drift_ppm_;
    const __int128 exact = (static_cast<__int128>(delay.count()) * kMillion + rate - 1) / rate;
    const __int128 most = kEndOfTime.time_since_epoch().count();
    return Duration(static_cast<std::int64_t>(exact < most ? exact : most));
  }
  /// What this clock counts while `elapsed` passes, were it not frozen; rounded down.
  [[nodiscard]] Duration to_local(Duration elapsed) const { return scaled(elapsed); }
  void step(SimTime now, Duration by) {
    rebase(now);
    base_local_ += by;
  }
  /// Requires: |ppm| < 1 000 000.
  void set_drift(SimTime now, std::int64_t ppm) {
    rebase(now);
    drift_ppm_ = ppm;
  }
  void set_frozen(SimTime now, bool is_frozen) {
    rebase(now);
    is_frozen_ = is_frozen;
  }
  [[nodiscard]] bool is_frozen() const { return is_frozen_; }
  [[nodiscard]] std::int64_t drift_ppm() const { return drift_ppm_; }

 private:
  static constexpr std::int64_t kMillion = 1'000'000;

  [[nodiscard]] Duration scaled(Duration elapsed) const {
    if (drift_ppm_ == 0) {
      return elapsed;
    }
    return Duration(
        static_cast<std::int64_t>(static_cast<__int128>(elapsed.count()) * (kMillion + drift_ppm_) / kMillion));
  }
  void rebase(SimTime now) {
    base_local_ = local(now).time_since_epoch();
    base_sim_ = now;
  }

  SimTime base_sim_;
  Duration base_local_{0};
  std::int64_t drift_ppm_ = 0;
  bool is_frozen_ = false;
};

}  // namespace kscope
