#include <fmt/format.h>

#include "sim/check/accepted_commit.h"

namespace kscope::sim {
namespace {

/// Why the sender of a commit was no member that may commit; empty: it was one. Members of the classic protocol commit in
/// their generation, those of KIP-848 at their epoch.
std::string sender_fault(const GroupCoordinator& coordinator, const PendingAppend& commit) {
  if (const consumer_group::ConsumerGroup* consumers = coordinator.find_consumer_group(commit.group)) {
    const consumer_group::ConsumerGroupMember* member = consumers->members.get(commit.member);
    const bool is_current = member != nullptr && member->current.member_epoch.value == commit.generation.value;
    return is_current          ? std::string{}
           : member == nullptr ? std::string("is no member")
                               : fmt::format("is at epoch {}", member->current.member_epoch.value);
  }
  const Group* group = coordinator.find(commit.group);
  if (group == nullptr || !group->has(commit.member)) {
    return "is no member";
  }
  if (group->generation != commit.generation) {
    return fmt::format("commits in generation {} of {}", commit.generation.value, group->generation.value);
  }
  // Between the generations nobody knows yet what is whose. Offsets of a transaction may come all the same: Kafka asks for no more.
  const bool is_between =
      group->state == GroupState::CompletingRebalance && commit.kind == PendingAppend::Kind::kOffsetCommit;
  return is_between ? std::string("commits before the generation has an assignment") : std::string{};
}

/// Whether the sender says neither who it is nor in which generation: a transactional producer of before KIP-447; or who commits
/// for a group without members, as Kafka allows to anybody.
bool is_anonymous(const GroupCoordinator& coordinator, const PendingAppend& commit) {
  if (commit.member.is_set() || commit.generation >= GenerationId(0)) {
    return false;
  }
  const consumer_group::ConsumerGroup* consumers = coordinator.find_consumer_group(commit.group);
  const Group* group = coordinator.find(commit.group);
  const bool has_members =
      (consumers != nullptr && !consumers->members.empty()) || (group != nullptr && !group->members.empty());
  return commit.kind == PendingAppend::Kind::kTxnOffsetCommit || !has_members;
}

}  // namespace

/// A commit that is accepted comes from a member, in its present generation or at its present epoch.
Finding check_commit_of_member(const CheckContext& c) {
  const PendingAppend* commit = accepted_commit(c);
  if (commit == nullptr) {
    return Finding::not_asked();
  }
  if (is_anonymous(*acting_coordinator(c), *commit)) {
    return Finding::not_asked();
  }
  const std::string fault = sender_fault(*acting_coordinator(c), *commit);
  return fault.empty() ? Finding::fine()
                       : Finding::broken(
                             fmt::format("group {}: a commit of {} is accepted, which {}", group_name(c, commit->group),
                                         commit->member.is_set() ? client_name(c, commit->member) : "nobody", fault));
}

}  // namespace kscope::sim
