#pragma once
// Snapshot: everything that the window, the command line and the golden text tests may know about a run at the playhead.
// Plain structs, immutable once built, no reference into the world. Facts are computed here and nowhere else; texts are
// ready to print. What is costly is filled only when the Interest asks for it.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/time.h"
#include "sim/view/entity.h"

namespace kscope::view {

// ---- nodes ----------------------------------------------------------------------------------------------------------

enum class NodeRole : std::uint8_t { kBroker, kZooKeeper, kProducer, kConsumer, kAdmin, kController };
enum class NodeStatus : std::uint8_t {
  kUp,
  kStarting,      ///< process runs, not registered yet (broker) or not joined yet (consumer)
  kShuttingDown,  ///< controlled shutdown
  kPaused,
  kDown,  ///< crashed or stopped
};

/// One row of an inspector, a tooltip or a hover card: a fact with the Kafka name that governs it.
struct Fact {
  std::string name;   ///< "high watermark"
  std::string value;  ///< "17", with its unit
  std::string help;   ///< one sentence; names the Kafka config or class
};

struct Node {
  std::int32_t node = -1;
  NodeRole role = NodeRole::kBroker;
  std::string name;     ///< "b1", "zk1", "shop", "billing-1"
  std::string partner;  ///< combined roles: the other half of the same process, "c1" of "b1"; "" = a process of its own
  std::string label;    ///< under the name: rack, "leader, 3 sessions", "240 sent, 2 waiting" ...
  NodeStatus status = NodeStatus::kUp;
  std::string status_text;  ///< "paused, 3.2 s left"
  bool is_spare = false;    ///< down because nobody has started it yet
  SimTime paused_until;
  // brokers
  std::int32_t broker_id = -1;
  std::string rack;
  bool is_controller = false;
  bool is_group_coordinator = false;
  std::int32_t leader_count = 0;
  std::int32_t replica_count = 0;
  std::int32_t queue_length = 0;  ///< requests waiting for an I/O thread
  std::int32_t busy_threads = 0;
  std::int32_t thread_count = 0;
  bool is_disk_slow = false;
  bool has_zk_session = false;
  double zk_session_left = 0;  ///< 0..1 of the session timeout that is left without a heartbeat
  // ZooKeeper
  bool is_zk_leader = false;  ///< leads the ensemble, or the quorum of controllers
  // producers
  std::int64_t sent_count = 0;  ///< records handed to the producer
  std::int64_t acked_count = 0;
  std::int64_t failed_count = 0;
  std::int32_t buffered_count = 0;   ///< records waiting in the accumulator
  std::int32_t in_flight_count = 0;  ///< produce requests without an answer
  std::string last_error;            ///< "NOT_ENOUGH_REPLICAS, retrying"
  // consumers
  std::int32_t group = -1;
  std::string member_state;  ///< "Stable", "joining", "revoked"
  std::int64_t processed_count = 0;
  std::int32_t buffered_records = 0;  ///< fetched, not handed out yet
};

// ---- partitions -----------------------------------------------------------------------------------------------------

enum class CellFate : std::uint8_t { kPresent, kGhost };  ///< a ghost was here and is gone: truncated or lost

/// One record in one replica's log strip.
struct Cell {
  std::int64_t offset = 0;
  std::int64_t record = -1;  ///< record id
  std::int64_t key = -1;     ///< -1 = null key
  std::string key_text;      ///< "alice"
  std::int32_t colour = 0;   ///< 0..7 by key; -1 = no key
  std::int32_t leader_epoch = 0;
  std::int32_t size_bytes = 0;
  bool is_batch_start = false;
  bool is_committed = false;  ///< below the high watermark that this replica knows
  bool is_acked = false;      ///< its producer was told that it is stored
  CellFate fate = CellFate::kPresent;
};

struct Replica {
  std::int32_t node = -1;
  std::int32_t broker_id = -1;
  bool is_leader = false;     ///< this broker believes to lead
  bool is_preferred = false;  ///< first of the replica list
  bool is_in_isr = false;     ///< by the controller's state
  bool is_online = true;
  bool is_leader_for_controller = false;
  std::int32_t leader_epoch = 0;  ///< that this replica works in
  std::int64_t log_start_offset = 0;
  std::int64_t high_watermark = 0;
  std::int64_t log_end_offset = 0;
  std::int64_t lag = 0;     ///< records behind the leader's log end
  std::string state_text;   ///< "leader", "follower, in sync", "follower, out of ISR: 3 behind", "truncating"
  std::vector<Cell> cells;  ///< last `Interest::cells_per_replica` records, ghosts among them by offset
};

/// Where a group stands in a partition.
struct GroupMark {
  std::int32_t group = -1;
  std::string letter;           ///< "A", "B": shown below the strip
  std::int32_t owner = -1;      ///< consumer node; -1 = nobody
  std::int64_t committed = -1;  ///< -1 = nothing committed
  std::int64_t position = -1;   ///< -1 = no position
  std::int64_t lag = 0;         ///< high watermark - committed (Kafka's lag: log end for the consumer)
};

struct Partition {
  std::int32_t topic = -1;
  std::int32_t partition = 0;
  std::string name;  ///< "orders-0"
  bool is_internal = false;
  std::int32_t leader = -1;     ///< broker id by the controller; -1 = offline
  std::int32_t preferred = -1;  ///< broker id
  std::int32_t leader_epoch = 0;
  std::int32_t partition_epoch = 0;
  std::vector<std::int32_t> replica_ids;  ///< broker ids in placement order
  std::vector<std::int32_t> isr;          ///< broker ids
  std::vector<std::int32_t> adding;       ///< broker ids: a reassignment brings them
  std::vector<std::int32_t> removing;     ///< broker ids: they go when the reassignment is complete
  std::int32_t min_isr = 1;
  bool is_under_replicated = false;
  bool is_under_min_isr = false;
  std::int64_t log_start_offset = 0;  ///< of the leader, or of the most advanced live replica
  std::int64_t high_watermark = 0;
  std::int64_t log_end_offset = 0;
  std::int64_t acked_lost_count = 0;  ///< acknowledged records that no leader can return any more
  std::vector<Replica> replicas;
  std::vector<GroupMark> groups;
};

// ---- groups ---------------------------------------------------------------------------------------------------------

struct GroupMember {
  std::int32_t node = -1;
  std::string name;  ///< "billing-1"
  std::string member_id;
  std::string state;                   ///< "Stable", "rejoining" ...
  std::vector<std::int32_t> owned;     ///< indexes into Group::partitions
  std::string instance_id{};           ///< group.instance.id of a static member; "" = a dynamic one
  std::vector<std::int32_t> paused{};  ///< those of `owned` that the application has paused: nothing is fetched of them
};
/// One generation of the ownership matrix.
struct Generation {
  std::int32_t generation = 0;
  SimTime started_at;  ///< the rebalance began
  SimTime stable_at;   ///< the last member got its assignment; equal to started_at while it runs
  bool is_stable = false;
  std::string reason;               ///< "billing-2 joined"
  std::vector<std::int32_t> owner;  ///< by partition: consumer node, -1 = nobody
  std::int32_t moved_count = 0;     ///< partitions with another owner than before
  std::vector<Duration> stalled;    ///< by partition: for how long nobody read it before its owner took it
  std::int32_t stalled_count = 0;   ///< partitions that nobody read for a while
  Duration longest_stall{0};
  Duration total_stall{0};  ///< of all partitions together
};
struct Group {
  std::int32_t group = -1;
  std::string name;
  std::string letter;
  std::string state;  ///< Kafka's: Empty, PreparingRebalance, CompletingRebalance, Stable, Dead
  std::int32_t generation = -1;
  std::string protocol;                 ///< "range"
  std::int32_t coordinator = -1;        ///< broker id
  std::string waiting_for;              ///< why a rebalance does not finish, with until when; "" = it is not waiting
  std::vector<std::string> partitions;  ///< names: rows of the matrix
  std::vector<std::int64_t> partition_keys;  ///< topic << 32 | partition, same order
  std::vector<GroupMember> members;
  std::vector<Generation> generations;  ///< oldest first, the last 20
  std::int64_t total_lag = 0;
  bool is_cooperative = false;  ///< its members keep their partitions while they join (KIP-429)
};

// ---- network --------------------------------------------------------------------------------------------------------

enum class MessageFamily : std::uint8_t { kProduce, kFetch, kGroup, kController, kMetadata, kHeartbeat, kZooKeeper };

struct InFlight {
  std::uint64_t message = 0;
  std::int32_t from = -1;
  std::int32_t to = -1;
  SimTime sent_at;
  SimTime arrives_at;
  bool is_held = false;     ///< the link is cut or stalled: it stays at `held_progress`
  float held_progress = 0;  ///< 0..1
  MessageFamily family = MessageFamily::kFetch;
  bool is_response = false;
  bool is_error = false;  ///< carries an error code
  bool is_empty = false;  ///< a fetch response without records, a heartbeat: hidden by default
  std::int64_t size_bytes = 0;
  std::int32_t record_count = 0;
  std::int32_t colour = -1;  ///< key colour of its first record; -1 = none
  std::string name;          ///< "Produce request"
  std::string summary;       ///< "orders-0: 3 records, acks=all"
};
/// A message that died in the last second of simulated time.
struct LostMessage {
  std::int32_t from = -1;
  std::int32_t to = -1;
  SimTime lost_at;
  float progress = 0;
  MessageFamily family = MessageFamily::kFetch;
  std::string summary;
};
struct LinkFault {
  std::int32_t a = -1;
  std::int32_t b = -1;
  bool cut_a_to_b = false;
  bool cut_b_to_a = false;
  Duration extra_delay{0};
  std::int32_t loss_percent = 0;
  std::string text;  ///< "b1 | b3 cut, 6.2 s"
};
/// A fault that is active now: a removable chip under the top bar.
struct FaultChip {
  std::string text;         ///< "b3 paused, 3.1 s left"
  std::string undo_script;  ///< the script line that ends it, as `Session::post_script` takes it
};

// ---- time -----------------------------------------------------------------------------------------------------------

enum class BeatKind : std::uint8_t {
  kLeader,
  kIsr,
  kController,
  kRebalance,
  kError,
  kFault,
  kCommit,
  kRecord,
  kInvariant,
  kTopic
};

/// A notable event, told in plain words with the config that governs it.
struct Beat {
  std::uint64_t event = 0;
  SimTime time;
  BeatKind kind = BeatKind::kRecord;
  std::int32_t rank = 0;  ///< 0 = most notable; a step by beat stops at ranks <= Interest::beat_rank
  std::string text;       ///< "b2 becomes leader of orders-0 (epoch 1): b1 is gone and b2 is first in the ISR."
  EntityRef about;
};

struct EventRow {
  std::uint64_t number = 0;
  SimTime time;
  std::string from;
  std::string to;
  std::string type;  ///< "Fetch request", "linger.ms timer", "crash"
  std::string summary;
  std::uint64_t cause = 0;
  std::int64_t size_bytes = 0;
  MessageFamily family = MessageFamily::kMetadata;
  bool is_beat = false;
  bool is_error = false;
  bool is_future = false;  ///< already computed, after the playhead
};

struct Branch {
  std::int32_t branch = 0;
  std::int32_t parent = -1;
  std::uint64_t forked_at_event = 0;
  SimTime forked_at;
  SimTime end_time;  ///< how far it is computed
  std::uint64_t end_event = 0;
  std::string name;    ///< "main", "main/2"
  std::string reason;  ///< "crash b1"
  bool is_current = false;
};

struct ScriptLine {
  std::size_t line = 0;  ///< number of the line for `Session::edit_script`
  SimTime time;
  std::string text;         ///< "crash b1"
  std::uint64_t event = 0;  ///< where it was carried out; 0 = not yet
  bool is_done = false;
  bool is_by_hand = false;  ///< not in the scenario: done in the window
  bool is_off = false;      ///< switched off: it is not carried out
};

/// The worst that held at a time: what the ribbon of the timeline shows.
enum class HealthState : std::uint8_t {
  kStarting,  ///< no partition is there yet
  kHealthy,
  kBrokersDown,  ///< or not registered
  kUnderReplicated,
  kUnderMinIsr,
  kOffline,      ///< a partition has no leader
  kRecordsLost,  ///< acknowledged ones
  kInvariantBroken,
};
struct HealthSpan {
  SimTime from;
  SimTime to;
  HealthState state = HealthState::kStarting;
};

// ---- checks ---------------------------------------------------------------------------------------------------------

enum class Verdict : std::uint8_t {
  kHolds,
  kBroken,
  kNotDecidable,
  kPermitted
};  ///< kPermitted: a loss that the configs allow

struct InvariantRow {
  std::string id;    ///< "R3"
  std::string name;  ///< "StrongIsr"
  std::string text;  ///< one plain sentence
  Verdict verdict = Verdict::kHolds;
  std::uint64_t first_event = 0;  ///< of the break, 0 = none
  SimTime first_time;
  std::int64_t count = 0;  ///< breaks, or permitted losses
  std::string detail;      ///< what exactly broke
};
struct ExpectRow {
  std::string text;   ///< "within 60 s: isr(orders-0) == [1,2]"
  std::string words;  ///< "b3 is out": what the scenario says of it; "" = nothing
  Verdict verdict = Verdict::kNotDecidable;
  std::string detail;
};

// ---- inspector ------------------------------------------------------------------------------------------------------

struct ConfigRow {
  std::string name;  ///< "replica.lag.time.max.ms"
  std::string value;
  std::string default_value;
  std::string source;  ///< "default", "[defaults.broker]", "broker 1", "topic"
  bool is_modelled = true;
};
/// All about the selected entity.
struct Inspection {
  EntityRef entity;
  std::string title;     ///< "orders-0 on b1"
  std::string subtitle;  ///< one sentence
  std::vector<Fact> facts;
  std::vector<ConfigRow> configs;
  std::string raw;                ///< raw tree as indented text
  std::vector<EventRow> history;  ///< last events that touched it, the newest first
  std::string why;                ///< what the causes explain: the latest notable event about it, in plain words
  std::vector<EventRow> causes;   ///< chain of causes of that event, or of the latest that touched it: newest first
  std::uint64_t effect = 0;       ///< of an event: the first one that it caused; 0 = none yet
};

// ---- the whole ------------------------------------------------------------------------------------------------------

struct NextEvent {
  bool exists = false;
  std::string text;  ///< "b2 fetches orders-0 from b1"
  SimTime time;
  EntityRef about;  ///< the message, or the node
};

struct Health {
  std::int32_t under_replicated = 0;
  std::int32_t offline = 0;
  std::int32_t under_min_isr = 0;
  std::int64_t lag = 0;
  std::int64_t acked_lost = 0;
  std::int64_t duplicates = 0;
  Verdict verdict = Verdict::kHolds;  ///< the worst invariant
  std::string text;                   ///< "Healthy", "2 partitions under-replicated", "3 acknowledged records lost"
};

struct Snapshot {
  std::string title;     ///< of the scenario
  std::string scenario;  ///< file name without path and ending: "hello"
  std::uint64_t seed = 0;
  std::string rules;                         ///< that differ from Kafka 3.9's: "kip-101=old, kip-966=new"; "" = none
  std::vector<std::string> simplifications;  ///< what is simplified against Kafka and matters here
  SimTime now;
  std::uint64_t event = 0;  ///< playhead: number of the last executed event
  SimTime end_time;         ///< of what is computed on this branch
  std::uint64_t end_event = 0;
  bool is_finished = false;  ///< nothing is left to happen before the scenario's end
  std::string caption;       ///< the latest beat in plain words
  EntityRef caption_about;
  NextEvent next;
  Health health;

  std::vector<Node> nodes;            ///< by node id
  std::vector<Partition> partitions;  ///< by topic, partition; internal topics only if Interest::internal_topics
  std::vector<Group> groups;
  std::vector<InFlight> in_flight;
  std::vector<LostMessage> lost;
  std::vector<LinkFault> link_faults;
  std::vector<FaultChip> faults;

  std::vector<Beat> beats;                   ///< of the whole branch as far as computed, by time
  std::vector<HealthSpan> health_over_time;  ///< of the branch as far as computed, by time, without gaps
  std::vector<Branch> branches;
  std::vector<ScriptLine> script;
  std::vector<InvariantRow> invariants;
  std::vector<ExpectRow> expects;

  std::vector<EventRow> events;       ///< the page that Interest asks for, by number
  std::uint64_t events_first = 0;     ///< which of the matching ones the page begins with
  std::uint64_t events_matching = 0;  ///< how many match the filter in all
  std::string filter_error;           ///< what is wrong with the filter; "" = nothing
  Inspection inspection;              ///< of Interest::selection
  std::vector<Inspection> pinned;     ///< of Interest::pinned, in that order
};

/// What is visible, so that a snapshot costs what is shown and not what exists.
struct Interest {
  EntityRef selection;
  std::vector<EntityRef> pinned;  ///< whose inspections stay open
  std::int32_t cells_per_replica = 24;
  EntityRef cells_of;  ///< a partition, or something in one: only its replicas get cells; not set = all do
  bool internal_topics = false;
  bool events = true;
  std::string event_filter;        ///< `type:Fetch & to:b1 & p:orders-0 & t>1s`
  bool beats_only = false;         ///< of the events only the notable ones
  std::int64_t events_first = -1;  ///< first row of the page among the matching ones; -1 = the page around the playhead
  std::int32_t events_count = 200;
  std::int32_t beat_rank = 2;
  bool operator==(const Interest&) const = default;
};

}  // namespace kscope::view
