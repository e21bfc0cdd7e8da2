// What is left of a recording when its process is killed, when the disk is full, and when its folder is read-only. Each
// test runs the recorder in a process of its own and looks at the file afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "sim/record/query.h"
#include "sim/record/reader.h"
#include "sim/record/recorder.h"
#include "tests/record/synthetic_run.h"
#include "tests/temp_folder.h"

namespace kscope::record::recorder_killed_test {
namespace {

using testing::HasSubstr;

/// Runs `work` in a child; its return value is the exit status.
template <class Work>
pid_t in_a_child(Work work) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(work());
  }
  return child;
}

int status_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Records without end.
int record_for_ever(const std::string& path) {
  Result<std::unique_ptr<Recorder>> recorder = Recorder::open(path, synthetic_info());
  if (!recorder) {
    return 1;
  }
  SyntheticRun run(7);
  for (;;) {
    run.feed(**recorder, 1'000);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// Waits until others can read at least `events` events.
bool wait_for_events(const std::string& path, std::uint64_t events) {
  for (int i = 0; i < 600; ++i) {
    Result<std::unique_ptr<Reader>> reader = Reader::open(path);
    if (reader && (*reader)->last_event() >= events) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

class Killed : public testing::TestWithParam<int> {};

TEST_P(Killed, a_recording_opens_and_holds_everything_up_to_its_last_commit) {
  const TempFolder folder;
  const std::string path = folder.file("run.db");
  const pid_t child = in_a_child([&] { return record_for_ever(path); });
  ASSERT_TRUE(wait_for_events(path, 20'000));
  std::this_thread::sleep_for(std::chrono::milliseconds(GetParam()));
  ASSERT_EQ(kill(child, SIGKILL), 0);
  EXPECT_EQ(status_of(child), -1);

  Result<std::unique_ptr<Reader>> opened = Reader::open(path);
  ASSERT_TRUE(opened) << to_string(opened.error());
  Reader& reader = **opened;
  EXPECT_FALSE(reader.is_complete());
  EXPECT_GE(reader.last_event(), 20'000u);
  EXPECT_EQ(reader.state_text().rfind("incomplete: up to event " + std::to_string(reader.last_event()), 0), 0u);
  EXPECT_TRUE(reader.verify());

  // What is there is exactly what was fed: the same run again, from its seed.
  SyntheticRun again(7);
  for (std::uint64_t next = 1; next <= reader.last_event();) {
    const Result<std::vector<TraceEvent>> events = reader.chunk_at(next);
    ASSERT_TRUE(events);
    for (const TraceEvent& event : *events) {
      ASSERT_EQ(event, trace_event(again.next()));
    }
    next = events->back().number + 1;
  }
  // Rows go as far as the events do, and no further.
  const Result<QueryResult> rows = query(reader, "SELECT MAX(event), MIN(event) FROM batch");
  ASSERT_TRUE(rows) << to_string(rows.error());
  const auto newest = std::stoull(rows->rows[0][0].text);
  EXPECT_LE(newest, reader.last_event());
  EXPECT_GT(newest + 1'000, reader.last_event());
  EXPECT_TRUE(query(reader, "SELECT COUNT(*) FROM record_fate WHERE record < 1000"));
}

INSTANTIATE_TEST_SUITE_P(AtManyMoments, Killed, testing::Values(0, 7, 40, 113, 230));

TEST(KilledAtOnce, a_file_of_the_name_is_a_recording_from_its_first_moment) {
  for (int microseconds = 0; microseconds < 12'000; microseconds += 200) {
    const TempFolder folder;
    const std::string path = folder.file("run.db");
    const pid_t child = in_a_child([&] { return record_for_ever(path); });
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
    ASSERT_EQ(kill(child, SIGKILL), 0);
    EXPECT_EQ(status_of(child), -1);
    if (std::filesystem::exists(path)) {
      Result<std::unique_ptr<Reader>> reader = Reader::open(path);
      ASSERT_TRUE(reader) << "after " << microseconds << " us: " << to_string(reader.error());
      EXPECT_FALSE((*reader)->is_complete());
    }
  }
  // A file made before the kill is seen at the latest here, so that the test looks at something.
  const TempFolder folder;
  const std::string path = folder.file("run.db");
  const pid_t child = in_a_child([&] { return record_for_ever(path); });
  for (int i = 0; i < 20'000 && !std::filesystem::exists(path); ++i) {
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  ASSERT_EQ(kill(child, SIGKILL), 0);
  EXPECT_EQ(status_of(child), -1);
  const Result<std::unique_ptr<Reader>> reader = Reader::open(path);
  ASSERT_TRUE(reader) << to_string(reader.error());
}

TEST(RecorderLimits, a_disk_without_room_ends_the_recording_and_not_the_run) {
  const TempFolder folder;
  const std::string path = folder.file("run.db");
  const pid_t child = in_a_child([&] {
    // The largest file that this process may write stands for the room on a disk.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{3 << 20, 3 << 20};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      return 10;
    }
    Result<std::unique_ptr<Recorder>> recorder = Recorder::open(path, synthetic_info());
    if (!recorder) {
      return 11;
    }
    SyntheticRun run(7);
    for (int i = 0; i < 600'000; ++i) {
      (*recorder)->on_event(run.world(), run.next());
    }
    const Result<void> end = (*recorder)->finish(run.end());
    if (end) {
      return 12;
    }
    return to_string(end.error()).find("the disk may be full") != std::string::npos ||
                   to_string(end.error()).find("no room left") != std::string::npos
               ? 0
               : 13;
  });
  EXPECT_EQ(status_of(child), 0);
  Result<std::unique_ptr<Reader>> reader = Reader::open(path);
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_FALSE((*reader)->is_complete());
  EXPECT_GT((*reader)->last_event(), 1'000u) << "much of the little room is used";
  const Result<void> verified = (*reader)->verify();
  EXPECT_TRUE(verified) << to_string(verified.error());
}

TEST(RecorderLimits, no_room_at_all_is_told_at_once_and_leaves_nothing) {
  const TempFolder folder;
  const std::string path = folder.file("run.db");
  const pid_t child = in_a_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1'000, 1'000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      return 10;
    }
    const Result<std::unique_ptr<Recorder>> recorder = Recorder::open(path, synthetic_info());
    return recorder ? 11 : 0;
  });
  EXPECT_EQ(status_of(child), 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(RecorderLimits, a_read_only_folder_is_told_at_once) {
  const TempFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const pid_t child = in_a_child([&] {
    // Permissions do not bind the superuser; any other user will do.
    if (geteuid() == 0) {
      std::filesystem::permissions(folder.path(), std::filesystem::perms::all & ~std::filesystem::perms::others_write &
                                                      ~std::filesystem::perms::group_write);
      if (setgid(65'534) != 0 || setuid(65'534) != 0) {
        return 10;
      }
    }
    const Result<std::unique_ptr<Recorder>> recorder = Recorder::open(folder.file("run.db"), synthetic_info());
    if (recorder) {
      return 11;
    }
    return to_string(recorder.error()).find("cannot be opened") != std::string::npos ? 0 : 12;
  });
  EXPECT_EQ(status_of(child), 0);
}

}  // namespace
}  // namespace kscope::record::recorder_killed_test
