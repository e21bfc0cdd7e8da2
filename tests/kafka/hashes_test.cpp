#include "sim/types/crc32c.h"
#include "sim/types/java_string.h"
#include "sim/types/murmur2.h"
#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::hashes_test {
namespace {

// Columns named p<N> hold the partition for N partitions. Returns how many there were.
template <class PartitionFor>
int expect_partitions(const kafka_data::CsvRow& row, PartitionFor partition_for) {
  int columns = 0;
  for (const auto& [column, field] : row) {
    if (column.size() > 1 && column[0] == 'p' && column.find_first_not_of("0123456789", 1) == std::string::npos) {
      EXPECT_EQ(partition_for(std::stoi(column.substr(1))), std::stoi(field)) << column;
      ++columns;
    }
  }
  return columns;
}

TEST(KafkaMurmur2, HashesAndPartitionsOfKeys) {
  for (const auto& row : kafka_data::read_csv("murmur2.csv")) {
    const auto key = kafka_data::from_hex(row.at("key_hex"));
    EXPECT_EQ(key.size(), std::stoul(row.at("len")));
    EXPECT_EQ(murmur2(key), std::stoi(row.at("murmur2"))) << row.at("key_hex");
    EXPECT_EQ(to_positive(murmur2(key)), std::stoi(row.at("positive"))) << row.at("key_hex");
    EXPECT_GT(expect_partitions(row, [&](int count) { return partition_for_key(key, count); }), 0);
  }
}

TEST(KafkaCoordinatorPartition, FollowsTheHashOfTheId) {
  for (const auto& row : kafka_data::read_csv("coordinator_partition.csv")) {
    const std::string id = kafka_data::text_from_hex(row.at("id_utf8_hex"));
    const std::int32_t hash = java_string_hash(id);
    EXPECT_EQ(hash, std::stoi(row.at("java_string_hash"))) << row.at("id_utf8_hex");
    EXPECT_EQ(kafka_abs(hash), std::stoi(row.at("kafka_abs"))) << row.at("id_utf8_hex");
    EXPECT_GT(expect_partitions(row, [&](int count) { return coordinator_partition(id, count); }), 0);
  }
  EXPECT_EQ(kafka_abs(INT32_MIN), 0);
}

TEST(KafkaCrc32c, Checksums) {
  for (const auto& row : kafka_data::read_csv("crc32c.csv")) {
    const auto bytes = kafka_data::from_hex(row.at("hex"));
    const std::span<const std::uint8_t> all(bytes);
    const auto expected = static_cast<std::uint32_t>(std::stoul(row.at("crc32c")));
    EXPECT_EQ(crc32c(all), expected) << row.at("hex");
    const std::size_t half = bytes.size() / 2;
    EXPECT_EQ(crc32c(all.subspan(half), crc32c(all.first(half))), expected) << "in two pieces: " << row.at("hex");
  }
}

}  // namespace
}  // namespace kscope::sim::hashes_test
