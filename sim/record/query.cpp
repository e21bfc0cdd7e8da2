#include "sim/record/query.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace kscope::record {
namespace {

/// Reading is allowed, and looking at what tables there are; nothing else is.
int authorize(void*, int action, const char* first, const char* second, const char*, const char*) {
  const std::string_view one = first == nullptr ? "" : first;
  const std::string_view two = second == nullptr ? "" : second;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
      return two == "load_extension" || two == "fts3_tokenizer" || two == "edit" ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA: {
      static constexpr std::array<std::string_view, 4> kHarmless{"table_info", "table_xinfo", "table_list",
                                                                 "index_list"};
      return std::find(kHarmless.begin(), kHarmless.end(), one) != kHarmless.end() ? SQLITE_OK : SQLITE_DENY;
    }
    default: return SQLITE_DENY;
  }
}

/// Holds authorizer and time limit for as long as one statement runs.
class Guard {
 public:
  Guard(Reader& reader, std::chrono::milliseconds time) : reader_(reader) {
    sqlite3_set_authorizer(reader_.database().handle(), authorize, nullptr);
    reader_.limit_time(time);
  }
  ~Guard() {
    sqlite3_set_authorizer(reader_.database().handle(), nullptr, nullptr);
    reader_.limit_time(std::chrono::milliseconds(0));
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  Reader& reader_;
};

Cell cell_at(const Statement& statement, int column) {
  if (statement.is_null(column)) {
    return {};
  }
  return {statement.is_number(column) ? Cell::Type::kNumber : Cell::Type::kText, statement.text(column)};
}

/// Characters on the screen, roughly: bytes that do not continue a UTF-8 sequence.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Control characters would move the cursor of whoever reads the table.
std::string printable(const std::string& text) {
  std::string out = text;
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      c = ' ';
    }
  }
  return out;
}

void append_cell(std::string& out, const std::string& text, std::size_t wanted, bool to_the_right) {
  const std::size_t has = width(text);
  const std::string blanks(wanted > has ? wanted - has : 0, ' ');
  out += to_the_right ? blanks + text : text + blanks;
}

}  // namespace

Result<bool> each_row(Reader& reader, const std::string& sql, const QueryLimits& limits, const RowVisitor& visitor) {
  const Guard guard(reader, limits.time);
  std::string_view rest;
  Result<Statement> statement = reader.database().prepare(sql, &rest);
  if (!statement) {
    Error error = statement.error();
    error.file.clear();
    return error;
  }
  if (statement->is_empty()) {
    return Error{"there is no question: write a SELECT", {}, 0};
  }
  if (rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return Error{"one statement at a time", {}, 0};
  }
  std::vector<std::string> columns;
  columns.reserve(static_cast<std::size_t>(statement->column_count()));
  for (int i = 0; i < statement->column_count(); ++i) {
    columns.push_back(statement->column_name(i));
  }
  visitor.head(columns);
  std::vector<Cell> row(columns.size());
  std::size_t rows = 0;
  std::size_t bytes = 0;
  Statement::Step step = statement->step();
  for (; step == Statement::Step::kRow; step = statement->step()) {
    const bool is_over = (limits.rows > 0 && rows == limits.rows) || (limits.bytes > 0 && bytes > limits.bytes);
    if (is_over) {
      return true;
    }
    for (int i = 0; i < statement->column_count(); ++i) {
      row[static_cast<std::size_t>(i)] = cell_at(*statement, i);
      bytes += row[static_cast<std::size_t>(i)].text.size();
    }
    ++rows;
    if (!visitor.row(row)) {
      return false;
    }
  }
  if (step == Statement::Step::kFailed) {
    Error error = reader.database().error();
    if (sqlite3_errcode(reader.database().handle()) == SQLITE_INTERRUPT && limits.time.count() > 0) {
      error.text += fmt::format(", more than {} s; ask for less of the run, such as WHERE event < 1000",
                                static_cast<double>(limits.time.count()) / 1e3);
    }
    return error;
  }
  return false;
}

Result<QueryResult> query(Reader& reader, const std::string& sql, const QueryLimits& limits) {
  QueryResult out;
  RowVisitor visitor;
  visitor.head = [&out](const std::vector<std::string>& columns) { out.columns = columns; };
  visitor.row = [&out](const std::vector<Cell>& row) {
    out.rows.push_back(row);
    return true;
  };
  const Result<bool> is_cut = each_row(reader, sql, limits, visitor);
  if (!is_cut) {
    return is_cut.error();
  }
  out.is_cut = *is_cut;
  return out;
}

std::string to_text(const QueryResult& result) {
  const std::size_t count = result.columns.size();
  std::vector<std::size_t> widths(count);
  std::vector<bool> is_numeric(count, true);
  for (std::size_t i = 0; i < count; ++i) {
    widths[i] = width(result.columns[i]);
  }
  for (const std::vector<Cell>& row : result.rows) {
    for (std::size_t i = 0; i < count; ++i) {
      widths[i] = std::max(widths[i], width(row[i].text));
      is_numeric[i] = is_numeric[i] && row[i].type != Cell::Type::kText;
    }
  }
  std::string out;
  const auto end_line = [&out] {
    out.erase(out.find_last_not_of(' ') + 1);
    out += "\n";
  };
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? "" : "  ";
    append_cell(out, printable(result.columns[i]), widths[i], is_numeric[i]);
  }
  end_line();
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "" : "  ") + std::string(widths[i], '-');
  }
  end_line();
  for (const std::vector<Cell>& row : result.rows) {
    for (std::size_t i = 0; i < count; ++i) {
      out += i == 0 ? "" : "  ";
      append_cell(out, printable(row[i].text), widths[i], is_numeric[i]);
    }
    end_line();
  }
  out += fmt::format("({} row{}{})\n", result.rows.size(), result.rows.size() == 1 ? "" : "s",
                     result.is_cut ? ", cut off: ask for less" : "");
  return out;
}

const std::vector<std::string>& public_tables() {
  static const std::vector<std::string> kTables{
      "run",     "command",     "fingerprint", "node",      "topic",      "consumer_group", "event",
      "message", "election",    "isr_change",  "rebalance", "generation", "assignment",     "offset_over_time",
      "batch",   "record_fate", "delivery",    "act",       "violation",  "beat",           "note"};
  return kTables;
}

}  // namespace kscope::record
