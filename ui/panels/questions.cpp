// Small questions that are answered with a line of text, the choice of a file, and what went wrong.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <filesystem>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/panels/overlay.h"

namespace kscope::ui {
namespace {

struct QuestionText {
  std::string_view title;
  const char* hint;
  std::string_view help;
  std::string_view act;  ///< on the button
};

QuestionText text_of(Question question) {
  switch (question) {
    case Question::GoTo:
      return {"Go to", "12.5s, 300ms or #840", "A time since the start, or the number of an event.", "Go"};
    case Question::RunUntil:
      return {
          "Run until", "isr(orders-0) < 2   or   12.5s",
          "Also: leader(orders-0) != 1, lag(billing) > 100, acked_lost() > 0, state(billing) == Stable. Esc stops it "
          "on the way.",
          "Run"};
    case Question::SaveRun:
      return {"Save as a scenario", "name.toml",
              "The scenario with everything that was done by hand on this branch; it can be run and checked again.",
              "Save"};
    case Question::RecordRun:
      return {"Save a recording", "name.db",
              "Every event up to the moment shown, for kafkascope replay, query and export. The run is executed once "
              "more.",
              "Record"};
    case Question::ExportStage:
      return {"Picture of the stage", "name.svg", "As SVG, for a text or a hand-out.", "Save"};
    case Question::None: break;
  }
  return {"", "", "", ""};
}

void answer(const Panel& ui) {
  UiState& state = ui.state;
  switch (state.question) {
    case Question::GoTo: {
      const bool is_event = state.answer.size() > 1 && state.answer[0] == '#';
      const Duration time = parse_span(state.answer);
      if (!is_event && time.count() < 0) {
        state.answer_error = "That is neither a time such as 12.5s nor an event such as #840.";
        return;
      }
      if (is_event) {
        ui.sink.push(SeekEvent{std::strtoull(state.answer.c_str() + 1, nullptr, 10)});
      } else {
        ui.sink.push(SeekTime{SimTime(time)});
      }
      state.question = Question::None;
      return;
    }
    case Question::RunUntil: ui.sink.push(RunUntil{state.answer}); return;
    case Question::SaveRun:
    case Question::RecordRun:
    case Question::ExportStage: ui.sink.push(WriteFile{state.question, state.answer}); return;
    case Question::None: return;
  }
}

// One row of the list of files; true when it was clicked.
bool file_row(const Panel& ui, Icon icon, const std::string& name) {
  const bool clicked = ImGui::InvisibleButton("row", {ImGui::GetContentRegionAvail().x, ui.px(28)});
  place(ui, "file", name);
  const Rect r = item_rect();
  ImGuiPainter p = window_painter(ui);
  if (ImGui::IsItemHovered()) {
    p.fill_rect(r, ui.theme.hover, ui.px(6));
  }
  draw_icon(p, icon, {r.x + ui.px(14), r.center().y}, ui.px(15), ui.theme.text_secondary, ui.px(1.5F));
  text_left(p, {r.x + ui.px(32), r.center().y}, ui.theme.text, Face::Regular, ui.px(text_size::kBody), name,
            r.w - ui.px(40));
  return clicked;
}

std::string joined(const std::string& folder, const std::string& name) {
  return (std::filesystem::path(folder) / name).string();
}

}  // namespace

void draw_question(const Panel& ui) {
  UiState& state = ui.state;
  if (state.question == Question::None) {
    return;
  }
  const QuestionText text = text_of(state.question);
  const bool open = begin_overlay(ui, "##question", {520, 204, 140});
  label(ui, Face::Strong, text_size::kHeading, ui.theme.text, text.title);
  if (ImGui::IsWindowAppearing() || state.refocus) {
    ImGui::SetKeyboardFocusHere();
    state.refocus = false;
  }
  ImGui::SetNextItemWidth(-1);
  const std::string before = state.answer;
  ImGui::PushID(state.questions_asked);
  const bool enter =
      ImGui::InputTextWithHint("##answer", text.hint, &state.answer, ImGuiInputTextFlags_EnterReturnsTrue);
  ImGui::PopID();
  place(ui, "field", "answer");
  if (state.answer != before) {
    state.answer_error.clear();
    state.may_overwrite = false;
  }
  const bool is_wrong = !state.answer_error.empty();
  label_wrapped(ui, Face::Regular, text_size::kSmall, is_wrong ? ui.theme.bad_text : ui.theme.text_secondary,
                is_wrong ? std::string_view(state.answer_error) : text.help);
  const float below = ImGui::GetWindowHeight() - ImGui::GetStyle().WindowPadding.y - ui.px(44);
  ImGui::SetCursorPosY(std::max(ImGui::GetCursorPosY(), below));
  const bool agreed = text_button(ui, "answer_ok", text.act, "Enter does the same.", ButtonLook::Primary, true, 90);
  ImGui::SameLine(0, ui.px(8));
  const bool dropped = text_button(ui, "answer_cancel", "Cancel", "Esc does the same.", ButtonLook::Raised, true, 90);
  if (enter || agreed) {
    answer(ui);
    state.refocus = true;  // an answer that is wrong is corrected at once
  }
  ImGui::End();
  if (!open || dropped) {
    state.question = Question::None;
  }
}

void draw_open_file(const Panel& ui) {
  UiState& state = ui.state;
  if (!state.open_open) {
    return;
  }
  bool open = begin_overlay(ui, "##open", {680, 520, 70});
  label(ui, Face::Strong, text_size::kHeading, ui.theme.text, "Open a scenario");
  if (ImGui::IsWindowAppearing() || state.refocus) {
    ImGui::SetKeyboardFocusHere();
    state.refocus = false;
  }
  ImGui::SetNextItemWidth(-1);
  const bool enter =
      ImGui::InputTextWithHint("##path", "path of a .toml file, or a name from the library such as hello",
                               &state.open_path, ImGuiInputTextFlags_EnterReturnsTrue);
  place(ui, "field", "path");
  if (enter && !state.open_path.empty()) {
    std::error_code ignored;
    if (std::filesystem::is_directory(state.open_path, ignored)) {
      ui.sink.push(ListFolder{state.open_path});
    } else {
      ui.sink.push(OpenPath{state.open_path});
    }
    state.refocus = true;
  }
  label(ui, Face::Mono, text_size::kSmall, ui.theme.text_secondary, state.open_folder);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(6), ui.px(2)));
  ImGui::BeginChild("files", {0, 0}, false);
  const std::string parent = std::filesystem::path(state.open_folder).parent_path().string();
  ImGui::PushID("up");
  if (parent != state.open_folder && file_row(ui, Icon::ChevronUp, "the folder above")) {
    ui.sink.push(ListFolder{parent});
  }
  ImGui::PopID();
  for (std::size_t i = 0; i < state.open_files.size(); ++i) {
    const FileEntry& entry = state.open_files[i];
    ImGui::PushID(static_cast<int>(i));
    if (file_row(ui, entry.is_folder ? Icon::Folder : Icon::Play, entry.name)) {
      const std::string path = joined(state.open_folder, entry.name);
      if (entry.is_folder) {
        ui.sink.push(ListFolder{path});
      } else {
        state.open_path = path;
        ui.sink.push(OpenPath{path});
      }
    }
    ImGui::PopID();
  }
  if (state.open_files.empty()) {
    label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, "There is no scenario in this folder.");
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
  ImGui::End();
  // The problem with a file lies over the list, and is closed first.
  open = open || !state.problem.empty();
  state.open_open = state.open_open && open;
}

void draw_problem(const Panel& ui) {
  UiState& state = ui.state;
  if (state.problem.empty()) {
    return;
  }
  const auto lines = static_cast<float>(std::count(state.problem.begin(), state.problem.end(), '\n') + 1);
  ImGui::SetNextWindowFocus();
  const bool open = begin_overlay(ui, "##problem", {760, std::min(520.0F, 150 + 36 * lines), -1});
  const Theme& t = ui.theme;
  ImGuiPainter p = window_painter(ui);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_status(p, t, {at.x + ui.px(10), at.y + ui.px(11)}, ui.px(20), Status::Bad);
  ImGui::SetCursorScreenPos({at.x + ui.px(30), at.y});
  label_wrapped(ui, Face::Strong, text_size::kHeading, t.text, state.problem_about);
  ImGui::Dummy({1, ui.px(2)});
  ImGui::BeginChild("problem_text", {0, -ui.px(42)});
  label_wrapped(ui, Face::Mono, text_size::kBody, t.bad_text, state.problem);
  ImGui::EndChild();
  const bool closed =
      text_button(ui, "close_problem", "Close", "Esc does the same. What was shown before is still there.",
                  ButtonLook::Primary, true, 90);
  ImGui::SameLine(0, ui.px(12));
  ImGui::AlignTextToFramePadding();
  label(ui, Face::Regular, text_size::kBody, t.text_secondary, "The run that was open is still there.");
  ImGui::End();
  if (closed || !open) {
    state.problem.clear();
  }
}

}  // namespace kscope::ui
