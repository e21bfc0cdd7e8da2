#include <fmt/format.h>

#include "sim/check/group_records.h"

namespace kscope::sim {
namespace {

/// Two members with the same group.instance.id; empty: there are none such. Cost: O(members x log).
std::string doubled(const CheckContext& c, const GroupCoordinator& coordinator) {
  FlatMap<std::string, MemberId> holders;
  std::string fault;
  const auto take = [&](MemberId id, const std::string& instance_id) {
    const auto [holder, is_first] =
        instance_id.empty() ? std::pair{holders.end(), true} : holders.try_emplace(instance_id, id);
    if (!is_first) {
      fault = fmt::format("group {}: {} is the group.instance.id of member {} of {} and of member {} of {}",
                          group_name(c, c.note.group), instance_id, holder->second.serial,
                          client_name(c, holder->second), id.serial, client_name(c, id));
    }
  };
  if (const consumer_group::ConsumerGroup* consumers = coordinator.find_consumer_group(c.note.group)) {
    for (const auto& [id, member] : consumers->members) {
      take(id, member.metadata.instance_id.value_or(""));
    }
  } else if (const Group* group = coordinator.find(c.note.group)) {
    for (const auto& [id, member] : group->members) {
      take(id, member.group_instance_id);
    }
  }
  return fault;
}

}  // namespace

/// Who comes back with a group.instance.id takes the place of the member that had it (KIP-345).
Finding check_one_static_member(const CheckContext& c) {
  const GroupCoordinator* coordinator = acting_coordinator(c);
  if (coordinator == nullptr) {
    return Finding::not_asked();
  }
  std::string fault = doubled(c, *coordinator);
  return fault.empty() ? Finding::fine() : Finding::broken(std::move(fault));
}

}  // namespace kscope::sim
