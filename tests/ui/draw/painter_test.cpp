#include "ui/draw/painter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kscope::ui::painter_test {
namespace {

/// Every character is ten pixels wide; keeps the texts it is given.
class Ruler final : public Painter {
 public:
  void line(Vec2, Vec2, Color, float) override {}
  void polyline(std::span<const Vec2>, Color, float, bool) override {}
  void fill_polygon(std::span<const Vec2>, Color) override {}
  void rect(const Rect&, Color, float, float) override {}
  void fill_rect(const Rect&, Color, float, Corners) override {}
  void circle(Vec2, float, Color, float) override {}
  void fill_circle(Vec2, float, Color) override {}
  void text(Vec2, Color, Face, float, std::string_view utf8) override { texts.emplace_back(utf8); }
  Vec2 text_size(Face, float, std::string_view utf8) const override {
    ++measured;
    float characters = 0;
    for (const char c : utf8) {
      characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1.0F : 0.0F;
    }
    return {characters * 10, 12};
  }
  void push_clip(const Rect&) override {}
  void pop_clip() override {}

  std::vector<std::string> texts;
  mutable int measured = 0;
};

std::string cut(const std::string& text, float max_width) {
  Ruler ruler;
  text_left(ruler, {0, 0}, {}, Face::Regular, 12, text, max_width);
  return ruler.texts.empty() ? "(nothing)" : ruler.texts[0];
}

TEST(TextLeft, what_fits_stays_whole) {
  EXPECT_EQ(cut("orders", 60), "orders");
  EXPECT_EQ(cut("orders", 0), "orders") << "0 = no limit";
}

TEST(TextLeft, what_does_not_fit_keeps_its_longest_beginning) {
  EXPECT_EQ(cut("orders", 59), "orde\u2026");
  EXPECT_EQ(cut("orders", 50), "orde\u2026");
  EXPECT_EQ(cut("orders", 20), "o\u2026");
  EXPECT_EQ(cut("orders", 10), "\u2026");
  EXPECT_EQ(cut("orders", 9), "(nothing)");
}

TEST(TextLeft, a_character_is_never_cut_in_two) {
  EXPECT_EQ(cut("\u00e4\u00f6\u00fc\u00df", 30), "\u00e4\u00f6\u2026");
  EXPECT_EQ(cut("a\u20acb\u20acc", 30), "a\u20ac\u2026");
}

TEST(TextLeft, a_long_text_is_measured_a_few_times_only) {
  Ruler ruler;
  text_left(ruler, {0, 0}, {}, Face::Regular, 12, std::string(100'000, 'x'), 500);
  EXPECT_EQ(ruler.texts.at(0), std::string(49, 'x') + "\u2026");
  EXPECT_LT(ruler.measured, 25);
}

}  // namespace
}  // namespace kscope::ui::painter_test
