// Before KIP-497 leaders write ISRs themselves and leave notifications below /isr_change_notification. Until the controller
// has read them it knows an older ISR; its own writes then have a bad version and are tried again with what is there.
// Source: KafkaController.processIsrChangeNotification, Kafka 2.6.
#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/controller/request_batch.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim::controller {
namespace {

StepOutcome read_notifications(Ctx& ctx, Broker& broker, ReadIsrChangesStep& step) {
  std::vector<ZkOperation> reads;
  for (const std::string& name : broker.controller.replies.at(0).results.at(0).children) {
    step.notifications.push_back(std::string(zk::kIsrChangePath) + "/" + name);
    reads.push_back(zk::get_data(step.notifications.back()));
  }
  return ask_reads(ctx, broker, std::move(reads));
}

StepOutcome read_changed_states(Ctx& ctx, Broker& broker, ReadIsrChangesStep& step) {
  const std::vector<ZkResult>& results = broker.controller.replies.at(0).results;
  for (std::size_t i = 0; i < step.notifications.size(); ++i) {
    if (results.at(i).code != ZkCode::kOk) {
      continue;
    }
    for (const TopicPartition partition : results[i].data.partitions) {
      if (broker.controller.context.partitions.contains(partition)) {
        step.partitions.push_back(partition);
      }
    }
  }
  return read_states(ctx, broker, step.partitions);
}

StepOutcome adopt_and_remove(Ctx& ctx, Broker& broker, const ReadIsrChangesStep& step) {
  RequestBatch batch(broker);
  for (std::size_t i = 0; i < step.partitions.size(); ++i) {
    if (std::optional<PartitionState> state = state_read(broker, i, step.partitions[i])) {
      broker.controller.context.partitions.at(step.partitions[i]).leadership = *std::move(state);
      batch.add_update_metadata(step.partitions[i]);
    }
  }
  batch.send(ctx);
  // MODEL: Kafka watches the state znodes of partitions that are being moved; here these notifications serve.
  plan_completed_reassignments(broker, step.partitions);
  Requests removals;
  for (const std::string& path : step.notifications) {
    removals.push_back({guard(ctx, broker), zk::remove(path, ZnodeVersion{-1})});
  }
  return ask(ctx, broker, std::move(removals));
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, ReadIsrChangesStep& step) {
  switch (step.phase++) {
    case 0: return ask_reads(ctx, broker, {zk::get_children(zk::kIsrChangePath, true)});
    case 1: return read_notifications(ctx, broker, step);
    case 2: return read_changed_states(ctx, broker, step);
    case 3: return adopt_and_remove(ctx, broker, step);
    default: (void)resigned_by_guard(ctx, broker); return StepOutcome::kDone;
  }
}

}  // namespace kscope::sim::controller
