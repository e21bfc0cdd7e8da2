#include "sim/types/varint.h"
#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::varints_test {
namespace {

using Bytes = std::vector<std::uint8_t>;

void expect_unsigned(std::int64_t value, const Bytes& expected) {
  Bytes written;
  write_unsigned_varint(static_cast<std::uint32_t>(value), written);
  EXPECT_EQ(written, expected) << value;
  EXPECT_EQ(size_of_unsigned_varint(static_cast<std::uint32_t>(value)), static_cast<int>(expected.size())) << value;
  const auto read = read_unsigned_varint(expected, 5);
  ASSERT_TRUE(read.has_value()) << value;
  EXPECT_EQ(static_cast<std::uint32_t>(read->value), static_cast<std::uint32_t>(value));
  EXPECT_EQ(read->length, expected.size());
}

template <class Write, class Size>
void expect_signed(std::int64_t value, const Bytes& expected, Write write, Size size) {
  Bytes written;
  write(written);
  EXPECT_EQ(written, expected) << value;
  EXPECT_EQ(size(), static_cast<int>(expected.size())) << value;
  const auto read = read_unsigned_varint(expected, 10);
  ASSERT_TRUE(read.has_value()) << value;
  EXPECT_EQ(unzigzag(read->value), value);
  EXPECT_EQ(read->length, expected.size());
}

TEST(KafkaVarints, WriteReadAndSize) {
  for (const auto& row : kafka_data::read_csv("varints.csv")) {
    const std::string& kind = row.at("kind");
    const std::int64_t value = std::stoll(row.at("value"));
    const Bytes expected = kafka_data::from_hex(row.at("hex"));
    const auto value32 = static_cast<std::int32_t>(value);
    if (kind == "uvarint") {
      expect_unsigned(value, expected);
    } else if (kind == "varint_zigzag") {
      expect_signed(
          value, expected, [&](Bytes& out) { write_varint(value32, out); }, [&] { return size_of_varint(value32); });
    } else if (kind == "varlong_zigzag") {
      expect_signed(
          value, expected, [&](Bytes& out) { write_varlong(value, out); }, [&] { return size_of_varlong(value); });
    } else {
      ADD_FAILURE() << "unknown kind " << kind;
    }
  }
}

TEST(KafkaVarints, ACutNumberIsNotRead) {
  EXPECT_FALSE(read_unsigned_varint(Bytes{}, 5).has_value());
  EXPECT_FALSE(read_unsigned_varint(Bytes{0x80, 0x80}, 5).has_value());
  EXPECT_FALSE(read_unsigned_varint(Bytes{0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 5).has_value());
}

}  // namespace
}  // namespace kscope::sim::varints_test
