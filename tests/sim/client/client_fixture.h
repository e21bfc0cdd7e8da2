#pragma once
// A client alone: brokers are nodes 0..2, the client under test is node 3. The test plays the cluster: it reads what the
// client sent from the outbox and hands in answers, timers and closed connections.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/world/vocabulary.h"
#include "tests/sim/sample_ids.h"

namespace kscope::sim {

inline constexpr NodeId kClientNode{3};

/// Three brokers (ids 1..3 on nodes 0..2), topics __consumer_offsets and "orders", one group, the client on node 3.
inline Registry client_registry(NodeRole role) {
  Registry registry;
  auto brokers = std::make_shared<std::vector<BrokerSetup>>();
  for (std::int32_t i = 0; i < 3; ++i) {
    registry.nodes.push_back(NodeEntry{NodeRole::kBroker, "b" + std::to_string(i + 1), i, Duration(0)});
    registry.broker_nodes.push_back(NodeId(i));
    BrokerSetup setup;
    setup.id = BrokerId(i + 1);
    brokers->push_back(setup);
  }
  registry.brokers = brokers;
  registry.nodes.push_back(NodeEntry{role, "client", 0, Duration(0)});
  registry.topics.resize(2);
  registry.topics[0].name = "__consumer_offsets";
  registry.topics[0].is_internal = true;
  registry.topics[1].name = "orders";
  registry.groups = {GroupSetup{"billing"}};
  registry.producers = std::make_shared<std::vector<ProducerSetup>>(1);
  registry.consumers = std::make_shared<std::vector<ConsumerSetup>>(1);
  registry.admin = kClientNode;
  return registry;
}

template <class Client>
class ClientBench {
 public:
  ClientBench(Registry its_registry, Client its_client)
      : registry(std::move(its_registry)), client(std::move(its_client)) {}

  Ctx ctx() { return Ctx(kClientNode, now, chooser, timers, disk, durable, registry, outbox, 1, true); }
  void start() {
    Ctx c = ctx();
    client.on_start(c);
    remember_timers();
  }
  void answer(NodeId from, std::int64_t correlation_id, MessageBody body) {
    Ctx c = ctx();
    client.on_message(c, from, Message{correlation_id, std::move(body)});
    remember_timers();
  }
  void disconnect(NodeId peer) {
    Ctx c = ctx();
    client.on_disconnect(c, peer);
    remember_timers();
  }
  void command(Command command) {
    Ctx c = ctx();
    client.on_command(c, command);
    remember_timers();
  }

  /// The messages of one kind that were sent since the last clear(), oldest first.
  template <class Body>
  std::vector<std::pair<SendEffect<Message>, Body>> sent() const {
    std::vector<std::pair<SendEffect<Message>, Body>> found;
    for (const auto& effect : outbox.effects) {
      if (const auto* send = std::get_if<SendEffect<Message>>(&effect)) {
        if (const auto* body = std::get_if<Body>(&send->message.body)) {
          found.emplace_back(*send, *body);
        }
      }
    }
    return found;
  }
  template <class Effect>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(outbox.effects.begin(), outbox.effects.end(), [](const auto& effect) {
      return std::holds_alternative<Effect>(effect);
    }));
  }
  std::vector<Note> notes(NoteKind kind) const {
    std::vector<Note> found;
    std::copy_if(outbox.notes.begin(), outbox.notes.end(), std::back_inserter(found),
                 [&](const Note& note) { return note.kind == kind; });
    return found;
  }
  /// Forgets messages and notes that were looked at; armed timers stay.
  void clear() {
    outbox.clear();
    seen = 0;
  }

  /// Whether a timer of this kind is armed.
  bool is_armed(TimerKind kind) {
    return std::any_of(armed.begin(), armed.end(),
                       [&](const Armed& timer) { return timer.timer.kind == kind && timers.is_armed(timer.id); });
  }
  /// Lets time pass to the earliest armed timer of this kind and fires it. False: none is armed.
  bool fire(TimerKind kind) {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < armed.size(); ++i) {
      if (armed[i].timer.kind == kind && timers.is_armed(armed[i].id) && (!first || armed[i].at < armed[*first].at)) {
        first = i;
      }
    }
    if (!first) {
      return false;
    }
    now = std::max(now, armed[*first].at);
    const Timer timer = armed[*first].timer;
    timers.release(armed[*first].id);
    on_timer(timer);
    return true;
  }
  /// Fires everything that is due until `end`, in order; the clock shows `end` afterwards.
  void run_until(LocalTime end) {
    while (true) {
      std::optional<std::size_t> first;
      for (std::size_t i = 0; i < armed.size(); ++i) {
        if (timers.is_armed(armed[i].id) && armed[i].at <= end && (!first || armed[i].at < armed[*first].at)) {
          first = i;
        }
      }
      if (!first) {
        now = end;
        return;
      }
      now = std::max(now, armed[*first].at);
      const Timer timer = armed[*first].timer;
      timers.release(armed[*first].id);
      on_timer(timer);
    }
  }

  Registry registry;
  Client client;
  LocalTime now{};
  Chooser chooser = Chooser::calm();
  TimerTable timers;
  Disk disk;
  Durable durable;
  Outbox<KafkaTypes> outbox;

 private:
  struct Armed {
    LocalTime at;
    Timer timer;
    TimerId id;
  };
  void on_timer(const Timer& timer) {
    Ctx c = ctx();
    client.on_timer(c, timer);
    remember_timers();
  }
  void remember_timers() {
    for (; seen < outbox.effects.size(); ++seen) {
      if (const auto* arm = std::get_if<ArmEffect<Timer>>(&outbox.effects[seen])) {
        armed.push_back(Armed{now + arm->delay, arm->timer, arm->id});
      }
    }
    std::erase_if(armed, [&](const Armed& timer) { return !timers.is_armed(timer.id); });
  }

  std::vector<Armed> armed;
  std::size_t seen = 0;
};

/// A metadata answer in which the leader of partition p of "orders" is broker p % 3 + 1.
inline MetadataResponse orders_metadata(std::int32_t partitions, std::int32_t leader_epoch = 0) {
  MetadataResponse response;
  for (std::int32_t i = 0; i < 3; ++i) {
    response.brokers.push_back(MetadataBroker{BrokerId(i + 1), NodeId(i)});
  }
  response.controller = BrokerId(1);
  MetadataTopic topic;
  topic.topic = kOrders;
  for (std::int32_t p = 0; p < partitions; ++p) {
    MetadataPartition partition;
    partition.partition = TopicPartition{kOrders, p};
    partition.leader = BrokerId(p % 3 + 1);
    partition.leader_epoch = LeaderEpoch(leader_epoch);
    topic.partitions.push_back(partition);
  }
  response.topics.push_back(topic);
  return response;
}

}  // namespace kscope::sim
