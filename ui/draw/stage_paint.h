#pragma once
// Paints the stage from its layout: cards, log strips, links, messages. Works on any Painter, so the window and the SVG
// export show the same picture. Everything moving is placed by simulated time, so pausing and going back need no care.

#include <vector>

#include "ui/app/ui_state.h"
#include "ui/draw/marks.h"
#include "ui/layout/stage_layout.h"

namespace kscope::ui {

struct StageOptions {
  CellText cell_text = CellText::Offset;
  bool show_ghosts = true;
  bool show_hidden_messages = false;
  bool reduced_motion = false;
  bool label_by_broker = false;  ///< strips are named after their broker instead of their partition
  view::EntityRef selection;
  view::EntityRef hovered;
};

/// What a painted thing is, for the cursor. Later hits lie above earlier ones.
struct StageHit {
  Rect rect;
  view::EntityRef entity;
};

struct StagePaint {
  Painter& p;
  const Theme& theme;
  const view::Snapshot& s;
  const StageLayout& layout;
  const StageOptions& options;
  std::vector<StageHit>& hits;

  float u(float design_pixels) const { return design_pixels * layout.unit; }
  float stroke(float design_pixels) const { return std::max(1.0F, design_pixels * layout.unit * theme.stroke); }
  bool is_dense() const { return layout.density == StageDensity::Dense; }
  bool is_compact() const { return layout.density != StageDensity::Roomy; }
  bool is_selected(const view::EntityRef& e) const { return options.selection.is_set() && options.selection == e; }
  bool is_hovered(const view::EntityRef& e) const { return options.hovered.is_set() && options.hovered == e; }
  const view::Node* node(std::int32_t id) const;
};

/// Everything, in the right order from back to front.
void paint_stage(StagePaint& stage);

// The layers.
void paint_card(StagePaint& stage, const Rect& r, view::NodeStatus status, const view::EntityRef& entity);
void paint_brokers(StagePaint& stage);
void paint_strip(StagePaint& stage, const StripBox& strip);
void paint_clients(StagePaint& stage);
void paint_groups(StagePaint& stage);
void paint_zookeepers(StagePaint& stage);
void paint_links(StagePaint& stage);
void paint_messages(StagePaint& stage);
/// Double outline around what is selected.
void paint_ring(StagePaint& stage, const Rect& r, float rounding);

/// Shape and colour of a message; the legend uses the same.
MessageShape shape_of(view::MessageFamily family);
Color color_of(const Theme& theme, view::MessageFamily family);
Color key_color(const Theme& theme, std::int32_t colour);
Status status_of(view::NodeStatus status);

}  // namespace kscope::ui
