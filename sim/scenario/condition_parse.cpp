// Recursive descent over the tokens of a condition. Depth is bounded by kMaxDepth, size by kMaxConditionNodes.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/check/invariant.h"
#include "sim/config/units.h"
#include "sim/scenario/condition.h"
#include "sim/scenario/condition_lexer.h"
#include "sim/scenario/condition_words.h"
#include "sim/scenario/limits.h"
#include "sim/world/note.h"

namespace kscope::scenario {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxListLength = 100;

class Parser {
 public:
  Parser(const std::vector<Token>& tokens, const Names& names) : tokens_(tokens), names_(names) {}

  bool parse_whole() {
    if (parse_or(0) < 0) {
      return false;
    }
    if (token().kind != Token::Kind::kEnd) {
      return fail(fmt::format("expected & or | or the end, not \"{}\"", shown(token().text))) >= 0;
    }
    return true;
  }

  std::vector<ConditionNode> nodes;
  Error error;

 private:
  [[nodiscard]] const Token& token() const { return tokens_[at_]; }
  [[nodiscard]] bool is_sign(std::string_view sign) const {
    return token().kind == Token::Kind::kSign && token().text == sign;
  }
  bool take(std::string_view sign) {
    if (!is_sign(sign)) {
      return false;
    }
    ++at_;
    return true;
  }
  int fail(std::string_view text) { return fail_at(token().column, text); }
  int fail_at(std::size_t column, std::string_view text) {
    error = error_at(column, text);
    return -1;
  }
  int add(ConditionNode node) {
    if (nodes.size() >= kMaxConditionNodes) {
      return fail(fmt::format("the condition is too long; at most {} parts", kMaxConditionNodes));
    }
    nodes.push_back(std::move(node));
    return static_cast<int>(nodes.size()) - 1;
  }
  int add(Operator op, int left, int right = -1) {
    ConditionNode node;
    node.op = op;
    node.left = left;
    node.right = right;
    return add(std::move(node));
  }

  int parse_or(int depth) {
    int left = parse_and(depth);
    while (left >= 0 && take("|")) {
      const int right = parse_and(depth);
      left = right < 0 ? -1 : add(Operator::kOr, left, right);
    }
    return left;
  }
  int parse_and(int depth) {
    int left = parse_not(depth);
    while (left >= 0 && take("&")) {
      const int right = parse_not(depth);
      left = right < 0 ? -1 : add(Operator::kAnd, left, right);
    }
    return left;
  }
  int parse_not(int depth) {
    if (depth > kMaxDepth) {
      return fail("parentheses and ! are nested too deeply");
    }
    if (take("!")) {
      const int inner = parse_not(depth + 1);
      return inner < 0 ? -1 : add(Operator::kNot, inner);
    }
    return parse_comparison(depth);
  }

  int parse_comparison(int depth) {
    const std::size_t left_column = token().column;
    const int left = parse_value(depth);
    if (left < 0) {
      return -1;
    }
    struct Sign {
      std::string_view text;
      Operator op;
    };
    static constexpr Sign kSigns[] = {{"==", Operator::kEqual},     {"!=", Operator::kUnequal},
                                      {"<=", Operator::kLessEqual}, {">=", Operator::kGreaterEqual},
                                      {"<", Operator::kLess},       {">", Operator::kGreater}};
    if (is_sign("=")) {
      return fail("a single = means nothing; expected ==");
    }
    for (const Sign& sign : kSigns) {
      if (take(sign.text)) {
        const std::size_t right_column = token().column;
        const int right = parse_value(depth);
        if (right < 0 || !check_kinds(left, right, {left_column, right_column}, sign.op)) {
          return -1;
        }
        return add(sign.op, left, right);
      }
    }
    const ConditionNode& node = nodes[static_cast<std::size_t>(left)];
    const bool is_bare_word = node.op == Operator::kLiteral && std::holds_alternative<std::string>(node.literal);
    if (is_bare_word) {
      return fail_at(left_column,
                     fmt::format("\"{}\" alone is no condition{}", shown(std::get<std::string>(node.literal)),
                                 did_you_mean(std::get<std::string>(node.literal), quantity_words())));
    }
    return left;
  }

  int parse_value(int depth) {
    if (take("(")) {
      const int inner = parse_or(depth + 1);
      if (inner >= 0 && !take(")")) {
        return fail("expected )");
      }
      return inner;
    }
    if (is_sign("[")) {
      return parse_list();
    }
    if (token().kind == Token::Kind::kEnd) {
      return fail("something is missing here; expected a value such as isr(orders-0)");
    }
    if (token().kind == Token::Kind::kSign) {
      return fail(fmt::format("expected a value, not \"{}\"", token().text));
    }
    return parse_word();
  }

  int parse_list() {
    ++at_;
    std::vector<std::int64_t> ids;
    while (!take("]")) {
      if (!ids.empty() && !take(",")) {
        return fail("expected , or ]");
      }
      const std::optional<std::int64_t> id = broker_id(token().text);
      if (token().kind != Token::Kind::kWord || !id) {
        return fail("expected a broker id, as in [1,2]");
      }
      if (ids.size() >= kMaxListLength) {
        return fail("the list is too long");
      }
      ids.push_back(*id);
      ++at_;
    }
    ConditionNode node;
    node.literal = std::move(ids);
    return add(std::move(node));
  }

  // A number or the name of a broker; whether the broker exists is not asked: its absence may be the point.
  [[nodiscard]] std::optional<std::int64_t> broker_id(std::string_view text) const {
    if (const NodeId node = names_.node(text); node.is_valid()) {
      const NodeName& name = names_.nodes[static_cast<std::size_t>(node.value)];
      return name.role == NameRole::kBroker ? std::optional<std::int64_t>(name.broker.value) : std::nullopt;
    }
    return sim::parse_integer(text);
  }

  int parse_word() {
    const Token word = token();
    ++at_;
    ConditionNode node;
    if (word.kind == Token::Kind::kQuoted) {
      node.literal = word.text;
      return add(std::move(node));
    }
    for (const QuantityDef& def : quantity_defs()) {
      if (def.info.word == word.text) {
        return parse_quantity(def);
      }
    }
    if (is_sign("(")) {
      return fail_at(word.column, fmt::format("unknown quantity \"{}\"{}", shown(word.text),
                                              did_you_mean(word.text, quantity_words())));
    }
    if (word.text == "none") {
      node.literal = None{};
    } else if (word.text == "true" || word.text == "false") {
      node.literal = std::int64_t{word.text == "true" ? 1 : 0};
    } else if (const auto number = sim::parse_integer(word.text)) {
      node.literal = *number;
    } else if (const auto duration = sim::parse_duration(word.text)) {
      node.literal = duration->count();
      durations_.push_back(static_cast<int>(nodes.size()));
    } else if (word.text.front() >= '0' && word.text.front() <= '9') {
      return fail_at(word.column, fmt::format("\"{}\" is no number and no duration", shown(word.text)));
    } else {
      node.literal = word.text;
    }
    return add(std::move(node));
  }

  int parse_quantity(const QuantityDef& def) {
    ConditionNode node;
    node.op = Operator::kTerm;
    node.term.quantity = def.info.quantity;
    node.source = std::string(def.info.word);
    std::vector<Token> arguments;
    const std::size_t column = token().column;
    if (take("(")) {
      while (!take(")")) {
        if (!arguments.empty() && !take(",")) {
          return fail("expected , or )");
        }
        if (token().kind != Token::Kind::kWord && token().kind != Token::Kind::kQuoted) {
          return fail(fmt::format("expected a name (usage: {})", def.info.usage));
        }
        arguments.push_back(token());
        ++at_;
        if (arguments.size() > 2) {
          return fail_at(arguments.back().column, fmt::format("too many names (usage: {})", def.info.usage));
        }
      }
    }
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      node.source += (i == 0 ? "(" : ", ") + arguments[i].text + (i + 1 == arguments.size() ? ")" : "");
    }
    const ArgumentKind kinds[] = {def.first, def.second};
    for (std::size_t i = 0; i < 2; ++i) {
      if (i < arguments.size()) {
        const std::string problem = read_argument(kinds[i], arguments[i].text, node.term);
        if (!problem.empty()) {
          return fail_at(arguments[i].column, fmt::format("{} (usage: {})", problem, def.info.usage));
        }
      } else if (is_required(kinds[i])) {
        return fail_at(column, fmt::format("a name is missing (usage: {})", def.info.usage));
      }
    }
    return add(std::move(node));
  }

  static bool is_required(ArgumentKind kind) {
    switch (kind) {
      case ArgumentKind::kNothing:
      case ArgumentKind::kMaybePartition:
      case ArgumentKind::kMaybeBroker:
      case ArgumentKind::kMaybeProducer:
      case ArgumentKind::kMaybeInvariant: return false;
      case ArgumentKind::kPartition:
      case ArgumentKind::kPartitions:
      case ArgumentKind::kNode:
      case ArgumentKind::kBrokerNode:
      case ArgumentKind::kGroup:
      case ArgumentKind::kGroupOrConsumer:
      case ArgumentKind::kNote: return true;
    }
    return true;
  }

  std::string read_argument(ArgumentKind kind, const std::string& text, Term& term) const {
    switch (kind) {
      case ArgumentKind::kNothing: return fmt::format("\"{}\" is too much", shown(text));
      case ArgumentKind::kPartition:
      case ArgumentKind::kMaybePartition: return read_partition(text, term);
      case ArgumentKind::kPartitions:
        if (text.ends_with("-*")) {
          term.partition.topic = names_.topic(text.substr(0, text.size() - 2));
          return term.partition.topic.is_valid() ? std::string() : unknown_topic(text.substr(0, text.size() - 2));
        }
        return read_partition(text, term);
      case ArgumentKind::kMaybeBroker: {
        const std::optional<std::int64_t> id = broker_id(text);
        for (const NodeName& node : names_.nodes) {
          if (node.role == NameRole::kBroker && id && node.broker.value == *id) {
            term.broker = node.broker;
            return {};
          }
        }
        return fmt::format("there is no broker \"{}\"", shown(text));
      }
      case ArgumentKind::kNode:
        return read_node(
            text, term, [](NameRole) { return true; }, "node");
      case ArgumentKind::kBrokerNode:
        return read_node(
            text, term, [](NameRole role) { return role == NameRole::kBroker; }, "broker");
      case ArgumentKind::kMaybeProducer:
        return read_node(
            text, term, [](NameRole role) { return role == NameRole::kProducer; }, "producer");
      case ArgumentKind::kGroup:
        term.group = names_.group(text);
        return term.group.is_valid()
                   ? std::string()
                   : fmt::format("unknown group \"{}\"{}", shown(text), did_you_mean(text, names_.groups));
      case ArgumentKind::kGroupOrConsumer:
        term.group = names_.group(text);
        if (term.group.is_valid()) {
          return {};
        }
        return read_node(
            text, term, [](NameRole role) { return role == NameRole::kConsumer; }, "group or consumer");
      case ArgumentKind::kMaybeInvariant: return read_invariant(text, term);
      case ArgumentKind::kNote: return read_note(text, term);
    }
    return "this argument is not understood";
  }

  [[nodiscard]] std::string unknown_topic(const std::string& name) const {
    std::vector<std::string> known;
    for (const TopicName& topic : names_.topics) {
      known.push_back(topic.name);
    }
    return fmt::format("unknown topic \"{}\"{}", shown(name), did_you_mean(name, known));
  }

  std::string read_partition(const std::string& text, Term& term) const {
    if (const auto partition = names_.partition(text)) {
      term.partition = *partition;
      return {};
    }
    const std::size_t dash = text.rfind('-');
    if (dash == std::string::npos) {
      const bool is_topic = names_.topic(text).is_valid();
      return is_topic ? fmt::format("\"{}\" is a topic; expected one of its partitions, such as {}-0", text, text)
                      : fmt::format("\"{}\" is no partition; expected TOPIC-NUMBER", shown(text));
    }
    const sim::TopicId topic = names_.topic(text.substr(0, dash));
    if (!topic.is_valid()) {
      return unknown_topic(text.substr(0, dash));
    }
    const TopicName& known = names_.topics[static_cast<std::size_t>(topic.value)];
    return fmt::format("{} has {} partitions, so there is no {}", known.name, known.partitions, shown(text));
  }

  template <class Fits>
  std::string read_node(const std::string& text, Term& term, Fits fits, std::string_view word) const {
    const NodeId node = names_.node(text);
    if (node.is_valid() && fits(names_.nodes[static_cast<std::size_t>(node.value)].role)) {
      term.node = node;
      return {};
    }
    std::vector<std::string> known;
    for (const NodeName& name : names_.nodes) {
      if (fits(name.role)) {
        known.push_back(name.name);
      }
    }
    return fmt::format("unknown {} \"{}\"{}", word, shown(text), did_you_mean(text, known));
  }

  static std::string read_invariant(const std::string& text, Term& term) {
    std::vector<std::string> known;
    for (const sim::Invariant& invariant : sim::invariants()) {
      if (invariant.id == text) {
        term.word = text;
        return {};
      }
      known.emplace_back(invariant.id);
    }
    return fmt::format("unknown invariant \"{}\"{}; there are {}", shown(text), did_you_mean(text, known),
                       fmt::join(known, ", "));
  }

  static std::string read_note(const std::string& text, Term& term) {
    std::vector<std::string> known;
    for (std::uint16_t i = 0; i < sim::kNoteKindCount; ++i) {
      const auto kind = static_cast<sim::NoteKind>(i);
      if (sim::note_name(kind) == text) {
        term.note = kind;
        return {};
      }
      known.emplace_back(sim::note_name(kind));
    }
    return fmt::format("unknown note \"{}\"{}", shown(text), did_you_mean(text, known));
  }

  static std::vector<std::string> quantity_words() {
    std::vector<std::string> words;
    for (const QuantityDef& def : quantity_defs()) {
      words.emplace_back(def.info.word);
    }
    return words;
  }

  struct Columns {
    std::size_t left;
    std::size_t right;
  };

  // A comparison that can never be true is a mistake of the writer.
  bool check_kinds(int left, int right, Columns columns, Operator op) {
    const ConditionNode& a = nodes[static_cast<std::size_t>(left)];
    const ConditionNode& b = nodes[static_cast<std::size_t>(right)];
    if (a.op == Operator::kTerm && b.op == Operator::kLiteral) {
      return check_unit(a.term.quantity, right, columns.right) &&
             check_literal(a.term.quantity, b.literal, columns.right, op);
    }
    if (b.op == Operator::kTerm && a.op == Operator::kLiteral) {
      return check_unit(b.term.quantity, left, columns.left) &&
             check_literal(b.term.quantity, a.literal, columns.left, op);
    }
    return (b.op == Operator::kTerm || check_no_word(a, columns.left)) &&
           (a.op == Operator::kTerm || check_no_word(b, columns.right));
  }

  // A word that is compared with no quantity: most often it was to be one itself, acked_lst == 0.
  bool check_no_word(const ConditionNode& node, std::size_t column) {
    const auto* word = std::get_if<std::string>(&node.literal);
    if (node.op != Operator::kLiteral || word == nullptr) {
      return true;
    }
    return fail_at(column,
                   fmt::format("unknown quantity \"{}\"{}", shown(*word), did_you_mean(*word, quantity_words()))) >= 0;
  }

  // A time without a unit would count nanoseconds, which nobody means; only 0 says the same in every unit.
  bool check_unit(Quantity quantity, int literal, std::size_t column) {
    const auto* number = std::get_if<std::int64_t>(&nodes[static_cast<std::size_t>(literal)].literal);
    const bool is_duration = std::find(durations_.begin(), durations_.end(), literal) != durations_.end();
    const bool wants_duration = value_kind(quantity) == ValueKind::kDuration;
    if (number == nullptr || *number == 0 || is_duration == wants_duration) {
      return true;
    }
    return fail_at(column, wants_duration ? fmt::format("{} is no duration; expected one with its unit, such as {}s",
                                                        *number, *number)
                                          : std::string("a duration is compared with what is a number; expected a "
                                                        "number without a unit")) >= 0;
  }

  bool check_literal(Quantity quantity, const Value& literal, std::size_t column, Operator op) {
    const ValueKind kind = value_kind(quantity);
    const bool is_equality = op == Operator::kEqual || op == Operator::kUnequal;
    if (std::holds_alternative<None>(literal)) {
      return is_equality || fail_at(column, "none has no order; expected == or !=") >= 0;
    }
    const bool is_word = std::holds_alternative<std::string>(literal);
    const bool is_list = std::holds_alternative<std::vector<std::int64_t>>(literal);
    switch (kind) {
      case ValueKind::kNumber:
      case ValueKind::kDuration: return (!is_word && !is_list) || fail_at(column, "expected a number or none") >= 0;
      case ValueKind::kId:
        if (is_word) {
          // leader(orders-0) == b2: the name of a broker stands for its id.
          const auto id = broker_id(std::get<std::string>(literal));
          if (!id) {
            return fail_at(column, fmt::format("expected the id of a broker, not \"{}\"",
                                               shown(std::get<std::string>(literal)))) >= 0;
          }
          return true;
        }
        return !is_list || fail_at(column, "expected the id of a broker") >= 0;
      case ValueKind::kList: return !is_word || fail_at(column, "expected a list such as [1,2], or its length") >= 0;
      case ValueKind::kGroupState: return check_state(literal, column, is_equality);
      case ValueKind::kConsumer: {
        Term unused;
        const std::string problem = is_word ? read_node(
                                                  std::get<std::string>(literal), unused,
                                                  [](NameRole role) { return role == NameRole::kConsumer; }, "consumer")
                                            : std::string("expected the name of a consumer, or none");
        return problem.empty() || fail_at(column, problem) >= 0;
      }
    }
    return true;
  }

  bool check_state(const Value& literal, std::size_t column, bool is_equality) {
    static const std::vector<std::string> kStates = {"Empty", "PreparingRebalance", "CompletingRebalance", "Stable",
                                                     "Dead",  "Assigning",          "Reconciling"};
    if (!is_equality || !std::holds_alternative<std::string>(literal)) {
      return fail_at(column, "expected == or != with a state of a group, such as Stable") >= 0;
    }
    const std::string& word = std::get<std::string>(literal);
    if (std::find(kStates.begin(), kStates.end(), word) == kStates.end()) {
      return fail_at(column,
                     fmt::format("\"{}\" is no state of a group{}", shown(word), did_you_mean(word, kStates))) >= 0;
    }
    return true;
  }

  const std::vector<Token>& tokens_;
  const Names& names_;
  std::vector<int> durations_;  ///< nodes whose literal was written with a unit
  std::size_t at_ = 0;
};

}  // namespace

Result<Condition> parse_condition(std::string_view text, const Names& names) {
  if (text.size() > kMaxConditionLength) {
    return error_at(kMaxConditionLength, fmt::format("a condition has at most {} letters", kMaxConditionLength));
  }
  const Result<std::vector<Token>> tokens = tokenize(text);
  if (!tokens) {
    return tokens.error();
  }
  Parser parser(*tokens, names);
  if (!parser.parse_whole()) {
    return parser.error;
  }
  // `leader(x) == b2` compares ids: turn names of brokers into them where a term asks for one.
  for (ConditionNode& node : parser.nodes) {
    if (node.left < 0 || node.right < 0) {
      continue;
    }
    ConditionNode& a = parser.nodes[static_cast<std::size_t>(node.left)];
    ConditionNode& b = parser.nodes[static_cast<std::size_t>(node.right)];
    ConditionNode* const term = a.op == Operator::kTerm ? &a : b.op == Operator::kTerm ? &b : nullptr;
    ConditionNode* const literal = term == &a ? &b : &a;
    if (term == nullptr || literal->op != Operator::kLiteral || value_kind(term->term.quantity) != ValueKind::kId) {
      continue;
    }
    if (const auto* word = std::get_if<std::string>(&literal->literal)) {
      const NodeId id = names.node(*word);
      literal->literal = std::int64_t{names.nodes[static_cast<std::size_t>(id.value)].broker.value};
    }
  }
  Condition condition;
  condition.text = std::string(text);
  condition.nodes = std::move(parser.nodes);
  return condition;
}

}  // namespace kscope::scenario
