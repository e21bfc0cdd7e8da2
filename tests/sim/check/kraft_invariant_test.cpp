// The invariants in KRaft mode: the ELR (KIP-966), the metadata log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/check/invariant.h"
#include "tests/sim/check/kraft_runs.h"

namespace kscope::sim::kraft_invariant_test {
namespace {

TEST(KraftInvariants, hold_while_replicas_leave_and_join_with_elr) {
  const session::Run run = run_eligible(PlantedBug::kNone);
  for (std::size_t i = 0; i < invariants().size(); ++i) {
    EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
  }
  for (const char* id : {"C4", "R4", "R6", "R9", "R12"}) {
    EXPECT_GT(row_of(run, id).checked, 3) << id;
  }
}

TEST(KraftInvariants, nobody_is_eligible_besides_a_full_isr) {
  const session::Run run = run_eligible(PlantedBug::kElrBesidesFullIsr);
  EXPECT_GT(broken(run, "C4"), 0);
  EXPECT_GT(broken(run, "R4"), 0) << "what is committed without b3 is not on b3, which may be elected";
  EXPECT_GT(broken(run, "R6"), 0) << "b2 is back and the ISR full: the leader does not wait for b3";
}

TEST(KraftInvariants, the_high_watermark_stands_still_below_min_isr) {
  const session::Run run = run_eligible(PlantedBug::kHwBelowMinIsr);
  EXPECT_GT(broken(run, "R9"), 0);
  EXPECT_GT(broken(run, "R4"), 0) << "b2 is in the ELR and has not what b1 committed alone";
}

TEST(KraftInvariants, a_broker_that_lost_its_page_cache_is_not_eligible) {
  EXPECT_EQ(broken(run_file("history/last-replica-standing", PlantedBug::kNone), "R12"), 0);
  const session::Run run = run_file("history/last-replica-standing", PlantedBug::kElrIgnoresUncleanShutdown);
  EXPECT_GT(broken(run, "R12"), 0) << "a lost page cache is no excuse: R12 is about that";
}

TEST(KraftInvariants, hold_while_controllers_come_and_go) {
  for (const session::Run& run : {run_quorum(PlantedBug::kNone), run_quorum_apart(PlantedBug::kNone),
                                  run_quorum_without_power(PlantedBug::kNone)}) {
    for (std::size_t i = 0; i < invariants().size(); ++i) {
      EXPECT_EQ(run.invariants.rows[i].broken, 0) << invariants()[i].id << ": " << run.invariants.rows[i].detail;
    }
    EXPECT_GT(row_of(run, "C9").checked, 20);
    EXPECT_GT(row_of(run, "C6").checked, 1);
    EXPECT_GT(row_of(run, "C7").checked + row_of(run, "C4").checked, 0);
  }
}

std::string why_c9(const session::Run& run) { return row_of(run, "C9").detail; }

TEST(KraftInvariants, each_part_of_the_metadata_log_has_its_bug) {
  using testing::HasSubstr;
  EXPECT_THAT(why_c9(run_quorum_apart(PlantedBug::kQuorumLeadsAlone)), HasSubstr("leads the quorum in epoch"));
  EXPECT_THAT(why_c9(run_quorum_without_power(PlantedBug::kQuorumCountsUnflushed)),
              HasSubstr("without what was committed"));
  EXPECT_THAT(why_c9(run_quorum(PlantedBug::kQuorumHwMayFall)), HasSubstr("falls"));
  EXPECT_THAT(why_c9(run_quorum(PlantedBug::kObserverAltersBatch)), HasSubstr("has another batch at offset"));
  EXPECT_THAT(why_c9(run_quorum(PlantedBug::kSnapshotForgetsConfigs)), HasSubstr("is not what the log says"));
}

}  // namespace
}  // namespace kscope::sim::kraft_invariant_test
