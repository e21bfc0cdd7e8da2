#include "tests/sim/broker/broker_rig.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "sim/broker/handlers.h"

namespace kscope::sim {

RecordBatch test_batch(std::int32_t count, std::int32_t size_bytes, std::int64_t first_id) {
  RecordBatch batch;
  batch.record_count = count;
  batch.size_bytes = size_bytes;
  std::vector<Record> records(static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < count; ++i) {
    records[static_cast<std::size_t>(i)].id = RecordId(first_id + i);
  }
  batch.records = std::make_shared<const std::vector<Record>>(std::move(records));
  return batch;
}

BrokerRig::BrokerRig(int count, const BrokerConfig& config) {
  std::vector<BrokerSetup> setups;
  for (int i = 0; i < std::max(count, 3); ++i) {
    BrokerSetup setup;
    setup.id = BrokerId(i + 1);
    setup.config = config;
    setups.push_back(setup);
    registry.nodes.push_back({NodeRole::kBroker, "b", i, Duration(0)});
    registry.broker_nodes.push_back(NodeId(i));
  }
  registry.brokers = std::make_shared<const std::vector<BrokerSetup>>(setups);
  registry.topics.resize(2);
  registry.topics[0].name = "__consumer_offsets";
  registry.topics[1].name = "orders";
  machines.resize(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    make_broker(i);
  }
}

BrokerRig::~BrokerRig() = default;

void BrokerRig::run(int id, const std::function<void(Ctx&)>& f) {
  Machine& machine = at(id);
  Outbox<KafkaTypes> outbox;
  Ctx ctx(node(id), now(), chooser, machine.timers, machine.disk, machine.durable, registry, outbox, 1, true);
  f(ctx);
  notes.insert(notes.end(), outbox.notes.begin(), outbox.notes.end());
  for (auto& effect : outbox.effects) {
    carry_out(id, effect);
  }
}

void BrokerRig::deliver(int id, NodeId from, Message message) {
  run(id, [&](Ctx& ctx) { at(id).broker.on_message(ctx, from, message); });
}

std::int64_t BrokerRig::request(int id, NodeId from, MessageBody body) {
  const std::int64_t correlation_id = ++last_correlation;
  const Message message{correlation_id, std::move(body)};
  run(id, [&](Ctx& ctx) { at(id).broker.handle_request(ctx, from, message); });
  return correlation_id;
}

void BrokerRig::pass(Duration duration) {
  const std::int64_t end = time + duration.count();
  while (!events.empty() && events.begin()->first <= end) {
    const auto first = events.begin();
    time = std::max(time, first->first);
    const Event event = first->second;
    events.erase(first);
    happen(event);
  }
  time = end;
}

void BrokerRig::restart(int id, bool is_power_loss) {
  Machine& machine = at(id);
  if (is_power_loss) {
    machine.disk.lose_unflushed();
    for (HostedLog& hosted : machine.durable.logs.all()) {
      hosted.log.truncate_to(Offset(machine.disk.file(hosted.file).flushed));
    }
  }
  ++incarnations[id];
  make_broker(id - 1);
}

ErrorCode BrokerRig::leader_and_isr(int id, PartitionState state) {
  LeaderAndIsrRequest request_body;
  request_body.controller = kControllerBroker;
  request_body.controller_epoch = ControllerEpoch(1);
  request_body.broker_epoch = at(id).broker.lifecycle.broker_epoch;
  request_body.partitions.push_back(std::move(state));
  const std::int64_t correlation_id = request(id, kControllerNode, request_body);
  for (auto it = sent.begin(); it != sent.end(); ++it) {
    const auto* response = std::get_if<LeaderAndIsrResponse>(&it->message.body);
    if (response != nullptr && it->message.correlation_id == correlation_id) {
      const ErrorCode error = response->error != ErrorCode::NONE ? response->error : response->partitions.front().error;
      sent.erase(it);
      return error;
    }
  }
  ADD_FAILURE() << "LeaderAndIsr was not answered";
  return ErrorCode::UNKNOWN_SERVER_ERROR;
}

PartitionState BrokerRig::state(int leader, int epoch, std::vector<int> isr, std::vector<int> replicas) {
  PartitionState result;
  result.partition = kOrders0;
  result.leader = BrokerId(leader);
  result.leader_epoch = LeaderEpoch(epoch);
  result.partition_epoch = PartitionEpoch(epoch);
  for (const int member : isr) {
    result.isr.push_back(BrokerId(member));
  }
  for (const int replica : replicas) {
    result.replicas.push_back(BrokerId(replica));
  }
  return result;
}

void BrokerRig::elect(const PartitionState& state) {
  for (std::size_t i = 0; i < machines.size(); ++i) {
    if (machines[i].is_up) {
      leader_and_isr(static_cast<int>(i) + 1, state);
    }
  }
}

std::int64_t BrokerRig::produce(int id, Acks acks, RecordBatch batch, Duration timeout) {
  ProduceRequest body;
  body.acks = acks;
  body.timeout = timeout;
  body.partitions.push_back({kOrders0, std::move(batch)});
  return request(id, kProducerNode, std::move(body));
}

std::int64_t BrokerRig::consume(int id, Offset offset, Duration max_wait, LeaderEpoch epoch) {
  FetchRequest body;
  body.max_wait = max_wait;
  body.max_bytes = 1 << 20;
  FetchPartition item;
  item.partition = kOrders0;
  item.fetch_offset = offset;
  item.current_leader_epoch = epoch;
  item.max_bytes = 1 << 20;
  body.partitions = {item};
  return request(id, kConsumerNode, std::move(body));
}

std::int64_t BrokerRig::follow(int id, int follower, Offset offset, Duration max_wait) {
  FetchRequest body;
  body.replica = BrokerId(follower);
  body.max_wait = max_wait;
  body.max_bytes = 1 << 20;
  FetchPartition item;
  item.partition = kOrders0;
  item.current_leader_epoch = at(id).broker.replicas.find(kOrders0)->leader_epoch;
  item.fetch_offset = offset;
  item.log_start_offset = Offset(0);
  item.max_bytes = 1 << 20;
  body.partitions = {item};
  return request(id, node(follower), std::move(body));
}

std::optional<ErrorCode> BrokerRig::produce_error(std::int64_t correlation_id) {
  const std::optional<ProduceResponse> response = take<ProduceResponse>(correlation_id);
  return response.has_value() ? std::optional(response->partitions.front().error) : std::nullopt;
}

BrokerRig::Sent BrokerRig::forget(std::vector<Sent>::iterator place) {
  Sent found = std::move(*place);
  sent.erase(place);
  return found;
}

void BrokerRig::make_broker(int index) {
  Machine& machine = machines[static_cast<std::size_t>(index)];
  machine.broker = Broker{};
  machine.timers = TimerTable{};
  machine.is_up = true;
  Broker& broker = machine.broker;
  broker.setup = (*registry.brokers)[static_cast<std::size_t>(index)];
  broker.id = broker.setup.id;
  broker.lifecycle.broker_epoch = BrokerEpoch(100 + index);
  broker.metadata.controller = kControllerBroker;
  broker.metadata.alive_brokers.insert_or_assign(kControllerBroker, kControllerNode);
  for (const BrokerSetup& setup : *registry.brokers) {
    broker.metadata.alive_brokers.insert_or_assign(setup.id, NodeId(setup.id.value - 1));
  }
  run(index + 1, [&](Ctx& ctx) { broker.replicas.on_start(ctx, broker); });
}

void BrokerRig::carry_out(int id, Outbox<KafkaTypes>::Effect& effect) {
  if (auto* send = std::get_if<SendEffect<Message>>(&effect)) {
    const bool is_broker = send->to.value < static_cast<std::int32_t>(machines.size());
    const int to = send->to.value + 1;
    if (!is_broker || holds_replication) {
      sent.push_back({node(id), send->to, std::move(send->message)});
    } else if (cuts.count({id, to}) == 0) {
      events.emplace(time + 1'000'000, Event{to, incarnations[to], node(id), std::move(send->message), {}});
    }
  } else if (auto* arm = std::get_if<ArmEffect<Timer>>(&effect)) {
    events.emplace(time + arm->delay.count(), Event{id, incarnations[id], {}, arm->timer, arm->id});
  } else if (auto* flush = std::get_if<FlushEffect>(&effect)) {
    const std::int64_t position = at(id).disk.file(flush->file).written;
    events.emplace(time + 2'000'000,
                   Event{id, incarnations[id], {}, DiskDone{flush->file, position, flush->token}, {}});
  } else if (auto* disconnect = std::get_if<DisconnectEffect>(&effect)) {
    disconnected.push_back(disconnect->peer);
  }
}

void BrokerRig::happen(const Event& event) {
  Machine& machine = at(event.id);
  if (!machine.is_up || event.incarnation != incarnations[event.id]) {
    return;
  }
  if (const auto* message = std::get_if<Message>(&event.what)) {
    deliver(event.id, event.from, *message);
  } else if (const auto* timer = std::get_if<Timer>(&event.what)) {
    if (machine.timers.is_armed(event.timer)) {
      machine.timers.release(event.timer);
      run(event.id, [&](Ctx& ctx) { machine.broker.on_timer(ctx, *timer); });
    }
  } else if (const auto* done = std::get_if<DiskDone>(&event.what)) {
    machine.disk.mark_flushed(done->file, done->position);
    run(event.id, [&](Ctx& ctx) { machine.broker.on_disk(ctx, *done); });
  }
}

}  // namespace kscope::sim
