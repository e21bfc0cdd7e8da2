#include <algorithm>

#include "sim/client/consumer_parts.h"
#include "sim/client/zookeeper_consumer.h"
#include "sim/coordinator/group/assignor.h"
#include "sim/protocol/message_kind.h"

namespace kscope::sim {
namespace {

constexpr Duration kJoinGroupTimeoutLapse = 5s;  // the coordinator may answer this much after the rebalance timeout

Note group_note(const Consumer& consumer, NoteKind kind, TopicPartition partition = {}) {
  Note note;
  note.kind = kind;
  note.group = consumer.setup.group;
  note.partition = partition;
  note.a = consumer.membership.generation.value;
  return note;
}

/// Gives up what is not in the new assignment, which is sorted. Returns whether that was anything.
bool revoke_others(Ctx& ctx, Consumer& consumer, const std::vector<TopicPartition>& assignment) {
  const auto is_lost = [&](TopicPartition partition) {
    return !std::binary_search(assignment.begin(), assignment.end(), partition);
  };
  for (const TopicPartitionState& owned : consumer.fetcher.assigned) {
    if (is_lost(owned.partition)) {
      ctx.note(group_note(consumer, NoteKind::kPartitionRevoked, owned.partition));
    }
  }
  std::erase_if(consumer.fetcher.completed, [&](const CompletedFetch& fetch) { return is_lost(fetch.partition); });
  return std::erase_if(consumer.fetcher.assigned,
                       [&](const TopicPartitionState& owned) { return is_lost(owned.partition); }) > 0;
}

/// A cooperative member keeps what it has but for topics that it no longer subscribes to.
void revoke_unsubscribed(Ctx& ctx, Consumer& consumer) {
  const std::vector<TopicId> topics = subscription_of(consumer);
  std::vector<TopicPartition> kept;
  for (const TopicPartitionState& owned : consumer.fetcher.assigned) {
    if (std::binary_search(topics.begin(), topics.end(), owned.partition.topic)) {
      kept.push_back(owned.partition);
    }
  }
  revoke_others(ctx, consumer, kept);
}

/// Partitions are given up before a member joins: with a last commit while it still owns them, without one when the
/// coordinator has already given them to others. A cooperative member commits, too, and keeps what it still owns.
/// Returns false while the commit is under way. Source: ConsumerCoordinator.onJoinPrepare.
bool prepare_join(Ctx& ctx, Consumer& consumer) {
  Membership& membership = consumer.membership;
  if (membership.join_prepared) {
    return true;
  }
  if (is_commit_pending(consumer, CommitReason::kBeforeRevoke)) {
    return false;
  }
  const bool owns = membership.generation != kNoGeneration && membership.member.is_set();
  if (owns && consumer.commits_automatically() && !consumer.fetcher.assigned.empty() &&
      !membership.is_revoke_committed) {
    membership.is_revoke_committed = true;
    if (begin_commit(ctx, consumer, CommitReason::kBeforeRevoke)) {
      return false;
    }
  }
  membership.is_revoke_committed = false;
  if (!owns || !consumer.is_cooperative()) {
    revoke_all(ctx, consumer);
  } else {
    revoke_unsubscribed(ctx, consumer);
  }
  membership.join_prepared = true;
  return true;
}

void send_join(Ctx& ctx, Consumer& consumer) {
  Membership& membership = consumer.membership;
  JoinGroupRequest request;
  request.group = consumer.setup.group;
  request.member = membership.member;
  request.group_instance_id = consumer.setup.config.group_instance_id;
  request.session_timeout = consumer.setup.config.session_timeout_ms;
  request.rebalance_timeout = consumer.setup.config.max_poll_interval_ms;
  request.protocols = join_protocols(consumer);
  if (ctx.registry().rules.is_old(Rule::kKip394) && !consumer.is_static()) {
    request.version = kJoinMakesMemberAtOnce;
  }
  membership.joined_topics = subscription_of(consumer);
  const Duration timeout = std::max(consumer.setup.config.request_timeout_ms,
                                    consumer.setup.config.max_poll_interval_ms + kJoinGroupTimeoutLapse);
  membership.transition_to(MemberState::PREPARING_REBALANCE);
  membership.rejoin_needed = false;
  membership.join_correlation = consumer.network.send(ctx, membership.coordinator, std::move(request), timeout);
}

/// The attempt to join came to nothing: poll() tries again, after a backoff if `with_backoff`.
enum class Again : std::uint8_t { kAtOnce, kAfterBackoff };
void join_again(Ctx& ctx, Consumer& consumer, Again when) {
  Membership& membership = consumer.membership;
  membership.join_correlation = 0;
  membership.transition_to(MemberState::UNJOINED);
  membership.rejoin_needed = true;
  if (when == Again::kAfterBackoff) {
    membership.join_retry_at = ctx.now() + retry_backoff(ctx, consumer, membership.join_attempts);
    ++membership.join_attempts;
  }
}

/// What JoinGroup and SyncGroup errors have in common.
void on_join_error(Ctx& ctx, Consumer& consumer, ErrorCode error) {
  consumer.last_error = error;
  switch (error) {
    case ErrorCode::REBALANCE_IN_PROGRESS: join_again(ctx, consumer, Again::kAtOnce); return;
    case ErrorCode::UNKNOWN_MEMBER_ID:
      consumer.membership.join_correlation = 0;
      reset_and_rejoin(ctx, consumer, Forget::kMemberToo);
      return;
    case ErrorCode::ILLEGAL_GENERATION:
      consumer.membership.join_correlation = 0;
      reset_and_rejoin(ctx, consumer, Forget::kGeneration);
      return;
    case ErrorCode::COORDINATOR_LOAD_IN_PROGRESS: join_again(ctx, consumer, Again::kAfterBackoff); return;
    case ErrorCode::COORDINATOR_NOT_AVAILABLE:
    case ErrorCode::NOT_COORDINATOR:
      join_again(ctx, consumer, Again::kAfterBackoff);
      mark_coordinator_unknown(ctx, consumer);
      return;
    default:
      join_again(ctx, consumer, Again::kAfterBackoff);
      fail_application(ctx, consumer, error);
      return;
  }
}

void send_sync(Ctx& ctx, Consumer& consumer, std::vector<MemberAssignment> assignments) {
  Membership& membership = consumer.membership;
  SyncGroupRequest request;
  request.group = consumer.setup.group;
  request.generation = membership.generation;
  request.member = membership.member;
  request.assignments = std::move(assignments);
  request.group_instance_id = consumer.setup.config.group_instance_id;
  membership.join_correlation =
      consumer.network.send(ctx, membership.coordinator, std::move(request), consumer.setup.config.request_timeout_ms);
}

/// The leader's part of a rebalance.
void lead(Ctx& ctx, Consumer& consumer, const JoinGroupResponse& response) {
  Membership& membership = consumer.membership;
  membership.assigned_partition_counts.clear();
  for (const TopicId topic : membership.group_topics) {
    membership.assigned_partition_counts.push_back(consumer.metadata.partition_count(topic));
  }
  if (response.skip_assignment) {
    send_sync(ctx, consumer, {});
    return;
  }
  std::vector<MemberAssignment> assignment = compute_assignment(ctx, consumer, response);
  if (assignment.empty()) {
    fail_application(ctx, consumer, ErrorCode::UNKNOWN_SERVER_ERROR);  // the assignor has thrown
    return;
  }
  send_sync(ctx, consumer, std::move(assignment));
}

/// Whether it subscribes to the topics of all of these. Source: SubscriptionState.checkAssignmentMatchedSubscription.
bool matches_subscription(const Consumer& consumer, const std::vector<TopicPartition>& assignment) {
  const std::vector<TopicId> topics = subscription_of(consumer);
  return std::all_of(assignment.begin(), assignment.end(), [&](TopicPartition partition) {
    return std::binary_search(topics.begin(), topics.end(), partition.topic);
  });
}

void arm_heartbeat(Ctx& ctx, Consumer& consumer, Duration delay) {
  ctx.cancel(consumer.membership.heartbeat_timer);
  consumer.membership.heartbeat_timer = ctx.after(delay, Timer{TimerKind::kHeartbeat, consumer.setup.group.value, 0});
}

bool is_coordinator_request(std::uint16_t kind) {
  return kind == message_kind<JoinGroupRequest>() || kind == message_kind<SyncGroupRequest>() ||
         kind == message_kind<HeartbeatRequest>() || kind == message_kind<OffsetCommitRequest>() ||
         kind == message_kind<OffsetFetchRequest>() || kind == message_kind<LeaveGroupRequest>() ||
         kind == message_kind<consumer_group::ConsumerGroupHeartbeatRequest>();
}

}  // namespace

void take_assignment(Ctx& ctx, Consumer& consumer, std::vector<TopicPartition> assignment) {
  if (ctx.registry().planted_bug == PlantedBug::kFormerPartitionsKept) {
    for (const TopicPartitionState& owned : consumer.fetcher.assigned) {
      if (std::find(assignment.begin(), assignment.end(), owned.partition) == assignment.end()) {
        assignment.push_back(owned.partition);
      }
    }
  }
  std::sort(assignment.begin(), assignment.end());
  if (revoke_others(ctx, consumer, assignment)) {
    request_rejoin(consumer);
  }
  std::vector<TopicPartitionState> assigned;
  for (const TopicPartition partition : assignment) {
    Note note = group_note(consumer, NoteKind::kPartitionAssigned, partition);
    if (const TopicPartitionState* owned = consumer.fetcher.find(partition)) {
      assigned.push_back(*owned);
      note.b = 1;
    } else {
      assigned.emplace_back();
      assigned.back().partition = partition;
    }
    ctx.note(note);
  }
  consumer.fetcher.assigned = std::move(assigned);
}

void look_for_coordinator(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  Membership& membership = consumer.membership;
  if (consumer.zookeeper || membership.coordinator.is_valid() || membership.is_find_in_flight) {
    return;
  }
  if (ctx.now() < membership.find_retry_at) {
    wakeup.consider(membership.find_retry_at, TimerKind::kCoordinatorRetry);
    return;
  }
  const NodeId node = consumer.network.least_loaded(ctx, consumer.metadata.nodes(ctx));
  if (!node.is_valid()) {
    on_find_coordinator_failed(ctx, consumer);
    wakeup.consider(membership.find_retry_at, TimerKind::kCoordinatorRetry);
    return;
  }
  membership.is_find_in_flight = true;
  consumer.network.send(ctx, node, FindCoordinatorRequest{consumer.setup.group, {}},
                        consumer.setup.config.request_timeout_ms);
}

void join_if_needed(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  Membership& membership = consumer.membership;
  if (membership.joined_topics.has_value() && *membership.joined_topics != subscription_of(consumer)) {
    request_rejoin(consumer);
  }
  if (consumer.members || consumer.zookeeper || consumer.has_manual_assignment() || !membership.rejoin_needed ||
      membership.join_correlation != 0 || !membership.coordinator.is_valid()) {
    return;
  }
  if (!prepare_join(ctx, consumer)) {
    return;
  }
  if (ctx.now() < membership.join_retry_at) {
    wakeup.consider(membership.join_retry_at, TimerKind::kCoordinatorRetry);
    return;
  }
  if (!consumer.network.is_connectable(membership.coordinator, ctx.now())) {
    wakeup.consider(consumer.network.connectable_at(membership.coordinator), TimerKind::kCoordinatorRetry);
    return;
  }
  send_join(ctx, consumer);
}

void mark_coordinator_unknown(Ctx& ctx, Consumer& consumer) {
  const NodeId old = consumer.membership.coordinator;
  if (!old.is_valid()) {
    return;
  }
  consumer.membership.coordinator = NodeId{};
  const std::vector<InFlightRequest> in_flight = consumer.network.in_flight();
  for (const InFlightRequest& request : in_flight) {
    if (request.node != old || !is_coordinator_request(request.kind)) {
      continue;
    }
    consumer.network.forget(request.correlation_id);
    if (request.kind == message_kind<OffsetCommitRequest>()) {
      on_commit_failed(ctx, consumer, request.correlation_id, ErrorCode::NOT_COORDINATOR);
    } else if (request.kind == message_kind<OffsetFetchRequest>()) {
      on_offset_fetch_failed(ctx, consumer);
    } else if (request.kind == message_kind<HeartbeatRequest>()) {
      on_heartbeat_failed(ctx, consumer, request.correlation_id);
    } else if (request.kind == message_kind<consumer_group::ConsumerGroupHeartbeatRequest>()) {
      on_consumer_heartbeat_failed(ctx, consumer, request.correlation_id);
    } else {
      on_join_failed(ctx, consumer, request.correlation_id);
    }
  }
}

void request_rejoin(Consumer& consumer) { consumer.membership.rejoin_needed = true; }

void reset_and_rejoin(Ctx& ctx, Consumer& consumer, Forget what) {
  Membership& membership = consumer.membership;
  membership.transition_to(MemberState::UNJOINED);
  membership.generation = kNoGeneration;
  if (what == Forget::kMemberToo) {
    membership.member = MemberId{};
  }
  membership.is_leader = false;
  membership.rejoin_needed = true;
  ctx.cancel(membership.heartbeat_timer);
}

std::int64_t leave_group(Ctx& ctx, Consumer& consumer) {
  if (consumer.zookeeper) {
    return leave_zookeeper(ctx, consumer);
  }
  if (consumer.members) {
    const bool is_closing = consumer.application == ApplicationState::kClosing;
    return leave_consumer_group(ctx, consumer, is_closing ? ConsumerMemberState::LEAVING : ConsumerMemberState::STALE);
  }
  Membership& membership = consumer.membership;
  std::int64_t correlation_id = 0;
  if (!consumer.is_static() && membership.coordinator.is_valid() && membership.member.is_set() &&
      consumer.network.is_connectable(membership.coordinator, ctx.now())) {
    correlation_id = consumer.network.send(ctx, membership.coordinator,
                                           LeaveGroupRequest{consumer.setup.group, {{membership.member, {}}}},
                                           consumer.setup.config.request_timeout_ms);
  }
  membership.join_correlation = 0;
  reset_and_rejoin(ctx, consumer, Forget::kMemberToo);
  return correlation_id;
}

void revoke_all(Ctx& ctx, Consumer& consumer) {
  for (const TopicPartitionState& partition : consumer.fetcher.assigned) {
    ctx.note(group_note(consumer, NoteKind::kPartitionRevoked, partition.partition));
  }
  consumer.fetcher.assigned.clear();
  consumer.fetcher.completed.clear();
  consumer.offset_fetch_correlation = 0;
}

void on_find_coordinator_response(Ctx& ctx, Consumer& consumer, const FindCoordinatorResponse& response) {
  Membership& membership = consumer.membership;
  if (response.error != ErrorCode::NONE || !response.node.is_valid()) {
    consumer.last_error = response.error;
    on_find_coordinator_failed(ctx, consumer);
    return;
  }
  membership.is_find_in_flight = false;
  membership.find_attempts = 0;
  membership.coordinator = response.node;
  membership.last_heartbeat_heard = ctx.now();  // a new coordinator gets a whole session timeout
}

void on_join_group_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                            const JoinGroupResponse& response) {
  Membership& membership = consumer.membership;
  if (correlation_id != membership.join_correlation) {
    return;  // of an attempt that was given up
  }
  membership.join_correlation = 0;
  membership.elected.reset();
  if (response.error == ErrorCode::MEMBER_ID_REQUIRED) {
    membership.member = response.member;
    join_again(ctx, consumer, Again::kAtOnce);
    return;
  }
  if (response.error != ErrorCode::NONE) {
    on_join_error(ctx, consumer, response.error);
    return;
  }
  membership.transition_to(MemberState::COMPLETING_REBALANCE);
  membership.member = response.member;
  membership.generation = response.generation;
  membership.is_leader = response.leader == response.member;
  membership.protocol = response.protocol;
  membership.join_attempts = 0;
  membership.last_heartbeat_heard = ctx.now();
  arm_heartbeat(ctx, consumer, consumer.setup.config.heartbeat_interval_ms);
  if (!membership.is_leader) {
    send_sync(ctx, consumer, {});
    return;
  }
  membership.group_topics.clear();
  for (const JoinGroupMember& member : response.members) {
    membership.group_topics.insert(membership.group_topics.end(), member.subscription.topics.begin(),
                                   member.subscription.topics.end());
  }
  std::sort(membership.group_topics.begin(), membership.group_topics.end());
  membership.group_topics.erase(std::unique(membership.group_topics.begin(), membership.group_topics.end()),
                                membership.group_topics.end());
  bool is_missing = false;
  for (const TopicId topic : membership.group_topics) {
    if (consumer.metadata.topic(topic) == nullptr) {
      is_missing = true;
      membership.awaited_topics.push_back(topic);
    }
  }
  if (is_missing) {  // topics that only other members read
    consumer.metadata.set_topics(metadata_topics(consumer));
    consumer.metadata.request_update_for_new_topics(ctx, consumer.network);
  }
  if (!membership.awaited_topics.empty()) {
    membership.elected = response;  // it assigns with the next metadata
    return;
  }
  lead(ctx, consumer, response);
}

void lead_if_known(Ctx& ctx, Consumer& consumer, const MetadataResponse& response) {
  Membership& membership = consumer.membership;
  std::erase_if(membership.awaited_topics, [&](TopicId topic) {
    return std::any_of(response.topics.begin(), response.topics.end(),
                       [&](const MetadataTopic& told) { return told.topic == topic; });
  });
  if (!membership.elected || !membership.awaited_topics.empty()) {
    return;
  }
  const JoinGroupResponse elected = std::move(*membership.elected);
  membership.elected.reset();
  if (membership.state == MemberState::COMPLETING_REBALANCE && membership.generation == elected.generation) {
    lead(ctx, consumer, elected);
  }
}

void on_sync_group_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                            const SyncGroupResponse& response) {
  Membership& membership = consumer.membership;
  if (correlation_id != membership.join_correlation) {
    return;
  }
  membership.join_correlation = 0;
  if (response.error != ErrorCode::NONE) {
    on_join_error(ctx, consumer, response.error);
    return;
  }
  membership.transition_to(MemberState::STABLE);
  membership.join_prepared = false;
  if (consumer.copier) {
    consumer.copier->generation = membership.generation;
    consumer.copier->member = membership.member;
  }
  if (!matches_subscription(consumer, response.assignment)) {
    request_rejoin(consumer);  // it has subscribed to something else since it joined
    return;
  }
  if (membership.protocol == protocol_name(AssignorName::STICKY)) {
    membership.sticky_partitions = response.assignment;
    membership.sticky_generation = membership.generation;
  }
  take_assignment(ctx, consumer, response.assignment);
  consumer.next_auto_commit = ctx.now() + consumer.setup.config.auto_commit_interval_ms;
}

void on_heartbeat_response(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id,
                           const HeartbeatResponse& response) {
  Membership& membership = consumer.membership;
  if (correlation_id != membership.heartbeat_correlation) {
    return;  // of an earlier generation (KAFKA-9823)
  }
  membership.heartbeat_correlation = 0;
  switch (response.error) {
    case ErrorCode::NONE: membership.last_heartbeat_heard = ctx.now(); return;
    case ErrorCode::REBALANCE_IN_PROGRESS:
      membership.last_heartbeat_heard = ctx.now();
      if (membership.state == MemberState::STABLE && ctx.registry().planted_bug != PlantedBug::kRebalanceNotNoticed) {
        request_rejoin(consumer);
      }
      return;
    case ErrorCode::COORDINATOR_NOT_AVAILABLE:
    case ErrorCode::NOT_COORDINATOR:
      consumer.last_error = response.error;
      mark_coordinator_unknown(ctx, consumer);
      return;
    case ErrorCode::ILLEGAL_GENERATION:
    case ErrorCode::UNKNOWN_MEMBER_ID:
      consumer.last_error = response.error;
      membership.join_correlation = 0;
      reset_and_rejoin(ctx, consumer,
                       response.error == ErrorCode::UNKNOWN_MEMBER_ID ? Forget::kMemberToo : Forget::kGeneration);
      return;
    case ErrorCode::FENCED_INSTANCE_ID: fail_application(ctx, consumer, response.error); return;
    default:  // COORDINATOR_LOAD_IN_PROGRESS and what else may come: sooner again than the interval
      consumer.last_error = response.error;
      arm_heartbeat(ctx, consumer, consumer.setup.config.retry_backoff_ms);
      return;
  }
}

void on_join_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id) {
  if (correlation_id != consumer.membership.join_correlation) {
    return;
  }
  join_again(ctx, consumer, Again::kAfterBackoff);
  mark_coordinator_unknown(ctx, consumer);
}

void on_find_coordinator_failed(Ctx& ctx, Consumer& consumer) {
  Membership& membership = consumer.membership;
  membership.is_find_in_flight = false;
  membership.find_retry_at = ctx.now() + retry_backoff(ctx, consumer, membership.find_attempts);
  ++membership.find_attempts;
}

void on_heartbeat_failed(Ctx& ctx, Consumer& consumer, std::int64_t correlation_id) {
  Membership& membership = consumer.membership;
  if (correlation_id != membership.heartbeat_correlation) {
    return;
  }
  membership.heartbeat_correlation = 0;
  mark_coordinator_unknown(ctx, consumer);
  if (membership.has_joined()) {
    arm_heartbeat(ctx, consumer, consumer.setup.config.retry_backoff_ms);
  }
}

void on_heartbeat_timer(Ctx& ctx, Consumer& consumer) {
  Membership& membership = consumer.membership;
  if (!membership.has_joined()) {
    return;  // begins again with the next JoinGroup
  }
  const ConsumerConfig& config = consumer.setup.config;
  if (ctx.now() - membership.last_heartbeat_heard >= config.session_timeout_ms) {
    membership.heartbeat_correlation = 0;
    mark_coordinator_unknown(ctx, consumer);
  }
  const bool can_send = membership.coordinator.is_valid() && membership.heartbeat_correlation == 0 &&
                        consumer.network.is_connectable(membership.coordinator, ctx.now());
  if (can_send) {
    membership.heartbeat_correlation = consumer.network.send(
        ctx, membership.coordinator,
        HeartbeatRequest{consumer.setup.group, membership.generation, membership.member, config.group_instance_id},
        config.request_timeout_ms);
  }
  arm_heartbeat(
      ctx, consumer,
      can_send || membership.heartbeat_correlation != 0 ? config.heartbeat_interval_ms : config.retry_backoff_ms);
}

void on_max_poll_timer(Ctx& ctx, Consumer& consumer) {
  const Duration limit = consumer.setup.config.max_poll_interval_ms;
  if (consumer.application == ApplicationState::kPolling && !consumer.is_paused) {
    consumer.last_poll = ctx.now();  // waits inside poll()
  }
  Duration left = consumer.last_poll + limit - ctx.now();
  if (left <= Duration(0)) {
    if (consumer.membership.has_joined()) {
      ctx.note(group_note(consumer, NoteKind::kMaxPollExceeded));
      leave_group(ctx, consumer);
    }
    left = limit;
  }
  consumer.max_poll_timer = ctx.after(left, Timer{TimerKind::kMaxPollInterval, 0, 0});
}

void check_partition_counts(Consumer& consumer) {
  Membership& membership = consumer.membership;
  if (!membership.is_leader || membership.state != MemberState::STABLE) {
    return;
  }
  for (std::size_t i = 0; i < membership.group_topics.size(); ++i) {
    if (consumer.metadata.partition_count(membership.group_topics[i]) != membership.assigned_partition_counts[i]) {
      request_rejoin(consumer);
    }
  }
}

}  // namespace kscope::sim
