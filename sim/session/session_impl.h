#pragma once
// The inside of a Session: timeline, one event log per branch, and the scenario it all comes from. Shared by the files that
// implement Session; nobody else includes it.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/run/timeline.h"
#include "sim/scenario/condition.h"
#include "sim/scenario/scenario.h"
#include "sim/session/event_log.h"
#include "sim/session/health_log.h"
#include "sim/session/run.h"
#include "sim/session/session.h"

namespace kscope::session {

/// One [[expect]] with what became of it on a branch.
struct ExpectState {
  scenario::Expect expect;
  scenario::Condition condition;
  view::Verdict verdict = view::Verdict::kNotDecidable;
  std::uint64_t decided_at = 0;  ///< event; verdicts of later events do not count before it
  std::string detail;
};

/// What a branch remembers that is not in the run.
struct BranchMemory {
  EventLog log;
  HealthLog health;
  std::vector<scenario::TimedAction>
      actions;  ///< those that were scheduled at its start: the scenario's, or edited ones
  std::vector<ExpectState> expects;
};

/// Rows of one branch that one filter shows, kept from picture to picture: rows are only added to a branch, so only the new
/// ones have to be looked at.
struct EventMatches {
  std::int32_t branch = -1;
  std::string filter;
  bool beats_only = false;
  std::size_t looked = 0;         ///< rows before this one have been looked at
  std::vector<std::size_t> rows;  ///< indexes of those that are shown
};

struct Session::Impl final : RunListener {
  Impl(scenario::Scenario its_scenario, std::uint64_t its_seed, Run start, SessionOptions its_options);

  /// First execution of an event on the current branch.
  void on_event(const sim::World& world, const sim::Event& event) override;
  void judge(const Run& run, bool is_end);
  bool step(SimTime limit);
  void seek(std::uint64_t event);
  [[nodiscard]] BranchMemory& memory() { return memories[static_cast<std::size_t>(timeline.current())]; }
  [[nodiscard]] const BranchMemory& memory() const { return memories[static_cast<std::size_t>(timeline.current())]; }
  [[nodiscard]] const Run& run() const { return timeline.state(); }
  [[nodiscard]] SimTime end() const { return SimTime(scenario.until); }
  /// The moment that is looked at: at or after the last executed event, before the next.
  [[nodiscard]] SimTime playhead() const { return std::max(shown_until, run().now()); }
  [[nodiscard]] scenario::Names names() const { return scenario::names_of(run().world.registry()); }

  scenario::Scenario scenario;
  std::uint64_t seed = 0;
  SessionOptions options;
  Timeline<Run> timeline;
  SimTime shown_until;                 ///< time run through without an event; see playhead()
  std::vector<BranchMemory> memories;  ///< by branch
  sim::Observer* observer = nullptr;
  std::vector<std::int32_t> undone;  ///< branches that undo() left, for redo()
  mutable EventMatches matches;      ///< of the filter that was asked for last
};

/// The start of a run of `scenario`, everything of its script scheduled.
Run make_run(const scenario::Scenario& scenario, std::uint64_t seed, const SessionOptions& options,
             std::vector<scenario::ScheduledInput>& inputs);
/// The lines of the script that these inputs are.
std::vector<ScriptEntry> script_of(const std::vector<scenario::ScheduledInput>& inputs, const scenario::Names& names);
/// The expectations of a scenario, not decided yet. Errors: a condition that does not parse.
Result<std::vector<ExpectState>> expects_of(const scenario::Scenario& scenario, const scenario::Names& names);

/// What can be done to an entity, with why not.
std::vector<ActionOffer> make_offers(const Session::Impl& impl, const view::EntityRef& entity);

}  // namespace kscope::session
