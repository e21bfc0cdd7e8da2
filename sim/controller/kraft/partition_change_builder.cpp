#include "sim/controller/kraft/partition_change_builder.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "sim/controller/kraft/reassignment.h"

namespace kscope::sim::kraft {
namespace {

/// One change while it is worked out: the partition as it is, and what each part of it shall be.
class Builder {
 public:
  Builder(const PartitionRegistration& partition, const PartitionChange& change, const BrokerOracle& brokers)
      : partition_(partition),
        change_(change),
        brokers_(brokers),
        isr_(change.target_isr.value_or(partition.isr)),
        replicas_(change.target_replicas.value_or(partition.replicas)),
        removing_(change.target_removing.value_or(partition.removing_replicas)),
        adding_(change.target_adding.value_or(partition.adding_replicas)),
        elr_(partition.elr),
        last_known_elr_(partition.last_known_elr) {}

  void build(PartitionChangeRecord& record) {
    complete_reassignment();
    populate_elr();
    elect(record);
    bump_leader_epoch_for_removed_replicas(record);
    set_elr(record);
    set_isr(record);
    bump_leader_epoch_for_isr_shrink(record);
    set_last_known_leader(record);
    set_assignment(record);
    const LeaderRecoveryState target = change_.target_leader_recovery_state.value_or(partition_.leader_recovery_state);
    if (target != partition_.leader_recovery_state) {
      record.leader_recovery_state = target;
    }
  }

  [[nodiscard]] LeaderBlocker blocker() {
    complete_reassignment();
    populate_elr();
    const bool is_alive = std::any_of(replicas_.begin(), replicas_.end(), brokers_.is_acceptable_leader);
    if (election_result().leader != kNoLeader) {
      return LeaderBlocker::kNone;
    }
    if (change_.election == Election::kUnclean && !is_alive) {
      return LeaderBlocker::kNobodyAlive;
    }
    if (!isr_.empty()) {
      return LeaderBlocker::kIsrOffline;
    }
    return elr_.empty() ? LeaderBlocker::kLastLeaderUnknown : LeaderBlocker::kElrOffline;
  }

 private:
  void complete_reassignment() {
    std::optional<CompletedReassignment> completed = maybe_complete_reassignment({removing_, adding_, replicas_}, isr_);
    if (completed.has_value()) {
      isr_ = std::move(completed->isr);
      replicas_ = std::move(completed->replicas);
      removing_.clear();
      adding_.clear();
    }
  }

  // Who leaves an ISR that is below the minimum has every committed record: it stays eligible until the ISR is full again.
  void populate_elr() {
    if (!change_.is_elr_enabled) {
      return;
    }
    if (isr_.size() >= static_cast<std::size_t>(change_.min_isr) &&
        change_.planted_bug != PlantedBug::kElrBesidesFullIsr) {
      elr_.clear();
      last_known_elr_.clear();
      return;
    }
    ReplicaList candidates = elr_;
    candidates.insert(candidates.end(), partition_.isr.begin(), partition_.isr.end());
    elr_ = sorted_set(without(without(candidates, isr_), change_.unclean_shutdown_replicas));
    candidates.insert(candidates.end(), last_known_elr_.begin(), last_known_elr_.end());
    last_known_elr_ = sorted_set(without(without(candidates, isr_), elr_));
  }

  // MODEL: ascending, as a Java hash set of small integers iterates.
  static ReplicaList sorted_set(ReplicaList list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }

  [[nodiscard]] bool is_valid_new_leader(BrokerId replica) const {
    const bool is_eligible = contains(isr_, replica) || (isr_.empty() && contains(elr_, replica));
    return is_eligible && brokers_.is_acceptable_leader(replica);
  }

  // Kafka 4.0 asks here whether the last leader is alive, and ignores the answer (KAFKA-19522).
  [[nodiscard]] bool can_elect_last_known_leader() const {
    if (!change_.is_elr_enabled || !change_.use_last_known_leader) {
      return false;
    }
    if (!elr_.empty() || !isr_.empty() || partition_.last_known_elr.size() != 1) {
      return false;
    }
    return change_.may_elect_fenced_last_leader || brokers_.is_acceptable_leader(partition_.last_known_elr.front());
  }

  [[nodiscard]] ElectionResult election_result() const {
    if (change_.election == Election::kPreferred && is_valid_new_leader(replicas_.front())) {
      return {replicas_.front(), false};
    }
    if (is_valid_new_leader(partition_.leader)) {
      return {partition_.leader, false};
    }
    for (const BrokerId replica : replicas_) {
      if (is_valid_new_leader(replica)) {
        return {replica, false};
      }
    }
    if (can_elect_last_known_leader()) {
      return {partition_.last_known_elr.front(), true};
    }
    if (change_.election == Election::kUnclean) {
      const auto alive = std::find_if(replicas_.begin(), replicas_.end(), brokers_.is_acceptable_leader);
      if (alive != replicas_.end()) {
        return {*alive, true};
      }
    }
    return {};
  }

  void elect(PartitionChangeRecord& record) {
    const ElectionResult result = election_result();
    if (result.leader == partition_.leader) {
      return;
    }
    if (contains(elr_, result.leader)) {
      isr_ = {result.leader};
      elr_ = without(elr_, {result.leader});
    }
    record.leader = result.leader;
    if (result.is_unclean) {
      record.isr = ReplicaList{result.leader};  // Only the new leader's log counts from now on: records may be lost.
      if (partition_.leader_recovery_state != LeaderRecoveryState::kRecovering &&
          is_leader_recovery_supported(change_.metadata_version)) {
        record.leader_recovery_state = LeaderRecoveryState::kRecovering;
      }
    }
  }

  void bump_leader_epoch_for_removed_replicas(PartitionChangeRecord& record) const {
    if (!record.leader.has_value() && !contains_all(replicas_, partition_.replicas)) {
      record.leader = partition_.leader;
    }
  }

  void bump_leader_epoch_for_isr_shrink(PartitionChangeRecord& record) const {
    if (!is_leader_epoch_bump_required_on_isr_shrink(change_.metadata_version)) {
      return;
    }
    const bool has_shrunk = record.isr.has_value() && !contains_all(*record.isr, partition_.isr);
    if (!record.leader.has_value() && has_shrunk) {
      record.leader = partition_.leader;
    }
  }

  void set_isr(PartitionChangeRecord& record) const {
    const bool may_be_set = !isr_.empty() || change_.is_elr_enabled;  // Only with ELR may an ISR become empty.
    if (!record.isr.has_value() && may_be_set && isr_ != partition_.isr) {
      record.isr = isr_;
    }
  }

  void set_elr(PartitionChangeRecord& record) {
    const bool is_unclean = record.isr.has_value();
    if (is_unclean || !change_.is_elr_enabled) {
      elr_.clear();
      last_known_elr_.clear();
    }
    if (elr_ != partition_.elr) {
      record.eligible_leader_replicas = elr_;
    }
    if (change_.use_last_known_leader) {
      return;  // The field holds the last leader then: set_last_known_leader() decides.
    }
    if (last_known_elr_ != partition_.last_known_elr) {
      record.last_known_elr = last_known_elr_;
    }
  }

  void set_last_known_leader(PartitionChangeRecord& record) const {
    if (!change_.use_last_known_leader || !change_.is_elr_enabled) {
      return;
    }
    const ReplicaList last_leader{partition_.leader};
    const bool becomes_leaderless = record.isr.has_value() && record.isr->empty();
    const bool keeps_leader = partition_.has_leader() && record.leader != kNoLeader;
    const bool gets_leader = record.leader.has_value() && record.leader->value >= 0;
    if (becomes_leaderless && partition_.last_known_elr != last_leader) {
      record.last_known_elr = last_leader;
    } else if ((gets_leader || keeps_leader) && !partition_.last_known_elr.empty()) {
      record.last_known_elr = ReplicaList{};
    }
  }

  void set_assignment(PartitionChangeRecord& record) const {
    if (!replicas_.empty()) {
      if (is_directory_assignment_supported(change_.metadata_version)) {
        std::vector<Uuid> directories;
        for (const BrokerId replica : replicas_) {
          directories.push_back(contains(partition_.replicas, replica) ? partition_.directory(replica)
                                                                       : brokers_.default_directory(replica));
        }
        if (directories != partition_.directories) {
          record.directories = std::move(directories);
        }
      }
      if (replicas_ != partition_.replicas) {
        record.replicas = replicas_;
      }
    }
    if (removing_ != partition_.removing_replicas) {
      record.removing_replicas = removing_;
    }
    if (adding_ != partition_.adding_replicas) {
      record.adding_replicas = adding_;
    }
  }

  const PartitionRegistration& partition_;
  const PartitionChange& change_;
  const BrokerOracle& brokers_;
  ReplicaList isr_;
  ReplicaList replicas_;
  ReplicaList removing_;
  ReplicaList adding_;
  ReplicaList elr_;
  ReplicaList last_known_elr_;
};

}  // namespace

bool is_no_op(const PartitionChangeRecord& record) {
  PartitionChangeRecord nothing;
  nothing.topic_id = record.topic_id;
  nothing.partition_id = record.partition_id;
  return record == nothing;
}

std::optional<ApiMessageAndVersion> build_partition_change(const PartitionRegistration& partition, Uuid topic,
                                                           std::int32_t partition_id, const PartitionChange& change,
                                                           const BrokerOracle& brokers) {
  PartitionChangeRecord record;
  record.topic_id = topic;
  record.partition_id = partition_id;
  Builder(partition, change, brokers).build(record);
  if (is_no_op(record)) {
    return std::nullopt;
  }
  return ApiMessageAndVersion{std::move(record), partition_record_version(change.metadata_version)};
}

LeaderBlocker leader_waits_for(const PartitionRegistration& partition, const PartitionChange& change,
                               const BrokerOracle& brokers) {
  return Builder(partition, change, brokers).blocker();
}

}  // namespace kscope::sim::kraft
