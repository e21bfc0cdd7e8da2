// ISRs before KIP-497: a leader writes the state znode itself, with the version that it knows, and tells the controller some
// seconds later by a znode below /isr_change_notification. A leader whose version is old is refused, and keeps its ISR until
// the controller tells it more (KAFKA-1382, KAFKA-2729).
// MODEL: Kafka holds the partition's lock until ZooKeeper answers. Here the partition goes on, and its high watermark waits
// for the ISR of before and for the one asked for. Notifications are named by broker and count, not by a sequence.
// Source: Partition.expandIsr, ReplicationUtils.updateLeaderAndIsr, ReplicaManager.maybePropagateIsrChanges, Kafka 2.6.
#include <algorithm>
#include <string>
#include <utility>

#include "sim/broker/broker.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim {
namespace {

constexpr Duration kPropagationCheck = 2500ms;  // isr-change-propagation
constexpr Duration kPropagationBlackOut = 5s;   // no change for so long: the controller is told
constexpr Duration kPropagationInterval = 60s;  // or it was not told for so long

}  // namespace

bool ReplicaManager::write_isr(Ctx& ctx, Broker& broker, const Partition& partition, std::vector<BrokerId> isr) {
  const bool is_asked = std::any_of(zookeeper_isrs_.writing.begin(), zookeeper_isrs_.writing.end(),
                                    [&](const AlterPartitionItem& item) { return item.partition == partition.id; });
  if (is_asked) {
    return false;
  }
  ZnodeData data;
  data.state.partition = partition.id;
  data.state.leader = broker.id;
  data.state.leader_epoch = partition.leader_epoch;
  data.state.isr = isr;
  data.state.replicas = partition.replicas;
  data.state.controller_epoch = controller_epoch;
  const std::string& topic = ctx.registry().topics.at(static_cast<std::size_t>(partition.id.topic.value)).name;
  broker.zk.request(ctx, {ZkPurpose::Kind::kIsrWrite, partition.id.topic.value, partition.id.partition},
                    {zk::set_data(zk::partition_state_path(topic, partition.id.partition), std::move(data),
                                  ZnodeVersion{partition.partition_epoch.value})});
  zookeeper_isrs_.writing.push_back(
      {partition.id, partition.leader_epoch, partition.partition_epoch, std::move(isr), {}});
  return true;
}

void ReplicaManager::on_isr_written(Ctx& ctx, Broker& broker, const ZkPurpose& purpose, const ZkResponse& response) {
  const TopicPartition id{TopicId(static_cast<std::int32_t>(purpose.a)), static_cast<std::int32_t>(purpose.b)};
  std::vector<AlterPartitionItem>& writing = zookeeper_isrs_.writing;
  const auto at = std::find_if(writing.begin(), writing.end(),
                               [&](const AlterPartitionItem& item) { return item.partition == id; });
  if (at == writing.end()) {
    return;
  }
  const AlterPartitionItem asked = std::move(*at);
  writing.erase(at);
  const bool is_written = response.code == ZkCode::kOk;
  Partition* partition = find(id);
  if (is_written) {
    const std::vector<BrokerId> before = partition != nullptr ? partition->isr : std::vector<BrokerId>{};
    ctx.note({.kind = NoteKind::kIsrChanged,
              .partition = id,
              .b = response.results.back().version.value,
              .brokers = ctx.registry().broker_set(asked.new_isr),
              .before = ctx.registry().broker_set(before)});
    zookeeper_isrs_.changed.push_back(id);
    zookeeper_isrs_.last_change = ctx.now();
    if (!ctx.is_armed(zookeeper_isrs_.timer)) {
      zookeeper_isrs_.timer = ctx.after(kPropagationCheck, Timer{TimerKind::kAlterPartitionRetry, 1, 0});
    }
  }
  const bool is_current = partition != nullptr && partition->is_leader(broker.id) && partition->is_isr_pending() &&
                          partition->leader_epoch == asked.leader_epoch &&
                          partition->partition_epoch == asked.partition_epoch;
  if (!is_current) {
    return;  // LeaderAndIsr was faster
  }
  partition->isr_state = CommittedIsr{};
  if (!is_written) {
    ctx.note({.kind = NoteKind::kRequestRefused,
              .partition = id,
              .broker = broker.id,
              .a = Message{0, ZkRequest{}}.kind(),
              .b = static_cast<std::int64_t>(ErrorCode::INVALID_UPDATE_VERSION)});
    return;
  }
  news_.add(partition->place);
  partition->isr = asked.new_isr;
  partition->partition_epoch = PartitionEpoch{response.results.back().version.value};
  if (update_high_watermark(ctx, broker, *partition)) {
    complete_after_high_watermark(ctx, broker, *partition);
  }
}

void ReplicaManager::forget_isr_writes() {
  for (const AlterPartitionItem& item : zookeeper_isrs_.writing) {
    if (Partition* partition = find(item.partition); partition != nullptr) {
      partition->isr_state = CommittedIsr{};
    }
  }
  zookeeper_isrs_.writing.clear();
}

void ReplicaManager::propagate_isr_changes(Ctx& ctx, Broker& broker) {
  ZooKeeperIsrs& isrs = zookeeper_isrs_;
  if (isrs.changed.empty()) {
    return;
  }
  const bool is_due =
      isrs.last_change + kPropagationBlackOut < ctx.now() || isrs.last_propagation + kPropagationInterval < ctx.now();
  if (!is_due) {
    isrs.timer = ctx.after(kPropagationCheck, Timer{TimerKind::kAlterPartitionRetry, 1, 0});
    return;
  }
  std::sort(isrs.changed.begin(), isrs.changed.end());
  isrs.changed.erase(std::unique(isrs.changed.begin(), isrs.changed.end()), isrs.changed.end());
  ZnodeData data;
  data.partitions = std::exchange(isrs.changed, {});
  // The broker epoch keeps names of an earlier life apart.
  const std::string name = std::string(zk::kIsrChangePath) + "/isr_change_" + std::to_string(broker.id.value) + "_" +
                           std::to_string(broker.lifecycle.broker_epoch.value) + "_" +
                           std::to_string(++isrs.notifications);
  broker.zk.request(ctx, {ZkPurpose::Kind::kNone, 0, 0}, {zk::create(name, std::move(data))});
  isrs.last_propagation = ctx.now();
}

}  // namespace kscope::sim
