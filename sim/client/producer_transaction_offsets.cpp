// sendOffsetsToTransaction(): AddOffsetsToTxn to the transaction coordinator (transaction version 1 only), then
// TxnOffsetCommit to the group coordinator, again and again for the partitions that failed in passing.
// Source: Kafka 3.9 and 4.0 TransactionManager, AddOffsetsToTxnHandler, TxnOffsetCommitHandler.
#include <algorithm>
#include <utility>

#include "engine/core/check.h"
#include "sim/client/producer_parts.h"

namespace kscope::sim {

void ProducerTransaction::send_offsets(TransactionOffsets offsets) {
  KSCOPE_CHECK(state_ == State::IN_TRANSACTION, "offsets are sent to an open transaction");
  offsets_ = std::move(offsets);
  offsets_->is_group_added = version_ == Version::kV2;
  if (offsets_->partitions.empty()) {
    offsets_.reset();
  }
}

bool ProducerTransaction::is_group_next() const {
  return new_partitions_.empty() && offsets_.has_value() && offsets_->is_group_added;
}

void ProducerTransaction::send_to_group_coordinator(Ctx& ctx, Producer& producer) {
  if (!group_coordinator_.is_valid()) {
    find_coordinator(ctx, producer, FindCoordinatorRequest{offsets_->group, {}});
    return;
  }
  if (!producer.network.is_ready(group_coordinator_, ctx.now())) {
    retry_at_ = producer.network.ready_at(group_coordinator_);
    return;
  }
  const ProducerIdAndEpoch& self = producer.transactions->producer();
  has_offsets_ = true;
  send(ctx, producer, group_coordinator_,
       TxnOffsetCommitRequest{id_, offsets_->group, self.id, self.epoch, offsets_->generation, offsets_->member,
                              offsets_->partitions, offsets_->group_instance_id});
}

void ProducerTransaction::on_add_offsets_response(Ctx& ctx, Producer& producer,
                                                  const AddOffsetsToTxnResponse& response) {
  is_in_flight_ = false;
  if (response.error == ErrorCode::NONE) {
    if (offsets_) {
      offsets_->is_group_added = true;
    }
  } else if (!on_coordinator_error(ctx, producer, response.error)) {
    abort_after(ctx, producer, response.error);  // UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_ID_MAPPING
  }
}

void ProducerTransaction::on_txn_offset_commit_response(Ctx& ctx, Producer& producer,
                                                        const TxnOffsetCommitResponse& response) {
  is_in_flight_ = false;
  for (const OffsetCommitResult& result : response.partitions) {
    if (!offsets_) {
      return;  // the transaction is being aborted
    }
    switch (result.error) {
      case ErrorCode::NONE:
        std::erase_if(offsets_->partitions,
                      [&](const OffsetCommitPartition& item) { return item.partition == result.partition; });
        break;
      case ErrorCode::COORDINATOR_NOT_AVAILABLE:
      case ErrorCode::NOT_COORDINATOR:
      case ErrorCode::REQUEST_TIMED_OUT: group_coordinator_ = NodeId{}; break;
      case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
      case ErrorCode::COORDINATOR_LOAD_IN_PROGRESS:
      case ErrorCode::CONCURRENT_TRANSACTIONS: break;
      case ErrorCode::UNKNOWN_MEMBER_ID:
      case ErrorCode::ILLEGAL_GENERATION:
      case ErrorCode::FENCED_INSTANCE_ID:
      case ErrorCode::TRANSACTION_ABORTABLE: abort_after(ctx, producer, result.error); return;
      case ErrorCode::INVALID_PRODUCER_EPOCH:
      case ErrorCode::PRODUCER_FENCED: fail_for_good(ctx, producer, ErrorCode::PRODUCER_FENCED); return;
      default: fail_for_good(ctx, producer, result.error); return;
    }
  }
  if (offsets_ && offsets_->partitions.empty()) {
    offsets_.reset();
  } else if (offsets_) {
    retry_later(ctx, producer.setup.config.retry_backoff_ms);
  }
}

}  // namespace kscope::sim
