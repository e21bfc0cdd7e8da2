#include "sim/raft/quorum_state.h"

namespace kscope::sim::raft {
namespace {

template <class State>
bool is(const EpochState& state) {
  return std::holds_alternative<State>(state);
}

}  // namespace

std::string_view state_name(const EpochState& state) {
  constexpr std::string_view kNames[] = {"Unattached", "Prospective", "Candidate", "Leader", "Follower", "Resigned"};
  return kNames[state.index()];
}

ReplicaId leader_of(const EpochState& state, ReplicaId self) {
  if (const auto* unattached = std::get_if<Unattached>(&state)) {
    return unattached->leader;
  }
  if (const auto* prospective = std::get_if<Prospective>(&state)) {
    return prospective->leader;
  }
  if (const auto* follower = std::get_if<Follower>(&state)) {
    return follower->leader;
  }
  return is<Leader>(state) || is<Resigned>(state) ? self : ReplicaId{};
}

bool can_grant_vote(const EpochState& state, ReplicaId candidate, bool is_log_up_to_date, bool is_pre_vote) {
  // Unattached and Prospective give a vote once an epoch, and none while they know a leader.
  const auto undecided = [&](ReplicaId voted, ReplicaId leader) {
    if (is_pre_vote) {
      return is_log_up_to_date;
    }
    if (voted.is_valid()) {
      return voted == candidate;
    }
    return !leader.is_valid() && is_log_up_to_date;
  };
  if (const auto* unattached = std::get_if<Unattached>(&state)) {
    return undecided(unattached->voted, unattached->leader);
  }
  if (const auto* prospective = std::get_if<Prospective>(&state)) {
    return undecided(prospective->voted, prospective->leader);
  }
  if (const auto* follower = std::get_if<Follower>(&state)) {
    return is_pre_vote && is_log_up_to_date && !follower->has_fetched;
  }
  // A candidate and one that resigned would welcome another leader; a leader would not.
  return is_pre_vote && is_log_up_to_date && !is<Leader>(state);
}

bool is_legal_transition(const EpochState& from, const EpochState& to, LeaderEpoch from_epoch, LeaderEpoch to_epoch) {
  if (to_epoch < from_epoch) {
    return false;
  }
  const bool is_higher = to_epoch > from_epoch;
  if (is<Unattached>(to)) {
    return is_higher || is<Unattached>(from) || is<Prospective>(from);
  }
  if (is<Prospective>(to)) {
    return !is_higher && (is<Unattached>(from) || is<Candidate>(from) || is<Follower>(from) || is<Prospective>(from));
  }
  if (is<Candidate>(to)) {
    return is_higher && is<Prospective>(from);
  }
  if (is<Leader>(to)) {
    return !is_higher && is<Candidate>(from);
  }
  if (is<Resigned>(to)) {
    return !is_higher && is<Leader>(from);
  }
  return is_higher || !is<Leader>(from);
}

}  // namespace kscope::sim::raft
