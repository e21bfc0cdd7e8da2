#pragma once
// Colours as four bytes, and the arithmetic of contrast (the WCAG 2 formula) that the theme and its tests rely on.

#include <cmath>
#include <cstdint>

namespace kscope::ui {

struct Color {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  std::uint8_t a = 255;
  friend constexpr bool operator==(Color, Color) = default;
};

/// Opaque colour from 0xRRGGBB.
constexpr Color rgb(std::uint32_t hex) {
  return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8), static_cast<std::uint8_t>(hex),
          255};
}

/// The same colour with its opacity multiplied by `k` in [0, 1].
constexpr Color faded(Color c, float k) {
  c.a = static_cast<std::uint8_t>(static_cast<float>(c.a) * (k < 0 ? 0 : k > 1 ? 1 : k) + 0.5F);
  return c;
}

/// Mixture: `t` = 0 is `a`, 1 is `b`.
constexpr Color mixed(Color a, Color b, float t) {
  auto part = [t](std::uint8_t x, std::uint8_t y) {
    return static_cast<std::uint8_t>(static_cast<float>(x) + (static_cast<float>(y) - static_cast<float>(x)) * t +
                                     0.5F);
  };
  return {part(a.r, b.r), part(a.g, b.g), part(a.b, b.b), part(a.a, b.a)};
}

/// Relative luminance of an opaque colour, 0 (black) to 1 (white). Source: WCAG 2.
inline float luminance(Color c) {
  auto linear = [](std::uint8_t v) {
    const float s = static_cast<float>(v) / 255;
    return s <= 0.03928F ? s / 12.92F : std::pow((s + 0.055F) / 1.055F, 2.4F);
  };
  return 0.2126F * linear(c.r) + 0.7152F * linear(c.g) + 0.0722F * linear(c.b);
}

/// Contrast ratio of two opaque colours, 1 (equal) to 21 (black on white). Source: WCAG 2.
inline float contrast(Color a, Color b) {
  const float x = luminance(a);
  const float y = luminance(b);
  return x > y ? (x + 0.05F) / (y + 0.05F) : (y + 0.05F) / (x + 0.05F);
}

/// Black or white, whichever reads better on `background`.
inline Color ink_on(Color background) {
  return contrast(rgb(0x000000), background) >= contrast(rgb(0xFFFFFF), background) ? rgb(0x000000) : rgb(0xFFFFFF);
}

}  // namespace kscope::ui
