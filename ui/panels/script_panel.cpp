// The run as text: what the scenario does and what was done by hand, one line each, ticked when it has happened. A line is
// changed in place: its time, its words, or whether it counts; then the run goes on from there as a branch.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

constexpr float kRow = 30;
constexpr float kTimeAt = 64;   // where the time begins, after the tick and the switch
constexpr float kTextAt = 190;  // where the words begin

void begin_edit(const Panel& ui, const view::ScriptLine& line) {
  ScriptLineEdit& edit = ui.state.script_edit;
  edit = {};
  edit.is_open = true;
  edit.takes_keys = true;
  edit.line = line.line;
  edit.is_off = line.is_off;
  edit.time = plain_span(line.time.time_since_epoch());
  edit.text = line.text;
}

// The two fields in place of a line, and below them what is wrong.
void draw_editor(const Panel& ui, const Rect& row) {
  ScriptLineEdit& edit = ui.state.script_edit;
  const float room = ImGui::GetContentRegionAvail().x;
  ImGui::SetCursorScreenPos({row.x + ui.px(kTimeAt), row.y});
  ImGui::SetNextItemWidth(ui.px(kTextAt - kTimeAt - 10));
  bool enter = ImGui::InputText("##time", &edit.time, ImGuiInputTextFlags_EnterReturnsTrue);
  place(ui, "field", "script_time");
  item_tooltip(ui, "When it is done, such as 12.5s or 800ms from the start of the run.");
  ImGui::SameLine(0, ui.px(10));
  ImGui::SetNextItemWidth(std::clamp(room - ui.px(kTextAt + 230), ui.px(120), ui.px(420)));
  if (edit.takes_keys) {
    ImGui::SetKeyboardFocusHere();
    edit.takes_keys = false;
  }
  enter = ImGui::InputTextWithHint("##text", "crash b1 \u2026 cut b1 b2 \u2026 pause billing-1 10s", &edit.text,
                                   ImGuiInputTextFlags_EnterReturnsTrue) ||
          enter;
  place(ui, "field", "script_text");
  ImGui::SameLine(0, ui.px(8));
  if (text_button(ui, "apply", "Run anew",
                  "Runs anew from the first moment at which this makes a difference, as a branch.",
                  ButtonLook::Primary) ||
      enter) {
    ui.sink.push(ApplyScriptEdit{});
  }
  ImGui::SameLine(0, ui.px(6));
  if (text_button(ui, "cancel", "Cancel", "Leaves the line as it was.", ButtonLook::Plain)) {
    edit = {};
  }
  if (!edit.error.empty()) {
    ImGui::SetCursorScreenPos({row.x + ui.px(kTimeAt), row.y + ui.px(36)});
    label_wrapped(ui, Face::Regular, text_size::kBody, ui.theme.bad_text, edit.error);
  } else {
    ImGui::SetCursorScreenPos({row.x, row.y + ui.px(36)});
    ImGui::Dummy({1, 1});
  }
}

// A box that says whether the line counts.
void draw_switch(const Panel& ui, const view::ScriptLine& line, const Rect& row) {
  ImGui::SetCursorScreenPos({row.x + ui.px(30), row.y + ui.px(3)});
  const float side = ui.px(24);
  if (ImGui::InvisibleButton("on", {side, side})) {
    ui.sink.push(SwitchScriptLine{{line.line, line.time, line.text, !line.is_off}});
  }
  place(ui, "script_on", line.text);
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const Rect box = item_rect().inset(ui.px(4));
  p.fill_rect(box, ImGui::IsItemHovered() ? t.hover : t.raised, ui.px(3));
  p.rect(box, t.border_strong, 1, ui.px(3));
  if (!line.is_off) {
    draw_check(p, box.center(), ui.px(10), t.text, ui.px(2));
  }
  item_tooltip(ui, line.is_off ? "Switched off. Click to let it count: the run goes on anew from there."
                               : "It counts. Click to do without it: the run goes on anew from there.");
}

void draw_line(const view::ScriptLine& line, const Panel& ui, std::size_t number, const Rect& row) {
  const Theme& t = ui.theme;
  const float edit_width = ui.px(34);
  ImGui::SetCursorScreenPos({row.x + ui.px(58), row.y});
  if (ImGui::InvisibleButton("line", {std::max(1.0F, row.w - ui.px(58) - edit_width), row.h}) && line.is_done) {
    ui.sink.push(SeekEvent{line.event});
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) {
    begin_edit(ui, line);
  }
  place(ui, "script", line.text);
  const bool hovered = ImGui::IsItemHovered();
  ImGuiPainter p = window_painter(ui);
  if (hovered) {
    p.fill_rect(row, t.hover, ui.px(6));
  }
  item_tooltip(ui, fmt::format("Line {}. {} Double click to change it.", number,
                               line.is_off    ? "Switched off."
                               : line.is_done ? "Carried out: click to go to that moment."
                                              : "Not yet."));
  const float y = row.center().y;
  if (line.is_done) {
    draw_check(p, {row.x + ui.px(14), y}, ui.px(10), t.ok_text, ui.px(2));
  } else if (!line.is_off) {
    draw_clock(p, {row.x + ui.px(14), y}, ui.px(12), t.text_disabled, ui.px(1.4F));
  }
  const Color ink = line.is_off ? t.text_disabled : line.is_done ? t.text : t.text_secondary;
  const float size = ui.px(13);
  text_left(p, {row.x + ui.px(kTimeAt), y}, ink, Face::Mono, size, clock_text(line.time));
  const float room = row.w - ui.px(kTextAt) - edit_width - ui.px(80);
  text_left(p, {row.x + ui.px(kTextAt), y}, ink, Face::Mono, size, line.text, room);
  if (line.is_off) {
    const float width = std::min(room, p.text_size(Face::Mono, size, line.text).x);
    p.line({row.x + ui.px(kTextAt), y}, {row.x + ui.px(kTextAt) + width, y}, ink, ui.px(1.4F));
  }
  const std::string_view note = line.is_off ? "off" : line.is_by_hand ? "by hand" : "";
  text_right(p, {row.right() - edit_width - ui.px(8), y}, line.is_off ? t.text_secondary : t.accent_text, Face::Regular,
             ui.px(text_size::kSmall), note);
  draw_switch(ui, line, row);
  ImGui::SetCursorScreenPos({row.right() - edit_width, row.y + ui.px(1)});
  if (icon_button(ui, "edit", Icon::Wrench, "Change this line: its time or its words.", ButtonLook::Plain, 28)) {
    begin_edit(ui, line);
  }
  place(ui, "script_edit", line.text);
}

void draw_lines(const view::Snapshot& s, const Panel& ui) {
  ScriptLineEdit& edit = ui.state.script_edit;
  bool is_there = false;
  const auto row_here = [&] {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    return Rect{at.x, at.y, ImGui::GetContentRegionAvail().x, ui.px(kRow)};
  };
  for (std::size_t i = 0; i < s.script.size(); ++i) {
    const view::ScriptLine& line = s.script[i];
    ImGui::PushID(static_cast<int>(i));
    const Rect row = row_here();
    if (edit.is_open && edit.line == line.line) {
      draw_editor(ui, row);
    } else {
      draw_line(line, ui, i + 1, row);
      ImGui::SetCursorScreenPos({row.x, row.bottom()});
      ImGui::Dummy({1, 0});
    }
    ImGui::PopID();
    is_there = is_there || edit.line == line.line;
  }
  if (edit.is_open && !is_there) {
    if (edit.line == session::ScriptEdit::kNewLine) {
      draw_editor(ui, row_here());
    } else {
      edit = {};  // the line belongs to another branch
    }
  }
}

}  // namespace

void draw_script_panel(const view::Snapshot& s, const Panel& ui) {
  ImGui::SetNextItemWidth(std::min(ui.px(420), ImGui::GetContentRegionAvail().x * 0.5F));
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
  ImGui::SameLine();
  if (text_button(ui, "add_line", "At a time\u2026", command_tip(CommandId::AddScriptLine), ButtonLook::Plain)) {
    ui.sink.push(DoCommand{CommandId::AddScriptLine});
  }
  if (s.script.empty() && !ui.state.script_edit.is_open) {
    label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary,
          "The scenario does nothing by itself. Right-click something on the stage to act.");
    return;
  }
  ImGui::BeginChild("lines");
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), 0));
  draw_lines(s, ui);
  ImGui::PopStyleVar();
  ImGui::EndChild();
}

}  // namespace kscope::ui
