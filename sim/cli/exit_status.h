#pragma once
// What the program says to a shell when it ends. Documented in the help text and in the manual page.

namespace kscope::cli {

enum ExitStatus : int {
  kHeld = 0,          ///< everything that was asked for was done, and everything expected held
  kBroken = 1,        ///< an expectation or an invariant did not hold, or two runs differ
  kUsage = 2,         ///< the command line was not understood
  kBadInput = 3,      ///< a scenario or a recording cannot be read, or a file cannot be written
  kSignalled = 128,   ///< and the number of the signal that ended it early
  kInterrupted = 130  ///< Ctrl-C
};

inline constexpr const char* kExitStatusText =
    "Exit status: 0 everything held; 1 an expectation or an invariant did not hold; 2 wrong usage;\n"
    "3 a file cannot be read or written, or is wrong; 130 interrupted by Ctrl-C (143 by kill).";

}  // namespace kscope::cli
