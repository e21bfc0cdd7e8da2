#include "sim/record/note_rows.h"

#include "sim/record/kind_names.h"

namespace kscope::record {
namespace {

using sim::NoteKind;

/// The columns that all rows of notes have, as numbers with NULL for "none".
struct Columns {
  std::int64_t event;
  std::int64_t time;
  std::int64_t node;
  std::int64_t kind;
  std::int64_t topic;
  std::int64_t partition;
  std::int64_t broker;
  std::int64_t group;
  std::int64_t a;
  std::int64_t b;
  std::int64_t c;
};

constexpr std::int64_t or_null(std::int64_t value) { return value < 0 ? kSqlNull : value; }

/// A record's identity as rows have it. Its producer stands in the upper bits of a RecordId; in the lower ones it makes small
/// numbers, which take half the room in a file. Different for different ids, whatever these are made of.
constexpr std::int64_t record_number(std::int64_t id) {
  constexpr int kSerialBits = 50;
  constexpr int kProducerBits = 12;
  const std::int64_t producer = id >> kSerialBits;
  const std::int64_t serial = id & ((std::int64_t{1} << kSerialBits) - 1);
  const bool is_small = producer >= 0 && producer < std::int64_t{1} << kProducerBits;
  return is_small ? serial << kProducerBits | producer : or_null(id);
}
static_assert(record_number(-1) == kSqlNull);
static_assert(record_number((std::int64_t{5} << 50) + 7) == 7 * 4'096 + 5);
static_assert(record_number(std::int64_t{5'000} << 50) == std::int64_t{5'000} << 50);

Columns columns_of(const NoteOfEvent& at) {
  const sim::Note& note = at.note;
  return {static_cast<std::int64_t>(at.event),
          nanos(at.time),
          or_null(at.node.value),
          static_cast<std::int64_t>(note.kind),
          or_null(note.partition.topic.value),
          or_null(note.partition.partition),
          or_null(note.broker.value),
          or_null(note.group.value),
          note.a,
          note.b,
          note.c};
}

void insert_batch(RunWriter& writer, const Columns& x, BatchStep step, std::span<const std::int64_t> placed) {
  const std::int64_t batch = writer.take_batch_number();
  const auto kind = static_cast<std::int64_t>(step);
  if (step == BatchStep::kFailed || step == BatchStep::kRetried) {
    writer.insert(Table::kBatch, {batch, x.event, x.time, x.node, kind, x.topic, x.partition, kSqlNull, x.b, kSqlNull,
                                  record_number(x.a), x.c});
    return;
  }
  if (step == BatchStep::kAcked) {
    writer.insert(Table::kBatch, {batch, x.event, x.time, x.node, kind, x.topic, x.partition, or_null(x.a), x.b,
                                  kSqlNull, record_number(x.c), kSqlNull});
    return;
  }
  const std::int64_t first = placed.empty() ? kSqlNull : record_number(placed.front());
  writer.insert(Table::kBatch,
                {batch, x.event, x.time, x.node, kind, x.topic, x.partition, x.a, x.b, x.c, first, kSqlNull});
  for (std::size_t i = 0; i < placed.size(); ++i) {
    // What a broker writes itself, such as committed offsets, is no record of a producer.
    if (const std::int64_t record = record_number(placed[i]); record != kSqlNull) {
      writer.insert(Table::kPlace, {record, batch, static_cast<std::int64_t>(i)});
    }
  }
}

void insert_offset(RunWriter& writer, const Columns& x, OffsetKind kind) {
  writer.insert(Table::kOffset,
                {x.event, x.time, x.node, x.topic, x.partition, static_cast<std::int64_t>(kind), x.a, x.group});
}

void insert_rebalance(RunWriter& writer, const Columns& x, NoteKind kind) {
  std::int64_t state = kSqlNull;
  std::int64_t old_state = kSqlNull;
  std::int64_t generation = kSqlNull;
  std::int64_t client = kSqlNull;
  std::int64_t reason = kSqlNull;
  if (kind == NoteKind::kGroupState) {
    state = x.a;
    old_state = or_null(x.b);
    generation = or_null(x.c);
  } else if (kind == NoteKind::kMemberJoined || kind == NoteKind::kMemberLeft) {
    client = x.a;
    reason = kind == NoteKind::kMemberLeft ? x.c : kSqlNull;
  } else {
    client = x.node;
  }
  writer.insert(Table::kRebalance,
                {x.event, x.time, x.node, x.kind, x.group, state, old_state, generation, client, reason});
}

}  // namespace

void insert_note(RunWriter& writer, const NoteOfEvent& at, std::span<const std::int64_t> placed) {
  const Columns x = columns_of(at);
  switch (at.note.kind) {
    case NoteKind::kRecordCreated:
      writer.insert(Table::kRecord,
                    {record_number(x.a), x.event, x.time, x.node, x.topic, x.partition, or_null(x.b), x.c});
      return;
    case NoteKind::kBatchAppended: return insert_batch(writer, x, BatchStep::kAppended, placed);
    case NoteKind::kBatchReplicated: return insert_batch(writer, x, BatchStep::kReplicated, placed);
    case NoteKind::kBatchAcked: return insert_batch(writer, x, BatchStep::kAcked, placed);
    case NoteKind::kBatchFailed: return insert_batch(writer, x, BatchStep::kFailed, placed);
    case NoteKind::kBatchRetried: return insert_batch(writer, x, BatchStep::kRetried, placed);
    case NoteKind::kRecordDelivered:
      writer.insert(Table::kDelivery,
                    {x.event, x.time, x.node, 0, x.group, x.topic, x.partition, x.a, record_number(x.b)});
      return;
    case NoteKind::kRecordProcessed:
      writer.insert(Table::kDelivery,
                    {x.event, x.time, x.node, 1, x.group, x.topic, x.partition, x.a, record_number(x.b)});
      return;
    case NoteKind::kHighWatermark: return insert_offset(writer, x, OffsetKind::kHighWatermark);
    case NoteKind::kLogTruncated: return insert_offset(writer, x, OffsetKind::kLogEnd);
    case NoteKind::kLogStartMoved: return insert_offset(writer, x, OffsetKind::kLogStart);
    case NoteKind::kOffsetCommitted: return insert_offset(writer, x, OffsetKind::kCommitted);
    case NoteKind::kPositionReset: return insert_offset(writer, x, OffsetKind::kPosition);
    case NoteKind::kLeaderElected:
      writer.insert(Table::kElection,
                    {x.event, x.time, x.node, x.kind, x.topic, x.partition, x.broker, x.a, x.b, or_null(x.c)});
      return;
    case NoteKind::kBecameLeader:
      writer.insert(Table::kElection,
                    {x.event, x.time, x.node, x.kind, x.topic, x.partition, x.broker, x.a, kSqlNull, kSqlNull});
      return;
    case NoteKind::kBecameFollower:
      writer.insert(Table::kElection,
                    {x.event, x.time, x.node, x.kind, x.topic, x.partition, or_null(x.b), x.a, kSqlNull, kSqlNull});
      return;
    case NoteKind::kControllerElected:
    case NoteKind::kControllerResigned:
    case NoteKind::kZkLeaderElected:
    case NoteKind::kQuorumLeaderElected:
    case NoteKind::kSnapshotLoaded:
      writer.insert(Table::kElection,
                    {x.event, x.time, x.node, x.kind, kSqlNull, kSqlNull, x.broker, x.a, kSqlNull, kSqlNull});
      return;
    case NoteKind::kIsrShrinkProposed:
      writer.insert(Table::kIsr, {x.event, x.time, x.node, x.kind, x.topic, x.partition, x.broker, kSqlNull, kSqlNull,
                                  kSqlNull, kSqlNull, x.b});
      return;
    case NoteKind::kIsrExpandProposed:
      writer.insert(Table::kIsr, {x.event, x.time, x.node, x.kind, x.topic, x.partition, x.broker, kSqlNull, kSqlNull,
                                  kSqlNull, kSqlNull, kSqlNull});
      return;
    case NoteKind::kGroupState:
    case NoteKind::kMemberJoined:
    case NoteKind::kMemberLeft:
    case NoteKind::kMaxPollExceeded: return insert_rebalance(writer, x, at.note.kind);
    case NoteKind::kGenerationAssigned:
      writer.insert(Table::kGeneration, {x.event, x.time, x.node, x.group, x.a, x.b, x.c});
      return;
    case NoteKind::kPartitionAssigned:
    case NoteKind::kPartitionRevoked:
      writer.insert(Table::kAssignment, {x.event, x.time, x.node, x.group, x.topic, x.partition, x.a,
                                         at.note.kind == NoteKind::kPartitionAssigned ? 1 : 0});
      return;
    case NoteKind::kLogRecovered:
    case NoteKind::kLogCompacted:
    case NoteKind::kIsrChanged:
    case NoteKind::kReplicaStopped:
    case NoteKind::kRequestRefused:
    case NoteKind::kElectionFailed:
    case NoteKind::kBrokerRegistered:
    case NoteKind::kBrokerGone:
    case NoteKind::kZkSessionOpened:
    case NoteKind::kZkSessionExpired:
    case NoteKind::kTopicCreated:
    case NoteKind::kTopicRefused:
    case NoteKind::kZombieRefused:
    case NoteKind::kCommitRefused:
    case NoteKind::kTruncationDetected:
    case NoteKind::kReadReplica:
    case NoteKind::kCoordinatorLoaded:
    case NoteKind::kTransactionState:
    case NoteKind::kTransactionBegun:
    case NoteKind::kTransactionEnded:
    case NoteKind::kProducerFenced:
    case NoteKind::kBrokerRunning:
    case NoteKind::kShutdownStarted:
    case NoteKind::kShutdownDone:
    case NoteKind::kPartitionsCreated:
    case NoteKind::kPartitionsRefused:
    case NoteKind::kBatchSplit:
    case NoteKind::kClientThrottled:
    case NoteKind::kTopicDeleted:
    case NoteKind::kTopicDeletionRefused:
    case NoteKind::kMetadataCommitted:
    case NoteKind::kTxnOffset:
    case NoteKind::kRecordCopied:
    case NoteKind::kPartitionReassigned:
    case NoteKind::kReassignmentRefused:
    case NoteKind::kStaticMemberReplaced:
    case NoteKind::kOffsetExpired:
    case NoteKind::kGroupDeleted:
    case NoteKind::kGroupMigrated:
    case NoteKind::kPartitionPaused:
    case NoteKind::kCallRefused:
      writer.insert(Table::kNote,
                    {x.event, x.time, x.node, x.kind, x.topic, x.partition, x.broker, x.group, x.a, x.b, x.c});
      return;
  }
}

}  // namespace kscope::record
