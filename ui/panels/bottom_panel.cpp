// The tables below the timeline: events, script, invariants.
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {

void draw_bottom_panel(const view::Snapshot& s, const Panel& ui, const Rect& area) {
  if (area.empty()) {
    return;
  }
  begin_region("##bottom", area, ui.theme.panel, {0, 0});
  ImGuiPainter p = window_painter(ui);
  p.line({area.x, area.y + 0.5F}, {area.right(), area.y + 0.5F}, ui.theme.border, 1);
  ImGui::SetCursorScreenPos({area.x + ui.px(12), area.y + ui.px(2)});
  int tab = static_cast<int>(ui.state.bottom_tab);
  if (tab_strip(ui, "bottom_tabs", {"Events", "Script", "Invariants"}, tab)) {
    ui.state.bottom_tab = static_cast<BottomTab>(tab);
  }
  ImGui::SetCursorScreenPos({area.x + ui.px(12), area.y + ui.px(38)});
  ImGui::BeginChild("bottom_body", {area.w - ui.px(24), area.h - ui.px(42)});
  switch (ui.state.bottom_tab) {
    case BottomTab::Events: draw_events_panel(s, ui); break;
    case BottomTab::Script: draw_script_panel(s, ui); break;
    case BottomTab::Invariants: draw_invariants_panel(s, ui); break;
  }
  ImGui::EndChild();
  end_region();
}

}  // namespace kscope::ui
