#include "sim/controller/kraft/committed_notes.h"

#include <variant>

#include "sim/controller/controller_steps.h"
#include "sim/controller/kraft/kraft_controller.h"

namespace kscope::sim {
namespace {

class Herald {
 public:
  Herald(Ctx& ctx, const kraft::MetadataImage& before, const MetadataBatch& batch)
      : ctx_(ctx), before_(before), batch_(batch) {}

  void operator()(const kraft::PartitionRecord& record) const {
    const TopicPartition partition{topic_of(record.topic_id), record.partition_id};
    // The records of one operation are one batch: a new topic's begin with partition 0, further partitions with another.
    if (record.partition_id == first_created()) {
      Note told;
      told.kind = record.partition_id == 0 ? NoteKind::kTopicCreated : NoteKind::kPartitionsCreated;
      told.partition = {partition.topic, -1};
      told.a = record.partition_id + count_created();
      told.b = record.partition_id == 0 ? static_cast<std::int64_t>(record.replicas.size()) : record.partition_id;
      told.c = record.partition_id == 0 ? record.topic_id.least_significant_bits : 0;
      ctx_.note(told);
    }
    note_isr(partition, record.isr, record.partition_epoch, {});
    note_leader(partition, record.leader, record.leader_epoch, 0, BrokerId{});
  }
  void operator()(const kraft::PartitionChangeRecord& record) const {
    const kraft::PartitionRegistration* old = before_.partition(record.topic_id, record.partition_id);
    if (old == nullptr) {
      return;
    }
    const kraft::PartitionRegistration after = kraft::merge(*old, record);
    const TopicPartition partition{topic_of(record.topic_id), record.partition_id};
    note_isr(partition, after.isr, after.partition_epoch, old->isr);
    if (record.leader.has_value()) {
      // Who is elected from the ELR has everything that was committed: a clean election (KIP-966). So has who joins the ISR
      // with the record that ends a move.
      const bool ends_move = old->is_reassignment_in_progress() && !after.is_reassignment_in_progress();
      const bool is_in_sync = kraft::contains(old->isr, after.leader) || kraft::contains(old->elr, after.leader) ||
                              (ends_move && kraft::contains(after.isr, after.leader));
      const bool is_unclean = after.has_leader() && !is_in_sync;
      const bool is_preferred = !is_unclean && old->has_leader() && kraft::contains(after.isr, old->leader) &&
                                after.has_preferred_leader() && after.leader != old->leader;
      const bool has_left = old->has_leader() && !kraft::contains(after.replicas, old->leader);
      const std::int64_t reason = is_unclean     ? controller::kUncleanElection
                                  : has_left     ? controller::kReassignmentElection
                                  : is_preferred ? controller::kPreferredElection
                                                 : controller::kCleanElection;
      note_leader(partition, after.leader, after.leader_epoch, reason, old->leader);
    }
    note_move(partition, *old, after);
  }
  void operator()(const kraft::RemoveTopicRecord& record) const {
    Note told;
    told.kind = NoteKind::kTopicDeleted;
    told.partition = {topic_of(record.topic_id), -1};
    told.a = static_cast<std::int64_t>(TopicDeletionStep::kDone);
    ctx_.note(told);
  }
  void operator()(const kraft::BrokerRegistrationChangeRecord& record) const {
    if (record.fenced == kraft::BrokerRegistrationFencingChange::kFence) {
      Note told;
      told.kind = NoteKind::kBrokerGone;
      told.broker = record.broker_id;
      ctx_.note(told);
    }
  }
  template <class Other>
  void operator()(const Other&) const {}

 private:
  [[nodiscard]] std::int64_t count_created() const {
    return std::count_if(batch_.records.begin(), batch_.records.end(), [](const kraft::ApiMessageAndVersion& record) {
      return std::holds_alternative<kraft::PartitionRecord>(record.message);
    });
  }
  [[nodiscard]] std::int32_t first_created() const {
    for (const kraft::ApiMessageAndVersion& record : batch_.records) {
      if (const auto* created = std::get_if<kraft::PartitionRecord>(&record.message)) {
        return created->partition_id;
      }
    }
    return -1;
  }
  /// A reassignment began, ended or was given up: a cancelled one keeps what was removing and drops what was adding.
  void note_move(TopicPartition partition, const kraft::PartitionRegistration& old,
                 const kraft::PartitionRegistration& after) const {
    const bool is_same =
        after.adding_replicas == old.adding_replicas && after.removing_replicas == old.removing_replicas;
    const kraft::ReplicaList origin = kraft::without(old.replicas, old.adding_replicas);
    const kraft::ReplicaList target = kraft::without(after.replicas, after.removing_replicas);
    const bool is_moved = !kraft::contains_all(origin, target) || !kraft::contains_all(target, origin);
    if (after.is_reassignment_in_progress()) {
      if (!is_same) {
        controller::note_reassignment(ctx_, partition, ReassignmentStep::kStarted, target, origin);
      }
    } else if (is_moved) {
      controller::note_reassignment(ctx_, partition, ReassignmentStep::kCompleted, target, origin);
    } else if (old.is_reassignment_in_progress()) {
      controller::note_reassignment(ctx_, partition, ReassignmentStep::kCancelled, target,
                                    kraft::without(old.replicas, old.removing_replicas));
    }
  }
  void note_isr(TopicPartition partition, const kraft::ReplicaList& isr, PartitionEpoch epoch,
                const kraft::ReplicaList& before) const {
    Note told;
    told.kind = NoteKind::kIsrChanged;
    told.partition = partition;
    told.brokers = ctx_.registry().broker_set(isr);
    told.b = epoch.value;
    told.before = ctx_.registry().broker_set(before);
    ctx_.note(told);
  }
  void note_leader(TopicPartition partition, BrokerId leader, LeaderEpoch epoch, std::int64_t reason,
                   BrokerId before) const {
    Note told;
    told.kind = NoteKind::kLeaderElected;
    told.partition = partition;
    told.broker = leader;
    told.a = epoch.value;
    told.b = reason;
    told.c = before.value;
    ctx_.note(told);
  }

  Ctx& ctx_;
  const kraft::MetadataImage& before_;
  const MetadataBatch& batch_;
};

}  // namespace

void note_committed(Ctx& ctx, const kraft::MetadataImage& before, const MetadataBatch& batch,
                    const kraft::MetadataRecord& record) {
  std::visit(Herald(ctx, before, batch), record);
}

}  // namespace kscope::sim
