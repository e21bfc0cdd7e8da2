#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "sim/record/row_sink.h"

namespace kscope::record {
namespace {

/// SQL's infinities and numbers like "1e999" are no JSON.
bool is_json_number(const std::string& text) { return nlohmann::json::accept(text); }

}  // namespace

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

RowVisitor json_rows(std::ostream& out, std::string indent) {
  struct State {
    std::vector<std::string> names;
    bool is_first = true;
  };
  const auto state = std::make_shared<State>();
  RowVisitor visitor;
  visitor.head = [state](const std::vector<std::string>& columns) {
    for (const std::string& column : columns) {
      state->names.push_back(json_text(column));
    }
  };
  visitor.row = [state, &out, indent = std::move(indent)](const std::vector<Cell>& row) {
    out << (state->is_first ? "\n" : ",\n") << indent << "{";
    state->is_first = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << (i == 0 ? "" : ", ") << state->names[i] << ": ";
      const bool is_number = row[i].type == Cell::Type::kNumber && is_json_number(row[i].text);
      if (row[i].type == Cell::Type::kNull) {
        out << "null";
      } else {
        out << (is_number ? row[i].text : json_text(row[i].text));
      }
    }
    out << "}";
    return out.good();
  };
  return visitor;
}

}  // namespace kscope::record
