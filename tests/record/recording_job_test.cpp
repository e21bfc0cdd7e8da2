#include "sim/record/recording_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include "sim/record/reader.h"
#include "sim/record/rerun.h"
#include "tests/record/real_run.h"

namespace kscope::record::recording_job_test {
namespace {

namespace fs = std::filesystem;

using State = RecordingJob::State;
using testing::HasSubstr;
using testing::StartsWith;

/// The work of recording a run of some seconds.
RecordingWork real_work() {
  RealRun run;
  run.length = 10s;
  const std::unique_ptr<session::Session> session = open_session(run);
  run_to_end(*session, run, nullptr);
  return [plan = recording_plan(*session, info_of(run))](const std::string& path, const RerunProgress& progress) {
    return save_recording(plan, path, progress);
  };
}

/// Writes a real recording, but is never done with it before it is stopped.
RecordingWork endless(std::atomic<bool>& has_begun) {
  return [work = real_work(), &has_begun](const std::string& path, const RerunProgress& progress) {
    return work(path, [&](std::uint64_t event, std::uint64_t last) {
      has_begun = true;
      while (progress(event, last)) {
        std::this_thread::yield();
      }
      return false;
    });
  };
}

void wait_for(const std::atomic<bool>& condition) {
  while (!condition) {
    std::this_thread::yield();
  }
}

std::ptrdiff_t files_in(const TempFolder& folder) {
  return std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
}

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(RecordingJob, a_recording_is_whole_when_it_is_there_and_nothing_lies_beside_it) {
  const TempFolder folder;
  RecordingJob job(folder.file("run.db"), real_work());
  job.wait();
  ASSERT_EQ(job.state(), State::kWritten);
  EXPECT_EQ(job.percent(), 100);
  EXPECT_EQ(job.path(), folder.file("run.db"));
  EXPECT_EQ(files_in(folder), 1);
  Result<std::unique_ptr<Reader>> reader = Reader::open(folder.file("run.db"));
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_TRUE((*reader)->is_complete());
}

TEST(RecordingJob, it_says_how_far_it_is_and_is_not_whole_before_the_file_has_its_name) {
  const TempFolder folder;
  std::atomic<int> stage = 0;
  RecordingJob job(folder.file("run.db"), [&](const std::string& path, const RerunProgress& progress) -> Result<void> {
    for (const std::uint64_t event : {0, 500, 1'000}) {
      const int now = stage;
      EXPECT_TRUE(progress(event, 1'000));
      stage = now + 1;
      while (stage == now + 1) {
        std::this_thread::yield();
      }
    }
    std::ofstream(path) << "whole";
    return {};
  });
  for (const auto& [odd, percent] : {std::pair{1, 0}, {3, 50}, {5, 99}}) {
    while (stage != odd) {
      std::this_thread::yield();
    }
    EXPECT_EQ(job.percent(), percent);
    EXPECT_EQ(job.state(), State::kWriting);
    EXPECT_FALSE(fs::exists(folder.file("run.db")));
    ++stage;
  }
  job.wait();
  EXPECT_EQ(job.percent(), 100);
  EXPECT_EQ(content_of(folder.file("run.db")), "whole");
}

TEST(RecordingJob, one_that_is_cancelled_leaves_no_file) {
  const TempFolder folder;
  std::atomic<bool> has_begun = false;
  RecordingJob job(folder.file("run.db"), endless(has_begun));
  wait_for(has_begun);
  EXPECT_EQ(job.state(), State::kWriting);
  EXPECT_GT(files_in(folder), 0) << "otherwise this test shows nothing";
  job.cancel();
  job.wait();
  EXPECT_EQ(job.state(), State::kCancelled);
  EXPECT_EQ(files_in(folder), 0);
}

TEST(RecordingJob, one_that_is_forgotten_while_it_is_written_leaves_no_file) {
  const TempFolder folder;
  std::atomic<bool> has_begun = false;
  {
    const RecordingJob job(folder.file("run.db"), endless(has_begun));
    wait_for(has_begun);
  }
  EXPECT_EQ(files_in(folder), 0);
}

TEST(RecordingJob, a_file_of_before_stays_until_the_new_one_is_whole) {
  const TempFolder folder;
  std::ofstream(folder.file("run.db")) << "of before";
  std::atomic<bool> has_begun = false;
  RecordingJob cancelled(folder.file("run.db"), endless(has_begun));
  wait_for(has_begun);
  cancelled.cancel();
  cancelled.wait();
  EXPECT_EQ(content_of(folder.file("run.db")), "of before");
  RecordingJob written(folder.file("run.db"), real_work());
  written.wait();
  ASSERT_EQ(written.state(), State::kWritten);
  EXPECT_TRUE(Reader::open(folder.file("run.db")));
  EXPECT_EQ(files_in(folder), 1);
}

TEST(RecordingJob, a_folder_that_cannot_be_written_is_told_with_the_name_that_was_asked_for) {
  const TempFolder folder;
  RecordingJob nowhere(folder.file("missing/run.db"), real_work());
  nowhere.wait();
  ASSERT_EQ(nowhere.state(), State::kFailed);
  EXPECT_THAT(nowhere.problem(), StartsWith(folder.file("missing/run.db") + ": "));
  EXPECT_THAT(nowhere.problem(), testing::Not(HasSubstr("-part"))) << "an inner name means nothing to people";

  RecordingJob onto_a_folder(folder.path(), real_work());
  onto_a_folder.wait();
  ASSERT_EQ(onto_a_folder.state(), State::kFailed);
  EXPECT_THAT(onto_a_folder.problem(), HasSubstr("it is a folder"));

  // Nobody can make a file there, whoever he is.
  RecordingJob read_only("/proc/run.db", real_work());
  read_only.wait();
  ASSERT_EQ(read_only.state(), State::kFailed);
  EXPECT_THAT(read_only.problem(), StartsWith("/proc/run.db: "));
  EXPECT_THAT(read_only.problem(), testing::Not(HasSubstr("-part")));
}

TEST(RecordingJob, what_goes_wrong_on_its_thread_does_not_end_the_program) {
  const TempFolder folder;
  RecordingJob job(folder.file("run.db"), [](const std::string& path, const RerunProgress&) -> Result<void> {
    std::ofstream(path) << "half";
    throw std::runtime_error("no memory");
  });
  job.wait();
  ASSERT_EQ(job.state(), State::kFailed);
  EXPECT_THAT(job.problem(), HasSubstr("no memory"));
  EXPECT_EQ(files_in(folder), 0);
}

}  // namespace
}  // namespace kscope::record::recording_job_test
