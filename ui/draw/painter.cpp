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
  // The longest beginning that fits with the ellipsis: more bytes are never narrower, so the length is halved down to it.
  const auto cut_at = [&](std::size_t length) {
    // A UTF-8 continuation byte belongs to the character before it.
    while (length > 0 && (static_cast<unsigned char>(utf8[length]) & 0xC0) == 0x80) {
      --length;
    }
    return std::string(utf8.substr(0, length)) + "\u2026";
  };
  std::size_t fits = 0;
  std::size_t too_long = utf8.size();
  while (fits + 1 < too_long) {
    const std::size_t middle = fits + (too_long - fits) / 2;
    (p.text_size(face, size, cut_at(middle)).x <= max_width ? fits : too_long) = middle;
  }
  const std::string cut = cut_at(fits);
  if (!utf8.empty() && p.text_size(face, size, cut).x <= max_width) {
    p.text({left.x, left.y - extent.y / 2}, color, face, size, cut);
  }
}

}  // namespace kscope::ui
