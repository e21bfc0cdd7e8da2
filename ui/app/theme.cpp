#include "ui/app/theme.h"

namespace kscope::ui {
namespace {

// The Okabe-Ito colours.
constexpr Color kOrange = rgb(0xE69F00);
constexpr Color kSky = rgb(0x56B4E9);
constexpr Color kGreen = rgb(0x009E73);
constexpr Color kYellow = rgb(0xF0E442);
constexpr Color kBlue = rgb(0x0072B2);
constexpr Color kVermillion = rgb(0xD55E00);
constexpr Color kPurple = rgb(0xCC79A7);
constexpr Color kGrey = rgb(0x9AA3AD);

constexpr std::array<Color, kKeyHues> key_hues(Color towards, float t) {
  return {mixed(kSky, towards, t),    mixed(kOrange, towards, t),    mixed(kGreen, towards, t),
          mixed(kPurple, towards, t), mixed(kYellow, towards, t),    mixed(kBlue, towards, t * 0.5F),
          mixed(kGrey, towards, t),   mixed(kVermillion, towards, t)};
}

Theme light() {
  Theme t;
  t.id = ThemeId::Light;
  t.window = rgb(0xF3F5F8);
  t.stage = rgb(0xF9FAFC);
  t.panel = rgb(0xFFFFFF);
  t.raised = rgb(0xF4F6F9);
  t.hover = rgb(0xEAEFF5);
  t.pressed = rgb(0xDCEAF5);
  t.border = rgb(0xE1E6EC);
  t.border_strong = rgb(0xC3CBD5);
  t.text = rgb(0x17202B);
  t.text_secondary = rgb(0x566273);
  t.text_disabled = rgb(0x98A2B0);
  t.accent = kBlue;
  t.accent_text = rgb(0x0067A3);
  t.shadow = {23, 32, 43, 7};
  t.shade = {16, 22, 29, 76};
  t.outline = rgb(0x2B3440);
  t.ok = kGreen;
  t.attention = kOrange;
  t.bad = kVermillion;
  t.info = kSky;
  t.offline = rgb(0x8D97A3);
  t.leader = kBlue;
  t.ok_text = rgb(0x00724F);
  t.attention_text = rgb(0x8A5A00);
  t.bad_text = rgb(0xB03E00);
  t.info_text = rgb(0x0067A3);
  t.selection = kYellow;
  t.selection_outline = rgb(0x000000);
  t.key_hues = key_hues(rgb(0xFFFFFF), 0.22F);
  return t;
}

Theme dark() {
  Theme t = light();
  t.id = ThemeId::Dark;
  t.window = rgb(0x12151A);
  t.stage = rgb(0x161A20);
  t.panel = rgb(0x1C2129);
  t.raised = rgb(0x262C36);
  t.hover = rgb(0x2C3440);
  t.pressed = rgb(0x23405A);
  t.border = rgb(0x2B323D);
  t.border_strong = rgb(0x465161);
  t.text = rgb(0xEBEFF4);
  t.text_secondary = rgb(0xA9B4C2);
  t.text_disabled = rgb(0x687483);
  t.accent = rgb(0x0B7DBF);
  t.accent_text = rgb(0x7CC7F2);
  t.shadow = {0, 0, 0, 60};
  t.outline = rgb(0x0A0C0F);
  t.offline = rgb(0x7B8795);
  t.leader = rgb(0x56B4E9);
  t.ok_text = rgb(0x4FD0A5);
  t.attention_text = rgb(0xF0B740);
  t.bad_text = rgb(0xFF9B5A);
  t.info_text = rgb(0x7CC7F2);
  t.selection_outline = rgb(0xFFFFFF);
  t.key_hues = key_hues(rgb(0x000000), 0.06F);
  return t;
}

// Light, because a projector in a lit room shows white best; stronger lines and text, larger everything.
Theme projector() {
  Theme t = light();
  t.id = ThemeId::Projector;
  t.window = rgb(0xFFFFFF);
  t.stage = rgb(0xFFFFFF);
  t.raised = rgb(0xF0F3F6);
  t.border = rgb(0xC9D1DA);
  t.border_strong = rgb(0x7D8894);
  t.text = rgb(0x000000);
  t.text_secondary = rgb(0x333D49);
  t.text_disabled = rgb(0x727D8A);
  t.outline = rgb(0x000000);
  t.shadow = {0, 0, 0, 0};
  t.key_hues = key_hues(rgb(0xFFFFFF), 0.1F);
  t.stroke = 1.6F;
  t.scale = 1.75F;
  return t;
}

}  // namespace

Theme make_theme(ThemeId id) {
  switch (id) {
    case ThemeId::Light: return light();
    case ThemeId::Dark: return dark();
    case ThemeId::Projector: return projector();
  }
  return light();
}

std::string_view name_of(ThemeId id) {
  switch (id) {
    case ThemeId::Light: return "light";
    case ThemeId::Dark: return "dark";
    case ThemeId::Projector: return "projector";
  }
  return "light";
}

std::optional<ThemeId> theme_from_name(std::string_view name) {
  for (const ThemeId id : {ThemeId::Light, ThemeId::Dark, ThemeId::Projector}) {
    if (name_of(id) == name) {
      return id;
    }
  }
  return std::nullopt;
}

}  // namespace kscope::ui
