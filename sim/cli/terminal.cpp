#include "sim/cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "sim/cli/exit_status.h"

namespace kscope::cli {
namespace {

using namespace std::chrono_literals;

// 0 or the number of the signal.
// tidy:allow(no-mutable-globals): a signal handler can reach nothing else
std::atomic<int> interrupted{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not wait for a lock");

extern "C" void on_interrupt(int signal_number) {
  interrupted = signal_number;
  // The second Ctrl-C ends the program at once.
  std::signal(signal_number, SIG_DFL);
}

std::string_view code(Colour colour) {
  switch (colour) {
    case Colour::kPlain: return "";
    case Colour::kBold: return "\x1b[1m";
    case Colour::kDim: return "\x1b[2m";
    case Colour::kGood: return "\x1b[32m";
    case Colour::kWarning: return "\x1b[33m";
    case Colour::kBad: return "\x1b[31m";
  }
  return "";
}

/// Whether the terminal understands no escape codes.
bool is_terminal_dumb() {
  const char* terminal = std::getenv("TERM");
  return terminal == nullptr || std::string_view(terminal) == "dumb";
}

}  // namespace

bool is_output_coloured() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0') && !is_terminal_dumb();
}

std::string coloured(std::string_view text, Colour colour, bool is_coloured) {
  if (!is_coloured || colour == Colour::kPlain) {
    return std::string(text);
  }
  return fmt::format("{}{}\x1b[0m", code(colour), text);
}

void catch_interrupts() {
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    // What the parent ignores stays ignored: nohup.
    if (std::signal(signal_number, on_interrupt) == SIG_IGN) {
      std::signal(signal_number, SIG_IGN);
    }
  }
}

bool is_interrupted() { return interrupted != 0; }

int interrupted_status() { return interrupted == 0 ? kHeld : kSignalled + interrupted; }

Progress::Progress()
    : start_(std::chrono::steady_clock::now()),
      last_(start_),
      is_wanted_(isatty(STDERR_FILENO) == 1 && !is_terminal_dumb()) {}

Progress::~Progress() { clear(); }

void Progress::clear() {
  if (is_shown_) {
    std::fputs("\r\x1b[K", stderr);
    is_shown_ = false;
  }
}

void Progress::show(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!is_wanted_ || now - start_ < 1s || (is_shown_ && now - last_ < 200ms)) {
    return;
  }
  last_ = now;
  is_shown_ = true;
  fmt::print(stderr, "\r\x1b[K{}", text);
  std::fflush(stderr);
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out;
  std::size_t column = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '\n' && at + 1 < text.size() && text[at + 1] == '\n') {
      out += "\n\n";
      column = 0;
      at += 2;
      continue;
    }
    if (text[at] == ' ' || text[at] == '\n') {
      ++at;
      continue;
    }
    std::size_t end = text.find_first_of(" \n", at);
    end = end == std::string_view::npos ? text.size() : end;
    const std::string_view word = text.substr(at, end - at);
    if (column != 0 && column + 1 + word.size() > width) {
      out += '\n';
      column = 0;
    }
    if (column == 0) {
      out += indent;
      column = indent.size();
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    at = end;
  }
  return out;
}

}  // namespace kscope::cli
