#pragma once
// Invariants: what must always hold, told as Kafka's promises. A check looks at one note of one event, with the world after
// the event and the watch before the note; so it costs only what was touched. Each invariant is one file and one line in
// the registry (invariants.cpp), and each has a planted bug that it must catch (sim/rules/planted_bug.h).

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/liveness.h"
#include "sim/check/watch.h"

namespace kscope::sim {

struct Finding;

/// A partition as the controller that acted in this event has it, in either mode; its ISR is the note's.
struct ControllerView {
  BrokerSet replicas;
  BrokerId leader;  ///< none = offline
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  bool is_elr_enabled = false;  ///< KRaft with kip-966
  BrokerSet elr;
  std::size_t last_known_count = 0;  ///< members of LastKnownElr
  std::int32_t min_isr = 1;          ///< effective, as the controller knows it
};

struct CheckContext {
  const World& world;  ///< after the event
  const Watch& watch;  ///< before this note
  const Event& event;
  const Note& note;

  [[nodiscard]] const Registry& registry() const { return world.registry(); }
  /// The log of a partition on a node, nullptr if it hosts none, or one of a topic that was deleted.
  [[nodiscard]] const PartitionLog* log(NodeId node, TopicPartition p) const;
  /// Where it ends; 0 if the node hosts none.
  [[nodiscard]] Offset log_end(NodeId node, TopicPartition p) const;
  /// The broker that runs on a node, nullptr when none does.
  [[nodiscard]] const Broker* broker(NodeId node) const;
  /// Position in Registry::brokers of the broker on a node, up or down; -1 for other nodes.
  [[nodiscard]] int broker_index(NodeId node) const;
  /// The replica that a running broker hosts, nullptr if it hosts none.
  [[nodiscard]] const Partition* replica(NodeId node, TopicPartition p) const;
  /// What the ZooKeeper-mode controller knows that acted in this event; nullptr when none did.
  [[nodiscard]] const ControllerContext* controller() const;
  /// What the KRaft controller that acted in this event has committed; nullptr when none did.
  [[nodiscard]] const kraft::MetadataImage* committed_metadata() const;
  /// The note's partition as the controller has it that acted in this event; none when none did, or when what it has is later
  /// than the note. Requires: the note is kIsrChanged.
  [[nodiscard]] std::optional<ControllerView> controller_view() const;
  /// Whether the ELR is on (KIP-966): who is in it may be elected as if it were in sync.
  [[nodiscard]] bool has_elr() const { return registry().is_kraft() && !registry().rules.is_old(Rule::kKip966); }
  /// Brokers that the controller that acted in this event holds for gone or shutting down, in either mode; none without one.
  [[nodiscard]] BrokerSet unfit_brokers() const;
  /// Whether this very event is an unclean election of the partition: the ISR is told before the leader.
  [[nodiscard]] bool is_unclean_election() const;
  /// Broken, but permitted where records may have been lost without a mistake of anybody.
  [[nodiscard]] Finding unless_lost(std::string detail) const;
  [[nodiscard]] std::string partition() const { return registry().partition_name(note.partition); }
  [[nodiscard]] const std::string& node_name(NodeId node) const {
    return registry().nodes.at(static_cast<std::size_t>(node.value)).name;
  }
};

/// What a check says of one note.
struct Finding {
  enum class Kind : std::uint8_t { kFine, kBroken, kPermitted, kExcused } kind = Kind::kFine;
  std::string detail;
  bool was_asked = false;  ///< the note was one that the invariant judges

  /// The note is not one that the invariant judges.
  static Finding not_asked() { return {}; }
  static Finding fine() { return {Kind::kFine, {}, true}; }
  static Finding broken(std::string detail) { return {Kind::kBroken, std::move(detail), true}; }
  /// It would break the promise, but the configs or the faults of this run void the promise.
  static Finding permitted(std::string detail) { return {Kind::kPermitted, std::move(detail), true}; }
  /// It cannot be told yet, for this reason.
  static Finding excused(std::string detail) { return {Kind::kExcused, std::move(detail), false}; }
};

/// A set of kinds of notes.
class NoteKinds {
 public:
  constexpr NoteKinds() = default;
  constexpr explicit NoteKinds(NoteKind kind) {
    words_.at(static_cast<std::size_t>(kind) / 64) = std::uint64_t{1} << (static_cast<unsigned>(kind) % 64);
  }
  [[nodiscard]] constexpr bool has(NoteKind kind) const {
    return (words_.at(static_cast<std::size_t>(kind) / 64) >> (static_cast<unsigned>(kind) % 64) & 1) != 0;
  }
  constexpr NoteKinds operator|(const NoteKinds& other) const {
    NoteKinds out = *this;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      out.words_.at(i) |= other.words_.at(i);
    }
    return out;
  }
  bool operator==(const NoteKinds&) const = default;

 private:
  std::array<std::uint64_t, (kNoteKindCount + 63) / 64> words_{};
};

struct Invariant {
  std::string_view id;         ///< as in the literature of this project: "R3"
  std::string_view name;       ///< "StrongIsr"
  std::string_view text;       ///< one plain sentence
  std::string_view condition;  ///< the config that makes it a promise; "" = always
  Finding (*check)(const CheckContext&);
  NoteKinds kinds;  ///< it judges these notes, and is asked about no other
  /// What becomes good again by itself: asked from time to time, about no note in particular; nullptr: it is about notes.
  void (*look)(const LivenessLook&, Liveness&, std::vector<Finding>&) = nullptr;
};

/// All invariants, in the order of the panel.
std::span<const Invariant> invariants();

// One file each.
Finding check_offsets_increase(const CheckContext& c);              // L1
Finding check_log_start_in_log(const CheckContext& c);              // L2
Finding check_high_watermark_in_log(const CheckContext& c);         // L3
Finding check_epochs_do_not_decrease(const CheckContext& c);        // L4
Finding check_cut_above_log_start(const CheckContext& c);           // L6
Finding check_records_never_change(const CheckContext& c);          // L9
Finding check_appends_with_own_epoch(const CheckContext& c);        // L10
Finding check_single_leader_per_epoch(const CheckContext& c);       // R1
Finding check_strong_isr(const CheckContext& c);                    // R3
Finding check_log_matching(const CheckContext& c);                  // R7
Finding check_high_watermark_is_monotone(const CheckContext& c);    // R10
Finding check_one_controller_per_epoch(const CheckContext& c);      // C1
Finding check_leader_in_isr(const CheckContext& c);                 // C3
Finding check_weak_isr(const CheckContext& c);                      // R2
Finding check_leader_candidates_complete(const CheckContext& c);    // R4
Finding check_leader_complete(const CheckContext& c);               // R5
Finding check_quorum_superset(const CheckContext& c);               // R6
Finding check_prefixes_agree(const CheckContext& c);                // R8
Finding check_high_watermark_rule(const CheckContext& c);           // R9
Finding check_expansion_preconditions(const CheckContext& c);       // R11
Finding check_additions_are_complete(const CheckContext& c);        // R12
Finding check_acked_somewhere(const CheckContext& c);               // R13
Finding check_consistent_read(const CheckContext& c);               // R14
Finding check_controller_epoch_is_monotone(const CheckContext& c);  // C2
Finding check_isr_in_replicas(const CheckContext& c);               // C4
Finding check_epochs_rise(const CheckContext& c);                   // C5
Finding check_isr_is_fit(const CheckContext& c);                    // C6
Finding check_unclean_is_allowed(const CheckContext& c);            // C7
Finding check_broker_epoch_is_monotone(const CheckContext& c);      // C8
Finding check_metadata_log(const CheckContext& c);                  // C9
Finding check_move_keeps_isr(const CheckContext& c);                // C10
Finding check_zookeeper_guard(const CheckContext& c);               // C11
Finding check_no_double_ownership(const CheckContext& c);           // G1
Finding check_generation_is_monotone(const CheckContext& c);        // G3
Finding check_committed_in_log(const CheckContext& c);              // G7
Finding check_legal_target_assignment(const CheckContext& c);       // G2
Finding check_valid_member_epoch(const CheckContext& c);            // G4
Finding check_valid_stable_group(const CheckContext& c);            // G5
Finding check_commit_of_member(const CheckContext& c);              // G6
Finding check_acked_commit_survives(const CheckContext& c);         // G8
Finding check_coordinator_is_log(const CheckContext& c);            // G9
Finding check_at_least_once(const CheckContext& c);                 // G10
Finding check_offset_in_use(const CheckContext& c);                 // G11
Finding check_one_static_member(const CheckContext& c);             // G12
Finding check_commit_of_owner(const CheckContext& c);               // G13
Finding check_acked_survives(const CheckContext& c);                // P1
Finding check_committed_survives(const CheckContext& c);            // P3
Finding check_no_offset_without_ack(const CheckContext& c);         // P4
Finding check_refused_is_absent(const CheckContext& c);             // P6
Finding check_sequences_consecutive(const CheckContext& c);         // I1
Finding check_no_batch_twice(const CheckContext& c);                // I2
Finding check_send_order(const CheckContext& c);                    // I3
Finding check_producer_epoch_is_monotone(const CheckContext& c);    // I4
Finding check_producer_state_follows_log(const CheckContext& c);    // I5
Finding check_ack_names_its_offset(const CheckContext& c);          // I6
Finding check_epoch_cache_is_scan(const CheckContext& c);           // L5
Finding check_restart_keeps_durable(const CheckContext& c);         // L7
Finding check_checksums_fit(const CheckContext& c);                 // L8
Finding check_cleaned_is_stable(const CheckContext& c);             // K1
Finding check_last_of_key_stays(const CheckContext& c);             // K2
Finding check_tombstones_stay(const CheckContext& c);               // K3
Finding check_last_batches_stay(const CheckContext& c);             // K4
Finding check_log_start_moves_forward(const CheckContext& c);       // K5
Finding check_deleted_is_told(const CheckContext& c);               // K6
Finding check_legal_moves(const CheckContext& c);                   // X1
Finding check_every_partition_is_told(const CheckContext& c);       // X2
Finding check_decided_is_decided(const CheckContext& c);            // X3
Finding check_only_decided_is_read(const CheckContext& c);          // X4
Finding check_only_committed_is_read(const CheckContext& c);        // X5
Finding check_one_transaction_a_marker(const CheckContext& c);      // X6
Finding check_no_hanging_transaction(const CheckContext& c);        // X7
Finding check_told_as_it_is(const CheckContext& c);                 // X9
Finding check_one_active_producer(const CheckContext& c);           // X8
Finding check_offsets_as_decided(const CheckContext& c);            // X10
Finding check_copied_once(const CheckContext& c);                   // X11
Finding check_offset_has_one_record(const CheckContext& c);         // J1
Finding check_acked_is_read(const CheckContext& c);                 // J2
Finding check_no_record_read_twice(const CheckContext& c);          // J3
Finding check_polls_go_forward(const CheckContext& c);              // J4
Finding check_end_moves_forward(const CheckContext& c);             // J7
Finding check_truncation_is_told(const CheckContext& c);            // J8

// V8, V9: asked from time to time.
void look_at_groups(const LivenessLook& look, Liveness& memory, std::vector<Finding>& findings);
void look_at_reading(const LivenessLook& look, Liveness& memory, std::vector<Finding>& findings);

/// Results of all invariants over a run; a regular value like the watch.
struct InvariantState {
  struct Row {
    std::int64_t broken = 0;
    std::int64_t permitted = 0;
    std::int64_t checked = 0;
    std::uint64_t first_event = 0;
    SimTime first_time;
    std::string detail;  ///< of the first break, else of the first permitted one
    std::string excuse;  ///< why it could not be judged, the last time; "" = it could
  };
  std::vector<Row> rows;  ///< in the order of invariants()
  std::int64_t broken = 0;
  Liveness liveness;

  InvariantState() : rows(invariants().size()) {}
  /// Checks one note. Call before the watch takes the note in.
  void on_note(const CheckContext& context);
  /// Judges what has to become good again, if it is time to. Call after the watch has taken in the event.
  void on_event(const World& world, const Watch& watch, const Event& event) {
    if (event.time >= liveness.next_look) {
      look_around(world, watch, event);
    }
  }

 private:
  void look_around(const World& world, const Watch& watch, const Event& event);
  void take_in(std::size_t invariant, const Event& event, Finding finding);
};

}  // namespace kscope::sim
