#include <fmt/format.h>

#include <algorithm>

#include "sim/check/group_records.h"

namespace kscope::sim {
namespace {

/// Whether coordinators answer a commit before it is replicated: the configs say so.
bool answers_early(const CheckContext& c) {
  const auto& brokers = *c.registry().brokers;
  return std::any_of(brokers.begin(), brokers.end(),
                     [](const BrokerSetup& broker) { return broker.config.offsets_commit_required_acks != Acks::ALL; });
}

/// An offset that the group was told is committed, and whose record the new coordinator has not read, nor a later one.
std::string lost_offset(const CheckContext& c, GroupId id, const GroupWatch& watched, const Group* loaded) {
  for (const auto& [partition, record] : watched.commit_records) {
    if (record.is_forgotten) {
      continue;
    }
    const GroupOffset* offset = loaded == nullptr ? nullptr : loaded->offsets.get(partition);
    if (offset == nullptr || offset->appended_at < record.at) {
      const Offset* told = watched.committed.get(partition);
      return fmt::format(
          "group {}: {} committed for {}, and the new coordinator knows {}", group_name(c, id),
          told == nullptr ? kUnknownOffset.value : told->value, c.registry().partition_name(partition),
          offset == nullptr ? std::string("nothing") : fmt::format("{}", offset->committed.offset.value));
    }
  }
  return {};
}

}  // namespace

/// Whoever takes a group over knows every offset that somebody was told is committed, or a later one of the partition. Offsets
/// that were deleted since, with their topic or because they expired, have a tombstone in the log.
/// Cost: O(groups + partitions of theirs) when a coordinator has loaded its groups.
Finding check_acked_commit_survives(const CheckContext& c) {
  const GroupCoordinator* coordinator = acting_coordinator(c);
  if (coordinator == nullptr || c.note.partition.topic != kOffsetsTopic) {
    return Finding::not_asked();
  }
  Finding finding = Finding::not_asked();
  for (std::size_t i = 0; i < c.watch.groups().size(); ++i) {
    const GroupId id(static_cast<std::int32_t>(i));
    const GroupWatch& watched = c.watch.groups()[i];
    if (watched.commit_records.empty() || partition_of_group(c, id) != c.note.partition) {
      continue;
    }
    finding = Finding::fine();
    std::string fault = lost_offset(c, id, watched, coordinator->find(id));
    if (!fault.empty()) {
      return answers_early(c) ? Finding::permitted(std::move(fault)) : c.unless_lost(std::move(fault));
    }
  }
  return finding;
}

}  // namespace kscope::sim
