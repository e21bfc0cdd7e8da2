// Replicas that go offline leave the ISR; a broker that shuts down is let go. Source: Kafka 3.9 ZkReplicaStateMachine
// (OfflineReplica), KafkaController.doControlledShutdown.
#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/request_batch.h"

namespace kscope::sim::controller {
namespace {

StepOutcome remove_and_write(Ctx& ctx, Broker& broker, RemoveReplicaFromIsrStep& step) {
  step.before.clear();
  step.states.clear();
  for (std::size_t i = 0; i < step.partitions.size(); ++i) {
    const std::optional<PartitionState> current = state_read(broker, i, step.partitions[i]);
    if (!current) {
      continue;
    }
    if (std::optional<PartitionState> state = remove_from_isr(*current, step.broker)) {
      step.before.push_back(*current);
      step.states.push_back(*std::move(state));
    } else {
      broker.controller.context.partitions.at(step.partitions[i]).leadership = *current;
      step.done.push_back(step.partitions[i]);
    }
  }
  return write_states(ctx, broker, step.states);
}

void adopt(Ctx& ctx, Broker& broker, RemoveReplicaFromIsrStep& step) {
  step.partitions.clear();
  for (std::size_t i = 0; i < step.states.size(); ++i) {
    const PartitionState& before = step.before[i];
    const PartitionState& state = step.states[i];
    const WriteOutcome outcome = write_outcome(broker, i);
    if (outcome == WriteOutcome::kWritten) {
      const bool lost_leader = before.leader != state.leader;
      adopt_written(ctx, broker, i, before, state, lost_leader ? std::optional(kCleanElection) : std::nullopt);
      step.done.push_back(state.partition);
    } else if (outcome == WriteOutcome::kBadVersion) {
      step.partitions.push_back(state.partition);
    }
  }
}

void tell_brokers(Ctx& ctx, Broker& broker, const RemoveReplicaFromIsrStep& step) {
  RequestBatch batch(broker);
  const ControllerContext& context = broker.controller.context;
  for (const TopicPartition partition : step.done) {
    batch.add_stop_replica(step.broker, partition);
    for (const BrokerId replica : context.partitions.at(partition).replicas) {
      if (replica != step.broker && !context.deletion.is_queued(partition.topic)) {
        batch.add_leader_and_isr(replica, partition, false);
      }
    }
    batch.add_update_metadata(partition);
  }
  batch.send(ctx);
}

void answer_shutdown(Ctx& ctx, const ControllerCaller& caller, ControlledShutdownResponse response) {
  send_response(ctx, caller.from, caller.correlation_id, std::move(response));
}

/// Why the broker may not shut down through this controller; NONE if it may.
ErrorCode refusal(const ControllerContext& context, const ControlledShutdownRequest& request,
                  const ProtocolRules& rules) {
  const LiveBroker* known = context.brokers.get(request.broker);
  if (known == nullptr) {
    return ErrorCode::BROKER_NOT_AVAILABLE;
  }
  const bool is_old =
      request.broker_epoch.value >= 0 && request.broker_epoch < known->epoch && !rules.is_old(Rule::kKip380);
  return is_old ? ErrorCode::STALE_BROKER_EPOCH : ErrorCode::NONE;
}

/// Replicated partitions that the broker leads; a partition without other replicas is given up with it.
std::vector<TopicPartition> replicated_partitions(const ControllerContext& context, BrokerId broker, bool led) {
  std::vector<TopicPartition> found;
  for (const TopicPartition partition : context.partitions_on(broker)) {
    const ControllerPartition& entry = context.partitions.at(partition);
    const bool is_staying = !context.deletion.is_queued(partition.topic);
    if (is_staying && entry.replicas.size() > 1 && entry.leadership && (entry.leadership->leader == broker) == led) {
      found.push_back(partition);
    }
  }
  return found;
}

void move_leadership(Broker& broker, ControlledShutdownStep& step) {
  ControllerContext& context = broker.controller.context;
  const BrokerId leaving = step.event.request.broker;
  context.shutting_down.insert(leaving);
  step.followed = replicated_partitions(context, leaving, false);
  step.phase = 1;
  ElectLeadersStep elect;
  elect.strategy = ElectionStrategy::kControlledShutdown;
  elect.partitions = replicated_partitions(context, leaving, true);
  plan_next(broker, step);
  plan_next(broker, std::move(elect));
}

void stop_followers(Ctx& ctx, Broker& broker, ControlledShutdownStep& step) {
  const BrokerId leaving = step.event.request.broker;
  RequestBatch batch(broker);
  for (const TopicPartition partition : step.followed) {
    batch.add_stop_replica(leaving, partition);
  }
  batch.send(ctx);
  step.phase = 2;
  RemoveReplicaFromIsrStep removal;
  removal.broker = leaving;
  removal.partitions = step.followed;
  plan_next(broker, step);
  plan_next(broker, std::move(removal));
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, RemoveReplicaFromIsrStep& step) {
  switch (step.phase) {
    case 0: step.phase = 1; return read_states(ctx, broker, step.partitions);
    case 1: step.phase = 2; return remove_and_write(ctx, broker, step);
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

StepOutcome run(Ctx& ctx, Broker& broker, ControlledShutdownStep& step) {
  const ControlledShutdownRequest& request = step.event.request;
  if (step.phase == 0) {
    const ErrorCode error = refusal(broker.controller.context, request, ctx.registry().rules);
    if (error != ErrorCode::NONE) {
      answer_shutdown(ctx, step.event.caller, {error, {}});
    } else {
      move_leadership(broker, step);
    }
  } else if (step.phase == 1) {
    stop_followers(ctx, broker, step);
  } else {
    answer_shutdown(ctx, step.event.caller,
                    {ErrorCode::NONE, replicated_partitions(broker.controller.context, request.broker, true)});
  }
  return StepOutcome::kDone;
}

}  // namespace kscope::sim::controller
