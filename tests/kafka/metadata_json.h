#pragma once
// Structs of the metadata log as JSON in the form that Kafka's own converters give: camel case, UUIDs in URL-safe base64,
// enums and ids as numbers.

#include <nlohmann/json.hpp>

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/types/uuid.h"

namespace kscope::sim::kafka_data {

/// As Uuid.toString, Kafka 3.9: 16 bytes in base64 without padding, '-' and '_' for '+' and '/'.
inline std::string base64(const Uuid& uuid) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::vector<std::uint8_t> bytes;
  for (const std::int64_t half : {uuid.most_significant_bits, uuid.least_significant_bits}) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(half) >> shift));
    }
  }
  std::string text;
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 6) {
    unsigned digit = 0;
    for (std::size_t i = bit; i < bit + 6; ++i) {
      const unsigned value = i < bytes.size() * 8 ? (bytes[i / 8] >> (7 - i % 8)) & 1U : 0U;
      digit = digit << 1 | value;
    }
    text += kDigits[digit];
  }
  return text;
}

inline std::string camel_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_') {
      ++i;
      out += static_cast<char>(name[i] - 'a' + 'A');
    } else {
      out += name[i];
    }
  }
  return out;
}

template <class T>
nlohmann::json to_json_value(const T& value) {
  if constexpr (std::is_same_v<T, Uuid>) {
    return base64(value);
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<std::int64_t>(value);
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (requires { value.has_value(); }) {
    return value.has_value() ? to_json_value(*value) : nlohmann::json(nullptr);
  } else if constexpr (requires { T::kFieldCount; }) {
    nlohmann::json object = nlohmann::json::object();
    value.visit_fields([&](std::string_view name, const auto& field) {
      if constexpr (std::is_same_v<std::decay_t<decltype(field)>, std::uint64_t>) {
        object["value"] = std::bit_cast<double>(field);  // the only one: the bits of a quota's value
      } else {
        object[camel_case(name)] = to_json_value(field);
      }
    });
    return object;
  } else if constexpr (requires { value.value; }) {
    return value.value;
  } else {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& item : value) {
      list.push_back(to_json_value(item));
    }
    return list;
  }
}

}  // namespace kscope::sim::kafka_data
