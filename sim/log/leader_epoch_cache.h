#pragma once
// LeaderEpochCache: at which offset each leader epoch began in one replica's log. A follower asks its leader with it where
// their logs part, and so truncates exactly what was never replicated (KIP-101, KIP-279).
// Owned by PartitionLog. Models LeaderEpochFileCache of Kafka 3.9; the checkpoint file is the log directory's business.
// Invariant: epochs and start offsets both rise strictly from entry to entry.

#include "engine/core/fields.h"
#include "sim/types/ordinals.h"

#include <optional>
#include <vector>

namespace kscope::sim {

/// An epoch and the offset of the first record that its leader wrote.
struct EpochEntry {
  LeaderEpoch epoch;
  Offset start_offset;
  KSCOPE_FIELDS(EpochEntry, epoch, start_offset);
};

/// Answer to "where does this epoch end": the largest known epoch not above the one asked for, and the offset after its
/// last record. Both -1: unknown.
struct EpochEnd {
  LeaderEpoch epoch = kNoLeaderEpoch;
  Offset end_offset = kUnknownOffset;
  KSCOPE_FIELDS(EpochEnd, epoch, end_offset);
};

class LeaderEpochCache {
 public:
  /// Notes that `epoch` begins at `start_offset`. Later epochs and later starts that contradict it are dropped: the log
  /// was overwritten there. Nothing happens for the latest epoch at a start that is not earlier.
  /// Requires: both are 0 or more. Source: LeaderEpochFileCache.assign, Kafka 3.9.
  void assign(LeaderEpoch epoch, Offset start_offset);

  /// Where `epoch` ends in this log, `log_end_offset` for the latest one. Unknown for epoch -1, for an epoch after the
  /// latest and in an empty cache. For an epoch before the first: that epoch itself, ending where the first begins.
  /// Source: LeaderEpochFileCache.endOffsetFor, Kafka 3.9.
  [[nodiscard]] EpochEnd end_offset_for(LeaderEpoch epoch, Offset log_end_offset) const;

  /// The same by the rule of KIP-101, before KIP-279: the start of the first epoch above `epoch`; unknown for an epoch that
  /// is below or above all known ones. The answer names no epoch. Source: LeaderEpochFileCache.endOffsetFor, Kafka 1.1.
  [[nodiscard]] EpochEnd end_offset_before_kip_279(LeaderEpoch epoch, Offset log_end_offset) const;

  /// The epoch whose leader wrote the record at `offset`; nothing below the first entry.
  /// Source: LeaderEpochFileCache.epochForOffset, Kafka 3.9.
  [[nodiscard]] std::optional<LeaderEpoch> epoch_for_offset(Offset offset) const;

  /// The log now ends at `end_offset`: drops every epoch that begins there or later. A negative offset does nothing.
  void truncate_from_end(Offset end_offset);

  /// The log now starts at `start_offset`: drops the epochs that begin there or before, except the last of them, which
  /// now begins at `start_offset`.
  void truncate_from_start(Offset start_offset);

  /// Forgets everything.
  void clear() { entries_.clear(); }

  /// The latest epoch; nothing in an empty cache.
  [[nodiscard]] std::optional<LeaderEpoch> latest_epoch() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.back().epoch);
  }
  /// The largest known epoch below `epoch`.
  [[nodiscard]] std::optional<LeaderEpoch> previous_epoch(LeaderEpoch epoch) const;
  /// The smallest known epoch above `epoch`.
  [[nodiscard]] std::optional<LeaderEpoch> next_epoch(LeaderEpoch epoch) const;
  /// Every entry, the earliest first.
  [[nodiscard]] const std::vector<EpochEntry>& entries() const { return entries_; }

 private:
  std::vector<EpochEntry> entries_;

 public:
  KSCOPE_FIELDS(LeaderEpochCache, entries_);
};

}  // namespace kscope::sim
