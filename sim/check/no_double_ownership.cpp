#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

/// Whether the coordinator has the owner in this generation, and the owner, which waits for its assignment, has not given the
/// partition up: it reads on meanwhile (KIP-429).
bool reads_on_in(const CheckContext& c, NodeId owner, std::int64_t generation) {
  const Role* role = c.world.role(owner);
  const Consumer* consumer = role == nullptr ? nullptr : std::get_if<Consumer>(role);
  if (consumer == nullptr || consumer->fetcher.find(c.note.partition) == nullptr ||
      (consumer->membership.state != MemberState::PREPARING_REBALANCE &&
       consumer->membership.state != MemberState::COMPLETING_REBALANCE)) {
    return false;
  }
  return std::any_of(c.registry().broker_nodes.begin(), c.registry().broker_nodes.end(), [&](NodeId node) {
    const Broker* broker = c.broker(node);
    const Group* group = broker == nullptr ? nullptr : broker->groups.find(c.note.group);
    return group != nullptr && group->generation.value == generation && group->has(consumer->membership.member);
  });
}

}  // namespace

/// Nobody takes a partition that another member of the same generation has: it got it in that one, or has kept it.
Finding check_no_double_ownership(const CheckContext& c) {
  const bool is_by_hand = c.note.a < 0;  // that is nobody's business but the application's
  if (c.note.kind != NoteKind::kPartitionAssigned || is_by_hand) {
    return Finding::not_asked();
  }
  if (c.registry().consumer(c.event.node).config.offsets_storage == OffsetsStorage::ZOOKEEPER) {
    return Finding::
        not_asked();  // old consumers own a partition by an ephemeral znode: one that is cut off does not know
  }
  const GroupWatch& group = c.watch.groups().at(static_cast<std::size_t>(c.note.group.value));
  const auto owner = group.owners.find(c.note.partition);
  const auto generation = group.owner_generation.find(c.note.partition);
  if (owner == group.owners.end() || owner->second == c.event.node || generation == group.owner_generation.end() ||
      !c.world.process(owner->second).is_up ||
      (generation->second != c.note.a && !reads_on_in(c, owner->second, c.note.a))) {
    return Finding::fine();
  }
  std::string detail = fmt::format("{}: {} and {} both own it in generation {}", c.partition(),
                                   c.node_name(owner->second), c.node_name(c.event.node), c.note.a);
  return c.watch.may_have_lost_groups() ? Finding::permitted(std::move(detail)) : Finding::broken(std::move(detail));
}

}  // namespace kscope::sim
