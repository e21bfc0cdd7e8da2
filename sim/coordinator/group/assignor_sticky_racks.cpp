#include "sim/coordinator/group/assignor_sticky_racks.h"

#include <algorithm>
#include <string>

namespace kscope::sim {
namespace {

constexpr std::int32_t kNoRack = -1;

// Names of racks as numbers: those of members only, since no other rack can match.
std::vector<std::string> racks_of_members(const AssignorInput& input) {
  std::vector<std::string> racks;
  for (const AssignorMember& member : input.members) {
    if (!member.rack.empty()) {
      racks.push_back(member.rack);
    }
  }
  std::sort(racks.begin(), racks.end());
  racks.erase(std::unique(racks.begin(), racks.end()), racks.end());
  return racks;
}

std::int32_t number_of(const std::vector<std::string>& racks, const std::string& rack) {
  const auto found = std::lower_bound(racks.begin(), racks.end(), rack);
  return found != racks.end() && *found == rack ? static_cast<std::int32_t>(found - racks.begin()) : kNoRack;
}

// The racks of the partition's replicas, sorted and each once.
std::vector<std::string> replica_racks(const AssignorInput& input, const StickyGroup& group, std::size_t rank) {
  const StickyPartition& partition = group.partitions[rank];
  const AssignorTopic& topic = input.topics[static_cast<std::size_t>(group.topics[partition.topic].place)];
  std::vector<std::string> racks;
  if (partition.exists && static_cast<std::size_t>(partition.number) < topic.replica_racks.size()) {
    racks = topic.replica_racks[static_cast<std::size_t>(partition.number)];
  }
  racks.erase(std::remove(racks.begin(), racks.end(), ""), racks.end());
  std::sort(racks.begin(), racks.end());
  racks.erase(std::unique(racks.begin(), racks.end()), racks.end());
  return racks;
}

}  // namespace

StickyRacks::StickyRacks(const AssignorInput& input, const StickyGroup& group) {
  const std::vector<std::string> known = racks_of_members(input);
  if (known.empty()) {
    return;
  }
  std::vector<std::size_t> members_in(known.size());
  for (const StickyMember& member : group.members) {
    const std::int32_t rack = number_of(known, input.members[static_cast<std::size_t>(member.place)].rack);
    rack_of_member_.push_back(rack);
    if (rack != kNoRack) {
      ++members_in[static_cast<std::size_t>(rack)];
    }
  }
  bool do_differ = false;
  std::vector<std::string> first;
  bool is_first = true;
  for (std::size_t rank = 0; rank < group.partitions.size(); ++rank) {
    const std::vector<std::string> racks = replica_racks(input, group, rank);
    std::vector<std::int32_t>& numbers = racks_of_partition_.emplace_back();
    std::size_t& near = members_near_.emplace_back();
    for (const std::string& rack : racks) {
      const std::int32_t number = number_of(known, rack);
      if (number != kNoRack) {
        numbers.push_back(number);
        near += members_in[static_cast<std::size_t>(number)];
      }
    }
    are_used_ = are_used_ || !numbers.empty();
    if (group.partitions[rank].exists) {
      do_differ = do_differ || (!is_first && racks != first);
      first = racks;
      is_first = false;
    }
  }
  are_used_ = are_used_ && do_differ;
}

bool StickyRacks::has_replica(std::size_t partition, std::int32_t rack) const {
  const std::vector<std::int32_t>& racks = racks_of_partition_[partition];
  return std::find(racks.begin(), racks.end(), rack) != racks.end();
}

bool StickyRacks::mismatch(std::size_t member, std::size_t partition) const {
  return are_used_ && rack_of_member_[member] != kNoRack && !has_replica(partition, rack_of_member_[member]);
}

bool StickyRacks::match(std::size_t member, std::size_t partition) const {
  return are_used_ && rack_of_member_[member] != kNoRack && has_replica(partition, rack_of_member_[member]);
}

std::vector<std::size_t> StickyRacks::rarest_first(std::vector<std::size_t> partitions) const {
  if (are_used_) {
    std::stable_sort(partitions.begin(), partitions.end(),
                     [&](std::size_t a, std::size_t b) { return members_near_[a] < members_near_[b]; });
  }
  return partitions;
}

}  // namespace kscope::sim
