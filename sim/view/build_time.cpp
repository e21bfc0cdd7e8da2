// Time: playhead, caption, next event, beats, branches, script, checks, and the events table.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/view/build.h"

namespace kscope::view {
namespace {

bool begins_with_vowel(const std::string& word) {
  return !word.empty() && std::string_view("AEIOaeio").find(word[0]) != std::string_view::npos;
}

NextEvent next_event(const Inside& inside) {
  const sim::World& world = inside.run().world;
  NextEvent out;
  const std::optional<PendingEvent> next = world.peek();
  if (!next || next->time > inside.end()) {
    out.text = "Nothing is left before the end of the scenario.";
    return out;
  }
  out.exists = true;
  out.time = next->time;
  const std::string node = node_name(world.registry(), next->node);
  const std::string peer = node_name(world.registry(), next->peer);
  const std::string type = session::event_type(next->kind, next->what);
  switch (next->kind) {
    case EventKind::kDelivery:
      out.text = fmt::format("{} gets {} {} from {}", node, begins_with_vowel(type) ? "an" : "a", type, peer);
      out.about = {EntityKind::kMessage, static_cast<std::int64_t>(next->message), -1, -1};
      break;
    case EventKind::kTimer: out.text = fmt::format("{}: {}", node, type); break;
    case EventKind::kDiskDone: out.text = fmt::format("{}: a flush ends", node); break;
    case EventKind::kDisconnect: out.text = fmt::format("{} sees its connection to {} close", node, peer); break;
    case EventKind::kStart: out.text = fmt::format("{} starts", node); break;
    case EventKind::kCommand:
    case EventKind::kFault: out.text = fmt::format("script: {} {}", type, node == "-" ? "" : node); break;
  }
  if (!out.about.is_set()) {
    out.about = {EntityKind::kNode, next->node.value, -1, -1};
  }
  return out;
}

/// Beats of the timeline: the notable ones of the whole branch, the others near the playhead; and the caption.
void add_beats(const Inside& inside, Snapshot& out) {
  constexpr std::size_t kMostNotable = 4000;
  constexpr std::size_t kNear = 300;
  const auto& notable = inside.memory().log.notable_beats();
  const auto& all = inside.memory().log.beats();
  const std::size_t first = notable.size() > kMostNotable ? notable.size() - kMostNotable : 0;
  for (std::size_t i = first; i < notable.size(); ++i) {
    out.beats.push_back(notable[i]);
  }
  const auto after = static_cast<std::size_t>(
      std::upper_bound(all.begin(), all.end(), out.event,
                       [](std::uint64_t event, const Beat& beat) { return event < beat.event; }) -
      all.begin());
  const std::size_t begin = after > kNear ? after - kNear : 0;
  for (std::size_t i = begin; i < std::min(all.size(), after + kNear); ++i) {
    if (all[i].rank == 2) {
      out.beats.push_back(all[i]);
    }
    if (i < after && all[i].rank <= 2) {
      out.caption = all[i].text;
      out.caption_about = all[i].about;
    }
  }
  std::stable_sort(out.beats.begin(), out.beats.end(), [](const Beat& a, const Beat& b) { return a.event < b.event; });
}

/// The ribbon: what held from one mark to the next.
void add_health(const Inside& inside, Snapshot& out) {
  constexpr std::size_t kMost = 2000;
  const auto& marks = inside.memory().health.marks();
  const std::size_t first = marks.size() > kMost ? marks.size() - kMost : 0;
  for (std::size_t i = first; i < marks.size(); ++i) {
    const SimTime until = i + 1 < marks.size() ? marks[i + 1].time : std::max(out.end_time, marks[i].time);
    if (until > marks[i].time || i + 1 == marks.size()) {
      out.health_over_time.push_back({marks[i].time, until, marks[i].state});
    }
  }
}

}  // namespace

void build_time(const Inside& inside, Snapshot& out) {
  const session::Run& run = inside.run();
  const auto& branches = inside.timeline.branches();
  out.title = inside.scenario.title;
  out.scenario = scenario::short_name(inside.scenario);
  out.seed = inside.seed;
  out.rules = fmt::format("{}", fmt::join(run.world.registry().rules.changes(), ", "));
  out.simplifications = simplifications();
  out.now = inside.playhead();
  out.event = run.event_count();
  out.end_time = std::max(inside.timeline.branch().end_time, inside.playhead());
  out.end_event = inside.timeline.branch().end_event;
  out.next = next_event(inside);
  out.is_finished = !out.next.exists;
  add_beats(inside, out);
  for (std::size_t i = 0; i < branches.size(); ++i) {
    Branch branch;
    branch.branch = static_cast<std::int32_t>(i);
    branch.parent = branches[i].parent;
    branch.forked_at_event = branches[i].forked_at;
    branch.forked_at = branches[i].forked_at_time;
    branch.end_event = branches[i].end_event;
    branch.end_time = branches[i].end_time;
    branch.name = i == 0 ? "main" : fmt::format("main/{}", i + 1);
    branch.reason = branches[i].reason;
    branch.is_current = static_cast<std::int32_t>(i) == inside.timeline.current();
    out.branches.push_back(std::move(branch));
  }
  add_health(inside, out);
  const std::vector<session::ScriptEntry>& script = inside.memory().log.script();
  for (std::size_t i = 0; i < script.size(); ++i) {
    const session::ScriptEntry& entry = script[i];
    if (entry.is_setup) {
      continue;
    }
    ScriptLine line;
    line.line = i;
    line.is_off = entry.is_off;
    line.time = entry.time;
    line.text = entry.text;
    line.event = entry.event;
    line.is_done = entry.event != 0 && entry.event <= out.event;
    line.is_by_hand = entry.is_by_hand;
    out.script.push_back(std::move(line));
  }
  std::stable_sort(out.script.begin(), out.script.end(),
                   [](const ScriptLine& a, const ScriptLine& b) { return a.time < b.time; });
  out.invariants = build_invariants(inside);
  out.expects = build_expects(inside);
}

std::vector<InvariantRow> build_invariants(const Inside& inside) {
  std::vector<InvariantRow> rows;
  const auto& state = inside.run().invariants;
  for (std::size_t i = 0; i < sim::invariants().size(); ++i) {
    const sim::Invariant& invariant = sim::invariants()[i];
    InvariantRow row;
    row.id = invariant.id;
    row.name = invariant.name;
    row.text = invariant.text;
    if (!invariant.condition.empty()) {
      row.text += " Promised with: " + std::string(invariant.condition) + ".";
    }
    row.verdict = state.rows[i].broken > 0      ? Verdict::kBroken
                  : state.rows[i].permitted > 0 ? Verdict::kPermitted
                  : state.rows[i].checked == 0  ? Verdict::kNotDecidable
                                                : Verdict::kHolds;
    row.first_event = state.rows[i].first_event;
    row.first_time = state.rows[i].first_time;
    row.count = state.rows[i].broken > 0 ? state.rows[i].broken : state.rows[i].permitted;
    row.detail = row.verdict == Verdict::kNotDecidable ? state.rows[i].excuse : state.rows[i].detail;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<ExpectRow> build_expects(const Inside& inside) {
  std::vector<ExpectRow> rows;
  for (const session::ExpectState& state : inside.memory().expects) {
    ExpectRow row;
    row.text = scenario::to_text(state.expect);
    row.words = state.expect.text;
    const bool is_known = state.decided_at <= inside.run().event_count();
    row.verdict = is_known ? state.verdict : Verdict::kNotDecidable;
    row.detail = is_known ? state.detail : "";
    rows.push_back(std::move(row));
  }
  return rows;
}

EventRow event_row(const Inside& inside, const session::LoggedEvent& row) {
  const sim::Registry& registry = inside.run().world.registry();
  EventRow out;
  out.number = row.number;
  out.time = row.time;
  out.cause = row.cause;
  out.type = session::event_type(row.kind, row.what);
  out.summary = row.summary;
  out.size_bytes = row.size_bytes;
  out.is_beat = row.is_beat;
  out.is_error = row.is_error;
  out.is_future = row.number > inside.run().event_count();
  out.to = node_name(registry, row.node);
  switch (row.kind) {
    case EventKind::kDelivery:
      out.from = node_name(registry, row.peer);
      out.family = session::message_family(row.what);
      break;
    case EventKind::kDisconnect: out.from = node_name(registry, row.peer); break;
    case EventKind::kFault:
    case EventKind::kCommand: out.from = "script"; break;
    default: out.from = out.to; break;
  }
  return out;
}

bool is_visible(const Inside& inside, const session::LoggedEvent& row, const scenario::EventFilter& filter) {
  if (filter.nodes.empty()) {
    return true;
  }
  const EventRow text = event_row(inside, row);
  return scenario::passes(
      filter, {text.number, text.time, text.from, text.to, text.type, text.summary, text.cause, text.size_bytes});
}

namespace {

/// Looks at the rows that are new since the last time; all of the last kLooked when filter or branch are others.
const session::EventMatches& update_matches(const Inside& inside, const Interest& interest,
                                            const scenario::EventFilter& filter) {
  constexpr std::size_t kLooked = 200'000;
  const auto& rows = inside.memory().log.rows();
  session::EventMatches& matches = inside.matches;
  const std::int32_t branch = inside.timeline.current();
  if (matches.branch != branch || matches.filter != interest.event_filter ||
      matches.beats_only != interest.beats_only || matches.looked > rows.size()) {
    matches = {
        branch, interest.event_filter, interest.beats_only, rows.size() > kLooked ? rows.size() - kLooked : 0, {}};
  }
  for (; matches.looked < rows.size(); ++matches.looked) {
    const session::LoggedEvent& row = rows[matches.looked];
    if ((row.is_beat || !interest.beats_only) && is_visible(inside, row, filter)) {
      matches.rows.push_back(matches.looked);
    }
  }
  return matches;
}

std::ptrdiff_t brokers_that_are(const Snapshot& snapshot, NodeStatus status) {
  return std::count_if(snapshot.nodes.begin(), snapshot.nodes.end(),
                       [status](const Node& node) { return node.role == NodeRole::kBroker && node.status == status; });
}

// Topics that the scenario is to have, whether they are there yet or not.
bool has_topics(const Inside& inside) {
  const auto& topics = inside.run().world.registry().topics;
  return std::any_of(topics.begin(), topics.end(), [](const sim::TopicSetup& topic) { return !topic.is_internal; });
}

}  // namespace

void build_events(const Inside& inside, const Interest& interest, Snapshot& out) {
  const auto& rows = inside.memory().log.rows();
  const Result<scenario::EventFilter> filter = scenario::parse_event_filter(interest.event_filter);
  if (!filter) {
    out.filter_error = filter.error().text;
    return;
  }
  // Without a filter the number of a row says where it is.
  const std::vector<std::size_t>* shown =
      filter->nodes.empty() && !interest.beats_only ? nullptr : &update_matches(inside, interest, *filter).rows;
  const auto count = static_cast<std::int64_t>(shown == nullptr ? rows.size() : shown->size());
  const std::int64_t before_playhead =
      shown == nullptr
          ? static_cast<std::int64_t>(out.event)
          : std::lower_bound(shown->begin(), shown->end(), static_cast<std::size_t>(out.event)) - shown->begin();
  const auto page = static_cast<std::int64_t>(std::max(interest.events_count, 1));
  const std::int64_t wanted = interest.events_first >= 0 ? interest.events_first : before_playhead - page * 3 / 4;
  const std::int64_t first = std::clamp<std::int64_t>(wanted, 0, std::max<std::int64_t>(0, count - page));
  out.events_matching = static_cast<std::uint64_t>(count);
  out.events_first = static_cast<std::uint64_t>(first);
  for (std::int64_t i = first; i < std::min(first + page, count); ++i) {
    const auto at = static_cast<std::size_t>(i);
    out.events.push_back(event_row(inside, rows[shown == nullptr ? at : (*shown)[at]]));
  }
}

std::shared_ptr<const Snapshot> build(const Inside& inside, const Interest& interest) {
  auto out = std::make_shared<Snapshot>();
  build_time(inside, *out);
  build_nodes(inside, *out);
  build_partitions(inside, interest, *out);
  build_groups(inside, *out);
  build_network(inside, *out);
  if (interest.events) {
    build_events(inside, interest, *out);
  }
  out->inspection = build_inspection(inside, interest.selection, *out);
  for (const EntityRef& entity : interest.pinned) {
    out->pinned.push_back(build_inspection(inside, entity, *out));
  }
  Health& health = out->health;
  for (const InvariantRow& row : out->invariants) {
    if (row.verdict == Verdict::kBroken || (row.verdict == Verdict::kPermitted && health.verdict != Verdict::kBroken)) {
      health.verdict = row.verdict;
    }
  }
  if (health.verdict == Verdict::kBroken) {
    health.text = "an invariant is broken";
  } else if (health.acked_lost > 0) {
    health.text = fmt::format("{} acknowledged record{} lost", health.acked_lost, health.acked_lost == 1 ? "" : "s");
  } else if (health.offline > 0) {
    health.text = fmt::format("{} partition{} offline", health.offline, health.offline == 1 ? "" : "s");
  } else if (health.under_replicated > 0) {
    health.text = fmt::format("{} partition{} under-replicated", health.under_replicated,
                              health.under_replicated == 1 ? "" : "s");
  } else if (out->event == 0) {
    health.text = "Starting";  // nobody is down who was never up
  } else if (const auto down = brokers_that_are(*out, NodeStatus::kDown); down > 0) {
    health.text = fmt::format("{} broker{} down", down, down == 1 ? "" : "s");
  } else if (const auto starting = brokers_that_are(*out, NodeStatus::kStarting);
             starting > 0 && !out->partitions.empty()) {
    // The controller's view of the partitions is that of before: nobody who starts anew serves them yet.
    health.text = fmt::format("{} broker{} not registered", starting, starting == 1 ? "" : "s");
  } else if (!out->partitions.empty()) {
    health.text = "Healthy";
  } else {
    health.text = has_topics(inside) || starting > 0 ? "Starting" : "Healthy, no topics";
  }
  return out;
}

}  // namespace kscope::view
