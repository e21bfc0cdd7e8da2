#pragma once
// Positions and epochs of the Kafka model. All epochs are different types, so that comparing a leader epoch with a
// controller epoch does not compile.

#include <cstdint>

#include "engine/core/strong.h"

namespace kscope::sim {

using Offset = Ordinal<struct OffsetTag, std::int64_t>;
using LeaderEpoch = Ordinal<struct LeaderEpochTag, std::int32_t>;
using ControllerEpoch = Ordinal<struct ControllerEpochTag, std::int32_t>;
using BrokerEpoch =
    Ordinal<struct BrokerEpochTag, std::int64_t>;  ///< czxid of the broker's registration znode (KIP-380)
using PartitionEpoch = Ordinal<struct PartitionEpochTag, std::int32_t>;  ///< zkVersion of the partition's state znode
using GenerationId = Ordinal<struct GenerationTag, std::int32_t>;
using ProducerEpoch = Ordinal<struct ProducerEpochTag, std::int16_t>;
using CoordinatorEpoch =
    Ordinal<struct CoordinatorEpochTag, std::int32_t>;  ///< leader epoch of the coordinator's partition
using ZnodeVersion = Ordinal<struct ZnodeVersionTag, std::int32_t>;
using Zxid = Ordinal<struct ZxidTag, std::int64_t>;  ///< epoch in the upper 32 bits, counter below

inline constexpr Offset kUnknownOffset{-1};
inline constexpr Offset kLatestOffset{-1};    ///< ListOffsets timestamp LATEST
inline constexpr Offset kEarliestOffset{-2};  ///< ListOffsets timestamp EARLIEST
inline constexpr LeaderEpoch kNoLeaderEpoch{-1};
inline constexpr ProducerEpoch kNoProducerEpoch{-1};
inline constexpr CoordinatorEpoch kNoCoordinatorEpoch{-1};
inline constexpr GenerationId kNoGeneration{-1};

}  // namespace kscope::sim
