// The middle of the window: tabs, and below them the cluster or one of the tables that take its place.
#include <fmt/format.h>

#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

// Says that something is not drawn, and lets one draw it. `right` is the middle of its right edge; beside the tabs, which
// end at `tabs_end`, a short form takes less room, and the eye to its right says it as well.
void draw_hidden_chip(const view::Snapshot& s, const Panel& ui, Vec2 right, float tabs_end) {
  int hidden = 0;
  for (const view::InFlight& m : s.in_flight) {
    hidden += m.is_empty || m.family == view::MessageFamily::kHeartbeat ? 1 : 0;
  }
  const std::string text = ui.state.show_hidden_messages ? "showing quiet messages"
                           : hidden > 0                  ? fmt::format("hiding {} quiet messages", hidden)
                                                         : std::string("quiet messages hidden");
  const float room = right.x - tabs_end - ui.px(10);
  Chip c{text, Status::Unknown, false, false, false};
  if (chip_width(ui, c) > room) {
    c.text = hidden > 0 && !ui.state.show_hidden_messages ? fmt::format("{} hidden", hidden) : "";
  }
  const float width = chip_width(ui, c);
  if (ui.state.stage_tab != StageTab::Cluster || c.text.empty() || width > room) {
    return;
  }
  ImGui::SetCursorScreenPos({right.x - width, right.y - ui.px(12)});
  if (chip(ui, "hidden", c, "Heartbeats and empty fetches are not drawn. Click or press Ctrl+H to change that.")) {
    ui.sink.push(DoCommand{CommandId::ToggleHidden});
  }
}

}  // namespace

void draw_stage_panel(const view::Snapshot& s, const Panel& ui, const Rect& area) {
  const bool projector = ui.state.theme == ThemeId::Projector;
  begin_region("##stage", area, ui.theme.stage, {0, 0});
  const float tabs = projector ? 0 : ui.px(42);
  if (!projector) {
    ImGuiPainter p = window_painter(ui);
    p.line({area.x, area.y + tabs}, {area.right(), area.y + tabs}, ui.theme.border, 1);
    ImGui::SetCursorScreenPos({area.x + ui.px(12), area.y + ui.px(7)});
    int tab = static_cast<int>(ui.state.stage_tab);
    if (tab_strip(ui, "stage_tabs", {"Cluster", "Log", "Sequence", "Partitions", "Groups"}, tab)) {
      ui.state.stage_tab = static_cast<StageTab>(tab);
    }
    draw_hidden_chip(s, ui, {area.right() - ui.px(136), area.y + ui.px(21)}, ImGui::GetItemRectMax().x);
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
    case StageTab::Log:
    case StageTab::Sequence:
    case StageTab::Partitions:
    case StageTab::Groups: {
      ImGui::SetCursorScreenPos({body.x + ui.px(16), body.y + ui.px(12)});
      ImGui::BeginChild("table", {body.w - ui.px(32), body.h - ui.px(20)});
      if (ui.state.stage_tab == StageTab::Log) {
        draw_log_panel(s, ui);
      } else if (ui.state.stage_tab == StageTab::Sequence) {
        draw_sequence_panel(s, ui);
      } else if (ui.state.stage_tab == StageTab::Partitions) {
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
