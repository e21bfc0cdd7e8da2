#include "ui/app/session_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sim/record/reader.h"
#include "sim/record/replay.h"
#include "source_dir_generated.h"
#include "tests/temp_folder.h"

namespace kscope::ui::session_host_test {
namespace {

TEST(Library, the_first_screen_comes_first_and_every_entry_has_a_title_and_a_summary) {
  const SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  const auto entries = host.library();
  ASSERT_GE(entries.size(), 5U);
  EXPECT_EQ(std::filesystem::path(entries[0].path).stem(), "hello");
  for (const LibraryEntry& e : entries) {
    EXPECT_FALSE(e.title.empty()) << e.path;
    EXPECT_EQ(e.title.find('"'), std::string::npos) << e.path;
    EXPECT_FALSE(e.summary.empty()) << e.path;
    EXPECT_EQ(e.summary.find('\n'), std::string::npos) << e.path;
  }
}

TEST(Library, a_missing_folder_is_an_empty_library) { EXPECT_TRUE(SessionHost("/nowhere/at/all").library().empty()); }

TEST(Library, a_file_that_cannot_be_opened_says_why) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  EXPECT_EQ(host.open("/nowhere/x.toml", error), nullptr);
  EXPECT_FALSE(error.empty());
}

TEST(Library, an_entry_opens_by_name_and_shows_a_cluster) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  const auto run = host.open("hello", error);
  ASSERT_NE(run, nullptr) << error;
  EXPECT_EQ(run->snapshot({})->scenario, "hello");
  EXPECT_FALSE(run->description().empty());
}

TEST(Library, names_with_their_folder_are_names_too_and_the_nearest_is_offered) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  const auto run = host.open("groups/eager-rebalance", error);
  ASSERT_NE(run, nullptr) << error;
  EXPECT_EQ(run->snapshot({})->scenario, "eager-rebalance");
  EXPECT_EQ(host.open("eager-rebalanse", error), nullptr);
  EXPECT_NE(error.find("did you mean \"eager-rebalance\"?"), std::string::npos) << error;
}

bool has_controllers(const RunPort& run) {
  const auto picture = run.snapshot({});
  return std::any_of(picture->nodes.begin(), picture->nodes.end(),
                     [](const view::Node& node) { return node.role == view::NodeRole::kController; });
}

TEST(OtherMetadata, the_same_scenario_runs_with_KRaft_and_with_ZooKeeper_again) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  const auto run = host.open("hello", error);
  ASSERT_NE(run, nullptr) << error;
  EXPECT_FALSE(has_controllers(*run));
  const auto kraft = run->with_other_metadata(error);
  ASSERT_NE(kraft, nullptr) << error;
  EXPECT_TRUE(has_controllers(*kraft));
  EXPECT_EQ(kraft->snapshot({})->title, run->snapshot({})->title);
  EXPECT_EQ(kraft->snapshot({})->seed, run->snapshot({})->seed);
  const auto back = kraft->with_other_metadata(error);
  ASSERT_NE(back, nullptr) << error;
  EXPECT_EQ(back->fingerprint(), run->fingerprint());
  run->seek_time(SimTime(12s));
  back->seek_time(SimTime(12s));
  EXPECT_EQ(back->fingerprint(), run->fingerprint()) << "the way there and back changes nothing";
}

TEST(OtherMetadata, what_only_one_design_knows_is_told) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  const auto run = host.open("last-replica-standing", error);
  ASSERT_NE(run, nullptr) << error;
  EXPECT_EQ(run->with_other_metadata(error), nullptr);
  EXPECT_FALSE(error.empty());
}

// What was done by hand and what was edited in the script are in the recording, and the command line's replay agrees.
TEST(RecordedInTheWindow, a_branch_with_acts_and_edited_lines_replays_event_by_event) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  const auto run = host.open("leader-crash-acks-1", error);
  ASSERT_NE(run, nullptr) << error;
  run->seek_time(SimTime(9s));
  ASSERT_EQ(run->post_script("pause b3 1s"), "");
  run->seek_time(SimTime(16s));
  std::size_t line = session::ScriptEdit::kNewLine;
  const auto before_edit = run->snapshot({});
  for (const view::ScriptLine& one : before_edit->script) {
    line = one.text == "crash b1" ? one.line : line;
  }
  ASSERT_EQ(run->edit_script({line, SimTime(15s), "crash b2", false}), "");
  run->seek_time(SimTime(17s));
  ASSERT_EQ(run->post_script("restart b2"), "");
  run->seek_time(SimTime(19s));

  const TempFolder folder;
  const std::string path = folder.file("run.db");
  record::RecordingJob job(path, run->recording());
  job.wait();
  ASSERT_EQ(job.state(), record::RecordingJob::State::kWritten);
  auto reader = record::Reader::open(path);
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_TRUE((*reader)->is_complete());
  EXPECT_EQ((*reader)->last_event(), run->snapshot({})->event);
  EXPECT_EQ((*reader)->commands()->size(), 2U);
  const auto replayed = record::replay(**reader);
  ASSERT_TRUE(replayed) << to_string(replayed.error());
  EXPECT_EQ(replayed->verdict, record::Replay::Verdict::kSame) << replayed->recorded << "\n" << replayed->replayed;
  EXPECT_EQ((*reader)->end().fingerprint, run->fingerprint()) << "it is the run that was watched";
  std::filesystem::remove(path);
}

TEST(RecordedInTheWindow, a_place_that_cannot_be_written_is_said) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  const auto run = host.open("hello", error);
  ASSERT_NE(run, nullptr) << error;
  run->seek_time(SimTime(2s));
  record::RecordingJob job("/nowhere/at/all/run.db", run->recording());
  job.wait();
  ASSERT_EQ(job.state(), record::RecordingJob::State::kFailed);
  EXPECT_TRUE(job.problem().starts_with("/nowhere/at/all/run.db: ")) << job.problem();
}

TEST(RecordedInTheWindow, the_run_may_go_on_or_be_gone_while_it_is_written) {
  SessionHost host(KSCOPE_SOURCE_DIR "/scenarios");
  std::string error;
  auto run = host.open("hello", error);
  ASSERT_NE(run, nullptr) << error;
  run->seek_time(SimTime(5s));
  const std::uint64_t events = run->snapshot({})->event;
  const TempFolder folder;
  const std::string path = folder.file("run.db");
  record::RecordingJob job(path, run->recording());
  run->seek_time(SimTime(8s));
  EXPECT_EQ(run->post_script("crash b1"), "");
  run.reset();
  job.wait();
  ASSERT_EQ(job.state(), record::RecordingJob::State::kWritten);
  auto reader = record::Reader::open(path);
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_EQ((*reader)->last_event(), events);
  EXPECT_TRUE((*reader)->commands()->empty());
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace kscope::ui::session_host_test
