#pragma once
// A finished recording of a synthetic run in a folder of its own, for tests that only read.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/record/reader.h"
#include "sim/record/recorder.h"
#include "tests/record/synthetic_run.h"
#include "tests/temp_folder.h"

namespace kscope::record {

class RecordedFile {
 public:
  explicit RecordedFile(std::uint64_t events, std::uint64_t seed = 7) : run(seed) {
    run.keep();
    Result<std::unique_ptr<Recorder>> recorder = Recorder::open(path(), synthetic_info());
    EXPECT_TRUE(recorder) << to_string(recorder.error());
    run.feed(**recorder, events);
    (*recorder)->on_command({5, SimTime{} + 1s, "crash b1"});
    const Result<void> done = (*recorder)->finish(run.end());
    EXPECT_TRUE(done) << to_string(done.error());
  }
  [[nodiscard]] std::string path() const { return folder.file("run.db"); }
  [[nodiscard]] std::unique_ptr<Reader> open() const {
    Result<std::unique_ptr<Reader>> reader = Reader::open(path());
    EXPECT_TRUE(reader) << to_string(reader.error());
    return reader ? std::move(*reader) : nullptr;
  }

  TempFolder folder;
  SyntheticRun run;
};

}  // namespace kscope::record
