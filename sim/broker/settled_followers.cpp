// What the fetch of a follower need not look at. A partition is settled for a follower that is in sync, has everything and
// was told the high watermark and the log start: until one of these changes, all that its fetches do there is to come again,
// and that is kept once for all settled partitions (FollowerFetches). In debug builds every settled partition is looked at
// nevertheless, and must be as it should be.
#include "engine/core/check.h"
#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

/// Whether a fetch of `follower` for `item` would neither get nor change anything, nor be told anything.
bool is_at_rest(const Partition& partition, const PartitionLog& log, const FollowerState& follower,
                const CachedPartition& item) {
  return partition.is_in_isr(follower.broker) && follower.log_end_offset == log.log_end_offset() &&
         item.asked.fetch_offset == log.log_end_offset() && item.asked.fetch_offset >= log.log_start_offset() &&
         follower.last_fetch_leader_log_end_offset == log.log_end_offset() &&
         item.is_known(partition.high_watermark, log.log_start_offset());
}

}  // namespace

FollowerState ReplicaManager::as_of_now(const FollowerState& follower) const {
  FollowerState out = follower;
  unsettle(out);
  return out;
}

void ReplicaManager::unsettle(FollowerState& follower) const {
  if (!follower.is_settled) {
    return;
  }
  const FollowerFetches& fetches = follower_fetches_.at(follower.broker);
  follower.last_fetch_time = std::max(follower.last_fetch_time, fetches.last_fetch_time);
  follower.last_caught_up_time = std::max(follower.last_caught_up_time, fetches.last_fetch_time);
  follower.delayed_fetch = fetches.delayed_fetch;
  follower.is_settled = false;
}

void ReplicaManager::unsettle_all_of(BrokerId follower) {
  FollowerFetches* fetches = follower_fetches_.get(follower);
  if (fetches == nullptr) {
    return;
  }
  for (Partition& partition : partitions_) {
    if (FollowerState* state = partition.follower(follower); state != nullptr) {
      unsettle(*state);
    }
  }
  fetches->session = kInvalidSessionId;
}

/// Settled partitions stay settled when the fetch comes from the same process in the same session, no earlier than the last
/// one by the clock, names no partition that leaves, and nobody waits for the log starts of followers.
void ReplicaManager::begin_fetch_of_follower(Ctx& ctx, const FetchCall& call, CachedPartitions& partitions) {
  const FetchRequest& request = call.request;
  FollowerFetches& fetches = follower_fetches_[request.replica];
  const bool goes_on = fetches.session == call.context.metadata.session_id &&
                       fetches.broker_epoch == request.replica_epoch && fetches.last_fetch_time <= ctx.now() &&
                       request.forgotten.empty() && delayed_deletes_.size() == 0;
  if (!goes_on) {
    unsettle_all_of(request.replica);
    partitions.unsettle_all();
    fetches.session = call.context.metadata.session_id;
    fetches.broker_epoch = request.replica_epoch;
  }
}

void ReplicaManager::settle(Ctx& ctx, const FetchCall& call, const CachedPartition& item,
                            CachedPartitions& partitions) {
  Partition* partition = find(item.asked.partition);
  FollowerState* follower = partition == nullptr ? nullptr : partition->follower(call.request.replica);
  if (follower != nullptr && is_at_rest(*partition, log_of(ctx, *partition), *follower, item)) {
    partitions.settle(item, partition->place, news_.of(partition->place));
    follower->is_settled = true;
  }
}

void ReplicaManager::read_unsettled(Ctx& ctx, Broker& broker, FetchCall& call, CachedPartitions& partitions) {
  if (call.updates_followers) {
    begin_fetch_of_follower(ctx, call, partitions);
  }
#ifndef NDEBUG
  for (const CachedPartition* item = partitions.first(); item != nullptr; item = partitions.after(*item)) {
    if (partitions.is_settled(*item, news_)) {
      const Partition* partition = find_readable(item->asked, broker.id, ReadFrom::kLeader);
      const FollowerState* follower = partition == nullptr ? nullptr : partition->follower(call.request.replica);
      KSCOPE_CHECK(follower != nullptr && is_at_rest(*partition, log_of(ctx, *partition), *follower, *item),
                   "a change of a partition was not told as news");
    }
  }
#endif
  std::vector<const CachedPartition*> unsettled = partitions.unsettled_after(0, news_);
  for (std::size_t i = 0; i < unsettled.size(); ++i) {
    const CachedPartition& item = *unsettled[i];
    if (!call.updates_followers) {
      read_one(ctx, broker, call, item.asked, &item);
      continue;
    }
    const Partition* partition = find(item.asked.partition);
    const std::int32_t place = partition == nullptr ? -1 : partition->place;
    if (FollowerState* follower = place < 0 ? nullptr : find(item.asked.partition)->follower(call.request.replica)) {
      unsettle(*follower);
    }
    const std::uint64_t all_news = news_.total();
    const std::uint64_t own_news = place < 0 ? 0 : news_.of(place);
    read_one(ctx, broker, call, item.asked, &item);
    settle(ctx, call, item, partitions);
    // The follower's progress may have answered others, and these written elsewhere: what comes later gets that, too.
    const std::uint64_t own_change = place < 0 ? 0 : news_.of(place) - own_news;
    if (news_.total() - all_news != own_change) {
      unsettled = partitions.unsettled_after(item.rank, news_);
      i = static_cast<std::size_t>(-1);
    }
  }
  if (call.updates_followers) {
    follower_fetches_.at(call.request.replica).last_fetch_time = ctx.now();
  }
}

}  // namespace kscope::sim
