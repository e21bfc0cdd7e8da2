#pragma once
// Every colour of the window. Hues are the Okabe-Ito set, which colour-blind people can tell apart; meaning never rests on
// colour alone (shape, letter and pattern come first). Text colours are chosen by measured contrast: `*_text` colours
// reach 4.5:1 on `panel`, and text on a filled status or key colour uses `ink_on()`.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "ui/draw/color.h"

namespace kscope::ui {

enum class ThemeId { Light, Dark, Projector };

inline constexpr std::size_t kKeyHues = 8;

struct Theme {
  ThemeId id = ThemeId::Light;

  Color window;         ///< behind everything
  Color stage;          ///< canvas of the cluster
  Color panel;          ///< cards and panels
  Color raised;         ///< buttons, inputs, table headers
  Color hover;          ///< under the cursor
  Color pressed;        ///< while held, and chosen rows
  Color border;         ///< subtle lines between parts
  Color border_strong;  ///< outlines of controls and cards
  Color text;
  Color text_secondary;
  Color text_disabled;
  Color accent;       ///< main action and links
  Color accent_text;  ///< link text on `panel`
  Color shadow;       ///< soft edge below cards
  Color shade;        ///< over the window while a question lies above it
  Color outline;      ///< dark (light theme) or light edge around coloured shapes

  Color ok;
  Color attention;
  Color bad;
  Color info;
  Color offline;
  Color leader;
  Color ok_text;
  Color attention_text;
  Color bad_text;
  Color info_text;
  Color selection;          ///< inner ring of the selection
  Color selection_outline;  ///< outer ring of the selection

  std::array<Color, kKeyHues> key_hues{};
  float stroke = 1;  ///< factor on line widths
  float scale = 1;   ///< factor on all sizes, on top of the scale that the user chose
};

/// The colours of one theme.
Theme make_theme(ThemeId id);
/// "light", "dark" or "projector"; nothing for other words.
std::optional<ThemeId> theme_from_name(std::string_view name);
std::string_view name_of(ThemeId id);

}  // namespace kscope::ui
