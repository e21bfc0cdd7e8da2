#include "sim/session/session.h"

#include <algorithm>
#include <chrono>

#include "sim/scenario/build.h"
#include "sim/session/session_impl.h"
#include "sim/session/state_reader.h"
#include "sim/view/build.h"

namespace kscope::session {
namespace {

// The one place where the wall clock is read: to keep a budget, never to decide what happens.
using WallClock = std::chrono::steady_clock;

/// A checkpoint holds every replica: with many of them fewer are kept, and further apart, so that taking them costs a small
/// part of the run and all together some GB at most.
Timeline<Run>::Policy policy_of(const sim::Registry& registry, const SessionOptions& options) {
  constexpr std::uint64_t kReplicasInAll = 500'000;
  constexpr std::size_t kFewest = 8;
  std::uint64_t replicas = 1;
  for (const sim::TopicSetup& topic : registry.topics) {
    replicas += static_cast<std::uint64_t>(std::max(topic.partitions, 1)) *
                static_cast<std::uint64_t>(std::max(topic.replication_factor, 1));
  }
  Timeline<Run>::Policy policy;
  policy.spacing = std::max(policy.spacing, replicas);
  const auto affordable = static_cast<std::size_t>(kReplicasInAll / replicas);
  policy.most_per_branch = std::clamp(affordable, kFewest, policy.most_per_branch);
  policy.recent = std::min(policy.recent, policy.most_per_branch / 4);
  if (!options.keeps_checkpoints) {
    policy.spacing = UINT64_MAX;
  }
  return policy;
}

Timeline<Run> timeline_from(Run start, const SessionOptions& options) {
  const Timeline<Run>::Policy policy = policy_of(start.world.registry(), options);
  return Timeline<Run>(std::move(start), policy);
}

}  // namespace

Run make_run(const scenario::Scenario& scenario, std::uint64_t seed, const SessionOptions& options,
             std::vector<scenario::ScheduledInput>& inputs) {
  sim::Registry registry = scenario::make_registry(scenario);
  for (const sim::PlantedBugName& bug : sim::kPlantedBugs) {
    if (bug.name == options.planted_bug) {
      registry.planted_bug = bug.bug;
    }
  }
  inputs = scenario::make_inputs(scenario, registry);
  sim::Watch watch(registry);
  Run run{sim::World(sim::KafkaModel{}, std::move(registry), scenario::make_nodes(scenario),
                     scenario::make_network(scenario), seed),
          std::move(watch),
          {},
          true};
  run.checks_invariants = options.checks_invariants;
  for (const scenario::ScheduledInput& input : inputs) {
    run.world.schedule(input.time, input.input);
  }
  return run;
}

std::vector<ScriptEntry> script_of(const std::vector<scenario::ScheduledInput>& inputs, const scenario::Names& names) {
  std::vector<ScriptEntry> script;
  for (const scenario::ScheduledInput& input : inputs) {
    ScriptEntry entry;
    entry.time = input.time;
    entry.input = input.input;
    entry.text = input.text;
    entry.is_setup = input.is_setup;
    entry.is_scheduled = true;
    const Result<scenario::Action> action = scenario::parse_action(input.text, names);
    entry.sentence = action ? scenario::to_sentence(*action) : input.text;
    script.push_back(std::move(entry));
  }
  return script;
}

Result<std::vector<ExpectState>> expects_of(const scenario::Scenario& scenario, const scenario::Names& names) {
  std::vector<ExpectState> states;
  for (const scenario::Expect& expect : scenario.expects) {
    Result<scenario::Condition> condition = scenario::parse_condition(expect.condition, names);
    if (!condition) {
      return Error{condition.error().text, scenario.path, expect.line};
    }
    states.push_back({expect, std::move(*condition), view::Verdict::kNotDecidable, 0, {}});
  }
  return states;
}

Session::Impl::Impl(scenario::Scenario its_scenario, std::uint64_t its_seed, Run start, SessionOptions its_options)
    : scenario(std::move(its_scenario)),
      seed(its_seed),
      options(std::move(its_options)),
      timeline(timeline_from(std::move(start), options)) {
  memories.emplace_back();
  memories[0].log = EventLog(options.keeps_rows);
  memories[0].actions = scenario.actions;
}

void Session::Impl::on_event(const sim::World& world, const sim::Event& event) {
  memory().log.on_event(world, event);
  if (options.keeps_rows) {
    memory().health.on_event(run(), event);
  }
  if (observer != nullptr) {
    observer->on_event(world, event);
  }
}

/// Looks at the expectations after an event. Within and always are looked at after every event in their time.
void Session::Impl::judge(const Run& at, bool is_end) {
  const RunReader reader(at);
  for (ExpectState& state : memory().expects) {
    if (state.verdict != view::Verdict::kNotDecidable) {
      continue;
    }
    const scenario::Expect& expect = state.expect;
    const SimTime now = at.now();
    const SimTime last = std::min(expect.time, end());
    const auto decide = [&](view::Verdict verdict) {
      state.verdict = verdict;
      state.decided_at = at.event_count();
      if (verdict == view::Verdict::kBroken) {
        state.detail = scenario::explain(state.condition, reader);
      }
    };
    const bool is_over = is_end || now >= last;
    switch (expect.kind) {
      case scenario::Expect::Kind::kWithin:
        if (now >= expect.from && scenario::holds(state.condition, reader)) {
          decide(view::Verdict::kHolds);
        } else if (is_over) {
          decide(view::Verdict::kBroken);
        }
        break;
      case scenario::Expect::Kind::kAlways:
        if (now >= expect.from && !scenario::holds(state.condition, reader)) {
          decide(view::Verdict::kBroken);
        } else if (is_over) {
          decide(view::Verdict::kHolds);
        }
        break;
      case scenario::Expect::Kind::kAt:
        if (is_over) {
          decide(scenario::holds(state.condition, reader) ? view::Verdict::kHolds : view::Verdict::kBroken);
        }
        break;
      case scenario::Expect::Kind::kFinally:
        if (is_end) {
          decide(scenario::holds(state.condition, reader) ? view::Verdict::kHolds : view::Verdict::kBroken);
        }
        break;
    }
  }
}

void Session::Impl::seek(std::uint64_t event) {
  timeline.seek(event);
  shown_until = SimTime{};
}

bool Session::Impl::step(SimTime limit) {
  const SimTime bounded = std::min(limit, end());
  const bool is_new = timeline.is_at_end();
  if (is_new) {
    // What must hold AT a time is judged on the state just before the first event after it.
    const SimTime next = SimTime(Duration(static_cast<std::int64_t>(timeline.state().world.next_time_ns())));
    for (ExpectState& state : memory().expects) {
      if (state.verdict == view::Verdict::kNotDecidable && state.expect.kind == scenario::Expect::Kind::kAt &&
          state.expect.time < next) {
        const RunReader reader(run());
        const bool is_true = scenario::holds(state.condition, reader);
        state.verdict = is_true ? view::Verdict::kHolds : view::Verdict::kBroken;
        state.decided_at = run().event_count();
        state.detail = is_true ? "" : scenario::explain(state.condition, reader);
      }
    }
  }
  const std::int64_t broken_before = run().invariants.broken;
  if (!timeline.step(bounded, static_cast<RunListener*>(this))) {
    if (is_new && bounded == end()) {
      judge(run(), true);
    }
    return false;
  }
  if (is_new) {
    if (run().invariants.broken > broken_before) {
      for (std::size_t i = 0; i < run().invariants.rows.size(); ++i) {
        const auto& row = run().invariants.rows[i];
        if (row.broken > 0 && row.first_event == run().event_count()) {
          view::Beat beat;
          beat.event = run().event_count();
          beat.time = run().now();
          beat.kind = view::BeatKind::kInvariant;
          beat.text = "Invariant " + std::string(sim::invariants()[i].id) + " " +
                      std::string(sim::invariants()[i].name) + " is broken: " + row.detail + ".";
          beat.about = {view::EntityKind::kInvariant, static_cast<std::int64_t>(i), -1, -1};
          memory().log.add_beat(std::move(beat));
        }
      }
    }
    judge(run(), false);
  }
  return true;
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const scenario::Scenario& scenario, std::optional<std::uint64_t> seed,
                                               const SessionOptions& options) {
  std::string errors;
  for (const scenario::Problem& problem : scenario::validate(scenario)) {
    if (!problem.is_warning) {
      errors += (errors.empty() ? "" : "\n") + scenario::to_text(problem, scenario.path);
    }
  }
  if (!errors.empty()) {
    return Error{errors, {}, 0};
  }
  if (!options.planted_bug.empty()) {
    std::vector<std::string> known;
    known.reserve(std::size(sim::kPlantedBugs));
    for (const sim::PlantedBugName& bug : sim::kPlantedBugs) {
      known.emplace_back(bug.name);
    }
    if (std::find(known.begin(), known.end(), options.planted_bug) == known.end()) {
      return Error{
          "unknown planted bug \"" + options.planted_bug + "\"" + scenario::did_you_mean(options.planted_bug, known),
          {},
          0};
    }
  }
  const std::uint64_t used = seed.value_or(scenario.seed);
  std::vector<scenario::ScheduledInput> inputs;
  Run run = make_run(scenario, used, options, inputs);
  auto impl = std::make_unique<Impl>(scenario, used, std::move(run), options);
  // Topics that the script creates later are not in the registry yet, and are spoken of all the same.
  const scenario::Names names = scenario::names_of(scenario);
  for (ScriptEntry& entry : script_of(inputs, names)) {
    impl->memory().log.add_script(std::move(entry));
  }
  Result<std::vector<ExpectState>> expects = expects_of(scenario, names);
  if (!expects) {
    return expects.error();
  }
  impl->memory().expects = std::move(*expects);
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

StopReason Session::run(const RunLimits& limits) {
  const WallClock::time_point begin = WallClock::now();
  std::optional<scenario::Condition> condition;
  if (!limits.stop_condition.empty()) {
    if (Result<scenario::Condition> parsed = scenario::parse_condition(limits.stop_condition, impl_->names())) {
      condition = std::move(*parsed);
    }
  }
  for (std::uint64_t count = 1;; ++count) {
    const std::int64_t broken = impl_->run().invariants.broken;
    if (!impl_->step(limits.until)) {
      impl_->shown_until = std::min(limits.until, impl_->end());
      return limits.until < impl_->end() ? StopReason::kTimeReached : StopReason::kNothingLeft;
    }
    if (pause_on_break && impl_->run().invariants.broken > broken) {
      return StopReason::kInvariantBroken;
    }
    if (limits.stop_at_beat_rank && last_beat_rank() <= *limits.stop_at_beat_rank) {
      return StopReason::kBeat;
    }
    if (condition && scenario::holds(*condition, RunReader(impl_->run()))) {
      return StopReason::kCondition;
    }
    if (limits.wall_budget != Duration::max() && count % 16 == 0 && WallClock::now() - begin >= limits.wall_budget) {
      return StopReason::kBudgetSpent;
    }
  }
}

/// Rank of the most notable beat of the event at the playhead; INT32_MAX if it has none.
std::int32_t Session::last_beat_rank() const {
  const Chunked<view::Beat>& beats = impl_->memory().log.beats();
  const std::uint64_t now = event();
  std::int32_t rank = INT32_MAX;
  auto after = std::upper_bound(beats.begin(), beats.end(), now,
                                [](std::uint64_t e, const view::Beat& beat) { return e < beat.event; });
  while (after != beats.begin()) {
    --after;
    if (after->event != now) {
      break;
    }
    rank = std::min(rank, after->rank);
  }
  return rank;
}

bool Session::step() { return impl_->step(SimTime::max()); }

bool Session::step_back() {
  if (event() == 0) {
    return false;
  }
  impl_->seek(event() - 1);
  return true;
}

void Session::seek_event(std::uint64_t wanted) {
  Timeline<Run>& timeline = impl_->timeline;
  if (wanted <= timeline.branch().end_event) {
    impl_->seek(wanted);
    return;
  }
  impl_->seek(timeline.branch().end_event);
  while (event() < wanted && impl_->step(SimTime::max())) {
  }
}

void Session::seek_time(SimTime time) {
  Timeline<Run>& timeline = impl_->timeline;
  if (time < timeline.state().now()) {
    // Rows say which event was the last at or before that time; without rows the beats come close and steps do the rest.
    const Chunked<LoggedEvent>& rows = impl_->memory().log.rows();
    std::uint64_t target = 0;
    if (!rows.empty()) {
      auto after = std::upper_bound(rows.begin(), rows.end(), time,
                                    [](SimTime t, const LoggedEvent& row) { return t < row.time; });
      target = after == rows.begin() ? 0 : (after - 1)->number;
    }
    impl_->seek(target);
    impl_->shown_until = time;
    return;
  }
  while (impl_->step(time)) {
  }
  impl_->shown_until = std::min(time, impl_->end());
}

bool Session::step_beat(bool forward, std::int32_t rank) {
  if (!forward) {
    const Chunked<view::Beat>& beats = impl_->memory().log.beats();
    for (std::size_t i = beats.size(); i > 0; --i) {
      if (beats[i - 1].event < event() && beats[i - 1].rank <= rank) {
        impl_->seek(beats[i - 1].event);
        return true;
      }
    }
    const bool moved = event() > 0;
    impl_->seek(0);
    return moved;
  }
  while (impl_->step(SimTime::max())) {
    if (last_beat_rank() <= rank) {
      return true;
    }
  }
  return false;
}

bool Session::step_visible(bool forward, const view::Interest& interest) {
  const Result<scenario::EventFilter> filter = scenario::parse_event_filter(interest.event_filter);
  const auto is_visible = [&]() {
    const Chunked<LoggedEvent>& rows = impl_->memory().log.rows();
    if (!filter || event() == 0 || event() > rows.size()) {
      return true;
    }
    return view::is_visible(*impl_, rows[event() - 1], *filter);
  };
  const Chunked<LoggedEvent>& rows = impl_->memory().log.rows();
  if (!forward && filter && event() > 0 && event() <= rows.size()) {
    // What lies behind is written down: look for the row, then go there at once.
    std::uint64_t target = event() - 1;
    while (target > 0 && !view::is_visible(*impl_, rows[target - 1], *filter)) {
      --target;
    }
    impl_->seek(target);
    return target > 0;
  }
  while (forward ? step() : step_back()) {
    if (is_visible()) {
      return true;
    }
  }
  return false;
}

SimTime Session::now() const { return impl_->playhead(); }
std::uint64_t Session::event() const { return impl_->run().event_count(); }
std::uint64_t Session::fingerprint() const { return impl_->run().world.fingerprint(); }

SimTime Session::next_event_time() const {
  const auto next = impl_->run().world.peek();
  return next && next->time <= impl_->end() ? next->time : SimTime::max();
}

namespace {

/// The acts of a line that joins several by semicolons.
std::vector<std::string> joined_acts(const std::string& line) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= line.size();) {
    const std::size_t end = std::min(line.find(';', from), line.size());
    if (line.find_first_not_of(' ', from) < end) {
      out.push_back(line.substr(from, end - from));
    }
    from = end + 1;
  }
  return out.empty() ? std::vector<std::string>{line} : out;
}

}  // namespace

Result<std::monostate> Session::post_script(const std::string& line) {
  std::vector<scenario::Input> all;
  std::vector<ScriptEntry> entries;
  std::string reason;
  for (const std::string& one : joined_acts(line)) {
    Result<scenario::Action> action = scenario::parse_action(one, impl_->names());
    if (!action) {
      return action.error();
    }
    Result<std::vector<scenario::Input>> inputs = scenario::to_inputs(*action, impl_->run().world.registry());
    if (!inputs) {
      return inputs.error();
    }
    bool is_first = true;
    for (scenario::Input& input : *inputs) {
      ScriptEntry entry;
      entry.time = now();
      entry.input = input;
      entry.text = is_first ? scenario::to_text(*action) : std::string();
      entry.sentence = scenario::to_sentence(*action);
      entry.is_by_hand = true;
      entry.after_event = event();
      entry.is_setup = !is_first;
      entries.push_back(std::move(entry));
      all.push_back(std::move(input));
      is_first = false;
    }
    reason += (reason.empty() ? "" : "; ") + scenario::to_text(*action);
  }
  const std::uint64_t at = event();
  const SimTime time = now();
  BranchMemory memory = impl_->memory();
  memory.log.cut(at, std::max(time, impl_->run().world.earliest_act()));
  memory.health.go_on_from(impl_->run());
  for (ExpectState& state : memory.expects) {
    if (state.decided_at > at) {
      state.verdict = view::Verdict::kNotDecidable;
      state.detail.clear();
    }
  }
  for (ScriptEntry& entry : entries) {
    memory.log.add_script(std::move(entry));
  }
  impl_->timeline.act(std::move(all), time, reason);
  impl_->memories.push_back(std::move(memory));
  impl_->undone.clear();
  return std::monostate{};
}

bool Session::undo() {
  const auto& branch = impl_->timeline.branch();
  if (branch.parent < 0) {
    return false;
  }
  impl_->undone.push_back(impl_->timeline.current());
  const SimTime moment = branch.forked_at_time;
  impl_->timeline.switch_to(branch.parent, branch.forked_at);
  impl_->shown_until = moment;
  return true;
}

bool Session::can_undo() const { return impl_->timeline.branch().parent >= 0; }
bool Session::can_redo() const { return !impl_->undone.empty(); }

bool Session::redo() {
  if (impl_->undone.empty()) {
    return false;
  }
  const std::int32_t target = impl_->undone.back();
  impl_->undone.pop_back();
  impl_->timeline.switch_to(target, impl_->timeline.branches()[static_cast<std::size_t>(target)].forked_at);
  impl_->shown_until = impl_->timeline.branch().forked_at_time;
  return true;
}

void Session::switch_branch(std::int32_t branch) {
  if (branch >= 0 && static_cast<std::size_t>(branch) < impl_->timeline.branches().size()) {
    impl_->timeline.switch_to(branch, event());
    impl_->shown_until = SimTime{};
    impl_->undone.clear();
  }
}

std::shared_ptr<const view::Snapshot> Session::snapshot(const view::Interest& interest) const {
  return view::build(*impl_, interest);
}

scenario::Scenario Session::branch_scenario() const {
  scenario::Scenario out = impl_->scenario;
  out.seed = impl_->seed;
  out.actions = impl_->memory().actions;
  return out;
}

std::string Session::save() const {
  scenario::Scenario saved = branch_scenario();
  for (const auto& act : impl_->timeline.branch().acts) {
    for (const std::string& one : joined_acts(act.text)) {
      if (const Result<scenario::Action> action = scenario::parse_action(one, impl_->names())) {
        saved.actions.push_back({act.time, *action, 0});
      }
    }
  }
  std::stable_sort(saved.actions.begin(), saved.actions.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  return scenario::save(saved);
}

std::vector<PostedAct> Session::posted() const {
  std::vector<PostedAct> posted;
  for (const auto& act : impl_->timeline.branch().acts) {
    if (!act.text.empty()) {
      posted.push_back({act.after_event, act.time, act.text});
    }
  }
  return posted;
}

Result<bool> Session::check(const std::string& condition) const {
  Result<scenario::Condition> parsed = scenario::parse_condition(condition, impl_->names());
  if (!parsed) {
    return parsed.error();
  }
  return scenario::holds(*parsed, RunReader(impl_->run()));
}

std::vector<view::Beat> Session::beats(std::int32_t rank) const {
  std::vector<view::Beat> out;
  for (const view::Beat& beat : impl_->memory().log.beats()) {
    if (beat.rank <= rank) {
      out.push_back(beat);
    }
  }
  return out;
}

std::vector<view::ExpectRow> Session::expects() const { return view::build_expects(*impl_); }
std::vector<view::InvariantRow> Session::invariant_rows() const { return view::build_invariants(*impl_); }
const scenario::Scenario& Session::scenario() const { return impl_->scenario; }
std::uint64_t Session::seed() const { return impl_->seed; }
const sim::World& Session::world() const { return impl_->run().world; }
void Session::set_observer(sim::Observer* observer) { impl_->observer = observer; }
std::vector<ActionOffer> Session::offers(const view::EntityRef& entity) const { return make_offers(*impl_, entity); }

}  // namespace kscope::session
