// Between the coordinator and the groups of the consumer protocol (KIP-848): records go to __consumer_offsets, timers are
// armed, heartbeats are answered when what they changed is replicated. The rules themselves are in consumer/.
// Source: GroupMetadataManager, CoordinatorRuntime, Kafka 3.9.
//
// What a heartbeat changes is in memory at once, and nobody is told of it before it is replicated: neither the member, nor
// others that are answered meanwhile, nor observers.
// MODEL: when a change cannot be stored, all groups of the partition are read again; Kafka undoes that one change.

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "sim/coordinator/group/consumer/classic_members.h"
#include "sim/coordinator/group/consumer/fencing.h"
#include "sim/coordinator/group/consumer/heartbeat.h"
#include "sim/coordinator/group/consumer/heartbeat_checks.h"
#include "sim/coordinator/group/group_consumer_parts.h"

namespace kscope::sim {
namespace {

using consumer_group::ConsumerGroup;
using consumer_group::ConsumerGroupConfig;
using consumer_group::ConsumerGroupHeartbeatRequest;
using consumer_group::ConsumerGroupHeartbeatResponse;
using consumer_group::ConsumerGroupMember;
using consumer_group::ConsumerGroupRecord;
using consumer_group::MemberTimer;
using consumer_group::MemberTimerChange;
using consumer_group::MemberTimerKind;
using consumer_group::PartitionCounts;

/// The last append to the partition that is not replicated yet; nullptr: everything is.
PendingAppend* last_pending(GroupCoordinator& coordinator, std::int32_t partition) {
  for (auto pending = coordinator.pending_appends.rbegin(); pending != coordinator.pending_appends.rend(); ++pending) {
    if (pending->partition == partition) {
      return &*pending;
    }
  }
  return nullptr;
}

TimerKind timer_kind(MemberTimerKind kind) {
  switch (kind) {
    case MemberTimerKind::kSession: return TimerKind::kConsumerSessionExpired;
    case MemberTimerKind::kRebalance: return TimerKind::kConsumerRebalanceTimeout;
    case MemberTimerKind::kJoin: return TimerKind::kConsumerJoinTimeout;
    case MemberTimerKind::kSync: return TimerKind::kConsumerSyncTimeout;
  }
  return TimerKind::kConsumerSessionExpired;
}

MemberTimerKind member_timer_kind(TimerKind kind) {
  return kind == TimerKind::kConsumerSessionExpired     ? MemberTimerKind::kSession
         : kind == TimerKind::kConsumerRebalanceTimeout ? MemberTimerKind::kRebalance
         : kind == TimerKind::kConsumerJoinTimeout      ? MemberTimerKind::kJoin
                                                        : MemberTimerKind::kSync;
}

/// The timers of a classic member begin when it is answered.
void begin_timers(Ctx& ctx, GroupCoordinator& coordinator, GroupId id, const AwaitedClassicAnswer& answer) {
  HostedConsumerGroup* hosted = coordinator.consumer_groups.get(id);
  const ConsumerGroupMember* member = hosted == nullptr ? nullptr : hosted->group.members.get(answer.member);
  if (member == nullptr || !member->uses_classic_protocol()) {
    return;  // it has gone meanwhile, or the group has: as a classic group it has other timers
  }
  const bool has_joined = std::holds_alternative<JoinGroupResponse>(answer.response);
  for (const MemberTimerChange& change :
       has_joined ? consumer_group::after_join(*member, ctx.now()) : consumer_group::after_sync(*member, ctx.now())) {
    change_consumer_timer(ctx, *hosted, change);
  }
}

/// Why a heartbeat is refused whatever the group is like, or NONE.
ErrorCode refusal(const Ctx& ctx, const GroupCoordinator& coordinator, GroupId id) {
  if (const ErrorCode error = group_status(ctx, coordinator, id); error != ErrorCode::NONE) {
    return error;
  }
  const BrokerConfig& config = ctx.registry().broker(ctx.self()).config;
  return config.group_coordinator_rebalance_protocols.has_consumer && ctx.registry().is_kraft()
             ? ErrorCode::NONE
             : ErrorCode::UNSUPPORTED_VERSION;
}

/// NONE, UNKNOWN_MEMBER_ID, and where the epoch is not the member's STALE_MEMBER_EPOCH, or ILLEGAL_GENERATION in the words of
/// the classic protocol. Source: ConsumerGroup.validateMemberEpoch.
ErrorCode member_epoch_error(const ConsumerGroup& group, MemberId member, GenerationId epoch) {
  const consumer_group::ConsumerGroupMember* known = group.members.get(member);
  if (known == nullptr) {
    return ErrorCode::UNKNOWN_MEMBER_ID;
  }
  return known->current.member_epoch.value == epoch.value ? ErrorCode::NONE
         : known->uses_classic_protocol()                 ? ErrorCode::ILLEGAL_GENERATION
                                                          : ErrorCode::STALE_MEMBER_EPOCH;
}

}  // namespace

ConsumerGroupConfig consumer_group_config_of(const Ctx& ctx) {
  const BrokerConfig& broker = ctx.registry().broker(ctx.self()).config;
  ConsumerGroupConfig config;
  config.session_timeout = broker.group_consumer_session_timeout_ms;
  config.heartbeat_interval = broker.group_consumer_heartbeat_interval_ms;
  config.max_size = broker.group_consumer_max_size;
  config.is_upgrade_enabled = is_upgrade_enabled(broker.group_consumer_migration_policy);
  config.is_downgrade_enabled = is_downgrade_enabled(broker.group_consumer_migration_policy);
  config.classic_max_size = broker.group_max_size;
  config.assignors.clear();
  for (const ServerAssignorName name : broker.group_consumer_assignors) {
    config.assignors.push_back(name == ServerAssignorName::RANGE ? consumer_group::ServerAssignor::kRange
                                                                 : consumer_group::ServerAssignor::kUniform);
  }
  return config;
}

HostedConsumerGroup& host_consumer_group(const Ctx& ctx, GroupCoordinator& coordinator, GroupId id) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups[id];
  if (!hosted.group.id.is_valid()) {
    hosted.group.id = id;
    hosted.partition = offsets_partition_of(ctx, id);
  }
  return hosted;
}

void take_topics(HostedConsumerGroup& hosted, const PartitionCounts& topics) {
  for (const auto& [topic, count] : topics) {
    const std::int32_t* known = hosted.topics.get(topic);
    if (known == nullptr || *known != count) {
      hosted.group.on_topic_changed(topic);
    }
  }
  for (const auto& [topic, count] : hosted.topics) {
    if (!topics.contains(topic)) {
      hosted.group.on_topic_changed(topic);
    }
  }
  hosted.topics = topics;
}

void change_consumer_timer(Ctx& ctx, HostedConsumerGroup& hosted, const MemberTimerChange& change) {
  if (HostedConsumerGroup::ArmedTimer* armed = hosted.timers.get(change.timer)) {
    if (change.is_if_absent) {
      return;
    }
    ctx.cancel(armed->id);
    hosted.timers.erase(change.timer);
  }
  if (change.fires_at.has_value()) {
    const Timer timer{timer_kind(change.timer.kind), hosted.group.id.value, member_key(change.timer.member)};
    const TimerId id = ctx.after(*change.fires_at - ctx.now(), timer);
    hosted.timers.insert_or_assign(change.timer, HostedConsumerGroup::ArmedTimer{id, change.member_epoch});
  }
}

void append_consumer_records(std::vector<CoordinatorRecord>& records, const std::vector<ConsumerGroupRecord>& changes) {
  for (const ConsumerGroupRecord& change : changes) {
    CoordinatorRecord record;
    record.kind = CoordinatorRecordKind::kConsumerGroup;
    record.group = change.group;
    record.consumer_group = std::make_shared<const ConsumerGroupRecord>(change);
    records.push_back(std::move(record));
  }
}

void store_consumer_records(GroupCoordinator& coordinator, const HostedConsumerGroup& hosted, PendingAppend pending,
                            std::vector<CoordinatorRecord> records) {
  pending.kind = PendingAppend::Kind::kConsumerGroup;
  pending.group = hosted.group.id;
  pending.partition = hosted.partition;
  want_append(coordinator, std::move(pending), std::move(records));
}

void carry_out(Ctx& ctx, GroupCoordinator& coordinator, HostedConsumerGroup& hosted, ConsumerGroupStep step) {
  const MemberId fenced = step.changes.fenced;
  if (fenced.is_set() && consumer_group::may_downgrade(hosted.group, fenced, 0, consumer_group_config_of(ctx))) {
    step.changes.records.clear();  // the tombstones of the whole group have all of them
    carry_out_downgrade(ctx, coordinator, hosted, fenced, nullptr, std::move(step));
    return;
  }
  const GroupPicture before = picture_of(hosted.group);
  consumer_group::apply(hosted.group, step.changes);
  for (const MemberTimerChange& change : step.changes.timers) {
    change_consumer_timer(ctx, hosted, change);
  }
  const std::vector<Note> notes = notes_of(hosted.group, before, step.reason);
  hosted.untold.insert(hosted.untold.end(), notes.begin(), notes.end());
  if (!step.changes.records.empty() || !step.before.empty()) {
    append_consumer_records(step.before, step.changes.records);
    store_consumer_records(coordinator, hosted, std::move(step.waiting), std::move(step.before));
    return;
  }
  if (PendingAppend* last = last_pending(coordinator, hosted.partition)) {
    std::move(step.waiting.heartbeats.begin(), step.waiting.heartbeats.end(), std::back_inserter(last->heartbeats));
    std::move(step.waiting.classic_answers.begin(), step.waiting.classic_answers.end(),
              std::back_inserter(last->classic_answers));
    return;
  }
  step.waiting.group = hosted.group.id;
  answer_consumer_group(ctx, coordinator, step.waiting, ErrorCode::NONE);
}

void answer_consumer_group(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& waiting, ErrorCode error) {
  for (const AwaitedHeartbeat& heartbeat : waiting.heartbeats) {
    ConsumerGroupHeartbeatResponse response = heartbeat.response;
    if (error != ErrorCode::NONE) {
      response = {};
      response.group = heartbeat.response.group;
      response.error_code = commit_answer_for(error);
    }
    send_response(ctx, heartbeat.to.node, heartbeat.to.correlation_id, response);
  }
  for (const AwaitedClassicAnswer& answer : waiting.classic_answers) {
    const auto send = [&](auto response) {
      if (error != ErrorCode::NONE) {
        const GroupId group = response.group;
        response = {};
        response.group = group;
        response.error = commit_answer_for(error);
      } else if (answer.member.is_set()) {
        begin_timers(ctx, coordinator, response.group, answer);
      }
      send_response(ctx, answer.to.node, answer.to.correlation_id, std::move(response));
    };
    std::visit(send, answer.response);
  }
}

bool has_consumer_members(const GroupCoordinator& coordinator, GroupId group) {
  const ConsumerGroup* found = coordinator.find_consumer_group(group);
  return found != nullptr && !found->members.empty();
}

GroupState state_of(const ConsumerGroup& group) {
  switch (group.state()) {
    case consumer_group::ConsumerGroupState::EMPTY: return GroupState::Empty;
    case consumer_group::ConsumerGroupState::ASSIGNING: return GroupState::Assigning;
    case consumer_group::ConsumerGroupState::RECONCILING: return GroupState::Reconciling;
    case consumer_group::ConsumerGroupState::STABLE: return GroupState::Stable;
  }
  return GroupState::Dead;
}

ErrorCode consumer_commit_error(const ConsumerGroup& group, MemberId member, GenerationId generation,
                                bool is_transactional) {
  const bool names_nobody = generation < GenerationId(0) && !member.is_set();
  if ((generation < GenerationId(0) && group.members.empty()) || (is_transactional && names_nobody)) {
    return ErrorCode::NONE;
  }
  return member_epoch_error(group, member, generation);
}

ErrorCode consumer_offset_fetch_error(const ConsumerGroup& group, const OffsetFetchRequest& request) {
  const bool names_nobody = !request.member.is_set() && request.member_epoch < GenerationId(0);
  return names_nobody ? ErrorCode::NONE : member_epoch_error(group, request.member, request.member_epoch);
}

void GroupCoordinator::consumer_group_heartbeat(Ctx& ctx, NodeId from, std::int64_t correlation_id,
                                                const ConsumerGroupHeartbeatRequest& request,
                                                const PartitionCounts& topics) {
  ConsumerGroupHeartbeatResponse refused;
  refused.group = request.group;
  refused.error_code = refusal(ctx, *this, request.group);
  Upgrade upgrade;
  const bool is_hosted = find_consumer_group(request.group) != nullptr;
  const ConsumerGroupConfig config = consumer_group_config_of(ctx);
  if (refused.error_code == ErrorCode::NONE && !is_hosted) {
    refused.error_code = consumer_group::check_request(request, config);
  }
  if (refused.error_code == ErrorCode::NONE && !is_hosted && request.member_epoch == consumer_group::kJoinGroupEpoch) {
    upgrade = prepare_upgrade(ctx, *this, request.group);
    refused.error_code = upgrade.error;
  }
  if (refused.error_code != ErrorCode::NONE) {
    send_response(ctx, from, correlation_id, refused);
    return;
  }
  HostedConsumerGroup& hosted = host_consumer_group(ctx, *this, request.group);
  take_topics(hosted, topics);
  ConsumerGroupHeartbeatRequest named = request;
  if (!named.member_id.is_set() && named.member_epoch == consumer_group::kJoinGroupEpoch) {
    Group& offsets = groups.contains(request.group) ? groups.at(request.group) : add_group(ctx, *this, request.group);
    named.member_id = issue_id(*this, offsets, from);
  }
  const ConsumerGroup& group = is_hosted ? hosted.group : upgrade.group;
  ConsumerGroupStep step;
  step.changes = consumer_group::consumer_group_heartbeat(
      group, named, {hosted.topics, config, ctx.now(), ctx.registry().planted_bug});
  step.changes.response.group = request.group;
  if (step.changes.response.error_code != ErrorCode::NONE) {
    send_response(ctx, from, correlation_id, step.changes.response);
    return;
  }
  if (!is_hosted) {
    carry_out_upgrade(ctx, *this, hosted, upgrade, from);
    step.before = std::move(upgrade.records);
  }
  step.waiting.heartbeats.push_back({{from, correlation_id}, step.changes.response});
  carry_out(ctx, *this, hosted, std::move(step));
}

void finish_consumer_heartbeats(Ctx& ctx, GroupCoordinator& coordinator, const PendingAppend& pending,
                                ErrorCode error) {
  // An append that too few followers had in time is in the log all the same, and so is what is in memory.
  const bool is_in_log = error == ErrorCode::NONE || error == ErrorCode::REQUEST_TIMED_OUT ||
                         error == ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND;
  HostedConsumerGroup* hosted = coordinator.consumer_groups.get(pending.group);
  if (error == ErrorCode::NONE && hosted != nullptr) {
    for (const Note& note : hosted->untold) {
      ctx.note(note);
    }
    hosted->untold.clear();
  }
  if (!is_in_log && pending.kind == PendingAppend::Kind::kConsumerGroup &&
      group_status(ctx, coordinator, pending.group) == ErrorCode::NONE) {
    coordinator.lose(ctx, pending.partition);
    coordinator.gain(ctx, pending.partition);
  }
  answer_consumer_group(ctx, coordinator, pending, error);
}

void store_consumer_cleanup(GroupCoordinator& coordinator, GroupId group, std::vector<CoordinatorRecord> offsets,
                            std::vector<Note> notes, bool is_deleted) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups.at(group);
  std::vector<ConsumerGroupRecord> tombstones;
  if (is_deleted) {
    const std::int64_t epoch = hosted.group.group_epoch.value;
    notes.push_back(group_note_of(NoteKind::kGroupState, group, static_cast<std::int64_t>(GroupState::Dead),
                                  static_cast<std::int64_t>(state_of(hosted.group)), epoch));
    notes.push_back(group_note_of(NoteKind::kGroupDeleted, group, epoch, 0, 0));
    tombstones = consumer_group::group_tombstones(hosted.group);
    for (const ConsumerGroupRecord& tombstone : tombstones) {
      consumer_group::replay(hosted.group, tombstone);
    }
  }
  hosted.untold.insert(hosted.untold.end(), notes.begin(), notes.end());
  append_consumer_records(offsets, tombstones);
  store_consumer_records(coordinator, hosted, PendingAppend{}, std::move(offsets));
}

void replay_consumer_group(GroupCoordinator& coordinator, std::int32_t partition, const ConsumerGroupRecord& record) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups[record.group];
  hosted.group.id = record.group;
  hosted.partition = partition;
  consumer_group::replay(hosted.group, record);
}

std::int64_t start_consumer_groups(Ctx& ctx, GroupCoordinator& coordinator, std::int32_t partition) {
  std::int64_t started = 0;
  const ConsumerGroupConfig config = consumer_group_config_of(ctx);
  for (auto& [id, hosted] : coordinator.consumer_groups) {
    if (hosted.partition != partition || !hosted.group.exists()) {
      continue;
    }
    ++started;
    hosted.topics = hosted.group.subscription_metadata;
    for (const MemberTimerChange& change : consumer_group::timers_after_load(hosted.group, config, ctx.now())) {
      change_consumer_timer(ctx, hosted, change);
    }
    Note note;
    note.kind = NoteKind::kGroupState;
    note.group = id;
    note.a = static_cast<std::int64_t>(state_of(hosted.group));
    note.b = static_cast<std::int64_t>(GroupState::Empty);
    note.c = hosted.group.group_epoch.value;
    ctx.note(note);
  }
  return started;
}

void forget_consumer_groups(Ctx& ctx, GroupCoordinator& coordinator, std::int32_t partition) {
  for (auto& [id, hosted] : coordinator.consumer_groups) {
    if (hosted.partition != partition) {
      continue;
    }
    for (auto& entry : hosted.timers) {
      ctx.cancel(entry.second.id);
    }
  }
  coordinator.consumer_groups.erase_if(
      [&](GroupId, const HostedConsumerGroup& hosted) { return hosted.partition == partition; });
}

void on_consumer_timer(Ctx& ctx, GroupCoordinator& coordinator, const Timer& timer) {
  HostedConsumerGroup* hosted = coordinator.consumer_groups.get(GroupId(static_cast<std::int32_t>(timer.a)));
  if (hosted == nullptr) {
    return;
  }
  const MemberId member = member_of_key(timer.b);
  const MemberTimer of{member_timer_kind(timer.kind), member};
  const HostedConsumerGroup::ArmedTimer* armed = hosted->timers.get(of);
  const consumer_group::MemberEpoch epoch = armed == nullptr ? consumer_group::MemberEpoch{0} : armed->member_epoch;
  hosted->timers.erase(of);
  ConsumerGroupStep step;
  step.changes = of.kind == MemberTimerKind::kRebalance
                     ? consumer_group::on_rebalance_timeout(hosted->group, member, epoch, hosted->topics)
                     : consumer_group::on_silence(hosted->group, member, hosted->topics);
  step.reason = of.kind == MemberTimerKind::kSession ? LeaveReason::kSessionExpired : LeaveReason::kRebalanceTimeout;
  carry_out(ctx, coordinator, *hosted, std::move(step));
}

}  // namespace kscope::sim
