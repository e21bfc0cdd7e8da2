// Classic members of a group of the consumer protocol (KIP-848) at their coordinator: their requests, and what waits for
// replication. The rules themselves are in consumer/classic_members.h. An error is told at once; everything else, also that a
// rebalance goes on, waits for what was stored before. Source: GroupMetadataManager, CoordinatorRuntime (Kafka 3.9).

#include <utility>

#include "sim/coordinator/group/consumer/classic_members.h"
#include "sim/coordinator/group/group_consumer_parts.h"

namespace kscope::sim {
namespace {

using consumer_group::MemberTimerChange;
using consumer_group::PartitionCounts;

void change_timers(Ctx& ctx, HostedConsumerGroup& hosted, const std::vector<MemberTimerChange>& changes) {
  for (const MemberTimerChange& change : changes) {
    change_consumer_timer(ctx, hosted, change);
  }
}

}  // namespace

void classic_join_to_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, AwaitedAnswer to,
                                    const JoinGroupRequest& request, const PartitionCounts& topics) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups.at(request.group);
  take_topics(hosted, topics);
  MemberId new_id;
  if (!request.member.is_set()) {
    Group* offsets = coordinator.groups.get(request.group);
    new_id = issue_id(coordinator, offsets == nullptr ? add_group(ctx, coordinator, request.group) : *offsets, to.node);
  }
  const consumer_group::ConsumerGroupConfig config = consumer_group_config_of(ctx);
  consumer_group::ClassicJoin join = consumer_group::classic_group_join(
      hosted.group, request, new_id, {hosted.topics, config, ctx.now(), ctx.registry().planted_bug});
  join.response.group = request.group;
  if (join.response.error != ErrorCode::NONE) {
    send_response(ctx, to.node, to.correlation_id, std::move(join.response));
    return;
  }
  const MemberId id = join.member.member_id;
  ConsumerGroupStep step;
  step.changes = std::move(join.changes);
  step.waiting.classic_answers.push_back({to, std::move(join.response), id});
  if (join.replaced.is_set() && consumer_group::may_downgrade(hosted.group, join.replaced, 1, config)) {
    carry_out_downgrade(ctx, coordinator, hosted, join.replaced, &join.member, std::move(step));
    return;
  }
  carry_out(ctx, coordinator, hosted, std::move(step));
}

void classic_sync_to_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, AwaitedAnswer to,
                                    const SyncGroupRequest& request) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups.at(request.group);
  consumer_group::ClassicSync sync = consumer_group::classic_group_sync(hosted.group, request, ctx.now());
  sync.response.group = request.group;
  change_timers(ctx, hosted, sync.timers);
  if (sync.response.error != ErrorCode::NONE) {
    send_response(ctx, to.node, to.correlation_id, std::move(sync.response));
    return;
  }
  ConsumerGroupStep step;
  step.waiting.classic_answers.push_back({to, std::move(sync.response), request.member});
  carry_out(ctx, coordinator, hosted, std::move(step));
}

void classic_heartbeat_to_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, AwaitedAnswer to,
                                         const HeartbeatRequest& request) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups.at(request.group);
  consumer_group::ClassicHeartbeat heartbeat =
      consumer_group::classic_group_heartbeat(hosted.group, request, ctx.now());
  heartbeat.response.group = request.group;
  change_timers(ctx, hosted, heartbeat.timers);
  const bool is_answer =
      heartbeat.response.error == ErrorCode::NONE || heartbeat.response.error == ErrorCode::REBALANCE_IN_PROGRESS;
  if (!is_answer) {
    send_response(ctx, to.node, to.correlation_id, heartbeat.response);
    return;
  }
  ConsumerGroupStep step;
  step.waiting.classic_answers.push_back({to, heartbeat.response, MemberId{}});
  carry_out(ctx, coordinator, hosted, std::move(step));
}

void classic_leave_to_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, AwaitedAnswer to,
                                     const LeaveGroupRequest& request) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups.at(request.group);
  consumer_group::ClassicLeave leave = consumer_group::classic_group_leave(hosted.group, request, hosted.topics);
  leave.response.group = request.group;
  ConsumerGroupStep step;
  step.changes = std::move(leave.changes);
  step.waiting.classic_answers.push_back({to, std::move(leave.response), MemberId{}});
  carry_out(ctx, coordinator, hosted, std::move(step));
}

}  // namespace kscope::sim
