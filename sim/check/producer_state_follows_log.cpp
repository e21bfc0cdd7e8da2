#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {

/// What a replica knows of producers is what its batches say: compared whenever a replica changes its role or its log was
/// cut, for every producer whose last batch is still there. A producer may be forgotten only when it was idle for
/// producer.id.expiration.ms.
Finding check_producer_state_follows_log(const CheckContext& c) {
  const bool is_asked = c.note.kind == NoteKind::kBecameLeader || c.note.kind == NoteKind::kBecameFollower ||
                        c.note.kind == NoteKind::kLogTruncated;
  const PartitionLog* log = is_asked ? c.log(c.event.node, c.note.partition) : nullptr;
  if (log == nullptr) {
    return Finding::not_asked();
  }
  const Registry& registry = c.registry();
  const auto broker = static_cast<std::size_t>(registry.nodes.at(static_cast<std::size_t>(c.event.node.value)).index);
  const std::int64_t expiration_ms = millis(registry.brokers->at(broker).config.producer_id_expiration_ms);
  FlatMap<ProducerId, const RecordBatch*> last_batches;
  FlatMap<ProducerId, ProducerEpoch> last_epochs;  // markers raise them too
  for (std::size_t i = 0; i < log->batches().size(); ++i) {
    const RecordBatch& batch = log->batches()[i];
    if (batch.producer_id.is_valid()) {
      last_epochs.insert_or_assign(batch.producer_id, batch.producer_epoch);
    }
    if (batch.producer_id.is_valid() && !batch.is_control) {
      last_batches.insert_or_assign(batch.producer_id, &batch);
    }
  }
  const std::int64_t now_ms = millis(c.event.time.time_since_epoch());
  for (const auto& [producer, batch] : last_batches) {
    const auto known = log->producers().producers().find(producer);
    if (known == log->producers().producers().end()) {
      if (now_ms - batch->max_timestamp_ms <= expiration_ms) {
        return Finding::broken(fmt::format("{} on {} knows nothing of producer {}, whose batch at offset {} it has",
                                           c.partition(), c.node_name(c.event.node), producer.value,
                                           batch->base_offset.value));
      }
      continue;
    }
    const ProducerStateEntry& entry = known->second;
    const Sequence last = sequence_after(batch->base_sequence, batch->record_count - 1);
    const ProducerEpoch epoch = last_epochs.at(producer);
    // A marker of a higher epoch leaves nothing of the batches before it.
    const bool has_batches = epoch == batch->producer_epoch;
    const bool agrees =
        entry.producer_epoch == epoch &&
        (!has_batches || (entry.last_sequence() == last && entry.last_data_offset() == batch->last_offset()));
    if (!agrees) {
      return Finding::broken(fmt::format(
          "{} on {} takes producer {} to be at epoch {}, sequence {}, offset {}; its log says epoch {}, sequence {}, "
          "offset {}",
          c.partition(), c.node_name(c.event.node), producer.value, entry.producer_epoch.value,
          entry.last_sequence().value, entry.last_data_offset().value, epoch.value, last.value,
          batch->last_offset().value));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
