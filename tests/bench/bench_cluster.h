#pragma once
// The clusters that the benchmarks measure, as scenario texts, and the world or session made of one.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/session/session.h"
#include "sim/world/cluster.h"

namespace kscope::bench {

constexpr int kDefaultOffsetsPartitions = 50;  // Kafka's default of offsets.topic.num.partitions

/// 3 brokers, one topic of 6 partitions with 3 replicas, 2 producers that share `records_per_s`, a group of 3. Every other
/// config is Kafka's default.
inline std::string three_broker_scenario(int records_per_s, int offsets_partitions = kDefaultOffsetsPartitions) {
  const std::string rate = std::to_string(records_per_s / 2);
  std::string text =
      "title = \"Benchmark: three brokers\"\n"
      "seed = 7\n"
      "until = \"30d\"\n"
      "brokers = 3\n"
      "[defaults.broker]\n"
      "offsets.topic.num.partitions = " +
      std::to_string(offsets_partitions) +
      "\n"
      "[[topic]]\n"
      "name = \"orders\"\n"
      "partitions = 6\n"
      "replication.factor = 3\n"
      "config = { min.insync.replicas = 2 }\n";
  for (const std::string name : {"shop", "web"}) {
    text += "[[producer]]\nname = \"" + name +
            "\"\n"
            "topic = \"orders\"\n"
            "workload = { rate = \"" +
            rate +
            "/s\", arrivals = \"poisson\", key = \"zipf(1000)\", size = \"1KiB\" }\n"
            "config = { acks = \"all\" }\n";
  }
  text +=
      "[[group]]\n"
      "id = \"billing\"\n"
      "topics = [\"orders\"]\n"
      "members = 3\n"
      "processing.time = \"1ms\"\n";
  return text;
}

/// `brokers` brokers and one topic of `partitions` partitions with 3 replicas, a producer of
/// `records_per_s` and a group of 2.
inline std::string wide_scenario(int brokers, int partitions, int records_per_s = 200) {
  return "title = \"Benchmark: wide\"\n"
         "seed = 7\n"
         "until = \"1h\"\n"
         "brokers = " +
         std::to_string(brokers) +
         "\n"
         "[[topic]]\n"
         "name = \"orders\"\n"
         "partitions = " +
         std::to_string(partitions) +
         "\n"
         "replication.factor = 3\n"
         "[[producer]]\n"
         "name = \"shop\"\n"
         "topic = \"orders\"\n"
         "workload = { rate = \"" +
         std::to_string(records_per_s) +
         "/s\", key = \"zipf(1000)\", size = \"1KiB\" }\n"
         "[[group]]\n"
         "id = \"billing\"\n"
         "topics = [\"orders\"]\n"
         "members = 2\n"
         "processing.time = \"1ms\"\n";
}

/// A benchmark whose scenario is refused measures nothing: it ends with the reason.
inline scenario::Scenario parse_or_die(const std::string& text) {
  Result<scenario::Scenario> parsed = scenario::parse(text, "benchmark.toml");
  if (!parsed) {
    std::fprintf(stderr, "%s\n", to_string(parsed.error()).c_str());
    std::exit(1);
  }
  return std::move(*parsed);
}

inline sim::World make_world(const scenario::Scenario& scenario) {
  sim::Registry registry = scenario::make_registry(scenario);
  const std::vector<scenario::ScheduledInput> inputs = scenario::make_inputs(scenario, registry);
  sim::World world(sim::KafkaModel{}, std::move(registry), scenario::make_nodes(scenario),
                   scenario::make_network(scenario), scenario.seed);
  for (const scenario::ScheduledInput& input : inputs) {
    world.schedule(input.time, input.input);
  }
  return world;
}

inline std::unique_ptr<session::Session> open_or_die(const scenario::Scenario& scenario,
                                                     const session::SessionOptions& options = {}) {
  Result<std::unique_ptr<session::Session>> opened = session::Session::open(scenario, {}, options);
  if (!opened) {
    std::fprintf(stderr, "%s\n", to_string(opened.error()).c_str());
    std::exit(1);
  }
  return std::move(*opened);
}

}  // namespace kscope::bench
