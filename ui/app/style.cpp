#include "ui/app/style.h"

namespace kscope::ui {

void apply_style(const Theme& t, float scale) {
  ImGuiStyle style;
  style.WindowRounding = 8;
  style.ChildRounding = 8;
  style.FrameRounding = 6;
  style.PopupRounding = 8;
  style.ScrollbarRounding = 8;
  style.GrabRounding = 6;
  style.TabRounding = 6;
  style.WindowBorderSize = 1;
  style.ChildBorderSize = 1;
  style.PopupBorderSize = 1;
  style.FrameBorderSize = 0;
  style.TabBorderSize = 0;
  style.WindowPadding = {14, 12};
  style.FramePadding = {10, 6};
  style.CellPadding = {8, 5};
  style.ItemSpacing = {8, 8};
  style.ItemInnerSpacing = {6, 4};
  style.ScrollbarSize = 12;
  style.GrabMinSize = 12;
  style.DisabledAlpha = 0.5F;
  style.AntiAliasedLinesUseTex = true;
  style.CurveTessellationTol = 0.8F;
  style.CircleTessellationMaxError = 0.2F;
  style.ScaleAllSizes(scale);
  style.WindowBorderSize = style.ChildBorderSize = style.PopupBorderSize = 1;

  ImVec4* c = style.Colors;
  const Color none{0, 0, 0, 0};
  c[ImGuiCol_Text] = im4(t.text);
  c[ImGuiCol_TextDisabled] = im4(t.text_disabled);
  c[ImGuiCol_WindowBg] = im4(t.window);
  c[ImGuiCol_ChildBg] = im4(none);
  c[ImGuiCol_PopupBg] = im4(t.panel);
  c[ImGuiCol_Border] = im4(t.border);
  c[ImGuiCol_BorderShadow] = im4(none);
  c[ImGuiCol_FrameBg] = im4(t.raised);
  c[ImGuiCol_FrameBgHovered] = im4(t.hover);
  c[ImGuiCol_FrameBgActive] = im4(t.pressed);
  c[ImGuiCol_TitleBg] = im4(t.raised);
  c[ImGuiCol_TitleBgActive] = im4(t.raised);
  c[ImGuiCol_TitleBgCollapsed] = im4(t.raised);
  c[ImGuiCol_MenuBarBg] = im4(none);
  c[ImGuiCol_ScrollbarBg] = im4(none);
  c[ImGuiCol_ScrollbarGrab] = im4(faded(t.border_strong, 0.7F));
  c[ImGuiCol_ScrollbarGrabHovered] = im4(t.border_strong);
  c[ImGuiCol_ScrollbarGrabActive] = im4(t.text_disabled);
  c[ImGuiCol_CheckMark] = im4(t.accent_text);
  c[ImGuiCol_SliderGrab] = im4(t.accent);
  c[ImGuiCol_SliderGrabActive] = im4(t.accent);
  c[ImGuiCol_Button] = im4(t.raised);
  c[ImGuiCol_ButtonHovered] = im4(t.hover);
  c[ImGuiCol_ButtonActive] = im4(t.pressed);
  c[ImGuiCol_Header] = im4(t.pressed);
  c[ImGuiCol_HeaderHovered] = im4(t.hover);
  c[ImGuiCol_HeaderActive] = im4(t.pressed);
  c[ImGuiCol_Separator] = im4(t.border);
  c[ImGuiCol_SeparatorHovered] = im4(t.accent);
  c[ImGuiCol_SeparatorActive] = im4(t.accent);
  c[ImGuiCol_TableHeaderBg] = im4(t.panel);
  c[ImGuiCol_TableBorderStrong] = im4(t.border);
  c[ImGuiCol_TableBorderLight] = im4(t.border);
  c[ImGuiCol_TableRowBg] = im4(none);
  c[ImGuiCol_TableRowBgAlt] = im4(none);
  c[ImGuiCol_TextSelectedBg] = im4(faded(t.accent, 0.3F));
  c[ImGuiCol_NavHighlight] = im4(t.accent);
  c[ImGuiCol_ModalWindowDimBg] = im4(faded(t.text, 0.25F));
  ImGui::GetStyle() = style;
}

}  // namespace kscope::ui
