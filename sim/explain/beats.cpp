#include "sim/explain/beats.h"

#include "sim/explain/teller.h"

namespace kscope::sim {

std::string Teller::leader_text() const {
  if (!note_.broker.is_valid()) {
    return fmt::format("{} has no leader now (epoch {}): nobody can write or read it.", partition(), note_.a);
  }
  const std::string head = fmt::format("{} becomes leader of {} (epoch {})", broker(), partition(), note_.a);
  switch (note_.b) {
    case 1: return head + " by unclean election: it was not in the ISR, so records that it never had are lost.";
    case 2: return head + ": it is the preferred leader, first in the replica list.";
    case 3: return head + fmt::format(": {} is shutting down and hands over first.", broker(note_.c));
    case 5: return head + fmt::format(": {} does not belong to its replicas any more.", broker(note_.c));
    default:
      return note_.c < 0
                 ? head + "."
                 : head + fmt::format(": {} is gone and {} is next in the ISR, so it has every committed record.",
                                      broker(note_.c), broker());
  }
}

/// What a leader hears from the controller that asked it for another ISR in vain.
std::string Teller::refused_isr_text() const {
  const auto why = [this]() -> std::string_view {
    switch (static_cast<ErrorCode>(note_.b)) {
      case ErrorCode::FENCED_LEADER_EPOCH: return " Who asked is no longer its leader.";
      case ErrorCode::INVALID_UPDATE_VERSION: return " It has changed since; the leader will ask again.";
      case ErrorCode::INELIGIBLE_REPLICA: return " Who was to enter is down or shutting down.";
      case ErrorCode::STALE_BROKER_EPOCH: return " Who asked has been started anew since.";
      default: return "";
    }
  };
  const std::string whose = note_.partition.partition >= 0 ? " for " + partition() : "";
  return fmt::format("{}, the controller, refuses another ISR{}: {}.{}", self(), whose, error(note_.b), why());
}

/// What a consumer does that has read records which its new leader does not have.
std::string Teller::truncation_text() const {
  const std::string what = note_.b < 0 ? "has nothing of the epoch that it read last"
                                       : fmt::format("departs at {} from what it read", note_.b);
  const auto then = [this]() -> std::string_view {
    switch (note_.c) {
      case 0: return "It goes on from there.";
      case 1: return "auto.offset.reset says where it starts.";
      default: return "auto.offset.reset is none: poll() throws LogTruncationException.";
    }
  };
  return fmt::format("{} stands at {} of {}, but the log of the new leader {}: those records are lost. {}", self(),
                     note_.a, partition(), what, then());
}

std::string Teller::read_replica_text() const {
  if (note_.broker.is_valid()) {
    return fmt::format(
        "{} will read {} from {}: the leader says that this replica is in its rack (client.rack) and in sync.", self(),
        partition(), broker());
  }
  const auto why = [this]() -> std::string {
    switch (note_.a) {
      case 1: return "metadata.max.age.ms is over, so it asks again which replica is near";
      case 2: return fmt::format("the replica in its rack refused with {}", error(note_.b));
      case 3: return "the replica in its rack cannot be reached";
      default: return "the partition has a new leader";
    }
  };
  return fmt::format("{} goes back to the leader of {}: {}.", self(), partition(), why());
}

/// Why there is no new leader, and what would change that.
std::optional<view::Beat> Teller::tell_failed_election() const {
  constexpr std::int64_t kAfterLoss = 0;
  constexpr std::int64_t kUnclean = 1;
  constexpr std::int64_t kPreferred = 2;
  constexpr std::int64_t kReassigned = 4;
  const BrokerSet& live = note_.brokers;
  const BrokerSet& in_sync = note_.before;
  const auto told = [&](BeatKind kind, int rank, std::string text) {
    return beat(kind, rank, about_partition(note_.partition), std::move(text));
  };
  switch (note_.b) {
    case kAfterLoss: {
      const bool is_one = in_sync.size() <= 1;
      std::string text = fmt::format(
          "No leader can be elected for {}: {} and unclean.leader.election.enable is false. It has one again when {}.",
          partition(),
          is_one ? fmt::format("its ISR is {} alone, which is down,", isr(in_sync))
                 : fmt::format("all of its ISR ({}) are down,", isr(in_sync)),
          is_one ? isr(in_sync) + " is back" : "one of these is back");
      if (!live.empty()) {
        text += fmt::format(" Alive outside the ISR: {}; an unclean election would take it and lose what it never had.",
                            isr(live));
      }
      return told(BeatKind::kLeader, 0, std::move(text));
    }
    case kUnclean:
      return told(BeatKind::kError, 1,
                  fmt::format("The unclean election of {} fails: ELIGIBLE_LEADERS_NOT_AVAILABLE, for none of its "
                              "replicas is alive. One of them must come back first.",
                              partition()));
    case kPreferred: {
      const int index = registry_.broker_index(note_.broker);
      const bool is_alive = index >= 0 && live.contains(static_cast<std::size_t>(index));
      return told(BeatKind::kError, 1,
                  fmt::format("The preferred election of {} is refused: PREFERRED_LEADER_NOT_AVAILABLE, for {}, first "
                              "in its replica list, is {}.",
                              partition(), broker(),
                              is_alive ? fmt::format("not in its ISR ({}) and must catch up first", isr(in_sync))
                                       : "down and must come back first"));
    }
    case kReassigned:
      return told(
          BeatKind::kLeader, 0,
          fmt::format("No leader can be elected for {}: of its new replicas nobody is alive and in its ISR ({}).",
                      partition(), isr(in_sync)));
    default:
      return told(BeatKind::kLeader, 1,
                  fmt::format("{} cannot be handed over before the shutdown: nobody else in its ISR ({}) is alive.",
                              partition(), isr(in_sync)));
  }
}

std::optional<view::Beat> Teller::tell_records() const {
  switch (note_.kind) {
    case NoteKind::kBatchAppended:
      return beat(
          BeatKind::kRecord, 2, about_replica(note_.partition, event_.node),
          fmt::format("{} stores {} of {} at offset {}. Consumers cannot see them until every in-sync replica has "
                      "them.",
                      self(), records(note_.b), partition(), note_.a));
    case NoteKind::kBatchReplicated:
      return beat(BeatKind::kRecord, 3, about_replica(note_.partition, event_.node),
                  fmt::format("{} copies {} of {} from the leader, from offset {}.", self(), records(note_.b),
                              partition(), note_.a));
    case NoteKind::kBatchAcked:
      if (note_.a < 0) {
        return beat(BeatKind::kRecord, 3, about_partition(note_.partition),
                    fmt::format("{} counts {} for {} as sent: acks=0 asks for no answer.", self(), records(note_.b),
                                partition()));
      }
      return beat(
          BeatKind::kRecord, 2, about_partition(note_.partition),
          fmt::format("{} is told that {} stored {} at offset {}.", self(), partition(), records(note_.b), note_.a));
    case NoteKind::kBatchRetried:
      return beat(BeatKind::kError, 1, about_node(event_.node),
                  fmt::format("{} gets {} for {} and will try again after retry.backoff.ms.", self(), error(note_.c),
                              partition()));
    case NoteKind::kBatchSplit:
      return beat(BeatKind::kError, 1, about_node(event_.node),
                  fmt::format("{} gets {} for {} for {} and splits them into {} batches.", self(),
                              error(static_cast<std::int64_t>(ErrorCode::MESSAGE_TOO_LARGE)), records(note_.b),
                              partition(), note_.c));
    case NoteKind::kClientThrottled:
      return beat(
          BeatKind::kError, 1, about_node(NodeId(static_cast<std::int32_t>(note_.a))),
          fmt::format("{} begins to throttle {}, which {} more than {} allows: it has to wait for {} ms.", self(),
                      node(NodeId(static_cast<std::int32_t>(note_.a))), note_.c == 0 ? "produces" : "consumes",
                      note_.c == 0 ? kProducerByteRate : kConsumerByteRate, note_.b));
    case NoteKind::kBatchFailed:
      return beat(BeatKind::kError, 0, about_node(event_.node),
                  fmt::format("{} gives up on {} for {}: {}.", self(), records(note_.b), partition(), error(note_.c)));
    case NoteKind::kRecordDelivered:
      return beat(
          BeatKind::kRecord, 3, about_node(event_.node),
          fmt::format("{} hands the record at offset {} of {} to its application.", self(), note_.a, partition()));
    default: return std::nullopt;
  }
}

std::optional<view::Beat> Teller::tell_replication() const {
  switch (note_.kind) {
    case NoteKind::kHighWatermark:
      if (event_.kind == EventKind::kStart || note_.c == 1) {
        return std::nullopt;
      }
      return beat(
          BeatKind::kCommit, 2, about_replica(note_.partition, event_.node),
          fmt::format("The high watermark of {} moves from {} to {} on {}.", partition(), note_.b, note_.a, self()));
    case NoteKind::kLogTruncated:
      return beat(
          BeatKind::kLeader, note_.b > note_.a ? 0 : 3, about_replica(note_.partition, event_.node),
          fmt::format("{} cuts its log of {} back from {} to {}: the leader's epoch {} ends there, what lies beyond "
                      "was never committed by this leader.",
                      self(), partition(), note_.b, note_.a, note_.c));
    case NoteKind::kLogStartMoved:
      return beat(BeatKind::kRecord, 1, about_replica(note_.partition, event_.node),
                  fmt::format("{} {} of {}: the log now starts at {} ({}).", self(),
                              note_.c == 3   ? "deletes records"
                              : note_.c == 4 ? "forgets deletions"
                                             : "deletes old segments",
                              partition(), note_.a,
                              note_.c == 0   ? "retention.ms"
                              : note_.c == 1 ? "retention.bytes"
                              : note_.c == 2 ? "as its leader's"
                              : note_.c == 3 ? "DeleteRecords"
                                             : "the checkpoint that survived"));
    case NoteKind::kLogRecovered:
      return beat(
          BeatKind::kRecord, note_.c > 0 ? 0 : 2, about_replica(note_.partition, event_.node),
          fmt::format("{} was not shut down in order: it reads {} from its recovery point {} on; the log ends at {}{}.",
                      self(), partition(), note_.b, note_.a,
                      note_.c > 0 ? ", the batch behind that was half written and its checksum does not fit" : ""));
    case NoteKind::kLogCompacted:
      return beat(BeatKind::kRecord, note_.b > 0 ? 1 : 3, about_replica(note_.partition, event_.node),
                  fmt::format("{} compacts {} up to offset {}: {} removed, the last one of each key stays.", self(),
                              partition(), note_.a, note_.b == 1 ? "1 record" : fmt::format("{} records", note_.b)));
    case NoteKind::kIsrShrinkProposed:
      return beat(BeatKind::kIsr, 1, about_partition(note_.partition),
                  fmt::format("{} finds {} behind on {} for {} ms, longer than replica.lag.time.max.ms, and asks the "
                              "controller to take it out of the ISR.",
                              self(), broker(), partition(), note_.b));
    case NoteKind::kIsrExpandProposed:
      return beat(BeatKind::kIsr, 2, about_partition(note_.partition),
                  fmt::format("{} has caught up on {}; {} asks the controller to take it back into the ISR.", broker(),
                              partition(), self()));
    case NoteKind::kRequestRefused:
      if (static_cast<ErrorCode>(note_.b) == ErrorCode::ELECTION_NOT_NEEDED) {
        return beat(BeatKind::kError, 1, about_partition(note_.partition),
                    fmt::format("No election of {} is needed: it has the leader that was asked for.", partition()));
      }
      if (note_.a == Message{0, AlterPartitionRequest{}}.kind()) {
        return beat(BeatKind::kError, 1, about_partition(note_.partition), refused_isr_text());
      }
      return beat(BeatKind::kError, 1, about_node(event_.node),
                  fmt::format("{} refuses a {}{}: {}.", self(), message_name(static_cast<std::uint16_t>(note_.a)),
                              note_.partition.partition >= 0 ? " for " + partition() : "", error(note_.b)));
    default: return std::nullopt;
  }
}

std::string Teller::deletion_text() const {
  const std::string& topic = registry_.topics.at(static_cast<std::size_t>(note_.partition.topic.value)).name;
  switch (static_cast<TopicDeletionStep>(note_.a)) {
    case TopicDeletionStep::kMarked:
      return fmt::format("Topic {} is to be deleted: no broker serves it any more, then each deletes its logs.", topic);
    case TopicDeletionStep::kWaits:
      return fmt::format(
          "The deletion of topic {} waits for {}: a replica lies there, and only it can delete that. "
          "Until then the name is taken.",
          topic, isr(note_.brokers));
    case TopicDeletionStep::kDone:
      return registry_.is_kraft()
                 ? fmt::format(
                       "Topic {} is deleted. Each broker deletes its logs when it reads so in the metadata log; "
                       "one that is down does it when it is back.",
                       topic)
                 : fmt::format("Topic {} is deleted: every replica is gone, and so are its znodes.", topic);
  }
  return {};
}

std::string Teller::reassignment_text() const {
  const std::string now = isr(note_.brokers);
  const std::string before = isr(note_.before);
  switch (static_cast<ReassignmentStep>(note_.a)) {
    case ReassignmentStep::kStarted:
      return fmt::format(
          "{} is to move from {} to {}: the new replicas copy it, and until all of them are in the ISR the old ones "
          "stay.",
          partition(), before, now);
    case ReassignmentStep::kCompleted:
      return fmt::format("{} has moved from {} to {}. Who is no replica any more deletes its log.", partition(), before,
                         now);
    case ReassignmentStep::kCancelled:
      return fmt::format("The move of {} to {} is cancelled: it stays on {}.", partition(), before, now);
  }
  return {};
}

std::optional<view::Beat> Teller::tell_controller() const {
  switch (note_.kind) {
    case NoteKind::kControllerElected:
      return beat(BeatKind::kController, 0, about_node(event_.node),
                  fmt::format("{} becomes the controller (epoch {}): {}.", broker(), note_.a,
                              registry_.is_kraft() ? "a majority of the controllers voted for it"
                                                   : "it was first to create /controller in ZooKeeper"));
    case NoteKind::kControllerResigned:
      return beat(BeatKind::kController, 0, about_node(event_.node),
                  fmt::format("{} is no longer the controller (its epoch was {}).", broker(), note_.a));
    case NoteKind::kLeaderElected:
      if (note_.broker.is_valid() && note_.c == note_.broker.value) {
        return std::nullopt;  // a new controller takes over what it finds
      }
      return beat(BeatKind::kLeader, note_.c < 0 && note_.a == 0 ? 2 : 0, about_partition(note_.partition),
                  leader_text());
    case NoteKind::kElectionFailed: return tell_failed_election();
    case NoteKind::kIsrChanged:
      if (note_.brokers == note_.before || note_.before.empty()) {
        return std::nullopt;
      }
      return beat(BeatKind::kIsr, note_.before.without(note_.brokers).empty() ? 2 : 1, about_partition(note_.partition),
                  fmt::format("In-sync replicas of {} are now {} (before: {}).", partition(), isr(note_.brokers),
                              isr(note_.before)));
    case NoteKind::kBrokerRegistered:
      return beat(BeatKind::kController, 2, about_node(event_.node),
                  fmt::format("{} is registered {} (broker epoch {}).", broker(),
                              registry_.is_kraft() ? "with the controller" : "in ZooKeeper", note_.a));
    case NoteKind::kBrokerGone:
      return beat(
          BeatKind::kController, 1, about_node(registry_.node_of(note_.broker)),
          registry_.is_kraft()
              ? fmt::format("The controller fences {}: it is in no ISR until it is heard again.", broker())
              : fmt::format(
                    "The controller sees the registration of {} vanish from ZooKeeper: the broker counts as dead.",
                    broker()));
    case NoteKind::kZkSessionExpired:
      return beat(BeatKind::kController, 1, about_node(registry_.node_of(note_.broker)),
                  fmt::format("The ZooKeeper session of {} expires; its ephemeral nodes are deleted.",
                              note_.broker.is_valid() ? broker() : node(NodeId(static_cast<std::int32_t>(note_.b)))));
    case NoteKind::kZkLeaderElected:
      return beat(BeatKind::kController, 2, about_node(event_.node),
                  fmt::format("{} leads the ZooKeeper ensemble (epoch {}).", self(), note_.a));
    case NoteKind::kQuorumLeaderElected:
      return beat(BeatKind::kController, 2, about_node(event_.node),
                  fmt::format("{} leads the metadata quorum (epoch {}).", self(), note_.a));
    case NoteKind::kSnapshotLoaded:
      return beat(BeatKind::kController, 2, about_node(event_.node),
                  fmt::format("{} takes a snapshot of the metadata up to offset {}: the log before it is deleted.",
                              self(), note_.a));
    case NoteKind::kTopicCreated:
      return beat(BeatKind::kTopic, 1, about_partition(note_.partition),
                  fmt::format("Topic {} is created.",
                              registry_.topics.at(static_cast<std::size_t>(note_.partition.topic.value)).name));
    case NoteKind::kTopicRefused: {
      const CreateTopicsResponse refusal{note_.partition.topic, static_cast<ErrorCode>(note_.a), note_.b, note_.c};
      return beat(BeatKind::kError, 1, about_node(event_.node),
                  fmt::format("The request for topic {} fails. {}",
                              registry_.topics.at(static_cast<std::size_t>(note_.partition.topic.value)).name,
                              topic_refusal_text(refusal, registry_)));
    }
    case NoteKind::kPartitionsCreated:
      return beat(BeatKind::kTopic, 1, about_partition(note_.partition),
                  fmt::format("Topic {} now has {} partitions instead of {}: keys may go to others than before.",
                              registry_.topics.at(static_cast<std::size_t>(note_.partition.topic.value)).name, note_.a,
                              note_.b));
    case NoteKind::kPartitionsRefused: {
      const CreatePartitionsResponse refusal{note_.partition.topic, static_cast<ErrorCode>(note_.a), note_.b, note_.c};
      return beat(BeatKind::kError, 1, about_node(event_.node),
                  fmt::format("The request for more partitions of {} fails. {}",
                              registry_.topics.at(static_cast<std::size_t>(note_.partition.topic.value)).name,
                              partitions_refusal_text(refusal, registry_)));
    }
    case NoteKind::kTopicDeleted: return beat(BeatKind::kTopic, 1, about_node(event_.node), deletion_text());
    case NoteKind::kTopicDeletionRefused: {
      const DeleteTopicsResponse refusal{note_.partition.topic, static_cast<ErrorCode>(note_.a)};
      return beat(BeatKind::kError, 1, about_node(event_.node),
                  fmt::format("Topic {} is not deleted. {}",
                              registry_.topics.at(static_cast<std::size_t>(note_.partition.topic.value)).name,
                              deletion_refusal_text(refusal)));
    }
    case NoteKind::kPartitionReassigned:
      return beat(BeatKind::kTopic, 1, about_partition(note_.partition), reassignment_text());
    case NoteKind::kReassignmentRefused: {
      const AlterPartitionReassignmentsResponse refusal{note_.partition, static_cast<ErrorCode>(note_.a)};
      return beat(BeatKind::kError, 1, about_partition(note_.partition),
                  fmt::format("{} is not moved. {}", partition(), reassignment_refusal_text(refusal)));
    }
    case NoteKind::kZombieRefused:
      return beat(BeatKind::kController, 0, about_node(event_.node),
                  fmt::format("{} refuses a controller of epoch {}: the current one is {}. A zombie does no harm.",
                              self(), note_.a, note_.b));
    case NoteKind::kShutdownStarted:
      return beat(BeatKind::kFault, 1, about_node(event_.node),
                  registry_.nodes.at(static_cast<std::size_t>(event_.node.value)).role == NodeRole::kBroker
                      ? fmt::format("{} starts a controlled shutdown: its leaderships move away first.", self())
                      : fmt::format("{} closes: what it has buffered is still sent.", self()));
    case NoteKind::kShutdownDone:
      return beat(BeatKind::kFault, 1, about_node(event_.node), fmt::format("{} has stopped cleanly.", self()));
    case NoteKind::kBrokerRunning:
      return beat(BeatKind::kController, 2, about_node(event_.node), fmt::format("{} is running.", self()));
    default: return std::nullopt;
  }
}

std::optional<view::Beat> Teller::tell_transactions() const {
  switch (note_.kind) {
    case NoteKind::kTransactionState: {
      const auto state = static_cast<TransactionState>(note_.b);
      const std::string id = registry_.transactional_id_text(TransactionalId(static_cast<std::int32_t>(note_.a)));
      const bool is_fence_or_decision =
          state == TransactionState::PrepareAbort || state == TransactionState::PrepareCommit;
      return beat(BeatKind::kCommit, is_fence_or_decision ? 2 : 3, about_node(event_.node),
                  fmt::format("Transactional id {} is {} now (epoch {}), says its coordinator {}.", id,
                              transaction_state_name(state), note_.c, self()));
    }
    case NoteKind::kTransactionBegun:
      return beat(BeatKind::kCommit, 3, about_node(event_.node), fmt::format("{} begins a transaction.", self()));
    case NoteKind::kTransactionEnded:
      return beat(BeatKind::kCommit, note_.a == 1 ? 2 : 1, about_node(event_.node),
                  note_.a == 1   ? fmt::format("{} has committed a transaction of {}.", self(), records(note_.c))
                  : note_.b == 0 ? fmt::format("{} has aborted a transaction of {}.", self(), records(note_.c))
                                 : fmt::format("{} had to abort a transaction of {}: {}.", self(), records(note_.c),
                                               error(note_.b)));
    case NoteKind::kProducerFenced:
      return beat(
          BeatKind::kError, 0, about_node(event_.node),
          fmt::format("{} (epoch {}) is out: {}. Another producer with its transactional id has a higher epoch, or "
                      "its transaction took too long; it must never write again.",
                      self(), note_.a, error(note_.b)));
    default: return std::nullopt;
  }
}

std::optional<view::Beat> Teller::tell() const {
  if (auto told = tell_records()) {
    return told;
  }
  if (auto told = tell_replication()) {
    return told;
  }
  if (auto told = tell_controller()) {
    return told;
  }
  if (auto told = tell_groups()) {
    return told;
  }
  return tell_transactions();
}

std::optional<view::Beat> beat_of_note(const Note& note, const Event& event, const Registry& registry) {
  return Teller(note, event, registry).tell();
}

std::optional<view::Beat> beat_of_act(const Event& event, const std::string& script_line) {
  view::Beat out;
  out.event = event.number;
  out.time = event.time;
  out.kind = BeatKind::kFault;
  out.rank = 0;
  out.text = script_line;
  out.about = about_node(event.node);
  return out;
}

}  // namespace kscope::sim
