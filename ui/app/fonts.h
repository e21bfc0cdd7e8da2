#pragma once
// The faces of the window, baked in a few sizes because Dear ImGui 1.86 has no dynamic sizes. A change of scale bakes a
// new atlas. The files come from the distribution's font packages and lie beside the program.

#include <array>
#include <filesystem>
#include <string>

#include "ui/draw/painter.h"

struct ImFont;

namespace kscope::ui {

class FontSet {
 public:
  /// Fills the font atlas of the current Dear ImGui context for the given scale (1 = 100 %). The caller uploads the texture.
  /// Returns an empty text, or what is missing and where it was looked for.
  std::string bake(const std::filesystem::path& folder, float scale);

  /// The baked font of `face` whose size is next to `size` pixels.
  ImFont* nearest(Face face, float size) const;
  /// The font of ordinary text.
  ImFont* body() const;

 private:
  struct Baked {
    Face face;
    float size;
    ImFont* font;
  };
  std::array<Baked, 11> baked_{};
  std::size_t count_ = 0;
};

/// Sizes of text at 100 %, in pixels.
namespace text_size {
inline constexpr float kSmall = 12;
inline constexpr float kBody = 14;
inline constexpr float kHeading = 16;
inline constexpr float kTitle = 20;
inline constexpr float kCaption = 17;
}  // namespace text_size

}  // namespace kscope::ui
