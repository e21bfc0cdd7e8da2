#include <algorithm>
#include <array>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

constexpr NoteKinds bit(NoteKind kind) { return NoteKinds(kind); }

constexpr NoteKinds kRaises = bit(NoteKind::kHighWatermark);
constexpr NoteKinds kStarts = bit(NoteKind::kLogStartMoved);
constexpr NoteKinds kCuts = bit(NoteKind::kLogTruncated);
constexpr NoteKinds kIsrs = bit(NoteKind::kIsrChanged);
constexpr NoteKinds kLeaders = bit(NoteKind::kLeaderElected);
constexpr NoteKinds kBecomes = bit(NoteKind::kBecameLeader);
constexpr NoteKinds kAppends = bit(NoteKind::kBatchAppended);
constexpr NoteKinds kGrows = kAppends | bit(NoteKind::kBatchReplicated);
constexpr NoteKinds kRecovers = bit(NoteKind::kLogRecovered);
constexpr NoteKinds kCompacts = bit(NoteKind::kLogCompacted);
constexpr NoteKinds kAcks = bit(NoteKind::kBatchAcked);
constexpr NoteKinds kCommits = bit(NoteKind::kOffsetCommitted);
constexpr NoteKinds kReads = bit(NoteKind::kRecordDelivered);
constexpr NoteKinds kRoles = kBecomes | bit(NoteKind::kBecameFollower) | bit(NoteKind::kReplicaStopped);
constexpr std::string_view kNoLoss = "no unclean election, no lost page cache";

constexpr std::array<Invariant, 83> kInvariants{{
    {"L1", "OffsetsIncrease", "Offsets in a log strictly increase, without a gap where nothing was compacted.", "",
     check_offsets_increase, kGrows},
    {"L2", "LogStartInLog", "0 <= log start <= log end.", "", check_log_start_in_log, kStarts | kCuts},
    {"L3", "HighWatermarkInLog", "Log start <= high watermark <= log end.", "", check_high_watermark_in_log,
     kRaises | kCuts | kStarts},
    {"L4", "EpochsInOrder", "Leader epochs in a log never decrease, and none is newer than the replica's own.", "",
     check_epochs_do_not_decrease, kGrows},
    {"L5", "EpochCacheIsScan", "The leader epoch cache says what reading the log would say.", "",
     check_epoch_cache_is_scan, kGrows | kCuts | kBecomes | kStarts},
    {"L6", "CutAboveLogStart", "A log is never cut below its start.", kNoLoss, check_cut_above_log_start, kCuts},
    {"L7", "RestartKeepsDurable", "After a restart a log is what was on the disk, no more and no less.", "",
     check_restart_keeps_durable, kRecovers},
    {"L8", "ChecksumsFit", "A batch whose checksum does not fit is in no log.", "", check_checksums_fit,
     kGrows | kRecovers},
    {"L9", "RecordsNeverChange", "What was written at an offset in an epoch never changes, on any replica.", "",
     check_records_never_change, bit(NoteKind::kBatchReplicated)},
    {"L10", "AppendsWithOwnEpoch", "A leader appends with the leader epoch in which it leads.", "",
     check_appends_with_own_epoch, bit(NoteKind::kBatchAppended)},
    {"R1", "OneLeaderPerEpoch", "At most one replica ever appends in a leader epoch.", "",
     check_single_leader_per_epoch, kAppends},
    {"R2", "WeakIsr", "What a leader shows exists on every member of the ISR that it knows.", kNoLoss, check_weak_isr,
     kRaises | kCuts},
    {"R3", "StrongIsr", "What consumers may see exists on every in-sync replica, so on every possible next leader.",
     "no unclean election, no lost page cache", check_strong_isr, kRaises | kCuts | kIsrs},
    {"R4", "CandidatesComplete", "Every running member of ISR and ELR has all that was ever committed.", kNoLoss,
     check_leader_candidates_complete, kRaises | kCuts | kIsrs},
    {"R5", "LeaderComplete", "A new leader has all that was ever committed.", kNoLoss, check_leader_complete, kBecomes},
    {"R6", "QuorumSuperset", "A leader waits for everybody who may be elected after it: the ISR, and the ELR.", "",
     check_quorum_superset, kIsrs},
    {"R7", "LogMatching", "Below both high watermarks two replicas hold the same records.",
     "no unclean election, no lost page cache", check_log_matching, kRaises},
    {"R8", "PrefixesAgree", "Replicas with the same record at an offset have the same records before it.", "",
     check_prefixes_agree, bit(NoteKind::kBatchReplicated)},
    {"R9", "HighWatermarkRule",
     "The high watermark rises only to what all of the ISR has, and only with min.insync.replicas of them.",
     "no unclean election, no lost page cache; min.insync.replicas since Kafka 3.7 and with ELR",
     check_high_watermark_rule, kRaises},
    {"R10", "HighWatermarkMonotone", "A leader's high watermark never falls within its epoch.", "",
     check_high_watermark_is_monotone, kRaises},
    {"R11", "ExpansionPreconditions",
     "Who is to join the ISR has fetched in this epoch, and has what is committed and what the epoch began with.",
     kNoLoss, check_expansion_preconditions, bit(NoteKind::kIsrExpandProposed)},
    {"R12", "AdditionsComplete",
     "Who is taken into the ISR, or may be elected from the ELR, has all that was ever committed, whatever its disk "
     "lost.",
     "no unclean election", check_additions_are_complete, kIsrs},
    {"R13", "AckedSomewhere", "A record acknowledged with acks=all exists on some replica.",
     "acks=all, min.insync.replicas met, no unclean election, fewer lost page caches than min.insync.replicas",
     check_acked_somewhere, kCuts},
    {"R14", "ConsistentRead", "What a consumer was given, every later leader has at the same offset.", kNoLoss,
     check_consistent_read, kBecomes},
    {"C1", "OneControllerPerEpoch", "In each controller epoch there is at most one controller.", "",
     check_one_controller_per_epoch, bit(NoteKind::kControllerElected)},
    {"C2", "ControllerEpochMonotone", "A broker never goes back to obeying a controller with an older epoch.", "",
     check_controller_epoch_is_monotone, kRoles | kRaises},
    {"C3", "LeaderInIsr", "A leader is a member of the ISR.", "", check_leader_in_isr, kLeaders | kIsrs},
    {"C4", "IsrInReplicas", "Members of ISR and ELR are replicas; nobody is in both, nobody in the ELR of a full ISR.",
     "", check_isr_in_replicas, kIsrs},
    {"C5", "EpochsRise", "A new leader has a higher leader epoch, a new ISR a higher partition epoch.", "",
     check_epochs_rise, kLeaders | kIsrs},
    {"C6", "IsrIsFit", "No broker that is gone or shutting down is elected, or taken into an ISR.", "",
     check_isr_is_fit, kLeaders | kIsrs},
    {"C7", "UncleanIsAllowed", "Nobody is elected from outside the ISR unless config or administrator allow it.", "",
     check_unclean_is_allowed, kLeaders},
    {"C8", "BrokerEpochMonotone", "Every registration of a broker has a higher broker epoch.", "",
     check_broker_epoch_is_monotone, bit(NoteKind::kBrokerRegistered)},
    {"C9", "MetadataLog",
     "What is committed in the metadata log is never lost and the same on every node; an epoch has one leader.", "",
     check_metadata_log, bit(NoteKind::kQuorumLeaderElected) | bit(NoteKind::kMetadataCommitted)},
    {"C10", "MoveKeepsIsr",
     "A reassignment is complete only when every replica of its target is in the ISR; only leaders let anybody in.", "",
     check_move_keeps_isr, kIsrs | bit(NoteKind::kPartitionReassigned)},
    {"C11", "ZooKeeperGuard",
     "A controller's write fails once a later epoch has begun; a registration belongs to the present session.", "",
     check_zookeeper_guard, kLeaders | kIsrs | bit(NoteKind::kBrokerRegistered)},
    {"G1", "NoDoubleOwnership", "No two members of one generation own the same partition.",
     "no unclean election, no lost page cache", check_no_double_ownership, bit(NoteKind::kPartitionAssigned)},
    {"G2", "LegalTargetAssignment", "Every partition that a group subscribes to is given to exactly one member.",
     "a cooperative assignor leaves out what its owner has to give up first", check_legal_target_assignment, kAppends},
    {"G3", "GenerationMonotone", "The generation of a group grows with every rebalance.",
     "no unclean election, no lost page cache", check_generation_is_monotone, bit(NoteKind::kGenerationAssigned)},
    {"G4", "ValidMemberEpoch",
     "A member that has come to the epoch of the target has nothing that the target gives to others.",
     "group.protocol=consumer", check_valid_member_epoch, kAppends},
    {"G5", "ValidStableGroup",
     "In a group that is Stable every member is in its generation, or at its epoch, and has its part of the "
     "assignment, "
     "no more and no less.",
     "no unclean election, no lost page cache", check_valid_stable_group, kAppends | bit(NoteKind::kPartitionAssigned)},
    {"G6", "CommitOfMember",
     "A commit is accepted only from a member, in its present generation or at its present epoch.", "",
     check_commit_of_member, kAppends},
    {"G7", "CommittedInLog", "A committed offset lies within the log.", "no unclean election, no lost page cache",
     check_committed_in_log, kCommits},
    {"G8", "AckedCommitSurvives", "An offset that a group was told is committed is known to every later coordinator.",
     "offsets.commit.required.acks=-1, no unclean election, no lost page cache", check_acked_commit_survives,
     bit(NoteKind::kCoordinatorLoaded)},
    {"G9", "CoordinatorIsLog",
     "Only the leader of its partition of __consumer_offsets acts for a group, and it knows what the log says.", "",
     check_coordinator_is_log,
     bit(NoteKind::kCoordinatorLoaded) | bit(NoteKind::kGroupState) | bit(NoteKind::kMemberJoined) |
         bit(NoteKind::kMemberLeft) | bit(NoteKind::kGenerationAssigned) | bit(NoteKind::kOffsetCommitted)},
    {"G10", "AtLeastOnce", "Every record below a committed offset was finished by an application of the group before.",
     "commits after processing, no unclean election, no lost page cache", check_at_least_once,
     bit(NoteKind::kOffsetCommitted)},
    {"G11", "OffsetInUse", "No committed offset expires while a member of its group reads the topic.", "",
     check_offset_in_use, bit(NoteKind::kOffsetExpired)},
    {"G12", "OneStaticMember", "A group.instance.id has at most one member.", "", check_one_static_member,
     bit(NoteKind::kMemberJoined) | bit(NoteKind::kStaticMemberReplaced)},
    {"G13", "CommitOfOwner", "Once a partition is given to another member, no commit of its former owner is accepted.",
     "group.protocol=classic", check_commit_of_owner, kAppends},
    {"P1", "AckedSurvives", "A record acknowledged with acks=all is in the log of every later leader.",
     "acks=all, min.insync.replicas met, no unclean election, no lost page cache", check_acked_survives, kBecomes},
    {"P3", "CommittedSurvives",
     "A record acknowledged with acks=1 that was committed is in the log of every later leader.", kNoLoss,
     check_committed_survives, kBecomes},
    {"P4", "NoOffsetWithoutAck", "A producer with acks=0 is told no offset.", "", check_no_offset_without_ack,
     bit(NoteKind::kBatchAcked)},
    {"P6", "RefusedIsAbsent", "A batch refused with NOT_ENOUGH_REPLICAS is not in the log.", "",
     check_refused_is_absent, bit(NoteKind::kRequestRefused)},
    {"I1", "SequencesConsecutive", "The sequences of a producer in a log have no gap.",
     "enable.idempotence, the log has not forgotten the producer", check_sequences_consecutive, kAppends},
    {"I2", "NoBatchTwice", "No batch of a producer stands in a log twice.",
     "enable.idempotence, the log has not forgotten the producer", check_no_batch_twice, kAppends},
    {"I3", "SendOrder", "Records of a producer stand in a partition in the order in which they were sent.",
     "enable.idempotence or max.in.flight.requests.per.connection=1", check_send_order, kAppends},
    {"I4", "ProducerEpochMonotone", "Once a producer wrote with a higher epoch, its lower ones are refused.", "",
     check_producer_epoch_is_monotone, kAppends},
    {"I5", "ProducerStateFollowsLog", "What a replica knows of producers is what its log says.", "",
     check_producer_state_follows_log, kBecomes | bit(NoteKind::kBecameFollower) | kCuts},
    {"I6", "AckNamesItsOffset", "A producer is told the offset at which its batch stands, also when it sent it again.",
     "acks=all, no unclean election, no lost page cache", check_ack_names_its_offset, kAcks},
    {"X1", "LegalMoves",
     "A transactional id moves as Kafka's table allows, and every move is in the log before it takes effect.", "",
     check_legal_moves, bit(NoteKind::kTransactionState)},
    {"X2", "EveryPartitionIsTold",
     "A transaction is complete when each of its partitions has the marker of its decision.",
     "no unclean election, no lost page cache", check_every_partition_is_told, bit(NoteKind::kTransactionState)},
    {"X3", "DecidedIsDecided",
     "After PrepareCommit a transaction is never aborted, after PrepareAbort never committed.", "",
     check_decided_is_decided, bit(NoteKind::kTransactionState)},
    {"X4", "OnlyDecidedIsRead", "A read_committed consumer gets nothing of a transaction that is still open.",
     "isolation.level=read_committed", check_only_decided_is_read, kReads},
    {"X5", "OnlyCommittedIsRead", "A read_committed consumer gets nothing of a transaction that was aborted.",
     "isolation.level=read_committed", check_only_committed_is_read, kReads},
    {"X6", "OneTransactionAMarker", "What one marker ends was sent in one transaction of the application.", "",
     check_one_transaction_a_marker, bit(NoteKind::kBatchAppended)},
    {"X7", "NoHangingTransaction",
     "No transaction is open in a partition unless its coordinator knows that it is, and will end it there.",
     "no unclean election, no lost page cache", check_no_hanging_transaction, bit(NoteKind::kBatchAppended)},
    {"X8", "OneActiveProducer",
     "A transactional.id has one producer at a time, and nothing that a fenced one wrote is committed.", "",
     check_one_active_producer, bit(NoteKind::kBatchAppended) | bit(NoteKind::kTransactionBegun)},
    {"X9", "ToldAsItIs",
     "An application that was told committed finds its records committed; one that was told aborted, aborted.", "",
     check_told_as_it_is, bit(NoteKind::kBatchAppended) | bit(NoteKind::kTransactionEnded)},
    {"X10", "OffsetsAsDecided",
     "Offsets of a transaction count if it is committed, and no consumer begins beside one that is not decided.",
     "no unclean election, no lost page cache", check_offsets_as_decided,
     bit(NoteKind::kOffsetCommitted) | bit(NoteKind::kPositionReset)},
    {"X11", "CopiedOnce",
     "Of each record that a group with an output reads there is one committed copy, in the order of the records.",
     "isolation.level=read_committed, no unclean election, no lost page cache", check_copied_once,
     bit(NoteKind::kBatchAppended) | bit(NoteKind::kOffsetCommitted)},
    {"J1", "OffsetHasOneRecord", "Whoever reads at an offset gets the same record there.", kNoLoss,
     check_offset_has_one_record, kReads},
    {"J2", "AckedIsRead", "Where a producer was told that its record stands, a consumer reads that record.",
     "acks=all, min.insync.replicas met, no unclean election, no lost page cache", check_acked_is_read, kReads},
    {"J3", "NoRecordReadTwice", "No consumer finds at two offsets what its producer sent once.",
     "enable.idempotence, the log has not forgotten the producer, no unclean election, no lost page cache",
     check_no_record_read_twice, kReads},
    {"J4", "PollsGoForward",
     "What polls return of a partition goes up and leaves out no record, as long as its consumer keeps it and nothing "
     "moves the position.",
     kNoLoss, check_polls_go_forward, kReads},
    {"J7", "EndMovesForward", "Nobody who asks for the end of a partition is told less than it knew before.", kNoLoss,
     check_end_moves_forward, bit(NoteKind::kPositionReset)},
    {"J8", "TruncationIsTold", "No consumer goes on in silence where the log was cut below what it has read.", "",
     check_truncation_is_told, kReads},
    {"V8", "GroupBecomesStable",
     "A group that nothing disturbs is Stable in the end, and each partition that it subscribes to is some member's.",
     "coordinator alive, members poll, nothing disturbs brokers or members as long as their timeouts last", nullptr,
     NoteKinds(), look_at_groups},
    {"V9", "ReadingGoesOn",
     "A consumer does not stand still while there are records to read, nor the last stable offset without a "
     "transaction.",
     "leader alive, partition not paused, nothing disturbs brokers or consumer as long as their timeouts last", nullptr,
     NoteKinds(), look_at_reading},
    {"K1", "CleanedIsStable", "Only what is committed is compacted or deleted, and never in the active segment.", "",
     check_cleaned_is_stable, kCompacts | kStarts},
    {"K2", "LastOfKeyStays", "Compaction keeps the last record of each key, at its offset.",
     "no unclean election, no lost page cache", check_last_of_key_stays, kCompacts},
    {"K3", "TombstonesStay", "A tombstone stays delete.retention.ms after its first cleaning, so that readers see it.",
     "no unclean election, no lost page cache", check_tombstones_stay, kCompacts},
    {"K4", "LastBatchesStay",
     "Compaction keeps the last batch of each producer, the last offset, and markers as long as "
     "their records.",
     "", check_last_batches_stay, kCompacts},
    {"K5", "LogStartMovesForward", "Log start never moves back, and on a follower never further than on its leader.",
     "no unclean election, no lost page cache", check_log_start_moves_forward, kStarts},
    {"K6", "DeletedIsTold", "A consumer whose next record was deleted is told so.",
     "no unclean election, no lost page cache", check_deleted_is_told, kReads},
}};

static_assert(std::none_of(kInvariants.begin(), kInvariants.end(),
                           [](const Invariant& invariant) {
                             return invariant.kinds == NoteKinds{} && !invariant.id.starts_with("V");
                           }),
              "an invariant names the notes that it judges, or looks around");

/// Which invariants judge a note: their places in kInvariants, in order, for each kind of note.
struct AskedByKind {
  std::array<std::size_t, kNoteKindCount + 1> begins{};  ///< in `places`; those of a kind end where the next begin
  std::array<std::uint8_t, kInvariants.size() * 8> places{};
};

constexpr AskedByKind kAsked = [] {
  AskedByKind asked;
  std::size_t count = 0;
  for (std::size_t kind = 0; kind < kNoteKindCount; ++kind) {
    asked.begins.at(kind) = count;
    for (std::size_t i = 0; i < kInvariants.size(); ++i) {
      if (kInvariants.at(i).kinds.has(static_cast<NoteKind>(kind))) {
        asked.places.at(count++) = static_cast<std::uint8_t>(i);
      }
    }
  }
  asked.begins.back() = count;
  return asked;
}();
static_assert(kInvariants.size() <= UINT8_MAX);

}  // namespace

std::span<const Invariant> invariants() { return kInvariants; }

const PartitionLog* CheckContext::log(NodeId node, TopicPartition p) const {
  const HostedLog* hosted = world.durable(node).logs.find(p);
  const bool is_there = hosted != nullptr && !hosted->is_deleted && watch.is_of_present_topic(*hosted);
  return is_there ? &hosted->log : nullptr;
}

Offset CheckContext::log_end(NodeId node, TopicPartition p) const {
  const PartitionLog* found = log(node, p);
  return found == nullptr ? Offset(0) : found->log_end_offset();
}

const Broker* CheckContext::broker(NodeId node) const {
  const Role* role = node.is_valid() ? world.role(node) : nullptr;
  return role == nullptr ? nullptr : std::get_if<Broker>(role);
}

int CheckContext::broker_index(NodeId node) const {
  const NodeEntry& entry = registry().nodes.at(static_cast<std::size_t>(node.value));
  return entry.role == NodeRole::kBroker ? entry.index : -1;
}

const Partition* CheckContext::replica(NodeId node, TopicPartition p) const {
  const Broker* found = broker(node);
  const Partition* hosted = found == nullptr ? nullptr : found->replicas.find(p);
  const HostedLog* log = hosted == nullptr ? nullptr : world.durable(node).logs.find(p);
  return log != nullptr && watch.is_of_present_topic(*log) ? hosted : nullptr;
}

const ControllerContext* CheckContext::controller() const {
  const Broker* found = broker(event.node);
  return found != nullptr && found->controller.is_active() ? &found->controller.context : nullptr;
}

BrokerSet CheckContext::unfit_brokers() const {
  if (const kraft::MetadataImage* metadata = committed_metadata()) {
    return unfit_in(registry(), *metadata);
  }
  const Broker* found = broker(event.node);
  return found == nullptr ? BrokerSet{} : unfit_for(registry(), *found);
}

bool CheckContext::is_unclean_election() const {
  return std::any_of(event.notes.begin(), event.notes.end(), [&](const Note& other) {
    return other.kind == NoteKind::kLeaderElected && other.partition == note.partition && other.b == 1;
  });
}

Finding CheckContext::unless_lost(std::string detail) const {
  const PartitionWatch* p = watch.find(note.partition);
  const bool is_void = (p != nullptr && p->may_have_lost()) || is_unclean_election();
  return is_void ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

void InvariantState::on_note(const CheckContext& context) {
  const auto kind = static_cast<std::size_t>(context.note.kind);
  if (kAsked.begins[kind] == kAsked.begins[kind + 1] ||
      context.watch.is_void(context.world, context.event, context.note)) {
    return;
  }
  for (std::size_t at = kAsked.begins[kind]; at < kAsked.begins[kind + 1]; ++at) {
    take_in(kAsked.places[at], context.event, kInvariants[kAsked.places[at]].check(context));
  }
}

void InvariantState::look_around(const World& world, const Watch& watch, const Event& event) {
  const LivenessLook look(world, watch, event, liveness);
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < kInvariants.size(); ++i) {
    if (kInvariants[i].look == nullptr) {
      continue;
    }
    findings.clear();
    kInvariants[i].look(look, liveness, findings);
    rows[i].excuse.clear();
    for (Finding& finding : findings) {
      take_in(i, event, std::move(finding));
    }
  }
}

void InvariantState::take_in(std::size_t invariant, const Event& event, Finding finding) {
  Row& row = rows[invariant];
  if (finding.kind == Finding::Kind::kExcused) {
    row.excuse = std::move(finding.detail);
    return;
  }
  if (finding.kind == Finding::Kind::kFine) {
    row.checked += finding.was_asked ? 1 : 0;
    return;
  }
  ++row.checked;
  const bool is_break = finding.kind == Finding::Kind::kBroken;
  if ((is_break && row.broken == 0) || (row.broken == 0 && row.permitted == 0)) {
    row.first_event = event.number;
    row.first_time = event.time;
    row.detail = std::move(finding.detail);
  }
  (is_break ? row.broken : row.permitted) += 1;
  broken += is_break ? 1 : 0;
}

}  // namespace kscope::sim
