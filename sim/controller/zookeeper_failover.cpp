// Becoming the controller, and what a new controller does first. Source: Kafka 3.9 KafkaController.elect,
// KafkaZkClient.registerControllerAndIncrementControllerEpoch, KafkaController.onControllerFailover.
#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/request_batch.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::controller {
namespace {

constexpr Duration kFirstPreferredLeaderCheck = 5s;

ZnodeData epoch_data(std::int32_t epoch) {
  ZnodeData data;
  data.number = epoch;
  return data;
}

/// /controller with a watch for what comes next, its content, and the epoch.
StepOutcome read_controller(Ctx& ctx, Broker& broker) {
  return ask_reads(ctx, broker,
                   {zk::exists(zk::kControllerPath, true), zk::get_data(zk::kControllerPath),
                    zk::get_data(zk::kControllerEpochPath)});
}

struct ControllerRead {
  BrokerId controller;   ///< none = there is none
  bool is_ours = false;  ///< created in this session
  bool has_epoch = false;
  std::int32_t epoch = 0;
  ZnodeVersion epoch_version{0};
};

ControllerRead controller_read(const Broker& broker) {
  const std::vector<ZkResult>& results = broker.controller.replies.at(0).results;
  ControllerRead read;
  if (results.at(1).code == ZkCode::kOk) {
    read.controller = results[1].data.broker;
    read.is_ours = results[1].ephemeral_owner == broker.zk.session;
  }
  if (results.at(2).code == ZkCode::kOk) {
    read.has_epoch = true;
    read.epoch = static_cast<std::int32_t>(results[2].data.number);
    read.epoch_version = results[2].version;
  }
  return read;
}

void become_active(Ctx& ctx, Broker& broker, ControllerEpoch epoch, ZnodeVersion epoch_version) {
  Controller& controller = broker.controller;
  controller.state = Controller::State::kActive;
  controller.active_controller = broker.id;
  controller.context = ControllerContext{};
  controller.context.epoch = epoch;
  controller.context.epoch_zk_version = epoch_version;
  Note note;
  note.kind = NoteKind::kControllerElected;
  note.broker = broker.id;
  note.a = epoch.value;
  ctx.note(note);
  plan_next(broker, LoadContextStep{});
}

StepOutcome create_controller(Ctx& ctx, Broker& broker, const BecomeControllerStep& step) {
  ZnodeData data;
  data.broker = broker.id;
  data.node = ctx.self();
  return ask(ctx, broker,
             {{zk::create(zk::kControllerPath, data, ZkCreateMode::kEphemeral),
               zk::set_data(zk::kControllerEpochPath, epoch_data(step.new_epoch.value), step.expected_version)}});
}

void load_topics(Broker& broker, LoadContextStep& step, const std::vector<ZkResult>& results) {
  ControllerContext& context = broker.controller.context;
  for (std::size_t i = 0; i < step.brokers.size(); ++i) {
    if (results.at(i).code == ZkCode::kOk) {
      context.brokers[step.brokers[i]] = {results[i].data.node, BrokerEpoch{results[i].czxid.value}};
    }
  }
  for (std::size_t i = 0; i < step.topics.size(); ++i) {
    const ZkResult& topic = results.at(step.brokers.size() + i);
    context.topics.insert(step.topics[i]);
    context.topic_ids[step.topics[i]] = zk::topic_id(step.topics[i], topic.czxid);
    for (std::size_t p = 0; p < topic.data.assignment.size(); ++p) {
      const TopicPartition partition{step.topics[i], static_cast<std::int32_t>(p)};
      ControllerPartition entry;
      entry.replicas = topic.data.assignment[p];
      context.partitions[partition] = std::move(entry);
      step.partitions.push_back(partition);
    }
    for (const OngoingReassignment& ongoing : topic.data.reassignments) {
      ControllerPartition& entry = context.partitions.at({step.topics[i], ongoing.partition});
      entry.adding = ongoing.adding;
      entry.removing = ongoing.removing;
    }
  }
}

void load_states(Ctx& ctx, Broker& broker, const LoadContextStep& step) {
  ControllerContext& context = broker.controller.context;
  for (std::size_t i = 0; i < step.partitions.size(); ++i) {
    ControllerPartition& entry = context.partitions.at(step.partitions[i]);
    if (std::optional<PartitionState> state = state_read(broker, i, step.partitions[i])) {
      entry.phase = context.is_live(state->leader) ? PartitionPhase::kOnline : PartitionPhase::kOffline;
      if (!context.deletion.is_queued(step.partitions[i].topic)) {
        note_found(ctx, *state);
      }
      entry.leadership = *std::move(state);
    }
  }
}

/// Replicas of live brokers are online, the others offline; then leaders for what has none.
void start_state_machines(Ctx& ctx, Broker& broker) {
  Controller& controller = broker.controller;
  const ControllerContext& context = controller.context;
  RequestBatch brokers_only(broker);
  brokers_only.add_update_metadata();
  brokers_only.send(ctx);
  RequestBatch online(broker);
  std::set<BrokerId> dead;
  for (const auto& [partition, entry] : context.partitions) {
    for (const BrokerId replica : entry.replicas) {
      if (context.is_live(replica)) {
        online.add_leader_and_isr(replica, partition, false);
      } else {
        dead.insert(replica);
      }
    }
  }
  online.send(ctx);
  plan_online_partitions(broker);
  for (const BrokerId replica : dead) {
    RemoveReplicaFromIsrStep removal;
    removal.broker = replica;
    for (const TopicPartition partition : context.partitions_on(replica)) {
      if (context.partitions.at(partition).leadership && !context.deletion.is_queued(partition.topic)) {
        removal.partitions.push_back(partition);
      }
    }
    plan_next(broker, std::move(removal));
  }
}

void finish_loading(Ctx& ctx, Broker& broker, const LoadContextStep& step) {
  Controller& controller = broker.controller;
  if (broker.setup.config.delete_topic_enable) {
    controller.context.deletion.init(controller.context, step.marked);
  }
  load_states(ctx, broker, step);
  for (const auto& [id, live] : controller.context.brokers) {
    controller.channels.add_broker(ctx, id, live.node, live.epoch);
  }
  controller.is_initialized = true;
  if (!uses_alter_partition(ctx, broker)) {
    controller.events.emplace_back(IsrChangeNotificationEvent{});  // leaves the watch, too
  }
  start_state_machines(ctx, broker);
  plan_resumed_reassignments(broker, controller.context.partitions_being_reassigned());
  if (!step.marked.empty() && broker.setup.config.delete_topic_enable) {
    plan_last(broker, ResumeDeletionsStep{});
  } else if (!step.marked.empty()) {
    plan_last(broker, RemoveDeletionMarksStep{step.marked, 0});
  }
  if (broker.setup.config.auto_leader_rebalance_enable) {
    controller.preferred_leader_timer =
        ctx.after(kFirstPreferredLeaderCheck, Timer{TimerKind::kPreferredLeaderCheck, 0, 0});
  }
}

StepOutcome read_brokers_and_topics(Ctx& ctx, Broker& broker, LoadContextStep& step) {
  const std::vector<ZkResult>& results = broker.controller.replies.at(0).results;
  std::vector<ZkOperation> reads;
  for (const std::string& name : results.at(0).children) {
    if (const std::optional<BrokerId> id = zk::parse_broker(name)) {
      step.brokers.push_back(*id);
      reads.push_back(zk::get_data(zk::broker_path(*id)));
    }
  }
  for (const std::string& name : results.at(1).children) {
    if (const std::optional<TopicId> id = ctx.registry().find_topic(name)) {
      step.topics.push_back(*id);
      reads.push_back(zk::get_data(zk::topic_path(name)));
    }
  }
  for (const std::string& name : results.at(2).children) {  // none, too, when there is no such znode
    if (const std::optional<TopicId> id = ctx.registry().find_topic(name)) {
      step.marked.push_back(*id);
    }
  }
  return ask_reads(ctx, broker, std::move(reads));
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, ReadControllerStep& step) {
  Controller& controller = broker.controller;
  if (step.phase == 0) {
    step.phase = 1;
    return read_controller(ctx, broker);
  }
  const ControllerRead read = controller_read(broker);
  controller.active_controller = read.controller;
  if (controller.is_active()) {
    if (!read.is_ours) {
      resign(ctx, broker);
    }
    return StepOutcome::kDone;
  }
  if (!read.controller.is_valid()) {
    BecomeControllerStep become;
    become.has_epoch_znode = read.has_epoch;
    become.new_epoch = ControllerEpoch{read.epoch} + 1;
    become.expected_version = read.epoch_version;
    if (ctx.registry().planted_bug == PlantedBug::kControllerEpochNotRaised && read.has_epoch) {
      become.new_epoch = ControllerEpoch{read.epoch};  // Planted: the epoch that was found serves again.
    }
    plan_next(broker, become);
  }
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, BecomeControllerStep& step) {
  enum { kStart, kEpochCreated, kTried, kChecked };
  Controller& controller = broker.controller;
  if (step.phase == kStart && !step.has_epoch_znode) {
    step.phase = kEpochCreated;
    return ask(ctx, broker, {{zk::create(zk::kControllerEpochPath, epoch_data(0))}});
  }
  if (step.phase == kEpochCreated && controller.replies.at(0).code != ZkCode::kOk) {
    plan_next(broker, ReadControllerStep{});  // Somebody else created it: look again.
    return StepOutcome::kDone;
  }
  if (step.phase == kStart || step.phase == kEpochCreated) {
    step.phase = kTried;
    return create_controller(ctx, broker, step);
  }
  if (step.phase == kTried) {
    const ZkResponse& reply = controller.replies.at(0);
    if (reply.code == ZkCode::kOk) {
      become_active(ctx, broker, step.new_epoch, reply.results.at(1).version);
      return StepOutcome::kDone;
    }
    step.phase = kChecked;
    return read_controller(ctx, broker);
  }
  // Refused: by another controller, or by this one's own first try whose answer was lost.
  const ControllerRead read = controller_read(broker);
  controller.active_controller = read.controller;
  if (read.is_ours && read.epoch == step.new_epoch.value) {
    become_active(ctx, broker, step.new_epoch, read.epoch_version);
  } else if (!read.controller.is_valid()) {
    plan_next(broker, ReadControllerStep{});
  }
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, LoadContextStep& step) {
  switch (step.phase++) {
    case 0:
      return ask_reads(ctx, broker,
                       {zk::get_children(zk::kBrokerIdsPath, true), zk::get_children(zk::kTopicsPath, true),
                        zk::get_children(zk::kDeleteTopicsPath)});
    case 1: return read_brokers_and_topics(ctx, broker, step);
    case 2:
      load_topics(broker, step, broker.controller.replies.at(0).results);
      return read_states(ctx, broker, step.partitions);
    default: finish_loading(ctx, broker, step); return StepOutcome::kDone;
  }
}

}  // namespace kscope::sim::controller
