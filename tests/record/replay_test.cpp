#include "sim/record/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "sim/record/chunk_codec.h"
#include "sim/rules/planted_bug.h"
#include "sim/types/crc32c.h"
#include "tests/record/real_run.h"

namespace kscope::record::replay_test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

RealRun run_with_acts() {
  RealRun run;
  // Two acts at one moment, one between two events, one that other acts follow at once.
  run.acts = {{SimTime(10s), "crash b1"},
              {SimTime(10s), "pause billing-1 3s"},
              {SimTime(14'000'000'001ns), "restart b1"},
              {SimTime(20s), "cut b2 b3"},
              {SimTime(23s), "heal-all"}};
  return run;
}

Replay replayed(const RealRecording& recording) {
  const std::unique_ptr<Reader> reader = recording.open();
  Result<Replay> done = replay(*reader);
  EXPECT_TRUE(done) << (done ? "" : to_string(done.error()));
  return std::move(*done);
}

void expect_same(const RealRecording& recording) {
  const Replay done = replayed(recording);
  EXPECT_EQ(done.verdict, Replay::Verdict::kSame) << done.recorded << "\n" << done.replayed;
  EXPECT_EQ(done.same_events, recording.session->event());
  EXPECT_EQ(done.session->fingerprint(), recording.session->fingerprint());
}

TEST(Replay, a_run_is_the_same_a_second_time) { expect_same(RealRecording(RealRun{})); }

TEST(Replay, what_was_done_by_hand_is_done_again) { expect_same(RealRecording(run_with_acts())); }

TEST(Replay, planted_bugs_are_planted_again) {
  for (const sim::PlantedBugName& bug : sim::kPlantedBugs) {
    SCOPED_TRACE(bug.name);
    RealRun run = run_with_acts();
    run.planted_bug = bug.name;
    expect_same(RealRecording(run));
  }
}

TEST(Replay, a_bug_that_is_not_planted_again_shows) {
  RealRun run = run_with_acts();
  run.planted_bug = "ack-before-replication";
  const RealRecording recording(run);
  recording.change("UPDATE run SET rules = 'kafka 3.9, zookeeper'");
  EXPECT_EQ(replayed(recording).verdict, Replay::Verdict::kDifferent);
}

/// One column of an event, changed as a different program would.
struct Change {
  std::string name;
  std::function<void(TraceEvent&)> make;
};

class ChangedEvent : public testing::TestWithParam<Change> {};

/// Puts these events into the place of the chunk that begins with the first of them.
void replace_chunk(const RealRecording& recording, const std::vector<TraceEvent>& events) {
  ChunkEncoder encoder;
  for (const TraceEvent& event : events) {
    encoder.add(event);
  }
  std::string hex;
  for (const std::uint8_t byte : encoder.bytes()) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  recording.change("UPDATE chunk SET last_event = " + std::to_string(events.back().number) + ", data = x'" + hex +
                   "', crc = " + std::to_string(sim::crc32c(encoder.bytes())) +
                   " WHERE first_event = " + std::to_string(events.front().number));
}

/// Rewrites the chunk that holds `number`; the changed event comes back.
TraceEvent change_event(const RealRecording& recording, std::uint64_t number, const Change& change) {
  Result<std::vector<TraceEvent>> events = recording.open()->chunk_at(number);
  EXPECT_TRUE(events);
  TraceEvent& event = (*events)[number - events->front().number];
  change.make(event);
  replace_chunk(recording, *events);
  return event;
}

TEST_P(ChangedEvent, is_named_as_it_was_and_as_it_is) {
  const RealRecording recording(run_with_acts());
  // A delivery somewhere in the middle of the run.
  const std::unique_ptr<Reader> before = recording.open();
  TraceEvent is;
  for (std::uint64_t number = 2'000; is.kind != EventKind::kDelivery; ++number) {
    const Result<std::vector<TraceEvent>> events = before->chunk_at(number);
    ASSERT_TRUE(events);
    is = (*events)[number - events->front().number];
  }
  const TraceEvent was = change_event(recording, is.number, GetParam());
  ASSERT_NE(was, is);

  const Replay done = replayed(recording);
  EXPECT_EQ(done.verdict, Replay::Verdict::kDifferent);
  EXPECT_EQ(done.same_events, is.number - 1);
  EXPECT_EQ(done.recorded, before->names().sentence(was));
  EXPECT_EQ(done.replayed, before->names().sentence(is));
  EXPECT_THAT(done.recorded, StartsWith("event " + std::to_string(is.number) + " at "));
  EXPECT_NE(done.recorded, done.replayed) << "the difference must be seen";
}

INSTANTIATE_TEST_SUITE_P(EveryColumn, ChangedEvent,
                         testing::Values(Change{"kind", [](TraceEvent& event) { event.kind = EventKind::kTimer; }},
                                         Change{"what", [](TraceEvent& event) { event.what ^= 1; }},
                                         Change{"node", [](TraceEvent& event) { event.node.value ^= 1; }},
                                         Change{"peer", [](TraceEvent& event) { event.peer.value ^= 1; }},
                                         Change{"cause", [](TraceEvent& event) { event.cause -= 1; }},
                                         Change{"message", [](TraceEvent& event) { event.message += 1; }},
                                         Change{"sent_at", [](TraceEvent& event) { event.sent_at -= 1ns; }},
                                         Change{"size", [](TraceEvent& event) { event.size_bytes += 1; }},
                                         Change{"digest", [](TraceEvent& event) { event.digest ^= 0x8000; }}),
                         [](const testing::TestParamInfo<Change>& change) { return change.param.name; });

TEST(Replay, a_changed_time_is_named) {
  const RealRecording recording(run_with_acts());
  // An event that nothing else happens at the same time with, so that the changed one still comes before the next.
  const Result<std::vector<TraceEvent>> events = recording.open()->chunk_at(1'500);
  std::size_t at = 0;
  while (events->at(at).number < 1'500 || events->at(at).time + 1ns >= events->at(at + 1).time) {
    ++at;
  }
  const std::uint64_t number = events->at(at).number;
  change_event(recording, number, {"time", [](TraceEvent& event) { event.time += 1ns; }});
  const Replay done = replayed(recording);
  EXPECT_EQ(done.verdict, Replay::Verdict::kDifferent);
  EXPECT_EQ(done.same_events, number - 1);
  EXPECT_THAT(done.recorded, StartsWith("event " + std::to_string(number) + " at "));
  EXPECT_NE(done.recorded, done.replayed);
}

/// Number of events that two runs have in common at the beginning.
std::uint64_t common_events(const RealRecording& one, const RealRecording& other) {
  const std::unique_ptr<Reader> a = one.open();
  const std::unique_ptr<Reader> b = other.open();
  for (std::uint64_t number = 1; number <= std::min(a->last_event(), b->last_event()); ++number) {
    const Result<std::vector<TraceEvent>> left = a->chunk_at(number);
    const Result<std::vector<TraceEvent>> right = b->chunk_at(number);
    if ((*left)[number - left->front().number] != (*right)[number - right->front().number]) {
      return number - 1;
    }
  }
  return std::min(a->last_event(), b->last_event());
}

TEST(Replay, another_seed_differs_where_the_two_runs_part) {
  const RealRecording recording(RealRun{});
  RealRun other;
  other.seed = 43;
  const std::uint64_t common = common_events(recording, RealRecording(other));
  ASSERT_LT(common, 500u);
  recording.change("UPDATE run SET seed = '43'");
  const Replay done = replayed(recording);
  EXPECT_EQ(done.verdict, Replay::Verdict::kDifferent);
  EXPECT_EQ(done.same_events, common);
  EXPECT_THAT(done.recorded, StartsWith("event " + std::to_string(common + 1) + " at "));
  EXPECT_THAT(done.replayed, StartsWith("event " + std::to_string(common + 1) + " at "));
}

TEST(Replay, another_scenario_differs_at_its_first_event_that_is_not_the_same) {
  const RealRecording recording(RealRun{});
  recording.change("UPDATE run SET scenario_text = replace(scenario_text, '4/s', '5/s')");
  const Replay done = replayed(recording);
  EXPECT_EQ(done.verdict, Replay::Verdict::kDifferent);
  EXPECT_GT(done.same_events, 100u) << "both begin alike: the producer has not sent anything yet";
  EXPECT_THAT(done.recorded, HasSubstr("timer \"next record\" of shop"));
  EXPECT_THAT(done.replayed, HasSubstr("timer \"next record\" of shop"));
}

TEST(Replay, a_scenario_that_ends_earlier_has_nothing_to_show_for_the_rest) {
  const RealRecording recording(RealRun{});
  recording.change("UPDATE run SET scenario_text = replace(scenario_text, '\"30s\"', '\"20s\"')");
  const Replay done = replayed(recording);
  EXPECT_EQ(done.verdict, Replay::Verdict::kDifferent);
  EXPECT_THAT(done.recorded, StartsWith("event " + std::to_string(done.same_events + 1) + " at 20."));
  EXPECT_EQ(done.replayed, "nothing happens any more after event " + std::to_string(done.same_events));
}

TEST(Replay, fingerprints_on_the_way_and_at_the_end_are_compared) {
  RealRun run;
  run.length = 700s;
  const RealRecording recording(run);
  ASSERT_GT(recording.session->event(), kFingerprintPeriod);
  expect_same(recording);
  recording.change("UPDATE fingerprint SET value = '00000000000000aa'");
  const Replay on_the_way = replayed(recording);
  EXPECT_EQ(on_the_way.verdict, Replay::Verdict::kDifferent);
  EXPECT_EQ(on_the_way.same_events, kFingerprintPeriod - 1);
  EXPECT_EQ(on_the_way.recorded, "fingerprint 00000000000000aa after event 100000");
  EXPECT_THAT(on_the_way.replayed, EndsWith("after event 100000"));
  recording.change("DELETE FROM fingerprint; UPDATE run SET fingerprint = '00000000000000bb'");
  const Replay at_the_end = replayed(recording);
  EXPECT_EQ(at_the_end.verdict, Replay::Verdict::kDifferent);
  EXPECT_EQ(at_the_end.same_events, recording.session->event());
  EXPECT_THAT(at_the_end.recorded, StartsWith("fingerprint 00000000000000bb after event "));
}

TEST(Replay, an_incomplete_recording_is_compared_as_far_as_it_goes) {
  const RealRecording recording(run_with_acts());
  const std::uint64_t all = recording.open()->last_event();
  // What a killed program leaves: whole chunks up to some event, and no end.
  Result<std::vector<TraceEvent>> first = recording.open()->chunk_at(1);
  first->resize(3'000);
  replace_chunk(recording, *first);
  recording.change(
      "DELETE FROM chunk WHERE first_event > 1; "
      "UPDATE run SET state = 'open', last_event = NULL, last_time_ns = NULL, fingerprint = NULL");
  ASSERT_GT(all, 3'000u);
  const Replay done = replayed(recording);
  EXPECT_EQ(done.verdict, Replay::Verdict::kSame) << done.recorded << "\n" << done.replayed;
  EXPECT_EQ(done.same_events, 3'000u);
}

TEST(Replay, an_act_that_cannot_be_done_any_more_is_named) {
  const RealRecording recording(run_with_acts());
  recording.change("UPDATE command SET text = 'crash b9' WHERE text = 'crash b1'");
  const Replay done = replayed(recording);
  EXPECT_EQ(done.verdict, Replay::Verdict::kDifferent);
  EXPECT_EQ(done.recorded, "\"crash b9\" is done after event " + std::to_string(done.same_events));
  EXPECT_THAT(done.replayed, HasSubstr("there is no node called \"b9\""));
}

TEST(Replay, an_act_that_is_missing_shows_at_the_event_that_it_would_have_been) {
  const RealRecording recording(run_with_acts());
  recording.change("DELETE FROM command WHERE text = 'crash b1'");
  const Replay done = replayed(recording);
  EXPECT_EQ(done.verdict, Replay::Verdict::kDifferent);
  EXPECT_THAT(done.recorded, HasSubstr("fault crash for b1"));
}

TEST(Replay, damage_is_an_error_and_no_difference) {
  const RealRecording recording(RealRun{});
  recording.change("UPDATE chunk SET crc = crc + 1");
  const std::unique_ptr<Reader> damaged = recording.open();
  const Result<Replay> done = replay(*damaged);
  ASSERT_FALSE(done);
  EXPECT_THAT(to_string(done.error()), HasSubstr("are damaged"));
  recording.change("UPDATE chunk SET crc = crc - 1; UPDATE run SET last_event = last_event + 10");
  const std::unique_ptr<Reader> missing = recording.open();
  const Result<Replay> rest = replay(*missing);
  ASSERT_FALSE(rest);
  EXPECT_THAT(to_string(rest.error()), HasSubstr("is missing"));
}

TEST(Replay, a_scenario_that_is_not_accepted_is_an_error_with_its_place) {
  const RealRecording recording(RealRun{});
  recording.change("UPDATE run SET scenario_text = 'titel = 1'");
  const std::unique_ptr<Reader> reader = recording.open();
  const Result<Replay> done = replay(*reader);
  ASSERT_FALSE(done);
  EXPECT_THAT(to_string(done.error()), HasSubstr("run.db (scenario):1"));
}

TEST(Replay, stops_when_it_is_told_to) {
  const RealRecording recording(RealRun{});
  const std::unique_ptr<Reader> reader = recording.open();
  std::vector<std::uint64_t> reports;
  const Result<Replay> done = replay(*reader, [&](std::uint64_t event, std::uint64_t last) {
    EXPECT_EQ(last, reader->last_event());
    reports.push_back(event);
    return event == 0;
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(done->verdict, Replay::Verdict::kStopped);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(done->same_events, reports.back());
}

}  // namespace
}  // namespace kscope::record::replay_test
