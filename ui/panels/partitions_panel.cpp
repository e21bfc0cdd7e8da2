// The partitions as a table in the words of operators, by partition, by broker or by consumer.
#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <map>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

using view::EntityKind;
using view::EntityRef;
using view::Partition;

void header_row(const Panel& ui) {
  ImGui::PushStyleColor(ImGuiCol_Text, im(ui.theme.text_secondary));
  ImGui::TableHeadersRow();
  ImGui::PopStyleColor();
}

void number(const Panel& ui, std::int64_t n) {
  label(ui, Face::Regular, text_size::kBody, ui.theme.text, std::to_string(n));
}

// Broker ids in placement order; who is missing from the ISR is struck through.
void replica_list(const Panel& ui, const Partition& p) {
  ImGuiPainter painter = window_painter(ui);
  for (std::size_t i = 0; i < p.replica_ids.size(); ++i) {
    const std::int32_t id = p.replica_ids[i];
    const bool in_isr = std::find(p.isr.begin(), p.isr.end(), id) != p.isr.end();
    if (i > 0) {
      ImGui::SameLine(0, ui.px(7));
    }
    label(ui, in_isr ? Face::Strong : Face::Regular, text_size::kBody, in_isr ? ui.theme.text : ui.theme.attention_text,
          std::to_string(id));
    if (!in_isr) {
      const Rect r = item_rect();
      painter.line({r.x - ui.px(2), r.center().y}, {r.right() + ui.px(2), r.center().y}, ui.theme.bad_text,
                   ui.px(1.6F));
    }
  }
}

void state_cell(const Panel& ui, const Partition& p) {
  const Status status = p.leader < 0            ? Status::Bad
                        : p.is_under_min_isr    ? Status::Bad
                        : p.is_under_replicated ? Status::Attention
                                                : Status::Ok;
  const char* word = p.leader < 0            ? "offline"
                     : p.is_under_min_isr    ? "under min ISR"
                     : p.is_under_replicated ? "under-replicated"
                                             : "healthy";
  ImGuiPainter painter = window_painter(ui);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_status(painter, ui.theme, {at.x + ui.px(7), at.y + ui.px(9)}, ui.px(13), status);
  ImGui::SetCursorScreenPos({at.x + ui.px(22), at.y});
  label(ui, Face::Regular, text_size::kBody, status_text_color(ui.theme, status), word);
}

std::int64_t worst_lag(const Partition& p) {
  std::int64_t lag = 0;
  for (const view::GroupMark& mark : p.groups) {
    lag = std::max(lag, mark.lag);
  }
  return lag;
}

void row_select(const view::Snapshot& s, const Panel& ui, int id, const EntityRef& entity) {
  ImGui::PushID(id);
  if (ImGui::Selectable("##row", ui.state.selection == entity, ImGuiSelectableFlags_SpanAllColumns)) {
    ui.state.selection = entity;
  }
  if (ImGui::IsItemHovered()) {
    ui.state.hovered = entity;
    if (ImGui::IsMouseReleased(1)) {
      ui.state.selection = entity;
      ui.state.menu_for = entity;
      ImGui::OpenPopup("faults");
    }
  }
  draw_fault_menu(s, ui);
  ImGui::PopID();
  ImGui::SameLine(0, 0);
}

constexpr ImGuiTableFlags kFlags = ImGuiTableFlags_ScrollY | ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_Resizable |
                                   ImGuiTableFlags_Sortable | ImGuiTableFlags_NoSavedSettings |
                                   ImGuiTableFlags_PadOuterX;

enum Column : ImGuiID { kTopic, kState, kLeader, kEpoch, kReplicas, kStart, kHigh, kEnd, kLag };

std::vector<const Partition*> sorted_partitions(const view::Snapshot& s) {
  std::vector<const Partition*> rows;
  for (const Partition& p : s.partitions) {
    rows.push_back(&p);
  }
  const ImGuiTableSortSpecs* specs = ImGui::TableGetSortSpecs();
  if (specs == nullptr || specs->SpecsCount == 0) {
    return rows;
  }
  auto key = [&](const Partition& p) -> std::int64_t {
    switch (specs->Specs[0].ColumnUserID) {
      case kState: return p.leader < 0 ? 0 : p.is_under_min_isr ? 1 : p.is_under_replicated ? 2 : 3;
      case kLeader: return p.leader;
      case kEpoch: return p.leader_epoch;
      case kReplicas: return static_cast<std::int64_t>(p.isr.size());
      case kStart: return p.log_start_offset;
      case kHigh: return p.high_watermark;
      case kEnd: return p.log_end_offset;
      case kLag: return worst_lag(p);
      default: return (static_cast<std::int64_t>(p.topic) << 32) + p.partition;
    }
  };
  const bool down = specs->Specs[0].SortDirection == ImGuiSortDirection_Descending;
  std::stable_sort(rows.begin(), rows.end(), [&](const Partition* a, const Partition* b) {
    return down ? key(*a) > key(*b) : key(*a) < key(*b);
  });
  return rows;
}

struct ColumnSpec {
  const char* name;
  float least;  // pixels at 100 % that its values need
  Column id;
};
constexpr std::array<ColumnSpec, 9> kColumns{{{"Partition", 84, kTopic},
                                              {"State", 118, kState},
                                              {"Leader", 52, kLeader},
                                              {"Epoch", 30, kEpoch},
                                              {"Replicas", 60, kReplicas},
                                              {"First", 30, kStart},
                                              {"HW", 36, kHigh},
                                              {"Log end", 36, kEnd},
                                              {"Lag", 36, kLag}}};

void draw_by_partition(const view::Snapshot& s, const Panel& ui) {
  // Each column has room for its title and the arrow of the order. They share what is left over; where there is too little,
  // one scrolls.
  std::array<float, kColumns.size()> widths{};
  float all = ImGui::GetStyle().ScrollbarSize;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    widths[i] = std::max(ImGui::CalcTextSize(kColumns[i].name).x + ui.px(11), ui.px(kColumns[i].least));
    all += widths[i] + 2 * ImGui::GetStyle().CellPadding.x;
  }
  const bool fits = all <= ImGui::GetContentRegionAvail().x;
  if (!ImGui::BeginTable(fits ? "partitions" : "partitions_narrow", static_cast<int>(kColumns.size()),
                         fits ? kFlags : kFlags | ImGuiTableFlags_ScrollX)) {
    return;
  }
  ImGui::TableSetupScrollFreeze(1, 1);
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    ImGui::TableSetupColumn(kColumns[i].name,
                            fits ? ImGuiTableColumnFlags_WidthStretch : ImGuiTableColumnFlags_WidthFixed, widths[i],
                            kColumns[i].id);
  }
  header_row(ui);
  const auto rows = sorted_partitions(s);
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(rows.size()));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const Partition& p = *rows[static_cast<std::size_t>(i)];
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      row_select(s, ui, i, {EntityKind::kPartition, p.topic, p.partition});
      label(ui, Face::Strong, text_size::kBody, ui.theme.text, p.name);
      ImGui::TableNextColumn();
      state_cell(ui, p);
      ImGui::TableNextColumn();
      label(ui, Face::Regular, text_size::kBody, ui.theme.text,
            p.leader < 0              ? "none"
            : p.leader == p.preferred ? std::to_string(p.leader)
                                      : fmt::format("{}, not {}", p.leader, p.preferred));
      ImGui::TableNextColumn();
      number(ui, p.leader_epoch);
      ImGui::TableNextColumn();
      replica_list(ui, p);
      ImGui::TableNextColumn();
      number(ui, p.log_start_offset);
      ImGui::TableNextColumn();
      number(ui, p.high_watermark);
      ImGui::TableNextColumn();
      number(ui, p.log_end_offset);
      ImGui::TableNextColumn();
      number(ui, worst_lag(p));
    }
  }
  ImGui::EndTable();
}

constexpr std::size_t kMostNames = 6;
constexpr std::size_t kMostNamesInTip = 60;

// Names as long as there are few of them; otherwise how many, and the names on a closer look.
void partition_list(const Panel& ui, const std::vector<std::string_view>& names, Color ink) {
  std::string all;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamesInTip); ++i) {
    all += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  if (names.size() <= kMostNames) {
    label_wrapped(ui, Face::Regular, text_size::kBody, names.empty() ? ui.theme.text_secondary : ink,
                  names.empty() ? "\u2013" : all);
    return;
  }
  label(ui, Face::Regular, text_size::kBody, ink, fmt::format("{} partitions", names.size()));
  item_tooltip(ui, names.size() > kMostNamesInTip ? all + ", \u2026" : all);
}

void draw_by_broker(const view::Snapshot& s, const Panel& ui) {
  if (!ImGui::BeginTable("brokers", 6, kFlags & ~ImGuiTableFlags_Sortable)) {
    return;
  }
  ImGui::TableSetupScrollFreeze(0, 1);
  for (const char* name : {"Broker", "State", "Leads", "Follows in sync", "Out of sync", "Requests waiting"}) {
    ImGui::TableSetupColumn(name);
  }
  header_row(ui);
  int id = 0;
  for (const view::Node& n : s.nodes) {
    if (n.role != view::NodeRole::kBroker) {
      continue;
    }
    std::vector<std::string_view> leads;
    std::vector<std::string_view> follows;
    std::vector<std::string_view> out;
    for (const Partition& p : s.partitions) {
      for (const view::Replica& r : p.replicas) {
        if (r.node == n.node) {
          (p.leader == n.broker_id ? leads : r.is_in_isr ? follows : out).push_back(p.name);
        }
      }
    }
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    row_select(s, ui, id++, {EntityKind::kNode, n.node});
    label(ui, Face::Strong, text_size::kBody, ui.theme.text, n.name);
    ImGui::TableNextColumn();
    label(ui, Face::Regular, text_size::kBody, ui.theme.text, n.status == view::NodeStatus::kUp ? "up" : n.status_text);
    for (const auto* list : {&leads, &follows, &out}) {
      ImGui::TableNextColumn();
      partition_list(ui, *list, list == &out ? ui.theme.attention_text : ui.theme.text);
    }
    ImGui::TableNextColumn();
    number(ui, n.queue_length);
  }
  ImGui::EndTable();
}

void draw_by_consumer(const view::Snapshot& s, const Panel& ui) {
  if (!ImGui::BeginTable("consumers", 7, kFlags & ~ImGuiTableFlags_Sortable)) {
    return;
  }
  ImGui::TableSetupScrollFreeze(0, 1);
  for (const char* name : {"Group", "Partition", "Consumer", "Committed", "Position", "Log end", "Lag"}) {
    ImGui::TableSetupColumn(name);
  }
  header_row(ui);
  int id = 0;
  for (const view::Group& g : s.groups) {
    for (const Partition& p : s.partitions) {
      for (const view::GroupMark& mark : p.groups) {
        if (mark.group != g.group) {
          continue;
        }
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        row_select(s, ui, id++,
                   mark.owner >= 0 ? EntityRef{EntityKind::kNode, mark.owner} : EntityRef{EntityKind::kGroup, g.group});
        label(ui, Face::Strong, text_size::kBody, ui.theme.text, g.name);
        ImGui::TableNextColumn();
        label(ui, Face::Regular, text_size::kBody, ui.theme.text, p.name);
        ImGui::TableNextColumn();
        const std::string owner = mark.owner >= 0 ? name_of(s, {EntityKind::kNode, mark.owner}) : "nobody";
        label(ui, Face::Regular, text_size::kBody, mark.owner >= 0 ? ui.theme.text : ui.theme.attention_text, owner);
        for (const std::int64_t offset : {mark.committed, mark.position}) {
          ImGui::TableNextColumn();
          if (offset < 0) {
            label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, "none");
          } else {
            number(ui, offset);
          }
        }
        ImGui::TableNextColumn();
        number(ui, p.log_end_offset);
        ImGui::TableNextColumn();
        number(ui, mark.lag);
      }
    }
  }
  ImGui::EndTable();
}

// Why a table is empty; nothing where it is not.
std::string_view empty_reason(const view::Snapshot& s, Pivot pivot) {
  const bool has_marks =
      std::any_of(s.partitions.begin(), s.partitions.end(), [](const Partition& p) { return !p.groups.empty(); });
  switch (pivot) {
    case Pivot::ByPartition: return s.partitions.empty() ? "There is no partition yet." : "";
    case Pivot::ByBroker: return "";
    case Pivot::ByConsumer: return has_marks ? "" : "No group reads a partition yet.";
  }
  return "";
}

}  // namespace

void draw_partitions_panel(const view::Snapshot& s, const Panel& ui) {
  int pivot = static_cast<int>(ui.state.pivot);
  if (segmented(ui, "pivot", {"By partition", "By broker", "By consumer"}, pivot)) {
    ui.state.pivot = static_cast<Pivot>(pivot);
  }
  if (const std::string_view reason = empty_reason(s, ui.state.pivot); !reason.empty()) {
    ImGui::Dummy({1, ui.px(6)});
    label(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary, reason);
    return;
  }
  ImGui::Dummy({1, ui.px(2)});
  switch (ui.state.pivot) {
    case Pivot::ByPartition: draw_by_partition(s, ui); break;
    case Pivot::ByBroker: draw_by_broker(s, ui); break;
    case Pivot::ByConsumer: draw_by_consumer(s, ui); break;
  }
}

}  // namespace kscope::ui
