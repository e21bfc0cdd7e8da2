#include "ui/app/pace.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace kscope::ui {
namespace {

constexpr double kMessageTakes = 0.8;  // real seconds that a message is seen under way
constexpr double kCalm = 1.6;          // real seconds after a beat before the pace rises
constexpr double kRise = 0.45;         // from then on it doubles so many times a second
constexpr double kQuiet = 0.02;        // simulated seconds per second when nothing is seen under way, at first
constexpr double kFastest = 4;

// Shortest flight among the messages that are seen, in seconds; 0 if there is none.
double shortest_flight(const view::Snapshot& s) {
  double shortest = 0;
  for (const view::InFlight& m : s.in_flight) {
    if (!is_seen(m)) {
      continue;
    }
    const double flight = static_cast<double>((m.arrives_at - m.sent_at).count()) / 1e9;
    shortest = shortest == 0 ? flight : std::min(shortest, flight);
  }
  return shortest;
}

}  // namespace

bool is_seen(const view::InFlight& m) {
  return !m.is_empty && !m.is_held && m.family != view::MessageFamily::kHeartbeat;
}

bool is_quiet(const view::Snapshot& s) { return std::none_of(s.in_flight.begin(), s.in_flight.end(), is_seen); }

double Pace::preset(int speed) {
  static constexpr std::array<double, 6> kPresets{0.001, 0.005, 0.02, 0.1, 1, 10};
  return kPresets[static_cast<std::size_t>(std::clamp(speed, 1, 6) - 1)];
}

Duration Pace::advance(const view::Snapshot& s, int speed, double elapsed_s, bool slow) {
  const double elapsed = std::clamp(elapsed_s, 0.0, 0.1);
  since_beat_s_ += elapsed;
  if (speed > 0) {
    ratio_ = preset(speed);
  } else {
    const double flight = shortest_flight(s);
    since_seen_s_ = flight > 0 ? 0 : since_seen_s_ + elapsed;
    if (flight > 0) {
      const double haste = std::pow(2.0, std::max(0.0, since_beat_s_ - kCalm) * kRise);
      ratio_ = std::min(flight / kMessageTakes * haste, kFastest);
    } else {
      // Idle time is of no interest: within a second the pace is a hundred times faster.
      ratio_ = std::min(kQuiet * std::pow(10.0, since_seen_s_ * 2), kFastest);
    }
    if (slow) {
      ratio_ *= 0.6;
    }
  }
  return Duration(static_cast<std::int64_t>(ratio_ * elapsed * 1e9));
}

}  // namespace kscope::ui
