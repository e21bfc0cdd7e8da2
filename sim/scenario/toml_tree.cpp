#include "sim/scenario/toml_tree.h"

// toml++ 3 states with assertions what text cannot be, and there is text that is it: `[[|at]]`. Without assertions it goes
// on with undefined behaviour. So they are on in every build, and leave the parser by the only way out of its depth.
namespace kscope::scenario {
struct ParserGaveUp {};
[[noreturn]] static void give_up() { throw ParserGaveUp{}; }
}  // namespace kscope::scenario
#ifdef NDEBUG
#undef NDEBUG
#define KSCOPE_HAD_NDEBUG
#endif
#define TOML_ASSERT(expression) static_cast<void>((expression) || (::kscope::scenario::give_up(), false))
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>
#ifdef KSCOPE_HAD_NDEBUG
#define NDEBUG
#endif

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/scenario/limits.h"

namespace kscope::scenario {
namespace {

int line_of(const toml::source_region& source) { return static_cast<int>(source.begin.line); }

TomlNode convert(const toml::node& node) {
  TomlNode out;
  out.line = line_of(node.source());
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table) {
      TomlNode member = convert(value);
      // A table made by a dotted key has the place of its first key; the key itself knows better.
      member.line = line_of(key.source());
      out.members.push_back({std::string(key.str()), std::move(member)});
    }
    std::stable_sort(out.members.begin(), out.members.end(),
                     [](const auto& a, const auto& b) { return a.second.line < b.second.line; });
  } else if (const toml::array* array = node.as_array()) {
    out.kind = TomlNode::Kind::kArray;
    for (const toml::node& item : *array) {
      out.items.push_back(convert(item));
    }
  } else if (const auto* text = node.as_string()) {
    out.kind = TomlNode::Kind::kString;
    out.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    out.kind = TomlNode::Kind::kInteger;
    out.integer = integer->get();
    out.text = std::to_string(out.integer);
  } else if (const auto* boolean = node.as_boolean()) {
    out.kind = TomlNode::Kind::kBoolean;
    out.integer = boolean->get() ? 1 : 0;
    out.text = boolean->get() ? "true" : "false";
  } else if (const auto* number = node.as_floating_point()) {
    out.kind = TomlNode::Kind::kFloat;
    out.text = fmt::format("{}", number->get());
  } else {
    out.kind = TomlNode::Kind::kTime;
    out.text = "a date or time";
  }
  return out;
}

// Every table level below the first needs a dot in a line, so counting dots bounds the depth without parsing.
int line_with_too_many_dots(const std::string& text) {
  int line = 1;
  std::size_t dots = 0;
  for (const char c : text) {
    if (c == '\n') {
      ++line;
      dots = 0;
    } else if (c == '.' && ++dots > kMaxDotsInLine) {
      return line;
    }
  }
  return 0;
}

// Nothing when the parser gave up.
std::optional<toml::parse_result> try_parse(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const ParserGaveUp&) {
    return std::nullopt;
  }
}

// Where it gave up it does not say; but it reads from the front, so the shortest text of whole lines that it gives up on
// ends with the line that matters. Cost: some parses.
int line_of_giving_up(std::string_view text) {
  std::vector<std::size_t> ends;  // of lines
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    ends.push_back(at + 1);
  }
  const auto reads = [text](std::size_t end) { return try_parse(text.substr(0, end)).has_value(); };
  return static_cast<int>(std::partition_point(ends.begin(), ends.end(), reads) - ends.begin()) + 1;
}

}  // namespace

Result<TomlNode> parse_toml(const std::string& text) {
  if (text.size() > kMaxFileBytes) {
    return Error{fmt::format("the file has {} bytes; a scenario has at most {}", text.size(), kMaxFileBytes), {}, 0};
  }
  if (const int line = line_with_too_many_dots(text); line != 0) {
    return Error{fmt::format("more than {} dots in one line", kMaxDotsInLine), {}, line};
  }
  const std::optional<toml::parse_result> parsed = try_parse(text);
  if (!parsed) {
    return Error{"this is no TOML: expected a key, a table such as [network] or [[topic]], or a value",
                 {},
                 line_of_giving_up(text)};
  }
  const toml::parse_result& result = *parsed;
  if (!result) {
    const toml::parse_error& error = result.error();
    return Error{
        fmt::format("this is no TOML: {} (column {})", shown(error.description(), 200), error.source().begin.column),
        {},
        line_of(error.source())};
  }
  return convert(result.table());
}

std::string kind_text(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::kTable: return "a table";
    case TomlNode::Kind::kArray: return "a list";
    case TomlNode::Kind::kString: return "a text";
    case TomlNode::Kind::kInteger: return "an integer";
    case TomlNode::Kind::kBoolean: return "true or false";
    case TomlNode::Kind::kFloat: return "a number with a point";
    case TomlNode::Kind::kTime: return "a date or time";
  }
  return "something else";
}

std::string toml_quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

}  // namespace kscope::scenario
