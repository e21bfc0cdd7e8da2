#pragma once
// Reads the values that Apache Kafka's own classes computed (tests/kafka/data, described by its README).
// The folder can be replaced by the environment variable KAFKASCOPE_KAFKA_DATA, so that the same tests can be held
// against other cases of the same kinds. A missing or empty file is a failed test, never a skipped one.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kscope::sim::kafka_data {

/// One row of a .csv file: column name -> field.
using CsvRow = std::map<std::string, std::string>;

/// The path of `file` in the data folder.
[[nodiscard]] std::string path_of(std::string_view file);

/// Every row below the header line, fields split at commas. Adds a test failure when the file is missing or has no rows.
[[nodiscard]] std::vector<CsvRow> read_csv(std::string_view file);

/// One JSON value a line. Adds a test failure when the file is missing, has no line or a line is not JSON.
[[nodiscard]] std::vector<nlohmann::json> read_jsonl(std::string_view file);

/// A whole file as one JSON value. Adds a test failure when the file is missing or not JSON.
[[nodiscard]] nlohmann::json read_json(std::string_view file);

/// The bytes that lower-case hexadecimal digits stand for.
[[nodiscard]] std::vector<std::uint8_t> from_hex(std::string_view hex);

/// The same as text, for keys and ids in UTF-8.
[[nodiscard]] std::string text_from_hex(std::string_view hex);

}  // namespace kscope::sim::kafka_data
