// What observers are told of a group of the consumer protocol (KIP-848).
#include <optional>
#include <string>

#include "sim/coordinator/group/group_consumer_parts.h"

namespace kscope::sim {
namespace {

using consumer_group::ConsumerGroup;

/// The static member that is replaced by the new member `id`; not set: there is none.
MemberId replaced_by(const ConsumerGroup& group, const GroupPicture& before, MemberId id) {
  const std::optional<std::string>& instance_id = group.members.at(id).metadata.instance_id;
  for (const auto& [old_id, old_instance_id] : before.members) {
    if (instance_id.has_value() && old_instance_id == *instance_id && !group.members.contains(old_id)) {
      return old_id;
    }
  }
  return MemberId{};
}

}  // namespace

GroupPicture picture_of(const ConsumerGroup& group) {
  GroupPicture picture;
  picture.state = state_of(group);
  picture.assignment_epoch = group.assignment_epoch;
  for (const auto& [id, member] : group.members) {
    picture.members.insert_or_assign(id, member.metadata.instance_id.value_or(""));
  }
  return picture;
}

Note group_note_of(NoteKind kind, GroupId group, std::int64_t a, std::int64_t b, std::int64_t c) {
  Note note;
  note.kind = kind;
  note.group = group;
  note.a = a;
  note.b = b;
  note.c = c;
  return note;
}

std::vector<Note> notes_of(const ConsumerGroup& group, const GroupPicture& before, LeaveReason reason) {
  std::vector<Note> notes;
  MemberId replaced;
  for (const auto& [id, member] : group.members) {
    if (before.members.contains(id)) {
      continue;
    }
    replaced = replaced_by(group, before, id);
    notes.push_back(replaced.is_set() ? group_note_of(NoteKind::kStaticMemberReplaced, group.id, id.client.value,
                                                      replaced.client.value, static_cast<std::int64_t>(before.state))
                                      : group_note_of(NoteKind::kMemberJoined, group.id, id.client.value, id.serial,
                                                      member.uses_classic_protocol() ? 2 : 1));
  }
  for (const auto& [id, instance_id] : before.members) {
    if (!group.members.contains(id) && id != replaced) {
      notes.push_back(group_note_of(NoteKind::kMemberLeft, group.id, id.client.value, id.serial,
                                    static_cast<std::int64_t>(reason)));
    }
  }
  const GroupState state = state_of(group);
  if (state != before.state) {
    notes.push_back(group_note_of(NoteKind::kGroupState, group.id, static_cast<std::int64_t>(state),
                                  static_cast<std::int64_t>(before.state), group.group_epoch.value));
  }
  if (group.assignment_epoch > before.assignment_epoch) {
    std::size_t partitions = 0;
    for (const auto& [id, target] : group.target_assignment) {
      partitions += target.size();
    }
    notes.push_back(group_note_of(NoteKind::kGenerationAssigned, group.id, group.assignment_epoch.value,
                                  static_cast<std::int64_t>(group.members.size()),
                                  static_cast<std::int64_t>(partitions)));
  }
  return notes;
}

}  // namespace kscope::sim
