#pragma once
// What a member of the classic protocol offers when it joins. It stands in JoinGroup, and in the records of a group that has
// moved on to the consumer protocol while the member has not. Source: ConsumerProtocolSubscription, Kafka 3.9.

#include <string>
#include <vector>

#include "engine/core/fields.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

/// What a member offers under one assignor's name (ConsumerProtocolSubscription).
struct JoinProtocol {
  std::string name;  ///< "range", "roundrobin", ...
  std::vector<TopicId> topics;
  std::vector<TopicPartition> owned;        ///< sticky assignors: what it has kept
  GenerationId generation = kNoGeneration;  ///< sticky assignors: in which it got that
  std::string rack{};                       ///< client.rack (KIP-881)
  KSCOPE_FIELDS(JoinProtocol, name, topics, owned, generation, rack);
};

}  // namespace kscope::sim
