// What all parts share: transitions, requests with their timeouts, and the epoch and leader that every answer names.

#include "sim/raft/raft_client.h"

#include <algorithm>
#include <utility>

#include "engine/core/check.h"

namespace kscope::sim::raft {

RaftClient::RaftClient(ReplicaId self, QuorumConfig config) : self_(self), config_(std::move(config)) {}

bool RaftClient::is_voter() const {
  return std::find(config_.voters.begin(), config_.voters.end(), self_) != config_.voters.end();
}

Duration RaftClient::random_election_timeout(RaftIo& io) const {
  const auto timeout_ms = static_cast<std::int32_t>(millis(config_.election_timeout));
  return config_.election_timeout + Duration(std::chrono::milliseconds(io.draw(std::max(timeout_ms, 1))));
}

void RaftClient::start(RaftIo& io, Offset flushed) {
  const ElectionState& saved = io.durable.election;
  epoch_ = saved.epoch;
  flushed_ = std::min(flushed, io.durable.log.end_offset());
  io.has_appended = flushed_ < io.durable.log.end_offset();  // What an earlier process wrote is flushed now.
  if (io.durable.log.snapshot() != nullptr) {
    high_watermark_ = io.durable.log.snapshot()->id.offset;
  }
  const LocalTime election_deadline = io.now + random_election_timeout(io);
  if (is_voter() && saved.leader == self_) {
    Resigned resigned;
    resigned.election_deadline = election_deadline;
    for (const ReplicaId voter : config_.voters) {
      if (voter != self_) {
        resigned.unacknowledged.insert(voter);
        resigned.preferred_successors.push_back(voter);
      }
    }
    state_ = std::move(resigned);
  } else if (is_voter() && saved.voted == self_ && !saved.leader.is_valid()) {
    Candidate candidate;
    candidate.answers[self_] = true;
    candidate.election_deadline = election_deadline;
    state_ = std::move(candidate);
  } else if (saved.leader.is_valid() && saved.leader != self_) {
    Follower follower;
    follower.leader = saved.leader;
    follower.voted = saved.voted;
    follower.fetch_deadline = io.now + config_.fetch_timeout;
    state_ = follower;
  } else {
    state_ = Unattached{{}, saved.voted, election_deadline};
  }
  poll(io);
}

void RaftClient::persist(RaftIo& io) {
  ElectionState& saved = io.durable.election;
  saved.epoch = epoch_;
  saved.leader = leader_of(state_, self_);
  if (const auto* unattached = std::get_if<Unattached>(&state_)) {
    saved.voted = unattached->voted;
  } else if (const auto* prospective = std::get_if<Prospective>(&state_)) {
    saved.voted = prospective->voted;
  } else if (const auto* follower = std::get_if<Follower>(&state_)) {
    saved.voted = follower->voted;
  } else {
    saved.voted = self_;  // A candidate, and who was one in this epoch.
  }
}

void RaftClient::transition_to(RaftIo& io, EpochState next, LeaderEpoch epoch) {
  KSCOPE_CHECK(is_legal_transition(state_, next, epoch_, epoch), "a transition that quorum_state.h does not know");
  const bool is_other_connection = epoch != epoch_ || leader_of(next, self_) != leader_of(state_, self_);
  const bool has_led = is_leader();
  state_ = std::move(next);
  epoch_ = epoch;
  if (has_led) {
    fail_parked(io);
  }
  if (is_other_connection) {
    // What was asked before is answered with an epoch that is out of date; nobody waits for it.
    for (auto& [peer, connection] : connections_) {
      connection = Connection{0, io.now};
    }
  }
  persist(io);
}

void RaftClient::become_unattached(RaftIo& io, LeaderEpoch epoch, ReplicaId leader) {
  Unattached next;
  next.leader = leader;
  next.election_deadline = io.now + random_election_timeout(io);
  if (epoch == epoch_) {  // A vote binds for the whole epoch.
    next.voted = io.durable.election.voted;
  }
  transition_to(io, next, epoch);
}

void RaftClient::become_prospective(RaftIo& io) {
  Prospective next;
  next.leader = std::holds_alternative<Candidate>(state_) ? ReplicaId{} : leader_of(state_, self_);
  next.voted = io.durable.election.voted;
  next.answers[self_] = true;
  next.election_deadline = io.now + random_election_timeout(io);
  transition_to(io, std::move(next), epoch_);
  for (auto& [peer, connection] : connections_) {
    connection = Connection{0, io.now};
  }
  count_votes(io);
}

void RaftClient::become_follower(RaftIo& io, LeaderEpoch epoch, ReplicaId leader) {
  KSCOPE_CHECK(leader != self_, "a replica does not follow itself");
  Follower next;
  next.leader = leader;
  next.voted = epoch == epoch_ ? io.durable.election.voted : ReplicaId{};
  next.fetch_deadline = io.now + config_.fetch_timeout;
  transition_to(io, next, epoch);
}

void RaftClient::become_resigned(RaftIo& io) {
  const LeaderState& led = std::get<Leader>(state_).state;
  Resigned next;
  next.preferred_successors = led.non_leader_voters_by_descending_fetch_offset();
  for (const ReplicaId voter : next.preferred_successors) {
    next.unacknowledged.insert(voter);
  }
  next.election_deadline = io.now + random_election_timeout(io);
  transition_to(io, std::move(next), epoch_);
  for (auto& [peer, connection] : connections_) {
    connection = Connection{0, io.now};
  }
}

void RaftClient::resign(RaftIo& io) {
  if (is_leader()) {
    become_resigned(io);
    poll(io);
  }
}

void RaftClient::send(RaftIo& io, ReplicaId to, std::int64_t correlation_id, RaftMessage message) {
  io.sends.push_back({to, correlation_id, std::move(message)});
}

bool RaftClient::may_ask(LocalTime now, ReplicaId peer) const {
  const Connection* connection = connections_.get(peer);
  return connection == nullptr || (connection->correlation_id == 0 && connection->until <= now);
}

void RaftClient::request(RaftIo& io, ReplicaId to, RaftMessage message) {
  const std::int64_t correlation_id = next_correlation_++;
  connections_[to] = {correlation_id, io.now + config_.request_timeout};
  send(io, to, correlation_id, std::move(message));
}

bool RaftClient::answered(RaftIo& io, ReplicaId peer, std::int64_t correlation_id, ErrorCode error) {
  Connection* connection = connections_.get(peer);
  if (connection == nullptr || connection->correlation_id != correlation_id) {
    return false;  // Given up, or of an epoch that is over.
  }
  *connection = {0, error == ErrorCode::NONE ? io.now : io.now + config_.retry_backoff};
  return true;
}

void RaftClient::on_disconnect(RaftIo& io, ReplicaId peer) {
  parked_.erase(peer);
  if (Connection* connection = connections_.get(peer); connection != nullptr && connection->correlation_id != 0) {
    *connection = {0, io.now + config_.retry_backoff};
  }
}

bool RaftClient::adopt(RaftIo& io, LeaderEpoch epoch, ReplicaId leader, ErrorCode error) {
  if (epoch < epoch_) {
    return false;
  }
  const ReplicaId known = leader_of(state_, self_);
  const bool is_new_leader = leader.is_valid() && leader != self_ && !is_leader() &&
                             (epoch > epoch_ || (!known.is_valid() || std::holds_alternative<Unattached>(state_)));
  if (is_new_leader) {
    become_follower(io, epoch, leader);
    return error == ErrorCode::NONE;
  }
  if (epoch > epoch_) {
    become_unattached(io, epoch, {});
    return false;
  }
  return error == ErrorCode::NONE;
}

void RaftClient::on_message(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const RaftMessage& message) {
  std::visit([&](const auto& body) { on(io, from, correlation_id, body); }, message);
  poll(io);
}

void RaftClient::poll(RaftIo& io) {
  for (auto& [peer, connection] : connections_) {
    if (connection.correlation_id != 0 && connection.until <= io.now) {
      connection = {0, io.now + config_.retry_backoff};
    }
  }
  if (is_voter()) {
    poll_voter(io);
  }
  poll_fetch(io);
}

LocalTime RaftClient::next_poll(LocalTime now) const {
  LocalTime next = LocalTime::max();
  const auto at = [&](LocalTime time) { next = std::min(next, time); };
  for (const auto& [peer, connection] : connections_) {
    if (connection.correlation_id != 0 || connection.until > now) {
      at(connection.until);
    }
  }
  for (const auto& [peer, parked] : parked_) {
    at(parked.deadline);
  }
  if (const auto* follower = std::get_if<Follower>(&state_)) {
    at(follower->fetch_deadline);
  } else if (const auto* leader = std::get_if<Leader>(&state_)) {
    at(leader->next_begin_epoch);
    if (const auto left = leader->state.time_until_check_quorum_expires(now); left.has_value()) {
      at(now + *left);
    }
  } else if (is_voter()) {
    std::visit(
        [&](const auto& state) {
          if constexpr (requires { state.election_deadline; }) {
            at(state.election_deadline);
          }
        },
        state_);
  }
  return next;
}

}  // namespace kscope::sim::raft
