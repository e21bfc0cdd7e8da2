// All about the selected thing: facts, configs with their source, history, raw tree. Without a selection: what to do here.
#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

void draw_facts(const view::Inspection& in, const Panel& ui) {
  const Theme& t = ui.theme;
  if (!ImGui::BeginTable("facts", 2, ImGuiTableFlags_NoSavedSettings)) {
    return;
  }
  ImGui::TableSetupColumn("name", ImGuiTableColumnFlags_WidthStretch, 0.48F);
  ImGui::TableSetupColumn("value", ImGuiTableColumnFlags_WidthStretch, 0.52F);
  for (const view::Fact& fact : in.facts) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    label_wrapped(ui, Face::Regular, text_size::kBody, t.text_secondary, fact.name);
    item_tooltip(ui, fact.help);
    if (ImGui::IsItemHovered() && !fact.help.empty()) {
      tooltip(ui, fact.help);
    }
    ImGui::TableNextColumn();
    label_wrapped(ui, Face::Strong, text_size::kBody, t.text, fact.value);
    if (ImGui::IsItemHovered() && !fact.help.empty()) {
      tooltip(ui, fact.help);
    }
  }
  ImGui::EndTable();
}

void draw_configs(const view::Inspection& in, const Panel& ui) {
  const Theme& t = ui.theme;
  if (in.configs.empty()) {
    label(ui, Face::Regular, text_size::kBody, t.text_secondary, "This has no configs of its own.");
  }
  for (const view::ConfigRow& row : in.configs) {
    label(ui, Face::Mono, text_size::kSmall, row.is_modelled ? t.text : t.text_disabled, row.name);
    const bool changed = row.value != row.default_value;
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.px(12));
    label(ui, changed ? Face::Strong : Face::Regular, text_size::kBody, changed ? t.accent_text : t.text_secondary,
          row.value);
    ImGui::SameLine();
    label(ui, Face::Regular, text_size::kSmall, t.text_secondary,
          changed ? fmt::format("default {} \u00b7 {}", row.default_value, row.source) : row.source);
    if (!row.is_modelled) {
      ImGui::SameLine();
      label(ui, Face::Regular, text_size::kSmall, t.attention_text, "not modelled");
    }
    ImGui::Dummy({1, ui.px(2)});
  }
}

void draw_history(const view::Inspection& in, const Panel& ui) {
  const Theme& t = ui.theme;
  if (in.history.empty()) {
    label(ui, Face::Regular, text_size::kBody, t.text_secondary, "Nothing has touched this yet.");
  }
  for (std::size_t i = 0; i < in.history.size(); ++i) {
    const view::EventRow& e = in.history[i];
    ImGui::PushID(static_cast<int>(i));
    ImGui::BeginGroup();
    label(ui, Face::Mono, text_size::kSmall, t.text_secondary, fmt::format("{}  #{}", clock_text(e.time), e.number));
    label_wrapped(ui, Face::Strong, text_size::kBody, e.is_error ? t.bad_text : t.text, e.type);
    if (!e.summary.empty()) {
      label_wrapped(ui, Face::Regular, text_size::kSmall, t.text_secondary, e.summary);
    }
    ImGui::EndGroup();
    if (ImGui::IsItemHovered()) {
      tooltip(ui, "Click to go to this event.");
      if (ImGui::IsMouseReleased(0)) {
        ui.sink.push(SeekEvent{e.number});
      }
    }
    ImGui::Dummy({1, ui.px(4)});
    ImGui::PopID();
  }
}

void draw_expects(const view::Snapshot& s, const Panel& ui) {
  const Theme& t = ui.theme;
  if (s.expects.empty()) {
    return;
  }
  ImGui::Dummy({1, ui.px(4)});
  heading(ui, "What is expected");
  ImGuiPainter p = window_painter(ui);
  for (const view::ExpectRow& e : s.expects) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Status status = e.verdict == view::Verdict::kHolds    ? Status::Ok
                          : e.verdict == view::Verdict::kBroken ? Status::Bad
                                                                : Status::Unknown;
    draw_status(p, t, {at.x + ui.px(7), at.y + ui.px(9)}, ui.px(13), status);
    ImGui::SetCursorScreenPos({at.x + ui.px(22), at.y});
    ImGui::BeginGroup();
    label_wrapped(ui, Face::Regular, text_size::kBody, t.text, e.words.empty() ? e.text : e.words);
    ImGui::EndGroup();
    if (ImGui::IsItemHovered()) {
      tooltip(ui, e.detail.empty() ? e.text : e.text + "\n" + e.detail);
    }
  }
  ImGui::Dummy({1, ui.px(6)});
}

void draw_welcome(const view::Snapshot& s, const Panel& ui) {
  const Theme& t = ui.theme;
  ImGui::PushTextWrapPos(0);
  label(ui, Face::Strong, text_size::kHeading + 1, t.text,
        s.title.empty() ? std::string_view("What is this?") : std::string_view(s.title));
  ImGui::PopTextWrapPos();
  label_wrapped(ui, Face::Regular, text_size::kBody, t.text_secondary,
                ui.state.description.empty()
                    ? std::string_view(
                          "A Kafka cluster that is simulated message by message. Producers on the left send records, "
                          "brokers keep them in their logs and copy them to each other, groups on the right read them.")
                    : std::string_view(ui.state.description));
  draw_expects(s, ui);
  ImGui::Dummy({1, ui.px(6)});
  struct Tip {
    CommandId id;
    std::string_view text;
  };
  static constexpr std::array<Tip, 6> kTips{{{CommandId::PlayPause, "pause or go on"},
                                             {CommandId::StepForward, "next event"},
                                             {CommandId::BeatForward, "next notable event"},
                                             {CommandId::Kill, "kill the selection"},
                                             {CommandId::ShowLegend, "what the signs mean"},
                                             {CommandId::ShowPalette, "find anything"}}};
  for (const Tip& tip : kTips) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGuiPainter p = window_painter(ui);
    const std::string key = keys_text(spec_of(tip.id), true);
    const float size = ui.px(text_size::kSmall);
    const Rect cap{at.x, at.y, std::max(ui.px(34), p.text_size(Face::Mono, size, key).x + ui.px(16)), ui.px(24)};
    p.fill_rect(cap, t.raised, ui.px(5));
    p.rect(cap, t.border_strong, 1, ui.px(5));
    text_centered(p, cap.center(), t.text, Face::Mono, size, key);
    text_left(p, {at.x + ui.px(96), cap.center().y}, t.text, Face::Regular, ui.px(text_size::kBody), tip.text);
    ImGui::Dummy({ui.px(10), ui.px(26)});
  }
  ImGui::Dummy({1, ui.px(6)});
  label_wrapped(ui, Face::Regular, text_size::kBody, t.text_secondary,
                "Click anything on the stage to see its facts here; right-click it to break or mend it.");
}

// Back, forward and pin, at the right of the title.
void draw_ways(const Panel& ui, const Rect& area) {
  const bool is_pinned = std::any_of(ui.state.pinned.begin(), ui.state.pinned.end(),
                                     [&](const Pin& pin) { return pin.entity == ui.state.selection; });
  ImGui::SetCursorScreenPos({area.right() - ui.px(16 + 3 * 30), area.y + ui.px(8)});
  command_icon(ui, CommandId::InspectBack, Icon::ChevronLeft, ButtonLook::Plain, 28);
  ImGui::SameLine(0, ui.px(2));
  command_icon(ui, CommandId::InspectForward, Icon::ChevronRight, ButtonLook::Plain, 28);
  ImGui::SameLine(0, ui.px(2));
  command_icon(ui, CommandId::TogglePin, Icon::Pin, is_pinned ? ButtonLook::Primary : ButtonLook::Plain, 28);
}

}  // namespace

void draw_inspection(const view::Snapshot& s, const view::Inspection& in, const Panel& ui, RightTab& tab) {
  label_wrapped(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, in.subtitle);
  if (text_button(ui, "act", "Break or mend\u2026", "Everything that can be done to it now.", ButtonLook::Raised)) {
    ui.state.menu_for = in.entity;
    ImGui::OpenPopup("faults");
  }
  draw_fault_menu(s, ui);
  int chosen = static_cast<int>(tab);
  if (tab_strip(ui, "inspector_tabs", {"Facts", "Why", "Config", "History", "Raw"}, chosen)) {
    tab = static_cast<RightTab>(chosen);
  }
  ImGui::BeginChild("inspector_body");
  ImGui::Dummy({1, ui.px(2)});
  switch (tab) {
    case RightTab::Facts: draw_facts(in, ui); break;
    case RightTab::Why: draw_why(in, ui); break;
    case RightTab::Config: draw_configs(in, ui); break;
    case RightTab::History: draw_history(in, ui); break;
    case RightTab::Raw:
      label_wrapped(ui, Face::Mono, text_size::kSmall, ui.theme.text, in.raw.empty() ? "no raw tree" : in.raw);
      break;
  }
  ImGui::EndChild();
}

void draw_inspector(const view::Snapshot& s, const Panel& ui, const Rect& area) {
  if (area.empty()) {
    return;
  }
  begin_region("##inspector", area, ui.theme.panel, {ui.px(16), ui.px(12)});
  ImGuiPainter p = window_painter(ui);
  p.line({area.x + 0.5F, area.y}, {area.x + 0.5F, area.bottom()}, ui.theme.border, 1);
  const view::Inspection& in = s.inspection;
  const ImVec2 start = ImGui::GetCursorScreenPos();
  if (!ui.state.selection.is_set() || !in.entity.is_set()) {
    ImGui::BeginChild("welcome");
    draw_welcome(s, ui);
    ImGui::EndChild();
    end_region();
    return;
  }
  draw_ways(ui, area);
  ImGui::SetCursorScreenPos(start);
  const std::string title = in.title.empty() ? name_of(s, in.entity) : in.title;
  const float size = ui.px(text_size::kTitle);
  text_left(p, {start.x, start.y + size * 0.6F}, ui.theme.text, Face::Strong, size, title, area.w - ui.px(32 + 96));
  ImGui::Dummy({1, size * 1.2F});
  draw_inspection(s, in, ui, ui.state.right_tab);
  end_region();
}

}  // namespace kscope::ui
