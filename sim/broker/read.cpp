// Reading logs for consumers and followers, and fetches that wait in purgatory.
#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "engine/core/check.h"
#include "sim/broker/broker.h"
#include "sim/broker/purgatory_timer.h"

namespace kscope::sim {
namespace {

/// Most bytes that one answer holds.
std::int64_t response_limit(const Broker& broker, const FetchRequest& request) {
  const bool is_follower = request.replica.is_valid();
  return is_follower ? request.max_bytes : std::min(request.max_bytes, broker.setup.config.fetch_max_bytes);
}

constexpr std::size_t kMaxOutdatedFetches = 16;

/// The follower that a consumer in `rack_id` should read from, or none when it is the leader: the leader is in that rack
/// itself, or no follower there is in sync and has the offset. Of several the one that has most, has caught up last, has
/// the larger id. MODEL: the racks are those of the brokers' configs, not of their registrations.
/// Source: ReplicaManager.findPreferredReadReplica, RackAwareReplicaSelector, Kafka 3.9 (KIP-392).
BrokerId find_preferred_read_replica(const Ctx& ctx, const Broker& broker, const Partition& partition,
                                     const std::string& rack_id, Offset fetch_offset) {
  if (!partition.is_leader(broker.id) || broker.setup.config.broker_rack == rack_id) {
    return BrokerId{};
  }
  const FollowerState* best = nullptr;
  for (const FollowerState& follower : partition.followers) {
    const bool is_usable = partition.is_in_isr(follower.broker) && follower.log_end_offset >= fetch_offset &&
                           follower.log_start_offset <= fetch_offset && broker.metadata.is_alive(follower.broker);
    if (!is_usable || ctx.registry().broker(ctx.registry().node_of(follower.broker)).config.broker_rack != rack_id) {
      continue;
    }
    const auto rank = [&](const FollowerState& state) {
      return std::tuple(state.log_end_offset, broker.replicas.as_of_now(state).last_caught_up_time, state.broker);
    };
    best = best == nullptr || rank(*best) < rank(follower) ? &follower : best;
  }
  return best == nullptr ? BrokerId{} : best->broker;
}

/// The answer for a partition that no record is read from.
FetchPartitionResult without_records(TopicPartition partition, ErrorCode error, Offset high_watermark,
                                     Offset log_start) {
  FetchPartitionResult result;
  result.partition = partition;
  result.error = error;
  result.high_watermark = high_watermark;
  result.log_start_offset = log_start;
  return result;
}

/// Where reading ends. Source: Partition.readRecords, FetchIsolation.
Offset fetch_bound(PartitionLog& log, const Partition& partition, const FetchRequest& request, PlantedBug bug) {
  if (request.replica.is_valid() || bug == PlantedBug::kReadBeyondCommitted) {
    return log.log_end_offset();
  }
  return request.isolation == IsolationLevel::READ_COMMITTED && bug != PlantedBug::kReadBeyondStable
             ? log.last_stable_offset(partition.high_watermark)
             : partition.high_watermark;
}

/// Whether a follower gets nothing of the partition for now. Not one in the ISR, or it would leave and come back again and
/// again. Source: ReplicaManager.shouldLeaderThrottle, Kafka 3.9.
bool should_leader_throttle(const Ctx& ctx, Broker& broker, const Partition& partition, const FetchRequest& request) {
  return request.replica.is_valid() && !partition.is_in_isr(request.replica) &&
         broker.leader_throttle.is_throttled(ctx, broker, partition.id) &&
         broker.leader_throttle.is_quota_exceeded(ctx, broker);
}

/// Whether `holds(FetchPartition)` does for every partition of a waiting fetch; asks no further where it does not.
/// A follower's settled partitions have nothing for it, and are not asked.
template <class Predicate>
bool all_of_partitions(Broker& broker, const DelayedFetch& fetch, Predicate holds) {
  if (fetch.context.kind != FetchContextKind::kIncremental) {
    return std::all_of(fetch.request.partitions.begin(), fetch.request.partitions.end(), holds);
  }
  const CachedPartitions& partitions = broker.fetch_manager.session_of(fetch.context).partitions;
  if (fetch.request.replica.is_valid()) {
    return partitions.all_of_unsettled(broker.replicas.news(), holds);
  }
  for (const CachedPartition* item = partitions.first(); item != nullptr; item = partitions.after(*item)) {
    if (!holds(item->asked)) {
      return false;
    }
  }
  return true;
}

}  // namespace

/// The partition that the fetch may read, or nullptr: hosted by this broker (`self`) in the epoch that the fetcher believes,
/// and led by it when it must be. Most partitions of most fetches pass, so this is short; read_error() tells why one
/// does not.
inline Partition* ReplicaManager::find_readable(const FetchPartition& item, BrokerId self, ReadFrom from) {
  Partition* partition = find(item.partition);
  const bool is_current = partition != nullptr && (item.current_leader_epoch == partition->leader_epoch ||
                                                   item.current_leader_epoch == kNoLeaderEpoch);
  const bool is_same_topic = partition != nullptr && (item.topic_id == partition->topic_id || item.topic_id.is_zero());
  return is_current && is_same_topic && (from == ReadFrom::kAnyReplica || partition->is_leader(self)) ? partition
                                                                                                      : nullptr;
}

/// Why find_readable() found nothing.
ErrorCode ReplicaManager::read_error(const Broker& broker, const FetchPartition& item) {
  if (const Partition* hosted = find(item.partition);
      hosted != nullptr && !item.topic_id.is_zero() && item.topic_id != hosted->topic_id) {
    // The topic was deleted and created again: one of the two has not heard of it yet. Source: KafkaApis.handleFetchRequest.
    const PartitionState* known = broker.metadata.find(item.partition);
    const bool is_known = known != nullptr && known->topic_id == item.topic_id;
    return is_known ? ErrorCode::INCONSISTENT_TOPIC_ID : ErrorCode::UNKNOWN_TOPIC_ID;
  }
  ErrorCode error = ErrorCode::NONE;
  const Partition* partition = find_led(broker, item.partition, item.current_leader_epoch, error);
  // No replica of a partition that is led here: it may have heard of a reassignment before us.
  return partition != nullptr ? ErrorCode::UNKNOWN_LEADER_EPOCH : error;
}

void ReplicaManager::read_one(Ctx& ctx, Broker& broker, FetchCall& call, const FetchPartition& item,
                              const CachedPartition* cached) {
  const FetchRequest& request = call.request;
  const bool is_follower = request.replica.is_valid();
  Partition* partition = find_readable(item, broker.id, is_follower ? ReadFrom::kLeader : ReadFrom::kAnyReplica);
  FollowerState* follower = partition != nullptr && is_follower ? partition->follower(request.replica) : nullptr;
  if (partition == nullptr || (is_follower && follower == nullptr)) {
    call.has_error = true;
    call.results.push_back(without_records(item.partition, read_error(broker, item), kUnknownOffset, kUnknownOffset));
    return;
  }
  PartitionLog& log = log_of(ctx, *partition);
  // The answer tells the high watermark from before: a follower learns of its own progress with the next fetch.
  const Offset high_watermark = partition->high_watermark;
  const Offset log_start = log.log_start_offset();
  const Offset log_end = log.log_end_offset();
  if (!is_follower && !request.rack_id.empty() && broker.setup.config.selects_by_rack()) {
    const BrokerId preferred = find_preferred_read_replica(ctx, broker, *partition, request.rack_id, item.fetch_offset);
    if (preferred.is_valid()) {
      call.has_error = true;
      call.results.push_back(without_records(item.partition, ErrorCode::NONE, high_watermark, log_start));
      call.results.back().preferred_read_replica = preferred;
      return;
    }
  }
  if (item.last_fetched_epoch != kNoLeaderEpoch && item.fetch_offset >= log_start) {
    const EpochEnd own = log.epochs().end_offset_for(item.last_fetched_epoch, log_end);
    const bool is_known = own.end_offset != kUnknownOffset;
    if (is_known && (own.epoch < item.last_fetched_epoch || own.end_offset < item.fetch_offset)) {
      // The logs part before the fetch offset: nothing is read, and the follower's position does not count (KAFKA-13141).
      call.has_error = true;
      call.results.push_back(without_records(item.partition, ErrorCode::NONE, high_watermark, log_start));
      call.results.back().diverging_epoch = own.epoch;
      call.results.back().diverging_end_offset = own.end_offset;
      return;
    }
  }
  const bool is_too_early =
      item.fetch_offset < log_start && (is_follower || ctx.registry().planted_bug != PlantedBug::kFetchSkipsDeleted);
  if (is_too_early || item.fetch_offset > log_end) {
    call.has_error = true;
    call.results.push_back(without_records(item.partition, ErrorCode::OFFSET_OUT_OF_RANGE, high_watermark, log_start));
    return;
  }
  std::vector<RecordBatch> batches;
  const Offset bound = fetch_bound(log, *partition, request, ctx.registry().planted_bug);
  if (item.fetch_offset < bound && !should_leader_throttle(ctx, broker, *partition, request)) {
    // One batch always comes, however large (KIP-74).
    const std::int64_t limit =
        std::min<std::int64_t>(item.max_bytes, response_limit(broker, request) - call.size_bytes);
    batches = log.read(item.fetch_offset, bound, limit, call.size_bytes == 0);
    call.size_bytes += bytes_of(batches);
  }
  if (call.updates_followers && is_follower) {
    follower->broker_epoch = request.replica_epoch;
    update_follower(ctx, broker, *partition, *follower, item);
  }
  if (cached != nullptr && batches.empty() && cached->is_known(high_watermark, log_start)) {
    return;  // an incremental answer leaves it out
  }
  FetchPartitionResult result = without_records(item.partition, ErrorCode::NONE, high_watermark, log_start);
  if (request.isolation == IsolationLevel::READ_COMMITTED && !batches.empty() &&
      ctx.registry().planted_bug != PlantedBug::kAbortedNotTold) {
    result.aborted = log.aborted_between(item.fetch_offset, batches.back().next_offset());
  }
  result.batches = std::move(batches);
  result.last_stable_offset = is_follower ? kUnknownOffset : log.last_stable_offset(high_watermark);
  call.results.push_back(std::move(result));
}

void ReplicaManager::read_all(Ctx& ctx, Broker& broker, FetchCall& call) {
  if (call.context.kind == FetchContextKind::kSessionError) {
    return;  // nobody knows which partitions were meant
  }
  if (call.context.kind != FetchContextKind::kIncremental) {
    if (call.updates_followers && call.request.replica.is_valid()) {
      unsettle_all_of(call.request.replica);
    }
    call.results.reserve(call.request.partitions.size());
    for (const FetchPartition& item : call.request.partitions) {
      read_one(ctx, broker, call, item, nullptr);
    }
    return;
  }
  // A follower's progress may answer other fetches, and these may open and end sessions: the list is kept here meanwhile.
  CachedPartitions partitions =
      std::exchange(broker.fetch_manager.session_of(call.context).partitions, CachedPartitions{});
  if (call.request.replica.is_valid()) {
    read_unsettled(ctx, broker, call, partitions);
  } else {
    for (const CachedPartition* item = partitions.first(); item != nullptr; item = partitions.after(*item)) {
      read_one(ctx, broker, call, item->asked, item);
    }
  }
  broker.fetch_manager.session_of(call.context).partitions = std::move(partitions);
}

/// Answers a fetch, unless its consumer is over its quota: then with nothing but a throttle time.
/// Source: KafkaApis.handleFetchRequest, processResponseCallback.
void ReplicaManager::send_fetch_response(Ctx& ctx, Broker& broker, const FetchAnswer& to, FetchCall call) {
  FetchResponse response;
  response.partitions = std::move(call.results);
  std::int32_t wait_ms = 0;
  if (!call.request.replica.is_valid()) {
    wait_ms = broker.quotas.throttle_fetch(ctx, broker, to.from, to.channel, fetch_response_size(response));
  } else {
    broker.leader_throttle.record_response(ctx, broker, response);
  }
  if (wait_ms > 0) {
    response = broker.fetch_manager.answer_throttled(call.context, wait_ms);
  } else {
    const std::int32_t slots = broker.setup.config.max_incremental_fetch_session_cache_slots;
    broker.fetch_manager.answer(ctx, slots, call.context, call.request, response);
  }
  send_response(ctx, to.from, to.correlation_id, std::move(response));
}

void ReplicaManager::fetch(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                           const FetchRequest& asked) {
  std::optional<FetchRequest> capped;
  if (!asked.replica.is_valid() && !ctx.registry().client_quotas.empty()) {
    // More than a silent client is granted would be throttled for ever.
    const std::int64_t most = ClientQuotaManager::max_fetch_bytes(ctx, broker, from);
    capped = asked;
    capped->max_bytes = static_cast<std::int32_t>(std::min<std::int64_t>(response_limit(broker, asked), most));
    capped->min_bytes = std::min(asked.min_bytes, capped->max_bytes);
  }
  const FetchRequest& request = capped ? *capped : asked;
  const FetchContext context = broker.fetch_manager.new_context(ctx, request);
  FetchCall call{.request = request, .context = context, .updates_followers = true};
  read_all(ctx, broker, call);
  const bool is_about_nothing = context.kind != FetchContextKind::kIncremental && call.results.empty();
  const bool is_answered_now =
      request.max_wait <= Duration(0) || is_about_nothing || call.has_error || call.size_bytes >= request.min_bytes;
  if (is_answered_now) {
    send_fetch_response(ctx, broker, {from, correlation_id, broker.request_queue.handled()}, std::move(call));
    return;
  }
  DelayedFetch delayed;
  delayed.from = from;
  delayed.correlation_id = correlation_id;
  delayed.channel = broker.request_queue.keep_muted();
  delayed.deadline = ctx.now() + request.max_wait;
  delayed.context = context;
  delayed.request = request;
  park(ctx, broker, std::move(delayed));
}

void ReplicaManager::park(Ctx& ctx, Broker& broker, DelayedFetch fetch) {
  const LocalTime deadline = fetch.deadline;
  const DelayedId id = delayed_fetches_.add(std::move(fetch));
  const DelayedFetch& parked = *delayed_fetches_.find(id);
  if (FollowerFetches* fetches = follower_fetches_.get(parked.request.replica); fetches != nullptr) {
    fetches->delayed_fetch = id;
  }
  all_of_partitions(broker, parked, [&](const FetchPartition& item) {
    Partition* partition = find(item.partition);
    KSCOPE_CHECK(partition != nullptr, "a fetch with an error is not parked");
    if (parked.request.replica.is_valid()) {
      partition->follower(parked.request.replica)->delayed_fetch = id;
      return true;
    }
    std::vector<DelayedId>& waiting = partition->delayed_fetches;
    if (waiting.size() >= kMaxOutdatedFetches) {
      std::erase_if(waiting, [&](DelayedId other) { return delayed_fetches_.find(other) == nullptr; });
    }
    waiting.push_back(id);
    return true;
  });
  arm_purgatory_timer(ctx, delayed_fetches_, TimerKind::kDelayedFetchTimeout, deadline);
}

bool ReplicaManager::has_enough(Ctx& ctx, Broker& broker, const DelayedFetch& fetch) {
  std::int64_t bytes = 0;
  const ReadFrom from = fetch.request.replica.is_valid() ? ReadFrom::kLeader : ReadFrom::kAnyReplica;
  return !all_of_partitions(broker, fetch, [&](const FetchPartition& item) {
    const Partition* partition = find_readable(item, broker.id, from);
    if (partition == nullptr) {
      return false;  // the answer is the error
    }
    PartitionLog& log = log_of(ctx, *partition);
    const Offset bound = fetch_bound(log, *partition, fetch.request, ctx.registry().planted_bug);
    if (item.fetch_offset > log.log_end_offset() || item.fetch_offset < log.log_start_offset()) {
      return false;  // truncated, or deleted by retention
    }
    if (item.fetch_offset < bound && !should_leader_throttle(ctx, broker, *partition, fetch.request)) {
      bytes += std::min<std::int64_t>(log.bytes_between(item.fetch_offset, bound), item.max_bytes);
    }
    return bytes < fetch.request.min_bytes;
  });
}

bool ReplicaManager::try_complete(Ctx& ctx, Broker& broker, DelayedId id) {
  const DelayedFetch* fetch = delayed_fetches_.find(id);
  if (fetch == nullptr || !has_enough(ctx, broker, *fetch)) {
    return fetch == nullptr;
  }
  answer(ctx, broker, id);
  return true;
}

void ReplicaManager::answer(Ctx& ctx, Broker& broker, DelayedId id) {
  const DelayedFetch fetch = delayed_fetches_.take(id);
  FetchCall call{.request = fetch.request, .context = fetch.context};
  read_all(ctx, broker, call);
  send_fetch_response(ctx, broker, {fetch.from, fetch.correlation_id, fetch.channel}, std::move(call));
  broker.request_queue.release(ctx, broker, fetch.channel);
}

void ReplicaManager::complete_follower_fetches(Ctx& ctx, Broker& broker, Partition& partition) {
  for (FollowerState& follower : partition.followers) {
    const DelayedId waiting = as_of_now(follower).delayed_fetch;
    if (waiting.is_set() && try_complete(ctx, broker, waiting)) {
      follower.delayed_fetch = DelayedId{};
    }
  }
}

void ReplicaManager::complete_consumer_fetches(Ctx& ctx, Broker& broker, Partition& partition) {
  if (partition.delayed_fetches.empty()) {
    return;
  }
  std::vector<DelayedId> waiting = std::exchange(partition.delayed_fetches, {});
  std::erase_if(waiting, [&](DelayedId id) { return try_complete(ctx, broker, id); });
  partition.delayed_fetches.insert(partition.delayed_fetches.end(), waiting.begin(), waiting.end());
}

void ReplicaManager::abandon_fetch(Ctx& ctx, Broker& broker, ChannelIndex channel) {
  DelayedId abandoned;
  delayed_fetches_.for_each([&](DelayedId id, const DelayedFetch& fetch) {
    if (fetch.channel == channel) {
      abandoned = id;
    }
  });
  if (abandoned.is_set()) {
    broker.fetch_manager.abandon(delayed_fetches_.take(abandoned).context);
    broker.request_queue.release(ctx, broker, channel);
  }
}

void ReplicaManager::expire_fetches(Ctx& ctx, Broker& broker) {
  for (const DelayedId id : delayed_fetches_.expired(ctx.now())) {
    if (delayed_fetches_.find(id) != nullptr) {
      answer(ctx, broker, id);
    }
  }
  rearm_purgatory_timer(ctx, delayed_fetches_, TimerKind::kDelayedFetchTimeout);
}

}  // namespace kscope::sim
