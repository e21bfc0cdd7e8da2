#pragma once
// Turns the theme into the style of Dear ImGui's own widgets.

#include <imgui.h>

#include "ui/app/theme.h"
#include "ui/draw/geometry.h"

namespace kscope::ui {

inline ImVec2 im(Vec2 v) { return {v.x, v.y}; }
inline ImU32 im(Color c) { return IM_COL32(c.r, c.g, c.b, c.a); }
inline ImVec4 im4(Color c) {
  return {static_cast<float>(c.r) / 255, static_cast<float>(c.g) / 255, static_cast<float>(c.b) / 255,
          static_cast<float>(c.a) / 255};
}
inline Vec2 vec(ImVec2 v) { return {v.x, v.y}; }

void apply_style(const Theme& theme, float scale);

}  // namespace kscope::ui
