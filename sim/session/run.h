#pragma once
// Run: what a timeline copies and re-executes: the world together with the all-seeing observers whose memory belongs to
// the moment (watch, invariants). Going back in time takes them along, so ghosts, counts and verdicts are those of the
// playhead.

#include "sim/check/invariant.h"
#include "sim/check/watch.h"
#include "sim/world/cluster.h"

namespace kscope::session {

/// Somebody who wants to hear of every event that Run executes; not part of the run.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual void on_event(const sim::World& world, const sim::Event& event) = 0;
};

struct Run {
  using Act = sim::World::Act;

  sim::World world;
  sim::Watch watch;
  sim::InvariantState invariants;
  bool checks_invariants = true;

  /// Executes one event that is due at or before `limit`; false if there is none.
  bool step(SimTime limit, RunListener* listener = nullptr);
  /// An act at `time`, or now if that is past.
  void post(Act act, SimTime time) { world.schedule(time, std::move(act)); }
  [[nodiscard]] SimTime earliest_act() const { return world.earliest_act(); }
  [[nodiscard]] std::uint64_t event_count() const { return world.event_count(); }
  [[nodiscard]] SimTime now() const { return world.now(); }
};

}  // namespace kscope::session
