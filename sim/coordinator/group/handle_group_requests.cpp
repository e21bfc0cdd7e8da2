// Between broker and group coordinator: each API, timer and replication result goes to the coordinator, then what it wants
// appended to __consumer_offsets goes to the replica manager.

#include <utility>

#include "sim/broker/broker.h"
#include "sim/coordinator/group/group_coordinator.h"

namespace kscope::sim {
namespace {

/// Hands over every wanted append. The replica manager may call on_appended before it returns, and that may want more.
void append_wanted(Ctx& ctx, Broker& broker) {
  std::vector<WantedAppend>& wanted = broker.groups.wanted_appends;
  while (!wanted.empty()) {
    WantedAppend next = std::move(wanted.front());
    wanted.erase(wanted.begin());
    InternalAppend append;
    append.partition = TopicPartition{kOffsetsTopic, next.partition};
    append.records = std::move(next.records);
    append.owner = AppendOwner::kGroups;
    append.token = next.token;
    append.acks = broker.setup.config.offsets_commit_required_acks;
    append.timeout = broker.setup.config.offsets_commit_timeout_ms;
    const ErrorCode error = broker.replicas.append_internal(ctx, broker, std::move(append));
    if (error != ErrorCode::NONE) {
      broker.groups.finish_append(ctx, next.token, error);
    }
  }
}

}  // namespace

void GroupCoordinator::on_leadership_gained(Ctx& ctx, Broker& broker, TopicPartition partition) {
  if (partition.topic == kOffsetsTopic) {
    gain(ctx, partition.partition);
    append_wanted(ctx, broker);
  }
}

void GroupCoordinator::on_leadership_lost(Ctx& ctx, Broker& broker, TopicPartition partition) {
  if (partition.topic == kOffsetsTopic) {
    lose(ctx, partition.partition);
    append_wanted(ctx, broker);
  }
}

void GroupCoordinator::on_partitions_deleted(Ctx& ctx, Broker& broker, const std::vector<TopicPartition>& deleted) {
  forget_offsets(deleted);
  append_wanted(ctx, broker);
}

void GroupCoordinator::on_appended(Ctx& ctx, Broker& broker, AppendToken token, ErrorCode error) {
  finish_append(ctx, token, error);
  append_wanted(ctx, broker);
}

void GroupCoordinator::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  fire(ctx, timer);
  append_wanted(ctx, broker);
}

void handle_join_group(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                       const JoinGroupRequest& request) {
  broker.groups.join_group(ctx, from, correlation_id, request);
  append_wanted(ctx, broker);
}

void handle_sync_group(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                       const SyncGroupRequest& request) {
  broker.groups.sync_group(ctx, from, correlation_id, request);
  append_wanted(ctx, broker);
}

void handle_heartbeat(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                      const HeartbeatRequest& request) {
  broker.groups.heartbeat(ctx, from, correlation_id, request);
}

void handle_leave_group(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                        const LeaveGroupRequest& request) {
  broker.groups.leave_group(ctx, from, correlation_id, request);
  append_wanted(ctx, broker);
}

void handle_offset_commit(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                          const OffsetCommitRequest& request) {
  // Source: KafkaApis.handleOffsetCommitRequest.
  OffsetCommitRequest known = request;
  std::vector<TopicPartition> unknown;
  std::erase_if(known.partitions, [&](const OffsetCommitPartition& item) {
    const bool is_unknown = broker.metadata.find(item.partition) == nullptr;
    if (is_unknown) {
      unknown.push_back(item.partition);
    }
    return is_unknown;
  });
  broker.groups.offset_commit(ctx, from, correlation_id, known, std::move(unknown));
  append_wanted(ctx, broker);
}

void handle_offset_fetch(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                         const OffsetFetchRequest& request) {
  broker.groups.offset_fetch(ctx, from, correlation_id, request);
}

}  // namespace kscope::sim
