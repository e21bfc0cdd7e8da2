#pragma once
// TomlNode: a TOML document as a plain tree with line numbers. The only place that knows toml++ is toml_tree.cpp.
// Limits on size and depth are checked before and while parsing, so that hostile text costs an error and not the stack.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/result.h"

namespace kscope::scenario {

struct TomlMember;

struct TomlNode {
  enum class Kind : std::uint8_t { kTable, kArray, kString, kInteger, kBoolean, kFloat, kTime };
  Kind kind = Kind::kTable;
  int line = 0;
  std::string text;                 ///< kString: the text; scalars: as they may be shown
  std::int64_t integer = 0;         ///< kInteger, kBoolean
  std::vector<TomlMember> members;  ///< kTable, by line
  std::vector<TomlNode> items;      ///< kArray
};

/// One key of a table with its value; a struct of its own because a pair would need the whole node before it is complete.
struct TomlMember {
  std::string first;
  TomlNode second;
};

/// Reads a document. Errors: its first syntax error with its line; a document that is too large or nests too deeply.
[[nodiscard]] Result<TomlNode> parse_toml(const std::string& text);
/// "a text", "an integer", "a list" ...
[[nodiscard]] std::string kind_text(TomlNode::Kind kind);
/// A text as a TOML basic string with its quotes.
[[nodiscard]] std::string toml_quoted(const std::string& text);

}  // namespace kscope::scenario
