#pragma once
// The inner parts of a producer: the application's side of send(), and the sender behind it. Used by producer.cpp only.
// Kafka: KafkaProducer.doSend, RecordAccumulator.append and ready and drain, Sender (3.9).

#include <cstdint>

#include "sim/client/producer.h"

namespace kscope::sim {

// ---- application side (producer_send.cpp)

/// The application makes one record and calls send(). `partition` < 0: the partitioner decides. Ignored while an earlier
/// call still blocks. Effects: a record in a queue and perhaps a request, or the application blocked in send().
void application_sends(Ctx& ctx, Producer& producer, KeyId key, std::int32_t partition);
/// Something that a blocked send() may wait for has changed: tries again.
void retry_blocked_send(Ctx& ctx, Producer& producer);
/// max.block.ms is over: the record of the blocked send() is lost.
void give_up_blocked_send(Ctx& ctx, Producer& producer, ErrorCode error);
/// Arms the timer of the next record, if there is one.
void schedule_workload(Ctx& ctx, Producer& producer);

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
