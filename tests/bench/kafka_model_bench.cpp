// The whole Kafka model on one core: 3 brokers, 6 partitions, 2 producers, a group of 3.
//   kafka_model_bench [--quick] [--costs]
// --costs prints what each kind of event costs and nothing else.
#include <string>
#include <vector>

#include "sim/session/run.h"
#include "tests/bench/bench_cluster.h"
#include "tests/bench/event_costs.h"
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

void costs(int records_per_s, bool quick) {
  sim::World world = warm_world(records_per_s);
  print_event_costs(world, std::to_string(records_per_s) + " records/s", quick ? 200'000 : 2'000'000);
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
