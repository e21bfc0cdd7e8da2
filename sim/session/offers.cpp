// Offers: what a right click can do to an entity. Whether it would do anything is asked of the same guards that the
// simulator uses when it does it.
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/build.h"
#include "sim/session/session_impl.h"
#include "sim/session/state_reader.h"
#include "sim/view/build.h"

namespace kscope::session {
namespace {

std::string refusal_text(FaultRefusal refusal, const std::string& name) {
  switch (refusal) {
    case FaultRefusal::kNone: return {};
    case FaultRefusal::kNoSuchNode: return "There is no such node.";
    case FaultRefusal::kAlreadyDown: return name + " is already down.";
    case FaultRefusal::kAlreadyUp: return name + " is running.";
    case FaultRefusal::kAlreadyPaused: return name + " is already paused.";
    case FaultRefusal::kNotPaused: return name + " is not paused.";
    case FaultRefusal::kAlreadyCut: return "This link is already cut.";
    case FaultRefusal::kNothingToHeal: return "Nothing is wrong with this link.";
    case FaultRefusal::kSameNode: return "A process always reaches itself.";
    case FaultRefusal::kNoSuchMessage: return "The message is no longer on the wire.";
    case FaultRefusal::kNoChange: return "It is so already.";
    case FaultRefusal::kNoConnection: return "There is no open connection.";
  }
  return {};
}

class OfferList {
 public:
  explicit OfferList(const Session::Impl& impl) : impl_(impl), names_(impl.names()) {}

  void add(std::string group, std::string label, std::string script, std::string hint, char shortcut = 0,
           std::string refusal = {}) {
    ActionOffer offer;
    offer.group = std::move(group);
    offer.label = std::move(label);
    offer.hint = std::move(hint);
    offer.shortcut = shortcut;
    offer.refusal = refusal.empty() ? why_not(script) : std::move(refusal);
    offer.script = std::move(script);
    offers_.push_back(std::move(offer));
  }
  /// The offer that was added last lies in a menu of its own.
  void put_into(const std::string& submenu) { offers_.back().submenu = submenu; }
  void put_last_into(const std::string& submenu, std::size_t count) {
    for (std::size_t i = offers_.size() - std::min(count, offers_.size()); i < offers_.size(); ++i) {
      offers_[i].submenu = submenu;
    }
  }
  [[nodiscard]] std::vector<ActionOffer> take() { return std::move(offers_); }
  [[nodiscard]] const sim::World& world() const { return impl_.run().world; }
  [[nodiscard]] const sim::Registry& registry() const { return world().registry(); }
  [[nodiscard]] sim::BrokerId controller() const { return impl_.run().watch.controller; }

 private:
  /// What the guards say of the acts that the script line stands for; "" = at least one of them acts.
  [[nodiscard]] std::string why_not(const std::string& script) const {
    std::string last = "There is nothing that it could be done to.";
    for (std::size_t from = 0; from < script.size();) {
      const std::size_t end = std::min(script.find(';', from), script.size());
      last = why_not_one(script.substr(from, end - from));
      if (last.empty()) {
        return {};
      }
      from = end + 1;
    }
    return last;
  }

  [[nodiscard]] std::string why_not_one(const std::string& script) const {
    const Result<scenario::Action> action = scenario::parse_action(script, names_);
    if (!action) {
      return action.error().text;
    }
    const Result<std::vector<scenario::Input>> inputs = scenario::to_inputs(*action, registry());
    if (!inputs) {
      return inputs.error().text;
    }
    FaultRefusal last = FaultRefusal::kNone;
    for (const scenario::Input& input : *inputs) {
      const auto* fault = std::get_if<FaultAction>(&input);
      if (fault == nullptr) {
        return why_not_command(std::get<sim::Command>(input));
      }
      last = world().refusal(*fault);
      if (last == FaultRefusal::kNone) {
        return {};
      }
    }
    return refusal_text(last, action->node);
  }

  /// Commands go to a process; some ask for a state that it must be in.
  [[nodiscard]] std::string why_not_command(const sim::Command& command) const {
    const NodeId node = command.node;
    if (!node.is_valid()) {
      return {};
    }
    const std::string name = view::node_name(registry(), node);
    if (!world().process(node).is_up) {
      return name + " is down.";
    }
    if (const sim::Consumer* consumer = find_consumer(world(), node)) {
      if (command.kind == sim::CommandKind::kConsumerPause && consumer->is_paused) {
        return "The application of " + name + " does not poll already.";
      }
      if (command.kind == sim::CommandKind::kConsumerResume && !consumer->is_paused) {
        return "The application of " + name + " polls.";
      }
      const bool is_of_partition = command.kind == sim::CommandKind::kSeek ||
                                   command.kind == sim::CommandKind::kPausePartition ||
                                   command.kind == sim::CommandKind::kResumePartition;
      if (is_of_partition && consumer->fetcher.find(command.partition) == nullptr) {
        return name + " does not own " + registry().partition_name(command.partition) + ".";
      }
    }
    return {};
  }

  const Session::Impl& impl_;
  scenario::Names names_;
  std::vector<ActionOffer> offers_;
};

void offer_process(OfferList& list, const std::string& name, bool is_server, const std::string& group = "Process") {
  list.add(group, "Crash (kill -9)", "crash " + name,
           "The process dies at once; what it wrote to the page cache survives.", 'K');
  if (is_server) {
    list.add(group, "Power loss", "power-loss " + name, "The machine dies: what was not flushed to disk is gone.");
    list.add(group, "Shut down cleanly", "shutdown " + name, "It hands over what it leads, then stops.");
  }
  list.add(group, "Restart", "restart " + name, "The process starts again from what its disk has.", 'R');
  list.add(group, "Pause 10 s", "pause " + name + " 10s",
           "A long garbage collection: everything waits, others may give up on it.", 'P');
  list.add(group, "Resume", "resume " + name, "What waited is handled now, in order.");
}

/// Work takes longer: a broker's requests, an application's records.
void offer_slow(OfferList& list, const std::string& name) {
  list.add("Process", "Ten times slower", "cpu-slow " + name + " 10", "All that it works on takes so much longer.");
  list.add("Process", "At its usual speed", "cpu-slow " + name + " 1", "Work takes as long as it did at first.");
}

/// A message is on an ordered connection: what holds it up holds up everything behind it.
void offer_message(OfferList& list, std::int64_t number) {
  const std::string gone = "The message is no longer on the wire.";
  NodeId from;
  NodeId to;
  bool is_response = false;
  list.world().for_each_in_flight([&](const InFlight<sim::Message>& one) {
    if (static_cast<std::int64_t>(one.sent.message) == number) {
      from = one.sent.from;
      to = one.sent.to;
      is_response = std::string_view(sim::message_name(one.sent.what)).find("response") != std::string_view::npos;
    }
  });
  const bool is_there = from.is_valid();
  const std::string left = is_there ? view::node_name(list.registry(), from) : "-";
  const std::string right = is_there ? view::node_name(list.registry(), to) : "-";
  const std::string refusal = is_there ? "" : gone;
  list.add("Message", "Hold it here", "cut-one-way " + left + " " + right,
           "It and what is behind it waits, until it is released.", 0, refusal);
  list.add("Message", "Release it", "heal " + left + " " + right,
           "The link between the two is whole again: what waited arrives, in order.", 0, refusal);
  for (const char* by : {"100ms", "3s"}) {
    list.add("Message", std::string("Delay it by ") + (by[0] == '1' ? "100 ms" : "3 s"),
             "stall " + left + " " + right + " " + by, "It and what is behind it arrives so much later.", 0, refusal);
  }
  list.add("Message", "Break the connection here", fmt::format("drop {}", number),
           is_response ? "The request was carried out, its answer is lost; both ends see the connection close."
                       : "This request and what is behind it is lost; both ends see the connection close.",
           'X');
}

/// Who can be on the other end of a link: brokers talk to everybody, the others to brokers (and ZooKeeper servers to each
/// other).
std::vector<std::string> peers_of(const OfferList& list, NodeId node) {
  const auto& nodes = list.registry().nodes;
  const auto role_of = [&](NodeId id) { return nodes[static_cast<std::size_t>(id.value)].role; };
  const auto is_server = [](sim::NodeRole role) {
    return role == sim::NodeRole::kBroker || role == sim::NodeRole::kZooKeeper || role == sim::NodeRole::kController;
  };
  const bool is_broker = role_of(node) == sim::NodeRole::kBroker;
  const bool is_keeper = role_of(node) == sim::NodeRole::kZooKeeper || role_of(node) == sim::NodeRole::kController;
  std::vector<std::string> servers;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeId other(static_cast<std::int32_t>(i));
    const sim::NodeRole role = role_of(other);
    const bool can_talk = is_broker || is_keeper ? is_server(role) : role == sim::NodeRole::kBroker;
    if (other != node && can_talk) {
      servers.push_back(nodes[i].name);
    }
  }
  return servers;
}

/// The same act on every one of these links, as one line of script.
std::string joined(const std::string& verb, const std::string& name, const std::vector<std::string>& peers,
                   const std::string& rest = {}) {
  std::string line;
  for (const std::string& peer : peers) {
    line += fmt::format("{}{} {} {}{}", line.empty() ? "" : "; ", verb, name, peer, rest);
  }
  return line;
}

/// The network of one node: all its links at once, then link by link in menus of their own.
void offer_network(OfferList& list, NodeId node, const std::string& name) {
  const std::vector<std::string> peers = peers_of(list, node);
  list.add("Network", "Cut off from all servers", joined("cut", name, peers),
           "It runs on, but nothing reaches it and nothing leaves it.", 'L');
  list.add("Network", "Heal all its links", joined("heal", name, peers), "What waited arrives, in order.");
  const auto each = [&](const char* menu, const char* verb, bool is_towards, const char* rest, const char* hint) {
    for (const std::string& peer : peers) {
      const std::string& from = is_towards ? peer : name;
      const std::string& to = is_towards ? name : peer;
      list.add("Network", std::string(verb) == "cut-one-way" ? from + " cannot reach " + to : name + " \u2013 " + peer,
               fmt::format("{} {} {}{}", verb, from, to, rest), hint);
      list.put_into(menu);
    }
  };
  each("Cut a link", "cut", false, "", "Nothing passes either way until it is healed.");
  each("Cut one way", "cut-one-way", false, "", "One direction is cut; the other still works.");
  each("Cut one way", "cut-one-way", true, "", "One direction is cut; the other still works.");
  each("Delay a link by 80 ms", "delay", false, " 80ms", "Every message takes so much longer, each way.");
  each("Reset a connection", "reset", false, "", "What is in flight is lost; both ends see it.");
  each("Heal a link", "heal", false, "", "What waited arrives, in order.");
}

void offer_disk_and_clock(OfferList& list, const std::string& name) {
  list.add("Disk and clock", "Slow disk (50x)", "disk-slow " + name + " 50",
           "Writes and flushes take longer; followers may fall behind.");
  list.add("Disk and clock", "Disk full", "disk-full " + name, "Appends are refused.");
  list.add("Disk and clock", "Disk fails", "disk-fail " + name, "Every write and flush fails.");
  list.add("Disk and clock", "Disk well again", "disk-ok " + name, "Speed and space are back to normal.");
  list.add("Disk and clock", "Clock jumps 5 s", "clock-step " + name + " 5s",
           "Only what the node's own clock shows changes.");
  list.add("Disk and clock", "Clock runs 1 % fast", "clock-drift " + name + " 10000",
           "Its timeouts end earlier than others think.");
  list.add("Disk and clock", "Clock stands still", "clock-freeze " + name, "Its timers stand still too.");
  list.add("Disk and clock", "Clock goes on", "clock-run " + name, "The clock and its timers go on.");
  list.put_last_into("Disk and clock", 8);
}

void offer_broker(OfferList& list, NodeId node, const std::string& name) {
  offer_process(list, name, true);
  offer_slow(list, name);
  const sim::Broker* broker = find_broker(list.world(), node);
  const bool is_controller = list.registry().node_of(list.controller()) == node;
  if (list.registry().is_kraft()) {
    offer_network(list, node, name);
    offer_disk_and_clock(list, name);
    return;
  }
  list.add("ZooKeeper", is_controller ? "Expire the session: the controller resigns" : "Expire the session",
           "expire-session " + name, "The ensemble ends the broker's session: its registration vanishes.", 0,
           broker == nullptr          ? name + " is down."
           : broker->zk.has_session() ? ""
                                      : name + " has no session.");
  offer_network(list, node, name);
  offer_disk_and_clock(list, name);
}

void offer_link(OfferList& list, NodeId a, NodeId b) {
  const std::string left = view::node_name(list.registry(), a);
  const std::string right = view::node_name(list.registry(), b);
  list.add("Network", "Cut both ways", "cut " + left + " " + right, "Nothing passes either way until it is healed.",
           'L');
  list.add("Network", "Cut " + left + " to " + right, "cut-one-way " + left + " " + right,
           "The other direction still works.");
  list.add("Network", "Cut " + right + " to " + left, "cut-one-way " + right + " " + left,
           "The other direction still works.");
  list.add("Network", "Delay +80 ms", "delay " + left + " " + right + " 80ms", "Every message takes longer.");
  list.add("Network", "Stall " + left + " to " + right + " 3 s", "stall " + left + " " + right + " 3s",
           "Nothing arrives for so long, then everything, in order.");
  list.add("Network", "Stall " + right + " to " + left + " 3 s", "stall " + right + " " + left + " 3s",
           "Nothing arrives for so long, then everything, in order.");
  list.add("Network", "Narrow to 100 KiB/s", "bandwidth " + left + " " + right + " 100KiB",
           "Large messages take their time, and what is behind them waits.");
  list.add("Network", "20 % loss", "loss " + left + " " + right + " 20",
           "TCP retransmits: some messages come much later.");
  list.add("Network", "Reset the connection", "reset " + left + " " + right,
           "What is in flight is lost; both ends see it.", 'X');
  list.add("Network", "Heal", "heal " + left + " " + right, "What waited arrives, in order.");
}

/// A partition may move to brokers that have no replica of it: one of those that it has is replaced.
void offer_moves(OfferList& list, const sim::PartitionWatch& watched, sim::TopicPartition id, NodeId replaced) {
  constexpr std::size_t kMostTargets = 8;
  const std::string name = list.registry().partition_name(id);
  std::vector<NodeId> replicas;
  std::vector<NodeId> others;
  const sim::Partition* led =
      watched.leader.is_valid() ? find_replica(list.world(), list.registry().node_of(watched.leader), id) : nullptr;
  for (const sim::BrokerId broker : led == nullptr ? std::vector<sim::BrokerId>{} : led->replicas) {
    replicas.push_back(list.registry().node_of(broker));
  }
  for (const NodeId node : list.registry().broker_nodes) {
    if (std::find(replicas.begin(), replicas.end(), node) == replicas.end() && others.size() < kMostTargets) {
      others.push_back(node);
    }
  }
  if (!watched.moving_to.empty()) {
    list.add("Partition", "Cancel the move", "reassign " + name + " cancel", "It stays where it was.");
    return;
  }
  if (std::find(replicas.begin(), replicas.end(), replaced) == replicas.end() && !replicas.empty()) {
    replaced = replicas.back();
  }
  for (const NodeId other : replicas.empty() ? std::vector<NodeId>{} : others) {
    std::string target;
    for (const NodeId node : replicas) {
      target += (target.empty() ? "" : ",") + view::node_name(list.registry(), node == replaced ? other : node);
    }
    list.add("Partition",
             fmt::format("To {} instead of {}", view::node_name(list.registry(), other),
                         view::node_name(list.registry(), replaced)),
             fmt::format("reassign {} {}", name, target),
             "The new replica copies it; the old one goes when the new one is in sync.");
    list.put_into("Move it");
  }
}

/// What an application does with its consumer: other topics, and for each partition that it owns where it goes on.
void offer_steering(OfferList& list, NodeId node, const std::string& name) {
  constexpr std::size_t kMostOffered = 8;
  const sim::Consumer* consumer = find_consumer(list.world(), node);
  if (consumer == nullptr) {
    return;
  }
  const auto& topics = list.registry().topics;
  const auto text_of = [&](const std::vector<sim::TopicId>& ids) {
    std::string out;
    for (const sim::TopicId id : ids) {
      out += (out.empty() ? "" : ",") + topics[static_cast<std::size_t>(id.value)].name;
    }
    return out;
  };
  const std::vector<sim::TopicId>& now = consumer->setup.topics;
  for (std::size_t i = 0; i < std::min(topics.size(), kMostOffered + 2) && !consumer->has_manual_assignment(); ++i) {
    const sim::TopicId topic(static_cast<std::int32_t>(i));
    if (topics[i].is_internal) {
      continue;
    }
    std::vector<sim::TopicId> changed = now;
    const bool is_there = std::erase(changed, topic) > 0;
    if (is_there && changed.empty()) {
      continue;
    }
    if (!is_there) {
      changed.push_back(topic);
    }
    list.add("Group", is_there ? "No longer " + topics[i].name : "Also " + topics[i].name,
             "subscribe " + name + " " + text_of(changed), "subscribe() to other topics: the group rebalances.");
    list.put_into("Subscribe");
  }
  const auto& assigned = consumer->fetcher.assigned;
  for (std::size_t i = 0; i < std::min(assigned.size(), kMostOffered); ++i) {
    const std::string of = list.registry().partition_name(assigned[i].partition);
    const std::string target = name + " " + of;
    if (assigned[i].is_paused) {
      list.add("Group", "Resume " + of, "resume-partition " + target, "It is fetched again.");
    } else {
      list.add("Group", "Pause " + of, "pause-partition " + target,
               "The consumer keeps it and fetches nothing of it, until resumed or the next rebalance.");
    }
    list.put_into("Partitions");
    list.add("Group", of + " from the beginning", "seek " + target + " beginning",
             "seekToBeginning(): all that the log has is read again.");
    list.put_into("Partitions");
    list.add("Group", of + " from the end", "seek " + target + " end", "seekToEnd(): what is there now is left out.");
    list.put_into("Partitions");
  }
}

}  // namespace

std::vector<ActionOffer> make_offers(const Session::Impl& impl, const view::EntityRef& entity) {
  OfferList list(impl);
  const auto exists = [&](std::int64_t node) {
    return node >= 0 && static_cast<std::size_t>(node) < list.registry().nodes.size();
  };
  switch (entity.kind) {
    case view::EntityKind::kNode: {
      if (!exists(entity.a)) {
        break;
      }
      const NodeId node(static_cast<std::int32_t>(entity.a));
      const std::string name = view::node_name(list.registry(), node);
      switch (list.registry().nodes[static_cast<std::size_t>(node.value)].role) {
        case sim::NodeRole::kBroker: offer_broker(list, node, name); break;
        case sim::NodeRole::kZooKeeper:
        case sim::NodeRole::kController:
          offer_process(list, name, true);
          offer_network(list, node, name);
          break;
        case sim::NodeRole::kProducer:
          offer_process(list, name, false);
          list.add("Records", "Send one record", "produce " + name, "One record without a key, now.");
          list.add("Records", "Stop sending", "rate " + name + " 0", "The workload stops.");
          if (list.registry().producer(node).transactional_id.is_valid()) {
            list.add("Records", "Commit the transaction", "commit-transaction " + name, "commitTransaction(), now.");
            list.add("Records", "Abort the transaction", "abort-transaction " + name, "abortTransaction(), now.");
          }
          offer_network(list, node, name);
          break;
        case sim::NodeRole::kConsumer:
          offer_process(list, name, false);
          offer_slow(list, name);
          list.add("Group", "Leave the group", "leave " + name, "LeaveGroup and close: the others rebalance at once.");
          list.add("Group", "Start", "start " + name, "The consumer joins its group.");
          list.add("Group", "Application stops polling, 10 s", "stop-polling " + name + " 10s",
                   "Heartbeats go on; after max.poll.interval.ms it leaves the group.");
          list.add("Group", "Application polls again", "poll " + name, "The loop goes on.");
          offer_steering(list, node, name);
          list.add("Group", "Commit now", "commit " + name, "Commits the positions as they are.");
          offer_network(list, node, name);
          break;
        case sim::NodeRole::kAdmin: break;
      }
      break;
    }
    case view::EntityKind::kLink:
      if (exists(entity.a) && exists(entity.b)) {
        offer_link(list, NodeId(static_cast<std::int32_t>(entity.a)), NodeId(static_cast<std::int32_t>(entity.b)));
      }
      break;
    case view::EntityKind::kMessage: offer_message(list, entity.a); break;
    case view::EntityKind::kPartition:
    case view::EntityKind::kReplica:
    case view::EntityKind::kRecord: {
      const sim::TopicPartition id{sim::TopicId(static_cast<std::int32_t>(entity.a)),
                                   static_cast<std::int32_t>(entity.b)};
      const sim::PartitionWatch* watched = impl.run().watch.find(id);
      if (watched == nullptr || !watched->exists) {
        break;
      }
      const std::string name = list.registry().partition_name(id);
      const std::string& topic = list.registry().topics[static_cast<std::size_t>(id.topic.value)].name;
      const std::string leader = view::node_name(list.registry(), list.registry().node_of(watched->leader));
      list.add("Partition", "Crash the leader" + (watched->leader.is_valid() ? " (" + leader + ")" : ""),
               "crash " + leader, "The controller elects another one from the ISR, if there is one.", 'K',
               watched->leader.is_valid() ? "" : name + " has no leader.");
      list.add("Partition", "Elect the preferred leader", "elect-preferred " + name,
               "The first of the replica list leads again, if it is in sync.");
      list.add("Partition", "Elect uncleanly", "elect-unclean " + name,
               "A replica outside the ISR may lead: records may be lost.");
      offer_moves(list, *watched, id, exists(entity.c) ? NodeId(static_cast<std::int32_t>(entity.c)) : NodeId{});
      list.add("Topic", "Set min.insync.replicas to 1", "set " + topic + " min.insync.replicas 1",
               "acks=all is then satisfied by the leader alone.");
      list.add("Topic", "Allow unclean elections", "set " + topic + " unclean.leader.election.enable true",
               "Availability before durability.");
      if (entity.kind == view::EntityKind::kReplica && exists(entity.c)) {
        // Who clicks into the card of a broker may well mean the broker.
        const std::string host = view::node_name(list.registry(), NodeId(static_cast<std::int32_t>(entity.c)));
        offer_process(list, host, true, "Broker " + host);
      }
      break;
    }
    default: break;
  }
  return list.take();
}

}  // namespace kscope::session
