#pragma once
// What the command line knows of the terminal: colours only where a person looks, a progress line for what takes long,
// Ctrl-C as a flag that is asked between slices of work.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace kscope::cli {

enum class Colour : std::uint8_t { kPlain, kBold, kDim, kGood, kWarning, kBad };

/// Whether texts on standard output are coloured: it is a terminal, NO_COLOR is not set and TERM is not "dumb".
[[nodiscard]] bool is_output_coloured();
/// `text` in a colour, or as it is.
[[nodiscard]] std::string coloured(std::string_view text, Colour colour, bool is_coloured);

/// Notes Ctrl-C, termination and the end of the terminal from now on instead of ending the program; the second one ends it.
void catch_interrupts();
[[nodiscard]] bool is_interrupted();
/// What to tell the shell: 128 and the number of the signal, as shells do themselves; kHeld when there was none.
[[nodiscard]] int interrupted_status();

/// One line on standard error that is overwritten, from one second after its making on and only on a
/// terminal that understands escape codes.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(const std::string& text);
  /// Takes the line away, for what is printed next.
  void clear();

 private:
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
  bool is_wanted_;
  bool is_shown_ = false;
};

/// Fills lines of at most `width` columns; an empty line stays one, a single line end counts as a blank.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);

}  // namespace kscope::cli
