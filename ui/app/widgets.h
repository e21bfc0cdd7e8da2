#pragma once
// The controls of the window in our own look: icon buttons, chips, segmented switches, tabs, headings, cards. Each follows
// the theme and the scale, and has a tooltip with its meaning and its key.

#include <initializer_list>
#include <string>
#include <string_view>

#include "ui/app/panel.h"
#include "ui/app/style.h"
#include "ui/draw/icons.h"
#include "ui/draw/imgui_painter.h"
#include "ui/draw/marks.h"

namespace kscope::ui {

ImGuiPainter window_painter(const Panel& ui);
ImGuiPainter foreground_painter(const Panel& ui);

/// Text in a face and size at the cursor, as an ordinary item.
void label(const Panel& ui, Face face, float size, Color color, std::string_view text);
void label_wrapped(const Panel& ui, Face face, float size, Color color, std::string_view text, float wrap_width = 0);
void heading(const Panel& ui, std::string_view text);

enum class ButtonLook { Plain, Raised, Primary, Danger };
bool icon_button(const Panel& ui, const char* id, Icon icon, std::string_view tip, ButtonLook look = ButtonLook::Plain,
                 float size = 32, bool enabled = true);
bool text_button(const Panel& ui, const char* id, std::string_view text, std::string_view tip,
                 ButtonLook look = ButtonLook::Raised, bool enabled = true, float min_width = 0);
/// Button of a command: title as tooltip with its key; pushes the command.
void command_icon(const Panel& ui, CommandId id, Icon icon, ButtonLook look = ButtonLook::Plain, float size = 32);

/// Rounded label with an optional status sign. Returns true when clicked. `closable` adds a cross; `closed` tells that it was clicked.
struct Chip {
  std::string_view text;
  Status status = Status::Unknown;
  bool has_sign = false;
  bool filled = false;
  bool closable = false;
};
bool chip(const Panel& ui, const char* id, const Chip& c, std::string_view tip, bool* closed = nullptr);
float chip_width(const Panel& ui, const Chip& c);

/// One of several choices side by side. Returns true when `chosen` has changed.
bool segmented(const Panel& ui, const char* id, std::initializer_list<std::string_view> choices, int& chosen);
/// Tabs as a line of words with an accent under the chosen one.
bool tab_strip(const Panel& ui, const char* id, std::initializer_list<std::string_view> tabs, int& chosen);

void tooltip(const Panel& ui, std::string_view text, std::string_view key = {});
/// Tooltip for the last item when it is hovered for a moment.
void item_tooltip(const Panel& ui, std::string_view text, std::string_view key = {});
std::string command_tip(CommandId id);

/// White card with border and soft shadow, drawn into the current window.
void draw_card(Painter& p, const Panel& ui, const Rect& r, float rounding);
void draw_selection(Painter& p, const Panel& ui, const Rect& r, float rounding);

/// Parts of the window stay behind everything that is opened over them; grips and shades lie above the parts.
enum class Layer { Part, Above };
/// Begins a window at an exact place, without frame and scrolling.
bool begin_region(const char* id, const Rect& r, Color background, Vec2 padding, Layer layer = Layer::Part);
void end_region();

/// Grip between parts: returns how far it was dragged in this frame; `reset` becomes true on a double click.
float splitter(const Panel& ui, const char* id, const Rect& r, bool vertical, bool& reset);

Rect item_rect();
/// Tells where the last item is, for those who look for it by name; see Places.
void place(const Panel& ui, std::string_view kind, std::string_view name);

}  // namespace kscope::ui
