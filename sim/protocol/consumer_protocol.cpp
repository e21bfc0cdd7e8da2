#include "sim/protocol/consumer_protocol.h"

namespace kscope::sim::wire {
namespace {

template <class T>
Result<Versioned<T>> read_this_or_newer(std::span<const std::uint8_t> bytes) {
  const Result<std::int16_t> version = version_prefix(bytes);
  if (!version || *version <= T::kMaxVersion) {
    return from_version_prefixed_bytes<T>(bytes);
  }
  Versioned<T> result;
  result.version = T::kMaxVersion;
  Reader reader(bytes.subspan(sizeof(std::int16_t)), encoding_of<T>(T::kMaxVersion));
  reader.value(result.message);
  if (reader.has_failed()) {
    return Error{std::string(T::kTypeName) + " of newer version " + std::to_string(*version) +
                     ": its bytes end too early or do not follow the schema",
                 "", 0};
  }
  return result;
}

}  // namespace

Result<Versioned<ConsumerProtocolSubscription>> read_subscription(std::span<const std::uint8_t> bytes) {
  return read_this_or_newer<ConsumerProtocolSubscription>(bytes);
}

Result<Versioned<ConsumerProtocolAssignment>> read_assignment(std::span<const std::uint8_t> bytes) {
  return read_this_or_newer<ConsumerProtocolAssignment>(bytes);
}

}  // namespace kscope::sim::wire
