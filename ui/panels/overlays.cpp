// What lies over the window: palette, key sheet, legend, help, and the small questions "go to" and "run until".
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>
#include <algorithm>
#include <array>

#include "ui/app/format.h"
#include "ui/app/widgets.h"
#include "ui/draw/stage_paint.h"
#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

constexpr ImGuiWindowFlags kOverlay = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                      ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings;

// Centred window of a given size at 100 %; false when the user closed it by a click outside.
bool begin_overlay(const Panel& ui, const char* id, float width, float height, float top) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float w = std::min(ui.px(width), screen.x - ui.px(40));
  const float h = std::min(ui.px(height), screen.y - ui.px(40));
  ImGui::SetNextWindowPos({(screen.x - w) / 2, top < 0 ? (screen.y - h) / 2 : ui.px(top)});
  ImGui::SetNextWindowSize({w, h});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(20), ui.px(18)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.px(12));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, im(ui.theme.panel));
  ImGui::PushStyleColor(ImGuiCol_Border, im(ui.theme.border_strong));
  ImGui::Begin(id, nullptr, kOverlay);
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar(2);
  const bool outside =
      ImGui::IsMouseClicked(0) &&
      !ImGui::IsWindowHovered(ImGuiHoveredFlags_RootAndChildWindows | ImGuiHoveredFlags_AllowWhenBlockedByPopup) &&
      !ImGui::IsWindowAppearing();
  return !outside;
}

void key_cap(const Panel& ui, const std::string& text) {
  ImGuiPainter p = window_painter(ui);
  const float size = ui.px(text_size::kSmall);
  const float width = std::max(ui.px(28), p.text_size(Face::Mono, size, text).x + ui.px(14));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect r{at.x, at.y, width, ui.px(22)};
  p.fill_rect(r, ui.theme.raised, ui.px(5));
  p.rect(r, ui.theme.border_strong, 1, ui.px(5));
  text_centered(p, r.center(), ui.theme.text, Face::Mono, size, text);
  ImGui::Dummy({width, ui.px(22)});
}

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
    auto thing = [&](const std::string& name, const char* note, const view::EntityRef& e) {
      const int score = fuzzy_score(query, name);
      if (score >= 0) {
        out.push_back({score + 2, name, note, "", DoCommand{CommandId::FocusSelection}, e});
      }
    };
    for (const view::Node& n : s.nodes) {
      thing(n.name, "select", {view::EntityKind::kNode, n.node});
    }
    for (const view::Partition& p : s.partitions) {
      thing(p.name, "select", {view::EntityKind::kPartition, p.topic, p.partition});
    }
    for (const view::Group& g : s.groups) {
      thing(g.name, "select", {view::EntityKind::kGroup, g.group});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Choice& a, const Choice& b) { return a.score > b.score; });
  return out;
}

void draw_palette(const view::Snapshot& s, const Panel& ui) {
  if (!ui.state.palette_open) {
    return;
  }
  bool open = begin_overlay(ui, "##palette", 620, 440, 90);
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

void draw_keys(const Panel& ui) {
  if (!ui.state.keys_open) {
    return;
  }
  const bool open = begin_overlay(ui, "##keys", 1120, 800, -1);
  label(ui, Face::Strong, text_size::kTitle, ui.theme.text, "Keys");
  ImGui::BeginChild("sheet");
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(2)));
  ImGui::Columns(3, "key_columns", false);
  for (const Menu menu : {Menu::Run, Menu::Faults, Menu::View, Menu::Explain, Menu::File, Menu::Lessons, Menu::Help}) {
    ImGui::PushID(static_cast<int>(menu));
    if (menu == Menu::View || menu == Menu::Explain) {
      ImGui::NextColumn();
    }
    ImGui::Dummy({1, ui.px(6)});
    heading(ui, title_of(menu));
    for (const CommandSpec& spec : command_table()) {
      if (spec.menu != menu || keys_text(spec, true).empty()) {
        continue;
      }
      const float x = ImGui::GetCursorPosX();
      key_cap(ui, keys_text(spec, true));
      ImGui::SameLine();
      ImGui::SetCursorPos({x + ui.px(104), ImGui::GetCursorPosY() + ui.px(3)});
      label(ui, Face::Regular, text_size::kBody, ui.theme.text, spec.title);
      item_tooltip(ui, spec.help);
    }
    ImGui::PopID();
  }
  ImGui::Columns(1);
  ImGui::PopStyleVar();
  ImGui::EndChild();
  ImGui::End();
  ui.state.keys_open = open;
}

// ---- legend

using SignPainter = void (*)(Painter&, const Theme&, Vec2, float);
struct Sign {
  std::string_view text;
  SignPainter paint;
};

void message_sign(Painter& p, const Theme& t, Vec2 c, float u, view::MessageFamily family, bool response, bool error) {
  draw_message(p, c, 16 * u, {shape_of(family), response, error}, error ? t.bad : color_of(t, family), t.panel,
               t.outline, 1.2F * u);
}
void cell_sign(Painter& p, const Theme& t, Vec2 c, float u, bool committed) {
  const Rect r{c.x - 9 * u, c.y - 8 * u, 18 * u, 16 * u};
  p.fill_rect(r, committed ? t.key_hues[0] : mixed(t.panel, t.key_hues[0], 0.45F), 3 * u);
  if (committed) {
    p.rect(r, t.outline, 1, 3 * u);
  } else {
    dashed_rect(p, r, 3 * u, {3.5F * u, 2.5F * u, 0}, t.outline, 1.2F * u);
  }
}

const std::array<Sign, 24> kSigns{{
    {"leads this partition",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_crown(p, c, 17 * u, t.leader, t.outline, u); }},
    {"preferred leader that does not lead",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_star(p, c, 16 * u, t.text_secondary, u); }},
    {"active controller",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_badge(p, c, 12 * u, "C", t.accent, t.outline, ink_on(t.accent), 12 * u);
     }},
    {"group coordinator",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_badge(p, c, 12 * u, "GC", t.key_hues[3], t.outline, ink_on(t.key_hues[3]), 10 * u);
     }},
    {"ZooKeeper session: drains without heartbeats",
     [](Painter& p, const Theme& t, Vec2 c, float u) { timer_arc(p, c, 8 * u, 0.7F, t.ok, t.border, 2.5F * u); }},
    {"follower out of the ISR",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_hatch(p, {c.x - 14 * u, c.y - 7 * u, 28 * u, 14 * u}, Hatch::Rising, 7 * u, t.attention, u);
     }},
    {"record below the high watermark: committed",
     [](Painter& p, const Theme& t, Vec2 c, float u) { cell_sign(p, t, c, u, true); }},
    {"record above it: consumers cannot read it yet",
     [](Painter& p, const Theme& t, Vec2 c, float u) { cell_sign(p, t, c, u, false); }},
    {"ghost: truncated; thick red: it was acknowledged",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       dashed_rect(p, {c.x - 9 * u, c.y - 7 * u, 18 * u, 14 * u}, 2 * u, {3 * u, 2 * u, 0}, t.bad, 1.2F * u);
       draw_cross(p, c, 9 * u, t.bad, 2.4F * u);
     }},
    {"log start",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_log_start(p, {c.x, c.y - 8 * u}, 16 * u, t.text, 1.2F * u);
     }},
    {"high watermark",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_high_watermark(p, {c.x, c.y + 5 * u}, 11 * u, t.text);
     }},
    {"log end",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_log_end(p, {c.x, c.y + 5 * u}, 12 * u, t.text, t.panel, 1.2F * u);
     }},
    {"group: committed offset",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_committed(p, c, 9 * u, t.text); }},
    {"group: position; between both: in processing",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_position(p, c, 9 * u, t.text, t.panel, 1.4F * u); }},
    {"Produce", [](Painter& p, const Theme& t, Vec2 c,
                   float u) { message_sign(p, t, c, u, view::MessageFamily::kProduce, false, false); }},
    {"Fetch", [](Painter& p, const Theme& t, Vec2 c,
                 float u) { message_sign(p, t, c, u, view::MessageFamily::kFetch, false, false); }},
    {"group protocol", [](Painter& p, const Theme& t, Vec2 c,
                          float u) { message_sign(p, t, c, u, view::MessageFamily::kGroup, false, false); }},
    {"controller and metadata",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       message_sign(p, t, c, u, view::MessageFamily::kController, false, false);
     }},
    {"ZooKeeper", [](Painter& p, const Theme& t, Vec2 c,
                     float u) { message_sign(p, t, c, u, view::MessageFamily::kZooKeeper, false, false); }},
    {"hollow: the response", [](Painter& p, const Theme& t, Vec2 c,
                                float u) { message_sign(p, t, c, u, view::MessageFamily::kFetch, true, false); }},
    {"cross inside: it carries an error",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       message_sign(p, t, c, u, view::MessageFamily::kProduce, true, true);
     }},
    {"a message died here",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_cross(p, c, 14 * u, t.bad, 3 * u); }},
    {"cut link",
     [](Painter& p, const Theme& t, Vec2 c, float u) {
       draw_wall(p, {c.x, c.y - 10 * u}, {c.x, c.y + 10 * u}, 7 * u, t.panel, t.bad, 1.4F * u);
     }},
    {"a fault was put in",
     [](Painter& p, const Theme& t, Vec2 c, float u) { draw_bolt(p, c, 18 * u, t.selection, t.outline, u); }},
}};

void draw_legend(const Panel& ui) {
  if (!ui.state.legend_open) {
    return;
  }
  const bool open = begin_overlay(ui, "##legend", 780, 480, -1);
  label(ui, Face::Strong, text_size::kTitle, ui.theme.text, "Legend");
  ImGui::Dummy({1, ui.px(4)});
  ImGui::BeginChild("signs");
  ImGui::Columns(2, "sign_columns", false);
  ImGuiPainter p = window_painter(ui);
  for (std::size_t i = 0; i < kSigns.size(); ++i) {
    if (i == kSigns.size() / 2) {
      ImGui::NextColumn();
    }
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Vec2 c{at.x + ui.px(20), at.y + ui.px(14)};
    kSigns[i].paint(p, ui.theme, c, ui.scale);
    text_left(p, {at.x + ui.px(48), c.y}, ui.theme.text, Face::Regular, ui.px(text_size::kBody), kSigns[i].text);
    ImGui::Dummy({ui.px(40), ui.px(26)});
  }
  ImGui::Columns(1);
  ImGui::EndChild();
  ImGui::End();
  ui.state.legend_open = open;
}

// ---- help and questions

void draw_help(const Panel& ui) {
  if (!ui.state.help_open) {
    return;
  }
  const bool open = begin_overlay(ui, "##help", 640, 430, -1);
  label(ui, Face::Strong, text_size::kTitle, ui.theme.text, "Kafkascope");
  label_wrapped(ui, Face::Regular, text_size::kBody, ui.theme.text_secondary,
                "Every message, timer and disk write of a Kafka cluster, simulated so that the same seed always gives "
                "the same run.");
  ImGui::Dummy({1, ui.px(4)});
  static constexpr std::array<std::string_view, 6> kLines{
      "Space pauses and goes on. The arrow keys go one event forward or back, with Shift one notable event.",
      "Drag the red playhead to any moment. Going back never loses anything.",
      "Right-click anything to break or mend it. Doing so in the past makes a branch; Ctrl+Z returns to the old one.",
      "Click a broker, a replica, a record, a message or a group: the inspector on the right shows all about it.",
      "The line below the stage tells the latest notable event and the config that governs it.",
      "Ctrl+P finds every command by typing. H shows what the signs mean, ? shows all keys."};
  for (const auto line : kLines) {
    ImGui::Bullet();
    label_wrapped(ui, Face::Regular, text_size::kBody, ui.theme.text, line);
  }
  ImGui::End();
  ui.state.help_open = open;
}

bool draw_question(const Panel& ui, const char* id, std::string_view title, std::string_view hint, std::string& text) {
  bool open = begin_overlay(ui, id, 460, 148, 140);
  label(ui, Face::Strong, text_size::kHeading, ui.theme.text, title);
  if (ImGui::IsWindowAppearing()) {
    ImGui::SetKeyboardFocusHere();
  }
  ImGui::SetNextItemWidth(-1);
  const bool enter =
      ImGui::InputTextWithHint("##answer", std::string(hint).c_str(), &text, ImGuiInputTextFlags_EnterReturnsTrue);
  label(ui, Face::Regular, text_size::kSmall, ui.state.goto_error.empty() ? ui.theme.text_secondary : ui.theme.bad_text,
        ui.state.goto_error.empty() ? std::string_view("Enter does it, Esc closes.")
                                    : std::string_view(ui.state.goto_error));
  ImGui::End();
  if (!open) {
    ui.state.goto_open = ui.state.until_open = false;
  }
  return enter;
}

void draw_questions(const Panel& ui) {
  UiState& state = ui.state;
  if (state.goto_open && draw_question(ui, "##goto", "Go to", "12.5s, 300ms or #840", state.goto_text)) {
    const bool is_event = !state.goto_text.empty() && state.goto_text[0] == '#';
    const Duration time = parse_span(state.goto_text);
    if (is_event) {
      ui.sink.push(SeekEvent{std::strtoull(state.goto_text.c_str() + 1, nullptr, 10)});
      state.goto_open = false;
    } else if (time.count() >= 0) {
      ui.sink.push(SeekTime{SimTime(time)});
      state.goto_open = false;
    } else {
      state.goto_error = "That is neither a time such as 12.5s nor an event such as #840.";
    }
  }
  if (state.until_open &&
      draw_question(ui, "##until", "Run until", "isr(orders-0) < 2   or   12.5s", state.goto_text)) {
    const Duration time = parse_span(state.goto_text);
    if (time.count() >= 0) {
      ui.sink.push(SeekTime{SimTime(time)});
    } else if (!state.goto_text.empty()) {
      ui.sink.push(RunUntilCondition{state.goto_text});
    }
    state.until_open = false;
  }
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

}  // namespace

void draw_overlays(const view::Snapshot& s, const Panel& ui) {
  const UiState& state = ui.state;
  if (state.palette_open || state.keys_open || state.legend_open || state.help_open || state.goto_open ||
      state.until_open) {
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    begin_region("##dim", {0, 0, screen.x, screen.y}, ui.theme.shade, {0, 0}, Layer::Above);
    end_region();
  }
  draw_palette(s, ui);
  draw_keys(ui);
  draw_legend(ui);
  draw_help(ui);
  draw_questions(ui);
  draw_presenter(ui);
}

}  // namespace kscope::ui
