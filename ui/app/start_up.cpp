// Opening a scenario: the start-up of the cluster is run through quickly, until there is something to watch.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "ui/app/app.h"
#include "ui/app/format.h"

namespace kscope::ui {
namespace {

constexpr Duration kStartUpLimit = 12s;  // simulated: what is not well by then is part of the story
constexpr Duration kStartUpWallLimit = 700ms;
constexpr Duration kStartUpSlice = 50ms;
constexpr Duration kBeforeFirstAction = 500ms;

constexpr std::int64_t kEnoughRecords = 6;  // acknowledged: then the logs have something to show

// Leaders are elected, groups are stable with all members that run, and some records of every producer are stored: a
// cluster at work.
bool is_settled(const view::Snapshot& s) {
  bool has_partition = false;
  for (const view::Partition& p : s.partitions) {
    if (!p.is_internal) {
      has_partition = true;
      if (p.leader < 0) {
        return false;
      }
    }
  }
  for (const view::Group& g : s.groups) {
    if (g.state != "Stable") {
      return false;
    }
  }
  for (const view::Node& n : s.nodes) {
    if (n.role == view::NodeRole::kProducer && n.status == view::NodeStatus::kUp && n.acked_count < kEnoughRecords) {
      return false;
    }
    if (n.role == view::NodeRole::kConsumer && n.status == view::NodeStatus::kStarting) {
      return false;
    }
  }
  return has_partition;
}

}  // namespace

// A booting cluster elects, registers and joins for seconds; a class wants to see records move. The start is not lost:
// Home goes back to it.
void App::run_through_start_up() {
  view::Interest look;
  look.cells_per_replica = 0;
  look.events = false;
  SimTime last = SimTime(kStartUpLimit);
  auto s = run_->snapshot(look);
  for (const view::ScriptLine& line : s->script) {
    last = std::min(last, line.time - kBeforeFirstAction);
  }
  const auto wall_start = std::chrono::steady_clock::now();
  const SimTime start = run_->now();
  session::RunLimits limits;
  limits.until = start;
  while (!is_settled(*s) && limits.until < last && std::chrono::steady_clock::now() - wall_start < kStartUpWallLimit) {
    limits.until = std::min(last, limits.until + kStartUpSlice);
    if (run_.change().run(limits) != session::StopReason::kTimeReached) {
      break;
    }
    s = run_->snapshot(look);
  }
  if (run_->now() > start + kStartUpSlice) {
    notify(fmt::format("The start-up of {} was run through quickly. Home goes back to it.",
                       span_text(run_->now() - start)),
           false);
  }
}

}  // namespace kscope::ui
