// What the notes of consumer groups and their offsets say.
#include <algorithm>

#include "sim/coordinator/group/group.h"
#include "sim/explain/teller.h"

namespace kscope::sim {

std::optional<view::Beat> Teller::tell_txn_offset() const {
  switch (static_cast<TxnOffset>(note_.c)) {
    case TxnOffset::kPending:
      return beat(
          BeatKind::kCommit, 3, about_group(note_.group),
          fmt::format("Offset {} of {} is part of a transaction: for group {} it counts when that is committed.",
                      note_.a, partition(), group()));
    case TxnOffset::kDropped:
      return beat(BeatKind::kCommit, 2, about_group(note_.group),
                  fmt::format("The transaction is aborted: group {} does not commit offset {} of {}.", group(), note_.a,
                              partition()));
    case TxnOffset::kAwaited:
      return beat(BeatKind::kCommit, 2, about_group(note_.group),
                  fmt::format("Who asks where group {} stands in {} has to wait: a commit is not decided yet "
                              "(UNSTABLE_OFFSET_COMMIT).",
                              group(), partition()));
  }
  return std::nullopt;
}

/// Whether some consumers of the group are configured for this protocol.
bool Teller::has_members_with(GroupProtocol protocol) const {
  return std::any_of(registry_.consumers->begin(), registry_.consumers->end(), [&](const ConsumerSetup& setup) {
    return setup.group == note_.group && setup.config.group_protocol == protocol;
  });
}

std::string Teller::joined_text() const {
  const std::string who = node(NodeId(static_cast<std::int32_t>(note_.a)));
  switch (note_.c) {
    case 0: return fmt::format("{} joins group {}: all members must rejoin.", who, group());
    case 1: return fmt::format("{} joins group {}: the coordinator assigns anew, nobody has to rejoin.", who, group());
    default:
      return fmt::format(
          "{} joins group {} with the classic protocol: the coordinator assigns anew, for this member, too.", who,
          group());
  }
}

/// Of a group whose consumers are being moved from one protocol to the other the note does not say which one it speaks.
std::string Teller::assigned_text() const {
  const std::string what = !has_members_with(GroupProtocol::CONSUMER) ? "is stable in generation"
                           : has_members_with(GroupProtocol::CLASSIC) ? "has a new assignment, of generation or epoch"
                                                                      : "is to reach the assignment of epoch";
  return fmt::format("Group {} {} {}: {} over {}.", group(), what, note_.a,
                     note_.c == 1 ? "1 partition" : fmt::format("{} partitions", note_.c),
                     note_.b == 1 ? "1 member" : fmt::format("{} members", note_.b));
}

std::string Teller::migrated_text() const {
  const std::string who = node(NodeId(static_cast<std::int32_t>(note_.b)));
  if (note_.c == 0) {
    return fmt::format("Group {} is empty and begins anew in the {} protocol: that is what {} joins with.", group(),
                       note_.a == 1 ? "consumer" : "classic", who);
  }
  return note_.a == 1 ? fmt::format(
                            "Group {} moves to the consumer protocol because {} joins with it: it goes on from "
                            "generation {}, and its other members keep what they have and speak the classic protocol "
                            "still.",
                            group(), who, note_.c)
                      : fmt::format(
                            "Group {} moves back to the classic protocol: {} was the last member with the consumer "
                            "protocol. It goes on in generation {}.",
                            group(), who, note_.c);
}

std::string Teller::expired_offset_text() const {
  const std::int64_t seconds = note_.c / 1000;
  std::string why;
  switch (static_cast<OffsetExpiry>(note_.b)) {
    case OffsetExpiry::kGroupEmpty: why = fmt::format("nobody has been in the group for {} s", seconds); break;
    case OffsetExpiry::kNoMembers:
      why = fmt::format("nobody is in the group, and it was committed {} s ago", seconds);
      break;
    case OffsetExpiry::kAge:
      why = fmt::format("it was committed {} s ago, and before KIP-211 nobody asked whether the group still reads",
                        seconds);
      break;
    case OffsetExpiry::kNotSubscribed:
      why = fmt::format("no member subscribes to the topic, and it was committed {} s ago", seconds);
      break;
  }
  return fmt::format(
      "Group {} loses its offset {} of {}: {} (offsets.retention.minutes). Who reads it next begins as "
      "auto.offset.reset says.",
      group(), note_.a, partition(), why);
}

std::string Teller::static_member_text() const {
  const NodeId now(static_cast<std::int32_t>(note_.a));
  const NodeId before(static_cast<std::int32_t>(note_.b));
  const std::string who =
      now == before ? fmt::format("{} is back as the static member that it was", node(now))
                    : fmt::format("{} has the group.instance.id of {} and takes its place", node(now), node(before));
  return static_cast<GroupState>(note_.c) == GroupState::Stable
             ? fmt::format("{}: group {} goes on without a rebalance.", who, group())
             : fmt::format("{} while group {} is rebalancing.", who, group());
}

std::optional<view::Beat> Teller::tell_groups() const {
  static constexpr std::string_view kReasons[] = {"left the group", "sent no heartbeat within session.timeout.ms",
                                                  "did not rejoin in time", "finds no room any more (group.max.size)"};
  static constexpr std::string_view kPositions[] = {"auto.offset.reset=earliest",
                                                    "auto.offset.reset=latest",
                                                    "the committed offset",
                                                    "where the leader's log departs from what was read",
                                                    "its application called seek()",
                                                    "its application called seekToBeginning()",
                                                    "its application called seekToEnd()"};
  static constexpr std::string_view kCalls[] = {"seek()", "pause()", "resume()"};
  switch (note_.kind) {
    case NoteKind::kMemberJoined: return beat(BeatKind::kRebalance, 1, about_group(note_.group), joined_text());
    case NoteKind::kMemberLeft:
      return beat(BeatKind::kRebalance, 1, about_group(note_.group),
                  fmt::format("{} {}; group {} rebalances.", node(NodeId(static_cast<std::int32_t>(note_.a))),
                              kReasons[note_.c >= 0 && note_.c < 4 ? note_.c : 0], group()));
    case NoteKind::kStaticMemberReplaced:
      return beat(BeatKind::kRebalance, 1, about_group(note_.group), static_member_text());
    case NoteKind::kGenerationAssigned: return beat(BeatKind::kRebalance, 0, about_group(note_.group), assigned_text());
    case NoteKind::kGroupMigrated: return beat(BeatKind::kRebalance, 0, about_group(note_.group), migrated_text());
    case NoteKind::kOffsetCommitted:
      return beat(BeatKind::kCommit, 3, about_group(note_.group),
                  fmt::format("Group {} commits offset {} of {}: a new owner would start there.", group(), note_.a,
                              partition()));
    case NoteKind::kTxnOffset: return tell_txn_offset();
    case NoteKind::kOffsetExpired: return beat(BeatKind::kCommit, 1, about_group(note_.group), expired_offset_text());
    case NoteKind::kGroupDeleted:
      return beat(BeatKind::kRebalance, 1, about_group(note_.group),
                  fmt::format("Group {} is deleted: it has no members, and no committed offsets are left.", group()));
    case NoteKind::kCommitRefused:
      return beat(BeatKind::kError, 1, about_group(note_.group),
                  fmt::format("A commit of group {} for {} at {} is refused: {}.", group(), partition(), note_.a,
                              error(note_.b)));
    case NoteKind::kPositionReset:
      return beat(BeatKind::kRebalance, 3, about_group(note_.group),
                  fmt::format("{} starts {} at offset {} ({}).", self(), partition(), note_.a,
                              kPositions[note_.b >= 0 && note_.b < 7 ? note_.b : 2]));
    case NoteKind::kPartitionPaused:
      return beat(BeatKind::kRecord, 2, about_node(event_.node),
                  note_.a == 1
                      ? fmt::format("{} keeps {} and fetches nothing of it: its application has paused it.", self(),
                                    partition())
                      : fmt::format("{} fetches {} again: its application has resumed it.", self(), partition()));
    case NoteKind::kCallRefused:
      return beat(BeatKind::kError, 1, about_node(event_.node),
                  fmt::format("{} does not own {}: {} throws IllegalStateException and changes nothing.", self(),
                              partition(), kCalls[note_.a >= 0 && note_.a < 3 ? note_.a : 0]));
    case NoteKind::kTruncationDetected: return beat(BeatKind::kError, 0, about_node(event_.node), truncation_text());
    case NoteKind::kReadReplica: return beat(BeatKind::kRecord, 1, about_node(event_.node), read_replica_text());
    case NoteKind::kMaxPollExceeded:
      return beat(BeatKind::kRebalance, 0, about_node(event_.node),
                  fmt::format("{} leaves group {}: its application did not call poll() within max.poll.interval.ms.",
                              self(), group()));
    case NoteKind::kCoordinatorLoaded:
      return beat(BeatKind::kRebalance, 2, about_node(event_.node),
                  fmt::format("{} is now {} coordinator for {}.", self(),
                              note_.partition.topic == kOffsetsTopic ? "group" : "transaction", partition()));
    default: return std::nullopt;
  }
}

}  // namespace kscope::sim
