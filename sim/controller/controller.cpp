// The controller's one thread: takes events, turns each into a plan of steps, waits for ZooKeeper, resigns.
#include "sim/controller/controller.h"

#include <algorithm>

#include "engine/core/check.h"
#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim {
namespace controller {
namespace {

/// Answers whoever asked for the event: this broker is not the controller.
struct Refuse {
  Ctx& ctx;

  void operator()(const ReplicaLeaderElectionEvent& e) const { answer(e.caller, ElectLeadersResponse{kError, {}}); }
  void operator()(const ControlledShutdownEvent& e) const { answer(e.caller, ControlledShutdownResponse{kError, {}}); }
  void operator()(const AlterPartitionReceivedEvent& e) const { answer(e.caller, AlterPartitionResponse{kError, {}}); }
  void operator()(const CreateTopicEvent& e) const { answer(e.caller, CreateTopicsResponse{e.request.topic, kError}); }
  void operator()(const CreatePartitionsEvent& e) const {
    answer(e.caller, CreatePartitionsResponse{e.request.topic, kError});
  }
  void operator()(const DeleteTopicEvent& e) const { answer(e.caller, DeleteTopicsResponse{e.request.topic, kError}); }
  void operator()(const ApiPartitionReassignmentEvent& e) const {
    answer(e.caller, AlterPartitionReassignmentsResponse{e.request.partition, kError});
  }
  void operator()(const AllocateProducerIdsEvent& e) const {
    answer(e.caller, AllocateProducerIdsResponse{kError, {}});
  }
  template <class Other>
  void operator()(const Other&) const {}

  static constexpr ErrorCode kError = ErrorCode::NOT_CONTROLLER;
  void answer(const ControllerCaller& caller, MessageBody body) const {
    send_response(ctx, caller.from, caller.correlation_id, std::move(body));
  }
};

std::vector<TopicPartition> all_partitions(const ControllerContext& context) {
  std::vector<TopicPartition> all;
  for (const auto& [partition, entry] : context.partitions) {
    if (!context.deletion.is_queued(partition.topic)) {
      all.push_back(partition);
    }
  }
  return all;
}

/// NONE: the election may be tried. Source: KafkaController.processReplicaLeaderElection.
ErrorCode election_refusal(const ControllerContext& context, TopicPartition partition, ElectionType type) {
  const ControllerPartition* entry = context.partitions.get(partition);
  if (entry == nullptr || context.deletion.is_queued(partition.topic)) {
    return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  }
  const BrokerId leader = entry->leadership ? entry->leadership->leader : BrokerId{};
  const bool is_needed =
      type == ElectionType::kPreferred ? leader != entry->replicas.front() : !context.is_live(leader);
  return is_needed ? ErrorCode::NONE : ErrorCode::ELECTION_NOT_NEEDED;
}

void plan_requested_election(Broker& broker, const ReplicaLeaderElectionEvent& event) {
  Controller& controller = broker.controller;
  controller.election_results.clear();
  ElectLeadersStep elect;
  elect.strategy =
      event.request.type == ElectionType::kPreferred ? ElectionStrategy::kPreferred : ElectionStrategy::kUnclean;
  const std::vector<TopicPartition> wanted =
      event.request.partitions.empty() ? all_partitions(controller.context) : event.request.partitions;
  for (const TopicPartition partition : wanted) {
    const ErrorCode error = election_refusal(controller.context, partition, event.request.type);
    if (error == ErrorCode::NONE) {
      elect.partitions.push_back(partition);
    } else {
      controller.election_results.push_back({partition, error});
    }
  }
  plan_next(broker, AnswerElectionStep{event.caller});
  plan_next(broker, std::move(elect));
}

/// Partitions that their preferred leader should lead, of those brokers where too many are led by others.
/// Source: KafkaController.checkAndTriggerAutoLeaderRebalance.
void plan_preferred_leaders(Broker& broker) {
  const ControllerContext& context = broker.controller.context;
  if (!context.partitions_being_reassigned().empty()) {
    return;  // The lists are not what they will be.
  }
  std::map<BrokerId, std::vector<TopicPartition>> elsewhere;
  std::map<BrokerId, std::int64_t> total;
  for (const auto& [partition, entry] : context.partitions) {
    if (context.deletion.is_queued(partition.topic)) {
      continue;
    }
    const BrokerId preferred = entry.replicas.front();
    ++total[preferred];
    if (entry.leadership && entry.leadership->leader != preferred) {
      elsewhere[preferred].push_back(partition);
    }
  }
  ElectLeadersStep elect;
  elect.strategy = ElectionStrategy::kPreferred;
  for (const auto& [preferred, partitions] : elsewhere) {
    const auto percent = static_cast<std::int64_t>(partitions.size()) * 100;
    if (percent <= broker.setup.config.leader_imbalance_per_broker_percentage * total[preferred]) {
      continue;
    }
    for (const TopicPartition partition : partitions) {
      const PartitionState& state = *context.partitions.at(partition).leadership;
      const bool is_in_sync = std::find(state.isr.begin(), state.isr.end(), preferred) != state.isr.end();
      if (context.is_live(preferred) && is_in_sync) {
        elect.partitions.push_back(partition);
      }
    }
  }
  if (!elect.partitions.empty()) {
    plan_next(broker, std::move(elect));
  }
}

/// The first step of an event. Events that need the active controller are refused or dropped elsewhere.
struct Plan {
  Broker& broker;

  void operator()(const StartupEvent&) const { plan_next(broker, ReadControllerStep{}); }
  void operator()(const ControllerChangeEvent&) const { plan_next(broker, ReadControllerStep{}); }
  void operator()(const BrokerChangeEvent&) const { plan_next(broker, ReadBrokersStep{}); }
  void operator()(const IsrChangeNotificationEvent&) const { plan_next(broker, ReadIsrChangesStep{}); }
  void operator()(const TopicChangeEvent&) const { plan_next(broker, ReadTopicsStep{}); }
  void operator()(const AutoPreferredReplicaLeaderElectionEvent&) const { plan_preferred_leaders(broker); }
  void operator()(const ReplicaLeaderElectionEvent& event) const { plan_requested_election(broker, event); }
  void operator()(const ControlledShutdownEvent& event) const {
    ControlledShutdownStep step;
    step.event = event;
    plan_next(broker, std::move(step));
  }
  void operator()(const AlterPartitionReceivedEvent& event) const {
    AlterPartitionStep step;
    step.event = event;
    plan_next(broker, std::move(step));
  }
  void operator()(const CreateTopicEvent& event) const {
    CreateTopicStep step;
    step.event = event;
    plan_next(broker, std::move(step));
  }
  void operator()(const CreatePartitionsEvent& event) const {
    CreatePartitionsStep step;
    step.event = event;
    plan_next(broker, step);
  }
  void operator()(const DeleteTopicEvent& event) const {
    DeleteTopicStep step;
    step.event = event;
    plan_next(broker, step);
  }
  void operator()(const ApiPartitionReassignmentEvent& event) const { plan_next(broker, AlterReassignmentStep{event}); }
  void operator()(const TopicDeletionStopReplicaResponseEvent& event) const { on_replicas_deleted(broker, event); }
  void operator()(const AllocateProducerIdsEvent& event) const {
    AllocateProducerIdsStep step;
    step.event = event;
    plan_next(broker, step);
  }
};

bool needs_active_controller(const ControllerEvent& event) {
  return !std::holds_alternative<StartupEvent>(event) && !std::holds_alternative<ControllerChangeEvent>(event);
}

/// Goes on with the plan and the queue until ZooKeeper has to answer, or nothing is left.
void proceed(Ctx& ctx, Broker& broker) {
  Controller& controller = broker.controller;
  while (controller.awaiting == 0) {
    if (!controller.plan.empty()) {
      ControllerStep step = std::move(controller.plan.front());
      controller.plan.pop_front();
      const StepOutcome outcome = std::visit([&](auto& s) { return run(ctx, broker, s); }, step);
      if (outcome == StepOutcome::kWaiting) {
        controller.plan.push_front(std::move(step));
      }
      continue;
    }
    controller.current.reset();
    if (controller.events.empty()) {
      return;
    }
    const ControllerEvent event = std::move(controller.events.front());
    controller.events.pop_front();
    if (needs_active_controller(event) && !controller.is_active()) {
      std::visit(Refuse{ctx}, event);
      continue;
    }
    controller.current = event;
    std::visit(Plan{broker}, event);
  }
}

/// Forgets all that belongs to being controller. Effects: NOT_CONTROLLER to everybody who waits; note if it was active.
void reset(Ctx& ctx, Broker& broker) {
  Controller& controller = broker.controller;
  if (controller.is_active()) {
    Note note;
    note.kind = NoteKind::kControllerResigned;
    note.broker = broker.id;
    note.a = controller.context.epoch.value;
    ctx.note(note);
  }
  if (controller.current) {
    std::visit(Refuse{ctx}, *controller.current);
  }
  for (const ControllerEvent& event : controller.events) {
    std::visit(Refuse{ctx}, event);
  }
  controller.current.reset();
  controller.events.clear();
  controller.plan.clear();
  controller.awaiting = 0;
  ++controller.step_serial;
  controller.replies.clear();
  controller.election_results.clear();
  controller.is_initialized = false;
  controller.channels.clear(ctx);
  controller.context = ControllerContext{};
  ctx.cancel(controller.preferred_leader_timer);
}

}  // namespace

StepOutcome ask(Ctx& ctx, Broker& broker, Requests requests) {
  Controller& controller = broker.controller;
  ++controller.step_serial;
  controller.replies.assign(requests.size(), ZkResponse{});
  controller.awaiting = static_cast<std::int32_t>(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    broker.zk.request(ctx, {ZkPurpose::Kind::kController, static_cast<std::int64_t>(i), controller.step_serial},
                      std::move(requests[i]));
  }
  return StepOutcome::kWaiting;
}

StepOutcome ask_reads(Ctx& ctx, Broker& broker, std::vector<ZkOperation> reads) {
  if (reads.empty()) {
    const StepOutcome outcome = ask(ctx, broker, {});
    broker.controller.replies.emplace_back();
    return outcome;
  }
  return ask(ctx, broker, {std::move(reads)});
}

void plan_next(Broker& broker, ControllerStep step) { broker.controller.plan.push_front(std::move(step)); }

void plan_last(Broker& broker, ControllerStep step) { broker.controller.plan.push_back(std::move(step)); }

void resign(Ctx& ctx, Broker& broker) {
  reset(ctx, broker);
  broker.controller.state = Controller::State::kStandby;
  broker.controller.events.emplace_back(ControllerChangeEvent{});
}

ZkOperation guard(const Ctx& ctx, const Broker& broker) {
  const ZnodeVersion any{-1};
  const bool is_unguarded =
      ctx.registry().rules.is_old(Rule::kKafka6082) || ctx.registry().planted_bug == PlantedBug::kUnguardedController;
  return zk::check(zk::kControllerEpochPath, is_unguarded ? any : broker.controller.context.epoch_zk_version);
}

bool resigned_by_guard(Ctx& ctx, Broker& broker) {
  const Controller& controller = broker.controller;
  const bool is_refused =
      std::any_of(controller.replies.begin(), controller.replies.end(), [](const ZkResponse& reply) {
        return !reply.results.empty() && reply.results.front().code == ZkCode::kBadVersion;
      });
  if (!is_refused) {
    return false;
  }
  Note note;
  note.kind = NoteKind::kRequestRefused;
  note.broker = broker.id;
  note.a = Message{0, ZkRequest{}}.kind();
  note.b = static_cast<std::int64_t>(ErrorCode::STALE_CONTROLLER_EPOCH);
  ctx.note(note);
  resign(ctx, broker);
  return true;
}

}  // namespace controller

void Controller::startup(Ctx& ctx, Broker& broker) {
  state = State::kStandby;
  put(ctx, broker, StartupEvent{});
}

void Controller::on_session_expired(Ctx& ctx, Broker& broker) {
  controller::reset(ctx, broker);
  state = State::kStopped;
  active_controller = BrokerId{};
}

void Controller::shutdown(Ctx& ctx, Broker& broker) { on_session_expired(ctx, broker); }

void Controller::on_zk_reconnected(Ctx& ctx, Broker& broker) {
  if (state == State::kStopped) {
    return;
  }
  put(ctx, broker, ControllerChangeEvent{});
  if (is_active()) {
    put(ctx, broker, BrokerChangeEvent{});
    put(ctx, broker, TopicChangeEvent{});
    if (!uses_alter_partition(ctx, broker)) {
      put(ctx, broker, IsrChangeNotificationEvent{});
    }
  }
}

void Controller::on_zk_watch(Ctx& ctx, Broker& broker, const ZkWatchEvent& event) {
  if (state == State::kStopped) {
    return;
  }
  if (event.path == zk::kControllerPath) {
    put(ctx, broker, ControllerChangeEvent{});
  } else if (event.path == zk::kBrokerIdsPath) {
    put(ctx, broker, BrokerChangeEvent{});
  } else if (event.path == zk::kTopicsPath) {
    put(ctx, broker, TopicChangeEvent{});
  } else if (event.path == zk::kIsrChangePath) {
    put(ctx, broker, IsrChangeNotificationEvent{});
  }
}

void Controller::on_zk_reply(Ctx& ctx, Broker& broker, ZkPurpose purpose, const ZkResponse& response) {
  if (purpose.b != step_serial || awaiting == 0) {
    return;  // The step that asked was given up when the controller resigned.
  }
  replies.at(static_cast<std::size_t>(purpose.a)) = response;
  if (--awaiting == 0) {
    controller::proceed(ctx, broker);
  }
}

void Controller::on_response(Ctx& ctx, Broker& broker, NodeId, std::int64_t correlation_id,
                             const MessageBody& response) {
  // Only deletions wait for what the broker answered: any other refused request was for another life of it, or of this
  // controller.
  const std::optional<ControllerChannelManager::Answered> answered = channels.on_response(ctx, broker, correlation_id);
  const auto* stopped = std::get_if<StopReplicaResponse>(&response);
  const auto* asked = answered ? std::get_if<StopReplicaRequest>(&answered->request) : nullptr;
  if (stopped == nullptr || asked == nullptr) {
    return;
  }
  TopicDeletionStopReplicaResponseEvent event{answered->broker, {}, *stopped};
  for (const StopReplicaPartition& item : asked->partitions) {
    if (item.delete_partition && context.deletion.is_queued(item.partition.topic)) {
      event.asked.push_back(item.partition);
    }
  }
  if (!event.asked.empty()) {
    put(ctx, broker, std::move(event));
  }
}

void Controller::complete_topic_deletions(Ctx& ctx, const Broker& broker) {
  std::erase_if(delayed_delete_topics, [&](const DeleteTopicEvent& delayed) {
    if (broker.metadata.contains(delayed.request.topic)) {
      return false;
    }
    send_response(ctx, delayed.caller.from, delayed.caller.correlation_id,
                  DeleteTopicsResponse{delayed.request.topic, ErrorCode::NONE});
    return true;
  });
}

void Controller::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  if (timer.kind != TimerKind::kPreferredLeaderCheck) {
    channels.on_timer(ctx, broker, timer);
    return;
  }
  preferred_leader_timer = ctx.after(broker.setup.config.leader_imbalance_check_interval_seconds,
                                     Timer{TimerKind::kPreferredLeaderCheck, 0, 0});
  put(ctx, broker, AutoPreferredReplicaLeaderElectionEvent{});
}

void Controller::on_disconnect(Ctx& ctx, Broker&, NodeId peer) { channels.on_disconnect(ctx, peer); }

void Controller::put(Ctx& ctx, Broker& broker, ControllerEvent event) {
  const bool is_idle = !current.has_value() && events.empty();
  events.push_back(std::move(event));
  if (is_idle) {
    controller::proceed(ctx, broker);
  }
}

}  // namespace kscope::sim
