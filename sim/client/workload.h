#pragma once
// The application in front of a producer: when it makes its next record and with which key. The workload itself (rate,
// keys, sizes) is the scenario's: Workload in sim/world/registry.h. Everything random passes through the chooser.

#include <cstdint>

#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// How far an application has come with its workload.
struct WorkloadState {
  std::int64_t records_per_1000_s = 0;  ///< current rate; changed by kProducerRate
  std::int64_t created_count = 0;       ///< records made so far in this life
  std::int64_t next_key = 0;            ///< kRoundRobin, kList: index of the next key
  RecordId first_record{0};             ///< id of the first record of this life; ids count up from it
  TimerId timer;                        ///< next record is due, or max.block.ms is over
};

/// Id of the first record of a life that begins now: no other life of any producer gives the same ids as long as it makes
/// fewer than one record a nanosecond. Node in the upper bits, time of the start below.
RecordId first_record_of_life(const Ctx& ctx);

/// Time until the next record: even, or with an exponential tail (one choice). Requires: a rate above 0.
Duration next_gap(Ctx& ctx, const Workload& workload, std::int64_t records_per_1000_s);

/// Key of the next record; none for a null key. Draws choices for kUniform (one) and kZipf (three or more).
KeyId next_key(Ctx& ctx, const Workload& workload, WorkloadState& state);

/// Rank of a Zipf distribution with exponent one over `count` ranks: rank r comes with weight 1 / (r + 1).
/// Requires: count > 0. Result in [0, count). Cost: expected below three rounds of three choices.
std::int64_t choose_zipf(Ctx& ctx, std::int64_t count);

}  // namespace kscope::sim
