// Replication by fetching: followers ask from where their log ends; the leader learns from that how far they are.

#include <algorithm>
#include <utility>

#include "engine/core/check.h"
#include "sim/raft/raft_client.h"

namespace kscope::sim::raft {
namespace {

constexpr std::size_t kMaxBatchesPerFetch = 64;

/// PlantedBug::kObserverAltersBatch. Brokers read nothing from the record that it alters.
MetadataBatch altered(const MetadataBatch& batch) {
  std::vector<kraft::ApiMessageAndVersion> records(batch.records.begin(), batch.records.end());
  for (kraft::ApiMessageAndVersion& record : records) {
    if (auto* ids = std::get_if<kraft::ProducerIdsRecord>(&record.message)) {
      ++ids->next_producer_id;
    }
  }
  return {batch.base_offset, batch.epoch, std::move(records)};
}

bool is_set(const OffsetAndEpoch& at) { return at.offset >= Offset(0); }

}  // namespace

std::optional<Offset> RaftClient::append(RaftIo& io, LeaderEpoch epoch,
                                         std::vector<kraft::ApiMessageAndVersion> records) {
  if (!is_leader() || epoch != epoch_) {
    return std::nullopt;
  }
  KSCOPE_CHECK(!records.empty(), "an append to the metadata log has a record");
  MetadataBatch batch{io.durable.log.end_offset(), epoch_, std::move(records)};
  const Offset last = batch.next_offset() - 1;
  io.durable.log.append(std::move(batch));
  io.has_appended = true;
  answer_parked(io);
  return last;
}

void RaftClient::on_flushed(RaftIo& io, Offset offset) {
  flushed_ = std::max(flushed_, std::min(offset, io.durable.log.end_offset()));
  if (auto* leader = std::get_if<Leader>(&state_)) {
    if (flushed_ >= leader->state.epoch_start_offset() && leader->state.update_local_state(flushed_)) {
      update_leader_high_watermark(io);
    }
  }
  poll(io);
}

void RaftClient::update_leader_high_watermark(RaftIo& io) {
  const std::optional<Offset> high_watermark = std::get<Leader>(state_).state.high_watermark();
  if (high_watermark.has_value() && *high_watermark > high_watermark_) {
    high_watermark_ = *high_watermark;
    answer_parked(io);
  }
}

void RaftClient::on_snapshot(RaftIo& io, std::shared_ptr<const MetadataSnapshot> snapshot) {
  KSCOPE_CHECK(snapshot->id.offset <= high_watermark_, "a snapshot has only what is committed");
  const auto& latest = io.durable.log.snapshot();
  if (latest == nullptr || snapshot->id.offset > latest->id.offset) {
    io.durable.log.take_snapshot(std::move(snapshot), false);
  }
}

void RaftClient::poll_fetch(RaftIo& io) {
  if (is_leader()) {
    std::vector<ReplicaId> late;
    for (const auto& [replica, parked] : parked_) {
      if (parked.deadline <= io.now) {
        late.push_back(replica);
      }
    }
    for (const ReplicaId replica : late) {
      const ParkedFetch parked = parked_.at(replica);
      parked_.erase(replica);
      send(io, replica, parked.correlation_id, read_for(io, parked.request));
    }
    return;
  }
  if (auto* follower = std::get_if<Follower>(&state_)) {
    if (!is_voter() && follower->fetch_deadline <= io.now) {
      // An observer that its leader does not answer asks any voter who leads now.
      follower->fetch_deadline = io.now + config_.fetch_timeout;
      fetch(io, config_.voters[static_cast<std::size_t>(io.draw(static_cast<std::int32_t>(config_.voters.size())))]);
      return;
    }
    fetch(io, follower->leader);
  } else if (!is_voter() && std::holds_alternative<Unattached>(state_)) {
    const bool is_asking = std::any_of(connections_.begin(), connections_.end(), [&](const auto& connection) {
      return connection.second.correlation_id != 0 || connection.second.until > io.now;
    });
    if (!is_asking) {
      fetch(io, config_.voters[static_cast<std::size_t>(io.draw(static_cast<std::int32_t>(config_.voters.size())))]);
    }
  }
}

void RaftClient::fetch(RaftIo& io, ReplicaId from) {
  // A voter counts only what is on its platter: it asks for more when its log is flushed.
  const bool is_flushing =
      is_voter() && flushed_ < io.durable.log.end_offset() && config_.planted_bug != PlantedBug::kQuorumCountsUnflushed;
  if (is_flushing || !may_ask(io.now, from)) {
    return;
  }
  const auto* follower = std::get_if<Follower>(&state_);
  if (follower != nullptr && is_set(follower->fetching_snapshot) && from == follower->leader) {
    request(io, from, FetchSnapshotRequest{self_, epoch_, follower->fetching_snapshot});
  } else {
    request(io, from, RaftFetchRequest{self_, epoch_, io.durable.log.end(), high_watermark_});
  }
}

ErrorCode RaftClient::check_leader_request(LeaderEpoch epoch) const {
  if (epoch < epoch_) {
    return ErrorCode::FENCED_LEADER_EPOCH;
  }
  if (epoch > epoch_) {
    return ErrorCode::UNKNOWN_LEADER_EPOCH;
  }
  return is_leader() ? ErrorCode::NONE : ErrorCode::NOT_LEADER_OR_FOLLOWER;
}

RaftFetchResponse RaftClient::read_for(RaftIo& io, const RaftFetchRequest& request) const {
  RaftFetchResponse response;
  response.error = check_leader_request(request.current_leader_epoch);
  response.epoch = epoch_;
  response.leader = leader_of(state_, self_);
  if (std::holds_alternative<Resigned>(state_)) {
    response.leader = ReplicaId{};  // It does not lead any more; who will is not known yet.
  }
  if (response.error != ErrorCode::NONE) {
    return response;
  }
  response.high_watermark = std::get<Leader>(state_).state.high_watermark().value_or(Offset(-1));
  const ValidOffset valid = validate_offset_and_epoch(io.durable.log, request.fetch_from);
  switch (valid.kind) {
    case ValidOffset::Kind::kDiverging: response.diverging = valid.at; break;
    case ValidOffset::Kind::kSnapshot: response.snapshot_id = valid.at; break;
    case ValidOffset::Kind::kValid:
      response.batches = io.durable.log.read(request.fetch_from.offset, kMaxBatchesPerFetch);
      break;
  }
  return response;
}

bool RaftClient::is_worth_sending(const RaftFetchRequest& request, const RaftFetchResponse& response) const {
  return response.error != ErrorCode::NONE || is_set(response.diverging) || is_set(response.snapshot_id) ||
         !response.batches.empty() || response.high_watermark > request.high_watermark;
}

void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const RaftFetchRequest& request) {
  RaftFetchResponse response = read_for(io, request);
  if (response.error == ErrorCode::NONE && !is_set(response.diverging) && !is_set(response.snapshot_id)) {
    LeaderState& led = std::get<Leader>(state_).state;
    led.update_check_quorum(request.replica, io.now);
    if (led.update_replica_state(request.replica, io.now, request.fetch_from.offset)) {
      update_leader_high_watermark(io);
    }
    response.high_watermark = led.high_watermark().value_or(Offset(-1));
  }
  if (is_worth_sending(request, response)) {
    send(io, from, correlation_id, std::move(response));
  } else {
    parked_[from] = {correlation_id, request, io.now + config_.fetch_max_wait};
  }
}

void RaftClient::answer_parked(RaftIo& io) {
  std::vector<std::pair<ReplicaId, RaftFetchResponse>> ready;
  for (const auto& [replica, parked] : parked_) {
    RaftFetchResponse response = read_for(io, parked.request);
    if (is_worth_sending(parked.request, response)) {
      ready.emplace_back(replica, std::move(response));
    }
  }
  for (auto& [replica, response] : ready) {
    const std::int64_t correlation_id = parked_.at(replica).correlation_id;
    parked_.erase(replica);
    send(io, replica, correlation_id, std::move(response));
  }
}

void RaftClient::fail_parked(RaftIo& io) {
  for (const auto& [replica, parked] : parked_) {
    send(io, replica, parked.correlation_id, read_for(io, parked.request));
  }
  parked_.clear();
}

void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const RaftFetchResponse& response) {
  if (!answered(io, from, correlation_id, response.error) ||
      !adopt(io, response.epoch, response.leader, response.error)) {
    return;
  }
  auto* follower = std::get_if<Follower>(&state_);
  if (follower == nullptr || follower->leader != from) {
    return;
  }
  follower->has_fetched = true;
  follower->fetch_deadline = io.now + config_.fetch_timeout;
  RaftLog& log = io.durable.log;
  if (is_set(response.diverging)) {
    // What this log and the leader's have in common ends at the smaller of the two ends for that epoch.
    const OffsetAndEpoch own = log.end_for_epoch(response.diverging.epoch);
    const Offset cut =
        own.epoch == response.diverging.epoch ? std::min(own.offset, response.diverging.offset) : own.offset;
    KSCOPE_CHECK(cut >= high_watermark_, "a committed record of the metadata log would be cut");
    log.truncate_to(cut);
    flushed_ = std::min(flushed_, log.end_offset());
    io.truncated_to = log.end_offset();
    return;
  }
  if (is_set(response.snapshot_id)) {
    follower->fetching_snapshot = response.snapshot_id;
    return;
  }
  for (const MetadataBatch& batch : response.batches) {
    log.append(config_.planted_bug == PlantedBug::kObserverAltersBatch && !is_voter() ? altered(batch) : batch);
    io.has_appended = true;
  }
  if (config_.planted_bug == PlantedBug::kQuorumHwMayFall) {
    high_watermark_ = std::min(response.high_watermark, log.end_offset());
  } else if (response.high_watermark > high_watermark_) {
    high_watermark_ = std::max(high_watermark_, std::min(response.high_watermark, log.end_offset()));
  }
}

void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const FetchSnapshotRequest& request) {
  FetchSnapshotResponse response;
  response.error = check_leader_request(request.current_leader_epoch);
  response.epoch = epoch_;
  response.leader = std::holds_alternative<Resigned>(state_) ? ReplicaId{} : leader_of(state_, self_);
  if (response.error == ErrorCode::NONE) {
    const auto& snapshot = io.durable.log.snapshot();
    if (snapshot == nullptr || snapshot->id != request.snapshot_id) {
      response.error = ErrorCode::SNAPSHOT_NOT_FOUND;
    } else {
      response.snapshot = snapshot;
      std::get<Leader>(state_).state.update_check_quorum(request.replica, io.now);
    }
  }
  send(io, from, correlation_id, std::move(response));
}

void RaftClient::on(RaftIo& io, ReplicaId from, std::int64_t correlation_id, const FetchSnapshotResponse& response) {
  if (!answered(io, from, correlation_id, response.error)) {
    return;
  }
  const bool is_current = adopt(io, response.epoch, response.leader, response.error);
  auto* follower = std::get_if<Follower>(&state_);
  if (follower == nullptr || follower->leader != from) {
    return;
  }
  follower->fetching_snapshot = {Offset(-1), LeaderEpoch(-1)};
  if (!is_current || response.snapshot == nullptr) {
    return;  // It asks for records again, and is told of a newer snapshot.
  }
  follower->has_fetched = true;
  follower->fetch_deadline = io.now + config_.fetch_timeout;
  io.durable.log.take_snapshot(response.snapshot, true);
  io.truncated_to = Offset(0);
  io.has_appended = true;
  flushed_ = Offset(0);
  high_watermark_ = std::max(high_watermark_, response.snapshot->id.offset);
}

}  // namespace kscope::sim::raft
