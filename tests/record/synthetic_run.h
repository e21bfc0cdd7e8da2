#pragma once
// A run that nobody simulated: events of every kind with plausible numbers and notes of every kind, made from a seed. What
// a recorder writes can be compared with what was fed to it, and long runs cost next to nothing.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/rng.h"
#include "sim/record/recorder.h"
#include "sim/record/trace_event.h"
#include "sim/world/cluster.h"

namespace kscope::record {

/// Two topics, two groups, three brokers, one ZooKeeper server, one producer with named keys, two consumers.
inline sim::Registry synthetic_registry() {
  sim::Registry registry;
  auto brokers = std::make_shared<std::vector<sim::BrokerSetup>>();
  auto producers = std::make_shared<std::vector<sim::ProducerSetup>>(1);
  auto consumers = std::make_shared<std::vector<sim::ConsumerSetup>>(2);
  registry.nodes.push_back({sim::NodeRole::kZooKeeper, "zk1", 0, Duration(0)});
  for (std::int32_t i = 0; i < 3; ++i) {
    registry.nodes.push_back({sim::NodeRole::kBroker, "b" + std::to_string(i + 1), i, Duration(0)});
    registry.broker_nodes.push_back(NodeId(i + 1));
    sim::BrokerSetup setup;
    setup.id = sim::BrokerId(i + 1);
    brokers->push_back(setup);
  }
  registry.nodes.push_back({sim::NodeRole::kProducer, "shop", 0, Duration(0)});
  (*producers)[0].workload.key_names = {"anna", "bert", ""};
  registry.nodes.push_back({sim::NodeRole::kConsumer, "billing-1", 0, Duration(0)});
  registry.nodes.push_back({sim::NodeRole::kConsumer, "billing-2", 1, Duration(0)});
  registry.nodes.push_back({sim::NodeRole::kAdmin, "admin", 0, Duration(0)});
  registry.brokers = brokers;
  registry.producers = producers;
  registry.consumers = consumers;
  registry.topics.resize(2);
  registry.topics[0].name = "__consumer_offsets";
  registry.topics[1].name = "orders";
  registry.groups = {sim::GroupSetup{"billing"}, sim::GroupSetup{"audit"}};
  registry.zookeepers = {NodeId(0)};
  registry.admin = NodeId(7);
  return registry;
}

class SyntheticRun {
 public:
  explicit SyntheticRun(std::uint64_t seed)
      : rng_(seed, 0),
        world_(sim::KafkaModel{}, synthetic_registry(), std::vector<NodeSetup>(8), NetworkSetup{}, seed) {}

  /// Makes `count` events and shows each to `recorder`.
  void feed(Recorder& recorder, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count && !recorder.has_failed(); ++i) {
      next();
      recorder.on_event(world_, event_);
    }
  }
  /// Makes the next event; it is valid until the one after.
  const sim::Event& next();

  [[nodiscard]] const sim::World& world() const { return world_; }
  [[nodiscard]] RunEnd end() const { return {event_.number, event_.time, 0xFEED}; }
  /// What was shown so far, if keep() was called first.
  [[nodiscard]] const std::vector<TraceEvent>& kept() const { return kept_; }
  void keep() { keeps_ = true; }
  /// Notes of every kind come about once in so many events.
  std::uint64_t events_per_note = 4;

 private:
  std::uint64_t below(std::uint64_t bound) { return rng_.next() % bound; }
  void make_note();
  void make_delivery();
  void make_fault();

  Rng rng_;
  sim::World world_;
  sim::Event event_;
  sim::Message message_;
  sim::Timer timer_;
  FaultAction fault_;
  std::vector<sim::Note> notes_;
  std::vector<Sent> lost_;
  std::int64_t offset_ = 0;
  bool keeps_ = false;
  std::vector<TraceEvent> kept_;
};

inline void SyntheticRun::make_note() {
  sim::Note note;
  note.kind = static_cast<sim::NoteKind>(below(sim::kNoteKindCount));
  note.partition = {sim::TopicId(1), static_cast<std::int32_t>(below(3))};
  note.broker = sim::BrokerId(static_cast<std::int32_t>(1 + below(3)));
  note.group = sim::GroupId(static_cast<std::int32_t>(below(2)));
  note.a = offset_;
  note.b = 1;
  note.c = static_cast<std::int64_t>(below(4));
  ++offset_;
  switch (note.kind) {
    case sim::NoteKind::kIsrChanged:
      note.brokers.add(below(3));
      note.before.add(1);
      break;
    case sim::NoteKind::kLeaderElected: note.b = static_cast<std::int64_t>(below(4)); break;
    case sim::NoteKind::kGroupState: note.a = static_cast<std::int64_t>(below(5)); break;
    case sim::NoteKind::kMemberJoined:
    case sim::NoteKind::kMemberLeft: note.a = static_cast<std::int64_t>(5 + below(2)); break;
    case sim::NoteKind::kStaticMemberReplaced:
      note.a = static_cast<std::int64_t>(5 + below(2));
      note.b = static_cast<std::int64_t>(5 + below(2));
      note.c = static_cast<std::int64_t>(below(4));
      break;
    case sim::NoteKind::kClientThrottled: note.a = static_cast<std::int64_t>(4 + below(2)); break;
    case sim::NoteKind::kOffsetExpired: note.b = static_cast<std::int64_t>(below(3)); break;
    case sim::NoteKind::kTxnOffset: note.c = static_cast<std::int64_t>(below(3)); break;
    case sim::NoteKind::kPartitionReassigned:
      note.a = static_cast<std::int64_t>(below(3));
      note.brokers.add(below(3));
      note.before.add(1);
      break;
    case sim::NoteKind::kTopicDeleted: note.a = static_cast<std::int64_t>(below(3)); break;
    case sim::NoteKind::kPartitionsRefused:
    case sim::NoteKind::kBatchSplit:
    case sim::NoteKind::kTopicDeletionRefused:
    case sim::NoteKind::kReassignmentRefused:
    case sim::NoteKind::kTopicRefused: note.a = static_cast<std::int64_t>(sim::ErrorCode::TOPIC_ALREADY_EXISTS); break;
    case sim::NoteKind::kRequestRefused: note.a = static_cast<std::int64_t>(below(8)); break;
    case sim::NoteKind::kRecordCreated:
      event_.node = NodeId(4);
      note.b = static_cast<std::int64_t>(below(4)) - 1;
      break;
    default: break;
  }
  notes_.push_back(note);
}

inline void SyntheticRun::make_delivery() {
  event_.kind = EventKind::kDelivery;
  message_.correlation_id = static_cast<std::int64_t>(event_.number);
  message_.body = below(2) == 0 ? sim::MessageBody(sim::FetchRequest{}) : sim::MessageBody(sim::FetchResponse{});
  if (below(50) == 0) {
    message_.body = sim::MetadataRequest{};
  }
  event_.what = message_.kind();
  event_.delivered = &message_;
  event_.peer = NodeId(static_cast<std::int32_t>(below(8)));
  event_.message = event_.number * 2 + below(2);
  event_.sent_at = event_.time - Duration(static_cast<std::int64_t>(below(2'000'000)));
  event_.size_bytes = static_cast<std::int64_t>(40 + below(5'000));
}

inline void SyntheticRun::make_fault() {
  event_.kind = EventKind::kFault;
  fault_.kind = static_cast<FaultKind>(below(static_cast<std::uint64_t>(FaultKind::kClockFreeze) + 1));
  fault_.node = event_.node;
  fault_.peer = NodeId(static_cast<std::int32_t>(below(8)));
  event_.what = static_cast<std::uint16_t>(fault_.kind);
  event_.fault = &fault_;
  event_.peer = fault_.peer;
  Sent sent;
  sent.message = event_.number * 2;
  sent.from = event_.node;
  sent.to = event_.peer;
  sent.sent_at = event_.time;
  lost_.push_back(sent);
}

inline const sim::Event& SyntheticRun::next() {
  notes_.clear();
  lost_.clear();
  const std::uint64_t number = event_.number + 1;
  const SimTime time = event_.time + Duration(static_cast<std::int64_t>(below(300'000)));
  event_ = {};
  event_.number = number;
  event_.time = time;
  event_.cause = number == 1 || below(10) == 0 ? 0 : number - 1 - below(std::min<std::uint64_t>(number - 1, 200));
  event_.node = NodeId(static_cast<std::int32_t>(below(8)));
  event_.digest = rng_.next();
  const std::uint64_t dice = below(1'000);
  if (dice < 500) {
    make_delivery();
  } else if (dice < 990) {
    event_.kind = EventKind::kTimer;
    timer_.kind = static_cast<sim::TimerKind>(below(sim::kTimerKindCount));
    event_.what = static_cast<std::uint16_t>(timer_.kind);
    event_.timer = &timer_;
  } else if (dice < 994) {
    event_.kind = EventKind::kDiskDone;
  } else if (dice < 996) {
    event_.kind = EventKind::kDisconnect;
    event_.peer = NodeId(static_cast<std::int32_t>(below(8)));
  } else if (dice < 998) {
    event_.kind = EventKind::kStart;
  } else {
    make_fault();
  }
  if (below(events_per_note) == 0) {
    make_note();
  }
  event_.notes = notes_;
  event_.lost = lost_;
  if (keeps_) {
    kept_.push_back(trace_event(event_));
  }
  return event_;
}

/// A run's description that has something in every field.
inline RunInfo synthetic_info() {
  RunInfo info;
  info.scenario = "A slow follower leaves the ISR";
  info.scenario_path = "scenarios/lessons/slow_follower.toml";
  info.scenario_text = "title = \"A slow follower leaves the ISR\"\n";
  info.seed = 18'446'744'073'709'551'557u;
  info.program_version = "0.1.0";
  info.rules = "kafka 3.9, zookeeper";
  info.until = SimTime{} + 60s;
  return info;
}

}  // namespace kscope::record
