// scenarios/history: the flaws that Kafka had. Each file shows its flaw under the old rule, where the named invariant breaks
// (or its promise is void, and the loss is shown as permitted), and does not under the new one; one key chooses.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "engine/core/check.h"
#include "sim/scenario/rule_settings.h"
#include "sim/session/session.h"
#include "sim/world/cluster.h"
#include "source_dir_generated.h"

namespace kscope::session::history_test {
namespace {

const std::string kFolder = std::string(KSCOPE_SOURCE_DIR) + "/scenarios/history/";

struct Flaw {
  std::string file;
  std::string rule;       ///< the key of kafka.rules in the file
  std::string invariant;  ///< what the old rule breaks
  view::Verdict verdict = view::Verdict::kBroken;
};

std::vector<Flaw> flaws() {
  return {
      {"truncate-to-high-watermark", "kip-101", "R3"},
      {"diverged-after-power-loss", "kip-101", "R8"},
      {"unknown-epoch", "kip-279", "R8"},
      {"follower-of-an-old-epoch", "kip-320", "R3"},
      {"truncate-on-error-only", "kip-320-first-try", "R3"},
      {"expand-below-epoch-start", "kafka-7128", "R11"},
      {"isr-change-under-way", "maximal-isr", "R9"},
      {"shutting-down-replica", "kip-841", "C6"},
      {"empty-replica-joins", "kip-903", "R12"},
      {"unclean-by-default", "kip-106", "P1", view::Verdict::kPermitted},
      {"two-controllers", "kafka-6082", "C11"},
      {"last-replica-standing", "kip-966", "R13"},
      {"last-known-leader", "kafka-19522", "C6"},
      {"reordered-by-retry", "kip-679", "I3", view::Verdict::kPermitted},
      {"hanging-transaction", "kip-890-verification", "X7"},
      {"late-record-joins", "kip-890-epochs", "X6"},
      {"late-commit", "kip-890", "X9"},
      {"zombie-commits-offsets", "kip-447", "X11"},
      {"offsets-expire-while-read", "kip-211", "G11"},
      {"static-member-while-assigning", "kafka-9801", "G2"},
      {"only-a-tombstone-is-left", "kafka-17306", "G9"},
      {"claims-of-a-generation-behind", "kafka-14639", "G1"},
      {"end-told-too-early", "kip-207", "J7"},
  };
}

std::unique_ptr<Session> run(const Flaw& flaw, const std::string& age) {
  Result<scenario::Scenario> scenario = scenario::load(kFolder + flaw.file + ".toml");
  if (!scenario) {
    ADD_FAILURE() << to_string(scenario.error());
    return nullptr;
  }
  if (scenario->kafka_rules.empty()) {
    ADD_FAILURE() << "no key to turn";
    return nullptr;
  }
  EXPECT_EQ(scenario->kafka_rules.front().name, flaw.rule) << "the first key is the one that is turned";
  EXPECT_EQ(scenario->kafka_rules.front().value, "new") << "the file as it stands holds";
  scenario->kafka_rules.front().value = age;
  SessionOptions options;
  options.keeps_rows = false;
  options.keeps_checkpoints = false;
  Result<std::unique_ptr<Session>> opened = Session::open(*scenario, {}, options);
  if (!opened) {
    ADD_FAILURE() << to_string(opened.error());
    return nullptr;
  }
  (*opened)->pause_on_break = false;
  (*opened)->run({});
  return std::move(*opened);
}

view::InvariantRow row_of(const Session& session, const std::string& id) {
  for (const view::InvariantRow& row : session.invariant_rows()) {
    if (row.id == id) {
      return row;
    }
  }
  ADD_FAILURE() << "no invariant " << id;
  return {};
}

std::string test_name(const testing::TestParamInfo<Flaw>& info) {
  std::string name = info.param.file;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class History : public testing::TestWithParam<Flaw> {};

TEST_P(History, the_old_rule_breaks_what_the_new_one_keeps) {
  const std::unique_ptr<Session> before = run(GetParam(), "old");
  ASSERT_NE(before, nullptr);
  const view::InvariantRow row = row_of(*before, GetParam().invariant);
  EXPECT_EQ(row.verdict, GetParam().verdict) << row.detail;
  EXPECT_FALSE(row.detail.empty());
  EXPECT_EQ(before->expects().back().verdict, view::Verdict::kBroken) << "the last expectation is the promise";

  const std::unique_ptr<Session> after = run(GetParam(), "new");
  ASSERT_NE(after, nullptr);
  for (const view::InvariantRow& kept : after->invariant_rows()) {
    EXPECT_NE(kept.verdict, view::Verdict::kBroken) << kept.id << ": " << kept.detail;
  }
  for (const view::ExpectRow& expect : after->expects()) {
    EXPECT_EQ(expect.verdict, view::Verdict::kHolds) << expect.text << "\n" << expect.detail;
  }
}

INSTANTIATE_TEST_SUITE_P(All, History, testing::ValuesIn(flaws()), test_name);

/// The file of the project with one rule turned back, run to its end.
std::unique_ptr<Session> run_with_old_rule(const std::string& name, const std::string& rule) {
  Result<scenario::Scenario> scenario = scenario::load(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/" + name + ".toml");
  KSCOPE_CHECK(scenario.has_value(), "the scenarios of the project are valid");
  scenario::set_rule(*scenario, {rule, "old", 0});
  Result<std::unique_ptr<Session>> opened = Session::open(*scenario, {}, {});
  KSCOPE_CHECK(opened.has_value(), "an old rule makes no scenario wrong");
  (*opened)->pause_on_break = false;
  (*opened)->run({});
  return std::move(*opened);
}

TEST(OldRules, KIP_497_leaders_write_the_isr_themselves_and_the_controller_hears_of_it_later) {
  const std::unique_ptr<Session> session = run_with_old_rule("faults/isr-shrink-and-expand", "kip-497");
  for (const view::ExpectRow& expect : session->expects()) {
    EXPECT_EQ(expect.verdict, view::Verdict::kHolds) << expect.text << "\n" << expect.detail;
  }
  for (const view::InvariantRow& row : session->invariant_rows()) {
    EXPECT_NE(row.verdict, view::Verdict::kBroken) << row.id << ": " << row.detail;
  }
  const sim::TopicPartition orders{sim::TopicId(1), 0};
  const auto broker_at = [&](NodeId node) -> const sim::Broker& {
    return std::get<sim::Broker>(*session->world().role(node));
  };
  for (const NodeId node : session->world().registry().broker_nodes) {
    EXPECT_TRUE(broker_at(node).replicas.alter_partition_queue().unsent.empty());
    if (!broker_at(node).controller.is_active()) {
      continue;
    }
    const sim::PartitionState& known = *broker_at(node).controller.context.partitions.at(orders).leadership;
    const sim::Broker& leader = broker_at(session->world().registry().node_of(known.leader));
    EXPECT_EQ(known.isr.size(), 3U) << "it has read the notification";
    EXPECT_EQ(known.partition_epoch, leader.replicas.find(orders)->partition_epoch);
  }
}

/// Whether the last expectation of a scenario about groups, which is its promise, holds under the old rule.
bool keeps_its_promise(const std::string& name, const std::string& rule) {
  const std::unique_ptr<Session> session = run_with_old_rule(name, rule);
  return session->expects().back().verdict == view::Verdict::kHolds;
}

TEST(OldRules, KIP_394_who_tries_again_leaves_a_ghost) {
  EXPECT_FALSE(keeps_its_promise("groups/ghost-member", "kip-394"));
}

TEST(OldRules, KAFKA_14196_what_is_read_after_the_last_commit_is_read_twice) {
  EXPECT_FALSE(keeps_its_promise("groups/commit-before-revocation", "kafka-14196"));
}

TEST(HistoryFolder, has_a_test_for_every_file) {
  std::set<std::string> tested;
  for (const Flaw& flaw : flaws()) {
    tested.insert(flaw.file);
  }
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    EXPECT_TRUE(tested.contains(entry.path().stem().string())) << entry.path();
  }
}

}  // namespace
}  // namespace kscope::session::history_test
