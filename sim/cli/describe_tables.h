#pragma once
// The cluster as Kafka's own tools print it: kafka-topics.sh --describe, kafka-consumer-groups.sh --describe with its
// variants --members and --state (Kafka 3.9). Columns and spacing are theirs. A consumer's host is its name. Kafka's tool says
// nothing of members that speak the classic protocol in a group of the consumer protocol: here a line of its own does.

#include <string>

#include "sim/view/described.h"

namespace kscope::cli {

/// KRaft: kafka-metadata-quorum.sh describe --replication, with the state of every voter.
[[nodiscard]] std::string quorum_table(const view::Described& described);
[[nodiscard]] std::string topics_table(const view::Described& described);
/// The tables of a group that does not exist, or of which nobody can tell, are the tool's error alone.
[[nodiscard]] std::string group_offsets_table(const view::DescribedGroup& group);
[[nodiscard]] std::string group_members_table(const view::DescribedGroup& group);
[[nodiscard]] std::string group_state_table(const view::DescribedGroup& group);

}  // namespace kscope::cli
