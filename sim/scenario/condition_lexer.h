#pragma once
// Splits the text of a condition or a filter into words, numbers and signs with their columns.
// Words are letters, digits and any of _ - . * (names of topics and consumers need them).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace kscope::scenario {

struct Token {
  enum class Kind : std::uint8_t { kWord, kQuoted, kSign, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;        ///< signs: one of ( ) [ ] , ! & | : == != < <= > >= =
  std::size_t column = 1;  ///< counts bytes from 1
  bool is_after_blank = false;
};

/// All tokens with a kEnd at the end. Errors: `column 3: ...` for a letter that means nothing here.
/// `&&` and `||` are read as `&` and `|`.
[[nodiscard]] Result<std::vector<Token>> tokenize(std::string_view text);

/// `column 3: text`
[[nodiscard]] Error error_at(std::size_t column, std::string_view text);

}  // namespace kscope::scenario
