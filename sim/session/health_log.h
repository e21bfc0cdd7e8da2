#pragma once
// HealthLog: how well the cluster was over the whole of a branch, for the ribbon of the timeline: the worst that held, from
// event to event. It looks only at the partitions and brokers that an event's notes touch, so it costs next to nothing.

#include <array>
#include <cstdint>
#include <vector>

#include "engine/core/chunked.h"
#include "sim/session/run.h"
#include "sim/view/snapshot.h"

namespace kscope::session {

/// From this event on, until the next mark.
struct HealthMark {
  std::uint64_t event = 0;
  SimTime time;
  view::HealthState state = view::HealthState::kStarting;
};

class HealthLog {
 public:
  /// Takes in an event that was executed for the first time; `run` is the state after it.
  void on_event(const Run& run, const sim::Event& event);
  /// Forgets what came after the moment of `run`, from which the branch goes on otherwise.
  void go_on_from(const Run& run);
  [[nodiscard]] const Chunked<HealthMark>& marks() const { return marks_; }

 private:
  void look_at(const Run& run, sim::TopicPartition partition);
  void count_brokers(const Run& run);
  [[nodiscard]] view::HealthState worst(const Run& run) const;

  static constexpr std::size_t kStates = 8;
  std::vector<std::vector<view::HealthState>> partitions_;  ///< by topic, partition; kStarting while it does not exist
  std::array<std::int32_t, kStates> counts_{};              ///< partitions that exist, in each state
  bool has_brokers_down_ = false;
  Chunked<HealthMark> marks_;
};

}  // namespace kscope::session
