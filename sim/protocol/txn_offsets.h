#pragma once
// Consumed offsets as part of a transaction: the group joins the transaction at the transaction coordinator, then the
// offsets go to the group coordinator, which keeps them back until the transaction's marker comes.
// Source: Kafka 3.9 AddOffsetsToTxn, TxnOffsetCommit; KIP-98, KIP-447 (member and generation), KIP-890.

#include <vector>

#include "sim/protocol/group_classic.h"

namespace kscope::sim {

/// Adds the partition of __consumer_offsets that the group belongs to; transaction version 1 only.
struct AddOffsetsToTxnRequest {
  TransactionalId transactional_id;
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  GroupId group;
  KSCOPE_FIELDS(AddOffsetsToTxnRequest, transactional_id, producer_id, producer_epoch, group);
};
struct AddOffsetsToTxnResponse {
  ErrorCode error = ErrorCode::NONE;
  KSCOPE_FIELDS(AddOffsetsToTxnResponse, error);
};

struct TxnOffsetCommitRequest {
  TransactionalId transactional_id;
  GroupId group;
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  GenerationId generation = kNoGeneration;  ///< as the consumer knows it (KIP-447); none: anybody may commit
  MemberId member;                          ///< the same
  std::vector<OffsetCommitPartition> partitions;
  std::string group_instance_id{};  ///< the same
  KSCOPE_FIELDS(TxnOffsetCommitRequest, transactional_id, group, producer_id, producer_epoch, generation, member,
                partitions, group_instance_id);
};
struct TxnOffsetCommitResponse {
  GroupId group;
  std::vector<OffsetCommitResult> partitions;
  KSCOPE_FIELDS(TxnOffsetCommitResponse, group, partitions);
};

}  // namespace kscope::sim
