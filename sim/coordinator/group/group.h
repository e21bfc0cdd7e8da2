#pragma once
// One consumer group as its coordinator sees it: state, generation, members with what they wait for, committed offsets.
// Plain data and the questions asked of it; who changes it is GroupCoordinator.
// Where Kafka takes any member out of a hash map, the one with the lowest id is taken here.
// Kafka: ClassicGroup, ClassicGroupMember (3.9).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/flat_map.h"
#include "sim/protocol/group_classic.h"
#include "sim/types/ordinals.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// Kafka: org.apache.kafka.common.GroupState. Assigning and Reconciling are of groups of KIP-848 only.
enum class GroupState : std::uint8_t {
  Empty,
  PreparingRebalance,
  CompletingRebalance,
  Stable,
  Dead,
  Assigning,
  Reconciling
};
inline constexpr std::size_t kGroupStateCount = 7;
/// Kafka's name of the state.
std::string_view group_state_name(GroupState state);

/// Where an answer goes that is not given yet.
struct AwaitedAnswer {
  NodeId node;  ///< not valid = nobody waits
  std::int64_t correlation_id = 0;
  [[nodiscard]] bool is_set() const { return node.is_valid(); }
};

struct GroupMember {
  MemberId id;
  std::string group_instance_id;  ///< of a static member (KIP-345); empty: a dynamic one
  Duration session_timeout{0};
  Duration rebalance_timeout{0};
  std::vector<JoinProtocol> protocols;     ///< in the member's order of preference
  std::vector<TopicPartition> assignment;  ///< of the current generation
  AwaitedAnswer join;                      ///< JoinGroup that waits for the others
  AwaitedAnswer sync;                      ///< SyncGroup that waits for the leader's assignment
  bool is_new = false;                     ///< never finished a join: it does not know its id, so it sends no heartbeat
  bool is_sync_pending = false;            ///< has not sent SyncGroup in this generation
  LocalTime session_deadline{};            ///< removed when nothing is heard until then
  LocalTime session_timer_at{};            ///< when the timer fires; it looks at the deadline then
  TimerId session_timer;

  [[nodiscard]] bool is_static() const { return !group_instance_id.empty(); }
};

/// A member id that was issued and not used yet (KIP-394).
struct PendingMember {
  MemberId id;
  TimerId timer;
};

/// A committed offset and where its record lies in __consumer_offsets. Kafka: CommitRecordMetadataAndOffset.
struct GroupOffset {
  CommittedOffset committed;
  Offset appended_at = kUnknownOffset;  ///< first offset of its batch; -1 = not replicated yet
};
using GroupOffsets = FlatMap<TopicPartition, GroupOffset>;

struct Group {
  GroupId id;
  std::int32_t partition = -1;  ///< of __consumer_offsets
  bool is_stored = false;       ///< its metadata, as a classic group, is in __consumer_offsets, or on its way
  GroupState state = GroupState::Empty;
  GenerationId generation{0};
  /// Since when it is in its state, by the clock of the broker that coordinated it then; none: its record does not say
  /// (below inter-broker protocol 2.1). Kafka: currentStateTimestamp.
  std::optional<std::int64_t> current_state_timestamp_ms;
  std::string protocol_type;  ///< of its members; stays when they are gone
  std::string protocol;       ///< assignor that was selected; "" = none
  MemberId leader;            ///< member that computes the assignment
  FlatMap<MemberId, GroupMember> members;
  FlatMap<std::string, MemberId> static_members;  ///< by group.instance.id: who has it now
  std::vector<PendingMember> pending;
  GroupOffsets offsets;
  /// Committed in transactions that are not decided yet. Kafka: GroupMetadata.pendingTransactionalOffsetCommits.
  FlatMap<ProducerId, GroupOffsets> pending_transactional;
  FlatMap<NodeId, std::int32_t> issued;  ///< member ids issued to each client, for the serial of the next
  bool is_in_initial_delay = false;  ///< it was Empty before: group.initial.rebalance.delay.ms, more members may come
  bool new_member_added = false;     ///< during the initial delay
  Duration initial_delay_left{0};
  TimerId rebalance_timer;      ///< initial delay or rebalance timeout
  LocalTime rebalance_until{};  ///< when it fires
  TimerId sync_timer;
  LocalTime sync_until{};

  /// Takes over a commit unless a later one is known. Source: GroupMetadata.onOffsetCommitAppend.
  void take_offset(TopicPartition of, const GroupOffset& offset);
  /// The producer's transaction is decided: what it committed here counts, or is forgotten. Returns what was pending.
  /// Source: GroupMetadata.completePendingTxnOffsetCommit.
  GroupOffsets complete_transaction(ProducerId producer, ControlType result);
  /// Whether a transaction that is not decided yet commits an offset of the partition.
  [[nodiscard]] bool is_in_transaction(TopicPartition of) const;

  [[nodiscard]] bool has(MemberId member) const { return members.contains(member); }
  /// NONE, UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID where another member has the instance id now.
  /// Source: ClassicGroup.validateMember.
  [[nodiscard]] ErrorCode validate(MemberId member, const std::string& group_instance_id) const;
  /// How many members wait for the end of the join phase.
  [[nodiscard]] std::size_t awaiting_join_count() const;
  [[nodiscard]] bool is_pending(MemberId member) const;
  /// Whether every member has sent its JoinGroup and no issued id is outstanding. Source: GroupMetadata.hasAllMembersJoined.
  [[nodiscard]] bool has_all_joined() const;
  /// Largest rebalance timeout of the members. Source: GroupMetadata.rebalanceTimeoutMs.
  [[nodiscard]] Duration rebalance_timeout() const;
  /// Whether anybody still owes a SyncGroup.
  [[nodiscard]] bool is_sync_pending() const;
  /// Whether who joins is of the group's kind, and offers a protocol that all members support; anything will do while the
  /// group is Empty. Source: ClassicGroup.supportsProtocols.
  [[nodiscard]] bool supports(const JoinGroupRequest& request) const;
  /// The protocol that most members prefer among those that all support; of two with as many votes the one that Java's hash
  /// map gives first. Requires: members. Source: ClassicGroup.selectProtocol.
  [[nodiscard]] std::string select_protocol() const;
};

}  // namespace kscope::sim
