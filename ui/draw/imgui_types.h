#pragma once
// Our points and colours as Dear ImGui's, and back.

#include <imgui.h>

#include "ui/draw/color.h"
#include "ui/draw/geometry.h"

namespace kscope::ui {

inline ImVec2 im(Vec2 v) { return {v.x, v.y}; }
inline ImU32 im(Color c) { return IM_COL32(c.r, c.g, c.b, c.a); }
inline ImVec4 im4(Color c) {
  return {static_cast<float>(c.r) / 255, static_cast<float>(c.g) / 255, static_cast<float>(c.b) / 255,
          static_cast<float>(c.a) / 255};
}
inline Vec2 vec(ImVec2 v) { return {v.x, v.y}; }

}  // namespace kscope::ui
