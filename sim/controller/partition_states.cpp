// State znodes: reading, guarded writing, taking over what was written. Source: Kafka 3.9 KafkaZkClient.updateLeaderAndIsr,
// ZkPartitionStateMachine.
#include "engine/core/check.h"
#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::controller {
namespace {

std::string state_path(Ctx& ctx, TopicPartition partition) {
  return zk::partition_state_path(ctx.registry().topics.at(static_cast<std::size_t>(partition.topic.value)).name,
                                  partition.partition);
}

void note_isr(Ctx& ctx, const PartitionState& before, const PartitionState& state) {
  Note note;
  note.kind = NoteKind::kIsrChanged;
  note.partition = state.partition;
  note.brokers = ctx.registry().broker_set(state.isr);
  note.b = state.partition_epoch.value;
  note.before = ctx.registry().broker_set(before.isr);
  ctx.note(note);
}

void note_leader(Ctx& ctx, const PartitionState& before, const PartitionState& state, std::int64_t reason) {
  Note note;
  note.kind = NoteKind::kLeaderElected;
  note.partition = state.partition;
  note.broker = state.leader;
  note.a = state.leader_epoch.value;
  note.b = reason;
  note.c = before.leader.value;
  ctx.note(note);
}

}  // namespace

StepOutcome read_states(Ctx& ctx, Broker& broker, const std::vector<TopicPartition>& partitions) {
  std::vector<ZkOperation> reads;
  reads.reserve(partitions.size());
  for (const TopicPartition partition : partitions) {
    reads.push_back(zk::get_data(state_path(ctx, partition)));
  }
  return ask_reads(ctx, broker, std::move(reads));
}

std::optional<PartitionState> state_read(const Broker& broker, std::size_t index, TopicPartition partition) {
  const ZkResult& result = broker.controller.replies.at(0).results.at(index);
  if (result.code != ZkCode::kOk || result.data.state.controller_epoch > broker.controller.context.epoch) {
    return std::nullopt;
  }
  PartitionState state = result.data.state;
  state.partition = partition;
  state.partition_epoch = PartitionEpoch{result.version.value};
  if (const ControllerPartition* entry = broker.controller.context.partitions.get(partition); entry != nullptr) {
    state.replicas = entry->replicas;
  }
  return state;
}

StepOutcome write_states(Ctx& ctx, Broker& broker, std::vector<PartitionState>& states) {
  Requests requests;
  for (PartitionState& state : states) {
    state.controller_epoch = broker.controller.context.epoch;
    ZnodeData data;
    data.state = state;
    requests.push_back({guard(ctx, broker), zk::set_data(state_path(ctx, state.partition), std::move(data),
                                                         ZnodeVersion{state.partition_epoch.value})});
  }
  return ask(ctx, broker, std::move(requests));
}

WriteOutcome write_outcome(const Broker& broker, std::size_t index) {
  const ZkCode code = broker.controller.replies.at(index).code;
  if (code == ZkCode::kOk) {
    return WriteOutcome::kWritten;
  }
  return code == ZkCode::kBadVersion ? WriteOutcome::kBadVersion : WriteOutcome::kFailed;
}

void adopt_written(Ctx& ctx, Broker& broker, std::size_t index, const PartitionState& before, PartitionState state,
                   std::optional<std::int64_t> leader_reason) {
  state.partition_epoch = PartitionEpoch{broker.controller.replies.at(index).results.back().version.value};
  ControllerPartition& entry = broker.controller.context.partitions.at(state.partition);
  if (!broker.controller.context.deletion.is_queued(state.partition.topic)) {
    note_isr(ctx, before, state);
    if (leader_reason) {
      note_leader(ctx, before, state, *leader_reason);
    }
  }
  entry.phase = broker.controller.context.is_live_or_shutting_down(state.leader) ? PartitionPhase::kOnline
                                                                                 : PartitionPhase::kOffline;
  entry.leadership = std::move(state);
}

void note_found(Ctx& ctx, const PartitionState& state) {
  note_isr(ctx, state, state);
  note_leader(ctx, state, state, kFoundByNewController);
}

void plan_online_partitions(Broker& broker) {
  const ControllerContext& context = broker.controller.context;
  const std::vector<TopicPartition> offline = context.partitions_in(PartitionPhase::kOffline);
  const std::vector<TopicPartition> fresh = context.partitions_in(PartitionPhase::kNew);
  if (!offline.empty()) {
    ElectLeadersStep elect;
    elect.partitions = offline;
    plan_next(broker, std::move(elect));
  }
  if (!fresh.empty()) {
    InitializePartitionsStep initialize;
    initialize.partitions = fresh;
    plan_next(broker, std::move(initialize));
  }
}

}  // namespace kscope::sim::controller
