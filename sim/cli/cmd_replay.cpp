// kafkascope replay: runs a recording again from its scenario, seed and acts, and compares fingerprints on the way.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/outcome.h"
#include "sim/cli/terminal.h"
#include "sim/record/reader.h"
#include "sim/scenario/amounts.h"

namespace kscope::cli {
namespace {

using session::Session;

constexpr std::string_view kBugWord = "bug: ";
constexpr std::uint64_t kEventsPerSlice = 20'000;

struct Recording {
  record::RunInfo info;
  record::RunEnd end;
  std::vector<record::HandCommand> commands;
  std::vector<record::PeriodicFingerprint> fingerprints;
  bool is_complete = false;
};

Result<Recording> read(const std::string& path) {
  Result<std::unique_ptr<record::Reader>> opened = record::Reader::open(path);
  if (!opened) {
    return opened.error();
  }
  record::Reader& reader = **opened;
  Recording recording{reader.info(), reader.end(), {}, {}, reader.is_complete()};
  Result<std::vector<record::HandCommand>> commands = reader.commands();
  if (!commands) {
    return commands.error();
  }
  recording.commands = std::move(*commands);
  Result<std::vector<record::PeriodicFingerprint>> fingerprints = reader.fingerprints();
  if (!fingerprints) {
    return fingerprints.error();
  }
  recording.fingerprints = std::move(*fingerprints);
  recording.end.last_event = reader.last_event();
  return recording;
}

Result<std::unique_ptr<Session>> open_again(const Recording& recording, const std::string& path) {
  Result<scenario::Scenario> scenario = scenario::parse(recording.info.scenario_text, path + " (scenario)");
  if (!scenario) {
    return scenario.error();
  }
  session::SessionOptions options;
  options.keeps_rows = false;
  options.keeps_checkpoints = false;
  if (const std::size_t bug = recording.info.rules.find(kBugWord); bug != std::string::npos) {
    options.planted_bug = recording.info.rules.substr(bug + kBugWord.size());
  }
  Result<std::unique_ptr<Session>> opened = Session::open(*scenario, recording.info.seed, options);
  if (opened) {
    (*opened)->pause_on_break = false;
  }
  return opened;
}

// Where the replay has to stop: to act, or to compare.
struct Stop {
  std::uint64_t event = 0;
  const record::HandCommand* command = nullptr;
  const record::PeriodicFingerprint* fingerprint = nullptr;
};

std::vector<Stop> stops_of(const Recording& recording) {
  std::vector<Stop> stops;
  for (const record::PeriodicFingerprint& fingerprint : recording.fingerprints) {
    stops.push_back({fingerprint.event, nullptr, &fingerprint});
  }
  for (const record::HandCommand& command : recording.commands) {
    stops.push_back({command.after_event, &command, nullptr});
  }
  std::stable_sort(stops.begin(), stops.end(), [](const Stop& a, const Stop& b) { return a.event < b.event; });
  return stops;
}

class Replay {
 public:
  Replay(const Recording& recording, Session& session) : recording_(recording), session_(session) {}

  int run() {
    for (const Stop& stop : stops_of(recording_)) {
      if (stop.event > recording_.end.last_event || !go_to(stop.event)) {
        break;
      }
      if (stop.command != nullptr) {
        // Time may have gone on without an event before somebody acted.
        session::RunLimits limits;
        limits.until = stop.command->time;
        session_.run(limits);
        if (session_.event() != stop.event) {
          return differs(fmt::format("\"{}\" was done after event {}, now {} events come before it", stop.command->text,
                                     stop.event, session_.event()));
        }
        const Result<std::monostate> posted = session_.post_script(stop.command->text);
        if (!posted) {
          return differs(fmt::format("\"{}\" cannot be done: {}", stop.command->text, posted.error().text));
        }
      } else if (session_.fingerprint() != stop.fingerprint->value) {
        return differs(fmt::format("between events {} and {}: fingerprint {} was {}", last_same_, stop.event,
                                   record::hexadecimal(session_.fingerprint()),
                                   record::hexadecimal(stop.fingerprint->value)));
      } else {
        last_same_ = stop.event;
      }
    }
    go_to(recording_.end.last_event);
    if (is_interrupted()) {
      return kInterrupted;
    }
    return compare_end();
  }

 private:
  bool go_to(std::uint64_t event) {
    while (session_.event() < event && !is_interrupted()) {
      const std::uint64_t before = session_.event();
      session_.seek_event(std::min(event, before + kEventsPerSlice));
      progress_.show(fmt::format("event {} of {}", session_.event(), recording_.end.last_event));
      if (session_.event() == before) {
        return false;
      }
    }
    return !is_interrupted();
  }

  int compare_end() {
    if (session_.event() != recording_.end.last_event) {
      return differs(
          fmt::format("the recording has {} events, the replay {}", recording_.end.last_event, session_.event()));
    }
    if (recording_.is_complete && session_.fingerprint() != recording_.end.fingerprint) {
      return differs(fmt::format("after event {}: fingerprint {} was {}", last_same_,
                                 record::hexadecimal(session_.fingerprint()),
                                 record::hexadecimal(recording_.end.fingerprint)));
    }
    fmt::print("the same: {} events, fingerprint {}{}\n", session_.event(), record::hexadecimal(session_.fingerprint()),
               recording_.is_complete ? "" : " (the recording ends early; nothing to compare it with)");
    return kHeld;
  }

  int differs(const std::string& where) {
    fmt::print("different: {}\n", where);
    if (recording_.info.program_version != version()) {
      fmt::print("the recording is of version {}, this is {}\n", recording_.info.program_version, version());
    }
    return kBroken;
  }

  const Recording& recording_;
  Session& session_;
  Progress progress_;
  std::uint64_t last_same_ = 0;
};

int replay(const std::string& path, bool story) {
  catch_interrupts();
  const Result<Recording> recording = read(path);
  if (!recording) {
    fmt::print(stderr, "{}\n", to_string(recording.error()));
    return kBadInput;
  }
  Result<std::unique_ptr<Session>> session = open_again(*recording, path);
  if (!session) {
    fmt::print(stderr, "{}\n", to_string(session.error()));
    return kBadInput;
  }
  const int status = Replay(*recording, **session).run();
  if (story) {
    fmt::print("{}", story_text((*session)->beats(1), is_output_coloured()));
  }
  return status;
}

}  // namespace

void add_replay(CLI::App& app, int& status) {
  struct Options {
    std::string file;
    bool story = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("replay", "Run a recording again and compare it with what was recorded");
  command->add_option("RUN.db", options->file, "a recording, made by run --record")->required();
  command->add_flag("--story", options->story, "tell what happened in plain sentences");
  command->footer(kExitStatusText);
  command->callback([options, &status] { status = replay(options->file, options->story); });
}

}  // namespace kscope::cli
