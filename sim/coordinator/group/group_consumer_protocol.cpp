// Between the coordinator and the groups of the consumer protocol (KIP-848): records go to __consumer_offsets, timers are
// armed, heartbeats are answered when what they changed is replicated. The rules themselves are in consumer/.
// Source: GroupMetadataManager, CoordinatorRuntime, Kafka 3.9.
//
// What a heartbeat changes is in memory at once, and nobody is told of it before it is replicated: neither the member, nor
// others that are answered meanwhile, nor observers.
// MODEL: when a change cannot be stored, all groups of the partition are read again; Kafka undoes that one change.

#include <utility>

#include "sim/coordinator/group/consumer/fencing.h"
#include "sim/coordinator/group/consumer/heartbeat.h"
#include "sim/coordinator/group/group_parts.h"

namespace kscope::sim {
namespace {

using consumer_group::ConsumerGroup;
using consumer_group::ConsumerGroupConfig;
using consumer_group::ConsumerGroupHeartbeatRequest;
using consumer_group::ConsumerGroupHeartbeatResponse;
using consumer_group::ConsumerGroupRecord;
using consumer_group::ConsumerGroupResult;
using consumer_group::MemberTimer;
using consumer_group::MemberTimerChange;
using consumer_group::MemberTimerKind;
using consumer_group::PartitionCounts;

ConsumerGroupConfig config_of(const Ctx& ctx) {
  const BrokerConfig& broker = ctx.registry().broker(ctx.self()).config;
  ConsumerGroupConfig config;
  config.session_timeout = broker.group_consumer_session_timeout_ms;
  config.heartbeat_interval = broker.group_consumer_heartbeat_interval_ms;
  config.max_size = broker.group_consumer_max_size;
  config.assignors.clear();
  for (const ServerAssignorName name : broker.group_consumer_assignors) {
    config.assignors.push_back(name == ServerAssignorName::RANGE ? consumer_group::ServerAssignor::kRange
                                                                 : consumer_group::ServerAssignor::kUniform);
  }
  return config;
}

void change_timer(Ctx& ctx, HostedConsumerGroup& hosted, const MemberTimerChange& change) {
  if (HostedConsumerGroup::ArmedTimer* armed = hosted.timers.get(change.timer)) {
    ctx.cancel(armed->id);
    hosted.timers.erase(change.timer);
  }
  if (change.fires_at.has_value()) {
    const TimerKind kind = change.timer.kind == MemberTimerKind::kSession ? TimerKind::kConsumerSessionExpired
                                                                          : TimerKind::kConsumerRebalanceTimeout;
    const TimerId id =
        ctx.after(*change.fires_at - ctx.now(), Timer{kind, hosted.group.id.value, member_key(change.timer.member)});
    hosted.timers.insert_or_assign(change.timer, HostedConsumerGroup::ArmedTimer{id, change.member_epoch});
  }
}

/// What the group was before an operation, as far as it is told to observers.
struct Picture {
  GroupState state = GroupState::Empty;
  consumer_group::GroupEpoch assignment_epoch{0};
  FlatMap<MemberId, bool> members;  ///< whether each is static and away
};

Picture picture_of(const ConsumerGroup& group) {
  Picture picture;
  picture.state = state_of(group);
  picture.assignment_epoch = group.assignment_epoch;
  for (const auto& [id, member] : group.members) {
    picture.members.insert_or_assign(id, member.current.member_epoch == consumer_group::kLeaveGroupStaticEpoch);
  }
  return picture;
}

Note note_of(NoteKind kind, GroupId group, std::int64_t a, std::int64_t b, std::int64_t c) {
  Note note;
  note.kind = kind;
  note.group = group;
  note.a = a;
  note.b = b;
  note.c = c;
  return note;
}

/// The static member that was away and is replaced by the new member `id`; not set: there is none.
MemberId replaced_by(const ConsumerGroup& group, const Picture& before, MemberId id) {
  const std::optional<std::string>& instance_id = group.members.at(id).metadata.instance_id;
  for (const auto& [old_id, was_away] : before.members) {
    if (instance_id.has_value() && was_away && !group.members.contains(old_id)) {
      return old_id;
    }
  }
  return MemberId{};
}

/// What observers are to be told of the difference.
std::vector<Note> notes_of(const ConsumerGroup& group, const Picture& before, LeaveReason reason) {
  std::vector<Note> notes;
  MemberId replaced;
  for (const auto& [id, member] : group.members) {
    if (before.members.contains(id)) {
      continue;
    }
    replaced = replaced_by(group, before, id);
    notes.push_back(replaced.is_set() ? note_of(NoteKind::kStaticMemberReplaced, group.id, id.client.value,
                                                replaced.client.value, static_cast<std::int64_t>(before.state))
                                      : note_of(NoteKind::kMemberJoined, group.id, id.client.value, id.serial, 0));
  }
  for (const auto& [id, was_away] : before.members) {
    if (!group.members.contains(id) && id != replaced) {
      notes.push_back(
          note_of(NoteKind::kMemberLeft, group.id, id.client.value, id.serial, static_cast<std::int64_t>(reason)));
    }
  }
  const GroupState state = state_of(group);
  if (state != before.state) {
    notes.push_back(note_of(NoteKind::kGroupState, group.id, static_cast<std::int64_t>(state),
                            static_cast<std::int64_t>(before.state), group.group_epoch.value));
  }
  if (group.assignment_epoch > before.assignment_epoch) {
    std::size_t partitions = 0;
    for (const auto& [id, target] : group.target_assignment) {
      partitions += target.size();
    }
    notes.push_back(note_of(NoteKind::kGenerationAssigned, group.id, group.assignment_epoch.value,
                            static_cast<std::int64_t>(group.members.size()), static_cast<std::int64_t>(partitions)));
  }
  return notes;
}

/// The last append to the partition that is not replicated yet; nullptr: everything is.
PendingAppend* last_pending(GroupCoordinator& coordinator, std::int32_t partition) {
  for (auto pending = coordinator.pending_appends.rbegin(); pending != coordinator.pending_appends.rend(); ++pending) {
    if (pending->partition == partition) {
      return &*pending;
    }
  }
  return nullptr;
}

/// Asks for the records of an operation to be appended, after `records`. `pending` says who waits for it.
void store(GroupCoordinator& coordinator, const HostedConsumerGroup& hosted,
           const std::vector<ConsumerGroupRecord>& changes, PendingAppend pending,
           std::vector<CoordinatorRecord> records = {}) {
  for (const ConsumerGroupRecord& change : changes) {
    CoordinatorRecord record;
    record.kind = CoordinatorRecordKind::kConsumerGroup;
    record.group = hosted.group.id;
    record.consumer_group = std::make_shared<const ConsumerGroupRecord>(change);
    records.push_back(std::move(record));
  }
  pending.kind = PendingAppend::Kind::kConsumerGroup;
  pending.group = hosted.group.id;
  pending.partition = hosted.partition;
  want_append(coordinator, std::move(pending), std::move(records));
}

/// Takes over what an operation comes to. Records are applied at once and stored; the answer, if there is one, waits until
/// they, and what was stored before, are replicated.
void carry_out(Ctx& ctx, GroupCoordinator& coordinator, HostedConsumerGroup& hosted, const ConsumerGroupResult& result,
               LeaveReason reason, AwaitedAnswer to) {
  const Picture before = picture_of(hosted.group);
  consumer_group::apply(hosted.group, result);
  for (const MemberTimerChange& change : result.timers) {
    change_timer(ctx, hosted, change);
  }
  const std::vector<Note> notes = notes_of(hosted.group, before, reason);
  hosted.untold.insert(hosted.untold.end(), notes.begin(), notes.end());
  if (!result.records.empty()) {
    PendingAppend pending;
    if (to.is_set()) {
      pending.heartbeats.push_back({to, result.response});
    }
    store(coordinator, hosted, result.records, std::move(pending));
    return;
  }
  PendingAppend* last = last_pending(coordinator, hosted.partition);
  const bool tells_state = result.response.error_code == ErrorCode::NONE;
  if (to.is_set() && tells_state && last != nullptr) {
    last->heartbeats.push_back({to, result.response});
  } else if (to.is_set()) {
    send_response(ctx, to.node, to.correlation_id, result.response);
  }
}

HostedConsumerGroup& host(const Ctx& ctx, GroupCoordinator& coordinator, GroupId id) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups[id];
  if (!hosted.group.id.is_valid()) {
    hosted.group.id = id;
    hosted.partition = offsets_partition_of(ctx, id);
  }
  return hosted;
}

/// Why a heartbeat is refused whatever the group is like, or NONE.
ErrorCode refusal(const Ctx& ctx, const GroupCoordinator& coordinator, GroupId id) {
  if (const ErrorCode error = group_status(ctx, coordinator, id); error != ErrorCode::NONE) {
    return error;
  }
  const BrokerConfig& config = ctx.registry().broker(ctx.self()).config;
  if (!config.group_coordinator_rebalance_protocols.has_consumer || !ctx.registry().is_kraft()) {
    return ErrorCode::UNSUPPORTED_VERSION;
  }
  const Group* classic = coordinator.find(id);
  const bool is_classic = classic != nullptr && (!classic->members.empty() || !classic->pending.empty());
  return is_classic ? ErrorCode::GROUP_ID_NOT_FOUND : ErrorCode::NONE;
}

/// NONE, UNKNOWN_MEMBER_ID or STALE_MEMBER_EPOCH.
ErrorCode member_epoch_error(const ConsumerGroup& group, MemberId member, GenerationId epoch) {
  const consumer_group::ConsumerGroupMember* known = group.members.get(member);
  if (known == nullptr) {
    return ErrorCode::UNKNOWN_MEMBER_ID;
  }
  return known->current.member_epoch.value == epoch.value ? ErrorCode::NONE : ErrorCode::STALE_MEMBER_EPOCH;
}

}  // namespace

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
  const AwaitedAnswer to{from, correlation_id};
  ConsumerGroupHeartbeatResponse refused;
  refused.group = request.group;
  refused.error_code = refusal(ctx, *this, request.group);
  if (refused.error_code != ErrorCode::NONE) {
    send_response(ctx, from, correlation_id, refused);
    return;
  }
  HostedConsumerGroup& hosted = host(ctx, *this, request.group);
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
  ConsumerGroupHeartbeatRequest named = request;
  if (!named.member_id.is_set() && named.member_epoch == consumer_group::kJoinGroupEpoch) {
    Group& offsets = groups.contains(request.group) ? groups.at(request.group) : add_group(ctx, *this, request.group);
    named.member_id = issue_id(*this, offsets, from);
  }
  const ConsumerGroupConfig config = config_of(ctx);
  ConsumerGroupResult result = consumer_group::consumer_group_heartbeat(
      hosted.group, named, {hosted.topics, config, ctx.now(), ctx.registry().planted_bug});
  result.response.group = request.group;
  carry_out(ctx, *this, hosted, result, LeaveReason::kLeft, to);
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
  for (const AwaitedHeartbeat& heartbeat : pending.heartbeats) {
    ConsumerGroupHeartbeatResponse response = heartbeat.response;
    if (error != ErrorCode::NONE) {
      response = {};
      response.group = heartbeat.response.group;
      response.error_code = commit_answer_for(error);
    }
    send_response(ctx, heartbeat.to.node, heartbeat.to.correlation_id, response);
  }
}

void store_consumer_cleanup(GroupCoordinator& coordinator, GroupId group, std::vector<CoordinatorRecord> offsets,
                            std::vector<Note> notes, bool is_deleted) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups.at(group);
  std::vector<ConsumerGroupRecord> tombstones;
  if (is_deleted) {
    const std::int64_t epoch = hosted.group.group_epoch.value;
    notes.push_back(note_of(NoteKind::kGroupState, group, static_cast<std::int64_t>(GroupState::Dead),
                            static_cast<std::int64_t>(state_of(hosted.group)), epoch));
    notes.push_back(note_of(NoteKind::kGroupDeleted, group, epoch, 0, 0));
    tombstones = consumer_group::group_tombstones(hosted.group);
    for (const ConsumerGroupRecord& tombstone : tombstones) {
      consumer_group::replay(hosted.group, tombstone);
    }
  }
  hosted.untold.insert(hosted.untold.end(), notes.begin(), notes.end());
  store(coordinator, hosted, tombstones, PendingAppend{}, std::move(offsets));
}

void replay_consumer_group(GroupCoordinator& coordinator, std::int32_t partition, const ConsumerGroupRecord& record) {
  HostedConsumerGroup& hosted = coordinator.consumer_groups[record.group];
  hosted.group.id = record.group;
  hosted.partition = partition;
  consumer_group::replay(hosted.group, record);
}

std::int64_t start_consumer_groups(Ctx& ctx, GroupCoordinator& coordinator, std::int32_t partition) {
  std::int64_t started = 0;
  const ConsumerGroupConfig config = config_of(ctx);
  for (auto& [id, hosted] : coordinator.consumer_groups) {
    if (hosted.partition != partition || !hosted.group.exists()) {
      continue;
    }
    ++started;
    hosted.topics = hosted.group.subscription_metadata;
    for (const MemberTimerChange& change : consumer_group::timers_after_load(hosted.group, config, ctx.now())) {
      change_timer(ctx, hosted, change);
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
  const bool is_session = timer.kind == TimerKind::kConsumerSessionExpired;
  const MemberId member = member_of_key(timer.b);
  const MemberTimer of{is_session ? MemberTimerKind::kSession : MemberTimerKind::kRebalance, member};
  const HostedConsumerGroup::ArmedTimer* armed = hosted->timers.get(of);
  const consumer_group::MemberEpoch epoch = armed == nullptr ? consumer_group::MemberEpoch{0} : armed->member_epoch;
  hosted->timers.erase(of);
  const ConsumerGroupResult result =
      is_session ? consumer_group::on_session_timeout(hosted->group, member, hosted->topics)
                 : consumer_group::on_rebalance_timeout(hosted->group, member, epoch, hosted->topics);
  carry_out(ctx, coordinator, *hosted, result,
            is_session ? LeaveReason::kSessionExpired : LeaveReason::kRebalanceTimeout, {});
}

}  // namespace kscope::sim
