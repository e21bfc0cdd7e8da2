#include <fmt/format.h>

#include <algorithm>

#include "sim/check/group_records.h"

namespace kscope::sim {
namespace {

bool has(const std::vector<TopicId>& topics, TopicId topic) {
  return std::find(topics.begin(), topics.end(), topic) != topics.end();
}

/// A member that reads the topic, in whatever protocol it offers to; nullptr: nobody does. Cost: O(members x topics).
const MemberId* reader_of(const GroupCoordinator& coordinator, GroupId id, TopicId topic) {
  if (const consumer_group::ConsumerGroup* consumers = coordinator.find_consumer_group(id)) {
    for (const auto& [member_id, member] : consumers->members) {
      if (member.metadata.subscribed_topics.contains(topic)) {
        return &member_id;
      }
    }
    return nullptr;
  }
  const Group* group = coordinator.find(id);
  if (group == nullptr) {
    return nullptr;
  }
  for (const auto& [member_id, member] : group->members) {
    if (std::any_of(member.protocols.begin(), member.protocols.end(),
                    [&](const JoinProtocol& protocol) { return has(protocol.topics, topic); })) {
      return &member_id;
    }
  }
  return nullptr;
}

}  // namespace

/// No committed offset expires while a member of its group reads the topic (KIP-211).
Finding check_offset_in_use(const CheckContext& c) {
  const GroupCoordinator* coordinator = acting_coordinator(c);
  if (c.note.kind != NoteKind::kOffsetExpired || coordinator == nullptr) {
    return Finding::not_asked();
  }
  const MemberId* reader = reader_of(*coordinator, c.note.group, c.note.partition.topic);
  return reader == nullptr
             ? Finding::fine()
             : Finding::broken(fmt::format("offset {} of {} expires in group {}, and {} reads that topic", c.note.a,
                                           c.partition(), group_name(c, c.note.group), client_name(c, *reader)));
}

}  // namespace kscope::sim
