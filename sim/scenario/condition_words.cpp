// The words of the condition language with what they take. Parser, help and completion read this table.
#include <array>

#include "sim/scenario/condition_words.h"

namespace kscope::scenario {
namespace {

using Q = Quantity;
constexpr ArgumentKind kPartition = ArgumentKind::kPartition;
constexpr ArgumentKind kReplicaBroker = ArgumentKind::kMaybeBroker;
constexpr ArgumentKind kGroup = ArgumentKind::kGroup;
constexpr ArgumentKind kNothing = ArgumentKind::kNothing;

constexpr std::array<QuantityDef, 43> kDefs = {{
    {{Q::kLeader, "leader", "leader(PARTITION)", "Broker that leads it by the controller's state; none = offline."},
     kPartition,
     kNothing,
     ValueKind::kId},
    {{Q::kIsr, "isr", "isr(PARTITION)", "In-sync replicas, ascending: [1,2,3]."},
     kPartition,
     kNothing,
     ValueKind::kList},
    {{Q::kReplicas, "replicas", "replicas(PARTITION)", "Replica list in placement order."},
     kPartition,
     kNothing,
     ValueKind::kList},
    {{Q::kHighWatermark, "hw", "hw(PARTITION[, BROKER])", "High watermark of the leader, or of that broker's replica."},
     kPartition,
     kReplicaBroker,
     ValueKind::kNumber},
    {{Q::kLogEnd, "leo", "leo(PARTITION[, BROKER])", "Log end offset of the leader, or of that broker's replica."},
     kPartition,
     kReplicaBroker,
     ValueKind::kNumber},
    {{Q::kLogStart, "log_start", "log_start(PARTITION[, BROKER])", "Log start offset of the leader or of a replica."},
     kPartition,
     kReplicaBroker,
     ValueKind::kNumber},
    {{Q::kLogSize, "log_size", "log_size(PARTITION[, BROKER])",
      "Bytes of the log, as compressed as they are, on the leader or on that broker."},
     kPartition,
     kReplicaBroker,
     ValueKind::kNumber},
    {{Q::kEpoch, "epoch", "epoch(PARTITION[, BROKER])", "Leader epoch by the controller's state, or of a replica."},
     kPartition,
     kReplicaBroker,
     ValueKind::kNumber},
    {{Q::kUnavailable, "unavailable", "unavailable(PARTITION)",
      "How long it has had no leader; TOPIC-* = the longest."},
     ArgumentKind::kPartitions,
     kNothing,
     ValueKind::kDuration},
    {{Q::kController, "controller", "controller", "Broker that is the active controller; none = there is none."},
     kNothing,
     kNothing,
     ValueKind::kId},
    {{Q::kUnderReplicated, "under_replicated", "under_replicated", "Partitions whose ISR misses a replica."},
     kNothing,
     kNothing,
     ValueKind::kNumber},
    {{Q::kOffline, "offline", "offline", "Partitions without a leader."}, kNothing, kNothing, ValueKind::kNumber},
    {{Q::kAckedLost, "acked_lost", "acked_lost", "Acknowledged records that no leader can return any more."},
     kNothing,
     kNothing,
     ValueKind::kNumber},
    {{Q::kDuplicates, "duplicates", "duplicates", "Records that stand in the log more than once."},
     kNothing,
     kNothing,
     ValueKind::kNumber},
    {{Q::kReordered, "reordered", "reordered", "Records that stand behind ones that their producer sent later."},
     kNothing,
     kNothing,
     ValueKind::kNumber},
    {{Q::kBroken, "broken", "broken[(INVARIANT)]", "1 when that invariant is broken; without one, how many are."},
     ArgumentKind::kMaybeInvariant,
     kNothing,
     ValueKind::kNumber},
    {{Q::kCount, "count", "count(NOTE)", "How often a kind of note was made so far: count(leader_elected)."},
     ArgumentKind::kNote,
     kNothing,
     ValueKind::kNumber},
    {{Q::kTime, "time", "time", "Time since the start of the run."}, kNothing, kNothing, ValueKind::kDuration},
    {{Q::kUp, "up", "up(NODE)", "1 when the process runs."}, ArgumentKind::kNode, kNothing, ValueKind::kNumber},
    {{Q::kPaused, "paused", "paused(NODE)", "1 when the process stands still."},
     ArgumentKind::kNode,
     kNothing,
     ValueKind::kNumber},
    {{Q::kRegistered, "registered", "registered(BROKER)", "1 when the broker's znode exists."},
     ArgumentKind::kBrokerNode,
     kNothing,
     ValueKind::kNumber},
    {{Q::kLag, "lag", "lag(GROUP[, PARTITION])", "Log end minus committed offset, summed over partitions."},
     kGroup,
     ArgumentKind::kMaybePartition,
     ValueKind::kNumber},
    {{Q::kState, "state", "state(GROUP)",
      "Empty, PreparingRebalance, CompletingRebalance, Stable, Dead, with KIP-848 Assigning, Reconciling; or none."},
     kGroup,
     kNothing,
     ValueKind::kGroupState},
    {{Q::kGeneration, "generation", "generation(GROUP)", "Generation id of the group."},
     kGroup,
     kNothing,
     ValueKind::kNumber},
    {{Q::kMembers, "members", "members(GROUP)", "Members that the coordinator knows, or ZooKeeper has the ids of."},
     kGroup,
     kNothing,
     ValueKind::kNumber},
    {{Q::kClassicMembers, "classic_members", "classic_members(GROUP)",
      "Those of them that speak the classic protocol: all in a classic group, some in a group of KIP-848 that moves."},
     kGroup,
     kNothing,
     ValueKind::kNumber},
    {{Q::kOwner, "owner", "owner(GROUP, PARTITION)", "The consumer that owns it; none = nobody."},
     kGroup,
     kPartition,
     ValueKind::kConsumer},
    {{Q::kCommitted, "committed", "committed(GROUP, PARTITION)", "Committed offset; none = nothing."},
     kGroup,
     kPartition,
     ValueKind::kNumber},
    {{Q::kPosition, "position", "position(GROUP, PARTITION)", "Position of its owner; none = no owner."},
     kGroup,
     kPartition,
     ValueKind::kNumber},
    {{Q::kReadsFrom, "reads_from", "reads_from(GROUP, PARTITION)",
      "Broker that its owner fetches from: the leader or, with client.rack, a replica nearby; none = no owner."},
     kGroup,
     kPartition,
     ValueKind::kId},
    {{Q::kSent, "sent", "sent[(PRODUCER)]", "Records handed to the producer, or to all of them."},
     ArgumentKind::kMaybeProducer,
     kNothing,
     ValueKind::kNumber},
    {{Q::kAcked, "acked", "acked[(PRODUCER)]", "Records that the producer was told are stored."},
     ArgumentKind::kMaybeProducer,
     kNothing,
     ValueKind::kNumber},
    {{Q::kFailed, "failed", "failed[(PRODUCER)]", "Records that the producer gave up."},
     ArgumentKind::kMaybeProducer,
     kNothing,
     ValueKind::kNumber},
    {{Q::kDelivered, "delivered", "delivered(GROUP|CONSUMER)",
      "Records handed to the application, again counted again."},
     ArgumentKind::kGroupOrConsumer,
     kNothing,
     ValueKind::kNumber},
    {{Q::kProcessed, "processed", "processed(GROUP|CONSUMER)", "Records whose processing ended."},
     ArgumentKind::kGroupOrConsumer,
     kNothing,
     ValueKind::kNumber},
    {{Q::kRedelivered, "redelivered", "redelivered(GROUP)", "Records handed to the application more than once."},
     kGroup,
     kNothing,
     ValueKind::kNumber},
    {{Q::kSkipped, "skipped", "skipped(GROUP)", "Records below the committed offset that were never finished."},
     kGroup,
     kNothing,
     ValueKind::kNumber},
    {{Q::kMoved, "moved", "moved(GROUP)", "How often a partition came to another owner."},
     kGroup,
     kNothing,
     ValueKind::kNumber},
    {{Q::kStalled, "stalled", "stalled(GROUP)",
      "How long partitions had no reader, from one owner to the next: the sum over all partitions."},
     kGroup,
     kNothing,
     ValueKind::kDuration},
    // Other names of the same.
    {{Q::kHighWatermark, "high_watermark", "high_watermark(PARTITION[, BROKER])", "The same as hw."},
     kPartition,
     kReplicaBroker,
     ValueKind::kNumber},
    {{Q::kLogEnd, "log_end_offset", "log_end_offset(PARTITION[, BROKER])", "The same as leo."},
     kPartition,
     kReplicaBroker,
     ValueKind::kNumber},
    {{Q::kEpoch, "leader_epoch", "leader_epoch(PARTITION[, BROKER])", "The same as epoch."},
     kPartition,
     kReplicaBroker,
     ValueKind::kNumber},
    {{Q::kUnderReplicated, "urp", "urp", "The same as under_replicated."}, kNothing, kNothing, ValueKind::kNumber},
}};

constexpr std::array<QuantityInfo, kDefs.size()> make_infos() {
  std::array<QuantityInfo, kDefs.size()> infos{};
  for (std::size_t i = 0; i < infos.size(); ++i) {
    infos[i] = kDefs[i].info;
  }
  return infos;
}
constexpr std::array<QuantityInfo, kDefs.size()> kInfos = make_infos();

}  // namespace

std::span<const QuantityDef> quantity_defs() { return kDefs; }
std::span<const QuantityInfo> quantity_table() { return kInfos; }

ValueKind value_kind(Quantity quantity) {
  for (const QuantityDef& def : kDefs) {
    if (def.info.quantity == quantity) {
      return def.value;
    }
  }
  return ValueKind::kNumber;
}

}  // namespace kscope::scenario
