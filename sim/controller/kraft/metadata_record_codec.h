#pragma once
// Bytes of the metadata log: each record is framed by the frame version, the number of its type and its version, all
// unsigned varints, then its fields in the flexible encoding (compact strings and arrays, tagged fields that are left out
// while they have their default). Source: Kafka 3.9 AbstractApiMessageSerde, MetadataRecordSerde and the record schemas.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/result.h"
#include "sim/controller/kraft/metadata_records.h"

namespace kscope::sim::kraft {

/// The value of one record of the metadata log. Requires: version in [0, newest of the type]; fields that the version
/// does not know are left out, as Kafka does with fields that it may ignore.
[[nodiscard]] std::vector<std::uint8_t> encode(const ApiMessageAndVersion& record);

/// The inverse. Errors: another frame version, an unknown type or version, bytes that end too early or that are left over,
/// a length that is negative where it may not be.
[[nodiscard]] Result<ApiMessageAndVersion> decode_metadata_record(std::span<const std::uint8_t> bytes);

}  // namespace kscope::sim::kraft
