#pragma once
// QuorumState: which part one replica plays in the quorum of the metadata log, in Kafka's words. Voters elect; observers
// (brokers) only follow. "Voted" is Unattached, or Prospective, with a vote given in this epoch, as in Kafka 4.0.
// Source: QuorumState and the classes of its states, Kafka 4.0; pre-votes KIP-996.
//
//   from                  | event                                     | guard                       | to
//   Unattached            | election timeout                          | voter                       | Prospective
//   Unattached, Prospective | vote request                            | may be granted              | the same, with the vote
//   Prospective           | majority of pre-votes                     |                             | Candidate (epoch + 1)
//   Prospective           | pre-vote lost, election timeout           | knows a leader              | Follower of it
//   Prospective           | pre-vote lost, election timeout           | knows none                  | Unattached
//   Candidate             | majority of votes                         |                             | Leader
//   Candidate             | election timeout                          |                             | Prospective
//   Leader                | no majority fetches (check quorum)        |                             | Resigned
//   Leader                | orderly end of the process                |                             | Resigned
//   Follower              | fetch timeout                             | voter                       | Prospective
//   Resigned              | election timeout                          |                             | Unattached (epoch + 1)
//   any                   | a higher epoch without a leader           |                             | Unattached
//   any but Leader        | a leader of this epoch or a higher one    |                             | Follower
//   start                 | the file says it led                      |                             | Resigned
//   start                 | the file says it voted for itself         |                             | Candidate
//   start                 | the file names another leader             |                             | Follower
//   start                 | else                                      |                             | Unattached

#include <cstdint>
#include <string_view>
#include <variant>

#include "engine/core/fields.h"
#include "engine/core/flat_map.h"
#include "engine/core/time.h"
#include "sim/raft/leader_state.h"
#include "sim/raft/raft_log.h"

namespace kscope::sim::raft {

/// Knows an epoch, but follows nobody.
struct Unattached {
  ReplicaId leader;  ///< of this epoch, if it is known
  ReplicaId voted;
  LocalTime election_deadline;
  KSCOPE_FIELDS(Unattached, leader, voted, election_deadline);
};
/// Asks whether it would be elected, before it disturbs anybody with a new epoch.
struct Prospective {
  ReplicaId leader;  ///< that it knew before; it goes back to it when nobody would elect another
  ReplicaId voted;
  FlatMap<ReplicaId, bool> answers;  ///< pre-votes, its own included
  LocalTime election_deadline;
  KSCOPE_FIELDS(Prospective, leader, voted, answers, election_deadline);
};
struct Candidate {
  FlatMap<ReplicaId, bool> answers;  ///< votes, its own included
  LocalTime election_deadline;
  KSCOPE_FIELDS(Candidate, answers, election_deadline);
};
struct Leader {
  LeaderState state;
  LocalTime next_begin_epoch;  ///< when voters that do not fetch are told again
  bool operator==(const Leader&) const = default;
};
struct Follower {
  ReplicaId leader;
  ReplicaId voted;
  LocalTime fetch_deadline;
  bool has_fetched = false;  ///< from this leader: it lives, so no pre-vote against it
  OffsetAndEpoch fetching_snapshot{Offset(-1), LeaderEpoch(-1)};
  KSCOPE_FIELDS(Follower, leader, voted, fetch_deadline, has_fetched, fetching_snapshot);
};
/// Led, and steps down: tells the others until one of them is elected.
struct Resigned {
  std::vector<ReplicaId> preferred_successors;
  FlatSet<ReplicaId> unacknowledged;
  LocalTime election_deadline;
  KSCOPE_FIELDS(Resigned, preferred_successors, unacknowledged, election_deadline);
};

using EpochState = std::variant<Unattached, Prospective, Candidate, Leader, Follower, Resigned>;

/// Kafka's name of the state: "Unattached", "Prospective", "Candidate", "Leader", "Follower", "Resigned".
[[nodiscard]] std::string_view state_name(const EpochState& state);

/// The leader that a replica in this state knows; none while there is none.
[[nodiscard]] ReplicaId leader_of(const EpochState& state, ReplicaId self);

/// Whether a vote (or pre-vote) is granted to `candidate`, whose log is, or is not, at least as far as the own one.
/// The epoch has been compared before. Source: canGrantVote of every state, Kafka 4.0.
[[nodiscard]] bool can_grant_vote(const EpochState& state, ReplicaId candidate, bool is_log_up_to_date,
                                  bool is_pre_vote);

/// Whether the table above allows the step. Requires: both are states of one voter.
[[nodiscard]] bool is_legal_transition(const EpochState& from, const EpochState& to, LeaderEpoch from_epoch,
                                       LeaderEpoch to_epoch);

}  // namespace kscope::sim::raft
