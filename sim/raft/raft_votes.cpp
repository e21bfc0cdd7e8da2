// Elections: pre-votes, votes, the beginning and the end of a leader's epoch.

#include <algorithm>
#include <utility>

#include "engine/core/check.h"
#include "sim/raft/raft_client.h"

namespace kscope::sim::raft {
namespace {

std::size_t count(const FlatMap<ReplicaId, bool>& answers, bool wanted) {
  return static_cast<std::size_t>(
      std::count_if(answers.begin(), answers.end(), [&](const auto& answer) { return answer.second == wanted; }));
}

}  // namespace

void RaftClient::poll_voter(RaftIo& io) {
  if (const auto* unattached = std::get_if<Unattached>(&state_)) {
    if (unattached->election_deadline <= io.now) {
      become_prospective(io);
    }
  } else if (const auto* prospective = std::get_if<Prospective>(&state_)) {
    if (prospective->election_deadline <= io.now) {
      lose_pre_vote(io);
    }
  } else if (const auto* candidate = std::get_if<Candidate>(&state_)) {
    if (candidate->election_deadline <= io.now) {
      become_prospective(io);
    }
  } else if (const auto* follower = std::get_if<Follower>(&state_)) {
    if (follower->fetch_deadline <= io.now) {
      become_prospective(io);
    }
  } else if (const auto* resigned = std::get_if<Resigned>(&state_)) {
    if (resigned->election_deadline <= io.now) {
      become_unattached(io, epoch_ + 1, {});
    }
  } else if (const auto* leader = std::get_if<Leader>(&state_)) {
    const auto left = leader->state.time_until_check_quorum_expires(io.now);
    if (left.has_value() && *left <= Duration(0)) {
      become_resigned(io);
    }
  }
  ask_for_votes(io);
  if (auto* leader = std::get_if<Leader>(&state_)) {
    const bool is_due = leader->next_begin_epoch <= io.now;
    for (const ReplicaId voter : leader->state.non_acknowledging_voters()) {
      if (is_due && may_ask(io.now, voter)) {
        request(io, voter, BeginQuorumEpochRequest{self_, epoch_});
      }
    }
    if (is_due) {
      leader->next_begin_epoch =
          leader->state.non_acknowledging_voters().empty() ? LocalTime::max() : io.now + config_.retry_backoff * 5;
    }
  } else if (const auto* resigned = std::get_if<Resigned>(&state_)) {
    const std::vector<ReplicaId> untold(resigned->unacknowledged.begin(), resigned->unacknowledged.end());
    for (const ReplicaId voter : untold) {
      if (may_ask(io.now, voter)) {
        request(io, voter, EndQuorumEpochRequest{self_, epoch_, std::get<Resigned>(state_).preferred_successors});
      }
    }
  }
}

void RaftClient::ask_for_votes(RaftIo& io) {
  const auto* prospective = std::get_if<Prospective>(&state_);
  const auto* candidate = std::get_if<Candidate>(&state_);
  if (prospective == nullptr && candidate == nullptr) {
    return;
  }
  const FlatMap<ReplicaId, bool>& answers = prospective != nullptr ? prospective->answers : candidate->answers;
  for (const ReplicaId voter : config_.voters) {
    if (!answers.contains(voter) && may_ask(io.now, voter)) {
      request(io, voter, VoteRequest{self_, epoch_, io.durable.log.end(), prospective != nullptr});
    }
  }
}

void RaftClient::count_votes(RaftIo& io) {
  if (const auto* prospective = std::get_if<Prospective>(&state_)) {
    if (count(prospective->answers, true) >= majority()) {
      become_candidate(io);
    } else if (count(prospective->answers, false) >= config_.voters.size() - majority() + 1) {
      lose_pre_vote(io);
    }
  } else if (const auto* candidate = std::get_if<Candidate>(&state_)) {
    // One that cannot win any more waits for its election timeout all the same.
    if (count(candidate->answers, true) >= majority()) {
      become_leader(io);
    }
  }
}

void RaftClient::lose_pre_vote(RaftIo& io) {
  const ReplicaId leader = std::get<Prospective>(state_).leader;
  if (leader.is_valid() && leader != self_) {
    become_follower(io, epoch_, leader);
  } else {
    become_unattached(io, epoch_, {});
  }
}

void RaftClient::become_candidate(RaftIo& io) {
  Candidate next;
  next.answers[self_] = true;
  next.election_deadline = io.now + random_election_timeout(io);
  transition_to(io, std::move(next), epoch_ + 1);
  count_votes(io);
  ask_for_votes(io);
}

void RaftClient::become_leader(RaftIo& io) {
  const Offset start = io.durable.log.end_offset();
  Leader next{LeaderState(self_, config_.voters, start, config_.fetch_timeout, io.now), io.now};
  transition_to(io, std::move(next), epoch_);
  for (auto& [peer, connection] : connections_) {
    connection = Connection{0, io.now};
  }
  // Nothing of earlier epochs is committed before a record of its own is (Raft, figure 8).
  io.durable.log.append({start, epoch_, {}});
  io.has_appended = true;
  if (flushed_ == start) {
    (void)std::get<Leader>(state_).state.update_local_state(start);
  }
}

void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const VoteRequest& request) {
  VoteResponse response;
  response.is_pre_vote = request.is_pre_vote;
  if (request.candidate_epoch < epoch_) {
    response.error = ErrorCode::FENCED_LEADER_EPOCH;
  } else {
    if (request.candidate_epoch > epoch_) {
      become_unattached(io, request.candidate_epoch, {});
    }
    const bool is_up_to_date = request.log_end >= io.durable.log.end();
    response.is_granted = is_voter() && can_grant_vote(state_, request.candidate, is_up_to_date, request.is_pre_vote);
    if (response.is_granted && !request.is_pre_vote) {
      if (auto* unattached = std::get_if<Unattached>(&state_)) {
        unattached->voted = request.candidate;
        unattached->election_deadline = io.now + random_election_timeout(io);
      } else {
        std::get<Prospective>(state_).voted = request.candidate;
      }
      persist(io);
    }
  }
  response.epoch = epoch_;
  response.leader = leader_of(state_, self_);
  send(io, from, correlation_id, response);
}

void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const VoteResponse& response) {
  if (!answered(io, from, correlation_id, response.error) ||
      !adopt(io, response.epoch, response.leader, response.error)) {
    return;
  }
  if (auto* prospective = std::get_if<Prospective>(&state_); prospective != nullptr && response.is_pre_vote) {
    prospective->answers[from] = response.is_granted;
  } else if (auto* candidate = std::get_if<Candidate>(&state_); candidate != nullptr && !response.is_pre_vote) {
    candidate->answers[from] = response.is_granted;
  }
  count_votes(io);
}

void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const BeginQuorumEpochRequest& request) {
  BeginQuorumEpochResponse response;
  if (request.epoch < epoch_) {
    response.error = ErrorCode::FENCED_LEADER_EPOCH;
  } else {
    const auto* follower = std::get_if<Follower>(&state_);
    const bool is_known = follower != nullptr && follower->leader == request.leader && request.epoch == epoch_;
    if (!is_known) {
      KSCOPE_CHECK(!is_leader() || request.epoch > epoch_, "two leaders in one epoch of the metadata quorum");
      become_follower(io, request.epoch, request.leader);
    }
  }
  response.epoch = epoch_;
  response.leader = leader_of(state_, self_);
  send(io, from, correlation_id, response);
}

void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const BeginQuorumEpochResponse& response) {
  if (!answered(io, from, correlation_id, response.error) ||
      !adopt(io, response.epoch, response.leader, response.error)) {
    return;
  }
  if (auto* leader = std::get_if<Leader>(&state_)) {
    leader->state.acknowledge(from);
  }
}

// Who is named first among the successors stands at once; the others later, each with a longer pause, so that they do not
// take votes from one another.
void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const EndQuorumEpochRequest& request) {
  EndQuorumEpochResponse response;
  if (request.epoch < epoch_) {
    response.error = ErrorCode::FENCED_LEADER_EPOCH;
  } else {
    auto* follower = std::get_if<Follower>(&state_);
    if (follower == nullptr || follower->leader != request.leader || request.epoch > epoch_) {
      KSCOPE_CHECK(!is_leader() || request.epoch > epoch_, "two leaders in one epoch of the metadata quorum");
      become_follower(io, request.epoch, request.leader);
      follower = &std::get<Follower>(state_);
    }
    const auto& successors = request.preferred_successors;
    const auto place = std::find(successors.begin(), successors.end(), self_) - successors.begin();
    if (place < static_cast<std::ptrdiff_t>(successors.size())) {
      Duration backoff{0};
      if (place > 0) {
        const std::int64_t base = millis(config_.election_backoff_max) >> (successors.size() - 1);
        backoff = std::min<Duration>(config_.election_backoff_max, std::chrono::milliseconds(base << (place - 1)));
      }
      follower->fetch_deadline = io.now + backoff;
    }
  }
  response.epoch = epoch_;
  response.leader = leader_of(state_, self_);
  send(io, from, correlation_id, response);
}

void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const EndQuorumEpochResponse& response) {
  if (!answered(io, from, correlation_id, response.error) ||
      !adopt(io, response.epoch, response.leader, response.error)) {
    return;
  }
  if (auto* resigned = std::get_if<Resigned>(&state_)) {
    resigned->unacknowledged.erase(from);
  }
}

}  // namespace kscope::sim::raft
