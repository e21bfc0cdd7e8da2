#include "ui/app/places.h"

#include <imgui_internal.h>

namespace kscope::ui {

void Places::begin_frame() { places_.clear(); }

void Places::add(std::string_view kind, std::string_view name, const Rect& rect) {
  if (!is_on) {
    return;
  }
  constexpr float kSlack = 1;  // borders are drawn on the edge
  const ImGuiWindow* window = ImGui::GetCurrentWindow();
  const ImRect& shown = window->ClipRect;
  Place place;
  place.name = std::string(kind) + ":" + std::string(name);
  place.rect = rect;
  place.is_cut = rect.x < shown.Min.x - kSlack || rect.y < shown.Min.y - kSlack ||
                 rect.right() > shown.Max.x + kSlack || rect.bottom() > shown.Max.y + kSlack;
  // Parts without scroll bars do not scroll; the others do where there is more than they show.
  place.can_scroll =
      (window->Flags & ImGuiWindowFlags_NoScrollbar) == 0 && (window->ScrollMax.y > 0 || window->ScrollMax.x > 0);
  places_.push_back(std::move(place));
}

void Places::add_window(std::string_view name, const Rect& rect) {
  if (is_on) {
    places_.push_back({"overlay:" + std::string(name), rect, false, false});
  }
}

const Place* Places::find(std::string_view name) const {
  for (auto it = places_.rbegin(); it != places_.rend(); ++it) {
    if (it->name == name) {
      return &*it;
    }
  }
  return nullptr;
}

}  // namespace kscope::ui
