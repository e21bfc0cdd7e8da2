// What must always hold, and what the scenario expects: holds, broken, permitted loss, or not decidable yet.
#include <fmt/format.h>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

Status status_of(view::Verdict v) {
  switch (v) {
    case view::Verdict::kHolds: return Status::Ok;
    case view::Verdict::kBroken: return Status::Bad;
    case view::Verdict::kNotDecidable: return Status::Unknown;
    case view::Verdict::kPermitted: return Status::Attention;
  }
  return Status::Unknown;
}

std::string_view word_of(view::Verdict v) {
  switch (v) {
    case view::Verdict::kHolds: return "holds";
    case view::Verdict::kBroken: return "broken";
    case view::Verdict::kNotDecidable: return "not decidable yet";
    case view::Verdict::kPermitted: return "loss that the configs permit";
  }
  return "";
}

void verdict_cell(const Panel& ui, view::Verdict v) {
  ImGuiPainter p = window_painter(ui);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_status(p, ui.theme, {at.x + ui.px(7), at.y + ui.px(9)}, ui.px(13), status_of(v));
  ImGui::SetCursorScreenPos({at.x + ui.px(22), at.y});
  label(ui, Face::Strong, text_size::kBody, status_text_color(ui.theme, status_of(v)), word_of(v));
}

}  // namespace

void draw_invariants_panel(const view::Snapshot& s, const Panel& ui) {
  const Theme& t = ui.theme;
  const ImGuiTableFlags flags = ImGuiTableFlags_ScrollY | ImGuiTableFlags_BordersInnerH |
                                ImGuiTableFlags_NoSavedSettings | ImGuiTableFlags_PadOuterX;
  if (!ImGui::BeginTable("invariants", 4, flags)) {
    return;
  }
  ImGui::TableSetupScrollFreeze(0, 1);
  ImGui::TableSetupColumn("State", ImGuiTableColumnFlags_WidthFixed, ui.px(210));
  ImGui::TableSetupColumn("Check", ImGuiTableColumnFlags_WidthFixed, ui.px(210));
  ImGui::TableSetupColumn("What it says", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableSetupColumn("First", ImGuiTableColumnFlags_WidthFixed, ui.px(100));
  ImGui::PushStyleColor(ImGuiCol_Text, im(t.text_secondary));
  ImGui::TableHeadersRow();
  ImGui::PopStyleColor();
  for (std::size_t i = 0; i < s.expects.size(); ++i) {
    const view::ExpectRow& e = s.expects[i];
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    verdict_cell(ui, e.verdict);
    ImGui::TableNextColumn();
    label(ui, Face::Strong, text_size::kBody, t.text, "expected here");
    ImGui::TableNextColumn();
    if (!e.words.empty()) {
      label_wrapped(ui, Face::Regular, text_size::kBody, t.text, e.words);
    }
    label_wrapped(ui, Face::Mono, text_size::kSmall, e.words.empty() ? t.text : t.text_secondary, e.text);
    if (!e.detail.empty()) {
      label(ui, Face::Regular, text_size::kSmall, t.text_secondary, e.detail);
    }
    ImGui::TableNextColumn();
  }
  for (std::size_t i = 0; i < s.invariants.size(); ++i) {
    const view::InvariantRow& row = s.invariants[i];
    const view::EntityRef entity{view::EntityKind::kInvariant, static_cast<std::int64_t>(i)};
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::Selectable("##invariant", ui.state.selection == entity, ImGuiSelectableFlags_SpanAllColumns)) {
      ui.state.selection = entity;
      if (row.first_event != 0) {
        ui.sink.push(SeekEvent{row.first_event});
      }
    }
    item_tooltip(ui, row.first_event != 0 ? "Click to go to the first break." : row.text);
    ImGui::PopID();
    ImGui::SameLine(0, 0);
    verdict_cell(ui, row.verdict);
    ImGui::TableNextColumn();
    label(ui, Face::Strong, text_size::kBody, t.text, row.name);
    ImGui::TableNextColumn();
    label_wrapped(ui, Face::Regular, text_size::kBody, t.text_secondary, row.detail.empty() ? row.text : row.detail);
    ImGui::TableNextColumn();
    if (row.first_event != 0) {
      label(ui, Face::Mono, text_size::kSmall, t.text, clock_text(row.first_time));
      if (row.count > 1) {
        label(ui, Face::Regular, text_size::kSmall, t.text_secondary, fmt::format("{} times", row.count));
      }
    }
  }
  ImGui::EndTable();
}

}  // namespace kscope::ui
