// Meaning must not rest on colour: with all colours taken away, every sign still has a form of its own.
#include "ui/draw/marks.h"

#include <gtest/gtest.h>

#include <functional>
#include <regex>
#include <set>
#include <string>

#include "ui/draw/icons.h"
#include "ui/draw/svg_painter.h"

namespace kscope::ui::marks_test {
namespace {

// What is drawn, as SVG text, with every colour and opacity replaced by the same word.
std::string form_of(const std::function<void(Painter&)>& draw) {
  SvgPainter painter(100, 100, rgb(0xFFFFFF));
  draw(painter);
  const std::string text = painter.finish();
  const std::string plain = std::regex_replace(text, std::regex("#[0-9a-f]{6}"), "grey");
  return std::regex_replace(plain, std::regex("opacity=\"[0-9.]*\""), "opacity");
}

TEST(Greyscale, every_status_has_a_form_of_its_own) {
  const Theme t = make_theme(ThemeId::Light);
  std::set<std::string> forms;
  for (const Status s : {Status::Ok, Status::Attention, Status::Bad, Status::Info, Status::Offline, Status::Unknown}) {
    forms.insert(form_of([&](Painter& p) { draw_status(p, t, {50, 50}, 20, s); }));
  }
  EXPECT_EQ(forms.size(), 6U);
}

TEST(Greyscale, every_message_has_a_form_of_its_own) {
  const Theme t = make_theme(ThemeId::Light);
  std::set<std::string> forms;
  int count = 0;
  for (const MessageShape shape : {MessageShape::Circle, MessageShape::Square, MessageShape::Triangle,
                                   MessageShape::Diamond, MessageShape::Hexagon, MessageShape::Dot}) {
    for (const bool response : {false, true}) {
      for (const bool error : {false, true}) {
        ++count;
        forms.insert(form_of([&](Painter& p) {
          draw_message(p, {50, 50}, 20, {shape, response, error}, t.ok, t.panel, t.outline, 1.2F);
        }));
      }
    }
  }
  EXPECT_EQ(forms.size(), static_cast<std::size_t>(count));
}

TEST(Greyscale, markers_of_offsets_differ) {
  std::set<std::string> forms;
  const Color ink = rgb(0x000000);
  const Color paper = rgb(0xFFFFFF);
  forms.insert(form_of([&](Painter& p) { draw_high_watermark(p, {50, 50}, 9, ink); }));
  forms.insert(form_of([&](Painter& p) { draw_log_end(p, {50, 50}, 9, ink, paper, 1); }));
  forms.insert(form_of([&](Painter& p) { draw_last_stable(p, {50, 50}, 9, ink); }));
  forms.insert(form_of([&](Painter& p) { draw_committed(p, {50, 50}, 9, ink); }));
  forms.insert(form_of([&](Painter& p) { draw_position(p, {50, 50}, 9, ink, paper, 1); }));
  forms.insert(form_of([&](Painter& p) { draw_log_start(p, {50, 50}, 9, ink, 1); }));
  EXPECT_EQ(forms.size(), 6U);
}

TEST(Greyscale, every_icon_differs) {
  std::set<std::string> forms;
  const int count = static_cast<int>(Icon::Fit) + 1;
  for (int i = 0; i < count; ++i) {
    forms.insert(form_of([&](Painter& p) { draw_icon(p, static_cast<Icon>(i), {50, 50}, 16, rgb(0x000000), 1.5F); }));
  }
  EXPECT_EQ(forms.size(), static_cast<std::size_t>(count));
}

TEST(Svg, text_is_escaped_and_the_document_is_closed) {
  SvgPainter p(10, 10, rgb(0xFFFFFF));
  p.text({0, 0}, rgb(0x000000), Face::Regular, 10, "a<b & c");
  const std::string text = p.finish();
  EXPECT_NE(text.find("a&lt;b &amp; c"), std::string::npos);
  EXPECT_EQ(text.substr(text.size() - 7), "</svg>\n");
}

}  // namespace
}  // namespace kscope::ui::marks_test
