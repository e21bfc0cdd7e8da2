#include "sim/controller/kraft/metadata_record_codec.h"

#include "tests/kafka/kafka_data.h"
#include "tests/kafka/metadata_json.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::kraft::metadata_records_test {
namespace {

using Json = nlohmann::json;
using kafka_data::to_json_value;

Json fields_of(const MetadataRecord& record) {
  return std::visit([](const auto& r) { return to_json_value(r); }, record);
}
Json defaults_of(const MetadataRecord& record) {
  return std::visit([]<class T>(const T&) { return to_json_value(T{}); }, record);
}

void expect_fields(const MetadataRecord& record, const Json& body) {
  const Json actual = fields_of(record);
  const Json defaults = defaults_of(record);
  for (const auto& [name, value] : body.items()) {
    ASSERT_TRUE(actual.contains(name)) << "no field " << name;
    EXPECT_EQ(actual.at(name), value) << name;
  }
  for (const auto& [name, value] : actual.items()) {
    if (!body.contains(name)) {  // Kafka's converters leave defaults out
      EXPECT_EQ(value, defaults.at(name)) << name;
    }
  }
}

TEST(KafkaMetadataRecords, DecodeAndEncodeAsKafka) {
  for (const Json& example : kafka_data::read_jsonl("metadata_records.jsonl")) {
    const std::vector<std::uint8_t> framed = kafka_data::from_hex(example.at("framed_hex").get<std::string>());
    const Result<ApiMessageAndVersion> record = decode_metadata_record(framed);
    ASSERT_TRUE(record.has_value()) << "case " << example.at("case") << ": " << record.error().text;
    EXPECT_EQ(type_name(record->message), example.at("type").get<std::string>());
    EXPECT_EQ(record->version, example.at("version").get<int>());
    expect_fields(record->message, example.at("body"));
    EXPECT_EQ(encode(*record), framed);
    ASSERT_FALSE(testing::Test::HasFailure()) << "case " << example.at("case") << " " << example.at("type");
  }
}

TEST(KafkaMetadataRecords, BytesThatEndAnywhereTooEarlyAreRefused) {
  for (const Json& example : kafka_data::read_jsonl("metadata_records.jsonl")) {
    const std::vector<std::uint8_t> framed = kafka_data::from_hex(example.at("framed_hex").get<std::string>());
    for (std::size_t size = 0; size < framed.size(); ++size) {
      EXPECT_FALSE(decode_metadata_record(std::span(framed).first(size)).has_value())
          << "case " << example.at("case") << " cut to " << size << " bytes";
    }
    std::vector<std::uint8_t> longer = framed;
    longer.push_back(0);
    EXPECT_FALSE(decode_metadata_record(longer).has_value()) << "case " << example.at("case") << " with a byte more";
  }
}

}  // namespace
}  // namespace kscope::sim::kraft::metadata_records_test
