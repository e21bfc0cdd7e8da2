// Why: the events that led to the selection, newest first, as numbered sentences back to a line of the script.
#include <fmt/format.h>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/layout/why_chain.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

constexpr std::size_t kDepth = 12;

std::string sentence_of(const view::EventRow& e) {
  std::string who = e.from == e.to || e.from.empty() ? e.to : e.to.empty() ? e.from : e.from + " \u2192 " + e.to;
  return fmt::format("{}{}{}", who, who.empty() ? "" : ": ", e.summary.empty() ? e.type : e.summary);
}

}  // namespace

void draw_why(const view::Snapshot& s, const Panel& ui) {
  const Theme& t = ui.theme;
  const std::uint64_t event = first_event_of(s);
  const WhyChain chain = compute_why(s, event, kDepth);
  if (chain.steps.empty()) {
    label_wrapped(ui, Face::Regular, text_size::kBody, t.text_secondary,
                  event == 0 ? "Nothing has touched this yet, so there is nothing to explain."
                             : "The event is not in the table; go to it first.");
    if (event != 0 && text_button(ui, "go", fmt::format("Go to #{}", event), "Move the playhead to the event.")) {
      ui.sink.push(SeekEvent{event});
    }
    return;
  }
  ImGuiPainter p = window_painter(ui);
  for (std::size_t i = 0; i < chain.steps.size(); ++i) {
    const view::EventRow& e = *chain.steps[i];
    ImGui::PushID(static_cast<int>(i));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Vec2 badge{at.x + ui.px(11), at.y + ui.px(11)};
    ImGui::SetCursorScreenPos({at.x + ui.px(32), at.y});
    ImGui::BeginGroup();
    label_wrapped(ui, Face::Strong, text_size::kBody, e.is_error ? t.bad_text : t.text, e.type);
    label_wrapped(ui, Face::Regular, text_size::kBody, t.text_secondary, sentence_of(e));
    label(ui, Face::Mono, text_size::kSmall, t.text_secondary, fmt::format("{}  #{}", clock_text(e.time), e.number));
    ImGui::Dummy({1, ui.px(4)});
    ImGui::EndGroup();
    const Rect r = item_rect();
    if (i + 1 < chain.steps.size() || chain.goes_on_at != 0) {
      p.line({badge.x, badge.y + ui.px(11)}, {badge.x, r.bottom() + ui.px(8)}, t.border_strong, ui.px(2));
    }
    p.fill_circle(badge, ui.px(11), i == 0 ? t.accent : t.raised);
    p.circle(badge, ui.px(11), t.border_strong, 1);
    text_centered(p, badge, i == 0 ? ink_on(t.accent) : t.text, Face::Strong, ui.px(text_size::kSmall),
                  std::to_string(i + 1));
    if (ImGui::IsItemHovered()) {
      tooltip(ui, "Click to go to this event.");
      if (ImGui::IsMouseReleased(0)) {
        ui.state.selection = {view::EntityKind::kEvent, static_cast<std::int64_t>(e.number)};
        ui.sink.push(SeekEvent{e.number});
      }
    }
    ImGui::PopID();
  }
  if (chain.goes_on_at != 0) {
    if (text_button(ui, "further", fmt::format("Further back: #{}", chain.goes_on_at),
                    "Go to the cause that is not in the table now.")) {
      ui.state.selection = {view::EntityKind::kEvent, static_cast<std::int64_t>(chain.goes_on_at)};
      ui.sink.push(SeekEvent{chain.goes_on_at});
    }
  } else {
    label(ui, Face::Regular, text_size::kSmall, t.text_secondary, "That is where it began.");
  }
}

}  // namespace kscope::ui
