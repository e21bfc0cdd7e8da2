// Every event as a table, around the playhead, with a filter. The filter language is that of the simulator's snapshot.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/draw/stage_paint.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

void draw_filter(const view::Snapshot& s, const Panel& ui) {
  if (ui.state.focus_filter) {
    ImGui::SetKeyboardFocusHere();
    ui.state.focus_filter = false;
  }
  ImGui::SetNextItemWidth(std::min(ui.px(460), ImGui::GetContentRegionAvail().x * 0.5F));
  ImGui::InputTextWithHint("##filter", "filter: type:Fetch & to:b1 & p:orders-0 & t>1s", &ui.state.event_filter);
  item_tooltip(ui, "Words joined by &: type:, from:, to:, p:, t> and t<. Beats are rows of the story.", "/");
  ImGui::SameLine();
  if (!ui.state.event_filter.empty()) {
    if (text_button(ui, "clear", "Clear", "Show every event again.", ButtonLook::Plain)) {
      ui.state.event_filter.clear();
    }
    ImGui::SameLine();
  }
  ImGui::AlignTextToFramePadding();
  if (!s.filter_error.empty()) {
    label(ui, Face::Regular, text_size::kSmall, ui.theme.bad_text, s.filter_error);
  } else {
    label(ui, Face::Regular, text_size::kSmall, ui.theme.text_secondary,
          fmt::format("{} events match", count_text(static_cast<std::int64_t>(s.events_matching))));
  }
}

void draw_row(const view::Snapshot& s, const Panel& ui, const view::EventRow& e) {
  const Theme& t = ui.theme;
  ImGui::TableNextRow();
  const bool is_now = e.number == s.event;
  const view::EntityRef entity{view::EntityKind::kEvent, static_cast<std::int64_t>(e.number)};
  const Color ink = e.is_future ? t.text_disabled : t.text;
  const Color quiet = e.is_future ? t.text_disabled : t.text_secondary;
  if (is_now) {
    ImGui::TableSetBgColor(ImGuiTableBgTarget_RowBg0, im(t.pressed));
  }
  ImGui::TableNextColumn();
  ImGui::PushID(static_cast<int>(e.number));
  if (ImGui::Selectable("##row", ui.state.selection == entity,
                        ImGuiSelectableFlags_SpanAllColumns | ImGuiSelectableFlags_AllowDoubleClick)) {
    ui.state.selection = entity;
    if (ImGui::IsMouseDoubleClicked(0)) {
      ui.sink.push(SeekEvent{e.number});
    }
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseReleased(1)) {
    ui.sink.push(SeekEvent{e.number});
  }
  ImGui::PopID();
  ImGui::SameLine();
  label(ui, Face::Mono, text_size::kSmall, quiet, fmt::format("{}", e.number));
  ImGui::TableNextColumn();
  label(ui, Face::Mono, text_size::kSmall, ink, clock_text(e.time));
  ImGui::TableNextColumn();
  label(ui, Face::Regular, text_size::kBody, ink, e.from);
  ImGui::TableNextColumn();
  label(ui, Face::Regular, text_size::kBody, ink, e.to);
  ImGui::TableNextColumn();
  ImGuiPainter p = window_painter(ui);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Vec2 sign{at.x + ui.px(6), at.y + ui.px(8)};
  if (e.is_error) {
    draw_status(p, t, sign, ui.px(12), Status::Bad);
  } else {
    draw_message(p, sign, ui.px(10), {shape_of(e.family), false, false},
                 faded(color_of(t, e.family), e.is_future ? 0.4F : 1), t.panel, t.outline, 1);
  }
  ImGui::SetCursorScreenPos({at.x + ui.px(20), at.y});
  label(ui, e.is_beat ? Face::Strong : Face::Regular, text_size::kBody, ink, e.type);
  ImGui::TableNextColumn();
  label(ui, Face::Regular, text_size::kBody, e.is_error ? t.bad_text : quiet, e.summary);
  ImGui::TableNextColumn();
  if (e.cause != 0) {
    label(ui, Face::Mono, text_size::kSmall, quiet, fmt::format("#{}", e.cause));
  }
  ImGui::TableNextColumn();
  if (e.size_bytes > 0) {
    label(ui, Face::Mono, text_size::kSmall, quiet, bytes_text(e.size_bytes));
  }
}

}  // namespace

void draw_events_panel(const view::Snapshot& s, const Panel& ui) {
  draw_filter(s, ui);
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(ui.px(8), ui.px(3)));
  const ImGuiTableFlags flags = ImGuiTableFlags_ScrollY | ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_Resizable |
                                ImGuiTableFlags_NoSavedSettings | ImGuiTableFlags_PadOuterX;
  if (ImGui::BeginTable("events", 8, flags)) {
    ImGui::TableSetupScrollFreeze(0, 1);
    auto column = [&](const char* name, float width) {
      ImGui::TableSetupColumn(name, ImGuiTableColumnFlags_WidthFixed, ui.px(width));
    };
    column("#", 58);
    column("Time", 86);
    column("From", 92);
    column("To", 92);
    column("Type", 190);
    ImGui::TableSetupColumn("What happens", ImGuiTableColumnFlags_WidthStretch);
    column("Cause", 64);
    column("Size", 70);
    ImGui::PushStyleColor(ImGuiCol_Text, im(ui.theme.text_secondary));
    ImGui::TableHeadersRow();
    ImGui::PopStyleColor();
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(s.events.size()));
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        draw_row(s, ui, s.events[static_cast<std::size_t>(i)]);
      }
    }
    // Rows are of one height, so the row of the playhead can be brought into view without being drawn.
    if (ui.state.scrolled_to_event != s.event) {
      ui.state.scrolled_to_event = s.event;
      const float row = ImGui::GetTextLineHeight() + 2 * ui.px(3) + 1;
      for (std::size_t i = 0; i < s.events.size(); ++i) {
        if (s.events[i].number == s.event) {
          ImGui::SetScrollY(static_cast<float>(i) * row - ImGui::GetWindowHeight() * 0.5F);
        }
      }
    }
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
}

}  // namespace kscope::ui
