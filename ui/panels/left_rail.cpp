// Left rail: where to begin, and the list of scenarios and lessons. Folded, it is a strip of icons.
#include <algorithm>

#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

bool rail_row(const Panel& ui, const char* id, Icon icon, std::string_view title, std::string_view tip, bool chosen,
              bool strong, float spare_right = 0) {
  const float width = ImGui::GetContentRegionAvail().x - spare_right;
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

// One run that was opened before. What is not there any more cannot be opened, but it can be taken out of the list.
void draw_recent_row(const Panel& ui, const RecentRun& run, int index) {
  ImGui::PushID(index);
  const ImVec2 at = ImGui::GetCursorPos();
  const float cross = ui.px(28);
  const bool is_shown = run.path == ui.state.opened_file;
  const std::string tip =
      run.is_missing ? run.path + "\nThe file is not there any more. The cross takes it out of the list." : run.path;
  const float width = ImGui::GetContentRegionAvail().x;
  if (rail_row(ui, "run", run.is_missing ? Icon::Close : Icon::Undo,
               run.is_missing ? run.title + " (missing)" : run.title, tip, is_shown, false, cross) &&
      !run.is_missing) {
    ui.sink.push(OpenPath{run.path});
  }
  const ImVec2 after = ImGui::GetCursorPos();
  ImGui::SetCursorPos({at.x + width - cross, at.y + ui.px(3)});
  if (icon_button(ui, "forget", Icon::Close, "Take it out of the list; the file stays.", ButtonLook::Plain, 26)) {
    ui.sink.push(ForgetRun{run.path});
  }
  place(ui, "forget", run.title);
  ImGui::SetCursorPos(after);
  ImGui::PopID();
}

void draw_recent(const Panel& ui) {
  const std::vector<RecentRun>& runs = ui.sink.recent_runs();
  const bool is_worth_it =
      std::any_of(runs.begin(), runs.end(), [&](const RecentRun& run) { return run.path != ui.state.opened_file; });
  if (!is_worth_it || ui.state.library_lessons_only) {
    return;
  }
  ImGui::PushID("recent");
  ImGui::Dummy({1, ui.px(6)});
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.px(8));
  heading(ui, "Recent runs");
  int index = 0;
  for (const RecentRun& run : runs) {
    draw_recent_row(ui, run, index++);
  }
  ImGui::PopID();
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
    draw_recent(ui);
    draw_library(ui);
    ImGui::EndChild();
    ImGui::PopStyleVar();
    end_region();
  }
}

}  // namespace kscope::ui
