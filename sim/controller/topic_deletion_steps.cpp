// Topics go. What TopicDeletion decides is written and sent here. Source: Kafka 3.9 ZkAdminManager.deleteTopics,
// KafkaController.processTopicDeletion, TopicDeletionManager, ControllerDeletionClient.
#include <iterator>
#include <map>

#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/request_batch.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::controller {
namespace {

const ZnodeVersion kAnyVersion{-1};

const std::string& registered_name(Ctx& ctx, TopicId topic) {
  return ctx.registry().topics.at(static_cast<std::size_t>(topic.value)).name;
}

void note_step(Ctx& ctx, TopicId topic, TopicDeletionStep step, const BrokerSet& brokers = {}) {
  Note note;
  note.kind = NoteKind::kTopicDeleted;
  note.partition = {topic, -1};
  note.a = static_cast<std::int64_t>(step);
  note.brokers = brokers;
  ctx.note(note);
}

void answer(Ctx& ctx, const DeleteTopicEvent& event, ErrorCode error) {
  send_response(ctx, event.caller.from, event.caller.correlation_id, DeleteTopicsResponse{event.request.topic, error});
}

ErrorCode refusal(const Broker& broker, TopicId topic) {
  if (!broker.setup.config.delete_topic_enable) {
    return ErrorCode::TOPIC_DELETION_DISABLED;
  }
  const ControllerContext& context = broker.controller.context;
  const bool is_there = context.topics.contains(topic) && !context.deletion.is_queued(topic);
  return is_there ? ErrorCode::NONE : ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
}

/// Who waits for whom: a topic whose replicas lie on brokers that are gone stays until those are back.
void note_waiting(Ctx& ctx, const std::vector<PartitionAndReplica>& dead) {
  std::map<TopicId, BrokerSet> waiting;
  for (const PartitionAndReplica& replica : dead) {
    waiting[replica.partition.topic] |= ctx.registry().broker_set({replica.replica});
  }
  for (const auto& [topic, brokers] : waiting) {
    note_step(ctx, topic, TopicDeletionStep::kWaits, brokers);
  }
}

/// OfflineReplica: each replica leaves its ISR and is stopped before its log is deleted.
void plan_deletion(Broker& broker, const std::vector<PartitionAndReplica>& replicas) {
  std::map<BrokerId, RemoveReplicaFromIsrStep> removals;
  for (const PartitionAndReplica& replica : replicas) {
    if (broker.controller.context.partitions.at(replica.partition).leadership) {
      RemoveReplicaFromIsrStep& removal = removals[replica.replica];
      removal.broker = replica.replica;
      removal.partitions.push_back(replica.partition);
    }
  }
  plan_next(broker, DeleteReplicasStep{replicas});
  for (auto removal = removals.rbegin(); removal != removals.rend(); ++removal) {
    plan_next(broker, std::move(removal->second));
  }
}

Requests removals_of(Ctx& ctx, const Broker& broker, TopicId topic) {
  const std::string& name = registered_name(ctx, topic);
  Requests requests;
  const auto remove = [&](const std::string& path) {
    requests.push_back({guard(ctx, broker), zk::remove(path, kAnyVersion)});
  };
  for (const TopicPartition partition : broker.controller.context.partitions_of(topic)) {
    remove(zk::partition_state_path(name, partition.partition));
    remove(zk::partition_path(name, partition.partition));
  }
  remove(zk::partitions_path(name));
  remove(zk::topic_path(name));
  remove(zk::delete_topic_path(name));  // last: a controller that dies before leaves it for the next one
  return requests;
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, DeleteTopicStep& step) {
  const TopicId topic = step.event.request.topic;
  if (step.phase == 0) {
    step.phase = 1;
    const ErrorCode error = refusal(broker, topic);
    if (error != ErrorCode::NONE) {
      answer(ctx, step.event, error);
      return StepOutcome::kDone;
    }
    return ask(ctx, broker,
               {{guard(ctx, broker), zk::create(zk::kAdminPath)},
                {guard(ctx, broker), zk::create(zk::kDeleteTopicsPath)},
                {guard(ctx, broker), zk::create(zk::delete_topic_path(registered_name(ctx, topic)))}});
  }
  if (resigned_by_guard(ctx, broker)) {
    return StepOutcome::kDone;
  }
  const ZkCode code = broker.controller.replies.back().code;
  if (code != ZkCode::kOk && code != ZkCode::kNodeExists) {
    answer(ctx, step.event, ErrorCode::UNKNOWN_SERVER_ERROR);
    return StepOutcome::kDone;
  }
  // MODEL: Kafka's admin part writes the znode and the controller part hears of it by its watch. Here the same thread goes
  // on at once, so that nobody watches /admin/delete_topics; a new controller reads it.
  Controller& controller = broker.controller;
  controller.context.deletion.enqueue(controller.context, topic);
  note_step(ctx, topic, TopicDeletionStep::kMarked);
  controller.delayed_delete_topics.push_back(step.event);
  controller.complete_topic_deletions(ctx, broker);  // Perhaps this broker never heard of the topic.
  plan_next(broker, ResumeDeletionsStep{});
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, ResumeDeletionsStep&) {
  ControllerContext& context = broker.controller.context;
  const DeletionWork work = context.deletion.next_work(context);
  for (const TopicId topic : work.complete) {
    plan_last(broker, CompleteDeletionStep{topic, 0});
  }
  if (work.begun.empty()) {
    return StepOutcome::kDone;
  }
  RequestBatch forget(broker);
  for (const TopicId topic : work.begun) {
    for (const TopicPartition partition : context.partitions_of(topic)) {
      forget.add_update_metadata(partition);
    }
  }
  forget.send(ctx);
  note_waiting(ctx, work.dead);
  plan_deletion(broker, work.replicas);
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, DeleteReplicasStep& step) {
  RequestBatch batch(broker);
  for (const PartitionAndReplica& replica : step.replicas) {
    batch.add_stop_replica(replica.replica, replica.partition, true);
  }
  batch.send(ctx);
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, CompleteDeletionStep& step) {
  if (step.phase == 0) {
    step.phase = 1;
    return ask(ctx, broker, removals_of(ctx, broker, step.topic));
  }
  if (resigned_by_guard(ctx, broker)) {
    return StepOutcome::kDone;
  }
  broker.controller.context.remove_topic(step.topic);
  note_step(ctx, step.topic, TopicDeletionStep::kDone);
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, RemoveDeletionMarksStep& step) {
  if (step.phase == 0) {
    step.phase = 1;
    Requests requests;
    for (const TopicId topic : step.topics) {
      requests.push_back(
          {guard(ctx, broker), zk::remove(zk::delete_topic_path(registered_name(ctx, topic)), kAnyVersion)});
    }
    return ask(ctx, broker, std::move(requests));
  }
  (void)resigned_by_guard(ctx, broker);
  return StepOutcome::kDone;
}

void on_replicas_deleted(Broker& broker, const TopicDeletionStopReplicaResponseEvent& event) {
  std::vector<PartitionAndReplica> failed;
  std::vector<PartitionAndReplica> deleted;
  for (const TopicPartition partition : event.asked) {
    ErrorCode error = event.response.error;
    for (const PartitionError& result : event.response.partitions) {
      error = error == ErrorCode::NONE && result.partition == partition ? result.error : error;
    }
    (error == ErrorCode::NONE ? deleted : failed).push_back({partition, event.broker});
  }
  TopicDeletion& deletion = broker.controller.context.deletion;
  deletion.fail_replica_deletion(failed);
  deletion.complete_replica_deletion(deleted);
  plan_next(broker, ResumeDeletionsStep{});
}

}  // namespace kscope::sim::controller
