#pragma once
// From configs as text to the typed structs of sim/config, for every node and topic of a scenario: defaults first, then
// what the entry says, then what follows from the entry itself (rack, group id, commit mode).

#include <vector>

#include "sim/config/broker_config.h"
#include "sim/config/config_values.h"
#include "sim/config/consumer_config.h"
#include "sim/config/producer_config.h"
#include "sim/config/zookeeper_config.h"
#include "sim/scenario/scenario.h"

namespace kscope::scenario {

[[nodiscard]] sim::BrokerConfig broker_config(const Scenario& scenario, const BrokerEntry& broker);
/// What a topic sets by itself: the defaults of all topics, then `configs`.
[[nodiscard]] sim::ConfigValues topic_values(const Scenario& scenario, const Configs& configs);
[[nodiscard]] sim::ProducerConfig producer_config(const Scenario& scenario, const ProducerEntry& producer);
/// The producer of a member of a group with an output, as if it had an entry of its own: "copier-2", whose transactional.id
/// is that of the group's producer.config with its number behind. `number` counts from 1.
[[nodiscard]] ProducerEntry output_producer(const GroupEntry& group, std::int32_t number);
/// `number` counts from 1.
[[nodiscard]] sim::ConsumerConfig consumer_config(const Scenario& scenario, const GroupEntry& group,
                                                  std::int32_t number);
[[nodiscard]] sim::ZooKeeperConfig zookeeper_config(const Scenario& scenario);

/// Every config that Kafka would refuse (error) or that has no effect here (warning), with lines.
[[nodiscard]] std::vector<Problem> config_problems(const Scenario& scenario);

}  // namespace kscope::scenario
