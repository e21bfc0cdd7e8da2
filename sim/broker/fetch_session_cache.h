#pragma once
// FetchSessionCache: the fetch sessions of a broker, at most max.incremental.fetch.session.cache.slots of them, in eight
// shards. A full shard gives a place to a newcomer only if it may evict somebody:
//
//   newcomer     | may evict
//   any          | the session that was used least lately, when that is more than 2 minutes ago
//   of a follower| the least of the consumers' sessions and of those that have existed for 2 minutes, if it is less
//   of a consumer| the least of those that have existed for 2 minutes, if it is less
//
// Least: a consumer's before a follower's, then the one with fewer partitions, then the smaller id.
// Part of FetchManager. Kafka: FetchSessionCache, FetchSessionCacheShard (3.9).
// MODEL: the counter that deals new sessions out to the shards is the broker's, as if the process ran only one.

#include <array>
#include <cstdint>
#include <vector>

#include "engine/core/time.h"
#include "sim/broker/fetch_session.h"

namespace kscope::sim {

/// KafkaServer.MIN_INCREMENTAL_FETCH_SESSION_EVICTION_MS: what was used within this time is not stale.
inline constexpr Duration kMinFetchSessionEviction = 120s;

/// A session that a full fetch would like to open.
struct NewFetchSession {
  bool is_privileged = false;
  bool uses_topic_ids = false;
  std::int32_t size = 0;  ///< partitions
};

/// Sessions with ids in [first_id, first_id + id_count). Costs are O(log sessions), of eviction O(sessions).
class FetchSessionCacheShard {
 public:
  FetchSessionCacheShard() = default;
  FetchSessionCacheShard(std::int32_t first_id, std::int32_t id_count) : first_id_(first_id), id_count_(id_count) {}

  /// The session, or nullptr: never heard of, evicted or ended.
  [[nodiscard]] FetchSession* find(FetchSessionId id);
  /// The same, also one that has ended while a request of it waits.
  [[nodiscard]] FetchSession* find_served(FetchSessionId id);
  /// Whether there is a place for the newcomer. Effects: evicts a session if that gives it one.
  /// Source: FetchSessionCacheShard.maybeCreateSession, tryEvict.
  bool make_room(LocalTime now, const NewFetchSession& newcomer, std::int32_t slots);
  /// Opens a session without partitions. `number` in [0, id_count) decides its id: the first free one from there on.
  FetchSession& create(LocalTime now, const NewFetchSession& newcomer, std::uint32_t number);
  /// The session is used, and has this many partitions from now on. Source: FetchSessionCacheShard.touch.
  void touch(FetchSession& session, LocalTime now);
  /// Ends the session, if there is such. One with a request that waits stays for its answer.
  void remove(FetchSessionId id);
  /// A request of the session is answered, or will not be.
  void finish_serving(FetchSessionId id);

  [[nodiscard]] std::int32_t size() const { return count_; }
  [[nodiscard]] std::int64_t partition_count() const { return partition_count_; }
  [[nodiscard]] std::int64_t eviction_count() const { return eviction_count_; }
  [[nodiscard]] std::int32_t id_count() const { return id_count_; }

 private:
  bool try_evict(LocalTime now, const NewFetchSession& newcomer);
  [[nodiscard]] std::vector<FetchSession>::iterator lower_bound(FetchSessionId id);

  std::int32_t first_id_ = 1;
  std::int32_t id_count_ = INT32_MAX;
  std::vector<FetchSession> sessions_;  // ascending by id
  std::int32_t count_ = 0;              // without removed ones
  std::int64_t partition_count_ = 0;    // of these
  std::int64_t eviction_count_ = 0;
};

class FetchSessionCache {
 public:
  static constexpr std::int32_t kShardCount = 8;
  FetchSessionCache();

  /// The shard that has the session, if there is such a session. Requires: id >= 0.
  [[nodiscard]] FetchSessionCacheShard& shard_of(FetchSessionId id);
  /// The shard whose turn it is to take a newcomer.
  [[nodiscard]] FetchSessionCacheShard& next_shard();

  [[nodiscard]] std::int32_t size() const;
  [[nodiscard]] std::int64_t partition_count() const;
  [[nodiscard]] std::int64_t eviction_count() const;

 private:
  std::array<FetchSessionCacheShard, kShardCount> shards_;
  std::uint32_t counter_ = 0;
};

}  // namespace kscope::sim
