#pragma once
// What each kind of event costs, as a table: which handlers to look at when a figure is missed.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/session/event_log.h"
#include "sim/world/cluster.h"
#include "tests/bench/figures.h"

namespace kscope::bench {

/// Takes note of what kind the last event was.
class KindWatcher final : public sim::Observer {
 public:
  void on_event(const sim::World&, const sim::Event& event) override { last = {event.kind, event.what}; }
  std::pair<EventKind, std::uint16_t> last;
};

struct Cost {
  std::uint64_t count = 0;
  double ns = 0;
};

/// What each kind of event costs, everything that the kernel does for it included. The clock itself is measured and taken
/// off. Notes are made as for an observer. Goes on for `events` events from where the world stands.
/// What took longer than `longest_ns` is left out: somebody else had the processor.
inline void print_event_costs(sim::World& world, const std::string& title, std::uint64_t events,
                              double longest_ns = 100'000) {
  KindWatcher watcher;
  const std::vector<sim::Observer*> observers{&watcher};
  const auto now_ns = [] {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
  };
  std::vector<double> clock;
  for (int i = 0; i < 10'000; ++i) {
    const double begin = now_ns();
    clock.push_back(now_ns() - begin);
  }
  const double clock_ns = median(clock);
  std::map<std::pair<EventKind, std::uint16_t>, Cost> by_kind;
  Cost all;
  const SimTime from = world.now();
  for (std::uint64_t i = 0; i < events; ++i) {
    const double begin = now_ns();
    world.step(observers);
    const double ns = now_ns() - begin - clock_ns;
    if (ns < longest_ns) {
      Cost& cost = by_kind[watcher.last];
      ++cost.count;
      cost.ns += ns;
      ++all.count;
      all.ns += ns;
    }
  }
  std::vector<std::pair<std::pair<EventKind, std::uint16_t>, Cost>> sorted(by_kind.begin(), by_kind.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second.ns > b.second.ns; });
  const double span = std::chrono::duration<double>(world.now() - from).count();
  std::printf("\n%s: %.0f events in a simulated second, %.0f ns each\n", title.c_str(),
              static_cast<double>(events) / span, all.ns / static_cast<double>(all.count));
  std::printf("%-36s %10s %8s %8s %7s\n", "event", "count", "per s", "ns each", "% time");
  for (const auto& [kind, cost] : sorted) {
    const double count = static_cast<double>(cost.count);
    std::printf("%-36s %10.0f %8.1f %8.0f %7.1f\n", session::event_type(kind.first, kind.second).c_str(), count,
                count / span, cost.ns / count, 100 * cost.ns / all.ns);
  }
}

}  // namespace kscope::bench
