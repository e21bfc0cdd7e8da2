#pragma once
// Runs in which the planted bugs of what consumers see, and of what has to become good again, get their chance.

#include <string>
#include <utility>
#include <vector>

#include "tests/sim/check/group_runs.h"

namespace kscope::sim {

/// The quiet minute with something else in place of a part of it.
inline std::string quiet_with(std::string_view part, std::string_view other, std::string_view more) {
  std::string text = kQuiet;
  text.replace(text.find(part), part.size(), other);
  return text + std::string(more);
}

/// A file of the project with more acts.
inline std::string file_with_acts(const std::string& name,
                                  const std::vector<std::pair<std::string, std::string>>& acts) {
  const auto loaded = scenario::load(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/" + name + ".toml");
  KSCOPE_CHECK(loaded.has_value(), "the scenarios of the project are valid");
  return with_acts(loaded->text, acts);
}

// A consumer that reads from the beginning.
inline constexpr const char* kReader = R"(
[[group]]
id = "billing"
topics = ["orders"]
config = { auto.offset.reset = "earliest" }
)";

// acks=all, twenty records a second, one after the other.
inline constexpr const char* kCarefulTill = R"(
[[producer]]
name = "till"
topic = "orders"
workload = { rate = "20/s", key = "none" }
config = { acks = "all", max.in.flight.requests.per.connection = 1, request.timeout.ms = 2000 }
)";

/// The leader is cut off from its followers, and dies while it alone has records of a producer with acks=1.
inline session::Run run_uncommitted_read(PlantedBug bug) {
  return run_text(with_acts(std::string(kQuiet) + kCarefulTill + kReader, {{"30s", "cut b2 b1"},
                                                                           {"30s", "cut b2 b3"},
                                                                           {"31s", "produce shop"},
                                                                           {"31100ms", "produce shop"},
                                                                           {"33s", "crash b2"}}),
                  bug);
}

/// The next leader lacks what the leader and its other follower have, and the high watermark has not passed.
inline session::Run run_half_replicated(PlantedBug bug) {
  const std::string text =
      quiet_with("assignment = [[2, 1, 3]]", "assignment = [[2, 3, 1]]\nconfig = { min.insync.replicas = 2 }",
                 std::string(kReader) + R"(
[[producer]]
name = "till"
topic = "orders"
workload = { rate = "20/s", key = "none" }
config = { acks = "all", enable.idempotence = false, max.in.flight.requests.per.connection = 1, request.timeout.ms = 2000 }
)");
  return run_text(with_acts(text, {{"30s", "cut b2 b3"}, {"33s", "crash b2"}}), bug);
}

/// A leader appends, and its answers do not arrive.
inline session::Run run_lost_answers(PlantedBug bug) {
  return run_text(with_acts(std::string(kQuiet) + kCarefulTill + kReader,
                            {{"30s", "cut-one-way b2 till"}, {"34s", "heal b2 till"}}),
                  bug);
}

/// Batches of many records, and a consumer that takes three at a time.
inline session::Run run_large_batches(PlantedBug bug) {
  return run_text(std::string(kQuiet) + R"(
[[producer]]
name = "till"
topic = "orders"
workload = { rate = "40/s", key = "none" }
config = { linger.ms = 250 }
[[group]]
id = "billing"
topics = ["orders"]
config = { auto.offset.reset = "earliest", max.poll.records = 3 }
)",
                  bug);
}

/// A consumer sleeps while its log is cut below its position, and grows beyond it again.
inline session::Run run_truncated_in_silence(PlantedBug bug) {
  return run_text(file_with_acts("faults/log-truncation", {{"34s", "pause billing-1 24s"}, {"47s", "rate shop 60/s"}}),
                  bug);
}

// Two members, and a third that comes later; short timeouts, and time enough to judge.
inline constexpr const char* kTwoAndOne = R"(
[[producer]]
name = "till"
topic = "orders"
workload = { rate = "5/s", key = "none" }
[[group]]
id = "billing"
topics = ["orders"]
members = 2
config = { auto.offset.reset = "earliest", session.timeout.ms = 6000, heartbeat.interval.ms = 1000, max.poll.interval.ms = 20000, max.poll.records = 10, request.timeout.ms = 5000, metadata.max.age.ms = 10000 }
)";

/// A third member comes, and then nothing disturbs the group any more.
inline session::Run run_group_settles(PlantedBug bug) {
  return run_text(
      with_acts(quiet_with(R"(until = "60s")", R"(until = "260s")", kTwoAndOne), {{"30s", "start billing-3"}}), bug);
}

/// The leader moves though nobody dies, and then nothing disturbs the reader any more.
inline session::Run run_leader_moves(PlantedBug bug) {
  return run_text(with_acts(quiet_with(R"(until = "60s")", R"(until = "200s")", std::string(kCarefulTill) + R"(
[[group]]
id = "billing"
topics = ["orders"]
config = { auto.offset.reset = "earliest", request.timeout.ms = 5000 }
)"),
                            {{"20s", "crash b2"}, {"28s", "restart b2"}, {"45s", "elect-preferred"}}),
                  bug);
}

/// A run in which `chance` gets its chance; it is one of those that this file is about. `bug` is the one that is planted.
inline session::Run run_reading_story(PlantedBug chance, PlantedBug bug) {
  switch (chance) {
    case PlantedBug::kReadBeyondCommitted: return run_uncommitted_read(bug);
    case PlantedBug::kAckAtMinIsr: return run_half_replicated(bug);
    case PlantedBug::kRetryWithNewSequence: return run_lost_answers(bug);
    case PlantedBug::kPollDropsRest: return run_large_batches(bug);
    case PlantedBug::kEndToldTooEarly: return run_file("history/end-told-too-early", bug);
    case PlantedBug::kPositionNotValidated: return run_truncated_in_silence(bug);
    case PlantedBug::kFormerPartitionsKept: return run_file("groups/cooperative-rebalance", bug);
    case PlantedBug::kRebalanceNotNoticed: return run_group_settles(bug);
    default: break;
  }
  KSCOPE_CHECK(chance == PlantedBug::kNeverFetchedAgain, "this bug has no story of a reader");
  return run_leader_moves(bug);
}

}  // namespace kscope::sim
