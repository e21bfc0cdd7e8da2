#pragma once
// Which partitions of a broker have news for a fetch, so that the fetches of followers look at these only. In a large
// cluster most partitions are at rest most of the time; KIP-227 keeps them out of requests and answers, and this keeps
// the simulator from visiting them. What a visit would find and do is known as long as nothing changes, so nothing that
// happens in the cluster depends on it. Part of ReplicaManager (both sides of replication).

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kscope::sim {

/// Counts what changes of each partition: log, epochs, high watermark, ISR, who leads. By place in ReplicaManager::all().
class PartitionNews {
 public:
  /// Something of the partition has changed that a fetch could see.
  void add(std::int32_t place) {
    const auto index = static_cast<std::size_t>(place);
    if (index >= counts_.size()) {
      counts_.resize(index + 1, 1);
    }
    counts_[index] += counts_[index] == UINT32_MAX ? 2 : 1;  // never 0
    ++total_;
  }
  /// Its count: greater than 0, and another one after each change.
  [[nodiscard]] std::uint32_t of(std::int32_t place) const { return counts_[static_cast<std::size_t>(place)]; }

  /// How many changes there have been of all partitions together.
  [[nodiscard]] std::uint64_t total() const { return total_; }

 private:
  std::vector<std::uint32_t> counts_;
  std::uint64_t total_ = 0;
};

/// Which partitions of a list are settled: the last visit left nothing to do, and they have no news since.
class SettledList {
 public:
  /// None is settled any more.
  void clear() { marks_.clear(); }
  [[nodiscard]] bool empty() const { return marks_.empty(); }
  /// The partition at `index` of the list is settled until there is news of it.
  void settle(std::size_t index, std::int32_t place, std::uint32_t news) {
    if (index >= marks_.size()) {
      marks_.resize(index + 1);
    }
    marks_[index] = {place, news};
  }
  void unsettle(std::size_t index) {
    if (index < marks_.size()) {
      marks_[index] = {};
    }
  }
  [[nodiscard]] bool is_settled(std::size_t index, const PartitionNews& news) const {
    return index < marks_.size() && marks_[index].news != 0 && marks_[index].news == news.of(marks_[index].place);
  }
  /// Calls f(index) for those of the list's first `count` that are not settled, in order. Cost: O(count), some
  /// nanoseconds for four of them.
  template <class F>
  void for_each_unsettled(std::size_t count, const PartitionNews& news, F f) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_settled(i, news)) {
        f(i);
      }
    }
  }

 private:
  struct Mark {
    std::int32_t place = 0;
    std::uint32_t news = 0;  ///< 0 = not settled
  };
  std::vector<Mark> marks_;
};

}  // namespace kscope::sim
