#pragma once
// Records of groups of the consumer protocol (KIP-848) as Kafka writes them, from what the simulator's log holds.
// MODEL: topic ids are made from names, a host is the client's name, racks of replicas are left out.

#include "sim/coordinator/coordinator_record_codec.h"
#include "sim/coordinator/group/consumer/consumer_group_records.h"
#include "sim/world/registry.h"

namespace kscope::sim {

/// Requires: group, members and topics are of the registry. Source: GroupCoordinatorRecordHelpers, Kafka 3.9.
[[nodiscard]] wire::OffsetsTopicRecord consumer_group_wire_record(const Registry& registry,
                                                                  const consumer_group::ConsumerGroupRecord& record);

}  // namespace kscope::sim
