#include "sim/protocol/consumer_protocol.h"

#include "tests/kafka/version_prefixed_cases.h"

#include <gtest/gtest.h>

#include <tuple>

namespace kscope::sim::wire::consumer_protocol_test {
namespace {

using Types = std::tuple<ConsumerProtocolSubscription, ConsumerProtocolAssignment>;

TEST(KafkaConsumerProtocol, DecodeAndEncodeAsKafka) {
  kafka_data::for_each_case("consumer_protocol.jsonl", static_cast<Types*>(nullptr),
                            []<class T>(const auto& example) { kafka_data::expect_same_both_ways<T>(example); });
}

TEST(KafkaConsumerProtocol, DamagedBytesAreSafe) {
  kafka_data::for_each_case("consumer_protocol.jsonl", static_cast<Types*>(nullptr),
                            []<class T>(const auto& example) { kafka_data::expect_damage_is_safe<T>(example); });
}

}  // namespace
}  // namespace kscope::sim::wire::consumer_protocol_test
