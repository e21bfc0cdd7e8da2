#pragma once
// Turns the theme into the style of Dear ImGui's own widgets.

#include "ui/app/theme.h"
#include "ui/draw/imgui_types.h"

namespace kscope::ui {

void apply_style(const Theme& theme, float scale);

}  // namespace kscope::ui
