// Brokers come, go, and come back with a new epoch. Source: Kafka 3.9 KafkaController.processBrokerChange, onBrokerStartup,
// onBrokerFailure, onReplicasBecomeOffline.
#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/request_batch.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::controller {
namespace {

void note_gone(Ctx& ctx, BrokerId id) {
  Note note;
  note.kind = NoteKind::kBrokerGone;
  note.broker = id;
  ctx.note(note);
}

FlatMap<BrokerId, LiveBroker> brokers_read(const Broker& broker, const ReadBrokersStep& step) {
  FlatMap<BrokerId, LiveBroker> found;
  const std::vector<ZkResult>& results = broker.controller.replies.at(0).results;
  for (std::size_t i = 0; i < step.brokers.size(); ++i) {
    if (results.at(i).code == ZkCode::kOk) {
      found[step.brokers[i]] = {results[i].data.node, BrokerEpoch{results[i].czxid.value}};
    }
  }
  return found;
}

/// Who is new, who is gone, who bounced; and a plan for each. A bounced broker is first treated as dead, then as new.
void compare(Ctx& ctx, Broker& broker, const FlatMap<BrokerId, LiveBroker>& found) {
  Controller& controller = broker.controller;
  BrokerStartupStep fresh;
  BrokerStartupStep back;
  BrokerFailureStep bounced;
  BrokerFailureStep dead;
  for (const auto& [id, live] : found) {
    const LiveBroker* known = controller.context.brokers.get(id);
    if (known == nullptr) {
      fresh.brokers[id] = live;
    } else if (known->epoch < live.epoch) {
      bounced.brokers.push_back(id);
      back.brokers[id] = live;
    } else {
      continue;
    }
    controller.channels.add_broker(ctx, id, live.node, live.epoch);
  }
  for (const auto& [id, known] : controller.context.brokers) {
    if (!found.contains(id)) {
      dead.brokers.push_back(id);
      controller.channels.remove_broker(ctx, id);
    }
  }
  // The last one planned comes first.
  if (!dead.brokers.empty()) {
    plan_next(broker, std::move(dead));
  }
  if (!bounced.brokers.empty()) {
    plan_next(broker, std::move(back));
    plan_next(broker, std::move(bounced));
  }
  if (!fresh.brokers.empty()) {
    plan_next(broker, std::move(fresh));
  }
}

/// Brokers are back: topics that wait to be deleted there go on.
void resume_deletions_on(Broker& broker, const std::vector<BrokerId>& brokers) {
  ControllerContext& context = broker.controller.context;
  std::vector<TopicId> topics;
  for (const BrokerId id : brokers) {
    for (const TopicPartition partition : context.partitions_on(id)) {
      if (context.deletion.is_queued(partition.topic)) {
        topics.push_back(partition.topic);
      }
    }
  }
  if (!topics.empty()) {
    context.deletion.resume(topics);
    plan_last(broker, ResumeDeletionsStep{});
  }
}

/// Brokers are back: partitions that are being moved to them go on.
void resume_reassignments_to(Broker& broker, const std::vector<BrokerId>& brokers) {
  const ControllerContext& context = broker.controller.context;
  std::vector<TopicPartition> resumed;
  for (const TopicPartition partition : context.partitions_being_reassigned()) {
    const std::vector<BrokerId> target = context.partitions.at(partition).assignment().target();
    if (difference(target, brokers).size() < target.size()) {
      resumed.push_back(partition);
    }
  }
  plan_resumed_reassignments(broker, resumed);
}

/// Brokers are gone, and with them replicas that should be deleted. True when there are such.
bool fail_deletions_on(Broker& broker, const std::vector<BrokerId>& brokers) {
  ControllerContext& context = broker.controller.context;
  std::vector<PartitionAndReplica> failed;
  for (const BrokerId id : brokers) {
    for (const TopicPartition partition : context.partitions_on(id)) {
      if (context.deletion.is_queued(partition.topic)) {
        failed.push_back({partition, id});
      }
    }
  }
  context.deletion.fail_replica_deletion(failed);
  return !failed.empty();
}

std::vector<TopicPartition> partitions_with_leadership(const ControllerContext& context) {
  std::vector<TopicPartition> partitions;
  for (const auto& [partition, entry] : context.partitions) {
    if (entry.leadership) {
      partitions.push_back(partition);
    }
  }
  return partitions;
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, ReadBrokersStep& step) {
  switch (step.phase++) {
    case 0: return ask_reads(ctx, broker, {zk::get_children(zk::kBrokerIdsPath, true)});
    case 1: {
      std::vector<ZkOperation> reads;
      for (const std::string& name : broker.controller.replies.at(0).results.at(0).children) {
        if (const std::optional<BrokerId> id = zk::parse_broker(name)) {
          step.brokers.push_back(*id);
          reads.push_back(zk::get_data(zk::broker_path(*id)));
        }
      }
      return ask_reads(ctx, broker, std::move(reads));
    }
    default: compare(ctx, broker, brokers_read(broker, step)); return StepOutcome::kDone;
  }
}

StepOutcome run(Ctx& ctx, Broker& broker, BrokerStartupStep& step) {
  ControllerContext& context = broker.controller.context;
  const std::vector<BrokerId> existing = context.live_or_shutting_down();
  std::vector<BrokerId> fresh;
  for (const auto& [id, live] : step.brokers) {
    context.brokers[id] = live;
    fresh.push_back(id);
  }
  // The others learn who is new; the new ones learn everything.
  RequestBatch to_existing(broker);
  to_existing.add_update_metadata(existing, {});
  to_existing.send(ctx);
  RequestBatch to_fresh(broker);
  to_fresh.add_update_metadata(fresh, partitions_with_leadership(context));
  to_fresh.send(ctx);
  RequestBatch online(broker);
  for (const BrokerId id : fresh) {
    for (const TopicPartition partition : context.partitions_on(id)) {
      online.add_leader_and_isr(id, partition, false);
    }
  }
  online.send(ctx);
  plan_online_partitions(broker);
  resume_reassignments_to(broker, fresh);
  resume_deletions_on(broker, fresh);
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, BrokerFailureStep& step) {
  ControllerContext& context = broker.controller.context;
  const bool is_deleting = fail_deletions_on(broker, step.brokers);
  for (const BrokerId id : step.brokers) {
    context.brokers.erase(id);
    context.shutting_down.erase(id);
    note_gone(ctx, id);
  }
  const std::vector<TopicPartition> leaderless = context.partitions_with_offline_leader();
  for (const TopicPartition partition : leaderless) {
    context.partitions.at(partition).phase = PartitionPhase::kOffline;
  }
  bool has_replicas = false;
  std::vector<RemoveReplicaFromIsrStep> removals;
  for (const BrokerId id : step.brokers) {
    RemoveReplicaFromIsrStep removal;
    removal.broker = id;
    for (const TopicPartition partition : context.partitions_on(id)) {
      if (context.partitions.at(partition).leadership && !context.deletion.is_queued(partition.topic)) {
        removal.partitions.push_back(partition);
        has_replicas = true;
      }
    }
    removals.push_back(std::move(removal));
  }
  // The last one planned comes first: leaders, then ISRs, then the news for brokers that nothing else told.
  if (leaderless.empty() && !has_replicas) {
    plan_next(broker, SendMetadataStep{});
  }
  for (auto removal = removals.rbegin(); removal != removals.rend(); ++removal) {
    plan_next(broker, std::move(*removal));
  }
  plan_online_partitions(broker);
  if (is_deleting) {
    plan_last(broker, ResumeDeletionsStep{});
  }
  return StepOutcome::kDone;
}

StepOutcome run(Ctx& ctx, Broker& broker, SendMetadataStep&) {
  RequestBatch batch(broker);
  batch.add_update_metadata();
  batch.send(ctx);
  return StepOutcome::kDone;
}

}  // namespace kscope::sim::controller
