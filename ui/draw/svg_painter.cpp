#include "ui/draw/svg_painter.h"

#include <fmt/format.h>

namespace kscope::ui {
namespace {

std::string paint(const char* property, Color c) {
  if (c.a == 255) {
    return fmt::format("{}=\"#{:02x}{:02x}{:02x}\"", property, c.r, c.g, c.b);
  }
  return fmt::format("{0}=\"#{1:02x}{2:02x}{3:02x}\" {0}-opacity=\"{4:.3f}\"", property, c.r, c.g, c.b,
                     static_cast<float>(c.a) / 255);
}

std::string points_of(std::span<const Vec2> points) {
  std::string out;
  for (const Vec2 v : points) {
    fmt::format_to(std::back_inserter(out), "{}{:.2f},{:.2f}", out.empty() ? "" : " ", v.x, v.y);
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

// Mean advance of the faces, in parts of the size.
float advance(Face face) {
  switch (face) {
    case Face::Regular: return 0.54F;
    case Face::Strong: return 0.58F;
    case Face::Mono: return 0.6F;
  }
  return 0.55F;
}

}  // namespace

SvgPainter::SvgPainter(float width, float height, Color background) {
  out_ = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} "
      "{1:.0f}\">\n",
      width, height);
  fill_rect({0, 0, width, height}, background, 0);
}

void SvgPainter::line(Vec2 a, Vec2 b, Color color, float width) {
  out_ += fmt::format("<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" {} stroke-width=\"{:.2f}\"/>\n",
                      a.x, a.y, b.x, b.y, paint("stroke", color), width);
}

void SvgPainter::polyline(std::span<const Vec2> points, Color color, float width, bool closed) {
  out_ += fmt::format("<{} points=\"{}\" fill=\"none\" {} stroke-width=\"{:.2f}\"/>\n", closed ? "polygon" : "polyline",
                      points_of(points), paint("stroke", color), width);
}

void SvgPainter::fill_polygon(std::span<const Vec2> points, Color color) {
  out_ += fmt::format("<polygon points=\"{}\" {}/>\n", points_of(points), paint("fill", color));
}

void SvgPainter::rect(const Rect& r, Color color, float width, float rounding) {
  out_ += fmt::format(
      "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" rx=\"{:.2f}\" fill=\"none\" {} "
      "stroke-width=\"{:.2f}\"/>\n",
      r.x, r.y, r.w, r.h, rounding, paint("stroke", color), width);
}

void SvgPainter::fill_rect(const Rect& r, Color color, float rounding, Corners corners) {
  // SVG rounds all corners or none; a half-rounded bar is drawn square.
  const float rx = corners == Corners::All ? rounding : 0;
  out_ += fmt::format("<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" rx=\"{:.2f}\" {}/>\n", r.x,
                      r.y, r.w, r.h, rx, paint("fill", color));
}

void SvgPainter::circle(Vec2 c, float radius, Color color, float width) {
  out_ += fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.2f}\" fill=\"none\" {} stroke-width=\"{:.2f}\"/>\n",
                      c.x, c.y, radius, paint("stroke", color), width);
}

void SvgPainter::fill_circle(Vec2 c, float radius, Color color) {
  out_ +=
      fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.2f}\" {}/>\n", c.x, c.y, radius, paint("fill", color));
}

void SvgPainter::text(Vec2 at, Color color, Face face, float size, std::string_view utf8) {
  const char* family = face == Face::Mono ? "JetBrains Mono, monospace" : "Inter, sans-serif";
  out_ += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" font-family=\"{}\" font-size=\"{:.2f}\"{} {}>{}</text>\n", at.x,
                      at.y + size * 0.8F, family, size, face == Face::Strong ? " font-weight=\"600\"" : "",
                      paint("fill", color), escaped(utf8));
}

Vec2 SvgPainter::text_size(Face face, float size, std::string_view utf8) const {
  float count = 0;
  for (const char c : utf8) {
    count += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 0.0F : 1.0F;
  }
  return {count * advance(face) * size, size};
}

void SvgPainter::push_clip(const Rect& r) {
  ++clips_;
  out_ += fmt::format(
      "<clipPath id=\"c{0}\"><rect x=\"{1:.2f}\" y=\"{2:.2f}\" width=\"{3:.2f}\" height=\"{4:.2f}\"/></clipPath>\n<g "
      "clip-path=\"url(#c{0})\">\n",
      clips_, r.x, r.y, r.w, r.h);
}

void SvgPainter::pop_clip() { out_ += "</g>\n"; }

std::string SvgPainter::finish() { return out_ + "</svg>\n"; }

}  // namespace kscope::ui
