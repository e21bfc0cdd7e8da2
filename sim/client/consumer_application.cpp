#include <algorithm>

#include "sim/client/consumer_parts.h"

namespace kscope::sim {
namespace {

void note_processed(Ctx& ctx, Consumer& consumer) {
  const ConsumerRecord& record = consumer.records[consumer.next_record];
  ++consumer.next_record;
  ++consumer.processed_count;
  if (ctx.is_observed()) {
    Note note;
    note.kind = NoteKind::kRecordProcessed;
    note.group = consumer.setup.group;
    note.partition = record.partition;
    note.a = record.offset.value;
    note.b = record.record.value;
    ctx.note(note);
  }
}

/// One record is done: an application that produces produces now. False: it waits inside send().
bool finish_record(Ctx& ctx, Consumer& consumer) {
  const ConsumerRecord record = consumer.records[consumer.next_record];
  note_processed(ctx, consumer);
  return !consumer.copier || copy_record(ctx, consumer, record);
}

/// All records that poll() returned are done.
void finish_records(Ctx& ctx, Consumer& consumer) {
  consumer.records.clear();
  consumer.next_record = 0;
  consumer.application = ApplicationState::kPolling;
  if (consumer.copier && end_copy(ctx, consumer)) {
    return;
  }
  if (consumer.setup.commit == ConsumerSetup::CommitMode::kAfterProcessing &&
      begin_commit(ctx, consumer, CommitReason::kAfterProcessing)) {
    consumer.application = ApplicationState::kCommitting;
  }
}

}  // namespace

bool run_poll(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  consumer.last_poll = ctx.now();
  rejoin_if_stale(ctx, consumer);
  join_if_needed(ctx, consumer, wakeup);
  const bool hands_out_all = ctx.registry().rules.is_old(Rule::kKafka14196) && !consumer.zookeeper;
  if (is_commit_pending(consumer, CommitReason::kBeforeRevoke) && !consumer.is_cooperative() && !hands_out_all) {
    return false;  // what is handed out now would not be in that commit (KAFKA-14196)
  }
  maybe_auto_commit(ctx, consumer, wakeup);
  drive_positions(ctx, consumer, wakeup);
  if (consumer.application != ApplicationState::kPolling) {
    return false;  // poll() threw
  }
  if (!consumer.fetcher.completed.empty()) {
    collect_records(ctx, consumer);
  }
  send_fetches(ctx, consumer, wakeup);  // the next ones are on their way while the application works
  return !consumer.records.empty();
}

void take_records(Ctx& ctx, Consumer& consumer) {
  if (consumer.setup.commit == ConsumerSetup::CommitMode::kBeforeProcessing &&
      begin_commit(ctx, consumer, CommitReason::kBeforeProcessing)) {
    consumer.application = ApplicationState::kCommitting;
    return;
  }
  process(ctx, consumer);
}

void process(Ctx& ctx, Consumer& consumer) {
  consumer.application = ApplicationState::kProcessing;
  if (consumer.is_paused) {
    return;
  }
  if (consumer.next_record == consumer.records.size()) {
    finish_records(ctx, consumer);
    return;
  }
  if (consumer.setup.processing_time > Duration(0)) {
    consumer.process_timer =
        ctx.after(consumer.setup.processing_time * ctx.cpu_factor(), Timer{TimerKind::kProcessed, 0, 0});
    return;
  }
  while (consumer.next_record < consumer.records.size()) {
    if (!finish_record(ctx, consumer)) {
      return;
    }
  }
  finish_records(ctx, consumer);
}

void on_processed(Ctx& ctx, Consumer& consumer) {
  if (consumer.application != ApplicationState::kProcessing) {
    return;
  }
  if (!finish_record(ctx, consumer)) {
    return;
  }
  if (consumer.next_record == consumer.records.size()) {
    finish_records(ctx, consumer);
  } else {
    process(ctx, consumer);
  }
}

void on_commit_done(Ctx& ctx, Consumer& consumer, CommitReason reason) {
  if (consumer.application != ApplicationState::kCommitting) {
    return;
  }
  if (reason == CommitReason::kBeforeProcessing) {
    process(ctx, consumer);
  } else if (reason == CommitReason::kAfterProcessing) {
    consumer.application = ApplicationState::kPolling;
  }
}

void begin_close(Ctx& ctx, Consumer& consumer) {
  if (consumer.application == ApplicationState::kClosing || consumer.application == ApplicationState::kClosed) {
    return;
  }
  consumer.application = ApplicationState::kClosing;
  consumer.records.clear();
  consumer.next_record = 0;
  consumer.has_close_commit = false;
  consumer.is_leaving = false;
  consumer.has_closed_sessions = false;
  ctx.cancel(consumer.process_timer);
  ctx.cancel(consumer.pause_timer);
  ctx.cancel(consumer.max_poll_timer);
}

void run_close(Ctx& ctx, Consumer& consumer) {
  if (!close_copier(ctx, consumer)) {
    return;
  }
  if (!consumer.has_close_commit) {
    consumer.has_close_commit = true;
    consumer.commits.clear();
    const bool has_storage = consumer.zookeeper || consumer.membership.coordinator.is_valid();
    if (consumer.commits_automatically() && has_storage && consumer.may_commit()) {
      begin_commit(ctx, consumer, CommitReason::kClose);
    }
  }
  const bool can_commit =
      consumer.zookeeper ? consumer.zookeeper->zk.is_connected() : consumer.membership.coordinator.is_valid();
  if (is_commit_pending(consumer, CommitReason::kClose) && can_commit) {
    return;
  }
  if (!consumer.is_leaving) {
    consumer.is_leaving = true;
    revoke_all(ctx, consumer);
    consumer.leave_correlation = leave_group(ctx, consumer);
  }
  if (consumer.leave_correlation != 0) {
    return;  // the answer, or the end of the connection, goes on with close()
  }
  if (!consumer.has_closed_sessions) {
    consumer.has_closed_sessions = true;
    close_fetch_sessions(ctx, consumer);
  }
  if (is_closing_fetch_sessions(consumer)) {
    return;  // as before
  }
  consumer.application = ApplicationState::kClosed;
  consumer.commits.clear();
  consumer.network.close(ctx);
  ctx.exit();
}

void fail_application(Ctx& ctx, Consumer& consumer, ErrorCode error) {
  consumer.last_error = error;
  begin_close(ctx, consumer);
}

}  // namespace kscope::sim
