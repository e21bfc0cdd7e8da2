#pragma once
// Recordings of runs that were really simulated, for tests of what needs more than plausible numbers.

#include <gtest/gtest.h>

#include "source_dir_generated.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "sim/record/reader.h"
#include "sim/record/recorder.h"
#include "sim/scenario/scenario.h"
#include "sim/session/session.h"
#include "tests/temp_folder.h"

namespace kscope::record {

/// An act by hand: when, and the line of script.
struct TimedLine {
  SimTime time;
  std::string line;
};

struct RealRun {
  std::string scenario = "lessons/hello";  ///< below the folder of scenarios
  std::uint64_t seed = 42;
  Duration length = 30s;
  std::vector<TimedLine> acts;
  std::string planted_bug;
};

inline std::string scenario_text(const std::string& name) {
  std::ifstream in(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/" + name + ".toml");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The scenario of a run, shortened; what was expected of its whole length is left out.
inline scenario::Scenario scenario_of(const RealRun& run) {
  Result<scenario::Scenario> parsed = scenario::parse(scenario_text(run.scenario), run.scenario + ".toml");
  EXPECT_TRUE(parsed) << (parsed ? "" : to_string(parsed.error()));
  scenario::Scenario out = std::move(*parsed);
  out.until = run.length;
  out.expects.clear();
  std::erase_if(out.actions, [&](const scenario::TimedAction& timed) { return timed.time > SimTime(run.length); });
  out.text = scenario::save(out);
  return out;
}

inline RunInfo info_of(const RealRun& run) {
  const scenario::Scenario scenario = scenario_of(run);
  RunInfo info;
  info.scenario = scenario.title;
  info.scenario_path = scenario.path;
  info.scenario_text = scenario.text;
  info.seed = run.seed;
  info.program_version = "0.1.0";
  info.rules = "kafka 3.9, zookeeper" + (run.planted_bug.empty() ? "" : ", bug: " + run.planted_bug);
  info.until = SimTime(run.length);
  return info;
}

/// Opens the run; it has gone nowhere yet.
inline std::unique_ptr<session::Session> open_session(const RealRun& run) {
  session::SessionOptions options;
  options.keeps_rows = false;
  options.keeps_checkpoints = false;
  options.planted_bug = run.planted_bug;
  Result<std::unique_ptr<session::Session>> opened = session::Session::open(scenario_of(run), run.seed, options);
  EXPECT_TRUE(opened) << (opened ? "" : to_string(opened.error()));
  (*opened)->pause_on_break = false;
  return std::move(*opened);
}

/// Runs to the end with all acts; `recorder` may be nullptr.
inline void run_to_end(session::Session& session, const RealRun& run, Recorder* recorder) {
  session.set_observer(recorder);
  for (const TimedLine& act : run.acts) {
    session::RunLimits limits;
    limits.until = act.time;
    session.run(limits);
    if (recorder != nullptr) {
      recorder->on_command({session.event(), session.now(), act.line});
    }
    const Result<std::monostate> posted = session.post_script(act.line);
    EXPECT_TRUE(posted) << (posted ? "" : to_string(posted.error()));
  }
  session.run({});
  session.set_observer(nullptr);
}

/// The recording of a run in a folder of its own.
class RealRecording {
 public:
  explicit RealRecording(const RealRun& run) {
    Result<std::unique_ptr<Recorder>> recorder = Recorder::open(path(), info_of(run));
    EXPECT_TRUE(recorder) << (recorder ? "" : to_string(recorder.error()));
    session = open_session(run);
    run_to_end(*session, run, recorder->get());
    const Result<void> done = (*recorder)->finish(session->world());
    EXPECT_TRUE(done) << (done ? "" : to_string(done.error()));
  }
  [[nodiscard]] std::string path() const { return folder.file("run.db"); }
  [[nodiscard]] std::unique_ptr<Reader> open() const {
    Result<std::unique_ptr<Reader>> reader = Reader::open(path());
    EXPECT_TRUE(reader) << (reader ? "" : to_string(reader.error()));
    return reader ? std::move(*reader) : nullptr;
  }
  /// Changes the file behind the program's back.
  void change(const std::string& sql) const {
    Result<Database> database = Database::open(path(), Database::Mode::kCreate, std::chrono::milliseconds(0));
    const Result<void> done = database->execute(sql);
    EXPECT_TRUE(done) << (done ? "" : to_string(done.error()));
  }

  TempFolder folder;
  std::unique_ptr<session::Session> session;  ///< where the run ended
};

}  // namespace kscope::record
