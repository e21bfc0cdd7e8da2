#include "sim/cli/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sim/cli/commands.h"
#include "sim/cli/drive.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/find_scenario.h"
#include "sim/cli/terminal.h"
#include "sim/cli/usage_error.h"

namespace kscope::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  kafkascope                                    open the window
  kafkascope list                               scenarios that come with the program
  kafkascope run hello --story                  run one and tell what happens
  kafkascope run hello --do "20s crash b1"      break something
  kafkascope run hello --record run.db          keep everything in a file
  kafkascope query run.db "SELECT * FROM election"
  kafkascope check --seeds 20                   run all scenarios with twenty seeds each
  kafkascope describe hello --at 20s            what kafka-topics.sh --describe would print
)";

// The window gets the place of this program, so that its process is the one that was started.
int start_window() {
  const std::string program = (program_folder() / "kafkascope-ui").string();
  const char* const arguments[] = {program.c_str(), nullptr};
  execv(program.c_str(), const_cast<char* const*>(arguments));
  fmt::print(stderr,
             "kafkascope: the window {} cannot be started: {}\nkafkascope --help tells what works without it.\n",
             program, std::strerror(errno));
  return kBadInput;
}

// What was printed may still be in a buffer, and the disk behind it full.
int flushed(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) {
    return status;
  }
  fmt::print(stderr, "kafkascope: not everything could be printed: {}\n", std::strerror(errno));
  return kBadInput;
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  CLI::App app{"Simulates Apache Kafka clusters, deterministically: watch, break and understand them.", "kafkascope"};
  app.footer(std::string(kExamples) + "\n" + kExitStatusText);
  app.set_version_flag("--version", "kafkascope " + version());
  app.require_subcommand(0, 1);
  int status = kHeld;
  add_run(app, status);
  add_check(app, status);
  add_validate(app, status);
  add_list(app, status);
  add_describe(app, status);
  add_replay(app, status);
  add_query(app, status);
  add_export(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // help and version
      app.exit(error);
      return flushed(kHeld);
    }
    fmt::print(stderr, "{}", usage_error_text(app, error));
    return kUsage;
  }
  if (app.get_subcommands().empty()) {
    return start_window();
  }
  return flushed(is_interrupted() ? interrupted_status() : status);
}

}  // namespace kscope::cli
