// WriteTxnMarkers: the transaction coordinator has decided how a transaction ends; each partition that it wrote to gets a
// control batch that says so. Source: KafkaApis.handleWriteTxnMarkersRequest, EndTransactionMarker, Kafka 3.9.
#include <memory>
#include <utility>
#include <vector>

#include "sim/broker/broker.h"
#include "sim/types/record_batch_size.h"

namespace kscope::sim {
namespace {

constexpr RecordContentSize kMarkerSize{4, 6, {}};  // key: version, type; value: version, coordinator epoch

RecordBatch marker_batch(const Ctx& ctx, const WriteTxnMarkersRequest& request) {
  RecordBatch batch;
  batch.record_count = 1;
  batch.base_timestamp_ms = now_ms(ctx);
  batch.max_timestamp_ms = batch.base_timestamp_ms;
  batch.producer_id = request.producer_id;
  batch.producer_epoch = request.producer_epoch;
  batch.is_transactional = true;
  batch.is_control = true;
  batch.control_type = ctx.registry().planted_bug == PlantedBug::kWrongMarker ? ControlType::ABORT : request.result;
  batch.coordinator_epoch = request.coordinator_epoch;
  BatchFill fill(INT32_MAX);
  fill.append(kMarkerSize, batch.base_timestamp_ms);
  batch.size_bytes = fill.size_bytes();
  Record marker;
  marker.producer = ctx.self();
  marker.value_size = kMarkerSize.value_size;
  batch.records = std::make_shared<const std::vector<Record>>(1, marker);
  return batch;
}

/// A planted bug: the marker counts as written.
bool forgets_marker(Ctx& ctx, const Partition& partition) {
  return ctx.registry().planted_bug == PlantedBug::kMarkerNotAppended &&
         ReplicaManager::log_of(ctx, partition).log_end_offset().value % 2 == 0;
}

}  // namespace

void handle_write_txn_markers(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                              const WriteTxnMarkersRequest& request) {
  DelayedProduce produce;
  produce.from = from;
  produce.correlation_id = correlation_id;
  produce.markers_of = request.producer_id;
  produce.markers_type = request.result;
  produce.deadline = ctx.now() + broker.setup.config.request_timeout_ms;
  std::vector<ReplicationWait> waits;
  for (const TopicPartition id : request.partitions) {
    ProducePartitionResult result;
    result.partition = id;
    Partition* partition = broker.replicas.find_led(broker, id, kNoLeaderEpoch, result.error);
    if (partition != nullptr && !forgets_marker(ctx, *partition)) {
      const AppendResult appended =
          broker.replicas.append_as_leader(ctx, broker, *partition, marker_batch(ctx, request), Acks::ALL);
      result.error = appended.error;
      if (appended.error == ErrorCode::NONE) {
        result.error = ErrorCode::REQUEST_TIMED_OUT;  // stands unless the replicas are faster
        waits.push_back({partition->place, appended.required_offset,
                         static_cast<std::uint32_t>(produce.response.partitions.size())});
      }
    }
    produce.response.partitions.push_back(result);
  }
  if (waits.empty()) {
    broker.replicas.answer_now(ctx, broker, std::move(produce));
    return;
  }
  produce.channel = broker.request_queue.keep_muted();
  broker.replicas.park(ctx, broker, std::move(produce), waits);
  for (const TopicPartition id : request.partitions) {
    if (Partition* partition = broker.replicas.find(id)) {
      broker.replicas.complete_after_append(ctx, broker, *partition);
    }
  }
}

}  // namespace kscope::sim
