#include "sim/record/rerun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/record/replay.h"
#include "tests/record/real_run.h"

namespace kscope::record::rerun_test {
namespace {

using testing::HasSubstr;

/// A run that was watched without a recorder, with something done by hand.
std::unique_ptr<session::Session> watched(const RealRun& run) {
  std::unique_ptr<session::Session> session = open_session(run);
  run_to_end(*session, run, nullptr);
  return session;
}

RealRun run_with_a_crash() {
  RealRun run;
  run.length = 20s;
  run.acts = {{SimTime(8s), "crash b1"}, {SimTime(12s), "restart b1"}};
  return run;
}

TEST(SaveRecording, a_run_that_was_only_watched_is_recorded_afterwards) {
  const RealRun run = run_with_a_crash();
  const std::unique_ptr<session::Session> session = watched(run);
  const TempFolder folder;
  const Result<void> saved = save_recording(recording_plan(*session, info_of(run)), folder.file("run.db"));
  ASSERT_TRUE(saved) << to_string(saved.error());

  Result<std::unique_ptr<Reader>> reader = Reader::open(folder.file("run.db"));
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_TRUE((*reader)->is_complete());
  EXPECT_EQ((*reader)->end().fingerprint, session->fingerprint());
  EXPECT_EQ((*reader)->commands()->size(), 2u);
  const Result<Replay> again = replay(**reader);
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->verdict, Replay::Verdict::kSame) << again->recorded << "\n" << again->replayed;
}

TEST(SaveRecording, a_part_of_a_run_is_a_recording_of_its_own) {
  const RealRun run = run_with_a_crash();
  const std::unique_ptr<session::Session> session = watched(run);
  const TempFolder folder;
  session->seek_event(700);
  ASSERT_TRUE(save_recording(recording_plan(*session, info_of(run)), folder.file("run.db")));
  Result<std::unique_ptr<Reader>> reader = Reader::open(folder.file("run.db"));
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_EQ((*reader)->last_event(), 700u);
  EXPECT_EQ(replay(**reader)->verdict, Replay::Verdict::kSame);
}

TEST(SaveRecording, stopping_it_is_told_and_leaves_an_open_recording) {
  const RealRun run = run_with_a_crash();
  const std::unique_ptr<session::Session> session = watched(run);
  const TempFolder folder;
  const Result<void> saved = save_recording(recording_plan(*session, info_of(run)), folder.file("run.db"),
                                            [](std::uint64_t, std::uint64_t) { return false; });
  ASSERT_FALSE(saved);
  EXPECT_THAT(to_string(saved.error()), HasSubstr("stopped"));
  Result<std::unique_ptr<Reader>> reader = Reader::open(folder.file("run.db"));
  ASSERT_TRUE(reader);
  EXPECT_FALSE((*reader)->is_complete());
}

}  // namespace
}  // namespace kscope::record::rerun_test
