// A black and white print, a bad projector, an eye that sees no colours: what matters must still be told apart. Every state
// is painted with the window's own code and fonts three times as large as at 100 %, its colours are taken away, and the edges
// that remain are compared: two states must differ in form. That the comparison sees no colour is shown at the end.
#include <gtest/gtest.h>
#include <imgui.h>

#include <cstdlib>
#include <functional>
#include <map>

#include "font_dir_generated.h"
#include "tests/ui/fixture/hello_snapshot.h"
#include "tests/ui/fixture/raster.h"
#include "ui/app/fonts.h"
#include "ui/draw/imgui_painter.h"
#include "ui/draw/stage_paint.h"
#include "ui/draw/tile.h"

namespace kscope::ui::greyscale_test {
namespace {

using fixture::Image;

constexpr int kEdge = 24;       // step of grey that an eye takes for an edge, of 255
constexpr int kLeastForm = 27;  // pixels of edges that only one of two pictures has
constexpr int kTimes = 3;       // the size that they are painted in: what differs by form does so in every size

class Greyscale : public ::testing::TestWithParam<ThemeId> {
 protected:
  void SetUp() override {
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    theme_ = make_theme(GetParam());
    ASSERT_EQ(fonts_.bake(KSCOPE_FONT_DIR, kTimes), "");
  }
  void TearDown() override { ImGui::DestroyContext(); }

  /// `width` and `height` at 100 %; `paint` paints kTimes as large.
  Image painted(int width, int height, const std::function<void(Painter&)>& paint) {
    width *= kTimes;
    height *= kTimes;
    ImGui::GetIO().DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
    ImGui::GetIO().DeltaTime = 1.0F / 60;
    ImGui::NewFrame();
    ImGuiPainter painter(ImGui::GetBackgroundDrawList(), fonts_);
    paint(painter);
    ImGui::Render();
    Image out(width, height, theme_.panel);
    fixture::raster(*ImGui::GetDrawData(), out);
    return out;
  }

  static Rect enlarged(const Rect& r) { return {r.x * kTimes, r.y * kTimes, r.w * kTimes, r.h * kTimes}; }

  static std::vector<bool> edges_of(const Image& image) {
    std::vector<bool> out(static_cast<std::size_t>(image.width * image.height), false);
    for (int y = 0; y + 1 < image.height; ++y) {
      for (int x = 0; x + 1 < image.width; ++x) {
        const int here = image.grey(x, y);
        out[static_cast<std::size_t>(y * image.width + x)] =
            std::abs(image.grey(x + 1, y) - here) > kEdge || std::abs(image.grey(x, y + 1) - here) > kEdge;
      }
    }
    return out;
  }

  /// Edge pixels of each picture near which the other has none: smoothing moves edges by a pixel.
  static int form_distance(const Image& a, const Image& b) {
    const std::vector<bool> ea = edges_of(a);
    const std::vector<bool> eb = edges_of(b);
    const auto has_near = [&](const std::vector<bool>& edges, int x, int y) {
      for (int j = std::max(0, y - 1); j <= std::min(a.height - 1, y + 1); ++j) {
        for (int i = std::max(0, x - 1); i <= std::min(a.width - 1, x + 1); ++i) {
          if (edges[static_cast<std::size_t>(j * a.width + i)]) {
            return true;
          }
        }
      }
      return false;
    };
    int count = 0;
    for (int y = 0; y < a.height; ++y) {
      for (int x = 0; x < a.width; ++x) {
        const auto at = static_cast<std::size_t>(y * a.width + x);
        count += ea[at] && !has_near(eb, x, y) ? 1 : 0;
        count += eb[at] && !has_near(ea, x, y) ? 1 : 0;
      }
    }
    return count;
  }

  void expect_told_apart(const std::map<std::string, Image>& states) {
    for (auto a = states.begin(); a != states.end(); ++a) {
      keep(a->first, a->second);
      for (auto b = std::next(a); b != states.end(); ++b) {
        EXPECT_GE(form_distance(a->second, b->second), kLeastForm) << a->first << " / " << b->first;
      }
    }
  }

  /// For people: the pictures without colours, where the other artefacts of a test run are.
  void keep(const std::string& name, const Image& image) {
    if (const char* folder = std::getenv("KSCOPE_ARTEFACTS")) {
      const std::string path = std::string(folder) + "/grey-" + std::string(name_of(theme_.id)) + "-" + name + ".pgm";
      EXPECT_TRUE(fixture::write_image(image, path, true)) << path;
    }
  }

  /// One replica of a small log as a row of a broker's card.
  Image strip(const std::function<void(view::Replica&)>& change) {
    view::Snapshot s = fixture::calm_snapshot();
    view::Replica& replica = s.partitions[0].replicas[1];
    replica.cells.resize(8);
    replica.log_end_offset = replica.high_watermark = 8;
    replica.is_preferred = false;
    for (view::Cell& cell : replica.cells) {
      cell.is_committed = true;
    }
    change(replica);
    StageLayout layout;
    layout.unit = kTimes;
    StripBox box;
    box.partition = 0;
    box.replica = 1;
    box.node = replica.node;
    box.row = enlarged({0, 0, 330, 40});
    box.cells = enlarged({104, 11, 168, 18});
    box.cell = 21 * kTimes;
    box.capacity = 8;
    StageOptions options;
    std::vector<StageHit> hits;
    return painted(330, 56, [&](Painter& p) {
      StagePaint stage{p, theme_, s, layout, options, hits};
      paint_strip(stage, box);
    });
  }

  Image broker(view::NodeStatus status, const char* text) {
    view::Snapshot s = fixture::calm_snapshot();
    s.partitions.clear();
    s.nodes.resize(1);
    s.nodes[0].status = status;
    s.nodes[0].status_text = text;
    StageLayout layout;
    layout.unit = kTimes;
    layout.nodes.push_back({s.nodes[0].node, StageColumn::Middle, enlarged({10, 10, 300, 60})});
    StageOptions options;
    std::vector<StageHit> hits;
    return painted(320, 80, [&](Painter& p) {
      StagePaint stage{p, theme_, s, layout, options, hits};
      paint_brokers(stage);
    });
  }

  Image message(view::MessageFamily family, bool is_response, bool is_error) {
    return painted(32, 32, [&](Painter& p) {
      draw_message(p, {16 * kTimes, 16 * kTimes}, 16 * kTimes, {shape_of(family), is_response, is_error},
                   is_error ? theme_.bad : color_of(theme_, family), theme_.panel, theme_.outline, 1.2F * kTimes);
    });
  }

  Theme theme_;
  FontSet fonts_;
};

TEST_P(Greyscale, roles_of_replicas) {
  std::map<std::string, Image> states;
  states.emplace("leader", strip([](view::Replica& r) { r.is_leader = true; }));
  states.emplace("follower in sync", strip([](view::Replica& r) { r.is_leader = false; }));
  states.emplace("out of the ISR", strip([](view::Replica& r) { r.is_in_isr = false; }));
  states.emplace("offline", strip([](view::Replica& r) { r.is_online = false; }));
  expect_told_apart(states);
}

TEST_P(Greyscale, fates_of_records) {
  std::map<std::string, Image> states;
  states.emplace("committed", strip([](view::Replica&) {}));
  states.emplace("not committed", strip([](view::Replica& r) { r.cells[4].is_committed = false; }));
  states.emplace("truncated", strip([](view::Replica& r) {
                   r.cells[4].fate = view::CellFate::kGhost;
                   r.cells[4].is_acked = false;
                 }));
  states.emplace("acknowledged and lost", strip([](view::Replica& r) {
                   r.cells[4].fate = view::CellFate::kGhost;
                   r.cells[4].is_acked = true;
                 }));
  expect_told_apart(states);
}

TEST_P(Greyscale, states_of_brokers) {
  using view::NodeStatus;
  std::map<std::string, Image> states;
  states.emplace("up", broker(NodeStatus::kUp, "up"));
  states.emplace("paused", broker(NodeStatus::kPaused, "paused, 3.2 s left"));
  states.emplace("down", broker(NodeStatus::kDown, "down"));
  states.emplace("starting", broker(NodeStatus::kStarting, "not registered"));
  states.emplace("shutting down", broker(NodeStatus::kShuttingDown, "shutting down"));
  expect_told_apart(states);
}

TEST_P(Greyscale, kinds_of_messages) {
  using view::MessageFamily;
  std::map<std::string, Image> states;
  for (const auto& [name, family] : std::map<std::string, MessageFamily>{{"Produce", MessageFamily::kProduce},
                                                                         {"Fetch", MessageFamily::kFetch},
                                                                         {"group", MessageFamily::kGroup},
                                                                         {"controller", MessageFamily::kController},
                                                                         {"ZooKeeper", MessageFamily::kZooKeeper},
                                                                         {"heartbeat", MessageFamily::kHeartbeat}}) {
    states.emplace(name + " request", message(family, false, false));
    if (family != MessageFamily::kHeartbeat) {
      states.emplace(name + " response", message(family, true, false));
      states.emplace(name + " error", message(family, true, true));
    }
  }
  expect_told_apart(states);
}

TEST_P(Greyscale, states_of_partitions_on_the_wall) {
  std::map<std::string, Image> states;
  for (const TileState state : {TileState::Healthy, TileState::NotPreferred, TileState::UnderReplicated,
                                TileState::UnderMinIsr, TileState::Offline}) {
    states.emplace("tile " + std::to_string(static_cast<int>(state)), painted(30, 30, [&](Painter& p) {
                     draw_tile(p, theme_, enlarged({6, 6, 18, 18}), state, kTimes);
                   }));
  }
  expect_told_apart(states);
}

// The comparison itself: what differs by colour only is the same to it, so a state that was told by colour alone would fail
// above. Each pair is one of the pictures from above with nothing but its colours changed.
TEST_P(Greyscale, colour_alone_does_not_count) {
  const Image leader = strip([](view::Replica& r) { r.is_leader = true; });
  const Image committed = strip([](view::Replica&) {});
  const Image produce = message(view::MessageFamily::kProduce, false, false);
  const Image dead = broker(view::NodeStatus::kDown, "down");
  const Theme real = theme_;
  theme_.leader = real.attention;
  EXPECT_LT(form_distance(leader, strip([](view::Replica& r) { r.is_leader = true; })), kLeastForm);
  theme_ = real;
  EXPECT_LT(form_distance(committed, strip([](view::Replica& r) { r.cells[4].colour = 0; })), kLeastForm);
  theme_.ok = real.info;
  EXPECT_LT(form_distance(produce, message(view::MessageFamily::kProduce, false, false)), kLeastForm);
  theme_ = real;
  theme_.offline = real.bad;
  EXPECT_LT(form_distance(dead, broker(view::NodeStatus::kDown, "down")), kLeastForm);
}

INSTANTIATE_TEST_SUITE_P(Themes, Greyscale, ::testing::Values(ThemeId::Light, ThemeId::Dark, ThemeId::Projector),
                         [](const auto& one) { return std::string(name_of(one.param)); });

}  // namespace
}  // namespace kscope::ui::greyscale_test
