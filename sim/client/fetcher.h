#pragma once
// What a consumer reads: its assigned partitions with their positions, what was fetched and not handed out yet, and one
// fetch per leader node in the background.
// Kafka: SubscriptionState, Fetcher, FetchCollector, OffsetFetcher (3.9).

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/types/record_batch.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// SubscriptionState.FetchStates.
enum class FetchState : std::uint8_t { INITIALIZING, FETCHING, AWAIT_RESET, AWAIT_VALIDATION };

/// One assigned partition. Kafka: SubscriptionState.TopicPartitionState.
struct TopicPartitionState {
  TopicPartition partition;
  FetchState state = FetchState::INITIALIZING;
  Offset position = kUnknownOffset;                 ///< next offset to hand out; what a commit says
  LeaderEpoch position_epoch = kNoLeaderEpoch;      ///< leader epoch of the last record handed out
  LeaderEpoch leader_epoch = kNoLeaderEpoch;        ///< of the leader that the position was validated against
  Offset high_watermark = kUnknownOffset;           ///< last one heard
  Offset committed = kUnknownOffset;                ///< last commit of this consumer that was answered well
  bool is_request_in_flight = false;                ///< ListOffsets or OffsetsForLeaderEpoch
  bool awaits_metadata = false;                     ///< the leader refused: no fetch before newer metadata
  std::int32_t attempts = 0;                        ///< of a reset
  LocalTime retry_at{};
};

/// A fetch answer for one partition, handed out record by record.
struct CompletedFetch {
  TopicPartition partition;
  Offset next_offset;                               ///< of the first record not handed out
  std::vector<RecordBatch> batches;
  std::size_t batch_index = 0;
};

/// One record as poll() returned it.
struct ConsumerRecord {
  TopicPartition partition;
  Offset offset;
  RecordId record;
  KeyId key;
};

struct Fetcher {
  std::vector<TopicPartitionState> assigned;          ///< ascending partitions
  std::deque<CompletedFetch> completed;
  std::vector<NodeId> nodes_with_fetch;             ///< leaders that have an unanswered fetch
  std::int64_t buffered_count = 0;                  ///< records in `completed`, at most
  std::int32_t fetch_start = 0;                     ///< partition that the next fetch begins with, so that none starves
  TimerId retry_timer;

  [[nodiscard]] TopicPartitionState* find(TopicPartition partition);
  [[nodiscard]] const TopicPartitionState* find(TopicPartition partition) const;
  [[nodiscard]] bool is_assigned(TopicPartition partition) const { return find(partition) != nullptr; }
};

}  // namespace kscope::sim
