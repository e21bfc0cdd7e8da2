// The fetcher threads: which request goes out next, and what becomes of errors. What answers do to the log is in
// replica_truncation.cpp and take_records() below.
#include "sim/broker/replica_fetcher.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "sim/broker/broker.h"
#include "sim/broker/replica_truncation.h"

namespace kscope::sim {
namespace {

constexpr Duration kTakeRecordsTime = 20us;  // CPU time per response with records

bool is_before_partition(const PartitionFetchState& state, TopicPartition partition) {
  return state.partition < partition;
}

bool is_ready(const PartitionFetchState& state, LocalTime now) {
  return !state.delayed_until.has_value() || *state.delayed_until <= now;
}

void back_off(Ctx& ctx, const Broker& broker, PartitionFetchState& state) {
  state.delayed_until = ctx.now() + broker.setup.config.replica_fetch_backoff_ms;
}

void remove_from(ReplicaFetcher& fetcher, TopicPartition partition) {
  fetcher.settled.clear();  // what comes behind moves up
  std::erase_if(fetcher.partitions, [&](const PartitionFetchState& state) { return state.partition == partition; });
}

void send_to_leader(Ctx& ctx, Broker& broker, ReplicaFetcher& fetcher, MessageBody request) {
  const NodeId node = ctx.registry().node_of(fetcher.leader);
  KSCOPE_CHECK(node.is_valid(), "a leader is a broker of the registry");
  fetcher.is_fetch_out = std::holds_alternative<FetchRequest>(request);
  fetcher.outstanding = send_request(ctx, broker.next_correlation, node, std::move(request));
  fetcher.sent_at = ctx.now();
  if (!ctx.is_armed(fetcher.timeout_timer)) {
    fetcher.timeout_timer = ctx.after(broker.setup.config.replica_socket_timeout_ms,
                                      Timer{TimerKind::kReplicaFetchTimeout, fetcher.leader.value});
  }
}

/// Places in ReplicaFetcher::partitions of those that a turn of the thread looks at, ascending.
using Places = std::vector<std::size_t>;

Places unsettled_of(const ReplicaFetcher& fetcher, const PartitionNews& news) {
  Places places;
  fetcher.settled.for_each_unsettled(fetcher.partitions.size(), news, [&](std::size_t i) { places.push_back(i); });
  return places;
}

/// The request that asks where the latest epochs of truncating partitions end. Partitions without any epoch need not ask.
OffsetsForLeaderEpochRequest make_epoch_request(Ctx& ctx, Broker& broker, ReplicaFetcher& fetcher,
                                                const Places& places) {
  OffsetsForLeaderEpochRequest request;
  const ProtocolRules& rules = ctx.registry().rules;
  request.replica = broker.id;
  for (const std::size_t place : places) {
    PartitionFetchState& state = fetcher.partitions[place];
    if (state.phase != ReplicaFetchPhase::Truncating || !is_ready(state, ctx.now())) {
      continue;
    }
    Partition* partition = broker.replicas.find(state.partition);
    KSCOPE_CHECK(partition != nullptr, "only hosted partitions are fetched");
    state.delayed_until.reset();
    const std::optional<LeaderEpoch> latest = ReplicaManager::log_of(ctx, *partition).epochs().latest_epoch();
    if (!latest.has_value() || rules.is_old(Rule::kKip101)) {
      finish_truncation(ctx, broker, state, {state.fetch_offset, true}, kNoLeaderEpoch);
      continue;
    }
    state.asked_epoch = *latest;
    const bool is_fenced = !rules.is_old(Rule::kKip320FencedTruncation);
    request.partitions.push_back({state.partition, is_fenced ? state.current_leader_epoch : kNoLeaderEpoch, *latest});
  }
  return request;
}

ListOffsetsRequest make_reset_request(Ctx& ctx, const Broker& broker, ReplicaFetcher& fetcher, const Places& places) {
  ListOffsetsRequest request;
  request.replica = broker.id;
  for (const std::size_t place : places) {
    PartitionFetchState& state = fetcher.partitions[place];
    if (state.phase == ReplicaFetchPhase::Resetting && is_ready(state, ctx.now())) {
      state.delayed_until.reset();
      request.partitions.push_back({state.partition, state.current_leader_epoch, kLatestOffset.value});
      request.partitions.push_back({state.partition, state.current_leader_epoch, kEarliestOffset.value});
    }
  }
  return request;
}

/// Source: RemoteLeaderEndPoint.shouldFollowerThrottle, Kafka 3.9.
bool should_follower_throttle(const Ctx& ctx, Broker& broker, const PartitionFetchState& state) {
  return !state.is_replica_in_sync && broker.follower_throttle.is_throttled(ctx, broker, state.partition) &&
         broker.follower_throttle.is_quota_exceeded(ctx, broker);
}

/// Whether some follower of a topic is throttled here, so that a partition may have to be left out at any time.
bool has_throttled_topic(const Ctx& ctx) {
  for (std::size_t i = 0; i < ctx.registry().topics.size(); ++i) {
    const TopicPartition any{TopicId(static_cast<std::int32_t>(i)), 0};
    if (topic_config(ctx, any).follower_replication_throttled_replicas != ThrottledReplicas{}) {
      return true;
    }
  }
  return false;
}

/// What a fetch says of a partition.
FetchPartition fetch_of(Ctx& ctx, const Broker& broker, const PartitionFetchState& state, const Partition& partition) {
  const PartitionLog& log = ReplicaManager::log_of(ctx, partition);
  const bool is_fenced = !ctx.registry().rules.is_old(Rule::kKip320FencedFetch);
  FetchPartition item;
  item.partition = state.partition;
  item.current_leader_epoch = is_fenced ? state.current_leader_epoch : kNoLeaderEpoch;
  item.last_fetched_epoch =
      truncates_on_fetch(ctx, broker) ? log.epochs().latest_epoch().value_or(kNoLeaderEpoch) : kNoLeaderEpoch;
  item.fetch_offset = state.fetch_offset;
  item.log_start_offset = log.log_start_offset();
  item.max_bytes = broker.setup.config.replica_fetch_max_bytes;
  item.topic_id = partition.topic_id;
  return item;
}

bool is_fetchable(const PartitionFetchState& state, LocalTime now) {
  return state.phase == ReplicaFetchPhase::Fetching && is_ready(state, now);
}

/// Whether the request can be made of what is not settled alone: it belongs to a session, and nothing leaves it.
bool may_keep_settled(const Ctx& ctx, const ReplicaFetcher& fetcher, const Places& unsettled) {
  return !fetcher.session.next_metadata().is_full() && !has_throttled_topic(ctx) &&
         std::all_of(unsettled.begin(), unsettled.end(),
                     [&](std::size_t place) { return is_fetchable(fetcher.partitions[place], ctx.now()); });
}

#ifndef NDEBUG
/// Every settled partition stands as the leader was told.
void check_settled(Ctx& ctx, const Broker& broker, const ReplicaFetcher& fetcher) {
  for (std::size_t i = 0; i < fetcher.partitions.size(); ++i) {
    if (fetcher.settled.is_settled(i, broker.replicas.news())) {
      const PartitionFetchState& state = fetcher.partitions[i];
      const Partition* partition = broker.replicas.find(state.partition);
      const FetchPartition* told = fetcher.session.find(state.partition);
      KSCOPE_CHECK(partition != nullptr && told != nullptr && is_fetchable(state, ctx.now()) &&
                       *told == fetch_of(ctx, broker, state, *partition),
                   "a change of a followed partition was not told as news");
    }
  }
}
#endif

/// The next request of the session, or nothing when there is nothing to ask for and nothing to forget. `unsettled` are the
/// places that a settled partition has not. Source: RemoteLeaderEndPoint.buildFetch.
std::optional<FetchRequest> make_fetch_request(Ctx& ctx, Broker& broker, ReplicaFetcher& fetcher,
                                               const Places& unsettled) {
  const BrokerConfig& config = broker.setup.config;
  const std::size_t count = fetcher.partitions.size();
  const std::size_t first = count > 0 ? fetcher.next_first % count : 0;
  Places places = unsettled;
  const std::size_t kept = may_keep_settled(ctx, fetcher, unsettled) ? count - unsettled.size() : 0;
  if (kept == 0) {
    fetcher.settled.clear();
    places.resize(count);
    std::iota(places.begin(), places.end(), std::size_t{0});
  }
  std::rotate(places.begin(), std::lower_bound(places.begin(), places.end(), first), places.end());
  fetcher.session.begin();
  fetcher.session.keep(kept);
  for (const std::size_t place : places) {
    PartitionFetchState& state = fetcher.partitions[place];
    if (!is_fetchable(state, ctx.now())) {
      continue;
    }
    state.delayed_until.reset();
    if (should_follower_throttle(ctx, broker, state)) {
      continue;
    }
    const Partition* partition = broker.replicas.find(state.partition);
    KSCOPE_CHECK(partition != nullptr, "only hosted partitions are fetched");
    state.sent_offset = state.fetch_offset;
    state.sent_epoch = state.current_leader_epoch;
    fetcher.session.add(fetch_of(ctx, broker, state, *partition));
    if (!partition->topic_id.is_zero()) {
      fetcher.settled.settle(place, partition->place, broker.replicas.news().of(partition->place));
    }
  }
  FetchSessionHandler::RequestData data = fetcher.session.build();
#ifndef NDEBUG
  check_settled(ctx, broker, fetcher);
#endif
  if (!data.is_needed) {
    return std::nullopt;
  }
  FetchRequest request;
  request.replica = broker.id;
  request.replica_epoch = broker.lifecycle.broker_epoch;
  request.max_wait = config.replica_fetch_wait_max_ms;
  request.min_bytes = config.replica_fetch_min_bytes;
  request.max_bytes = config.replica_fetch_response_max_bytes;
  data.move_into(request);
  return request;
}

/// There was nothing to fetch: what waits is looked at when its backoff is over, what is throttled after one backoff.
void wake_when_ready(Ctx& ctx, const Broker& broker, ReplicaFetcher& fetcher) {
  const LocalTime after_backoff = ctx.now() + broker.setup.config.replica_fetch_backoff_ms;
  std::optional<LocalTime> next;
  for (const PartitionFetchState& state : fetcher.partitions) {
    if (state.delayed_until.has_value() || state.phase == ReplicaFetchPhase::Fetching) {
      const LocalTime ready = state.delayed_until.value_or(after_backoff);
      next = next.has_value() ? std::min(*next, ready) : ready;
    }
  }
  ctx.cancel(fetcher.wake_timer);
  if (next.has_value()) {
    fetcher.wake_timer =
        ctx.after(std::max(*next - ctx.now(), Duration(0)), Timer{TimerKind::kReplicaFetch, fetcher.leader.value});
  }
}

/// One turn of the thread: truncate what must be, then fetch. Source: AbstractFetcherThread.doWork.
void do_work(Ctx& ctx, Broker& broker, ReplicaFetcher& fetcher) {
  if (fetcher.outstanding != 0 || fetcher.writing.has_value()) {
    return;
  }
  const Places unsettled = unsettled_of(fetcher, broker.replicas.news());
  if (auto epochs = make_epoch_request(ctx, broker, fetcher, unsettled); !epochs.partitions.empty()) {
    send_to_leader(ctx, broker, fetcher, std::move(epochs));
    return;
  }
  if (auto reset = make_reset_request(ctx, broker, fetcher, unsettled); !reset.partitions.empty()) {
    send_to_leader(ctx, broker, fetcher, std::move(reset));
    return;
  }
  if (auto fetch = make_fetch_request(ctx, broker, fetcher, unsettled); fetch.has_value()) {
    send_to_leader(ctx, broker, fetcher, std::move(*fetch));
    return;
  }
  wake_when_ready(ctx, broker, fetcher);
}

/// Whether the partition still stands where the request that is answered found it.
bool is_as_asked(const PartitionFetchState& state, PlantedBug bug) {
  const bool is_epoch_as_asked =
      state.sent_epoch == state.current_leader_epoch || bug == PlantedBug::kTakeAnswerOfAnyEpoch;
  return state.sent_offset == state.fetch_offset && is_epoch_as_asked;
}

/// The request that is out failed as a whole: every partition waits for the backoff.
/// Source: AbstractFetcherThread.processFetchRequest.
void fail_request(Ctx& ctx, Broker& broker, ReplicaFetcher& fetcher) {
  fetcher.outstanding = 0;
  fetcher.settled.clear();
  for (PartitionFetchState& state : fetcher.partitions) {
    if (is_ready(state, ctx.now())) {
      back_off(ctx, broker, state);
    }
  }
  do_work(ctx, broker, fetcher);
}

/// The request that is out will not be answered.
void lose_request(Ctx& ctx, Broker& broker, ReplicaFetcher& fetcher) {
  if (fetcher.is_fetch_out) {
    fetcher.session.handle_error();
  }
  fail_request(ctx, broker, fetcher);
}

/// Time to take a response in: CPU, page cache, and the platter where flush.messages asks for it.
Duration writing_time(Ctx& ctx, const Broker& broker, const FetchResponse& response) {
  std::int64_t bytes = 0;
  Duration flushes{0};
  for (const FetchPartitionResult& item : response.partitions) {
    std::int64_t count = 0;
    for (const RecordBatch& batch : item.batches) {
      bytes += batch.size_bytes;
      count += batch.record_count;
    }
    const Partition* partition = broker.replicas.find(item.partition);
    if (count > 0 && partition != nullptr && ReplicaManager::is_flush_due(ctx, *partition, count)) {
      flushes += ctx.disk().flush_time();
    }
  }
  return bytes == 0 ? Duration(0) : kTakeRecordsTime * ctx.cpu_factor() + ctx.disk().write_time(bytes) + flushes;
}

}  // namespace

bool truncates_on_fetch(const Ctx& ctx, const Broker& broker) {
  const ProtocolRules& rules = ctx.registry().rules;
  const PlantedBug bug = ctx.registry().planted_bug;
  const bool is_spoiled = bug == PlantedBug::kTruncateToHighWatermark || bug == PlantedBug::kNoTruncation;
  const bool asks_first = rules.is_old(Rule::kKip101) || rules.is_old(Rule::kKip279) ||
                          rules.is_old(Rule::kKip320FencedFetch) || rules.is_old(Rule::kKip320FencedTruncation);
  const bool is_new_enough = broker.setup.config.inter_broker_protocol_version >= kIbpTruncationOnFetch;
  return rules.is_old(Rule::kKip320TruncateFirst) || (is_new_enough && !asks_first && !is_spoiled);
}

PartitionFetchState* ReplicaFetcher::find(TopicPartition partition) {
  const auto at = std::lower_bound(partitions.begin(), partitions.end(), partition, is_before_partition);
  return at != partitions.end() && at->partition == partition ? &*at : nullptr;
}

const PartitionFetchState* ReplicaFetcher::find(TopicPartition partition) const {
  return const_cast<ReplicaFetcher*>(this)->find(partition);
}

const ReplicaFetcher* ReplicaFetchers::find(BrokerId leader) const {
  for (const ReplicaFetcher& fetcher : fetchers_) {
    if (fetcher.leader == leader) {
      return &fetcher;
    }
  }
  return nullptr;
}

const PartitionFetchState* ReplicaFetchers::find(TopicPartition partition) const {
  for (const ReplicaFetcher& fetcher : fetchers_) {
    if (const PartitionFetchState* state = fetcher.find(partition); state != nullptr) {
      return state;
    }
  }
  return nullptr;
}

ReplicaFetcher* ReplicaFetchers::find_asker(const Ctx& ctx, NodeId from, std::int64_t correlation_id) {
  for (ReplicaFetcher& fetcher : fetchers_) {
    if (fetcher.outstanding == correlation_id && ctx.registry().node_of(fetcher.leader) == from) {
      return &fetcher;
    }
  }
  return nullptr;
}

void ReplicaFetchers::add(Ctx& ctx, BrokerId leader, const PartitionFetchState& initial) {
  const ReplicaFetcher* present = find(leader);
  const PartitionFetchState* known = present != nullptr ? present->find(initial.partition) : nullptr;
  const PlantedBug bug = ctx.registry().planted_bug;
  if (known != nullptr && known->current_leader_epoch == initial.current_leader_epoch &&
      bug != PlantedBug::kFetcherStartsAgain) {
    return;
  }
  PartitionFetchState fresh = initial;
  if (known != nullptr && bug == PlantedBug::kTakeAnswerOfAnyEpoch) {
    fresh.sent_offset = known->sent_offset;
  }
  remove(ctx, initial.partition);
  auto at = std::lower_bound(fetchers_.begin(), fetchers_.end(), leader,
                             [](const ReplicaFetcher& fetcher, BrokerId id) { return fetcher.leader < id; });
  if (at == fetchers_.end() || at->leader != leader) {
    ReplicaFetcher fetcher;
    fetcher.leader = leader;
    at = fetchers_.insert(at, std::move(fetcher));
  }
  const auto place =
      std::lower_bound(at->partitions.begin(), at->partitions.end(), initial.partition, is_before_partition);
  at->partitions.insert(place, fresh);
  at->settled.clear();
}

bool ReplicaFetchers::keep_with_epoch(TopicPartition partition, BrokerId leader, LeaderEpoch epoch) {
  for (ReplicaFetcher& fetcher : fetchers_) {
    PartitionFetchState* state = fetcher.leader == leader ? fetcher.find(partition) : nullptr;
    if (state != nullptr) {
      state->current_leader_epoch = epoch;
      fetcher.settled.clear();
      return true;
    }
  }
  return false;
}

void ReplicaFetchers::remove(Ctx& ctx, TopicPartition partition) {
  for (ReplicaFetcher& fetcher : fetchers_) {
    remove_from(fetcher, partition);
  }
  drop_idle(ctx);
}

void ReplicaFetchers::drop_idle(Ctx& ctx) {
  std::erase_if(fetchers_, [&](ReplicaFetcher& fetcher) {
    if (fetcher.partitions.empty()) {
      ctx.cancel(fetcher.wake_timer);
      ctx.cancel(fetcher.timeout_timer);
    }
    return fetcher.partitions.empty();
  });
}

void ReplicaFetchers::clear(Ctx& ctx) {
  for (ReplicaFetcher& fetcher : fetchers_) {
    fetcher.partitions.clear();
  }
  drop_idle(ctx);
}

void ReplicaFetchers::start(Ctx& ctx, Broker& broker) {
  for (ReplicaFetcher& fetcher : fetchers_) {
    do_work(ctx, broker, fetcher);
  }
}

void ReplicaFetchers::on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                  const FetchResponse& response) {
  ReplicaFetcher* fetcher = find_asker(ctx, from, correlation_id);
  if (fetcher == nullptr) {
    return;
  }
  fetcher->outstanding = 0;
  if (!fetcher->session.handle_response(response)) {
    if (response.error == ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR) {
      fail_request(ctx, broker, *fetcher);
    } else {
      do_work(ctx, broker, *fetcher);
    }
    return;
  }
  const Duration time = writing_time(ctx, broker, response);
  if (time > Duration(0)) {
    fetcher->writing = response;
    ctx.cancel(fetcher->wake_timer);
    fetcher->wake_timer = ctx.after(time, Timer{TimerKind::kReplicaFetch, fetcher->leader.value});
    return;
  }
  take_records(ctx, broker, *fetcher, response);
}

void ReplicaFetchers::take_records(Ctx& ctx, Broker& broker, ReplicaFetcher& fetcher, const FetchResponse& response) {
  bool is_news_lost = false;
  for (const FetchPartitionResult& result : response.partitions) {
    PartitionFetchState* state = fetcher.find(result.partition);
    Partition* partition = broker.replicas.find(result.partition);
    const bool is_fetching = state != nullptr && partition != nullptr && state->phase == ReplicaFetchPhase::Fetching &&
                             !state->delayed_until.has_value();
    if (state != nullptr) {
      fetcher.settled.unsettle(static_cast<std::size_t>(state - fetcher.partitions.data()));
    }
    const PlantedBug bug = ctx.registry().planted_bug;
    if (!is_fetching || (!is_as_asked(*state, bug) && bug != PlantedBug::kTakeAnyAnswer)) {
      // Removed, added again or truncated while the request was out. The leader believes that it has told its high
      // watermark: only a full fetch makes it tell that again.
      is_news_lost = is_news_lost || (is_fetching && result.error == ErrorCode::NONE);
      continue;
    }
    if (result.error == ErrorCode::OFFSET_OUT_OF_RANGE) {
      state->phase = ReplicaFetchPhase::Resetting;
      continue;
    }
    if (result.error == ErrorCode::FENCED_LEADER_EPOCH) {
      remove_from(fetcher, result.partition);
      continue;
    }
    if (result.error != ErrorCode::NONE) {
      back_off(ctx, broker, *state);
      continue;
    }
    if (result.diverging_epoch != kNoLeaderEpoch) {
      truncate_where_logs_part(ctx, broker, *state, result);
      continue;
    }
    const ErrorCode appended = broker.replicas.append_as_follower(ctx, broker, *partition, result.batches);
    if (appended == ErrorCode::KAFKA_STORAGE_ERROR) {
      back_off(ctx, broker, *state);
      continue;
    }
    if (appended != ErrorCode::NONE) {
      remove_from(fetcher, result.partition);
      continue;
    }
    if (broker.follower_throttle.is_throttled(ctx, broker, result.partition)) {
      broker.follower_throttle.record(ctx, broker, bytes_of(result.batches));
    }
    if (!result.batches.empty()) {
      state->fetch_offset = ReplicaManager::log_of(ctx, *partition).log_end_offset();
      state->is_replica_in_sync = result.high_watermark <= state->fetch_offset;
      fetcher.next_first = static_cast<std::size_t>(state - fetcher.partitions.data()) + 1;
    }
    const Offset before = partition->high_watermark;
    broker.replicas.follow_high_watermark(ctx, *partition, result.high_watermark);
    broker.replicas.follow_log_start(ctx, *partition, result.log_start_offset);
    if (partition->high_watermark != before) {
      broker.replicas.complete_consumer_fetches(ctx, broker, *partition);
    }
  }
  if (is_news_lost) {
    fetcher.session.handle_error();
  }
  do_work(ctx, broker, fetcher);
  drop_idle(ctx);
}

void ReplicaFetchers::on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                  const OffsetsForLeaderEpochResponse& response) {
  ReplicaFetcher* fetcher = find_asker(ctx, from, correlation_id);
  if (fetcher == nullptr) {
    return;
  }
  fetcher->outstanding = 0;
  for (const EpochEndOffset& result : response.partitions) {
    PartitionFetchState* state = fetcher->find(result.partition);
    const bool is_expected = state != nullptr && state->phase == ReplicaFetchPhase::Truncating &&
                             state->asked_epoch != kNoLeaderEpoch && broker.replicas.find(result.partition) != nullptr;
    if (!is_expected) {
      continue;  // the epoch changed while the request was out: it will be asked again (KAFKA-7786)
    }
    const LeaderEpoch asked = std::exchange(state->asked_epoch, kNoLeaderEpoch);
    if (result.error == ErrorCode::NONE) {
      const PartitionLog& log = ReplicaManager::log_of(ctx, *broker.replicas.find(result.partition));
      finish_truncation(ctx, broker, *state, compute_truncation(log, state->fetch_offset, result), asked);
    } else if (result.error == ErrorCode::FENCED_LEADER_EPOCH) {
      remove_from(*fetcher, result.partition);
    } else {
      back_off(ctx, broker, *state);
    }
  }
  do_work(ctx, broker, *fetcher);
  drop_idle(ctx);
}

void ReplicaFetchers::on_response(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                  const ListOffsetsResponse& response) {
  ReplicaFetcher* fetcher = find_asker(ctx, from, correlation_id);
  if (fetcher == nullptr) {
    return;
  }
  fetcher->outstanding = 0;
  for (std::size_t i = 0; i + 1 < response.partitions.size(); i += 2) {
    const ListOffsetsResult& latest = response.partitions[i];
    const ListOffsetsResult& earliest = response.partitions[i + 1];
    PartitionFetchState* state = fetcher->find(latest.partition);
    const bool is_expected = state != nullptr && state->phase == ReplicaFetchPhase::Resetting &&
                             broker.replicas.find(latest.partition) != nullptr;
    if (!is_expected) {
      continue;
    }
    if (latest.error == ErrorCode::FENCED_LEADER_EPOCH) {
      remove_from(*fetcher, latest.partition);
    } else if (latest.error != ErrorCode::NONE || earliest.error != ErrorCode::NONE) {
      back_off(ctx, broker, *state);
    } else if (!reset_to_leader(ctx, broker, *state, {earliest.offset, latest.offset})) {
      back_off(ctx, broker, *state);
    }
  }
  do_work(ctx, broker, *fetcher);
  drop_idle(ctx);
}

void ReplicaFetchers::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  const auto at = std::find_if(fetchers_.begin(), fetchers_.end(),
                               [&](const ReplicaFetcher& fetcher) { return fetcher.leader.value == timer.a; });
  KSCOPE_CHECK(at != fetchers_.end(), "a fetcher that ends cancels its timers");
  if (timer.kind == TimerKind::kReplicaFetch) {
    const std::optional<FetchResponse> written = std::exchange(at->writing, std::nullopt);
    if (written.has_value()) {
      take_records(ctx, broker, *at, *written);
    } else {
      do_work(ctx, broker, *at);
    }
    return;
  }
  const Duration timeout = broker.setup.config.replica_socket_timeout_ms;
  const Duration waited = ctx.now() - at->sent_at;
  if (at->outstanding != 0 && waited >= timeout) {
    lose_request(ctx, broker, *at);
  } else if (at->outstanding != 0) {
    at->timeout_timer = ctx.after(timeout - waited, Timer{TimerKind::kReplicaFetchTimeout, at->leader.value});
  }
}

void ReplicaFetchers::on_disconnect(Ctx& ctx, Broker& broker, NodeId peer) {
  for (ReplicaFetcher& fetcher : fetchers_) {
    if (fetcher.outstanding != 0 && ctx.registry().node_of(fetcher.leader) == peer) {
      lose_request(ctx, broker, fetcher);
    }
  }
}

}  // namespace kscope::sim
