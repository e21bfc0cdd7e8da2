#pragma once
// The commands of the program. Each adds itself to the parser and, when it was chosen, does its work at once and leaves
// its exit status in `status`.

namespace CLI {
class App;
}

namespace kscope::cli {

void add_run(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_replay(CLI::App& app, int& status);
void add_query(CLI::App& app, int& status);
void add_export(CLI::App& app, int& status);
void add_list(CLI::App& app, int& status);
void add_describe(CLI::App& app, int& status);
void add_validate(CLI::App& app, int& status);

}  // namespace kscope::cli
