// What the watch makes of topics that are created, deleted and created again under the same name.
#include <algorithm>

#include "sim/check/watch.h"

namespace kscope::sim {

void Watch::on_topic_created(const Event& event, const Note& note) {
  const auto topic = static_cast<std::size_t>(note.partition.topic.value);
  if (topic >= replication_factors_.size()) {
    replication_factors_.resize(topic + 1, 0);
  }
  replication_factors_[topic] = note.b;
  TopicWatch& watched = topic_watch(note.partition.topic);
  if (watched.was_deleted) {
    forget_topic(note.partition.topic);  // What brokers that were behind did to the one that was deleted.
  }
  watched.topic_id = note.c;
  watched.is_deleted = false;
  watched.grown_at = event.time;
}

void Watch::on_topic_deleted(const Note& note) {
  TopicWatch& topic = topic_watch(note.partition.topic);
  topic = TopicWatch{0, true, true, {}};
  forget_topic(note.partition.topic);
}

void Watch::on_reassignment(const Note& note) {
  PartitionWatch& p = partition(note.partition);
  const auto step = static_cast<ReassignmentStep>(note.a);
  p.moving_from = step == ReassignmentStep::kStarted ? note.before : BrokerSet{};
  p.moving_to = step == ReassignmentStep::kStarted ? note.brokers : BrokerSet{};
  if (step == ReassignmentStep::kCompleted) {
    p.moved_count = static_cast<std::int32_t>(note.brokers.size());
  }
}

/// Nothing is known of its partitions any more.
void Watch::forget_topic(TopicId topic) {
  const auto is_of_topic = [&](TopicPartition p) { return p.topic == topic; };
  if (static_cast<std::size_t>(topic.value) < topics_.size()) {
    for (PartitionWatch& p : topics_[static_cast<std::size_t>(topic.value)]) {
      p = PartitionWatch{};
    }
  }
  for (GroupWatch& group : groups_) {
    group.owners.erase_if([&](TopicPartition p, NodeId) { return is_of_topic(p); });
    group.owner_generation.erase_if([&](TopicPartition p, std::int32_t) { return is_of_topic(p); });
    group.committed.erase_if([&](TopicPartition p, Offset) { return is_of_topic(p); });
    group.commit_records.erase_if([&](TopicPartition p, const CommitRecord&) { return is_of_topic(p); });
    group.begun_at.erase_if([&](TopicPartition p, Offset) { return is_of_topic(p); });
    group.delivered.erase_if([&](TopicPartition p, const OffsetSet&) { return is_of_topic(p); });
    group.processed.erase_if([&](TopicPartition p, const OffsetSet&) { return is_of_topic(p); });
  }
  for (ClientWatch& client : clients_) {
    client.reads.erase_if([&](TopicPartition p, const ReadWatch&) { return is_of_topic(p); });
  }
}

const TopicWatch* Watch::topic_watch(TopicId topic) const {
  const auto index = static_cast<std::size_t>(topic.value);
  return topic.is_valid() && index < topic_watches_.size() ? &topic_watches_[index] : nullptr;
}

TopicWatch& Watch::topic_watch(TopicId topic) {
  const auto index = static_cast<std::size_t>(topic.value);
  if (index >= topic_watches_.size()) {
    topic_watches_.resize(index + 1);
  }
  return topic_watches_[index];
}

bool Watch::is_of_present_topic(const HostedLog& hosted) const {
  const TopicWatch* topic = topic_watch(hosted.partition.topic);
  return topic == nullptr || !topic->was_deleted || hosted.topic_id.least_significant_bits == topic->topic_id;
}

bool Watch::is_void(const World& world, const Event& event, const Note& note) const {
  const TopicWatch* topic = topic_watch(note.partition.topic);
  if (topic == nullptr || !topic->was_deleted || note.partition.partition < 0) {
    return false;
  }
  if (topic->is_deleted) {
    return true;
  }
  const PartitionWatch* p = find(note.partition);
  const auto is_appended = [&](Offset offset, RecordId record) {
    for (std::size_t i = p == nullptr ? 0 : p->appended.size(); i > 0; --i) {
      const AppendedBatch& batch = p->appended[i - 1];
      if (offset >= batch.base_offset && offset < batch.base_offset + batch.count && batch.records != nullptr) {
        const auto index = static_cast<std::size_t>(offset - batch.base_offset);
        if (index < batch.records->size() && (*batch.records)[index].id == record) {
          return true;
        }
      }
    }
    return false;
  };
  switch (note.kind) {
    case NoteKind::kBatchAppended:
    case NoteKind::kBatchReplicated:
    case NoteKind::kHighWatermark:
    case NoteKind::kLogTruncated:
    case NoteKind::kLogStartMoved:
    case NoteKind::kLogRecovered:
    case NoteKind::kLogCompacted:
    case NoteKind::kBecameLeader:
    case NoteKind::kBecameFollower:
    case NoteKind::kIsrShrinkProposed:
    case NoteKind::kIsrExpandProposed:
    case NoteKind::kReplicaStopped: {
      const HostedLog* hosted = world.durable(event.node).logs.find(note.partition);
      return hosted == nullptr || hosted->is_deleted || !is_of_present_topic(*hosted);
    }
    case NoteKind::kBatchAcked: return !is_appended(Offset(note.a), RecordId(note.c));
    case NoteKind::kRecordDelivered:
    case NoteKind::kRecordProcessed: return !is_appended(Offset(note.a), RecordId(note.b));
    case NoteKind::kOffsetCommitted: {
      // A group that read the earlier topic may keep its place there.
      Offset end{0};
      for (std::size_t i = 0; p != nullptr && i < p->replicas.size(); ++i) {
        end = std::max(end, p->replicas[i].log_end);
      }
      return Offset(note.a) > end;
    }
    default: return false;
  }
}

}  // namespace kscope::sim
