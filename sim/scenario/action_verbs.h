#pragma once
// The table behind Action: for every verb its word, its parameters in the order of the text form, and its help. Text
// form, table form, help and completion are all read off this table.

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/scenario/action.h"

namespace kscope::scenario {

enum class ParamKind : std::uint8_t {
  kAnyNode,  ///< Action::node
  kBroker,
  kServer,  ///< broker, controller or ZooKeeper server: it has a disk
  kProducer,
  kConsumer,
  kClient,      ///< producer or consumer
  kConfigured,  ///< Action::node
  kPeer,        ///< Action::peer: any node
  kNewTopic,    ///< Action::topic
  kTopic,       ///< Action::topic: one of the scenario, or created before
  kPartition,   ///< Action::partition
  kDuration,    ///< Action::duration, > 0
  kSignedDuration,
  kFactor,        ///< Action::number, 1..1'000'000
  kPercent,       ///< 0..100
  kPpm,           ///< -500'000..500'000
  kMessage,       ///< a message number
  kBeforeOffset,  ///< Action::number, an offset
  kPartitionCount,
  kReplicationFactor,  ///< Action::factor
  kRate,               ///< Action::number, records per 1000 s
  kBandwidth,          ///< Action::number, bytes per second
  kConfigName,         ///< Action::name
  kConfigValue,        ///< Action::value
  kKey,                ///< Action::value
  kClientId,           ///< Action::client_id
  kQuotaName,          ///< Action::name
  kQuotaValue,         ///< Action::value
  kBrokerList,         ///< Action::value: distinct brokers with commas between, or "cancel"
  kConsumerOrGroup,    ///< Action::node
  kTopicList,          ///< Action::value: distinct topics with commas between
  kSeekOffset,         ///< Action::value: an offset, "beginning" or "end"
};

struct Param {
  std::string_view key;  ///< in the table form: "node", "factor"
  ParamKind kind = ParamKind::kAnyNode;
  bool is_optional = false;
};

struct VerbDef {
  VerbInfo info;
  std::span<const Param> params;
};
/// By Verb.
[[nodiscard]] std::span<const VerbDef> verb_defs();

}  // namespace kscope::scenario
