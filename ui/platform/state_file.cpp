#include "ui/platform/state_file.h"

#include <imgui.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ui/panels/panels.h"

namespace kscope::ui {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kLeastWait{40};

std::string word_of(view::NodeStatus status) {
  switch (status) {
    case view::NodeStatus::kUp: return "up";
    case view::NodeStatus::kStarting: return "starting";
    case view::NodeStatus::kShuttingDown: return "shutting down";
    case view::NodeStatus::kPaused: return "paused";
    case view::NodeStatus::kDown: return "down";
  }
  return "";
}

std::string word_of(StageTab tab) {
  switch (tab) {
    case StageTab::Cluster: return "Cluster";
    case StageTab::Log: return "Log";
    case StageTab::Sequence: return "Sequence";
    case StageTab::Partitions: return "Partitions";
    case StageTab::Groups: return "Groups";
  }
  return "";
}

json cluster_of(const view::Snapshot& s) {
  json out;
  for (const view::Node& n : s.nodes) {
    out["nodes"][n.name] = word_of(n.status);
  }
  for (const view::Partition& p : s.partitions) {
    out["partitions"][p.name] = {
        {"leader", p.leader}, {"isr", p.isr}, {"high_watermark", p.high_watermark}, {"log_end", p.log_end_offset}};
  }
  for (const view::Group& g : s.groups) {
    out["groups"][g.name] = {{"state", g.state}, {"generation", g.generation}};
  }
  for (const view::FaultChip& f : s.faults) {
    out["faults"].push_back(f.text);
  }
  for (const view::Branch& b : s.branches) {
    out["branches"].push_back({{"name", b.name},
                               {"reason", b.reason},
                               {"is_current", b.is_current},
                               {"forked_at_event", b.forked_at_event},
                               {"end_event", b.end_event}});
  }
  for (const view::ScriptLine& line : s.script) {
    out["script"].push_back(
        {{"text", line.text}, {"time_ns", nanos(line.time)}, {"is_off", line.is_off}, {"is_done", line.is_done}});
  }
  return out;
}

}  // namespace

std::string state_as_json(App& app) {
  const view::Snapshot& s = app.snapshot();
  const UiState& u = app.state();
  json out = cluster_of(s);
  out["scenario"] = s.scenario;
  out["time_ns"] = nanos(s.now);
  out["event"] = s.event;
  out["end_event"] = s.end_event;
  out["end_time_ns"] = nanos(s.end_time);
  out["caption"] = s.caption;
  out["health"] = s.health.text;
  out["is_playing"] = u.playing;
  out["pursuit"] = u.pursuit;
  out["recording_percent"] = u.recording_percent;
  out["speed"] = u.speed;
  out["tab"] = word_of(u.stage_tab);
  out["selection"] = name_of(s, u.selection);
  out["notice"] = u.notice_left_s > 0 ? u.notice : "";
  out["problem"] = u.problem;
  out["answer_error"] = u.answer_error;
  out["script_error"] = u.script_edit.error;
  out["pinned"] = json::array();
  for (const Pin& pin : u.pinned) {
    out["pinned"].push_back(name_of(s, pin.entity));
  }
  out["recent"] = json::array();
  for (const RecentRun& run : app.recent_runs()) {
    out["recent"].push_back({{"path", run.path}, {"title", run.title}, {"is_missing", run.is_missing}});
  }
  out["theme"] = name_of(u.theme);
  out["scale"] = u.user_scale;
  out["has_overlay"] = app.has_overlay();
  out["is_typing"] = ImGui::GetIO().WantTextInput;
  out["stepped_over"] = u.stepped_over;
  out["filter"] = u.event_filter;
  out["filter_error"] = s.filter_error;
  out["events_matching"] = s.events_matching;
  out["zoom"] = u.camera.zoom;
  json places = json::object();
  for (const Place& place : app.places().all()) {
    const Rect& r = place.rect;
    places[place.name] = {r.x, r.y, r.w, r.h};
  }
  out["places"] = std::move(places);
  return out.dump(1);
}

std::string StateFile::update(App& app) {
  const auto now = std::chrono::steady_clock::now();
  if (!is_on() || now - written_at_ < kLeastWait) {
    return {};
  }
  std::string text = state_as_json(app);
  if (text == last_) {
    return {};
  }
  // Readers never see half a file.
  const std::string part = path_ + ".part";
  std::ofstream out(part, std::ios::binary);
  out << text;
  out.close();
  std::error_code error;
  std::filesystem::rename(part, path_, error);
  if (!out.good() || error) {
    return "cannot write " + path_;
  }
  last_ = std::move(text);
  written_at_ = now;
  return {};
}

}  // namespace kscope::ui
