#pragma once
// Planted bugs: deliberate mistakes, one of which a run may switch on. They prove that the invariants see. A protocol
// function asks for its bug at the very place where a tired programmer would have made it. Never on unless a scenario or a
// command line names one; the window then says so.

#include <array>
#include <cstdint>
#include <string_view>

namespace kscope::sim {

enum class PlantedBug : std::uint8_t {
  kNone,
  kAppendOverlaps,            ///< L1: a leader assigns an offset that is taken
  kFollowerTrustsLeaderHw,    ///< L3: a follower takes the leader's high watermark, however short its own log is
  kAppendWithOldEpoch,        ///< L4: a leader stamps batches with the epoch before its own
  kFollowerAltersBatch,       ///< L9: a follower stores a batch with other records
  kFollowerKeepsLeading,      ///< R1: a broker told to follow learns the new epoch and goes on leading
  kHwIgnoresFollowers,        ///< R3: the high watermark follows the leader's log end
  kTruncateToHighWatermark,   ///< R3: a follower cuts its log to its own high watermark, as before KIP-101
  kExpandIsrTooEarly,         ///< R3: a follower joins the ISR however far behind it is
  kNoTruncation,              ///< R7: a follower keeps what its new leader never had
  kHwMayFall,                 ///< R10: the high watermark is the minimum, even if that is less than before
  kControllerEpochNotRaised,  ///< C1: a new controller goes on with the epoch it found
  kElectOutsideIsr,           ///< C3: the controller elects the first live replica and leaves the ISR alone
  kAssignTwice,               ///< G1: the group's leader gives the first partition to two members
  kGenerationNotRaised,       ///< G3: the next generation has the number of the last
  kCommitBeyondEnd,           ///< G7: a consumer commits an offset far beyond the log
  kAckBeforeReplication,      ///< P1: acks=all is answered as soon as the leader has the batch
  kAppendDespiteMinIsr,       ///< P6: NOT_ENOUGH_REPLICAS is answered, and the batch appended all the same
  kRetryOvertaken,            ///< I3: while a batch waits for its retry, later ones of the partition go first
  kAppendSequenceGap,         ///< I1: a leader appends a batch although earlier ones of its producer are missing
  kAppendDuplicate,           ///< I2: a leader appends a batch that it has already
  kFollowerForgetsProducers,  ///< I5: a follower stores batches and keeps no state of their producers
  kDuplicateAtLogStart,       ///< I6: a repeated batch is answered with the log start
};

struct PlantedBugName {
  PlantedBug bug;
  std::string_view name;       ///< as scenarios and the command line write it
  std::string_view invariant;  ///< which invariant must catch it
};
inline constexpr std::array<PlantedBugName, 22> kPlantedBugs{{
    {PlantedBug::kAppendOverlaps, "append-overlaps", "L1"},
    {PlantedBug::kFollowerTrustsLeaderHw, "follower-trusts-leader-hw", "L3"},
    {PlantedBug::kAppendWithOldEpoch, "append-with-old-epoch", "L4"},
    {PlantedBug::kFollowerAltersBatch, "follower-alters-batch", "L9"},
    {PlantedBug::kFollowerKeepsLeading, "follower-keeps-leading", "R1"},
    {PlantedBug::kHwIgnoresFollowers, "hw-ignores-followers", "R3"},
    {PlantedBug::kTruncateToHighWatermark, "truncate-to-high-watermark", "R3"},
    {PlantedBug::kExpandIsrTooEarly, "expand-isr-too-early", "R3"},
    {PlantedBug::kNoTruncation, "no-truncation", "R7"},
    {PlantedBug::kHwMayFall, "hw-may-fall", "R10"},
    {PlantedBug::kControllerEpochNotRaised, "controller-epoch-not-raised", "C1"},
    {PlantedBug::kElectOutsideIsr, "elect-outside-isr", "C3"},
    {PlantedBug::kAssignTwice, "assign-twice", "G1"},
    {PlantedBug::kGenerationNotRaised, "generation-not-raised", "G3"},
    {PlantedBug::kCommitBeyondEnd, "commit-beyond-end", "G7"},
    {PlantedBug::kAckBeforeReplication, "ack-before-replication", "P1"},
    {PlantedBug::kAppendDespiteMinIsr, "append-despite-min-isr", "P6"},
    {PlantedBug::kRetryOvertaken, "retry-overtaken", "I3"},
    {PlantedBug::kAppendSequenceGap, "append-sequence-gap", "I1"},
    {PlantedBug::kAppendDuplicate, "append-duplicate", "I2"},
    {PlantedBug::kFollowerForgetsProducers, "follower-forgets-producers", "I5"},
    {PlantedBug::kDuplicateAtLogStart, "duplicate-at-log-start", "I6"},
}};

}  // namespace kscope::sim
