#pragma once
// What observers are told of the metadata log: topics, leaders, ISRs and fenced brokers. The leader of the quorum tells it
// when a record is committed, before it is replayed, in the notes that ZooKeeper's controller makes of its writes.

#include "sim/controller/kraft/metadata_image.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// Effects: notes about one committed record of `batch`; `before` is the image without it.
void note_committed(Ctx& ctx, const kraft::MetadataImage& before, const MetadataBatch& batch,
                    const kraft::MetadataRecord& record);

}  // namespace kscope::sim
