#include "sim/controller/leader_election.h"

#include <algorithm>

namespace kscope::sim {
namespace {

bool contains(const std::vector<BrokerId>& list, BrokerId broker) {
  return std::find(list.begin(), list.end(), broker) != list.end();
}

template <class Predicate>
std::vector<BrokerId> those(const std::vector<BrokerId>& list, Predicate predicate) {
  std::vector<BrokerId> out;
  std::copy_if(list.begin(), list.end(), std::back_inserter(out), predicate);
  return out;
}

ElectionOutcome outcome(const PartitionState& current, BrokerId leader, std::vector<BrokerId> isr, bool is_unclean) {
  ElectionOutcome result{current, is_unclean};
  result.state.leader = leader;
  result.state.isr = std::move(isr);
  ++result.state.leader_epoch;
  return result;
}

std::optional<ElectionOutcome> elect_offline(const ControllerContext& context, const PartitionState& current,
                                             bool allow_unclean) {
  const auto is_live = [&](BrokerId broker) { return context.is_live(broker); };
  for (const BrokerId replica : current.replicas) {
    if (is_live(replica) && contains(current.isr, replica)) {
      return outcome(current, replica, those(current.isr, is_live), false);
    }
  }
  if (allow_unclean) {
    for (const BrokerId replica : current.replicas) {
      if (is_live(replica)) {
        return outcome(current, replica, {replica}, true);
      }
    }
  }
  return std::nullopt;
}

std::optional<ElectionOutcome> elect_preferred(const ControllerContext& context, const PartitionState& current) {
  const BrokerId preferred = current.replicas.front();
  if (!context.is_live(preferred) || !contains(current.isr, preferred)) {
    return std::nullopt;
  }
  return outcome(current, preferred, current.isr, false);
}

std::optional<ElectionOutcome> elect_for_shutdown(const ControllerContext& context, const PartitionState& current) {
  const auto stays = [&](BrokerId broker) { return !context.shutting_down.contains(broker); };
  for (const BrokerId replica : current.replicas) {
    if (context.is_live(replica) && contains(current.isr, replica)) {
      return outcome(current, replica, those(current.isr, stays), false);
    }
  }
  return std::nullopt;
}

// The ISR stays: who leaves the replicas is taken out of it in a step of its own.
std::optional<ElectionOutcome> elect_for_reassignment(const ControllerContext& context, const PartitionState& current) {
  for (const BrokerId replica : current.replicas) {
    if (context.is_live(replica) && contains(current.isr, replica)) {
      return outcome(current, replica, current.isr, false);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<ElectionOutcome> elect_leader(ElectionStrategy strategy, const ControllerContext& context,
                                            const PartitionState& current, bool allow_unclean) {
  if (current.replicas.empty()) {
    return std::nullopt;
  }
  switch (strategy) {
    case ElectionStrategy::kOffline: return elect_offline(context, current, allow_unclean);
    case ElectionStrategy::kUnclean: return elect_offline(context, current, true);
    case ElectionStrategy::kPreferred: return elect_preferred(context, current);
    case ElectionStrategy::kControlledShutdown: return elect_for_shutdown(context, current);
    case ElectionStrategy::kReassign: return elect_for_reassignment(context, current);
  }
  return std::nullopt;
}

std::optional<PartitionState> remove_from_isr(const PartitionState& current, BrokerId broker) {
  if (!contains(current.isr, broker)) {
    return std::nullopt;
  }
  PartitionState state = current;
  if (state.isr.size() > 1) {
    state.isr = those(current.isr, [&](BrokerId member) { return member != broker; });
  }
  if (state.leader == broker) {
    state.leader = BrokerId{};
  }
  ++state.leader_epoch;
  return state;
}

}  // namespace kscope::sim
