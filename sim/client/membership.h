#pragma once
// Membership: a consumer's side of the classic group protocol, eager or cooperative. What it does is in
// consumer_coordinator.cpp; here is what it knows and which moves it may make.
//
//                  rejoin needed (told by a heartbeat, a commit, by newer metadata, or by subscribe())
//           +--------------------------------------------------------------------------------+
//           v                                                                                |
//   PREPARING_REBALANCE --JoinGroup answered--> COMPLETING_REBALANCE --SyncGroup answered--> STABLE
//        ^   |                                     |                                         |
//        |   | error, connection lost              | error, rebalance again                  | fenced, leaves
//        |   v                                     v                                         v
//       UNJOINED <-------------------------------------------------------------------------- +
//
// from                 | event                                    | to                   | effects
// UNJOINED, STABLE     | poll() and rejoin needed                 | PREPARING_REBALANCE  | partitions given up, JoinGroup; cooperative:
//                      |                                          |                      | only those of a lost generation, or no longer
//                      |                                          |                      | subscribed to
// PREPARING_REBALANCE  | JoinGroup: NONE                          | COMPLETING_REBALANCE | SyncGroup (leader: with assignment)
// PREPARING_REBALANCE  | JoinGroup: MEMBER_ID_REQUIRED            | UNJOINED             | JoinGroup again with the id (KIP-394)
// PREPARING, COMPLETING| UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION    | UNJOINED             | member id (only the former), generation forgotten
// PREPARING, COMPLETING| NOT_COORDINATOR, lost connection         | UNJOINED             | coordinator looked for, after a backoff again
// COMPLETING_REBALANCE | SyncGroup: NONE                          | STABLE               | partitions taken, heartbeats;
//                      |                                          |                      | cooperative: others given up, then rejoin needed
// any                  | FENCED_INSTANCE_ID                       | UNJOINED             | poll() throws, the application closes
// STABLE               | heartbeat, commit: UNKNOWN_MEMBER_ID, .. | UNJOINED             | the same; partitions are lost at the next poll()
// STABLE               | close(), max.poll.interval.ms exceeded   | UNJOINED             | LeaveGroup, but not of a static member
// Source: AbstractCoordinator, ConsumerCoordinator, Heartbeat (Kafka 3.9).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// AbstractCoordinator.MemberState.
enum class MemberState : std::uint8_t { UNJOINED, PREPARING_REBALANCE, COMPLETING_REBALANCE, STABLE };
inline constexpr std::size_t kMemberStateCount = 4;
/// Kafka's name of the state.
std::string_view member_state_name(MemberState state);
/// Whether the table above has the move.
[[nodiscard]] bool is_legal_transition(MemberState from, MemberState to);

struct Membership {
  MemberState state = MemberState::UNJOINED;
  MemberId member;  ///< as the coordinator issued it
  GenerationId generation = kNoGeneration;
  NodeId coordinator;      ///< not valid = unknown
  bool is_leader = false;  ///< computes the assignment of this generation
  bool rejoin_needed = true;
  bool join_prepared = false;        ///< partitions were given up for the join that is under way
  bool is_revoke_committed = false;  ///< the last commit before giving them up was sent
  bool is_find_in_flight = false;
  std::int64_t join_correlation = 0;       ///< JoinGroup or SyncGroup without an answer; 0 = none
  std::int64_t heartbeat_correlation = 0;  ///< 0 = none
  std::int32_t find_attempts = 0;
  std::int32_t join_attempts = 0;
  LocalTime find_retry_at = LocalTime::min();  ///< no FindCoordinator before this
  LocalTime join_retry_at = LocalTime::min();  ///< no JoinGroup before this
  LocalTime last_heartbeat_heard{};            ///< session.timeout.ms counts from here
  TimerId heartbeat_timer;
  std::string protocol;                                 ///< assignor that the coordinator selected
  std::vector<TopicId> group_topics;                    ///< leader: what the members subscribe to
  std::vector<std::int32_t> assigned_partition_counts;  ///< leader: partitions of `group_topics` when it assigned
  std::optional<std::vector<TopicId>> joined_topics{};  ///< subscription of the last JoinGroup, ascending
  std::vector<TopicId> awaited_topics{};                ///< of interest now, and no broker has told of them yet
  std::optional<JoinGroupResponse> elected{};           ///< leader: assigns when `awaited_topics` are known
  // What the sticky assignor remembers, and sends with the next subscription. Source: StickyAssignor.onAssignment.
  std::vector<TopicPartition> sticky_partitions;
  GenerationId sticky_generation = kNoGeneration;

  /// Changes the state; a move that the table does not have is a failed check.
  void transition_to(MemberState to);
  [[nodiscard]] bool has_joined() const {
    return state == MemberState::COMPLETING_REBALANCE || state == MemberState::STABLE;
  }
};

}  // namespace kscope::sim
