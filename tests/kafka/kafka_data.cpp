#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>

#include "source_dir_generated.h"

namespace kscope::sim::kafka_data {
namespace {

std::vector<std::string> read_lines(std::string_view file) {
  std::ifstream in(path_of(file));
  EXPECT_TRUE(in.is_open()) << "missing Kafka data: " << path_of(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    if (!line.empty()) {
      lines.push_back(line);
    }
  }
  return lines;
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  return fields;
}

int nibble(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  ADD_FAILURE() << "not a hexadecimal digit: " << c;
  return 0;
}

}  // namespace

std::string path_of(std::string_view file) {
  const char* folder = std::getenv("KAFKASCOPE_KAFKA_DATA");
  const std::string base = folder != nullptr ? std::string(folder) : std::string(KSCOPE_SOURCE_DIR "/tests/kafka/data");
  return base + "/" + std::string(file);
}

std::vector<CsvRow> read_csv(std::string_view file) {
  const std::vector<std::string> lines = read_lines(file);
  std::vector<CsvRow> rows;
  if (!lines.empty()) {
    const std::vector<std::string> columns = split(lines.front());
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const std::vector<std::string> fields = split(lines[i]);
      EXPECT_EQ(fields.size(), columns.size()) << file << " line " << i + 1;
      CsvRow row;
      for (std::size_t c = 0; c < columns.size() && c < fields.size(); ++c) {
        row[columns[c]] = fields[c];
      }
      rows.push_back(row);
    }
  }
  EXPECT_FALSE(rows.empty()) << "no cases in " << path_of(file);
  return rows;
}

std::vector<nlohmann::json> read_jsonl(std::string_view file) {
  std::vector<nlohmann::json> values;
  for (const std::string& line : read_lines(file)) {
    nlohmann::json value = nlohmann::json::parse(line, nullptr, false);
    EXPECT_FALSE(value.is_discarded()) << file << " line " << values.size() + 1 << " is not JSON";
    values.push_back(std::move(value));
  }
  EXPECT_FALSE(values.empty()) << "no cases in " << path_of(file);
  return values;
}

nlohmann::json read_json(std::string_view file) {
  std::ifstream in(path_of(file));
  EXPECT_TRUE(in.is_open()) << "missing Kafka data: " << path_of(file);
  nlohmann::json value = nlohmann::json::parse(in, nullptr, false);
  EXPECT_FALSE(value.is_discarded()) << file << " is not JSON";
  return value;
}

std::vector<std::uint8_t> from_hex(std::string_view hex) {
  EXPECT_EQ(hex.size() % 2, 0u) << hex;
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(nibble(hex[i]) * 16 + nibble(hex[i + 1])));
  }
  return bytes;
}

std::string text_from_hex(std::string_view hex) {
  const std::vector<std::uint8_t> bytes = from_hex(hex);
  return {bytes.begin(), bytes.end()};
}

}  // namespace kscope::sim::kafka_data
