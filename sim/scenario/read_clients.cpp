#include "sim/scenario/read_clients.h"

#include <fmt/format.h>

#include <optional>

#include "sim/config/units.h"
#include "sim/scenario/amounts.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/names.h"

namespace kscope::scenario {
namespace {

struct KeysWord {
  std::string_view word;
  WorkloadEntry::Keys keys;
};
constexpr KeysWord kKeysWords[] = {{"round-robin", WorkloadEntry::Keys::kRoundRobin},
                                   {"uniform", WorkloadEntry::Keys::kUniform},
                                   {"zipf", WorkloadEntry::Keys::kZipf}};

struct CommitWord {
  std::string_view word;
  CommitMode mode;
};
constexpr CommitWord kCommitWords[] = {{"auto", CommitMode::kAuto},
                                       {"after-processing", CommitMode::kAfterProcessing},
                                       {"before-processing", CommitMode::kBeforeProcessing},
                                       {"never", CommitMode::kNever}};

// "zipf(1000)" and the like.
bool read_keys_word(const std::string& text, WorkloadEntry& workload) {
  if (text == "none") {
    workload.keys = WorkloadEntry::Keys::kNone;
    return true;
  }
  const std::size_t open = text.find('(');
  if (open == std::string::npos || text.back() != ')') {
    return false;
  }
  const std::string word = text.substr(0, open);
  const std::optional<std::int64_t> count =
      sim::parse_integer(std::string_view(text).substr(open + 1, text.size() - open - 2));
  if (!count || *count < 1 || *count > kMaxKeys) {
    return false;
  }
  for (const KeysWord& known : kKeysWords) {
    if (known.word == word) {
      workload.keys = known.keys;
      workload.key_count = *count;
      return true;
    }
  }
  return false;
}

void read_keys(TableReader& reader, WorkloadEntry& workload) {
  const int line = reader.line_of("key");
  std::vector<std::string> texts;
  if (!reader.texts("key", kMaxKeyNames, texts)) {
    return;
  }
  if (texts.size() == 1 && read_keys_word(texts[0], workload)) {
    return;
  }
  const bool is_a_form = texts.size() == 1 && texts[0].find_first_of("() ") != std::string::npos;
  if (texts.empty() || is_a_form) {
    reader.error(line, fmt::format("key is \"{}\"; expected \"none\", \"round-robin(N)\", \"uniform(N)\", \"zipf(N)\" "
                                   "with N from 1 to {}, or a list of keys",
                                   texts.empty() ? "" : shown(texts[0]), kMaxKeys));
    return;
  }
  workload.keys = WorkloadEntry::Keys::kList;
  workload.key_names = std::move(texts);
}

void read_rate(TableReader& reader, WorkloadEntry& workload) {
  const TomlNode* node = reader.take("rate");
  if (node == nullptr) {
    return;
  }
  const std::optional<std::int64_t> rate =
      node->kind == TomlNode::Kind::kString || node->kind == TomlNode::Kind::kInteger ? parse_rate(node->text)
                                                                                      : std::nullopt;
  if (!rate) {
    reader.error(node->line,
                 fmt::format("rate is \"{}\"; expected such as \"200/s\", \"30/min\" or 0, at most 1000000/s",
                             shown(node->text)));
    return;
  }
  workload.records_per_1000_s = *rate;
}

WorkloadEntry read_workload(const TomlNode& table, Problems& problems) {
  WorkloadEntry workload;
  TableReader reader(table, "workload", problems);
  read_rate(reader, workload);
  std::string arrivals = "even";
  const int line = reader.line_of("arrivals");
  if (reader.text("arrivals", arrivals, kMaxNameBytes) && arrivals != "even" && arrivals != "poisson") {
    reader.error(line, fmt::format("arrivals is \"{}\"; expected \"even\" or \"poisson\"{}", shown(arrivals),
                                   did_you_mean(arrivals, {"even", "poisson"})));
  }
  workload.is_poisson = arrivals == "poisson";
  read_keys(reader, workload);
  reader.size("size", {0, kMaxRecordBytes}, workload.value_size);
  reader.integer("limit", {0, INT64_MAX}, workload.limit);
  reader.integer("tombstone.every", {0, INT64_MAX}, workload.tombstone_every);
  reader.integer("transaction", {0, INT32_MAX}, workload.transaction);
  reader.integer("abort.every", {0, INT32_MAX}, workload.abort_every);
  reader.finish();
  return workload;
}

// "10s", or "by-action".
bool read_start(TableReader& reader, Duration& out) {
  if (const TomlNode* node = reader.take("start");
      node != nullptr && node->kind == TomlNode::Kind::kString && node->text == "by-action") {
    out = Duration::max();
    return true;
  }
  return reader.duration("start", out);
}

MemberEntry read_member(const TomlNode& table, Problems& problems) {
  MemberEntry member;
  member.line = table.line;
  TableReader reader(table, "[[group.member]]", problems, {"config"});
  reader.require("number");
  reader.integer("number", {1, kMaxConsumers}, member.number);
  if (Duration start{0}; read_start(reader, start)) {
    member.start = start;
  }
  if (Duration time{0}; reader.duration("processing.time", time, kLongestDelay)) {
    member.processing_time = time;
  }
  const int line = reader.line_of("assign");
  if (reader.texts("assign", static_cast<std::size_t>(kMaxPartitionsOfTopic), member.assign) && member.assign.empty()) {
    reader.error(line, "assign is empty; expected partitions such as [\"orders-0\"], or no assign: then it subscribes");
  }
  reader.configs("config", member.configs);
  reader.finish();
  return member;
}

void read_commit(TableReader& reader, GroupEntry& group) {
  std::string word;
  const int line = reader.line_of("commit");
  if (!reader.text("commit", word, kMaxNameBytes)) {
    return;
  }
  std::vector<std::string> known;
  for (const CommitWord& commit : kCommitWords) {
    if (commit.word == word) {
      group.commit = commit.mode;
      return;
    }
    known.emplace_back(commit.word);
  }
  reader.error(line, fmt::format("commit is \"{}\"; expected \"auto\", \"after-processing\", \"before-processing\" or "
                                 "\"never\"{}",
                                 shown(word), did_you_mean(word, known)));
}

}  // namespace

ProducerEntry read_producer(const TomlNode& table, Problems& problems) {
  ProducerEntry producer;
  producer.line = table.line;
  TableReader reader(table, "[[producer]]", problems, {"config", "workload"});
  reader.require("name");
  reader.require("topic");
  reader.name("name", producer.name);
  reader.name("topic", producer.topic);
  read_start(reader, producer.start);
  reader.configs("config", producer.configs);
  if (const TomlNode* workload = reader.take("workload")) {
    if (workload->kind == TomlNode::Kind::kTable) {
      producer.workload = read_workload(*workload, problems);
    } else {
      problems.error(workload->line, "workload is no table; expected such as { rate = \"20/s\", key = \"none\" }");
    }
  }
  reader.finish();
  return producer;
}

GroupEntry read_group(const TomlNode& table, Problems& problems) {
  GroupEntry group;
  group.line = table.line;
  TableReader reader(table, "[[group]]", problems, {"config", "producer.config", "member"});
  reader.require("id");
  reader.require("topics");
  reader.name("id", group.id);
  reader.texts("topics", static_cast<std::size_t>(kMaxTopics), group.topics);
  reader.integer("members", {0, kMaxConsumers}, group.members);
  reader.integer("spare", {0, kMaxConsumers}, group.spare_members);
  reader.duration("processing.time", group.processing_time, kLongestDelay);
  read_commit(reader, group);
  reader.name("output", group.output);
  reader.configs("config", group.configs);
  reader.configs("producer.config", group.producer_configs);
  reader.tables("member", static_cast<std::size_t>(kMaxConsumers),
                [&](const TomlNode& member) { group.overrides.push_back(read_member(member, problems)); });
  reader.finish();
  return group;
}

std::string_view commit_word(CommitMode mode) {
  for (const CommitWord& commit : kCommitWords) {
    if (commit.mode == mode) {
      return commit.word;
    }
  }
  return "auto";
}

std::string keys_text(const WorkloadEntry& workload) {
  for (const KeysWord& known : kKeysWords) {
    if (known.keys == workload.keys) {
      return fmt::format("{}({})", known.word, workload.key_count);
    }
  }
  return "none";
}

}  // namespace kscope::scenario
