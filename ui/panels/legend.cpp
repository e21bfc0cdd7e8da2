// The legend: every sign of the stage beside the words for it.
#include <algorithm>
#include <array>

#include "ui/app/widgets.h"
#include "ui/draw/stage_paint.h"
#include "ui/panels/overlay.h"

namespace kscope::ui {
namespace {

using SignPainter = void (*)(Painter&, const Theme&, Vec2, float);
struct Sign {
  std::string_view text;
  SignPainter paint;
};

void message_sign(Painter& p, const Theme& t, Vec2 c, float u, view::MessageFamily family, bool response, bool error) {
  draw_message(p, c, 16 * u, {shape_of(family), response, error}, error ? t.bad : color_of(t, family), t.panel,
               t.outline, 1.2F * u);
}
void cell_sign(Painter& p, const Theme& t, Vec2 c, float u, bool committed) {
  const Rect r{c.x - 9 * u, c.y - 8 * u, 18 * u, 16 * u};
  p.fill_rect(r, committed ? t.key_hues[0] : mixed(t.panel, t.key_hues[0], 0.45F), 3 * u);
  if (committed) {
    p.rect(r, t.outline, 1, 3 * u);
  } else {
    dashed_rect(p, r, 3 * u, {3.5F * u, 2.5F * u, 0}, t.outline, 1.2F * u);
  }
}

const std::array<Sign, 24> kSigns{{
    {"leads this partition",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_crown(p, c, 17 * u, t.leader, t.outline, u); }},
    {"preferred leader that does not lead",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_star(p, c, 16 * u, t.text_secondary, u); }},
    {"active controller",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_badge(p, c, 12 * u, "C", t.accent, t.outline, ink_on(t.accent), 12 * u);
     }},
    {"group coordinator",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_badge(p, c, 12 * u, "GC", t.key_hues[3], t.outline, ink_on(t.key_hues[3]), 10 * u);
     }},
    {"ZooKeeper session: drains without heartbeats",
     [](Painter& p, const Theme& t, Vec2 c, float u) { timer_arc(p, c, 8 * u, 0.7F, t.ok, t.border, 2.5F * u); }},
    {"follower out of the ISR",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_hatch(p, {c.x - 14 * u, c.y - 7 * u, 28 * u, 14 * u}, Hatch::Rising, 7 * u, t.attention, u);
     }},
    {"record below the high watermark: committed",
     [](Painter& p, const Theme& t, Vec2 c, float u) { cell_sign(p, t, c, u, true); }},
    {"record above it: consumers cannot read it yet",
     [](Painter& p, const Theme& t, Vec2 c, float u) { cell_sign(p, t, c, u, false); }},
    {"truncated; in a thick frame: had been acknowledged",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       dashed_rect(p, {c.x - 19 * u, c.y - 7 * u, 17 * u, 14 * u}, 2 * u, {3 * u, 2 * u, 0}, t.text_disabled, 1.2F * u);
       draw_cross(p, {c.x - 10.5F * u, c.y}, 9 * u, t.text_disabled, 1.4F * u);
       p.rect({c.x + 2 * u, c.y - 7 * u, 17 * u, 14 * u}, t.bad, 1.8F * u, 2 * u);
       draw_cross(p, {c.x + 10.5F * u, c.y}, 9 * u, t.bad, 2.4F * u);
     }},
    {"log start",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_log_start(p, {c.x, c.y - 8 * u}, 16 * u, t.text, 1.2F * u);
     }},
    {"high watermark",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_high_watermark(p, {c.x, c.y + 5 * u}, 11 * u, t.text);
     }},
    {"log end",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_log_end(p, {c.x, c.y + 5 * u}, 12 * u, t.text, t.panel, 1.2F * u);
     }},
    {"group: committed offset",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_committed(p, c, 9 * u, t.text); }},
    {"group: position; between both: in processing",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_position(p, c, 9 * u, t.text, t.panel, 1.4F * u); }},
    {"Produce", [](Painter& p, const Theme& t, Vec2 c,
                   float u) { message_sign(p, t, c, u, view::MessageFamily::kProduce, false, false); }},
    {"Fetch", [](Painter& p, const Theme& t, Vec2 c,
                 float u) { message_sign(p, t, c, u, view::MessageFamily::kFetch, false, false); }},
    {"group protocol", [](Painter& p, const Theme& t, Vec2 c,
                          float u) { message_sign(p, t, c, u, view::MessageFamily::kGroup, false, false); }},
    {"controller and metadata",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       message_sign(p, t, c, u, view::MessageFamily::kController, false, false);
     }},
    {"ZooKeeper", [](Painter& p, const Theme& t, Vec2 c,
                     float u) { message_sign(p, t, c, u, view::MessageFamily::kZooKeeper, false, false); }},
    {"hollow: the response", [](Painter& p, const Theme& t, Vec2 c,
                                float u) { message_sign(p, t, c, u, view::MessageFamily::kFetch, true, false); }},
    {"cross inside: it carries an error",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       message_sign(p, t, c, u, view::MessageFamily::kProduce, true, true);
     }},
    {"a message died here",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_cross(p, c, 14 * u, t.bad, 3 * u); }},
    {"cut link",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_wall(p, {c.x, c.y - 10 * u}, {c.x, c.y + 10 * u}, 7 * u, t.panel, t.bad, 1.4F * u);
     }},
    {"a fault was put in",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_bolt(p, c, 18 * u, t.selection, t.outline, u); }},
}};

}  // namespace

void draw_legend(const Panel& ui) {
  if (!ui.state.legend_open) {
    return;
  }
  const bool open = begin_overlay(ui, "##legend", {780, 480, -1});
  label(ui, Face::Strong, text_size::kTitle, ui.theme.text, "Legend");
  ImGui::Dummy({1, ui.px(4)});
  ImGui::BeginChild("signs");
  ImGui::Columns(2, "sign_columns", false);
  ImGuiPainter p = window_painter(ui);
  for (std::size_t i = 0; i < kSigns.size(); ++i) {
    if (i == kSigns.size() / 2) {
      ImGui::NextColumn();
    }
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Vec2 c{at.x + ui.px(20), at.y + ui.px(14)};
    kSigns[i].paint(p, ui.theme, c, ui.scale);
    const float size = ui.px(text_size::kBody);
    const float room = ImGui::GetColumnWidth() - ui.px(60);
    const float fit = std::min(1.0F, room / p.text_size(Face::Regular, size, kSigns[i].text).x);
    text_left(p, {at.x + ui.px(48), c.y}, ui.theme.text, Face::Regular, size * fit, kSigns[i].text);
    ImGui::Dummy({ui.px(40), ui.px(26)});
  }
  ImGui::Columns(1);
  ImGui::EndChild();
  ImGui::End();
  ui.state.legend_open = open;
}

}  // namespace kscope::ui
