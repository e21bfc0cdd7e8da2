#pragma once
// What tests that build their own small registry call its first topic, its partitions and its first group.

#include "sim/types/ids.h"

namespace kscope::sim {

inline constexpr TopicId kOrders{1};
inline constexpr TopicPartition kOrders0{kOrders, 0};
inline constexpr TopicPartition kOrders1{kOrders, 1};
inline constexpr GroupId kBilling{0};

}  // namespace kscope::sim
