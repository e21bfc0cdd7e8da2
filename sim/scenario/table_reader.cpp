#include "sim/scenario/table_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/config/units.h"
#include "sim/scenario/amounts.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/names.h"

namespace kscope::scenario {
namespace {

// Kafka's own way to write a list in a .properties file is commas.
bool config_text(const TomlNode& node, std::string& out) {
  if (node.kind == TomlNode::Kind::kArray) {
    std::string joined;
    for (const TomlNode& item : node.items) {
      if (item.kind == TomlNode::Kind::kArray || item.kind == TomlNode::Kind::kTable) {
        return false;
      }
      joined += (joined.empty() ? "" : ",") + item.text;
    }
    out = joined;
    return true;
  }
  if (node.kind == TomlNode::Kind::kTable || node.kind == TomlNode::Kind::kTime) {
    return false;
  }
  out = node.text;
  return true;
}

}  // namespace

void Problems::error(int line, std::string text) {
  has_error_ = true;
  add({line, false, std::move(text)});
}

void Problems::warning(int line, std::string text) { add({line, true, std::move(text)}); }

void Problems::add(Problem problem) {
  const auto is_same = [&](const Problem& p) { return p.line == problem.line && p.text == problem.text; };
  // Errors and warnings are counted apart: many warnings must not hide an error.
  std::size_t& count = problem.is_warning ? warnings_ : errors_;
  if (count < kMaxProblems && std::none_of(list_.begin(), list_.end(), is_same)) {
    ++count;
    list_.push_back(std::move(problem));
  }
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> out = list_;
  std::stable_sort(out.begin(), out.end(), [](const Problem& a, const Problem& b) { return a.line < b.line; });
  return out;
}

TableReader::TableReader(const TomlNode& table, std::string what, Problems& problems,
                         std::initializer_list<std::string_view> subtables)
    : what_(std::move(what)), problems_(problems), line_(table.line) {
  flatten(table, "", subtables);
}

void TableReader::flatten(const TomlNode& table, const std::string& prefix,
                          std::initializer_list<std::string_view> subtables) {
  for (const auto& [key, node] : table.members) {
    const std::string name = prefix.empty() ? key : prefix + "." + key;
    const bool is_subtable = std::find(subtables.begin(), subtables.end(), name) != subtables.end();
    if (node.kind == TomlNode::Kind::kTable && !is_subtable && !node.members.empty()) {
      flatten(node, name, subtables);
    } else {
      leaves_.push_back({name, &node, false});
    }
  }
}

const TomlNode* TableReader::take(std::string_view key) {
  asked_.emplace_back(key);
  for (Leaf& leaf : leaves_) {
    if (leaf.key == key) {
      leaf.is_taken = true;
      return leaf.node;
    }
  }
  return nullptr;
}

bool TableReader::has(std::string_view key) const {
  return std::any_of(leaves_.begin(), leaves_.end(), [&](const Leaf& leaf) { return leaf.key == key; });
}

int TableReader::line_of(std::string_view key) const {
  for (const Leaf& leaf : leaves_) {
    if (leaf.key == key) {
      return leaf.node->line;
    }
  }
  return line_;
}

bool TableReader::wrong(const TomlNode& node, std::string_view key, std::string_view expected) {
  const bool is_scalar = node.kind != TomlNode::Kind::kTable && node.kind != TomlNode::Kind::kArray;
  error(node.line, fmt::format("{} of {} is {}; expected {}", shown(key), what_,
                               is_scalar ? fmt::format("\"{}\"", shown(node.text)) : kind_text(node.kind), expected));
  return false;
}

bool TableReader::text(std::string_view key, std::string& out, std::size_t max_bytes) {
  const TomlNode* node = take(key);
  if (node == nullptr) {
    return false;
  }
  if (node->kind != TomlNode::Kind::kString) {
    return wrong(*node, key, "a text in quotes");
  }
  if (node->text.size() > max_bytes) {
    error(node->line, fmt::format("{} of {} has {} bytes; at most {}", key, what_, node->text.size(), max_bytes));
    return false;
  }
  out = node->text;
  return true;
}

bool TableReader::name(std::string_view key, std::string& out) {
  const TomlNode* node = take(key);
  if (node == nullptr) {
    return false;
  }
  if (node->kind != TomlNode::Kind::kString) {
    return wrong(*node, key, "a name in quotes");
  }
  out = node->text.substr(0, kMaxNameBytes + 1);
  return is_legal_name(node->text) || wrong(*node, key, kLegalNameText.substr(std::string_view("expected ").size()));
}

bool TableReader::integer(std::string_view key, IntegerRange range, std::int64_t& out) {
  const TomlNode* node = take(key);
  if (node == nullptr) {
    return false;
  }
  if (node->kind != TomlNode::Kind::kInteger || node->integer < range.low || node->integer > range.high) {
    return wrong(*node, key, fmt::format("an integer from {} to {}", range.low, range.high));
  }
  out = node->integer;
  return true;
}

bool TableReader::integer(std::string_view key, IntegerRange range, std::int32_t& out) {
  range.high = std::min<std::int64_t>(range.high, INT32_MAX);
  std::int64_t wide = 0;
  if (!integer(key, range, wide)) {
    return false;
  }
  out = static_cast<std::int32_t>(wide);
  return true;
}

bool TableReader::boolean(std::string_view key, bool& out) {
  const TomlNode* node = take(key);
  if (node == nullptr) {
    return false;
  }
  if (node->kind != TomlNode::Kind::kBoolean) {
    return wrong(*node, key, "true or false");
  }
  out = node->integer != 0;
  return true;
}

bool TableReader::duration(std::string_view key, Duration& out, Duration longest) {
  const TomlNode* node = take(key);
  if (node == nullptr) {
    return false;
  }
  const bool is_text = node->kind == TomlNode::Kind::kString;
  const bool is_zero = node->kind == TomlNode::Kind::kInteger && node->integer == 0;
  const std::optional<Duration> value = is_text ? sim::parse_duration(node->text) : std::optional<Duration>();
  if (is_zero) {
    out = Duration{0};
    return true;
  }
  if (!value || *value < Duration{0} || *value > longest) {
    return wrong(*node, key,
                 fmt::format("a duration such as \"10s\", \"250ms\" or \"1m30s\", at most {} hours",
                             longest / std::chrono::hours(1)));
  }
  out = *value;
  return true;
}

bool TableReader::size(std::string_view key, IntegerRange range, std::int64_t& out) {
  const TomlNode* node = take(key);
  if (node == nullptr) {
    return false;
  }
  std::optional<std::int64_t> value;
  if (node->kind == TomlNode::Kind::kInteger) {
    value = node->integer;
  } else if (node->kind == TomlNode::Kind::kString) {
    value = parse_bandwidth(node->text);
  }
  if (!value || *value < range.low || *value > range.high) {
    return wrong(*node, key,
                 fmt::format("a size such as \"1KiB\" or \"100MB\", from {} to {}", size_text(range.low),
                             size_text(range.high)));
  }
  out = *value;
  return true;
}

std::vector<const TomlNode*> TableReader::table_list(std::string_view key, std::size_t max_count) {
  const TomlNode* node = take(key);
  std::vector<const TomlNode*> out;
  if (node == nullptr) {
    return out;
  }
  if (node->kind != TomlNode::Kind::kArray) {
    wrong(*node, key, fmt::format("tables, each under [[{}]]", key));
    return out;
  }
  if (node->items.size() > max_count) {
    error(node->line, fmt::format("{} times [[{}]]; at most {}", node->items.size(), key, max_count));
    return out;
  }
  for (const TomlNode& item : node->items) {
    if (item.kind == TomlNode::Kind::kTable) {
      out.push_back(&item);
    } else {
      wrong(item, key, fmt::format("tables, each under [[{}]]", key));
    }
  }
  return out;
}

bool TableReader::configs(std::string_view key, Configs& out) {
  const TomlNode* node = take(key);
  if (node == nullptr) {
    return false;
  }
  if (node->kind != TomlNode::Kind::kTable) {
    return wrong(*node, key, "a table of Kafka configs");
  }
  struct Pending {
    const TomlNode* table;
    std::string prefix;
  };
  std::vector<Pending> pending = {{node, ""}};
  while (!pending.empty()) {
    const Pending at = pending.back();
    pending.pop_back();
    for (const auto& [name, value] : at.table->members) {
      const std::string full = at.prefix.empty() ? name : at.prefix + "." + name;
      std::string text;
      if (value.kind == TomlNode::Kind::kTable) {
        pending.push_back({&value, full});
      } else if (!config_text(value, text) || text.size() > kMaxConfigValueBytes) {
        wrong(value, full, "a config's value: a text, a number, true or false, or a list of texts");
      } else {
        out.push_back({full, text, value.line});
      }
    }
  }
  if (out.size() > kMaxConfigs) {
    error(node->line, fmt::format("{} of {} has {} configs; at most {}", key, what_, out.size(), kMaxConfigs));
    out.clear();
    return false;
  }
  std::stable_sort(out.begin(), out.end(), [](const ConfigEntry& a, const ConfigEntry& b) { return a.line < b.line; });
  return true;
}

bool TableReader::texts(std::string_view key, std::size_t max_count, std::vector<std::string>& out) {
  const TomlNode* node = take(key);
  if (node == nullptr) {
    return false;
  }
  if (node->kind == TomlNode::Kind::kString) {
    out = {node->text.substr(0, kMaxConfigValueBytes)};
    return true;
  }
  if (node->kind != TomlNode::Kind::kArray || node->items.size() > max_count) {
    return wrong(*node, key, fmt::format("a list of at most {} texts", max_count));
  }
  std::vector<std::string> found;
  for (const TomlNode& item : node->items) {
    if (item.kind != TomlNode::Kind::kString || item.text.size() > kMaxConfigValueBytes) {
      return wrong(item, key, "a list of texts in quotes");
    }
    found.push_back(item.text);
  }
  out = std::move(found);
  return true;
}

void TableReader::require(std::string_view key) {
  if (!has(key)) {
    error(line_, fmt::format("{} has no {}", what_, key));
  }
}

void TableReader::finish() {
  std::size_t unknown = 0;
  for (const Leaf& leaf : leaves_) {
    if (!leaf.is_taken && ++unknown <= kMaxProblems) {
      error(leaf.node->line,
            fmt::format("{} knows no \"{}\"{}", what_, shown(leaf.key), did_you_mean(leaf.key, asked_)));
    }
  }
}

}  // namespace kscope::scenario
