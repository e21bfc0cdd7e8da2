#include "ui/platform/glfw_keys.h"

#include <GLFW/glfw3.h>

namespace kscope::ui {
namespace {

Key offset_from(Key first, int distance) { return static_cast<Key>(static_cast<int>(first) + distance); }

Key by_position(int key) {
  if (key >= GLFW_KEY_F1 && key <= GLFW_KEY_F12) {
    return offset_from(Key::F1, key - GLFW_KEY_F1);
  }
  if (key >= GLFW_KEY_0 && key <= GLFW_KEY_9) {
    return offset_from(Key::D0, key - GLFW_KEY_0);
  }
  if (key >= GLFW_KEY_KP_0 && key <= GLFW_KEY_KP_9) {
    return offset_from(Key::D0, key - GLFW_KEY_KP_0);
  }
  switch (key) {
    case GLFW_KEY_SPACE: return Key::Space;
    case GLFW_KEY_LEFT: return Key::Left;
    case GLFW_KEY_RIGHT: return Key::Right;
    case GLFW_KEY_UP: return Key::Up;
    case GLFW_KEY_DOWN: return Key::Down;
    case GLFW_KEY_PAGE_UP: return Key::PageUp;
    case GLFW_KEY_PAGE_DOWN: return Key::PageDown;
    case GLFW_KEY_HOME: return Key::Home;
    case GLFW_KEY_END: return Key::End;
    case GLFW_KEY_ENTER:
    case GLFW_KEY_KP_ENTER: return Key::Enter;
    case GLFW_KEY_ESCAPE: return Key::Escape;
    case GLFW_KEY_TAB: return Key::Tab;
    case GLFW_KEY_BACKSPACE: return Key::Backspace;
    case GLFW_KEY_DELETE: return Key::Delete;
    case GLFW_KEY_KP_ADD: return Key::Plus;
    case GLFW_KEY_KP_SUBTRACT: return Key::Minus;
    case GLFW_KEY_KP_DIVIDE: return Key::Slash;
    default: return Key::None;
  }
}

// The character that the key prints without modifiers on this layout.
Key by_letter(int key, int scancode, bool shift, bool& uses_shift) {
  const char* name = glfwGetKeyName(key, scancode);
  if (name == nullptr || name[0] == '\0' || name[1] != '\0') {
    return Key::None;
  }
  const char c = name[0];
  if (c >= 'a' && c <= 'z') {
    return offset_from(Key::A, c - 'a');
  }
  switch (c) {
    case '.': return Key::Period;
    case '/':
      if (shift) {  // "?" lies on "/" on the US layout
        uses_shift = true;
        return Key::Question;
      }
      return Key::Slash;
    case '?': return Key::Question;
    case '-': return Key::Minus;
    case '+':
    case '=': return Key::Plus;
    default: return Key::None;
  }
}

}  // namespace

Chord chord_from_glfw(int key, int scancode, int mods) {
  Chord out;
  out.ctrl = (mods & GLFW_MOD_CONTROL) != 0;
  out.shift = (mods & GLFW_MOD_SHIFT) != 0;
  out.alt = (mods & GLFW_MOD_ALT) != 0;
  out.key = by_position(key);
  if (out.key == Key::None) {
    bool uses_shift = false;
    out.key = by_letter(key, scancode, out.shift, uses_shift);
    out.shift = out.shift && !uses_shift;
  }
  return out;
}

}  // namespace kscope::ui
