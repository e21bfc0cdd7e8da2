#pragma once
// Membership: a consumer's side of the classic group protocol.
//
//                    +---------------- rejoin needed ---------------------------+
//                    v                                                          |
//   UNJOINED --> PREPARING_REBALANCE --JoinGroup--> COMPLETING_REBALANCE --SyncGroup--> STABLE
//      ^  ^              |                                |                        |
//      |  +--------------+---- UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, leave -------+
//
// Kafka: AbstractCoordinator, ConsumerCoordinator, Heartbeat (3.9), eager rebalances.
// The table of transitions is in membership.cpp.

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// AbstractCoordinator.MemberState.
enum class MemberState : std::uint8_t { UNJOINED, PREPARING_REBALANCE, COMPLETING_REBALANCE, STABLE };
/// Kafka's name of the state.
std::string_view member_state_name(MemberState state);

struct Membership {
  MemberState state = MemberState::UNJOINED;
  MemberId member;                         ///< as the coordinator issued it
  GenerationId generation = kNoGeneration;
  NodeId coordinator;                      ///< not valid = unknown
  bool is_leader = false;                  ///< computes the assignment of this generation
  bool rejoin_needed = true;
  bool join_prepared = false;              ///< partitions were given up for the join that is under way
  bool is_find_in_flight = false;
  std::int64_t join_correlation = 0;       ///< JoinGroup or SyncGroup without an answer; 0 = none
  std::int64_t heartbeat_correlation = 0;  ///< 0 = none
  std::int32_t find_attempts = 0;
  std::int32_t join_attempts = 0;
  LocalTime retry_at{};                    ///< no coordinator request before this
  LocalTime last_heartbeat_sent{};
  LocalTime last_heartbeat_heard{};        ///< session.timeout.ms counts from here
  TimerId heartbeat_timer;
  TimerId retry_timer;
  std::vector<std::int32_t> assigned_partition_counts;  ///< leader: partitions by topic when it assigned
};

}  // namespace kscope::sim
