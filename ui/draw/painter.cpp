#include "ui/draw/painter.h"

#include <string>

namespace kscope::ui {

void text_centered(Painter& p, Vec2 center, Color color, Face face, float size, std::string_view utf8) {
  const Vec2 extent = p.text_size(face, size, utf8);
  p.text({center.x - extent.x / 2, center.y - extent.y / 2}, color, face, size, utf8);
}

void text_right(Painter& p, Vec2 right, Color color, Face face, float size, std::string_view utf8) {
  const Vec2 extent = p.text_size(face, size, utf8);
  p.text({right.x - extent.x, right.y - extent.y / 2}, color, face, size, utf8);
}

void text_left(Painter& p, Vec2 left, Color color, Face face, float size, std::string_view utf8, float max_width) {
  Vec2 extent = p.text_size(face, size, utf8);
  if (max_width <= 0 || extent.x <= max_width) {
    p.text({left.x, left.y - extent.y / 2}, color, face, size, utf8);
    return;
  }
  std::string shorter(utf8);
  while (!shorter.empty()) {
    // A UTF-8 continuation byte belongs to the character before it.
    while (!shorter.empty() && (static_cast<unsigned char>(shorter.back()) & 0xC0) == 0x80) {
      shorter.pop_back();
    }
    if (!shorter.empty()) {
      shorter.pop_back();
    }
    const std::string cut = shorter + "\u2026";
    if (p.text_size(face, size, cut).x <= max_width) {
      p.text({left.x, left.y - extent.y / 2}, color, face, size, cut);
      return;
    }
  }
}

}  // namespace kscope::ui
