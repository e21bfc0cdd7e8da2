#include "ui/app/widgets.h"

#include <imgui_internal.h>

namespace kscope::ui {
namespace {

struct ButtonColors {
  Color fill;
  Color hover;
  Color ink;
  Color border;
};

ButtonColors colors_of(const Theme& t, ButtonLook look) {
  switch (look) {
    case ButtonLook::Plain: return {faded(t.panel, 0), t.hover, t.text, faded(t.border, 0)};
    case ButtonLook::Raised: return {t.panel, t.hover, t.text, t.border_strong};
    case ButtonLook::Primary: return {t.accent, mixed(t.accent, t.text, 0.18F), ink_on(t.accent), t.accent};
    case ButtonLook::Danger: return {t.bad, mixed(t.bad, t.text, 0.18F), ink_on(t.bad), t.bad};
  }
  return {};
}

// Draws the ground of a button over the last item.
ButtonColors button_ground(Painter& p, const Panel& ui, const Rect& r, ButtonLook look, bool enabled) {
  ButtonColors c = colors_of(ui.theme, look);
  const bool hovered = enabled && ImGui::IsItemHovered();
  const bool held = enabled && ImGui::IsItemActive();
  const float rounding = ui.px(6);
  const Color fill = held && (look == ButtonLook::Plain || look == ButtonLook::Raised) ? ui.theme.pressed
                     : hovered                                                         ? c.hover
                                                                                       : c.fill;
  if (!enabled) {
    c.ink = ui.theme.text_disabled;
    c.border = faded(c.border, 0.5F);
  }
  p.fill_rect(r, enabled ? fill : faded(fill, 0.5F), rounding);
  if (c.border.a > 0) {
    p.rect(r, c.border, 1, rounding);
  }
  if (ImGui::GetCurrentContext()->NavId == ImGui::GetItemID() &&
      ImGui::GetCurrentContext()->NavDisableHighlight == false) {
    p.rect(r.inset(-ui.px(2)), ui.theme.accent, ui.px(2), rounding);
  }
  return c;
}

}  // namespace

ImGuiPainter window_painter(const Panel& ui) { return {ImGui::GetWindowDrawList(), ui.fonts}; }
ImGuiPainter foreground_painter(const Panel& ui) { return {ImGui::GetForegroundDrawList(), ui.fonts}; }

Rect item_rect() {
  const ImVec2 a = ImGui::GetItemRectMin();
  const ImVec2 b = ImGui::GetItemRectMax();
  return {a.x, a.y, b.x - a.x, b.y - a.y};
}

void place(const Panel& ui, std::string_view kind, std::string_view name) {
  if (ui.places.is_on) {
    ui.places.add(kind, name, item_rect());
  }
}

void label(const Panel& ui, Face face, float size, Color color, std::string_view text) {
  ImFont* font = ui.fonts.nearest(face, ui.px(size));
  ImGui::PushFont(font);
  ImGui::PushStyleColor(ImGuiCol_Text, im(color));
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

void label_wrapped(const Panel& ui, Face face, float size, Color color, std::string_view text, float wrap_width) {
  ImGui::PushTextWrapPos(wrap_width > 0 ? ImGui::GetCursorPosX() + wrap_width : 0);
  label(ui, face, size, color, text);
  ImGui::PopTextWrapPos();
}

void heading(const Panel& ui, std::string_view text) {
  label(ui, Face::Strong, text_size::kSmall, ui.theme.text_secondary, text);
}

void tooltip(const Panel& ui, std::string_view text, std::string_view key) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(10), ui.px(8)));
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(ui.px(340));
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopTextWrapPos();
  if (!key.empty()) {
    label(ui, Face::Mono, text_size::kSmall, ui.theme.text_secondary, key);
  }
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

void item_tooltip(const Panel& ui, std::string_view text, std::string_view key) {
  if (!text.empty() && ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled) &&
      ImGui::GetCurrentContext()->HoveredIdTimer > 0.35F) {
    tooltip(ui, text, key);
  }
}

std::string command_tip(CommandId id) {
  const CommandSpec& spec = spec_of(id);
  return std::string(spec.title) + "\n" + std::string(spec.help);
}

bool icon_button(const Panel& ui, const char* id, Icon icon, std::string_view tip, ButtonLook look, float size,
                 bool enabled) {
  const bool clicked = ImGui::InvisibleButton(id, {ui.px(size), ui.px(size)}) && enabled;
  const Rect r = item_rect();
  ImGuiPainter p = window_painter(ui);
  const ButtonColors c = button_ground(p, ui, r, look, enabled);
  draw_icon(p, icon, r.center(), ui.px(size * 0.5F), c.ink, ui.px(1.5F));
  item_tooltip(ui, tip);
  return clicked;
}

bool text_button(const Panel& ui, const char* id, std::string_view text, std::string_view tip, ButtonLook look,
                 bool enabled, float min_width) {
  ImGuiPainter p = window_painter(ui);
  const float size = ui.px(text_size::kBody);
  const Face face = look == ButtonLook::Primary ? Face::Strong : Face::Regular;
  const float width = std::max(ui.px(min_width), p.text_size(face, size, text).x + ui.px(24));
  const bool clicked = ImGui::InvisibleButton(id, {width, ui.px(32)}) && enabled;
  const Rect r = item_rect();
  place(ui, "button", id);
  const ButtonColors c = button_ground(p, ui, r, look, enabled);
  text_centered(p, r.center(), c.ink, face, size, text);
  item_tooltip(ui, tip);
  return clicked;
}

void command_icon(const Panel& ui, CommandId id, Icon icon, ButtonLook look, float size) {
  const CommandSpec& spec = spec_of(id);
  const std::string why = ui.sink.why_disabled(id);
  ImGui::PushID(static_cast<int>(id));
  const bool clicked = icon_button(ui, "command", icon, {}, look, size, why.empty());
  ImGui::PopID();
  place(ui, "command", spec.name);
  item_tooltip(ui, why.empty() ? command_tip(id) : command_tip(id) + "\nNot now: " + why, keys_text(spec, false));
  if (clicked) {
    ui.sink.push(DoCommand{id});
  }
}

float chip_width(const Panel& ui, const Chip& c) {
  const ImGuiPainter p = window_painter(ui);
  return p.text_size(Face::Strong, ui.px(text_size::kSmall), c.text).x +
         ui.px(20 + (c.has_sign ? 18.0F : 0) + (c.closable ? 18.0F : 0));
}

bool chip(const Panel& ui, const char* id, const Chip& c, std::string_view tip, bool* closed) {
  const float width = chip_width(ui, c);
  const bool clicked = ImGui::InvisibleButton(id, {width, ui.px(24)});
  place(ui, "chip", c.text);
  const Rect r = item_rect();
  const bool hovered = ImGui::IsItemHovered();
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const Color tint = status_color(t, c.status);
  const Color ground = c.filled ? mixed(t.panel, tint, hovered ? 0.28F : 0.16F) : hovered ? t.hover : t.panel;
  const Color ink = c.filled && contrast(status_text_color(t, c.status), ground) < 4.5F ? t.text
                    : c.filled                                                          ? status_text_color(t, c.status)
                                                                                        : t.text;
  p.fill_rect(r, ground, r.h / 2);
  p.rect(r, c.filled ? faded(tint, 0.75F) : t.border_strong, 1, r.h / 2);
  float x = r.x + ui.px(10);
  if (c.has_sign) {
    draw_status(p, t, {x + ui.px(6), r.center().y}, ui.px(13), c.status);
    x += ui.px(18);
  }
  text_left(p, {x, r.center().y}, ink, Face::Strong, ui.px(text_size::kSmall), c.text);
  bool on_cross = false;
  if (c.closable) {
    const Vec2 cross{r.right() - ui.px(13), r.center().y};
    on_cross = hovered && ImGui::GetIO().MousePos.x > cross.x - ui.px(10);
    draw_cross(p, cross, ui.px(7), on_cross ? t.bad_text : t.text_secondary, ui.px(1.5F));
  }
  item_tooltip(ui, tip);
  if (closed != nullptr) {
    *closed = clicked && on_cross;
  }
  return clicked && !on_cross;
}

bool segmented(const Panel& ui, const char* id, std::initializer_list<std::string_view> choices, int& chosen) {
  ImGuiPainter p = window_painter(ui);
  const float height = ui.px(28);
  const float size = ui.px(text_size::kSmall);
  float total = ui.px(4);
  for (const auto choice : choices) {
    total += p.text_size(Face::Strong, size, choice).x + ui.px(20);
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect all{at.x, at.y, total, height};
  p.fill_rect(all, ui.theme.raised, ui.px(7));
  p.rect(all, ui.theme.border, 1, ui.px(7));
  bool changed = false;
  float x = at.x + ui.px(2);
  int index = 0;
  ImGui::PushID(id);
  for (const auto choice : choices) {
    const float width = p.text_size(Face::Strong, size, choice).x + ui.px(20);
    ImGui::SetCursorScreenPos({x, at.y});
    ImGui::PushID(index);
    if (ImGui::InvisibleButton("part", {width, height})) {
      changed = changed || chosen != index;
      chosen = index;
    }
    place(ui, id, choice);
    const bool hovered = ImGui::IsItemHovered();
    ImGui::PopID();
    const Rect r{x, at.y + ui.px(2), width, height - ui.px(4)};
    const bool on = chosen == index;
    if (on) {
      p.fill_rect(r, ui.theme.panel, ui.px(5));
      p.rect(r, ui.theme.border_strong, 1, ui.px(5));
    } else if (hovered) {
      p.fill_rect(r, ui.theme.hover, ui.px(5));
    }
    text_centered(p, r.center(), on ? ui.theme.text : ui.theme.text_secondary, Face::Strong, size, choice);
    x += width;
    ++index;
  }
  ImGui::PopID();
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({total, height});
  return changed;
}

bool tab_strip(const Panel& ui, const char* id, std::initializer_list<std::string_view> tabs, int& chosen) {
  ImGuiPainter p = window_painter(ui);
  const float height = ui.px(34);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  // Where all of them do not fit, the space between them goes first, then they get smaller.
  float words = 0;
  for (const auto tab : tabs) {
    words += p.text_size(Face::Strong, ui.px(text_size::kBody), tab).x;
  }
  const auto count = static_cast<float>(tabs.size());
  const float room = ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x - at.x;
  const float space = std::clamp((room - words) / count, ui.px(10), ui.px(22));
  const float fit = std::clamp((room - count * space) / words, 0.6F, 1.0F);
  const float size = ui.px(text_size::kBody) * fit;
  float x = at.x;
  int index = 0;
  bool changed = false;
  ImGui::PushID(id);
  for (const auto tab : tabs) {
    const float width = p.text_size(Face::Strong, size, tab).x + space;
    ImGui::SetCursorScreenPos({x, at.y});
    ImGui::PushID(index);
    if (ImGui::InvisibleButton("tab", {width, height})) {
      changed = changed || chosen != index;
      chosen = index;
    }
    place(ui, "tab", tab);
    const bool hovered = ImGui::IsItemHovered();
    ImGui::PopID();
    const Rect r{x, at.y, width, height};
    const bool on = chosen == index;
    if (hovered && !on) {
      p.fill_rect(r.inset(ui.px(2), ui.px(4)), ui.theme.hover, ui.px(6));
    }
    text_centered(p, r.center(), on ? ui.theme.text : ui.theme.text_secondary, on ? Face::Strong : Face::Regular, size,
                  tab);
    if (on) {
      p.fill_rect({r.x + space / 2 - ui.px(1), r.bottom() - ui.px(3), r.w - space + ui.px(2), ui.px(3)},
                  ui.theme.accent, ui.px(1.5F));
    }
    x += width;
    ++index;
  }
  ImGui::PopID();
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({x - at.x, height});
  return changed;
}

void draw_card(Painter& p, const Panel& ui, const Rect& r, float rounding) {
  const Theme& t = ui.theme;
  for (int i = 3; i > 0; --i) {
    const float d = ui.px(static_cast<float>(i));
    p.fill_rect(r.moved({0, ui.px(1)}).inset(-d), t.shadow, rounding + d);
  }
  p.fill_rect(r, t.panel, rounding);
  p.rect(r, t.border, 1, rounding);
}

void draw_selection(Painter& p, const Panel& ui, const Rect& r, float rounding) {
  // Around something small a thick ring would hide what is beside it.
  const float share = std::clamp(std::min(r.w, r.h) / ui.px(20), 0.75F, 1.0F);
  const float w = ui.px(2) * ui.theme.stroke * share;
  p.rect(r.inset(-w * 1.5F), ui.theme.selection_outline, w * 2.2F, rounding + w * 1.5F);
  p.rect(r.inset(-w * 1.5F), ui.theme.selection, w, rounding + w * 1.5F);
}

bool begin_region(const char* id, const Rect& r, Color background, Vec2 padding, Layer layer) {
  ImGui::SetNextWindowPos({r.x, r.y});
  ImGui::SetNextWindowSize({std::max(r.w, 1.0F), std::max(r.h, 1.0F)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, im(padding));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0.0F);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0F);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, im(background));
  ImGuiWindowFlags flags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove |
                           ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoSavedSettings |
                           ImGuiWindowFlags_NoNavInputs | ImGuiWindowFlags_NoScrollbar |
                           ImGuiWindowFlags_NoScrollWithMouse;
  // Dear ImGui puts windows that never come to the front behind all others when they are made.
  flags |= layer == Layer::Part ? ImGuiWindowFlags_NoBringToFrontOnFocus : ImGuiWindowFlags_NoFocusOnAppearing;
  const bool open = ImGui::Begin(id, nullptr, flags);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(4);
  return open;
}

void end_region() { ImGui::End(); }

float splitter(const Panel& ui, const char* id, const Rect& r, bool vertical, bool& reset) {
  ImGui::SetCursorScreenPos({r.x, r.y});
  ImGui::InvisibleButton(id, {r.w, r.h});
  const bool hot = ImGui::IsItemHovered() || ImGui::IsItemActive();
  if (hot) {
    ImGui::SetMouseCursor(vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
    ImGuiPainter p = foreground_painter(ui);
    const Vec2 c = r.center();
    p.fill_rect(vertical ? Rect{c.x - ui.px(1), r.y, ui.px(2), r.h} : Rect{r.x, c.y - ui.px(1), r.w, ui.px(2)},
                ui.theme.accent, 0);
  }
  reset = ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0);
  if (!ImGui::IsItemActive()) {
    return 0;
  }
  return vertical ? ImGui::GetIO().MouseDelta.x : ImGui::GetIO().MouseDelta.y;
}

}  // namespace kscope::ui
