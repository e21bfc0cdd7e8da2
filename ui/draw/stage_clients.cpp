// Producers and admins on the left, consumer groups with their members on the right.
#include <fmt/format.h>

#include "ui/draw/stage_paint.h"

namespace kscope::ui {
namespace {

using view::EntityKind;
using view::EntityRef;
using view::NodeStatus;

void paint_state_line(StagePaint& stage, const view::Node& node, Vec2 left, float width, const std::string& when_up) {
  const Theme& t = stage.theme;
  if (node.status == NodeStatus::kUp || node.status == NodeStatus::kStarting) {
    text_left(stage.p, left, t.text_secondary, Face::Regular, stage.u(11.5F), when_up, width);
    return;
  }
  if (node.is_spare) {
    text_left(stage.p, left, t.text_secondary, Face::Regular, stage.u(11.5F), node.status_text, width);
    return;
  }
  draw_status(stage.p, t, {left.x + stage.u(6), left.y}, stage.u(11), status_of(node.status));
  text_left(stage.p, {left.x + stage.u(16), left.y}, t.text, Face::Strong, stage.u(11.5F), node.status_text,
            width - stage.u(16));
}

void paint_producer(StagePaint& stage, const view::Node& node, const Rect& r) {
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  const bool compact = stage.is_compact();
  const float inset = stage.u(compact ? 10.0F : 14.0F);
  const float x = r.x + inset;
  const float width = r.w - 2 * inset;
  const float first = r.y + stage.u(compact ? 12.0F : 17.0F);
  const float second = r.y + stage.u(compact ? 28.0F : 37.0F);
  const float third = r.y + stage.u(compact ? 41.0F : 57.0F);
  const Color ink = node.status == NodeStatus::kDown ? t.text_secondary : t.text;
  text_left(p, {x, first}, ink, Face::Strong, stage.u(14), node.name, width - stage.u(60));
  text_right(p, {r.right() - stage.u(compact ? 10.0F : 12.0F), first}, t.text_secondary, Face::Regular, stage.u(11),
             node.role == view::NodeRole::kAdmin ? "admin" : "producer");
  const std::string label = compact || node.label.empty() ? "" : node.label + " \u00b7 ";
  const std::string counts = fmt::format("{}{} of {} acked", label, node.acked_count, node.sent_count);
  paint_state_line(stage, node, {x, second}, width, node.role == view::NodeRole::kAdmin ? node.label : counts);
  if (node.role == view::NodeRole::kAdmin) {
    return;
  }
  if (!node.last_error.empty()) {
    draw_status(p, t, {x + stage.u(6), third}, stage.u(11), Status::Attention);
    text_left(p, {x + stage.u(16), third}, t.attention_text, Face::Strong, stage.u(11), node.last_error,
              width - stage.u(16));
    return;
  }
  // Acknowledged, under way, waiting: one bar of everything that was handed over lately.
  const Rect bar{x, third - stage.u(compact ? 2.0F : 4.0F), width, stage.u(compact ? 5.0F : 8.0F)};
  const auto acked = static_cast<float>(node.acked_count);
  const auto all = static_cast<float>(std::max<std::int64_t>(1, node.sent_count));
  p.fill_rect(bar, t.raised, bar.h / 2);
  if (acked > 0) {
    p.fill_rect({bar.x, bar.y, std::max(stage.u(6), bar.w * std::min(1.0F, acked / all)), bar.h}, t.ok, bar.h / 2);
  }
  p.rect(bar, t.border_strong, 1, bar.h / 2);
}

void paint_consumer(StagePaint& stage, const view::Node& node, const Rect& r) {
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  const EntityRef entity{EntityKind::kNode, node.node};
  const float rounding = stage.u(7);
  const bool down = node.status == NodeStatus::kDown;
  p.fill_rect(r, down ? mixed(t.panel, t.offline, 0.14F) : stage.is_hovered(entity) ? t.hover : t.raised, rounding);
  if (down || node.status == NodeStatus::kStarting) {
    dashed_rect(p, r, rounding, {stage.u(5), stage.u(4), 0}, t.offline, stage.stroke(1.2F));
  } else {
    p.rect(r, t.border, stage.stroke(1), rounding);
  }
  if (node.status == NodeStatus::kPaused) {
    draw_hatch(p, r.inset(stage.u(2)), Hatch::Falling, stage.u(9), faded(t.attention, 0.35F), stage.stroke(1.2F));
  }
  const float x = r.x + stage.u(10);
  const float first = r.y + stage.u(stage.is_compact() ? 9.0F : 12.0F);
  text_left(p, {x, first}, down ? t.text_secondary : t.text, Face::Strong, stage.u(12.5F), node.name, r.w * 0.6F);
  text_right(p, {r.right() - stage.u(10), first}, t.text_secondary, Face::Mono, stage.u(11),
             fmt::format("{}", node.processed_count));
  std::string owned;
  for (const view::Group& group : stage.s.groups) {
    for (const view::GroupMember& member : group.members) {
      if (member.node != node.node) {
        continue;
      }
      for (const std::int32_t index : member.owned) {
        owned += (owned.empty() ? "" : ", ") + group.partitions[static_cast<std::size_t>(index)];
      }
    }
  }
  paint_state_line(stage, node, {x, first + stage.u(stage.is_compact() ? 13.0F : 15.0F)}, r.w - stage.u(20),
                   owned.empty() ? (node.member_state.empty() ? "owns nothing" : node.member_state) : owned);
  if (stage.is_selected(entity)) {
    paint_ring(stage, r, rounding);
  }
  stage.hits.push_back({r, entity});
}

}  // namespace

void paint_clients(StagePaint& stage) {
  for (const NodeBox& box : stage.layout.nodes) {
    const view::Node* node = stage.node(box.node);
    if (node == nullptr) {
      continue;
    }
    if (box.column == StageColumn::Left) {
      paint_card(stage, box.rect, node->status, {EntityKind::kNode, box.node});
      paint_producer(stage, *node, box.rect);
    } else if (box.column == StageColumn::Right) {
      paint_consumer(stage, *node, box.rect);
    }
  }
}

void paint_groups(StagePaint& stage) {
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  for (const GroupBox& box : stage.layout.groups) {
    const view::Group& group = stage.s.groups[box.group];
    const EntityRef entity{EntityKind::kGroup, group.group};
    paint_card(stage, box.rect, NodeStatus::kUp, entity);
    const float y = box.rect.y + stage.u(stage.is_compact() ? 14.0F : 18.0F);
    const Rect letter{box.rect.x + stage.u(10), y - stage.u(10), stage.u(20), stage.u(20)};
    p.fill_rect(letter, t.text, stage.u(5));
    text_centered(p, letter.center(), t.panel, Face::Strong, stage.u(12), group.letter);
    const bool stable = group.state == "Stable";
    const Status status = stable                                            ? Status::Ok
                          : group.state == "Empty" || group.state == "Dead" ? Status::Offline
                                                                            : Status::Attention;
    const float right = box.rect.right() - stage.u(12);
    draw_status(p, t, {right - stage.u(6), y}, stage.u(13), status);
    const std::string text = group.generation >= 0 ? fmt::format("gen {}", group.generation) : group.state;
    // The name comes first; a state that has no room beside it is told by its sign.
    const float name = letter.right() + stage.u(8);
    const float room = right - stage.u(18) - name;
    text_left(p, {name, y}, t.text, Face::Strong, stage.u(14), group.name, room);
    const float taken = p.text_size(Face::Strong, stage.u(14), group.name).x + stage.u(8);
    if (taken + p.text_size(Face::Regular, stage.u(11), text).x <= room) {
      text_right(p, {right - stage.u(18), y}, t.text_secondary, Face::Regular, stage.u(11), text);
    }
  }
}

}  // namespace kscope::ui
