#pragma once
// Consumer: an application that polls and processes records one by one, and the Kafka consumer that it polls.
//
//   poll(): coordinator (find, join, commit) -> positions -> hand out fetched records | wait until there are some
//   application: [commit before] -> process one record after the other (processing_time each) -> [commit after] -> poll()
//   beside it: heartbeats, and the fetches that the last poll() sent
// A consumer with a Copier produces what it reads, in transactions: see there.
//
// A rebalance is noticed by a heartbeat but carried out inside poll(), so a slow application delays the whole group.
// With a manual assignment it is no member: no JoinGroup, no heartbeats; it commits without a generation.
// Kafka: KafkaConsumer with the classic protocol (LegacyKafkaConsumer, 3.9), or with the consumer protocol of KIP-848, in which
// heartbeats and rebalances go on beside the application (AsyncKafkaConsumer); or the old consumer: zookeeper_membership.h.
// MODEL: one connection per broker; Kafka keeps a second one to the coordinator.

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/client/client_metadata.h"
#include "sim/client/consumer_membership.h"
#include "sim/client/copier.h"
#include "sim/client/fetcher.h"
#include "sim/client/membership.h"
#include "sim/client/network_client.h"
#include "sim/client/zookeeper_membership.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// What the application's thread is doing.
enum class ApplicationState : std::uint8_t {
  kPolling,     ///< inside poll(), waiting
  kProcessing,  ///< has records
  kCommitting,  ///< inside commitSync(), or inside sendOffsetsToTransaction() and commitTransaction()
  kSending,     ///< inside send() of its producer, or it waits for the end of abortTransaction()
  kClosing,  ///< inside close(): last commit, LeaveGroup, end of the fetch sessions; by command, or because poll() threw
  kClosed,   ///< the process ends
};

/// Why a commit was sent; decides what happens when it is answered.
enum class CommitReason : std::uint8_t { kAuto, kBeforeRevoke, kBeforeProcessing, kAfterProcessing, kByHand, kClose };

struct PendingCommit {
  CommitReason reason = CommitReason::kAuto;
  std::int64_t correlation_id = 0;  ///< 0 = waits for its (next) try
  std::vector<OffsetCommitPartition> offsets;
  GenerationId generation = kNoGeneration;
  MemberId member;
  std::int32_t attempts = 0;
  LocalTime retry_at = LocalTime::min();
  LocalTime deadline{};  ///< default.api.timeout.ms
};

struct Consumer {
  explicit Consumer(const ConsumerSetup& its_setup);

  ConsumerSetup setup;
  NetworkClient network;
  ClientMetadata metadata;
  Membership membership;
  std::optional<ConsumerMembership>
      members;  ///< group.protocol=consumer: how far it is; `membership` has its id and epoch
  std::optional<ZookeeperMembership>
      zookeeper;  ///< offsets.storage=zookeeper: it is the old consumer, which no broker coordinates
  Fetcher fetcher;
  std::optional<Copier> copier;  ///< it consumes, transforms and produces

  ApplicationState application = ApplicationState::kPolling;
  bool is_paused = false;               ///< the application stopped calling poll()
  bool is_leaving = false;              ///< kClosing: LeaveGroup is sent
  bool has_closed_sessions = false;     ///< kClosing: the brokers are told that the fetch sessions are over
  bool is_close_wanted = false;         ///< close() follows when the records in hand are done
  std::int64_t leave_correlation = 0;   ///< kClosing: LeaveGroup without an answer; 0 = none
  bool has_close_commit = false;        ///< kClosing: the last commit is sent
  std::vector<ConsumerRecord> records;  ///< what the last poll() returned
  std::size_t next_record = 0;          ///< the one being processed
  LocalTime last_poll{};                ///< max.poll.interval.ms counts from here
  std::vector<PendingCommit> commits;
  LocalTime next_auto_commit{};
  std::int64_t offset_fetch_correlation = 0;  ///< 0 = none in flight
  std::int32_t offset_fetch_attempts = 0;
  LocalTime offset_fetch_retry_at = LocalTime::min();

  TimerId process_timer;
  TimerId pause_timer;
  TimerId wakeup;  ///< kAutoCommit, kCoordinatorRetry or kClientRetry: look again
  LocalTime wakeup_at{};
  TimerId max_poll_timer;

  std::int64_t delivered_count = 0;
  std::int64_t processed_count = 0;
  ErrorCode last_error = ErrorCode::NONE;

  void on_start(Ctx& ctx);
  void on_message(Ctx& ctx, NodeId from, const Message& message);
  void on_timer(Ctx& ctx, const Timer& timer);
  void on_disconnect(Ctx& ctx, NodeId peer);
  void on_command(Ctx& ctx, const Command& command);

  [[nodiscard]] bool commits_automatically() const {
    return setup.commit == ConsumerSetup::CommitMode::kAuto && setup.config.enable_auto_commit;
  }
  /// Whether it has a group.instance.id: it is not missed before its session is over (KIP-345).
  [[nodiscard]] bool is_static() const { return !setup.config.group_instance_id.empty(); }
  /// Whether it reads the partitions that its application assigned, without group management.
  [[nodiscard]] bool has_manual_assignment() const { return !setup.assignment.empty(); }
  /// Whether the application has neither topics nor partitions: it called unsubscribe(), and poll() would throw.
  [[nodiscard]] bool has_nothing_to_poll() const { return setup.topics.empty() && !has_manual_assignment(); }
  /// Whether it may ask for committed offsets and commit: as a member, or as nobody's member.
  [[nodiscard]] bool may_commit() const {
    return zookeeper || has_manual_assignment() || membership.state == MemberState::STABLE;
  }
  /// Whether it keeps its partitions while it joins (KIP-429): all its assignors can do that.
  /// Source: ConsumerPartitionAssignor.RebalanceProtocol, ConsumerCoordinator's constructor, Kafka 3.9.
  [[nodiscard]] bool is_cooperative() const;
};

}  // namespace kscope::sim
