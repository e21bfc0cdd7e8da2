#pragma once
// Translation of GLFW's key codes into our keys.

#include "ui/app/keys.h"

namespace kscope::ui {

/// `key`, `scancode`, `mods` as GLFW reports them. Letters and punctuation follow the keyboard layout of the user.
Chord chord_from_glfw(int key, int scancode, int mods);

}  // namespace kscope::ui
