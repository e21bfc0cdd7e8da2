#pragma once
// Questions to a recording, in SQL. Only reading is possible: the file is open for reading, an authorizer refuses
// everything but SELECT, and time, rows and sizes have limits, so that neither a hostile question nor a hostile file can do
// more than waste the time that it is given.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "sim/record/reader.h"

namespace kscope::record {

struct Cell {
  enum class Type : std::uint8_t { kNull, kNumber, kText };
  Type type = Type::kNull;
  std::string text;  ///< as SQLite writes it; "" for NULL
  bool operator==(const Cell&) const = default;
};

struct QueryLimits {
  std::size_t rows = 10'000;               ///< 0 = no limit
  std::size_t bytes = 64 << 20;            ///< of all cells; 0 = no limit
  std::chrono::milliseconds time{30'000};  ///< 0 = no limit
};

struct QueryResult {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
  bool is_cut = false;  ///< a limit ended it before the last row
};

/// Runs one SELECT. Errors: what is wrong with the SQL; it would write; it took too long; the file is damaged.
Result<QueryResult> query(Reader& reader, const std::string& sql, const QueryLimits& limits = {});

/// The same row by row; `visit` returns false to stop. `is_cut` of the answer says whether a limit ended it.
struct RowVisitor {
  std::function<void(const std::vector<std::string>& columns)> head;
  std::function<bool(const std::vector<Cell>& row)> row;
};
Result<bool> each_row(Reader& reader, const std::string& sql, const QueryLimits& limits, const RowVisitor& visitor);

/// The result as a table in plain text: numbers to the right, texts to the left, a line on what was cut.
std::string to_text(const QueryResult& result);

/// The tables and views that are worth asking, in the order of docs/recording.md.
const std::vector<std::string>& public_tables();

}  // namespace kscope::record
