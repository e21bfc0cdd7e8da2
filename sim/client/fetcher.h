#pragma once
// What a consumer reads: its assigned partitions with their positions, what was fetched and not handed out yet, and one
// fetch per leader node in the background.
//
//   INITIALIZING --committed offset--> AWAIT_VALIDATION --epoch ends at or after it--> FETCHING
//        |  no committed offset              | log was truncated: position moves back      |
//        v                                   v                                             | OFFSET_OUT_OF_RANGE
//   AWAIT_RESET <----- (no such epoch) ------+                                             |
//        |  ^------------------------------------------------------------------------------+
//        +-- ListOffsets by auto.offset.reset --> FETCHING --newer leader epoch--> AWAIT_VALIDATION
//
// Kafka: SubscriptionState, Fetcher, FetchCollector, OffsetFetcher (3.9); KIP-320 for validation.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/client/fetch_session_handler.h"
#include "sim/types/record_batch.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// SubscriptionState.FetchStates.
enum class FetchState : std::uint8_t { INITIALIZING, FETCHING, AWAIT_RESET, AWAIT_VALIDATION };

/// One assigned partition. Kafka: SubscriptionState.TopicPartitionState.
struct TopicPartitionState {
  TopicPartition partition;
  FetchState state = FetchState::INITIALIZING;
  Offset position = kUnknownOffset;              ///< next offset to hand out; what a commit says
  LeaderEpoch position_epoch = kNoLeaderEpoch;   ///< leader epoch of the last record before the position
  LeaderEpoch leader_epoch = kNoLeaderEpoch;     ///< of the leader that the position was validated against
  Offset high_watermark = kUnknownOffset;        ///< last one heard
  Offset last_stable_offset = kUnknownOffset;    ///< last one heard
  Offset committed = kUnknownOffset;             ///< last commit of this consumer that succeeded
  Offset fetched_offset = kUnknownOffset;        ///< what the fetch in flight asked for
  std::int64_t request_correlation = 0;          ///< ListOffsets or OffsetsForLeaderEpoch in flight; 0 = none
  bool awaits_metadata = false;                  ///< the leader refused: nothing more before newer metadata
  BrokerId preferred_read_replica;               ///< fetched from instead of the leader (KIP-392); none = the leader
  LocalTime preferred_until = LocalTime::min();  ///< until then, without another word of the leader
  bool is_buffered = false;                      ///< fetched records wait to be handed out
  bool is_paused = false;                        ///< pause(): nothing is fetched or handed out
  std::optional<AutoOffsetReset>
      sought{};               ///< AWAIT_RESET by seekToBeginning() or seekToEnd(), whatever auto.offset.reset
  std::int32_t attempts = 0;  ///< of a reset or validation
  LocalTime retry_at = LocalTime::min();

  [[nodiscard]] bool has_position() const {
    return state == FetchState::FETCHING || state == FetchState::AWAIT_VALIDATION;
  }
};

/// A fetch answer for one partition, handed out record by record.
struct CompletedFetch {
  TopicPartition partition;
  Offset next_offset;  ///< of the first record not handed out
  std::vector<RecordBatch> batches;
  std::size_t batch_index = 0;                ///< of the batch that has it
  std::vector<AbortedTransaction> aborted;    ///< read_committed: by first offset
  std::size_t next_aborted = 0;               ///< the first that no batch has reached
  std::vector<ProducerId> aborted_producers;  ///< whose batches are left out until their marker
};

/// One record as poll() returned it.
struct ConsumerRecord {
  TopicPartition partition;
  Offset offset;
  RecordId record;
  NodeId producer;  ///< whose keys `key` is one of
  KeyId key;
  std::int32_t value_size = 0;
};

/// The fetch session with one broker.
struct NodeFetchSession {
  NodeId node;
  FetchSessionHandler handler;
};

struct Fetcher {
  std::vector<TopicPartitionState> assigned;  ///< ascending partitions
  std::deque<CompletedFetch> completed;
  std::vector<NodeId> nodes_with_fetch;    ///< leaders that have an unanswered fetch; ascending
  std::vector<NodeFetchSession> sessions;  ///< ascending by node
  std::size_t fetch_start = 0;             ///< partition that the next fetch begins with, so that none starves

  [[nodiscard]] TopicPartitionState* find(TopicPartition partition);
  [[nodiscard]] const TopicPartitionState* find(TopicPartition partition) const;
  /// The session with a broker: a new handler where there was none.
  [[nodiscard]] FetchSessionHandler& session(NodeId node);
  /// Records fetched and not handed out. Cost: O(batches).
  [[nodiscard]] std::int64_t buffered_count() const;
};

}  // namespace kscope::sim
