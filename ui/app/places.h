#pragma once
// Places: where named things were drawn in the last frame: buttons, tabs, rows, menu entries, cards of the stage. Tests look
// for controls that are cut off or lie outside of the window, drive the mouse to them, and find out what is shown.
// It costs nothing while it is off.

#include <string>
#include <string_view>
#include <vector>

#include "ui/draw/geometry.h"

namespace kscope::ui {

struct Place {
  std::string name;  ///< "command:run.pause", "tab:Groups", "stage:b1", "act:crash b1"
  Rect rect;
  bool is_cut = false;      ///< a part of it lies outside of what its part of the window shows
  bool can_scroll = false;  ///< but one can scroll to it
};

class Places {
 public:
  bool is_on = false;

  /// Call once before a frame is built.
  void begin_frame();
  /// A thing in the current window of Dear ImGui.
  void add(std::string_view kind, std::string_view name, const Rect& rect);
  /// A whole window of Dear ImGui, which nothing can cut off.
  void add_window(std::string_view name, const Rect& rect);
  /// Those of the frame that is being built, or was built last.
  const std::vector<Place>& all() const { return places_; }
  /// The last of that name; nullptr if it was not drawn.
  const Place* find(std::string_view name) const;

 private:
  std::vector<Place> places_;
};

}  // namespace kscope::ui
