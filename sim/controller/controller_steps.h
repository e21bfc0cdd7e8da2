#pragma once
// How steps are carried out. `run` is one overload per step: it returns kDone, or kWaiting after it has asked ZooKeeper; it
// is called again when all answers are in `Controller::replies`. Only the controller's own files include this header.

#include <vector>

#include "sim/controller/controller.h"

namespace kscope::sim::controller {

enum class StepOutcome : std::uint8_t { kDone, kWaiting };
using Requests = std::vector<std::vector<ZkOperation>>;

// ---- zookeeper_failover.cpp
StepOutcome run(Ctx& ctx, Broker& broker, ReadControllerStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, BecomeControllerStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, LoadContextStep& step);
// ---- broker_changes.cpp
StepOutcome run(Ctx& ctx, Broker& broker, ReadBrokersStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, BrokerStartupStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, BrokerFailureStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, SendMetadataStep& step);
// ---- topic_changes.cpp
StepOutcome run(Ctx& ctx, Broker& broker, ReadTopicsStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, InitializePartitionsStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, CreateTopicStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, AnswerCreateTopicStep& step);
// ---- partition_changes.cpp
StepOutcome run(Ctx& ctx, Broker& broker, CreatePartitionsStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, ReadPartitionsStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, AnswerCreatePartitionsStep& step);
// ---- topic_deletion_steps.cpp
StepOutcome run(Ctx& ctx, Broker& broker, DeleteTopicStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, ResumeDeletionsStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, DeleteReplicasStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, CompleteDeletionStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, RemoveDeletionMarksStep& step);
/// A broker has deleted replicas, or could not. Plans what follows.
void on_replicas_deleted(Broker& broker, const TopicDeletionStopReplicaResponseEvent& event);
// ---- partition_reassignment.cpp
StepOutcome run(Ctx& ctx, Broker& broker, AlterReassignmentStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, ReassignPartitionStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, RaiseLeaderEpochStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, FinishReassignmentStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, AnswerReassignmentStep& step);
/// Tells observers that a move from `before` to `now` has come to this; also of the moves that KRaft's controller commits.
void note_reassignment(Ctx& ctx, TopicPartition partition, ReassignmentStep what, const std::vector<BrokerId>& now,
                       const std::vector<BrokerId>& before);
/// Goes on behind the rest of the plan with the reassignment of these partitions, those of them that are being moved
/// (maybeResumeReassignments).
void plan_resumed_reassignments(Broker& broker, const std::vector<TopicPartition>& partitions);
/// The ISRs of these partitions have changed: plans what completes their reassignments (maybeCompleteReassignment).
void plan_completed_reassignments(Broker& broker, const std::vector<TopicPartition>& partitions);
// ---- partition_state_machine.cpp
StepOutcome run(Ctx& ctx, Broker& broker, ElectLeadersStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, AnswerElectionStep& step);
// ---- replica_state_machine.cpp
StepOutcome run(Ctx& ctx, Broker& broker, RemoveReplicaFromIsrStep& step);
StepOutcome run(Ctx& ctx, Broker& broker, ControlledShutdownStep& step);
// ---- alter_partition.cpp
StepOutcome run(Ctx& ctx, Broker& broker, AlterPartitionStep& step);

// ---- allocate_producer_ids.cpp
StepOutcome run(Ctx& ctx, Broker& broker, AllocateProducerIdsStep& step);

// ---- isr_changes.cpp
StepOutcome run(Ctx& ctx, Broker& broker, ReadIsrChangesStep& step);

// ---- controller.cpp
/// Sends the requests; their answers will be `Controller::replies`, by index. With none the step goes on at once.
StepOutcome ask(Ctx& ctx, Broker& broker, Requests requests);
/// The same with one request of several reads: `replies[0].results` by index.
StepOutcome ask_reads(Ctx& ctx, Broker& broker, std::vector<ZkOperation> reads);
/// Puts a step before the rest of the plan. Several calls: the last one comes first.
void plan_next(Broker& broker, ControllerStep step);
/// Puts a step behind the rest of the plan.
void plan_last(Broker& broker, ControllerStep step);
/// Gives up being controller: forgets everything, answers all who wait with NOT_CONTROLLER, and looks at /controller again.
void resign(Ctx& ctx, Broker& broker);
/// The guard that every write of a controller carries: refused when another controller has raised the epoch (KAFKA-6082).
ZkOperation guard(const Ctx& ctx, const Broker& broker);
/// Whether the guard refused any of the replies; resigns if so.
bool resigned_by_guard(Ctx& ctx, Broker& broker);

// ---- partition_states.cpp: what several steps do with state znodes
/// Reads the state znodes of these partitions.
StepOutcome read_states(Ctx& ctx, Broker& broker, const std::vector<TopicPartition>& partitions);
/// The i-th state that was read, with its version as partition epoch; none when there is no such znode, or when a later
/// controller wrote it.
std::optional<PartitionState> state_read(const Broker& broker, std::size_t index, TopicPartition partition);
/// One guarded setData per state, with its partition epoch as expected version; stamps the controller epoch.
StepOutcome write_states(Ctx& ctx, Broker& broker, std::vector<PartitionState>& states);
/// What became of the i-th write.
enum class WriteOutcome : std::uint8_t { kWritten, kBadVersion, kFailed };
WriteOutcome write_outcome(const Broker& broker, std::size_t index);
/// The i-th write was done: takes the state with its new version into the context. Effects: notes of a changed ISR and, with
/// a reason, of a changed leader.
void adopt_written(Ctx& ctx, Broker& broker, std::size_t index, const PartitionState& before, PartitionState state,
                   std::optional<std::int64_t> leader_reason);
/// What a new controller found written: an ISR note for each, and the leader with reason kFoundByNewController.
void note_found(Ctx& ctx, const PartitionState& state);
/// Bitmap over the registry's brokers, as notes carry it.
/// Elects leaders for offline partitions and initialises new ones (triggerOnlinePartitionStateChange). Plans steps.
void plan_online_partitions(Broker& broker);

// Reasons of NoteKind::kLeaderElected.
inline constexpr std::int64_t kCleanElection = 0;
inline constexpr std::int64_t kUncleanElection = 1;
inline constexpr std::int64_t kPreferredElection = 2;
inline constexpr std::int64_t kControlledShutdownElection = 3;
inline constexpr std::int64_t kFoundByNewController = 4;
inline constexpr std::int64_t kReassignmentElection = 5;

/// How often a write with a bad version is tried again before the partition is left as it is.
inline constexpr std::int32_t kMaxRounds = 10;

}  // namespace kscope::sim::controller
