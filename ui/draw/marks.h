#pragma once
// The signs that carry meaning on the stage, as shapes drawn by us, so that no font has to contain them and the SVG
// export shows the same. Each is told apart by form; colour only helps. Sizes are pixels across.

#include <string_view>

#include "ui/app/theme.h"
#include "ui/draw/stroke.h"

namespace kscope::ui {

enum class Status { Ok, Attention, Bad, Info, Offline, Unknown };

Color status_color(const Theme& t, Status s);
Color status_text_color(const Theme& t, Status s);
/// Check in a disc, "!" in a triangle, cross in an octagon, "i" in a square, cross alone, or "?" in a ring.
void draw_status(Painter& p, const Theme& t, Vec2 center, float size, Status s);

/// Crown: this replica leads. `filled` = false draws the hollow star of a preferred leader that does not lead.
void draw_crown(Painter& p, Vec2 center, float size, Color fill, Color outline, float width);
void draw_star(Painter& p, Vec2 center, float size, Color color, float width);
/// Hexagon with one or two letters: C = active controller, GC / TC = coordinator.
void draw_badge(Painter& p, Vec2 center, float radius, std::string_view letters, Color fill, Color outline, Color ink,
                float text);

/// Markers of offsets. `at` is the point of the strip edge that the marker names.
void draw_log_start(Painter& p, Vec2 top, float height, Color color, float width);
void draw_high_watermark(Painter& p, Vec2 at, float size, Color color);
void draw_log_end(Painter& p, Vec2 at, float size, Color color, Color inside, float width);
void draw_last_stable(Painter& p, Vec2 at, float size, Color color);
void draw_committed(Painter& p, Vec2 at, float size, Color color);
void draw_position(Painter& p, Vec2 at, float size, Color color, Color inside, float width);

enum class MessageShape { Circle, Square, Triangle, Diamond, Hexagon, Dot };
/// One message in flight: filled = request, hollow = response, with a cross inside when it carries an error.
struct MessageMark {
  MessageShape shape = MessageShape::Circle;
  bool is_response = false;
  bool is_error = false;
};
void draw_message(Painter& p, Vec2 center, float size, const MessageMark& mark, Color fill, Color inside, Color outline,
                  float width);

/// Small cross, for what died here.
void draw_cross(Painter& p, Vec2 center, float size, Color color, float width);
void draw_check(Painter& p, Vec2 center, float size, Color color, float width);
/// Lightning bolt: a fault was put in.
void draw_bolt(Painter& p, Vec2 center, float size, Color fill, Color outline, float width);
/// Hatched wall across the middle of a link that is cut.
void draw_wall(Painter& p, Vec2 a, Vec2 b, float thickness, Color fill, Color ink, float width);
void draw_clock(Painter& p, Vec2 center, float size, Color color, float width);

}  // namespace kscope::ui
