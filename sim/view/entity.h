#pragma once
// EntityRef: names anything that can be pointed at on the screen, in a table or in a command: one selection, every view
// follows it. Plain numbers, so that it survives seeking and branching.

#include <compare>
#include <cstdint>

namespace kscope::view {

enum class EntityKind : std::uint8_t {
  kNone,
  kNode,       ///< a = node id: broker, ZooKeeper server, producer, consumer
  kLink,       ///< a, b = node ids
  kTopic,      ///< a = topic id
  kPartition,  ///< a = topic id, b = partition
  kReplica,    ///< a = topic id, b = partition, c = broker node
  kRecord,     ///< a = topic id, b = partition, c = record id
  kMessage,    ///< a = message number
  kGroup,      ///< a = group id
  kEvent,      ///< a = event number
  kInvariant,  ///< a = index of the invariant
};

struct EntityRef {
  EntityKind kind = EntityKind::kNone;
  std::int64_t a = -1;
  std::int64_t b = -1;
  std::int64_t c = -1;
  constexpr auto operator<=>(const EntityRef&) const = default;
  [[nodiscard]] constexpr bool is_set() const { return kind != EntityKind::kNone; }
};

}  // namespace kscope::view
