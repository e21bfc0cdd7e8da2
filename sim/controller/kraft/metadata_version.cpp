#include "sim/controller/kraft/metadata_version.h"

#include <array>
#include <cstddef>

#include "engine/core/check.h"

namespace kscope::sim::kraft {
namespace {

// In the order of the feature levels, from level 1 on.
constexpr std::array<std::string_view, 23> kNames = {"3.0-IV1", "3.1-IV0", "3.2-IV0", "3.3-IV0", "3.3-IV1", "3.3-IV2",
                                                     "3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0",
                                                     "3.6-IV1", "3.6-IV2", "3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3",
                                                     "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1"};
static_assert(kNames.size() == static_cast<std::size_t>(kLatestMetadataVersion));

}  // namespace

std::optional<MetadataVersion> metadata_version_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) {
      return static_cast<MetadataVersion>(i + 1);
    }
  }
  return std::nullopt;
}

std::string_view name_of(MetadataVersion version) {
  const auto level = static_cast<std::size_t>(version);
  KSCOPE_CHECK(level >= 1 && level <= kNames.size(), "no such metadata version");
  return kNames[level - 1];
}

}  // namespace kscope::sim::kraft
