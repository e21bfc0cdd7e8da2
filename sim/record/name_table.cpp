#include "sim/record/name_table.h"

#include <fmt/format.h>

#include "sim/record/kind_names.h"

namespace kscope::record {
namespace {

/// More names than any cluster of ours has; a hostile file must not fill the memory.
constexpr std::int64_t kMaxNames = 200'000;

/// To the nanosecond: "2.000500000 s".
std::string exact_seconds(SimTime time) {
  const std::int64_t at = nanos(time);
  return fmt::format("{}.{:09} s", at / 1'000'000'000, at % 1'000'000'000);
}

}  // namespace

Result<NameTable> NameTable::load(Database& database) {
  NameTable out;
  Result<Statement> nodes = database.prepare("SELECT id, name FROM node LIMIT " + std::to_string(kMaxNames));
  if (!nodes) {
    return nodes.error();
  }
  Statement::Step step = nodes->step();
  for (; step == Statement::Step::kRow; step = nodes->step()) {
    out.nodes_[nodes->integer(0)] = nodes->text(1);
  }
  if (step == Statement::Step::kFailed) {
    return database.error();
  }
  Result<Statement> kinds = database.prepare("SELECT domain, id, name FROM kind LIMIT " + std::to_string(kMaxNames));
  if (!kinds) {
    return kinds.error();
  }
  step = kinds->step();
  for (; step == Statement::Step::kRow; step = kinds->step()) {
    out.kinds_[{kinds->text(0), kinds->integer(1)}] = kinds->text(2);
  }
  if (step == Statement::Step::kFailed) {
    return database.error();
  }
  return out;
}

NameTable NameTable::of(const sim::Registry& registry) {
  NameTable out;
  for (std::size_t i = 0; i < registry.nodes.size(); ++i) {
    out.nodes_[static_cast<std::int64_t>(i)] = registry.nodes[i].name;
  }
  for (const Row& row : rows_of_kinds()) {
    const auto& domain = std::get<std::string>(row.values[0]);
    out.kinds_[{domain, std::get<std::int64_t>(row.values[1])}] = std::get<std::string>(row.values[2]);
  }
  return out;
}

std::string NameTable::node(NodeId node) const {
  if (!node.is_valid()) {
    return {};
  }
  const auto found = nodes_.find(node.value);
  return found == nodes_.end() ? fmt::format("node {}", node.value) : found->second;
}

std::string NameTable::kind(std::string_view domain, std::int64_t id) const {
  const auto found = kinds_.find(std::pair<std::string, std::int64_t>(domain, id));
  return found == kinds_.end() ? fmt::format("{} {}", domain, id) : found->second;
}

std::string NameTable::what(const TraceEvent& event) const {
  switch (event.kind) {
    case EventKind::kDelivery: return kind("message", event.what);
    case EventKind::kTimer: return kind("timer", event.what);
    case EventKind::kCommand: return kind("command", event.what);
    case EventKind::kFault: return kind("fault", event.what);
    case EventKind::kStart:
    case EventKind::kDiskDone:
    case EventKind::kDisconnect: break;
  }
  return kind("event", static_cast<std::int64_t>(event.kind));
}

std::string NameTable::sentence(const TraceEvent& event) const {
  std::string out = fmt::format("event {} at {}: ", event.number, exact_seconds(event.time));
  const std::string self = event.node.is_valid() ? node(event.node) : "the cluster";
  switch (event.kind) {
    case EventKind::kDelivery:
      out += fmt::format("{} gets message {} ({}, {} bytes, sent at {}) from {}", self, event.message, what(event),
                         event.size_bytes, exact_seconds(event.sent_at), node(event.peer));
      break;
    case EventKind::kTimer: out += fmt::format("timer \"{}\" of {}", what(event), self); break;
    case EventKind::kDiskDone: out += fmt::format("a flush of {} ends", self); break;
    case EventKind::kDisconnect:
      out += fmt::format("{} sees its connection to {} closed", self, node(event.peer));
      break;
    case EventKind::kStart: out += fmt::format("{} starts", self); break;
    case EventKind::kCommand: out += fmt::format("command {} for {}", what(event), self); break;
    case EventKind::kFault:
      out +=
          fmt::format("fault {} for {}{}", what(event), self, event.peer.is_valid() ? " and " + node(event.peer) : "");
      break;
  }
  out += fmt::format(", content {:08x}", event.digest);
  out += event.cause == 0 ? "; from the script" : fmt::format("; caused by event {}", event.cause);
  return out;
}

}  // namespace kscope::record
