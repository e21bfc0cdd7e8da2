#pragma once
// What invariants of groups read off __consumer_offsets: the log is what a group is, and the order of its records is the
// order in which the coordinator took things over.

#include <string>
#include <string_view>

#include "sim/check/invariant.h"
#include "sim/coordinator/group/group_coordinator.h"
#include "sim/protocol/coordinator_record.h"

namespace kscope::sim {

/// The batch of __consumer_offsets that a coordinator appended, as a note kBatchAppended tells it; nullptr: the note tells
/// something else, or the batch is a marker.
const RecordBatch* appended_group_records(const CheckContext& c);

/// The coordinator on the node that acted; nullptr when no broker did. What it holds is of after the event, in which it
/// serves one request.
const GroupCoordinator* acting_coordinator(const CheckContext& c);

/// The partition of __consumer_offsets that the group belongs to. Requires: the topic has partitions.
TopicPartition partition_of_group(const CheckContext& c, GroupId group);

std::string_view group_name(const CheckContext& c, GroupId group);

/// "billing-1" of a member id.
inline const std::string& client_name(const CheckContext& c, MemberId member) { return c.node_name(member.client); }

/// Broken, but permitted where records of __consumer_offsets may be gone without a mistake of anybody.
Finding unless_groups_lost(const CheckContext& c, std::string detail);

}  // namespace kscope::sim
