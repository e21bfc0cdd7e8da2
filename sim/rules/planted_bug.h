#pragma once
// Planted bugs: deliberate mistakes, one of which a run may switch on. They prove that the invariants see. A protocol
// function asks for its bug at the very place where a tired programmer would have made it. Never on unless a scenario or a
// command line names one; the window then says so. Two leave out a check that nothing in this model needs: they change what
// is sent, and no invariant (docs/model).

#include <array>
#include <cstdint>
#include <string_view>

namespace kscope::sim {

enum class PlantedBug : std::uint8_t {
  kNone,
  kAppendOverlaps,              ///< L1: a leader assigns an offset that is taken
  kFollowerTrustsLeaderHw,      ///< L3: a follower takes the leader's high watermark, however short its own log is
  kAppendWithOldEpoch,          ///< L10: a leader stamps batches with the epoch before its own
  kAppendEpochWavers,           ///< L4: a leader stamps every other batch with the epoch before its own
  kDeleteBeyondEnd,             ///< L2: a leader deletes records up to any offset that is asked for
  kCutBelowLogStart,            ///< L6: a follower whose log parts from its leader's throws all of it away
  kOffsetWithoutAck,            ///< P4: a producer with acks=0 names an offset all the same
  kEpochStartsAtHighWatermark,  ///< L5: a new leader notes its high watermark as the start of its epoch
  kRecoveryStopsEarly,          ///< L7: recovery cuts a log at its recovery point, however much was flushed since
  kRecoveryTrustsChecksums,     ///< L8: recovery takes what stands at the end of a file without looking at checksums
  kFollowerAltersBatch,         ///< L9: a follower stores a batch with other records
  kFollowerKeepsLeading,        ///< R1: a broker told to follow learns the new epoch and goes on leading
  kHwIgnoresFollowers,          ///< R3: the high watermark follows the leader's log end
  kTruncateToHighWatermark,     ///< R3: a follower cuts its log to its own high watermark, as before KIP-101
  kExpandIsrTooEarly,           ///< R3: a follower joins the ISR however far behind it is
  kNoTruncation,                ///< R7: a follower keeps what its new leader never had
  kHwMayFall,                   ///< R10: the high watermark is the minimum, even if that is less than before
  kControllerEpochNotRaised,    ///< C1: a new controller goes on with the epoch it found
  kElectOutsideIsr,             ///< C3: the controller elects the first live replica and leaves the ISR alone
  kExpandWithoutFetch,          ///< R11, M4: a new leader takes followers in whom it has not heard of in its epoch
  kExpandBelowHighWatermark,    ///< R11, M5: a follower joins the ISR below the high watermark
  kExpandBelowEpochStart,  ///< R11, M6: a follower joins the ISR below the start of the leader's epoch (KAFKA-7128)
  kKeepFollowerPositions,  ///< R9, M3: a new leader counts positions of followers from an earlier leadership
  kControllerExpandsIsr,   ///< R6: the controller puts every live replica into an ISR that it is asked for
  kIgnoreBrokerEpochs,     ///< R12, M9: the controller does not compare the broker epochs of AlterPartition
  kAcceptOldController,    ///< C2: a broker obeys a controller with an older epoch
  kIsrOutsideReplicas,     ///< C4: an election puts every live broker into the ISR (KAFKA-9672)
  kLeaderEpochNotRaised,   ///< C5: an election keeps the leader epoch
  kElectShuttingDown,      ///< C6: a controlled shutdown elects whoever is first in the ISR
  kUncleanWithoutLeave,    ///< C7: an unclean election happens whatever the config says
  kRegisterWithOldEpoch,   ///< C8, M1: a broker takes the znode of an earlier registration for its own
  kUnguardedController,    ///< C11: a controller writes to ZooKeeper without the guard (KAFKA-6082)
  kAssignTwice,            ///< G1: the group's leader gives the first partition to two members
  kGenerationNotRaised,    ///< G3: the next generation has the number of the last
  kCommitBeyondEnd,        ///< G7: a consumer commits an offset far beyond the log
  kAckBeforeReplication,   ///< P1: acks=all is answered as soon as the leader has the batch
  kAppendDespiteMinIsr,    ///< P6: NOT_ENOUGH_REPLICAS is answered, and the batch appended all the same
  kCompactBeyondHighWatermark,  ///< K1: the cleaner goes as far as the log, committed or not
  kCompactionKeepsFirst,        ///< K2: of each key the cleaner keeps the first record instead of the last
  kTombstonesGoAtOnce,          ///< K3: the cleaner drops tombstones without waiting for delete.retention.ms
  kCompactionForgetsProducers,  ///< K4: the cleaner drops a producer's last batch when none of its records is left
  kFollowerDeletesAhead,        ///< K5: a follower deletes up to its high watermark, whatever its leader keeps
  kFetchSkipsDeleted,           ///< K6: a consumer below log start gets what is left instead of OFFSET_OUT_OF_RANGE
  kRetryOvertaken,              ///< I3: while a batch waits for its retry, later ones of the partition go first
  kAppendSequenceGap,           ///< I1: a leader appends a batch although earlier ones of its producer are missing
  kAppendDuplicate,             ///< I2: a leader appends a batch that it has already
  kFollowerForgetsProducers,    ///< I5: a follower stores batches and keeps no state of their producers
  kDuplicateAtLogStart,         ///< I6: a repeated batch is answered with the log start
  kAbortedNotTold,              ///< X5: a broker does not tell consumers which transactions were aborted
  kAppendOldProducerEpoch,      ///< I4: a leader appends what an earlier incarnation of a producer sent
  kReadBeyondStable,            ///< X4: read_committed reads up to the high watermark
  kDecisionNotLogged,           ///< X1: a coordinator decides a transaction and does not write it down
  kMarkerForgotten,             ///< X2: a coordinator forgets the marker of one partition
  kOtherCompletion,             ///< X3: a coordinator completes an abort where a commit was decided
  kMarkerNotAppended,           ///< X6: a leader says that it has appended a marker, and has not, every other time
  kPartitionNotAdded,           ///< X7: a coordinator says that a partition is in a transaction, and forgets it
  kWrongMarker,                 ///< X9: a leader appends the abort of what was committed
  kElrBesidesFullIsr,           ///< C4: who leaves the ISR stays eligible however large the ISR is
  kElrIgnoresUncleanShutdown,   ///< R12: a broker that was not shut down in order stays eligible
  kHwBelowMinIsr,               ///< R9: the high watermark moves however small the ISR is
  kQuorumCountsUnflushed,       ///< C9: a controller fetches on before it has flushed what it got
  kQuorumLeadsAlone,            ///< C9: one vote is a majority
  kQuorumHwMayFall,             ///< C9: who fetches the metadata log takes any high watermark that it is told
  kObserverAltersBatch,         ///< C9: a broker stores another next producer id than the metadata log has
  kSnapshotForgetsConfigs,      ///< C9: settings of topics are not in snapshots of the metadata
  kEpochNotRaised,              ///< X8: a coordinator gives a transactional.id to another producer with the same epoch
  kAbortedOffsetCounts,         ///< X10: a group coordinator takes over offsets of a transaction that was aborted
  kPendingOffsetIgnored,        ///< X10: a group coordinator answers beside a transaction that is not decided
  kNoRewind,                    ///< X11: after an abort an application goes on instead of reading the same again
  kReassignBeforeInSync,        ///< C10: a controller ends a reassignment whose new replicas are not in sync yet
  kTakeAnyAnswer,               ///< L1, M7: a follower appends what an answer holds, wherever it stood when it asked
  kIgnorePartitionEpochs,       ///< R12, M10: the controller does not compare the partition epoch of AlterPartition
  kFetcherStartsAgain,          ///< M2: a fetcher takes a partition up anew though its leader epoch is the same
  kTakeAnswerOfAnyEpoch,        ///< M8: a follower takes an answer that it asked for in an earlier leader epoch
  // groups
  kAssignorMissesLast,     ///< G2: the group's leader takes the number of the last partition for how many there are
  kEpochBeforeRevoked,     ///< G4: a coordinator moves a member to the epoch of a target before it gave up the rest
  kStableWhileUnreleased,  ///< G5: a member is STABLE though others still hold partitions of its target
  kTakeAnyCommit,          ///< G6: a coordinator takes a commit whoever sends it
  kCommitAckedEarly,       ///< G8: a coordinator answers a commit as soon as its own log has it
  kLoadKeepsFirst,         ///< G9: who takes over groups keeps the first offset of a partition instead of the last
  kCommitFetched,          ///< G10: a consumer commits what it has fetched, handed out or not
  kStaticMemberTwice,      ///< G12: a static member that comes back is added beside its former self
  kCommitOfOldGeneration,  ///< G13: a coordinator does not compare the generation of a commit
  kExpireWhileRead,        ///< G11: a coordinator lets offsets expire whether or not a member reads the topic
  kFormerPartitionsKept,   ///< G5: a cooperative member keeps what its new assignment does not give it
  kRebalanceNotNoticed,    ///< V8: a member does not hear what the answer to its heartbeat says of a rebalance
  // consumers
  kReadBeyondCommitted,   ///< J1: consumers get what a leader has, committed or not
  kAckAtMinIsr,           ///< J2: acks=all is answered as soon as min.insync.replicas have the batch
  kRetryWithNewSequence,  ///< J3: a producer numbers a batch anew that it sends again
  kPollDropsRest,         ///< J4: a consumer goes on behind the batch of which max.poll.records left some records
  kEndToldTooEarly,       ///< J7: a new leader tells the end of its log before it knows what was committed (KIP-207)
  kPositionNotValidated,  ///< J8: a consumer does not compare its position with the log of a new leader (KIP-320)
  kNeverFetchedAgain,     ///< V9: a consumer that was refused a partition does not fetch it again
};

struct PlantedBugName {
  PlantedBug bug;
  std::string_view name;       ///< as scenarios and the command line write it
  std::string_view invariant;  ///< which invariant must catch it; empty: none, as nothing goes wrong without the check
};
inline constexpr std::array<PlantedBugName, 93> kPlantedBugs{{
    {PlantedBug::kAppendOverlaps, "append-overlaps", "L1"},
    {PlantedBug::kFollowerTrustsLeaderHw, "follower-trusts-leader-hw", "L3"},
    {PlantedBug::kAppendWithOldEpoch, "append-with-old-epoch", "L10"},
    {PlantedBug::kAppendEpochWavers, "append-epoch-wavers", "L4"},
    {PlantedBug::kDeleteBeyondEnd, "delete-beyond-end", "L2"},
    {PlantedBug::kCutBelowLogStart, "cut-below-log-start", "L6"},
    {PlantedBug::kOffsetWithoutAck, "offset-without-ack", "P4"},
    {PlantedBug::kEpochStartsAtHighWatermark, "epoch-starts-at-high-watermark", "L5"},
    {PlantedBug::kRecoveryStopsEarly, "recovery-stops-early", "L7"},
    {PlantedBug::kRecoveryTrustsChecksums, "recovery-trusts-checksums", "L8"},
    {PlantedBug::kFollowerAltersBatch, "follower-alters-batch", "L9"},
    {PlantedBug::kFollowerKeepsLeading, "follower-keeps-leading", "R1"},
    {PlantedBug::kHwIgnoresFollowers, "hw-ignores-followers", "R3"},
    {PlantedBug::kTruncateToHighWatermark, "truncate-to-high-watermark", "R3"},
    {PlantedBug::kExpandIsrTooEarly, "expand-isr-too-early", "R3"},
    {PlantedBug::kNoTruncation, "no-truncation", "R7"},
    {PlantedBug::kHwMayFall, "hw-may-fall", "R10"},
    {PlantedBug::kControllerEpochNotRaised, "controller-epoch-not-raised", "C1"},
    {PlantedBug::kElectOutsideIsr, "elect-outside-isr", "C3"},
    {PlantedBug::kExpandWithoutFetch, "expand-without-fetch", "R11"},
    {PlantedBug::kExpandBelowHighWatermark, "expand-below-high-watermark", "R11"},
    {PlantedBug::kExpandBelowEpochStart, "expand-below-epoch-start", "R11"},
    {PlantedBug::kKeepFollowerPositions, "keep-follower-positions", "R9"},
    {PlantedBug::kControllerExpandsIsr, "controller-expands-isr", "R6"},
    {PlantedBug::kIgnoreBrokerEpochs, "ignore-broker-epochs", "R12"},
    {PlantedBug::kAcceptOldController, "accept-old-controller", "C2"},
    {PlantedBug::kIsrOutsideReplicas, "isr-outside-replicas", "C4"},
    {PlantedBug::kLeaderEpochNotRaised, "leader-epoch-not-raised", "C5"},
    {PlantedBug::kElectShuttingDown, "elect-shutting-down", "C6"},
    {PlantedBug::kUncleanWithoutLeave, "unclean-without-leave", "C7"},
    {PlantedBug::kRegisterWithOldEpoch, "register-with-old-epoch", "C8"},
    {PlantedBug::kUnguardedController, "unguarded-controller", "C11"},
    {PlantedBug::kAssignTwice, "assign-twice", "G1"},
    {PlantedBug::kGenerationNotRaised, "generation-not-raised", "G3"},
    {PlantedBug::kCommitBeyondEnd, "commit-beyond-end", "G7"},
    {PlantedBug::kAckBeforeReplication, "ack-before-replication", "P1"},
    {PlantedBug::kAppendDespiteMinIsr, "append-despite-min-isr", "P6"},
    {PlantedBug::kCompactBeyondHighWatermark, "compact-beyond-high-watermark", "K1"},
    {PlantedBug::kCompactionKeepsFirst, "compaction-keeps-first", "K2"},
    {PlantedBug::kTombstonesGoAtOnce, "tombstones-go-at-once", "K3"},
    {PlantedBug::kCompactionForgetsProducers, "compaction-forgets-producers", "K4"},
    {PlantedBug::kFollowerDeletesAhead, "follower-deletes-ahead", "K5"},
    {PlantedBug::kFetchSkipsDeleted, "fetch-skips-deleted", "K6"},
    {PlantedBug::kRetryOvertaken, "retry-overtaken", "I3"},
    {PlantedBug::kAppendSequenceGap, "append-sequence-gap", "I1"},
    {PlantedBug::kAppendDuplicate, "append-duplicate", "I2"},
    {PlantedBug::kFollowerForgetsProducers, "follower-forgets-producers", "I5"},
    {PlantedBug::kDuplicateAtLogStart, "duplicate-at-log-start", "I6"},
    {PlantedBug::kAbortedNotTold, "aborted-not-told", "X5"},
    {PlantedBug::kAppendOldProducerEpoch, "append-old-producer-epoch", "I4"},
    {PlantedBug::kReadBeyondStable, "read-beyond-stable", "X4"},
    {PlantedBug::kDecisionNotLogged, "decision-not-logged", "X1"},
    {PlantedBug::kMarkerForgotten, "marker-forgotten", "X2"},
    {PlantedBug::kOtherCompletion, "other-completion", "X3"},
    {PlantedBug::kMarkerNotAppended, "marker-not-appended", "X6"},
    {PlantedBug::kPartitionNotAdded, "partition-not-added", "X7"},
    {PlantedBug::kWrongMarker, "wrong-marker", "X9"},
    {PlantedBug::kElrBesidesFullIsr, "elr-besides-full-isr", "C4"},
    {PlantedBug::kElrIgnoresUncleanShutdown, "elr-ignores-unclean-shutdown", "R12"},
    {PlantedBug::kHwBelowMinIsr, "hw-below-min-isr", "R9"},
    {PlantedBug::kQuorumCountsUnflushed, "quorum-counts-unflushed", "C9"},
    {PlantedBug::kQuorumLeadsAlone, "quorum-leads-alone", "C9"},
    {PlantedBug::kQuorumHwMayFall, "quorum-hw-may-fall", "C9"},
    {PlantedBug::kObserverAltersBatch, "observer-alters-batch", "C9"},
    {PlantedBug::kSnapshotForgetsConfigs, "snapshot-forgets-configs", "C9"},
    {PlantedBug::kEpochNotRaised, "epoch-not-raised", "X8"},
    {PlantedBug::kAbortedOffsetCounts, "aborted-offset-counts", "X10"},
    {PlantedBug::kPendingOffsetIgnored, "pending-offset-ignored", "X10"},
    {PlantedBug::kNoRewind, "no-rewind", "X11"},
    {PlantedBug::kReassignBeforeInSync, "reassign-before-in-sync", "C10"},
    {PlantedBug::kTakeAnyAnswer, "take-any-answer", "L1"},
    {PlantedBug::kIgnorePartitionEpochs, "ignore-partition-epochs", "R12"},
    {PlantedBug::kFetcherStartsAgain, "fetcher-starts-again", ""},
    {PlantedBug::kTakeAnswerOfAnyEpoch, "take-answer-of-any-epoch", ""},
    {PlantedBug::kAssignorMissesLast, "assignor-misses-last", "G2"},
    {PlantedBug::kEpochBeforeRevoked, "epoch-before-revoked", "G4"},
    {PlantedBug::kStableWhileUnreleased, "stable-while-unreleased", "G5"},
    {PlantedBug::kTakeAnyCommit, "take-any-commit", "G6"},
    {PlantedBug::kCommitAckedEarly, "commit-acked-early", "G8"},
    {PlantedBug::kLoadKeepsFirst, "load-keeps-first", "G9"},
    {PlantedBug::kCommitFetched, "commit-fetched", "G10"},
    {PlantedBug::kStaticMemberTwice, "static-member-twice", "G12"},
    {PlantedBug::kCommitOfOldGeneration, "commit-of-old-generation", "G13"},
    {PlantedBug::kExpireWhileRead, "expire-while-read", "G11"},
    {PlantedBug::kFormerPartitionsKept, "former-partitions-kept", "G5"},
    {PlantedBug::kRebalanceNotNoticed, "rebalance-not-noticed", "V8"},
    {PlantedBug::kReadBeyondCommitted, "read-beyond-committed", "J1"},
    {PlantedBug::kAckAtMinIsr, "ack-at-min-isr", "J2"},
    {PlantedBug::kRetryWithNewSequence, "retry-with-new-sequence", "J3"},
    {PlantedBug::kPollDropsRest, "poll-drops-rest", "J4"},
    {PlantedBug::kEndToldTooEarly, "end-told-too-early", "J7"},
    {PlantedBug::kPositionNotValidated, "position-not-validated", "J8"},
    {PlantedBug::kNeverFetchedAgain, "never-fetched-again", "V9"},
}};

}  // namespace kscope::sim
