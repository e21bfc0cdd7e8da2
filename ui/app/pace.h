#pragma once
// How fast simulated time passes: six presets, and the adaptive pace that lets one watch every message, hurries when
// nothing notable happens, and jumps over idle gaps.

#include "engine/core/time.h"
#include "sim/view/snapshot.h"

namespace kscope::ui {

/// A message that the stage shows moving by default.
bool is_seen(const view::InFlight& message);
/// No message is seen under way.
bool is_quiet(const view::Snapshot& snapshot);

class Pace {
 public:
  /// Simulated seconds per second for preset 1..6.
  static double preset(int speed);

  /// Simulated time that passes in `elapsed_s` of real time. `speed` 0 = adaptive. `slow`: the projector's slower pace.
  Duration advance(const view::Snapshot& s, int speed, double elapsed_s, bool slow);
  /// A notable event was shown: the adaptive pace is slow again.
  void on_beat() { since_beat_s_ = 0; }
  double ratio() const { return ratio_; }

 private:
  double since_beat_s_ = 0;
  double since_seen_s_ = 0;
  double ratio_ = 0;
};

}  // namespace kscope::ui
