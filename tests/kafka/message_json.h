#pragma once
// Messages as JSON in the form that Kafka's own converters give, both ways: camel case, UUIDs in URL-safe base64, bytes in
// base64 with padding. Fields that a version does not have are absent, and so are tagged fields with their default.

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/types/uuid.h"
#include "tests/kafka/metadata_json.h"

namespace kscope::sim::kafka_data {

/// The bits of base64 digits of either alphabet, as whole bytes; padding is left out.
inline std::vector<std::uint8_t> from_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::uint8_t> bytes;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char character : text) {
    const char digit = character == '-' ? '+' : character == '_' ? '/' : character;
    const std::size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) {
      EXPECT_EQ(digit, '=');
      continue;
    }
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffffU;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>(bits >> count));
    }
  }
  return bytes;
}

/// Takes `json` into `value`; fields that it does not name keep theirs. Names that no field has are a test failure.
template <class T>
void from_json_value(const nlohmann::json& json, T& value) {
  if constexpr (std::is_same_v<T, Uuid>) {
    const std::vector<std::uint8_t> bytes = from_base64(json.get<std::string>());
    ASSERT_EQ(bytes.size(), 16U);
    std::uint64_t halves[2] = {0, 0};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      halves[i / 8] = halves[i / 8] << 8 | bytes[i];
    }
    value = Uuid{static_cast<std::int64_t>(halves[0]), static_cast<std::int64_t>(halves[1])};
  } else if constexpr (std::is_same_v<T, std::vector<std::uint8_t>>) {
    value = from_base64(json.get<std::string>());
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
    value = json.get<T>();
  } else if constexpr (requires { value.has_value(); }) {
    value = std::nullopt;
    if (!json.is_null()) {
      from_json_value(json, value.emplace());
    }
  } else if constexpr (requires { T::kFieldCount; }) {
    std::size_t found = 0;
    value.visit_fields([&]<class Field>(std::string_view name, const Field& field) {
      const auto at = json.find(camel_case(name));
      if (at != json.end()) {
        ++found;
        from_json_value(*at, const_cast<Field&>(field));  // `value` itself can be written
      }
    });
    EXPECT_EQ(found, json.size()) << T::kTypeName << " lacks a field of " << json.dump();
  } else {
    value.clear();
    for (const nlohmann::json& item : json) {
      from_json_value(item, value.emplace_back());
    }
  }
}

}  // namespace kscope::sim::kafka_data
