// Produce: each partition's batch is appended to the log that this broker leads. Source: KafkaApis.handleProduceRequest,
// ReplicaManager.appendRecords, Kafka 3.9.
//
//   checks, in Kafka's order: UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS (acks=all),
//   MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, of an idempotent producer INVALID_PRODUCER_EPOCH and
//   OUT_OF_ORDER_SEQUENCE_NUMBER, of a transaction TRANSACTION_ABORTABLE and INVALID_TXN_STATE (a batch that is stored already gets its offset again), KAFKA_STORAGE_ERROR; once appended, with acks=all, NONE,
//   NOT_ENOUGH_REPLICAS_AFTER_APPEND, NOT_LEADER_OR_FOLLOWER or REQUEST_TIMED_OUT
#include <utility>
#include <vector>

#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"
#include "sim/broker/transaction_verifier.h"

namespace kscope::sim {
namespace {

ProducePartitionResult append_one(Ctx& ctx, Broker& broker, Acks acks, const ProducePartition& item,
                                  const BatchVerdict& verdict, std::vector<ReplicationWait>& waits,
                                  std::uint32_t result_index) {
  ProducePartitionResult result;
  result.partition = item.partition;
  if (verdict.error != ErrorCode::NONE) {
    result.error = verdict.error;
    return result;
  }
  Partition* partition = broker.replicas.find_led(broker, item.partition, kNoLeaderEpoch, result.error);
  if (partition == nullptr) {
    return result;
  }
  const AppendResult appended =
      broker.replicas.append_as_leader(ctx, broker, *partition, item.batch, acks, verdict.guard);
  result.error = appended.error;
  result.base_offset = appended.base_offset;
  result.log_start_offset = ReplicaManager::log_of(ctx, *partition).log_start_offset();
  if (acks == Acks::ALL && appended.error == ErrorCode::NONE) {
    result.error = ErrorCode::REQUEST_TIMED_OUT;  // stands unless the replicas are faster
    waits.push_back({partition->place, appended.required_offset, result_index});
  }
  return result;
}

void note_refusals(Ctx& ctx, const Broker& broker, const ProduceResponse& response, const ProduceRequest& request) {
  const std::size_t kind = MessageBody(std::in_place_type<ProduceRequest>).index();
  for (std::size_t i = 0; i < response.partitions.size(); ++i) {
    const ErrorCode error = response.partitions[i].error;
    if (error != ErrorCode::NONE && error != ErrorCode::REQUEST_TIMED_OUT) {
      ctx.note({.kind = NoteKind::kRequestRefused,
                .partition = request.partitions[i].partition,
                .broker = broker.id,
                .a = static_cast<std::int64_t>(kind),
                .b = static_cast<std::int64_t>(error)});
    }
  }
}

}  // namespace

void handle_produce(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id, const ProduceRequest& request) {
  if (!broker.verifier.begin(ctx, broker, from, correlation_id, request)) {
    serve_produce(ctx, broker, VerifiedCall{from, correlation_id}, request);
  }
}

void serve_produce(Ctx& ctx, Broker& broker, const VerifiedCall& call, const ProduceRequest& request) {
  ProduceResponse response;
  response.partitions.reserve(request.partitions.size());
  std::vector<ReplicationWait> waits;
  for (const ProducePartition& item : request.partitions) {
    const auto index = static_cast<std::uint32_t>(response.partitions.size());
    const BatchVerdict verdict = call.verdicts.empty() ? BatchVerdict{} : call.verdicts[index];
    response.partitions.push_back(append_one(ctx, broker, request.acks, item, verdict, waits, index));
  }
  bool has_error = false;
  for (const ProducePartitionResult& result : response.partitions) {
    has_error = has_error || result.error != ErrorCode::NONE;
  }
  if (ctx.is_observed()) {
    note_refusals(ctx, broker, response, request);
  }
  if (request.acks == Acks::NONE) {
    if (has_error) {
      ctx.disconnect(call.from);  // the only way to tell a producer that expects no answer
    } else {
      (void)broker.quotas.throttle_produce(ctx, broker, call.from, broker.request_queue.handled(),
                                           produce_request_size(request));
    }
  } else if (waits.empty()) {
    const ChannelIndex channel = call.channel >= 0 ? call.channel : broker.request_queue.handled();
    if (call.from.is_valid()) {
      response.throttle_time_ms =
          broker.quotas.throttle_produce(ctx, broker, call.from, channel, produce_request_size(request));
      send_response(ctx, call.from, call.correlation_id, std::move(response));
    }
    broker.request_queue.release(ctx, broker, call.channel);
  } else {
    DelayedProduce produce;
    produce.from = call.from;
    produce.correlation_id = call.correlation_id;
    produce.channel = call.channel >= 0 ? call.channel : broker.request_queue.keep_muted();
    produce.deadline = ctx.now() + request.timeout;
    produce.request_bytes = produce_request_size(request);
    produce.response = std::move(response);
    broker.replicas.park(ctx, broker, std::move(produce), waits);
  }
  for (const ProducePartition& item : request.partitions) {
    if (Partition* partition = broker.replicas.find(item.partition); partition != nullptr) {
      broker.replicas.complete_after_append(ctx, broker, *partition);
    }
  }
}

}  // namespace kscope::sim
