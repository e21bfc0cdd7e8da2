#include "sim/client/consumer.h"

#include <algorithm>

#include "engine/core/check.h"
#include "sim/client/client_backoff.h"
#include "sim/client/consumer_parts.h"
#include "sim/client/zookeeper_consumer.h"
#include "sim/protocol/message_kind.h"

namespace kscope::sim {
namespace {

void arm_wakeup(Ctx& ctx, Consumer& consumer, const Wakeup& wakeup) {
  if (wakeup.at == LocalTime::max()) {
    return;
  }
  if (ctx.is_armed(consumer.wakeup)) {
    if (consumer.wakeup_at <= wakeup.at) {
      return;
    }
    ctx.cancel(consumer.wakeup);
  }
  consumer.wakeup_at = wakeup.at;
  consumer.wakeup = ctx.after(std::max(wakeup.at - ctx.now(), Duration(0)), wakeup.timer);
}

/// What every event ends with: the application's thread goes on as far as it can.
void turn(Ctx& ctx, Consumer& consumer) {
  if (consumer.application == ApplicationState::kClosed) {
    return;
  }
  Wakeup wakeup;
  look_for_coordinator(ctx, consumer, wakeup);
  drive_commits(ctx, consumer, wakeup);
  drive_membership(ctx, consumer, wakeup);
  drive_zookeeper(ctx, consumer, wakeup);
  drive_copier(ctx, consumer);
  while (consumer.application == ApplicationState::kPolling && !consumer.is_paused) {
    if (consumer.is_close_wanted) {
      begin_close(ctx, consumer);
      break;
    }
    if (consumer.has_nothing_to_poll() || (consumer.copier && !consumer.copier->may_poll())) {
      break;
    }
    if (!run_poll(ctx, consumer, wakeup)) {
      break;
    }
    take_records(ctx, consumer);
  }
  drive_membership(ctx, consumer, wakeup);  // poll() may have made it join again
  if (consumer.application == ApplicationState::kClosing) {
    run_close(ctx, consumer);
  }
  if (consumer.application != ApplicationState::kClosed) {
    arm_wakeup(ctx, consumer, wakeup);
  }
}

void on_request_failed(Ctx& ctx, Consumer& consumer, const InFlightRequest& request, ErrorCode error) {
  if (request.kind == message_kind<MetadataRequest>()) {
    consumer.metadata.on_failure(ctx, consumer.network);
  } else if (request.kind == message_kind<FindCoordinatorRequest>()) {
    on_find_coordinator_failed(ctx, consumer);
  } else if (request.kind == message_kind<FetchRequest>()) {
    on_fetch_failed(ctx, consumer, request.node);
  } else if (request.kind == message_kind<OffsetCommitRequest>()) {
    on_commit_failed(ctx, consumer, request.correlation_id, error);
  } else if (request.kind == message_kind<OffsetFetchRequest>()) {
    on_offset_fetch_failed(ctx, consumer);
  } else if (request.kind == message_kind<HeartbeatRequest>()) {
    on_heartbeat_failed(ctx, consumer, request.correlation_id);
  } else if (request.kind == message_kind<consumer_group::ConsumerGroupHeartbeatRequest>()) {
    on_consumer_heartbeat_failed(ctx, consumer, request.correlation_id);
  } else if (request.kind == message_kind<LeaveGroupRequest>()) {
    if (request.correlation_id == consumer.leave_correlation) {
      consumer.leave_correlation = 0;
    }
  } else if (request.kind == message_kind<JoinGroupRequest>() || request.kind == message_kind<SyncGroupRequest>()) {
    on_join_failed(ctx, consumer, request.correlation_id);
  } else {
    on_position_request_failed(ctx, consumer, request.correlation_id);
  }
}

void on_requests_failed(Ctx& ctx, Consumer& consumer, const std::vector<InFlightRequest>& failed, ErrorCode error) {
  for (const InFlightRequest& request : failed) {
    on_request_failed(ctx, consumer, request, error);
    if (request.node == consumer.membership.coordinator) {
      mark_coordinator_unknown(ctx, consumer);
    }
  }
}

struct ResponseVisitor {
  Ctx& ctx;
  Consumer& consumer;
  NodeId from;
  std::int64_t correlation_id;

  void operator()(const MetadataResponse& response) const {
    consumer.metadata.on_response(ctx, consumer.network, response);
    check_partition_counts(consumer);
    check_leader_epochs(ctx, consumer);
    lead_if_known(ctx, consumer, response);
  }
  void operator()(const FindCoordinatorResponse& response) const {
    on_find_coordinator_response(ctx, consumer, response);
  }
  void operator()(const JoinGroupResponse& response) const {
    on_join_group_response(ctx, consumer, correlation_id, response);
  }
  void operator()(const SyncGroupResponse& response) const {
    on_sync_group_response(ctx, consumer, correlation_id, response);
  }
  void operator()(const HeartbeatResponse& response) const {
    on_heartbeat_response(ctx, consumer, correlation_id, response);
  }
  void operator()(const consumer_group::ConsumerGroupHeartbeatResponse& response) const {
    on_consumer_heartbeat_response(ctx, consumer, correlation_id, response);
  }
  void operator()(const LeaveGroupResponse&) const {
    if (correlation_id == consumer.leave_correlation) {
      consumer.leave_correlation = 0;
    }
  }
  void operator()(const OffsetCommitResponse& response) const {
    on_commit_response(ctx, consumer, correlation_id, response);
  }
  void operator()(const OffsetFetchResponse& response) const {
    if (correlation_id == consumer.offset_fetch_correlation) {
      on_offset_fetch_response(ctx, consumer, response);
    }
  }
  void operator()(const ListOffsetsResponse& response) const {
    on_list_offsets_response(ctx, consumer, correlation_id, response);
  }
  void operator()(const OffsetsForLeaderEpochResponse& response) const { on_epoch_response(ctx, consumer, response); }
  void operator()(const FetchResponse& response) const { on_fetch_response(ctx, consumer, from, response); }
  template <class Other>
  void operator()(const Other&) const {
    KSCOPE_CHECK(false, "a consumer got a message that no consumer understands");
  }
};

void pause(Ctx& ctx, Consumer& consumer, Duration duration) {
  consumer.is_paused = true;
  if (consumer.application == ApplicationState::kPolling) {
    consumer.last_poll = ctx.now();
  }
  ctx.cancel(consumer.process_timer);  // the record in hand is begun again afterwards
  ctx.cancel(consumer.pause_timer);
  if (duration > Duration(0)) {
    consumer.pause_timer = ctx.after(duration, Timer{TimerKind::kPoll, 0, 0});
  }
}

void resume(Ctx& ctx, Consumer& consumer) {
  if (!consumer.is_paused) {
    return;
  }
  consumer.is_paused = false;
  ctx.cancel(consumer.pause_timer);
  if (consumer.application == ApplicationState::kProcessing) {
    process(ctx, consumer);
  }
}

}  // namespace

void on_own_disconnect(Ctx& ctx, Consumer& consumer, NodeId peer) {
  on_requests_failed(ctx, consumer, consumer.network.on_disconnect(ctx, peer), ErrorCode::NETWORK_EXCEPTION);
  if (peer == consumer.membership.coordinator) {
    mark_coordinator_unknown(ctx, consumer);
  }
  consumer.metadata.request_update(ctx, consumer.network);
}

void Wakeup::consider(LocalTime when, TimerKind kind, TopicPartition partition) {
  if (when < at) {
    at = when;
    timer = Timer{kind, partition.topic.value, partition.partition};
  }
}

Duration retry_backoff(Ctx& ctx, const Consumer& consumer, std::int32_t failures) {
  const ConsumerConfig& config = consumer.setup.config;
  return client_backoff(ctx, {config.retry_backoff_ms, config.retry_backoff_max_ms}, failures);
}

bool Consumer::is_cooperative() const {
  if (members) {
    return true;
  }
  if (zookeeper) {
    return false;
  }
  const std::vector<AssignorName>& assignors = setup.config.partition_assignment_strategy;
  return std::all_of(assignors.begin(), assignors.end(),
                     [](AssignorName name) { return name == AssignorName::COOPERATIVE_STICKY; });
}

Consumer::Consumer(const ConsumerSetup& its_setup)
    : setup(its_setup),
      network(ReconnectBackoff{its_setup.config.reconnect_backoff_ms, its_setup.config.reconnect_backoff_max_ms}),
      metadata(MetadataTiming{its_setup.config.metadata_max_age_ms, its_setup.config.retry_backoff_ms,
                              its_setup.config.retry_backoff_max_ms, its_setup.config.request_timeout_ms},
               its_setup.config.allow_auto_create_topics) {
  if (its_setup.config.group_protocol == GroupProtocol::CONSUMER && its_setup.assignment.empty()) {
    members.emplace();
    membership.rejoin_needed = false;
  }
  if (its_setup.config.offsets_storage == OffsetsStorage::ZOOKEEPER) {
    zookeeper.emplace();
  }
  if (its_setup.output) {
    copier.emplace(*its_setup.output);
  }
}

void Consumer::on_start(Ctx& ctx) {
  network.start(ctx);
  metadata.set_topics(setup.topics);
  metadata.request_update(ctx, network);
  last_poll = ctx.now();
  max_poll_timer = ctx.after(setup.config.max_poll_interval_ms, Timer{TimerKind::kMaxPollInterval, 0, 0});
  start_copier(ctx, *this);
  if (zookeeper) {
    start_zookeeper(ctx, *this);
  }
  if (has_manual_assignment()) {
    assign_by_hand(ctx, *this);
  }
  turn(ctx, *this);
}

void Consumer::on_message(Ctx& ctx, NodeId from, const Message& message) {
  if (on_zookeeper_message(ctx, *this, from, message) || on_copier_message(ctx, *this, from, message)) {
    turn(ctx, *this);
    return;
  }
  if (!network.complete(from, message.correlation_id).has_value()) {
    return;  // its request was given up: the connection was closed since
  }
  std::visit(ResponseVisitor{ctx, *this, from, message.correlation_id}, message.body);
  turn(ctx, *this);
}

void Consumer::on_timer(Ctx& ctx, const Timer& timer) {
  if (application == ApplicationState::kClosed) {
    return;
  }
  if (on_zookeeper_timer(ctx, *this, timer)) {
    // its session's
  } else if (on_copier_timer(ctx, *this, timer)) {
    // the producer's
  } else if (timer.kind == TimerKind::kProcessed) {
    on_processed(ctx, *this);
  } else if (timer.kind == TimerKind::kHeartbeat) {
    on_heartbeat_timer(ctx, *this);
  } else if (timer.kind == TimerKind::kMaxPollInterval) {
    on_max_poll_timer(ctx, *this);
  } else if (timer.kind == TimerKind::kMetadataRefresh || timer.kind == TimerKind::kMetadataRetry) {
    metadata.on_timer(ctx, network);
  } else if (timer.kind == TimerKind::kClientRequestTimeout) {
    const std::vector<NodeId> late = network.late_nodes(ctx.now());
    on_requests_failed(ctx, *this, network.on_timeout(ctx), ErrorCode::REQUEST_TIMED_OUT);
    for (const NodeId node : late) {
      on_copier_disconnect(ctx, *this, node);  // MODEL: in Kafka the two have connections of their own
    }
  } else if (timer.kind == TimerKind::kPoll) {
    resume(ctx, *this);
  } else {
    KSCOPE_CHECK(timer.kind == TimerKind::kAutoCommit || timer.kind == TimerKind::kCoordinatorRetry ||
                     timer.kind == TimerKind::kClientRetry,
                 "a consumer got a timer that it never armed");
  }
  turn(ctx, *this);
}

void Consumer::on_disconnect(Ctx& ctx, NodeId peer) {
  if (on_zookeeper_disconnect(ctx, *this, peer)) {
    turn(ctx, *this);
    return;
  }
  on_copier_disconnect(ctx, *this, peer);
  on_own_disconnect(ctx, *this, peer);
  turn(ctx, *this);
}

void Consumer::on_command(Ctx& ctx, const Command& command) {
  if (command.kind == CommandKind::kCleanShutdown || command.kind == CommandKind::kConsumerLeave) {
    is_close_wanted = true;
    resume(ctx, *this);  // an application that stopped polling finishes its records and closes
  } else if (command.kind == CommandKind::kConsumerPause) {
    pause(ctx, *this, command.duration);
  } else if (command.kind == CommandKind::kConsumerResume) {
    resume(ctx, *this);
  } else if (command.kind == CommandKind::kCommitNow) {
    begin_commit(ctx, *this, CommitReason::kByHand);
  } else if (command.kind == CommandKind::kAlterConfig) {
    return;  // at its next start
  } else {
    steer(ctx, *this, command);
  }
  turn(ctx, *this);
}

}  // namespace kscope::sim
