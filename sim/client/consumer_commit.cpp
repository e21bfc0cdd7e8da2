#include <algorithm>

#include "sim/client/consumer_parts.h"
#include "sim/client/zookeeper_consumer.h"

namespace kscope::sim {
namespace {

/// Whether somebody waits for this commit, so that it is tried again; others are left to the next one.
bool is_synchronous(CommitReason reason) {
  switch (reason) {
    case CommitReason::kAuto:
    case CommitReason::kByHand: return false;
    case CommitReason::kBeforeRevoke:
    case CommitReason::kBeforeProcessing:
    case CommitReason::kAfterProcessing:
    case CommitReason::kClose: return true;
  }
  return false;
}

/// Kafka's client refuses by itself when it is not a stable member. Source: ConsumerCoordinator.sendOffsetCommitRequest.
void refuse_at_once(Ctx& ctx, Consumer& consumer, const std::vector<OffsetCommitPartition>& offsets) {
  const bool is_rebalancing = consumer.membership.state == MemberState::PREPARING_REBALANCE ||
                              consumer.membership.state == MemberState::COMPLETING_REBALANCE;
  const ErrorCode error = is_rebalancing ? ErrorCode::REBALANCE_IN_PROGRESS : ErrorCode::UNKNOWN_MEMBER_ID;
  consumer.last_error = error;
  for (const OffsetCommitPartition& item : offsets) {
    Note note;
    note.kind = NoteKind::kCommitRefused;
    note.group = consumer.setup.group;
    note.partition = item.partition;
    note.a = item.committed.offset.value;
    note.b = static_cast<std::int64_t>(error);
    ctx.note(note);
  }
}

bool can_send(const Ctx& ctx, const Consumer& consumer) {
  return consumer.membership.coordinator.is_valid() &&
         consumer.network.is_connectable(consumer.membership.coordinator, ctx.now());
}

void send(Ctx& ctx, Consumer& consumer, PendingCommit& commit) {
  if (consumer.members) {
    commit.generation =
        consumer.membership.generation;  // the epoch may have risen since; the partitions are the member's
  }
  OffsetCommitRequest request;
  request.group = consumer.setup.group;
  request.generation = commit.generation;
  request.member = commit.member;
  request.partitions = commit.offsets;
  request.group_instance_id = consumer.setup.config.group_instance_id;
  commit.correlation_id = consumer.network.send(ctx, consumer.membership.coordinator, std::move(request),
                                                consumer.setup.config.request_timeout_ms);
}

/// The commit is over, well or not: whoever waited for it goes on.
void finish(Ctx& ctx, Consumer& consumer, std::size_t index) {
  const CommitReason reason = consumer.commits[index].reason;
  consumer.commits.erase(consumer.commits.begin() + static_cast<std::ptrdiff_t>(index));
  on_commit_done(ctx, consumer, reason);
}

void on_error(Ctx& ctx, Consumer& consumer, std::size_t index, ErrorCode error) {
  PendingCommit& commit = consumer.commits[index];
  consumer.last_error = error;
  // The epoch rose while the commit was on its way: it is sent again with the new one.
  const bool is_stale = error == ErrorCode::STALE_MEMBER_EPOCH && consumer.membership.generation != kNoGeneration;
  if (is_retriable(error) || is_stale) {
    if (is_synchronous(commit.reason) && ctx.now() < commit.deadline) {
      commit.correlation_id = 0;
      commit.retry_at = ctx.now() + retry_backoff(ctx, consumer, commit.attempts);
      ++commit.attempts;
      return;
    }
    if (commit.reason == CommitReason::kAuto) {
      consumer.next_auto_commit = ctx.now() + consumer.setup.config.retry_backoff_ms;
    }
  } else if (!consumer.members && !consumer.has_manual_assignment() &&
             commit.generation == consumer.membership.generation && consumer.membership.join_correlation == 0) {
    if (error == ErrorCode::REBALANCE_IN_PROGRESS) {
      request_rejoin(consumer);
    } else if (error == ErrorCode::UNKNOWN_MEMBER_ID) {
      reset_and_rejoin(ctx, consumer, Forget::kMemberToo);
    } else if (error == ErrorCode::ILLEGAL_GENERATION) {
      reset_and_rejoin(ctx, consumer, Forget::kGeneration);
    } else if (error == ErrorCode::FENCED_INSTANCE_ID) {
      fail_application(ctx, consumer, error);
    }
  }
  finish(ctx, consumer, index);
}

/// What is handed out is consumed, and what waits in the buffer is not.
Offset next_to_commit(const Ctx& ctx, const Consumer& consumer, const TopicPartitionState& partition) {
  Offset next = partition.position;
  if (ctx.registry().planted_bug == PlantedBug::kCommitFetched) {
    for (const CompletedFetch& fetch : consumer.fetcher.completed) {
      const bool is_ahead = fetch.partition == partition.partition && !fetch.batches.empty();
      next = is_ahead ? std::max(next, fetch.batches.back().next_offset()) : next;
    }
  }
  return next;
}

std::size_t index_of(const Consumer& consumer, std::int64_t correlation_id) {
  std::size_t index = 0;
  while (index < consumer.commits.size() && consumer.commits[index].correlation_id != correlation_id) {
    ++index;
  }
  return index;
}

}  // namespace

std::vector<OffsetCommitPartition> consumed_offsets(const Ctx& ctx, const Consumer& consumer) {
  const std::int64_t planted = ctx.registry().planted_bug == PlantedBug::kCommitBeyondEnd ? 1'000'000 : 0;
  std::vector<OffsetCommitPartition> offsets;
  for (const TopicPartitionState& partition : consumer.fetcher.assigned) {
    if (partition.has_position()) {
      OffsetCommitPartition item;
      item.partition = partition.partition;
      item.committed.offset = next_to_commit(ctx, consumer, partition) + planted;
      item.committed.leader_epoch = partition.position_epoch;
      offsets.push_back(item);
    }
  }
  return offsets;
}

bool begin_commit(Ctx& ctx, Consumer& consumer, CommitReason reason) {
  PendingCommit commit;
  commit.offsets = consumed_offsets(ctx, consumer);
  if (commit.offsets.empty()) {
    return false;
  }
  if (!consumer.may_commit()) {
    refuse_at_once(ctx, consumer, commit.offsets);
    return false;
  }
  commit.reason = reason;
  if (consumer.zookeeper) {
    return write_offsets(ctx, consumer, std::move(commit));
  }
  commit.generation = consumer.membership.generation;
  commit.member = consumer.membership.member;
  commit.deadline = ctx.now() + consumer.setup.config.default_api_timeout_ms;
  if (can_send(ctx, consumer)) {
    send(ctx, consumer, commit);
  } else if (!is_synchronous(reason)) {
    return false;
  }
  consumer.commits.push_back(std::move(commit));
  return true;
}

void maybe_auto_commit(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  if (!consumer.commits_automatically() || !consumer.may_commit() || consumer.membership.rejoin_needed ||
      consumer.fetcher.assigned.empty()) {
    return;
  }
  if (ctx.now() >= consumer.next_auto_commit) {
    consumer.next_auto_commit = ctx.now() + consumer.setup.config.auto_commit_interval_ms;
    begin_commit(ctx, consumer, CommitReason::kAuto);
  }
  wakeup.consider(consumer.next_auto_commit, TimerKind::kAutoCommit);
}

void drive_commits(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  for (std::size_t i = 0; i < consumer.commits.size();) {
    PendingCommit& commit = consumer.commits[i];
    if (commit.correlation_id != 0) {
      ++i;
      continue;
    }
    const bool is_of_past = consumer.members ? consumer.membership.generation == kNoGeneration
                                             : commit.generation != consumer.membership.generation;
    if (ctx.now() >= commit.deadline || is_of_past) {
      finish(ctx, consumer, i);
      continue;
    }
    if (ctx.now() < commit.retry_at) {
      wakeup.consider(std::min(commit.retry_at, commit.deadline), TimerKind::kCoordinatorRetry);
    } else if (can_send(ctx, consumer)) {
      send(ctx, consumer, commit);
    } else {
      wakeup.consider(commit.deadline, TimerKind::kCoordinatorRetry);
      if (consumer.membership.coordinator.is_valid()) {
        wakeup.consider(consumer.network.connectable_at(consumer.membership.coordinator), TimerKind::kCoordinatorRetry);
      }
    }
    ++i;
  }
}

void on_commit_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                        const OffsetCommitResponse& response) {
  const std::size_t index = index_of(consumer, correlation_id);
  if (index == consumer.commits.size()) {
    return;
  }
  for (const OffsetCommitResult& result : response.partitions) {
    if (result.error == ErrorCode::NONE) {
      continue;
    }
    if (result.error == ErrorCode::COORDINATOR_NOT_AVAILABLE || result.error == ErrorCode::NOT_COORDINATOR ||
        result.error == ErrorCode::REQUEST_TIMED_OUT) {
      consumer.commits[index].correlation_id = -1;  // answered: not to be failed once more with the others
      mark_coordinator_unknown(ctx, consumer);
      on_error(ctx, consumer, index_of(consumer, -1), result.error);
    } else {
      on_error(ctx, consumer, index, result.error);
    }
    return;
  }
  for (const OffsetCommitPartition& item : consumer.commits[index].offsets) {
    if (TopicPartitionState* partition = consumer.fetcher.find(item.partition)) {
      partition->committed = item.committed.offset;
    }
  }
  finish(ctx, consumer, index);
}

void on_commit_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id, ErrorCode error) {
  const std::size_t index = index_of(consumer, correlation_id);
  if (index < consumer.commits.size()) {
    on_error(ctx, consumer, index, error);
  }
}

bool is_commit_pending(const Consumer& consumer, CommitReason reason) {
  return std::any_of(consumer.commits.begin(), consumer.commits.end(),
                     [&](const PendingCommit& commit) { return commit.reason == reason; });
}

}  // namespace kscope::sim
