#pragma once
// The program around the application: options, window, loop, screenshots. Shared by the product and by the window tests,
// which show a fixed snapshot through the very same code.

#include <string>

#include "ui/app/run_port.h"

namespace kscope::ui {

struct ProgramOptions {
  std::string path;        ///< scenario to open first; empty = the first of the library
  std::string screenshot;  ///< write this PNG and leave; empty = open a window
  int width = 1440;
  int height = 900;
  float scale = 0;  ///< 0 = the monitor's own
  std::string theme = "light";
  std::string at;  ///< where to pause first: "12.5s" or "#840"
  std::string
      commands;  ///< commands by name, separated by commas, done before the first picture: "view.groups,help.legend"
  std::string select;  ///< name of what is selected: "b1", "orders-0", "billing"
  std::string script;  ///< script lines, separated by semicolons, done at `at`
  bool is_paused = false;
  bool tells_story = false;  ///< print what happens to standard output
  std::string state_file;    ///< keep what the window shows in this file, as JSON; empty = nowhere
  double play_s = 0;         ///< seconds of play before a screenshot
};

/// Reads the command line. Returns -1 to go on, else the exit status (help, or a mistake that was reported).
int parse_options(int argc, char** argv, ProgramOptions& out);

/// Runs until the window is closed or the screenshot is written. Returns the exit status: 0, 1 = a file or option is
/// wrong, 3 = no window can be opened.
int run_program(RunHost& host, const ProgramOptions& options);

}  // namespace kscope::ui
