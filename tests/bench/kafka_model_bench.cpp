// The whole Kafka model on one core: 3 brokers, 6 partitions, 2 producers, a group of 3.
//   kafka_model_bench [--quick] [--costs]
// --costs prints what each kind of event costs and nothing else.
#include <map>
#include <string>
#include <utility>

#include "sim/session/event_log.h"
#include "sim/session/run.h"
#include "tests/bench/bench_cluster.h"
#include "tests/bench/figures.h"

namespace kscope::bench {
namespace {

// In a dense run events come from records, in a calm one half of them are heartbeats and empty fetches.
constexpr int kDense = 4000;  // records a second
constexpr int kCalm = 200;
// As in the cluster that the window shows first; most scenarios have one.
constexpr int kFewOffsetsPartitions = 3;
// The group has formed and logs are long enough to be typical.
constexpr Duration kWarmUp = 20s;

sim::World warm_world(int records_per_s, int offsets_partitions = kDefaultOffsetsPartitions) {
  sim::World world = make_world(parse_or_die(three_broker_scenario(records_per_s, offsets_partitions)));
  while (world.step({}, SimTime(kWarmUp))) {
  }
  return world;
}

session::Run warm_run(int records_per_s) {
  const scenario::Scenario scenario = parse_or_die(three_broker_scenario(records_per_s));
  sim::World world = make_world(scenario);
  sim::Watch watch(world.registry());
  session::Run run{std::move(world), std::move(watch), {}, true};
  while (run.step(SimTime(kWarmUp))) {
  }
  return run;
}

/// M events a second of CPU, going on from where the world stands.
template <class Step>
double events_per_us(std::uint64_t count, Step step) {
  const double seconds = cpu_seconds_of([&] {
    for (std::uint64_t i = 0; i < count; ++i) {
      step();
    }
  });
  return static_cast<double>(count) / seconds / 1e6;
}

/// Simulated seconds per second of CPU over `length` of simulated time.
double times_real_time(sim::World& world, Duration length) {
  const SimTime end = world.now() + length;
  const double seconds = cpu_seconds_of([&] {
    while (world.step({}, end)) {
    }
  });
  return std::chrono::duration<double>(length).count() / seconds;
}

void speed(bool quick) {
  const std::uint64_t events = quick ? 100'000 : 500'000;
  const int rounds = quick ? 3 : 9;
  const Duration length = quick ? Duration(60s) : Duration(300s);
  sim::World dense = warm_world(kDense);
  sim::World calm = warm_world(kCalm);
  sim::World small = warm_world(kCalm, kFewOffsetsPartitions);
  session::Run checked = warm_run(kDense);
  std::vector<double> bare;
  std::vector<double> with_invariants;
  std::vector<double> ratio;
  std::vector<double> real_time;
  std::vector<double> small_real_time;
  const std::uint64_t calm_begin = calm.event_count();
  const SimTime calm_time = calm.now();
  for (int i = 0; i < rounds; ++i) {
    bare.push_back(events_per_us(events, [&] { dense.step(); }));
    with_invariants.push_back(events_per_us(events, [&] { checked.step(SimTime::max()); }));
    ratio.push_back(bare.back() / with_invariants.back());
    real_time.push_back(times_real_time(calm, length));
    small_real_time.push_back(times_real_time(small, length));
  }
  if (checked.invariants.broken != 0 || checked.world.event_count() != dense.event_count() ||
      checked.world.fingerprint() != dense.fingerprint()) {
    std::fprintf(stderr, "the run with invariants is not the run without them, or something is broken\n");
    std::exit(1);
  }
  figure_at_least("whole Kafka model, no observers", median(bare), "M events/s", 1);
  figure_at_least("whole Kafka model, all invariants", median(with_invariants), "M events/s", 0.5);
  figure_of("  an event with invariants against one without", median(ratio), "x");
  figure_at_least("whole Kafka model at 200 records/s, 3 partitions of offsets", median(small_real_time), "x real time",
                  1000);
  figure_at_least("whole Kafka model at 200 records/s, 50 partitions of offsets", median(real_time), "x real time",
                  1000);
  const double span = std::chrono::duration<double>(calm.now() - calm_time).count();
  figure_of("  events in a simulated second there", static_cast<double>(calm.event_count() - calm_begin) / span,
            "events");
}

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
/// off. Notes are made as for an observer.
void costs(int records_per_s, bool quick) {
  sim::World world = warm_world(records_per_s);
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
  const std::uint64_t events = quick ? 200'000 : 2'000'000;
  const SimTime from = world.now();
  for (std::uint64_t i = 0; i < events; ++i) {
    const double begin = now_ns();
    world.step(observers);
    const double ns = now_ns() - begin - clock_ns;
    if (ns < 100'000) {  // else somebody else had the processor
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
  std::printf("\n%d records/s: %.0f events in a simulated second, %.0f ns each\n", records_per_s,
              static_cast<double>(events) / span, all.ns / static_cast<double>(all.count));
  std::printf("%-36s %10s %8s %8s %7s\n", "event", "count", "per s", "ns each", "% time");
  for (const auto& [kind, cost] : sorted) {
    const double count = static_cast<double>(cost.count);
    std::printf("%-36s %10.0f %8.1f %8.0f %7.1f\n", session::event_type(kind.first, kind.second).c_str(), count,
                count / span, cost.ns / count, 100 * cost.ns / all.ns);
  }
}

}  // namespace
}  // namespace kscope::bench

int main(int argc, char** argv) {
  const bool quick = kscope::bench::is_quick(argc, argv);
  if (kscope::bench::has_flag(argc, argv, "--costs")) {
    kscope::bench::costs(kscope::bench::kDense, quick);
    kscope::bench::costs(kscope::bench::kCalm, quick);
    return 0;
  }
  kscope::bench::speed(quick);
  return 0;
}
