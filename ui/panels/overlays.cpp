// What lies over the window: palette, key sheet, help; what a presenter needs; and the order of all of them.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>
#include <algorithm>
#include <array>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/layout/key_sheet.h"
#include "ui/panels/overlay.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

// ---- palette

struct Choice {
  int score = 0;
  std::string title;
  std::string note;
  std::string key;
  Request request;
  view::EntityRef select;
};

std::vector<Choice> palette_choices(const view::Snapshot& s, const Panel& ui) {
  const std::string& query = ui.state.palette_query;
  std::vector<Choice> out;
  for (const CommandSpec& spec : command_table()) {
    const int score = std::max(fuzzy_score(query, spec.title), fuzzy_score(query, spec.name) - 2);
    if (score >= 0 && ui.sink.why_disabled(spec.id).empty()) {
      out.push_back({score + 1,
                     std::string(spec.title),
                     std::string(title_of(spec.menu)),
                     keys_text(spec, true),
                     DoCommand{spec.id},
                     {}});
    }
  }
  if (!query.empty()) {
    for (const LibraryEntry& entry : ui.sink.library()) {
      const int score = fuzzy_score(query, entry.title);
      if (score >= 0) {
        out.push_back(
            {score, entry.title, entry.folder.empty() ? "scenario" : entry.folder, "", OpenPath{entry.path}, {}});
      }
    }
    auto thing = [&](const std::string& name, CommandId shown_by, const view::EntityRef& e) {
      const int score = fuzzy_score(query, name);
      if (score >= 0) {
        out.push_back({score + 2, name, "select", "", DoCommand{shown_by}, e});
      }
    };
    for (const view::Node& n : s.nodes) {
      thing(n.name, CommandId::ShowStage, {view::EntityKind::kNode, n.node});
    }
    for (const view::Partition& p : s.partitions) {
      thing(p.name, CommandId::ShowLog, {view::EntityKind::kPartition, p.topic, p.partition});
    }
    for (const view::Group& g : s.groups) {
      thing(g.name, CommandId::ShowGroups, {view::EntityKind::kGroup, g.group});
    }
    for (const Bookmark& mark : ui.state.bookmarks) {
      const int score = fuzzy_score(query, mark.text);
      if (score >= 0) {
        out.push_back({score, mark.text, "bookmark", "", SeekEvent{mark.event}, {}});
      }
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Choice& a, const Choice& b) { return a.score > b.score; });
  return out;
}

void draw_palette(const view::Snapshot& s, const Panel& ui) {
  if (!ui.state.palette_open) {
    return;
  }
  bool open = begin_overlay(ui, "##palette", {620, 440, 90});
  if (ImGui::IsWindowAppearing()) {
    ImGui::SetKeyboardFocusHere();
  }
  ImGui::SetNextItemWidth(-1);
  const std::string before = ui.state.palette_query;
  const bool enter = ImGui::InputTextWithHint("##query", "Find a command, a broker, a partition, a lesson \u2026",
                                              &ui.state.palette_query, ImGuiInputTextFlags_EnterReturnsTrue);
  if (before != ui.state.palette_query) {
    ui.state.palette_index = 0;
  }
  const auto choices = palette_choices(s, ui);
  if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_DownArrow))) {
    ++ui.state.palette_index;
  }
  if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_UpArrow))) {
    --ui.state.palette_index;
  }
  ui.state.palette_index = std::clamp(ui.state.palette_index, 0, std::max(0, static_cast<int>(choices.size()) - 1));
  ImGui::BeginChild("choices");
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const Choice& c = choices[i];
    const bool on = static_cast<int>(i) == ui.state.palette_index;
    ImGui::PushID(static_cast<int>(i));
    const bool clicked = ImGui::InvisibleButton("choice", {ImGui::GetContentRegionAvail().x, ui.px(30)});
    place(ui, "choice", c.title);
    const Rect r = item_rect();
    ImGuiPainter p = window_painter(ui);
    if (on || ImGui::IsItemHovered()) {
      p.fill_rect(r, on ? ui.theme.pressed : ui.theme.hover, ui.px(6));
    }
    text_left(p, {r.x + ui.px(12), r.center().y}, ui.theme.text, Face::Regular, ui.px(text_size::kBody), c.title,
              r.w * 0.6F);
    text_right(p, {r.right() - ui.px(110), r.center().y}, ui.theme.text_secondary, Face::Regular,
               ui.px(text_size::kSmall), c.note);
    text_right(p, {r.right() - ui.px(12), r.center().y}, ui.theme.text_secondary, Face::Mono, ui.px(text_size::kSmall),
               c.key);
    if (on && ImGui::IsWindowAppearing() == false && before != ui.state.palette_query) {
      ImGui::SetScrollHereY();
    }
    ImGui::PopID();
    if (clicked || (enter && on)) {
      if (c.select.is_set()) {
        ui.state.selection = c.select;
      }
      ui.sink.push(c.request);
      open = false;
    }
  }
  ImGui::EndChild();
  ImGui::End();
  if (!open) {
    ui.state.palette_open = false;
    ui.state.palette_query.clear();
    ui.state.palette_index = 0;
  }
}

// ---- key sheet

struct KeyRow {
  std::string keys;
  std::string_view title;
  std::string_view help;
};

struct KeyGroup {
  Menu menu;
  std::vector<KeyRow> rows;
};

// In this order three columns come out about equally long.
constexpr std::array kSheetMenus{Menu::Run,  Menu::Faults,  Menu::View, Menu::Explain,
                                 Menu::File, Menu::Lessons, Menu::Help};

std::vector<KeyGroup> key_groups() {
  std::vector<KeyGroup> out;
  for (const Menu menu : kSheetMenus) {
    KeyGroup group{menu, {}};
    for (const CommandSpec& spec : command_table()) {
      const std::string keys = keys_text(spec, true);
      if (spec.menu != menu || keys.empty()) {
        continue;
      }
      // Six keys in a row that do the same are one line.
      if (spec.id == CommandId::Speed1) {
        group.rows.push_back({keys + " \u2026 " + keys_text(spec_of(CommandId::Speed6), true),
                              "Speed, from very slow to fast", spec.help});
      } else if (spec.id < CommandId::Speed2 || spec.id > CommandId::Speed6) {
        group.rows.push_back({keys, spec.title, spec.help});
      }
    }
    if (!group.rows.empty()) {
      out.push_back(std::move(group));
    }
  }
  return out;
}

void draw_key_row(const Panel& ui, const KeyRow& key, const Rect& row, float unit) {
  ImGuiPainter p = window_painter(ui);
  const float size = text_size::kSmall * unit;
  const float width = std::max(28 * unit, p.text_size(Face::Mono, size, key.keys).x + 14 * unit);
  const Rect cap{row.x, row.y + unit, width, row.h - 2 * unit};
  p.fill_rect(cap, ui.theme.raised, 5 * unit);
  p.rect(cap, ui.theme.border_strong, 1, 5 * unit);
  text_centered(p, cap.center(), ui.theme.text, Face::Mono, size, key.keys);
  const float title = std::max(104 * unit, width + 8 * unit);
  text_left(p, {row.x + title, row.center().y}, ui.theme.text, Face::Regular, text_size::kBody * unit, key.title,
            row.w - title - 8 * unit);
  ImGui::SetCursorScreenPos({row.x, row.y});
  ImGui::Dummy({row.w, row.h});
  item_tooltip(ui, key.help);
}

void draw_keys(const Panel& ui) {
  if (!ui.state.keys_open) {
    return;
  }
  const std::vector<KeyGroup> groups = key_groups();
  std::vector<int> counts;
  counts.reserve(groups.size());
  for (const KeyGroup& group : groups) {
    counts.push_back(static_cast<int>(group.rows.size()));
  }
  const bool open = begin_overlay(ui, "##keys", {1240, 860, -1});
  label(ui, Face::Strong, text_size::kTitle, ui.theme.text, "Keys");
  ImGui::BeginChild("sheet");
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const KeySheet sheet = compute_key_sheet(counts, {room.x, room.y}, ui.scale, {});
  ImGuiPainter p = window_painter(ui);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const KeySheetGroup& lies = sheet.groups[g];
    text_left(p, {start.x + lies.heading.x, start.y + lies.heading.center().y}, ui.theme.text_secondary, Face::Strong,
              text_size::kSmall * sheet.unit, title_of(groups[g].menu));
    for (std::size_t i = 0; i < groups[g].rows.size(); ++i) {
      draw_key_row(ui, groups[g].rows[i], lies.rows[i].moved({start.x, start.y}), sheet.unit);
    }
  }
  ImGui::PopStyleVar();
  ImGui::EndChild();
  ImGui::End();
  ui.state.keys_open = open;
}

// ---- help

void draw_help(const Panel& ui) {
  if (!ui.state.help_open) {
    return;
  }
  const bool open = begin_overlay(ui, "##help", {640, 460, -1});
  label(ui, Face::Strong, text_size::kTitle, ui.theme.text, "Kafkascope");
  label_wrapped(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary,
                "Every message, timer and disk write of a Kafka cluster, simulated so that the same seed always gives "
                "the same run.");
  ImGui::Dummy({1, ui.px(4)});
  static constexpr std::array<std::string_view, 6> kLines{
      "Space pauses and goes on. The arrow keys go one event forward or back, with Shift one notable event.",
      "Drag the red playhead to any moment. Going back never loses anything.",
      "Right-click anything to break or mend it. Doing so in the past makes a branch; Ctrl+Z returns to the old one.",
      "Click a broker, a replica, a record, a message or a group: the inspector on the right shows all about it. "
      "Shift+F1 says what each of them is.",
      "The line below the stage tells the latest notable event and the config that governs it.",
      "Ctrl+P finds every command by typing. H shows what the signs mean, ? shows all keys."};
  for (const auto line : kLines) {
    ImGui::Bullet();
    label_wrapped(ui, Face::Regular, text_size::kBody, ui.theme.text, line);
  }
  ImGui::End();
  ui.state.help_open = open;
}

// For an audience: which key was pressed, and where the cursor is.
void draw_presenter(const Panel& ui) {
  if (ui.theme.id != ThemeId::Projector) {
    return;
  }
  ImGuiPainter p = foreground_painter(ui);
  if (ImGui::IsMousePosValid()) {
    const Vec2 mouse = vec(ImGui::GetIO().MousePos);
    p.fill_circle(mouse, ui.px(16), faded(ui.theme.selection, 0.35F));
    p.circle(mouse, ui.px(16), faded(ui.theme.outline, 0.5F), ui.px(1.2F));
  }
  if (ui.state.key_echo_left_s > 0) {
    const float size = ui.px(text_size::kBody);
    const float width = p.text_size(Face::Strong, size, ui.state.key_echo).x + ui.px(28);
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    const Rect r{(screen.x - width) / 2, ui.px(52), width, ui.px(32)};
    p.fill_rect(r, faded(ui.theme.text, 0.85F), r.h / 2);
    text_centered(p, r.center(), ui.theme.panel, Face::Strong, size, ui.state.key_echo);
  }
}

// The run goes on to what was asked for: how far it is, and how to stop it.
void draw_pursuit(const view::Snapshot& s, const Panel& ui) {
  if (ui.state.pursuit.empty()) {
    return;
  }
  ImGuiPainter p = foreground_painter(ui);
  const float size = ui.px(text_size::kBody);
  const std::string text = fmt::format("Running until {}      {}      Esc stops", ui.state.pursuit, clock_text(s.now));
  const float width = p.text_size(Face::Strong, size, text).x + ui.px(40);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const Rect r{(screen.x - width) / 2, ui.px(88), width, ui.px(36)};
  p.fill_rect(r, ui.theme.text, r.h / 2);
  text_centered(p, r.center(), ui.theme.panel, Face::Strong, size, text);
}

}  // namespace

void draw_overlays(const view::Snapshot& s, const Panel& ui) {
  const UiState& state = ui.state;
  if (state.palette_open || state.keys_open || state.legend_open || state.help_open || state.open_open ||
      state.question != Question::None || !state.problem.empty()) {
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    begin_region("##dim", {0, 0, screen.x, screen.y}, ui.theme.shade, {0, 0}, Layer::Above);
    end_region();
  }
  draw_palette(s, ui);
  draw_keys(ui);
  draw_legend(ui);
  draw_help(ui);
  draw_question(ui);
  draw_open_file(ui);
  draw_problem(ui);
  draw_pursuit(s, ui);
  draw_presenter(ui);
}

}  // namespace kscope::ui
