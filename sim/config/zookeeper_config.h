#pragma once
// ZooKeeperConfig: the settings of a ZooKeeper server (zoo.cfg) that the model honours, with the defaults of
// Apache ZooKeeper 3.8, the version that Kafka 3.9 ships (initLimit and syncLimit, which have none there, as in its
// sample file). They are no Kafka configs and so stand in no table of Kafka's; the names are ZooKeeper's own
// (tickTime, initLimit, syncLimit, minSessionTimeout, maxSessionTimeout).

#include "engine/core/time.h"

#include <cstdint>
#include <optional>

namespace kscope::sim {

struct ZooKeeperConfig {
  /// The unit of ZooKeeper's time: heartbeats and the limits below count in it.
  Duration tick_time = 3000ms;
  /// Ticks that a follower may take to connect and catch up with a new leader.
  std::int32_t init_limit = 10;
  /// Ticks that a follower may stay silent before the leader drops it, and the other way round.
  std::int32_t sync_limit = 5;
  std::optional<Duration> min_session_timeout_setting;
  std::optional<Duration> max_session_timeout_setting;

  bool operator==(const ZooKeeperConfig&) const = default;

  /// Shortest session timeout that a client gets; two ticks without a setting.
  [[nodiscard]] Duration min_session_timeout() const { return min_session_timeout_setting.value_or(2 * tick_time); }
  /// Longest session timeout that a client gets; twenty ticks without a setting.
  [[nodiscard]] Duration max_session_timeout() const { return max_session_timeout_setting.value_or(20 * tick_time); }
  /// The timeout that a client gets when it asks for `requested`. Source: ZooKeeperServer, ZooKeeper 3.8.
  [[nodiscard]] Duration negotiated_session_timeout(Duration requested) const {
    if (requested < min_session_timeout()) {
      return min_session_timeout();
    }
    return requested > max_session_timeout() ? max_session_timeout() : requested;
  }
};

}  // namespace kscope::sim
