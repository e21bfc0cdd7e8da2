// Writing a scenario in the form that it is read in. What equals the default is left out, so that a file says what is
// particular about it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/scenario/amounts.h"
#include "sim/scenario/process_roles.h"
#include "sim/scenario/read_clients.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/toml_tree.h"
#include "sim/types/client_quota.h"

namespace kscope::scenario {
namespace {

// Kafka's names are written bare: TOML reads the dots as tables, the loader joins them again.
std::string config_key(const std::string& name) {
  for (const char c : name) {
    const bool is_bare =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    if (!is_bare) {
      return toml_quoted(name);
    }
  }
  const bool has_empty_part =
      name.empty() || name.front() == '.' || name.back() == '.' || name.find("..") != std::string::npos;
  return has_empty_part ? toml_quoted(name) : name;
}

// A number stays a number; everything else is a text. Texts such as "007" must not become numbers.
std::string config_value(const std::string& value) {
  const bool is_number = !value.empty() && value.size() <= 18 &&
                         value.find_first_not_of("0123456789") == std::string::npos &&
                         (value == "0" || value.front() != '0');
  return is_number || value == "true" || value == "false" ? value : toml_quoted(value);
}

class Writer {
 public:
  std::string out;

  void line(std::string_view text) {
    out += text;
    out += '\n';
  }
  void heading(std::string_view text) {
    out += '\n';
    line(text);
  }
  void text(std::string_view key, const std::string& value) { line(fmt::format("{} = {}", key, toml_quoted(value))); }
  void duration(std::string_view key, Duration value) { text(key, duration_text(value)); }
  void number(std::string_view key, std::int64_t value) { line(fmt::format("{} = {}", key, value)); }
  void configs(const Configs& configs) {
    for (const ConfigEntry& entry : configs) {
      line(fmt::format("{} = {}", config_key(entry.name), config_value(entry.value)));
    }
  }
  // One line while it is short, else a table of its own; tables come after lines, and must be the last part of their entry.
  void config_table(const Configs& entries, std::string_view path) { config_tables(path, {{"config", &entries}}); }
  void config_tables(std::string_view path, std::vector<std::pair<std::string_view, const Configs*>> tables) {
    const auto is_short = [](const auto& table) { return inside_line(*table.second).size() <= 100; };
    std::stable_partition(tables.begin(), tables.end(), is_short);
    for (const auto& [key, entries] : tables) {
      const std::string inside = inside_line(*entries);
      if (!inside.empty() && inside.size() <= 100) {
        line(fmt::format("{} = {{ {} }}", key, inside));
      } else if (!inside.empty()) {
        line(fmt::format("[{}.{}]", path, key));
        configs(*entries);
      }
    }
  }

 private:
  static std::string inside_line(const Configs& entries) {
    std::string inside;
    for (const ConfigEntry& entry : entries) {
      inside += fmt::format("{}{} = {}", inside.empty() ? "" : ", ", config_key(entry.name), config_value(entry.value));
    }
    return inside;
  }
};

std::string text_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    out += (out.empty() ? "" : ", ") + toml_quoted(text);
  }
  return "[" + out + "]";
}

void write_description(Writer& writer, const std::string& description) {
  if (description.find('\n') == std::string::npos) {
    writer.text("description", description);
    return;
  }
  // Each line of its own keeps the file readable; quotes and backslashes are escaped as in a one-line text.
  const std::string quoted = toml_quoted(description);
  std::string body;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\' && quoted[i + 1] == 'n') {
      body += '\n';
      ++i;
    } else if (quoted[i] == '\\') {
      body += quoted[i];
      body += quoted[++i];
    } else {
      body += quoted[i];
    }
  }
  writer.line("description = \"\"\"\n" + body + "\"\"\"");
}

void write_environment(Writer& writer, const Scenario& s) {
  const NetworkEntry network;
  if (s.network.latency != network.latency || s.network.jitter != network.jitter ||
      s.network.bytes_per_s != network.bytes_per_s) {
    writer.heading("[network]");
    writer.duration("latency", s.network.latency);
    writer.duration("jitter", s.network.jitter);
    writer.text("bandwidth", size_text(s.network.bytes_per_s) + "/s");
  }
  const DiskEntry disk;
  if (s.disk.flush_latency != disk.flush_latency || s.disk.bytes_per_s != disk.bytes_per_s) {
    writer.heading("[disk]");
    writer.duration("flush", s.disk.flush_latency);
    writer.text("bandwidth", size_text(s.disk.bytes_per_s) + "/s");
  }
  if (s.zookeeper.servers != 1 || !s.zookeeper.configs.empty()) {
    writer.heading("[zookeeper]");
    writer.number("servers", s.zookeeper.servers);
    writer.config_table(s.zookeeper.configs, "zookeeper");
  }
  if (s.kraft.controllers != KraftEntry{}.controllers || s.kraft.is_combined) {
    writer.heading("[kraft]");
    writer.number("controllers", s.kraft.controllers);
    if (s.kraft.is_combined) {
      writer.text("process.roles", std::string(kCombinedRoles));
    }
  }
  if (s.compression != sim::CompressionRatios{}) {
    writer.heading("[compression]");
    for (const sim::CompressionType type : {sim::CompressionType::GZIP, sim::CompressionType::SNAPPY,
                                            sim::CompressionType::LZ4, sim::CompressionType::ZSTD}) {
      if (s.compression.of(type) != sim::CompressionRatios{}.of(type)) {
        writer.number(sim::compression_name(type), s.compression.of(type));
      }
    }
  }
  struct Defaults {
    std::string_view name;
    const Configs& configs;
  };
  const Defaults defaults[] = {{"broker", s.broker_defaults},
                               {"topic", s.topic_defaults},
                               {"producer", s.producer_defaults},
                               {"consumer", s.consumer_defaults}};
  for (const Defaults& entry : defaults) {
    if (!entry.configs.empty()) {
      writer.heading(fmt::format("[defaults.{}]", entry.name));
      writer.configs(entry.configs);
    }
  }
}

void write_brokers(Writer& writer, const Scenario& s) {
  for (const BrokerEntry& broker : s.brokers) {
    writer.heading("[[broker]]");
    writer.number("id", broker.id);
    if (!broker.rack.empty()) {
      writer.text("rack", broker.rack);
    }
    if (broker.start != Duration{0}) {
      writer.duration("start", broker.start);
    }
    writer.config_table(broker.configs, "broker");
  }
}

void write_topics(Writer& writer, const Scenario& s) {
  for (const TopicEntry& topic : s.topics) {
    writer.heading("[[topic]]");
    writer.text("name", topic.name);
    if (topic.partitions >= 0) {
      writer.number("partitions", topic.partitions);
    }
    if (topic.replication_factor >= 0) {
      writer.number("replication.factor", topic.replication_factor);
    }
    if (topic.is_created_by_clients) {
      writer.text("create", "by-clients");
    }
    if (!topic.assignment.empty()) {
      std::string rows;
      for (const std::vector<std::int32_t>& row : topic.assignment) {
        rows += fmt::format("{}[{}]", rows.empty() ? "" : ", ", fmt::join(row, ", "));
      }
      writer.line(fmt::format("assignment = [{}]", rows));
    }
    writer.config_table(topic.configs, "topic");
  }
}

void write_start(Writer& writer, Duration start) {
  start == Duration::max() ? writer.text("start", "by-action") : writer.duration("start", start);
}

void write_producers(Writer& writer, const Scenario& s) {
  for (const ProducerEntry& producer : s.producers) {
    writer.heading("[[producer]]");
    writer.text("name", producer.name);
    writer.text("topic", producer.topic);
    if (producer.start != Duration{0}) {
      write_start(writer, producer.start);
    }
    const WorkloadEntry& w = producer.workload;
    std::string inside = fmt::format("rate = \"{}\"", rate_text(w.records_per_1000_s));
    inside += w.is_poisson ? ", arrivals = \"poisson\"" : "";
    inside += w.keys == WorkloadEntry::Keys::kList ? ", key = " + text_list(w.key_names)
                                                   : ", key = " + toml_quoted(keys_text(w));
    inside += fmt::format(", size = \"{}\"", size_text(w.value_size));
    inside += w.limit == 0 ? "" : fmt::format(", limit = {}", w.limit);
    inside += w.tombstone_every == 0 ? "" : fmt::format(", tombstone.every = {}", w.tombstone_every);
    inside += w.transaction == 0 ? "" : fmt::format(", transaction = {}", w.transaction);
    inside += w.abort_every == 0 ? "" : fmt::format(", abort.every = {}", w.abort_every);
    writer.line(fmt::format("workload = {{ {} }}", inside));
    writer.config_table(producer.configs, "producer");
  }
}

void write_groups(Writer& writer, const Scenario& s) {
  for (const GroupEntry& group : s.groups) {
    writer.heading("[[group]]");
    writer.text("id", group.id);
    writer.line("topics = " + text_list(group.topics));
    writer.number("members", group.members);
    if (group.spare_members != 0) {
      writer.number("spare", group.spare_members);
    }
    writer.duration("processing.time", group.processing_time);
    if (group.commit != CommitMode::kAuto) {
      writer.text("commit", std::string(commit_word(group.commit)));
    }
    if (!group.output.empty()) {
      writer.text("output", group.output);
    }
    writer.config_tables("group", {{"config", &group.configs}, {"producer.config", &group.producer_configs}});
    for (const MemberEntry& member : group.overrides) {
      writer.line("[[group.member]]");
      writer.number("number", member.number);
      if (member.start) {
        write_start(writer, *member.start);
      }
      if (member.processing_time) {
        writer.duration("processing.time", *member.processing_time);
      }
      if (!member.assign.empty()) {
        writer.line("assign = " + text_list(member.assign));
      }
      writer.config_table(member.configs, "group.member");
    }
  }
}

void write_quotas(Writer& writer, const Scenario& s) {
  for (const QuotaEntry& quota : s.quotas) {
    writer.heading("[[quota]]");
    writer.text("client.id", quota.client_id);
    if (quota.producer_byte_rate > 0) {
      writer.number(sim::kProducerByteRate, quota.producer_byte_rate);
    }
    if (quota.consumer_byte_rate > 0) {
      writer.number(sim::kConsumerByteRate, quota.consumer_byte_rate);
    }
  }
}

void write_expect(Writer& writer, const Expect& expect) {
  writer.heading("[[expect]]");
  const Duration from = expect.from.time_since_epoch();
  const Duration time = expect.time.time_since_epoch();
  switch (expect.kind) {
    case Expect::Kind::kWithin: writer.duration("within", time); break;
    case Expect::Kind::kAt: writer.duration("at", time); break;
    case Expect::Kind::kAlways:
      writer.line("always = true");
      if (expect.time != SimTime::max()) {
        writer.duration("until", time);
      }
      break;
    case Expect::Kind::kFinally: writer.line("finally = true"); break;
  }
  if (from != Duration{0}) {
    writer.duration("from", from);
  }
  writer.text("that", expect.condition);
  if (!expect.text.empty()) {
    writer.text("text", expect.text);
  }
}

}  // namespace

std::string save(const Scenario& scenario) {
  Writer writer;
  writer.text("title", scenario.title);
  if (!scenario.description.empty()) {
    write_description(writer, scenario.description);
  }
  writer.text("kafka.version", scenario.kafka_version);
  for (const ConfigEntry& entry : scenario.kafka_rules) {
    writer.text("kafka.rules." + entry.name, entry.value);
  }
  writer.text("metadata", scenario.metadata);
  writer.number("seed", static_cast<std::int64_t>(scenario.seed));
  writer.duration("until", scenario.until);
  write_environment(writer, scenario);
  write_brokers(writer, scenario);
  write_topics(writer, scenario);
  write_producers(writer, scenario);
  write_groups(writer, scenario);
  write_quotas(writer, scenario);
  for (const TimedAction& timed : scenario.actions) {
    writer.heading("[[at]]");
    writer.duration("time", timed.time.time_since_epoch());
    const std::vector<ActionField> fields = to_fields(timed.action);
    writer.text("do", std::string(info(timed.action.verb).word));
    for (const ActionField& field : fields) {
      writer.line(fmt::format("{} = {}", field.key, config_value(field.value)));
    }
  }
  for (const Expect& expect : scenario.expects) {
    write_expect(writer, expect);
  }
  return writer.out;
}

std::string to_text(const Expect& expect) {
  const auto time = [](SimTime t) { return duration_text(t.time_since_epoch()); };
  const bool has_from = expect.from > SimTime{};
  switch (expect.kind) {
    case Expect::Kind::kWithin:
      return has_from ? fmt::format("from {} within {}: {}", time(expect.from), time(expect.time), expect.condition)
                      : fmt::format("within {}: {}", time(expect.time), expect.condition);
    case Expect::Kind::kAt: return fmt::format("at {}: {}", time(expect.time), expect.condition);
    case Expect::Kind::kAlways:
      return fmt::format("always{}{}: {}", has_from ? " from " + time(expect.from) : "",
                         expect.time == SimTime::max() ? "" : " until " + time(expect.time), expect.condition);
    case Expect::Kind::kFinally: return fmt::format("finally: {}", expect.condition);
  }
  return expect.condition;
}

}  // namespace kscope::scenario
