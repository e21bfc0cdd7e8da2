#pragma once
// Teller: makes one sentence of a note. Used by this folder's files only.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "sim/explain/beats.h"

namespace kscope::sim {

using view::BeatKind;
using view::EntityKind;
using view::EntityRef;

inline EntityRef about_partition(TopicPartition p) { return {EntityKind::kPartition, p.topic.value, p.partition, -1}; }
inline EntityRef about_replica(TopicPartition p, NodeId node) {
  return {EntityKind::kReplica, p.topic.value, p.partition, node.value};
}
inline EntityRef about_node(NodeId node) { return {EntityKind::kNode, node.value, -1, -1}; }
inline EntityRef about_group(GroupId group) { return {EntityKind::kGroup, group.value, -1, -1}; }

/// Collects what the texts need, so that each case below is one sentence.
class Teller {
 public:
  Teller(const Note& note, const Event& event, const Registry& registry)
      : note_(note), event_(event), registry_(registry) {}

  std::optional<view::Beat> tell() const;

 private:
  view::Beat beat(BeatKind kind, int rank, EntityRef about, std::string text) const {
    view::Beat out;
    out.event = event_.number;
    out.time = event_.time;
    out.kind = kind;
    out.rank = rank;
    out.text = std::move(text);
    out.about = about;
    return out;
  }
  std::string partition() const { return registry_.partition_name(note_.partition); }
  std::string node(NodeId id) const {
    return id.is_valid() ? registry_.nodes.at(static_cast<std::size_t>(id.value)).name : "nobody";
  }
  std::string self() const { return node(event_.node); }
  std::string broker(std::int64_t id) const {
    const NodeId found = registry_.node_of_replica(BrokerId(static_cast<std::int32_t>(id)));
    return found.is_valid() ? node(found) : "no broker";
  }
  std::string broker() const { return broker(note_.broker.value); }
  std::string group() const {
    return note_.group.is_valid() ? registry_.groups.at(static_cast<std::size_t>(note_.group.value)).name : "?";
  }
  static std::string records(std::int64_t count) { return count == 1 ? "1 record" : fmt::format("{} records", count); }
  std::string isr(const BrokerSet& brokers) const {
    std::string out;
    for (std::size_t i = 0; i < registry_.broker_nodes.size(); ++i) {
      if (brokers.contains(i)) {
        out += (out.empty() ? "" : ", ") + node(registry_.broker_nodes[i]);
      }
    }
    return out.empty() ? "nobody" : out;
  }
  static std::string error(std::int64_t code) { return std::string(name(static_cast<ErrorCode>(code))); }

  std::optional<view::Beat> tell_records() const;
  std::optional<view::Beat> tell_replication() const;
  std::optional<view::Beat> tell_controller() const;
  std::optional<view::Beat> tell_groups() const;
  std::optional<view::Beat> tell_txn_offset() const;
  std::optional<view::Beat> tell_transactions() const;
  std::string leader_text() const;
  std::string refused_isr_text() const;
  std::string truncation_text() const;
  std::string static_member_text() const;
  std::string expired_offset_text() const;
  bool has_members_with(GroupProtocol protocol) const;
  std::string joined_text() const;
  std::string assigned_text() const;
  std::string migrated_text() const;
  std::string deletion_text() const;
  std::string reassignment_text() const;
  std::string read_replica_text() const;
  std::optional<view::Beat> tell_failed_election() const;

  const Note& note_;
  const Event& event_;
  const Registry& registry_;
};

}  // namespace kscope::sim
