// The consume-transform-produce loop in a whole cluster: what goes to which coordinator, and what becomes of a round that fails.
#include "sim/client/copier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/world/cluster.h"

namespace kscope::sim::copier_test {
namespace {

constexpr const char* kCopying = R"toml(
title = "copying"
seed = 1
until = "40s"
[zookeeper]
servers = 1
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
transaction.state.log.num.partitions = 1
transaction.state.log.replication.factor = 1
group.initial.rebalance.delay.ms = 100
[[broker]]
id = 1
[[broker]]
id = 2
[[topic]]
name = "orders"
partitions = 1
assignment = [[1, 2]]
[[topic]]
name = "invoices"
partitions = 2
assignment = [[2, 1], [1, 2]]
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "10/s", key = ["anna", "bert", "dora"], size = "77B", limit = 60 }
[[group]]
id = "copier"
topics = ["orders"]
processing.time = "20ms"
output = "invoices"
config = { auto.offset.reset = "earliest", isolation.level = "read_committed", max.poll.records = 5 }
producer.config = { transactional.id = "copier", delivery.timeout.ms = 3000, request.timeout.ms = 1000, linger.ms = 0 }
)toml";

/// What the members of the group sent, and what was noted.
class Spy : public Observer {
 public:
  void on_event(const World&, const EventInfo<KafkaTypes>& event) override {
    notes.insert(notes.end(), event.notes.begin(), event.notes.end());
    if (event.delivered == nullptr) {
      return;
    }
    if (const auto* commit = std::get_if<TxnOffsetCommitRequest>(&event.delivered->body)) {
      commits.push_back(*commit);
    }
    added_offsets += std::holds_alternative<AddOffsetsToTxnRequest>(event.delivered->body) ? 1 : 0;
    plain_commits += std::holds_alternative<OffsetCommitRequest>(event.delivered->body) ? 1 : 0;
    if (const auto* fetch = std::get_if<OffsetFetchRequest>(&event.delivered->body)) {
      stable_fetches += fetch->require_stable ? 1 : 0;
    }
  }
  [[nodiscard]] std::int64_t count(NoteKind kind) const {
    return std::count_if(notes.begin(), notes.end(), [&](const Note& note) { return note.kind == kind; });
  }
  std::vector<TxnOffsetCommitRequest> commits;
  std::vector<Note> notes;
  int added_offsets = 0;
  int plain_commits = 0;
  int stable_fetches = 0;
};

World run(const std::string& text, Spy& spy, void (*change)(Registry&) = nullptr) {
  const auto scenario = scenario::parse(text, "copying.toml");
  KSCOPE_CHECK(scenario.has_value(), "the scenario of this test is valid");
  Registry registry = scenario::make_registry(*scenario);
  if (change != nullptr) {
    change(registry);
  }
  const auto inputs = scenario::make_inputs(*scenario, registry);
  World world(KafkaModel{}, std::move(registry), scenario::make_nodes(*scenario), scenario::make_network(*scenario),
              scenario->seed);
  for (const scenario::ScheduledInput& input : inputs) {
    world.schedule(input.time, input.input);
  }
  Observer* const observers[] = {&spy};
  while (world.step(observers, SimTime(scenario->until))) {
  }
  return world;
}

/// The records of committed transactions in the output, by partition.
std::vector<Record> committed_output(const World& world, std::int32_t partition) {
  std::vector<Record> records;
  std::vector<Record> open;
  const NodeId leader = world.registry().broker_nodes[partition == 0 ? 1 : 0];
  for (const RecordBatch& batch :
       world.durable(leader).logs.find({*world.registry().find_topic("invoices"), partition})->log.batches()) {
    if (!batch.is_control) {
      open.insert(open.end(), batch.records->begin(), batch.records->end());
      continue;
    }
    if (batch.control_type == ControlType::COMMIT) {
      records.insert(records.end(), open.begin(), open.end());
    }
    open.clear();
  }
  return records;
}

std::size_t committed_count(const World& world) {
  return committed_output(world, 0).size() + committed_output(world, 1).size();
}

TEST(Copier, each_round_is_a_transaction_with_its_offsets_and_its_group_metadata) {
  Spy spy;
  const World world = run(kCopying, spy);
  EXPECT_EQ(committed_count(world), 60U);
  ASSERT_FALSE(spy.commits.empty());
  EXPECT_EQ(spy.count(NoteKind::kTransactionEnded), static_cast<std::int64_t>(spy.commits.size()));
  EXPECT_EQ(spy.added_offsets, static_cast<int>(spy.commits.size()));
  EXPECT_EQ(spy.plain_commits, 0);
  EXPECT_GT(spy.stable_fetches, 0);
  EXPECT_EQ(spy.commits.back().generation, GenerationId(1));
  EXPECT_TRUE(spy.commits.back().member.is_set());
  EXPECT_EQ(spy.commits.back().partitions.front().committed.offset, Offset(60));
}

TEST(Copier, a_copy_has_the_key_and_the_size_of_what_it_was_made_from) {
  Spy spy;
  const World world = run(kCopying, spy);
  for (std::int32_t partition = 0; partition < 2; ++partition) {
    for (const Record& record : committed_output(world, partition)) {
      EXPECT_EQ(record.value_size, 77);
      const std::string key = world.registry().key_text(record.producer, record.key);
      EXPECT_TRUE(key == "anna" || key == "bert" || key == "dora") << key;
    }
  }
}

TEST(Copier, before_kip_447_offsets_name_nobody_and_are_read_unstable) {
  Spy spy;
  run(kCopying, spy, [](Registry& registry) { registry.rules.choose_old(Rule::kKip447); });
  ASSERT_FALSE(spy.commits.empty());
  EXPECT_EQ(spy.commits.back().generation, kNoGeneration);
  EXPECT_FALSE(spy.commits.back().member.is_set());
  EXPECT_EQ(spy.stable_fetches, 0);
}

TEST(Copier, with_transaction_version_2_nobody_adds_offsets_first) {
  std::string text = kCopying;
  text.replace(text.find("[zookeeper]\nservers = 1"), 23,
               "metadata = \"kraft\"\nkafka.rules = { kip-890-epochs = \"new\" }\n[kraft]\ncontrollers = 1");
  Spy spy;
  const World world = run(text, spy);
  EXPECT_EQ(committed_count(world), 60U);
  EXPECT_EQ(spy.added_offsets, 0);
}

TEST(Copier, a_round_that_cannot_be_written_is_aborted_and_read_again) {
  Spy spy;
  const World world =
      run(std::string(kCopying) +
              "[[at]]\ntime = \"5s\"\ndo = \"cut copier-1 b2\"\n[[at]]\ntime = \"11s\"\ndo = \"heal copier-1 b2\"\n",
          spy);
  const bool has_aborted = std::any_of(spy.notes.begin(), spy.notes.end(), [](const Note& note) {
    return note.kind == NoteKind::kTransactionEnded && note.a == 0;
  });
  EXPECT_TRUE(has_aborted);
  EXPECT_GT(spy.count(NoteKind::kRecordCopied), 60) << "some were copied again";
  EXPECT_EQ(committed_count(world), 60U);
}

TEST(Copier, a_process_that_is_started_twice_ends_when_it_is_fenced) {
  std::string text = kCopying;
  text += R"toml([[producer]]
name = "rival"
topic = "invoices"
start = "5s"
workload = { rate = "0/s", key = "none" }
config = { transactional.id = "copier-1" }
)toml";
  Spy spy;
  const World world = run(text, spy);
  EXPECT_EQ(spy.count(NoteKind::kProducerFenced), 1);
  EXPECT_LT(committed_count(world), 60U) << "it has closed";
}

TEST(Copier, close_aborts_what_is_open) {
  Spy spy;
  const World world = run(std::string(kCopying) + "[[at]]\ntime = \"13s\"\ndo = \"shutdown copier-1\"\n", spy);
  EXPECT_EQ(spy.count(NoteKind::kMemberLeft), 1);
  EXPECT_EQ(spy.count(NoteKind::kTransactionBegun), spy.count(NoteKind::kTransactionEnded));
}

}  // namespace
}  // namespace kscope::sim::copier_test
