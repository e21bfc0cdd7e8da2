#include "sim/log/producer_state.h"

#include <algorithm>

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

auto place_of(std::vector<TxnMetadata>& txns, Offset first_offset) {
  return std::lower_bound(txns.begin(), txns.end(), first_offset,
                          [](const TxnMetadata& txn, Offset offset) { return txn.first_offset < offset; });
}

/// Whether the first sequence of a batch follows what is known of its producer. Source: ProducerAppendInfo.checkSequence.
bool is_sequence_expected(const ProducerStateEntry& entry, const SequencedBatch& batch) {
  if (entry.producer_epoch == kNoProducerEpoch) {
    return true;  // nothing is known: its records may have been deleted, so any sequence is taken
  }
  if (batch.producer_epoch != entry.producer_epoch) {
    return batch.first_sequence.value == 0;
  }
  return is_in_sequence(entry.last_sequence(), batch.first_sequence);
}

}  // namespace

Sequence ProducerStateEntry::first_sequence() const {
  return batches.empty() ? kNoSequence : batches.front().first_sequence();
}

Sequence ProducerStateEntry::last_sequence() const {
  return batches.empty() ? kNoSequence : batches.back().last_sequence;
}

Offset ProducerStateEntry::last_data_offset() const {
  return batches.empty() ? kUnknownOffset : batches.back().last_offset;
}

const BatchMetadata* ProducerStateEntry::find_duplicate(const SequencedBatch& batch) const {
  if (batch.producer_epoch != producer_epoch) {
    return nullptr;
  }
  for (const BatchMetadata& known : batches) {
    if (known.first_sequence() == batch.first_sequence && known.last_sequence == batch.last_sequence()) {
      return &known;
    }
  }
  return nullptr;
}

void ProducerStateEntry::update_epoch(ProducerEpoch epoch) {
  if (epoch != producer_epoch) {
    batches.clear();
    producer_epoch = epoch;
  }
}

void ProducerStateEntry::add_batch(ProducerEpoch epoch, const BatchMetadata& batch) {
  update_epoch(epoch);
  if (batches.size() == kBatchesToRetain) {
    batches.erase(batches.begin());
  }
  batches.push_back(batch);
  last_timestamp_ms = batch.timestamp_ms;
}

const BatchMetadata* ProducerStateManager::find_duplicate(const SequencedBatch& batch) const {
  const ProducerStateEntry* entry = producers_.get(batch.producer_id);
  return entry == nullptr ? nullptr : entry->find_duplicate(batch);
}

ErrorCode ProducerStateManager::check(const SequencedBatch& batch, AppendOrigin origin) const {
  const ProducerStateEntry* entry = producers_.get(batch.producer_id);
  if (entry == nullptr || origin == AppendOrigin::REPLICATION) {
    return ErrorCode::NONE;
  }
  if (batch.producer_epoch < entry->producer_epoch) {
    return ErrorCode::INVALID_PRODUCER_EPOCH;
  }
  if (origin == AppendOrigin::CLIENT && !is_sequence_expected(*entry, batch)) {
    return ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
  }
  if (entry->current_txn_first_offset.has_value() && !batch.is_transactional) {
    return ErrorCode::INVALID_TXN_STATE;
  }
  return ErrorCode::NONE;
}

void ProducerStateManager::append(const SequencedBatch& batch) {
  KSCOPE_CHECK(batch.producer_id.is_valid(), "only batches of idempotent producers change the producer state");
  ProducerStateEntry& entry = producers_[batch.producer_id];
  entry.add_batch(batch.producer_epoch, BatchMetadata{batch.last_sequence(), batch.last_offset(),
                                                      batch.record_count - 1, batch.timestamp_ms});
  if (batch.is_transactional && !entry.current_txn_first_offset.has_value()) {
    entry.current_txn_first_offset = batch.base_offset;
    ongoing_.insert(place_of(ongoing_, batch.base_offset), TxnMetadata{batch.producer_id, batch.base_offset, {}});
  }
}

ErrorCode ProducerStateManager::check(const EndTxnMarker& marker, AppendOrigin origin) const {
  const ProducerStateEntry* entry = producers_.get(marker.producer_id);
  if (entry == nullptr || origin == AppendOrigin::REPLICATION) {
    return ErrorCode::NONE;
  }
  if (marker.producer_epoch < entry->producer_epoch) {
    return ErrorCode::INVALID_PRODUCER_EPOCH;
  }
  if (marker.coordinator_epoch < entry->coordinator_epoch) {
    return ErrorCode::TRANSACTION_COORDINATOR_FENCED;
  }
  return ErrorCode::NONE;
}

std::optional<CompletedTxn> ProducerStateManager::append(const EndTxnMarker& marker) {
  ProducerStateEntry& entry = producers_[marker.producer_id];
  entry.update_epoch(marker.producer_epoch);
  entry.coordinator_epoch = marker.coordinator_epoch;
  entry.last_timestamp_ms = marker.timestamp_ms;
  if (!entry.current_txn_first_offset.has_value()) {
    return std::nullopt;
  }
  const Offset first = *entry.current_txn_first_offset;
  entry.current_txn_first_offset.reset();
  return CompletedTxn{marker.producer_id, first, marker.offset, marker.type == ControlType::ABORT};
}

void ProducerStateManager::complete(const CompletedTxn& completed) {
  const auto place = place_of(ongoing_, completed.first_offset);
  KSCOPE_CHECK(place != ongoing_.end() && place->first_offset == completed.first_offset,
               "only an open transaction can be completed");
  TxnMetadata txn = *place;
  ongoing_.erase(place);
  txn.last_offset = completed.last_offset;
  unreplicated_.insert(place_of(unreplicated_, txn.first_offset), txn);
}

Offset ProducerStateManager::last_stable_offset_after(const CompletedTxn& completed) const {
  for (const TxnMetadata& txn : ongoing_) {
    if (txn.producer_id != completed.producer_id) {
      return txn.first_offset;
    }
  }
  return completed.last_offset + 1;
}

std::optional<Offset> ProducerStateManager::first_unstable_offset() const {
  if (ongoing_.empty() && unreplicated_.empty()) {
    return std::nullopt;
  }
  if (unreplicated_.empty()) {
    return ongoing_.front().first_offset;
  }
  if (ongoing_.empty()) {
    return unreplicated_.front().first_offset;
  }
  return std::min(unreplicated_.front().first_offset, ongoing_.front().first_offset);
}

std::optional<Offset> ProducerStateManager::first_undecided_offset() const {
  return ongoing_.empty() ? std::nullopt : std::optional(ongoing_.front().first_offset);
}

void ProducerStateManager::on_high_watermark(Offset high_watermark) {
  std::erase_if(unreplicated_, [&](const TxnMetadata& txn) { return *txn.last_offset < high_watermark; });
}

int ProducerStateManager::expire(std::int64_t now_ms, std::int64_t expiration_ms) {
  return static_cast<int>(producers_.erase_if([&](const ProducerId&, const ProducerStateEntry& entry) {
    return !entry.current_txn_first_offset.has_value() && now_ms - entry.last_timestamp_ms >= expiration_ms;
  }));
}

void ProducerStateManager::on_log_start(Offset log_start_offset) {
  std::erase_if(unreplicated_, [&](const TxnMetadata& txn) { return *txn.last_offset < log_start_offset; });
}

void ProducerStateManager::clear() { *this = ProducerStateManager{}; }

}  // namespace kscope::sim
