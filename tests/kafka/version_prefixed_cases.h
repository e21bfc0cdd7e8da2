#pragma once
// Cases of messages that begin with their version: their bytes, and their fields as JSON. Both are held against each other
// through the struct, and damaged bytes against the promise that they are an error or another message, never a crash.

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "engine/core/rng.h"
#include "sim/protocol/version_prefixed.h"
#include "tests/kafka/kafka_data.h"
#include "tests/kafka/message_json.h"

namespace kscope::sim::kafka_data {

/// bytes -> struct -> the same bytes; JSON -> struct -> the same bytes.
template <class T>
void expect_same_both_ways(const nlohmann::json& example) {
  const std::vector<std::uint8_t> bytes = from_hex(example.at("bytes_hex_version_prefixed").get<std::string>());
  const Result<wire::Versioned<T>> read = wire::from_version_prefixed_bytes<T>(bytes);
  ASSERT_TRUE(read.has_value()) << read.error().text;
  EXPECT_EQ(read->version, example.at("version").get<int>());
  EXPECT_EQ(wire::to_version_prefixed_bytes(read->message, read->version), bytes);
  T message;
  from_json_value(example.at("body"), message);
  EXPECT_EQ(read->message, message) << describe(read->message);
  EXPECT_EQ(wire::to_version_prefixed_bytes(message, read->version), bytes);
}

/// Every prefix is an error, and so is a byte more; whatever can still be read after bits were flipped can be written and
/// read again.
template <class T>
void expect_damage_is_safe(const nlohmann::json& example) {
  const std::vector<std::uint8_t> bytes = from_hex(example.at("bytes_hex_version_prefixed").get<std::string>());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(wire::from_version_prefixed_bytes<T>(std::span(bytes).first(size))) << "cut to " << size << " bytes";
  }
  std::vector<std::uint8_t> longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(wire::from_version_prefixed_bytes<T>(longer)) << "a byte more";
  Rng rng(example.at("case").get<std::uint64_t>(), 0);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::uint8_t> damaged = bytes;
    const std::uint64_t flips = 1 + rng.next() % 3;
    for (std::uint64_t i = 0; i < flips; ++i) {
      const std::size_t at = rng.next() % damaged.size();
      damaged[at] = static_cast<std::uint8_t>(round % 2 == 0 ? damaged[at] ^ (1U << rng.next() % 8) : rng.next());
    }
    const Result<wire::Versioned<T>> read = wire::from_version_prefixed_bytes<T>(damaged);
    if (read) {
      const std::vector<std::uint8_t> written = wire::to_version_prefixed_bytes(read->message, read->version);
      const Result<wire::Versioned<T>> again = wire::from_version_prefixed_bytes<T>(written);
      ASSERT_TRUE(again.has_value()) << again.error().text;
      EXPECT_EQ(*again, *read);
    }
  }
}

/// Calls check.template operator()<T>(example) for each case with its type T, one of `Types`. A case of another type is a
/// failed test.
template <class... Types, class Check>
void for_each_case(std::string_view file, std::tuple<Types...>*, Check check) {
  for (const nlohmann::json& example : read_jsonl(file)) {
    const std::string type = example.at("type").get<std::string>();
    bool is_known = false;
    const auto try_one = [&]<class T>(T*) {
      if (T::kTypeName == type) {
        is_known = true;
        check.template operator()<T>(example);
      }
    };
    (try_one(static_cast<Types*>(nullptr)), ...);
    EXPECT_TRUE(is_known) << "no such type";
    ASSERT_FALSE(testing::Test::HasFailure()) << "case " << example.at("case") << " " << type;
  }
}

}  // namespace kscope::sim::kafka_data
