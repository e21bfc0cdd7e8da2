#include "sim/coordinator/group/group.h"

#include <algorithm>

#include "engine/core/check.h"
#include "sim/coordinator/group/group_parts.h"
#include "sim/types/java_string.h"

namespace kscope::sim {
namespace {

/// Of the java.util.HashMap that counts the votes; it has room for a dozen protocols before it grows.
constexpr std::uint32_t kVoteBuckets = 16;

bool names(const std::vector<JoinProtocol>& protocols, const std::string& name) {
  return std::any_of(protocols.begin(), protocols.end(),
                     [&](const JoinProtocol& protocol) { return protocol.name == name; });
}

bool all_support(const Group& group, const std::string& name) {
  return std::all_of(group.members.begin(), group.members.end(),
                     [&](const auto& entry) { return names(entry.second.protocols, name); });
}

}  // namespace

std::string_view group_state_name(GroupState state) {
  switch (state) {
    case GroupState::Empty: return "Empty";
    case GroupState::PreparingRebalance: return "PreparingRebalance";
    case GroupState::CompletingRebalance: return "CompletingRebalance";
    case GroupState::Stable: return "Stable";
    case GroupState::Dead: return "Dead";
    case GroupState::Assigning: return "Assigning";
    case GroupState::Reconciling: return "Reconciling";
  }
  return "?";
}

void Group::take_offset(TopicPartition of, const GroupOffset& offset) {
  GroupOffset& known = offsets[of];
  if (known.appended_at <= offset.appended_at) {
    known = offset;
  }
}

GroupOffsets Group::complete_transaction(ProducerId producer, ControlType result) {
  GroupOffsets* found = pending_transactional.get(producer);
  if (found == nullptr) {
    return {};
  }
  GroupOffsets decided = std::move(*found);
  pending_transactional.erase(producer);
  for (const auto& [of, offset] : decided) {
    if (result == ControlType::COMMIT) {
      take_offset(of, offset);
    }
  }
  return decided;
}

bool Group::is_in_transaction(TopicPartition of) const {
  return std::any_of(pending_transactional.begin(), pending_transactional.end(),
                     [&](const auto& entry) { return entry.second.contains(of); });
}

bool Group::is_pending(MemberId member) const {
  return std::any_of(pending.begin(), pending.end(), [&](const PendingMember& one) { return one.id == member; });
}

ErrorCode Group::validate(MemberId member, const std::string& group_instance_id) const {
  if (!group_instance_id.empty()) {
    const MemberId* holder = static_members.get(group_instance_id);
    if (holder == nullptr) {
      return ErrorCode::UNKNOWN_MEMBER_ID;
    }
    if (*holder != member) {
      return ErrorCode::FENCED_INSTANCE_ID;
    }
  }
  return has(member) ? ErrorCode::NONE : ErrorCode::UNKNOWN_MEMBER_ID;
}

std::size_t Group::awaiting_join_count() const {
  return static_cast<std::size_t>(
      std::count_if(members.begin(), members.end(), [](const auto& entry) { return entry.second.join.is_set(); }));
}

bool Group::has_all_joined() const {
  return pending.empty() &&
         std::all_of(members.begin(), members.end(), [](const auto& entry) { return entry.second.join.is_set(); });
}

Duration Group::rebalance_timeout() const {
  Duration longest{0};
  for (const auto& entry : members) {
    longest = std::max(longest, entry.second.rebalance_timeout);
  }
  return longest;
}

bool Group::is_sync_pending() const {
  return std::any_of(members.begin(), members.end(), [](const auto& entry) { return entry.second.is_sync_pending; });
}

bool Group::supports(const JoinGroupRequest& request) const {
  if (state == GroupState::Empty) {
    return !request.protocols.empty();
  }
  return request.protocol_type == protocol_type &&
         std::any_of(request.protocols.begin(), request.protocols.end(),
                     [&](const JoinProtocol& offered) { return all_support(*this, offered.name); });
}

std::string Group::select_protocol() const {
  KSCOPE_CHECK(!members.empty(), "only a group with members selects a protocol");
  std::vector<std::pair<std::string, int>> votes;
  for (const auto& entry : members) {
    const std::vector<JoinProtocol>& offered = entry.second.protocols;
    const auto choice = std::find_if(offered.begin(), offered.end(),
                                     [&](const JoinProtocol& one) { return all_support(*this, one.name); });
    KSCOPE_CHECK(choice != offered.end(), "members without a common protocol were let in");
    const auto vote = std::find_if(votes.begin(), votes.end(),
                                   [&](const auto& candidate) { return candidate.first == choice->name; });
    if (vote != votes.end()) {
      ++vote->second;
    } else {
      votes.emplace_back(choice->name, 1);
    }
  }
  std::stable_sort(votes.begin(), votes.end(), [](const auto& a, const auto& b) {
    return java_hash_bucket(a.first, kVoteBuckets) < java_hash_bucket(b.first, kVoteBuckets);
  });
  return std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

bool is_legal_transition(GroupState from, GroupState to) {
  switch (to) {
    case GroupState::Dead: return true;
    case GroupState::CompletingRebalance:
    case GroupState::Empty: return from == GroupState::PreparingRebalance;
    case GroupState::Stable: return from == GroupState::CompletingRebalance;
    case GroupState::Assigning:
    case GroupState::Reconciling: return false;  // no states of the classic protocol
    case GroupState::PreparingRebalance:
      return from == GroupState::Stable || from == GroupState::CompletingRebalance || from == GroupState::Empty;
  }
  return false;
}

void transition_to(Ctx& ctx, Group& group, GroupState to) {
  KSCOPE_CHECK(is_legal_transition(group.state, to), "a consumer group made a move that its state table does not have");
  Note note;
  note.kind = NoteKind::kGroupState;
  note.group = group.id;
  note.a = static_cast<std::int64_t>(to);
  note.b = static_cast<std::int64_t>(group.state);
  note.c = group.generation.value;
  group.state = to;
  group.current_state_timestamp_ms = millis(ctx.now().time_since_epoch());
  ctx.note(note);
}

std::int64_t member_key(MemberId member) { return (std::int64_t{member.client.value} << 32) + member.serial; }

MemberId member_of_key(std::int64_t key) {
  return MemberId{NodeId(static_cast<std::int32_t>(key >> 32)), static_cast<std::int32_t>(key & INT32_MAX)};
}

}  // namespace kscope::sim
