#pragma once
// What the platform hands to the window once a frame.

#include <vector>

#include "ui/app/keys.h"

namespace kscope::ui {

struct KeyPress {
  Chord chord;
  bool repeat = false;
};

struct FrameInput {
  float width = 0;       ///< pixels
  float height = 0;      ///< pixels
  double elapsed_s = 0;  ///< wall time since the last frame
  std::vector<KeyPress> keys;
};

}  // namespace kscope::ui
