#pragma once
// Watch: what an all-seeing observer remembers about a run. It is made of notes and of the durable logs only, so it holds
// no more trust in a role than its records deserve. A regular value: it is checkpointed, copied and forked with the world.
// Invariants, ghosts, health figures and the groups panel read it; no role ever does.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/chunked.h"
#include "engine/core/flat_map.h"
#include "sim/check/metadata_watch.h"
#include "sim/explain/beats.h"
#include "sim/log/log_directory.h"
#include "sim/protocol/transaction.h"
#include "sim/types/control_type.h"
#include "sim/world/cluster.h"

namespace kscope::sim {

/// One replica as its own notes tell it.
struct ReplicaWatch {
  Offset high_watermark{0};
  Offset log_end{0};
  Offset log_start{0};
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  bool presumes_leader = false;  ///< it became leader in `leader_epoch` and has not become follower since
};

/// A batch that some leader appended: where a record was born.
struct AppendedBatch {
  Offset base_offset;
  LeaderEpoch epoch = kNoLeaderEpoch;
  NodeId leader;
  std::int32_t count = 0;
  RecordId first_record;
  bool is_transactional = false;
  std::shared_ptr<const std::vector<Record>> records;
};

/// A batch whose producer was told that it is stored.
struct AckedBatch {
  Offset base_offset;
  std::int32_t count = 0;
  RecordId first_record;
  bool was_all = false;      ///< acks=all; else acks=1
  bool min_isr_met = false;  ///< |ISR| >= min.insync.replicas when the ack came
  std::uint64_t event = 0;
};

/// A record that was in a replica's log and is there no more: truncated, or lost with the page cache.
struct Ghost {
  TopicPartition partition;
  NodeId node;
  Offset offset;
  Record record;
  LeaderEpoch epoch = kNoLeaderEpoch;
  std::uint64_t event = 0;
  SimTime time;
};

/// A record that a consumer was given.
struct ServedRecord {
  Offset offset;
  RecordId record;
};

/// A record that a log got once more: the second copy.
struct SecondCopy {
  RecordId record;
  NodeId producer;
};

/// Order of one producer's records in one partition.
struct SequenceWatch {
  std::int64_t highest = -1;          ///< highest sequence that was appended
  std::vector<std::int64_t> missing;  ///< lower ones that were not, sorted; bounded
};

struct PartitionWatch {
  BrokerId leader;  ///< by the controller
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  BrokerSet isr;                ///< by the controller
  BrokerSet elr;                ///< by the controller: KRaft with kip-966
  BrokerSet candidates_before;  ///< ISR and ELR before the last change of the ISR
  BrokerId last_leader;         ///< by the controller: who led last, also while nobody does
  PartitionEpoch partition_epoch{0};
  BrokerSet asked_in;     ///< whom a leader asked to be taken into the ISR, and who has not left it since
  BrokerSet moving_from;  ///< while a reassignment goes on: where the partition lay, and where it shall lie
  BrokerSet moving_to;
  std::int32_t moved_count = 0;  ///< replicas that its last reassignment left it; 0 = it was never moved
  bool exists = false;
  SimTime exists_since;                ///< meaningful when it exists
  bool unclean_used = false;           ///< an unclean election happened: loss is permitted from then on
  bool page_cache_lost = false;        ///< a machine lost power and with it records that its replica had not flushed
  BrokerSet losers;                    ///< whose machines those were
  Offset true_high_watermark{0};       ///< furthest that any leader ever committed
  std::vector<ReplicaWatch> replicas;  ///< by broker index
  Chunked<AppendedBatch> appended;
  Chunked<AckedBatch> acked;
  std::vector<AckedBatch> uncommitted;  ///< acknowledged with acks=1, not below a high watermark yet; by offset
  Chunked<AckedBatch> committed;        ///< acknowledged with acks=1 and then committed
  bool was_compacted = false;
  FlatMap<Offset, std::int64_t>
      tombstones;  ///< that went through a cleaning: ms of the cleaner's clock at the first one
  FlatMap<NodeId, SequenceWatch> sequences;
  Chunked<ServedRecord>
      served;  ///< the last kKeptServed that consumers were given, ascending offsets: each the first time
  FlatMap<Offset, SecondCopy> second_copies;  ///< of records that stand in the log twice
  std::int64_t acked_lost = 0;                ///< acknowledged records that the present leader does not have
  SimTime leaderless_since;                   ///< meaningful while it has no leader

  /// Whether committed records may be gone without a mistake of anybody: replication promises nothing from then on.
  [[nodiscard]] bool may_have_lost() const { return unclean_used || page_cache_lost; }
};

/// A set of offsets kept as ascending ranges [from, to): what applications got, what they finished.
class OffsetSet {
 public:
  /// Adds one offset; false if it was there already. Cost O(log ranges), usually the last one grows.
  bool add(Offset offset);
  /// How many offsets of [from, to) are in the set.
  [[nodiscard]] std::int64_t count(Offset from, Offset to) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  /// Smallest offset. Requires !empty().
  [[nodiscard]] Offset first() const { return ranges_.front().from; }

 private:
  struct Range {
    Offset from;
    Offset to;
  };
  std::vector<Range> ranges_;
};

/// What an application with an output made of a record that it read.
struct CopiedRecord {
  RecordId output;
  TopicPartition input;
  Offset offset;
};

struct GenerationWatch {
  std::int32_t generation = 0;
  SimTime started_at;
  SimTime stable_at;
  bool is_stable = false;
  std::string reason;
  FlatMap<TopicPartition, NodeId> owners;
  FlatMap<TopicPartition, Duration> stalled;  ///< for how long nobody read a partition before its owner took it
};
/// Where the record of an offset lies in __consumer_offsets that a group was told is committed.
struct CommitRecord {
  Offset at = kUnknownOffset;
  bool is_forgotten = false;  ///< a tombstone is at `at`: the topic was deleted, or the offset expired
};
struct GroupWatch {
  std::int32_t state = -1;
  bool is_deleted = false;  ///< its coordinator has deleted it, and nobody has come since
  std::int32_t generation = -1;
  std::vector<GenerationWatch> generations;  ///< the last kKeptGenerations
  FlatMap<TopicPartition, NodeId> owners;    ///< who took it last and has not given it up
  FlatMap<TopicPartition, std::int32_t> owner_generation;
  FlatMap<TopicPartition, Offset> committed;
  FlatMap<TopicPartition, CommitRecord> commit_records;
  FlatMap<TopicPartition, Offset>
      begun_at;                  ///< where a member began last without a committed offset: all before is left out
  bool commits_by_hand = false;  ///< somebody made a member commit at a moment of his own choice
  FlatMap<TopicPartition, Offset> sought;        ///< the furthest offset that an application asked for by seek()
  FlatMap<TopicPartition, OffsetSet> delivered;  ///< handed to some application of the group
  FlatMap<TopicPartition, OffsetSet> processed;  ///< finished by some application of the group
  FlatMap<TopicPartition, FlatMap<Offset, RecordId>>
      copied;                                     ///< the committed copy of each record; groups with an output
  std::int64_t redelivered = 0;                   ///< handed out again
  FlatMap<TopicPartition, SimTime> unread_since;  ///< whose owner gave it up, or is dead
  FlatMap<TopicPartition, NodeId> last_owners;    ///< who took it last, also after it was given up
  Duration stalled{0};                            ///< how long partitions had no reader after an owner, of all together
  std::int64_t moved = 0;                         ///< how often a partition came to another owner
  std::string pending_reason;                     ///< why the next rebalance began
  SimTime rebalance_started;

  /// Records below the committed offsets that no application finished: lost to the group, or in processing just now.
  [[nodiscard]] std::int64_t skipped() const;
  /// The committed copy of the record that `copy` is one of; none = there is none.
  [[nodiscard]] RecordId copy_of(const CopiedRecord& copy) const;
};

/// How far one consumer is in a partition, as its application sees it.
struct ReadWatch {
  Offset next = kUnknownOffset;  ///< what poll() returns next, if the log has it: where the position was set, or behind
                                 ///< the last record; -1: it has just got the partition
  Offset last = kUnknownOffset;  ///< the last record since the position was set; -1: none
  RecordId last_record;          ///< which record that was
  Offset known_end =
      kUnknownOffset;  ///< the furthest end that it heard of: an answer to ListOffsets, or behind a record
};

/// A transaction as the application of a producer sees it: what it sent between its begin and the word how it ended.
struct ApplicationTransaction {
  std::int64_t number = 0;  ///< of the producer's transactions, from 1
  RecordId first;           ///< of its records; none = not yet
  RecordId last;
  std::optional<ControlType> told{};    ///< how it ended, as the application knows it
  std::optional<ControlType> marked{};  ///< what the first marker says that ends some of its records

  [[nodiscard]] bool has(RecordId record) const {
    return first.is_valid() && first.value <= record.value && record.value <= last.value;
  }
};

struct ClientWatch {
  std::int64_t created = 0;  ///< producers: records handed to them
  std::int64_t acked = 0;
  std::int64_t failed = 0;
  std::int64_t delivered = 0;  ///< consumers: records handed to the application
  std::int64_t processed = 0;
  FlatMap<TopicPartition, ReadWatch> reads;            ///< consumers
  SimTime started_at;                                  ///< of the process, the last time
  std::int32_t last_error = 0;                         ///< ErrorCode of the last retry or failure; 0 after a success
  std::vector<ApplicationTransaction> transactions{};  ///< producers: the last kKeptTransactions
  Chunked<CopiedRecord> copies{};                      ///< consumers with an output: ascending record ids
  std::size_t copies_before = 0;                       ///< how many there were when its last transaction began
  std::size_t copies_kept = 0;  ///< the same, or those before the transaction before if that was committed

  /// The transaction that the record was sent in; nullptr: in none that is known.
  [[nodiscard]] const ApplicationTransaction* transaction_of(RecordId record) const;
};

/// A topic as it was created last: what was in one of the same name that was deleted is no part of it.
struct TopicWatch {
  std::int64_t topic_id = 0;  ///< second half of its id; 0 = not known, or deleted
  bool was_deleted = false;   ///< at least once: records of an earlier one may still be about
  bool is_deleted = false;    ///< now; nothing is promised about it
  SimTime grown_at;           ///< when it got its partitions, or more of them
};

class Watch {
 public:
  Watch() = default;
  explicit Watch(const Registry& registry);

  /// Takes in what an event did by itself: a machine that lost power. Call before its notes.
  void on_act(const World& world, const Event& event);
  /// Takes in one note of an event; checks look at the state before. Cost: O(1), more at truncations and elections.
  void on_note(const World& world, const Event& event, const Note& note);

  [[nodiscard]] PartitionWatch& partition(TopicPartition p);
  [[nodiscard]] const PartitionWatch* find(TopicPartition p) const;
  [[nodiscard]] const std::vector<std::vector<PartitionWatch>>& topics() const { return topics_; }
  /// Whether the note is about records of a topic that is deleted, or of one that was deleted before it was created again:
  /// no invariant judges it, and the watch does not take it in. Cost: O(1) for topics that were never deleted.
  [[nodiscard]] bool is_void(const World& world, const Event& event, const Note& note) const;
  /// Whether a topic of this name was deleted before, so that producers may go on where they were in another one.
  [[nodiscard]] bool was_deleted(TopicId topic) const {
    const TopicWatch* watched = topic_watch(topic);
    return watched != nullptr && watched->was_deleted;
  }
  /// What the record is a copy of; nullptr: it is none.
  [[nodiscard]] const CopiedRecord* copy(const Record& record) const;
  /// Whether a member of the group copied the record in a transaction that is committed, or that nobody has aborted yet.
  /// Cost: O(records of open transactions).
  [[nodiscard]] bool is_copied(GroupId group, TopicPartition input, Offset offset) const;
  /// Whether the log is of the topic as it was created last.
  [[nodiscard]] bool is_of_present_topic(const HostedLog& hosted) const;
  /// Whether records of __consumer_offsets may be gone (a lost page cache, an unclean election): what groups know begins
  /// anew then.
  [[nodiscard]] bool may_have_lost_groups() const;
  /// When a fault or an act of the script was last about this node, or about one of its links, or it started.
  [[nodiscard]] SimTime disturbed_at(NodeId node) const { return disturbed_.at(static_cast<std::size_t>(node.value)); }
  /// When the topic got its partitions, or more of them; the beginning of time if nobody told.
  [[nodiscard]] SimTime grown_at(TopicId topic) const {
    const TopicWatch* watched = topic_watch(topic);
    return watched == nullptr ? SimTime{} : watched->grown_at;
  }
  [[nodiscard]] const std::vector<GroupWatch>& groups() const { return groups_; }
  [[nodiscard]] const std::vector<ClientWatch>& clients() const { return clients_; }
  [[nodiscard]] const Chunked<Ghost>& ghosts() const { return ghosts_; }
  [[nodiscard]] const std::vector<std::int64_t>& note_counts() const { return note_counts_; }

  BrokerId controller;  ///< last elected and not resigned
  ControllerEpoch controller_epoch{0};
  FlatMap<ControllerEpoch, BrokerId> controllers;  ///< who was controller in each epoch
  /// What a coordinator said last of each transactional id; forgotten when another one takes over, which has read the log.
  FlatMap<TransactionalId, TransactionState> transaction_states;
  MetadataWatch metadata;       ///< KRaft only
  std::int64_t duplicates = 0;  ///< records that a log holds twice
  std::int64_t reordered = 0;
  std::int64_t redelivered = 0;  ///< records that a group's applications got more than once

  BrokerSet unfit_brokers;     ///< whom the controller held for gone or shutting down when it acted last
  bool unclean_asked = false;  ///< an administrator asked for an unclean election

  /// Highest controller epoch that the broker obeyed in its present life.
  [[nodiscard]] ControllerEpoch obeyed_epoch(std::size_t broker) const { return brokers_.at(broker).obeyed; }
  /// Of the last registration of the broker; -1 = there was none.
  [[nodiscard]] BrokerEpoch broker_epoch(std::size_t broker) const { return brokers_.at(broker).epoch; }

  /// How many replicas a partition should have: those that its topic was created with, else those that were asked for.
  [[nodiscard]] std::size_t wanted_replicas(const Registry& registry, TopicPartition partition) const;

 private:
  struct BrokerWatch {
    ControllerEpoch obeyed{0};
    BrokerEpoch epoch{-1};
  };
  void on_broker_note(const World& world, const Event& event, const Note& note);
  void on_compaction(const World& world, const Event& event, const Note& note);
  void on_replica_note(const World& world, const Event& event, const Note& note);
  void on_controller_note(const World& world, const Event& event, const Note& note);
  void on_topic_created(const Event& event, const Note& note);
  void on_topic_deleted(const Note& note);
  void on_reassignment(const Note& note);
  void forget_topic(TopicId topic);
  [[nodiscard]] const TopicWatch* topic_watch(TopicId topic) const;
  TopicWatch& topic_watch(TopicId topic);
  void on_group_note(const Event& event, const Note& note);
  void on_consumer_death(const World& world, const Event& event);
  void on_disturbance(const Registry& registry, const Event& event);
  void on_read(const Event& event, const Note& note);
  void on_commit_by_hand(const World& world, const Event& event);
  void note_forgotten_offsets(const RecordBatch& batch);
  void on_transaction_note(const Event& event, const Note& note);
  void note_acked(const World& world, const Event& event, const Note& note);
  static void note_committed(PartitionWatch& p, const PartitionLog* leader);
  void note_marker(const Registry& registry, const PartitionLog& log, const RecordBatch& marker);
  void note_copy(const Event& event, const Note& note);
  void on_client_note(const World& world, const Event& event, const Note& note);
  void note_order(const World& world, const Event& event, const Note& note, const AppendedBatch& batch);
  void remember_ghosts(const Event& event, TopicPartition p, NodeId node, Offset from, Offset to, LeaderEpoch below);
  void after_power_loss(const World& world, const Event& event);

  std::vector<std::vector<PartitionWatch>> topics_;
  std::vector<TopicWatch> topic_watches_;  ///< by topic; none for those of which nobody told yet
  std::vector<GroupWatch> groups_;
  std::vector<ClientWatch> clients_;  ///< by node
  std::vector<BrokerWatch> brokers_;  ///< in the order of Registry::brokers
  Chunked<Ghost> ghosts_;
  std::vector<SimTime> disturbed_;  ///< by node
  std::vector<std::int64_t> note_counts_;
  std::vector<std::int64_t> replication_factors_;  ///< by topic, as it was created; 0 = not known
};

/// Brokers that `controller` holds for gone or shutting down; none unless it is active.
BrokerSet unfit_for(const Registry& registry, const Broker& controller);

/// The log of a partition on a node, nullptr if it has none.
const PartitionLog* log_on(const World& world, NodeId node, TopicPartition p);

/// Whether a log holds the batch that begins with this record at this offset, or did until retention or compaction came.
bool has_batch(const PartitionLog& log, Offset base_offset, RecordId first_record);

/// Records of acknowledged batches that a leader's log does not have. Cost: O(batches that are missing) + 1.
std::int64_t count_missing(const Chunked<AckedBatch>& acked, const PartitionLog& log);

}  // namespace kscope::sim
