#include "ui/platform/program.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <sstream>

#include "ui/app/app.h"
#include "ui/app/format.h"
#include "ui/panels/panels.h"
#include "ui/platform/assets.h"
#include "ui/platform/glfw_window.h"
#include "ui/platform/state_file.h"

namespace kscope::ui {
namespace {

constexpr int kNoWindow = 3;
constexpr int kFramesPerSecond = 60;
constexpr double kIdleWait = 0.25;  // seconds between frames when nothing moves

void complain(const std::string& text) { fmt::print(stderr, "kafkascope-ui: {}\n", text); }

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> out;
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    if (!part.empty()) {
      out.push_back(part);
    }
  }
  return out;
}

view::EntityRef entity_named(const view::Snapshot& s, const std::string& name) {
  for (const view::Node& n : s.nodes) {
    if (n.name == name) {
      return {view::EntityKind::kNode, n.node};
    }
  }
  for (const view::Partition& p : s.partitions) {
    if (p.name == name) {
      return {view::EntityKind::kPartition, p.topic, p.partition};
    }
  }
  for (const view::Group& g : s.groups) {
    if (g.name == name) {
      return {view::EntityKind::kGroup, g.group};
    }
  }
  return {};
}

// Who asks for a moment wants to look at it; who asks for some seconds of play wants to see them.
bool starts_playing(const ProgramOptions& options) {
  return !options.is_paused && (options.at.empty() || options.play_s > 0);
}

// Brings the application to the moment and the look that the options ask for.
std::string set_the_scene(App& app, const ProgramOptions& options) {
  if (!options.at.empty()) {
    if (options.at[0] == '#') {
      app.push(SeekEvent{std::strtoull(options.at.c_str() + 1, nullptr, 10)});
    } else if (parse_span(options.at).count() >= 0) {
      app.push(SeekTime{SimTime(parse_span(options.at))});
    } else {
      return "--at takes a time such as 12.5s or an event such as #840, not \"" + options.at + "\"";
    }
  }
  for (const std::string& line : split(options.script, ';')) {
    app.push(DoScript{line});
  }
  app.carry_out_all();
  if (!options.at.empty()) {
    app.state().notice_left_s = 0;  // nobody asked for the start-up
  }
  if (!options.select.empty()) {
    const view::EntityRef entity = entity_named(app.snapshot(), options.select);
    if (!entity.is_set()) {
      return "there is nothing called \"" + options.select + "\" to select";
    }
    app.state().selection = entity;
  }
  for (const std::string& word : split(options.commands, ',')) {
    bool known = false;
    for (const CommandSpec& spec : command_table()) {
      if (spec.name == word) {
        app.push(DoCommand{spec.id});
        known = true;
      }
    }
    if (!known) {
      return "there is no command \"" + word + "\"";
    }
  }
  app.carry_out_all();
  app.state().playing = starts_playing(options);
  return {};
}

struct Loop {
  App& app;
  GlfwWindow& window;
  std::string fonts;
  float monitor_scale = 1;
  std::chrono::steady_clock::time_point begun{};  // when the last frame had waited for input

  // One frame; returns an error text or nothing.
  // `fixed_elapsed` >= 0 stands for the time since the last frame.
  std::string turn(double wait, double fixed_elapsed = -1) {
    std::string error;
    if (app.prepare_look(fonts, monitor_scale, error)) {
      if (!error.empty()) {
        return error;
      }
      window.upload_fonts();
    }
    FrameInput input = window.begin_frame(wait);
    begun = std::chrono::steady_clock::now();
    for (const std::string& path : window.take_dropped_files()) {
      app.push(OpenPath{path});
    }
    if (fixed_elapsed >= 0) {
      input.elapsed_s = fixed_elapsed;
    }
    app.frame(input);
    window.end_frame(app.theme().window);
    return {};
  }
};

int take_screenshot(Loop& loop, const ProgramOptions& options) {
  loop.app.state().playing = false;
  // Dear ImGui needs a few frames until new windows and tables have their final sizes.
  for (int i = 0; i < 6; ++i) {
    const std::string error = loop.turn(0, 0);
    loop.app.state().playing = false;
    if (!error.empty()) {
      complain(error);
      return 1;
    }
  }
  loop.app.state().playing = starts_playing(options);
  // Frames of equal length, so that the same options always give the same picture.
  for (int i = 0; i < static_cast<int>(options.play_s * kFramesPerSecond); ++i) {
    const std::string error = loop.turn(0, 1.0 / kFramesPerSecond);
    if (!error.empty()) {
      complain(error);
      return 1;
    }
  }
  const std::string last = loop.turn(0, 0);
  const std::string error = last.empty() ? loop.window.save_png(options.screenshot) : last;
  if (!error.empty()) {
    complain(error);
    return 1;
  }
  return 0;
}

}  // namespace

int parse_options(int argc, char** argv, ProgramOptions& out) {
  CLI::App cli("Kafkascope: a Kafka cluster, simulated message by message, in a window");
  std::string size;
  bool projector = false;
  cli.add_option("scenario,--scenario", out.path, "scenario file to open (default: the first of the library)");
  cli.add_option("--screenshot", out.screenshot, "write the picture of the window to this PNG file and leave");
  cli.add_option("--size", size, "size of the window in pixels, e.g. 1920x1080");
  cli.add_option("--scale", out.scale, "scale of text and controls, 1 = 100 % (default: the monitor's)")
      ->check(CLI::Range(0.5, 4.0));
  cli.add_option("--theme", out.theme, "light, dark or projector")
      ->check(CLI::IsMember({"light", "dark", "projector"}));
  cli.add_option("--at", out.at, "begin at this time (12.5s) or event (#840), paused unless --play is given");
  cli.add_option("--script", out.script, "script lines to carry out there, separated by ;");
  cli.add_option("--select", out.select, "select this broker, client, partition or group");
  cli.add_option("--do", out.commands,
                 "commands to do first, by name, separated by commas, e.g. view.groups,help.legend");
  cli.add_option("--play", out.play_s, "with --screenshot: let the window play for so many seconds first")
      ->check(CLI::Range(0.0, 600.0));
  cli.add_option("--state", out.state_file,
                 "keep what the window shows, and where, in this file as JSON: for tests and tools that drive it");
  cli.add_flag("--story", out.tells_story, "print what happens in plain words, one line each");
  cli.add_flag("--paused", out.is_paused, "start paused (with --at: as it is anyway, unless --play is given)");
  cli.add_flag("--projector", projector, "start in projector mode");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error);
  }
  if (!size.empty() && std::sscanf(size.c_str(), "%dx%d", &out.width, &out.height) != 2) {
    complain("--size takes width x height, e.g. 1920x1080, not \"" + size + "\"");
    return 1;
  }
  if (out.width < 320 || out.height < 240 || out.width > 16384 || out.height > 16384) {
    complain("--size must be between 320x240 and 16384x16384");
    return 1;
  }
  if (projector) {
    out.theme = "projector";
  }
  return -1;
}

int run_program(RunHost& host, const ProgramOptions& options) {
  const auto fonts = find_asset("fonts");
  if (!fonts) {
    std::string tried;
    for (const auto& candidate : asset_candidates("fonts")) {
      tried += "\n  " + candidate.string();
    }
    complain("the fonts are missing; looked for them in" + tried);
    return 1;
  }
  App app(host);
  const std::string remembered = user_state_folder();
  // A picture must not depend on what was opened before.
  if (options.screenshot.empty() && !remembered.empty()) {
    app.remember_runs_in(remembered + "/recent-runs");
  }
  std::string path = options.path;
  if (path.empty() && !app.library().empty()) {
    path = app.library().front().path;
  }
  if (path.empty()) {
    complain("no scenario was found; give one on the command line");
    return 1;
  }
  if (!app.open(path)) {
    complain(app.state().problem);
    return 1;
  }
  if (options.theme == "projector") {
    app.perform(CommandId::ToggleProjector);
  } else {
    app.state().theme = theme_from_name(options.theme).value_or(ThemeId::Light);
  }

  std::string error;
  auto window =
      GlfwWindow::open({options.width, options.height, !options.screenshot.empty(), app.window_title()}, error);
  if (window == nullptr) {
    complain(error);
    return kNoWindow;
  }
  Loop loop{app, *window, fonts->string(),
            options.scale > 0            ? options.scale
            : options.screenshot.empty() ? window->monitor_scale()
                                         : 1};
  error = set_the_scene(app, options);
  if (!error.empty()) {
    complain(error);
    return 1;
  }
  if (!options.screenshot.empty()) {
    return take_screenshot(loop, options);
  }
  StateFile state_file(options.state_file);
  app.places().is_on = state_file.is_on();
  while (!window->should_close() && !app.wants_to_quit()) {
    // Drivers that do not wait for the screen would draw as fast as they can.
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - loop.begun;
    const double rest = std::max(0.0, 1.0 / kFramesPerSecond - spent.count());
    error = loop.turn(app.is_moving() ? rest : kIdleWait);
    if (error.empty()) {
      error = state_file.update(app);
    }
    if (!error.empty()) {
      complain(error);
      return 1;
    }
    window->set_title(app.window_title());
    if (options.tells_story) {
      for (const std::string& line : app.take_story()) {
        fmt::print("{}\n", line);
      }
      std::fflush(stdout);
    }
  }
  if (const std::string given_up = app.drop_recording(); !given_up.empty()) {
    complain("the window was closed before the recording was whole: " + given_up + " was not written");
  }
  return 0;
}

}  // namespace kscope::ui
