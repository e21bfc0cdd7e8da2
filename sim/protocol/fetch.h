#pragma once
// Fetch, ListOffsets, OffsetsForLeaderEpoch: reading a partition, by consumers and by followers.
// Fetches belong to a session (KIP-227): the first names all partitions, those after it only what has changed.
// Source: Kafka 3.9 FetchRequest v12 and later, OffsetForLeaderEpochRequest (KIP-101, 227, 279, 320, 516).

#include <string>
#include <vector>

#include "engine/core/shared_list.h"
#include "sim/config/config_enums.h"
#include "sim/protocol/fetch_metadata.h"
#include "sim/types/aborted_transaction.h"
#include "sim/types/error_code.h"
#include "sim/types/record_batch.h"
#include "sim/types/uuid.h"

namespace kscope::sim {

struct FetchPartition {
  TopicPartition partition;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;  ///< what the fetcher believes; fences both ways (KIP-320)
  std::int32_t max_bytes = 0;
  Offset fetch_offset;
  Offset log_start_offset = kUnknownOffset;  ///< followers only
  LeaderEpoch last_fetched_epoch =
      kNoLeaderEpoch;  ///< epoch of the record before fetch_offset (KIP-595); -1 = not told
  Uuid topic_id{};     ///< of the topic as the fetcher knows it (KIP-516); zero = not told
  KSCOPE_FIELDS(FetchPartition, partition, current_leader_epoch, max_bytes, fetch_offset, log_start_offset,
                last_fetched_epoch, topic_id);
};
/// A partition that leaves the session. Kafka: FetchRequestData.ForgottenTopic.
struct ForgottenPartition {
  TopicPartition partition;
  Uuid topic_id{};  ///< as it was fetched; zero = not told
  KSCOPE_FIELDS(ForgottenPartition, partition, topic_id);
};
struct FetchRequest {
  BrokerId replica;               ///< none = a consumer
  BrokerEpoch replica_epoch{-1};  ///< followers: the broker epoch (KIP-903)
  Duration max_wait{0};
  std::int32_t min_bytes = 1;
  std::int32_t max_bytes = 0;
  FetchMetadata metadata;                                       ///< the session, and where the fetcher is in it
  bool uses_topic_ids = false;                                  ///< every partition of the session has one (version 13)
  SharedList<FetchPartition> partitions;                        ///< full: all; incremental: what is new or has changed
  SharedList<ForgottenPartition> forgotten;                     ///< incremental: what leaves the session
  std::string rack_id;                                          ///< consumers: client.rack (KIP-392); empty = not told
  IsolationLevel isolation = IsolationLevel::READ_UNCOMMITTED;  ///< consumers only
  KSCOPE_FIELDS(FetchRequest, replica, replica_epoch, max_wait, min_bytes, max_bytes, metadata, uses_topic_ids,
                partitions, forgotten, rack_id, isolation);
};

struct FetchPartitionResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
  Offset high_watermark = kUnknownOffset;
  Offset log_start_offset = kUnknownOffset;
  std::vector<RecordBatch> batches;
  // The logs part: the leader's largest epoch not above last_fetched_epoch, and where it ends (KIP-595). -1 = they agree.
  LeaderEpoch diverging_epoch = kNoLeaderEpoch;
  Offset diverging_end_offset = kUnknownOffset;
  BrokerId preferred_read_replica{};           ///< where the consumer should fetch instead (KIP-392); none = here
  Offset last_stable_offset = kUnknownOffset;  ///< told to consumers
  std::vector<AbortedTransaction> aborted;     ///< told to read_committed consumers: those that `batches` may belong to
  KSCOPE_FIELDS(FetchPartitionResult, partition, error, high_watermark, log_start_offset, batches, diverging_epoch,
                diverging_end_offset, preferred_read_replica, last_stable_offset, aborted);
};
struct FetchResponse {
  SharedList<FetchPartitionResult> partitions;  ///< full: all; incremental: those with news
  std::int32_t throttle_time_ms = 0;  ///< the consumer shall send nothing for so long; there are no partitions then
  ErrorCode error = ErrorCode::NONE;  ///< of the session
  FetchSessionId session_id = kInvalidSessionId;  ///< which the next fetch may continue
  KSCOPE_FIELDS(FetchResponse, partitions, throttle_time_ms, error, session_id);
};

struct ListOffsetsPartition {
  TopicPartition partition;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  std::int64_t timestamp = -1;  ///< -1 latest, -2 earliest, else ms
  KSCOPE_FIELDS(ListOffsetsPartition, partition, current_leader_epoch, timestamp);
};
struct ListOffsetsRequest {
  BrokerId replica;  ///< none = a consumer: latest means high watermark; a follower's latest means log end
  std::vector<ListOffsetsPartition> partitions;
  IsolationLevel isolation = IsolationLevel::READ_UNCOMMITTED;  ///< read_committed: latest means last stable offset
  KSCOPE_FIELDS(ListOffsetsRequest, replica, partitions, isolation);
};
struct ListOffsetsResult {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
  Offset offset = kUnknownOffset;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  KSCOPE_FIELDS(ListOffsetsResult, partition, error, offset, leader_epoch);
};
struct ListOffsetsResponse {
  std::vector<ListOffsetsResult> partitions;
  KSCOPE_FIELDS(ListOffsetsResponse, partitions);
};

struct EpochEndOffsetPartition {
  TopicPartition partition;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;  ///< the epoch whose end is asked for
  KSCOPE_FIELDS(EpochEndOffsetPartition, partition, current_leader_epoch, leader_epoch);
};
struct OffsetsForLeaderEpochRequest {
  BrokerId replica;
  std::vector<EpochEndOffsetPartition> partitions;
  KSCOPE_FIELDS(OffsetsForLeaderEpochRequest, replica, partitions);
};
struct EpochEndOffset {
  TopicPartition partition;
  ErrorCode error = ErrorCode::NONE;
  LeaderEpoch leader_epoch = kNoLeaderEpoch;  ///< largest epoch <= the one asked for that the leader has
  Offset end_offset = kUnknownOffset;
  KSCOPE_FIELDS(EpochEndOffset, partition, error, leader_epoch, end_offset);
};
struct OffsetsForLeaderEpochResponse {
  std::vector<EpochEndOffset> partitions;
  KSCOPE_FIELDS(OffsetsForLeaderEpochResponse, partitions);
};

}  // namespace kscope::sim
