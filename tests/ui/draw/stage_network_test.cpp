// What stands beside links, on the picture of the stage.
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "tests/ui/fixture/hello_snapshot.h"
#include "ui/draw/stage_paint.h"
#include "ui/draw/svg_painter.h"

namespace kscope::ui::stage_network_test {
namespace {

TEST(StageNetwork, TheTextOfALinksFaultStaysInThePicture) {
  view::Snapshot s = fixture::hello_snapshot();
  view::LinkFault slow;
  slow.a = 1;
  slow.b = 3;
  slow.text = "a link that is slowed down by very many milliseconds";
  s.link_faults = {slow};
  for (const float width : {600.0F, 800.0F, 1280.0F}) {
    const Rect area{30, 20, width, 560};
    const StageLayout layout = compute_stage(s, {area, 1, 1, {}});
    const StageOptions options;
    std::vector<StageHit> hits;
    SvgPainter painter(1400, 600, rgb(0xFFFFFF));
    const Theme theme = make_theme(ThemeId::Light);
    StagePaint stage{painter, theme, s, layout, options, hits};
    paint_stage(stage);
    const std::string picture = painter.finish();
    std::smatch text;
    ASSERT_TRUE(std::regex_search(
        picture, text, std::regex("<text x=\"([-0-9.]+)\"[^>]*font-size=\"([0-9.]+)\"[^>]*>" + slow.text + "<")));
    const float left = std::stof(text[1]);
    EXPECT_GE(left, area.x);
    EXPECT_LE(left + painter.text_size(Face::Strong, std::stof(text[2]), slow.text).x, area.right());
  }
}

}  // namespace
}  // namespace kscope::ui::stage_network_test
