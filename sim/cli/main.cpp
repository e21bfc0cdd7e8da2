// kafkascope: the command line. Without a command it becomes kafkascope-ui, the window, that lies beside it; so this
// program needs no graphics and runs on a server.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "sim/cli/commands.h"
#include "sim/cli/drive.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/find_scenario.h"
#include "sim/cli/terminal.h"

namespace kscope::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  kafkascope                                    open the window
  kafkascope list                               scenarios that come with the program
  kafkascope run hello --story                  run one and tell what happens
  kafkascope run hello --do "20s crash b1"      break something
  kafkascope run hello --record run.db          keep everything in a file
  kafkascope query run.db "SELECT * FROM election"
  kafkascope check scenarios/*/*.toml --seeds 20
  kafkascope describe hello --at 20s            what kafka-topics.sh --describe would print
)";

// The window gets the place of this program, so that its process is the one that was started.
int start_window() {
  const std::string program = (program_folder() / "kafkascope-ui").string();
  const char* const arguments[] = {program.c_str(), nullptr};
  execv(program.c_str(), const_cast<char* const*>(arguments));
  fmt::print(stderr, "kafkascope: the window {} cannot be started; kafkascope --help tells what works without it\n",
             program);
  return kBadInput;
}

int run_program(int argc, char** argv) {
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
    return app.exit(error) == 0 ? kHeld : kUsage;
  }
  if (app.get_subcommands().empty()) {
    return start_window();
  }
  return is_interrupted() ? kInterrupted : status;
}

}  // namespace
}  // namespace kscope::cli

int main(int argc, char** argv) {
  try {
    return kscope::cli::run_program(argc, argv);
  } catch (const std::exception& error) {
    // Libraries may throw: memory that is not there, a pipe that was closed.
    fmt::print(stderr, "kafkascope: {}\n", error.what());
    return kscope::cli::kBadInput;
  }
}
