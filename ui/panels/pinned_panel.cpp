// Inspections that stay open: each in a window of its own over the parts, which follows its thing through time.
#include <fmt/format.h>

#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

std::string window_name(const view::Snapshot& s, const view::Inspection& in) {
  const view::EntityRef& e = in.entity;
  const std::string title = in.title.empty() ? name_of(s, e) : in.title;
  return fmt::format("{}###pin:{}:{}:{}:{}", title, static_cast<int>(e.kind), e.a, e.b, e.c);
}

}  // namespace

void draw_pinned(const view::Snapshot& s, const Panel& ui, const Rect& stage) {
  const view::EntityRef* closed = nullptr;
  float step = 0;
  for (Pin& pin : ui.state.pinned) {
    for (const view::Inspection& in : s.pinned) {
      if (in.entity != pin.entity) {
        continue;
      }
      const float width = std::min(ui.px(330), stage.w - ui.px(40));
      const float height = std::min(ui.px(300), stage.h - ui.px(60));
      ImGui::SetNextWindowPos({stage.x + ui.px(20) + step, stage.y + ui.px(52) + step}, ImGuiCond_FirstUseEver);
      ImGui::SetNextWindowSize({width, height}, ImGuiCond_FirstUseEver);
      step += ui.px(28);
      bool is_open = true;
      ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(14), ui.px(10)));
      if (ImGui::Begin(window_name(s, in).c_str(), &is_open,
                       ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoFocusOnAppearing)) {
        if (ui.places.is_on) {
          const ImVec2 at = ImGui::GetWindowPos();
          const ImVec2 size = ImGui::GetWindowSize();
          ui.places.add_window("pin:" + name_of(s, in.entity), {at.x, at.y, size.x, size.y});
        }
        draw_inspection(s, in, ui, pin.tab);
      }
      ImGui::End();
      ImGui::PopStyleVar();
      closed = is_open ? closed : &pin.entity;
    }
  }
  if (closed != nullptr) {
    const view::EntityRef gone = *closed;
    std::erase_if(ui.state.pinned, [&](const Pin& pin) { return pin.entity == gone; });
  }
}

}  // namespace kscope::ui
