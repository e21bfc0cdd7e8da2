// What the things on the stage are, for somebody who sees them for the first time.
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

std::string_view meaning_of_node(view::NodeRole role) {
  switch (role) {
    case view::NodeRole::kBroker:
      return "A broker: a Kafka server. It keeps copies of partitions on its disk; for those that it leads (crown) it "
             "takes every write and read. One broker is the controller (C): it decides who leads what. "
             "Configs: num.io.threads, replica.lag.time.max.ms.";
    case view::NodeRole::kZooKeeper:
      return "A ZooKeeper server: keeps which brokers are alive and who leads which partition. A broker counts as "
             "alive "
             "while its session lives. Config: zookeeper.session.timeout.ms.";
    case view::NodeRole::kProducer:
      return "A producer: an application that sends records. It gathers them in batches and waits for an answer as "
             "acks "
             "asks. Configs: acks, linger.ms, batch.size, retries, delivery.timeout.ms.";
    case view::NodeRole::kConsumer:
      return "A consumer: an application that reads records, together with the other members of its group. It commits "
             "how far it is, so that another member can go on from there. Configs: session.timeout.ms, "
             "max.poll.interval.ms, enable.auto.commit.";
    case view::NodeRole::kController:
      return "A controller of the KRaft quorum: it keeps a copy of the metadata log. The one that a majority elected "
             "(crown) "
             "is active: it decides who leads what. Config: controller.quorum.voters.";
    case view::NodeRole::kAdmin: return "The administrator's client: it creates topics and asks for elections.";
  }
  return "";
}

std::string_view meaning_of_message(view::MessageFamily family) {
  switch (family) {
    case view::MessageFamily::kProduce:
      return "A Produce request carries records from a producer to a leader; its response says at which offset they "
             "are, or why they were refused.";
    case view::MessageFamily::kFetch:
      return "A Fetch request asks a leader for records from an offset on. Consumers read with it, and followers copy "
             "with it: the offset that a follower asks for tells the leader what it has.";
    case view::MessageFamily::kGroup:
      return "The protocol of a consumer group with its coordinator: who joins, who gets which partition, what is "
             "committed.";
    case view::MessageFamily::kController:
      return "From or to the controller: who leads a partition from now on, and who is in sync.";
    case view::MessageFamily::kMetadata: return "Asks a broker who leads what, so that a client knows where to go.";
    case view::MessageFamily::kHeartbeat: return "A heartbeat: \u201cI am still here.\u201d";
    case view::MessageFamily::kZooKeeper: return "Between a broker and ZooKeeper, or between ZooKeeper servers.";
  }
  return "";
}

}  // namespace

std::string_view meaning_of(const view::Snapshot& s, const view::EntityRef& e) {
  switch (e.kind) {
    case view::EntityKind::kNode:
      for (const view::Node& n : s.nodes) {
        if (n.node == e.a) {
          return meaning_of_node(n.role);
        }
      }
      return "";
    case view::EntityKind::kMessage:
      for (const view::InFlight& m : s.in_flight) {
        if (static_cast<std::int64_t>(m.message) == e.a) {
          return meaning_of_message(m.family);
        }
      }
      return "A message that is no longer under way.";
    case view::EntityKind::kReplica:
      return "A replica: one copy of a partition's log, oldest record on the left. Solid cells are below the high "
             "watermark: every in-sync replica has them, consumers may read them. Dashed ones are not yet. "
             "Configs: replication.factor, min.insync.replicas.";
    case view::EntityKind::kRecord:
      return "A record: a key and a value at an offset. Records with the same key have the same colour and lie in the "
             "same partition, so they stay in order.";
    case view::EntityKind::kPartition:
      return "A partition: a log of records in order, kept by several brokers, one of which leads.";
    case view::EntityKind::kGroup:
      return "A consumer group: its members share the partitions; each partition is read by one of them. When members "
             "come or go, the group rebalances. Configs: partition.assignment.strategy, session.timeout.ms.";
    case view::EntityKind::kLink:
      return "The connection between two machines: what is sent arrives in order, or the connection breaks.";
    default: return "";
  }
}

}  // namespace kscope::ui
