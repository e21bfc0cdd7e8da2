// Offers: what a right click can do to an entity. Whether it would do anything is asked of the same guards that the
// simulator uses when it does it.
#include <fmt/format.h>

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
    case FaultRefusal::kSameNode: return "A node always reaches itself.";
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
  [[nodiscard]] std::vector<ActionOffer> take() { return std::move(offers_); }
  [[nodiscard]] const sim::World& world() const { return impl_.run().world; }
  [[nodiscard]] const sim::Registry& registry() const { return world().registry(); }

 private:
  /// What the guards say of the act that the script line stands for; "" = it acts.
  [[nodiscard]] std::string why_not(const std::string& script) const {
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
        const NodeId node = std::get<sim::Command>(input).node;
        return node.is_valid() && !world().process(node).is_up ? view::node_name(registry(), node) + " is down."
                                                               : std::string();
      }
      last = world().refusal(*fault);
      if (last == FaultRefusal::kNone) {
        return {};
      }
    }
    return refusal_text(last, action->node);
  }

  const Session::Impl& impl_;
  scenario::Names names_;
  std::vector<ActionOffer> offers_;
};

void offer_process(OfferList& list, const std::string& name, bool is_server) {
  list.add("Process", "Crash (kill -9)", "crash " + name,
           "The process dies at once; what it wrote to the page cache survives.", 'K');
  if (is_server) {
    list.add("Process", "Power loss", "power-loss " + name, "The machine dies: what was not flushed to disk is gone.");
    list.add("Process", "Shut down cleanly", "shutdown " + name, "It hands over what it leads, then stops.");
  }
  list.add("Process", "Restart", "restart " + name, "The process starts again from what its disk has.", 'R');
  list.add("Process", "Pause 10 s", "pause " + name + " 10s",
           "A long garbage collection: everything waits, others may give up on it.", 'P');
  list.add("Process", "Resume", "resume " + name, "What waited is handled now, in order.");
}

void offer_broker(OfferList& list, NodeId node, const std::string& name) {
  offer_process(list, name, true);
  const sim::Broker* broker = find_broker(list.world(), node);
  list.add("ZooKeeper", "Expire the session", "expire-session " + name,
           "The ensemble ends the broker's session: its registration vanishes.", 0,
           broker == nullptr          ? name + " is down."
           : broker->zk.has_session() ? ""
                                      : name + " has no session.");
  for (const NodeId other : list.registry().broker_nodes) {
    if (other != node) {
      const std::string peer = view::node_name(list.registry(), other);
      list.add("Network", "Cut from " + peer, "cut " + name + " " + peer,
               "Nothing passes either way until it is healed.", 'L');
    }
  }
  for (const NodeId other : list.registry().broker_nodes) {
    if (other != node) {
      const std::string peer = view::node_name(list.registry(), other);
      list.add("Network", "Cannot reach " + peer, "cut-one-way " + name + " " + peer,
               "One direction is cut; the other still works.");
    }
  }
  for (const NodeId other : list.registry().broker_nodes) {
    if (other != node) {
      const std::string peer = view::node_name(list.registry(), other);
      list.add("Network", "Heal link to " + peer, "heal " + name + " " + peer, "What waited arrives, in order.");
    }
  }
  for (const NodeId other : list.registry().broker_nodes) {
    if (other != node) {
      const std::string peer = view::node_name(list.registry(), other);
      list.add("Network", "Delay to " + peer + " +80 ms", "delay " + name + " " + peer + " 80ms",
               "Every message takes longer.");
    }
  }
  list.add("Disk", "Slow disk (50x)", "disk-slow " + name + " 50",
           "Writes and flushes take longer; followers may fall behind.");
  list.add("Disk", "Disk full", "disk-full " + name, "Appends are refused.");
  list.add("Disk", "Disk well again", "disk-ok " + name, "Speed and space are back to normal.");
  list.add("Clock", "Clock jumps 5 s", "clock-step " + name + " 5s", "Only what the node's own clock shows changes.");
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
  list.add("Network", "Stall 3 s", "stall " + left + " " + right + " 3s",
           "Nothing arrives for so long, then everything, in order.");
  list.add("Network", "20 % loss", "loss " + left + " " + right + " 20",
           "TCP retransmits: some messages come much later.");
  list.add("Network", "Reset the connection", "reset " + left + " " + right,
           "What is in flight is lost; both ends see it.", 'X');
  list.add("Network", "Heal", "heal " + left + " " + right, "What waited arrives, in order.");
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
        case sim::NodeRole::kZooKeeper: offer_process(list, name, true); break;
        case sim::NodeRole::kProducer:
          offer_process(list, name, false);
          list.add("Records", "Send one record", "produce " + name, "One record without a key, now.");
          list.add("Records", "Stop sending", "rate " + name + " 0", "The workload stops.");
          break;
        case sim::NodeRole::kConsumer:
          offer_process(list, name, false);
          list.add("Group", "Leave the group", "leave " + name, "LeaveGroup and close: the others rebalance at once.");
          list.add("Group", "Start", "start " + name, "The consumer joins its group.");
          list.add("Group", "Application stops polling, 10 s", "stop-polling " + name + " 10s",
                   "Heartbeats go on; after max.poll.interval.ms it leaves the group.");
          list.add("Group", "Application polls again", "poll " + name, "The loop goes on.");
          list.add("Group", "Commit now", "commit " + name, "Commits the positions as they are.");
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
    case view::EntityKind::kMessage:
      list.add("Network", "Break the connection here", fmt::format("drop {}", entity.a),
               "This message and what is behind it is lost; both ends see the connection close.", 'X');
      break;
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
      list.add("Topic", "Set min.insync.replicas to 1", "set " + topic + " min.insync.replicas 1",
               "acks=all is then satisfied by the leader alone.");
      list.add("Topic", "Allow unclean elections", "set " + topic + " unclean.leader.election.enable true",
               "Availability before durability.");
      break;
    }
    default: break;
  }
  return list.take();
}

}  // namespace kscope::session
