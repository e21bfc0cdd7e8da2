// Between broker and group coordinator: each API, timer and replication result goes to the coordinator, then what it wants
// appended to __consumer_offsets goes to the replica manager.

#include <utility>

#include "sim/broker/broker.h"
#include "sim/broker/handlers.h"
#include "sim/coordinator/group/group_parts.h"

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
    append.acks = !next.waits_for_replicas ? Acks::NONE
                  : ctx.registry().planted_bug == PlantedBug::kCommitAckedEarly
                      ? Acks::LEADER
                      : broker.setup.config.offsets_commit_required_acks;
    append.timeout = broker.setup.config.offsets_commit_timeout_ms;
    append.transaction = next.transaction;
    const ErrorCode error = broker.replicas.append_internal(ctx, broker, std::move(append));
    if (error != ErrorCode::NONE) {
      broker.groups.finish_append(ctx, next.token, error);
    }
  }
}

/// Takes the partitions that there are not out of a commit.
std::vector<TopicPartition> take_unknown(const Broker& broker, std::vector<OffsetCommitPartition>& offsets) {
  std::vector<TopicPartition> unknown;
  std::erase_if(offsets, [&](const OffsetCommitPartition& item) {
    const bool is_unknown = broker.metadata.find(item.partition) == nullptr;
    if (is_unknown) {
      unknown.push_back(item.partition);
    }
    return is_unknown;
  });
  return unknown;
}

/// What this broker knows of the topics that a request and the members of its group name. Those that do not exist are left
/// out. Cost: O(topics of the group x log partitions).
consumer_group::PartitionCounts topics_of(const Broker& broker, GroupId id, const std::vector<TopicId>& of_request) {
  FlatSet<TopicId> names(of_request.begin(), of_request.end());
  if (const consumer_group::ConsumerGroup* group = broker.groups.find_consumer_group(id)) {
    for (const auto& [member_id, member] : group->members) {
      for (const TopicId topic : member.metadata.subscribed_topics) {
        names.insert(topic);
      }
    }
  } else if (const Group* classic = broker.groups.find(id)) {
    for (const auto& [member_id, member] : classic->members) {
      for (const TopicId topic : member.protocols.front().topics) {  // they are the same in all of them
        names.insert(topic);
      }
    }
  }
  consumer_group::PartitionCounts topics;
  for (const TopicId topic : names) {
    if (const std::int32_t count = broker.metadata.partition_count(topic); count > 0) {
      topics.insert_or_assign(topic, count);
    }
  }
  return topics;
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
  forget_offsets(ctx, deleted);
  append_wanted(ctx, broker);
}

void GroupCoordinator::on_appended(Ctx& ctx, Broker& broker, AppendToken token, ErrorCode error, Offset base_offset) {
  finish_append(ctx, token, error, base_offset);
  append_wanted(ctx, broker);
}

void GroupCoordinator::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  fire(ctx, timer);
  append_wanted(ctx, broker);
}

void handle_join_group(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                       const JoinGroupRequest& request) {
  // Only a group of KIP-848 wants to know.
  const bool is_asked = has_consumer_members(broker.groups, request.group) && !request.protocols.empty();
  broker.groups.join_group(ctx, from, correlation_id, request,
                           is_asked ? topics_of(broker, request.group, request.protocols.front().topics)
                                    : consumer_group::PartitionCounts{});
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

void handle_consumer_group_heartbeat(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                                     const consumer_group::ConsumerGroupHeartbeatRequest& request) {
  broker.groups.consumer_group_heartbeat(
      ctx, from, correlation_id, request,
      topics_of(broker, request.group, request.subscribed_topics.value_or(std::vector<TopicId>{})));
  append_wanted(ctx, broker);
}

void handle_leave_group(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                        const LeaveGroupRequest& request) {
  broker.groups.leave_group(ctx, from, correlation_id, request);
  append_wanted(ctx, broker);
}

// Source: KafkaApis.handleOffsetCommitRequest.
void handle_offset_commit(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                          const OffsetCommitRequest& request) {
  OffsetCommitRequest known = request;
  std::vector<TopicPartition> unknown = take_unknown(broker, known.partitions);
  broker.groups.offset_commit(ctx, from, correlation_id, known, std::move(unknown));
  append_wanted(ctx, broker);
}

void handle_txn_offset_commit(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                              const TxnOffsetCommitRequest& request) {
  const bool is_coordinator = group_status(ctx, broker.groups, request.group) == ErrorCode::NONE;
  if (!is_coordinator || !broker.verifier.begin(ctx, broker, from, correlation_id, request)) {
    serve_txn_offset_commit(ctx, broker, VerifiedCall{from, correlation_id, -1, {BatchVerdict{}}}, request);
  }
}

void serve_txn_offset_commit(Ctx& ctx, Broker& broker, const VerifiedCall& call,
                             const TxnOffsetCommitRequest& request) {
  const BatchVerdict& verdict = call.verdicts.front();
  TxnOffsetCommitRequest known = request;
  std::vector<TopicPartition> unknown = take_unknown(broker, known.partitions);
  if (verdict.error != ErrorCode::NONE) {
    refuse_txn_commit(ctx, {call.from, call.correlation_id}, request.group, known.partitions, unknown,
                      commit_answer_for(verdict.error));
  } else {
    broker.groups.txn_offset_commit(ctx, call.from, call.correlation_id, known, verdict.guard, std::move(unknown));
    append_wanted(ctx, broker);
  }
  broker.request_queue.release(ctx, broker, call.channel);
}

void handle_offset_fetch(Ctx& ctx, Broker& broker, NodeId from, std::int64_t correlation_id,
                         const OffsetFetchRequest& request) {
  broker.groups.offset_fetch(ctx, from, correlation_id, request);
}

}  // namespace kscope::sim
