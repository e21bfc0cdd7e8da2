#include "sim/log/leader_epoch_cache.h"

#include "engine/core/check.h"

#include <algorithm>

namespace kscope::sim {
namespace {

using Entries = std::vector<EpochEntry>;

// The first entry with an epoch above `epoch`.
Entries::const_iterator first_above(const Entries& entries, LeaderEpoch epoch) {
  return std::upper_bound(entries.begin(), entries.end(), epoch,
                          [](LeaderEpoch wanted, const EpochEntry& entry) { return wanted < entry.epoch; });
}

}  // namespace

void LeaderEpochCache::assign(LeaderEpoch epoch, Offset start_offset) {
  KSCOPE_CHECK(epoch.value >= 0, "a batch without leader epoch has no place in the epoch cache");
  KSCOPE_CHECK(start_offset.value >= 0, "an epoch begins at an offset of the log");
  if (!entries_.empty() && epoch == entries_.back().epoch && start_offset >= entries_.back().start_offset) {
    return;
  }
  while (!entries_.empty() && (entries_.back().epoch >= epoch || entries_.back().start_offset >= start_offset)) {
    entries_.pop_back();
  }
  entries_.push_back({epoch, start_offset});
}

EpochEnd LeaderEpochCache::end_offset_for(LeaderEpoch epoch, Offset log_end_offset) const {
  if (epoch == kNoLeaderEpoch || entries_.empty()) {
    return {};
  }
  if (epoch == entries_.back().epoch) {
    return {epoch, log_end_offset};
  }
  const auto above = first_above(entries_, epoch);
  if (above == entries_.end()) {
    return {};
  }
  const LeaderEpoch known = above == entries_.begin() ? epoch : (above - 1)->epoch;
  return {known, above->start_offset};
}

EpochEnd LeaderEpochCache::end_offset_before_kip_279(LeaderEpoch epoch, Offset log_end_offset) const {
  if (epoch == kNoLeaderEpoch || entries_.empty()) {
    return {};
  }
  if (epoch == entries_.back().epoch) {
    return {kNoLeaderEpoch, log_end_offset};
  }
  const auto above = first_above(entries_, epoch);
  const bool is_known = above != entries_.end() && epoch >= entries_.front().epoch;
  return is_known ? EpochEnd{kNoLeaderEpoch, above->start_offset} : EpochEnd{};
}

std::optional<LeaderEpoch> LeaderEpochCache::epoch_for_offset(Offset offset) const {
  const auto after =
      std::upper_bound(entries_.begin(), entries_.end(), offset,
                       [](Offset wanted, const EpochEntry& entry) { return wanted < entry.start_offset; });
  return after == entries_.begin() ? std::nullopt : std::optional((after - 1)->epoch);
}

void LeaderEpochCache::truncate_from_end(Offset end_offset) {
  if (end_offset.value < 0) {
    return;
  }
  while (!entries_.empty() && entries_.back().start_offset >= end_offset) {
    entries_.pop_back();
  }
}

void LeaderEpochCache::truncate_from_start(Offset start_offset) {
  const auto after =
      std::upper_bound(entries_.begin(), entries_.end(), start_offset,
                       [](Offset wanted, const EpochEntry& entry) { return wanted < entry.start_offset; });
  if (after == entries_.begin()) {
    return;
  }
  entries_.erase(entries_.begin(), after - 1);
  entries_.front().start_offset = start_offset;
}

std::optional<LeaderEpoch> LeaderEpochCache::previous_epoch(LeaderEpoch epoch) const {
  const auto at_least =
      std::lower_bound(entries_.begin(), entries_.end(), epoch,
                       [](const EpochEntry& entry, LeaderEpoch wanted) { return entry.epoch < wanted; });
  return at_least == entries_.begin() ? std::nullopt : std::optional((at_least - 1)->epoch);
}

std::optional<LeaderEpoch> LeaderEpochCache::next_epoch(LeaderEpoch epoch) const {
  const auto above = first_above(entries_, epoch);
  return above == entries_.end() ? std::nullopt : std::optional(above->epoch);
}

}  // namespace kscope::sim
