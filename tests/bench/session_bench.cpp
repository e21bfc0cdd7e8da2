// Going back in time and what it costs to be able to: copies of the world, steps back, seeks, snapshots, memory.
//   session_bench [--quick] [--memory EVENTS]
// --memory makes a session of so many events and ends; the program runs itself so to measure a fresh process.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cinttypes>
#include <string>

#include "engine/core/rng.h"
#include "tests/bench/bench_cluster.h"
#include "tests/bench/figures.h"

namespace kscope::bench {
namespace {

constexpr int kRecordsPerSecond = 200;

std::unique_ptr<session::Session> session_of(std::uint64_t events) {
  std::unique_ptr<session::Session> session = open_or_die(parse_or_die(three_broker_scenario(kRecordsPerSecond)));
  session->seek_event(events);
  if (session->event() != events) {
    std::fprintf(stderr, "the run ended at event %" PRIu64 "\n", session->event());
    std::exit(1);
  }
  return session;
}

struct Spread {
  double typical = 0;
  double worst = 0;
};

/// Milliseconds of CPU of `work` over many positions of a run. The worst position is measured again: what counts is the
/// position, not who else used the processor just then.
template <class Work>
Spread over_positions(session::Session& session, int count, Work work) {
  const std::uint64_t end = session.event();
  Rng rng(1, 1);
  std::vector<double> times;
  Spread out;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t position = 1 + rng.below(end);
    session.seek_event(position);
    double ms = 1e3 * cpu_seconds_of([&] { work(session, position); });
    if (ms > out.worst) {
      session.seek_event(end);
      session.seek_event(position);
      ms = std::min(ms, 1e3 * cpu_seconds_of([&] { work(session, position); }));
    }
    times.push_back(ms);
    out.worst = std::max(out.worst, ms);
  }
  session.seek_event(end);
  out.typical = median(times);
  return out;
}

void copies(const session::Session& session, const std::string& length) {
  std::vector<double> fresh;
  std::vector<double> over;
  sim::World target = session.world();
  for (int i = 0; i < 51; ++i) {
    fresh.push_back(1e3 * cpu_seconds_of([&] {
                      const sim::World copy = session.world();
                      keep(copy);
                    }));
    over.push_back(1e3 * cpu_seconds_of([&] {
                     target = session.world();
                     keep(target);
                   }));
  }
  figure_at_most("copy of the world after " + length + ", made and dropped", median(fresh), "ms", 1);
  figure_of("  over an existing copy", median(over), "ms");
}

void snapshots(const session::Session& session, const std::string& length) {
  std::vector<double> whole;
  std::vector<double> small;
  view::Interest interest;
  interest.cells_per_replica = 48;
  view::Interest look;
  look.cells_per_replica = 0;
  look.events = false;
  for (int i = 0; i < 51; ++i) {
    whole.push_back(1e3 * cpu_seconds_of([&] { keep(session.snapshot(interest)); }));
    small.push_back(1e3 * cpu_seconds_of([&] { keep(session.snapshot(look)); }));
  }
  figure_of("snapshot after " + length + ", events and records", median(whole), "ms");
  figure_of("  without", median(small), "ms");
}

void going_back(session::Session& session, const std::string& length, int positions, double goal_ms) {
  const Spread back = over_positions(session, positions, [](session::Session& s, std::uint64_t) { s.step_back(); });
  figure_at_most("step back in a run of " + length + ", worst of " + std::to_string(positions), back.worst, "ms",
                 goal_ms);
  figure_of("  median", back.typical, "ms");
  const std::uint64_t end = session.event();
  Rng rng(2, 2);
  const Spread seek = over_positions(session, positions, [&](session::Session& s, std::uint64_t position) {
    s.seek_event((position + rng.below(end)) % end);
  });
  figure_at_most("seek anywhere in a run of " + length + ", worst", seek.worst, "ms", 100);
  figure_of("  median", seek.typical, "ms");
}

/// Peak of resident memory, in MB, of a process of its own that makes a session of so many events.
double peak_mb(const char* program, const std::string& events) {
  const pid_t child = fork();
  if (child == 0) {
    execl(program, program, "--memory", events.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    std::fprintf(stderr, "the run that measures memory failed\n");
    std::exit(1);
  }
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

void measure(const char* program, bool quick) {
  {
    const std::unique_ptr<session::Session> session = session_of(100'000);
    copies(*session, "100 000 events");
    snapshots(*session, "100 000 events");
    going_back(*session, "100 000 events", quick ? 50 : 400, 50);
  }
  const double start_mb = peak_mb(program, "1");
  if (quick) {
    figure_of("memory of a run of 100 000 events", peak_mb(program, "100000"), "MB");
    figure_of("  of one event", start_mb, "MB");
    return;
  }
  {
    const std::unique_ptr<session::Session> session = session_of(1'000'000);
    copies(*session, "1 000 000 events");
    snapshots(*session, "1 000 000 events");
    going_back(*session, "1 000 000 events", 200, 16);
  }
  figure_at_most("memory of a run of 1 000 000 events, checkpoints included", peak_mb(program, "1000000"), "MB", 500);
  figure_of("  of one event", start_mb, "MB");
}

}  // namespace
}  // namespace kscope::bench

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--memory") {
    kscope::bench::session_of(std::stoull(argv[2]));
    return 0;
  }
  kscope::bench::measure("/proc/self/exe", kscope::bench::is_quick(argc, argv));
  return 0;
}
