#pragma once
// Mutator: makes broken and odd scenarios from whole ones, the same for the same seed on every machine. It works on three
// levels: bytes (what an editor or a disk does), lines (what people do), and words (a number, a text, a config, an action
// or a condition becomes another that is legal somewhere, so that many results load and run).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kscope::fuzz {

class Mutator {
 public:
  /// `texts` are whole scenarios; at least one.
  Mutator(std::vector<std::string> texts, std::uint64_t seed);

  /// The next text: one of the whole ones with some mutations.
  std::string next();
  /// The next line of an action, condition or filter: a known one with some mutations.
  std::string next_action();
  std::string next_condition();
  std::string next_filter();

 private:
  std::uint64_t draw();
  std::size_t below(std::size_t limit);
  std::string_view pick(const std::vector<std::string>& list);
  std::string number();
  std::string word();
  std::string argument(std::string_view parameter);
  void mutate_bytes(std::string& text);
  void mutate_lines(std::string& text);
  void mutate_value(std::string& text);
  void add_config(std::string& text);
  void add_script(std::string& text);

  std::vector<std::string> texts_;
  std::vector<std::string> lines_;  ///< of all texts
  std::uint64_t state_;
};

}  // namespace kscope::fuzz
