// Why: the events that led to the selection, newest first, as numbered sentences back to a line of the script.
#include <fmt/format.h>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

std::string sentence_of(const view::EventRow& e) {
  const std::string who = e.from == e.to || e.from.empty() ? e.to : e.to.empty() ? e.from : e.from + " \u2192 " + e.to;
  return fmt::format("{}{}{}", who, who.empty() || e.summary.empty() ? "" : ": ", e.summary);
}

}  // namespace

void draw_why(const view::Inspection& in, const Panel& ui) {
  const Theme& t = ui.theme;
  if (in.causes.empty()) {
    label_wrapped(ui, Face::Regular, text_size::kBody, t.text_secondary,
                  "Nothing has touched this yet, so there is nothing to explain.");
    return;
  }
  if (!in.why.empty()) {
    label_wrapped(ui, Face::Strong, text_size::kBody, t.text, in.why);
    ImGui::Dummy({1, ui.px(4)});
  }
  heading(ui, in.why.empty() ? "What led to its latest event" : "What led to this");
  ImGui::Dummy({1, ui.px(2)});
  ImGuiPainter p = window_painter(ui);
  for (std::size_t i = 0; i < in.causes.size(); ++i) {
    const view::EventRow& e = in.causes[i];
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
    if (i + 1 < in.causes.size()) {
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
  const view::EventRow& oldest = in.causes.back();
  if (oldest.cause != 0) {
    if (text_button(ui, "further", fmt::format("Further back: #{}", oldest.cause),
                    "Go to the cause of the oldest event that is shown.")) {
      ui.state.selection = {view::EntityKind::kEvent, static_cast<std::int64_t>(oldest.cause)};
      ui.sink.push(SeekEvent{oldest.cause});
    }
  } else {
    label(ui, Face::Regular, text_size::kSmall, t.text_secondary, "That is where it began.");
  }
}

}  // namespace kscope::ui
