#pragma once
// KSCOPE_CHECK: a broken assumption of ours. It is on in every build, because a simulator that goes on with a broken
// state teaches something false. Protocol errors and bad input are data and never end here.

namespace kscope {

/// Prints condition, text and place to standard error and ends the program. Never returns.
[[noreturn]] void check_failed(const char* condition, const char* text, const char* file, int line);

}  // namespace kscope

/// Ends the program when `condition` is false; `text` says what a reader should look at.
#define KSCOPE_CHECK(condition, text)                                 \
  do {                                                                \
    if (!(condition)) {                                               \
      ::kscope::check_failed(#condition, (text), __FILE__, __LINE__); \
    }                                                                 \
  } while (false)
