// Inspection: all about the selected entity: facts with the Kafka names that govern them, configs with where they come
// from, the raw state, and the last events that touched it.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "sim/config/config_def.h"
#include "sim/config/modelled_configs.h"
#include "sim/session/state_reader.h"
#include "sim/view/build.h"
#include "sim/view/owned_text.h"

namespace kscope::view {
namespace {

void fact(Inspection& out, std::string name, std::string value, std::string help) {
  out.facts.push_back({std::move(name), std::move(value), std::move(help)});
}

/// What the scenario sets, over Kafka's defaults. Only configs that the model honours and that somebody set, then defaults.
void add_configs(Inspection& out, sim::ConfigScope scope, const scenario::Configs& defaults,
                 const scenario::Configs& own, const std::string& own_source, const std::string& default_source) {
  const auto find = [](const scenario::Configs& configs, std::string_view name) -> const std::string* {
    for (const scenario::ConfigEntry& entry : configs) {
      if (entry.name == name) {
        return &entry.value;
      }
    }
    return nullptr;
  };
  for (const sim::ConfigDef& def : sim::config_table(scope)) {
    if (!sim::is_modelled(scope, def.name)) {
      continue;
    }
    ConfigRow row;
    row.name = std::string(def.name);
    row.default_value = std::string(def.default_text.value_or("(none)"));
    row.value = row.default_value;
    row.source = "default";
    if (const std::string* value = find(defaults, def.name)) {
      row.value = *value;
      row.source = default_source;
    }
    if (const std::string* value = find(own, def.name)) {
      row.value = *value;
      row.source = own_source;
    }
    out.configs.push_back(std::move(row));
  }
  std::stable_sort(out.configs.begin(), out.configs.end(), [](const ConfigRow& a, const ConfigRow& b) {
    return (a.source != "default") > (b.source != "default");
  });
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

void inspect_broker(const Inside& inside, const Snapshot& snapshot, const Node& node, Inspection& out) {
  out.title = fmt::format("Broker {}", node.broker_id);
  out.subtitle = node.is_controller
                     ? "It is the controller: it elects partition leaders and keeps the ISRs in ZooKeeper."
                     : "A Kafka server: it keeps partition logs and answers clients.";
  fact(out, "state", node.status_text, "What the process does.");
  fact(out, "leads", fmt::format("{} of {} replicas", node.leader_count, node.replica_count),
       "Partitions whose leader is this broker; all reads and writes of a partition go to its leader.");
  fact(out, "request queue",
       fmt::format("{} waiting, {} of {} threads busy", node.queue_length, node.busy_threads, node.thread_count),
       "Requests wait for one of num.io.threads; beyond queued.max.requests the broker stops reading.");
  const sim::Registry& registry = inside.run().world.registry();
  if (!registry.is_kraft()) {
    fact(out, "ZooKeeper session",
         node.has_zk_session ? fmt::format("{} % of the timeout left", static_cast<int>(node.zk_session_left * 100))
                             : "none",
         "If nothing is heard for zookeeper.session.timeout.ms the session expires and the broker counts as dead.");
  }
  if (const sim::Broker* broker = session::find_broker(inside.run().world, NodeId(node.node))) {
    fact(out, "broker epoch", fmt::format("{}", broker->lifecycle.broker_epoch.value),
         "Names this life of the broker; requests meant for an earlier one are refused (KIP-380).");
    if (!registry.is_kraft()) {
      fact(out, "controller epoch seen", fmt::format("{}", broker->replicas.controller_epoch.value),
           "Requests of a controller with a smaller epoch are refused: a zombie does no harm.");
    }
    const NodeId controller = broker->metadata.controller_node();
    fact(out, "knows the controller as", controller.is_valid() ? node_name(registry, controller) : "nobody",
         registry.is_kraft() ? "From what it hears of the quorum; it may be old."
                             : "From the last UpdateMetadata; it may be old.");
    fact(out, "purgatory",
         fmt::format("{} produce, {} fetch", broker->replicas.delayed_produces().size(),
                     broker->replicas.delayed_fetches().size()),
         "Requests that wait: acks=all for replication, fetches for fetch.min.bytes.");
    const sim::FetchSessionCache& sessions = broker->fetch_manager.cache();
    fact(out, "fetch sessions",
         fmt::format("{} with {} partitions, {} evicted", sessions.size(), sessions.partition_count(),
                     sessions.eviction_count()),
         "Fetchers that need not name all their partitions each time (KIP-227); at most "
         "max.incremental.fetch.session.cache.slots.");
  }
  const sim::LogDirectory& logs = inside.run().world.durable(NodeId(node.node)).logs;
  const std::int64_t log_bytes =
      std::accumulate(logs.all().begin(), logs.all().end(), std::int64_t{0},
                      [](std::int64_t sum, const sim::HostedLog& hosted) { return sum + hosted.log.size_bytes(); });
  fact(out, "log.dirs", fmt::format("{} bytes in logs, {} in deleted files", log_bytes, logs.deleted_bytes()),
       "Deleted segments and logs stay on the disk for file.delete.delay.ms.");
  std::string leads;
  for (const Partition& partition : snapshot.partitions) {
    if (partition.leader == node.broker_id) {
      leads += (leads.empty() ? "" : ", ") + partition.name;
    }
  }
  fact(out, "leader of", leads.empty() ? "nothing" : leads, "By the controller's state.");
  for (const scenario::BrokerEntry& entry : inside.scenario.brokers) {
    if (entry.id == node.broker_id) {
      add_configs(out, sim::ConfigScope::BROKER, inside.scenario.broker_defaults, entry.configs,
                  fmt::format("[[broker]] id {}", entry.id), "[defaults.broker]");
    }
  }
}

/// Combined roles: which node is the other half of this process, and what the two share.
void add_process(const Inside& inside, const Node& node, Inspection& out) {
  if (node.partner.empty()) {
    return;
  }
  const sim::Registry& registry = inside.run().world.registry();
  const NodeId id(node.node);
  const NodeId broker = node.role == NodeRole::kBroker ? id : registry.partner(id);
  fact(out, "process", fmt::format("one with {}", node.partner),
       "process.roles = broker,controller: it starts and breaks as a whole; asked to stop, its broker goes first.");
  fact(out, "node.id", fmt::format("{}", registry.broker(broker).id.value),
       "Kafka gives both halves this id; here they have a name each.");
}

/// What brokers have told a client to wait for; nothing when no quota is set.
void add_throttling(const Inside& inside, const Node& node, Inspection& out) {
  const sim::World& world = inside.run().world;
  const NodeId id(node.node);
  const sim::Role* role = world.role(id);
  if (role == nullptr || world.registry().client_quotas.empty()) {
    return;
  }
  const auto* producer = std::get_if<sim::Producer>(role);
  const auto* consumer = std::get_if<sim::Consumer>(role);
  if (producer == nullptr && consumer == nullptr) {
    return;
  }
  const sim::NetworkClient& network = producer != nullptr ? producer->network : consumer->network;
  const LocalTime now = world.local_time(id);
  std::string waits;
  for (const sim::ClientConnection& link : network.connections()) {
    if (link.throttled_until > now) {
      waits += fmt::format("{}{} for {}", waits.empty() ? "" : ", ", node_name(world.registry(), link.node),
                           duration_text(link.throttled_until - now));
    }
  }
  const sim::QuotaType type = producer != nullptr ? sim::QuotaType::PRODUCE : sim::QuotaType::FETCH;
  const std::optional<std::int64_t> limit =
      sim::quota_limit(world.registry().client_quotas, world.registry().client_id(id), type);
  fact(out, std::string(producer != nullptr ? sim::kProducerByteRate : sim::kConsumerByteRate),
       limit ? fmt::format("{} bytes/s", *limit) : "no limit",
       "The quota of its client id, on each broker; all clients with that id share it.");
  fact(out, "throttled", waits.empty() ? "no" : "leaves alone " + waits,
       "A broker told it a throttle_time_ms, and mutes its connection for so long (KIP-219).");
}

/// What the application of a consumer with an output is doing with the records that poll() returned.
std::string_view copying_text(const sim::Copier& copier) {
  switch (copier.state) {
    case sim::Copier::State::kIdle: return copier.may_poll() ? "polls" : "waits for initTransactions()";
    case sim::Copier::State::kSending: return "transforms and sends";
    case sim::Copier::State::kSendingOffsets: return "sends offsets to the transaction";
    case sim::Copier::State::kEnding: return "ends the transaction";
  }
  return "?";
}

void add_copying(const sim::Registry& registry, const sim::Copier& copier, Inspection& out) {
  const sim::Producer& producer = copier.producer;
  fact(out, "output", registry.topics.at(static_cast<std::size_t>(producer.setup.topic.value)).name,
       "Topic that it produces to what it reads, in transactions.");
  fact(out, "application", std::string(copying_text(copier)), "poll, begin, send, send offsets, commit, poll.");
  fact(out, "transactional.id", registry.transactional_id_text(producer.setup.transactional_id),
       "Who uses it next fences this one.");
  fact(out, "transactions",
       fmt::format("{} committed, {} aborted", producer.committed_transactions, producer.aborted_transactions),
       "Since the process started; after an abort the same records are read again.");
}

/// Offsets that wait for the end of their transaction.
void add_pending_offsets(const Inside& inside, sim::GroupId id, Inspection& out) {
  const sim::Group* group = session::find_group(inside.run().world, id);
  if (group == nullptr) {
    return;
  }
  std::string pending;
  for (const auto& [producer, offsets] : group->pending_transactional) {
    for (const auto& [partition, offset] : offsets) {
      pending += fmt::format("{}{} = {}", pending.empty() ? "" : ", ",
                             inside.run().world.registry().partition_name(partition), offset.committed.offset.value);
    }
  }
  if (!pending.empty()) {
    fact(out, "in transactions", pending,
         "They count when the marker of their transaction says commit; until then they are not stable (KIP-447).");
  }
}

void inspect_client(const Inside& inside, const Node& node, Inspection& out) {
  const bool is_producer = node.role == NodeRole::kProducer;
  out.title = node.name;
  fact(out, "state", node.status_text, "What the process does.");
  if (is_producer) {
    out.subtitle = "A producer: it batches records and sends them to partition leaders.";
    fact(out, "records sent", fmt::format("{}", node.sent_count), "Handed to send() by the application.");
    fact(out, "acknowledged", fmt::format("{}", node.acked_count),
         "As acks asks: 0 none, 1 the leader, all every in-sync replica.");
    fact(out, "failed", fmt::format("{}", node.failed_count), "Given up after delivery.timeout.ms or a fatal error.");
    fact(out, "buffered", fmt::format("{} records", node.buffered_count),
         "Wait in the accumulator: batch.size, linger.ms.");
    fact(out, "in flight", fmt::format("{} requests", node.in_flight_count),
         "max.in.flight.requests.per.connection limits them.");
    if (!node.last_error.empty()) {
      fact(out, "last error", node.last_error, "Retriable errors are retried after retry.backoff.ms.");
    }
    add_throttling(inside, node, out);
    for (const scenario::ProducerEntry& entry : inside.scenario.producers) {
      if (entry.name == node.name) {
        add_configs(out, sim::ConfigScope::PRODUCER, inside.scenario.producer_defaults, entry.configs,
                    "[[producer]] " + entry.name, "[defaults.producer]");
      }
    }
    return;
  }
  out.subtitle = "A consumer: it polls records of its partitions and commits how far it is.";
  fact(out, "member state", node.member_state, "Of the group protocol, on the consumer's side.");
  fact(out, "processed", fmt::format("{} records", node.processed_count), "Finished by the application.");
  add_throttling(inside, node, out);
  fact(out, "fetched ahead", fmt::format("{} records", node.buffered_records), "Fetched and not handed out yet.");
  if (const sim::Consumer* consumer = session::find_consumer(inside.run().world, NodeId(node.node))) {
    const sim::Registry& registry = inside.run().world.registry();
    fact(out, "member id", registry.member_text(consumer->membership.member), "Issued by the group coordinator.");
    fact(out, consumer->members ? "member epoch" : "generation",
         fmt::format("{}", consumer->membership.generation.value), "Commits of another one are refused.");
    fact(out, "coordinator", node_name(registry, consumer->membership.coordinator),
         "Leads the group's partition of __consumer_offsets.");
    if (consumer->copier) {
      add_copying(registry, *consumer->copier, out);
    }
    for (const auto& assigned : consumer->fetcher.assigned) {
      fact(out, registry.partition_name(assigned.partition) + (assigned.is_paused ? " (paused)" : ""),
           fmt::format("position {}, committed {}", assigned.position.value, assigned.committed.value),
           "Position: next record to hand out. Committed: where a new owner would start.");
    }
  }
  for (const scenario::GroupEntry& entry : inside.scenario.groups) {
    if (node.group >= 0 &&
        entry.id == inside.run().world.registry().groups[static_cast<std::size_t>(node.group)].name) {
      add_configs(out, sim::ConfigScope::CONSUMER, inside.scenario.consumer_defaults, entry.configs,
                  "[[group]] " + entry.id, "[defaults.consumer]");
    }
  }
}

void inspect_zookeeper(const Inside& inside, const Node& node, Inspection& out) {
  out.title = "ZooKeeper server " + node.name;
  out.subtitle = "Keeps registrations, the controller election and partition states; a quorum must have every write.";
  fact(out, "state", node.label, "One server leads; the others follow and vote.");
  const sim::Role* role = inside.run().world.role(NodeId(node.node));
  if (const auto* server = role == nullptr ? nullptr : std::get_if<sim::ZooKeeperServer>(role)) {
    fact(out, "epoch", fmt::format("{}", server->epoch()), "Raised with every new leader of the ensemble.");
    fact(out, "sessions", fmt::format("{}", server->session_count()),
         "One a broker; it ends when nothing is heard for its timeout.");
    fact(out, "clients here", fmt::format("{}", server->connections.size()), "Connections to this server.");
    fact(out, "transactions",
         fmt::format("{}", inside.run().world.durable(NodeId(node.node)).zk_log.transactions.size()),
         "Written and flushed before they are acknowledged.");
  }
}

void inspect_controller(const Inside& inside, const Node& node, Inspection& out) {
  out.title = "Controller " + node.name;
  out.subtitle = node.is_controller
                     ? "The active controller: it answers brokers and appends every change to the metadata log."
                     : "A voter of the metadata quorum: it keeps the metadata log, so that it could take over.";
  const sim::Role* role = inside.run().world.role(NodeId(node.node));
  if (const auto* controller = role == nullptr ? nullptr : std::get_if<sim::KraftController>(role)) {
    const sim::raft::RaftClient& raft = controller->raft;
    fact(out, "state", std::string(sim::raft::state_name(raft.state())), "Its part in the quorum, in Kafka's words.");
    fact(out, "epoch", fmt::format("{}", raft.epoch().value), "Raised by every election.");
    const sim::raft::RaftLog& log = inside.run().world.durable(NodeId(node.node)).metadata_log.log;
    fact(out, "log end offset", fmt::format("{}", log.end_offset().value), "Records of the metadata log that it has.");
    fact(out, "high watermark", fmt::format("{}", raft.high_watermark().value),
         "Below it everything is on a majority of the controllers: committed.");
    fact(out, "brokers", fmt::format("{}", controller->committed.brokers().size()), "Registered, fenced or not.");
  }
}

/// As the controllers of KRaft have committed them; nothing where ELR is not kept.
void add_eligible_replicas(const Inside& inside, const Partition& partition, Inspection& out) {
  const sim::World& world = inside.run().world;
  const sim::KraftController* controller = session::find_controller(world);
  if (controller == nullptr || world.registry().rules.is_old(sim::Rule::kKip966)) {
    return;
  }
  const sim::kraft::PartitionRegistration* known = controller->committed.partition(
      sim::topic_uuid(world.registry(), controller->committed, sim::TopicId(partition.topic)), partition.partition);
  const auto list = [](const sim::kraft::ReplicaList& brokers) {
    std::string text;
    for (const sim::BrokerId broker : brokers) {
      text += fmt::format("{}b{}", text.empty() ? "" : ", ", broker.value);
    }
    return text.empty() ? std::string("nobody") : text;
  };
  if (known != nullptr) {
    fact(out, "eligible leader replicas", list(known->elr),
         "Left an ISR below min.insync.replicas and have all that was committed (KIP-966).");
    fact(out, "last known ELR", list(known->last_known_elr),
         "Were eligible, and may have lost records in an unclean shutdown (KIP-966).");
  }
}

/// Where read_committed stops, in clusters that know transactions; nothing without a leader.
void add_last_stable_offset(const Inside& inside, const Partition& partition, Inspection& out) {
  const sim::World& world = inside.run().world;
  const NodeId leader = world.registry().node_of(sim::BrokerId(partition.leader));
  const sim::TopicPartition id{sim::TopicId(partition.topic), partition.partition};
  const sim::HostedLog* hosted = leader.is_valid() ? world.durable(leader).logs.find(id) : nullptr;
  if (hosted == nullptr || !world.registry().transaction_topic.is_valid()) {
    return;
  }
  const std::optional<sim::Offset> unstable = hosted->log.producers().first_unstable_offset();
  const std::int64_t stable = std::min(partition.high_watermark, unstable ? unstable->value : partition.high_watermark);
  fact(out, "last stable offset", fmt::format("{}", stable),
       "read_committed stops here: the first transaction that is open or whose marker is not replicated begins there.");
}

void inspect_partition(const Inside& inside, const Partition& partition, Inspection& out) {
  out.title = partition.name;
  out.subtitle = partition.leader < 0 ? "It has no leader: nobody can read or write it."
                                      : fmt::format("Led by b{}; all reads and writes go there.", partition.leader);
  const auto list = [](const std::vector<std::int32_t>& ids) {
    std::string text;
    for (const std::int32_t id : ids) {
      text += fmt::format("{}b{}", text.empty() ? "" : ", ", id);
    }
    return text.empty() ? std::string("nobody") : text;
  };
  fact(out, "leader", partition.leader < 0 ? "none" : fmt::format("b{}", partition.leader),
       "Elected by the controller from the ISR.");
  fact(out, "leader epoch", fmt::format("{}", partition.leader_epoch),
       "Counts leaders; fences those of before (KIP-101).");
  fact(out, "replicas", list(partition.replica_ids), "First = preferred leader.");
  if (!partition.adding.empty() || !partition.removing.empty()) {
    fact(out, "adding replicas", list(partition.adding),
         "A reassignment brings them: they copy the partition (KIP-455).");
    fact(out, "removing replicas", list(partition.removing),
         "They go, with their logs, when every replica that shall be there is in sync (KIP-455).");
  }
  fact(out, "in-sync replicas", list(partition.isr),
       "Caught up within replica.lag.time.max.ms; acks=all waits for them.");
  add_eligible_replicas(inside, partition, out);
  fact(out, "min.insync.replicas", fmt::format("{}", partition.min_isr), "With fewer in sync, acks=all is refused.");
  fact(out, "log start offset", fmt::format("{}", partition.log_start_offset),
       "Moved by retention.ms and retention.bytes.");
  fact(out, "high watermark", fmt::format("{}", partition.high_watermark),
       "Consumers see records below it: every in-sync replica has them.");
  add_last_stable_offset(inside, partition, out);
  fact(out, "log end offset", fmt::format("{}", partition.log_end_offset), "Where the next record goes.");
  fact(out, "partition epoch", fmt::format("{}", partition.partition_epoch),
       "zkVersion of the state znode; a stale writer is refused.");
  if (partition.acked_lost_count > 0) {
    fact(out, "acknowledged and lost", fmt::format("{}", partition.acked_lost_count),
         "The present leader does not have them.");
  }
  for (const Replica& replica : partition.replicas) {
    fact(out, fmt::format("on b{}", replica.broker_id),
         fmt::format("{}; HW {}, LEO {}", replica.state_text, replica.high_watermark, replica.log_end_offset),
         "A follower's high watermark follows its leader's by one fetch.");
  }
  const sim::Registry& registry = inside.run().world.registry();
  const std::string& name = registry.topics[static_cast<std::size_t>(partition.topic)].name;
  for (const scenario::TopicEntry& entry : inside.scenario.topics) {
    if (entry.name == name) {
      add_configs(out, sim::ConfigScope::TOPIC, inside.scenario.topic_defaults, entry.configs, "[[topic]] " + name,
                  "[defaults.topic]");
    }
  }
}

/// The event and what led to it, newest first.
void add_causes(const Inside& inside, std::uint64_t event, Inspection& out) {
  constexpr int kDepth = 24;
  const auto& rows = inside.memory().log.rows();
  for (int depth = 0; depth < kDepth && event > 0 && event <= rows.size(); ++depth) {
    out.causes.push_back(event_row(inside, rows[event - 1]));
    event = rows[event - 1].cause;
  }
}

/// Whether a beat tells of the entity: a partition's story is that of all its replicas.
bool is_told_of(const EntityRef& about, const EntityRef& entity) {
  const auto is_in_partition = [](const EntityRef& e) {
    return e.kind == EntityKind::kPartition || e.kind == EntityKind::kReplica || e.kind == EntityKind::kRecord;
  };
  if (is_in_partition(about) && is_in_partition(entity)) {
    const bool is_one_replica = about.kind == EntityKind::kReplica && entity.kind == EntityKind::kReplica;
    return about.a == entity.a && about.b == entity.b && (!is_one_replica || about.c == entity.c);
  }
  return about == entity;
}

/// Why the entity is as it is: the causes of the latest notable event about it, else of the latest that touched it.
void add_why(const Inside& inside, const EntityRef& entity, Inspection& out) {
  constexpr std::int32_t kNotable = 2;
  const auto& beats = inside.memory().log.beats();
  for (std::size_t i = beats.size(); i > 0; --i) {
    const Beat& beat = beats[i - 1];
    if (beat.event <= inside.run().event_count() && beat.rank <= kNotable && is_told_of(beat.about, entity)) {
      out.why = beat.text;
      add_causes(inside, beat.event, out);
      return;
    }
  }
  if (!out.history.empty()) {
    add_causes(inside, out.history.front().number, out);
  }
}

void inspect_message(const Inside& inside, std::int64_t number, Inspection& out) {
  inside.run().world.for_each_in_flight([&](const kscope::InFlight<sim::Message>& one) {
    if (static_cast<std::int64_t>(one.sent.message) != number) {
      return;
    }
    const sim::Registry& registry = inside.run().world.registry();
    out.title = std::string(sim::message_name(one.sent.what));
    out.subtitle = sim::message_summary(*one.message, registry);
    fact(out, "from", node_name(registry, one.sent.from), "");
    fact(out, "to", node_name(registry, one.sent.to), "");
    fact(out, "sent", duration_text(one.sent.sent_at.time_since_epoch()), "Simulated time.");
    fact(out, "arrives", one.is_held ? "held: the link is cut" : duration_text(one.sent.arrives_at.time_since_epoch()),
         "Fixed when it was sent, unless something happens to the link.");
    fact(out, "size", fmt::format("{} bytes", one.sent.size_bytes), "On the wire, header included.");
    fact(out, "correlation id", fmt::format("{}", one.message->correlation_id), "Ties the response to its request.");
    out.raw = describe(one.message->body);
  });
  if (out.title.empty()) {
    out.title = fmt::format("Message {}", number);
    out.subtitle = "It is no longer on the wire.";
  }
}

void inspect_event(const Inside& inside, std::int64_t number, Inspection& out) {
  const auto& rows = inside.memory().log.rows();
  if (number < 1 || static_cast<std::size_t>(number) > rows.size()) {
    return;
  }
  const EventRow row = event_row(inside, rows[static_cast<std::size_t>(number - 1)]);
  out.title = fmt::format("Event {}", number);
  out.subtitle = row.type + (row.summary.empty() ? "" : ": " + row.summary);
  fact(out, "time", duration_text(row.time.time_since_epoch()), "Simulated time since the start.");
  fact(out, "from", row.from, "");
  fact(out, "to", row.to, "");
  fact(out, "cause", row.cause == 0 ? "the script" : fmt::format("event {}", row.cause),
       "The event that scheduled this one.");
  add_causes(inside, row.number, out);
  out.history.assign(out.causes.begin() + 1, out.causes.end());
  constexpr std::size_t kLooked = 20'000;
  for (std::size_t i = row.number; i < rows.size() && i < row.number + kLooked; ++i) {
    if (rows[i].cause == row.number) {
      out.effect = rows[i].number;
      break;
    }
  }
}

void inspect_group(const Group& group, Inspection& out) {
  out.title = "Group " + group.name;
  out.subtitle = group.waiting_for.empty() ? "Consumers that share the partitions of their topics." : group.waiting_for;
  fact(out, "state", group.state, "Kafka's state of the group, as its coordinator has it.");
  fact(out, "generation", fmt::format("{}", group.generation),
       "Counts rebalances; commits of an older one are refused.");
  fact(out, "assignor", group.protocol.empty() ? "none yet" : group.protocol, "partition.assignment.strategy");
  fact(out, "coordinator", group.coordinator < 0 ? "none" : fmt::format("b{}", group.coordinator),
       "Leader of the group's partition of __consumer_offsets.");
  fact(out, "lag", fmt::format("{} records", group.total_lag), "Log end minus committed offset.");
  for (const GroupMember& member : group.members) {
    const std::string owned = owned_text(group, member);
    fact(out, member.name, member.state + ": " + (owned.empty() ? "no partition" : owned), member.member_id);
  }
}

/// The latest events up to the playhead for which `touches` is true.
template <class Touches>
void add_history(const Inside& inside, Inspection& out, Touches touches) {
  const auto& rows = inside.memory().log.rows();
  const std::size_t playhead = std::min<std::size_t>(rows.size(), inside.run().event_count());
  constexpr std::size_t kShown = 12;
  constexpr std::size_t kLooked = 4000;
  for (std::size_t i = playhead; i > 0 && i + kLooked > playhead && out.history.size() < kShown; --i) {
    if (touches(rows[i - 1])) {
      out.history.push_back(event_row(inside, rows[i - 1]));
    }
  }
}

}  // namespace

Inspection build_inspection(const Inside& inside, const EntityRef& entity, const Snapshot& snapshot) {
  Inspection out;
  out.entity = entity;
  switch (entity.kind) {
    case EntityKind::kNode:
      for (const Node& node : snapshot.nodes) {
        if (node.node != entity.a) {
          continue;
        }
        if (node.role == NodeRole::kBroker) {
          inspect_broker(inside, snapshot, node, out);
        } else if (node.role == NodeRole::kZooKeeper) {
          inspect_zookeeper(inside, node, out);
        } else if (node.role == NodeRole::kController) {
          inspect_controller(inside, node, out);
        } else {
          inspect_client(inside, node, out);
        }
        add_process(inside, node, out);
        add_history(inside, out, [&](const session::LoggedEvent& row) {
          return row.node.value == node.node || row.peer.value == node.node;
        });
      }
      break;
    case EntityKind::kPartition:
    case EntityKind::kReplica:
    case EntityKind::kTopic:
    case EntityKind::kRecord:
      for (const Partition& partition : snapshot.partitions) {
        if (partition.topic == entity.a && (partition.partition == entity.b || entity.kind == EntityKind::kTopic) &&
            out.title.empty()) {
          inspect_partition(inside, partition, out);
          scenario::EventFilter filter;
          filter.nodes.emplace_back();
          filter.nodes.back().field = scenario::FilterField::kPartition;
          filter.nodes.back().text = lower_case(partition.name);
          add_history(inside, out, [&](const session::LoggedEvent& row) {
            return !row.summary.empty() && is_visible(inside, row, filter);
          });
        }
      }
      break;
    case EntityKind::kMessage: inspect_message(inside, entity.a, out); break;
    case EntityKind::kEvent: inspect_event(inside, entity.a, out); break;
    case EntityKind::kGroup:
      for (const Group& group : snapshot.groups) {
        if (group.group == entity.a) {
          inspect_group(group, out);
          add_pending_offsets(inside, sim::GroupId(group.group), out);
          add_history(inside, out, [&](const session::LoggedEvent& row) {
            return row.kind == EventKind::kDelivery && session::message_family(row.what) == MessageFamily::kGroup &&
                   std::any_of(group.members.begin(), group.members.end(), [&](const GroupMember& member) {
                     return member.node == row.node.value || member.node == row.peer.value;
                   });
          });
        }
      }
      break;
    case EntityKind::kLink:
      out.title = fmt::format("Link {} \u2013 {}",
                              node_name(inside.run().world.registry(), NodeId(static_cast<std::int32_t>(entity.a))),
                              node_name(inside.run().world.registry(), NodeId(static_cast<std::int32_t>(entity.b))));
      out.subtitle =
          "An ordered connection, as in TCP: messages are delayed or the connection breaks, none is lost alone.";
      break;
    case EntityKind::kInvariant:
      if (entity.a >= 0 && static_cast<std::size_t>(entity.a) < snapshot.invariants.size()) {
        const InvariantRow& row = snapshot.invariants[static_cast<std::size_t>(entity.a)];
        out.title = row.id + " " + row.name;
        out.subtitle = row.text;
        fact(out, "detail", row.detail.empty() ? "It holds." : row.detail, "");
        if (row.first_event != 0) {
          out.why = row.detail;
          add_causes(inside, row.first_event, out);
        }
      }
      break;
    case EntityKind::kNone: break;
  }
  if (entity.is_set() && out.causes.empty()) {
    add_why(inside, entity, out);
  }
  return out;
}

}  // namespace kscope::view
