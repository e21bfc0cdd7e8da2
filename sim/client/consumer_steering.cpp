// What an application does with its consumer beside polling: another subscription, partitions that it pauses, and partitions
// that it assigned itself. seek() stands with the positions. Source: KafkaConsumer, SubscriptionState (Kafka 3.9).
// MODEL: the call comes at the moment of the action; a real application makes it between two polls.
#include <algorithm>

#include "sim/client/consumer_parts.h"

namespace kscope::sim {
namespace {

void make_ascending(std::vector<TopicId>& topics) {
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
}

/// What was fetched of other topics is not handed out. Source: Fetcher.clearBufferedDataForUnassignedPartitions.
void drop_buffered_of_others(Consumer& consumer, const std::vector<TopicId>& topics) {
  std::erase_if(consumer.fetcher.completed, [&](const CompletedFetch& fetch) {
    const bool is_other = !std::binary_search(topics.begin(), topics.end(), fetch.partition.topic);
    if (TopicPartitionState* partition = consumer.fetcher.find(fetch.partition); is_other && partition != nullptr) {
      partition->is_buffered = false;
    }
    return is_other;
  });
}

}  // namespace

std::vector<TopicId> subscription_of(const Consumer& consumer) {
  std::vector<TopicId> topics = consumer.setup.topics;
  make_ascending(topics);
  return topics;
}

std::vector<TopicId> metadata_topics(const Consumer& consumer) {
  std::vector<TopicId> topics = consumer.setup.topics;
  if (consumer.membership.is_leader) {
    topics.insert(topics.end(), consumer.membership.group_topics.begin(), consumer.membership.group_topics.end());
  }
  // MODEL: Kafka forgets a topic that is no longer subscribed to with the next metadata, and asks for it in vain while it
  // owns partitions of it.
  for (const TopicPartitionState& owned : consumer.fetcher.assigned) {
    topics.push_back(owned.partition.topic);
  }
  make_ascending(topics);
  return topics;
}

void subscribe(Ctx& ctx, Consumer& consumer, std::vector<TopicId> topics) {
  // A name that nobody gave out yet: scripts that are shifted in time may have one.
  std::erase_if(topics,
                [&](TopicId topic) { return static_cast<std::size_t>(topic.value) >= ctx.registry().topics.size(); });
  make_ascending(topics);
  if (topics.empty() || consumer.has_manual_assignment()) {
    return;
  }
  drop_buffered_of_others(consumer, topics);
  if (topics == subscription_of(consumer)) {
    return;
  }
  consumer.setup.topics = std::move(topics);
  const std::vector<TopicId> wanted = metadata_topics(consumer);
  std::vector<TopicId>& awaited = consumer.membership.awaited_topics;
  std::erase_if(awaited, [&](TopicId topic) { return !std::binary_search(wanted.begin(), wanted.end(), topic); });
  for (const TopicId topic : wanted) {
    if (consumer.metadata.topic(topic) == nullptr) {
      awaited.push_back(topic);
    }
  }
  consumer.metadata.set_topics(wanted);
  consumer.metadata.request_update_for_new_topics(ctx, consumer.network);
}

void unsubscribe(Ctx& ctx, Consumer& consumer) {
  if (consumer.has_manual_assignment() || consumer.has_nothing_to_poll()) {
    return;
  }
  revoke_all(ctx, consumer);
  leave_group(ctx, consumer);
  // MODEL: metadata of what it read is kept up; Kafka asks for no topic any more.
  consumer.setup.topics.clear();
}

void assign_by_hand(Ctx& ctx, Consumer& consumer) {
  for (const TopicPartition partition : consumer.setup.assignment) {
    consumer.fetcher.assigned.emplace_back();
    consumer.fetcher.assigned.back().partition = partition;
    Note note;
    note.kind = NoteKind::kPartitionAssigned;
    note.group = consumer.setup.group;
    note.partition = partition;
    note.a = kNoGeneration.value;
    ctx.note(note);
  }
  consumer.membership.rejoin_needed = false;
  consumer.next_auto_commit = ctx.now() + consumer.setup.config.auto_commit_interval_ms;
}

void steer(Ctx& ctx, Consumer& consumer, const Command& command) {
  if (consumer.application == ApplicationState::kClosing || consumer.application == ApplicationState::kClosed) {
    return;
  }
  if (command.kind == CommandKind::kSubscribe && command.topics.empty()) {
    unsubscribe(ctx, consumer);
  } else if (command.kind == CommandKind::kSubscribe) {
    subscribe(ctx, consumer, command.topics);
  } else if (command.kind == CommandKind::kSeek) {
    seek(ctx, consumer, command.partition, command.count);
  } else if (command.kind == CommandKind::kPausePartition) {
    set_fetching(ctx, consumer, command.partition, Fetching::kPaused);
  } else if (command.kind == CommandKind::kResumePartition) {
    set_fetching(ctx, consumer, command.partition, Fetching::kResumed);
  }
}

void refuse_call(Ctx& ctx, const Consumer& consumer, TopicPartition partition, ApplicationCall call) {
  Note note;
  note.kind = NoteKind::kCallRefused;
  note.group = consumer.setup.group;
  note.partition = partition;
  note.a = static_cast<std::int64_t>(call);
  ctx.note(note);
}

void set_fetching(Ctx& ctx, Consumer& consumer, TopicPartition partition, Fetching fetching) {
  const bool is_pause = fetching == Fetching::kPaused;
  TopicPartitionState* owned = consumer.fetcher.find(partition);
  if (owned == nullptr) {
    refuse_call(ctx, consumer, partition, is_pause ? ApplicationCall::kPause : ApplicationCall::kResume);
    return;
  }
  if (owned->is_paused == is_pause) {
    return;
  }
  owned->is_paused = is_pause;
  Note note;
  note.kind = NoteKind::kPartitionPaused;
  note.group = consumer.setup.group;
  note.partition = partition;
  note.a = is_pause ? 1 : 0;
  ctx.note(note);
}

}  // namespace kscope::sim
