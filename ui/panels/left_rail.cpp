// Left rail: where to begin, and the list of scenarios and lessons. Folded, it is a strip of icons.
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

bool rail_row(const Panel& ui, const char* id, Icon icon, std::string_view title, std::string_view tip, bool chosen,
              bool strong) {
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(34);
  const bool clicked = ImGui::InvisibleButton(id, {width, height});
  place(ui, "rail", title);
  const Rect r = item_rect();
  ImGuiPainter p = window_painter(ui);
  if (chosen) {
    p.fill_rect(r, ui.theme.pressed, ui.px(6));
  } else if (ImGui::IsItemHovered()) {
    p.fill_rect(r, ui.theme.hover, ui.px(6));
  }
  draw_icon(p, icon, {r.x + ui.px(18), r.center().y}, ui.px(16),
            strong || chosen ? ui.theme.accent_text : ui.theme.text_secondary, ui.px(1.6F));
  text_left(p, {r.x + ui.px(36), r.center().y}, ui.theme.text, strong ? Face::Strong : Face::Regular,
            ui.px(text_size::kBody), title, width - ui.px(44));
  item_tooltip(ui, tip);
  return clicked;
}

void command_row(const Panel& ui, CommandId id, Icon icon, std::string_view title) {
  ImGui::PushID(static_cast<int>(id));
  if (rail_row(ui, "row", icon, title, command_tip(id), false, true)) {
    ui.sink.push(DoCommand{id});
  }
  ImGui::PopID();
}

std::string folder_title(const std::string& folder) {
  std::string out = folder;
  if (!out.empty()) {
    out[0] = static_cast<char>(out[0] >= 'a' && out[0] <= 'z' ? out[0] - 'a' + 'A' : out[0]);
  }
  return out;
}

void draw_library(const Panel& ui) {
  std::string folder = "\n";
  int index = 0;
  for (const LibraryEntry& entry : ui.sink.library()) {
    if (ui.state.library_lessons_only && entry.folder != "lessons") {
      continue;
    }
    if (entry.folder != folder) {
      ImGui::Dummy({1, ui.px(6)});
      ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.px(8));
      heading(ui, entry.folder.empty() ? "Scenarios" : folder_title(entry.folder));
      folder = entry.folder;
    }
    ImGui::PushID(index++);
    const bool lesson = entry.folder == "lessons";
    if (rail_row(ui, "entry", lesson ? Icon::Book : Icon::Play, entry.title,
                 entry.summary.empty() ? entry.path : entry.summary, entry.path == ui.state.opened_path, false)) {
      ui.sink.push(OpenPath{entry.path});
    }
    ImGui::PopID();
  }
}

void draw_folded(const Panel& ui, const Rect& area) {
  begin_region("##rail", area, ui.theme.panel, {ui.px(8), ui.px(10)});
  command_icon(ui, CommandId::ToggleLeftRail, Icon::Menu);
  command_icon(ui, CommandId::ShowLessons, Icon::Book);
  command_icon(ui, CommandId::OpenScenario, Icon::Folder);
  command_icon(ui, CommandId::ShowPalette, Icon::Search);
  command_icon(ui, CommandId::ShowHelp, Icon::Help);
  end_region();
}

}  // namespace

void draw_left_rail(const view::Snapshot&, const Panel& ui, const Regions& regions) {
  const Rect& area = regions.left;
  if (area.empty()) {
    return;
  }
  if (regions.left_folded) {
    draw_folded(ui, area);
  } else {
    begin_region("##rail", area, ui.theme.panel, {ui.px(10), ui.px(10)});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(6), ui.px(2)));
    ImGui::SetCursorPosX(ui.px(18));
    const float y = ImGui::GetCursorPosY();
    ImGui::SetCursorPosY(y + ui.px(7));
    heading(ui, "START HERE");
    ImGui::SetCursorPos({area.w - ui.px(42), y});
    command_icon(ui, CommandId::ToggleLeftRail, Icon::ChevronLeft, ButtonLook::Plain, 30);
    command_row(ui, CommandId::FirstScreen, Icon::Flag, "Hello: a small cluster");
    command_row(ui, CommandId::ShowLessons, Icon::Book, ui.state.library_lessons_only ? "All scenarios" : "Lessons");
    command_row(ui, CommandId::FaultMenu, Icon::Wrench, "Break something\u2026");
    command_row(ui, CommandId::OpenScenario, Icon::Folder, "Open a file\u2026");
    ImGui::Dummy({1, ui.px(4)});
    ImGui::BeginChild("library", {0, 0});
    draw_library(ui);
    ImGui::EndChild();
    ImGui::PopStyleVar();
    end_region();
  }
}

}  // namespace kscope::ui
