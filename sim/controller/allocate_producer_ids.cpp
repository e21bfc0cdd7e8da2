// AllocateProducerIds: a broker wants a block of producer ids (KIP-730). The znode /latest_producer_id_block holds the block
// given out last and is written only at the version that was read, so that no id is ever given out twice; a block whose
// answer gets lost is wasted. Source: Kafka 3.9 KafkaController.processAllocateProducerIds, ZkProducerIdManager.
#include "sim/broker/broker.h"
#include "sim/controller/controller_steps.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim {
namespace controller {
namespace {

StepOutcome write(Ctx& ctx, Broker& broker, AllocateProducerIdsStep& step) {
  const ZkResult& latest = broker.controller.replies.at(0).results.at(0);
  step.block =
      ProducerIdsBlock{step.event.request.broker, latest.data.producer_ids.next_first(), ProducerIdsBlock::kSize};
  ZnodeData data;
  data.producer_ids = step.block;
  const bool exists = latest.code == ZkCode::kOk;
  return ask(ctx, broker,
             {{exists ? zk::set_data(zk::kProducerIdBlockPath, data, latest.version)
                      : zk::create(zk::kProducerIdBlockPath, data)}});
}

void answer(Ctx& ctx, const AllocateProducerIdsStep& step, ErrorCode error) {
  send_response(ctx, step.event.caller.from, step.event.caller.correlation_id,
                AllocateProducerIdsResponse{error, error == ErrorCode::NONE ? step.block : ProducerIdsBlock{}});
}

}  // namespace

StepOutcome run(Ctx& ctx, Broker& broker, AllocateProducerIdsStep& step) {
  enum { kRead, kWrite, kWritten };
  if (step.phase == kRead) {
    const LiveBroker* asker = broker.controller.context.brokers.get(step.event.request.broker);
    if (asker == nullptr || asker->epoch != step.event.request.broker_epoch) {
      answer(ctx, step, ErrorCode::STALE_BROKER_EPOCH);
      return StepOutcome::kDone;
    }
  }
  if (step.phase == kWrite) {
    step.phase = kWritten;
    return write(ctx, broker, step);
  }
  if (step.phase == kWritten && broker.controller.replies.at(0).code == ZkCode::kOk) {
    answer(ctx, step, ErrorCode::NONE);
    return StepOutcome::kDone;
  }
  step.phase = kWrite;
  return ask_reads(ctx, broker, {zk::get_data(zk::kProducerIdBlockPath)});
}

}  // namespace controller

void handle_allocate_producer_ids(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                  const AllocateProducerIdsRequest& request) {
  broker.controller.put(ctx, broker, AllocateProducerIdsEvent{{from, correlation_id}, request});
}

}  // namespace kscope::sim
