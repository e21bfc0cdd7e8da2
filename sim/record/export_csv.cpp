#include <ostream>

#include "sim/record/row_sink.h"

namespace kscope::record {
namespace {

/// Spreadsheets take a text that begins so for a formula.
bool looks_like_formula(const std::string& text) {
  return !text.empty() && std::string("=+-@\t\r").find(text[0]) != std::string::npos;
}

void write_cell(std::ostream& out, const std::string& text, bool is_text) {
  const bool is_formula = is_text && looks_like_formula(text);
  if (!is_formula && text.find_first_of(",\"\r\n") == std::string::npos) {
    out << text;
    return;
  }
  out << (is_formula ? "\"'" : "\"");
  for (const char c : text) {
    if (c == '"') {
      out << '"';
    }
    out << c;
  }
  out << '"';
}

}  // namespace

RowVisitor csv_rows(std::ostream& out) {
  RowVisitor visitor;
  visitor.head = [&out](const std::vector<std::string>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      out << (i == 0 ? "" : ",");
      write_cell(out, columns[i], true);
    }
    out << "\r\n";
  };
  visitor.row = [&out](const std::vector<Cell>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << (i == 0 ? "" : ",");
      write_cell(out, row[i].text, row[i].type == Cell::Type::kText);
    }
    out << "\r\n";
    return out.good();
  };
  return visitor;
}

}  // namespace kscope::record
