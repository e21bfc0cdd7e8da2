#include "sim/record/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sim/explain/beats.h"
#include "sim/record/name_table.h"
#include "sim/record/trace_event.h"
#include "sim/world/cluster.h"

namespace kscope::record {
namespace {

/// Compares each event with the recorded one of its number; after the first difference it looks at nothing more.
class TraceComparer final : public sim::Observer {
 public:
  TraceComparer(Reader& reader, std::vector<PeriodicFingerprint> fingerprints)
      : reader_(reader), fingerprints_(std::move(fingerprints)) {}

  void on_event(const sim::World& world, const sim::Event& event) override {
    if (is_over()) {
      return;
    }
    const TraceEvent* was = recorded(event.number);
    if (was == nullptr) {
      return;
    }
    const TraceEvent is = trace_event(event);
    if (*was != is) {
      differs(reader_.names().sentence(*was), NameTable::of(world.registry()).sentence(is));
      return;
    }
    if (next_fingerprint_ < fingerprints_.size() && fingerprints_[next_fingerprint_].event == event.number) {
      const std::uint64_t wanted = fingerprints_[next_fingerprint_].value;
      ++next_fingerprint_;
      if (world.fingerprint() != wanted) {
        differs_in_fingerprint(event.number, wanted, world.fingerprint());
        return;
      }
    }
    same_ = event.number;
  }

  void differs(std::string was, std::string is) {
    was_ = std::move(was);
    is_ = std::move(is);
  }
  void differs_in_fingerprint(std::uint64_t event, std::uint64_t was, std::uint64_t is) {
    differs(fmt::format("fingerprint {} after event {}", hexadecimal(was), event),
            fmt::format("fingerprint {} after event {}", hexadecimal(is), event));
  }
  /// The recorded event of this number; nullptr when the recording has none, which problem() explains if it should.
  const TraceEvent* recorded(std::uint64_t number) {
    if (number > reader_.last_event()) {
      return nullptr;
    }
    if (chunk_.empty() || number < chunk_.front().number || number > chunk_.back().number) {
      Result<std::vector<TraceEvent>> chunk = reader_.chunk_at(number);
      if (!chunk) {
        problem_ = chunk.error();
        return nullptr;
      }
      if (chunk->empty() || chunk->front().number > number) {
        problem_ = Error{fmt::format("its event {} is missing", number), reader_.path(), 0};
        return nullptr;
      }
      chunk_ = std::move(*chunk);
    }
    return &chunk_[number - chunk_.front().number];
  }

  [[nodiscard]] bool is_over() const { return is_different() || problem_.has_value(); }
  [[nodiscard]] bool is_different() const { return !was_.empty(); }
  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }
  [[nodiscard]] std::uint64_t same() const { return same_; }
  [[nodiscard]] const std::string& was() const { return was_; }
  [[nodiscard]] const std::string& is() const { return is_; }

 private:
  Reader& reader_;
  std::vector<PeriodicFingerprint> fingerprints_;
  std::size_t next_fingerprint_ = 0;
  std::vector<TraceEvent> chunk_;
  std::optional<Error> problem_;
  std::uint64_t same_ = 0;
  std::string was_;
  std::string is_;
};

/// Whether the two runs end alike, once all events that both have are the same.
void compare_ends(Reader& reader, const Rerun& rerun, TraceComparer& comparer) {
  const session::Session& session = *rerun.session;
  if (rerun.refused) {
    comparer.differs(fmt::format("\"{}\" is done after event {}", rerun.refused->text, rerun.refused->after_event),
                     rerun.problem);
    return;
  }
  if (session.event() < reader.last_event()) {
    if (const TraceEvent* next = comparer.recorded(session.event() + 1)) {
      comparer.differs(reader.names().sentence(*next),
                       fmt::format("nothing happens any more after event {}", session.event()));
    }
    return;
  }
  if (reader.is_complete() && session.fingerprint() != reader.end().fingerprint) {
    comparer.differs_in_fingerprint(session.event(), reader.end().fingerprint, session.fingerprint());
  }
}

}  // namespace

Result<Replay> replay(Reader& reader, const RerunProgress& progress) {
  Result<std::vector<HandCommand>> commands = reader.commands();
  if (!commands) {
    return commands.error();
  }
  Result<std::vector<PeriodicFingerprint>> fingerprints = reader.fingerprints();
  if (!fingerprints) {
    return fingerprints.error();
  }
  TraceComparer comparer(reader, std::move(*fingerprints));
  RerunPlan plan;
  plan.info = reader.info();
  // What is wrong with the scenario is wrong in the recording, not in the file that it came from.
  plan.info.scenario_path = reader.path() + " (scenario)";
  plan.commands = std::move(*commands);
  plan.last_event = reader.last_event();
  plan.progress = progress;
  plan.is_over = [&comparer] { return comparer.is_over(); };
  Result<Rerun> rerun = record::rerun(plan, comparer);
  if (!rerun) {
    return rerun.error();
  }
  Replay out;
  const bool was_stopped = rerun->was_stopped && !comparer.is_over();
  if (!was_stopped && !comparer.is_over()) {
    compare_ends(reader, *rerun, comparer);
  }
  if (comparer.problem()) {
    return *comparer.problem();
  }
  out.verdict = was_stopped               ? Replay::Verdict::kStopped
                : comparer.is_different() ? Replay::Verdict::kDifferent
                                          : Replay::Verdict::kSame;
  out.same_events = comparer.same();
  out.recorded = comparer.was();
  out.replayed = comparer.is();
  out.session = std::move(rerun->session);
  return out;
}

}  // namespace kscope::record
