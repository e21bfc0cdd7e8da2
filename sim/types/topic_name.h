#pragma once
// What Kafka accepts as the name of a topic, and which two names it does not accept side by side: metrics show '.' as '_',
// so that `a.b` and `a_b` would be one. Source: org.apache.kafka.common.internals.Topic, Kafka 3.9.

#include <cstddef>
#include <string>
#include <string_view>

namespace kscope::sim {

inline constexpr std::size_t kMaxTopicNameLength = 249;

/// Why the name is refused, in Kafka's words; "" for a good one. Cost: O(length).
[[nodiscard]] std::string topic_name_problem(std::string_view name);

/// Whether the two names are one in the names of metrics. A name collides with itself. Cost: O(length).
[[nodiscard]] bool topic_names_collide(std::string_view a, std::string_view b);

}  // namespace kscope::sim
