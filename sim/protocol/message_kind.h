#pragma once
// The number of a message kind, as Message::kind() gives it, known when compiling.

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include "sim/protocol/message.h"

namespace kscope::sim {

/// Index of `Body` among the alternatives of MessageBody. Requires: it is one of them.
template <class Body>
constexpr std::uint16_t message_kind() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    std::size_t index = kMessageKindCount;
    ((std::is_same_v<Body, std::variant_alternative_t<I, MessageAlternatives>> ? void(index = I) : void()), ...);
    return static_cast<std::uint16_t>(index);
  }
  (std::make_index_sequence<kMessageKindCount>{});
}

}  // namespace kscope::sim
