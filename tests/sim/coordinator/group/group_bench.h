#pragma once
// A group coordinator alone on broker node 0; clients are nodes 1..3. The test plays clients and replica manager.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/coordinator/group/group_coordinator.h"
#include "tests/sim/sample_ids.h"

namespace kscope::sim {

inline constexpr NodeId kAlice{1};
inline constexpr NodeId kBob{2};
inline constexpr NodeId kCarol{3};

class GroupBench {
 public:
  GroupBench() {
    registry.nodes.push_back(NodeEntry{NodeRole::kBroker, "b1", 0, Duration(0)});
    for (int i = 0; i < 3; ++i) {
      registry.nodes.push_back(NodeEntry{NodeRole::kConsumer, "c" + std::to_string(i + 1), i, Duration(0)});
    }
    auto brokers = std::make_shared<std::vector<BrokerSetup>>(1);
    (*brokers)[0].id = BrokerId(1);
    registry.brokers = brokers;
    registry.broker_nodes = {NodeId(0)};
    registry.topics.resize(2);
    registry.topics[0].name = "__consumer_offsets";
    registry.topics[0].partitions = 1;
    registry.topics[1].name = "orders";
    registry.groups = {GroupSetup{"billing"}};
    registry.producers = std::make_shared<std::vector<ProducerSetup>>();
    registry.consumers = std::make_shared<std::vector<ConsumerSetup>>(3);
  }

  Ctx ctx() { return Ctx(NodeId(0), now, chooser, timers, disk, durable, registry, outbox, 1, true); }
  /// Leads the only partition of __consumer_offsets, loaded.
  void lead() {
    Ctx c = ctx();
    coordinator.gain(c, 0);
    remember();
    fire(TimerKind::kCoordinatorLoad);
  }

  static JoinProtocol protocol(const std::string& name) { return JoinProtocol{name, {kOrders}, {}}; }
  std::int64_t join(NodeId client, MemberId member, std::vector<std::string> names = {"range"}) {
    JoinGroupRequest request;
    request.group = kBilling;
    request.member = member;
    request.session_timeout = 45s;
    request.rebalance_timeout = 300s;
    for (const std::string& name : names) {
      request.protocols.push_back(protocol(name));
    }
    Ctx c = ctx();
    coordinator.join_group(c, client, ++correlation, request, {{kOrders, 4}});
    remember();
    return correlation;
  }
  /// First join: returns the id that was issued.
  MemberId ask_id(NodeId client) {
    const std::int64_t id = join(client, MemberId{});
    return answer<JoinGroupResponse>(id)->member;
  }
  std::int64_t sync(NodeId client, MemberId member, GenerationId generation,
                    std::vector<MemberAssignment> assignments = {}) {
    Ctx c = ctx();
    coordinator.sync_group(c, client, ++correlation,
                           SyncGroupRequest{kBilling, generation, member, std::move(assignments)});
    remember();
    return correlation;
  }
  ErrorCode heartbeat(NodeId client, MemberId member, GenerationId generation) {
    Ctx c = ctx();
    coordinator.heartbeat(c, client, ++correlation, HeartbeatRequest{kBilling, generation, member});
    remember();
    return answer<HeartbeatResponse>(correlation)->error;
  }
  ErrorCode leave(NodeId client, MemberId member) {
    Ctx c = ctx();
    coordinator.leave_group(c, client, ++correlation, LeaveGroupRequest{kBilling, {{member, {}}}});
    remember();
    const std::int64_t id = correlation;
    const auto response = *answer<LeaveGroupResponse>(id);
    return response.members.empty() ? response.error : response.members.front().error;
  }
  std::int64_t commit(NodeId client, MemberId member, GenerationId generation, Offset offset,
                      std::int32_t partition = 0) {
    OffsetCommitRequest request;
    request.group = kBilling;
    request.generation = generation;
    request.member = member;
    request.partitions.push_back({TopicPartition{kOrders, partition}, CommittedOffset{offset, LeaderEpoch(0), 0}});
    Ctx c = ctx();
    coordinator.offset_commit(c, client, ++correlation, request);
    remember();
    return correlation;
  }
  /// An offset of orders-0 in a transaction of producer 7.
  std::int64_t txn_commit(NodeId client, MemberId member, GenerationId generation, Offset offset) {
    TxnOffsetCommitRequest request;
    request.group = kBilling;
    request.producer_id = ProducerId(7);
    request.producer_epoch = ProducerEpoch(0);
    request.generation = generation;
    request.member = member;
    request.partitions.push_back({TopicPartition{kOrders, 0}, CommittedOffset{offset, LeaderEpoch(0), 0}});
    Ctx c = ctx();
    coordinator.txn_offset_commit(c, client, ++correlation, request, VerificationGuard{1});
    remember();
    return correlation;
  }
  /// A marker of producer 7 is replicated.
  void mark(ControlType result) {
    Ctx c = ctx();
    coordinator.on_transaction_completed(c, 0, ProducerId(7), result);
    remember();
    RecordBatch marker;
    marker.base_offset = Offset(next_offset++);
    marker.record_count = 1;
    marker.producer_id = ProducerId(7);
    marker.producer_epoch = ProducerEpoch(0);
    marker.is_transactional = true;
    marker.is_control = true;
    marker.control_type = result;
    log.push_back(std::move(marker));
  }
  OffsetFetchResponse offsets(NodeId client, bool require_stable = false, MemberId member = {},
                              GenerationId member_epoch = kNoGeneration) {
    Ctx c = ctx();
    coordinator.offset_fetch(
        c, client, ++correlation,
        OffsetFetchRequest{kBilling, {TopicPartition{kOrders, 0}}, require_stable, member, member_epoch});
    remember();
    return *answer<OffsetFetchResponse>(correlation);
  }
  /// These partitions are deleted.
  void forget(const std::vector<TopicPartition>& partitions) {
    Ctx c = ctx();
    coordinator.forget_offsets(c, partitions);
    remember();
  }
  /// The replica manager: appends what is wanted and reports `error`.
  void replicate(ErrorCode error = ErrorCode::NONE) {
    std::vector<WantedAppend> wanted;
    wanted.swap(coordinator.wanted_appends);
    for (const WantedAppend& append : wanted) {
      appended.push_back(append);
      const Offset base_offset(next_offset);
      if (error == ErrorCode::NONE) {
        log.push_back(batch_of(append));
      }
      Ctx c = ctx();
      coordinator.finish_append(c, append.token, error, base_offset);
      remember();
    }
  }
  /// Another broker takes over with what was replicated.
  void fail_over() {
    HostedLog& hosted = durable.logs.find_or_create(TopicPartition{kOffsetsTopic, 0});
    for (RecordBatch batch : log) {
      hosted.log.append_as_leader(std::move(batch), LeaderEpoch(0), RollLimits{});
    }
    coordinator = GroupCoordinator{};
    lead();
  }

  /// The answer to a request, if it was given.
  template <class Body>
  std::optional<Body> answer(std::int64_t correlation_id) const {
    for (const auto& effect : outbox.effects) {
      const auto* send = std::get_if<SendEffect<Message>>(&effect);
      if (send != nullptr && send->message.correlation_id == correlation_id) {
        if (const auto* body = std::get_if<Body>(&send->message.body)) {
          return *body;
        }
      }
    }
    return std::nullopt;
  }
  std::vector<Note> notes(NoteKind kind) const {
    std::vector<Note> found;
    for (const Note& note : outbox.notes) {
      if (note.kind == kind) {
        found.push_back(note);
      }
    }
    return found;
  }
  const Group& group() const { return *coordinator.find(kBilling); }

  /// Fires the earliest armed timer of the kind; false: none is armed.
  bool fire(TimerKind kind) {
    std::size_t best = armed.size();
    for (std::size_t i = 0; i < armed.size(); ++i) {
      if (armed[i].timer.kind == kind && timers.is_armed(armed[i].id) &&
          (best == armed.size() || armed[i].at < armed[best].at)) {
        best = i;
      }
    }
    if (best == armed.size()) {
      return false;
    }
    now = std::max(now, armed[best].at);
    const Timer timer = armed[best].timer;
    timers.release(armed[best].id);
    Ctx c = ctx();
    coordinator.fire(c, timer);
    remember();
    return true;
  }
  /// When the timer fires; none: it is not armed.
  std::optional<LocalTime> fires_at(TimerId id) const {
    for (const Armed& one : armed) {
      if (one.id == id && timers.is_armed(id)) {
        return one.at;
      }
    }
    return std::nullopt;
  }
  /// Fires one timer, now. Requires: it is armed.
  void fire(TimerId id) {
    for (std::size_t i = 0; i < armed.size(); ++i) {
      if (armed[i].id == id && timers.is_armed(id)) {
        const Timer timer = armed[i].timer;
        timers.release(id);
        Ctx c = ctx();
        coordinator.fire(c, timer);
        remember();
        return;
      }
    }
  }
  /// Two members in a Stable group of generation 1; Alice leads.
  void make_stable() {
    lead();
    alice = ask_id(kAlice);
    bob = ask_id(kBob);
    join(kAlice, alice);
    join(kBob, bob);
    fire(TimerKind::kInitialRebalanceDelay);
    fire(TimerKind::kInitialRebalanceDelay);
    sync(kBob, bob, GenerationId(1));
    sync(kAlice, alice, GenerationId(1), {{alice, {TopicPartition{kOrders, 0}}}, {bob, {TopicPartition{kOrders, 1}}}});
    replicate();
  }

  /// Takes in what the last call to the coordinator armed.
  void remember() {
    for (; seen < outbox.effects.size(); ++seen) {
      if (const auto* arm = std::get_if<ArmEffect<Timer>>(&outbox.effects[seen])) {
        armed.push_back(Armed{now + arm->delay, arm->timer, arm->id});
      }
    }
  }

  Registry registry;
  GroupCoordinator coordinator;
  LocalTime now{};
  Chooser chooser = Chooser::calm();
  TimerTable timers;
  Disk disk;
  Durable durable;
  Outbox<KafkaTypes> outbox;
  std::int64_t correlation = 0;
  std::vector<WantedAppend> appended;
  std::vector<RecordBatch> log;  ///< of __consumer_offsets
  std::int64_t next_offset = 0;
  MemberId alice;
  MemberId bob;

 private:
  struct Armed {
    LocalTime at;
    Timer timer;
    TimerId id;
  };
  RecordBatch batch_of(const WantedAppend& append) {
    RecordBatch batch;
    batch.base_offset = Offset(next_offset);
    batch.record_count = static_cast<std::int32_t>(append.records.size());
    batch.size_bytes = 100;
    if (append.transaction) {
      batch.producer_id = append.transaction->producer_id;
      batch.producer_epoch = append.transaction->producer_epoch;
      batch.is_transactional = true;
    }
    batch.base_timestamp_ms = millis(now.time_since_epoch());
    batch.max_timestamp_ms = batch.base_timestamp_ms;
    Record written;
    written.producer = NodeId(0);
    batch.records = std::make_shared<const std::vector<Record>>(append.records.size(), written);
    batch.coordinator_records = std::make_shared<const std::vector<CoordinatorRecord>>(append.records);
    next_offset += batch.record_count;
    return batch;
  }
  std::vector<Armed> armed;
  std::size_t seen = 0;
};

}  // namespace kscope::sim
