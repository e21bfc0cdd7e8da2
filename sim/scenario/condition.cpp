#include "sim/scenario/condition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/core/check.h"
#include "sim/scenario/amounts.h"
#include "sim/scenario/condition_words.h"

namespace kscope::scenario {
namespace {

bool is_true(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return *number != 0;
  }
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) {
    return !list->empty();
  }
  return std::holds_alternative<std::string>(value);
}

bool is_none(const Value& value) { return std::holds_alternative<None>(value); }

// Lists are compared as sets where one of them is written out: [2,1] is the same ISR as [1,2]. A list against a number
// compares its length: isr(orders-0) < 2.
Value comparable(Value value, const Value& other) {
  if (auto* list = std::get_if<std::vector<std::int64_t>>(&value)) {
    if (std::holds_alternative<std::int64_t>(other)) {
      return static_cast<std::int64_t>(list->size());
    }
  }
  return value;
}

bool equal(const Value& a, const Value& b) {
  if (a.index() != b.index()) {
    return false;
  }
  if (std::holds_alternative<std::vector<std::int64_t>>(a)) {
    auto x = std::get<std::vector<std::int64_t>>(a);
    auto y = std::get<std::vector<std::int64_t>>(b);
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
    return x == y;
  }
  return a == b;
}

bool compare(Operator op, const Value& raw_a, const Value& raw_b) {
  const Value a = comparable(raw_a, raw_b);
  const Value b = comparable(raw_b, raw_a);
  if (op == Operator::kEqual) {
    return equal(a, b);
  }
  if (op == Operator::kUnequal) {
    return !equal(a, b);
  }
  if (is_none(a) || is_none(b)) {
    return false;
  }
  const auto* x = std::get_if<std::int64_t>(&a);
  const auto* y = std::get_if<std::int64_t>(&b);
  if (x == nullptr || y == nullptr) {
    return false;
  }
  switch (op) {
    case Operator::kLess: return *x < *y;
    case Operator::kLessEqual: return *x <= *y;
    case Operator::kGreater: return *x > *y;
    case Operator::kGreaterEqual: return *x >= *y;
    default: break;
  }
  KSCOPE_CHECK(false, "a comparison of a condition is not handled");
  return false;
}

Value evaluate(const Condition& condition, std::int32_t index, const StateReader& reader) {
  const ConditionNode& node = condition.nodes[static_cast<std::size_t>(index)];
  const auto yes_or_no = [](bool yes) { return Value(std::int64_t{yes ? 1 : 0}); };
  switch (node.op) {
    case Operator::kLiteral: return node.literal;
    case Operator::kTerm: return reader.read(node.term);
    case Operator::kNot: return yes_or_no(!is_true(evaluate(condition, node.left, reader)));
    case Operator::kAnd:
      return yes_or_no(is_true(evaluate(condition, node.left, reader)) &&
                       is_true(evaluate(condition, node.right, reader)));
    case Operator::kOr:
      return yes_or_no(is_true(evaluate(condition, node.left, reader)) ||
                       is_true(evaluate(condition, node.right, reader)));
    case Operator::kEqual:
    case Operator::kUnequal:
    case Operator::kLess:
    case Operator::kLessEqual:
    case Operator::kGreater:
    case Operator::kGreaterEqual:
      return yes_or_no(
          compare(node.op, evaluate(condition, node.left, reader), evaluate(condition, node.right, reader)));
  }
  KSCOPE_CHECK(false, "a node of a condition is not handled");
  return None{};
}

std::string value_text(const Value& value, bool is_duration) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return is_duration ? duration_text(Duration(*number)) : std::to_string(*number);
  }
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) {
    return fmt::format("[{}]", fmt::join(*list, ","));
  }
  if (const auto* word = std::get_if<std::string>(&value)) {
    return *word;
  }
  return "none";
}

}  // namespace

bool holds(const Condition& condition, const StateReader& reader) {
  KSCOPE_CHECK(!condition.nodes.empty(), "a condition was not parsed");
  return is_true(evaluate(condition, static_cast<std::int32_t>(condition.nodes.size()) - 1, reader));
}

std::string explain(const Condition& condition, const StateReader& reader) {
  std::string out;
  std::vector<std::string> told;
  for (const ConditionNode& node : condition.nodes) {
    if (node.op != Operator::kTerm) {
      continue;
    }
    const bool is_duration = value_kind(node.term.quantity) == ValueKind::kDuration;
    const std::string text = fmt::format("{} is {}", node.source, value_text(reader.read(node.term), is_duration));
    if (std::find(told.begin(), told.end(), text) == told.end()) {
      out += (out.empty() ? "" : ", ") + text;
      told.push_back(text);
    }
  }
  return out;
}

}  // namespace kscope::scenario
