#pragma once
// A member of a consumer group as the coordinator knows it (KIP-848): what it said of itself, and how far it has come on
// its way to the target assignment. The two halves are stored and changed apart, each by its own kind of record.
// Left out: client id and host (the member id names the client's node), regular expressions.
// Source: ConsumerGroupMember, ModernGroupMember, MemberState (Kafka 3.9).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"
#include "sim/coordinator/group/consumer/consumer_group_config.h"
#include "sim/coordinator/group/consumer/member_epoch.h"
#include "sim/coordinator/group/consumer/partition_set.h"
#include "sim/protocol/join_protocol.h"

namespace kscope::sim::consumer_group {

/// Where a member stands with its assignment; see the table in current_assignment_builder.h.
enum class MemberState : std::uint8_t {
  STABLE,                 ///< has all it should have at its epoch
  UNREVOKED_PARTITIONS,   ///< was told to give up partitions and has not said yet that it did
  UNRELEASED_PARTITIONS,  ///< waits for partitions that others still have
};
inline constexpr std::size_t kMemberStateCount = 3;
/// Kafka's name of the state.
[[nodiscard]] std::string_view to_string(MemberState state);

/// Of a member that speaks the classic protocol while its group has moved on. Kafka: ClassicMemberMetadata of the same value.
struct ClassicMemberMetadata {
  Duration session_timeout{0};                    ///< session.timeout.ms, as it said when it joined
  std::vector<JoinProtocol> supported_protocols;  ///< in its order of preference, with its subscription
  KSCOPE_FIELDS(ClassicMemberMetadata, session_timeout, supported_protocols);
};

/// What a member said of itself. Kafka: ConsumerGroupMemberMetadataValue.
struct MemberMetadata {
  std::optional<std::string> instance_id;  ///< group.instance.id; none: a dynamic member
  std::optional<std::string> rack_id;
  Duration rebalance_timeout{-1ms};  ///< how long it may take to give up partitions; -1 ms = never said
  FlatSet<TopicId> subscribed_topics;
  std::optional<ServerAssignor> server_assignor;   ///< none: whichever the coordinator takes
  std::optional<ClassicMemberMetadata> classic{};  ///< none: it speaks the consumer protocol
  KSCOPE_FIELDS(MemberMetadata, instance_id, rack_id, rebalance_timeout, subscribed_topics, server_assignor, classic);
};

/// What a member has and at which epoch. Kafka: ConsumerGroupCurrentMemberAssignmentValue.
struct CurrentAssignment {
  MemberEpoch member_epoch{0};
  MemberEpoch previous_member_epoch = kNoPreviousMemberEpoch;
  MemberState state = MemberState::STABLE;
  PartitionSet assigned;            ///< what it may consume
  PartitionSet pending_revocation;  ///< what it must give up and still holds
  KSCOPE_FIELDS(CurrentAssignment, member_epoch, previous_member_epoch, state, assigned, pending_revocation);
};

struct ConsumerGroupMember {
  MemberId member_id;
  MemberMetadata metadata;
  CurrentAssignment current;
  KSCOPE_FIELDS(ConsumerGroupMember, member_id, metadata, current);

  [[nodiscard]] bool uses_classic_protocol() const { return metadata.classic.has_value(); }
  /// Whether the member has all that the target assignment of this epoch gives it.
  [[nodiscard]] bool is_reconciled_to(GroupEpoch assignment_epoch) const {
    return current.state == MemberState::STABLE && current.member_epoch == assignment_epoch;
  }
};

}  // namespace kscope::sim::consumer_group
