// Every invariant sees: a run through a rough minute breaks none of them, and with its planted bug each is broken.
#include "sim/check/invariant.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/check/group_runs.h"
#include "tests/sim/check/kraft_runs.h"
#include "tests/sim/check/late_message_runs.h"
#include "tests/sim/check/planted_run.h"
#include "tests/sim/check/reading_runs.h"

namespace kscope::sim::invariant_test {
namespace {

// Crashes, cuts, a pause, elections and a rebalance, arranged so that each planted bug gets its chance to do harm.
constexpr const char* kRoughMinute = R"toml(
title = "a rough minute"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 1
until = "85s"
[zookeeper]
servers = 1
config = { tickTime = 1000 }
[defaults.broker]
offsets.topic.num.partitions = 1
transaction.state.log.num.partitions = 1
zookeeper.session.timeout.ms = 4000
replica.lag.time.max.ms = 2000
replica.fetch.max.bytes = 1000
auto.leader.rebalance.enable = false
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 3
replication.factor = 3
config = { min.insync.replicas = 2 }
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "300/s", key = "none" }
config = { acks = "all", request.timeout.ms = 3000, max.in.flight.requests.per.connection = 1, enable.idempotence = false }
[[producer]]
name = "till"
topic = "orders"
workload = { rate = "100/s", key = "none" }
config = { request.timeout.ms = 3000, delivery.timeout.ms = 6000 }
[[producer]]
name = "desk"
topic = "orders"
workload = { rate = "40/s", key = "round-robin(4)", transaction = 12, abort.every = 2 }
config = { transactional.id = "desk", request.timeout.ms = 3000 }
[[producer]]
name = "desk-2"
topic = "orders"
start = "64s"
workload = { rate = "40/s", key = "round-robin(4)", transaction = 12 }
config = { transactional.id = "desk", request.timeout.ms = 3000 }
[[group]]
id = "ledger"
topics = ["orders"]
config = { isolation.level = "read_committed", auto.offset.reset = "earliest" }
[[at]]
time = "62s"
do = "pause desk 12s"
[[group]]
id = "billing"
topics = ["orders"]
members = 2
config = { session.timeout.ms = 6000, heartbeat.interval.ms = 1000 }
[[at]]
time = "6s"
do = "delay b1 till 40ms"
[[at]]
time = "9s"
do = "disk-fail b1"
[[at]]
time = "9050ms"
do = "disk-ok b1"
[[at]]
time = "10s"
do = "cut b1 b3"
[[at]]
time = "16s"
do = "heal b1 b3"
[[at]]
time = "20s"
do = "crash b1"
[[at]]
time = "26s"
do = "restart b1"
[[at]]
time = "28s"
do = "cut b1 b2"
[[at]]
time = "28s"
do = "cut b1 b3"
[[at]]
time = "32s"
do = "crash b2"
[[at]]
time = "36s"
do = "heal b1 b2"
[[at]]
time = "36s"
do = "heal b1 b3"
[[at]]
time = "37s"
do = "restart b2"
[[at]]
time = "40s"
do = "crash billing-2"
[[at]]
time = "44s"
do = "elect-preferred"
[[at]]
time = "47s"
do = "pause b3 7s"
[[at]]
time = "56s"
do = "crash b2"
[[at]]
time = "57s"
do = "crash b3"
[[at]]
time = "68s"
do = "restart b2"
[[at]]
time = "70s"
do = "restart b3"
[[at]]
time = "76s"
do = "expire-session b1"
)toml";

// Logs that are compacted and deleted all the time: small segments, tombstones, a slow consumer that retention overtakes, a
// follower that is cut off for a while, a record whose key never comes again.
constexpr const char* kTidyMinutes = R"toml(
title = "tidy minutes"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 1
until = "85s"
[zookeeper]
servers = 1
config = { tickTime = 1000 }
[defaults.broker]
offsets.topic.num.partitions = 1
offsets.topic.replication.factor = 1
zookeeper.session.timeout.ms = 4000
replica.lag.time.max.ms = 20000
auto.leader.rebalance.enable = false
log.cleaner.backoff.ms = 1000
log.retention.check.interval.ms = 1000
[[broker]]
id = 1
[[broker]]
id = 2
[[topic]]
name = "prices"
partitions = 1
replication.factor = 2
assignment = [[1, 2]]
config = { cleanup.policy = "compact", segment.bytes = 3000, min.cleanable.dirty.ratio = "0.1", delete.retention.ms = 5000 }
[[topic]]
name = "orders"
partitions = 1
replication.factor = 2
assignment = [[1, 2]]
config = { segment.bytes = 3000, retention.bytes = 6000 }
[[producer]]
name = "market"
topic = "prices"
workload = { rate = "20/s", key = "uniform(9)", tombstone.every = 5 }
config = { acks = "1" }
[[producer]]
name = "bourse"
topic = "prices"
workload = { rate = "5/s", key = "uniform(9)", limit = 40 }
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "none" }
[[group]]
id = "billing"
topics = ["orders"]
processing.time = "80ms"
config = { auto.offset.reset = "earliest", max.poll.records = 3, max.partition.fetch.bytes = 600 }
[[at]]
time = "40s"
do = "cut b1 b2"
[[at]]
time = "42s"
do = "heal b1 b2"
[[at]]
time = "50s"
do = "rate market 0"
)toml";

// A group that copies orders into invoices: batches that expire, a member that dies while its offsets wait for the end of its
// transaction, and comes back; far away, so that each step of a transaction takes its time. And two processes with one
// transactional.id, the first of which has nothing open when the second begins.
constexpr const char* kCopying = R"toml(
title = "copying"
kafka.version = "3.9"
metadata = "zookeeper"
seed = 1
until = "85s"
[zookeeper]
servers = 1
[defaults.broker]
offsets.topic.num.partitions = 1
transaction.state.log.num.partitions = 1
group.initial.rebalance.delay.ms = 500
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 2
replication.factor = 3
assignment = [[1, 2, 3], [2, 3, 1]]
[[topic]]
name = "invoices"
partitions = 2
replication.factor = 3
assignment = [[3, 1, 2], [1, 2, 3]]
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "round-robin(8)", limit = 500 }
[[group]]
id = "copier"
topics = ["orders"]
members = 2
processing.time = "60ms"
output = "invoices"
config = { auto.offset.reset = "earliest", isolation.level = "read_committed", max.poll.records = 5, session.timeout.ms = 6000, heartbeat.interval.ms = 2000 }
producer.config = { transactional.id = "copier", linger.ms = 0, delivery.timeout.ms = 3000, request.timeout.ms = 2000 }
[[producer]]
name = "desk"
topic = "invoices"
workload = { rate = "10/s", key = "none", limit = 6, transaction = 3 }
config = { transactional.id = "desk" }
[[producer]]
name = "desk-2"
topic = "invoices"
start = "30s"
workload = { rate = "10/s", key = "none", limit = 6, transaction = 3 }
config = { transactional.id = "desk" }
[[at]]
time = "16s"
do = "cut copier-2 b3"
[[at]]
time = "16s"
do = "cut copier-2 b1"
[[at]]
time = "22s"
do = "heal copier-2 b1"
[[at]]
time = "22s"
do = "heal copier-2 b3"
[[at]]
time = "12s"
do = "delay copier-1 b1 100ms"
[[at]]
time = "12s"
do = "delay copier-1 b2 100ms"
[[at]]
time = "12s"
do = "delay copier-1 b3 100ms"
[[at]]
time = "26050ms"
do = "crash copier-1"
[[at]]
time = "50s"
do = "restart copier-1"
)toml";

bool is_about_copying(PlantedBug bug) {
  return bug == PlantedBug::kEpochNotRaised || bug == PlantedBug::kAbortedOffsetCounts ||
         bug == PlantedBug::kPendingOffsetIgnored || bug == PlantedBug::kNoRewind;
}

bool is_about_tidying(PlantedBug bug) {
  return std::any_of(kPlantedBugs.begin(), kPlantedBugs.end(),
                     [&](const PlantedBugName& name) { return name.bug == bug && name.invariant.starts_with('K'); });
}

// Producers that wait for less than all replicas.
constexpr const char* kTwoMore = R"(
[[producer]]
name = "kiosk"
topic = "orders"
workload = { rate = "20/s", key = "none" }
config = { acks = 1 }
[[producer]]
name = "sensor"
topic = "orders"
workload = { rate = "20/s", key = "none" }
config = { acks = 0 }
)";

session::Run run_with(PlantedBug bug, const std::string& more = "", bool is_tidy = false) {
  if (is_about_copying(bug)) {
    return run_text(kCopying, bug);
  }
  return run_text((is_tidy || is_about_tidying(bug) ? kTidyMinutes : kRoughMinute) + more, bug);
}

/// Power goes and comes back on one machine, early in the minute.
std::string power_cut(const std::string& node) {
  return "[[at]]\ntime = \"8s\"\ndo = \"power-loss " + node + "\"\n[[at]]\ntime = \"9s\"\ndo = \"restart " + node +
         "\"\n";
}

/// A run in which `chance` gets its chance: the rough minute does for most. `bug` is the one that is planted.
session::Run run_for(PlantedBug chance, PlantedBug bug) {
  switch (chance) {
    case PlantedBug::kKeepFollowerPositions:
      // b1 leads, and b3 has a record that b2 lacks. b2 leads, b3 cuts the record off; b1 copies another from b2, b3 not.
      return run_text(with_acts(kQuiet, {{"10s", "shutdown b2"},
                                         {"12s", "restart b2"},
                                         {"17s", "produce shop"},
                                         {"18s", "cut b1 b2"},
                                         {"19s", "produce shop"},
                                         {"20s", "elect-preferred"},
                                         {"21s", "heal b1 b2"},
                                         {"23s", "cut b2 b3"},
                                         {"23100ms", "produce shop"},
                                         {"23500ms", "crash b2"}}),
                      bug);
    case PlantedBug::kTakeAnyAnswer: return run_answer_held_back(bug);
    case PlantedBug::kIgnorePartitionEpochs: return run_fenced_meanwhile(bug);
    case PlantedBug::kControllerExpandsIsr:
      return run_text(
          with_acts(kQuiet,
                    {{"10s", "cut b2 b1"}, {"10s", "cut b2 b3"}, {"11s", "produce shop"}, {"25s", "heal b2 b1"}}),
          bug);
    case PlantedBug::kExpandBelowEpochStart: return run_file("history/expand-below-epoch-start", bug);
    case PlantedBug::kIgnoreBrokerEpochs:
    case PlantedBug::kRegisterWithOldEpoch: return run_file("history/empty-replica-joins", bug);
    case PlantedBug::kAcceptOldController: return run_file("faults/zombie-controller", bug);
    case PlantedBug::kIsrOutsideReplicas:
    case PlantedBug::kUncleanWithoutLeave: return run_file("faults/clean-election-only", bug);
    case PlantedBug::kElectShuttingDown: return run_file("faults/rolling-restart", bug);
    case PlantedBug::kReassignBeforeInSync: return run_file("storage/move-a-partition", bug);
    case PlantedBug::kUnguardedController: return run_file("history/two-controllers", bug);
    case PlantedBug::kRecoveryTrustsChecksums: return run_with(bug, power_cut("b1"));
    case PlantedBug::kDeleteBeyondEnd:
      return run_text(with_acts(kQuiet, {{"59s", "delete-records orders-0 999"}}), bug);
    case PlantedBug::kCutBelowLogStart:
      // b1 has records that b2 lacks when it crashes, and both have deleted what is old.
      return run_text(with_acts(kTidyMinutes, {{"41s", "crash b1"}, {"45s", "restart b1"}}), bug);
    case PlantedBug::kElrBesidesFullIsr:
    case PlantedBug::kHwBelowMinIsr: return run_eligible(bug);
    case PlantedBug::kElrIgnoresUncleanShutdown: return run_file("history/last-replica-standing", bug);
    case PlantedBug::kQuorumLeadsAlone: return run_quorum_apart(bug);
    case PlantedBug::kQuorumCountsUnflushed: return run_quorum_without_power(bug);
    case PlantedBug::kQuorumHwMayFall:
    case PlantedBug::kObserverAltersBatch:
    case PlantedBug::kSnapshotForgetsConfigs: return run_quorum(bug);
    case PlantedBug::kAssignorMissesLast:
    case PlantedBug::kEpochBeforeRevoked:
    case PlantedBug::kStableWhileUnreleased:
    case PlantedBug::kTakeAnyCommit:
    case PlantedBug::kCommitAckedEarly:
    case PlantedBug::kLoadKeepsFirst:
    case PlantedBug::kCommitFetched:
    case PlantedBug::kStaticMemberTwice:
    case PlantedBug::kExpireWhileRead:
    case PlantedBug::kCommitOfOldGeneration: return run_group_story(chance, bug);
    case PlantedBug::kReadBeyondCommitted:
    case PlantedBug::kAckAtMinIsr:
    case PlantedBug::kRetryWithNewSequence:
    case PlantedBug::kPollDropsRest:
    case PlantedBug::kEndToldTooEarly:
    case PlantedBug::kPositionNotValidated:
    case PlantedBug::kFormerPartitionsKept:
    case PlantedBug::kRebalanceNotNoticed:
    case PlantedBug::kNeverFetchedAgain: return run_reading_story(chance, bug);
    case PlantedBug::kOffsetWithoutAck: return run_text(std::string(kQuiet) + kTwoMore, bug);
    default: return run_with(bug);
  }
}

session::Run run_for(PlantedBug bug) { return run_for(bug, bug); }

TEST(Invariants, hold_through_a_rough_minute) {
  const session::Run run = run_with(PlantedBug::kNone);
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
  }
}

TEST(Invariants, hold_while_logs_are_compacted_and_deleted) {
  const session::Run run = run_with(PlantedBug::kNone, "", true);
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
    if (invariants()[i].id.front() == 'K') {
      EXPECT_GT(run.invariants.rows[i].checked, 10) << invariants()[i].id << " was never asked";
    }
  }
}

TEST(Invariants, hold_while_records_are_copied) {
  const session::Run run = run_text(kCopying, PlantedBug::kNone);
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
  }
  for (const std::string_view id : {"X8", "X10", "X11"}) {
    EXPECT_GT(row_of(run, id).checked, 10) << id << " was never asked";
  }
}

TEST(Invariants, hold_where_bugs_are_planted_that_need_a_story_of_their_own) {
  for (const PlantedBug bug : {PlantedBug::kTakeAnyAnswer, PlantedBug::kIgnorePartitionEpochs}) {
    const session::Run run = run_for(bug, PlantedBug::kNone);
    for (std::size_t i = 0; i < invariants().size(); ++i) {
      EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
    }
  }
}

TEST(Invariants, a_controller_that_lets_followers_in_is_caught_though_nothing_moves) {
  EXPECT_GT(broken(run_for(PlantedBug::kControllerExpandsIsr), "C10"), 0);
}

TEST(Invariants, a_power_loss_of_another_machine_than_a_broker_excuses_nothing) {
  for (const char* node : {"shop", "billing-1"}) {
    EXPECT_GT(broken(run_with(PlantedBug::kAckBeforeReplication, power_cut(node)), "P1"), 0) << node;
  }
}

TEST(Invariants, records_that_a_broker_had_not_flushed_are_an_excuse) {
  const session::Run run = run_with(PlantedBug::kAckBeforeReplication, power_cut("b1"));
  EXPECT_EQ(broken(run, "P1"), 0);
  EXPECT_GT(permitted(run, "P1"), 0);
}

TEST(Invariants, a_producer_that_goes_on_in_a_topic_made_anew_is_judged_from_there_on) {
  const session::Run run = run_text(with_acts(kQuiet, {{"8s", "rate shop 50/s"},
                                                       {"20s", "delete-topic orders"},
                                                       {"25s", "crash shop"},
                                                       {"28s", "restart shop"},
                                                       {"30s", "rate shop 50/s"}}),
                                    PlantedBug::kNone);
  EXPECT_EQ(broken(run, "I3"), 0);
  const auto shop = std::find_if(run.watch.clients().begin(), run.watch.clients().end(),
                                 [](const ClientWatch& client) { return client.created > 0; });
  ASSERT_NE(shop, run.watch.clients().end());
  EXPECT_GT(shop->created, 2000) << "what went into the deleted topic counts too";
  EXPECT_GT(shop->acked, 1500);
  EXPECT_LE(shop->acked + shop->failed, shop->created);
}

TEST(Invariants, a_transactional_producer_recovers_from_a_batch_that_expired_while_it_committed) {
  const std::string text = std::string(kQuiet) + R"(
[[producer]]
name = "desk"
topic = "orders"
workload = { rate = "20/s", key = "none", transaction = 5 }
config = { transactional.id = "desk", request.timeout.ms = 1000, delivery.timeout.ms = 3000, linger.ms = 0 }
)";
  const session::Run run = run_text(with_acts(text, {{"20s", "pause b3"}, {"35s", "resume b3"}}), PlantedBug::kNone);
  const auto desk = std::find_if(run.watch.clients().begin(), run.watch.clients().end(),
                                 [](const ClientWatch& client) { return client.created > 0; });
  ASSERT_NE(desk, run.watch.clients().end());
  EXPECT_GT(desk->failed, 0) << "the pause is longer than delivery.timeout.ms";
  EXPECT_GT(desk->acked, 500) << "the next transactions have another epoch";
}

TEST(Invariants, what_acks_1_acknowledged_survives_once_it_is_committed) {
  const std::vector<std::pair<std::string, std::string>> acts{
      {"20s", "cut b2 b1"}, {"20s", "cut b2 b3"}, {"21s", "crash b2"}, {"22s", "heal b2 b1"}, {"22s", "heal b2 b3"}};
  const std::string text = with_acts(std::string(kQuiet) + kTwoMore, acts);
  const session::Run right = run_text(text, PlantedBug::kNone);
  EXPECT_EQ(broken(right, "P3"), 0) << "what only the leader had was not committed";
  EXPECT_GT(row_of(right, "P3").checked, 0);
  const PartitionWatch* orders = right.watch.find({right.world.registry().find_topic("orders").value(), 0});
  ASSERT_NE(orders, nullptr);
  EXPECT_GT(orders->acked_lost, 0);
  EXPECT_GT(broken(run_text(text, PlantedBug::kHwIgnoresFollowers), "P3"), 0);
}

class PlantedBugs : public ::testing::TestWithParam<PlantedBugName> {};

TEST_P(PlantedBugs, are_caught_by_their_invariant) {
  const session::Run run = run_for(GetParam().bug);
  if (!GetParam().invariant.empty()) {
    EXPECT_GT(broken(run, GetParam().invariant), 0) << GetParam().name;
    return;
  }
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
  }
}

// What a bug breaks besides the invariant that its table names: every invariant has a bug that it catches.
TEST(Invariants, each_catches_a_planted_bug) {
  const std::map<std::string, PlantedBug> also = {
      {"R2", PlantedBug::kHwIgnoresFollowers},    {"R4", PlantedBug::kExpandIsrTooEarly},
      {"R5", PlantedBug::kHwIgnoresFollowers},    {"R8", PlantedBug::kNoTruncation},
      {"R13", PlantedBug::kAckBeforeReplication}, {"R14", PlantedBug::kHwIgnoresFollowers},
  };
  for (const Invariant& invariant : invariants()) {
    const auto named = std::find_if(kPlantedBugs.begin(), kPlantedBugs.end(),
                                    [&](const PlantedBugName& bug) { return bug.invariant == invariant.id; });
    if (named != kPlantedBugs.end() || invariant.id == "P3") {
      continue;  // PlantedBugs.are_caught_by_their_invariant, what_acks_1_acknowledged_survives_once_it_is_committed
    }
    const auto other = also.find(std::string(invariant.id));
    ASSERT_NE(other, also.end()) << invariant.id << " has no planted bug";
    EXPECT_GT(broken(run_for(other->second), invariant.id), 0) << invariant.id;
  }
}

std::string test_name(const ::testing::TestParamInfo<PlantedBugName>& info) {
  std::string name(info.param.name);
  for (char& c : name) {
    c = c == '-' ? '_' : c;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, PlantedBugs, ::testing::ValuesIn(kPlantedBugs), test_name);

}  // namespace
}  // namespace kscope::sim::invariant_test
