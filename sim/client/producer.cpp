#include "sim/client/producer.h"

#include <algorithm>

#include "engine/core/check.h"
#include "sim/client/producer_parts.h"
#include "sim/protocol/message_kind.h"

namespace kscope::sim {
namespace {

/// The topic's partitions became known, or their leaders changed.
void take_in_metadata(Ctx& ctx, Producer& producer) {
  const ClientTopic* topic = producer.metadata.topic(producer.setup.topic);
  if (topic == nullptr || !topic->exists) {
    producer.with_leader.clear();
    return;
  }
  if (topic->partitions.size() > producer.queues.size()) {
    producer.queues.resize(topic->partitions.size());
  }
  producer.with_leader.clear();
  for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
    if (topic->partitions[i].leader.is_valid()) {
      producer.with_leader.push_back(static_cast<std::int32_t>(i));
    }
  }
  retry_blocked_send(ctx, producer);
}

bool is_transactional_request(std::uint16_t kind) {
  return kind == message_kind<FindCoordinatorRequest>() || kind == message_kind<InitProducerIdRequest>() ||
         kind == message_kind<AddPartitionsToTxnRequest>() || kind == message_kind<EndTxnRequest>() ||
         kind == message_kind<AddOffsetsToTxnRequest>() || kind == message_kind<TxnOffsetCommitRequest>();
}

void on_requests_failed(Ctx& ctx, Producer& producer, const std::vector<InFlightRequest>& failed, ErrorCode error) {
  for (const InFlightRequest& request : failed) {
    if (request.kind == message_kind<MetadataRequest>()) {
      producer.metadata.on_failure(ctx, producer.network);
    } else if (is_transactional_request(request.kind) && producer.transaction) {
      producer.transaction->on_request_failed(ctx, producer);
    } else if (request.kind == message_kind<InitProducerIdRequest>()) {
      producer.transactions->on_init_failed(ctx, producer);
    } else {
      on_produce_failed(ctx, producer, request.correlation_id, error);
    }
  }
}

/// What every handler ends with: memory may be free, batches may go, close() may be over.
void settle(Ctx& ctx, Producer& producer) {
  retry_blocked_send(ctx, producer);
  run_sender(ctx, producer);
  if (producer.state == ProducerState::kClosing && producer.part == ClientPart::kWhole && is_drained(producer)) {
    producer.state = ProducerState::kClosed;
    producer.network.close(ctx);
    Note note;
    note.kind = NoteKind::kShutdownDone;
    ctx.note(note);
    ctx.exit();
  }
}

void set_rate(Ctx& ctx, Producer& producer, std::int64_t records_per_1000_s) {
  producer.workload.records_per_1000_s = records_per_1000_s;
  if (!producer.blocked.has_value()) {
    ctx.cancel(producer.workload.timer);
    schedule_workload(ctx, producer);
  }
}

/// An answer about id or transaction. False: it is none.
bool on_transaction_message(Ctx& ctx, Producer& producer, const MessageBody& body) {
  const auto* init = std::get_if<InitProducerIdResponse>(&body);
  if (init != nullptr && producer.transaction) {
    producer.transaction->on_init_response(ctx, producer, *init);
  } else if (init != nullptr && producer.transactions) {
    producer.transactions->on_init_response(ctx, producer, *init);
  } else if (!producer.transaction) {
    return false;
  } else if (const auto* found = std::get_if<FindCoordinatorResponse>(&body)) {
    producer.transaction->on_find_coordinator_response(ctx, *found);
  } else if (const auto* added = std::get_if<AddPartitionsToTxnResponse>(&body)) {
    producer.transaction->on_add_partitions_response(ctx, producer, *added);
  } else if (const auto* joined = std::get_if<AddOffsetsToTxnResponse>(&body)) {
    producer.transaction->on_add_offsets_response(ctx, producer, *joined);
  } else if (const auto* stored = std::get_if<TxnOffsetCommitResponse>(&body)) {
    producer.transaction->on_txn_offset_commit_response(ctx, producer, *stored);
  } else if (const auto* ended = std::get_if<EndTxnResponse>(&body)) {
    producer.transaction->on_end_response(ctx, producer, *ended);
  } else {
    return false;
  }
  return true;
}

}  // namespace

void begin_close(Ctx& ctx, Producer& producer) {
  if (producer.state != ProducerState::kRunning) {
    return;
  }
  if (producer.part == ClientPart::kWhole) {
    Note note;
    note.kind = NoteKind::kShutdownStarted;
    ctx.note(note);
  }
  give_up_blocked_send(ctx, producer, ErrorCode::REQUEST_TIMED_OUT);
  producer.state = ProducerState::kClosing;
  ctx.cancel(producer.workload.timer);
}

Producer::Producer(const ProducerSetup& its_setup, ClientPart its_part)
    : setup(its_setup),
      part(its_part),
      network(ReconnectBackoff{its_setup.config.reconnect_backoff_ms, its_setup.config.reconnect_backoff_max_ms},
              its_part),
      metadata(MetadataTiming{its_setup.config.metadata_max_age_ms, its_setup.config.retry_backoff_ms,
                              its_setup.config.retry_backoff_max_ms, its_setup.config.request_timeout_ms},
               true, its_part),
      sticky(std::max(its_setup.config.batch_size, 1)) {
  if (its_setup.config.enable_idempotence) {
    transactions.emplace(its_setup.transactional_id.is_valid());
  }
  if (its_setup.transactional_id.is_valid()) {
    transaction.emplace(its_setup.transactional_id);
  }
  workload.records_per_1000_s = its_setup.workload.records_per_1000_s;
}

void Producer::on_start(Ctx& ctx) {
  network.start(ctx);
  workload.first_record = first_record_of_life(ctx);
  metadata.set_topics({setup.topic});
  metadata.request_update(ctx, network);
  if (transaction) {
    const bool is_old = ctx.registry().rules.is_old(Rule::kKip890Epochs);
    transaction->on_version(is_old ? ProducerTransaction::Version::kV1 : ProducerTransaction::Version::kV2);
    run_sender(ctx, *this);  // initTransactions() comes before the first record
  } else if (workload.records_per_1000_s > 0) {
    workload.timer = ctx.after(setup.workload.start, Timer{TimerKind::kWorkload, 0, 0});
  }
}

void Producer::on_message(Ctx& ctx, NodeId from, const Message& message) {
  const std::optional<InFlightRequest> request = network.complete(from, message.correlation_id);
  if (!request.has_value()) {
    return;  // its request was given up: the connection was closed since
  }
  if (const auto* produced = std::get_if<ProduceResponse>(&message.body)) {
    if (produced->throttle_time_ms > 0) {
      network.throttle(ctx, from, std::chrono::milliseconds(produced->throttle_time_ms));
    }
    on_produce_response(ctx, *this, message.correlation_id, *produced);
  } else if (const auto* told = std::get_if<MetadataResponse>(&message.body)) {
    metadata.on_response(ctx, network, *told);
    take_in_metadata(ctx, *this);
  } else if (!on_transaction_message(ctx, *this, message.body)) {
    KSCOPE_CHECK(false, "a producer got a message that no producer understands");
  }
  settle(ctx, *this);
}

void Producer::on_timer(Ctx& ctx, const Timer& timer) {
  if (timer.kind == TimerKind::kWorkload) {
    if (blocked.has_value()) {
      give_up_blocked_send(ctx, *this, ErrorCode::REQUEST_TIMED_OUT);
      return;
    }
    application_sends(ctx, *this, next_key(ctx, setup.workload, workload), -1);
    if (!blocked.has_value()) {
      schedule_workload(ctx, *this);
    }
    return;
  }
  if (timer.kind == TimerKind::kDeliveryTimeout) {
    expire_batches(ctx, *this);
  } else if (timer.kind == TimerKind::kMetadataRefresh || timer.kind == TimerKind::kMetadataRetry) {
    metadata.on_timer(ctx, network);
  } else if (timer.kind == TimerKind::kClientRequestTimeout) {
    on_requests_failed(ctx, *this, network.on_timeout(ctx), ErrorCode::REQUEST_TIMED_OUT);
  } else {
    KSCOPE_CHECK(timer.kind == TimerKind::kLinger || timer.kind == TimerKind::kClientRetry,
                 "a producer got a timer that it never armed");
  }
  settle(ctx, *this);
}

void Producer::on_disconnect(Ctx& ctx, NodeId peer) {
  on_requests_failed(ctx, *this, network.on_disconnect(ctx, peer), ErrorCode::NETWORK_EXCEPTION);
  metadata.request_update(ctx, network);
  settle(ctx, *this);
}

void Producer::on_command(Ctx& ctx, const Command& command) {
  if (command.kind == CommandKind::kProducerRate) {
    set_rate(ctx, *this, command.count);
  } else if (command.kind == CommandKind::kProduceOne) {
    application_sends(ctx, *this, command.count < 0 ? KeyId{} : KeyId(command.count), command.partition.partition);
  } else if (command.kind == CommandKind::kEndTransaction) {
    if (transaction) {
      transaction->end(ctx, *this, command.count == 1 ? ControlType::COMMIT : ControlType::ABORT);
    }
    settle(ctx, *this);
  } else if (command.kind == CommandKind::kCleanShutdown) {
    begin_close(ctx, *this);
    settle(ctx, *this);
  }
}

}  // namespace kscope::sim
