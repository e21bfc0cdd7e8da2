// The window program over the hand-made snapshot: `ui_gallery hello --screenshot out.png --size 1920x1080`. For looking at
// the drawing code without a simulator.
#include "tests/ui/fixture/hello_snapshot.h"
#include "ui/platform/program.h"

int main(int argc, char** argv) {
  kscope::ui::ProgramOptions options;
  const int status = kscope::ui::parse_options(argc, argv, options);
  if (status >= 0) {
    return status;
  }
  kscope::ui::fixture::FixtureHost host;
  return kscope::ui::run_program(host, options);
}
