// One replica as a log strip: role, name, record cells aligned by offset, markers of the offsets above and of groups below.
#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "ui/draw/stage_paint.h"

namespace kscope::ui {
namespace {

using view::Cell;
using view::EntityKind;
using view::EntityRef;

constexpr float kDeadAlpha = 0.45F;
constexpr float kLeastText = 8;      ///< pixels of height below which a cell is not written in
constexpr float kHatchedGhost = 20;  ///< pixels of height from which a ghost is hatched

struct StripContext {
  StagePaint& stage;
  const StripBox& box;
  const view::Partition& partition;
  const view::Replica& replica;
};

bool shows(const StripBox& box, std::int64_t offset) {
  return offset >= box.first_offset && offset < box.first_offset + box.capacity;
}

std::string cell_label(const Cell& cell, CellText kind) {
  switch (kind) {
    case CellText::Offset: return std::to_string(cell.offset % 1000);
    case CellText::Key: return cell.key_text.substr(0, 2);
    case CellText::Epoch: return "e" + std::to_string(cell.leader_epoch);
    case CellText::None: return {};
  }
  return {};
}

// Of a name that is too long the topic is cut, never the partition's number.
std::string fitted_name(const Painter& p, Face face, float size, const std::string& name, float width) {
  const std::size_t dash = name.rfind('-');
  std::string out = name;
  for (std::size_t kept = dash; dash != std::string::npos && kept > 1 && p.text_size(face, size, out).x > width;) {
    --kept;
    out = name.substr(0, kept) + "\u2026" + name.substr(dash);
  }
  return out;
}

// Left part: edge bar by role, crown or star, partition name, state.
void paint_role(const StripContext& c) {
  StagePaint& stage = c.stage;
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  const Rect& row = c.box.row;
  const bool compact = stage.is_compact();
  const float edge_height = row.h - stage.u(compact ? 6.0F : 10.0F);
  const float middle = c.box.cells.center().y;
  const Rect edge{row.x + stage.u(8), middle - edge_height / 2, stage.u(4), edge_height};
  const bool out = c.replica.is_online && !c.replica.is_leader && !c.replica.is_in_isr;
  if (!c.replica.is_online) {
    p.fill_rect(edge.inset(stage.u(1), 0), faded(t.offline, 0.5F), 0);
  } else if (c.replica.is_leader) {
    p.fill_rect(edge, t.leader, stage.u(2));
  } else if (c.replica.is_in_isr) {
    p.fill_rect(edge.inset(stage.u(1.2F), 0), t.text_secondary, stage.u(1));
  } else {
    dashed_line(p, {edge.center().x, edge.y}, {edge.center().x, edge.bottom()}, {stage.u(4), stage.u(3), 0},
                t.attention, stage.stroke(2.2F));
  }
  const float sign_x = row.x + stage.u(compact ? 22.0F : 25.0F);
  const float name_x = row.x + stage.u(compact ? 33.0F : 38.0F);
  const float name_size = stage.u(13);
  if (c.replica.is_leader) {
    draw_crown(p, {sign_x, middle}, stage.u(compact ? 13.0F : 15.0F), t.leader, t.outline, stage.stroke(0.8F));
  } else if (!c.replica.is_online) {
    draw_cross(p, {sign_x, middle}, stage.u(9), t.offline, stage.stroke(2));
  } else if (c.replica.is_preferred) {
    draw_star(p, {sign_x, middle}, stage.u(13), t.text_disabled, stage.stroke(1));
  }
  const Color ink = c.replica.is_online ? t.text : t.text_secondary;
  const view::Node* broker = stage.options.label_by_broker ? stage.node(c.box.node) : nullptr;
  const std::string& name = broker != nullptr ? broker->name : c.partition.name;
  const Face face = c.replica.is_leader ? Face::Strong : Face::Regular;
  const float room = c.box.cells.x - name_x - stage.u(5);
  text_left(p, {name_x, middle}, ink, face, name_size, fitted_name(p, face, name_size, name, room), room);
  if (out && row.h > stage.u(36)) {
    text_left(p, {name_x, middle + stage.u(15)}, t.attention_text, Face::Strong, stage.u(11), "out of ISR");
  }
}

void paint_cell(const StripContext& c, const Cell& cell) {
  StagePaint& stage = c.stage;
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  const Rect& cells = c.box.cells;
  const float x = offset_x(c.box, cell.offset);
  const float gap = stage.u(2);
  const EntityRef entity{EntityKind::kRecord, c.partition.topic, c.partition.partition, cell.record};
  if (cell.fate == view::CellFate::kGhost) {
    const Rect r{x + gap / 2, cells.bottom() + stage.u(3), c.box.cell - gap, cells.h * 0.62F};
    const Color ink = cell.is_acked ? t.bad : t.text_disabled;
    // In a small cell a hatch would leave nothing of the cross to be seen.
    if (r.h >= kHatchedGhost) {
      draw_hatch(p, r, Hatch::Cross, stage.u(5), faded(ink, 0.6F), 1);
    }
    if (cell.is_acked) {
      p.rect(r, ink, stage.stroke(1.8F), stage.u(2));
    } else {
      dashed_rect(p, r, stage.u(2), {stage.u(3), stage.u(2), 0}, ink, stage.stroke(1.2F));
    }
    draw_cross(p, r.center(), r.h * 0.7F, ink, std::min(stage.stroke(cell.is_acked ? 2.4F : 1.4F), r.h * 0.17F));
    stage.hits.push_back({r, entity});
    return;
  }
  const Rect r{x + gap / 2, cells.y, c.box.cell - gap, cells.h};
  const float alpha = c.replica.is_online ? 1 : kDeadAlpha;
  Color fill = key_color(t, cell.colour);
  if (!cell.is_committed) {
    fill = mixed(t.panel, fill, 0.45F);
  }
  fill = mixed(t.panel, fill, alpha);
  p.fill_rect(r, fill, stage.u(3));
  const Color edge = faded(t.outline, alpha * (cell.is_committed ? 0.75F : 0.9F));
  if (cell.is_committed) {
    p.rect(r, edge, stage.stroke(1), stage.u(3));
  } else {
    dashed_rect(p, r, stage.u(3), {stage.u(3.5F), stage.u(2.5F), 0}, edge, stage.stroke(1.2F));
  }
  const float text = stage.u(stage.is_compact() ? 11.5F : 10.5F);
  if (text >= kLeastText && stage.options.cell_text != CellText::None) {
    text_centered(p, r.center(), faded(ink_on(fill), alpha), Face::Mono, text,
                  cell_label(cell, stage.options.cell_text));
  }
  if (stage.is_selected(entity)) {
    paint_ring(stage, r, stage.u(3));
  } else if (stage.is_hovered(entity)) {
    p.rect(r.inset(-stage.u(1.5F)), t.accent_text, stage.stroke(2), stage.u(4));
  }
  stage.hits.push_back({r, entity});
}

// Batches as brackets below the cells, epochs as ticks between cells.
void paint_batches(const StripContext& c) {
  StagePaint& stage = c.stage;
  const Theme& t = stage.theme;
  const std::vector<Cell>& cells = c.replica.cells;
  float start = -1;
  std::int32_t count = 0;
  std::int32_t epoch = -1;
  const float y = c.box.cells.bottom() + stage.u(2.5F);
  auto close = [&](float end) {
    if (count > 1) {
      stage.p.line({start + stage.u(2), y}, {end - stage.u(2), y}, faded(t.text_secondary, 0.6F), stage.stroke(1.2F));
    }
    count = 0;
  };
  float end = 0;
  for (const Cell& cell : cells) {
    if (cell.fate == view::CellFate::kGhost || !shows(c.box, cell.offset)) {
      continue;
    }
    const float x = offset_x(c.box, cell.offset);
    if (cell.is_batch_start || count == 0) {
      close(x);
      start = x;
    }
    ++count;
    end = x + c.box.cell;
    if (epoch >= 0 && cell.leader_epoch != epoch) {
      const float top = c.box.cells.y - stage.u(3);
      stage.p.line({x, top}, {x, c.box.cells.bottom() + stage.u(3)}, t.leader, stage.stroke(1.6F));
      if (c.box.row.h >= stage.u(38)) {
        text_centered(stage.p, {x, c.box.cells.y - stage.u(8)}, t.accent_text, Face::Strong, stage.u(10),
                      fmt::format("e{}", cell.leader_epoch));
      }
    }
    epoch = cell.leader_epoch;
  }
  close(end);
}

void paint_offsets(const StripContext& c) {
  StagePaint& stage = c.stage;
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  const view::Replica& r = c.replica;
  const Rect& cells = c.box.cells;
  const float size = stage.is_dense()
                         ? stage.u(4.5F)
                         : std::clamp((cells.y - c.box.row.y - stage.u(1.5F)) / 1.3F, stage.u(5.5F), stage.u(9));
  const float top = cells.y - stage.u(stage.is_dense() ? 0.5F : 1.5F);
  const float alpha = r.is_online ? 1 : kDeadAlpha;
  if (shows(c.box, r.log_start_offset)) {
    // Those of rows above each other must not grow together.
    const float over = stage.u(stage.is_dense() ? 1.0F : 3.0F);
    draw_log_start(p, {offset_x(c.box, r.log_start_offset) - stage.u(1), cells.y - over}, cells.h + 2 * over,
                   faded(t.text, alpha), stage.stroke(1.2F));
  }
  const float leo = offset_x(c.box, r.log_end_offset);
  const float hw = offset_x(c.box, r.high_watermark);
  draw_log_end(p, {leo, top}, size * 1.25F, faded(t.text, alpha), t.panel, stage.stroke(1.2F));
  draw_high_watermark(p, {hw, top}, r.log_end_offset == r.high_watermark ? size * 0.75F : size, faded(t.text, alpha));
  if (c.box.row.h >= stage.u(50) && r.is_leader) {
    const float y = top - size * 0.6F;
    if (r.log_end_offset == r.high_watermark) {
      text_left(p, {leo + stage.u(9), y}, t.text_secondary, Face::Regular, stage.u(10), "HW = end");
    } else {
      text_right(p, {hw - stage.u(7), y}, t.text_secondary, Face::Regular, stage.u(10), "HW");
      text_left(p, {leo + stage.u(9), y}, t.text_secondary, Face::Regular, stage.u(10), "end");
    }
  }
  const float x = c.box.row.right() - stage.u(12);
  const Color ink = r.is_online ? t.text : t.text_secondary;
  if (c.box.row.h >= stage.u(42)) {
    text_right(p, {x, cells.y + stage.u(3)}, ink, Face::Mono, stage.u(12), std::to_string(r.log_end_offset));
    // As much as fits beside the strip: the sign says "behind" as well.
    const std::string lag = fmt::format("{} behind", r.lag);
    const bool fits = p.text_size(Face::Regular, stage.u(10.5F), lag).x < x - cells.right() - stage.u(4);
    const std::string below = r.lag <= 0 ? fmt::format("hw {}", r.high_watermark)
                              : fits     ? lag
                                         : fmt::format("\u2212{}", r.lag);
    text_right(p, {x, cells.y + stage.u(18)}, r.lag > 0 ? t.attention_text : t.text_secondary, Face::Regular,
               stage.u(10.5F), below);
  } else {
    const bool behind = r.lag > 0;
    const std::string lag = fmt::format("{} behind", r.lag);
    const bool fits = p.text_size(Face::Strong, stage.u(12.5F), lag).x < x - cells.right() - stage.u(4);
    text_right(p, {x, cells.center().y}, behind ? t.attention_text : ink, behind ? Face::Strong : Face::Mono,
               stage.u(12.5F),
               !behind ? std::to_string(r.log_end_offset)
               : fits  ? lag
                       : fmt::format("\u2212{}", r.lag));
  }
}

// Below the leader's strip, where consumers read: committed, position, and the two bands between them and the high watermark.
void paint_groups_below(const StripContext& c) {
  StagePaint& stage = c.stage;
  Painter& p = stage.p;
  const Theme& t = stage.theme;
  int line = 0;
  // Where rows are low, the marks stay within their own: right under them are those of the next row.
  const float below = c.box.row.bottom() - c.box.cells.bottom();
  const float dot = stage.is_dense() ? stage.u(5) : std::clamp(below - stage.u(2), stage.u(5), stage.u(7.5F));
  // Between dense rows there is no room for a letter.
  const bool has_letter = !stage.is_dense();
  for (const view::GroupMark& mark : c.partition.groups) {
    if (mark.committed < 0 && mark.position < 0) {
      continue;
    }
    const float first = stage.is_dense() ? stage.u(2.5F) : std::min(dot / 2 + stage.u(1), below - dot / 2);
    const float y = c.box.cells.bottom() + first + stage.u(9) * static_cast<float>(line);
    if (y > c.box.row.bottom() + stage.u(2)) {
      break;
    }
    const std::int64_t position = mark.position >= 0 ? mark.position : mark.committed;
    const float hw = offset_x(c.box, c.replica.high_watermark);
    const float at = offset_x(c.box, position);
    if (hw > at) {
      dashed_line(p, {at, y}, {hw, y}, {stage.u(3), stage.u(3), 0}, t.text_disabled, stage.stroke(1.2F));
    }
    if (mark.committed >= 0) {
      const float committed = offset_x(c.box, mark.committed);
      if (at > committed) {
        p.line({committed, y}, {at, y}, t.attention, stage.stroke(3));
      }
      draw_committed(p, {committed, y}, dot, t.text);
      if (has_letter) {
        text_right(p, {committed - stage.u(6), y}, t.text, Face::Strong, stage.u(10.5F), mark.letter);
      }
    } else if (has_letter) {
      text_right(p, {at - stage.u(6), y}, t.text, Face::Strong, stage.u(10.5F), mark.letter);
    }
    if (mark.position >= 0) {
      draw_position(p, {at, y}, dot, t.text, mark.position == mark.committed ? t.text : t.panel, stage.stroke(1.4F));
    }
    ++line;
  }
}

// Few pixels: one bar from log start to log end, committed part filled, the rest hatched.
void paint_bar(const StripContext& c) {
  StagePaint& stage = c.stage;
  const Theme& t = stage.theme;
  const Rect& r = c.box.cells;
  std::int64_t end = 1;
  for (const view::Replica& other : c.partition.replicas) {
    end = std::max(end, other.log_end_offset);
  }
  auto width = [&](std::int64_t offset) { return r.w * static_cast<float>(offset) / static_cast<float>(end); };
  stage.p.fill_rect(r, t.raised, stage.u(2));
  const Color fill = c.replica.is_leader ? t.leader : c.replica.is_in_isr ? t.info : t.attention;
  stage.p.fill_rect({r.x, r.y, width(c.replica.high_watermark), r.h},
                    c.replica.is_online ? fill : faded(t.offline, 0.6F), stage.u(2));
  const Rect open{r.x + width(c.replica.high_watermark), r.y,
                  width(c.replica.log_end_offset) - width(c.replica.high_watermark), r.h};
  draw_hatch(stage.p, open, Hatch::Rising, stage.u(4), t.text_secondary, 1);
  const float hw = r.x + width(c.replica.high_watermark);
  stage.p.line({hw, r.y - stage.u(1)}, {hw, r.bottom() + stage.u(1)}, t.outline, stage.stroke(1.4F));
}

}  // namespace

void paint_strip(StagePaint& stage, const StripBox& box) {
  const view::Partition& partition = stage.s.partitions[box.partition];
  const view::Replica& replica = partition.replicas[box.replica];
  const StripContext c{stage, box, partition, replica};
  const EntityRef entity{EntityKind::kReplica, partition.topic, partition.partition, box.node};
  const EntityRef whole{EntityKind::kPartition, partition.topic, partition.partition};
  if (stage.is_hovered(entity)) {
    stage.p.fill_rect(box.row.inset(stage.u(6), stage.u(1)), stage.theme.hover, stage.u(6));
  }
  stage.hits.push_back({box.row.inset(stage.u(4), 0), entity});
  // Below the marks, which reach over it.
  if (stage.is_selected(entity) || stage.is_selected(whole)) {
    paint_ring(stage, box.row.inset(stage.u(6), stage.u(1.5F)), stage.u(6));
  }
  if (stage.layout.tier == StageTier::Bars) {
    paint_bar(c);
    paint_role(c);
    text_right(stage.p, {box.row.right() - stage.u(12), box.cells.center().y}, stage.theme.text, Face::Mono,
               stage.u(11), std::to_string(replica.log_end_offset));
  } else {
    stage.p.fill_rect(box.cells.inset(-stage.u(1), -stage.u(1)),
                      faded(stage.theme.raised, replica.is_online ? 1 : 0.5F), stage.u(4));
    if (replica.is_online && !replica.is_leader && !replica.is_in_isr) {
      draw_hatch(stage.p, box.cells, Hatch::Rising, stage.u(9), faded(stage.theme.attention, 0.55F), stage.stroke(1));
    }
    // Where names reach up to the cells it would seem to belong to the name.
    if (box.first_offset > 0 && !stage.is_dense()) {
      text_right(stage.p, {box.cells.x - stage.u(4), box.cells.center().y}, stage.theme.text_disabled, Face::Regular,
                 stage.u(11), "\u2026");
    }
    if (replica.log_end_offset < box.first_offset) {
      std::string text = fmt::format("ends at {}, before what is shown", replica.log_end_offset);
      if (stage.p.text_size(Face::Strong, stage.u(11.5F), text).x > box.cells.w) {
        text = fmt::format("ends at {}", replica.log_end_offset);
      }
      text_centered(stage.p, box.cells.center(), stage.theme.text, Face::Strong, stage.u(11.5F), text);
    }
    for (const Cell& cell : replica.cells) {
      if (shows(box, cell.offset) && (cell.fate == view::CellFate::kPresent || stage.options.show_ghosts)) {
        paint_cell(c, cell);
      }
    }
    paint_batches(c);
    paint_offsets(c);
    if (replica.is_leader) {
      paint_groups_below(c);
    }
    paint_role(c);
  }
}

}  // namespace kscope::ui
