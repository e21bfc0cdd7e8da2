#include "ui/panels/overlay.h"

#include <algorithm>

#include "ui/app/widgets.h"

namespace kscope::ui {

bool begin_overlay(const Panel& ui, const char* id, const OverlayShape& shape) {
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                      ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float margin = ui.px(16);
  const float w = std::min(ui.px(shape.width), screen.x - 2 * margin);
  const float h = std::min(ui.px(shape.height), screen.y - 2 * margin);
  const float middle = (screen.y - h) / 2;
  ImGui::SetNextWindowPos({(screen.x - w) / 2, shape.top < 0 ? middle : std::min(ui.px(shape.top), middle)});
  ImGui::SetNextWindowSize({w, h});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(20), ui.px(18)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.px(12));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, im(ui.theme.panel));
  ImGui::PushStyleColor(ImGuiCol_Border, im(ui.theme.border_strong));
  ImGui::Begin(id, nullptr, kFlags);
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar(2);
  ui.places.add_window(id + 2, {ImGui::GetWindowPos().x, ImGui::GetWindowPos().y, w, h});
  const bool outside =
      ImGui::IsMouseClicked(0) &&
      !ImGui::IsWindowHovered(ImGuiHoveredFlags_RootAndChildWindows | ImGuiHoveredFlags_AllowWhenBlockedByPopup) &&
      !ImGui::IsWindowAppearing();
  return !outside;
}

}  // namespace kscope::ui
