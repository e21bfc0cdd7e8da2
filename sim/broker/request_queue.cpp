#include "sim/broker/request_queue.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/check.h"
#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

/// Where requests of one kind belong and what they cost an I/O thread.
struct ApiCost {
  ChannelKind channel = ChannelKind::kClient;
  Duration base{0};
};

template <class Body, std::size_t I = 0>
constexpr std::size_t kind_of() {
  if constexpr (std::is_same_v<Body, std::variant_alternative_t<I, MessageAlternatives>>) {
    return I;
  } else {
    return kind_of<Body, I + 1>();
  }
}

// MODEL: times of a middle-sized server; their relations matter, not their values.
constexpr std::array<ApiCost, kMessageKindCount> make_costs() {
  std::array<ApiCost, kMessageKindCount> costs{};
  costs[kind_of<ProduceRequest>()] = {ChannelKind::kClient, 60us};
  costs[kind_of<FetchRequest>()] = {ChannelKind::kFetch, 40us};
  costs[kind_of<ListOffsetsRequest>()] = {ChannelKind::kClient, 30us};
  costs[kind_of<OffsetsForLeaderEpochRequest>()] = {ChannelKind::kClient, 30us};
  costs[kind_of<MetadataRequest>()] = {ChannelKind::kClient, 50us};
  costs[kind_of<CreateTopicsRequest>()] = {ChannelKind::kToController, 100us};
  costs[kind_of<CreatePartitionsRequest>()] = {ChannelKind::kToController, 100us};
  costs[kind_of<AlterPartitionReassignmentsRequest>()] = {ChannelKind::kToController, 100us};
  costs[kind_of<DeleteTopicsRequest>()] = {ChannelKind::kToController, 100us};
  costs[kind_of<ElectLeadersRequest>()] = {ChannelKind::kToController, 50us};
  costs[kind_of<LeaderAndIsrRequest>()] = {ChannelKind::kController, 200us};
  costs[kind_of<UpdateMetadataRequest>()] = {ChannelKind::kController, 100us};
  costs[kind_of<StopReplicaRequest>()] = {ChannelKind::kController, 100us};
  costs[kind_of<ControlledShutdownRequest>()] = {ChannelKind::kToController, 50us};
  costs[kind_of<AlterPartitionRequest>()] = {ChannelKind::kToController, 50us};
  costs[kind_of<FindCoordinatorRequest>()] = {ChannelKind::kClient, 20us};
  costs[kind_of<JoinGroupRequest>()] = {ChannelKind::kCoordinator, 40us};
  costs[kind_of<SyncGroupRequest>()] = {ChannelKind::kCoordinator, 40us};
  costs[kind_of<HeartbeatRequest>()] = {ChannelKind::kCoordinator, 15us};
  costs[kind_of<consumer_group::ConsumerGroupHeartbeatRequest>()] = {ChannelKind::kCoordinator, 30us};
  costs[kind_of<LeaveGroupRequest>()] = {ChannelKind::kCoordinator, 30us};
  costs[kind_of<OffsetCommitRequest>()] = {ChannelKind::kCoordinator, 40us};
  costs[kind_of<OffsetFetchRequest>()] = {ChannelKind::kCoordinator, 30us};
  costs[kind_of<InitProducerIdRequest>()] = {ChannelKind::kClient, 30us};
  costs[kind_of<DeleteRecordsRequest>()] = {ChannelKind::kClient, 50us};
  costs[kind_of<AllocateProducerIdsRequest>()] = {ChannelKind::kToController, 50us};
  costs[kind_of<AddPartitionsToTxnRequest>()] = {ChannelKind::kClient, 40us};
  costs[kind_of<EndTxnRequest>()] = {ChannelKind::kClient, 40us};
  costs[kind_of<WriteTxnMarkersRequest>()] = {ChannelKind::kClient, 40us};
  costs[kind_of<AddOffsetsToTxnRequest>()] = {ChannelKind::kClient, 40us};
  costs[kind_of<TxnOffsetCommitRequest>()] = {ChannelKind::kClient, 40us};
  return costs;
}
constexpr std::array<ApiCost, kMessageKindCount> kCosts = make_costs();

constexpr std::int64_t kNanosPerProducedByte = 1;  // checksum and copies

ChannelKind channel_kind(const MessageBody& body) {
  const auto* fetch = std::get_if<FetchRequest>(&body);
  const auto* list = std::get_if<ListOffsetsRequest>(&body);
  const auto* epochs = std::get_if<OffsetsForLeaderEpochRequest>(&body);
  const bool is_of_replica = (fetch != nullptr && fetch->replica.is_valid()) ||
                             (list != nullptr && list->replica.is_valid()) ||
                             (epochs != nullptr && epochs->replica.is_valid());
  return is_of_replica ? ChannelKind::kReplicaFetch : kCosts[body.index()].channel;
}

/// Time that the records of a produce request take to reach the page cache, and the platter where flush.messages asks.
Duration disk_time(Ctx& ctx, const Broker& broker, const ProduceRequest& request) {
  std::int64_t bytes = 0;
  Duration flushes{0};
  for (const ProducePartition& item : request.partitions) {
    bytes += item.batch.size_bytes;
    const Partition* partition = broker.replicas.find(item.partition);
    if (partition != nullptr && ReplicaManager::is_flush_due(ctx, *partition, item.batch.record_count)) {
      flushes += ctx.disk().flush_time();
    }
  }
  return ctx.disk().write_time(bytes) + flushes;
}

}  // namespace

Duration base_service_time(const MessageBody& request) {
  Duration time = kCosts[request.index()].base;
  if (const auto* produce = std::get_if<ProduceRequest>(&request)) {
    for (const ProducePartition& item : produce->partitions) {
      time += Duration(item.batch.size_bytes * kNanosPerProducedByte);
    }
  } else if (const auto* leader_and_isr = std::get_if<LeaderAndIsrRequest>(&request)) {
    time += 20us * static_cast<std::int64_t>(leader_and_isr->partitions.size());
  } else if (const auto* update_metadata = std::get_if<UpdateMetadataRequest>(&request)) {
    time += 2us * static_cast<std::int64_t>(update_metadata->partitions.size());
  }
  return time;
}

std::int32_t RequestQueue::allocate() {
  if (first_free_ < 0) {
    requests_.emplace_back();
    return static_cast<std::int32_t>(requests_.size() - 1);
  }
  const std::int32_t place = first_free_;
  first_free_ = requests_[static_cast<std::size_t>(place)].next;
  return place;
}

void RequestQueue::free(std::int32_t place) {
  QueuedRequest& request = requests_[static_cast<std::size_t>(place)];
  request.message = Message{};
  request.next = first_free_;
  first_free_ = place;
}

ChannelIndex RequestQueue::channel_of(NodeId from, ChannelKind kind) {
  const std::size_t key = static_cast<std::size_t>(from.value) * kChannelKindCount + static_cast<std::size_t>(kind);
  if (key >= channel_by_peer_.size()) {
    channel_by_peer_.resize(key + 1, -1);
  }
  if (channel_by_peer_[key] < 0) {
    channel_by_peer_[key] = static_cast<ChannelIndex>(channels_.size());
    RequestChannel channel;
    channel.peer = from;
    channel.kind = kind;
    channels_.push_back(channel);
  }
  return channel_by_peer_[key];
}

void RequestQueue::on_request(Ctx& ctx, Broker& broker, NodeId from, const Message& message) {
  const ChannelKind kind = channel_kind(message.body);
  const ChannelIndex index = channel_of(from, kind);
  if (kind == ChannelKind::kReplicaFetch && channels_[static_cast<std::size_t>(index)].is_muted) {
    // A fetcher has one request out. A second one comes from a new fetcher thread on a connection of its own, and nobody
    // waits for the parked one any more.
    broker.replicas.abandon_fetch(ctx, broker, index);
  }
  const std::int32_t place = allocate();
  QueuedRequest& request = requests_[static_cast<std::size_t>(place)];
  request.from = from;
  request.channel = index;
  request.next = -1;
  request.arrived_at = ctx.now();
  request.message = message;

  RequestChannel& channel = channels_[static_cast<std::size_t>(index)];
  if (channel.is_muted) {
    if (channel.last_unread >= 0) {
      requests_[static_cast<std::size_t>(channel.last_unread)].next = place;
    } else {
      channel.first_unread = place;
    }
    channel.last_unread = place;
    ++unread_;
    return;
  }
  channel.is_muted = true;
  ready_.push_back(place);
  dispatch(ctx, broker);
}

void RequestQueue::dispatch(Ctx& ctx, const Broker& broker) {
  while (ready_head_ < ready_.size() && in_service_ < broker.setup.config.num_io_threads) {
    const std::int32_t place = ready_[ready_head_++];
    const QueuedRequest& request = requests_[static_cast<std::size_t>(place)];
    const Duration base = base_service_time(request.message.body);
    const Label label{static_cast<std::int32_t>(request.message.kind()), request.from.value, 0};
    const Duration jitter = ctx.chooser().spread(ChoiceKind::service, label, base / 4);
    Duration time = (base + jitter) * ctx.cpu_factor();
    if (const auto* produce = std::get_if<ProduceRequest>(&request.message.body)) {
      time += disk_time(ctx, broker, *produce);
    }
    ++in_service_;
    ctx.after(time, Timer{TimerKind::kRequestServed, place, 0});
  }
  if (ready_head_ == ready_.size()) {
    ready_.clear();
    ready_head_ = 0;
  } else if (ready_head_ >= 64 && ready_head_ * 2 >= ready_.size()) {
    ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(ready_head_));
    ready_head_ = 0;
  }
}

void RequestQueue::on_served(Ctx& ctx, Broker& broker, std::int64_t number) {
  KSCOPE_CHECK(number >= 0 && static_cast<std::size_t>(number) < requests_.size(), "no such request is in service");
  QueuedRequest& request = requests_[static_cast<std::size_t>(number)];
  const Message message = std::move(request.message);
  const NodeId from = request.from;
  const ChannelIndex channel = request.channel;
  free(static_cast<std::int32_t>(number));
  --in_service_;

  handled_ = channel;
  is_kept_muted_ = false;
  broker.handle_request(ctx, from, message);
  handled_ = -1;
  if (!is_kept_muted_) {
    release(ctx, broker, channel);
  } else {
    dispatch(ctx, broker);
  }
}

ChannelIndex RequestQueue::keep_muted() {
  is_kept_muted_ = handled_ >= 0;
  return handled_;
}

void RequestQueue::release(Ctx& ctx, Broker& broker, ChannelIndex index) {
  if (index < 0) {
    return;
  }
  RequestChannel& channel = channels_[static_cast<std::size_t>(index)];
  KSCOPE_CHECK(channel.is_muted, "a connection is released once per request");
  if (channel.muted_until > ctx.now()) {
    channel.throttle_timer = ctx.after(channel.muted_until - ctx.now(), Timer{TimerKind::kChannelThrottled, index, 0});
    dispatch(ctx, broker);
    return;
  }
  channel.is_muted = false;
  const std::int32_t place = channel.first_unread;
  if (place >= 0) {
    channel.is_muted = true;
    channel.first_unread = requests_[static_cast<std::size_t>(place)].next;
    if (channel.first_unread < 0) {
      channel.last_unread = -1;
    }
    --unread_;
    ready_.push_back(place);
  }
  dispatch(ctx, broker);
}

void RequestQueue::throttle(const Ctx& ctx, ChannelIndex index, Duration time) {
  if (index < 0 || time <= Duration(0)) {
    return;
  }
  RequestChannel& channel = channels_[static_cast<std::size_t>(index)];
  KSCOPE_CHECK(channel.is_muted, "a client is throttled with the answer to its request");
  channel.muted_until = std::max(channel.muted_until, ctx.now() + time);
}

void RequestQueue::on_throttled(Ctx& ctx, Broker& broker, ChannelIndex channel) {
  channels_.at(static_cast<std::size_t>(channel)).muted_until = LocalTime{};  // whatever became of the clock
  release(ctx, broker, channel);
}

void RequestQueue::on_disconnect(Ctx& ctx, NodeId peer) {
  for (RequestChannel& channel : channels_) {
    if (channel.peer != peer) {
      continue;
    }
    channel.muted_until = LocalTime{};
    if (ctx.is_armed(channel.throttle_timer)) {
      ctx.cancel(channel.throttle_timer);
      channel.is_muted = false;
    }
    while (channel.first_unread >= 0) {
      const std::int32_t place = channel.first_unread;
      channel.first_unread = requests_[static_cast<std::size_t>(place)].next;
      --unread_;
      free(place);
    }
    channel.last_unread = -1;
  }
}

}  // namespace kscope::sim
