// Broker cards and ZooKeeper servers: who they are, what they are just now, what they lead.
#include <fmt/format.h>
#include <array>

#include "ui/draw/stage_paint.h"

namespace kscope::ui {
namespace {

using view::EntityKind;
using view::EntityRef;
using view::NodeStatus;

// A crack from the top edge to the bottom edge of a dead card.
void paint_crack(StagePaint& stage, const Rect& r) {
  const float x = r.right() - stage.u(96);
  const std::array<Vec2, 5> crack{Vec2{x, r.y},
                                  {x - stage.u(9), r.y + r.h * 0.28F},
                                  {x + stage.u(5), r.y + r.h * 0.45F},
                                  {x - stage.u(11), r.y + r.h * 0.72F},
                                  {x - stage.u(3), r.bottom()}};
  stage.p.polyline(crack, faded(stage.theme.offline, 0.7F), stage.stroke(1.6F), false);
}

// Rounded word in the header; returns the x of its left edge.
float paint_tag(StagePaint& stage, float right, float y, const std::string& text, Status status) {
  const Theme& t = stage.theme;
  const float size = stage.u(12);
  const float width = stage.p.text_size(Face::Strong, size, text).x + stage.u(34);
  const float height = stage.u(stage.is_compact() ? 19.0F : 22.0F);
  const Rect r{right - width, y - height / 2, width, height};
  stage.p.fill_rect(r, mixed(t.panel, status_color(t, status), 0.18F), r.h / 2);
  stage.p.rect(r, status_color(t, status), stage.stroke(1), r.h / 2);
  draw_status(stage.p, t, {r.x + stage.u(13), y}, stage.u(12), status);
  text_left(stage.p, {r.x + stage.u(23), y}, t.text, Face::Strong, size, text);
  return r.x;
}

void paint_badge(StagePaint& stage, Vec2 at, const char* letters, Color fill) {
  draw_badge(stage.p, at,
             stage.u(stage.is_dense()     ? 9.5F
                     : stage.is_compact() ? 10.5F
                                          : 12.0F),
             letters, fill, stage.theme.outline, ink_on(fill), stage.u(letters[1] == '\0' ? 13.0F : 10.5F));
}

void paint_header(StagePaint& stage, const view::Node& node, const Rect& r) {
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  const float y = r.y + stage.u(stage.layout.header / 2 + 0.5F);
  const float size = stage.u(stage.is_compact() ? 15.0F : 17.0F);
  float x = r.x + stage.u(14);
  const bool down = node.status == NodeStatus::kDown;
  text_left(p, {x, y}, down ? t.text_secondary : t.text, Face::Strong, size, node.name);
  x += p.text_size(Face::Strong, size, node.name).x + stage.u(10);
  if (!node.rack.empty()) {
    const std::string rack = "rack " + node.rack;
    text_left(p, {x, y + stage.u(1)}, t.text_secondary, Face::Regular, stage.u(12), rack);
    x += p.text_size(Face::Regular, stage.u(12), rack).x + stage.u(12);
  }
  if (node.is_controller) {
    paint_badge(stage, {x + stage.u(12), y}, "C", t.accent);
    x += stage.u(32);
  }
  if (node.is_group_coordinator) {
    paint_badge(stage, {x + stage.u(12), y}, "GC", t.key_hues[3]);
    x += stage.u(32);
  }
  float right = r.right() - stage.u(12);
  if (node.has_zk_session) {
    // The session drains without heartbeats; a full ring is a fresh heartbeat.
    const auto left = static_cast<float>(node.zk_session_left);
    timer_arc(p, {right - stage.u(8), y}, stage.u(7), left, left < 0.4F ? t.attention : t.ok, t.border,
              stage.stroke(2.4F));
    right -= stage.u(26);
  }
  if (node.status != NodeStatus::kUp) {
    right = paint_tag(stage, right, y, node.status_text.empty() ? "down" : node.status_text, status_of(node.status)) -
            stage.u(8);
  } else if (node.is_disk_slow) {
    right = paint_tag(stage, right, y, "slow disk", Status::Attention) - stage.u(8);
  }
  if (node.queue_length > 0) {
    const std::string queue = fmt::format("{} queued", node.queue_length);
    text_right(p, {right, y}, t.text_secondary, Face::Regular, stage.u(12), queue);
  } else if (node.status == NodeStatus::kUp && right - x > stage.u(120) && !node.label.empty() && node.rack.empty()) {
    text_right(p, {right, y}, t.text_secondary, Face::Regular, stage.u(12), node.label);
  }
  const float line = r.y + stage.u(stage.layout.header - 1);
  p.line({r.x + stage.u(12), line}, {r.right() - stage.u(12), line}, t.border, 1);
}

}  // namespace

void paint_brokers(StagePaint& stage) {
  for (const NodeBox& box : stage.layout.nodes) {
    const view::Node* node = stage.node(box.node);
    if (box.column != StageColumn::Middle || node == nullptr) {
      continue;
    }
    const EntityRef entity{EntityKind::kNode, box.node};
    paint_card(stage, box.rect, node->status, entity);
    if (node->status == NodeStatus::kPaused) {
      draw_hatch(
          stage.p,
          {box.rect.x + stage.u(4), box.rect.y + stage.u(4), box.rect.w - stage.u(8), stage.u(stage.layout.header - 5)},
          Hatch::Falling, stage.u(9), faded(stage.theme.attention, 0.35F), stage.stroke(1.2F));
    }
    if (node->status == NodeStatus::kDown) {
      paint_crack(stage, box.rect);
    }
    paint_header(stage, *node, box.rect);
    for (const StripBox& strip : stage.layout.strips) {
      if (strip.node == box.node) {
        paint_strip(stage, strip);
      }
    }
  }
}

void paint_zookeepers(StagePaint& stage) {
  const Theme& t = stage.theme;
  for (const NodeBox& box : stage.layout.nodes) {
    const view::Node* node = stage.node(box.node);
    if (box.column != StageColumn::Keeper || node == nullptr) {
      continue;
    }
    const Rect& r = box.rect;
    paint_card(stage, r, node->status, {EntityKind::kNode, box.node});
    const float x = r.x + stage.u(12);
    const Color ink = node->status == NodeStatus::kDown ? t.text_secondary : t.text;
    const float top = stage.u(stage.is_compact() ? 12.0F : 15.0F);
    text_left(stage.p, {x, r.y + top}, ink, Face::Strong, stage.u(13), node->name, r.w - stage.u(44));
    if (!node->partner.empty()) {
      const float name = stage.p.text_size(Face::Strong, stage.u(13), node->name).x + stage.u(7);
      const float room = r.w - stage.u(44) - name;
      const std::string whole = "one process with " + node->partner;
      const bool fits = stage.p.text_size(Face::Regular, stage.u(11), whole).x <= room;
      text_left(stage.p, {x + name, r.y + top}, t.text_secondary, Face::Regular, stage.u(11),
                fits ? whole : "with " + node->partner, room);
    }
    const std::string& below = node->status == NodeStatus::kUp ? node->label : node->status_text;
    text_left(stage.p, {x, r.y + top + stage.u(16)}, t.text_secondary, Face::Regular, stage.u(11), below,
              r.w - stage.u(24));
    const Vec2 sign{r.right() - stage.u(17), r.y + top + stage.u(1)};
    if (node->status != NodeStatus::kUp) {
      draw_status(stage.p, t, sign, stage.u(13), status_of(node->status));
    } else if (node->is_zk_leader) {
      draw_crown(stage.p, sign, stage.u(15), t.attention, t.outline, stage.stroke(1));
    }
  }
}

}  // namespace kscope::ui
