#pragma once
// FetchSession: what a broker remembers of a fetcher, so that its requests need not name every partition and the answers
// need not either (KIP-227). Volatile: a broker that restarts knows no session any more.
// Owned by FetchSessionCacheShard. Kafka: FetchSession, CachedPartition (3.9).

#include <cstdint>
#include <vector>

#include "engine/core/time.h"
#include "sim/broker/partition_news.h"
#include "sim/protocol/fetch.h"

namespace kscope::sim {

/// A partition of a session: what the fetcher asked for, and what it was told last.
struct CachedPartition {
  FetchPartition asked;
  Offset high_watermark =
      kUnknownOffset;  ///< as told; -1 after an error, so that the partition is told when that is over
  Offset local_log_start_offset = kUnknownOffset;  ///< of this broker, as told
  std::int64_t rank = 0;                           ///< ascending in the order of CachedPartitions
  std::int32_t next = -1;                          ///< place in CachedPartitions of the one behind it; -1 = none
  std::int32_t previous = -1;

  /// Whether the fetcher knows these. A partition without records that it knows so is left out of an incremental answer; one
  /// with records, an error, diverging logs or another replica to read from never is. That the last stable offset moved
  /// alone is no reason. Source: CachedPartition.maybeUpdateResponseData, Kafka 3.9.
  [[nodiscard]] bool is_known(Offset its_high_watermark, Offset its_log_start_offset) const {
    return high_watermark == its_high_watermark && local_log_start_offset == its_log_start_offset;
  }
  /// The fetcher is told this now.
  void update_response_data(const FetchPartitionResult& result);
};

/// The partitions of a session in the order in which they are read: those that gave records last come last, so that none
/// starves behind others when an answer is full. Kafka: ImplicitLinkedHashCollection<CachedPartition>.
/// A partition is named by its topic id too: deleted and created again it is another one (KIP-516).
class CachedPartitions {
 public:
  /// The partition, or nullptr. Cost: O(log size).
  [[nodiscard]] CachedPartition* find(TopicPartition partition, Uuid topic_id);
  /// The same, whatever its topic id: a fetcher forgets the old one when it adds a new one.
  [[nodiscard]] CachedPartition* find(TopicPartition partition);
  /// Adds at the end. Requires: it is not here. Cost: O(size) moves of an index.
  void add(const CachedPartition& partition);
  /// Adds many, one after the other. Requires: this is empty. Cost: O(n log n).
  void assign(std::vector<CachedPartition> partitions);
  /// Returns whether it was here. Cost as add().
  bool remove(TopicPartition partition, Uuid topic_id);
  /// Requires: `partition` is an element of this. Cost: O(1).
  void move_to_end(CachedPartition& partition);

  [[nodiscard]] std::size_t size() const { return by_key_.size(); }
  [[nodiscard]] bool empty() const { return by_key_.empty(); }
  /// The first in order, or nullptr; and the one behind `partition`.
  [[nodiscard]] const CachedPartition* first() const { return at(first_); }
  [[nodiscard]] const CachedPartition* after(const CachedPartition& partition) const { return at(partition.next); }

  // Which of them a follower's fetch need not look at.
  /// The fetcher has all of the partition and knows it, until there is news. Requires: `partition` is an element of this.
  void settle(const CachedPartition& partition, std::int32_t place, std::uint32_t news) {
    settled_.settle(index_of(partition), place, news);
  }
  void unsettle(const CachedPartition& partition) { settled_.unsettle(index_of(partition)); }
  void unsettle_all() { settled_.clear(); }
  [[nodiscard]] bool is_settled(const CachedPartition& partition, const PartitionNews& news) const {
    return settled_.is_settled(index_of(partition), news);
  }
  /// Those that are not settled and come after `rank`, in order. Cost: O(size) of the smallest kind.
  [[nodiscard]] std::vector<const CachedPartition*> unsettled_after(std::int64_t rank, const PartitionNews& news) const;
  /// Whether `holds(FetchPartition)` does for all that are not settled, asked in any order; asks no further where not.
  template <class Predicate>
  [[nodiscard]] bool all_of_unsettled(const PartitionNews& news, Predicate holds) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!settled_.is_settled(i, news) && places_[i].rank > 0 && !holds(places_[i].asked)) {
        return false;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] const CachedPartition* at(std::int32_t place) const {
    return place < 0 ? nullptr : &places_[static_cast<std::size_t>(place)];
  }
  CachedPartition& place(std::int32_t index) { return places_[static_cast<std::size_t>(index)]; }
  std::vector<std::int32_t>::iterator lower_bound(TopicPartition partition, Uuid topic_id);
  [[nodiscard]] std::size_t index_of(const CachedPartition& partition) const {
    return static_cast<std::size_t>(&partition - places_.data());
  }
  void link_last(std::int32_t index);
  void unlink(const CachedPartition& partition);

  std::vector<CachedPartition> places_;
  std::vector<std::int32_t> by_key_;  // places, ascending by partition and topic id
  std::vector<std::int32_t> free_;    // their rank is 0
  SettledList settled_;               // by index in places_
  std::int64_t last_rank_ = 0;
  std::int32_t first_ = -1;
  std::int32_t last_ = -1;
};

struct FetchSession {
  FetchSessionId id = kInvalidSessionId;
  bool is_privileged = false;      ///< of a follower
  bool uses_topic_ids = false;     ///< all its requests do, or none
  bool is_removed = false;         ///< ended while a request of it waits: kept for the answer, and found by nobody else
  std::int32_t serving_count = 0;  ///< its requests that are not answered yet
  std::int32_t cached_size = 0;    ///< partitions when it was used last: how much it is worth keeping
  FetchSessionEpoch epoch{1};      ///< that the next request must have
  LocalTime creation_time{};
  LocalTime last_used_time{};
  CachedPartitions partitions;

  /// Takes over what a request adds, changes and forgets. Source: FetchSession.update.
  void update(const FetchRequest& request);
};

}  // namespace kscope::sim
