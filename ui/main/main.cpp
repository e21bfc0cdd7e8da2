// kafkascope-ui: the window.
#include "ui/app/session_host.h"
#include "ui/platform/assets.h"
#include "ui/platform/program.h"

int main(int argc, char** argv) {
  kscope::ui::ProgramOptions options;
  const int status = kscope::ui::parse_options(argc, argv, options);
  if (status >= 0) {
    return status;
  }
  const auto scenarios = kscope::ui::find_asset("scenarios");
  kscope::ui::SessionHost host(scenarios ? scenarios->string() : std::string());
  return kscope::ui::run_program(host, options);
}
