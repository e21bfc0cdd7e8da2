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

struct Callout {
  std::string_view text;
  Vec2 anchor;  // fractions of the stage
};
constexpr std::array<Callout, 3> kCallouts{{{"Space pauses and goes on", {0.5F, 0.9F}},
                                            {"Right-click a broker to break it", {0.5F, 0.06F}},
                                            {"\u2190 goes back in time", {0.12F, 0.9F}}}};

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

void draw_callouts(const view::Snapshot&, const Panel& ui, const Rect& area) {
  if (ui.state.seconds_open < 5 || ui.state.theme == ThemeId::Projector) {
    return;
  }
  for (std::size_t i = 0; i < kCallouts.size(); ++i) {
    if ((ui.state.callouts_done & (1U << i)) != 0) {
      continue;
    }
    ImGuiPainter p = window_painter(ui);
    const Callout& c = kCallouts[i];
    const float size = ui.px(text_size::kBody);
    const Vec2 extent = p.text_size(Face::Strong, size, c.text);
    const Vec2 at{area.x + area.w * c.anchor.x, area.y + area.h * c.anchor.y};
    const Rect r{at.x - extent.x / 2 - ui.px(16), at.y - ui.px(17), extent.x + ui.px(52), ui.px(34)};
    ImGui::SetCursorScreenPos({r.x, r.y});
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("callout", {r.w, r.h})) {
      ui.state.callouts_done |= 1U << i;
    }
    ImGui::PopID();
    p.fill_rect(r, ui.theme.text, r.h / 2);
    text_left(p, {r.x + ui.px(16), r.center().y}, ui.theme.panel, Face::Strong, size, c.text);
    draw_cross(p, {r.right() - ui.px(17), r.center().y}, ui.px(8), ui.theme.panel, ui.px(1.5F));
  }
}

}  // namespace kscope::ui
