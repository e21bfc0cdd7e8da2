#include "sim/coordinator/coordinator_record_codec.h"

#include <string>
#include <type_traits>

#include "engine/core/check.h"

namespace kscope::sim::wire {
namespace {

using Bytes = std::span<const std::uint8_t>;

template <class Variant>
std::vector<std::uint8_t> bytes_of(const Versioned<Variant>& part) {
  return std::visit([&](const auto& message) { return to_version_prefixed_bytes(message, part.version); },
                    part.message);
}

/// As one of the types that `Variant` may hold.
template <class T, class Variant>
Result<Versioned<Variant>> read_as(Bytes bytes) {
  Result<Versioned<T>> read = from_version_prefixed_bytes<T>(bytes);
  if (!read) {
    return read.error();
  }
  return Versioned<Variant>{Variant(std::move(read->message)), read->version};
}

template <std::size_t kIndex = 0>
Result<Versioned<OffsetsTopicKey>> read_key(Bytes bytes, std::int16_t version) {
  if constexpr (kIndex == std::variant_size_v<OffsetsTopicKey>) {
    return Error{"no record of __consumer_offsets has a key of version " + std::to_string(version), "", 0};
  } else {
    using Key = std::variant_alternative_t<kIndex, OffsetsTopicKey>;
    const bool is_its = version >= Key::kMinVersion && version <= Key::kMaxVersion;
    return is_its ? read_as<Key, OffsetsTopicKey>(bytes) : read_key<kIndex + 1>(bytes, version);
  }
}

template <std::size_t kIndex = 0>
Result<Versioned<OffsetsTopicValue>> read_value(Bytes bytes, std::size_t index) {
  if constexpr (kIndex + 1 == std::variant_size_v<OffsetsTopicValue>) {
    return read_as<std::variant_alternative_t<kIndex, OffsetsTopicValue>, OffsetsTopicValue>(bytes);
  } else {
    return index == kIndex ? read_as<std::variant_alternative_t<kIndex, OffsetsTopicValue>, OffsetsTopicValue>(bytes)
                           : read_value<kIndex + 1>(bytes, index);
  }
}

}  // namespace

KeyValueBytes encode(const OffsetsTopicRecord& record) {
  KeyValueBytes bytes{bytes_of(record.key), std::nullopt};
  if (record.value.has_value()) {
    KSCOPE_CHECK(record.value->message.index() == record.key.message.index(), "a value of its key's type");
    bytes.value = bytes_of(*record.value);
  }
  return bytes;
}

KeyValueBytes encode(const TransactionTopicRecord& record) {
  KeyValueBytes bytes{to_version_prefixed_bytes(record.key.message, record.key.version), std::nullopt};
  if (record.value.has_value()) {
    bytes.value = to_version_prefixed_bytes(record.value->message, record.value->version);
  }
  return bytes;
}

Result<OffsetsTopicRecord> decode_offsets_topic_record(Bytes key, std::optional<Bytes> value) {
  const Result<std::int16_t> version = version_prefix(key);
  if (!version) {
    return version.error();
  }
  Result<Versioned<OffsetsTopicKey>> read = read_key(key, *version);
  if (!read) {
    return read.error();
  }
  OffsetsTopicRecord record{std::move(*read), std::nullopt};
  if (value.has_value()) {
    Result<Versioned<OffsetsTopicValue>> content = read_value(*value, record.key.message.index());
    if (!content) {
      return content.error();
    }
    record.value = std::move(*content);
  }
  return record;
}

Result<TransactionTopicRecord> decode_transaction_topic_record(Bytes key, std::optional<Bytes> value) {
  Result<Versioned<TransactionLogKey>> read = from_version_prefixed_bytes<TransactionLogKey>(key);
  if (!read) {
    return read.error();
  }
  TransactionTopicRecord record{std::move(*read), std::nullopt};
  if (value.has_value()) {
    Result<Versioned<TransactionLogValue>> content = from_version_prefixed_bytes<TransactionLogValue>(*value);
    if (!content) {
      return content.error();
    }
    record.value = std::move(*content);
  }
  return record;
}

}  // namespace kscope::sim::wire
