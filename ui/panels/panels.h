#pragma once
// The panels of the window. Each draws itself into its rectangle from the snapshot and pushes requests; none computes
// facts about the cluster and none talks to another.

#include "sim/view/snapshot.h"
#include "ui/app/panel.h"
#include "ui/draw/stage_paint.h"
#include "ui/layout/regions.h"

namespace kscope::ui {

void draw_top_bar(const view::Snapshot& s, const Panel& ui, const Regions& regions);
void draw_left_rail(const view::Snapshot& s, const Panel& ui, const Regions& regions);
void draw_stage_panel(const view::Snapshot& s, const Panel& ui, const Rect& area);
void draw_transport(const view::Snapshot& s, const Panel& ui, const Regions& regions);
void draw_bottom_panel(const view::Snapshot& s, const Panel& ui, const Rect& area);
void draw_inspector(const view::Snapshot& s, const Panel& ui, const Rect& area);
/// Chain of causes of the selection, newest first, in numbered sentences.
void draw_why(const view::Inspection& in, const Panel& ui);
/// Tabs and body of an inspection, in the current window.
void draw_inspection(const view::Snapshot& s, const view::Inspection& in, const Panel& ui, RightTab& tab);
/// The pinned inspections, at first over `stage`.
void draw_pinned(const view::Snapshot& s, const Panel& ui, const Rect& stage);
void draw_overlays(const view::Snapshot& s, const Panel& ui);

// Parts of panels.
void draw_cluster(const view::Snapshot& s, const Panel& ui, const Rect& area);
void draw_wall_panel(const view::Snapshot& s, const Panel& ui, const Rect& area);
void draw_caption(const view::Snapshot& s, const Panel& ui, const Rect& area);
/// The three hints of the first screen, in a row of their own below the stage; 0 when there are none.
float callouts_height(const Panel& ui);
void draw_callouts(const Panel& ui, const Rect& area);
void draw_log_panel(const view::Snapshot& s, const Panel& ui);
/// The partition that the log shows: that of the selection, else the first one that users made; not set while there is none.
view::EntityRef partition_in_log(const view::Snapshot& s, const view::EntityRef& selection);
void draw_sequence_panel(const view::Snapshot& s, const Panel& ui);
void draw_partitions_panel(const view::Snapshot& s, const Panel& ui);
void draw_groups_panel(const view::Snapshot& s, const Panel& ui);
void draw_events_panel(const view::Snapshot& s, const Panel& ui);
void draw_script_panel(const view::Snapshot& s, const Panel& ui);
void draw_invariants_panel(const view::Snapshot& s, const Panel& ui);
/// Menu of everything that can be done to the entity of `state.menu_for`; open it with ImGui::OpenPopup("faults").
void draw_fault_menu(const view::Snapshot& s, const Panel& ui);
void draw_fault_items(const Panel& ui, const view::EntityRef& entity);

/// For a canvas that was the last item: hover card, selection by click, fault menu by right click over painted things.
void draw_entity_cursor(const view::Snapshot& s, const Panel& ui, const std::vector<StageHit>& hits);

/// What kind of thing that is, in one or two sentences for somebody who has never seen one, with the configs that govern it.
std::string_view meaning_of(const view::Snapshot& s, const view::EntityRef& entity);
/// "b1", "orders-0 on b1", "billing": how an entity is called on the screen; empty if it is not there.
std::string name_of(const view::Snapshot& s, const view::EntityRef& entity);

}  // namespace kscope::ui
