#include <algorithm>

#include "sim/client/consumer_parts.h"
#include "sim/world/position_reason.h"

namespace kscope::sim {
namespace {

constexpr std::int64_t kLatestTimestamp = -1;    // ListOffsetsRequest.LATEST_TIMESTAMP
constexpr std::int64_t kEarliestTimestamp = -2;  // ListOffsetsRequest.EARLIEST_TIMESTAMP

void note_position(Ctx& ctx, const Consumer& consumer, const TopicPartitionState& partition, PositionReason reason) {
  Note note;
  note.kind = NoteKind::kPositionReset;
  note.group = consumer.setup.group;
  note.partition = partition.partition;
  note.a = partition.position.value;
  note.b = static_cast<std::int64_t>(reason);
  ctx.note(note);
}

/// What follows from a truncation; the numbers of NoteKind::kTruncationDetected.
enum class Truncation : std::int64_t { kGoesBack = 0, kAsksAnew = 1, kThrows = 2 };

void note_truncation(Ctx& ctx, const Consumer& consumer, const TopicPartitionState& partition, Offset logs_part_at,
                     Truncation then) {
  Note note;
  note.kind = NoteKind::kTruncationDetected;
  note.group = consumer.setup.group;
  note.partition = partition.partition;
  note.a = partition.position.value;
  note.b = logs_part_at.value;
  note.c = static_cast<std::int64_t>(then);
  ctx.note(note);
}

void back_off(Ctx& ctx, Consumer& consumer, TopicPartitionState& partition) {
  partition.retry_at = ctx.now() + retry_backoff(ctx, consumer, partition.attempts);
  ++partition.attempts;
}

/// A position whose record's epoch is known is compared with the leader's log before anything is fetched (KIP-320).
void seek_unvalidated(Consumer& consumer, TopicPartitionState& partition) {
  const ClientPartition* known = consumer.metadata.partition(partition.partition);
  partition.leader_epoch = known == nullptr ? kNoLeaderEpoch : known->leader_epoch;
  const bool can_validate = partition.position_epoch != kNoLeaderEpoch && partition.leader_epoch != kNoLeaderEpoch;
  partition.state = can_validate ? FetchState::AWAIT_VALIDATION : FetchState::FETCHING;
  partition.attempts = 0;
  partition.retry_at = LocalTime::min();
}

/// An end of the log becomes the position: that which the application sought, else that of auto.offset.reset.
void await_reset(TopicPartitionState& partition, std::optional<AutoOffsetReset> sought) {
  partition.state = FetchState::AWAIT_RESET;
  partition.sought = sought;
  partition.attempts = 0;
  partition.retry_at = LocalTime::min();
}

void fetch_committed_offsets(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  const Membership& membership = consumer.membership;
  if (consumer.offset_fetch_correlation != 0 || !consumer.may_commit() || !membership.coordinator.is_valid()) {
    return;
  }
  OffsetFetchRequest request;
  request.group = consumer.setup.group;
  request.require_stable = !ctx.registry().rules.is_old(Rule::kKip447);
  if (consumer.members) {
    request.member = membership.member;
    request.member_epoch = membership.generation;
  }
  for (const TopicPartitionState& partition : consumer.fetcher.assigned) {
    if (partition.state == FetchState::INITIALIZING) {
      request.partitions.push_back(partition.partition);
    }
  }
  if (request.partitions.empty()) {
    return;
  }
  const LocalTime earliest =
      std::max(consumer.offset_fetch_retry_at, consumer.network.is_connectable(membership.coordinator, ctx.now())
                                                   ? LocalTime::min()
                                                   : consumer.network.connectable_at(membership.coordinator));
  if (ctx.now() < earliest) {
    wakeup.consider(earliest, TimerKind::kCoordinatorRetry);
    return;
  }
  consumer.offset_fetch_correlation =
      consumer.network.send(ctx, membership.coordinator, std::move(request), consumer.setup.config.request_timeout_ms);
}

/// Partitions in `state` that may ask their leader now, with that leader; others are noted for later.
std::vector<std::pair<NodeId, TopicPartitionState*>> ready_to_ask(Ctx& ctx, Consumer& consumer, FetchState state,
                                                                  Wakeup& wakeup) {
  std::vector<std::pair<NodeId, TopicPartitionState*>> ready;
  for (TopicPartitionState& partition : consumer.fetcher.assigned) {
    if (partition.state != state || partition.request_correlation != 0 || partition.awaits_metadata) {
      continue;
    }
    const NodeId leader = consumer.metadata.leader_node(partition.partition);
    if (!leader.is_valid()) {
      consumer.metadata.request_update(ctx, consumer.network);
      continue;
    }
    LocalTime earliest = partition.retry_at;
    if (!consumer.network.is_ready(leader, ctx.now())) {
      earliest = std::max(earliest, consumer.network.ready_at(leader));
    }
    if (ctx.now() < earliest) {
      wakeup.consider(earliest, TimerKind::kClientRetry, partition.partition);
      continue;
    }
    ready.emplace_back(leader, &partition);
  }
  std::stable_sort(ready.begin(), ready.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return ready;
}

LeaderEpoch known_epoch(const Consumer& consumer, TopicPartition partition) {
  const ClientPartition* known = consumer.metadata.partition(partition);
  return known == nullptr ? kNoLeaderEpoch : known->leader_epoch;
}

/// Which end a partition in AWAIT_RESET starts at.
AutoOffsetReset strategy_of(const Consumer& consumer, const TopicPartitionState& partition) {
  return partition.sought.value_or(consumer.setup.config.auto_offset_reset);
}

void list_offsets(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  const auto ready = ready_to_ask(ctx, consumer, FetchState::AWAIT_RESET, wakeup);
  for (std::size_t i = 0; i < ready.size();) {
    const NodeId leader = ready[i].first;
    ListOffsetsRequest request;
    request.isolation = consumer.setup.config.isolation_level;
    std::size_t end = i;
    for (; end < ready.size() && ready[end].first == leader; ++end) {
      const TopicPartition partition = ready[end].second->partition;
      const bool is_earliest = strategy_of(consumer, *ready[end].second) == AutoOffsetReset::EARLIEST;
      request.partitions.push_back(ListOffsetsPartition{partition, known_epoch(consumer, partition),
                                                        is_earliest ? kEarliestTimestamp : kLatestTimestamp});
    }
    const std::int64_t correlation_id =
        consumer.network.send(ctx, leader, std::move(request), consumer.setup.config.request_timeout_ms);
    for (; i < end; ++i) {
      ready[i].second->request_correlation = correlation_id;
    }
  }
}

void validate_positions(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  const auto ready = ready_to_ask(ctx, consumer, FetchState::AWAIT_VALIDATION, wakeup);
  for (std::size_t i = 0; i < ready.size();) {
    const NodeId leader = ready[i].first;
    OffsetsForLeaderEpochRequest request;
    std::size_t end = i;
    for (; end < ready.size() && ready[end].first == leader; ++end) {
      const TopicPartitionState& partition = *ready[end].second;
      request.partitions.push_back(EpochEndOffsetPartition{
          partition.partition, known_epoch(consumer, partition.partition), partition.position_epoch});
    }
    const std::int64_t correlation_id =
        consumer.network.send(ctx, leader, std::move(request), consumer.setup.config.request_timeout_ms);
    for (; i < end; ++i) {
      ready[i].second->request_correlation = correlation_id;
    }
  }
}

/// The leader refused: stale metadata, or something that passes.
void on_leader_error(Ctx& ctx, Consumer& consumer, TopicPartitionState& partition, ErrorCode error) {
  consumer.last_error = error;
  back_off(ctx, consumer, partition);
  consumer.metadata.request_update(ctx, consumer.network);
}

}  // namespace

void drive_positions(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  fetch_committed_offsets(ctx, consumer, wakeup);
  list_offsets(ctx, consumer, wakeup);
  validate_positions(ctx, consumer, wakeup);
}

void on_offset_fetch_response(Ctx& ctx, Consumer& consumer, const OffsetFetchResponse& response) {
  consumer.offset_fetch_correlation = 0;
  if (response.error != ErrorCode::NONE) {
    consumer.last_error = response.error;
    on_offset_fetch_failed(ctx, consumer);
    if (response.error == ErrorCode::NOT_COORDINATOR || response.error == ErrorCode::COORDINATOR_NOT_AVAILABLE) {
      mark_coordinator_unknown(ctx, consumer);
    }
    return;
  }
  const bool is_unstable =
      std::any_of(response.partitions.begin(), response.partitions.end(),
                  [](const OffsetFetchResult& result) { return result.error == ErrorCode::UNSTABLE_OFFSET_COMMIT; });
  if (is_unstable) {
    consumer.last_error = ErrorCode::UNSTABLE_OFFSET_COMMIT;
    on_offset_fetch_failed(ctx, consumer);  // all of them are asked for again
    return;
  }
  consumer.offset_fetch_attempts = 0;
  for (const OffsetFetchResult& result : response.partitions) {
    TopicPartitionState* partition = consumer.fetcher.find(result.partition);
    if (partition == nullptr || partition->state != FetchState::INITIALIZING) {
      continue;
    }
    start_from_committed(ctx, consumer, *partition, result.offset, result.leader_epoch);
  }
}

void start_from_committed(Ctx& ctx, Consumer& consumer, TopicPartitionState& partition, Offset offset,
                          LeaderEpoch epoch) {
  if (offset == kUnknownOffset) {
    reset_position(ctx, consumer, partition);
    return;
  }
  partition.position = offset;
  partition.position_epoch = epoch;
  partition.committed = offset;
  seek_unvalidated(consumer, partition);
  note_position(ctx, consumer, partition, PositionReason::kCommitted);
}

void on_offset_fetch_failed(Ctx& ctx, Consumer& consumer) {
  consumer.offset_fetch_correlation = 0;
  consumer.offset_fetch_retry_at = ctx.now() + retry_backoff(ctx, consumer, consumer.offset_fetch_attempts);
  ++consumer.offset_fetch_attempts;
}

void on_list_offsets_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                              const ListOffsetsResponse& response) {
  for (const ListOffsetsResult& result : response.partitions) {
    TopicPartitionState* partition = consumer.fetcher.find(result.partition);
    if (partition == nullptr || partition->state != FetchState::AWAIT_RESET) {
      continue;
    }
    if (partition->sought.has_value() && partition->request_correlation != correlation_id) {
      continue;  // the answer of before the application has sought the other end
    }
    partition->request_correlation = 0;
    if (result.error != ErrorCode::NONE || result.offset == kUnknownOffset) {
      on_leader_error(ctx, consumer, *partition, result.error);
      continue;
    }
    partition->position = result.offset;
    partition->position_epoch = kNoLeaderEpoch;  // MODEL: the leader has just said so, it is not asked again
    seek_unvalidated(consumer, *partition);
    partition->position_epoch = result.leader_epoch;
    const bool is_earliest = strategy_of(consumer, *partition) == AutoOffsetReset::EARLIEST;
    const PositionReason by_policy = is_earliest ? PositionReason::kEarliest : PositionReason::kLatest;
    const PositionReason by_seek = is_earliest ? PositionReason::kSoughtBeginning : PositionReason::kSoughtEnd;
    note_position(ctx, consumer, *partition, partition->sought.has_value() ? by_seek : by_policy);
    partition->sought.reset();
  }
}

void on_epoch_response(Ctx& ctx, Consumer& consumer, const OffsetsForLeaderEpochResponse& response) {
  for (const EpochEndOffset& result : response.partitions) {
    TopicPartitionState* partition = consumer.fetcher.find(result.partition);
    if (partition == nullptr || partition->state != FetchState::AWAIT_VALIDATION) {
      continue;
    }
    partition->request_correlation = 0;
    if (result.error != ErrorCode::NONE) {
      on_leader_error(ctx, consumer, *partition, result.error);
      continue;
    }
    const bool has_reset_policy = consumer.setup.config.auto_offset_reset != AutoOffsetReset::NONE;
    if (result.end_offset == kUnknownOffset || result.leader_epoch == kNoLeaderEpoch) {
      note_truncation(ctx, consumer, *partition, kUnknownOffset,
                      has_reset_policy ? Truncation::kAsksAnew : Truncation::kThrows);
      reset_position(ctx, consumer, *partition);  // the leader knows of no such epoch
      if (!has_reset_policy) {
        return;
      }
      continue;
    }
    partition->attempts = 0;
    if (result.end_offset < partition->position) {
      // The log was truncated below the position (unclean election): go back to where the logs part.
      note_truncation(ctx, consumer, *partition, result.end_offset,
                      has_reset_policy ? Truncation::kGoesBack : Truncation::kThrows);
      if (!has_reset_policy) {
        // LogTruncationException, a kind of OffsetOutOfRangeException.
        fail_application(ctx, consumer, ErrorCode::OFFSET_OUT_OF_RANGE);
        return;
      }
      partition->position = result.end_offset;
      partition->position_epoch = result.leader_epoch;
      note_position(ctx, consumer, *partition, PositionReason::kTruncated);
    }
    partition->state = FetchState::FETCHING;
  }
}

void on_position_request_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id) {
  for (TopicPartitionState& partition : consumer.fetcher.assigned) {
    if (partition.request_correlation == correlation_id) {
      partition.request_correlation = 0;
      back_off(ctx, consumer, partition);
    }
  }
  consumer.metadata.request_update(ctx, consumer.network);
}

void reset_position(Ctx& ctx, Consumer& consumer, TopicPartitionState& partition) {
  partition.position_epoch = kNoLeaderEpoch;
  if (consumer.setup.config.auto_offset_reset == AutoOffsetReset::NONE) {
    fail_application(ctx, consumer, ErrorCode::OFFSET_OUT_OF_RANGE);
    return;
  }
  await_reset(partition, std::nullopt);
}

void seek(Ctx& ctx, Consumer& consumer, TopicPartition id, std::int64_t to) {
  TopicPartitionState* partition = consumer.fetcher.find(id);
  if (partition == nullptr) {
    refuse_call(ctx, consumer, id, ApplicationCall::kSeek);
    return;
  }
  partition->request_correlation = 0;  // what was asked before is not wanted any more
  partition->position_epoch = kNoLeaderEpoch;
  if (to < 0) {
    await_reset(*partition, to == kEarliestTimestamp ? AutoOffsetReset::EARLIEST : AutoOffsetReset::LATEST);
    return;
  }
  partition->sought.reset();
  partition->position = Offset(to);
  seek_unvalidated(consumer, *partition);
  note_position(ctx, consumer, *partition, PositionReason::kSought);
}

void check_leader_epochs(Ctx& ctx, Consumer& consumer) {
  for (TopicPartitionState& partition : consumer.fetcher.assigned) {
    partition.awaits_metadata =
        partition.awaits_metadata && ctx.registry().planted_bug == PlantedBug::kNeverFetchedAgain;
    const LeaderEpoch epoch = known_epoch(consumer, partition.partition);
    // An older epoch is that of a topic of the same name that was created again.
    if (partition.has_position() && epoch != partition.leader_epoch && epoch != kNoLeaderEpoch) {
      partition.request_correlation = 0;
      seek_unvalidated(consumer, partition);
      if (ctx.registry().planted_bug == PlantedBug::kPositionNotValidated) {
        partition.state = FetchState::FETCHING;
      }
      clear_preferred_read_replica(ctx, consumer, partition, LeaveReplica::kNewLeader);
    }
  }
}

}  // namespace kscope::sim
