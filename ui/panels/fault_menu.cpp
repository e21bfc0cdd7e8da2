// The menu of a right click: what can be done to a thing, by heading; what would do nothing is grey and says why.
#include <algorithm>
#include <span>

#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

using Offers = std::span<const session::ActionOffer>;

void draw_offer(const Panel& ui, const session::ActionOffer& offer) {
  const std::string key = offer.shortcut == 0 ? std::string() : std::string(1, offer.shortcut);
  ImGui::PushID(offer.script.c_str());
  if (ImGui::MenuItem(offer.label.c_str(), key.c_str(), false, offer.refusal.empty())) {
    ui.sink.push(DoScript{offer.script});
  }
  ImGui::PopID();
  place(ui, offer.refusal.empty() ? "act" : "refused", offer.script);
  if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) {
    tooltip(ui, offer.refusal.empty() ? offer.hint + "\nScript: " + offer.script : "Not now: " + offer.refusal);
  }
}

// The offers from `first` on for which `same` holds.
template <class Same>
Offers run_of(Offers offers, std::size_t first, Same same) {
  std::size_t end = first;
  while (end < offers.size() && same(offers[end])) {
    ++end;
  }
  return offers.subspan(first, end - first);
}

void draw_group(const Panel& ui, Offers group) {
  for (std::size_t i = 0; i < group.size();) {
    const std::string& menu = group[i].submenu;
    const Offers inside = run_of(group, i, [&](const session::ActionOffer& o) { return o.submenu == menu; });
    i += inside.size();
    if (menu.empty()) {
      for (const session::ActionOffer& offer : inside) {
        draw_offer(ui, offer);
      }
      continue;
    }
    // A menu in which everything is grey is grey itself, but opens, so that the reasons can be read.
    const bool acts = std::any_of(inside.begin(), inside.end(), [](const auto& o) { return o.refusal.empty(); });
    ImGui::PushStyleColor(ImGuiCol_Text, im(acts ? ui.theme.text : ui.theme.text_disabled));
    const bool is_open = ImGui::BeginMenu(menu.c_str());
    ImGui::PopStyleColor();
    place(ui, "menu", menu);
    if (is_open) {
      for (const session::ActionOffer& offer : inside) {
        draw_offer(ui, offer);
      }
      ImGui::EndMenu();
    }
  }
}

}  // namespace

void draw_fault_items(const Panel& ui, const view::EntityRef& entity) {
  const std::vector<session::ActionOffer> all = ui.sink.offers(entity);
  const Offers offers(all);
  if (offers.empty()) {
    label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, "Nothing can be done to this.");
    return;
  }
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(6)));
  for (std::size_t i = 0; i < offers.size();) {
    const std::string& name = offers[i].group;
    const Offers group = run_of(offers, i, [&](const session::ActionOffer& o) { return o.group == name; });
    if (i > 0) {
      ImGui::Separator();
    }
    i += group.size();
    if (group.front().submenu != name) {
      heading(ui, name);
    }
    draw_group(ui, group);
  }
  ImGui::PopStyleVar();
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
