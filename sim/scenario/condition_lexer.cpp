#include "sim/scenario/condition_lexer.h"

#include <fmt/format.h>

#include "sim/scenario/limits.h"

namespace kscope::scenario {
namespace {

bool is_word_letter(char c) {
  // Bytes of letters beyond ASCII count as letters: text searches may use them.
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '*' || c == '#' || c == '/' || c == '%' || c == '?' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

Error error_at(std::size_t column, std::string_view text) {
  return Error{fmt::format("column {}: {}", column, text), {}, 0};
}

Result<std::vector<Token>> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  bool is_after_blank = false;
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      is_after_blank = true;
      ++i;
      continue;
    }
    Token token;
    token.column = i + 1;
    token.is_after_blank = is_after_blank;
    is_after_blank = false;
    if (is_word_letter(c)) {
      token.kind = Token::Kind::kWord;
      while (i < text.size() && is_word_letter(text[i])) {
        token.text += text[i++];
      }
    } else if (c == '"') {
      token.kind = Token::Kind::kQuoted;
      ++i;
      while (i < text.size() && text[i] != '"') {
        token.text += text[i++];
      }
      if (i == text.size()) {
        return error_at(token.column, "this quote is never closed");
      }
      ++i;
    } else {
      token.kind = Token::Kind::kSign;
      const std::string_view two = text.substr(i, 2);
      if (two == "==" || two == "!=" || two == "<=" || two == ">=") {
        token.text = std::string(two);
        i += 2;
      } else if (two == "&&" || two == "||") {
        token.text = std::string(1, c);
        i += 2;
      } else if (std::string_view("()[],!&|:<>=").find(c) != std::string_view::npos) {
        token.text = std::string(1, c);
        ++i;
      } else {
        return error_at(token.column, fmt::format("\"{}\" means nothing here", shown(text.substr(i, 1))));
      }
    }
    tokens.push_back(std::move(token));
  }
  Token end;
  end.column = text.size() + 1;
  end.is_after_blank = is_after_blank;
  tokens.push_back(end);
  return tokens;
}

}  // namespace kscope::scenario
