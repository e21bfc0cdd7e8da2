#pragma once
// What a power loss leaves of a node's disk content: everything up to the flushed marks. Checkpoint files (high watermark,
// epochs of ZooKeeper) are synced whenever they are written, so they stay.

#include "engine/disk/disk.h"
#include "sim/world/durable.h"

namespace kscope::sim {

/// Cuts every log to its flushed mark and forgets the clean shutdown marker. A broker's file marks are log end offsets.
void lose_unflushed(Durable& durable, const Disk& disk);

}  // namespace kscope::sim
