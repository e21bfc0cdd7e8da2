// Configs of the old consumer (kafka.consumer.ConsumerConfig, Kafka 0.8 to 0.10) that the model honours. Kafka 3.9 has not got
// them, so they are not in the generated tables.
#include "sim/config/config_tables.h"

namespace kscope::sim {
namespace {

constexpr ConfigDef kRows[] = {
    {"offsets.storage", ConfigType::STRING, "kafka", "[kafka, zookeeper]", ConfigPresence::OPTIONAL},
    {"rebalance.backoff.ms", ConfigType::INT, "2000", "[0,...]", ConfigPresence::OPTIONAL},
    {"rebalance.max.retries", ConfigType::INT, "4", "[1,...]", ConfigPresence::OPTIONAL},
    {"zookeeper.session.timeout.ms", ConfigType::INT, "6000", "[1,...]", ConfigPresence::OPTIONAL},
};

}  // namespace

std::span<const ConfigDef> old_consumer_config_table() { return kRows; }

}  // namespace kscope::sim
