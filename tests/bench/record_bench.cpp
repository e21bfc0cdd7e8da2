// What recording costs: the same run with and without a recorder, in turns, in one process. A run is what
// `kafkascope run` does: a session that keeps neither rows nor checkpoints, with or without its invariants. The recorded
// one includes making the file and finishing it.
//
// What the recorder adds is told in parts of the run without it (0.15 = 15 %), the median over the rounds:
//   wall_cost         real time: what somebody waits longer; meaningful when a second processor is free
//   run_thread_cost   processor time of the thread that simulates, whatever else the machine does
//   cpu_cost          processor time of all threads together
//   bytes_per_event   size of the finished file by events
#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/check.h"
#include "sim/record/recorder.h"
#include "sim/scenario/scenario.h"
#include "sim/session/session.h"

namespace kscope::record {
namespace {

constexpr const char* kScenario = R"TOML(
title = "Two producers, a group of three"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 7
until = "300s"
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 6
replication.factor = 3
config = { min.insync.replicas = 2 }
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "100/s", key = "zipf(1000)", size = "200B" }
config = { acks = "all", linger.ms = 5 }
[[producer]]
name = "web"
topic = "orders"
workload = { rate = "100/s", key = "zipf(1000)", size = "200B" }
config = { acks = "all", linger.ms = 5 }
[[group]]
id = "billing"
topics = ["orders"]
members = 3
processing.time = "1ms"
config = { auto.offset.reset = "earliest" }
)TOML";

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Cost {
  double wall_s = 0;
  double thread_s = 0;  ///< processor time of this thread
  double cpu_s = 0;     ///< of all threads
};

Cost cost_of(const std::function<void()>& work) {
  const Cost begin{seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_THREAD_CPUTIME_ID),
                   seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
  work();
  return {seconds_of(CLOCK_MONOTONIC) - begin.wall_s, seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin.thread_s,
          seconds_of(CLOCK_PROCESS_CPUTIME_ID) - begin.cpu_s};
}

std::unique_ptr<session::Session> open_session(const scenario::Scenario& scenario, bool checks_invariants) {
  session::SessionOptions options;
  options.keeps_rows = false;
  options.keeps_checkpoints = false;
  options.checks_invariants = checks_invariants;
  Result<std::unique_ptr<session::Session>> opened = session::Session::open(scenario, scenario.seed, options);
  KSCOPE_CHECK(opened.has_value(), "the scenario of the benchmark is valid");
  (*opened)->pause_on_break = false;
  return std::move(*opened);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void recording(benchmark::State& state) {
  const bool checks_invariants = state.range(0) != 0;
  Result<scenario::Scenario> scenario = scenario::parse(kScenario, "bench.toml");
  KSCOPE_CHECK(scenario.has_value(), "the scenario of the benchmark parses");
  const std::string path =
      (std::filesystem::temp_directory_path() / ("kafkascope-bench-" + std::to_string(std::clock()) + ".db")).string();
  std::vector<double> wall;
  std::vector<double> thread;
  std::vector<double> cpu;
  std::vector<double> plain_wall;
  std::uint64_t events = 0;
  std::uintmax_t bytes = 0;
  for ([[maybe_unused]] auto _ : state) {
    std::uint64_t fingerprint = 0;
    const Cost plain = cost_of([&] {
      const auto session = open_session(*scenario, checks_invariants);
      session->run({});
      fingerprint = session->fingerprint();
    });
    const Cost recorded = cost_of([&] {
      const auto session = open_session(*scenario, checks_invariants);
      RecorderOptions options;
      options.writer.replaces = true;
      RunInfo info;
      info.scenario_text = kScenario;
      Result<std::unique_ptr<Recorder>> recorder = Recorder::open(path, info, options);
      KSCOPE_CHECK(recorder.has_value(), "the folder for temporary files can be written");
      session->set_observer(recorder->get());
      session->run({});
      session->set_observer(nullptr);
      KSCOPE_CHECK((*recorder)->finish(session->world()).has_value(), "there is room for the recording");
      KSCOPE_CHECK(session->fingerprint() == fingerprint, "a recorder changes nothing");
      events = session->event();
    });
    bytes = std::filesystem::file_size(path);
    wall.push_back(recorded.wall_s / plain.wall_s - 1);
    thread.push_back(recorded.thread_s / plain.thread_s - 1);
    cpu.push_back(recorded.cpu_s / plain.cpu_s - 1);
    plain_wall.push_back(plain.wall_s);
    state.SetIterationTime(recorded.wall_s);
  }
  std::filesystem::remove(path);
  state.counters["wall_cost"] = median(wall);
  state.counters["run_thread_cost"] = median(thread);
  state.counters["cpu_cost"] = median(cpu);
  state.counters["bytes_per_event"] = static_cast<double>(bytes) / static_cast<double>(events);
  state.counters["events"] = static_cast<double>(events);
  state.counters["plain_events/s"] = static_cast<double>(events) / median(plain_wall);
}
BENCHMARK(recording)
    ->ArgName("invariants")
    ->Arg(1)
    ->Arg(0)
    ->Iterations(9)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kscope::record

BENCHMARK_MAIN();
