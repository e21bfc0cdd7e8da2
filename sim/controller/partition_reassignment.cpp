// A partition moves to other brokers. Source: Kafka 3.9 KafkaController.processApiPartitionReassignment,
// onPartitionReassignment; KIP-455.
//
//                       target in the ISR
//   (assigned) -> A ---------------------------> B -> (assigned)
//                 ^ |
//                 +-+ another target, none (back to the origin), a new controller, a broker of the target is back
//
// phase | what happens                                                                        | here
// U     | topic znode with adding and removing replicas; what is in no list any more goes     | begin
// A1    | leader epoch raised, LeaderAndIsr to every replica, old and new                     | RaiseLeaderEpochStep
// A2    | adding replicas are NewReplica: LeaderAndIsr tells them so                          | RaiseLeaderEpochStep
// A3    | wait until every replica of the target is in the ISR                                | plan_completed_reassignments
// B1    | adding replicas are OnlineReplica: sends nothing after NewReplica                   |
// B2    | replicas = target, in memory                                                        | complete
// B3    | leader elected if it is not in the target or not alive, else its epoch raised       | ElectLeadersStep
// B4    | removing replicas are OfflineReplica: StopReplica, out of the ISR                   | RemoveReplicaFromIsrStep
// B5    | removing replicas are NonExistentReplica: StopReplica deletes their logs            | DeleteReplicasStep
// B6-B8 | topic znode with the target alone; UpdateMetadata to all; deletion of the topic may go on | FinishReassignmentStep
#include <algorithm>
#include <set>

#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/request_batch.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::controller {
namespace {

/// What /brokers/topics/T is to say, with `wanted` for one partition.
StepOutcome write_topic(Ctx& ctx, Broker& broker, TopicPartition partition, const ReplicaAssignment& wanted) {
  const ControllerContext& context = broker.controller.context;
  ZnodeData data;
  for (const TopicPartition sibling : context.partitions_of(partition.topic)) {
    const ReplicaAssignment assignment = sibling == partition ? wanted : context.partitions.at(sibling).assignment();
    data.assignment.push_back(assignment.replicas);
    if (assignment.is_being_reassigned()) {
      data.reassignments.push_back({sibling.partition, assignment.adding, assignment.removing});
    }
  }
  const std::string& name = ctx.registry().topics.at(static_cast<std::size_t>(partition.topic.value)).name;
  return ask(ctx, broker,
             {{guard(ctx, broker), zk::set_data(zk::topic_path(name), std::move(data), ZnodeVersion{-1})}});
}

/// Source: KafkaController.validateReplicas.
bool is_valid_target(const ControllerContext& context, const ReplicaAssignment& current,
                     const std::vector<BrokerId>& target) {
  const std::set<BrokerId> distinct(target.begin(), target.end());
  if (target.empty() || distinct.size() != target.size()) {
    return false;
  }
  const std::vector<BrokerId> adding = current.reassign_to(target).adding;
  return std::all_of(adding.begin(), adding.end(), [&](BrokerId broker) { return context.is_live(broker); });
}

/// NONE: the reassignment may begin. The order is Kafka's.
ErrorCode refusal(const ControllerContext& context, const AlterPartitionReassignmentsRequest& request) {
  const ControllerPartition* entry = context.partitions.get(request.partition);
  const ReplicaAssignment current = entry != nullptr ? entry->assignment() : ReplicaAssignment{};
  if (request.replicas && !is_valid_target(context, current, *request.replicas)) {
    return ErrorCode::INVALID_REPLICA_ASSIGNMENT;
  }
  if (!request.replicas && !current.is_being_reassigned()) {
    return ErrorCode::NO_REASSIGNMENT_IN_PROGRESS;
  }
  const bool is_there = entry != nullptr && !context.deletion.is_queued(request.partition.topic);
  return is_there ? ErrorCode::NONE : ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
}

/// Offline, then deleted: these brokers leave the ISR, stop, and delete the log. Plans steps.
void plan_removal(Broker& broker, TopicPartition partition, const std::vector<BrokerId>& replicas) {
  DeleteReplicasStep deletion;
  for (const BrokerId replica : replicas) {
    deletion.replicas.push_back({partition, replica});
  }
  plan_next(broker, std::move(deletion));
  for (auto replica = replicas.rbegin(); replica != replicas.rend(); ++replica) {
    RemoveReplicaFromIsrStep removal;
    removal.broker = *replica;
    removal.partitions = {partition};
    plan_next(broker, std::move(removal));
  }
}

/// The znode is written: takes the assignment over. What an overridden or cancelled reassignment was adding goes at once.
void begin(Ctx& ctx, Broker& broker, ReassignPartitionStep& step) {
  ControllerPartition& entry = broker.controller.context.partitions.at(step.partition);
  const ReplicaAssignment before = entry.assignment();
  entry.set_assignment(step.assignment);
  if (step.assignment.is_being_reassigned()) {
    note_reassignment(ctx, step.partition, ReassignmentStep::kStarted, step.assignment.target(),
                      step.assignment.origin());
  } else if (before.is_being_reassigned()) {
    step.cancelled = before.target();
  }
  plan_next(broker, step);
  const std::vector<BrokerId> unneeded = difference(before.replicas, step.assignment.replicas);
  if (!unneeded.empty()) {
    plan_removal(broker, step.partition, unneeded);
  }
}

/// Whether every replica of the target is in sync. Source: KafkaController.isReassignmentComplete.
bool is_complete(Ctx& ctx, const ReplicaAssignment& assignment, const std::optional<PartitionState>& state) {
  if (!assignment.is_being_reassigned() || ctx.registry().planted_bug == PlantedBug::kReassignBeforeInSync) {
    return true;
  }
  return state && difference(assignment.target(), state->isr).empty();
}

/// Phase B.
void complete(Broker& broker, const ReassignPartitionStep& step, const std::optional<PartitionState>& state) {
  ControllerContext& context = broker.controller.context;
  const std::vector<BrokerId> target = step.assignment.target();
  context.partitions.at(step.partition).set_assignment({target, {}, {}});
  FinishReassignmentStep finish;
  finish.partition = step.partition;
  finish.before = step.assignment;
  finish.cancelled = step.cancelled;
  plan_next(broker, std::move(finish));
  if (!step.assignment.removing.empty()) {
    plan_removal(broker, step.partition, step.assignment.removing);
  }
  const bool may_lead =
      state && std::find(target.begin(), target.end(), state->leader) != target.end() && context.is_live(state->leader);
  if (may_lead) {
    RaiseLeaderEpochStep raise;
    raise.partition = step.partition;
    plan_next(broker, std::move(raise));
  } else {
    ElectLeadersStep elect;
    elect.strategy = ElectionStrategy::kReassign;
    elect.partitions = {step.partition};
    plan_next(broker, std::move(elect));
  }
}

StepOutcome raise_and_write(Ctx& ctx, Broker& broker, RaiseLeaderEpochStep& step) {
  step.before.clear();
  step.states.clear();
  if (const std::optional<PartitionState> current = state_read(broker, 0, step.partition)) {
    step.before.push_back(*current);
    step.states.push_back(*current);
    ++step.states.back().leader_epoch;
  }
  return write_states(ctx, broker, step.states);
}

void tell_replicas(Ctx& ctx, Broker& broker, const RaiseLeaderEpochStep& step) {
  RequestBatch all(broker);
  for (const BrokerId replica : broker.controller.context.partitions.at(step.partition).replicas) {
    all.add_leader_and_isr(replica, step.partition, false);
  }
  all.send(ctx);
  RequestBatch fresh(broker);
  for (const BrokerId replica : step.new_replicas) {
    fresh.add_leader_and_isr(replica, step.partition, true);
  }
  fresh.send(ctx);
}

}  // namespace

void note_reassignment(Ctx& ctx, TopicPartition partition, ReassignmentStep what, const std::vector<BrokerId>& now,
                       const std::vector<BrokerId>& before) {
  Note note;
  note.kind = NoteKind::kPartitionReassigned;
  note.partition = partition;
  note.a = static_cast<std::int64_t>(what);
  note.brokers = ctx.registry().broker_set(now);
  note.before = ctx.registry().broker_set(before);
  ctx.note(note);
}

StepOutcome run(Ctx& ctx, Broker& broker, AlterReassignmentStep& step) {
  const ControllerContext& context = broker.controller.context;
  const AlterPartitionReassignmentsRequest& request = step.event.request;
  const ErrorCode error = refusal(context, request);
  if (error != ErrorCode::NONE) {
    send_response(ctx, step.event.caller.from, step.event.caller.correlation_id,
                  AlterPartitionReassignmentsResponse{request.partition, error});
    return StepOutcome::kDone;
  }
  const ReplicaAssignment current = context.partitions.at(request.partition).assignment();
  ReassignPartitionStep reassign;
  reassign.partition = request.partition;
  reassign.assignment = current.reassign_to(request.replicas ? *request.replicas : current.origin());
  plan_next(broker, AnswerReassignmentStep{step.event});
  plan_next(broker, std::move(reassign));
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, ReassignPartitionStep& step) {
  enum { kStart, kWritten, kBegun, kRead };
  ControllerPartition* entry = broker.controller.context.partitions.get(step.partition);
  if (entry == nullptr) {
    return StepOutcome::kDone;  // The topic was deleted.
  }
  if (step.phase == kStart && entry->assignment() != step.assignment) {
    step.phase = kWritten;
    return write_topic(ctx, broker, step.partition, step.assignment);
  }
  if (step.phase == kWritten) {
    if (!resigned_by_guard(ctx, broker)) {
      step.phase = kBegun;
      begin(ctx, broker, step);
    }
    return StepOutcome::kDone;
  }
  if (step.phase != kRead) {
    step.phase = kRead;
    return read_states(ctx, broker, {step.partition});
  }
  const std::optional<PartitionState> state = state_read(broker, 0, step.partition);
  if (is_complete(ctx, step.assignment, state)) {
    complete(broker, step, state);
  } else if (!step.only_completes) {
    RaiseLeaderEpochStep raise;
    raise.partition = step.partition;
    raise.new_replicas = step.assignment.adding;
    plan_next(broker, std::move(raise));
  }
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, RaiseLeaderEpochStep& step) {
  switch (step.phase) {
    case 0: step.phase = 1; return read_states(ctx, broker, {step.partition});
    case 1: step.phase = 2; return raise_and_write(ctx, broker, step);
    default: break;
  }
  if (resigned_by_guard(ctx, broker)) {
    return StepOutcome::kDone;
  }
  if (step.states.empty()) {
    return StepOutcome::kDone;
  }
  const WriteOutcome outcome = write_outcome(broker, 0);
  if (outcome == WriteOutcome::kBadVersion && ++step.rounds < kMaxRounds) {
    step.phase = 1;
    return read_states(ctx, broker, {step.partition});
  }
  if (outcome == WriteOutcome::kWritten) {
    adopt_written(ctx, broker, 0, step.before.front(), step.states.front(), std::nullopt);
    tell_replicas(ctx, broker, step);
  }
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, FinishReassignmentStep& step) {
  ControllerContext& context = broker.controller.context;
  const ReplicaAssignment after{step.before.target(), {}, {}};
  if (step.phase == 0) {
    step.phase = 1;
    return write_topic(ctx, broker, step.partition, after);
  }
  if (resigned_by_guard(ctx, broker)) {
    return StepOutcome::kDone;
  }
  if (step.before.is_being_reassigned()) {
    note_reassignment(ctx, step.partition, ReassignmentStep::kCompleted, after.replicas, step.before.origin());
  } else if (!step.cancelled.empty()) {
    note_reassignment(ctx, step.partition, ReassignmentStep::kCancelled, after.replicas, step.cancelled);
  }
  RequestBatch batch(broker);
  batch.add_update_metadata(step.partition);
  batch.send(ctx);
  if (context.deletion.is_queued(step.partition.topic)) {
    context.deletion.resume({step.partition.topic});
    plan_last(broker, ResumeDeletionsStep{});
  }
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker&, AnswerReassignmentStep& step) {
  send_response(ctx, step.event.caller.from, step.event.caller.correlation_id,
                AlterPartitionReassignmentsResponse{step.event.request.partition, ErrorCode::NONE});
  return StepOutcome::kDone;
}

void plan_resumed_reassignments(Broker& broker, const std::vector<TopicPartition>& partitions) {
  for (const TopicPartition partition : partitions) {
    const ReplicaAssignment assignment = broker.controller.context.partitions.at(partition).assignment();
    if (assignment.is_being_reassigned()) {
      plan_last(broker, ReassignPartitionStep{partition, assignment, false, {}, 0});
    }
  }
}

void plan_completed_reassignments(Broker& broker, const std::vector<TopicPartition>& partitions) {
  for (const TopicPartition partition : partitions) {
    const ControllerPartition* entry = broker.controller.context.partitions.get(partition);
    if (entry != nullptr && entry->assignment().is_being_reassigned()) {
      plan_last(broker, ReassignPartitionStep{partition, entry->assignment(), true, {}, 0});
    }
  }
}

}  // namespace kscope::sim::controller
