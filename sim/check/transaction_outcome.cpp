#include "sim/check/transaction_outcome.h"

#include "sim/types/java_string.h"

namespace kscope::sim {

const PartitionLog* leader_log(const CheckContext& c, TopicPartition partition) {
  const PartitionWatch* p = c.watch.find(partition);
  const NodeId leader = p == nullptr ? NodeId{} : c.registry().node_of(p->leader);
  return leader.is_valid() ? c.log(leader, partition) : nullptr;
}

std::optional<ControlType> outcome_after(const PartitionLog& log, ProducerId producer, Offset offset) {
  const Chunked<RecordBatch>& batches = log.batches();
  std::size_t low = 0;
  std::size_t high = batches.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (batches[middle].next_offset() <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (std::size_t i = low; i < batches.size(); ++i) {
    if (batches[i].is_control && batches[i].producer_id == producer) {
      return batches[i].control_type;
    }
  }
  return std::nullopt;
}

const RecordBatch* appended_marker(const CheckContext& c) {
  if (c.note.kind != NoteKind::kBatchAppended) {
    return nullptr;
  }
  const PartitionLog* log = c.log(c.event.node, c.note.partition);
  const RecordBatch* batch = log == nullptr ? nullptr : log->find(Offset(c.note.a));
  return batch != nullptr && batch->is_control && batch->producer_id.is_valid() ? batch : nullptr;
}

std::vector<const RecordBatch*> batches_ended_by(const PartitionLog& log, const RecordBatch& marker) {
  std::vector<const RecordBatch*> ended;
  const Chunked<RecordBatch>& batches = log.batches();
  const std::size_t end = batches.size() > kLongestTransactionSearch ? batches.size() - kLongestTransactionSearch : 0;
  for (std::size_t i = batches.size(); i > end; --i) {
    const RecordBatch& batch = batches[i - 1];
    if (batch.producer_id != marker.producer_id || batch.base_offset >= marker.base_offset) {
      continue;
    }
    if (batch.is_control) {
      break;
    }
    if (batch.is_transactional && batch.records != nullptr && !batch.records->empty()) {
      ended.push_back(&batch);
    }
  }
  return ended;
}

TopicPartition transaction_state_partition(const Registry& registry, TransactionalId id) {
  const TopicId topic = registry.transaction_topic;
  const std::int32_t count = registry.topics.at(static_cast<std::size_t>(topic.value)).partitions;
  return TopicPartition{topic, coordinator_partition(registry.transactional_id_text(id), count)};
}

CommittedRead committed_read(const CheckContext& c) {
  CommittedRead read;
  if (c.note.kind != NoteKind::kRecordDelivered ||
      c.registry().consumer(c.event.node).config.isolation_level != IsolationLevel::READ_COMMITTED) {
    return read;
  }
  const PartitionLog* log = leader_log(c, c.note.partition);
  const RecordBatch* batch = log == nullptr ? nullptr : log->find(Offset(c.note.a));
  if (batch == nullptr) {
    return read;
  }
  read.is_one = true;
  read.is_transactional = batch->is_transactional;
  if (read.is_transactional) {
    read.outcome = outcome_after(*log, batch->producer_id, Offset(c.note.a));
  }
  return read;
}

}  // namespace kscope::sim
