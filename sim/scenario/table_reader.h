#pragma once
// TableReader: takes known keys out of a TOML table, checks their types and limits, and reports in the end what nobody
// asked for, with the nearest key that somebody did. Dotted keys are one key: `replication.factor`.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/time.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/toml_tree.h"

namespace kscope::scenario {

/// Collects errors and warnings up to kMaxProblems of each.
class Problems {
 public:
  void error(int line, std::string text);
  void warning(int line, std::string text);
  [[nodiscard]] bool has_error() const { return has_error_; }
  /// By line; equal lines in the order of finding.
  [[nodiscard]] std::vector<Problem> sorted() const;

 private:
  void add(Problem problem);
  std::vector<Problem> list_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  bool has_error_ = false;
};

struct IntegerRange {
  std::int64_t low = 0;
  std::int64_t high = INT64_MAX;
};

class TableReader {
 public:
  /// `what` is what the table describes, for messages: "[[topic]]". `subtables` are keys whose value stays a table.
  TableReader(const TomlNode& table, std::string what, Problems& problems,
              std::initializer_list<std::string_view> subtables = {});

  /// The value of a key, or null; it counts as known from now on.
  [[nodiscard]] const TomlNode* take(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) const;

  // Each leaves `out` as it is and returns false when the key is absent or wrong; wrong ones are reported.
  bool text(std::string_view key, std::string& out, std::size_t max_bytes);
  /// A word of names: letters, digits, '.', '_', '-'.
  bool name(std::string_view key, std::string& out);
  bool integer(std::string_view key, IntegerRange range, std::int64_t& out);
  bool integer(std::string_view key, IntegerRange range, std::int32_t& out);
  bool boolean(std::string_view key, bool& out);
  /// "10s"; not negative, at most `longest`. 0 needs no unit.
  bool duration(std::string_view key, Duration& out, Duration longest = kLongestRun);
  bool size(std::string_view key, IntegerRange range, std::int64_t& out);
  /// A list of tables ([[key]]); each is given to `read`.
  template <class Read>
  void tables(std::string_view key, std::size_t max_count, Read read) {
    for (const TomlNode* item : table_list(key, max_count)) {
      read(*item);
    }
  }
  /// A table of Kafka configs, flattened to their names.
  bool configs(std::string_view key, Configs& out);
  /// A text or a list of texts.
  bool texts(std::string_view key, std::size_t max_count, std::vector<std::string>& out);

  /// Reports that a key without which the table means nothing is missing.
  void require(std::string_view key);
  /// Reports every key that was not taken.
  void finish();

  void error(int line, std::string text) { problems_.error(line, std::move(text)); }
  [[nodiscard]] int line() const { return line_; }
  /// Line of a key, or of the table when it is absent.
  [[nodiscard]] int line_of(std::string_view key) const;

 private:
  struct Leaf {
    std::string key;
    const TomlNode* node;
    bool is_taken = false;
  };
  void flatten(const TomlNode& table, const std::string& prefix, std::initializer_list<std::string_view> subtables);
  [[nodiscard]] std::vector<const TomlNode*> table_list(std::string_view key, std::size_t max_count);
  bool wrong(const TomlNode& node, std::string_view key, std::string_view expected);

  std::string what_;
  Problems& problems_;
  int line_;
  std::vector<Leaf> leaves_;
  std::vector<std::string> asked_;
};

}  // namespace kscope::scenario
