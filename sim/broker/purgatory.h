#pragma once
// Purgatory: requests that wait for something before they are answered. A DelayedProduce waits until every in-sync replica
// has its records, a DelayedFetch until there are enough bytes, a DelayedDeleteRecords until every live replica has moved its
// log start; all until a deadline at the latest.
// Owned by ReplicaManager. Kafka: DelayedOperationPurgatory, DelayedProduce, DelayedFetch (3.9).
// Partitions refer to waiting requests by DelayedId; a request that was answered leaves ids behind that name nothing any
// more, so nobody has to search for them. One timer serves a whole purgatory: it is armed for the earliest deadline.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "engine/core/node_id.h"
#include "engine/core/time.h"
#include "engine/run/timer_table.h"
#include "sim/broker/fetch_context.h"
#include "sim/broker/internal_append.h"
#include "sim/protocol/delete_records.h"
#include "sim/protocol/fetch.h"
#include "sim/protocol/produce.h"

namespace kscope::sim {

/// Names one waiting request of a purgatory; outdated as soon as it is answered.
struct DelayedId {
  std::uint32_t index = UINT32_MAX;
  std::uint32_t generation = 0;
  [[nodiscard]] bool is_set() const { return index != UINT32_MAX; }
  bool operator==(const DelayedId&) const = default;
};

/// Index of a channel of the request queue: one connection as Kafka's SocketServer sees it. -1 = none.
using ChannelIndex = std::int32_t;

/// acks=all: the records are in the leader's log; the answer waits for the high watermark.
struct DelayedProduce {
  NodeId from;  ///< not valid: the connection closed, or a coordinator waits
  std::int64_t correlation_id = 0;
  ChannelIndex channel = -1;
  LocalTime deadline{};
  AppendOwner owner = AppendOwner::kGroups;
  AppendToken token;      ///< valid: an append of a coordinator, `owner`
  ProducerId markers_of;  ///< valid: WriteTxnMarkers for this producer, answered as such
  ControlType markers_type = ControlType::ABORT;
  std::int64_t request_bytes = 0;  ///< of a producer: what counts for its quota
  std::int32_t pending_count = 0;  ///< partitions whose records are not replicated yet
  ProduceResponse response;        ///< pending partitions hold REQUEST_TIMED_OUT until they are decided
};

/// Less than min_bytes can be read now; the answer waits for appends (followers) or the high watermark (consumers).
struct DelayedFetch {
  NodeId from;
  std::int64_t correlation_id = 0;
  ChannelIndex channel = -1;
  LocalTime deadline{};
  FetchContext context;  ///< incremental: the partitions are those of its session
  FetchRequest request;
};

/// DeleteRecords: the leader's log start has moved; the answer waits for the live followers'.
struct DelayedDeleteRecords {
  NodeId from;  ///< not valid: the connection closed
  std::int64_t correlation_id = 0;
  ChannelIndex channel = -1;
  LocalTime deadline{};
  std::int32_t pending_count = 0;
  std::vector<Offset> required;    ///< by partition of the response; -1 = decided
  DeleteRecordsResponse response;  ///< pending partitions hold REQUEST_TIMED_OUT until they are decided
};

/// Waiting requests of one kind. Cost of add, find and take: O(1); of expiry: O(waiting).
template <class Delayed>
class Purgatory {
 public:
  DelayedId add(Delayed delayed) {
    if (free_.empty()) {
      places_.emplace_back();
      free_.push_back(static_cast<std::uint32_t>(places_.size() - 1));
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    places_[index].delayed = std::move(delayed);
    ++count_;
    return {index, places_[index].generation};
  }
  /// The waiting request, or nullptr when it was answered.
  [[nodiscard]] Delayed* find(DelayedId id) {
    const bool is_here = id.index < places_.size() && places_[id.index].generation == id.generation &&
                         places_[id.index].delayed.has_value();
    return is_here ? &*places_[id.index].delayed : nullptr;
  }
  [[nodiscard]] const Delayed* find(DelayedId id) const { return const_cast<Purgatory*>(this)->find(id); }
  /// Removes the request to answer it. Requires: it waits.
  Delayed take(DelayedId id) {
    KSCOPE_CHECK(find(id) != nullptr, "a delayed request is answered once");
    Delayed taken = std::move(*places_[id.index].delayed);
    places_[id.index].delayed.reset();
    ++places_[id.index].generation;
    free_.push_back(id.index);
    --count_;
    return taken;
  }
  [[nodiscard]] std::size_t size() const { return count_; }
  /// Calls `f(DelayedId, Delayed&)` for every waiting request, in order of place.
  template <class F>
  void for_each(F f) {
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
      if (places_[i].delayed.has_value()) {
        f(DelayedId{i, places_[i].generation}, *places_[i].delayed);
      }
    }
  }
  template <class F>
  void for_each(F f) const {
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
      if (places_[i].delayed.has_value()) {
        f(DelayedId{i, places_[i].generation}, *places_[i].delayed);
      }
    }
  }
  /// Ids of all requests whose deadline has come, in order of place.
  [[nodiscard]] std::vector<DelayedId> expired(LocalTime now) const {
    std::vector<DelayedId> ids;
    for_each([&](DelayedId id, const Delayed& delayed) {
      if (delayed.deadline <= now) {
        ids.push_back(id);
      }
    });
    return ids;
  }
  /// The earliest deadline of all, or nothing.
  [[nodiscard]] std::optional<LocalTime> next_deadline() const {
    std::optional<LocalTime> next;
    for_each([&](DelayedId, const Delayed& delayed) {
      next = next.has_value() ? std::min(*next, delayed.deadline) : delayed.deadline;
    });
    return next;
  }

  TimerId timer;               ///< fires at `timer_deadline` or later than every deadline before it
  LocalTime timer_deadline{};  ///< meaningful while `timer` is armed

 private:
  struct Place {
    std::uint32_t generation = 0;
    std::optional<Delayed> delayed;
  };
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;
  std::size_t count_ = 0;
};

}  // namespace kscope::sim
