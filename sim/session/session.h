#pragma once
// Session: one opened scenario being watched. It owns the world at the playhead, the timeline with its branches and
// checkpoints, and the observers. Window, command line and tests drive this object and nothing below it.
// Time: a session computes ahead of the playhead only when asked (`compute_until`); seeking back re-executes from the
// nearest checkpoint. Acting at a playhead in the past makes a branch; the old one stays.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/time.h"
#include "sim/view/snapshot.h"

namespace kscope {
template <class Model>
class Kernel;
template <class Model>
class Observer;
}  // namespace kscope

namespace kscope::scenario {
struct Scenario;
}
namespace kscope::sim {
struct KafkaModel;
using World = Kernel<KafkaModel>;
using Observer = kscope::Observer<KafkaModel>;
}  // namespace kscope::sim

namespace kscope::session {

/// Why a run call returned.
enum class StopReason : std::uint8_t {
  kTimeReached,      ///< the simulated time that was asked for
  kBudgetSpent,      ///< wall-clock budget is over; call again
  kBeat,             ///< a beat of the wanted rank was executed
  kCondition,        ///< the condition became true
  kInvariantBroken,  ///< and `pause_on_break` is set
  kNothingLeft,      ///< no event before the scenario's end
};

/// An act that the window can offer on an entity. The same guards that the simulator uses say why it would do nothing.
struct ActionOffer {
  std::string label;    ///< "Crash (kill -9)"
  std::string script;   ///< "crash b1": what `post_script` takes
  std::string hint;     ///< what kind of consequence it has, not the outcome
  std::string refusal;  ///< why it is grey; "" = it acts
  std::string group;    ///< heading in the menu: "Process", "Network", "Disk", "Partition"
  std::string submenu;  ///< name of the menu inside of the menu that it lies in: "Cut the link to"; "" = none
  char shortcut = 0;    ///< K, R, P, L, X
};

/// What a session keeps besides the run itself.
struct SessionOptions {
  bool keeps_rows = true;         ///< the events table; off for long runs without a window
  bool keeps_checkpoints = true;  ///< going back; off for runs that only go forward
  bool checks_invariants = true;
  std::string planted_bug;  ///< name of a planted bug (sim/rules/planted_bug.h); "" = none
};

/// An act that was posted by hand, as a recording keeps it.
struct PostedAct {
  std::uint64_t after_event = 0;
  SimTime time;
  std::string script;
};

/// One line of the script as somebody wants it: changed, moved in time, switched off, or new.
struct ScriptEdit {
  static constexpr std::size_t kNewLine = SIZE_MAX;
  std::size_t line = kNewLine;  ///< `view::ScriptLine::line`
  SimTime time;
  std::string text;  ///< "crash b1"
  bool is_off = false;
};

struct RunLimits {
  SimTime until = SimTime::max();
  Duration wall_budget = Duration::max();         ///< stop after so much real time
  std::optional<std::int32_t> stop_at_beat_rank;  ///< stop at beats with rank <= this
  std::string stop_condition;                     ///< e.g. `isr(orders-0) < 2`; "" = none
};

class Session {
 public:
  /// Opens a scenario. Errors: those of validation, all of them in one text.
  static Result<std::unique_ptr<Session>> open(const scenario::Scenario& scenario,
                                               std::optional<std::uint64_t> seed = {},
                                               const SessionOptions& options = {});
  ~Session();

  // ---- moving the playhead
  /// Executes (or re-executes) events from the playhead on.
  StopReason run(const RunLimits& limits);
  bool step();                                                      ///< one event forward; false when nothing is left
  bool step_back();                                                 ///< one event back; false at the start
  bool step_visible(bool forward, const view::Interest& interest);  ///< to the next event that the filter shows
  bool step_beat(bool forward, std::int32_t rank);
  /// Rank of the most notable beat of the event at the playhead; INT32_MAX if it has none.
  [[nodiscard]] std::int32_t last_beat_rank() const;
  void seek_event(std::uint64_t event);  ///< clamped to what exists; computes forward if needed
  void seek_time(SimTime time);
  [[nodiscard]] SimTime now() const;
  [[nodiscard]] std::uint64_t event() const;
  [[nodiscard]] std::uint64_t fingerprint() const;
  [[nodiscard]] SimTime next_event_time() const;  ///< SimTime::max() if nothing is left

  // ---- acting
  /// Carries out a script line at the playhead, e.g. "crash b1", "pause billing-1 10s". Several acts that belong together
  /// are joined by semicolons, "cut b1 b2; cut b1 b3": one act for undo and for the tree of branches.
  /// In the past this makes a branch. Errors: unknown words with the nearest valid one; then nothing is carried out.
  Result<std::monostate> post_script(const std::string& line);
  /// Changes a line of the script and runs anew, as a branch, from the first moment at which that makes a difference: the
  /// playhead stands just before it, or stays where it is when that is still to come. What was done by hand later stays
  /// in the script. Errors: those of scenario files, with the number of the line (from 1) that is wrong; then nothing is
  /// changed. Cost: the events up to that moment, from the start.
  Result<std::monostate> edit_script(const ScriptEdit& edit);
  [[nodiscard]] std::vector<ActionOffer> offers(const view::EntityRef& entity) const;
  bool undo();  ///< back to the parent branch, before the last act; false if there is none
  bool redo();
  [[nodiscard]] bool can_undo() const;
  [[nodiscard]] bool can_redo() const;
  void switch_branch(std::int32_t branch);

  // ---- looking
  [[nodiscard]] std::shared_ptr<const view::Snapshot> snapshot(const view::Interest& interest) const;
  /// The run as a scenario file, with what was done by hand. Read again it gives the same run, unless somebody acted at the
  /// very time of an event: then the act comes before that event.
  [[nodiscard]] std::string save() const;
  /// What the current branch started from: the scenario, with the lines of its script as they were edited.
  [[nodiscard]] scenario::Scenario branch_scenario() const;
  /// Acts posted by hand on the current branch, in order: with branch_scenario() and seed they reproduce it.
  [[nodiscard]] std::vector<PostedAct> posted() const;
  /// Results of the scenario's [[expect]] and of the invariants at the playhead.
  [[nodiscard]] std::vector<view::ExpectRow> expects() const;
  [[nodiscard]] std::vector<view::InvariantRow> invariant_rows() const;
  /// Every beat of the branch as far as computed, ranks <= `rank`.
  [[nodiscard]] std::vector<view::Beat> beats(std::int32_t rank) const;
  [[nodiscard]] const scenario::Scenario& scenario() const;
  [[nodiscard]] std::uint64_t seed() const;
  /// The world at the playhead, for recorders and tools; the window has no use for it.
  [[nodiscard]] const sim::World& world() const;
  /// Hears of every event that is executed for the first time on a branch; nullptr ends it. Not owned.
  void set_observer(sim::Observer* observer);
  /// Checks a condition against the state at the playhead. Error: where it does not parse.
  [[nodiscard]] Result<bool> check(const std::string& condition) const;

  bool pause_on_break = true;

  /// The inside; only sim/session and sim/view know what it is.
  struct Impl;

 private:
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kscope::session
