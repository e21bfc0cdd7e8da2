#pragma once
// How far a producer's application has come with its workload: which record is next and when it is due.
// The workload itself (rate, keys, sizes) is the scenario's: Workload in sim/world/registry.h.

#include <cstdint>

#include "sim/world/vocabulary.h"

namespace kscope::sim {

struct WorkloadState {
  std::int64_t records_per_1000_s = 0;  ///< current rate; changed by kProducerRate
  std::int64_t created_count = 0;       ///< records made so far in this life
  std::int64_t next_key = 0;            ///< kRoundRobin, kList: index of the next key
  RecordId first_record;                ///< id of the first record of this life; ids count up from it
  TimerId timer;                        ///< next record is due
};

/// The application called send() and waits in it, for buffer memory or for metadata, at most max.block.ms.
struct BlockedSend {
  Record record;
  std::int32_t partition = -1;          ///< chosen by hand (kProduceOne), -1 = by the partitioner
  LocalTime since{};
};

}  // namespace kscope::sim
