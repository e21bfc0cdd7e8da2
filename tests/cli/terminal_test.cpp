#include "sim/cli/terminal.h"

#include <gtest/gtest.h>

namespace kscope::cli::terminal_test {
namespace {

TEST(Terminal, colours_only_when_wanted) {
  EXPECT_EQ(coloured("ok", Colour::kGood, false), "ok");
  EXPECT_EQ(coloured("ok", Colour::kPlain, true), "ok");
  EXPECT_EQ(coloured("ok", Colour::kGood, true), "\x1b[32mok\x1b[0m");
}

TEST(Terminal, wrapping_keeps_words_and_empty_lines) {
  EXPECT_EQ(wrapped("one two three", 8, ""), "one two\nthree");
  EXPECT_EQ(wrapped("one\ntwo\n\nthree", 80, "  "), "  one two\n\n  three");
  EXPECT_EQ(wrapped("a-very-long-word b", 5, ""), "a-very-long-word\nb");
  EXPECT_EQ(wrapped("", 5, ""), "");
}

}  // namespace
}  // namespace kscope::cli::terminal_test
