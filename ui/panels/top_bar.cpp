// Menu row, status row (clock, what comes next, health) and the chips of active faults.
#include <fmt/format.h>

#include <algorithm>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

// Every scenario of the library, one menu a folder.
void draw_library_menus(const Panel& ui) {
  const std::vector<LibraryEntry>& library = ui.sink.library();
  for (std::size_t i = 0; i < library.size();) {
    const std::string& folder = library[i].folder;
    const bool is_open = ImGui::BeginMenu(folder.empty() ? "scenarios" : folder.c_str());
    for (; i < library.size() && library[i].folder == folder; ++i) {
      if (!is_open) {
        continue;
      }
      if (ImGui::MenuItem(library[i].title.c_str(), nullptr, library[i].path == ui.state.opened_path)) {
        ui.sink.push(OpenPath{library[i].path});
      }
      if (ImGui::IsItemHovered() && !library[i].summary.empty()) {
        tooltip(ui, library[i].summary);
      }
    }
    if (is_open) {
      ImGui::EndMenu();
    }
  }
}

void draw_menu(const view::Snapshot& s, const Panel& ui, Menu menu) {
  const std::string title(title_of(menu));
  const bool is_open = ImGui::BeginMenu(title.c_str());
  place(ui, "menu", title);
  if (!is_open) {
    return;
  }
  if (menu == Menu::Faults && ui.state.selection.is_set()) {
    heading(ui, name_of(s, ui.state.selection));
    draw_fault_items(ui, ui.state.selection);
    ImGui::Separator();
  }
  for (const CommandSpec& spec : command_table()) {
    if (spec.menu != menu) {
      continue;
    }
    if (spec.separator) {
      ImGui::Separator();
    }
    const std::string why = ui.sink.why_disabled(spec.id);
    if (ImGui::MenuItem(std::string(spec.title).c_str(), keys_text(spec, true).c_str(), false, why.empty())) {
      ui.sink.push(DoCommand{spec.id});
    }
    place(ui, "item", spec.name);
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) {
      tooltip(ui, why.empty() ? std::string(spec.help) : std::string(spec.help) + "\nNot now: " + why);
    }
  }
  if (menu == Menu::Lessons) {
    ImGui::Separator();
    draw_library_menus(ui);
  }
  ImGui::EndMenu();
}

// The mark of the program: a scope with three records in it.
void draw_logo(Painter& p, const Panel& ui, Vec2 at) {
  const float r = ui.px(11);
  p.circle(at, r, ui.theme.accent_text, ui.px(2));
  p.line({at.x + r * 0.72F, at.y + r * 0.72F}, {at.x + r * 1.35F, at.y + r * 1.35F}, ui.theme.accent_text, ui.px(3));
  for (int i = 0; i < 3; ++i) {
    const auto k = static_cast<float>(i);
    p.fill_rect({at.x - ui.px(6.5F) + k * ui.px(4.7F), at.y - ui.px(3.5F), ui.px(3.6F), ui.px(7)},
                ui.theme.key_hues[static_cast<std::size_t>(i)], ui.px(1));
  }
}

void draw_menu_row(const view::Snapshot& s, const Panel& ui, const Rect& row) {
  ImGuiPainter p = window_painter(ui);
  draw_logo(p, ui, {row.x + ui.px(24), row.center().y});
  if (ImGui::BeginMenuBar()) {
    ImGui::SetCursorPosX(ui.px(48));
    for (const Menu menu :
         {Menu::File, Menu::Run, Menu::View, Menu::Faults, Menu::Explain, Menu::Lessons, Menu::Help}) {
      draw_menu(s, ui, menu);
    }
    ImGui::EndMenuBar();
  }
}

void draw_run_facts(const view::Snapshot& s, const Panel& ui, const Rect& row) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  float right = row.right() - ui.px(14);
  if (!s.simplifications.empty()) {
    const std::string text =
        fmt::format("\u2248 {} simplification{}", s.simplifications.size(), s.simplifications.size() == 1 ? "" : "s");
    const Chip c{text, Status::Unknown, false, false, false};
    const float width = chip_width(ui, c);
    ImGui::SetCursorScreenPos({right - width, row.center().y - ui.px(12)});
    std::string all = "Simplified against Kafka, where it matters here:";
    for (const std::string& line : s.simplifications) {
      all += "\n\u2022 " + line;
    }
    chip(ui, "simplified", c, all);
    right -= width + ui.px(12);
  }
  const std::string rules = s.rules.empty() ? "" : fmt::format("   \u00b7   rules {}", s.rules);
  const std::string facts = fmt::format("{}   \u00b7   seed {}{}", s.title, s.seed, rules);
  const float room = right - row.x - ui.px(520);
  if (room > ui.px(60)) {
    const float size = ui.px(text_size::kSmall + 1);
    const float width = std::min(room, p.text_size(Face::Regular, size, facts).x);
    text_left(p, {right - width, row.center().y}, t.text_secondary, Face::Regular, size, facts, room);
  }
}

float health_chip(const Panel& ui, float right, float y, const char* id, const std::string& text, Status status,
                  bool filled, std::string_view tip, CommandId opens) {
  const Chip c{text, status, filled, filled, false};
  const float width = chip_width(ui, c);
  ImGui::SetCursorScreenPos({right - width, y - ui.px(12)});
  if (chip(ui, id, c, tip)) {
    ui.sink.push(DoCommand{opens});
  }
  return right - width - ui.px(8);
}

float draw_health(const view::Snapshot& s, const Panel& ui, const Rect& row) {
  const view::Health& h = s.health;
  const float y = row.center().y;
  float right = row.right() - ui.px(14);
  auto count = [&](const char* id, const char* name, std::int64_t n, std::string_view tip, bool bad) {
    right =
        health_chip(ui, right, y, id, fmt::format("{} {}", name, count_text(n)), bad ? Status::Bad : Status::Attention,
                    n > 0 && id[0] != 'l', tip, id[0] == 'l' ? CommandId::ShowGroups : CommandId::ShowPartitions);
  };
  count("lag", "Lag", h.lag, "Records that consumer groups have not committed yet, all groups together.", false);
  count("offline", "Offline", h.offline, "Partitions without a leader: nobody can write or read them.", true);
  count("urp", "URP", h.under_replicated, "Under-replicated partitions: the ISR is smaller than the replica list.",
        false);
  if (h.acked_lost > 0 && h.verdict == view::Verdict::kBroken) {  // otherwise the chip of the whole says it
    right = health_chip(ui, right, y, "lost", fmt::format("{} acked records lost", h.acked_lost), Status::Bad, true,
                        "Records that a producer was told are stored, and that no leader can return any more.",
                        CommandId::ShowInvariants);
  }
  const bool is_down = std::any_of(s.nodes.begin(), s.nodes.end(), [&s](const view::Node& n) {
    const bool is_starting_anew = n.status == view::NodeStatus::kStarting && !s.partitions.empty();
    return n.role == view::NodeRole::kBroker && (n.status == view::NodeStatus::kDown || is_starting_anew);
  });
  const Status status = h.verdict == view::Verdict::kBroken || h.acked_lost > 0 || h.offline > 0 ? Status::Bad
                        : h.under_replicated > 0 || h.under_min_isr > 0 || is_down               ? Status::Attention
                                                                                                 : Status::Ok;
  return health_chip(ui, right, y, "health", h.text, status, true,
                     "The state of the whole cluster in one word. Click for the invariants.",
                     CommandId::ShowInvariants);
}

// How much of a recording is written, with a cross that gives it up; `right` is where it may end, the result where it begins.
float draw_recording(const Panel& ui, float right, float y) {
  if (ui.state.recording_percent < 0) {
    return right;
  }
  const std::string text = fmt::format("Recording {} %", ui.state.recording_percent);
  const Chip c{text, Status::Info, true, true, true};
  const float width = chip_width(ui, c);
  ImGui::SetCursorScreenPos({right - width, y - ui.px(12)});
  bool closed = false;
  chip(ui, "recording", c, "The run is executed once more and written. Esc or the cross gives it up.", &closed);
  if (closed) {
    ui.sink.push(GiveUpRecording{});
  }
  return right - width - ui.px(8);
}

void draw_status_row(const view::Snapshot& s, const Panel& ui, const Rect& row) {
  ImGuiPainter p = window_painter(ui);
  const Theme& t = ui.theme;
  const float y = row.center().y;
  const std::string clock = clock_text(s.now);
  const float clock_size = ui.px(20);
  text_left(p, {row.x + ui.px(16), y}, t.text, Face::Mono, clock_size, clock);
  float x = row.x + ui.px(16) + p.text_size(Face::Mono, clock_size, clock).x + ui.px(14);
  const std::string event = fmt::format("#{}", s.event);
  text_left(p, {x, y + ui.px(2)}, t.text_secondary, Face::Mono, ui.px(text_size::kSmall), event);
  x += p.text_size(Face::Mono, ui.px(text_size::kSmall), event).x + ui.px(20);
  const float right = draw_recording(ui, draw_health(s, ui, row), y);
  const float room = right - x - ui.px(10);
  if (room < ui.px(80)) {
    return;
  }
  text_left(p, {x, y}, t.text_secondary, Face::Strong, ui.px(text_size::kSmall), "NEXT");
  const float text_x = x + ui.px(44);
  std::string next = "nothing is left to happen";
  if (s.next.exists) {
    next = s.next.text + ", in " + span_text(s.next.time - s.now);
  }
  text_left(p, {text_x, y}, t.text, Face::Regular, ui.px(text_size::kBody), next, room - ui.px(44));
  ImGui::SetCursorScreenPos({x, row.y});
  if (ImGui::InvisibleButton("next", {room, row.h}) && s.next.about.is_set()) {
    ui.state.selection = s.next.about;
  }
  place(ui, "status", "next");
  if (ImGui::IsItemHovered() && ImGui::IsMouseReleased(1) && s.next.about.is_set()) {
    ui.state.selection = ui.state.menu_for = s.next.about;
    ImGui::OpenPopup("faults");
  }
  item_tooltip(ui, "The next event. Click to select what it is about, right-click to break it.");
  draw_fault_menu(s, ui);
}

void draw_chips(const view::Snapshot& s, const Panel& ui, const Rect& area) {
  begin_region("##chips", area, ui.theme.window, {ui.px(14), ui.px(4)});
  for (std::size_t i = 0; i < s.faults.size(); ++i) {
    const view::FaultChip& fault = s.faults[i];
    if (i > 0) {
      ImGui::SameLine(0, ui.px(8));
    }
    bool closed = false;
    ImGui::PushID(static_cast<int>(i));
    chip(ui, "fault", {fault.text, Status::Attention, true, true, !fault.undo_script.empty()},
         "An active fault. The cross ends it: " + fault.undo_script, &closed);
    ImGui::PopID();
    if (closed) {
      ui.sink.push(DoScript{fault.undo_script});
    }
  }
  end_region();
}

}  // namespace

void draw_top_bar(const view::Snapshot& s, const Panel& ui, const Regions& regions) {
  const Rect& area = regions.top;
  const float menu = ui.px(36);
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.w, area.h});
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(ui.px(10), ui.px(11)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(14), 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0.0F);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0F);
  ImGui::PushStyleColor(ImGuiCol_WindowBg, im(ui.theme.panel));
  // Without a menu row there is no menu bar: it would take the clicks of what lies there.
  const bool slim = ui.state.regions.slim;
  ImGui::Begin("##top", nullptr,
               ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus |
                   ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNavInputs |
                   (slim ? 0 : ImGuiWindowFlags_MenuBar));
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(3);
  const Rect first{area.x, area.y, area.w, menu};
  const Rect second = slim ? area : Rect{area.x, area.y + menu, area.w, area.h - menu};
  ImGui::GetWindowDrawList()->PushClipRectFullScreen();
  if (!slim) {
    draw_menu_row(s, ui, first);
    draw_run_facts(s, ui, first);
  }
  ImGui::PopStyleVar();
  draw_status_row(s, ui, second);
  ImGuiPainter p = window_painter(ui);
  p.line({area.x, area.bottom() - 0.5F}, {area.right(), area.bottom() - 0.5F}, ui.theme.border, 1);
  ImGui::GetWindowDrawList()->PopClipRect();
  end_region();
  if (!regions.chips.empty()) {
    draw_chips(s, ui, regions.chips);
  }
}

}  // namespace kscope::ui
