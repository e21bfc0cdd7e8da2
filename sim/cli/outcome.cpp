#include "sim/cli/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/cli/terminal.h"

namespace kscope::cli {
namespace {

using view::Verdict;

struct VerdictWord {
  std::string_view sign;
  std::string_view word;
  Colour colour;
};
VerdictWord verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds: return {"ok", "holds", Colour::kGood};
    case Verdict::kBroken: return {"BROKEN", "broken", Colour::kBad};
    case Verdict::kNotDecidable: return {"open", "open", Colour::kDim};
    case Verdict::kPermitted: return {"permitted", "permitted", Colour::kWarning};
  }
  return {"?", "?", Colour::kPlain};
}

std::string line_of(Verdict verdict, const std::string& text, const std::string& detail, bool is_coloured) {
  const VerdictWord word = verdict_word(verdict);
  std::string out = fmt::format("  {} {}", coloured(fmt::format("{:<9}", word.sign), word.colour, is_coloured), text);
  if (!detail.empty() && verdict != Verdict::kHolds) {
    out += fmt::format("\n            {}", detail);
  }
  return out + "\n";
}

std::string seconds_text(SimTime time) {
  const std::int64_t ms = millis(time.time_since_epoch());
  return fmt::format("{}.{:03} s", ms / 1000, ms % 1000);
}

}  // namespace

bool Outcome::held() const {
  const auto is_broken = [](const auto& row) { return row.verdict == Verdict::kBroken; };
  return std::none_of(expects.begin(), expects.end(), is_broken) &&
         std::none_of(invariants.begin(), invariants.end(), is_broken);
}

Outcome outcome_of(const OpenRun& run, Ending ending) {
  const session::Session& session = *run.session;
  Outcome outcome;
  outcome.path = run.scenario.path;
  outcome.title = run.scenario.title;
  outcome.seed = session.seed();
  outcome.time = session.now();
  outcome.events = session.event();
  outcome.fingerprint = session.fingerprint();
  outcome.is_interrupted = ending == Ending::kInterrupted;
  outcome.expects = session.expects();
  for (const scenario::Expect& expect : run.postponed) {
    view::ExpectRow row;
    row.text = scenario::to_text(expect);
    row.verdict = Verdict::kNotDecidable;
    row.detail = "the run ends before";
    outcome.expects.push_back(std::move(row));
  }
  outcome.invariants = session.invariant_rows();
  view::Interest interest;
  interest.events = false;
  interest.cells_per_replica = 0;
  const std::shared_ptr<const view::Snapshot> snapshot = session.snapshot(interest);
  outcome.health = snapshot->health;
  for (const view::Node& node : snapshot->nodes) {
    outcome.sent += node.sent_count;
    outcome.acked += node.acked_count;
    outcome.failed += node.failed_count;
    outcome.processed += node.processed_count;
  }
  return outcome;
}

std::string to_text(const Outcome& outcome, bool is_coloured) {
  std::string out = fmt::format("{}\n", coloured(outcome.title, Colour::kBold, is_coloured));
  out += fmt::format("  seed {}, {} simulated, {} events, fingerprint {:016x}{}\n", outcome.seed,
                     seconds_text(outcome.time), outcome.events, outcome.fingerprint,
                     outcome.is_interrupted ? coloured("  interrupted", Colour::kWarning, is_coloured) : "");
  out += fmt::format("  records: {} sent, {} acknowledged, {} given up, {} processed; lag {}\n", outcome.sent,
                     outcome.acked, outcome.failed, outcome.processed, outcome.health.lag);
  out += fmt::format("  {}\n", outcome.health.text);
  if (!outcome.expects.empty()) {
    out += "Expected:\n";
    for (const view::ExpectRow& row : outcome.expects) {
      out += line_of(row.verdict, row.text, row.detail, is_coloured);
    }
  }
  std::string broken;
  std::size_t holding = 0;
  std::size_t open = 0;
  for (const view::InvariantRow& row : outcome.invariants) {
    if (row.verdict == Verdict::kBroken || row.verdict == Verdict::kPermitted) {
      broken += line_of(row.verdict, fmt::format("{} {}: {}", row.id, row.name, row.text),
                        fmt::format("{} times, first at {} (event {}): {}", row.count, clock_text(row.first_time),
                                    row.first_event, row.detail),
                        is_coloured);
    } else {
      ++(row.verdict == Verdict::kNotDecidable ? open : holding);
    }
  }
  out += fmt::format("Invariants: {} of {} put to the test hold", holding, outcome.invariants.size() - open);
  out += (open == 0 ? "" : fmt::format("; {} had no occasion", open)) + "\n" + broken;
  return out;
}

std::string to_json(const Outcome& outcome) {
  using nlohmann::ordered_json;
  ordered_json json;
  json["scenario"] = outcome.path;
  json["title"] = outcome.title;
  json["seed"] = outcome.seed;
  json["time_ns"] = nanos(outcome.time);
  json["events"] = outcome.events;
  json["fingerprint"] = fmt::format("{:016x}", outcome.fingerprint);
  json["held"] = outcome.held();
  json["interrupted"] = outcome.is_interrupted;
  json["records"] = {{"sent", outcome.sent},
                     {"acked", outcome.acked},
                     {"failed", outcome.failed},
                     {"processed", outcome.processed},
                     {"acked_lost", outcome.health.acked_lost},
                     {"duplicates", outcome.health.duplicates}};
  json["health"] = {{"text", outcome.health.text},
                    {"under_replicated", outcome.health.under_replicated},
                    {"offline", outcome.health.offline},
                    {"under_min_isr", outcome.health.under_min_isr},
                    {"lag", outcome.health.lag}};
  json["expects"] = ordered_json::array();
  for (const view::ExpectRow& row : outcome.expects) {
    json["expects"].push_back(
        {{"text", row.text}, {"verdict", verdict_word(row.verdict).word}, {"detail", row.detail}});
  }
  json["invariants"] = ordered_json::array();
  for (const view::InvariantRow& row : outcome.invariants) {
    json["invariants"].push_back({{"id", row.id},
                                  {"name", row.name},
                                  {"verdict", verdict_word(row.verdict).word},
                                  {"count", row.count},
                                  {"first_event", row.first_event},
                                  {"first_time_ns", nanos(row.first_time)},
                                  {"detail", row.detail}});
  }
  // Texts come from the model and from files: what is no UTF-8 must not end the program.
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string clock_text(SimTime time) {
  const std::int64_t ms = millis(time.time_since_epoch());
  return fmt::format("{:02}:{:02}.{:03}", ms / 60'000, ms / 1000 % 60, ms % 1000);
}

std::string story_text(const std::vector<view::Beat>& beats, bool is_coloured) {
  std::string out;
  for (const view::Beat& beat : beats) {
    Colour colour = Colour::kPlain;
    if (beat.kind == view::BeatKind::kFault) {
      colour = Colour::kWarning;
    } else if (beat.kind == view::BeatKind::kInvariant || beat.kind == view::BeatKind::kError) {
      colour = Colour::kBad;
    } else if (beat.rank == 0) {
      colour = Colour::kBold;
    }
    out += fmt::format("{}  {}\n", coloured(clock_text(beat.time), Colour::kDim, is_coloured),
                       coloured(beat.text, colour, is_coloured));
  }
  return out;
}

}  // namespace kscope::cli
