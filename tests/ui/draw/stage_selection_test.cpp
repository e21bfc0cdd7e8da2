// The ring around what is selected.
#include <gtest/gtest.h>

#include "tests/ui/fixture/hello_snapshot.h"
#include "ui/draw/stage_paint.h"
#include "ui/draw/svg_painter.h"

namespace kscope::ui::stage_selection_test {
namespace {

/// Keeps the frames that are drawn in the colours of the selection, with the width of their line.
class RingCatcher final : public Painter {
 public:
  explicit RingCatcher(const Theme& theme) : theme_(theme), ruler_(100, 100, rgb(0xFFFFFF)) {}
  void line(Vec2, Vec2, Color, float) override {}
  void polyline(std::span<const Vec2>, Color, float, bool) override {}
  void fill_polygon(std::span<const Vec2>, Color) override {}
  void rect(const Rect& r, Color color, float width, float) override {
    if (color == theme_.selection) {
      ++rings;
    }
    if (color == theme_.selection || (rings == 0 && color == theme_.selection_outline)) {
      reach = united(reach.empty() ? r : reach, r.inset(-width / 2));
    }
  }
  void fill_rect(const Rect&, Color, float, Corners) override {}
  void circle(Vec2, float, Color, float) override {}
  void fill_circle(Vec2, float, Color) override {}
  void text(Vec2, Color, Face, float, std::string_view) override {}
  Vec2 text_size(Face face, float size, std::string_view utf8) const override {
    return ruler_.text_size(face, size, utf8);
  }
  void push_clip(const Rect&) override {}
  void pop_clip() override {}

  int rings = 0;
  Rect reach;

 private:
  const Theme& theme_;
  SvgPainter ruler_;
};

TEST(StageSelection, the_ring_of_a_broker_stays_in_the_picture_and_off_its_neighbours) {
  const view::Snapshot s = fixture::calm_snapshot();
  const Theme theme = make_theme(ThemeId::Projector);
  for (const Rect& area : {Rect{0, 78, 1920, 810}, Rect{0, 78, 1280, 475}, Rect{0, 78, 1280, 400}}) {
    const StageLayout layout = compute_stage(s, {area, 1.75F, 1, {}, false, 1.25F});
    for (const NodeBox& box : layout.nodes) {
      if (box.column != StageColumn::Middle) {
        continue;
      }
      StageOptions options;
      options.selection = {view::EntityKind::kNode, box.node};
      RingCatcher painter(theme);
      std::vector<StageHit> hits;
      StagePaint stage{painter, theme, s, layout, options, hits};
      paint_ring(stage, box.rect, 0);
      ASSERT_EQ(painter.rings, 1);
      EXPECT_GE(painter.reach.y, area.y) << area.h;
      EXPECT_LE(painter.reach.bottom(), area.bottom()) << area.h;
      for (const NodeBox& other : layout.nodes) {
        EXPECT_TRUE(other.node == box.node || !painter.reach.overlaps(other.rect)) << area.h;
      }
    }
  }
}

}  // namespace
}  // namespace kscope::ui::stage_selection_test
