#pragma once
// What the coordinator's configuration says about one consumer group (KIP-848), and the assignors it may be told to use.
// The values are resolved already: group configs override those of the broker.
// Source: GroupCoordinatorConfig, GroupMetadataManager (Kafka 3.9).

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"

namespace kscope::sim::consumer_group {

/// The assignors that a broker has built in, in the order of their names: of equally popular ones the first is taken.
enum class ServerAssignor : std::uint8_t { kRange, kUniform };
inline constexpr std::size_t kServerAssignorCount = 2;

/// The name under which it stands in group.consumer.assignors and in the request: "range", "uniform".
[[nodiscard]] std::string_view to_string(ServerAssignor assignor);
/// None: no assignor has this name.
[[nodiscard]] std::optional<ServerAssignor> server_assignor_named(std::string_view name);

struct ConsumerGroupConfig {
  Duration session_timeout{45s};                                     ///< group.consumer.session.timeout.ms
  Duration heartbeat_interval{5s};                                   ///< group.consumer.heartbeat.interval.ms
  std::int32_t max_size = std::numeric_limits<std::int32_t>::max();  ///< group.consumer.max.size, members
  bool is_upgrade_enabled = false;    ///< group.consumer.migration.policy = upgrade or bidirectional
  bool is_downgrade_enabled = false;  ///< group.consumer.migration.policy = downgrade or bidirectional
  std::int32_t classic_max_size = std::numeric_limits<std::int32_t>::max();  ///< group.max.size, members
  /// group.consumer.assignors; not empty, the first is the default.
  std::vector<ServerAssignor> assignors{ServerAssignor::kUniform, ServerAssignor::kRange};
  /// How long the topics are not looked at again when nobody says that they changed. Kafka has no key for it: 24 days.
  Duration metadata_refresh_interval = std::chrono::milliseconds(std::numeric_limits<std::int32_t>::max());
  KSCOPE_FIELDS(ConsumerGroupConfig, session_timeout, heartbeat_interval, max_size, is_upgrade_enabled,
                is_downgrade_enabled, classic_max_size, assignors, metadata_refresh_interval);
};

}  // namespace kscope::sim::consumer_group
