#pragma once
// A window that lies over the others until it is answered or closed: shared by palette, key sheet, legend and questions.

#include "ui/app/panel.h"

namespace kscope::ui {

/// Sizes at 100 %; `top` < 0 centres it.
struct OverlayShape {
  float width = 600;
  float height = 400;
  float top = -1;
};

/// Begins the window, never larger than the screen; false when the user closed it by a click outside. End it with
/// ImGui::End().
bool begin_overlay(const Panel& ui, const char* id, const OverlayShape& shape);

void draw_legend(const Panel& ui);
/// "Go to", "Run until", names of files to write.
void draw_question(const Panel& ui);
void draw_open_file(const Panel& ui);
/// What went wrong, in full, until it is closed.
void draw_problem(const Panel& ui);

}  // namespace kscope::ui
