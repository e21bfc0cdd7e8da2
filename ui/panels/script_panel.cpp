// The run as text: what the scenario does and what was done by hand, one line each, ticked when it has happened.
#include <imgui.h>
#include <imgui_stdlib.h>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {

void draw_script_panel(const view::Snapshot& s, const Panel& ui) {
  const Theme& t = ui.theme;
  ImGui::SetNextItemWidth(std::min(ui.px(460), ImGui::GetContentRegionAvail().x * 0.6F));
  const bool enter =
      ImGui::InputTextWithHint("##line", "do now, e.g. crash b1 \u2026 cut b1 b2 \u2026 pause billing-1 10s",
                               &ui.state.script_line, ImGuiInputTextFlags_EnterReturnsTrue);
  ImGui::SameLine();
  if ((text_button(ui, "do", "Do it now", "Carry the line out at the playhead; in the past this makes a branch.") ||
       enter) &&
      !ui.state.script_line.empty()) {
    ui.sink.push(DoScript{ui.state.script_line});
    ui.state.script_line.clear();
  }
  if (s.script.empty()) {
    label(ui, Face::Regular, text_size::kBody, t.text_secondary,
          "The scenario does nothing by itself. Right-click something on the stage to act.");
    return;
  }
  ImGui::BeginChild("lines");
  for (std::size_t i = 0; i < s.script.size(); ++i) {
    const view::ScriptLine& line = s.script[i];
    ImGui::PushID(static_cast<int>(i));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = ui.px(28);
    if (ImGui::InvisibleButton("line", {ImGui::GetContentRegionAvail().x, height}) && line.is_done) {
      ui.sink.push(SeekEvent{line.event});
    }
    const Rect r = item_rect();
    ImGuiPainter p = window_painter(ui);
    if (ImGui::IsItemHovered()) {
      p.fill_rect(r, t.hover, ui.px(6));
    }
    item_tooltip(ui, line.is_done ? "Carried out. Click to go to that moment." : "Not yet.");
    const float y = r.center().y;
    if (line.is_done) {
      draw_check(p, {at.x + ui.px(14), y}, ui.px(10), t.ok_text, ui.px(2));
    } else {
      draw_clock(p, {at.x + ui.px(14), y}, ui.px(12), t.text_disabled, ui.px(1.4F));
    }
    text_left(p, {at.x + ui.px(30), y}, line.is_done ? t.text : t.text_secondary, Face::Mono, ui.px(13), line.text);
    if (line.is_by_hand) {
      text_right(p, {r.right() - ui.px(10), y}, t.accent_text, Face::Regular, ui.px(text_size::kSmall), "by hand");
    }
    ImGui::PopID();
  }
  ImGui::EndChild();
}

}  // namespace kscope::ui
