// A topic gets more partitions. Source: Kafka 3.9 ZkAdminManager.createPartitions, AdminZkClient.addPartitions,
// KafkaController.processPartitionModifications.
#include <algorithm>

#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/replica_placement.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::controller {
namespace {

using Assignment = std::vector<std::vector<BrokerId>>;

std::string topic_path(Ctx& ctx, TopicId topic) {
  return zk::topic_path(ctx.registry().topics.at(static_cast<std::size_t>(topic.value)).name);
}

/// The first replica of partition 0 says where dealing goes on: nothing is drawn, so that the round goes on that the topic
/// began with. Source: AdminZkClient.createNewPartitionsAssignment.
PlacementResult place(Ctx& ctx, const Broker& broker, const Assignment& present, std::int32_t count) {
  std::vector<PlacementBroker> brokers;
  for (const auto& [id, live] : broker.controller.context.brokers) {
    brokers.push_back({id, ctx.registry().broker(live.node).rack, false});
  }
  const BrokerId first = present.front().front();
  const auto start =
      std::find_if(brokers.begin(), brokers.end(), [&](const PlacementBroker& b) { return b.id.value >= first.value; });
  const auto index = start == brokers.end() ? 0 : static_cast<std::int32_t>(start - brokers.begin());
  PlacementRequest wanted;
  wanted.first_partition = static_cast<std::int32_t>(present.size());
  wanted.partition_count = count - wanted.first_partition;
  wanted.replication_factor = static_cast<std::int32_t>(present.front().size());
  return assign_replicas_to_brokers(brokers, wanted, [index](std::int32_t) { return index; });
}

/// Adds the new partitions to `assignment`, or says why there are none.
CreatePartitionsResponse try_to_add(Ctx& ctx, const Broker& broker, const CreatePartitionsRequest& request,
                                    Assignment& assignment) {
  CreatePartitionsResponse answer{request.topic, ErrorCode::NONE};
  if (assignment.empty() || broker.controller.context.deletion.is_queued(request.topic)) {
    answer.error = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    return answer;
  }
  const auto present = static_cast<std::int32_t>(assignment.size());
  if (request.count <= present) {
    answer.error = ErrorCode::INVALID_PARTITIONS;
    answer.asked = request.count;
    answer.found = present;
    return answer;
  }
  const PlacementResult placement = place(ctx, broker, assignment, request.count);
  answer.error = placement.error;
  answer.asked = static_cast<std::int64_t>(assignment.front().size());
  answer.found = static_cast<std::int64_t>(broker.controller.context.brokers.size());
  assignment.insert(assignment.end(), placement.replicas.begin(), placement.replicas.end());
  return answer;
}

void answer(Ctx& ctx, const CreatePartitionsEvent& event, const CreatePartitionsResponse& response) {
  send_response(ctx, event.caller.from, event.caller.correlation_id, response);
}

void note_created(Ctx& ctx, TopicId topic, std::size_t now, std::size_t before) {
  Note note;
  note.kind = NoteKind::kPartitionsCreated;
  note.partition = {topic, -1};
  note.a = static_cast<std::int64_t>(now);
  note.b = static_cast<std::int64_t>(before);
  ctx.note(note);
}

void add_partitions(Ctx& ctx, Broker& broker, TopicId topic) {
  const ZkResult& found = broker.controller.replies.at(0).results.at(0);
  ControllerContext& context = broker.controller.context;
  if (found.code != ZkCode::kOk || !context.topics.contains(topic)) {
    return;
  }
  InitializePartitionsStep initialize;
  const Assignment& assignment = found.data.assignment;
  for (std::size_t p = 0; p < assignment.size(); ++p) {
    const TopicPartition partition{topic, static_cast<std::int32_t>(p)};
    if (!context.partitions.contains(partition)) {
      ControllerPartition entry;
      entry.replicas = assignment[p];
      context.partitions[partition] = std::move(entry);
      initialize.partitions.push_back(partition);
    }
  }
  if (!initialize.partitions.empty()) {
    note_created(ctx, topic, assignment.size(), assignment.size() - initialize.partitions.size());
    plan_next(broker, std::move(initialize));
  }
}

StepOutcome write_assignment(Ctx& ctx, Broker& broker, const CreatePartitionsEvent& event) {
  const ZkResult& found = broker.controller.replies.at(0).results.at(0);
  ZnodeData data;
  if (found.code == ZkCode::kOk) {
    data = found.data;
  }
  // While partitions are being moved none are added. Source: ZkAdminManager.createPartitions.
  const CreatePartitionsResponse refusal =
      data.reassignments.empty() ? try_to_add(ctx, broker, event.request, data.assignment)
                                 : CreatePartitionsResponse{event.request.topic, ErrorCode::REASSIGNMENT_IN_PROGRESS};
  if (refusal.error != ErrorCode::NONE) {
    answer(ctx, event, refusal);
    return StepOutcome::kDone;
  }
  return ask(
      ctx, broker,
      {{guard(ctx, broker), zk::set_data(topic_path(ctx, event.request.topic), std::move(data), ZnodeVersion{-1})}});
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, CreatePartitionsStep& step) {
  const TopicId topic = step.event.request.topic;
  switch (step.phase++) {
    case 0: return ask_reads(ctx, broker, {zk::get_data(topic_path(ctx, topic))});
    case 1: return write_assignment(ctx, broker, step.event);
    default: break;
  }
  if (resigned_by_guard(ctx, broker)) {
    return StepOutcome::kDone;
  }
  if (broker.controller.replies.at(0).code != ZkCode::kOk) {
    answer(ctx, step.event, CreatePartitionsResponse{topic, ErrorCode::UNKNOWN_SERVER_ERROR});
    return StepOutcome::kDone;
  }
  // MODEL: Kafka's admin part writes the znode, the controller part hears of it by its watch (PartitionModifications), and
  // the answer waits until the metadata shows leaders. Here the same thread goes on to them at once.
  plan_next(broker, AnswerCreatePartitionsStep{step.event});
  plan_next(broker, ReadPartitionsStep{topic});
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, ReadPartitionsStep& step) {
  if (step.phase == 0) {
    step.phase = 1;
    return ask_reads(ctx, broker, {zk::get_data(topic_path(ctx, step.topic))});
  }
  add_partitions(ctx, broker, step.topic);
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker&, AnswerCreatePartitionsStep& step) {
  answer(ctx, step.event, CreatePartitionsResponse{step.event.request.topic, ErrorCode::NONE});
  return StepOutcome::kDone;
}

}  // namespace kscope::sim::controller
