// kafkascope: the command line. Without a command it becomes kafkascope-ui, the window, that lies beside it; so this
// program needs no graphics and runs on a server.
#include <fmt/format.h>

#include <csignal>
#include <exception>

#include "sim/cli/exit_status.h"
#include "sim/cli/program.h"

int main(int argc, char** argv) {
  // A reader that goes away (`| head`) ends the program without a word, also where the parent ignores the signal.
  std::signal(SIGPIPE, SIG_DFL);
  // A file at its largest allowed size (ulimit -f) is a full disk: the write fails, and what it was for is told.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return kscope::cli::run_program(argc, argv);
  } catch (const std::exception& error) {
    // Libraries may throw: memory that is not there, a disk that is full.
    fmt::print(stderr, "kafkascope: {}\n", error.what());
    return kscope::cli::kBadInput;
  }
}
