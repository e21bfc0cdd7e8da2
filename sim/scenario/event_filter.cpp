#include "sim/scenario/event_filter.h"

#include <fmt/format.h>

#include <optional>

#include "engine/core/check.h"
#include "sim/config/units.h"
#include "sim/scenario/condition_lexer.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/names.h"

namespace kscope::scenario {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 256;
constexpr std::size_t kMaxFilterLength = 2000;

struct FieldName {
  std::string_view word;
  FilterField field;
};
constexpr FieldName kFields[] = {
    {"type", FilterField::kType},   {"from", FilterField::kFrom},   {"to", FilterField::kTo},
    {"node", FilterField::kNode},   {"p", FilterField::kPartition}, {"partition", FilterField::kPartition},
    {"t", FilterField::kTime},      {"time", FilterField::kTime},   {"size", FilterField::kSize},
    {"cause", FilterField::kCause}, {"n", FilterField::kNumber},    {"event", FilterField::kNumber},
    {"text", FilterField::kText},
};

bool is_numeric(FilterField field) {
  return field == FilterField::kTime || field == FilterField::kSize || field == FilterField::kCause ||
         field == FilterField::kNumber;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

class Parser {
 public:
  explicit Parser(const std::vector<Token>& tokens) : tokens_(tokens) {}

  bool parse_whole() {
    if (parse_or(0) < 0) {
      return false;
    }
    return token().kind == Token::Kind::kEnd || fail(fmt::format("\"{}\" is too much", token().text)) >= 0;
  }

  std::vector<FilterNode> nodes;
  Error error;

 private:
  [[nodiscard]] const Token& token() const { return tokens_[at_]; }
  [[nodiscard]] bool is_sign(std::string_view sign) const {
    return token().kind == Token::Kind::kSign && token().text == sign;
  }
  int fail(std::string_view text) { return fail_at(token().column, text); }
  int fail_at(std::size_t column, std::string_view text) {
    error = error_at(column, text);
    return -1;
  }
  int add(FilterNode node) {
    if (nodes.size() >= kMaxNodes) {
      return fail("the filter is too long");
    }
    nodes.push_back(std::move(node));
    return static_cast<int>(nodes.size()) - 1;
  }
  int add(FilterOperator op, int left, int right = -1) {
    FilterNode node;
    node.op = op;
    node.left = left;
    node.right = right;
    return add(std::move(node));
  }

  int parse_or(int depth) {
    int left = parse_and(depth);
    while (left >= 0 && is_sign("|")) {
      ++at_;
      const int right = parse_and(depth);
      left = right < 0 ? -1 : add(FilterOperator::kOr, left, right);
    }
    return left;
  }

  int parse_and(int depth) {
    int left = parse_not(depth);
    while (left >= 0) {
      const bool is_blank_and =
          token().kind == Token::Kind::kWord || token().kind == Token::Kind::kQuoted || is_sign("!") || is_sign("(");
      if (!is_sign("&") && !is_blank_and) {
        break;
      }
      at_ += is_blank_and ? 0 : 1;
      const int right = parse_not(depth);
      left = right < 0 ? -1 : add(FilterOperator::kAnd, left, right);
    }
    return left;
  }

  int parse_not(int depth) {
    if (depth > kMaxDepth) {
      return fail("parentheses and ! are nested too deeply");
    }
    if (is_sign("!")) {
      ++at_;
      const int inner = parse_not(depth + 1);
      return inner < 0 ? -1 : add(FilterOperator::kNot, inner);
    }
    if (is_sign("(")) {
      ++at_;
      const int inner = parse_or(depth + 1);
      if (inner >= 0 && !is_sign(")")) {
        return fail("expected )");
      }
      at_ += inner >= 0 ? 1 : 0;
      return inner;
    }
    return parse_test();
  }

  int parse_test() {
    if (token().kind == Token::Kind::kEnd || token().kind == Token::Kind::kSign) {
      return fail("expected a field such as type:Fetch, or a word to look for");
    }
    const Token word = token();
    ++at_;
    const std::optional<FilterOperator> op = take_operator();
    FilterNode node;
    if (!op || word.kind == Token::Kind::kQuoted) {
      node.field = FilterField::kText;
      node.text = lower(word.text);
      return op ? fail_at(word.column, "a quoted text is no field") : add(std::move(node));
    }
    const std::string field = lower(word.text);
    bool is_known = false;
    std::vector<std::string> known;
    for (const FieldName& name : kFields) {
      known.emplace_back(name.word);
      if (name.word == field) {
        node.field = name.field;
        is_known = true;
      }
    }
    if (!is_known) {
      return fail_at(word.column, fmt::format("unknown field \"{}\"{}", shown(word.text), did_you_mean(field, known)));
    }
    if (token().kind == Token::Kind::kEnd || token().kind == Token::Kind::kSign) {
      return fail(fmt::format("expected what {} should be", word.text));
    }
    node.op = *op;
    const Token value = token();
    ++at_;
    return is_numeric(node.field) ? finish_number(std::move(node), value) : finish_text(std::move(node), word, value);
  }

  std::optional<FilterOperator> take_operator() {
    struct Sign {
      std::string_view text;
      FilterOperator op;
    };
    static constexpr Sign kSigns[] = {{":", FilterOperator::kContains},     {"=", FilterOperator::kEqual},
                                      {"==", FilterOperator::kEqual},       {"<", FilterOperator::kLess},
                                      {"<=", FilterOperator::kLessEqual},   {">", FilterOperator::kGreater},
                                      {">=", FilterOperator::kGreaterEqual}};
    for (const Sign& sign : kSigns) {
      if (is_sign(sign.text)) {
        ++at_;
        return sign.op;
      }
    }
    return std::nullopt;
  }

  int finish_text(FilterNode node, const Token& word, const Token& value) {
    if (node.op != FilterOperator::kContains && node.op != FilterOperator::kEqual) {
      return fail_at(word.column, fmt::format("{} is a text; expected {}:{}", word.text, word.text, shown(value.text)));
    }
    node.text = lower(value.text);
    return add(std::move(node));
  }

  int finish_number(FilterNode node, const Token& value) {
    if (node.op == FilterOperator::kContains) {
      node.op = FilterOperator::kEqual;
    }
    std::optional<std::int64_t> number;
    std::string_view expected = "a number";
    if (node.field == FilterField::kTime) {
      const std::optional<Duration> duration = sim::parse_duration(value.text);
      number = duration ? std::optional<std::int64_t>(duration->count()) : std::nullopt;
      expected = "a time with a unit, such as 1s or 250ms";
    } else if (node.field == FilterField::kSize) {
      number = sim::parse_size(value.text);
      expected = "a size such as 100B or 1KiB";
    } else {
      number = sim::parse_integer(value.text);
    }
    if (!number) {
      return fail_at(value.column, fmt::format("\"{}\" is not {}", shown(value.text), expected));
    }
    node.number = *number;
    return add(std::move(node));
  }

  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
};

bool contains(std::string_view text, const std::string& wanted) {
  return lower(text).find(wanted) != std::string::npos;
}

// "orders-1" must not find "orders-12".
bool names_partition(std::string_view summary, const std::string& wanted) {
  const std::string text = lower(summary);
  const auto is_name_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    const bool starts = at == 0 || !is_name_letter(text[at - 1]);
    const bool is_number = !wanted.empty() && wanted.back() >= '0' && wanted.back() <= '9';
    const bool ends = end == text.size() || !is_number || !(text[end] >= '0' && text[end] <= '9');
    if (starts && ends) {
      return true;
    }
  }
  return false;
}

bool test_text(const FilterNode& node, std::string_view text) {
  return node.op == FilterOperator::kEqual ? lower(text) == node.text : contains(text, node.text);
}

// A node is meant by its whole name; "billing-*" means every name that begins so.
bool test_node(const FilterNode& node, std::string_view name) {
  if (!node.text.empty() && node.text.back() == '*') {
    return lower(name).starts_with(std::string_view(node.text).substr(0, node.text.size() - 1));
  }
  return lower(name) == node.text;
}

bool test_number(const FilterNode& node, std::int64_t number) {
  switch (node.op) {
    case FilterOperator::kLess: return number < node.number;
    case FilterOperator::kLessEqual: return number <= node.number;
    case FilterOperator::kGreater: return number > node.number;
    case FilterOperator::kGreaterEqual: return number >= node.number;
    case FilterOperator::kEqual:
    case FilterOperator::kContains: return number == node.number;
    case FilterOperator::kOr:
    case FilterOperator::kAnd:
    case FilterOperator::kNot: break;
  }
  KSCOPE_CHECK(false, "a filter compares a number with a word");
  return false;
}

bool test(const FilterNode& node, const EventView& event) {
  switch (node.field) {
    case FilterField::kType: return test_text(node, event.type);
    case FilterField::kFrom: return test_node(node, event.from);
    case FilterField::kTo: return test_node(node, event.to);
    case FilterField::kNode: return test_node(node, event.from) || test_node(node, event.to);
    case FilterField::kPartition: return names_partition(event.summary, node.text);
    case FilterField::kTime: return test_number(node, nanos(event.time));
    case FilterField::kSize: return test_number(node, event.size_bytes);
    case FilterField::kCause: return test_number(node, static_cast<std::int64_t>(event.cause));
    case FilterField::kNumber: return test_number(node, static_cast<std::int64_t>(event.number));
    case FilterField::kText:
      return contains(event.type, node.text) || contains(event.summary, node.text) || contains(event.from, node.text) ||
             contains(event.to, node.text);
  }
  return false;
}

bool passes_node(const EventFilter& filter, std::int32_t index, const EventView& event) {
  const FilterNode& node = filter.nodes[static_cast<std::size_t>(index)];
  switch (node.op) {
    case FilterOperator::kOr: return passes_node(filter, node.left, event) || passes_node(filter, node.right, event);
    case FilterOperator::kAnd: return passes_node(filter, node.left, event) && passes_node(filter, node.right, event);
    case FilterOperator::kNot: return !passes_node(filter, node.left, event);
    case FilterOperator::kContains:
    case FilterOperator::kEqual:
    case FilterOperator::kLess:
    case FilterOperator::kLessEqual:
    case FilterOperator::kGreater:
    case FilterOperator::kGreaterEqual: return test(node, event);
  }
  return false;
}

}  // namespace

Result<EventFilter> parse_event_filter(std::string_view text) {
  if (text.size() > kMaxFilterLength) {
    return error_at(kMaxFilterLength, "the filter is too long");
  }
  const Result<std::vector<Token>> tokens = tokenize(text);
  if (!tokens) {
    return tokens.error();
  }
  if (tokens->size() == 1) {
    return EventFilter{};
  }
  Parser parser(*tokens);
  if (!parser.parse_whole()) {
    return parser.error;
  }
  return EventFilter{std::move(parser.nodes)};
}

bool passes(const EventFilter& filter, const EventView& event) {
  return filter.nodes.empty() || passes_node(filter, static_cast<std::int32_t>(filter.nodes.size()) - 1, event);
}

}  // namespace kscope::scenario
