#pragma once
// Reads plain config texts into typed members: numbers, durations, words. Each function leaves the member as it is and
// returns false when the text is none of the values that the model knows. No unit is read here: the text is Kafka's own.

#include "engine/core/time.h"
#include "sim/config/config_enums.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kscope::sim {

bool read_config(std::string_view text, bool& member);
bool read_config(std::string_view text, std::int32_t& member);
bool read_config(std::string_view text, std::int64_t& member);
bool read_config(std::string_view text, std::string& member);
bool read_config(std::string_view text, Acks& member);
bool read_config(std::string_view text, AutoOffsetReset& member);
bool read_config(std::string_view text, GroupProtocol& member);
bool read_config(std::string_view text, OffsetsStorage& member);
bool read_config(std::string_view text, std::vector<ServerAssignorName>& member);
bool read_config(std::string_view text, RebalanceProtocols& member);
bool read_config(std::string_view text, ConsumerGroupMigrationPolicy& member);
bool read_config(std::string_view text, CleanupPolicy& member);
bool read_config(std::string_view text, InterBrokerProtocol& member);
bool read_config(std::string_view text, TimestampType& member);
/// A decimal fraction from 0 to 1, to the millionth.
bool read_config(std::string_view text, Share& member);
bool read_config(std::string_view text, ThrottledReplicas& member);
bool read_config(std::string_view text, CompressionType& member);
bool read_config(std::string_view text, BrokerCompressionType& member);
bool read_config(std::string_view text, IsolationLevel& member);
/// Takes Kafka's class names (RangeAssignor, with or without package) and the assignors' short names ("cooperative-sticky").
bool read_config(std::string_view text, std::vector<AssignorName>& member);

/// A whole number of `unit`. What is longer than 36 years is held there: nothing ends so late, and sums do not overflow.
bool read_config_duration(std::string_view text, Duration unit, Duration& member);

}  // namespace kscope::sim
