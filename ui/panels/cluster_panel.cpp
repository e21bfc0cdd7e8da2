// The stage itself: paints the cluster, moves the camera, selects, shows what is under the cursor, opens the fault menu.
#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/draw/stage_paint.h"
#include "ui/layout/wall_layout.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

using view::EntityKind;
using view::EntityRef;

constexpr float kLowStage = 340;  // height of the stage at 100 % below which the caption is slim
constexpr float kHallGrowth =
    1.25F;  // names of 12.5 pixels at 175 % become 27, and are 22 where it is a little too tight

EntityRef hit_at(const std::vector<StageHit>& hits, Vec2 point) {
  for (auto it = hits.rbegin(); it != hits.rend(); ++it) {
    if (it->rect.contains(point)) {
      return it->entity;
    }
  }
  return {};
}

void fact(const Panel& ui, std::string_view name, std::string_view value) {
  label(ui, Face::Regular, text_size::kSmall, ui.theme.text_secondary, name);
  ImGui::SameLine(ui.px(130));
  label(ui, Face::Mono, text_size::kSmall, ui.theme.text, value);
}

void node_card(const Panel& ui, const view::Node& n) {
  if (!n.label.empty()) {
    label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, n.label);
  }
  if (n.status != view::NodeStatus::kUp) {
    fact(ui, "state", n.status_text);
  }
  if (!n.partner.empty()) {
    fact(ui, "one process with", n.partner);
  }
  switch (n.role) {
    case view::NodeRole::kBroker:
      fact(ui, "leads", fmt::format("{} of {} replicas", n.leader_count, n.replica_count));
      fact(ui, "request queue",
           fmt::format("{} waiting, {} of {} threads busy", n.queue_length, n.busy_threads, n.thread_count));
      break;
    case view::NodeRole::kProducer:
      fact(ui, "sent", count_text(n.sent_count));
      fact(ui, "acknowledged", count_text(n.acked_count));
      fact(ui, "failed", count_text(n.failed_count));
      fact(ui, "buffered", count_text(n.buffered_count));
      break;
    case view::NodeRole::kConsumer:
      fact(ui, "member state", n.member_state);
      fact(ui, "processed", count_text(n.processed_count));
      break;
    case view::NodeRole::kZooKeeper:
    case view::NodeRole::kController:
    case view::NodeRole::kAdmin: break;
  }
}

void replica_card(const view::Snapshot& s, const Panel& ui, const EntityRef& e) {
  for (const view::Partition& p : s.partitions) {
    if (p.topic != e.a || p.partition != e.b) {
      continue;
    }
    for (const view::Replica& r : p.replicas) {
      if (r.node == e.c) {
        label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, r.state_text);
        fact(ui, "log start", std::to_string(r.log_start_offset));
        fact(ui, "high watermark", std::to_string(r.high_watermark));
        fact(ui, "log end", std::to_string(r.log_end_offset));
        fact(ui, "leader epoch", std::to_string(r.leader_epoch));
      }
    }
  }
}

void record_card(const view::Snapshot& s, const Panel& ui, const EntityRef& e) {
  for (const view::Partition& p : s.partitions) {
    if (p.topic != e.a || p.partition != e.b) {
      continue;
    }
    for (const view::Replica& r : p.replicas) {
      for (const view::Cell& c : r.cells) {
        if (c.record != e.c) {
          continue;
        }
        fact(ui, "offset", std::to_string(c.offset));
        fact(ui, "key", c.key < 0 ? "none" : c.key_text);
        fact(ui, "size", bytes_text(c.size_bytes));
        fact(ui, "leader epoch", std::to_string(c.leader_epoch));
        fact(ui, "acknowledged", c.is_acked ? "yes" : "not yet");
        fact(ui, "committed", c.is_committed ? "yes: below the high watermark" : "not yet: above the high watermark");
        return;
      }
    }
  }
}

void hover_card(const view::Snapshot& s, const Panel& ui, const EntityRef& e) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(12), ui.px(10)));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(4)));
  ImGui::BeginTooltip();
  label(ui, Face::Strong, text_size::kHeading, ui.theme.text, name_of(s, e));
  if (ui.state.explains) {
    label_wrapped(ui, Face::Regular, text_size::kBody, ui.theme.text, meaning_of(s, e), ui.px(360));
    ImGui::Dummy({1, ui.px(2)});
  }
  switch (e.kind) {
    case EntityKind::kNode:
      for (const view::Node& n : s.nodes) {
        if (n.node == e.a) {
          node_card(ui, n);
        }
      }
      break;
    case EntityKind::kReplica: replica_card(s, ui, e); break;
    case EntityKind::kRecord: record_card(s, ui, e); break;
    case EntityKind::kMessage:
      for (const view::InFlight& m : s.in_flight) {
        if (static_cast<std::int64_t>(m.message) == e.a) {
          label_wrapped(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, m.summary, ui.px(320));
          fact(ui, "size", bytes_text(m.size_bytes));
          fact(ui, "arrives in", m.is_held ? "held: the link is cut or stalled" : span_text(m.arrives_at - s.now));
        }
      }
      break;
    case EntityKind::kGroup:
      for (const view::Group& g : s.groups) {
        if (g.group == e.a) {
          fact(ui, "state", g.state);
          fact(ui, "generation", std::to_string(g.generation));
          fact(ui, "coordinator", g.coordinator < 0 ? "none" : fmt::format("broker {}", g.coordinator));
          fact(ui, "lag", count_text(g.total_lag));
        }
      }
      break;
    case EntityKind::kLink:
      for (const view::LinkFault& f : s.link_faults) {
        if (f.a == e.a && f.b == e.b) {
          label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, f.text);
        }
      }
      break;
    default: break;
  }
  label(ui, Face::Regular, text_size::kSmall, ui.theme.text_secondary,
        ui.state.explains ? "Esc ends \u201cWhat is this?\u201d"
                          : "click: select \u00b7 right click: break, mend, change");
  ImGui::EndTooltip();
  ImGui::PopStyleVar(2);
}

// Shift and drag: the brokers inside the band can be cut off from the others.
void draw_band(const Panel& ui, const StageLayout& layout) {
  const ImGuiIO& io = ImGui::GetIO();
  UiState& state = ui.state;
  if (ImGui::IsItemActivated() && io.KeyShift) {
    state.is_banding = true;
    state.band_from = vec(io.MousePos);
  }
  if (!state.is_banding) {
    return;
  }
  const Vec2 to = vec(io.MousePos);
  const Rect band{std::min(state.band_from.x, to.x), std::min(state.band_from.y, to.y),
                  std::abs(to.x - state.band_from.x), std::abs(to.y - state.band_from.y)};
  ImGuiPainter p = window_painter(ui);
  p.fill_rect(band, faded(ui.theme.accent, 0.12F), ui.px(4));
  p.rect(band, ui.theme.accent, ui.px(1.5F), ui.px(4));
  state.banded.clear();
  for (const NodeBox& box : layout.nodes) {
    if (box.column == StageColumn::Middle && band.overlaps(box.rect)) {
      state.banded.push_back(box.node);
      p.rect(box.rect.inset(-ui.px(3)), ui.theme.accent, ui.px(3), ui.px(9));
    }
  }
  if (ImGui::IsMouseReleased(0)) {
    state.is_banding = false;
    if (!state.banded.empty()) {
      ImGui::OpenPopup("banded");
    }
  }
}

void draw_band_menu(const view::Snapshot& s, const Panel& ui) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(12), ui.px(10)));
  if (ImGui::BeginPopup("banded")) {
    std::string inside;
    std::vector<std::pair<std::string, std::string>> pairs;  // links that leave the band
    for (const std::int32_t node : ui.state.banded) {
      const std::string name = name_of(s, {EntityKind::kNode, node});
      inside += (inside.empty() ? "" : ", ") + name;
      for (const view::Node& other : s.nodes) {
        const bool is_outside =
            std::find(ui.state.banded.begin(), ui.state.banded.end(), other.node) == ui.state.banded.end();
        if (is_outside && (other.role == view::NodeRole::kBroker || other.role == view::NodeRole::kZooKeeper ||
                           other.role == view::NodeRole::kController)) {
          pairs.emplace_back(name, other.name);
        }
      }
    }
    label(ui, Face::Strong, text_size::kHeading, ui.theme.text, inside);
    ImGui::Separator();
    auto act = [&](const char* title, const std::string& verb, const std::string& rest) {
      if (ImGui::MenuItem(title, nullptr, false, !pairs.empty())) {
        std::string line;
        for (const auto& [a, b] : pairs) {
          line += (line.empty() ? "" : "; ") + verb + " " + a + " " + b + rest;
        }
        ui.sink.push(DoScript{line});
      }
      place(ui, "band", title);
    };
    act("Cut off from the other servers", "cut", "");
    act("Delay to the other servers +80 ms", "delay", " 80ms");
    act("Heal to the other servers", "heal", "");
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
}

// The selection in the middle and large, as far as the zoom goes.
void focus_camera(const Panel& ui, const StageLayout& layout, const view::Snapshot& s, const Rect& area) {
  if (!ui.state.focus_wanted) {
    return;
  }
  ui.state.focus_wanted = false;
  const EntityRef& e = ui.state.selection;
  Rect target;
  for (const NodeBox& box : layout.nodes) {
    if ((e.kind == EntityKind::kNode && box.node == e.a) || (e.kind == EntityKind::kReplica && box.node == e.c)) {
      target = box.rect;
    }
  }
  for (const view::InFlight& m : s.in_flight) {
    const NodeBox* from = layout.find(m.from);
    const NodeBox* to = layout.find(m.to);
    if (e.kind == EntityKind::kMessage && static_cast<std::int64_t>(m.message) == e.a && from != nullptr &&
        to != nullptr) {
      target = united(from->rect, to->rect);
    }
  }
  if (target.empty()) {
    return;
  }
  Camera& camera = ui.state.camera;
  const float fit = std::min(area.w / target.w, area.h / target.h) * 0.7F;
  const float zoom = std::clamp(camera.zoom * fit, 1.0F, 3.0F);
  const Vec2 from_center = target.center() - area.center() - camera.pan;
  camera.pan = from_center * (-zoom / camera.zoom);
  camera.zoom = zoom;
}

void move_camera(const Panel& ui, const Rect& area) {
  const ImGuiIO& io = ImGui::GetIO();
  Camera& camera = ui.state.camera;
  if (ImGui::IsItemActive() && !ui.state.is_banding && ImGui::IsMouseDragging(0, ui.px(4))) {
    camera.pan = camera.pan + vec(io.MouseDelta);
  }
  if (ImGui::IsItemHovered() && io.MouseWheel != 0) {
    const float zoom = std::clamp(camera.zoom * std::pow(1.12F, io.MouseWheel), 0.4F, 5.0F);
    // The point under the cursor stays where it is.
    const Vec2 from_center = vec(io.MousePos) - area.center() - camera.pan;
    camera.pan = camera.pan - from_center * (zoom / camera.zoom - 1);
    camera.zoom = zoom;
  }
}

}  // namespace

void draw_entity_cursor(const view::Snapshot& s, const Panel& ui, const std::vector<StageHit>& hits) {
  ui.state.hovered = {};
  if (ui.places.is_on) {
    for (const StageHit& hit : hits) {
      if (hit.entity.kind != EntityKind::kRecord) {
        ui.places.add("stage", name_of(s, hit.entity), hit.rect);
      }
    }
  }
  if (ImGui::IsItemHovered()) {
    const EntityRef under = hit_at(hits, vec(ImGui::GetIO().MousePos));
    ui.state.hovered = under;
    if (under.is_set() && !ImGui::IsMouseDragging(0, ui.px(4))) {
      hover_card(s, ui, under);
    }
    // A click that began elsewhere, on a menu that has closed since, is none of this canvas.
    ui.state.is_pressing = ui.state.is_pressing || ImGui::IsMouseClicked(0);
    if (ui.state.is_pressing && ImGui::IsMouseReleased(0) &&
        ImGui::GetIO().MouseDragMaxDistanceSqr[0] < ui.px(4) * ui.px(4)) {
      ui.state.selection = under;
    }
    if (ImGui::IsMouseDoubleClicked(0) && under.is_set()) {
      ui.state.selection = under;
      ui.sink.push(DoCommand{CommandId::FocusSelection});
    }
    if (ImGui::IsMouseReleased(1) && under.is_set()) {
      ui.state.selection = under;
      ui.state.menu_for = under;
      ImGui::OpenPopup("faults");
    }
  }
  ui.state.is_pressing = ui.state.is_pressing && ImGui::IsMouseDown(0);
  // A window that appears takes the focus, which would close the menu again.
  if (ui.state.fault_menu_wanted && !ImGui::IsWindowAppearing()) {
    ui.state.fault_menu_wanted = false;
    ui.state.menu_for = ui.state.selection;
    for (const StageHit& hit : hits) {
      if (hit.entity == ui.state.selection) {
        ImGui::SetNextWindowPos(im(hit.rect.center()), ImGuiCond_Always);
      }
    }
    ImGui::OpenPopup("faults");
  }
  draw_fault_menu(s, ui);
}

void draw_cluster(const view::Snapshot& s, const Panel& ui, const Rect& area) {
  // Where height is short the cluster needs it more than the frame of the caption.
  const float caption = ui.px(area.h < ui.px(kLowStage) ? 46 : ui.state.theme == ThemeId::Projector ? 64 : 58);
  const float hints = callouts_height(ui);
  const Rect canvas{area.x, area.y, area.w, area.h - caption - hints};
  ui.state.is_wall = needs_wall(s, canvas, ui.scale);
  if (ui.state.is_wall) {
    draw_wall_panel(s, ui, canvas);
    draw_caption(s, ui, {area.x, area.bottom() - caption, area.w, caption});
    return;
  }
  ImGuiPainter painter = window_painter(ui);
  painter.push_clip(canvas);
  // The last row of a hall reads what is on the stage, so there it takes all the space it can get.
  const float growth = ui.state.theme == ThemeId::Projector ? kHallGrowth : 1;
  const StageLayout layout =
      compute_stage(s, {canvas, ui.scale, ui.state.camera.zoom, ui.state.camera.pan, ui.state.show_admin, growth});
  StageOptions options;
  options.cell_text = ui.state.cell_text;
  options.show_ghosts = ui.state.show_ghosts;
  options.show_hidden_messages = ui.state.show_hidden_messages;
  options.reduced_motion = ui.state.reduced_motion;
  options.selection = ui.state.selection;
  options.hovered = ui.state.hovered;
  std::vector<StageHit> hits;
  StagePaint stage{painter, ui.theme, s, layout, options, hits};
  paint_stage(stage);
  painter.pop_clip();

  ImGui::SetCursorScreenPos({area.x, area.y});
  ImGui::InvisibleButton("canvas", {canvas.w, canvas.h},
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
  ImGui::SetItemAllowOverlap();
  place(ui, "canvas", "cluster");
  move_camera(ui, canvas);
  focus_camera(ui, layout, s, canvas);
  draw_band(ui, layout);
  if (!ui.state.is_banding) {
    draw_entity_cursor(s, ui, hits);
  }
  draw_band_menu(s, ui);
  draw_caption(s, ui, {area.x, area.bottom() - caption, area.w, caption});
  draw_callouts(ui, {area.x, canvas.bottom(), area.w, hints});
}

}  // namespace kscope::ui
