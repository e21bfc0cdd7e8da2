// Batches that a broker finds too large. With compression that is no mistake of the producer: a batch is filled by an estimate
// of its compressed size, and the broker may store it with another codec, or with none.
#include <algorithm>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "sim/client/producer_parts.h"

namespace kscope::sim {
namespace {

ProducerBatch new_part(Ctx& ctx, Producer& producer, const ProducerBatch& big, const RecordContentSize& content) {
  ProducerBatch part;
  part.number = producer.next_batch++;
  part.partition = big.partition;
  part.compression = big.compression;
  part.fill = new_batch_fill(producer, content);
  part.created_at = big.created_at;
  part.ready_at = ctx.now();  // it takes no more records, so there is nothing to linger for
  part.producer = big.producer;
  part.is_transactional = big.is_transactional;
  part.is_renumbered = big.is_renumbered;
  return part;
}

/// The records of the batch in smaller ones, in their order. Source: ProducerBatch.split.
std::vector<ProducerBatch> split(Ctx& ctx, Producer& producer, const ProducerBatch& big) {
  std::vector<ProducerBatch> parts;
  for (const Record& old : *big.sealed) {
    const std::int64_t timestamp_ms = big.fill.base_timestamp() + old.timestamp_delta;
    const RecordContentSize content = record_content_size(old, ctx.registry().key_text(old.producer, old.key));
    if (parts.empty() || !parts.back().fill.has_room_for(content, timestamp_ms)) {
      parts.push_back(new_part(ctx, producer, big, content));
      parts.back().first_record = old.id;
    }
    ProducerBatch& part = parts.back();
    part.fill.append(content, timestamp_ms);
    part.max_timestamp_ms = std::max(part.max_timestamp_ms, timestamp_ms);
    Record record = old;
    record.timestamp_delta = static_cast<std::int32_t>(timestamp_ms - part.fill.base_timestamp());
    part.records.push_back(record);
  }
  Sequence next = big.base_sequence;
  for (ProducerBatch& part : parts) {
    if (big.base_sequence.is_set()) {
      part.base_sequence = next;
      next = sequence_after(next, part.record_count());
    }
    (void)close_batch(part, ctx.registry().compression);
  }
  return parts;
}

}  // namespace

void insert_in_sequence_order(std::deque<ProducerBatch>& queue, ProducerBatch batch) {
  auto place = queue.begin();
  while (batch.base_sequence.is_set() && place != queue.end() && place->base_sequence.is_set() &&
         place->base_sequence.value < batch.base_sequence.value) {
    ++place;
  }
  queue.insert(place, std::move(batch));
}

void split_and_reenqueue(Ctx& ctx, Producer& producer, const ProducerBatch& big) {
  KSCOPE_CHECK(!big.is_open(), "only a batch that was sent can be found too large");
  producer.memory_used -= big.memory_bytes;
  if (big.compression != CompressionType::NONE) {
    const std::int64_t records = big.fill.size_bytes() - kRecordBatchOverhead;
    const std::int64_t compressed = big.closed_bytes - kRecordBatchOverhead;
    producer.compression_estimate.reset_after_split(static_cast<std::int32_t>(compressed * 1'000'000 / records));
  }
  std::vector<ProducerBatch> parts = split(ctx, producer, big);
  Note note;
  note.kind = NoteKind::kBatchSplit;
  note.partition = big.partition;
  note.a = big.first_record.value;
  note.b = big.record_count();
  note.c = static_cast<std::int64_t>(parts.size());
  ctx.note(note);
  std::deque<ProducerBatch>& queue = producer.queues[static_cast<std::size_t>(big.partition.partition)].batches;
  producer.buffered_count += big.record_count();
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    insert_in_sequence_order(queue, std::move(*part));
  }
}

}  // namespace kscope::sim
