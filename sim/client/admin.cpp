#include "sim/client/admin.h"

#include <algorithm>

#include "engine/core/check.h"
#include "sim/client/client_backoff.h"
#include "sim/protocol/message_kind.h"

namespace kscope::sim {
namespace {

// Defaults of Kafka's AdminClientConfig (3.9).
constexpr Duration kRequestTimeout = 30s;
constexpr Duration kDefaultApiTimeout = 60s;
constexpr Duration kMetadataMaxAge = 300s;
constexpr BackoffRange kRetryBackoff{100ms, 1000ms};
constexpr ReconnectBackoff kReconnectBackoff{50ms, 1000ms};
constexpr Duration kPatience = 60s;  // for brokers that do not come up
constexpr Duration kFounding = 10s;  // brokers that start that soon are there before the topics

AdminTask& add_task(Ctx& ctx, Admin& admin, AdminTaskKind kind) {
  AdminTask task;
  task.number = admin.next_task++;
  task.kind = kind;
  task.deadline = ctx.now() + kDefaultApiTimeout;
  admin.tasks.push_back(std::move(task));
  return admin.tasks.back();
}

/// Whether every broker that should be up by now is in the metadata.
bool is_cluster_complete(const Ctx& ctx, const Admin& admin) {
  if (admin.metadata.version() == 0) {
    return false;
  }
  const Registry& registry = ctx.registry();
  const Duration age = std::max<Duration>(ctx.now().time_since_epoch(), kFounding);
  for (std::size_t i = 0; i < registry.broker_nodes.size(); ++i) {
    const NodeId node = registry.broker_nodes[i];
    const bool should_be_up = registry.nodes[static_cast<std::size_t>(node.value)].starts_at <= age;
    if (should_be_up && !admin.metadata.node_of((*registry.brokers)[i].id).is_valid()) {
      return false;
    }
  }
  return true;
}

void back_off(Ctx& ctx, AdminTask& task) {
  task.correlation_id = 0;
  task.retry_at = ctx.now() + client_backoff(ctx, kRetryBackoff, task.attempts);
  ++task.attempts;
}

/// Whether the same request may succeed later.
bool is_worth_repeating(const AdminTask& task, ErrorCode error) {
  if (task.kind == AdminTaskKind::kDeleteTopic && error == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) {
    return false;  // The controller knows best. Source: KafkaAdminClient.deleteTopics.
  }
  if (task.kind == AdminTaskKind::kReassign && error == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) {
    return false;  // Source: KafkaAdminClient.alterPartitionReassignments.
  }
  if (is_retriable(error)) {
    return true;
  }
  // Not enough brokers are registered yet.
  return task.is_setup && error == ErrorCode::INVALID_REPLICATION_FACTOR;
}

bool is_success(const AdminTask& task, ErrorCode error) {
  if (task.kind == AdminTaskKind::kCreateTopic) {
    return error == ErrorCode::NONE || (task.is_setup && error == ErrorCode::TOPIC_ALREADY_EXISTS);
  }
  return error == ErrorCode::NONE || error == ErrorCode::ELECTION_NOT_NEEDED;
}

/// What an answer to CreateTopics or CreatePartitions says beside its error.
struct Refusal {
  ErrorCode error = ErrorCode::NONE;
  std::int64_t asked = 0;
  std::int64_t found = 0;
};

/// Tells that a topic is not created or deleted, gets no more partitions, or that a partition is not moved. What is asked again and again because brokers are missing is told once.
void note_refusal(Ctx& ctx, const AdminTask& task, const Refusal& refusal) {
  if (task.kind == AdminTaskKind::kDeleteTopic) {
    ctx.note({.kind = NoteKind::kTopicDeletionRefused,
              .partition = {task.topic_deletion.topic, -1},
              .a = static_cast<std::int64_t>(refusal.error)});
    return;
  }
  if (task.kind == AdminTaskKind::kReassign) {
    ctx.note({.kind = NoteKind::kReassignmentRefused,
              .partition = task.reassignment.partition,
              .a = static_cast<std::int64_t>(refusal.error)});
    return;
  }
  const bool is_creation = task.kind == AdminTaskKind::kCreateTopic;
  const bool is_told_before = task.is_setup && task.attempts > 0;
  if ((!is_creation && task.kind != AdminTaskKind::kCreatePartitions) || is_told_before) {
    return;
  }
  Note note;
  note.kind = is_creation ? NoteKind::kTopicRefused : NoteKind::kPartitionsRefused;
  note.partition = {is_creation ? task.create.topic : task.partitions.topic, -1};
  note.a = static_cast<std::int64_t>(refusal.error);
  note.b = refusal.asked;
  note.c = refusal.found;
  ctx.note(note);
}

void on_outcome(Ctx& ctx, Admin& admin, std::int64_t correlation_id, const Refusal& refusal) {
  const ErrorCode error = refusal.error;
  const auto task = std::find_if(admin.tasks.begin(), admin.tasks.end(),
                                 [&](const AdminTask& open) { return open.correlation_id == correlation_id; });
  if (task == admin.tasks.end()) {
    return;
  }
  if (is_success(*task, error)) {
    ++admin.done_count;
    admin.tasks.erase(task);
    return;
  }
  admin.last_error = error;
  if (error == ErrorCode::NOT_CONTROLLER || is_invalid_metadata(error)) {
    admin.metadata.request_update(ctx, admin.network);
  }
  if (is_worth_repeating(*task, error) && (task->is_setup || ctx.now() < task->deadline)) {
    if (error == ErrorCode::INVALID_REPLICATION_FACTOR) {
      note_refusal(ctx, *task, refusal);
    }
    back_off(ctx, *task);
    return;
  }
  note_refusal(ctx, *task, refusal);
  ++admin.failed_count;
  admin.tasks.erase(task);
}

void send(Ctx& ctx, Admin& admin, AdminTask& task, NodeId to) {
  switch (task.kind) {
    case AdminTaskKind::kCreateTopic:
      task.correlation_id = admin.network.send(ctx, to, task.create, kRequestTimeout);
      return;
    case AdminTaskKind::kElectLeaders:
      task.correlation_id = admin.network.send(ctx, to, task.elect, kRequestTimeout);
      return;
    case AdminTaskKind::kCreatePartitions:
      task.correlation_id = admin.network.send(ctx, to, task.partitions, kRequestTimeout);
      return;
    case AdminTaskKind::kDeleteTopic:
      task.correlation_id = admin.network.send(ctx, to, task.topic_deletion, kRequestTimeout);
      return;
    case AdminTaskKind::kReassign:
      task.correlation_id = admin.network.send(ctx, to, task.reassignment, kRequestTimeout);
      return;
    case AdminTaskKind::kDeleteRecords:
      task.correlation_id = admin.network.send(ctx, to, task.deletion, kRequestTimeout);
      return;
  }
}

/// Who carries out the task; not valid while metadata does not say.
NodeId target_of(const Admin& admin, const AdminTask& task) {
  return task.kind == AdminTaskKind::kDeleteRecords
             ? admin.metadata.leader_node(task.deletion.partitions.front().partition)
             : admin.metadata.node_of(admin.metadata.controller());
}

/// Sends what can be sent now and arms the timer for the rest.
void drive(Ctx& ctx, Admin& admin) {
  const bool is_ready = is_cluster_complete(ctx, admin) || ctx.now() - admin.started_at >= kPatience;
  LocalTime next = LocalTime::max();
  for (AdminTask& task : admin.tasks) {
    if (task.correlation_id != 0) {
      continue;
    }
    const NodeId target = target_of(admin, task);
    if (task.is_setup && !is_ready) {
      admin.metadata.request_update(ctx, admin.network);
      next = std::min(next, admin.started_at + kPatience);
      continue;
    }
    if (!target.is_valid()) {
      admin.metadata.request_update(ctx, admin.network);  // its answer brings us here again
      continue;
    }
    if (ctx.now() >= task.retry_at && admin.network.is_ready(target, ctx.now())) {
      send(ctx, admin, task, target);
      continue;
    }
    next = std::min(next, std::max(task.retry_at, admin.network.ready_at(target)));
  }
  ctx.cancel(admin.timer);
  if (next != LocalTime::max()) {
    admin.timer = ctx.after(std::max(next - ctx.now(), Duration(0)), Timer{TimerKind::kAdmin, 0, 0});
  }
}

/// Metadata tells leaders of the topics of interest only.
void add_interest(Admin& admin, TopicId topic) {
  std::vector<TopicId> topics = {topic};
  for (const ClientTopic& known : admin.metadata.topics()) {
    topics.push_back(known.topic);
  }
  admin.metadata.set_topics(topics);
}

void on_requests_failed(Ctx& ctx, Admin& admin, const std::vector<InFlightRequest>& failed, ErrorCode error) {
  for (const InFlightRequest& request : failed) {
    if (request.kind == message_kind<MetadataRequest>()) {
      admin.metadata.on_failure(ctx, admin.network);
    } else {
      on_outcome(ctx, admin, request.correlation_id, {error});
    }
  }
}

}  // namespace

Admin::Admin()
    : network(kReconnectBackoff),
      metadata(MetadataTiming{kMetadataMaxAge, kRetryBackoff.initial, kRetryBackoff.max, kRequestTimeout}, false) {}

void Admin::on_start(Ctx& ctx) {
  network.start(ctx);
  started_at = ctx.now();
  const std::vector<TopicSetup>& topics = ctx.registry().topics;
  for (std::size_t i = 0; i < topics.size(); ++i) {
    if (topics[i].is_internal || topics[i].is_created_by_clients) {
      continue;
    }
    AdminTask& task = add_task(ctx, *this, AdminTaskKind::kCreateTopic);
    task.is_setup = true;
    task.create.topic = TopicId(static_cast<std::int32_t>(i));
    task.create.partitions = topics[i].partitions;
    task.create.replication_factor = topics[i].replication_factor;
    task.create.assignment = topics[i].assignment;
  }
  metadata.request_update(ctx, network);
  drive(ctx, *this);
}

void Admin::on_message(Ctx& ctx, NodeId from, const Message& message) {
  if (!network.complete(from, message.correlation_id).has_value()) {
    return;  // its request was given up: the connection was closed since
  }
  if (const auto* told = std::get_if<MetadataResponse>(&message.body)) {
    metadata.on_response(ctx, network, *told);
  } else if (const auto* created = std::get_if<CreateTopicsResponse>(&message.body)) {
    on_outcome(ctx, *this, message.correlation_id, {created->error, created->asked, created->found});
  } else if (const auto* more = std::get_if<CreatePartitionsResponse>(&message.body)) {
    on_outcome(ctx, *this, message.correlation_id, {more->error, more->asked, more->found});
  } else if (const auto* gone = std::get_if<DeleteTopicsResponse>(&message.body)) {
    on_outcome(ctx, *this, message.correlation_id, {gone->error});
  } else if (const auto* moved = std::get_if<AlterPartitionReassignmentsResponse>(&message.body)) {
    on_outcome(ctx, *this, message.correlation_id, {moved->error});
  } else if (const auto* elected = std::get_if<ElectLeadersResponse>(&message.body)) {
    ErrorCode error = elected->error;
    for (const ElectLeadersResult& result : elected->partitions) {
      const bool is_worse = result.error != ErrorCode::NONE && result.error != ErrorCode::ELECTION_NOT_NEEDED;
      error = error == ErrorCode::NONE && is_worse ? result.error : error;
    }
    on_outcome(ctx, *this, message.correlation_id, {error});
  } else if (const auto* deleted = std::get_if<DeleteRecordsResponse>(&message.body)) {
    const ErrorCode error = deleted->partitions.front().error;
    on_outcome(ctx, *this, message.correlation_id, {error});
  } else {
    KSCOPE_CHECK(false, "an administrator got a message that no administrator understands");
  }
  drive(ctx, *this);
}

void Admin::on_timer(Ctx& ctx, const Timer& fired) {
  if (fired.kind == TimerKind::kMetadataRefresh || fired.kind == TimerKind::kMetadataRetry) {
    metadata.on_timer(ctx, network);
  } else if (fired.kind == TimerKind::kClientRequestTimeout) {
    on_requests_failed(ctx, *this, network.on_timeout(ctx), ErrorCode::REQUEST_TIMED_OUT);
  } else {
    KSCOPE_CHECK(fired.kind == TimerKind::kAdmin, "an administrator got a timer that it never armed");
  }
  drive(ctx, *this);
}

void Admin::on_disconnect(Ctx& ctx, NodeId peer) {
  on_requests_failed(ctx, *this, network.on_disconnect(ctx, peer), ErrorCode::NETWORK_EXCEPTION);
  metadata.request_update(ctx, network);
  drive(ctx, *this);
}

void Admin::on_command(Ctx& ctx, const Command& command) {
  if (command.kind == CommandKind::kCreateTopic) {
    AdminTask& task = add_task(ctx, *this, AdminTaskKind::kCreateTopic);
    // The registry knows the topic by now; its name says which, whatever was created since the command was made.
    task.create.topic = ctx.registry().find_topic(command.name).value_or(command.partition.topic);
    task.create.partitions = command.count > 0 ? static_cast<std::int32_t>(command.count) : -1;
    task.create.replication_factor = command.factor > 0 ? static_cast<std::int32_t>(command.factor) : -1;
  } else if (command.kind == CommandKind::kCreatePartitions) {
    AdminTask& task = add_task(ctx, *this, AdminTaskKind::kCreatePartitions);
    task.partitions = {command.partition.topic, static_cast<std::int32_t>(command.count)};
  } else if (command.kind == CommandKind::kDeleteTopic) {
    AdminTask& task = add_task(ctx, *this, AdminTaskKind::kDeleteTopic);
    task.topic_deletion = {command.partition.topic};
  } else if (command.kind == CommandKind::kReassign) {
    AdminTask& task = add_task(ctx, *this, AdminTaskKind::kReassign);
    task.reassignment.partition = command.partition;
    if (!command.brokers.empty()) {
      task.reassignment.replicas = command.brokers;
    }
  } else if (command.kind == CommandKind::kElectPreferred || command.kind == CommandKind::kElectUnclean) {
    AdminTask& task = add_task(ctx, *this, AdminTaskKind::kElectLeaders);
    task.elect.type = command.kind == CommandKind::kElectPreferred ? ElectionType::kPreferred : ElectionType::kUnclean;
    if (command.partition.topic.is_valid() && command.partition.partition >= 0) {
      task.elect.partitions.push_back(command.partition);
    }
  } else if (command.kind == CommandKind::kDeleteRecords) {
    AdminTask& task = add_task(ctx, *this, AdminTaskKind::kDeleteRecords);
    task.deletion.timeout = kRequestTimeout;
    task.deletion.partitions.push_back({command.partition, Offset(command.count)});
    add_interest(*this, command.partition.topic);
    metadata.request_update(ctx, network);
  } else if (command.kind == CommandKind::kCleanShutdown) {
    ctx.exit();
    return;
  }
  drive(ctx, *this);
}

}  // namespace kscope::sim
