#include <algorithm>
#include <iterator>

#include "sim/client/consumer_parts.h"
#include "sim/protocol/message_kind.h"

namespace kscope::sim {

TopicPartitionState* Fetcher::find(TopicPartition partition) {
  const auto at = std::lower_bound(
      assigned.begin(), assigned.end(), partition,
      [](const TopicPartitionState& state, TopicPartition wanted) { return state.partition < wanted; });
  return at != assigned.end() && at->partition == partition ? &*at : nullptr;
}

const TopicPartitionState* Fetcher::find(TopicPartition partition) const {
  return const_cast<Fetcher*>(this)->find(partition);
}

FetchSessionHandler& Fetcher::session(NodeId node) {
  auto at = std::lower_bound(sessions.begin(), sessions.end(), node,
                             [](const NodeFetchSession& known, NodeId wanted) { return known.node < wanted; });
  if (at == sessions.end() || at->node != node) {
    at = sessions.insert(at, NodeFetchSession{node, {}});
  }
  return at->handler;
}

std::int64_t Fetcher::buffered_count() const {
  std::int64_t count = 0;
  for (const CompletedFetch& fetch : completed) {
    for (std::size_t i = fetch.batch_index; i < fetch.batches.size(); ++i) {
      const RecordBatch& batch = fetch.batches[i];
      count += batch.next_offset() - std::max(batch.base_offset, fetch.next_offset);
    }
  }
  return count;
}

namespace {

FetchRequest make_request(FetchSessionHandler& session, const ConsumerConfig& config) {
  FetchRequest request;
  request.max_wait = config.fetch_max_wait_ms;
  request.min_bytes = config.fetch_min_bytes;
  request.max_bytes = config.fetch_max_bytes;
  request.rack_id = config.client_rack;
  request.isolation = config.isolation_level;
  session.build().move_into(request);
  return request;
}

constexpr std::int64_t kClosesFetchSession = 1;  // InFlightRequest::token of a FetchRequest

bool has_fetch(const Fetcher& fetcher, NodeId node) {
  return std::binary_search(fetcher.nodes_with_fetch.begin(), fetcher.nodes_with_fetch.end(), node);
}

void note_read_replica(Ctx& ctx, const Consumer& consumer, const TopicPartitionState& partition, std::int64_t reason,
                       ErrorCode error) {
  Note note;
  note.kind = NoteKind::kReadReplica;
  note.group = consumer.setup.group;
  note.partition = partition.partition;
  note.broker = partition.preferred_read_replica;
  note.a = reason;
  note.b = static_cast<std::int64_t>(error);
  ctx.note(note);
}

/// The leader said which replica is nearer. It holds for metadata.max.age.ms, then the leader is asked again.
/// Source: SubscriptionState.updatePreferredReadReplica, FetchCollector.handleInitializeSuccess.
void prefer_replica(Ctx& ctx, const Consumer& consumer, TopicPartitionState& partition, BrokerId replica) {
  partition.preferred_read_replica = replica;
  partition.preferred_until = ctx.now() + consumer.setup.config.metadata_max_age_ms;
  note_read_replica(ctx, consumer, partition, 0, ErrorCode::NONE);
}

/// Node that the partition is fetched from: its preferred read replica, else its leader.
/// Source: AbstractFetch.selectReadReplica.
NodeId select_read_replica(Ctx& ctx, Consumer& consumer, TopicPartitionState& partition, NodeId leader) {
  if (!partition.preferred_read_replica.is_valid()) {
    return leader;
  }
  if (ctx.now() > partition.preferred_until) {
    clear_preferred_read_replica(ctx, consumer, partition, LeaveReplica::kLeaseOver);
    return leader;
  }
  const NodeId node = consumer.metadata.node_of(partition.preferred_read_replica);
  if (node.is_valid()) {
    return node;
  }
  clear_preferred_read_replica(ctx, consumer, partition, LeaveReplica::kBrokerGone);
  consumer.metadata.request_update(ctx, consumer.network);
  return leader;
}

/// What a refused fetch of one partition means. Source: FetchCollector.handleInitializeErrors.
void on_partition_error(Ctx& ctx, Consumer& consumer, TopicPartitionState& partition, ErrorCode error) {
  consumer.last_error = error;
  if (error == ErrorCode::OFFSET_OUT_OF_RANGE) {
    if (partition.preferred_read_replica.is_valid()) {
      // The replica may be behind the leader, or have deleted more: only the leader can say that it is so.
      clear_preferred_read_replica(ctx, consumer, partition, LeaveReplica::kRefused, error);
    } else {
      reset_position(ctx, consumer, partition);
    }
    return;
  }
  if (error != ErrorCode::UNKNOWN_LEADER_EPOCH) {
    clear_preferred_read_replica(ctx, consumer, partition, LeaveReplica::kRefused, error);
  }
  // MODEL: the partition is not fetched again before newer metadata; Kafka may ask the same leader once more.
  partition.awaits_metadata = true;
  consumer.metadata.request_update(ctx, consumer.network);
}

/// Moves the fetch past records below `offset`. False: nothing of it is left.
bool skip_to(CompletedFetch& fetch, Offset offset) {
  fetch.next_offset = std::max(fetch.next_offset, offset);
  while (fetch.batch_index < fetch.batches.size() &&
         fetch.batches[fetch.batch_index].next_offset() <= fetch.next_offset) {
    ++fetch.batch_index;
  }
  return fetch.batch_index < fetch.batches.size();
}

void deliver(Ctx& ctx, Consumer& consumer, TopicPartition partition, Offset offset, const Record& record) {
  consumer.records.push_back(
      ConsumerRecord{partition, offset, record.id, record.producer, record.key, record.value_size});
  ++consumer.delivered_count;
  if (ctx.is_observed()) {
    Note note;
    note.kind = NoteKind::kRecordDelivered;
    note.group = consumer.setup.group;
    note.partition = partition;
    note.a = offset.value;
    note.b = record.id.value;
    note.c = record.key.value;
    ctx.note(note);
  }
}

/// Whether the batch belongs to an aborted transaction. Batches are asked about in their order.
/// Source: CompletedFetch.nextFetchedRecord, consumeAbortedTransactionsUpTo.
bool is_aborted(CompletedFetch& fetch, const RecordBatch& batch) {
  while (fetch.next_aborted < fetch.aborted.size() &&
         fetch.aborted[fetch.next_aborted].first_offset <= batch.last_offset()) {
    fetch.aborted_producers.push_back(fetch.aborted[fetch.next_aborted++].producer_id);
  }
  if (batch.is_control && batch.control_type == ControlType::ABORT) {
    std::erase(fetch.aborted_producers, batch.producer_id);
    return false;
  }
  return batch.is_transactional && !batch.is_control &&
         std::find(fetch.aborted_producers.begin(), fetch.aborted_producers.end(), batch.producer_id) !=
             fetch.aborted_producers.end();
}

/// Hands out records of one fetch, at most up to `limit` records in all. Returns whether some of it is left.
bool hand_out(Ctx& ctx, Consumer& consumer, TopicPartitionState& partition, CompletedFetch& fetch, std::size_t limit) {
  while (skip_to(fetch, partition.position)) {
    if (consumer.records.size() >= limit) {
      return true;
    }
    const RecordBatch& batch = fetch.batches[fetch.batch_index];
    Offset offset = std::max(batch.base_offset, fetch.next_offset);
    if (const bool is_undone = is_aborted(fetch, batch); is_undone || batch.is_control || batch.records == nullptr) {
      offset = batch.next_offset();  // neither markers nor what they undo are for applications
    }
    for (; offset < batch.next_offset() && consumer.records.size() < limit; ++offset) {
      const Record& record = (*batch.records)[static_cast<std::size_t>(offset - batch.base_offset)];
      if (!record.is_removed()) {
        deliver(ctx, consumer, fetch.partition, offset, record);
      }
    }
    if (ctx.registry().planted_bug == PlantedBug::kPollDropsRest) {
      offset = batch.next_offset();
    }
    partition.position = offset;
    partition.position_epoch = batch.leader_epoch;
  }
  return false;
}

}  // namespace

void send_fetches(Ctx& ctx, Consumer& consumer, Wakeup& wakeup) {
  Fetcher& fetcher = consumer.fetcher;
  std::vector<NodeId> prepared;
  const std::size_t count = fetcher.assigned.size();
  for (std::size_t i = 0; i < count; ++i) {
    TopicPartitionState& partition = fetcher.assigned[(fetcher.fetch_start + i) % count];
    if (partition.state != FetchState::FETCHING || partition.is_paused || partition.is_buffered ||
        partition.awaits_metadata) {
      continue;
    }
    const ClientPartition* known = consumer.metadata.partition(partition.partition);
    const NodeId leader = known == nullptr ? NodeId{} : consumer.metadata.node_of(known->leader);
    if (!leader.is_valid()) {
      consumer.metadata.request_update(ctx, consumer.network);
      continue;
    }
    const NodeId node = select_read_replica(ctx, consumer, partition, leader);
    if (has_fetch(fetcher, node)) {
      continue;
    }
    if (!consumer.network.is_ready(node, ctx.now())) {
      wakeup.consider(consumer.network.ready_at(node), TimerKind::kClientRetry, partition.partition);
      continue;
    }
    FetchPartition item;
    item.partition = partition.partition;
    item.current_leader_epoch = known->leader_epoch;
    item.fetch_offset = partition.position;
    item.max_bytes = consumer.setup.config.max_partition_fetch_bytes;
    item.topic_id = consumer.metadata.topic(partition.partition.topic)->topic_id;
    FetchSessionHandler& session = fetcher.session(node);
    if (std::find(prepared.begin(), prepared.end(), node) == prepared.end()) {
      prepared.push_back(node);
      session.begin();
    }
    session.add(item);
    partition.fetched_offset = partition.position;
  }
  if (count > 0) {
    fetcher.fetch_start = (fetcher.fetch_start + 1) % count;
  }
  for (const NodeId node : prepared) {
    fetcher.nodes_with_fetch.insert(
        std::upper_bound(fetcher.nodes_with_fetch.begin(), fetcher.nodes_with_fetch.end(), node), node);
    const ConsumerConfig& config = consumer.setup.config;
    consumer.network.send(ctx, node, make_request(fetcher.session(node), config), config.request_timeout_ms);
  }
}

void close_fetch_sessions(Ctx& ctx, Consumer& consumer) {
  const ConsumerConfig& config = consumer.setup.config;
  for (NodeFetchSession& session : consumer.fetcher.sessions) {
    session.handler.notify_close();
    if (consumer.network.is_connectable(session.node, ctx.now())) {
      session.handler.begin();
      consumer.network.send(ctx, session.node, make_request(session.handler, config), config.request_timeout_ms,
                            kClosesFetchSession);
    }
  }
}

bool is_closing_fetch_sessions(const Consumer& consumer) {
  const std::vector<InFlightRequest>& in_flight = consumer.network.in_flight();
  return std::any_of(in_flight.begin(), in_flight.end(), [](const InFlightRequest& request) {
    return request.kind == message_kind<FetchRequest>() && request.token == kClosesFetchSession;
  });
}

void on_fetch_response(Ctx& ctx, Consumer& consumer, NodeId from, const FetchResponse& response) {
  std::erase(consumer.fetcher.nodes_with_fetch, from);
  if (response.throttle_time_ms > 0) {
    consumer.network.throttle(ctx, from, std::chrono::milliseconds(response.throttle_time_ms));
  }
  if (!consumer.fetcher.session(from).handle_response(response)) {
    if (response.error == ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR) {
      consumer.metadata.request_update(ctx, consumer.network);
    }
    return;
  }
  for (const FetchPartitionResult& result : response.partitions) {
    TopicPartitionState* partition = consumer.fetcher.find(result.partition);
    if (partition == nullptr || partition->state != FetchState::FETCHING ||
        partition->fetched_offset != partition->position) {
      continue;  // given up or moved while the fetch was on its way
    }
    partition->fetched_offset = kUnknownOffset;
    if (result.error != ErrorCode::NONE) {
      on_partition_error(ctx, consumer, *partition, result.error);
      continue;
    }
    partition->high_watermark = result.high_watermark;
    if (result.preferred_read_replica.is_valid()) {
      prefer_replica(ctx, consumer, *partition, result.preferred_read_replica);
    }
    partition->last_stable_offset = result.last_stable_offset;
    if (!result.batches.empty()) {
      partition->is_buffered = true;
      CompletedFetch fetched{result.partition, partition->position, result.batches, 0, result.aborted, 0, {}};
      std::sort(fetched.aborted.begin(), fetched.aborted.end(), [](const auto& a, const auto& b) {
        return std::pair(a.first_offset, a.last_offset) < std::pair(b.first_offset, b.last_offset);
      });
      consumer.fetcher.completed.push_back(std::move(fetched));
    }
  }
}

void on_fetch_failed(Ctx& ctx, Consumer& consumer, NodeId node) {
  std::erase(consumer.fetcher.nodes_with_fetch, node);
  consumer.fetcher.session(node).handle_error();
  for (TopicPartitionState& partition : consumer.fetcher.assigned) {
    if (consumer.metadata.node_of(partition.preferred_read_replica) == node) {
      clear_preferred_read_replica(ctx, consumer, partition, LeaveReplica::kBrokerGone);
    }
  }
  consumer.metadata.request_update(ctx, consumer.network);
}

void clear_preferred_read_replica(Ctx& ctx, const Consumer& consumer, TopicPartitionState& partition,
                                  LeaveReplica reason, ErrorCode error) {
  if (!partition.preferred_read_replica.is_valid()) {
    return;
  }
  partition.preferred_read_replica = BrokerId{};
  note_read_replica(ctx, consumer, partition, static_cast<std::int64_t>(reason), error);
}

void collect_records(Ctx& ctx, Consumer& consumer) {
  consumer.records.clear();
  consumer.next_record = 0;
  // The old consumer's KafkaStream gives one record at a time, and counts it as consumed then.
  const auto limit = consumer.zookeeper ? 1 : static_cast<std::size_t>(consumer.setup.config.max_poll_records);
  std::deque<CompletedFetch>& completed = consumer.fetcher.completed;
  std::vector<CompletedFetch> paused;  // kept for the poll() after resume()
  while (!completed.empty() && consumer.records.size() < limit) {
    CompletedFetch& fetch = completed.front();
    TopicPartitionState* partition = consumer.fetcher.find(fetch.partition);
    if (partition != nullptr && partition->is_paused) {
      paused.push_back(std::move(fetch));
      completed.pop_front();
      continue;
    }
    const bool is_usable =
        partition != nullptr && partition->state == FetchState::FETCHING && partition->position == fetch.next_offset;
    if (is_usable && hand_out(ctx, consumer, *partition, fetch, limit)) {
      fetch.next_offset = partition->position;
      break;
    }
    if (partition != nullptr) {
      partition->is_buffered = false;
    }
    completed.pop_front();
  }
  completed.insert(completed.end(), std::make_move_iterator(paused.begin()), std::make_move_iterator(paused.end()));
}

}  // namespace kscope::sim
