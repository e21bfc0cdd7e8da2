#pragma once
// Messages that stand alone in a record or in a field of bytes: their version in two bytes, then the fields of that version.
// A message type says which versions there are: kMinVersion, kMaxVersion, and kFirstFlexibleVersion (KIP-482), or
// kNeverFlexible. Source: Kafka 3.9 MessageUtil.toVersionPrefixedBytes and its readers.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "engine/core/result.h"
#include "sim/protocol/wire_format.h"

namespace kscope::sim::wire {

inline constexpr std::int16_t kNeverFlexible = INT16_MAX;

/// A message as it was read: with its version, the same bytes can be written again.
template <class T>
struct Versioned {
  T message{};
  std::int16_t version = 0;
  bool operator==(const Versioned&) const = default;
};

template <class T>
constexpr Encoding encoding_of(std::int16_t version) {
  return {version, version >= T::kFirstFlexibleVersion};
}

/// The bytes of a message. Requires: the type has this version. Fields that the version does not know are left out.
template <class T>
[[nodiscard]] std::vector<std::uint8_t> to_version_prefixed_bytes(const T& message, std::int16_t version) {
  KSCOPE_CHECK(version >= T::kMinVersion, "the message has no version that old");
  KSCOPE_CHECK(version <= T::kMaxVersion, "the message has no version that new");
  std::vector<std::uint8_t> out;
  Writer writer(out, encoding_of<T>(version));
  writer.value(version);
  writer.value(message);
  return out;
}

/// The version that the bytes begin with. Errors: fewer than two bytes.
[[nodiscard]] inline Result<std::int16_t> version_prefix(std::span<const std::uint8_t> bytes) {
  std::int16_t version = 0;
  Reader reader(bytes, {});
  reader.value(version);
  return reader.has_failed() ? Result<std::int16_t>(Error{"no version: fewer than two bytes", "", 0}) : version;
}

/// The inverse of to_version_prefixed_bytes(). Errors: an unknown version, bytes that end too early, that do not follow the
/// schema, or that are left over.
template <class T>
[[nodiscard]] Result<Versioned<T>> from_version_prefixed_bytes(std::span<const std::uint8_t> bytes) {
  const auto problem = [](const std::string& text) { return Error{std::string(T::kTypeName) + ": " + text, "", 0}; };
  const Result<std::int16_t> version = version_prefix(bytes);
  if (!version) {
    return problem(version.error().text);
  }
  const bool is_known = *version >= T::kMinVersion && *version <= T::kMaxVersion;
  if (!is_known) {
    return problem("version " + std::to_string(*version) + " is unknown");
  }
  Versioned<T> result;
  result.version = *version;
  Reader reader(bytes.subspan(sizeof(std::int16_t)), encoding_of<T>(*version));
  reader.value(result.message);
  if (reader.has_failed()) {
    return problem("its bytes end too early or do not follow the schema");
  }
  if (!reader.is_complete()) {
    return problem("bytes are left over behind it");
  }
  return result;
}

}  // namespace kscope::sim::wire
