// Markers: a decided transaction is told to every partition that it wrote to; when all of them have it, it is complete.
// Source: TransactionMarkerChannelManager, TransactionMarkerRequestCompletionHandler, Kafka 3.9.
#include <algorithm>
#include <utility>

#include "sim/broker/broker.h"
#include "sim/coordinator/txn/transaction_coordinator.h"

namespace kscope::sim {
namespace {

constexpr Duration kRetryBackoff = 100ms;  // how often Kafka's sender thread looks at what it has to send again

bool is_retried(ErrorCode error) {
  switch (error) {
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode::NOT_LEADER_OR_FOLLOWER:
    case ErrorCode::NOT_ENOUGH_REPLICAS:
    case ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case ErrorCode::REQUEST_TIMED_OUT:
    case ErrorCode::KAFKA_STORAGE_ERROR: return true;
    default: return false;
  }
}

}  // namespace

PendingMarkers* TransactionCoordinator::find_markers(TransactionalId id) {
  const auto found = std::find_if(markers_.begin(), markers_.end(),
                                  [&](const PendingMarkers& pending) { return pending.transactional_id == id; });
  return found == markers_.end() ? nullptr : &*found;
}

void TransactionCoordinator::write_markers(Ctx& ctx, Broker& broker, std::int32_t partition, CoordinatorEpoch epoch,
                                           TransactionMetadata& metadata) {
  PendingMarkers pending;
  pending.transactional_id = metadata.current.transactional_id;
  pending.partition = partition;
  pending.coordinator_epoch = epoch;
  pending.unwritten = metadata.current.partitions;
  if (ctx.registry().planted_bug == PlantedBug::kMarkerForgotten && pending.unwritten.size() > 1) {
    pending.unwritten.pop_back();
  }
  pending.complete = metadata.prepare_complete(now_ms(ctx));
  if (ctx.registry().planted_bug == PlantedBug::kOtherCompletion) {
    pending.complete.state = TransactionState::CompleteAbort;
    metadata.pending_state = TransactionState::CompleteAbort;
  }
  markers_.push_back(std::move(pending));
  send_markers(ctx, broker, markers_.back());
}

void TransactionCoordinator::send_markers(Ctx& ctx, Broker& broker, PendingMarkers& pending) {
  std::vector<TopicPartition> on_its_way;
  for (const SentMarkers& sent : sent_) {
    if (sent.transactional_id == pending.transactional_id) {
      on_its_way.insert(on_its_way.end(), sent.partitions.begin(), sent.partitions.end());
    }
  }
  const TransactionRecord& decided = transactions_.at(pending.transactional_id).current;
  FlatMap<NodeId, std::vector<TopicPartition>> by_leader;
  bool is_leader_missing = false;
  // A partition that the cluster does not know is deleted: nothing is left to be told.
  std::erase_if(pending.unwritten,
                [&](TopicPartition partition) { return broker.metadata.find(partition) == nullptr; });
  for (const TopicPartition partition : pending.unwritten) {
    if (std::find(on_its_way.begin(), on_its_way.end(), partition) != on_its_way.end()) {
      continue;
    }
    const NodeId leader = broker.metadata.node_of(broker.metadata.leader_of(partition));
    if (leader.is_valid()) {
      by_leader[leader].push_back(partition);
    } else {
      is_leader_missing = true;
    }
  }
  for (auto& [leader, partitions] : by_leader) {
    WriteTxnMarkersRequest request;
    request.transactional_id = pending.transactional_id;
    request.producer_id = decided.producer_id;
    request.producer_epoch = decided.producer_epoch;
    request.result = decided.state == TransactionState::PrepareCommit ? ControlType::COMMIT : ControlType::ABORT;
    request.coordinator_epoch = pending.coordinator_epoch;
    request.partitions = partitions;
    const std::int64_t correlation_id = send_request(ctx, broker.next_correlation, leader, std::move(request));
    sent_.push_back(SentMarkers{correlation_id, leader, pending.transactional_id, std::move(partitions)});
  }
  if (is_leader_missing) {
    retry_markers_later(ctx);
  }
  maybe_complete(ctx, broker, pending);
}

void TransactionCoordinator::maybe_complete(Ctx& ctx, Broker& broker, PendingMarkers& pending) {
  if (!pending.unwritten.empty() || pending.is_completing) {
    return;
  }
  pending.is_completing = true;
  append(ctx, broker,
         PendingTransaction{{}, pending.partition, pending.coordinator_epoch, pending.complete, {}, false});
}

void TransactionCoordinator::on_markers_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id,
                                                 const WriteTxnMarkersResponse& response) {
  const auto found = std::find_if(sent_.begin(), sent_.end(),
                                  [&](const SentMarkers& sent) { return sent.correlation_id == correlation_id; });
  if (found == sent_.end()) {
    return;
  }
  const TransactionalId id = found->transactional_id;
  sent_.erase(found);
  PendingMarkers* pending = find_markers(id);
  if (pending == nullptr) {
    return;  // the partition of __transaction_state moved away
  }
  for (const WriteTxnMarkersResult& result : response.partitions) {
    if (result.error == ErrorCode::INVALID_PRODUCER_EPOCH ||
        result.error == ErrorCode::TRANSACTION_COORDINATOR_FENCED) {
      // Another coordinator, or this one in a later life, went further: this transaction is its business.
      std::erase_if(markers_, [&](const PendingMarkers& one) { return one.transactional_id == id; });
      return;
    }
    if (is_retried(result.error)) {
      retry_markers_later(ctx);
    } else {
      std::erase(pending->unwritten, result.partition);
    }
  }
  maybe_complete(ctx, broker, *pending);
}

void TransactionCoordinator::retry_markers_later(Ctx& ctx) {
  if (!ctx.is_armed(markers_timer_)) {
    markers_timer_ = ctx.after(kRetryBackoff, Timer{TimerKind::kTxnMarkersRetry});
  }
}

void TransactionCoordinator::on_disconnect(Ctx& ctx, NodeId peer) {
  if (std::erase_if(sent_, [&](const SentMarkers& sent) { return sent.node == peer; }) > 0) {
    retry_markers_later(ctx);
  }
}

}  // namespace kscope::sim
