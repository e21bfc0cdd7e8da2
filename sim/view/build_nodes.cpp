// Nodes: what a broker card, a client or a ZooKeeper server shows.
#include <fmt/format.h>

#include <algorithm>

#include "sim/session/state_reader.h"
#include "sim/view/build.h"

namespace kscope::view {
namespace {

void fill_status(const sim::World& world, NodeId id, Node& out) {
  const ProcessState& process = world.process(id);
  if (!process.is_up) {
    out.status = NodeStatus::kDown;
    out.is_spare = process.incarnation == 0 && !process.is_machine_down;
    out.status_text = process.is_machine_down ? "lost power" : process.incarnation == 0 ? "not started yet" : "down";
  } else if (process.is_paused) {
    out.status = NodeStatus::kPaused;
    out.paused_until = process.paused_until;
    out.status_text = process.paused_until == SimTime::max()
                          ? "paused"
                          : "paused, " + duration_text(process.paused_until - world.now()) + " left";
  } else {
    out.status = NodeStatus::kUp;
    out.status_text = "up";
  }
}

void fill_broker(const Inside& inside, NodeId id, Node& out) {
  const sim::World& world = inside.run().world;
  const sim::BrokerSetup& setup = world.registry().broker(id);
  const sim::Watch& watch = inside.run().watch;
  out.broker_id = setup.id.value;
  out.rack = setup.rack;
  out.label = setup.rack.empty() ? std::string() : "rack " + setup.rack;
  out.is_disk_slow = world.disk(id).slow_factor > 1;
  out.thread_count = setup.config.num_io_threads;
  out.is_controller = watch.controller == setup.id;
  const sim::Broker* broker = session::find_broker(world, id);
  if (broker == nullptr) {
    return;
  }
  out.is_controller = broker->controller.is_active();
  out.queue_length = broker->request_queue.queued_count();
  out.busy_threads = broker->request_queue.in_service_count();
  out.is_group_coordinator = !broker->groups.groups.empty();
  for (const sim::Partition& partition : broker->replicas.all()) {
    if (partition.is_hosted && partition.id.topic != sim::kOffsetsTopic) {
      ++out.replica_count;
      out.leader_count += partition.is_leader(setup.id) ? 1 : 0;
    }
  }
  out.has_zk_session = broker->zk.has_session();
  if (out.has_zk_session && broker->zk.session_timeout.count() > 0) {
    const Duration left = broker->zk.time_left(world.local_time(id));
    out.zk_session_left = std::clamp(
        static_cast<double>(left.count()) / static_cast<double>(broker->zk.session_timeout.count()), 0.0, 1.0);
  }
  if (out.status == NodeStatus::kUp) {
    if (broker->lifecycle.state == sim::BrokerState::PENDING_CONTROLLED_SHUTDOWN ||
        broker->lifecycle.state == sim::BrokerState::SHUTTING_DOWN) {
      out.status = NodeStatus::kShuttingDown;
      out.status_text = "shutting down";
    } else if (world.registry().is_kraft() && (!broker->lifecycle.is_registered || broker->kraft.is_fenced)) {
      out.status = NodeStatus::kStarting;
      out.status_text = broker->lifecycle.is_registered ? "fenced" : "not registered with the controller";
    } else if (!broker->lifecycle.is_registered) {
      out.status = NodeStatus::kStarting;
      out.status_text = "not registered in ZooKeeper";
    }
  }
}

void fill_zookeeper(const sim::World& world, NodeId id, Node& out) {
  const sim::Role* role = world.role(id);
  const auto* server = role == nullptr ? nullptr : std::get_if<sim::ZooKeeperServer>(role);
  if (server == nullptr) {
    return;
  }
  out.is_zk_leader = server->is_leading();
  out.label = fmt::format("{}, {} session{}", server->state_name(), server->session_count(),
                          server->session_count() == 1 ? "" : "s");
}

void fill_controller(const sim::World& world, NodeId id, Node& out) {
  const sim::Role* role = world.role(id);
  const auto* controller = role == nullptr ? nullptr : std::get_if<sim::KraftController>(role);
  if (controller == nullptr) {
    return;
  }
  out.is_controller = controller->is_active();
  out.is_zk_leader = controller->raft.is_leader();
  out.label =
      fmt::format("{}, epoch {}", sim::raft::state_name(controller->raft.state()), controller->raft.epoch().value);
}

void fill_producer(const Inside& inside, NodeId id, Node& out) {
  const sim::World& world = inside.run().world;
  const sim::ClientWatch& watched = inside.run().watch.clients()[static_cast<std::size_t>(id.value)];
  out.sent_count = watched.created;
  out.acked_count = watched.acked;
  out.failed_count = watched.failed;
  if (watched.last_error != 0) {
    out.last_error = std::string(sim::name(static_cast<sim::ErrorCode>(watched.last_error)));
  }
  if (const sim::Producer* producer = session::find_producer(world, id)) {
    out.buffered_count = static_cast<std::int32_t>(producer->buffered_count);
    out.in_flight_count = static_cast<std::int32_t>(producer->in_flight.size());
  }
  const sim::Acks acks = world.registry().producer(id).config.acks;
  out.label = fmt::format("acks={}", acks == sim::Acks::ALL ? "all" : acks == sim::Acks::LEADER ? "1" : "0");
}

/// Of a consumer that speaks the consumer protocol (KIP-848).
std::string_view state_word(sim::ConsumerMemberState state) {
  switch (state) {
    case sim::ConsumerMemberState::JOINING: return "joining";
    case sim::ConsumerMemberState::RECONCILING: return "reconciling";
    case sim::ConsumerMemberState::ACKNOWLEDGING: return "acknowledging";
    case sim::ConsumerMemberState::STABLE: return "stable";
    case sim::ConsumerMemberState::LEAVING: return "leaving";
    case sim::ConsumerMemberState::STALE: return "left: no poll()";
    case sim::ConsumerMemberState::FATAL: return "failed";
  }
  return "?";
}

void fill_consumer(const Inside& inside, NodeId id, Node& out) {
  const sim::World& world = inside.run().world;
  const sim::ConsumerSetup& setup = world.registry().consumer(id);
  out.group = setup.group.value;
  out.processed_count = inside.run().watch.clients()[static_cast<std::size_t>(id.value)].processed;
  const sim::Consumer* consumer = session::find_consumer(world, id);
  if (consumer == nullptr) {
    return;
  }
  out.buffered_records = static_cast<std::int32_t>(consumer->fetcher.buffered_count());
  switch (consumer->membership.state) {
    case sim::MemberState::UNJOINED: out.member_state = "not joined"; break;
    case sim::MemberState::PREPARING_REBALANCE: out.member_state = "joining"; break;
    case sim::MemberState::COMPLETING_REBALANCE: out.member_state = "syncing"; break;
    case sim::MemberState::STABLE: out.member_state = "stable"; break;
  }
  if (consumer->has_manual_assignment()) {
    out.member_state = "assigned by itself";
  } else if (consumer->members) {
    out.member_state = state_word(consumer->members->state);
  } else if (consumer->zookeeper) {
    out.member_state = std::string(sim::phase_text(consumer->zookeeper->phase));
  }
  out.label = out.member_state;
  if (consumer->is_paused) {
    out.label += ", application does not poll";
  }
  if (consumer->application == sim::ApplicationState::kClosed) {
    out.label = "left the group";
  } else if (out.status == NodeStatus::kUp && consumer->membership.state != sim::MemberState::STABLE) {
    out.status = NodeStatus::kStarting;
  }
}

}  // namespace

void build_nodes(const Inside& inside, Snapshot& out) {
  const sim::World& world = inside.run().world;
  const sim::Registry& registry = world.registry();
  for (std::size_t i = 0; i < registry.nodes.size(); ++i) {
    const NodeId id(static_cast<std::int32_t>(i));
    Node node;
    node.node = id.value;
    node.name = registry.nodes[i].name;
    node.partner = registry.partner(id).is_valid() ? node_name(registry, registry.partner(id)) : std::string();
    fill_status(world, id, node);
    switch (registry.nodes[i].role) {
      case sim::NodeRole::kBroker:
        node.role = NodeRole::kBroker;
        fill_broker(inside, id, node);
        break;
      case sim::NodeRole::kZooKeeper:
        node.role = NodeRole::kZooKeeper;
        fill_zookeeper(world, id, node);
        break;
      case sim::NodeRole::kProducer:
        node.role = NodeRole::kProducer;
        fill_producer(inside, id, node);
        break;
      case sim::NodeRole::kConsumer:
        node.role = NodeRole::kConsumer;
        fill_consumer(inside, id, node);
        break;
      case sim::NodeRole::kAdmin: node.role = NodeRole::kAdmin; break;
      case sim::NodeRole::kController:
        node.role = NodeRole::kController;
        fill_controller(world, id, node);
        break;
    }
    out.nodes.push_back(std::move(node));
  }
}

}  // namespace kscope::view
