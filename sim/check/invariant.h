#pragma once
// Invariants: what must always hold, told as Kafka's promises. A check looks at one note of one event, with the world after
// the event and the watch before the note; so it costs only what was touched. Each invariant is one file and one line in
// the registry (invariants.cpp), and each has a planted bug that it must catch (sim/rules/planted_bug.h).

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/watch.h"

namespace kscope::sim {

struct CheckContext {
  const World& world;  ///< after the event
  const Watch& watch;  ///< before this note
  const Event& event;
  const Note& note;

  [[nodiscard]] const Registry& registry() const { return world.registry(); }
  /// The log of a partition on a node, nullptr if it hosts none.
  [[nodiscard]] const PartitionLog* log(NodeId node, TopicPartition p) const;
  [[nodiscard]] std::string partition() const { return registry().partition_name(note.partition); }
  [[nodiscard]] const std::string& node_name(NodeId node) const {
    return registry().nodes.at(static_cast<std::size_t>(node.value)).name;
  }
};

/// What a check says of one note.
struct Finding {
  enum class Kind : std::uint8_t { kFine, kBroken, kPermitted } kind = Kind::kFine;
  std::string detail;
  bool was_asked = false;  ///< the note was one that the invariant judges

  /// The note is not one that the invariant judges.
  static Finding not_asked() { return {}; }
  static Finding fine() { return {Kind::kFine, {}, true}; }
  static Finding broken(std::string detail) { return {Kind::kBroken, std::move(detail), true}; }
  /// It would break the promise, but the configs or the faults of this run void the promise.
  static Finding permitted(std::string detail) { return {Kind::kPermitted, std::move(detail), true}; }
};

struct Invariant {
  std::string_view id;         ///< as in the literature of this project: "R3"
  std::string_view name;       ///< "StrongIsr"
  std::string_view text;       ///< one plain sentence
  std::string_view condition;  ///< the config that makes it a promise; "" = always
  Finding (*check)(const CheckContext&);
};

/// All invariants, in the order of the panel.
std::span<const Invariant> invariants();

// One file each.
Finding check_offsets_increase(const CheckContext& c);            // L1
Finding check_high_watermark_in_log(const CheckContext& c);       // L3
Finding check_epochs_do_not_decrease(const CheckContext& c);      // L4
Finding check_epoch_cache_is_scan(const CheckContext& c);         // L5
Finding check_restart_keeps_durable(const CheckContext& c);       // L7
Finding check_checksums_fit(const CheckContext& c);               // L8
Finding check_records_never_change(const CheckContext& c);        // L9
Finding check_single_leader_per_epoch(const CheckContext& c);     // R1
Finding check_strong_isr(const CheckContext& c);                  // R3
Finding check_log_matching(const CheckContext& c);                // R7
Finding check_high_watermark_is_monotone(const CheckContext& c);  // R10
Finding check_one_controller_per_epoch(const CheckContext& c);    // C1
Finding check_leader_in_isr(const CheckContext& c);               // C3
Finding check_no_double_ownership(const CheckContext& c);         // G1
Finding check_generation_is_monotone(const CheckContext& c);      // G3
Finding check_committed_in_log(const CheckContext& c);            // G7
Finding check_acked_survives(const CheckContext& c);              // P1
Finding check_refused_is_absent(const CheckContext& c);           // P6
Finding check_sequences_consecutive(const CheckContext& c);       // I1
Finding check_no_batch_twice(const CheckContext& c);              // I2
Finding check_send_order(const CheckContext& c);                  // I3
Finding check_producer_epoch_is_monotone(const CheckContext& c);  // I4
Finding check_producer_state_follows_log(const CheckContext& c);  // I5
Finding check_ack_names_its_offset(const CheckContext& c);        // I6
Finding check_cleaned_is_stable(const CheckContext& c);           // K1
Finding check_last_of_key_stays(const CheckContext& c);           // K2
Finding check_tombstones_stay(const CheckContext& c);             // K3
Finding check_last_batches_stay(const CheckContext& c);           // K4
Finding check_log_start_moves_forward(const CheckContext& c);     // K5
Finding check_deleted_is_told(const CheckContext& c);             // K6

/// Results of all invariants over a run; a regular value like the watch.
struct InvariantState {
  struct Row {
    std::int64_t broken = 0;
    std::int64_t permitted = 0;
    std::int64_t checked = 0;
    std::uint64_t first_event = 0;
    SimTime first_time;
    std::string detail;  ///< of the first break, else of the first permitted one
  };
  std::vector<Row> rows;  ///< in the order of invariants()
  std::int64_t broken = 0;

  InvariantState() : rows(invariants().size()) {}
  /// Checks one note. Call before the watch takes the note in.
  void on_note(const CheckContext& context);
};

}  // namespace kscope::sim
