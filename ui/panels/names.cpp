#include <fmt/format.h>

#include "ui/panels/panels.h"

namespace kscope::ui {

namespace {

// People know a record by where it lies; its own number is for machines.
std::string record_name(const view::Snapshot& s, const view::EntityRef& e) {
  for (const view::Partition& p : s.partitions) {
    if (p.topic != e.a || p.partition != e.b) {
      continue;
    }
    for (const view::Replica& r : p.replicas) {
      for (const view::Cell& cell : r.cells) {
        if (cell.record == e.c) {
          return fmt::format("record {} of {}", cell.offset, p.name);
        }
      }
    }
    return "a record of " + p.name;
  }
  return "a record";
}

}  // namespace

std::string name_of(const view::Snapshot& s, const view::EntityRef& e) {
  auto node = [&](std::int64_t id) -> std::string {
    for (const view::Node& n : s.nodes) {
      if (n.node == id) {
        return n.name;
      }
    }
    return {};
  };
  auto partition = [&]() -> std::string {
    for (const view::Partition& p : s.partitions) {
      if (p.topic == e.a && p.partition == e.b) {
        return p.name;
      }
    }
    return {};
  };
  switch (e.kind) {
    case view::EntityKind::kNone: return {};
    case view::EntityKind::kNode: return node(e.a);
    case view::EntityKind::kLink: return node(e.a) + " \u2013 " + node(e.b);
    case view::EntityKind::kTopic: return "topic";
    case view::EntityKind::kPartition: return partition();
    case view::EntityKind::kReplica: return partition() + " on " + node(e.c);
    case view::EntityKind::kRecord: return record_name(s, e);
    case view::EntityKind::kMessage:
      for (const view::InFlight& m : s.in_flight) {
        if (static_cast<std::int64_t>(m.message) == e.a) {
          return m.name;
        }
      }
      return fmt::format("message {}", e.a);
    case view::EntityKind::kGroup:
      for (const view::Group& g : s.groups) {
        if (g.group == e.a) {
          return g.name;
        }
      }
      return {};
    case view::EntityKind::kEvent: return fmt::format("event #{}", e.a);
    case view::EntityKind::kInvariant:
      return static_cast<std::size_t>(e.a) < s.invariants.size() ? s.invariants[static_cast<std::size_t>(e.a)].name
                                                                 : std::string();
  }
  return {};
}

}  // namespace kscope::ui
