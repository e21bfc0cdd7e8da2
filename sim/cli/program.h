#pragma once
// The whole command line as one function, so that tests call it as the shell does.

namespace kscope::cli {

/// Reads the arguments, does what they say and returns the exit status (exit_status.h). Without a command it becomes the
/// window and does not return. Requires: arguments as main() gets them.
int run_program(int argc, const char* const* argv);

}  // namespace kscope::cli
