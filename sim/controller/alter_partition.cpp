// AlterPartition: a leader asks for another ISR (KIP-497). Only the controller writes it, so leader and controller never
// disagree for long, and nobody becomes leader who is not in the ISR that acknowledgements wait for.
// Source: Kafka 3.9 KafkaController.tryProcessAlterPartition.
#include <algorithm>

#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/request_batch.h"

namespace kscope::sim::controller {
namespace {

AlterPartitionResult accepted(const PartitionState& state) {
  return {state.partition, ErrorCode::NONE, state.leader, state.leader_epoch, state.partition_epoch, state.isr};
}

bool is_same_set(std::vector<BrokerId> x, std::vector<BrokerId> y) {
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  return x == y;
}

/// Whether every broker that is new in the ISR is alive: one that is gone or shutting down would be elected in vain.
bool are_additions_eligible(const ControllerContext& context, const PartitionState& current,
                            const std::vector<BrokerId>& isr) {
  return std::all_of(isr.begin(), isr.end(), [&](BrokerId member) {
    return std::find(current.isr.begin(), current.isr.end(), member) != current.isr.end() || context.is_live(member);
  });
}

/// Whether every member is in the life in which its leader heard of it (KIP-903). Members whose epoch is not told pass.
bool are_of_this_life(const ControllerContext& context, const AlterPartitionItem& item) {
  for (std::size_t i = 0; i < item.new_isr_epochs.size(); ++i) {
    const LiveBroker* live = context.brokers.get(item.new_isr[i]);
    const bool is_told = item.new_isr_epochs[i].value >= 0;
    if (is_told && (live == nullptr || live->epoch != item.new_isr_epochs[i])) {
      return false;
    }
  }
  return true;
}

/// The tests in Kafka's order. NONE: it may be written, or is already so.
ErrorCode refusal(const ControllerContext& context, const AlterPartitionItem& item, const ProtocolRules& rules,
                  PlantedBug bug) {
  const ControllerPartition* entry = context.partitions.get(item.partition);
  if (entry == nullptr || !entry->leadership) {
    return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  }
  const PartitionState& current = *entry->leadership;
  if (item.partition_epoch > current.partition_epoch || item.leader_epoch > current.leader_epoch) {
    return ErrorCode::
        NOT_CONTROLLER;  // The leader knows more: this controller is probably one no longer (KAFKA-14154).
  }
  if (item.leader_epoch < current.leader_epoch) {
    return ErrorCode::FENCED_LEADER_EPOCH;
  }
  if (is_same_set(item.new_isr, current.isr)) {
    return ErrorCode::NONE;  // Done before, and the answer was lost (KAFKA-14144).
  }
  if (item.partition_epoch != current.partition_epoch && bug != PlantedBug::kIgnorePartitionEpochs) {
    return ErrorCode::INVALID_UPDATE_VERSION;
  }
  const bool is_alive = rules.is_old(Rule::kKip841) || are_additions_eligible(context, current, item.new_isr);
  const bool is_of_this_life =
      rules.is_old(Rule::kKip903) || bug == PlantedBug::kIgnoreBrokerEpochs || are_of_this_life(context, item);
  const bool is_eligible = is_alive && is_of_this_life;
  return is_eligible ? ErrorCode::NONE : ErrorCode::INELIGIBLE_REPLICA;
}

StepOutcome check_and_write(Ctx& ctx, Broker& broker, AlterPartitionStep& step) {
  const ControllerContext& context = broker.controller.context;
  const AlterPartitionRequest& request = step.event.request;
  const LiveBroker* asker = context.brokers.get(request.broker);
  if (asker == nullptr || asker->epoch != request.broker_epoch) {
    step.response.error = ErrorCode::STALE_BROKER_EPOCH;
    return ask(ctx, broker, {});
  }
  const PlantedBug bug = ctx.registry().planted_bug;
  for (const AlterPartitionItem& item : request.partitions) {
    const ErrorCode error = refusal(context, item, ctx.registry().rules, bug);
    if (error != ErrorCode::NONE) {
      AlterPartitionResult result;
      result.partition = item.partition;
      result.error = error;
      step.response.partitions.push_back(std::move(result));
      continue;
    }
    const PartitionState& current = *context.partitions.at(item.partition).leadership;
    if (is_same_set(item.new_isr, current.isr)) {
      step.response.partitions.push_back(accepted(current));
      continue;
    }
    PartitionState state = current;
    state.isr = item.new_isr;  // The leader epoch stays: only the controller's own changes raise it.
    if (bug == PlantedBug::kControllerExpandsIsr && item.new_isr.size() > current.isr.size()) {
      state.isr = context.live_replicas(context.partitions.at(item.partition));
    }
    step.before.push_back(current);
    step.states.push_back(std::move(state));
  }
  return write_states(ctx, broker, step.states);
}

void note_refusals(Ctx& ctx, const AlterPartitionResponse& response, std::uint16_t kind) {
  const auto tell = [&](TopicPartition partition, ErrorCode error) {
    Note note;
    note.kind = NoteKind::kRequestRefused;
    note.partition = partition;
    note.a = kind;
    note.b = static_cast<std::int64_t>(error);
    ctx.note(note);
  };
  if (response.error != ErrorCode::NONE) {
    tell(TopicPartition{}, response.error);
  }
  for (const AlterPartitionResult& result : response.partitions) {
    if (result.error != ErrorCode::NONE) {
      tell(result.partition, result.error);
    }
  }
}

/// Takes over what was written. What had a bad version stays in `states`: perhaps it was this very write, asked for twice
/// because the first answer was lost; the znode will tell.
void adopt(Ctx& ctx, Broker& broker, AlterPartitionStep& step) {
  std::vector<PartitionState> unclear;
  for (std::size_t i = 0; i < step.states.size(); ++i) {
    if (write_outcome(broker, i) == WriteOutcome::kWritten) {
      adopt_written(ctx, broker, i, step.before[i], step.states[i], std::nullopt);
      step.changed.push_back(step.states[i].partition);
    } else {
      unclear.push_back(step.states[i]);
    }
  }
  step.states = std::move(unclear);
}

/// The znodes of the unclear ones were read: the context follows them.
void settle(Broker& broker, AlterPartitionStep& step) {
  for (std::size_t i = 0; i < step.states.size(); ++i) {
    const PartitionState& wanted = step.states[i];
    const std::optional<PartitionState> found = state_read(broker, i, wanted.partition);
    if (found) {
      broker.controller.context.partitions.at(wanted.partition).leadership = *found;
    }
    if (found && found->leader_epoch == wanted.leader_epoch && is_same_set(found->isr, wanted.isr)) {
      step.changed.push_back(wanted.partition);
      continue;
    }
    AlterPartitionResult result;
    result.partition = wanted.partition;
    result.error = ErrorCode::INVALID_UPDATE_VERSION;
    step.response.partitions.push_back(std::move(result));
  }
}

void answer(Ctx& ctx, Broker& broker, AlterPartitionStep& step) {
  RequestBatch batch(broker);
  for (const TopicPartition partition : step.changed) {
    step.response.partitions.push_back(accepted(*broker.controller.context.partitions.at(partition).leadership));
    batch.add_update_metadata(partition);
  }
  // MODEL: a leader whose partition epoch is behind hears the current state at once, and takes it over though its leader
  // epoch is the same. Kafka leaves it waiting for the next leader epoch.
  for (const AlterPartitionResult& result : step.response.partitions) {
    if (result.error == ErrorCode::INVALID_UPDATE_VERSION) {
      batch.add_leader_and_isr(step.event.request.broker, result.partition, false);
    }
  }
  note_refusals(ctx, step.response, Message{0, AlterPartitionRequest{}}.kind());
  send_response(ctx, step.event.caller.from, step.event.caller.correlation_id, step.response);
  batch.send(ctx);
  plan_completed_reassignments(broker, step.changed);
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, AlterPartitionStep& step) {
  if (step.phase == 0) {
    step.phase = 1;
    return check_and_write(ctx, broker, step);
  }
  if (step.phase == 1) {
    if (resigned_by_guard(ctx, broker)) {
      return StepOutcome::kDone;
    }
    adopt(ctx, broker, step);
    if (!step.states.empty()) {
      step.phase = 2;
      std::vector<TopicPartition> unclear;
      for (const PartitionState& state : step.states) {
        unclear.push_back(state.partition);
      }
      return read_states(ctx, broker, unclear);
    }
  } else {
    settle(broker, step);
  }
  answer(ctx, broker, step);
  return StepOutcome::kDone;
}

}  // namespace kscope::sim::controller
