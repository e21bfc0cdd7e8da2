// Every event as a table, around the playhead, with a filter. The filter language is that of the simulator's snapshot.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/draw/stage_paint.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

// The filter that shows only what touches the selection; "" when there is none.
std::string selection_words(const view::Snapshot& s, const Panel& ui) {
  const view::EntityRef& e = ui.state.selection;
  if (e.kind == view::EntityKind::kNode) {
    return "node:" + name_of(s, e);
  }
  if (e.kind == view::EntityKind::kPartition || e.kind == view::EntityKind::kReplica) {
    return "p:" + name_of(s, {view::EntityKind::kPartition, e.a, e.b});
  }
  return {};
}

void draw_filter(const view::Snapshot& s, const Panel& ui) {
  if (ui.state.focus_filter) {
    ImGui::SetKeyboardFocusHere();
    ui.state.focus_filter = false;
  }
  ImGui::SetNextItemWidth(std::min(ui.px(420), ImGui::GetContentRegionAvail().x * 0.45F));
  const std::string before = ui.state.event_filter;
  ImGui::InputTextWithHint("##filter", "filter: type:Fetch & to:b1 & p:orders-0 & t>1s", &ui.state.event_filter);
  if (ui.state.event_filter != before && ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape))) {
    ui.state.event_filter = before;  // Esc leaves the field; Dear ImGui would take back what was typed
  }
  place(ui, "field", "filter");
  item_tooltip(
      ui,
      "type:Fetch, from:b1, to:b1, node:b1, p:orders-0, t>1s, size>1KiB, or a word; joined by & or |, with ! for not.",
      "/");
  ImGui::SameLine();
  const Chip beats{"notable only", Status::Info, ui.state.beats_only, ui.state.beats_only, false};
  if (chip(ui, "beats_only", beats, "Only the notable events: what the timeline marks and the caption tells.")) {
    ui.state.beats_only = !ui.state.beats_only;
  }
  ImGui::SameLine();
  const std::string own = selection_words(s, ui);
  if (!own.empty() && ui.state.event_filter != own &&
      chip(ui, "of_selection", {"only the selection", Status::Unknown, false, false, false},
           "Only events of what is selected: " + own)) {
    ui.state.event_filter = own;
  }
  ImGui::SameLine();
  if (!ui.state.event_filter.empty()) {
    if (chip(ui, "clear", {"clear", Status::Unknown, false, false, false}, "Show every event again.")) {
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
  if (ui.places.is_on) {
    ui.places.add("event", std::to_string(e.number) + " " + e.type, item_rect());
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

// The playhead is brought into view when it or the filter has moved; otherwise the page follows the scroll bar.
void follow_or_scroll(const view::Snapshot& s, const Panel& ui, int shown_first, int shown_end) {
  UiState& state = ui.state;
  const std::string filter = state.event_filter + (state.beats_only ? "\n" : "");
  if (state.scrolled_to_event != s.event || state.scrolled_filter != filter) {
    if (state.events_first >= 0) {
      state.events_first = -1;  // the next picture has the page around the playhead
      return;
    }
    state.scrolled_to_event = s.event;
    state.scrolled_filter = filter;
    std::size_t row = 0;
    while (row + 1 < s.events.size() && s.events[row + 1].number <= s.event) {
      ++row;
    }
    // Rows are of one height, so that of the playhead can be brought into view without being drawn.
    const float height = ImGui::GetTextLineHeight() + 2 * ui.px(3) + 1;
    const float at = (static_cast<float>(s.events_first) + static_cast<float>(row)) * height;
    ImGui::SetScrollY(std::max(0.0F, at - ImGui::GetWindowHeight() * 0.5F));
    return;
  }
  const int first = static_cast<int>(s.events_first);
  const int end = first + static_cast<int>(s.events.size());
  if (shown_first < first || shown_end > end) {
    state.events_first = std::max(0, shown_first - 60);
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
    column("Type", 236);
    ImGui::TableSetupColumn("What happens", ImGuiTableColumnFlags_WidthStretch);
    column("Cause", 64);
    column("Size", 70);
    ImGui::PushStyleColor(ImGuiCol_Text, im(ui.theme.text_secondary));
    ImGui::TableHeadersRow();
    ImGui::PopStyleColor();
    const int first = static_cast<int>(s.events_first);
    const int loaded_end = first + static_cast<int>(s.events.size());
    int shown_first = 0;
    int shown_end = 0;
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(s.events_matching));
    while (clipper.Step()) {
      shown_first = clipper.DisplayStart;
      shown_end = clipper.DisplayEnd;
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        if (i >= first && i < loaded_end) {
          draw_row(s, ui, s.events[static_cast<std::size_t>(i - first)]);
        } else {
          // Comes with the next picture.
          ImGui::TableNextRow();
          ImGui::TableNextColumn();
          label(ui, Face::Mono, text_size::kSmall, ui.theme.text_disabled, "\u2026");
        }
      }
    }
    ImGui::TableNextRow(ImGuiTableRowFlags_None, ui.px(22));  // so that the last one is never at the very edge
    follow_or_scroll(s, ui, shown_first, shown_end);
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
}

}  // namespace kscope::ui
