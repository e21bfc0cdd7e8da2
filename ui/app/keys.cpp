#include "ui/app/keys.h"

namespace kscope::ui {
namespace {

std::string key_name(Key k) {
  if (k >= Key::A && k <= Key::Z) {
    return std::string(1, static_cast<char>('A' + static_cast<int>(k) - static_cast<int>(Key::A)));
  }
  if (k >= Key::D0 && k <= Key::D9) {
    return std::string(1, static_cast<char>('0' + static_cast<int>(k) - static_cast<int>(Key::D0)));
  }
  if (k >= Key::F1 && k <= Key::F12) {
    return "F" + std::to_string(1 + static_cast<int>(k) - static_cast<int>(Key::F1));
  }
  switch (k) {
    case Key::Space: return "Space";
    case Key::Period: return ".";
    case Key::Slash: return "/";
    case Key::Question: return "?";
    case Key::Plus: return "+";
    case Key::Minus: return "-";
    case Key::Left: return "\u2190";
    case Key::Right: return "\u2192";
    case Key::Up: return "\u2191";
    case Key::Down: return "\u2193";
    case Key::PageUp: return "PgUp";
    case Key::PageDown: return "PgDn";
    case Key::Home: return "Home";
    case Key::End: return "End";
    case Key::Enter: return "Enter";
    case Key::Escape: return "Esc";
    case Key::Tab: return "Tab";
    case Key::Backspace: return "Backspace";
    case Key::Delete: return "Del";
    default: return "";
  }
}

}  // namespace

std::string name_of(const Chord& c) {
  std::string out;
  if (c.ctrl) {
    out += "Ctrl+";
  }
  if (c.alt) {
    out += "Alt+";
  }
  if (c.shift && c.key != Key::Question) {
    out += "Shift+";
  }
  return out + key_name(c.key);
}

}  // namespace kscope::ui
