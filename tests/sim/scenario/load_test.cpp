#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/types/client_quota.h"
#include "sim/world/vocabulary.h"

namespace kscope::scenario::load_test {
namespace {

using testing::HasSubstr;

constexpr const char* kFull = R"toml(title = "Everything"
description = """
First line with "quotes" and a \\ backslash.
Second line."""
kafka.version = "3.9"
metadata = "zookeeper"
seed = 42
until = "90s"
[network]
latency = "1ms"
jitter = "300us"
bandwidth = "1MiB/s"
[disk]
flush = "5ms"
[zookeeper]
servers = 3
config = { tickTime = 2000, syncLimit = 3 }
[compression]
zstd = 200
lz4 = 1010
[defaults.broker]
replica.lag.time.max.ms = 2000
zookeeper.session.timeout.ms = "6s"
[defaults.producer]
acks = "all"
[defaults.consumer]
auto.offset.reset = "earliest"
[defaults.topic]
segment.bytes = "1MiB"
[[broker]]
id = 1
rack = "a"
config = { num.io.threads = 4 }
[[broker]]
id = 2
[[broker]]
id = 7
start = "2s"
[[topic]]
name = "orders"
partitions = 3
replication.factor = 3
config = { min.insync.replicas = 2 }
[[topic]]
name = "audit"
assignment = [[1, 2], [2, 7]]
[[topic]]
name = "later"
create = "by-clients"
[[producer]]
name = "shop"
topic = "orders"
start = "1s"
workload = { rate = "20/s", arrivals = "poisson", key = ["alice", "bob", ""], size = "1KiB", limit = 100 }
config = { linger.ms = 5 }
[[group]]
id = "billing"
topics = ["orders"]
members = 2
processing.time = "10ms"
commit = "after-processing"
config = { partition.assignment.strategy = "range" }
[[group.member]]
number = 2
start = "5s"
config = { max.poll.records = 2 }
[[quota]]
client.id = "shop"
producer_byte_rate = "20KiB"
[[quota]]
client.id = "<default>"
consumer_byte_rate = 5000
[[at]]
time = "10s"
do = "disk_slow"
broker = 7
factor = 50
[[at]]
time = "5s"
do = "start billing-3"
[[at]]
time = "20s"
do = "create-topic"
topic = "news"
partitions = 2
replication.factor = 2
[[at]]
time = "21s"
do = "elect-preferred news-1"
[[expect]]
within = "60s"
from = "10s"
that = "isr(orders-0) == [1,2]"
text = "The slow follower leaves."
[[expect]]
always = true
that = "acked_lost == 0"
)toml";

Scenario full() {
  Result<Scenario> scenario = parse(kFull, "everything.toml");
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().text);
  return scenario ? *scenario : Scenario{};
}

std::string errors_of(const std::string& text) {
  const Result<Scenario> scenario = parse(text, "x.toml");
  return scenario ? "" : scenario.error().text;
}

TEST(Load, reads_every_part) {
  const Scenario s = full();
  EXPECT_EQ(s.title, "Everything");
  EXPECT_EQ(s.description, "First line with \"quotes\" and a \\ backslash.\nSecond line.");
  EXPECT_EQ(s.seed, 42U);
  EXPECT_EQ(s.until, Duration(90s));
  EXPECT_EQ(s.network.bytes_per_s, 1 << 20);
  EXPECT_EQ(s.compression.of(sim::CompressionType::ZSTD), 200);
  EXPECT_EQ(s.compression.of(sim::CompressionType::LZ4), 1010);
  EXPECT_EQ(s.compression.of(sim::CompressionType::GZIP), sim::CompressionRatios{}.of(sim::CompressionType::GZIP));
  EXPECT_EQ(s.zookeeper.servers, 3);
  ASSERT_EQ(s.brokers.size(), 3U);
  EXPECT_EQ(s.brokers[2].id, 7);
  EXPECT_EQ(s.brokers[2].start, Duration(2s));
  ASSERT_EQ(s.topics.size(), 3U);
  EXPECT_TRUE(s.topics[2].is_created_by_clients);
  EXPECT_EQ(s.topics[0].replication_factor, 3);
  EXPECT_EQ(s.topics[1].assignment.size(), 2U);
  EXPECT_EQ(s.producers.at(0).workload.records_per_1000_s, 20'000);
  EXPECT_EQ(s.producers.at(0).workload.key_names.size(), 3U);
  EXPECT_EQ(s.groups.at(0).spare_members, 1) << "`start billing-3` needs a third member";
  ASSERT_EQ(s.actions.size(), 4U);
  EXPECT_EQ(to_text(s.actions[0].action), "start billing-3") << "actions stand by time";
  EXPECT_EQ(to_text(s.actions[1].action), "disk-slow b7 50");
  EXPECT_EQ(to_text(s.actions[2].action), "create-topic news 2 2");
  EXPECT_EQ(to_text(s.expects.at(0)), "from 10s within 60s: isr(orders-0) == [1,2]");
}

TEST(Load, saving_and_reading_gives_the_same) {
  const Scenario s = full();
  const std::string saved = save(s);
  const Result<Scenario> again = parse(saved, "everything.toml");
  ASSERT_TRUE(again) << again.error().text << "\n" << saved;
  EXPECT_EQ(save(*again), saved);
  EXPECT_EQ(again->description, s.description);
  EXPECT_EQ(again->actions.size(), s.actions.size());
  EXPECT_EQ(again->groups[0].overrides.size(), 1U);
}

TEST(Load, registry_has_typed_configs) {
  const Scenario s = full();
  const sim::Registry registry = make_registry(s);
  const Names names = names_of(s);
  ASSERT_EQ(registry.nodes.size(), names.nodes.size());
  for (std::size_t i = 0; i < names.nodes.size(); ++i) {
    EXPECT_EQ(registry.nodes[i].name, names.nodes[i].name);
  }
  EXPECT_EQ(registry.zookeeper_config.tick_time, Duration(2s));
  EXPECT_EQ(registry.brokers->at(0).config.num_io_threads, 4);
  EXPECT_EQ(registry.brokers->at(1).config.replica_lag_time_max_ms, Duration(2s));
  EXPECT_EQ(registry.brokers->at(0).config.broker_rack, "a");
  EXPECT_EQ(registry.topics.at(0).name, "__consumer_offsets");
  EXPECT_TRUE(registry.topics.at(0).config.cleanup_policy.is_compact);
  EXPECT_EQ(registry.topics.at(1).config.min_insync_replicas, 2);
  EXPECT_EQ(registry.topics.at(1).config.segment_bytes, 1 << 20);
  EXPECT_EQ(registry.topics.at(2).partitions, 2);
  EXPECT_EQ(registry.topics.at(3).partitions, -1) << "the brokers' num.partitions decides when a client asks";
  EXPECT_EQ(registry.topics.size(), 4U) << "news comes by action";
  EXPECT_EQ(registry.consumers->at(0).config.max_poll_records, 500);
  EXPECT_EQ(registry.consumers->at(1).config.max_poll_records, 2);
  EXPECT_EQ(registry.producers->at(0).config.linger_ms, Duration(5ms));
  EXPECT_EQ(registry.consumers->at(0).config.group_id, "billing");
  EXPECT_FALSE(registry.consumers->at(0).config.enable_auto_commit);
  EXPECT_EQ(registry.consumers->at(0).processing_time, Duration(10ms));

  const std::vector<NodeSetup> nodes = make_nodes(s);
  EXPECT_EQ(nodes.at(static_cast<std::size_t>(names.node("shop").value)).starts_at, SimTime(1s));
  EXPECT_EQ(nodes.at(static_cast<std::size_t>(names.node("billing-3").value)).starts_at, SimTime::max());
  EXPECT_EQ(nodes.at(static_cast<std::size_t>(names.node("b7").value)).starts_at, SimTime(2s));
  EXPECT_EQ(make_network(s).latency, Duration(1ms));
}

TEST(Load, script_becomes_inputs) {
  const Scenario s = full();
  const sim::Registry registry = make_registry(s);
  const std::vector<ScheduledInput> inputs = make_inputs(s, registry);
  ASSERT_EQ(inputs.size(), 4U);
  const auto* slow = std::get_if<FaultAction>(&inputs[1].input);
  ASSERT_NE(slow, nullptr);
  EXPECT_EQ(slow->kind, FaultKind::kDiskSlow);
  EXPECT_EQ(registry.nodes[static_cast<std::size_t>(slow->node.value)].name, "b7");
  const auto* create = std::get_if<sim::Command>(&inputs[2].input);
  ASSERT_NE(create, nullptr);
  EXPECT_EQ(create->name, "news");
  EXPECT_EQ(create->partition.topic, sim::TopicId(4));
  const auto* elect = std::get_if<sim::Command>(&inputs[3].input);
  ASSERT_NE(elect, nullptr);
  EXPECT_EQ(elect->partition, (sim::TopicPartition{sim::TopicId(4), 1}));
}

TEST(Load, reports_every_mistake_at_once_with_its_line) {
  const std::string errors = errors_of(R"toml(titel = "x"
until = "60"
brokers = 2
[defaults.broker]
replica.lag.time.max.m = 3
[[topic]]
name = "orders"
partitions = 0
replication.factor = 3
[[producer]]
name = "shop"
topic = "order"
workload = { rate = "fast", key = "zipff(3)" }
[[at]]
time = "1s"
do = "crush b1"
[[expect]]
within = "5s"
that = "leader(orders-0) = 1"
)toml");
  EXPECT_THAT(errors, HasSubstr("x.toml:1: error: the scenario knows no \"titel\"; did you mean \"title\"?"));
  EXPECT_THAT(errors, HasSubstr("x.toml:2: error: until of the scenario is \"60\"; expected a duration"));
  EXPECT_THAT(errors, HasSubstr("x.toml:5: error"));
  EXPECT_THAT(errors, HasSubstr("replica.lag.time.max.ms"));
  EXPECT_THAT(errors, HasSubstr("x.toml:8: error: partitions of [[topic]] is \"0\"; expected an integer from 1"));
  EXPECT_THAT(errors, HasSubstr("wants 3 replicas but there are 2 brokers"));
  EXPECT_THAT(errors, HasSubstr("did you mean \"orders\"?"));
  EXPECT_THAT(errors, HasSubstr("rate is \"fast\""));
  EXPECT_THAT(errors, HasSubstr("key is \"zipff(3)\""));
  EXPECT_THAT(errors, HasSubstr("did you mean \"crash\"?"));
  EXPECT_THAT(errors, HasSubstr("expected =="));
}

TEST(Load, mistakes_elsewhere_hide_no_mistyped_condition_and_all_have_their_line) {
  const std::string errors = errors_of(R"toml(title = "x"
kafka.version = "4.0"
metadata = "etcd"
until = "0s"
[[broker]]
id = 1
[[broker]]
id = 1
[[topic]]
name = "orders"
replication.factor = 9
[[producer]]
name = "b1"
topic = "order"
[[group]]
id = "billing"
topics = ["orders"]
[[producer]]
name = "billing-1"
topic = "orders"
[[expect]]
within = "5s"
that = "acked_lst == 0"
)toml");
  EXPECT_THAT(errors, HasSubstr("x.toml:2: error: kafka.version is \"4.0\""));
  EXPECT_THAT(errors, HasSubstr("x.toml:3: error: metadata is \"etcd\"; expected \"zookeeper\" or \"kraft\""));
  EXPECT_THAT(errors, HasSubstr("x.toml:4: error: until is the length of the run"));
  EXPECT_THAT(errors, HasSubstr("x.toml:7: error: broker 1 is there already, at line 5"));
  EXPECT_THAT(errors, HasSubstr("x.toml:9: error: topic orders wants 9 replicas"));
  EXPECT_THAT(errors, HasSubstr("x.toml:12: error: two nodes are called \"b1\""));
  EXPECT_THAT(errors, HasSubstr("x.toml:18: error: two nodes are called \"billing-1\""));
  EXPECT_THAT(errors, HasSubstr("x.toml:21: error: that = \"acked_lst == 0\": column 1: unknown quantity"));
  EXPECT_THAT(errors, testing::Not(HasSubstr("x.toml: error")));
}

TEST(Load, same_names_are_errors) {
  EXPECT_THAT(errors_of("[[broker]]\nid = 1\n[[broker]]\nid = 1\n"), HasSubstr("broker 1 is there already, at line 1"));
  EXPECT_THAT(errors_of("brokers = 1\n[[topic]]\nname = \"a\"\n[[topic]]\nname = \"a\"\n"),
              HasSubstr("topic a is there already"));
  EXPECT_THAT(errors_of("brokers = 1\n[[topic]]\nname = \"a.b_c\"\n[[topic]]\nname = \"a_b.c\"\n"),
              HasSubstr("x.toml:4: error: topic a_b.c collides with a.b_c"));
  EXPECT_THAT(errors_of("brokers = 1\n[[topic]]\nname = \"__consumer.offsets\"\n"),
              HasSubstr("topic __consumer.offsets collides with __consumer_offsets"));
  EXPECT_THAT(errors_of("brokers = 1\n[[topic]]\nname = \"a\"\n[[producer]]\nname = \"b1\"\ntopic = \"a\"\n"),
              HasSubstr("two nodes are called \"b1\""));
  EXPECT_THAT(errors_of("brokers = 1\n[defaults.broker]\nnum.io.threads = 1\n\"num.io.threads\" = 2\n"),
              HasSubstr("num.io.threads is set twice"));
}

TEST(Load, new_versions_have_no_zookeeper) {
  EXPECT_THAT(errors_of("kafka.version = \"4.0\"\nmetadata = \"kraft\"\nbrokers = 1\n"), testing::IsEmpty());
  EXPECT_THAT(errors_of("metadata = \"kraft\"\nbrokers = 1\n[kraft]\ncontrollers = 2\n"),
              HasSubstr("[kraft] has 2 controllers; expected 1, 3 or 5"));
  EXPECT_THAT(errors_of("metadata = \"kraft\"\nbrokers = 1\n[kraft]\ncontrollers = 7\n"), HasSubstr("controllers"));
  EXPECT_THAT(errors_of("metadata = \"kraft\"\nbrokers = 1\n[[at]]\ntime = \"5s\"\ndo = \"expire-session b1\"\n"),
              HasSubstr("with metadata = \"kraft\" there is none"));
  EXPECT_THAT(errors_of("kafka.version = \"4.0\"\nbrokers = 1\n"), HasSubstr("has no ZooKeeper"));
  EXPECT_THAT(errors_of("kafka.version = \"new\"\nbrokers = 1\n"), HasSubstr("expected \"3.9\""));
}

TEST(Load, offsets_are_kept_in_zookeeper_by_old_consumers_only) {
  const std::string group =
      "brokers = 1\n[[topic]]\nname = \"a\"\n[[topic]]\nname = \"b\"\n[[group]]\nid = \"g\"\ntopics = [\"a\"]\nmembers "
      "= 2\n";
  const std::string old = group + "config = { offsets.storage = \"zookeeper\" }\n";
  EXPECT_EQ(errors_of("metadata = \"zookeeper\"\n" + old), "");
  EXPECT_THAT(errors_of("metadata = \"kraft\"\n" + old), HasSubstr("needs metadata = \"zookeeper\""));
  EXPECT_THAT(errors_of(old + "output = \"b\"\n"), HasSubstr("expected a group without output"));
  EXPECT_THAT(errors_of(old + "[[group.member]]\nnumber = 1\nassign = [\"a-0\"]\n"), HasSubstr("has no assign()"));
  EXPECT_THAT(errors_of(old + "[[group.member]]\nnumber = 1\nconfig = { offsets.storage = \"kafka\" }\n"),
              HasSubstr("expected all of them or none"));
  EXPECT_THAT(errors_of(group + "config = { offsets.storage = \"zookeeper\", group.instance.id = \"x\" }\n"),
              HasSubstr("the old consumer has no static members"));
  EXPECT_THAT(errors_of(group + "config = { offsets.storge = \"zookeeper\" }\n"),
              HasSubstr("did you mean \"offsets.storage\"?"));
  EXPECT_THAT(errors_of(group + "config = { offsets.storage = \"disk\" }\n"), HasSubstr("offsets.storage"));
}

TEST(Load, a_quota_is_of_a_client_id_that_somebody_has) {
  ASSERT_EQ(full().quotas.size(), 2U);
  EXPECT_EQ(full().quotas[0].producer_byte_rate, 20 * 1024);
  EXPECT_EQ(full().quotas[1].client_id, sim::kDefaultClientId);
  const std::string head =
      "brokers = 1\n[[topic]]\nname = \"a\"\n[[producer]]\nname = \"shop\"\ntopic = \"a\"\n"
      "config = { client.id = \"web\" }\n[[quota]]\n";
  EXPECT_EQ(errors_of(head + "client.id = \"web\"\nproducer_byte_rate = 100\n"), "");
  EXPECT_THAT(errors_of(head + "client.id = \"wep\"\nproducer_byte_rate = 100\n"),
              HasSubstr("no client has the id \"wep\"; did you mean \"web\"?"));
  EXPECT_THAT(errors_of(head + "client.id = \"web\"\n"), HasSubstr("limits nothing"));
  EXPECT_THAT(errors_of(head + "client.id = \"web\"\nproducer_byte_rate = 0\n"), HasSubstr("producer_byte_rate"));
  EXPECT_THAT(errors_of(head + "client.id = \"web\"\nproducer_byte_rate = 9\n[[quota]]\nclient.id = \"web\"\n" +
                        "consumer_byte_rate = 9\n"),
              HasSubstr("is there already"));
}

TEST(Load, compression_is_per_mille_of_kafkas_codecs) {
  EXPECT_THAT(errors_of("brokers = 1\n[compression]\nzstd = 0\n"), HasSubstr("zstd"));
  EXPECT_THAT(errors_of("brokers = 1\n[compression]\nzstd = 2001\n"), HasSubstr("zstd"));
  EXPECT_THAT(errors_of("brokers = 1\n[compression]\nbrotli = 200\n"), HasSubstr("brotli"));
  EXPECT_THAT(errors_of("brokers = 1\n[compression]\nnone = 900\n"), HasSubstr("none"));
}

TEST(Load, configs_without_effect_are_warnings) {
  const Result<Scenario> scenario = parse("brokers = 1\n[defaults.broker]\nmetric.reporters = \"x\"\n", "x.toml");
  ASSERT_TRUE(scenario) << scenario.error().text;
  ASSERT_EQ(scenario->warnings.size(), 1U);
  EXPECT_THAT(scenario->warnings[0], HasSubstr("x.toml:3: warning:"));
}

TEST(Load, values_without_effect_are_warnings_wherever_they_are_set) {
  const Result<Scenario> scenario = parse(
      "brokers = 1\n[[topic]]\nname = \"a\"\n[[producer]]\nname = \"p\"\ntopic = \"a\"\n"
      "config = { metric.reporters = \"x\", security.protocol = \"SSL\" }\n"
      "[[at]]\ntime = \"1s\"\ndo = \"set b1 num.network.threads 5\"\n"
      "[[at]]\ntime = \"1s\"\ndo = \"set a cleanup.policy compact\"\n"
      "[[at]]\ntime = \"1s\"\ndo = \"set a retention.ms 1000\"\n",
      "x.toml");
  ASSERT_TRUE(scenario) << scenario.error().text;
  EXPECT_THAT(scenario->warnings, testing::UnorderedElementsAre(HasSubstr("metric.reporters is a producer config"),
                                                                HasSubstr("security.protocol is a producer config"),
                                                                HasSubstr("num.network.threads is a broker config")))
      << "topics may be compacted";
}

TEST(Load, a_broker_id_that_zookeeper_may_hand_out_is_an_error) {
  const std::string broker = "[[broker]]\nid = 1001\n";
  EXPECT_THAT(errors_of(broker), HasSubstr("greater than reserved.broker.max.id (1000)"));
  EXPECT_EQ(errors_of("metadata = \"kraft\"\n" + broker), "");
  EXPECT_EQ(errors_of(broker + "[defaults.broker]\nreserved.broker.max.id = 2000\n"), "");
  EXPECT_EQ(errors_of(broker + "[defaults.broker]\nbroker.id.generation.enable = false\n"), "");
  const Result<Scenario> raised = parse(broker + "[defaults.broker]\nreserved.broker.max.id = 2000\n", "x.toml");
  ASSERT_TRUE(raised.has_value());
  EXPECT_TRUE(validate(*raised).empty()) << "what lets the id in is not without effect";
}

TEST(Load, a_heartbeat_that_comes_too_late_for_the_session_is_warned_about) {
  const std::string text =
      "metadata = \"kraft\"\nbrokers = 1\n[defaults.broker]\nbroker.heartbeat.interval.ms = 5000\n";
  const Result<Scenario> scenario = parse(text, "test.toml");
  ASSERT_TRUE(scenario.has_value());
  const std::vector<Problem> problems = validate(*scenario);
  const bool is_warned = std::any_of(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.is_warning && problem.text.find("broker.session.timeout.ms") != std::string::npos;
  });
  EXPECT_TRUE(is_warned);
}

TEST(Load, compaction_lags_that_conflict_are_an_error_whoever_set_them) {
  EXPECT_THAT(errors_of("brokers = 1\n[defaults.broker]\nlog.cleaner.max.compaction.lag.ms = 1000\n"
                        "[[topic]]\nname = \"orders\"\nconfig = { min.compaction.lag.ms = 2000 }\n"),
              HasSubstr("min.compaction.lag.ms (2000) conflicts with max.compaction.lag.ms (1000)"));
}

TEST(Load, rules_and_versions_that_kraft_never_had_are_errors) {
  const std::string brokers = "brokers = 3\n";
  EXPECT_THAT(errors_of("metadata = \"kraft\"\nkafka.rules = [\"kip-497\"]\n" + brokers),
              HasSubstr("kip-497 cannot be old with metadata = \"kraft\""));
  EXPECT_THAT(
      errors_of("metadata = \"kraft\"\n" + brokers + "[defaults.broker]\ninter.broker.protocol.version = \"2.6\"\n"),
      HasSubstr("non-KRaft version 2.6 given for inter.broker.protocol.version"));
  EXPECT_EQ(errors_of("metadata = \"kraft\"\nkafka.rules = [\"kip-101\"]\n" + brokers), "");
  EXPECT_EQ(errors_of("kafka.rules = [\"kip-497\"]\n" + brokers +
                      "[defaults.broker]\ninter.broker.protocol.version = \"2.6\"\n"),
            "");
}

TEST(Load, a_group_id_of_its_own_is_an_error) {
  EXPECT_THAT(errors_of("brokers = 1\n[[topic]]\nname = \"a\"\n[[group]]\nid = \"g\"\ntopics = [\"a\"]\n"
                        "config = { group.id = \"h\" }\n"),
              HasSubstr("expected the id of its [[group]], g"));
}

TEST(Load, a_topic_that_clients_create_has_no_settings_of_its_own) {
  const std::string head = "brokers = 3\n[[topic]]\nname = \"a\"\ncreate = \"by-clients\"\n";
  EXPECT_EQ(errors_of(head), "");
  EXPECT_THAT(errors_of(head + "partitions = 3\n"), HasSubstr("its settings are those of the brokers"));
  EXPECT_THAT(errors_of("brokers = 3\n[[topic]]\nname = \"a\"\ncreate = \"later\"\n"),
              HasSubstr("expected \"by-clients\""));
}

TEST(Load, commit_mode_and_auto_commit_must_agree) {
  const std::string head = "brokers = 3\n[[topic]]\nname = \"a\"\n[[group]]\nid = \"g\"\ntopics = [\"a\"]\n";
  EXPECT_EQ(errors_of(head), "");
  EXPECT_THAT(errors_of(head + "config = { enable.auto.commit = false }\n"), HasSubstr("nobody commits"));
  EXPECT_THAT(errors_of(head + "commit = \"after-processing\"\nconfig = { enable.auto.commit = true }\n"),
              HasSubstr("expected one of them"));
  EXPECT_THAT(errors_of(head + "commit = \"after\"\n"), HasSubstr("commit is \"after\""));
}

TEST(Load, a_group_with_an_output_has_a_transactional_producer_for_each_member) {
  const std::string head =
      "brokers = 3\n[[topic]]\nname = \"a\"\n[[topic]]\nname = \"b\"\n[[group]]\nid = \"g\"\ntopics = [\"a\"]\nmembers "
      "= 2\n";
  const std::string id = "producer.config = { transactional.id = \"t\", linger.ms = 7 }\n";
  EXPECT_EQ(errors_of(head + "output = \"b\"\n" + id), "");
  EXPECT_THAT(errors_of(head + "output = \"b\"\n"), HasSubstr("no transactional.id"));
  EXPECT_THAT(errors_of(head + id), HasSubstr("no output"));
  EXPECT_THAT(errors_of(head + "output = \"a\"\n" + id), HasSubstr("reads its own output"));
  EXPECT_THAT(errors_of(head + "output = \"bb\"\n" + id), HasSubstr("has no [[topic]]"));
  EXPECT_THAT(errors_of(head + "output = \"b\"\ncommit = \"never\"\n" + id), HasSubstr("no commit besides"));
  EXPECT_THAT(errors_of(head + "output = \"b\"\nconfig = { enable.auto.commit = true }\n" + id),
              HasSubstr("expected one of them"));
  EXPECT_THAT(errors_of(head + "output = \"b\"\nproducer.config = { transactional.id = \"t\", acks = 1 }\n"),
              HasSubstr("transactional.id needs enable.idempotence"))
      << "which acks = 1 turns off, as in Kafka";

  const Scenario scenario = *parse(head + "output = \"b\"\n" + id, "f.toml");
  const sim::Registry registry = make_registry(scenario);
  const sim::ConsumerSetup& second = registry.consumers->at(1);
  ASSERT_TRUE(second.output.has_value());
  EXPECT_EQ(registry.transactional_id_text(second.output->transactional_id), "t-2");
  EXPECT_EQ(second.output->config.linger_ms, Duration(7ms));
  EXPECT_FALSE(second.config.enable_auto_commit);
  const GroupEntry saved = parse(save(scenario), "g.toml")->groups.front();
  EXPECT_EQ(saved.output, "b");
  ASSERT_EQ(saved.producer_configs.size(), 2U);
  EXPECT_EQ(saved.producer_configs.front().value, "t");
}

TEST(Load, hostile_text_costs_an_error_only) {
  EXPECT_THAT(errors_of(""), HasSubstr("there is no broker"));
  EXPECT_THAT(errors_of("a = \n"), HasSubstr("this is no TOML"));
  EXPECT_THAT(errors_of("title = \"\xff\xfe\"\n"), HasSubstr("this is no TOML"));
  EXPECT_THAT(errors_of(std::string(2 << 20, ' ')), HasSubstr("at most"));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) {
    deep += "a.";
  }
  EXPECT_THAT(errors_of(deep + "a = 1\n"), HasSubstr("dots in one line"));
  EXPECT_THAT(errors_of("a = " + std::string(100'000, '[')), HasSubstr("this is no TOML"));
  EXPECT_THAT(errors_of("brokers = 99999999\n"), HasSubstr("expected an integer from 1"));
  EXPECT_THAT(errors_of("brokers = 99999999999999999999\n"), HasSubstr("this is no TOML"));
  EXPECT_THAT(errors_of("brokers = 3\n[[topic]]\nname = \"a\"\npartitions = 10000\nreplication.factor = 3\n" +
                        std::string("[[topic]]\nname = \"b\"\npartitions = 10000\nreplication.factor = 3\n") +
                        "[[group]]\nid = \"g\"\ntopics = [\"a\"]\nmembers = 900\nspare = 900\n"),
              HasSubstr("there are 1800 consumers; at most 1000"));
  EXPECT_THAT(errors_of("brokers = 1\n[[topic]]\nname = \"a\\nb\"\n"), HasSubstr("letters, digits"));
  EXPECT_THAT(errors_of("brokers = 1\n[[topic]]\nname = 3\n"), HasSubstr("a name in quotes"));
  EXPECT_THAT(errors_of("brokers = 1\ntopic = 3\n"), HasSubstr("[[topic]]"));
  EXPECT_THAT(errors_of("brokers = 1\nnetwork = 3\n"), HasSubstr("expected a table [network]"));
  EXPECT_THAT(errors_of("brokers = 1\nuntil = \"99999999h\"\n"), HasSubstr("expected a duration"));
  std::string many = "brokers = 1\n";
  for (int i = 0; i < 6000; ++i) {
    many += "[[at]]\ntime = \"1s\"\ndo = \"x\"\n";
  }
  EXPECT_THAT(errors_of(many), HasSubstr("6000 times [[at]]"));
}

TEST(Load, a_missing_file_is_an_error_with_its_name) {
  const Result<Scenario> scenario = load("no/such/file.toml");
  ASSERT_FALSE(scenario);
  EXPECT_EQ(to_string(scenario.error()), "no/such/file.toml: there is no such file");
}

}  // namespace
}  // namespace kscope::scenario::load_test
