#include <array>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

constexpr std::array<Invariant, 21> kInvariants{{
    {"L1", "OffsetsIncrease", "Offsets in a log strictly increase.", "", check_offsets_increase},
    {"L3", "HighWatermarkInLog", "Log start <= high watermark <= log end.", "", check_high_watermark_in_log},
    {"L4", "EpochsInOrder", "Leader epochs in a log never decrease, and none is newer than the replica's own.", "",
     check_epochs_do_not_decrease},
    {"L9", "RecordsNeverChange", "What was written at an offset in an epoch never changes, on any replica.", "",
     check_records_never_change},
    {"R1", "OneLeaderPerEpoch", "At most one replica ever appends in a leader epoch.", "",
     check_single_leader_per_epoch},
    {"R3", "StrongIsr", "What consumers may see exists on every in-sync replica, so on every possible next leader.",
     "no unclean election, no lost page cache", check_strong_isr},
    {"R7", "LogMatching", "Below both high watermarks two replicas hold the same records.",
     "no unclean election, no lost page cache", check_log_matching},
    {"R10", "HighWatermarkMonotone", "A leader's high watermark never falls within its epoch.", "",
     check_high_watermark_is_monotone},
    {"C1", "OneControllerPerEpoch", "In each controller epoch there is at most one controller.", "",
     check_one_controller_per_epoch},
    {"C3", "LeaderInIsr", "A leader is a member of the ISR.", "", check_leader_in_isr},
    {"G1", "NoDoubleOwnership", "No two members of one generation own the same partition.",
     "no unclean election, no lost page cache", check_no_double_ownership},
    {"G3", "GenerationMonotone", "The generation of a group grows with every rebalance.",
     "no unclean election, no lost page cache", check_generation_is_monotone},
    {"G7", "CommittedInLog", "A committed offset lies within the log.", "no unclean election, no lost page cache",
     check_committed_in_log},
    {"P1", "AckedSurvives", "A record acknowledged with acks=all is in the log of every later leader.",
     "acks=all, min.insync.replicas met, no unclean election, no lost page cache", check_acked_survives},
    {"P6", "RefusedIsAbsent", "A batch refused with NOT_ENOUGH_REPLICAS is not in the log.", "",
     check_refused_is_absent},
    {"I1", "SequencesConsecutive", "The sequences of a producer in a log have no gap.",
     "enable.idempotence, the log has not forgotten the producer", check_sequences_consecutive},
    {"I2", "NoBatchTwice", "No batch of a producer stands in a log twice.",
     "enable.idempotence, the log has not forgotten the producer", check_no_batch_twice},
    {"I3", "SendOrder", "Records of a producer stand in a partition in the order in which they were sent.",
     "enable.idempotence or max.in.flight.requests.per.connection=1", check_send_order},
    {"I4", "ProducerEpochMonotone", "Once a producer wrote with a higher epoch, its lower ones are refused.", "",
     check_producer_epoch_is_monotone},
    {"I5", "ProducerStateFollowsLog", "What a replica knows of producers is what its log says.", "",
     check_producer_state_follows_log},
    {"I6", "AckNamesItsOffset", "A producer is told the offset at which its batch stands, also when it sent it again.",
     "acks=all, no unclean election, no lost page cache", check_ack_names_its_offset},
}};

}  // namespace

std::span<const Invariant> invariants() { return kInvariants; }

const PartitionLog* CheckContext::log(NodeId node, TopicPartition p) const {
  const HostedLog* hosted = world.durable(node).logs.find(p);
  return hosted == nullptr || hosted->is_deleted ? nullptr : &hosted->log;
}

void InvariantState::on_note(const CheckContext& context) {
  for (std::size_t i = 0; i < kInvariants.size(); ++i) {
    Finding finding = kInvariants[i].check(context);
    Row& row = rows[i];
    if (finding.kind == Finding::Kind::kFine) {
      row.checked += finding.was_asked ? 1 : 0;
      continue;
    }
    ++row.checked;
    const bool is_break = finding.kind == Finding::Kind::kBroken;
    if ((is_break && row.broken == 0) || (row.broken == 0 && row.permitted == 0)) {
      row.first_event = context.event.number;
      row.first_time = context.event.time;
      row.detail = std::move(finding.detail);
    }
    (is_break ? row.broken : row.permitted) += 1;
    broken += is_break ? 1 : 0;
  }
}

}  // namespace kscope::sim
