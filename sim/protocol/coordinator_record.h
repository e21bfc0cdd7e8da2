#pragma once
// Records of __consumer_offsets: an offset commit, or the metadata of a group (generation, members, assignment); and of
// __transaction_state: a transactional id. Coordinators rebuild their whole state from them when they take over a
// partition of the topic. Source: Kafka 3.9 OffsetCommitKey/Value, GroupMetadataKey/Value, TransactionLogKey/Value.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"
#include "sim/coordinator/group/consumer/consumer_group_records.h"
#include "sim/protocol/transaction.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/record_batch.h"

namespace kscope::sim {

struct CommittedOffset {
  Offset offset;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  std::int64_t commit_timestamp_ms = 0;
  KSCOPE_FIELDS(CommittedOffset, offset, leader_epoch, commit_timestamp_ms);
};

struct GroupMemberRecord {
  MemberId member;
  NodeId client;
  Duration session_timeout{0};
  Duration rebalance_timeout{0};
  std::vector<TopicId> subscription;
  std::vector<TopicPartition> assignment;
  std::string group_instance_id{};  ///< empty: a dynamic member
  KSCOPE_FIELDS(GroupMemberRecord, member, client, session_timeout, rebalance_timeout, subscription, assignment,
                group_instance_id);
};

struct CoordinatorRecord {
  CoordinatorRecordKind kind = CoordinatorRecordKind::kOffsetCommit;
  GroupId group;
  TopicPartition partition;                ///< kOffsetCommit, kTombstone
  CommittedOffset committed;               ///< kOffsetCommit
  GenerationId generation;                 ///< kGroupMetadata
  std::string assignor;                    ///< kGroupMetadata: the protocol that was selected
  MemberId leader;                         ///< kGroupMetadata
  std::vector<GroupMemberRecord> members;  ///< kGroupMetadata
  TransactionRecord transaction;           ///< kTransaction
  std::shared_ptr<const consumer_group::ConsumerGroupRecord> consumer_group;  ///< kConsumerGroup
  KSCOPE_FIELDS(CoordinatorRecord, kind, group, partition, committed, generation, assignor, leader, members,
                transaction, consumer_group);
};

}  // namespace kscope::sim
