// The middle of the window: tabs, and below them the cluster or one of the tables that take its place.
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {

void draw_stage_panel(const view::Snapshot& s, const Panel& ui, const Rect& area) {
  const bool projector = ui.state.theme == ThemeId::Projector;
  begin_region("##stage", area, ui.theme.stage, {0, 0});
  const float tabs = projector ? 0 : ui.px(42);
  if (!projector) {
    ImGuiPainter p = window_painter(ui);
    p.line({area.x, area.y + tabs}, {area.right(), area.y + tabs}, ui.theme.border, 1);
    ImGui::SetCursorScreenPos({area.x + ui.px(12), area.y + ui.px(7)});
    int tab = static_cast<int>(ui.state.stage_tab);
    if (tab_strip(ui, "stage_tabs", {"Cluster", "Partitions", "Groups"}, tab)) {
      ui.state.stage_tab = static_cast<StageTab>(tab);
    }
    ImGui::SetCursorScreenPos({area.right() - ui.px(120), area.y + ui.px(6)});
    command_icon(ui, CommandId::ShowLegend, Icon::Help, ButtonLook::Plain, 30);
    ImGui::SameLine(0, ui.px(4));
    command_icon(ui, CommandId::FitStage, Icon::Fit, ButtonLook::Plain, 30);
    ImGui::SameLine(0, ui.px(4));
    command_icon(ui, CommandId::ToggleHidden, Icon::Eye,
                 ui.state.show_hidden_messages ? ButtonLook::Raised : ButtonLook::Plain, 30);
  }
  const Rect body{area.x, area.y + tabs, area.w, area.h - tabs};
  switch (ui.state.stage_tab) {
    case StageTab::Cluster: draw_cluster(s, ui, body); break;
    case StageTab::Partitions:
    case StageTab::Groups: {
      ImGui::SetCursorScreenPos({body.x + ui.px(16), body.y + ui.px(12)});
      ImGui::BeginChild("table", {body.w - ui.px(32), body.h - ui.px(20)});
      if (ui.state.stage_tab == StageTab::Partitions) {
        draw_partitions_panel(s, ui);
      } else {
        draw_groups_panel(s, ui);
      }
      ImGui::EndChild();
      break;
    }
  }
  end_region();
}

}  // namespace kscope::ui
