// docs/scenario-format.md lists actions, words of conditions, notes and limits as the code has them. The lists stand between
// marks in the file; with KSCOPE_UPDATE_GOLDEN=1 this test writes them anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "sim/config/units.h"
#include "sim/rules/protocol_rules.h"
#include "sim/scenario/action_verbs.h"
#include "sim/scenario/amounts.h"
#include "sim/scenario/condition.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/scenario.h"
#include "sim/world/note.h"
#include "source_dir_generated.h"

namespace kscope::scenario::format_doc_test {
namespace {

const std::string kDocument = std::string(KSCOPE_SOURCE_DIR) + "/docs/scenario-format.md";

std::string read_document() {
  std::ifstream file(kDocument, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A bar would end the cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '|' ? "\\|" : std::string(1, c);
  }
  return out;
}

std::string actions() {
  std::string out = "| Line | Keys | What happens |\n|---|---|---|\n";
  for (const VerbDef& def : verb_defs()) {
    std::string keys;
    for (const Param& param : def.params) {
      keys += fmt::format("{}`{}`", keys.empty() ? "" : ", ", param.key);
    }
    out += fmt::format("| `{}` | {} | {} |\n", cell(def.info.usage), keys, cell(def.info.help));
  }
  return out;
}

std::string conditions() {
  std::string out = "| Word | Value |\n|---|---|\n";
  for (const QuantityInfo& word : quantity_table()) {
    out += fmt::format("| `{}` | {} |\n", cell(word.usage), cell(word.help));
  }
  return out;
}

std::string notes() {
  std::string out;
  std::size_t column = 0;
  for (std::uint16_t i = 0; i < sim::kNoteKindCount; ++i) {
    const std::string word =
        fmt::format("`{}`{}", sim::note_name(static_cast<sim::NoteKind>(i)), i + 1 == sim::kNoteKindCount ? "\n" : ",");
    if (column + word.size() > 120) {
      out += '\n';
      column = 0;
    }
    out += (column == 0 ? "" : " ") + word;
    column += word.size() + 1;
  }
  return out;
}

std::string rules() {
  std::string out = "| Rule | New since | Old rule |\n|---|---|---|\n";
  for (const sim::RuleInfo& rule : sim::rule_table()) {
    const std::string since = rule.since.empty() ? "-" : std::string(rule.since);
    const std::string always =
        rule.not_with_zookeeper.empty() ? "" : fmt::format(" (always with ZooKeeper: {})", rule.not_with_zookeeper);
    out += fmt::format("| `{}` | {} | {}{} |\n", rule.name, since, cell(rule.old_rule), cell(always));
  }
  return out;
}

std::string limits() {
  struct Limit {
    std::string_view what;
    std::string most;
  };
  const Limit limits[] = {
      {"bytes of a file", size_text(kMaxFileBytes)},
      {"dots in one line", std::to_string(kMaxDotsInLine)},
      {"errors, and warnings, reported at once", std::to_string(kMaxProblems)},
      {"bytes of a title, description or text", std::to_string(kMaxTextBytes)},
      {"bytes of a name", std::to_string(kMaxNameBytes)},
      {"configs in one table", std::to_string(kMaxConfigs)},
      {"bytes of a config's value", std::to_string(kMaxConfigValueBytes)},
      {"letters, and parts, of a condition", fmt::format("{}, and {}", kMaxConditionLength, kMaxConditionNodes)},
      {"brokers; number of one", fmt::format("{}; {}", kMaxBrokers, kMaxBrokerId)},
      {"ZooKeeper servers", std::to_string(kMaxZooKeepers)},
      {"producers", std::to_string(kMaxProducers)},
      {"groups", std::to_string(kMaxGroups)},
      {"consumers of all groups, with spare ones", std::to_string(kMaxConsumers)},
      {"nodes in all", std::to_string(kMaxNodes)},
      {"topics", std::to_string(kMaxTopics)},
      {"partitions of a topic", std::to_string(kMaxPartitionsOfTopic)},
      {"replicas of all topics, of `__consumer_offsets` and of topics that actions create",
       std::to_string(kMaxReplicas)},
      {"actions", std::to_string(kMaxActions)},
      {"expectations", std::to_string(kMaxExpects)},
      {"keys by number; keys in a list", fmt::format("{}; {}", kMaxKeys, kMaxKeyNames)},
      {"bytes of a record's value", size_text(kMaxRecordBytes)},
      {"bytes a second of a link or disk", size_text(kMaxBandwidth)},
      {"length of a run, and any moment of it", fmt::format("{} days", kLongestRun / 24h)},
      {"latency, jitter, flush, processing time, step of a clock", fmt::format("{} hours", kLongestDelay / 1h)}};
  std::string out = "| What | At most |\n|---|---|\n";
  for (const Limit& limit : limits) {
    out += fmt::format("| {} | {} |\n", limit.what, limit.most);
  }
  return out;
}

void expect_list(const std::string& name, const std::string& wanted) {
  std::string document = read_document();
  const std::string begin_mark = fmt::format("<!-- {}: written by a test -->\n", name);
  const std::string end_mark = fmt::format("<!-- end of {} -->\n", name);
  const std::size_t begin = document.find(begin_mark);
  const std::size_t end = document.find(end_mark);
  ASSERT_NE(begin, std::string::npos) << "no mark: " << begin_mark;
  ASSERT_NE(end, std::string::npos) << "no mark: " << end_mark;
  const std::size_t first = begin + begin_mark.size();
  if (std::getenv("KSCOPE_UPDATE_GOLDEN") != nullptr) {
    document.replace(first, end - first, wanted);
    std::ofstream(kDocument, std::ios::binary | std::ios::trunc) << document;
    return;
  }
  EXPECT_EQ(document.substr(first, end - first), wanted) << "KSCOPE_UPDATE_GOLDEN=1 writes the list anew";
}

TEST(FormatDocument, lists_every_action) { expect_list("actions", actions()); }
TEST(FormatDocument, lists_every_word_of_conditions) { expect_list("conditions", conditions()); }
TEST(FormatDocument, lists_every_rule) { expect_list("rules", rules()); }
TEST(FormatDocument, lists_every_note) { expect_list("notes", notes()); }
TEST(FormatDocument, lists_every_limit) { expect_list("limits", limits()); }

TEST(FormatDocument, units_are_those_that_are_read) {
  const std::string document = read_document();
  for (const char* unit : {"ns", "us", "ms", "s", "m", "min", "h", "d"}) {
    EXPECT_TRUE(sim::parse_duration(fmt::format("1{}", unit))) << unit;
    EXPECT_NE(document.find(fmt::format("`{}`", unit)), std::string::npos) << unit;
  }
  for (const char* unit : {"B", "KB", "kB", "MB", "GB", "KiB", "MiB", "GiB"}) {
    EXPECT_TRUE(sim::parse_size(fmt::format("1{}", unit))) << unit;
    EXPECT_NE(document.find(fmt::format("`{}`", unit)), std::string::npos) << unit;
  }
  for (const char* unit : {"s", "min", "m", "h"}) {
    EXPECT_TRUE(parse_rate(fmt::format("60/{}", unit))) << unit;
  }
}

// The example at the head of the document is a scenario.
TEST(FormatDocument, its_example_is_valid) {
  const std::string document = read_document();
  const std::size_t begin = document.find("```toml\n") + 8;
  const std::string example = document.substr(begin, document.find("```\n", begin) - begin);
  const Result<Scenario> scenario = parse(example, "example.toml");
  EXPECT_TRUE(scenario) << to_string(scenario.error());
}

}  // namespace
}  // namespace kscope::scenario::format_doc_test
