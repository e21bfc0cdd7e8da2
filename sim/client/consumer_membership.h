#pragma once
// ConsumerMembership: a consumer's side of the consumer protocol (KIP-848). There is no barrier: the coordinator gives each
// member its part of the target assignment, and the member says what it has until the two are the same.
//
//   JOINING --an assignment--> RECONCILING --given up, taken--> ACKNOWLEDGING --said so--> STABLE
//     ^                          ^                                                          |
//     |                          +----------------------- another assignment --------------+
//     +-- fenced: everything is lost, epoch 0 again
//
// from                    | event                                        | to            | effects
// JOINING, RECONCILING,   | heartbeat answered with an assignment that   | RECONCILING   | auto-commit; others given up; taken
// STABLE                  | is not what it has                           |               |
// JOINING, RECONCILING    | the assignment is what it has                | STABLE        |
// RECONCILING             | commit answered, partitions changed          | ACKNOWLEDGING | heartbeat at once, with what it owns
// ACKNOWLEDGING           | that heartbeat is sent                       | STABLE        | or RECONCILING if the target has moved on
// any                     | FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID       | JOINING       | partitions lost; joins again, same member id
// any                     | max.poll.interval.ms exceeded                | STALE         | leaves; joins again with the next poll()
// any                     | close()                                      | LEAVING       | heartbeat with epoch -1, or -2 if static
// any                     | UNRELEASED_INSTANCE_ID and what else is fatal| FATAL         | the application closes
// The heartbeats go on beside the application, in a thread of their own.
// Source: ConsumerMembershipManager, HeartbeatRequestManager (Kafka 3.9).
// MODEL: a topic is known by its id at once, so no assignment has to wait for metadata.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/coordinator/group/consumer/member_epoch.h"
#include "sim/coordinator/group/consumer/partition_set.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// org.apache.kafka.clients.consumer.internals.MemberState; those that no consumer here stays in are left out.
enum class ConsumerMemberState : std::uint8_t { JOINING, RECONCILING, ACKNOWLEDGING, STABLE, LEAVING, STALE, FATAL };
inline constexpr std::size_t kConsumerMemberStateCount = 7;
/// Kafka's name of the state.
std::string_view member_state_name(ConsumerMemberState state);

struct ConsumerMembership {
  ConsumerMemberState state = ConsumerMemberState::JOINING;
  consumer_group::MemberEpoch epoch = consumer_group::kJoinGroupEpoch;
  consumer_group::PartitionSet target;    ///< what the coordinator gave last
  Duration heartbeat_interval{0};         ///< as the coordinator says
  LocalTime next_heartbeat{};             ///< the interval counts to here
  bool is_commit_done = false;            ///< of the reconciliation that is under way
  bool tells_everything = true;           ///< the next heartbeat has all fields: the first, and after an error
  std::int32_t attempts = 0;              ///< heartbeats in a row that failed
  LocalTime retry_at = LocalTime::min();  ///< no heartbeat before this
  std::optional<consumer_group::PartitionSet> sent_owned;  ///< what the coordinator was told last
  std::vector<TopicId> sent_topics{};                      ///< the same; ascending
};

}  // namespace kscope::sim
