// A consumer's heartbeats and reconciliation in the consumer protocol (KIP-848). The table of moves is in
// consumer_membership.h. Source: ConsumerMembershipManager, AbstractMembershipManager, HeartbeatRequestManager (Kafka 3.9).
#include <algorithm>

#include "engine/core/check.h"
#include "sim/client/consumer_parts.h"

namespace kscope::sim {

std::string_view member_state_name(ConsumerMemberState state) {
  switch (state) {
    case ConsumerMemberState::JOINING: return "JOINING";
    case ConsumerMemberState::RECONCILING: return "RECONCILING";
    case ConsumerMemberState::ACKNOWLEDGING: return "ACKNOWLEDGING";
    case ConsumerMemberState::STABLE: return "STABLE";
    case ConsumerMemberState::LEAVING: return "LEAVING";
    case ConsumerMemberState::STALE: return "STALE";
    case ConsumerMemberState::FATAL: return "FATAL";
  }
  return "?";
}

namespace {

using consumer_group::ConsumerGroupHeartbeatRequest;
using consumer_group::ConsumerGroupHeartbeatResponse;
using consumer_group::MemberEpoch;
using consumer_group::PartitionSet;
using Phase = ConsumerMemberState;

PartitionSet owned_by(const Consumer& consumer) {
  std::vector<TopicPartition> owned;
  for (const TopicPartitionState& state : consumer.fetcher.assigned) {
    owned.push_back(state.partition);
  }
  return {owned.begin(), owned.end()};
}

/// The epoch is what commits and observers know as the generation.
void take_epoch(Consumer& consumer, MemberEpoch epoch) {
  consumer.members->epoch = epoch;
  Membership& membership = consumer.membership;
  const bool is_member = epoch > consumer_group::kJoinGroupEpoch;
  membership.state = is_member ? MemberState::STABLE : MemberState::UNJOINED;
  membership.generation = is_member ? GenerationId(epoch.value) : kNoGeneration;
  if (consumer.copier) {
    consumer.copier->generation = membership.generation;
    consumer.copier->member = membership.member;
  }
}

/// The next heartbeat joins: nothing is owned any more. The member id stays. Source: transitionToJoining.
void join_anew(Ctx& ctx, Consumer& consumer) {
  revoke_all(ctx, consumer);
  ConsumerMembership& members = *consumer.members;
  members.state = Phase::JOINING;
  members.target.clear();
  members.tells_everything = true;
  members.is_commit_done = false;
  members.sent_owned.reset();
  take_epoch(consumer, consumer_group::kJoinGroupEpoch);
}

ConsumerGroupHeartbeatRequest heartbeat_of(const Consumer& consumer) {
  const ConsumerMembership& members = *consumer.members;
  const ConsumerConfig& config = consumer.setup.config;
  ConsumerGroupHeartbeatRequest request;
  request.group = consumer.setup.group;
  request.member_id = consumer.membership.member;
  request.member_epoch = members.epoch;
  if (consumer.is_static()) {
    request.instance_id = config.group_instance_id;
  }
  if (members.tells_everything) {
    request.rebalance_timeout = config.max_poll_interval_ms;
    if (!config.group_remote_assignor.empty()) {
      request.server_assignor = config.group_remote_assignor;
    }
    if (!config.client_rack.empty()) {
      request.rack_id = config.client_rack;
    }
  }
  if (members.tells_everything || members.sent_topics != subscription_of(consumer)) {
    request.subscribed_topics = consumer.setup.topics;
  }
  const PartitionSet owned = owned_by(consumer);
  if (members.tells_everything || members.sent_owned != owned) {
    request.owned = std::vector<TopicPartition>(owned.begin(), owned.end());
  }
  return request;
}

void send_heartbeat(Ctx& ctx, Consumer& consumer) {
  ConsumerMembership& members = *consumer.members;
  consumer.membership.heartbeat_correlation = consumer.network.send(
      ctx, consumer.membership.coordinator, heartbeat_of(consumer), consumer.setup.config.request_timeout_ms);
  members.sent_owned = owned_by(consumer);
  members.sent_topics = subscription_of(consumer);
  members.tells_everything = false;
  members.next_heartbeat = ctx.now() + members.heartbeat_interval;
  if (members.state == Phase::ACKNOWLEDGING) {
    members.state = members.target == *members.sent_owned ? Phase::STABLE : Phase::RECONCILING;
  }
}

/// Whether a heartbeat is due without waiting for the interval.
bool is_urgent(const ConsumerMembership& members) {
  return members.state == Phase::JOINING || members.state == Phase::ACKNOWLEDGING;
}

void drive_heartbeat(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  const ConsumerMembership& members = *consumer.members;
  const Membership& membership = consumer.membership;
  if (membership.heartbeat_correlation != 0 || !membership.coordinator.is_valid()) {
    return;
  }
  const LocalTime due = std::max(is_urgent(members) ? LocalTime::min() : members.next_heartbeat, members.retry_at);
  if (ctx.now() < due) {
    wakeup.consider(due, TimerKind::kCoordinatorRetry);
  } else if (!consumer.network.is_connectable(membership.coordinator, ctx.now())) {
    wakeup.consider(consumer.network.connectable_at(membership.coordinator), TimerKind::kCoordinatorRetry);
  } else {
    send_heartbeat(ctx, consumer);
  }
}

/// Commits, gives up what the target does not have, takes what it has. Source: AbstractMembershipManager.maybeReconcile.
void reconcile(Ctx& ctx, Consumer& consumer) {
  ConsumerMembership& members = *consumer.members;
  if (members.state != Phase::RECONCILING || members.target == owned_by(consumer) ||
      is_commit_pending(consumer, CommitReason::kBeforeRevoke)) {
    return;
  }
  if (!members.is_commit_done && consumer.commits_automatically() && !consumer.fetcher.assigned.empty()) {
    members.is_commit_done = true;
    if (begin_commit(ctx, consumer, CommitReason::kBeforeRevoke)) {
      return;
    }
  }
  members.is_commit_done = false;
  members.sent_owned.reset();  // also said when it is what was said last: it was told of another assignment since
  take_assignment(ctx, consumer, {members.target.begin(), members.target.end()});
  consumer.metadata.set_topics(metadata_topics(consumer));
  consumer.membership.rejoin_needed = false;
  consumer.next_auto_commit = ctx.now() + consumer.setup.config.auto_commit_interval_ms;
  members.state = Phase::ACKNOWLEDGING;
}

void on_answer(Ctx& ctx, Consumer& consumer, const ConsumerGroupHeartbeatResponse& response) {
  ConsumerMembership& members = *consumer.members;
  members.attempts = 0;
  members.heartbeat_interval = response.heartbeat_interval;
  members.next_heartbeat = ctx.now() + members.heartbeat_interval;
  consumer.membership.member = response.member_id;
  const bool is_new_epoch = response.member_epoch != members.epoch;
  take_epoch(consumer, response.member_epoch);
  if (is_new_epoch && !response.assignment) {
    take_assignment(ctx, consumer, consumer_owned(consumer));  // the same at another epoch, for observers
    consumer.membership.rejoin_needed = false;
  }
  if (!response.assignment) {
    return;
  }
  members.target = *response.assignment;
  const bool has_it = members.target == owned_by(consumer);
  if (has_it && is_new_epoch) {
    take_assignment(ctx, consumer, consumer_owned(consumer));
    consumer.membership.rejoin_needed = false;
  }
  members.state = has_it ? Phase::STABLE : Phase::RECONCILING;
}

void retry_later(Ctx& ctx, Consumer& consumer) {
  ConsumerMembership& members = *consumer.members;
  members.tells_everything = true;
  members.retry_at = ctx.now() + retry_backoff(ctx, consumer, members.attempts);
  ++members.attempts;
}

void on_error(Ctx& ctx, Consumer& consumer, ErrorCode error) {
  consumer.last_error = error;
  switch (error) {
    case ErrorCode::NOT_COORDINATOR:
    case ErrorCode::COORDINATOR_NOT_AVAILABLE:
      consumer.members->tells_everything = true;
      mark_coordinator_unknown(ctx, consumer);
      return;
    case ErrorCode::COORDINATOR_LOAD_IN_PROGRESS:
    case ErrorCode::REQUEST_TIMED_OUT: retry_later(ctx, consumer); return;
    case ErrorCode::FENCED_MEMBER_EPOCH:
    case ErrorCode::UNKNOWN_MEMBER_ID: join_anew(ctx, consumer); return;
    default:  // UNRELEASED_INSTANCE_ID, FENCED_INSTANCE_ID, GROUP_ID_NOT_FOUND, INVALID_REQUEST, UNSUPPORTED_VERSION ...
      consumer.members->state = Phase::FATAL;
      fail_application(ctx, consumer, error);
      return;
  }
}

}  // namespace

std::vector<TopicPartition> consumer_owned(const Consumer& consumer) {
  const PartitionSet owned = owned_by(consumer);
  return {owned.begin(), owned.end()};
}

void drive_membership(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  const bool is_closing =
      consumer.application == ApplicationState::kClosing || consumer.application == ApplicationState::kClosed;
  if (!consumer.members || is_closing || consumer.members->state == Phase::STALE ||
      consumer.members->state == Phase::FATAL) {
    return;
  }
  reconcile(ctx, consumer);
  drive_heartbeat(ctx, consumer, wakeup);
}

void rejoin_if_stale(Ctx& ctx, Consumer& consumer) {
  if (consumer.members && consumer.members->state == Phase::STALE) {
    join_anew(ctx, consumer);
  }
}

void on_consumer_heartbeat_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                                    const ConsumerGroupHeartbeatResponse& response) {
  if (correlation_id == consumer.leave_correlation && correlation_id != 0) {
    consumer.leave_correlation = 0;
    return;
  }
  if (correlation_id != consumer.membership.heartbeat_correlation) {
    return;  // of before it left or was fenced
  }
  consumer.membership.heartbeat_correlation = 0;
  if (response.error_code != ErrorCode::NONE) {
    on_error(ctx, consumer, response.error_code);
  } else {
    on_answer(ctx, consumer, response);
  }
}

void on_consumer_heartbeat_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id) {
  if (correlation_id == consumer.leave_correlation && correlation_id != 0) {
    consumer.leave_correlation = 0;
  } else if (correlation_id == consumer.membership.heartbeat_correlation) {
    consumer.membership.heartbeat_correlation = 0;
    retry_later(ctx, consumer);
  }
}

std::int64_t leave_consumer_group(Ctx& ctx, Consumer& consumer, ConsumerMemberState then) {
  ConsumerMembership& members = *consumer.members;
  const bool is_member = members.epoch > consumer_group::kJoinGroupEpoch;
  members.state = then;
  consumer.membership.heartbeat_correlation = 0;
  std::int64_t correlation_id = 0;
  if (is_member && consumer.membership.coordinator.is_valid() &&
      consumer.network.is_connectable(consumer.membership.coordinator, ctx.now())) {
    members.epoch = consumer.is_static() ? consumer_group::kLeaveGroupStaticEpoch : consumer_group::kLeaveGroupEpoch;
    members.tells_everything = false;
    correlation_id = consumer.network.send(ctx, consumer.membership.coordinator, heartbeat_of(consumer),
                                           consumer.setup.config.request_timeout_ms);
  }
  take_epoch(consumer, consumer_group::kJoinGroupEpoch);
  return correlation_id;
}

}  // namespace kscope::sim
