// What the watch makes of acknowledgements: which batches a producer was told are stored, and which of them are committed.
#include <algorithm>

#include "sim/check/watch.h"
#include "sim/log/log_directory.h"

namespace kscope::sim {

const PartitionLog* log_on(const World& world, NodeId node, TopicPartition p) {
  const HostedLog* hosted = world.durable(node).logs.find(p);
  return hosted == nullptr || hosted->is_deleted ? nullptr : &hosted->log;
}

bool has_batch(const PartitionLog& log, Offset base_offset, RecordId first_record) {
  if (base_offset < std::max(log.log_start_offset(), log.verbatim_from())) {
    return true;
  }
  const RecordBatch* batch = log.find(base_offset);
  return batch != nullptr && batch->records != nullptr && !batch->records->empty() &&
         batch->records->front().id == first_record;
}

std::int64_t count_missing(const Chunked<AckedBatch>& acked, const PartitionLog& log) {
  std::int64_t missing = 0;
  // Logs share prefixes: below an acknowledged batch that is there, everything acknowledged earlier is there too, up to
  // the few acknowledgements that arrive out of order.
  std::size_t found_in_a_row = 0;
  for (std::size_t i = acked.size(); i > 0 && found_in_a_row < 16; --i) {
    const AckedBatch& batch = acked[i - 1];
    if (has_batch(log, batch.base_offset, batch.first_record)) {
      ++found_in_a_row;
    } else {
      found_in_a_row = 0;
      missing += batch.count;
    }
  }
  return missing;
}

void Watch::note_acked(const World& world, const Event& event, const Note& note) {
  const Acks acks = world.registry().producer(event.node).config.acks;
  if (note.a < 0 || acks == Acks::NONE) {
    return;
  }
  PartitionWatch& p = partition(note.partition);
  const TopicSetup& topic = world.registry().topics[static_cast<std::size_t>(note.partition.topic.value)];
  const int in_sync = p.isr.size();
  const AckedBatch batch{Offset(note.a),    static_cast<std::int32_t>(note.b),           RecordId(note.c),
                         acks == Acks::ALL, in_sync >= topic.config.min_insync_replicas, event.number};
  p.acked.push_back(batch);
  if (acks == Acks::LEADER) {
    const auto place =
        std::upper_bound(p.uncommitted.begin(), p.uncommitted.end(), batch,
                         [](const AckedBatch& a, const AckedBatch& b) { return a.base_offset < b.base_offset; });
    p.uncommitted.insert(place, batch);
    note_committed(p, log_on(world, event.peer, note.partition));
  }
}

/// Batches that every in-sync replica has by now, as the leader says whose log this is, are committed. Those of another
/// leader at these offsets are lost, which acks=1 permits. Cost: O(batches that are decided).
void Watch::note_committed(PartitionWatch& p, const PartitionLog* leader) {
  const auto end = std::find_if(p.uncommitted.begin(), p.uncommitted.end(), [&](const AckedBatch& batch) {
    return batch.base_offset + batch.count > p.true_high_watermark;
  });
  for (auto batch = p.uncommitted.begin(); leader != nullptr && batch != end; ++batch) {
    if (has_batch(*leader, batch->base_offset, batch->first_record)) {
      p.committed.push_back(*batch);
    }
  }
  p.uncommitted.erase(p.uncommitted.begin(), end);
}

}  // namespace kscope::sim
