#pragma once
// Scenario: a cluster, its clients, what will happen to it and what is expected of it, as people write it in a TOML file
// with Kafka's own config names. Plain data: every field is set by the loader, changed by the window and written back by
// `save`. Names and texts only; build.h turns it into ids, typed configs and events.
// The format is described in docs/scenario-format.md.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/time.h"
#include "sim/scenario/action.h"
#include "sim/types/compression.h"

namespace kscope::scenario {

/// One config as it stands in the file: Kafka's exact name, the value as text.
struct ConfigEntry {
  std::string name;
  std::string value;
  int line = 0;
};
using Configs = std::vector<ConfigEntry>;

/// The network between every two nodes; actions change single links.
struct NetworkEntry {
  Duration latency = 500us;      ///< one way
  Duration jitter{0};            ///< added on top, uniform in [0, jitter]
  std::int64_t bytes_per_s = 0;  ///< bandwidth of each connection and direction; 0 = unlimited
};

/// Every disk of the cluster.
struct DiskEntry {
  Duration flush_latency = 2ms;
  std::int64_t bytes_per_s = 400'000'000;
};

struct ZooKeeperEntry {
  std::int32_t servers = 1;
  Configs configs;  ///< tickTime (ms), initLimit, syncLimit (ticks), min/maxSessionTimeout (ms)
};

/// metadata = "kraft": the controllers c1, c2 ... that keep the metadata log.
struct KraftEntry {
  std::int32_t controllers = 3;
  /// process.roles = "broker,controller": controller cN and broker bN are one process. Otherwise each is one of its own.
  bool is_combined = false;
};

/// What clients with one client id may produce and consume, all together, on each broker.
struct QuotaEntry {
  std::string client_id;                ///< or "<default>": every client id without one of its own
  std::int64_t producer_byte_rate = 0;  ///< bytes a second; 0 = no limit
  std::int64_t consumer_byte_rate = 0;
  int line = 0;
};

struct BrokerEntry {
  std::int32_t id = 0;
  std::string rack;
  Configs configs;
  int line = 0;
  Duration start{0};  ///< when the process starts
};

struct TopicEntry {
  std::string name;
  std::int32_t partitions = -1;                       ///< -1 = num.partitions of the brokers
  std::int32_t replication_factor = -1;               ///< -1 = default.replication.factor of the brokers
  std::vector<std::vector<std::int32_t>> assignment;  ///< broker ids by partition; empty = the controller places them
  Configs configs;
  int line = 0;
  bool is_created_by_clients = false;  ///< not by the administrator, but by auto.create.topics.enable
};

/// How a producer's application makes records.
struct WorkloadEntry {
  enum class Keys : std::uint8_t { kNone, kRoundRobin, kUniform, kZipf, kList };
  std::int64_t records_per_1000_s = 0;  ///< 0 = only by action
  bool is_poisson = false;
  Keys keys = Keys::kNone;
  std::int64_t key_count = 0;
  std::vector<std::string> key_names;  ///< kList; an empty name is the null key
  std::int64_t value_size = 100;       ///< bytes
  std::int64_t limit = 0;              ///< records in all; 0 = no limit
  std::int64_t tombstone_every = 0;    ///< each so-many-th record with a key is a tombstone; 0 = none
  std::int64_t transaction = 0;  ///< of a transactional producer: records of each transaction; 0 = ended by action
  std::int64_t abort_every = 0;  ///< every so many transactions one is aborted; 0 = none
};

struct ProducerEntry {
  std::string name;
  std::string topic;
  Configs configs;
  WorkloadEntry workload;
  Duration start{0};  ///< when the process starts; Duration::max() = by action only
  int line = 0;
};

enum class CommitMode : std::uint8_t { kAuto, kAfterProcessing, kBeforeProcessing, kNever };

/// What one member of a group does differently.
struct MemberEntry {
  std::int32_t number = 0;  ///< 1 = "<group>-1"
  std::optional<Duration> start;
  std::optional<Duration> processing_time;
  std::vector<std::string> assign{};  ///< "orders-0": it reads these without being a member; empty = it subscribes
  Configs configs;
  int line = 0;
};

struct GroupEntry {
  std::string id;
  std::vector<std::string> topics;
  std::int32_t members = 1;        ///< that start by themselves
  std::int32_t spare_members = 0;  ///< that wait for a `start` action, numbered after the others
  Configs configs;
  Duration processing_time = 1ms;  ///< of the application, for each record
  CommitMode commit = CommitMode::kAuto;
  std::string output;        ///< topic that members produce to what they read, in transactions; "" = they only read
  Configs producer_configs;  ///< of the members' producers
  std::vector<MemberEntry> overrides;
  int line = 0;
};

/// [[at]]: one action at one time.
struct TimedAction {
  SimTime time;
  Action action;
  int line = 0;
};

/// [[expect]]: what must be true, and when.
struct Expect {
  enum class Kind : std::uint8_t {
    kWithin,   ///< at some moment in [from, time]
    kAt,       ///< at `time`
    kAlways,   ///< at every moment in [from, time]
    kFinally,  ///< at the end of the run
  };
  Kind kind = Kind::kFinally;
  SimTime from;
  SimTime time = SimTime::max();
  std::string condition;
  std::string text;  ///< what it means, in the author's words; may be empty
  int line = 0;
};
/// "within 60s: isr(orders-0) == [1,2]"
[[nodiscard]] std::string to_text(const Expect& expect);

struct Scenario {
  std::string title;
  std::string description;             ///< some sentences: what is shown and what to look at
  std::string path;                    ///< of the file; empty when it came from elsewhere
  std::string text;                    ///< the file as it was read
  std::string kafka_version = "3.9";   ///< which rules are old: those that came later
  Configs kafka_rules;                 ///< kafka.rules: rule or group -> "old" or "new", over the version's
  std::string metadata = "zookeeper";  ///< or "kraft"
  std::uint64_t seed = 1;
  Duration until = 60s;  ///< length of the run

  [[nodiscard]] bool is_kraft() const { return metadata == "kraft"; }
  /// Nodes that keep the metadata: ZooKeeper servers or controllers.
  [[nodiscard]] std::int32_t metadata_servers() const { return is_kraft() ? kraft.controllers : zookeeper.servers; }

  NetworkEntry network;
  DiskEntry disk;
  ZooKeeperEntry zookeeper;
  KraftEntry kraft;
  sim::CompressionRatios compression;
  Configs broker_defaults;
  Configs producer_defaults;
  Configs consumer_defaults;
  Configs topic_defaults;
  std::vector<BrokerEntry> brokers;
  std::vector<TopicEntry> topics;
  std::vector<ProducerEntry> producers;
  std::vector<GroupEntry> groups;
  std::vector<QuotaEntry> quotas;
  std::vector<TimedAction> actions;  ///< by time; equal times in the order of the file
  std::vector<Expect> expects;

  std::vector<std::string> warnings;  ///< "file:line: ..." each: configs that are known but not modelled
};

/// File name without folder and ending: "hello".
[[nodiscard]] std::string short_name(const Scenario& scenario);

/// What is wrong or odd with a scenario file, at one place.
struct Problem {
  int line = 0;  ///< 0 = the file as a whole
  bool is_warning = false;
  std::string text;  ///< what; what was expected; did you mean "..."
};
/// "file:line: error: text"
[[nodiscard]] std::string to_text(const Problem& problem, const std::string& path);

/// All that parsing found; the scenario is there when no problem is an error.
struct ParseOutcome {
  std::optional<Scenario> scenario;
  std::vector<Problem> problems;  ///< by line
};
/// Reads hostile text safely: sizes, counts, depths and numbers have limits, and exceeding one is a problem like another.
[[nodiscard]] ParseOutcome parse_all(const std::string& text, const std::string& path);

/// As parse_all; the error has every problem, one a line.
[[nodiscard]] Result<Scenario> parse(const std::string& text, const std::string& path);
/// Reads a file. Errors: it cannot be read, is too large, or those of parse.
[[nodiscard]] Result<Scenario> load(const std::string& path);
/// The scenario in the form that `parse` reads. parse(save(x)) equals x but for lines, text and path.
[[nodiscard]] std::string save(const Scenario& scenario);

}  // namespace kscope::scenario
