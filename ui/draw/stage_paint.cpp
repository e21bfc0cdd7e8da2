#include "ui/draw/stage_paint.h"

#include <algorithm>
#include <array>

namespace kscope::ui {

const view::Node* StagePaint::node(std::int32_t id) const {
  for (const view::Node& n : s.nodes) {
    if (n.node == id) {
      return &n;
    }
  }
  return nullptr;
}

MessageShape shape_of(view::MessageFamily family) {
  switch (family) {
    case view::MessageFamily::kProduce: return MessageShape::Circle;
    case view::MessageFamily::kFetch: return MessageShape::Square;
    case view::MessageFamily::kGroup: return MessageShape::Triangle;
    case view::MessageFamily::kController:
    case view::MessageFamily::kMetadata: return MessageShape::Diamond;
    case view::MessageFamily::kZooKeeper: return MessageShape::Hexagon;
    case view::MessageFamily::kHeartbeat: return MessageShape::Dot;
  }
  return MessageShape::Dot;
}

Color color_of(const Theme& t, view::MessageFamily family) {
  switch (family) {
    case view::MessageFamily::kProduce: return t.ok;
    case view::MessageFamily::kFetch: return t.info;
    case view::MessageFamily::kGroup: return t.key_hues[3];
    case view::MessageFamily::kController: return t.leader;
    case view::MessageFamily::kMetadata: return t.offline;
    case view::MessageFamily::kZooKeeper: return t.attention;
    case view::MessageFamily::kHeartbeat: return t.text_disabled;
  }
  return t.text;
}

Color key_color(const Theme& t, std::int32_t colour) {
  return colour < 0 ? mixed(t.raised, t.border_strong, 0.6F) : t.key_hues[static_cast<std::size_t>(colour) % kKeyHues];
}

Status status_of(view::NodeStatus status) {
  switch (status) {
    case view::NodeStatus::kUp: return Status::Ok;
    case view::NodeStatus::kStarting:
    case view::NodeStatus::kShuttingDown: return Status::Info;
    case view::NodeStatus::kPaused: return Status::Attention;
    case view::NodeStatus::kDown: return Status::Offline;
  }
  return Status::Unknown;
}

void paint_ring(StagePaint& stage, const Rect& r, float rounding) {
  // Between things that stand close together the ring stays within the gap, and within the picture.
  const float most = stage.is_dense() ? 1.8F : stage.is_compact() ? 2.7F : 4.0F;
  const float w = std::max(1.0F, std::min(stage.stroke(2.2F), stage.u(most)));
  stage.p.rect(r.inset(-w), stage.theme.selection_outline, w * 2.2F, rounding + w);
  stage.p.rect(r.inset(-w), stage.theme.selection, w, rounding + w);
}

void paint_card(StagePaint& stage, const Rect& r, view::NodeStatus status, const view::EntityRef& entity) {
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  const float rounding = stage.u(9);
  const bool down = status == view::NodeStatus::kDown;
  if (!down && t.shadow.a > 0) {
    for (int i = 3; i > 0; --i) {
      const float d = stage.u(static_cast<float>(i) * 1.5F);
      p.fill_rect(r.moved({0, stage.u(2)}).inset(-d), t.shadow, rounding + d);
    }
  }
  p.fill_rect(r, down ? mixed(t.panel, t.offline, 0.14F) : t.panel, rounding);
  const bool hovered = stage.is_hovered(entity);
  const Color edge = hovered ? t.accent_text : down ? t.offline : t.border_strong;
  switch (status) {
    case view::NodeStatus::kUp:
    case view::NodeStatus::kPaused: p.rect(r, edge, stage.stroke(hovered ? 1.6F : 1), rounding); break;
    case view::NodeStatus::kStarting:
    case view::NodeStatus::kShuttingDown:
    case view::NodeStatus::kDown:
      dashed_rect(p, r, rounding, {stage.u(7), stage.u(5), 0}, edge, stage.stroke(1.3F));
      break;
  }
  if (stage.is_selected(entity)) {
    paint_ring(stage, r, rounding);
  }
  stage.hits.push_back({r, entity});
}

void paint_stage(StagePaint& stage) {
  stage.hits.clear();
  paint_links(stage);
  paint_groups(stage);
  paint_zookeepers(stage);
  paint_brokers(stage);
  paint_clients(stage);
  paint_messages(stage);
}

}  // namespace kscope::ui
