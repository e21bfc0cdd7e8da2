#pragma once
// One consumer group alone, without a broker: the test plays members and clock. Topics: t0 with 4 partitions, t1 with 2.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/coordinator/group/consumer/fencing.h"
#include "sim/coordinator/group/consumer/heartbeat.h"

namespace kscope::sim::consumer_group {

inline constexpr MemberId kAlice{NodeId(1), 0};
inline constexpr MemberId kBob{NodeId(2), 0};
inline constexpr MemberId kCarol{NodeId(3), 0};
inline constexpr MemberId kDave{NodeId(4), 0};
inline constexpr TopicId kT0{0};
inline constexpr TopicId kT1{1};
inline constexpr TopicId kMissing{9};

/// Partitions of t0.
inline PartitionSet of_t0(std::vector<std::int32_t> numbers) {
  std::vector<TopicPartition> partitions;
  for (const std::int32_t number : numbers) {
    partitions.push_back({kT0, number});
  }
  return {partitions.begin(), partitions.end()};
}

inline std::vector<TopicPartition> list_of(const PartitionSet& partitions) {
  return {partitions.begin(), partitions.end()};
}

class ConsumerGroupBench {
 public:
  ConsumerGroupBench() { group.id = GroupId(0); }

  /// A full request to join.
  [[nodiscard]] static ConsumerGroupHeartbeatRequest join_request(MemberId id, std::vector<TopicId> topics = {kT0}) {
    ConsumerGroupHeartbeatRequest request;
    request.member_id = id;
    request.rebalance_timeout = 60s;
    request.subscribed_topics = std::move(topics);
    request.owned.emplace();
    return request;
  }
  [[nodiscard]] static ConsumerGroupHeartbeatRequest static_join_request(MemberId id, std::string instance_id) {
    ConsumerGroupHeartbeatRequest request = join_request(id);
    request.instance_id = std::move(instance_id);
    return request;
  }
  /// What a member says when nothing has changed; `owned` when it acknowledges.
  [[nodiscard]] ConsumerGroupHeartbeatRequest alive_request(MemberId id, std::optional<PartitionSet> owned = {}) const {
    ConsumerGroupHeartbeatRequest request;
    request.member_id = id;
    request.member_epoch = epoch_of(id);
    if (owned.has_value()) {
      request.owned = list_of(*owned);
    }
    return request;
  }

  /// Everything that the coordinator does with one heartbeat.
  ConsumerGroupHeartbeatResponse send(const ConsumerGroupHeartbeatRequest& request) {
    return take(consumer_group_heartbeat(group, request, {topics, config, now}));
  }
  ConsumerGroupHeartbeatResponse join(MemberId id) { return send(join_request(id)); }
  ConsumerGroupHeartbeatResponse alive(MemberId id, std::optional<PartitionSet> owned = {}) {
    return send(alive_request(id, std::move(owned)));
  }
  ConsumerGroupHeartbeatResponse leave(MemberId id) {
    ConsumerGroupHeartbeatRequest request = alive_request(id);
    request.member_epoch = kLeaveGroupEpoch;
    return send(request);
  }
  ConsumerGroupHeartbeatResponse leave_for_a_while(MemberId id, std::string instance_id) {
    ConsumerGroupHeartbeatRequest request = alive_request(id);
    request.member_epoch = kLeaveGroupStaticEpoch;
    request.instance_id = std::move(instance_id);
    return send(request);
  }

  ConsumerGroupHeartbeatResponse take(const ConsumerGroupResult& result) {
    const GroupEpoch before = group.group_epoch;
    last_records = result.records;
    records.insert(records.end(), result.records.begin(), result.records.end());
    apply(group, result);
    EXPECT_GE(group.group_epoch, before) << "the group epoch never goes back";
    for (const MemberTimerChange& change : result.timers) {
      if (change.fires_at.has_value()) {
        timers.insert_or_assign(change.timer, change);
      } else {
        timers.erase(change.timer);
      }
    }
    return result.response;
  }

  /// The clock moves on; timers fire in order of time.
  void advance(Duration by) {
    const LocalTime until = now + by;
    while (true) {
      const auto next = std::min_element(timers.begin(), timers.end(), [](const auto& a, const auto& b) {
        return a.second.fires_at < b.second.fires_at;
      });
      if (next == timers.end() || *next->second.fires_at > until) {
        break;
      }
      const auto [timer, change] = *next;
      timers.erase(next);
      now = *change.fires_at;
      take(timer.kind == MemberTimerKind::kSession
               ? on_silence(group, timer.member, topics)
               : on_rebalance_timeout(group, timer.member, change.member_epoch, topics));
    }
    now = until;
  }

  /// Alice has all of t0, then Bob joins and waits for half of it.
  void make_alice_revoke() {
    join(kAlice);
    join(kBob);
    alive(kAlice);
  }

  [[nodiscard]] const CurrentAssignment& current(MemberId id) const { return group.members.at(id).current; }
  [[nodiscard]] MemberEpoch epoch_of(MemberId id) const {
    return group.members.contains(id) ? current(id).member_epoch : MemberEpoch{1};
  }
  [[nodiscard]] bool runs(MemberTimerKind kind, MemberId id) const { return timers.count({kind, id}) == 1; }

  /// The group that another coordinator makes of these records.
  [[nodiscard]] static ConsumerGroup rebuilt_from(const std::vector<ConsumerGroupRecord>& log) {
    ConsumerGroup other;
    other.id = GroupId(0);
    for (const ConsumerGroupRecord& record : log) {
      replay(other, record);
    }
    return other;
  }
  /// What is stored of the group.
  [[nodiscard]] ConsumerGroup stored() const {
    ConsumerGroup copy = group;
    copy.metadata_refresh = {};
    return copy;
  }
  /// The log after its first `clean` records were compacted: of them the last of every key is left.
  [[nodiscard]] std::vector<ConsumerGroupRecord> compacted_log(std::size_t clean) const {
    const auto end = records.begin() + static_cast<std::ptrdiff_t>(clean);
    std::vector<ConsumerGroupRecord> log;
    for (auto record = records.begin(); record != end; ++record) {
      if (std::none_of(record + 1, end, [&](const auto& later) { return have_same_key(*record, later); })) {
        log.push_back(*record);
      }
    }
    log.insert(log.end(), end, records.end());
    return log;
  }
  [[nodiscard]] std::vector<ConsumerGroupRecord> compacted_log() const { return compacted_log(records.size()); }

  ConsumerGroup group;
  PartitionCounts topics{{kT0, 4}, {kT1, 2}};
  ConsumerGroupConfig config;
  LocalTime now{};
  std::map<MemberTimer, MemberTimerChange> timers;
  std::vector<ConsumerGroupRecord> records;       ///< all that were written
  std::vector<ConsumerGroupRecord> last_records;  ///< of the last operation
};

}  // namespace kscope::sim::consumer_group
