#include "ui/draw/tile.h"

#include "ui/draw/marks.h"

namespace kscope::ui {
namespace {

Color fill_of(const Theme& t, TileState state) {
  switch (state) {
    case TileState::Healthy: return mixed(t.panel, t.ok, 0.45F);
    case TileState::NotPreferred: return mixed(t.panel, t.info, 0.8F);
    case TileState::UnderReplicated: return t.attention;
    case TileState::UnderMinIsr: return t.bad;
    case TileState::Offline: return t.outline;
  }
  return t.offline;
}

}  // namespace

void draw_tile(Painter& p, const Theme& t, const Rect& r, TileState state, float scale) {
  const Color fill = fill_of(t, state);
  p.fill_rect(r, fill, r.w > 8 * scale ? 2 * scale : 0);
  if (state == TileState::Healthy) {
    return;
  }
  if (r.w < 9 * scale) {
    if (state != TileState::NotPreferred) {
      p.fill_rect({r.x, r.y, r.w * 0.5F, r.h * 0.5F}, t.outline, 0);
    }
    return;
  }
  const Color ink = ink_on(fill);
  const float w = 1.6F * scale;
  switch (state) {
    case TileState::Healthy: return;
    case TileState::NotPreferred: p.circle(r.center(), r.w * 0.22F, ink, w); return;
    case TileState::UnderReplicated:
      p.line({r.center().x, r.y + r.h * 0.2F}, {r.center().x, r.y + r.h * 0.58F}, ink, w);
      p.fill_circle({r.center().x, r.y + r.h * 0.78F}, 1 * scale, ink);
      return;
    case TileState::UnderMinIsr:
      p.line({r.x + r.w * 0.2F, r.center().y}, {r.right() - r.w * 0.2F, r.center().y}, ink, 2 * w);
      return;
    case TileState::Offline: draw_cross(p, r.center(), r.w * 0.5F, ink, w); return;
  }
}

}  // namespace kscope::ui
