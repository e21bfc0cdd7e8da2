// CPU time of one frame of the window at 1920x1080 without the graphics driver: the snapshot of a real session, all panels,
// and the draw lists that would go to the driver. Dear ImGui with the program's fonts and no renderer.
//   window_bench [--quick]
#include <imgui.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "font_dir_generated.h"
#include "source_dir_generated.h"
#include "tests/bench/bench_cluster.h"
#include "tests/bench/figures.h"
#include "ui/app/app.h"
#include "ui/app/session_host.h"

namespace kscope::ui {
namespace {

constexpr double kGoalMs = 4;
constexpr float kWidth = 1920;
constexpr float kHeight = 1080;
constexpr double kFrame = 1.0 / 60;

/// The application on a screen that nobody sees.
class Screen {
 public:
  explicit Screen(const std::string& scenario) : host_(std::string(KSCOPE_SOURCE_DIR) + "/scenarios") {
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    for (int i = 0; i < ImGuiKey_COUNT; ++i) {
      ImGui::GetIO().KeyMap[i] = i;
    }
    app_ = std::make_unique<App>(host_);
    if (!app_->open(scenario)) {
      std::fprintf(stderr, "%s\n", app_->state().notice.c_str());
      std::exit(1);
    }
    app_->state().playing = false;
  }
  ~Screen() {
    app_.reset();
    ImGui::DestroyContext();
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  App& app() { return *app_; }

  void frame() {
    std::string error;
    app_->prepare_look(KSCOPE_FONT_DIR, 1, error);
    if (!error.empty()) {
      std::fprintf(stderr, "%s\n", error.c_str());
      std::exit(1);
    }
    unsigned char* pixels = nullptr;
    int width = 0;
    int height = 0;
    ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&pixels, &width, &height);
    ImGui::GetIO().DisplaySize = {kWidth, kHeight};
    ImGui::GetIO().DeltaTime = static_cast<float>(kFrame);
    ImGui::NewFrame();
    app_->frame(FrameInput{kWidth, kHeight, kFrame, {}});
    ImGui::Render();
  }

  /// Milliseconds of CPU of `count` frames, after some in which tables and windows find their sizes. Moving: each frame goes
  /// one event further, so that the picture of the run is made anew; paused, it is not.
  enum class Motion { Paused, Moving };
  std::vector<double> frames(int count, Motion motion) {
    for (int i = 0; i < 6; ++i) {
      frame();
    }
    if (ImGui::GetDrawData()->TotalVtxCount < 5000) {
      std::fprintf(stderr, "the window is nearly empty: nothing worth measuring is drawn\n");
      std::exit(1);
    }
    std::vector<double> times;
    for (int i = 0; i < count; ++i) {
      if (motion == Motion::Moving) {
        app_->push(SeekEvent{app_->snapshot().event + 1});
      }
      times.push_back(1e3 * bench::cpu_seconds_of([&] { frame(); }));
    }
    return times;
  }

 private:
  SessionHost host_;
  std::unique_ptr<App> app_;
};

/// What stands beside the stage and below it.
struct Look {
  std::string name;
  StageTab stage = StageTab::Cluster;
  RightTab right = RightTab::Facts;
  BottomTab bottom = BottomTab::Events;
};

const std::vector<Look>& looks() {
  static const std::vector<Look> all{
      {"cluster", StageTab::Cluster, RightTab::Facts, BottomTab::Events},
      {"log", StageTab::Log, RightTab::History, BottomTab::Events},
      {"sequence", StageTab::Sequence, RightTab::Why, BottomTab::Events},
      {"partitions", StageTab::Partitions, RightTab::Config, BottomTab::Script},
      {"groups", StageTab::Groups, RightTab::Raw, BottomTab::Invariants},
  };
  return all;
}

void show(App& app, const Look& look) {
  app.state().stage_tab = look.stage;
  app.state().right_tab = look.right;
  app.state().bottom_tab = look.bottom;
}

/// Selects what has the most to show: the first partition of a topic, else the first node.
void select_something(App& app) {
  const view::Snapshot& s = app.snapshot();
  if (!s.partitions.empty()) {
    app.state().selection = {view::EntityKind::kPartition, s.partitions[0].topic, s.partitions[0].partition};
  } else if (!s.nodes.empty()) {
    app.state().selection = {view::EntityKind::kNode, s.nodes[0].node};
  }
}

/// Every tab at several moments of a scenario; tells the worst median.
double worst_look(const std::string& scenario, const std::vector<Duration>& moments, int count) {
  Screen screen(scenario);
  double worst = 0;
  std::string where;
  for (const Duration moment : moments) {
    screen.app().push(SeekTime{SimTime(moment)});
    screen.frame();
    select_something(screen.app());
    for (const Look& look : looks()) {
      show(screen.app(), look);
      const double ms = bench::median(screen.frames(count, Screen::Motion::Moving));
      if (ms > worst) {
        worst = ms;
        where = look.name + " at " + bench::to_text(std::chrono::duration<double>(moment).count()) + " s";
      }
    }
  }
  bench::figure_of("  " + scenario + ", worst: " + where, worst, "ms");
  return worst;
}

/// Frames in which simulated time moves, at the adaptive pace: the median and the worst of 99 in 100.
void playing(const std::string& scenario, int count) {
  Screen screen(scenario);
  screen.app().state().playing = true;
  std::vector<double> times = screen.frames(count, Screen::Motion::Paused);  // it plays by itself
  bench::figure_at_most("frame of a playing cluster, its simulation included", bench::median(times), "ms", kGoalMs);
  std::sort(times.begin(), times.end());
  bench::figure_of("  99 of 100 are below", times[times.size() * 99 / 100], "ms");
}

/// A cluster too large for cards.
void wall(int brokers, int partitions, int count) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("kscope-wall-" + std::to_string(getpid()) + ".toml");
  std::ofstream(file) << bench::wide_scenario(brokers, partitions);
  const std::string size = std::to_string(brokers) + " brokers, " + std::to_string(partitions) + " partitions";
  {
    Screen screen(file.string());
    std::filesystem::remove(file);
    const double begin = bench::cpu_seconds();
    screen.app().push(SeekTime{SimTime(20s)});
    screen.frame();
    bench::figure_of("  CPU time of 20 simulated seconds of " + size, bench::cpu_seconds() - begin, "s");
    double worst = 0;
    std::string where;
    for (const Look& look : looks()) {
      show(screen.app(), look);
      const double ms = bench::median(screen.frames(count, Screen::Motion::Moving));
      if (ms > worst) {
        worst = ms;
        where = look.name;
      }
      if (look.stage == StageTab::Cluster) {
        if (!screen.app().state().is_wall) {
          std::fprintf(stderr, "the cluster of %s was not drawn as a wall\n", size.c_str());
          std::exit(1);
        }
        bench::figure_at_most("frame of the wall of " + size, ms, "ms", kGoalMs);
        const double paused = bench::median(screen.frames(count, Screen::Motion::Paused));
        bench::figure_of("  the same, paused", paused, "ms");
      }
    }
    bench::figure_at_most("frame of " + size + ", worst tab: " + where, worst, "ms", kGoalMs);
  }
}

void measure(bool quick) {
  const int count = quick ? 11 : 51;
  double worst = 0;
  for (const char* scenario : {"hello", "leader-crash-acks-1", "eager-rebalance", "rolling-restart"}) {
    worst = std::max(worst, worst_look(scenario, {5s, 15s, 30s}, count));
  }
  bench::figure_at_most("frame at 1920x1080, worst tab of four scenarios at three moments", worst, "ms", kGoalMs);
  playing("hello", quick ? 100 : 1000);
  wall(60, 1000, count);
}

}  // namespace
}  // namespace kscope::ui

int main(int argc, char** argv) {
  kscope::ui::measure(kscope::bench::is_quick(argc, argv));
  return 0;
}
