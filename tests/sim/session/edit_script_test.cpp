// Lines of the script are changed, moved, switched off and added; the run goes on from the first moment that differs.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/session/session_fixture.h"

namespace kscope::session::edit_script_test {
namespace {

view::ScriptLine line_of(const Session& session, const std::string& text) {
  const auto snapshot = session.snapshot({});
  for (const view::ScriptLine& line : snapshot->script) {
    if (line.text == text) {
      return line;
    }
  }
  ADD_FAILURE() << "no line " << text;
  return {};
}

/// What a run has told up to a time, event by event.
std::vector<std::string> told_until(Session& session, SimTime time) {
  view::Interest interest;
  interest.events_first = 0;
  interest.events_count = 1'000'000;
  const auto snapshot = session.snapshot(interest);
  std::vector<std::string> out;
  for (const view::EventRow& row : snapshot->events) {
    if (row.time < time) {
      out.push_back(std::to_string(row.number) + " " + std::to_string(row.time.time_since_epoch().count()) + " " +
                    row.from + ">" + row.to + " " + row.type + " " + row.summary + " <" + std::to_string(row.cause));
    }
  }
  return out;
}

constexpr const char* kStory = "lessons/leader-crash-acks-1.toml";  // delays at 14 s, crash b1 at 15 s, restart later

TEST(EditScript, a_changed_line_runs_anew_from_its_moment_and_the_old_branch_stays) {
  const auto session = open(kStory);
  run_until(*session, SimTime(16s));
  const auto before = told_until(*session, SimTime(15s));
  const std::uint64_t fingerprint = session->fingerprint();
  const std::uint64_t end = session->event();
  const view::ScriptLine crash = line_of(*session, "crash b1");
  ASSERT_TRUE(crash.is_done);
  ASSERT_TRUE(session->edit_script({crash.line, SimTime(15s), "crash b2", false}).has_value());

  EXPECT_EQ(session->now(), SimTime(15s));
  EXPECT_EQ(told_until(*session, SimTime(15s)), before) << "up to the change both runs are alike";
  const auto snapshot = session->snapshot({});
  ASSERT_EQ(snapshot->branches.size(), 2U);
  EXPECT_EQ(snapshot->branches[1].parent, 0);
  EXPECT_EQ(snapshot->branches[1].reason, "crash b2 instead of crash b1");
  EXPECT_FALSE(line_of(*session, "crash b2").is_done);
  EXPECT_TRUE(line_of(*session, "delay b1 b2 150ms").is_done);
  run_until(*session, SimTime(16s));
  EXPECT_TRUE(*session->check("up(b1) == 1 & up(b2) == 0"));

  ASSERT_TRUE(session->undo());
  EXPECT_EQ(session->now(), SimTime(15s));
  session->seek_event(end);
  EXPECT_EQ(session->fingerprint(), fingerprint) << "the old branch is as it was";
  EXPECT_TRUE(session->redo());
  run_until(*session, SimTime(16s));
  EXPECT_TRUE(*session->check("up(b1) == 1 & up(b2) == 0"));
}

TEST(EditScript, a_line_can_be_switched_off_and_on_again) {
  const auto session = open(kStory);
  run_until(*session, SimTime(16s));
  const std::uint64_t fingerprint = session->fingerprint();
  ASSERT_TRUE(session->edit_script({line_of(*session, "crash b1").line, SimTime(15s), "crash b1", true}).has_value());
  run_until(*session, SimTime(16s));
  EXPECT_TRUE(*session->check("up(b1) == 1"));
  const view::ScriptLine off = line_of(*session, "crash b1");
  EXPECT_TRUE(off.is_off);
  EXPECT_FALSE(off.is_done);
  EXPECT_EQ(session->save().find("do = \"crash\""), std::string::npos) << "what is off is not in the file";
  ASSERT_TRUE(session->edit_script({off.line, SimTime(15s), "crash b1", false}).has_value());
  run_until(*session, SimTime(16s));
  EXPECT_EQ(session->fingerprint(), fingerprint) << "on again it is the run of before";
}

TEST(EditScript, a_line_moves_in_time_earlier_and_later) {
  const auto session = open(kStory);
  run_until(*session, SimTime(16s));
  ASSERT_TRUE(session->edit_script({line_of(*session, "crash b1").line, SimTime(12s), "crash b1", false}).has_value());
  EXPECT_EQ(session->now(), SimTime(12s)) << "the first moment that differs is the new one";
  run_until(*session, SimTime(13s));
  EXPECT_TRUE(*session->check("up(b1) == 0"));
  ASSERT_TRUE(
      session->edit_script({line_of(*session, "crash b1").line, SimTime(14500ms), "crash b1", false}).has_value());
  EXPECT_EQ(session->now(), SimTime(12s)) << "the first moment that differs is the old one";
  run_until(*session, SimTime(14s));
  EXPECT_TRUE(*session->check("up(b1) == 1"));
  run_until(*session, SimTime(15s));
  EXPECT_TRUE(*session->check("up(b1) == 0"));
}

TEST(EditScript, what_is_still_to_come_changes_without_moving_the_playhead) {
  const auto session = open(kStory);
  run_until(*session, SimTime(10s));
  const auto before = told_until(*session, SimTime(11s));
  const std::uint64_t event = session->event();
  ASSERT_TRUE(session->edit_script({ScriptEdit::kNewLine, SimTime(11s), "crash b3", false}).has_value());
  EXPECT_EQ(session->now(), SimTime(10s));
  EXPECT_EQ(session->event(), event);
  EXPECT_EQ(told_until(*session, SimTime(11s)), before);
  run_until(*session, SimTime(12s));
  EXPECT_TRUE(*session->check("up(b3) == 0"));
  EXPECT_TRUE(line_of(*session, "crash b3").is_by_hand);
}

TEST(EditScript, what_was_done_by_hand_before_the_change_happened_and_later_acts_happen_again) {
  const auto session = open(kStory);
  run_until(*session, SimTime(9s));
  ASSERT_TRUE(session->post_script("pause b3 100ms; delay b2 b3 20ms").has_value());
  run_until(*session, SimTime(17s));
  ASSERT_TRUE(session->post_script("crash b3").has_value());
  run_until(*session, SimTime(18s));
  const auto before = told_until(*session, SimTime(15s));
  ASSERT_TRUE(session->edit_script({line_of(*session, "crash b1").line, SimTime(15s), "crash b1", true}).has_value());
  EXPECT_EQ(told_until(*session, SimTime(15s)), before);
  EXPECT_TRUE(line_of(*session, "delay b2 b3 20ms").is_done);
  run_until(*session, SimTime(16s));
  EXPECT_TRUE(*session->check("up(b3) == 1"));
  run_until(*session, SimTime(18s));
  EXPECT_TRUE(*session->check("up(b3) == 0 & up(b1) == 1"));

  // The file has what both kinds of lines do.
  const Result<scenario::Scenario> saved = scenario::parse(session->save(), "saved.toml");
  ASSERT_TRUE(saved.has_value()) << to_string(saved.error());
  std::vector<std::string> verbs;
  for (const scenario::TimedAction& action : saved->actions) {
    verbs.push_back(scenario::to_text(action.action));
  }
  EXPECT_EQ(std::count(verbs.begin(), verbs.end(), "crash b1"), 0);
  EXPECT_EQ(std::count(verbs.begin(), verbs.end(), "crash b3"), 1);
  EXPECT_EQ(std::count(verbs.begin(), verbs.end(), "delay b2 b3 20ms"), 1);
}

TEST(EditScript, a_mistake_is_told_in_the_words_of_scenario_files_with_its_line_and_changes_nothing) {
  const auto session = open(kStory);
  run_until(*session, SimTime(16s));
  const std::uint64_t fingerprint = session->fingerprint();
  const view::ScriptLine crash = line_of(*session, "crash b1");
  const auto wrong = session->edit_script({crash.line, SimTime(15s), "crsh b1", false});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_NE(wrong.error().text.find("did you mean \"crash\"?"), std::string::npos) << wrong.error().text;
  EXPECT_EQ(wrong.error().line, 3) << "the two delays come before it";
  EXPECT_FALSE(session->edit_script({crash.line, SimTime(15s), "crash b9", false}).has_value());
  EXPECT_FALSE(session->edit_script({crash.line, SimTime(1h), "crash b1", false}).has_value());
  EXPECT_FALSE(session->edit_script({999, SimTime(1s), "crash b1", false}).has_value());
  EXPECT_EQ(session->snapshot({})->branches.size(), 1U);
  EXPECT_EQ(session->fingerprint(), fingerprint);
}

TEST(EditScript, a_topic_that_is_no_longer_created_is_missed_by_the_lines_that_name_it) {
  const auto session = open(kStory);
  run_until(*session, SimTime(8s));
  ASSERT_TRUE(session->post_script("create-topic audit 1 1").has_value());
  run_until(*session, SimTime(9s));
  ASSERT_TRUE(session->post_script("set audit min.insync.replicas 1").has_value());
  run_until(*session, SimTime(10s));
  const auto off = session->edit_script(
      {line_of(*session, "create-topic audit 1 1").line, SimTime(8s), "create-topic audit 1 1", true});
  ASSERT_FALSE(off.has_value());
  EXPECT_NE(off.error().text.find("audit"), std::string::npos) << off.error().text;
  ASSERT_TRUE(session->edit_script({line_of(*session, "crash b1").line, SimTime(15s), "crash b1", true}).has_value());
  EXPECT_EQ(session->now(), SimTime(10s));
  run_until(*session, SimTime(11s));
  EXPECT_TRUE(line_of(*session, "set audit min.insync.replicas 1").is_done);
}

TEST(Session, a_topic_that_is_created_after_a_refusal_has_the_partitions_of_the_second_request) {
  const auto session = open("lessons/hello.toml");
  run_until(*session, SimTime(5s));
  ASSERT_TRUE(session->post_script("create-topic audit 2 9").has_value());
  run_until(*session, SimTime(6s));
  ASSERT_TRUE(session->post_script("create-topic audit 4 1").has_value());
  run_until(*session, SimTime(8s));
  const Result<bool> is_led = session->check("leader(audit-3) > 0");
  ASSERT_TRUE(is_led.has_value()) << to_string(is_led.error());
  EXPECT_TRUE(*is_led);
  EXPECT_TRUE(session->post_script("elect-preferred audit-3").has_value());
  EXPECT_FALSE(session->post_script("elect-preferred audit-4").has_value());
  // Without a number the brokers' num.partitions holds.
  ASSERT_TRUE(session->post_script("create-topic plain").has_value());
  run_until(*session, SimTime(10s));
  EXPECT_TRUE(session->post_script("elect-preferred plain-0").has_value());
}

TEST(Session, two_acts_at_one_moment_are_two_lines_of_the_script) {
  const auto session = open(kStory);
  run_until(*session, SimTime(6s));
  ASSERT_TRUE(session->post_script("crash b2").has_value());
  ASSERT_TRUE(session->post_script("crash b3").has_value());
  run_until(*session, SimTime(7s));
  EXPECT_TRUE(line_of(*session, "crash b2").is_done);
  EXPECT_TRUE(line_of(*session, "crash b3").is_done);
}

}  // namespace
}  // namespace kscope::session::edit_script_test
