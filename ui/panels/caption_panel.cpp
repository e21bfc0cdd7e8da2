// The caption bar: the latest beat in plain words. And the three call-outs of the first seconds.
#include <array>

#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

// Breaks a text into at most `lines` lines of `width` pixels, at spaces.
std::vector<std::string> wrapped(const Painter& p, Face face, float size, const std::string& text, float width,
                                 std::size_t lines) {
  std::vector<std::string> out(1);
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find(' ', at);
    end = end == std::string::npos ? text.size() : end;
    const std::string word = text.substr(at, end - at);
    const std::string longer = out.back().empty() ? word : out.back() + " " + word;
    if (p.text_size(face, size, longer).x <= width || out.back().empty() || out.size() == lines) {
      out.back() = longer;
    } else {
      out.push_back(word);
    }
    at = end + 1;
  }
  return out;
}

constexpr std::array<std::string_view, 3> kCallouts{"Space pauses and goes on", "Right-click a broker to break it",
                                                    "\u2190 goes back in time"};

}  // namespace

void draw_caption(const view::Snapshot& s, const Panel& ui, const Rect& area) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const bool projector = t.id == ThemeId::Projector;
  const Rect bar = area.inset(ui.px(14), ui.px(7));
  const bool notice = ui.state.notice_left_s > 0 && !ui.state.notice.empty();
  const std::string& text = notice ? ui.state.notice : s.caption;
  draw_card(p, ui, bar, ui.px(8));
  const Color tint = notice ? (ui.state.notice_is_error ? t.bad : t.info) : t.accent;
  p.fill_rect({bar.x, bar.y, ui.px(5), bar.h}, tint, ui.px(4), Corners::Left);
  const float size = projector ? ui.px(16) : ui.px(text_size::kCaption * 0.9F);
  const float width = bar.w - ui.px(36);
  const auto lines =
      wrapped(p, Face::Regular, size, text.empty() ? std::string("Nothing notable has happened yet.") : text, width, 2);
  const float line_height = size * 1.25F;
  float y = bar.center().y - line_height * (static_cast<float>(lines.size()) - 1) / 2;
  for (const std::string& line : lines) {
    text_left(p, {bar.x + ui.px(18), y}, text.empty() ? t.text_secondary : t.text, Face::Regular, size, line, width);
    y += line_height;
  }
  if (!notice && s.caption_about.is_set()) {
    ImGui::SetCursorScreenPos({bar.x, bar.y});
    if (ImGui::InvisibleButton("caption", {bar.w, bar.h})) {
      ui.state.selection = s.caption_about;
    }
    item_tooltip(ui, "The latest notable event. Click to select what it is about.");
  }
}

float callouts_height(const Panel& ui) {
  const bool shown = ui.state.seconds_open >= 5 && ui.state.theme != ThemeId::Projector && ui.state.callouts_done != 7;
  return shown ? ui.px(42) : 0;
}

void draw_callouts(const Panel& ui, const Rect& area) {
  if (area.empty()) {
    return;
  }
  ImGuiPainter p = window_painter(ui);
  const float size = ui.px(text_size::kBody);
  const auto width_of = [&](std::size_t i) { return p.text_size(Face::Strong, size, kCallouts[i]).x + ui.px(52); };
  const auto is_open = [&](std::size_t i) { return (ui.state.callouts_done & (1U << i)) == 0; };
  // As many as there is room for; the others come when those are done.
  std::vector<std::size_t> shown;
  float total = -ui.px(10);
  for (std::size_t i = 0; i < kCallouts.size(); ++i) {
    if (is_open(i) && total + width_of(i) + ui.px(10) <= area.w) {
      total += width_of(i) + ui.px(10);
      shown.push_back(i);
    }
  }
  float x = area.center().x - total / 2;
  for (const std::size_t i : shown) {
    const Rect r{x, area.y + ui.px(4), width_of(i), ui.px(34)};
    x = r.right() + ui.px(10);
    ImGui::SetCursorScreenPos({r.x, r.y});
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("callout", {r.w, r.h})) {
      ui.state.callouts_done |= 1U << i;
    }
    ImGui::PopID();
    place(ui, "callout", kCallouts[i]);
    p.fill_rect(r, ui.theme.text, r.h / 2);
    text_left(p, {r.x + ui.px(16), r.center().y}, ui.theme.panel, Face::Strong, size, kCallouts[i]);
    draw_cross(p, {r.right() - ui.px(17), r.center().y}, ui.px(8), ui.theme.panel, ui.px(1.5F));
  }
}

}  // namespace kscope::ui
