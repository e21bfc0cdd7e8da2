#include "sim/broker/kraft_broker.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "engine/core/check.h"
#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"
#include "sim/controller/kraft/kraft_controller.h"
#include "sim/controller/kraft/not_controller.h"

namespace kscope::sim {
namespace {

// MODEL: always so long; Kafka waits 100 ms, and twice as long after each further failure, up to the session timeout.
constexpr Duration kRetry = 200ms;              // of a registration or heartbeat that was not answered well
constexpr Duration kFirstShutdownRetry = 50ms;  // Source: BrokerLifecycleManager.BrokerHeartbeatResponseEvent
constexpr Duration kShutdownTimeout = 300s;     // Source: BrokerServer.shutdown

// MODEL: an interval of 0 or less, which Kafka takes too, counts as a millisecond.
Duration heartbeat_interval(const Broker& broker) {
  return std::max(broker.setup.config.broker_heartbeat_interval_ms, Duration(1ms));
}

void heartbeat_after(Ctx& ctx, KraftBroker& kraft, Duration delay) {
  ctx.cancel(kraft.heartbeat_timer);
  kraft.heartbeat_timer = ctx.after(delay, Timer{TimerKind::kBrokerHeartbeat, 0, 0});
}

void end_process(Ctx& ctx, Broker& broker) {
  broker.lifecycle.state = BrokerState::SHUTTING_DOWN;
  broker.replicas.on_shutdown(ctx, broker);
  ctx.note({.kind = NoteKind::kShutdownDone, .broker = broker.id});
  ctx.leave();
}

/// Registers, or tells the controller that this broker lives. One request is out at a time.
void communicate(Ctx& ctx, Broker& broker) {
  KraftBroker& kraft = broker.kraft;
  if (kraft.outstanding != 0) {
    return;
  }
  const bool is_leaving = broker.lifecycle.state == BrokerState::PENDING_CONTROLLED_SHUTDOWN;
  if (is_leaving && ctx.now() >= kraft.shutdown_deadline) {
    end_process(ctx, broker);
    return;
  }
  kraft.asked = broker.metadata.controller_node();
  if (!kraft.asked.is_valid()) {
    heartbeat_after(ctx, kraft, kRetry);
    return;
  }
  if (!broker.lifecycle.is_registered) {
    kraft.outstanding = send_request(ctx, broker.next_correlation, kraft.asked,
                                     BrokerRegistrationRequest{broker.id, kraft.incarnation_id, kraft.previous_epoch});
  } else {
    BrokerHeartbeatRequest request;
    request.broker = broker.id;
    request.broker_epoch = broker.lifecycle.broker_epoch;
    request.current_metadata_offset = kraft.applied - 1;
    request.want_fence = !kraft.is_published;
    request.want_shut_down = is_leaving;
    kraft.outstanding = send_request(ctx, broker.next_correlation, kraft.asked, request);
  }
  heartbeat_after(ctx, kraft, heartbeat_interval(broker));
}

void communication_failed(Ctx& ctx, Broker& broker) {
  broker.kraft.outstanding = 0;
  heartbeat_after(ctx, broker.kraft, kRetry);
}

/// What changed in the image since partitions were set up last.
struct Delta {
  std::set<TopicPartition> partitions;
  std::vector<TopicPartition> removed;
  bool has_broker_change = false;
};

void collect(const kraft::MetadataImage& before, const kraft::MetadataRecord& record, Delta& delta) {
  if (const auto* created = std::get_if<kraft::PartitionRecord>(&record)) {
    delta.partitions.insert({topic_of(created->topic_id), created->partition_id});
  } else if (const auto* changed = std::get_if<kraft::PartitionChangeRecord>(&record)) {
    delta.partitions.insert({topic_of(changed->topic_id), changed->partition_id});
  } else if (const auto* removed = std::get_if<kraft::RemoveTopicRecord>(&record)) {
    const kraft::TopicImage* topic = before.topic(removed->topic_id);
    for (std::size_t i = 0; topic != nullptr && i < topic->partitions.size(); ++i) {
      const TopicPartition partition{topic_of(removed->topic_id), static_cast<std::int32_t>(i)};
      delta.partitions.erase(partition);
      delta.removed.push_back(partition);
    }
  } else {
    delta.has_broker_change = delta.has_broker_change || std::holds_alternative<kraft::RegisterBrokerRecord>(record) ||
                              std::holds_alternative<kraft::UnregisterBrokerRecord>(record) ||
                              std::holds_alternative<kraft::BrokerRegistrationChangeRecord>(record);
  }
}

void update_cache(Ctx& ctx, Broker& broker, const Delta& delta) {
  const kraft::MetadataImage& image = broker.kraft.image;
  const LeaderEpoch quorum_epoch = broker.kraft.raft.epoch();
  for (const TopicPartition partition : delta.removed) {
    broker.metadata.partitions.write().erase(partition);
  }
  for (const TopicPartition partition : delta.partitions) {
    const Uuid topic_id = topic_uuid(ctx.registry(), image, partition.topic);
    const kraft::PartitionRegistration* now = image.partition(topic_id, partition.partition);
    if (now != nullptr) {
      broker.metadata.partitions.write()[partition] = partition_state(partition, topic_id, *now, quorum_epoch);
    }
  }
  if (delta.has_broker_change) {
    broker.metadata.alive_brokers.clear();
    for (const auto& [id, registration] : image.brokers()) {
      if (!registration.is_fenced) {
        broker.metadata.alive_brokers[id] = ctx.registry().node_of(id);
      }
    }
  }
}

/// Hosts, leads and follows as the image says. Source: ReplicaManager.applyDelta.
void apply_roles(Ctx& ctx, Broker& broker, const Delta& delta) {
  for (const TopicPartition partition : delta.removed) {
    stop_hosted(ctx, broker, partition, true);
  }
  broker.groups.on_partitions_deleted(ctx, broker, delta.removed);
  for (const TopicPartition partition : delta.partitions) {
    const PartitionState* state = broker.metadata.find(partition);
    if (state == nullptr) {
      continue;
    }
    const auto& replicas = state->replicas;
    if (std::find(replicas.begin(), replicas.end(), broker.id) != replicas.end()) {
      (void)apply_partition_state(ctx, broker, *state);
    } else {
      stop_hosted(ctx, broker, partition, true);  // The partition moved away.
    }
  }
  broker.fetchers.start(ctx, broker);
}

/// Logs of partitions that were deleted, or moved away, while this broker was down: they are deleted before it hosts any.
/// Source: BrokerMetadataPublisher.initializeManagers, LogManager.isStrayKraftReplica.
void delete_stray_logs(Ctx& ctx, Broker& broker) {
  std::vector<TopicPartition> stray;
  for (const HostedLog& hosted : ctx.durable().logs.all()) {
    const kraft::PartitionRegistration* now = broker.kraft.image.partition(hosted.topic_id, hosted.partition.partition);
    const bool is_replica =
        now != nullptr && std::find(now->replicas.begin(), now->replicas.end(), broker.id) != now->replicas.end();
    if (!hosted.is_deleted && !is_replica) {
      stray.push_back(hosted.partition);
    }
  }
  for (const TopicPartition partition : stray) {
    broker.replicas.delete_log(ctx, partition);
  }
}

void publish(Ctx& ctx, Broker& broker, Delta delta) {
  KraftBroker& kraft = broker.kraft;
  if (!kraft.is_published) {
    const kraft::BrokerRegistration* own = kraft.image.broker(broker.id);
    if (own == nullptr || own->incarnation_id != kraft.incarnation_id) {
      update_cache(ctx, broker, delta);
      return;  // What the image says of this broker may be about an earlier process of it.
    }
    kraft.is_published = true;
    delete_stray_logs(ctx, broker);
    delta.has_broker_change = true;
    for (const auto& at : kraft.image.partitions_where([](const auto&) { return true; })) {
      delta.partitions.insert({topic_of(at.topic_id), at.partition});
    }
    heartbeat_after(ctx, kraft, 1us);
  }
  update_cache(ctx, broker, delta);
  apply_roles(ctx, broker, delta);
}

void apply_committed(Ctx& ctx, Broker& broker) {
  KraftBroker& kraft = broker.kraft;
  const raft::RaftLog& log = kraft.log.log;
  const Offset end = std::min(kraft.raft.high_watermark(), log.end_offset());
  Delta delta;
  bool has_news = false;
  if (kraft.applied < log.start_offset() && log.snapshot() != nullptr) {
    kraft.image = {};
    for (const kraft::ApiMessageAndVersion& record : log.snapshot()->records) {
      collect(kraft.image, record.message, delta);
      kraft.image.replay(record.message, log.snapshot()->id.offset - 1);
    }
    kraft.applied = log.start_offset();
    has_news = true;
    ctx.note({.kind = NoteKind::kSnapshotLoaded,
              .broker = broker.id,
              .a = kraft.applied.value,
              .b = static_cast<std::int64_t>(log.snapshot()->records.size())});
  }
  while (kraft.applied < end) {
    const std::vector<MetadataBatch> next = log.read(kraft.applied, 1);
    if (next.empty() || next.front().next_offset() > end) {
      break;
    }
    Offset offset = next.front().base_offset;
    for (const kraft::ApiMessageAndVersion& record : next.front().records) {
      collect(kraft.image, record.message, delta);
      kraft.image.replay(record.message, offset);
      ++offset;
    }
    kraft.applied = next.front().next_offset();
    has_news = true;
  }
  if (has_news) {
    publish(ctx, broker, std::move(delta));
  }
}

template <class Step>
void turn(Ctx& ctx, Broker& broker, Step step) {
  KraftBroker& kraft = broker.kraft;
  const DrawBelow draw = quorum_wire::draw(ctx);
  raft::RaftIo io{ctx.now(), kraft.log, draw, {}, {}, false};
  const Offset high_watermark = kraft.raft.high_watermark();
  step(io);
  const NodeId known = broker.metadata.quorum_controller;
  broker.metadata.quorum_controller =
      kraft.raft.leader().is_valid() ? ctx.registry().node_of_replica(kraft.raft.leader()) : NodeId{};
  apply_committed(ctx, broker);
  quorum_wire::note_high_watermark(ctx, kraft.raft, high_watermark);
  quorum_wire::send_all(ctx, io.sends);
  ctx.cancel(kraft.raft_timer);
  const LocalTime next = kraft.raft.next_poll(ctx.now());
  if (next != LocalTime::max()) {
    kraft.raft_timer = ctx.after(std::max<Duration>(next - ctx.now(), 1us), Timer{TimerKind::kQuorumPoll, 0, 0});
  }
  if (known != broker.metadata.quorum_controller && broker.metadata.quorum_controller.is_valid() &&
      kraft.outstanding == 0) {
    heartbeat_after(ctx, kraft, 1us);  // A new controller learns of this broker at once.
  }
}

}  // namespace

void KraftBroker::start(Ctx& ctx, Broker& broker) {
  broker.lifecycle.state = BrokerState::STARTING;
  incarnation_id = {4 + std::int64_t{broker.id.value}, ctx.now().time_since_epoch().count()};
  // The file is gone once it was read: a process that ends any other way leaves none. Source: CleanShutdownFileHandler.
  previous_epoch = std::exchange(ctx.durable().logs.clean_shutdown_epoch, BrokerEpoch(-1));
  raft = raft::RaftClient(broker.id, quorum_wire::quorum_config(ctx.registry(), broker.setup.config));
  turn(ctx, broker, [&](raft::RaftIo& io) { raft.start(io, Offset(0)); });
  communicate(ctx, broker);
}

void KraftBroker::on_raft_message(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                  const raft::RaftMessage& message) {
  turn(ctx, broker, [&](raft::RaftIo& io) {
    raft.on_message(io, quorum_wire::replica_of(ctx.registry(), from), correlation_id, message);
  });
}

void KraftBroker::on_registration_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id,
                                           const BrokerRegistrationResponse& response) {
  if (correlation_id != outstanding) {
    return;
  }
  if (response.error != ErrorCode::NONE) {
    communication_failed(ctx, broker);
    return;
  }
  outstanding = 0;
  broker.lifecycle.is_registered = true;
  broker.lifecycle.broker_epoch = response.broker_epoch;
  ctx.note({.kind = NoteKind::kBrokerRegistered, .broker = broker.id, .a = response.broker_epoch.value});
  heartbeat_after(ctx, *this, 1us);
}

void KraftBroker::on_heartbeat_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id,
                                        const BrokerHeartbeatResponse& response) {
  if (correlation_id != outstanding) {
    return;
  }
  if (response.error != ErrorCode::NONE) {
    communication_failed(ctx, broker);
    return;
  }
  outstanding = 0;
  is_fenced = response.is_fenced;
  if (broker.lifecycle.state == BrokerState::PENDING_CONTROLLED_SHUTDOWN) {
    if (response.should_shut_down) {
      end_process(ctx, broker);
      return;
    }
    heartbeat_after(ctx, *this, has_shutdown_answer ? heartbeat_interval(broker) : kFirstShutdownRetry);
    has_shutdown_answer = true;
    return;
  }
  if (broker.lifecycle.state == BrokerState::STARTING && response.is_caught_up) {
    broker.lifecycle.state = BrokerState::RECOVERY;
  }
  if (broker.lifecycle.state == BrokerState::RECOVERY && !is_fenced) {
    broker.lifecycle.state = BrokerState::RUNNING;
    ctx.note({.kind = NoteKind::kBrokerRunning, .broker = broker.id});
  }
  // Until it is unfenced it asks again soon: what it has to read is on its way.
  heartbeat_after(ctx, *this, is_fenced ? kRetry : heartbeat_interval(broker));
}

void KraftBroker::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  if (timer.kind == TimerKind::kQuorumPoll) {
    turn(ctx, broker, [&](raft::RaftIo& io) { raft.poll(io); });
    return;
  }
  KSCOPE_CHECK(timer.kind == TimerKind::kBrokerHeartbeat, "a broker in KRaft mode arms no other timers for it");
  outstanding = 0;  // Not answered for a whole interval: another one, perhaps to another controller.
  communicate(ctx, broker);
}

void KraftBroker::on_disconnect(Ctx& ctx, Broker& broker, NodeId peer) {
  if (broker.lifecycle.state == BrokerState::NOT_RUNNING) {
    return;  // Its logs are being recovered.
  }
  for (auto at = forwarded.begin(); at != forwarded.end();) {
    if (at->second.client == peer) {
      at = forwarded.erase(at);
    } else if (at->second.controller == peer) {
      send_response(ctx, at->second.client, at->second.correlation_id, std::move(at->second.failure));
      at = forwarded.erase(at);
    } else {
      ++at;
    }
  }
  if (outstanding != 0 && asked == peer) {
    communication_failed(ctx, broker);
  }
  if (const BrokerId replica = quorum_wire::replica_of(ctx.registry(), peer); replica.is_valid()) {
    turn(ctx, broker, [&](raft::RaftIo& io) { raft.on_disconnect(io, replica); });
  }
}

void KraftBroker::begin_shutdown(Ctx& ctx, Broker& broker) {
  BrokerState& state = broker.lifecycle.state;
  if (state == BrokerState::NOT_RUNNING || state == BrokerState::PENDING_CONTROLLED_SHUTDOWN ||
      state == BrokerState::SHUTTING_DOWN) {
    return;
  }
  ctx.note({.kind = NoteKind::kShutdownStarted, .broker = broker.id});
  if (state != BrokerState::RUNNING || !broker.setup.config.controlled_shutdown_enable) {
    end_process(ctx, broker);
    return;
  }
  state = BrokerState::PENDING_CONTROLLED_SHUTDOWN;
  shutdown_deadline = ctx.now() + kShutdownTimeout;
  outstanding = 0;
  communicate(ctx, broker);
}

void KraftBroker::forward(Ctx& ctx, Broker& broker, NodeId client, std::int64_t correlation_id,
                          const MessageBody& request) {
  MessageBody failure = not_controller(request);
  const NodeId controller = broker.metadata.controller_node();
  if (!controller.is_valid()) {
    send_response(ctx, client, correlation_id, std::move(failure));
    return;
  }
  const std::int64_t own = send_request(ctx, broker.next_correlation, controller, request);
  forwarded[own] = {client, correlation_id, controller, std::move(failure)};
}

bool KraftBroker::return_forwarded(Ctx& ctx, std::int64_t correlation_id, const MessageBody& response) {
  const auto at = forwarded.find(correlation_id);
  if (at == forwarded.end()) {
    return false;
  }
  send_response(ctx, at->second.client, at->second.correlation_id, response);
  forwarded.erase(at);
  return true;
}

}  // namespace kscope::sim
