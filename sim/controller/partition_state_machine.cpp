// Leaders of existing partitions. Source: Kafka 3.9 ZkPartitionStateMachine.doElectLeaderForPartitions.
//
// from    | event                         | to      | effects
// New     | first leader and ISR written  | Online  | LeaderAndIsr, UpdateMetadata (topic_changes.cpp)
// Online  | leader's broker gone          | Offline |
// Offline | leader elected and written    | Online  | LeaderAndIsr to live replicas, UpdateMetadata to all
// Offline | nobody may lead               | Offline | tried again when a broker comes
// Online  | preferred, controlled shutdown | Online | as above
#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/request_batch.h"

namespace kscope::sim::controller {
namespace {

bool allows_unclean(Ctx& ctx, TopicPartition partition) {
  return ctx.registry().topic_config(partition.topic, ctx.self()).unclean_leader_election_enable;
}

/// What an ElectLeaders request is told about a partition; other elections answer nobody.
void record_result(Broker& broker, TopicPartition partition, ErrorCode error) {
  Controller& controller = broker.controller;
  if (controller.current && std::holds_alternative<ReplicaLeaderElectionEvent>(*controller.current)) {
    controller.election_results.push_back({partition, error});
  }
}

ErrorCode nobody_elected(ElectionStrategy strategy) {
  return strategy == ElectionStrategy::kPreferred ? ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE
                                                  : ErrorCode::ELIGIBLE_LEADERS_NOT_AVAILABLE;
}

std::int64_t reason_of(ElectionStrategy strategy, bool is_unclean) {
  if (is_unclean) {
    return kUncleanElection;
  }
  switch (strategy) {
    case ElectionStrategy::kOffline:
    case ElectionStrategy::kUnclean: return kCleanElection;
    case ElectionStrategy::kPreferred: return kPreferredElection;
    case ElectionStrategy::kControlledShutdown: return kControlledShutdownElection;
    case ElectionStrategy::kReassign: return kReassignmentElection;
  }
  return kCleanElection;
}

/// Planted: what a tired programmer makes of the outcome of an election.
void spoil(const ControllerContext& context, PlantedBug bug, ElectionStrategy strategy, const PartitionState& current,
           ElectionOutcome& outcome) {
  if (bug == PlantedBug::kLeaderEpochNotRaised) {
    outcome.state.leader_epoch = current.leader_epoch;
  } else if (bug == PlantedBug::kIsrOutsideReplicas) {
    outcome.state.isr.clear();
    for (const auto& [id, live] : context.brokers) {
      outcome.state.isr.push_back(id);
    }
  } else if (bug == PlantedBug::kElectShuttingDown && strategy == ElectionStrategy::kControlledShutdown) {
    outcome.state.leader = current.leader;
    outcome.state.isr = current.isr;
  }
}

/// Planted: the first live replica leads, and the ISR stays as it was.
std::optional<ElectionOutcome> elect_outside_isr(const ControllerContext& context, const PartitionState& current) {
  for (const BrokerId replica : current.replicas) {
    if (context.is_live(replica)) {
      ElectionOutcome outcome{current, false};
      outcome.state.leader = replica;
      ++outcome.state.leader_epoch;
      return outcome;
    }
  }
  return std::nullopt;
}

std::optional<ElectionOutcome> elect(Ctx& ctx, const Broker& broker, const ElectLeadersStep& step,
                                     const PartitionState& current) {
  const ControllerContext& context = broker.controller.context;
  if (ctx.registry().planted_bug == PlantedBug::kElectOutsideIsr && step.strategy == ElectionStrategy::kOffline) {
    return elect_outside_isr(context, current);
  }
  const PlantedBug bug = ctx.registry().planted_bug;
  const bool allow_unclean = allows_unclean(ctx, current.partition) || bug == PlantedBug::kUncleanWithoutLeave;
  std::optional<ElectionOutcome> outcome = elect_leader(step.strategy, context, current, allow_unclean);
  if (outcome) {
    spoil(context, bug, step.strategy, current, *outcome);
  }
  return outcome;
}

/// Tells observers why nobody was elected.
void note_failure(Ctx& ctx, const Broker& broker, ElectionStrategy strategy, const PartitionState& current) {
  if (current.replicas.empty()) {
    return;
  }
  std::vector<BrokerId> live;
  for (const BrokerId replica : current.replicas) {
    if (broker.controller.context.is_live(replica)) {
      live.push_back(replica);
    }
  }
  Note note;
  note.kind = NoteKind::kElectionFailed;
  note.partition = current.partition;
  note.broker = current.replicas.front();
  note.brokers = ctx.registry().broker_set(live);
  note.before = ctx.registry().broker_set(current.isr);
  note.a = note.brokers.size();
  note.b = static_cast<std::int64_t>(strategy);
  note.c = note.before.size();
  ctx.note(note);
}

StepOutcome elect_and_write(Ctx& ctx, Broker& broker, ElectLeadersStep& step) {
  step.before.clear();
  step.states.clear();
  step.is_unclean.clear();
  for (std::size_t i = 0; i < step.partitions.size(); ++i) {
    const TopicPartition partition = step.partitions[i];
    const std::optional<PartitionState> current = state_read(broker, i, partition);
    const std::optional<ElectionOutcome> outcome = current ? elect(ctx, broker, step, *current) : std::nullopt;
    if (!outcome) {
      if (current) {
        note_failure(ctx, broker, step.strategy, *current);
      }
      record_result(broker, partition, nobody_elected(step.strategy));
      continue;
    }
    step.before.push_back(*current);
    step.states.push_back(outcome->state);
    step.is_unclean.push_back(outcome->is_unclean);
  }
  return write_states(ctx, broker, step.states);
}

/// Takes over what was written; what had a bad version is left in `partitions` for the next round.
void adopt(Ctx& ctx, Broker& broker, ElectLeadersStep& step) {
  step.partitions.clear();
  for (std::size_t i = 0; i < step.states.size(); ++i) {
    const TopicPartition partition = step.states[i].partition;
    switch (write_outcome(broker, i)) {
      case WriteOutcome::kWritten:
        adopt_written(ctx, broker, i, step.before[i], step.states[i], reason_of(step.strategy, step.is_unclean[i]));
        step.elected.push_back(partition);
        record_result(broker, partition, ErrorCode::NONE);
        break;
      case WriteOutcome::kBadVersion: step.partitions.push_back(partition); break;
      case WriteOutcome::kFailed: record_result(broker, partition, ErrorCode::UNKNOWN_SERVER_ERROR); break;
    }
  }
}

void tell_brokers(Ctx& ctx, Broker& broker, const ElectLeadersStep& step) {
  RequestBatch batch(broker);
  const ControllerContext& context = broker.controller.context;
  const bool also_shutting_down = step.strategy == ElectionStrategy::kControlledShutdown;
  for (const TopicPartition partition : step.elected) {
    for (const BrokerId replica : context.partitions.at(partition).replicas) {
      if (context.is_live(replica) || (also_shutting_down && context.is_live_or_shutting_down(replica))) {
        batch.add_leader_and_isr(replica, partition, false);
      }
    }
  }
  batch.send(ctx);
}

/// Answers that no election stands behind. Who asks for all partitions means those that need it.
void note_refusals(Ctx& ctx, const ElectLeadersResponse& response) {
  for (const ElectLeadersResult& result : response.partitions) {
    const bool is_idle = result.error == ErrorCode::ELECTION_NOT_NEEDED && response.partitions.size() == 1;
    if (is_idle || result.error == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) {
      Note note;
      note.kind = NoteKind::kRequestRefused;
      note.partition = result.partition;
      note.a = Message{0, ElectLeadersRequest{}}.kind();
      note.b = static_cast<std::int64_t>(result.error);
      ctx.note(note);
    }
  }
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, ElectLeadersStep& step) {
  switch (step.phase) {
    case 0: step.phase = 1; return read_states(ctx, broker, step.partitions);
    case 1: step.phase = 2; return elect_and_write(ctx, broker, step);
    default: break;
  }
  if (resigned_by_guard(ctx, broker)) {
    return StepOutcome::kDone;
  }
  adopt(ctx, broker, step);
  if (!step.partitions.empty() && ++step.rounds < kMaxRounds) {
    step.phase = 1;
    return read_states(ctx, broker, step.partitions);
  }
  tell_brokers(ctx, broker, step);
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, AnswerElectionStep& step) {
  ElectLeadersResponse response;
  response.partitions = std::move(broker.controller.election_results);
  broker.controller.election_results.clear();
  note_refusals(ctx, response);
  send_response(ctx, step.caller.from, step.caller.correlation_id, std::move(response));
  return StepOutcome::kDone;
}

}  // namespace kscope::sim::controller
