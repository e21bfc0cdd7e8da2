// The menu of a right click: what can be done to a thing, by heading; what would do nothing is grey and says why.
#include <span>

#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

constexpr std::size_t kLongGroup = 7;  // longer groups become menus of their own

void draw_offers(const Panel& ui, std::span<const session::ActionOffer> offers) {
  for (const session::ActionOffer& offer : offers) {
    const std::string key = offer.shortcut == 0 ? std::string() : std::string(1, offer.shortcut);
    ImGui::PushID(offer.script.c_str());
    if (ImGui::MenuItem(offer.label.c_str(), key.c_str(), false, offer.refusal.empty())) {
      ui.sink.push(DoScript{offer.script});
    }
    ImGui::PopID();
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) {
      tooltip(ui, offer.refusal.empty() ? offer.hint + "\nScript: " + offer.script : "Not now: " + offer.refusal);
    }
  }
}

}  // namespace

void draw_fault_items(const Panel& ui, const view::EntityRef& entity) {
  const std::vector<session::ActionOffer> offers = ui.sink.offers(entity);
  if (offers.empty()) {
    label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, "Nothing can be done to this.");
    return;
  }
  for (std::size_t first = 0; first < offers.size();) {
    std::size_t end = first;
    while (end < offers.size() && offers[end].group == offers[first].group) {
      ++end;
    }
    const std::span<const session::ActionOffer> group(offers.data() + first, end - first);
    if (group.size() > kLongGroup) {
      if (ImGui::BeginMenu(group.front().group.c_str())) {
        draw_offers(ui, group);
        ImGui::EndMenu();
      }
    } else {
      if (first > 0) {
        ImGui::Separator();
      }
      heading(ui, group.front().group);
      draw_offers(ui, group);
    }
    first = end;
  }
}

void draw_fault_menu(const view::Snapshot& s, const Panel& ui) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(12), ui.px(10)));
  if (ImGui::BeginPopup("faults")) {
    label(ui, Face::Strong, text_size::kHeading, ui.theme.text, name_of(s, ui.state.menu_for));
    ImGui::Separator();
    draw_fault_items(ui, ui.state.menu_for);
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
}

}  // namespace kscope::ui
