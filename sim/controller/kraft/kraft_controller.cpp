#include "sim/controller/kraft/kraft_controller.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/core/check.h"
#include "sim/controller/kraft/committed_notes.h"
#include "sim/controller/kraft/not_controller.h"

namespace kscope::sim {
namespace {

using kraft::ApiMessageAndVersion;
using kraft::ReplicationControl;

// MODEL: metadata.log.max.record.bytes.between.snapshots counts records of so many bytes.
constexpr std::int64_t kBytesOfRecord = 100;

kraft::ControllerSettings settings_of(const Registry& registry) {
  const BrokerConfig& config = registry.brokers->front().config;
  kraft::ControllerSettings settings;
  if (!registry.rules.is_old(Rule::kKip966)) {
    settings.metadata_version = kraft::kLatestMetadataVersion;
    settings.is_elr_enabled = true;
  }
  settings.default_min_isr = config.min_insync_replicas;
  settings.default_unclean_election = config.unclean_leader_election_enable;
  settings.default_partition_count = config.num_partitions;
  settings.default_replication_factor = config.default_replication_factor;
  settings.may_elect_fenced_last_leader = registry.rules.is_old(Rule::kKafka19522);
  settings.planted_bug = registry.planted_bug;
  return settings;
}

// The soft state follows the log. Source: ClusterControlManager.replay.
void replay_active(ActiveController& active, const kraft::MetadataRecord& record, Offset offset, LocalTime now) {
  std::optional<BrokerId> changed;
  if (const auto* registered = std::get_if<kraft::RegisterBrokerRecord>(&record)) {
    changed = registered->broker_id;
    active.heartbeats.remove(*changed);
  } else if (const auto* change = std::get_if<kraft::BrokerRegistrationChangeRecord>(&record)) {
    changed = change->broker_id;
  } else if (const auto* gone = std::get_if<kraft::UnregisterBrokerRecord>(&record)) {
    active.heartbeats.remove(gone->broker_id);
  }
  active.image.replay(record, offset);
  if (changed.has_value()) {
    active.heartbeats.register_broker(*changed, active.image.broker(*changed)->is_fenced, now);
  }
}

// One step of the quorum, and what follows from it.
class Turn {
 public:
  Turn(Ctx& ctx, KraftController& controller)
      : ctx_(ctx),
        c_(controller),
        draw_(quorum_wire::draw(ctx)),
        io_{ctx.now(), ctx.durable().metadata_log, draw_, {}, {}, false},
        led_before_(controller.raft.is_leader() ? controller.raft.epoch() : kNoLeaderEpoch),
        high_watermark_before_(controller.raft.high_watermark()) {}

  raft::RaftIo& io() { return io_; }

  void finish() {
    write();
    if (c_.raft.is_leader() && c_.raft.epoch() != led_before_) {
      ctx_.note({.kind = NoteKind::kQuorumLeaderElected,
                 .broker = c_.id,
                 .a = c_.raft.epoch().value,
                 .b = ctx_.durable().metadata_log.log.end_offset().value});
    }
    apply_committed();
    quorum_wire::note_high_watermark(ctx_, c_.raft, high_watermark_before_);
    follow_leadership();
    answer_committed();
    quorum_wire::send_all(ctx_, io_.sends);
    arm();
    const auto* resigned = std::get_if<raft::Resigned>(&c_.raft.state());
    if (c_.is_shutting_down && (resigned == nullptr || resigned->unacknowledged.empty())) {
      ctx_.exit();
    }
  }

  /// Appends the records of one operation and replays them. Requires: this controller is active.
  void append(const std::vector<ApiMessageAndVersion>& records) {
    const std::optional<Offset> last = c_.raft.append(io_, c_.raft.epoch(), records);
    KSCOPE_CHECK(last.has_value(), "an active controller leads the quorum");
    Offset offset = *last - static_cast<std::int64_t>(records.size()) + 1;
    for (const ApiMessageAndVersion& record : records) {
      replay_active(*c_.active, record.message, offset, ctx_.now());
      ++offset;
    }
  }

  /// Answers when everything that is appended by now is committed.
  void respond(NodeId to, std::int64_t correlation_id, MessageBody response) {
    const Offset last = ctx_.durable().metadata_log.log.end_offset() - 1;
    c_.active->purgatory.push_back({last, to, correlation_id, std::move(response)});
  }

 private:
  void write() {
    raft::RaftLog& log = ctx_.durable().metadata_log.log;
    if (io_.truncated_to.has_value()) {
      ctx_.disk().truncate(kMetadataLogFile, io_.truncated_to->value);
      ++c_.flush_token;
    }
    if (!io_.has_appended) {
      return;
    }
    const std::int64_t grown = log.end_offset().value - ctx_.disk().file(kMetadataLogFile).written;
    constexpr std::int64_t kBytesPerRecord = 100;
    if (!ctx_.disk().append(kMetadataLogFile, log.end_offset().value, grown * kBytesPerRecord)) {
      ctx_.exit();  // A controller that cannot write its log ends.
      return;
    }
    if (!c_.is_flushing) {
      c_.is_flushing = true;
      ctx_.flush(kMetadataLogFile, c_.flush_token);
    }
  }

  void apply_committed() {
    const raft::RaftLog& log = ctx_.durable().metadata_log.log;
    const Offset end = std::min(c_.raft.high_watermark(), log.end_offset());
    if (c_.applied < log.start_offset() && log.snapshot() != nullptr && end >= log.start_offset()) {
      c_.committed = {};
      for (const ApiMessageAndVersion& record : log.snapshot()->records) {
        c_.committed.replay(record.message, log.snapshot()->id.offset - 1);
      }
      c_.applied = log.start_offset();
      c_.applied_epoch = log.snapshot()->id.epoch;
      ctx_.note({.kind = NoteKind::kSnapshotLoaded,
                 .broker = c_.id,
                 .a = c_.applied.value,
                 .b = static_cast<std::int64_t>(log.snapshot()->records.size())});
    }
    while (c_.applied < end) {
      const std::vector<MetadataBatch> next = log.read(c_.applied, 1);
      if (next.empty() || next.front().next_offset() > end) {
        break;
      }
      apply(next.front());
    }
    maybe_take_snapshot();
  }

  // Source: SnapshotGenerator, Kafka 3.9.
  void maybe_take_snapshot() {
    const raft::RaftLog& log = ctx_.durable().metadata_log.log;
    const std::int64_t limit = ctx_.registry().controller_config.metadata_log_max_record_bytes_between_snapshots;
    if ((c_.applied - log.start_offset()) * kBytesOfRecord < limit) {
      return;
    }
    MetadataSnapshot snapshot;
    snapshot.id = {c_.applied, c_.applied_epoch};
    std::vector<ApiMessageAndVersion> records = c_.committed.to_records(settings_of(ctx_.registry()).metadata_version);
    if (ctx_.registry().planted_bug == PlantedBug::kSnapshotForgetsConfigs) {
      std::erase_if(records, [](const ApiMessageAndVersion& record) {
        return std::holds_alternative<kraft::ConfigRecord>(record.message);
      });
    }
    snapshot.records = std::move(records);
    c_.raft.on_snapshot(io_, std::make_shared<const MetadataSnapshot>(std::move(snapshot)));
  }

  void apply(const MetadataBatch& batch) {
    Offset offset = batch.base_offset;
    for (const ApiMessageAndVersion& record : batch.records) {
      if (c_.raft.is_leader()) {
        note_committed(ctx_, c_.committed, batch, record.message);
      }
      c_.committed.replay(record.message, offset);
      ++offset;
    }
    c_.applied = batch.next_offset();
    c_.applied_epoch = batch.epoch;
  }

  void follow_leadership() {
    if (c_.active.has_value() && !c_.raft.is_leader()) {
      resign();
    }
    if (!c_.active.has_value() && c_.raft.is_leader() && c_.applied > c_.raft.epoch_start_offset()) {
      become_active();
    }
  }

  // Source: QuorumController.claim.
  void become_active() {
    c_.active.emplace();
    ActiveController& active = *c_.active;
    active.image = c_.committed;
    active.heartbeats = kraft::BrokerHeartbeatManager(ctx_.registry().controller_config.broker_session_timeout_ms);
    for (const auto& [id, broker] : active.image.brokers()) {
      active.heartbeats.register_broker(id, broker.is_fenced, ctx_.now());
    }
    active.next_balance = ctx_.now() + ctx_.registry().brokers->front().config.leader_imbalance_check_interval_seconds;
    ctx_.note({.kind = NoteKind::kControllerElected, .broker = c_.id, .a = c_.raft.epoch().value});
  }

  // Source: QuorumController.renounce.
  void resign() {
    for (ActiveController::Waiting& waiting : c_.active->purgatory) {
      send_response(ctx_, waiting.to, waiting.correlation_id, not_controller(waiting.response));
    }
    c_.active.reset();
    ctx_.note({.kind = NoteKind::kControllerResigned, .broker = c_.id, .a = c_.raft.epoch().value});
  }

  void answer_committed() {
    if (!c_.active.has_value()) {
      return;
    }
    std::deque<ActiveController::Waiting>& purgatory = c_.active->purgatory;
    while (!purgatory.empty() && purgatory.front().offset < c_.raft.high_watermark()) {
      send_response(ctx_, purgatory.front().to, purgatory.front().correlation_id,
                    std::move(purgatory.front().response));
      purgatory.pop_front();
    }
  }

  void arm() {
    ctx_.cancel(c_.raft_timer);
    const LocalTime next = c_.raft.next_poll(ctx_.now());
    if (next != LocalTime::max()) {
      c_.raft_timer = ctx_.after(std::max<Duration>(next - ctx_.now(), 1us), Timer{TimerKind::kQuorumPoll, 0, 0});
    }
    ctx_.cancel(c_.session_timer);
    if (c_.active.has_value()) {
      const LocalTime session = c_.active->heartbeats.next_check_time().value_or(LocalTime::max());
      const LocalTime check = std::min(session, c_.active->next_balance);
      c_.session_timer =
          ctx_.after(std::max<Duration>(check - ctx_.now() + 1us, 1us), Timer{TimerKind::kBrokerSessionCheck, 0, 0});
    }
  }

  Ctx& ctx_;
  KraftController& c_;
  DrawBelow draw_;
  raft::RaftIo io_;
  LeaderEpoch led_before_;  // in which epoch it led when the turn began; none = it did not
  Offset high_watermark_before_;
};

// The operations that brokers ask for. Each looks at the image, appends, and answers when that is committed.
class Requests {
 public:
  Requests(Ctx& ctx, KraftController& controller, Turn& turn, NodeId from, std::int64_t correlation_id)
      : ctx_(ctx),
        c_(controller),
        turn_(turn),
        settings_(settings_of(ctx.registry())),
        from_(from),
        correlation_id_(correlation_id) {}

  void operator()(const BrokerRegistrationRequest& request) {
    kraft::BrokerRegistrationRequest wanted;
    wanted.broker_id = request.broker;
    wanted.incarnation_id = request.incarnation_id;
    wanted.previous_broker_epoch = request.previous_broker_epoch;
    const std::string& rack = ctx_.registry().broker(from_).rack;
    wanted.rack = rack.empty() ? std::nullopt : std::optional(rack);
    wanted.log_dirs = {Uuid{3, request.broker.value}};
    const BrokerEpoch epoch(ctx_.durable().metadata_log.log.end_offset().value);
    const auto result = control().register_broker(wanted, epoch, ctx_.now());
    append(result.records);
    respond(BrokerRegistrationResponse{result.response.error, result.response.broker_epoch});
  }

  void operator()(const BrokerHeartbeatRequest& request) {
    sync_topic_configs();
    const kraft::BrokerHeartbeat heartbeat{request.broker, request.broker_epoch, request.current_metadata_offset,
                                           request.want_fence, request.want_shut_down};
    const auto result = control().process_broker_heartbeat(heartbeat);
    const kraft::BrokerHeartbeatReply& reply = result.response;
    if (reply.error == ErrorCode::NONE) {
      c_.active->heartbeats.touch(request.broker, reply.is_fenced, request.current_metadata_offset, ctx_.now());
    }
    append(result.records);
    if (reply.in_controlled_shutdown) {
      c_.active->heartbeats.maybe_update_controlled_shutdown_offset(request.broker,
                                                                    ctx_.durable().metadata_log.log.end_offset() - 1);
    }
    respond(BrokerHeartbeatResponse{reply.error, reply.is_caught_up, reply.is_fenced, reply.should_shut_down});
  }

  void operator()(const CreateTopicsRequest& request) {
    const TopicSetup& setup = ctx_.registry().topics.at(static_cast<std::size_t>(request.topic.value));
    kraft::CreatableTopic topic;
    topic.name = setup.name;
    if (request.assignment.empty()) {
      topic.partition_count = request.partitions;
      topic.replication_factor = request.replication_factor;
    } else {
      topic.assignments = request.assignment;
    }
    if (setup.overrides != nullptr) {
      for (const auto& [name, value] : setup.overrides->all()) {
        topic.configs.emplace_back(name, value);
      }
    }
    const Uuid topic_id = new_topic_uuid(request.topic, ctx_.durable().metadata_log.log.end_offset());
    const auto result = control().create_topic(topic, topic_id, placement());
    append(result.records);
    CreateTopicsResponse response{request.topic, result.response};
    response.asked = result.response == ErrorCode::INVALID_PARTITIONS ? request.partitions : request.replication_factor;
    response.found =
        static_cast<std::int64_t>(std::count_if(c_.active->image.brokers().begin(), c_.active->image.brokers().end(),
                                                [](const auto& broker) { return broker.second.is_active(); }));
    if (result.response == ErrorCode::INVALID_TOPIC_EXCEPTION) {
      response.found = -1;
    }
    respond(response);
  }

  void operator()(const CreatePartitionsRequest& request) {
    const kraft::TopicImage* topic = c_.active->image.topic(uuid_of(request.topic));
    kraft::CreatePartitionsTopic wanted;
    wanted.name = ctx_.registry().topics.at(static_cast<std::size_t>(request.topic.value)).name;
    wanted.count = request.count;
    CreatePartitionsResponse response{request.topic, ErrorCode::NONE};
    response.asked = request.count;
    response.found = topic == nullptr ? 0 : static_cast<std::int64_t>(topic->partitions.size());
    const auto result = control().create_partitions(wanted, placement());
    append(result.records);
    response.error = result.response;
    respond(response);
  }

  // Source: ControllerApis.deleteTopics, Kafka 3.9.
  void operator()(const DeleteTopicsRequest& request) {
    DeleteTopicsResponse response{request.topic, ErrorCode::NONE};
    if (!ctx_.registry().brokers->front().config.delete_topic_enable) {
      response.error = ErrorCode::TOPIC_DELETION_DISABLED;
    } else {
      const auto result = control().delete_topic(uuid_of(request.topic));
      append(result.records);
      response.error =
          result.response == ErrorCode::UNKNOWN_TOPIC_ID ? ErrorCode::UNKNOWN_TOPIC_OR_PARTITION : result.response;
    }
    respond(response);
  }

  // Source: ReplicationControlManager.alterPartitionReassignments, Kafka 3.9.
  void operator()(const AlterPartitionReassignmentsRequest& request) {
    const kraft::TopicImage* topic = c_.active->image.topic(uuid_of(request.partition.topic));
    const auto result = control().alter_partition_reassignment(topic == nullptr ? std::string() : topic->name,
                                                               request.partition.partition, request.replicas);
    append(result.records);
    respond(AlterPartitionReassignmentsResponse{request.partition, result.response});
  }

  void operator()(const ElectLeadersRequest& request) {
    const auto election =
        request.type == ElectionType::kUnclean ? kraft::Election::kUnclean : kraft::Election::kPreferred;
    std::vector<TopicPartition> partitions = request.partitions;
    const bool asks_all = partitions.empty();
    if (asks_all) {
      for (const auto& at : c_.active->image.partitions_where([](const auto&) { return true; })) {
        partitions.push_back({topic_of(at.topic_id), at.partition});
      }
    }
    ElectLeadersResponse response;
    for (const TopicPartition partition : partitions) {
      const kraft::TopicImage* topic = c_.active->image.topic(uuid_of(partition.topic));
      auto result =
          control().elect_leader(topic == nullptr ? std::string() : topic->name, partition.partition, election);
      append(result.records);
      if (!asks_all || result.response != ErrorCode::ELECTION_NOT_NEEDED) {
        response.partitions.push_back({partition, result.response});
      }
    }
    respond(std::move(response));
  }

  void operator()(const AlterPartitionRequest& request) {
    AlterPartitionResponse response;
    response.error = control().check_broker_epoch(request.broker, request.broker_epoch);
    if (response.error == ErrorCode::NONE) {
      for (const AlterPartitionItem& item : request.partitions) {
        response.partitions.push_back(alter(request.broker, item));
      }
    }
    respond(std::move(response));
  }

  // Source: ProducerIdControlManager.generateNextProducerId, Kafka 3.9.
  void operator()(const AllocateProducerIdsRequest& request) {
    AllocateProducerIdsResponse response;
    response.error = control().check_broker_epoch(request.broker, request.broker_epoch);
    if (response.error == ErrorCode::NONE) {
      response.block = {request.broker, ProducerId(c_.active->image.next_producer_id()), ProducerIdsBlock::kSize};
      kraft::ProducerIdsRecord record;
      record.broker_id = request.broker;
      record.broker_epoch = request.broker_epoch;
      record.next_producer_id = response.block.next_first().value;
      append({{record, 0}});
    }
    respond(response);
  }

  template <class Other>
  void operator()(const Other&) {
    KSCOPE_CHECK(false, "a controller got a message that is not for it: look at who sent it");
  }

  /// Sessions that are over, and leaders that are not the preferred ones.
  void check_sessions() {
    while (true) {
      const auto result = control().maybe_fence_one_stale_broker(ctx_.now());
      if (!result.response.has_value()) {
        break;
      }
      c_.active->heartbeats.fence(*result.response);
      append(result.records);
    }
    if (ctx_.now() >= c_.active->next_balance) {
      const BrokerConfig& config = ctx_.registry().brokers->front().config;
      c_.active->next_balance = ctx_.now() + config.leader_imbalance_check_interval_seconds;
      if (config.auto_leader_rebalance_enable) {
        append(control().maybe_balance_partition_leaders().records);
      }
      append(control().maybe_elect_unclean_leaders().records);
    }
  }

 private:
  [[nodiscard]] ReplicationControl control() const {
    return ReplicationControl(c_.active->image, c_.active->heartbeats, settings_);
  }
  [[nodiscard]] Uuid uuid_of(TopicId topic) const { return topic_uuid(ctx_.registry(), c_.active->image, topic); }
  void append(const std::vector<ApiMessageAndVersion>& records) {
    if (!records.empty()) {
      turn_.append(records);
    }
  }
  void respond(MessageBody response) { turn_.respond(from_, correlation_id_, std::move(response)); }

  AlterPartitionResult alter(BrokerId broker, const AlterPartitionItem& item) {
    kraft::AlterPartition wanted;
    wanted.broker_id = broker;
    wanted.topic_id = uuid_of(item.partition.topic);
    wanted.partition = item.partition.partition;
    wanted.leader_epoch = item.leader_epoch;
    wanted.partition_epoch = item.partition_epoch;
    if (const auto* known = c_.active->image.partition(wanted.topic_id, wanted.partition);
        known != nullptr && ctx_.registry().planted_bug == PlantedBug::kIgnorePartitionEpochs) {
      wanted.partition_epoch = known->partition_epoch;
    }
    wanted.new_isr = item.new_isr;
    wanted.new_isr_epochs = item.new_isr_epochs;
    const auto result = control().alter_partition(wanted);
    append(result.records);
    const kraft::PartitionRegistration& after = result.response.partition;
    if (result.response.error == ErrorCode::NEW_LEADER_ELECTED) {
      return {item.partition, result.response.error, BrokerId{}, LeaderEpoch(0), PartitionEpoch(0), {}};
    }
    if (result.response.error != ErrorCode::NONE) {
      ctx_.note({.kind = NoteKind::kRequestRefused,
                 .partition = item.partition,
                 .a = Message{0, AlterPartitionRequest{}}.kind(),
                 .b = static_cast<std::int64_t>(result.response.error)});
      return {item.partition, result.response.error, BrokerId{}, LeaderEpoch(0), PartitionEpoch(0), {}};
    }
    return {item.partition, ErrorCode::NONE, after.leader, after.leader_epoch, after.partition_epoch, after.isr};
  }

  // What somebody set on a topic since it was looked at last.
  void sync_topic_configs() {
    const std::vector<TopicSetup>& topics = ctx_.registry().topics;
    std::vector<std::shared_ptr<const ConfigValues>>& known = c_.active->topic_overrides;
    known.resize(topics.size());
    for (std::size_t i = 0; i < topics.size(); ++i) {
      if (known[i] == topics[i].overrides) {
        continue;
      }
      known[i] = topics[i].overrides;
      if (c_.active->image.topic_named(topics[i].name) == nullptr) {
        continue;
      }
      std::vector<ApiMessageAndVersion> records;
      for (const auto& [name, value] : topics[i].overrides->all()) {
        if (c_.active->image.topic_config(topics[i].name, name) != value) {
          records.push_back({kraft::ConfigRecord{kraft::ConfigResourceType::kTopic, topics[i].name, name, value}, 0});
        }
      }
      append(records);
      append(control().update_elr(topics[i].name));
    }
  }

  [[nodiscard]] DrawBelow placement() {
    return [this](std::int32_t bound) {
      return static_cast<std::int32_t>(
          ctx_.chooser().choose(ChoiceKind::placement, Label{}, static_cast<std::uint32_t>(bound)));
    };
  }

  Ctx& ctx_;
  KraftController& c_;
  Turn& turn_;
  kraft::ControllerSettings settings_;
  NodeId from_;
  std::int64_t correlation_id_;
};

}  // namespace

KraftController make_kraft_controller(const Registry& registry, NodeId node) {
  KraftController made;
  made.id = quorum_wire::replica_of(registry, node);
  made.raft = raft::RaftClient(made.id, quorum_wire::quorum_config(registry, registry.controller_config));
  return made;
}

void KraftController::on_start(Ctx& ctx) {
  Turn turn(ctx, *this);
  raft.start(turn.io(), Offset(ctx.disk().file(kMetadataLogFile).flushed));
  turn.finish();
}

void KraftController::on_message(Ctx& ctx, NodeId from, const Message& message) {
  Turn turn(ctx, *this);
  if (const auto of_quorum = quorum_wire::raft_message(message.body); of_quorum.has_value()) {
    raft.on_message(turn.io(), quorum_wire::replica_of(ctx.registry(), from), message.correlation_id, *of_quorum);
  } else if (!active.has_value()) {
    send_response(ctx, from, message.correlation_id, not_controller(message.body));
  } else {
    std::visit(Requests(ctx, *this, turn, from, message.correlation_id), message.body);
  }
  turn.finish();
}

void KraftController::on_timer(Ctx& ctx, const Timer& timer) {
  Turn turn(ctx, *this);
  if (timer.kind == TimerKind::kBrokerSessionCheck) {
    if (active.has_value()) {
      Requests(ctx, *this, turn, NodeId{}, 0).check_sessions();
    }
  } else {
    KSCOPE_CHECK(timer.kind == TimerKind::kQuorumPoll, "a controller arms no other timers");
    raft.poll(turn.io());
  }
  turn.finish();
}

void KraftController::on_disk(Ctx& ctx, const DiskDone& done) {
  is_flushing = false;
  if (done.is_error) {
    ctx.exit();
    return;
  }
  Turn turn(ctx, *this);
  const DiskFile file = ctx.disk().file(kMetadataLogFile);
  if (file.flushed < file.written || done.token != flush_token) {
    is_flushing = true;
    ctx.flush(kMetadataLogFile, flush_token);
  }
  raft.on_flushed(turn.io(), Offset(file.flushed));
  turn.finish();
}

void KraftController::on_disconnect(Ctx& ctx, NodeId peer) {
  Turn turn(ctx, *this);
  if (const BrokerId replica = quorum_wire::replica_of(ctx.registry(), peer); replica.is_valid()) {
    raft.on_disconnect(turn.io(), replica);
  }
  turn.finish();
}

void KraftController::on_command(Ctx& ctx, const Command& command) {
  if (command.kind != CommandKind::kCleanShutdown) {
    return;
  }
  is_shutting_down = true;
  Turn turn(ctx, *this);
  raft.resign(turn.io());
  turn.finish();
}

}  // namespace kscope::sim
