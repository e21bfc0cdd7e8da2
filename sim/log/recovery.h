#pragma once
// What a power loss leaves of a node's disk content, and how a log is made whole again from it. Everything up to the
// flushed marks stays; of the batch behind it a part may have reached the platter, which its checksum tells. Checkpoint
// files (high watermark, recovery point, log start, epochs of ZooKeeper) are synced whenever they are written, so they stay.
// Source: LogLoader, LogSegment.recover of Kafka 3.9.

#include "engine/disk/disk.h"
#include "sim/world/durable.h"

namespace kscope::sim {

/// Cuts every log to its flushed mark, leaves the first batch behind it torn, and forgets the clean shutdown marker. A
/// broker's file marks are log end offsets.
void lose_unflushed(Durable& durable, const Disk& disk);

/// What a recovery found.
struct LogRecovery {
  Offset recovery_point;           ///< where it began: the segment that holds it was read from its start
  std::int64_t scanned_bytes = 0;  ///< of the segments read
  std::int64_t torn_bytes = 0;     ///< cut off at the end, because a checksum did not fit
};

/// Deliberate mistakes: see sim/rules/planted_bug.h.
struct RecoveryMistakes {
  bool trusts_checksums = false;
  bool stops_at_recovery_point = false;
};

/// Reads the log from its recovery point on and cuts what does not fit; log start is the checkpointed one, or the first
/// segment's begin if that is later. Cost O(segments). Source: LogLoader.load.
LogRecovery recover_log(HostedLog& hosted, const RecoveryMistakes& mistakes = {});

}  // namespace kscope::sim
