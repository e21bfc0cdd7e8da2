#include "sim/types/error_code.h"
#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::errors_test {
namespace {

TEST(KafkaErrors, EveryErrorHasKafkasNumberNameAndKind) {
  const auto rows = kafka_data::read_csv("errors_3.9.0.csv");
  for (const auto& row : rows) {
    const auto error = error_code_from(static_cast<std::int16_t>(std::stoi(row.at("code"))));
    ASSERT_TRUE(error.has_value()) << row.at("code");
    EXPECT_EQ(name(*error), row.at("name"));
    EXPECT_EQ(error_code_from(row.at("name")), error);
    EXPECT_EQ(is_retriable(*error), row.at("retriable") == "true") << row.at("name");
    EXPECT_EQ(is_refresh_retriable(*error), row.at("refresh_retriable") == "true") << row.at("name");
    EXPECT_EQ(is_invalid_metadata(*error), row.at("invalid_metadata") == "true") << row.at("name");
  }
  EXPECT_EQ(all_error_codes().size(), rows.size());
}

TEST(KafkaErrors, UnknownNumbersAndNamesAreNotErrors) {
  EXPECT_FALSE(error_code_from(std::int16_t{-2}).has_value());
  EXPECT_FALSE(error_code_from(std::int16_t{1000}).has_value());
  EXPECT_FALSE(error_code_from("NO_SUCH_ERROR").has_value());
}

}  // namespace
}  // namespace kscope::sim::errors_test
