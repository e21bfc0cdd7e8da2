#pragma once
// What the two export formats do with the rows of one table; chosen by export.cpp.

#include <iosfwd>
#include <string>
#include <vector>

#include "sim/record/query.h"

namespace kscope::record {

/// CSV: a line of names, then a line for each row. Texts with commas, quotes or line ends are quoted.
RowVisitor csv_rows(std::ostream& out);

/// JSON: the elements of a list, without its brackets; `indent` stands before each.
RowVisitor json_rows(std::ostream& out, std::string indent);

/// A text as JSON, with its quotes; bytes that are not UTF-8 become U+FFFD.
std::string json_text(const std::string& text);

}  // namespace kscope::record
