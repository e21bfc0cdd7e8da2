#pragma once
// Our own names of keys. Dear ImGui 1.86 knows about twenty keys and polls them once a frame, so presses arrive here as a
// queue instead, already translated by the platform: letters by what the key prints on this keyboard layout.

#include <cstdint>
#include <string>

namespace kscope::ui {

enum class Key : std::uint8_t {
  None,
  Space,
  Period,
  Slash,
  Question,
  Plus,
  Minus,
  Left,
  Right,
  Up,
  Down,
  PageUp,
  PageDown,
  Home,
  End,
  Enter,
  Escape,
  Tab,
  Backspace,
  Delete,
  F1,
  F2,
  F3,
  F4,
  F5,
  F6,
  F7,
  F8,
  F9,
  F10,
  F11,
  F12,
  A,
  B,
  C,
  D,
  E,
  F,
  G,
  H,
  I,
  J,
  K,
  L,
  M,
  N,
  O,
  P,
  Q,
  R,
  S,
  T,
  U,
  V,
  W,
  X,
  Y,
  Z,
  D0,
  D1,
  D2,
  D3,
  D4,
  D5,
  D6,
  D7,
  D8,
  D9,
};

/// A key with the modifiers that were held.
struct Chord {
  Key key = Key::None;
  bool ctrl = false;
  bool shift = false;
  bool alt = false;
  friend constexpr bool operator==(const Chord&, const Chord&) = default;
};

constexpr Chord plain(Key k) { return {k, false, false, false}; }
constexpr Chord ctrl(Key k) { return {k, true, false, false}; }
constexpr Chord shift(Key k) { return {k, false, true, false}; }
constexpr Chord alt(Key k) { return {k, false, false, true}; }

/// True when the chord would type a character into a text field, so it must not act while one has the focus.
constexpr bool types_text(const Chord& c) {
  if (c.ctrl || c.alt) {
    return false;
  }
  return c.key == Key::Space || c.key == Key::Period || c.key == Key::Slash || c.key == Key::Question ||
         c.key == Key::Plus || c.key == Key::Minus || (c.key >= Key::A && c.key <= Key::D9);
}

/// True when a text field uses the chord itself (moving the cursor, deleting, ending the input, clipboard, undo).
constexpr bool edits_text(const Chord& c) {
  const bool is_for_text =
      c.key == Key::A || c.key == Key::C || c.key == Key::V || c.key == Key::X || c.key == Key::Y || c.key == Key::Z;
  return types_text(c) || (c.key >= Key::Left && c.key <= Key::Delete) || (c.ctrl && is_for_text);
}

/// For menus and the key sheet: "Ctrl+Shift+P", "\u2192", "PgDn".
std::string name_of(const Chord& c);

}  // namespace kscope::ui
