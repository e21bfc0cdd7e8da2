// A wide cluster on one core: 100 brokers, 10 000 partitions with 3 replicas each, nearly idle, 1 000 records a second.
//   wide_model_bench [--quick] [--costs] [--brokers N] [--partitions N]
// --quick takes a tenth of the brokers and of the partitions; --costs also prints what each kind of event costs.
#include <sys/resource.h>

#include <cstdlib>
#include <cstring>

#include "tests/bench/bench_cluster.h"
#include "tests/bench/event_costs.h"
#include "tests/bench/figures.h"

namespace kscope::bench {
namespace {

constexpr int kRecordsPerSecond = 1000;
// Topics are there after ten seconds, and the group reads soon after.
constexpr Duration kWarmUp = 30s;

int option(int argc, char** argv, const char* name, int otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) {
      return std::atoi(argv[i + 1]);
    }
  }
  return otherwise;
}

/// Peak of resident memory of this process, in MB.
double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

void measure(int brokers, int partitions, Duration length, bool with_costs) {
  const std::string size = std::to_string(brokers) + " brokers, " + std::to_string(partitions) + " partitions";
  sim::World world = make_world(parse_or_die(wide_scenario(brokers, partitions, kRecordsPerSecond)));
  const double warm_seconds = cpu_seconds_of([&] {
    while (world.step({}, SimTime(kWarmUp))) {
    }
  });
  const std::uint64_t events_before = world.event_count();
  const SimTime end = world.now() + length;
  const double seconds = cpu_seconds_of([&] {
    while (world.step({}, end)) {
    }
  });
  const double span = std::chrono::duration<double>(length).count();
  const double events = static_cast<double>(world.event_count() - events_before);
  figure_at_least(size + ", 1 000 records/s", span / seconds, "x real time", 1);
  figure_of("  events in a simulated second there", events / span, "events");
  figure_of("  events a second", events / seconds / 1e6, "M events/s");
  figure_of("  the first 30 simulated seconds, topics created and all", warm_seconds, "s");
  figure_at_most("memory of it", peak_mb(), "MB", 3000);
  if (with_costs) {
    print_event_costs(world, std::to_string(kRecordsPerSecond) + " records/s", 2'000'000, 1e9);
  }
}

}  // namespace
}  // namespace kscope::bench

int main(int argc, char** argv) {
  const bool quick = kscope::bench::is_quick(argc, argv);
  const int brokers = kscope::bench::option(argc, argv, "--brokers", quick ? 10 : 100);
  const int partitions = kscope::bench::option(argc, argv, "--partitions", quick ? 1000 : 10'000);
  kscope::bench::measure(
      brokers, partitions,
      quick ? kscope::Duration(std::chrono::seconds(10)) : kscope::Duration(std::chrono::seconds(60)),
      kscope::bench::has_flag(argc, argv, "--costs"));
  return 0;
}
