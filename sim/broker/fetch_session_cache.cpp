#include "sim/broker/fetch_session_cache.h"

#include <algorithm>
#include <tuple>

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

constexpr std::int32_t kIdsPerShard = INT32_MAX / FetchSessionCache::kShardCount;

/// FetchSessionCacheShard's EvictableKey: the least goes first.
auto evictable_key(const FetchSession& session) {
  return std::tuple(session.is_privileged, session.cached_size, session.id);
}

bool is_used_earlier(const FetchSession& x, const FetchSession& y) {
  return std::tuple(x.last_used_time, x.id) < std::tuple(y.last_used_time, y.id);
}

}  // namespace

std::vector<FetchSession>::iterator FetchSessionCacheShard::lower_bound(FetchSessionId id) {
  return std::lower_bound(sessions_.begin(), sessions_.end(), id,
                          [](const FetchSession& session, FetchSessionId wanted) { return session.id < wanted; });
}

FetchSession* FetchSessionCacheShard::find_served(FetchSessionId id) {
  const auto at = lower_bound(id);
  return at != sessions_.end() && at->id == id ? &*at : nullptr;
}

FetchSession* FetchSessionCacheShard::find(FetchSessionId id) {
  FetchSession* session = find_served(id);
  return session != nullptr && !session->is_removed ? session : nullptr;
}

bool FetchSessionCacheShard::make_room(LocalTime now, const NewFetchSession& newcomer, std::int32_t slots) {
  return count_ < slots || try_evict(now, newcomer);
}

bool FetchSessionCacheShard::try_evict(LocalTime now, const NewFetchSession& newcomer) {
  const FetchSession* oldest = nullptr;
  const FetchSession* least = nullptr;
  for (const FetchSession& session : sessions_) {
    if (session.is_removed) {
      continue;
    }
    oldest = oldest == nullptr || is_used_earlier(session, *oldest) ? &session : oldest;
    // Whether it is old enough was looked at when it was used last.
    const bool is_established = session.last_used_time - session.creation_time > kMinFetchSessionEviction;
    const bool is_evictable = is_established || (newcomer.is_privileged && !session.is_privileged);
    if (is_evictable && (least == nullptr || evictable_key(session) < evictable_key(*least))) {
      least = &session;
    }
  }
  const FetchSession* evicted = nullptr;
  if (oldest != nullptr && now - oldest->last_used_time > kMinFetchSessionEviction) {
    evicted = oldest;
  } else if (least != nullptr &&
             evictable_key(*least) <= std::tuple(newcomer.is_privileged, newcomer.size, kInvalidSessionId)) {
    evicted = least;
  }
  if (evicted == nullptr) {
    return false;
  }
  ++eviction_count_;
  remove(evicted->id);
  return true;
}

FetchSession& FetchSessionCacheShard::create(LocalTime now, const NewFetchSession& newcomer, std::uint32_t number) {
  KSCOPE_CHECK(number < static_cast<std::uint32_t>(id_count_), "a session id is one of its shard");
  KSCOPE_CHECK(sessions_.size() < static_cast<std::size_t>(id_count_), "a shard has more ids than sessions");
  // MODEL: Kafka draws again where an id is taken; the next free one needs no second draw.
  std::int32_t offset = static_cast<std::int32_t>(number);
  while (find_served(FetchSessionId(first_id_ + offset)) != nullptr) {
    offset = offset + 1 == id_count_ ? 0 : offset + 1;
  }
  FetchSession session;
  session.id = FetchSessionId(first_id_ + offset);
  session.is_privileged = newcomer.is_privileged;
  session.uses_topic_ids = newcomer.uses_topic_ids;
  session.creation_time = now;
  session.last_used_time = now;
  ++count_;
  return *sessions_.insert(lower_bound(session.id), std::move(session));
}

void FetchSessionCacheShard::touch(FetchSession& session, LocalTime now) {
  session.last_used_time = now;
  partition_count_ -= session.cached_size;
  session.cached_size = static_cast<std::int32_t>(session.partitions.size());
  partition_count_ += session.cached_size;
}

void FetchSessionCacheShard::remove(FetchSessionId id) {
  FetchSession* session = find(id);
  if (session == nullptr) {
    return;
  }
  --count_;
  partition_count_ -= session->cached_size;
  if (session->serving_count > 0) {
    session->is_removed = true;
  } else {
    sessions_.erase(lower_bound(id));
  }
}

void FetchSessionCacheShard::finish_serving(FetchSessionId id) {
  FetchSession* session = find_served(id);
  KSCOPE_CHECK(session != nullptr, "a session with a request that is not answered is kept");
  KSCOPE_CHECK(session->serving_count > 0, "every request is finished once");
  --session->serving_count;
  if (session->is_removed && session->serving_count == 0) {
    sessions_.erase(lower_bound(id));
  }
}

FetchSessionCache::FetchSessionCache() {
  for (std::int32_t i = 0; i < kShardCount; ++i) {
    // 0 names no session, so the first shard has one id less.
    const std::int32_t first = std::max(1, i * kIdsPerShard);
    shards_[static_cast<std::size_t>(i)] = FetchSessionCacheShard(first, (i + 1) * kIdsPerShard - first);
  }
}

FetchSessionCacheShard& FetchSessionCache::shard_of(FetchSessionId id) {
  KSCOPE_CHECK(id.is_valid(), "session ids are not negative");
  return shards_[static_cast<std::size_t>(std::min(id.value / kIdsPerShard, kShardCount - 1))];
}

FetchSessionCacheShard& FetchSessionCache::next_shard() { return shards_[counter_++ % kShardCount]; }

std::int32_t FetchSessionCache::size() const {
  std::int32_t size = 0;
  for (const FetchSessionCacheShard& shard : shards_) {
    size += shard.size();
  }
  return size;
}

std::int64_t FetchSessionCache::partition_count() const {
  std::int64_t count = 0;
  for (const FetchSessionCacheShard& shard : shards_) {
    count += shard.partition_count();
  }
  return count;
}

std::int64_t FetchSessionCache::eviction_count() const {
  std::int64_t count = 0;
  for (const FetchSessionCacheShard& shard : shards_) {
    count += shard.eviction_count();
  }
  return count;
}

}  // namespace kscope::sim
