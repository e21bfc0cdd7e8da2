#pragma once
// The inner parts of a producer: the application's side of send(), and the sender behind it. Used by producer.cpp only.
// Kafka: KafkaProducer.doSend, RecordAccumulator.append and ready and drain, Sender (3.9).

#include <cstdint>
#include <deque>
#include <string>

#include "sim/client/producer.h"

namespace kscope::sim {

// ---- application side (producer_send.cpp)

/// The application makes one record and calls send(). `partition` < 0: the partitioner decides. Ignored while an earlier
/// call still blocks. Effects: a record in a queue and perhaps a request, or the application blocked in send().
void application_sends(Ctx& ctx, Producer& producer, KeyId key, std::int32_t partition);
/// The application calls send() with a record that it has made. Requires: no earlier call blocks, the producer runs, and a
/// transaction is open if it has any. Effects: as above.
void send_record(Ctx& ctx, Producer& producer, Record record, std::int32_t partition);
/// Something that a blocked send() may wait for has changed: tries again.
void retry_blocked_send(Ctx& ctx, Producer& producer);
/// max.block.ms is over: the record of the blocked send() is lost.
void give_up_blocked_send(Ctx& ctx, Producer& producer, ErrorCode error);
/// Arms the timer of the next record, if there is one.
void schedule_workload(Ctx& ctx, Producer& producer);

/// Sizes of what one record holds; `key` is its key's text.
[[nodiscard]] RecordContentSize record_content_size(const Record& record, const std::string& key);
/// An empty batch for a record of that size, or batch.size if that is more, with what compression is expected to leave.
[[nodiscard]] BatchFill new_batch_fill(const Producer& producer, const RecordContentSize& content);

// ---- batches that a broker finds too large (split_batch.cpp)

/// A broker answered MESSAGE_TOO_LARGE for a batch of several records: it is taken apart into batches of batch.size, which
/// are sent instead of it, in its place of the queue. They keep its age and its sequences and count as not tried yet; nothing
/// is expected of compression any more. Parts that are too large again are split again, until single records fail or
/// delivery.timeout.ms is over. Effects: queue and buffer.memory; a note.
/// Source: Sender.completeBatch, RecordAccumulator.splitAndReenqueue, ProducerBatch.split, Kafka 3.9.
void split_and_reenqueue(Ctx& ctx, Producer& producer, const ProducerBatch& big);

/// Puts a batch back into its queue: at the front, an idempotent producer's behind those with lower sequences.
/// Source: RecordAccumulator.insertInSequenceOrder.
void insert_in_sequence_order(std::deque<ProducerBatch>& queue, ProducerBatch batch);

// ---- sender (sender.cpp)

/// One turn of the sender's loop, repeated while it sends: finds leader nodes that have something to get, takes one batch
/// per partition and sends them. Effects: requests; the wakeup timer; metadata asked for when a leader is not known.
/// Cost: O(partitions). Source: Sender.sendProducerData.
void run_sender(Ctx& ctx, Producer& producer);
void on_produce_response(Ctx& ctx, Producer& producer, std::int64_t correlation_id, const ProduceResponse& response);
/// The request got no answer: NETWORK_EXCEPTION or REQUEST_TIMED_OUT for each of its batches.
void on_produce_failed(Ctx& ctx, Producer& producer, std::int64_t correlation_id, ErrorCode error);
/// Fails every batch, waiting or on its way, that is older than delivery.timeout.ms; arms the timer for the next one.
void expire_batches(Ctx& ctx, Producer& producer);
/// Gives up every batch that waits to be sent: their transaction is aborted.
void drop_unsent_batches(Ctx& ctx, Producer& producer);
/// The application calls close(): what is buffered is still sent, nothing new is taken.
void begin_close(Ctx& ctx, Producer& producer);
/// Whether every record has its outcome.
bool is_drained(const Producer& producer);

}  // namespace kscope::sim
