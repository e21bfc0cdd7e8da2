// kafkascope replay: executes a recording again and compares it with what was recorded, event by event.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/outcome.h"
#include "sim/cli/terminal.h"
#include "sim/record/reader.h"
#include "sim/record/replay.h"

namespace kscope::cli {
namespace {

using record::Replay;

std::string same_text(const record::Reader& reader, const Replay& replay) {
  if (reader.is_complete()) {
    return fmt::format("the same: {} events, fingerprint {}\n", replay.same_events,
                       record::hexadecimal(replay.session->fingerprint()));
  }
  return fmt::format("the same as far as it goes: {} events; the recording is incomplete and has no last fingerprint\n",
                     replay.same_events);
}

std::string different_text(const record::Reader& reader, const Replay& replay) {
  std::string out = fmt::format("different: {} events are the same, then\n  recorded: {}\n  replayed: {}\n",
                                replay.same_events, replay.recorded, replay.replayed);
  if (reader.info().program_version != version()) {
    out += fmt::format("The recording was made by version {}, this is version {}.\n", reader.info().program_version,
                       version());
  }
  return out;
}

Result<Replay> replay_with_progress(record::Reader& reader) {
  Progress progress;
  return record::replay(reader, [&progress](std::uint64_t event, std::uint64_t last) {
    progress.show(fmt::format("{:3} %  event {} of {}", last == 0 ? 0 : event * 100 / last, event, last));
    return !is_interrupted();
  });
}

int replay(const std::string& path, bool story) {
  catch_interrupts();
  Result<std::unique_ptr<record::Reader>> opened = record::Reader::open(path);
  if (!opened) {
    fmt::print(stderr, "{}\n", to_string(opened.error()));
    return kBadInput;
  }
  record::Reader& reader = **opened;
  const Result<Replay> done = replay_with_progress(reader);
  if (!done) {
    fmt::print(stderr, "{}\n", to_string(done.error()));
    return kBadInput;
  }
  if (story) {
    fmt::print("{}\n", story_text(done->session->beats(1), is_output_coloured()));
  }
  switch (done->verdict) {
    case Replay::Verdict::kSame: fmt::print("{}", same_text(reader, *done)); return kHeld;
    case Replay::Verdict::kDifferent: fmt::print("{}", different_text(reader, *done)); return kBroken;
    case Replay::Verdict::kStopped: break;
  }
  fmt::print("interrupted: {} events are the same, {} were recorded\n", done->same_events, reader.last_event());
  return kInterrupted;
}

}  // namespace

void add_replay(CLI::App& app, int& status) {
  struct Options {
    std::string file;
    bool story = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("replay", "Run a recording again and compare it, event by event");
  command->add_option("RUN.db", options->file, "a recording, made by run --record")->required();
  command->add_flag("--story", options->story, "tell what happens in plain sentences");
  command->footer(std::string("Names the first event that differs, as it was recorded and as it is now.\n\n"
                              "Example:\n  kafkascope run hello --record run.db && kafkascope replay run.db\n\n") +
                  kExitStatusText);
  command->callback([options, &status] { status = replay(options->file, options->story); });
}

}  // namespace kscope::cli
