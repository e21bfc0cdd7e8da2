#pragma once
// The vocabulary behind Condition: which arguments each quantity takes and what kind of value it gives, so that
// `leader(orders-0) == Stable` is an error before the run and not a silent "false" in it.

#include <cstdint>
#include <span>

#include "sim/scenario/condition.h"

namespace kscope::scenario {

enum class ArgumentKind : std::uint8_t {
  kNothing,
  kPartition,
  kPartitions,  ///< a partition, or every one of a topic: orders-*
  kMaybePartition,
  kMaybeBroker,  ///< a broker's id or name
  kNode,
  kBrokerNode,
  kGroup,
  kMaybeProducer,
  kGroupOrConsumer,
  kMaybeInvariant,
  kNote,
};

enum class ValueKind : std::uint8_t { kNumber, kDuration, kId, kList, kGroupState, kConsumer };

struct QuantityDef {
  QuantityInfo info;
  ArgumentKind first = ArgumentKind::kNothing;
  ArgumentKind second = ArgumentKind::kNothing;
  ValueKind value = ValueKind::kNumber;
};
[[nodiscard]] std::span<const QuantityDef> quantity_defs();
[[nodiscard]] ValueKind value_kind(Quantity quantity);

}  // namespace kscope::scenario
