#include "sim/raft/leader_state.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/core/check.h"

namespace kscope::sim::raft {
namespace {

constexpr Duration kObserverSessionTimeout = 5min;

std::optional<LocalTime> later_of(std::optional<LocalTime> a, LocalTime b) {
  return a.has_value() ? std::max(*a, b) : b;
}

}  // namespace

LeaderState::LeaderState(ReplicaId self, const std::vector<ReplicaId>& voters, Offset epoch_start_offset,
                         Duration fetch_timeout, LocalTime now)
    : self_(self),
      epoch_start_offset_(epoch_start_offset),
      check_quorum_timeout_(fetch_timeout * 3 / 2),
      check_quorum_deadline_(now + check_quorum_timeout_) {
  KSCOPE_CHECK(!voters.empty(), "a quorum has a voter");
  for (const ReplicaId voter : voters) {
    voters_[voter].has_acknowledged_leader = voter == self;
  }
}

ReplicaState& LeaderState::state_of(ReplicaId replica) {
  ReplicaState* voter = voters_.get(replica);
  return voter != nullptr ? *voter : observers_[replica];
}

bool LeaderState::update_local_state(Offset end) {
  ReplicaState& state = state_of(self_);
  KSCOPE_CHECK(!state.end_offset.has_value() || *state.end_offset <= end, "a leader never cuts its log");
  state.end_offset = end;
  return maybe_update_high_watermark();
}

bool LeaderState::update_replica_state(ReplicaId replica, LocalTime now, Offset fetch_offset) {
  KSCOPE_CHECK(replica != self_, "a leader does not fetch from itself");
  if (!replica.is_valid()) {
    return false;
  }
  const std::optional<Offset> leader_end = state_of(self_).end_offset;
  ReplicaState& state = state_of(replica);
  if (leader_end.has_value()) {
    if (fetch_offset >= *leader_end) {
      state.last_caught_up = later_of(state.last_caught_up, now);
    } else if (state.leader_end_at_last_fetch.has_value() && fetch_offset >= *state.leader_end_at_last_fetch) {
      state.last_caught_up = later_of(state.last_caught_up, *state.last_fetch);
    }
    state.leader_end_at_last_fetch = leader_end;
  }
  state.last_fetch = later_of(state.last_fetch, now);
  state.end_offset = fetch_offset;
  state.has_acknowledged_leader = true;
  update_check_quorum(replica, now);
  return voters_.contains(replica) && maybe_update_high_watermark();
}

void LeaderState::update_check_quorum(ReplicaId replica, LocalTime now) {
  if (voters_.contains(replica)) {
    fetched_voters_.insert(replica);
  }
  const std::size_t others_needed = voters_.size() / 2 + (voters_.contains(self_) ? 0 : 1);
  if (fetched_voters_.size() >= others_needed) {
    fetched_voters_.clear();
    check_quorum_deadline_ = now + check_quorum_timeout_;
  }
}

void LeaderState::acknowledge(ReplicaId voter) {
  if (ReplicaState* state = voters_.get(voter)) {
    state->has_acknowledged_leader = true;
  }
}

std::optional<Duration> LeaderState::time_until_check_quorum_expires(LocalTime now) const {
  if (voters_.size() == 1) {
    return std::nullopt;
  }
  return std::max(check_quorum_deadline_ - now, Duration::zero());
}

std::vector<std::pair<ReplicaId, std::optional<Offset>>> LeaderState::voters_by_descending_end() const {
  std::vector<std::pair<ReplicaId, std::optional<Offset>>> order;
  for (const auto& [voter, state] : voters_) {
    order.emplace_back(voter, state.end_offset);
  }
  // Stable: equal ends stay in the order of ids. An unknown end is below every known one.
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return order;
}

HighWatermarkBlocker LeaderState::high_watermark_waits_for() const {
  const std::optional<Offset> replicated = voters_by_descending_end()[voters_.size() / 2].second;
  if (!replicated.has_value()) {
    return HighWatermarkBlocker::kMajorityUnknown;
  }
  if (*replicated <= epoch_start_offset_) {
    return HighWatermarkBlocker::kEpochNotCommitted;
  }
  if (high_watermark_.has_value() && *replicated <= *high_watermark_) {
    return HighWatermarkBlocker::kMajorityBehind;
  }
  return HighWatermarkBlocker::kNone;
}

bool LeaderState::maybe_update_high_watermark() {
  if (high_watermark_waits_for() != HighWatermarkBlocker::kNone) {
    return false;
  }
  high_watermark_ = voters_by_descending_end()[voters_.size() / 2].second;
  return true;
}

std::vector<ReplicaId> LeaderState::non_acknowledging_voters() const {
  std::vector<ReplicaId> voters;
  for (const auto& [voter, state] : voters_) {
    if (!state.has_acknowledged_leader) {
      voters.push_back(voter);
    }
  }
  return voters;
}

std::vector<ReplicaId> LeaderState::non_leader_voters_by_descending_fetch_offset() const {
  std::vector<ReplicaId> voters;
  for (const auto& [voter, end] : voters_by_descending_end()) {
    if (voter != self_) {
      voters.push_back(voter);
    }
  }
  return voters;
}

void LeaderState::clear_inactive_observers(LocalTime now) {
  observers_.erase_if([&](ReplicaId observer, const ReplicaState& state) {
    return observer != self_ && (!state.last_fetch.has_value() || now - *state.last_fetch >= kObserverSessionTimeout);
  });
}

}  // namespace kscope::sim::raft
