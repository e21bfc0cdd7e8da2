#include <fmt/format.h>

#include "sim/check/transaction_outcome.h"

namespace kscope::sim {
namespace {

const Producer* producer_on(const CheckContext& c, NodeId node) {
  const Role* role = c.world.role(node);
  if (role == nullptr) {
    return nullptr;
  }
  const auto* consumer = std::get_if<Consumer>(role);
  if (consumer != nullptr) {
    return consumer->copier ? &consumer->copier->producer : nullptr;
  }
  return std::get_if<Producer>(role);
}

/// Who begins a transaction has an epoch of its transactional.id that no other process has.
Finding check_begun(const CheckContext& c) {
  const Producer* begins = producer_on(c, c.event.node);
  if (begins == nullptr || !begins->transactions) {
    return Finding::not_asked();
  }
  const ProducerIdAndEpoch self = begins->transactions->producer();
  for (std::size_t i = 0; i < c.registry().nodes.size(); ++i) {
    const NodeId node(static_cast<std::int32_t>(i));
    const Producer* other = node == c.event.node ? nullptr : producer_on(c, node);
    const bool is_twin = other != nullptr && other->transactions && other->transactions->producer().id == self.id &&
                         other->transactions->producer().epoch == self.epoch;
    if (is_twin) {
      return Finding::broken(fmt::format("{} and {} are both producer {}, epoch {}", c.node_name(c.event.node),
                                         c.node_name(node), self.id.value, self.epoch.value));
    }
  }
  return Finding::fine();
}

/// The marker of the same producer before this one; nullptr: there is none near enough.
const RecordBatch* marker_before(const PartitionLog& log, const RecordBatch& marker) {
  const Chunked<RecordBatch>& batches = log.batches();
  const std::size_t end = batches.size() > kLongestTransactionSearch ? batches.size() - kLongestTransactionSearch : 0;
  for (std::size_t i = batches.size(); i > end; --i) {
    const RecordBatch& batch = batches[i - 1];
    if (batch.is_control && batch.producer_id == marker.producer_id && batch.base_offset < marker.base_offset) {
      return &batch;
    }
  }
  return nullptr;
}

/// A marker is no older coordinator's, and a commit ends nothing that a fenced producer wrote.
Finding check_marker(const CheckContext& c, const RecordBatch& marker) {
  const PartitionLog& log = *c.log(c.event.node, c.note.partition);
  const RecordBatch* before = marker_before(log, marker);
  if (before != nullptr && marker.coordinator_epoch < before->coordinator_epoch) {
    return c.unless_lost(fmt::format("{}: a marker of coordinator epoch {} follows one of epoch {}", c.partition(),
                                     marker.coordinator_epoch.value, before->coordinator_epoch.value));
  }
  if (marker.control_type == ControlType::ABORT) {
    return Finding::fine();
  }
  // With transaction version 2 the marker has the epoch after the one that the records were written with.
  const int raised = c.registry().rules.is_old(Rule::kKip890Epochs) ? 0 : 1;
  for (const RecordBatch* batch : batches_ended_by(log, marker)) {
    if (batch->producer_epoch.value + raised < marker.producer_epoch.value) {
      return c.unless_lost(fmt::format("{} at offset {}: a commit of epoch {} ends what was written with epoch {}",
                                       c.partition(), marker.base_offset.value, marker.producer_epoch.value,
                                       batch->producer_epoch.value));
    }
  }
  return Finding::fine();
}

}  // namespace

/// One process at a time is the producer of a transactional.id: the one with the highest epoch. Whatever a fenced one
/// wrote is not committed.
Finding check_one_active_producer(const CheckContext& c) {
  if (c.note.kind == NoteKind::kTransactionBegun) {
    return check_begun(c);
  }
  const RecordBatch* marker = appended_marker(c);
  return marker == nullptr ? Finding::not_asked() : check_marker(c, *marker);
}

}  // namespace kscope::sim
