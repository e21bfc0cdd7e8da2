#include "sim/record/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "sim/record/query.h"
#include "tests/record/recorded_file.h"

namespace kscope::record::recorder_test {
namespace {

using testing::HasSubstr;

std::string number(Reader& reader, const std::string& sql) {
  const Result<QueryResult> result = query(reader, sql);
  return result ? result->rows.at(0).at(0).text : to_string(result.error());
}

TEST(Recorder, everything_that_was_fed_is_there) {
  const RecordedFile file(50'000);
  const auto reader = file.open();
  std::uint64_t next = 1;
  while (next <= 50'000) {
    const Result<std::vector<TraceEvent>> events = reader->chunk_at(next);
    ASSERT_TRUE(events);
    for (const TraceEvent& event : *events) {
      ASSERT_EQ(event, file.run.kept()[event.number - 1]);
    }
    next = events->back().number + 1;
  }
  EXPECT_EQ(next, 50'001u);
  EXPECT_TRUE(reader->verify());
  EXPECT_TRUE(reader->is_complete());
  EXPECT_EQ(reader->state_text().substr(0, 24), "complete: 50000 events, ");
}

TEST(Recorder, a_file_that_somebody_else_holds_makes_the_run_wait_and_loses_nothing) {
  const TempFolder folder;
  RecorderOptions options;
  options.queue_parcels = 2;
  options.writer.busy_timeout = std::chrono::milliseconds(60'000);
  Result<std::unique_ptr<Recorder>> recorder = Recorder::open(folder.file("run.db"), synthetic_info(), options);
  ASSERT_TRUE(recorder) << to_string(recorder.error());
  SyntheticRun run(7);
  run.feed(**recorder, 1'000);
  ASSERT_TRUE((*recorder)->flush());

  // Between two commits the recorder holds no lock: now somebody else takes it.
  Result<Database> other =
      Database::open(folder.file("run.db"), Database::Mode::kCreate, std::chrono::milliseconds(10'000));
  ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));
  constexpr std::uint64_t kMore = 100'000;
  std::atomic<std::uint64_t> fed = 0;
  std::thread feeder([&] {
    for (; fed < kMore; ++fed) {
      (*recorder)->on_event(run.world(), run.next());
    }
  });
  std::uint64_t before = 0;
  do {
    before = fed;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  } while (fed != before);
  EXPECT_LT(before, kMore) << "the queue is bounded, so the run has to wait";
  ASSERT_TRUE(other->execute("COMMIT"));
  feeder.join();
  const Result<void> done = (*recorder)->finish(run.end());
  ASSERT_TRUE(done) << to_string(done.error());

  Result<std::unique_ptr<Reader>> reader = Reader::open(folder.file("run.db"));
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_EQ(number(**reader, "SELECT COUNT(*) FROM event"), std::to_string(1'000 + kMore));
  EXPECT_TRUE((*reader)->verify());
}

TEST(Recorder, others_read_while_it_records) {
  const TempFolder folder;
  Result<std::unique_ptr<Recorder>> recorder = Recorder::open(folder.file("run.db"), synthetic_info());
  ASSERT_TRUE(recorder);
  SyntheticRun run(7);
  run.feed(**recorder, 3'000);
  ASSERT_TRUE((*recorder)->flush());
  Result<std::unique_ptr<Reader>> reader = Reader::open(folder.file("run.db"));
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_EQ((*reader)->last_event(), 3'000u);
  EXPECT_FALSE((*reader)->is_complete());
  run.feed(**recorder, 3'000);
  EXPECT_TRUE((*recorder)->finish(run.end())) << "somebody who reads is no obstacle";
}

TEST(Recorder, leaves_one_file_without_companions) {
  const RecordedFile file(2'000);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(file.folder.path())) {
    ++files;
  }
  EXPECT_EQ(files, 1u);
}

TEST(Recorder, a_file_that_exists_is_left_alone) {
  const TempFolder folder;
  std::ofstream(folder.file("run.db")) << "letters to a friend";
  const Result<std::unique_ptr<Recorder>> recorder = Recorder::open(folder.file("run.db"), synthetic_info());
  ASSERT_FALSE(recorder);
  EXPECT_THAT(to_string(recorder.error()), HasSubstr("there is a file of this name already"));
  std::ifstream in(folder.file("run.db"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "letters to a friend");
}

TEST(Recorder, says_why_there_can_be_no_file) {
  const TempFolder folder;
  EXPECT_THAT(to_string(Recorder::open(folder.path(), synthetic_info()).error()), HasSubstr("it is a folder"));
  EXPECT_THAT(to_string(Recorder::open(folder.file("none/run.db"), synthetic_info()).error()),
              HasSubstr("it cannot be opened: look whether it and its folder are there"));
  EXPECT_THAT(to_string(Recorder::open("", synthetic_info()).error()), HasSubstr("needs the name of a file"));
}

TEST(Recorder, without_an_end_it_stays_open_and_has_everything) {
  const TempFolder folder;
  SyntheticRun run(7);
  {
    Result<std::unique_ptr<Recorder>> recorder = Recorder::open(folder.file("run.db"), synthetic_info());
    ASSERT_TRUE(recorder);
    run.feed(**recorder, 7'000);
  }
  Result<std::unique_ptr<Reader>> reader = Reader::open(folder.file("run.db"));
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_FALSE((*reader)->is_complete());
  EXPECT_EQ((*reader)->last_event(), 7'000u);
}

/// A recording that may not grow beyond some pages stands for a full disk.
TEST(Recorder, goes_on_without_a_file_when_there_is_no_room_and_tells_it_at_the_end) {
  const TempFolder folder;
  RecorderOptions options;
  options.writer.largest_pages = 60;
  Result<std::unique_ptr<Recorder>> recorder = Recorder::open(folder.file("run.db"), synthetic_info(), options);
  ASSERT_TRUE(recorder) << to_string(recorder.error());
  SyntheticRun run(7);
  for (int i = 0; i < 400'000; ++i) {
    (*recorder)->on_event(run.world(), run.next());
  }
  const Result<void> done = (*recorder)->finish(run.end());
  ASSERT_FALSE(done);
  EXPECT_THAT(to_string(done.error()), HasSubstr("there is no room left for it"));
  EXPECT_TRUE((*recorder)->has_failed());
  Result<std::unique_ptr<Reader>> reader = Reader::open(folder.file("run.db"));
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_FALSE((*reader)->is_complete());
  EXPECT_GT((*reader)->last_event(), 1'000u);
  EXPECT_EQ((*reader)->last_event(), (*recorder)->last_committed_event()) << "what is told can be read, and no more";
  const Result<void> verified = (*reader)->verify();
  EXPECT_TRUE(verified) << to_string(verified.error());
}

}  // namespace
}  // namespace kscope::record::recorder_test
