#pragma once
// Which producer, and which of its lives: an epoch that is raised makes the sequences of all partitions begin anew.

#include "engine/core/fields.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

struct ProducerIdAndEpoch {
  ProducerId id;  ///< none = no broker gave one yet
  ProducerEpoch epoch = kNoProducerEpoch;
  [[nodiscard]] bool is_valid() const { return id.is_valid(); }
  KSCOPE_FIELDS(ProducerIdAndEpoch, id, epoch);
};

}  // namespace kscope::sim
