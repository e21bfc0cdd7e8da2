#include "ui/app/pace.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace kscope::ui {
namespace {

constexpr double kGap = 0.25;          // simulated seconds without any event that count as idle
constexpr double kGapTakes = 0.5;      // real seconds for an idle gap
constexpr double kMessageTakes = 0.8;  // real seconds that a message is seen under way
constexpr double kCalm = 1.6;          // real seconds after a beat before the pace rises
constexpr double kFastest = 4;

// Shortest flight among the messages that are seen; 0 if there is none.
double shortest_flight(const view::Snapshot& s) {
  double shortest = 0;
  for (const view::InFlight& m : s.in_flight) {
    if (m.is_empty || m.is_held || m.family == view::MessageFamily::kHeartbeat) {
      continue;
    }
    const double flight = static_cast<double>((m.arrives_at - m.sent_at).count()) / 1e9;
    shortest = shortest == 0 ? flight : std::min(shortest, flight);
  }
  return shortest;
}

}  // namespace

double Pace::preset(int speed) {
  static constexpr std::array<double, 6> kPresets{0.001, 0.005, 0.02, 0.1, 1, 10};
  return kPresets[static_cast<std::size_t>(std::clamp(speed, 1, 6) - 1)];
}

Duration Pace::advance(const view::Snapshot& s, int speed, double elapsed_s, SimTime next_event, bool slow) {
  const double elapsed = std::clamp(elapsed_s, 0.0, 0.1);
  since_beat_s_ += elapsed;
  if (speed > 0) {
    ratio_ = preset(speed);
  } else {
    const double flight = shortest_flight(s);
    const double gap = next_event == SimTime::max() ? 0 : static_cast<double>((next_event - s.now).count()) / 1e9;
    if (flight == 0 && gap > kGap) {
      ratio_ = gap / kGapTakes;
    } else {
      const double calm = flight > 0 ? flight / kMessageTakes : 0.004;
      const double haste = std::pow(2.0, std::max(0.0, since_beat_s_ - kCalm) * 1.6);
      const double wanted = std::min(calm * haste, kFastest);
      // Changes of pace are gentle upwards and immediate downwards.
      ratio_ = wanted < ratio_ ? wanted : std::min(wanted, std::max(ratio_, 1e-4) * std::pow(8.0, elapsed));
    }
    if (slow) {
      ratio_ *= 0.6;
    }
  }
  return Duration(static_cast<std::int64_t>(ratio_ * elapsed * 1e9));
}

}  // namespace kscope::ui
