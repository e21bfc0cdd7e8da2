// Every config that the table calls modelled changes a run: for each row of modelled_configs there is a row here with a
// scenario and a value, and the run with that value differs from the run without it in an event or in a note. A config
// that nothing reads cannot pass.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "engine/core/fingerprint.h"
#include "sim/config/config_values.h"
#include "sim/config/modelled_configs.h"
#include "sim/scenario/build.h"
#include "sim/scenario/scenario.h"
#include "sim/world/cluster.h"
#include "tests/sim/config/config_effect_scenarios.h"

namespace kscope::scenario::config_effect_test {
namespace {

using sim::ConfigScope;

struct Effect {
  ConfigScope scope;
  std::string name;
  std::string value;
  std::string scenario = kBusy;
};

std::vector<Effect> effects() {
  constexpr ConfigScope kBroker = ConfigScope::BROKER;
  constexpr ConfigScope kTopic = ConfigScope::TOPIC;
  constexpr ConfigScope kProducer = ConfigScope::PRODUCER;
  constexpr ConfigScope kConsumer = ConfigScope::CONSUMER;
  return {
      {kBroker, "auto.create.topics.enable", "false", kCreatedByClients},
      {kBroker, "auto.leader.rebalance.enable", "false"},
      {kBroker, "broker.heartbeat.interval.ms", "1000", kQuorum},
      {kBroker, "broker.session.timeout.ms", "4000", kQuorum},
      {kBroker, "broker.rack", "a"},  // b1 alone: racks here and none there cannot be placed
      {kBroker, "compression.type", "zstd"},
      {kBroker, "controlled.shutdown.enable", "false"},
      {kBroker, "controlled.shutdown.max.retries", "1", kLonelyShutdown},
      {kBroker, "controlled.shutdown.retry.backoff.ms", "1000", kLonelyShutdown},
      {kBroker, "controller.quorum.election.backoff.max.ms", "100", kQuorum},
      {kBroker, "controller.quorum.election.timeout.ms", "3000", kQuorum},
      {kBroker, "controller.quorum.fetch.timeout.ms", "5000", kQuorum},
      {kBroker, "controller.quorum.request.timeout.ms", "500", kQuorum},
      {kBroker, "controller.quorum.retry.backoff.ms", "300", kQuorum},
      {kBroker, "controller.socket.timeout.ms", "5000", kLonelyShutdown},
      {kBroker, "default.replication.factor", "2", kCreatedByClients},
      {kBroker, "delete.topic.enable", "false", kDeleting},
      {kBroker, "fetch.max.bytes", "1024"},
      {kBroker, "follower.replication.throttled.rate", "1000", kReturning},
      {kBroker, "group.consumer.assignors", "range", kConsumerProtocol},
      {kBroker, "group.consumer.heartbeat.interval.ms", "2000", kConsumerProtocol},
      {kBroker, "group.consumer.max.size", "1", kConsumerProtocol},
      {kBroker, "group.consumer.migration.policy", "bidirectional", kMovingGroup},
      {kBroker, "group.consumer.session.timeout.ms", "5000", kConsumerProtocol},
      {kBroker, "group.coordinator.rebalance.protocols", "classic", kConsumerProtocol},
      {kBroker, "group.initial.rebalance.delay.ms", "100"},
      {kBroker, "group.max.session.timeout.ms", "9000"},
      {kBroker, "group.max.size", "1"},
      {kBroker, "group.min.session.timeout.ms", "11000"},
      {kBroker, "inter.broker.protocol.version", "2.6"},
      {kBroker, "leader.imbalance.check.interval.seconds", "7"},
      {kBroker, "leader.imbalance.per.broker.percentage", "100"},
      {kBroker, "leader.replication.throttled.rate", "1000", kReturning},
      {kBroker, "log.cleaner.backoff.ms", "5000", kCompacting},
      {kBroker, "log.cleaner.delete.retention.ms", "3000", kCompacting},
      {kBroker, "log.cleaner.enable", "false", kCompacting},
      {kBroker, "log.cleaner.max.compaction.lag.ms", "9000", kCompacting},
      {kBroker, "log.cleaner.min.cleanable.ratio", "0.9", kCompacting},
      {kBroker, "log.cleaner.min.compaction.lag.ms", "20000", kCompacting},
      {kBroker, "log.cleanup.policy", "compact", kSlowDeleting},
      {kBroker, "log.flush.interval.messages", "1"},
      {kBroker, "log.flush.interval.ms", "100"},  // looked at once, half a minute after the start
      {kBroker, "log.flush.offset.checkpoint.interval.ms", "5000"},
      {kBroker, "log.flush.scheduler.interval.ms", "100"},
      {kBroker, "log.flush.start.offset.checkpoint.interval.ms", "5000"},
      {kBroker, "log.index.interval.bytes", "1000", kSlowIndexed},
      {kBroker, "log.index.size.max.bytes", "24", kSlowShortLived},
      {kBroker, "log.message.timestamp.type", "LogAppendTime"},
      {kBroker, "log.retention.bytes", "3000", kSlowSmall},
      {kBroker, "log.retention.check.interval.ms", "7000"},
      {kBroker, "log.retention.hours", "1", kSlowSmall},
      {kBroker, "log.retention.minutes", "30", kSlowSmall},
      {kBroker, "log.retention.ms", "600000", kSlowSmall},
      {kBroker, "log.roll.hours", "1", kSlowShortLived},
      {kBroker, "log.roll.ms", "600000", kSlowShortLived},
      {kBroker, "log.segment.bytes", "2000", kSlowShortLived},
      {kBroker, "log.segment.delete.delay.ms", "1000", kSlowDeleting},
      {kBroker, "max.incremental.fetch.session.cache.slots", "0"},
      {kBroker, "message.max.bytes", "300"},
      {kBroker, "metadata.log.max.record.bytes.between.snapshots", "2000", kQuorum},
      {kBroker, "min.insync.replicas", "3"},
      {kBroker, "num.io.threads", "1"},
      {kBroker, "num.recovery.threads.per.data.dir", "4"},
      {kBroker, "num.partitions", "2", kCreatedByClients},
      {kBroker, "offsets.commit.required.acks", "1"},
      {kBroker, "offsets.commit.timeout.ms", "1"},
      {kBroker, "offsets.retention.check.interval.ms", "7000", kExpiring},
      {kBroker, "offsets.retention.minutes", "2", kExpiring},
      {kBroker, "offsets.topic.num.partitions", "5"},
      {kBroker, "offsets.topic.replication.factor", "1"},
      {kBroker, "offsets.topic.segment.bytes", "100"},  // no commit fits
      {kBroker, "producer.id.expiration.ms", "1000", kLostAnswer},
      {kBroker, "quota.window.num", "3", kThrottled},
      {kBroker, "quota.window.size.seconds", "2", kThrottled},
      {kBroker, "replica.fetch.backoff.ms", "200"},
      {kBroker, "replica.fetch.max.bytes", "400"},
      {kBroker, "replica.fetch.min.bytes", "5000"},
      {kBroker, "replica.fetch.response.max.bytes", "400"},
      {kBroker, "replica.fetch.wait.max.ms", "100"},
      {kBroker, "replica.high.watermark.checkpoint.interval.ms", "1000"},
      {kBroker, "replica.lag.time.max.ms", "2000"},
      {kBroker, "replica.socket.timeout.ms", "4000"},
      {kBroker, "replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector", kRacked},
      {kBroker, "replication.quota.window.num", "3", kReturning},
      {kBroker, "replication.quota.window.size.seconds", "4", kReturning},
      {kBroker, "request.timeout.ms", "5000", kLostCreation},
      {kBroker, "transaction.abort.timed.out.transaction.cleanup.interval.ms", "3000", kTransactional},
      {kBroker, "transaction.max.timeout.ms", "1000", kTransactional},
      {kBroker, "transaction.partition.verification.enable", "false", kTransactional},
      {kBroker, "transaction.state.log.min.isr", "2", kTransactional},
      {kBroker, "transaction.state.log.num.partitions", "2", kTransactional},
      {kBroker, "transaction.state.log.replication.factor", "3", kTransactional},
      {kBroker, "transaction.state.log.segment.bytes", "100", kTransactional},
      {kBroker, "unclean.leader.election.enable", "true", kUnclean},
      {kBroker, "zookeeper.session.timeout.ms", "4000"},

      {kTopic, "cleanup.policy", "compact", kSlowDeleting},
      {kTopic, "compression.type", "zstd"},
      {kTopic, "delete.retention.ms", "3000", kCompacting},
      {kTopic, "file.delete.delay.ms", "1000", kSlowDeleting},
      {kTopic, "flush.messages", "1"},
      {kTopic, "flush.ms", "100"},
      {kTopic, "follower.replication.throttled.replicas", "", kReturning},
      {kTopic, "index.interval.bytes", "1000", kSlowIndexed},
      {kTopic, "leader.replication.throttled.replicas", "", kReturning},
      {kTopic, "max.compaction.lag.ms", "9000", kCompacting},
      {kTopic, "max.message.bytes", "300"},
      {kTopic, "message.timestamp.type", "LogAppendTime"},
      {kTopic, "min.cleanable.dirty.ratio", "0.9", kCompacting},
      {kTopic, "min.compaction.lag.ms", "20000", kCompacting},
      {kTopic, "min.insync.replicas", "3"},
      {kTopic, "retention.bytes", "3000", kSlowSmall},
      {kTopic, "retention.ms", "600000", kSlowSmall},
      {kTopic, "segment.bytes", "2000", kSlowShortLived},
      {kTopic, "segment.index.bytes", "24", kSlowShortLived},
      {kTopic, "segment.ms", "600000", kSlowShortLived},
      {kTopic, "unclean.leader.election.enable", "true", kUnclean},

      {kProducer, "acks", "1"},
      {kProducer, "batch.size", "100"},
      {kProducer, "buffer.memory", "20000"},
      {kProducer, "client.id", "shop", kThrottled},
      {kProducer, "compression.type", "zstd"},
      {kProducer, "delivery.timeout.ms", "4000"},
      {kProducer, "enable.idempotence", "false"},
      {kProducer, "linger.ms", "100"},
      {kProducer, "max.block.ms", "500"},
      {kProducer, "max.in.flight.requests.per.connection", "1"},
      {kProducer, "max.request.size", "300"},
      {kProducer, "metadata.max.age.ms", "5000"},
      {kProducer, "partitioner.adaptive.partitioning.enable", "false"},
      {kProducer, "partitioner.ignore.keys", "true"},
      {kProducer, "reconnect.backoff.max.ms", "60"},
      {kProducer, "reconnect.backoff.ms", "500"},
      {kProducer, "request.timeout.ms", "2000"},
      {kProducer, "retries", "1"},
      {kProducer, "retry.backoff.max.ms", "120"},
      {kProducer, "retry.backoff.ms", "300"},
      {kProducer, "transaction.timeout.ms", "20000", kTransactional},
      {kProducer, "transactional.id", "desk", kTransactional},

      {kConsumer, "allow.auto.create.topics", "false", kCreatedByClients},
      {kConsumer, "auto.commit.interval.ms", "1000"},
      {kConsumer, "auto.offset.reset", "earliest"},
      {kConsumer, "client.id", "shop", kThrottled},
      {kConsumer, "client.rack", "a"},
      {kConsumer, "default.api.timeout.ms", "500"},
      {kConsumer, "enable.auto.commit", "false"},
      {kConsumer, "fetch.max.bytes", "400"},
      {kConsumer, "fetch.max.wait.ms", "100"},
      {kConsumer, "fetch.min.bytes", "5000"},
      {kConsumer, "group.instance.id", "static"},
      {kConsumer, "group.protocol", "consumer", kBothProtocols},
      {kConsumer, "group.remote.assignor", "range", kConsumerProtocol},
      {kConsumer, "heartbeat.interval.ms", "1000"},
      {kConsumer, "isolation.level", "read_committed", kTransactional},
      {kConsumer, "max.partition.fetch.bytes", "400"},
      {kConsumer, "max.poll.interval.ms", "3000"},
      {kConsumer, "max.poll.records", "1"},
      {kConsumer, "metadata.max.age.ms", "5000"},
      {kConsumer, "offsets.storage", "zookeeper"},
      {kConsumer, "partition.assignment.strategy", "roundrobin"},
      {kConsumer, "rebalance.backoff.ms", "700", kOldConsumers},
      {kConsumer, "rebalance.max.retries", "1", kOldConsumers},
      {kConsumer, "reconnect.backoff.max.ms", "60"},
      {kConsumer, "reconnect.backoff.ms", "500"},
      {kConsumer, "request.timeout.ms", "2000"},
      {kConsumer, "retry.backoff.max.ms", "120"},
      {kConsumer, "retry.backoff.ms", "300"},
      {kConsumer, "session.timeout.ms", "7000"},
      {kConsumer, "zookeeper.session.timeout.ms", "9000", kOldConsumers},
  };
}

// Rows of the table that no value can show, and why.
const std::map<std::string, std::string>& exempt() {
  static const std::map<std::string, std::string> kExempt = {
      {"group.id", "a scenario's group has its id; anything else is an error"},
      {"group.consumer.min.heartbeat.interval.ms", "bounds what another config may be"},
      {"group.consumer.max.heartbeat.interval.ms", "bounds what another config may be"},
      {"group.consumer.min.session.timeout.ms", "bounds what another config may be"},
      {"group.consumer.max.session.timeout.ms", "bounds what another config may be"}};
  return kExempt;
}

// Digest of all that can be seen of a run.
class Digest : public sim::Observer {
 public:
  void on_event(const sim::World&, const EventInfo<sim::KafkaTypes>& event) override {
    digest_.mix(static_cast<std::uint64_t>(nanos(event.time)));
    digest_.mix(event.digest);
    for (const sim::Note& note : event.notes) {
      digest_.mix(static_cast<std::uint64_t>(note.kind));
      digest_.mix(static_cast<std::uint64_t>(note.a));
      digest_.mix(static_cast<std::uint64_t>(note.b));
      digest_.mix(static_cast<std::uint64_t>(note.c));
    }
  }
  [[nodiscard]] std::uint64_t value() const { return digest_.value(); }

 private:
  Fingerprint digest_;
};

Scenario parsed(const std::string& text) {
  Result<Scenario> scenario = parse(text, "effect.toml");
  EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : scenario.error().text);
  return scenario ? *scenario : Scenario{};
}

void set(Configs& configs, const std::string& name, const std::string& value) {
  std::erase_if(configs, [&](const ConfigEntry& entry) { return entry.name == name; });
  configs.push_back(ConfigEntry{name, value, 0});
}

// Sets the config for everybody that it may be set for: what an entry says itself gives way.
void set(Scenario& scenario, const Effect& effect) {
  switch (effect.scope) {
    case ConfigScope::BROKER:
      if (effect.name == "broker.rack") {
        scenario.brokers.front().rack = effect.value;
      } else {
        set(scenario.broker_defaults, effect.name, effect.value);
      }
      return;
    case ConfigScope::TOPIC: set(scenario.topic_defaults, effect.name, effect.value); return;
    case ConfigScope::PRODUCER:
      set(scenario.producer_defaults, effect.name, effect.value);
      for (ProducerEntry& producer : scenario.producers) {
        std::erase_if(producer.configs, [&](const ConfigEntry& entry) { return entry.name == effect.name; });
      }
      return;
    case ConfigScope::CONSUMER:
      for (GroupEntry& group : scenario.groups) {
        set(group.configs, effect.name, effect.value);
      }
      return;
    case ConfigScope::ADMIN: break;
  }
  ADD_FAILURE() << "administrators have no configs here";
}

std::uint64_t digest_of(const Scenario& scenario) {
  sim::Registry registry = make_registry(scenario);
  const std::vector<ScheduledInput> inputs = make_inputs(scenario, registry);
  sim::World world(sim::KafkaModel{}, std::move(registry), make_nodes(scenario), make_network(scenario), scenario.seed);
  for (const ScheduledInput& input : inputs) {
    world.schedule(input.time, input.input);
  }
  Digest digest;
  sim::Observer* observers[] = {&digest};
  while (world.step(observers, SimTime(scenario.until))) {
  }
  EXPECT_GT(world.event_count(), 500U) << "a run in which nothing happens shows nothing";
  return digest.value();
}

TEST(ConfigEffect, every_modelled_config_changes_a_run) {
  std::map<std::string, std::uint64_t> without;
  for (const Effect& effect : effects()) {
    const sim::ConfigDef* def = sim::find_config(effect.scope, effect.name);
    ASSERT_NE(def, nullptr) << effect.name;
    const auto problem = sim::config_problem(effect.scope, effect.name, effect.value);
    EXPECT_TRUE(!problem || problem->kind == sim::ConfigProblemKind::NOT_MODELLED) << problem->text;
    Scenario scenario = parsed(effect.scenario);
    if (!without.contains(effect.scenario)) {
      without[effect.scenario] = digest_of(scenario);
    }
    set(scenario, effect);
    EXPECT_NE(digest_of(scenario), without[effect.scenario])
        << sim::config_scope_name(effect.scope) << " config " << effect.name << " = " << effect.value
        << " changes nothing";
  }
}

template <class Config>
void expect_rows(ConfigScope scope, std::span<const sim::ConfigField<Config>> fields) {
  const std::vector<Effect> rows = effects();
  for (const sim::ConfigField<Config>& field : fields) {
    const bool has_row = std::any_of(rows.begin(), rows.end(), [&](const Effect& effect) {
      return effect.scope == scope && effect.name == field.name;
    });
    EXPECT_TRUE(has_row != exempt().contains(std::string(field.name)))
        << sim::config_scope_name(scope) << " config " << field.name << " needs a run that it changes, or a reason";
  }
}

TEST(ConfigEffect, every_row_of_the_table_is_tried) {
  expect_rows(ConfigScope::BROKER, sim::broker_config_fields());
  expect_rows(ConfigScope::TOPIC, sim::topic_config_fields());
  expect_rows(ConfigScope::PRODUCER, sim::producer_config_fields());
  expect_rows(ConfigScope::CONSUMER, sim::consumer_config_fields());
}

TEST(ConfigEffect, log_configs_of_a_broker_hold_on_that_broker) {
  Scenario scenario = parsed(kBusy);
  scenario.brokers[1].configs.push_back(ConfigEntry{"log.retention.ms", "1000", 0});
  scenario.topics[1].configs.push_back(ConfigEntry{"retention.ms", "2000", 0});
  const sim::Registry registry = make_registry(scenario);
  const auto retention = [&](std::int32_t topic, std::size_t broker) {
    return registry.topic_config(sim::TopicId(topic), registry.broker_nodes[broker]).retention_ms;
  };
  EXPECT_EQ(retention(1, 0), 168h);
  EXPECT_EQ(retention(1, 1), 1s);
  EXPECT_EQ(retention(2, 0), 2s) << "what the topic sets wins";
  EXPECT_EQ(retention(2, 1), 2s);
}

}  // namespace
}  // namespace kscope::scenario::config_effect_test
