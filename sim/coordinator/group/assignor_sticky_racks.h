#pragma once
// Who is in which rack, for the sticky assignors. Racks only count when some member is in a rack that has replicas and
// the partitions do not all have replicas in the same racks; otherwise everybody matches everything.
// Models RackInfo in AbstractStickyAssignor of Kafka 3.9; KIP-881.

#include "sim/coordinator/group/assignor_sticky.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kscope::sim {

class StickyRacks {
 public:
  /// Cost: O(partitions x replicas x log racks).
  StickyRacks(const AssignorInput& input, const StickyGroup& group);

  [[nodiscard]] bool are_used() const { return are_used_; }

  /// Whether the member tells its rack and the partition has no replica there.
  [[nodiscard]] bool mismatch(std::size_t member, std::size_t partition) const;

  /// Whether the member tells its rack and the partition has a replica there. Without racks neither this nor
  /// mismatch().
  [[nodiscard]] bool match(std::size_t member, std::size_t partition) const;

  /// The partitions, those first that the fewest members have in their rack; as they were without racks.
  [[nodiscard]] std::vector<std::size_t> rarest_first(std::vector<std::size_t> partitions) const;

 private:
  [[nodiscard]] bool has_replica(std::size_t partition, std::int32_t rack) const;

  bool are_used_ = false;
  std::vector<std::int32_t> rack_of_member_;                   // kNoRack: unknown
  std::vector<std::vector<std::int32_t>> racks_of_partition_;  // sorted
  std::vector<std::size_t> members_near_;                      // by partition
};

}  // namespace kscope::sim
