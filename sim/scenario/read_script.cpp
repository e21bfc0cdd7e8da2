#include "sim/scenario/read_script.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/config/units.h"
#include "sim/scenario/limits.h"

namespace kscope::scenario {
namespace {

constexpr std::int32_t kMaxSparesByAction = 100;

// The consumer that an action starts, wherever its name stands: `do = "start billing-3"` or node = "billing-3".
std::string started_client(const RawAction& raw) {
  if (raw.word.starts_with("start ")) {
    const std::size_t from = raw.word.find_first_not_of(' ', 6);
    return from == std::string::npos ? "" : raw.word.substr(from, raw.word.find(' ', from) - from);
  }
  return raw.word == "start" && raw.fields.size() == 1 ? raw.fields[0].value : "";
}

void add_spares(Scenario& scenario, const std::vector<RawAction>& actions) {
  for (const RawAction& raw : actions) {
    const std::string name = started_client(raw);
    for (GroupEntry& group : scenario.groups) {
      if (name.size() <= group.id.size() + 1 || !name.starts_with(group.id + "-")) {
        continue;
      }
      const auto number = sim::parse_integer(std::string_view(name).substr(group.id.size() + 1));
      const std::int64_t spares = number ? *number - group.members : 0;
      if (spares > group.spare_members && spares <= kMaxSparesByAction) {
        group.spare_members = static_cast<std::int32_t>(spares);
      }
    }
  }
}

bool creates_topic(const RawAction& raw) {
  return raw.word.starts_with("create-topic") || raw.word.starts_with("create_topic");
}

}  // namespace

RawAction read_at(const TomlNode& table, Problems& problems) {
  RawAction raw;
  raw.line = table.line;
  TableReader reader(table, "[[at]]", problems);
  reader.require("time");
  reader.require("do");
  Duration time{0};
  reader.duration("time", time);
  raw.time = SimTime(time);
  reader.text("do", raw.word, kMaxConfigValueBytes);
  // Every other key belongs to the action; which ones it takes, only the action knows.
  const auto collect = [&](const auto& self, const TomlNode& at, const std::string& prefix) -> void {
    for (const auto& [key, value] : at.members) {
      const std::string name = prefix.empty() ? key : prefix + "." + key;
      if (prefix.empty() && (key == "time" || key == "do")) {
        continue;
      }
      if (value.kind == TomlNode::Kind::kTable) {
        self(self, value, name);
      } else if (value.kind == TomlNode::Kind::kArray || value.text.size() > kMaxConfigValueBytes) {
        problems.error(value.line, fmt::format("{} of [[at]] is {}; expected a text or a number", shown(name),
                                               kind_text(value.kind)));
      } else {
        raw.fields.push_back({name, value.text});
      }
    }
  };
  collect(collect, table, "");
  return raw;
}

void add_actions(Scenario& scenario, const std::vector<RawAction>& raw, Problems& problems) {
  add_spares(scenario, raw);
  std::vector<std::optional<Action>> parsed(raw.size());
  Names names = names_of(scenario);
  const auto read = [&](std::size_t i) {
    if (raw[i].word.empty()) {
      return;  // reported already
    }
    Result<Action> action = parse_action_table(raw[i].word, raw[i].fields, names);
    if (action) {
      parsed[i] = *action;
    } else {
      problems.error(raw[i].line, action.error().text);
    }
  };
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (creates_topic(raw[i])) {
      read(i);
      if (parsed[i] && !names.topic(parsed[i]->topic).is_valid()) {
        const auto count = static_cast<std::int32_t>(parsed[i]->number);
        names.topics.push_back({parsed[i]->topic, count == 0 ? -1 : count});
      }
    }
  }
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (!creates_topic(raw[i])) {
      read(i);
    }
  }
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (parsed[i]) {
      scenario.actions.push_back({raw[i].time, std::move(*parsed[i]), raw[i].line});
    }
  }
  std::stable_sort(scenario.actions.begin(), scenario.actions.end(),
                   [](const TimedAction& a, const TimedAction& b) { return a.time < b.time; });
}

Expect read_expect(const TomlNode& table, Problems& problems) {
  Expect expect;
  expect.line = table.line;
  TableReader reader(table, "[[expect]]", problems);
  reader.require("that");
  reader.text("that", expect.condition, kMaxTextBytes);
  reader.text("text", expect.text, kMaxTextBytes);
  int kinds = 0;
  Duration time{0};
  if (reader.has("within")) {
    ++kinds;
    expect.kind = Expect::Kind::kWithin;
    reader.duration("within", time);
    expect.time = SimTime(time);
  }
  if (reader.has("at")) {
    ++kinds;
    expect.kind = Expect::Kind::kAt;
    reader.duration("at", time);
    expect.time = SimTime(time);
  }
  const auto flag = [&](std::string_view key, Expect::Kind kind) {
    bool is_set = false;
    if (reader.boolean(key, is_set) && is_set) {
      ++kinds;
      expect.kind = kind;
    }
  };
  flag("always", Expect::Kind::kAlways);
  flag("finally", Expect::Kind::kFinally);
  const bool takes_from = expect.kind == Expect::Kind::kWithin || expect.kind == Expect::Kind::kAlways;
  Duration from{0};
  if (takes_from && reader.duration("from", from)) {
    expect.from = SimTime(from);
  }
  if (expect.kind == Expect::Kind::kAlways && reader.duration("until", time)) {
    expect.time = SimTime(time);
  }
  if (kinds > 1) {
    reader.error(expect.line, "[[expect]] has more than one of within, at, always and finally; expected one");
  }
  if (expect.from > expect.time) {
    reader.error(expect.line, "[[expect]] begins after it ends");
  }
  reader.finish();
  return expect;
}

}  // namespace kscope::scenario
