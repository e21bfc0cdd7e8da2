#pragma once
// Timeline: going back and trying otherwise. A run is its start state and the acts that were posted, each after a certain
// event; so any moment is the nearest checkpoint before it plus deterministic re-execution. Acting makes a branch: the acts
// up to the playhead are kept, what came after them stays on the old branch.
//
// `State` is any copyable world with: bool step(SimTime limit, Listener*), void post(Act, SimTime), SimTime earliest_act()
// const, uint64 event_count() const, SimTime now() const, and the type Act. Checkpoints are spaced, and thinned when there
// are too many, so memory stays bounded.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "engine/core/time.h"

namespace kscope {

template <class State>
class Timeline {
 public:
  using Act = typename State::Act;

  struct LoggedAct {
    std::uint64_t after_event = 0;  ///< posted when so many events had been executed
    SimTime time;
    Act act;
    std::string text;  ///< for people
  };
  struct Branch {
    std::int32_t parent = -1;
    std::uint64_t forked_at = 0;  ///< event of the parent after which this branch differs
    SimTime forked_at_time;
    std::string reason;           ///< "crash b1"
    std::vector<LoggedAct> acts;  ///< all that lead here, those of the parents included, by event
    std::uint64_t end_event = 0;  ///< how far it has been executed
    SimTime end_time;
  };
  /// How checkpoints are kept.
  struct Policy {
    std::uint64_t spacing = 500;       ///< events between checkpoints at first
    std::size_t most_per_branch = 96;  ///< beyond it the spacing of the old ones doubles until they are fewer
    std::size_t recent = 16;           ///< the newest of a branch that thinning leaves alone
  };

  explicit Timeline(State start, Policy policy = {}) : policy_(policy), state_(std::move(start)) {
    branches_.emplace_back();
    stores_.emplace_back();
    kept_spacing_.push_back(policy_.spacing);
    stores_[0].push_back({0, SimTime{}, std::make_shared<const State>(state_)});
  }

  [[nodiscard]] const State& state() const { return state_; }
  /// For observers that ride on the state; must not change what happens.
  [[nodiscard]] State& state_for_observers() { return state_; }
  [[nodiscard]] std::int32_t current() const { return current_; }
  [[nodiscard]] const std::vector<Branch>& branches() const { return branches_; }
  [[nodiscard]] const Branch& branch() const { return branches_[static_cast<std::size_t>(current_)]; }
  /// Whether the playhead is where the branch ends: a step from here executes something for the first time.
  [[nodiscard]] bool is_at_end() const { return state_.event_count() == branch().end_event; }

  /// One event forward that is due at or before `limit`; false if there is none. `listener` is handed to State::step when
  /// the event is executed for the first time on this branch, nullptr otherwise.
  template <class Listener>
  bool step(SimTime limit, Listener* listener) {
    post_due();
    if (!state_.step(limit, is_at_end() ? listener : nullptr)) {
      return false;
    }
    Branch& here = branches_[static_cast<std::size_t>(current_)];
    const std::uint64_t event = state_.event_count();
    if (event > here.end_event) {
      here.end_event = event;
      here.end_time = state_.now();
      if (event % policy_.spacing == 0) {
        save();
      }
    }
    return true;
  }

  /// Moves the playhead to just after `event`. Requires event <= branch().end_event. Cost: one copy and the events since the
  /// nearest checkpoint before it.
  void seek(std::uint64_t event) {
    KSCOPE_CHECK(event <= branch().end_event, "a timeline seeks only where it has been");
    if (event < state_.event_count() || event > state_.event_count() + policy_.spacing) {
      restore(event);
    }
    while (state_.event_count() < event) {
      post_due();
      const bool stepped = state_.step(SimTime::max(), nullptr);
      KSCOPE_CHECK(stepped, "re-execution came to an end before the event that was there the first time");
    }
  }

  /// Posts acts at `time`, between the event at the playhead and the next, as a new branch that becomes the current one.
  /// Returns its number. The log keeps the time at which they take effect, so that re-execution needs no luck.
  std::int32_t act(std::vector<Act> acts, SimTime time, const std::string& reason) {
    const std::uint64_t event = state_.event_count();
    time = std::max(time, state_.earliest_act());
    Branch next;
    next.parent = current_;
    next.forked_at = event;
    next.forked_at_time = time;
    next.reason = reason;
    next.end_event = event;
    next.end_time = state_.now();
    for (const LoggedAct& act : branch().acts) {
      if (act.after_event < event || (act.after_event == event && act.time <= time)) {
        next.acts.push_back(act);
      }
    }
    const std::size_t first = next.acts.size();
    for (Act& one : acts) {
      next.acts.push_back({event, time, std::move(one), next.acts.size() == first ? reason : std::string()});
    }
    // A fork at an event whose acts are posted already starts from before them.
    if (posted_ > first) {
      restore(event);
    }
    std::vector<Checkpoint> shared;
    for (const Checkpoint& checkpoint : stores_[static_cast<std::size_t>(current_)]) {
      if (checkpoint.event <= event) {
        shared.push_back(checkpoint);
      }
    }
    branches_.push_back(std::move(next));
    stores_.push_back(std::move(shared));
    kept_spacing_.push_back(kept_spacing_[static_cast<std::size_t>(branches_.back().parent)]);
    current_ = static_cast<std::int32_t>(branches_.size() - 1);
    return current_;
  }

  /// A branch that begins anew from another start, and whose course is that of the current branch up to `event`, at `time`.
  /// `acts` are those of the current branch that belong to it still. The playhead stands at the start; whoever steps to
  /// `event` hears of everything again. Returns the number of the branch.
  std::int32_t begin_anew(State start, std::vector<LoggedAct> acts, std::uint64_t event, SimTime time,
                          const std::string& reason) {
    KSCOPE_CHECK(event <= branch().end_event, "a branch begins anew only where the old one has been");
    Branch next;
    next.parent = current_;
    next.forked_at = event;
    next.forked_at_time = time;
    next.reason = reason;
    next.acts = std::move(acts);
    branches_.push_back(std::move(next));
    stores_.push_back({{0, SimTime{}, std::make_shared<const State>(start)}});
    kept_spacing_.push_back(policy_.spacing);
    current_ = static_cast<std::int32_t>(branches_.size() - 1);
    state_ = std::move(start);
    posted_ = 0;
    return current_;
  }

  /// Goes to another branch, at `event` (held to what it has).
  void switch_to(std::int32_t branch_number, std::uint64_t event) {
    KSCOPE_CHECK(branch_number >= 0 && static_cast<std::size_t>(branch_number) < branches_.size(), "no such branch");
    current_ = branch_number;
    event = std::min(event, branch().end_event);
    restore(event);
    seek(event);
  }

  [[nodiscard]] std::size_t checkpoint_count() const {
    std::size_t count = 0;
    for (const auto& store : stores_) {
      count += store.size();
    }
    return count;
  }

 private:
  struct Checkpoint {
    std::uint64_t event = 0;
    SimTime time;
    std::shared_ptr<const State> state;
  };

  /// Posts the branch's acts that belong at the playhead and are not posted yet.
  void post_due() {
    const std::vector<LoggedAct>& acts = branch().acts;
    while (posted_ < acts.size() && acts[posted_].after_event <= state_.event_count()) {
      state_.post(acts[posted_].act, acts[posted_].time);
      ++posted_;
    }
  }
  /// Loads the newest checkpoint at or before `event`; a checkpoint is taken before the acts of its event are posted.
  void restore(std::uint64_t event) {
    const std::vector<Checkpoint>& store = stores_[static_cast<std::size_t>(current_)];
    auto after = std::upper_bound(store.begin(), store.end(), event,
                                  [](std::uint64_t e, const Checkpoint& c) { return e < c.event; });
    KSCOPE_CHECK(after != store.begin(), "a branch has a checkpoint of its start");
    --after;
    state_ = *after->state;
    const std::vector<LoggedAct>& acts = branch().acts;
    posted_ = static_cast<std::size_t>(
        std::count_if(acts.begin(), acts.end(), [&](const LoggedAct& act) { return act.after_event < after->event; }));
    while (state_.event_count() < event) {
      post_due();
      const bool stepped = state_.step(SimTime::max(), nullptr);
      KSCOPE_CHECK(stepped, "re-execution came to an end before the event that was there the first time");
    }
  }
  void save() {
    std::vector<Checkpoint>& store = stores_[static_cast<std::size_t>(current_)];
    if (!store.empty() && store.back().event >= state_.event_count()) {
      return;
    }
    store.push_back({state_.event_count(), state_.now(), std::make_shared<const State>(state_)});
    std::uint64_t& spacing = kept_spacing_[static_cast<std::size_t>(current_)];
    if (store.size() <= policy_.most_per_branch) {
      return;
    }
    // What has become old since the last time is thinned to the spacing of the old; only if that frees too little is the
    // spacing doubled. So the old ones stay evenly spread over the whole branch.
    thin(store, spacing);
    while (store.size() > policy_.most_per_branch * 3 / 4) {
      spacing *= 2;
      thin(store, spacing);
    }
  }
  void thin(std::vector<Checkpoint>& store, std::uint64_t spacing) const {
    const std::size_t old = store.size() - std::min(store.size(), policy_.recent);
    std::vector<Checkpoint> kept;
    for (std::size_t i = 0; i < store.size(); ++i) {
      if (i >= old || store[i].event % spacing == 0) {
        kept.push_back(std::move(store[i]));
      }
    }
    store = std::move(kept);
  }

  Policy policy_;
  State state_;
  std::int32_t current_ = 0;
  std::size_t posted_ = 0;  ///< acts of the branch that the state has been given
  std::vector<Branch> branches_;
  std::vector<std::vector<Checkpoint>> stores_;  ///< by branch, by event
  std::vector<std::uint64_t> kept_spacing_;      ///< by branch: events between the old checkpoints that were kept
};

}  // namespace kscope
