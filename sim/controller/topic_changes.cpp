// Topics appear. Source: Kafka 3.9 ZkAdminManager.createTopics, KafkaController.processTopicChange,
// ZkPartitionStateMachine.initializeLeaderAndIsrForPartitions.
#include <algorithm>
#include <optional>

#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/replica_placement.h"
#include "sim/controller/request_batch.h"
#include "sim/types/topic_name.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::controller {
namespace {

const std::string& topic_name(Ctx& ctx, TopicId topic) {
  return ctx.registry().topics.at(static_cast<std::size_t>(topic.value)).name;
}

StepOutcome read_new_topics(Ctx& ctx, Broker& broker, ReadTopicsStep& step) {
  std::vector<ZkOperation> reads;
  for (const std::string& name : broker.controller.replies.at(0).results.at(0).children) {
    const std::optional<TopicId> id = ctx.registry().find_topic(name);
    if (id && !broker.controller.context.topics.contains(*id)) {
      step.topics.push_back(*id);
      reads.push_back(zk::get_data(zk::topic_path(name)));
    }
  }
  return ask_reads(ctx, broker, std::move(reads));
}

void add_topics(Ctx& ctx, Broker& broker, const ReadTopicsStep& step) {
  ControllerContext& context = broker.controller.context;
  const std::vector<ZkResult>& results = broker.controller.replies.at(0).results;
  InitializePartitionsStep initialize;
  for (std::size_t i = 0; i < step.topics.size(); ++i) {
    if (results.at(i).code != ZkCode::kOk) {
      continue;
    }
    context.topics.insert(step.topics[i]);
    context.topic_ids[step.topics[i]] = zk::topic_id(step.topics[i], results[i].czxid);
    Note note;
    note.kind = NoteKind::kTopicCreated;
    note.partition = {step.topics[i], -1};
    const std::vector<std::vector<BrokerId>>& assignment = results[i].data.assignment;
    note.a = static_cast<std::int64_t>(assignment.size());
    note.b = assignment.empty() ? 0 : static_cast<std::int64_t>(assignment.front().size());
    note.c = results[i].czxid.value;
    ctx.note(note);
    for (std::size_t p = 0; p < assignment.size(); ++p) {
      const TopicPartition partition{step.topics[i], static_cast<std::int32_t>(p)};
      ControllerPartition entry;
      entry.replicas = assignment[p];
      context.partitions[partition] = std::move(entry);
      initialize.partitions.push_back(partition);
    }
  }
  if (!initialize.partitions.empty()) {
    plan_next(broker, std::move(initialize));
  }
}

/// First live replica leads, all live replicas are in sync. Without a live replica the partition waits for a broker.
StepOutcome write_first_states(Ctx& ctx, Broker& broker, InitializePartitionsStep& step) {
  const ControllerContext& context = broker.controller.context;
  Requests requests;
  std::set<TopicId> topics;
  for (const TopicPartition partition : step.partitions) {
    const ControllerPartition& entry = context.partitions.at(partition);
    const std::vector<BrokerId> live = context.live_replicas(entry);
    if (live.empty()) {
      continue;
    }
    topics.insert(partition.topic);
    PartitionState state;
    state.partition = partition;
    state.leader = live.front();
    state.isr = live;
    state.replicas = entry.replicas;
    state.controller_epoch = context.epoch;
    const std::string& topic = topic_name(ctx, partition.topic);
    ZnodeData data;
    data.state = state;
    requests.push_back({guard(ctx, broker), zk::create(zk::partition_path(topic, partition.partition)),
                        zk::create(zk::partition_state_path(topic, partition.partition), std::move(data))});
    step.states.push_back(std::move(state));
  }
  // The parents come first on the wire, their answers last in the list: they exist afterwards, whoever created them.
  Requests parents;
  for (const TopicId topic : topics) {
    parents.push_back({guard(ctx, broker), zk::create(zk::partitions_path(topic_name(ctx, topic)))});
  }
  step.parents = parents.size();
  parents.insert(parents.end(), std::make_move_iterator(requests.begin()), std::make_move_iterator(requests.end()));
  return ask(ctx, broker, std::move(parents));
}

void adopt_first_states(Ctx& ctx, Broker& broker, const InitializePartitionsStep& step) {
  RequestBatch batch(broker);
  ElectLeadersStep known;
  for (std::size_t i = 0; i < step.states.size(); ++i) {
    const PartitionState& state = step.states[i];
    const ZkCode code = broker.controller.replies.at(step.parents + i).code;
    if (code == ZkCode::kOk) {
      PartitionState before = state;
      before.leader = BrokerId{};
      before.isr.clear();
      adopt_written(ctx, broker, step.parents + i, before, state, kCleanElection);
      for (const BrokerId replica : state.isr) {
        batch.add_leader_and_isr(replica, state.partition, true);
      }
    } else if (code == ZkCode::kNodeExists) {
      // Written before, by a controller that did not live to tell: its state is read, and a leader elected from it.
      broker.controller.context.partitions.at(state.partition).phase = PartitionPhase::kOffline;
      known.partitions.push_back(state.partition);
    }
  }
  batch.send(ctx);
  if (!known.partitions.empty()) {
    plan_next(broker, std::move(known));
  }
}

/// The topic that is one with `topic` in the names of metrics; none = no such topic.
std::optional<TopicId> colliding_topic(Ctx& ctx, const Broker& broker, TopicId topic) {
  for (const TopicId known : broker.controller.context.topics) {
    if (topic_names_collide(topic_name(ctx, topic), topic_name(ctx, known))) {
      return known;
    }
  }
  return std::nullopt;
}

/// INVALID_REPLICA_ASSIGNMENT for a manual assignment that names a broker twice, or lists of different lengths.
ErrorCode check_assignment(const std::vector<std::vector<BrokerId>>& assignment) {
  for (const std::vector<BrokerId>& replicas : assignment) {
    const std::set<BrokerId> distinct(replicas.begin(), replicas.end());
    if (replicas.empty() || distinct.size() != replicas.size() || replicas.size() != assignment.front().size()) {
      return ErrorCode::INVALID_REPLICA_ASSIGNMENT;
    }
  }
  return ErrorCode::NONE;
}

PlacementResult place(Ctx& ctx, const Broker& broker, const CreateTopicsRequest& request) {
  const BrokerConfig& config = broker.setup.config;
  if (!request.assignment.empty()) {
    return {check_assignment(request.assignment), request.assignment};
  }
  PlacementRequest wanted;
  wanted.partition_count = request.partitions == -1 ? config.num_partitions : request.partitions;
  wanted.replication_factor =
      request.replication_factor == -1 ? config.default_replication_factor : request.replication_factor;
  std::vector<PlacementBroker> brokers;
  for (const auto& [id, live] : broker.controller.context.brokers) {
    brokers.push_back({id, ctx.registry().broker(live.node).rack, false});
  }
  std::int64_t drawn = 0;
  return assign_replicas_to_brokers(brokers, wanted, [&](std::int32_t bound) {
    const Label label{0, request.topic.value, drawn++};
    return static_cast<std::int32_t>(
        ctx.chooser().choose(ChoiceKind::placement, label, static_cast<std::uint32_t>(bound)));
  });
}

/// Places the replicas into `assignment`, or says why the topic cannot be. The order is Kafka's: what is there already, then
/// numbers, then the name. Source: ZkAdminManager.createTopics, AdminZkClient.validateTopicCreate.
CreateTopicsResponse try_to_place(Ctx& ctx, const Broker& broker, const CreateTopicsRequest& request,
                                  std::vector<std::vector<BrokerId>>& assignment) {
  CreateTopicsResponse answer{request.topic, ErrorCode::TOPIC_ALREADY_EXISTS};
  if (broker.controller.context.topics.contains(request.topic)) {
    answer.found = broker.controller.context.deletion.is_queued(request.topic) ? 1 : 0;
    return answer;
  }
  const BrokerConfig& config = broker.setup.config;
  PlacementResult placement = place(ctx, broker, request);
  answer.error = placement.error;
  assignment = std::move(placement.replicas);
  if (answer.error == ErrorCode::INVALID_PARTITIONS) {
    answer.asked = request.partitions == -1 ? config.num_partitions : request.partitions;
  } else if (answer.error == ErrorCode::INVALID_REPLICATION_FACTOR) {
    answer.asked = request.replication_factor == -1 ? config.default_replication_factor : request.replication_factor;
    answer.found = static_cast<std::int64_t>(broker.controller.context.brokers.size());
  } else if (!topic_name_problem(topic_name(ctx, request.topic)).empty()) {
    answer.error = ErrorCode::INVALID_TOPIC_EXCEPTION;
    answer.found = -1;
  } else if (const std::optional<TopicId> other = colliding_topic(ctx, broker, request.topic)) {
    answer.error = ErrorCode::INVALID_TOPIC_EXCEPTION;
    answer.found = other->value;
  }
  return answer;
}

void answer(Ctx& ctx, const CreateTopicEvent& event, const CreateTopicsResponse& response) {
  send_response(ctx, event.caller.from, event.caller.correlation_id, response);
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, ReadTopicsStep& step) {
  switch (step.phase++) {
    case 0: return ask_reads(ctx, broker, {zk::get_children(zk::kTopicsPath, true)});
    case 1: return read_new_topics(ctx, broker, step);
    default: add_topics(ctx, broker, step); return StepOutcome::kDone;
  }
}

StepOutcome run(Ctx& ctx, Broker& broker, InitializePartitionsStep& step) {
  if (step.phase == 0) {
    step.phase = 1;
    return write_first_states(ctx, broker, step);
  }
  if (!resigned_by_guard(ctx, broker)) {
    adopt_first_states(ctx, broker, step);
  }
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, CreateTopicStep& step) {
  const CreateTopicsRequest& request = step.event.request;
  if (step.phase == 0) {
    step.phase = 1;
    ZnodeData data;
    const CreateTopicsResponse refusal = try_to_place(ctx, broker, request, data.assignment);
    if (refusal.error != ErrorCode::NONE) {
      answer(ctx, step.event, refusal);
      return StepOutcome::kDone;
    }
    return ask(ctx, broker,
               {{guard(ctx, broker), zk::create(zk::topic_path(topic_name(ctx, request.topic)), std::move(data))}});
  }
  if (resigned_by_guard(ctx, broker)) {
    return StepOutcome::kDone;
  }
  const ZkCode code = broker.controller.replies.at(0).code;
  if (code != ZkCode::kOk) {
    const ErrorCode error =
        code == ZkCode::kNodeExists ? ErrorCode::TOPIC_ALREADY_EXISTS : ErrorCode::UNKNOWN_SERVER_ERROR;
    answer(ctx, step.event, CreateTopicsResponse{request.topic, error});
    return StepOutcome::kDone;
  }
  // MODEL: Kafka's admin part writes the znode, the controller part hears of it by its watch, and the answer waits until
  // the metadata shows leaders. Here the same thread goes on to them at once; the watch then finds nothing new.
  plan_next(broker, AnswerCreateTopicStep{step.event});
  plan_next(broker, ReadTopicsStep{});
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker&, AnswerCreateTopicStep& step) {
  answer(ctx, step.event, CreateTopicsResponse{step.event.request.topic, ErrorCode::NONE});
  return StepOutcome::kDone;
}

}  // namespace kscope::sim::controller
