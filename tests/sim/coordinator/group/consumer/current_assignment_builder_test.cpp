// The table in current_assignment_builder.h, row by row.

#include "sim/coordinator/group/consumer/current_assignment_builder.h"

#include "tests/sim/coordinator/group/consumer/consumer_group_bench.h"

namespace kscope::sim::consumer_group::current_assignment_builder_test {
namespace {

struct Case {
  CurrentAssignment current;
  GroupEpoch assignment_epoch{0};
  PartitionSet target;
  PartitionSet of_others;
  std::optional<PartitionSet> owned = std::nullopt;
};

CurrentAssignment step(const Case& from) {
  FlatMap<TopicPartition, MemberEpoch> epochs;
  for (const PartitionSet& held : {from.current.assigned, from.current.pending_revocation, from.of_others}) {
    for (const TopicPartition& partition : held) {
      epochs.insert_or_assign(partition, MemberEpoch{1});
    }
  }
  std::optional<std::vector<TopicPartition>> owned;
  if (from.owned.has_value()) {
    owned = list_of(*from.owned);
  }
  return compute_current_assignment({from.current, from.assignment_epoch, from.target, epochs, owned});
}

CurrentAssignment at(std::int32_t epoch, std::int32_t previous, MemberState state, PartitionSet assigned,
                     PartitionSet pending = {}) {
  return {MemberEpoch{epoch}, MemberEpoch{previous}, state, std::move(assigned), std::move(pending)};
}

constexpr MemberState kStable = MemberState::STABLE;
constexpr MemberState kUnrevoked = MemberState::UNREVOKED_PARTITIONS;
constexpr MemberState kUnreleased = MemberState::UNRELEASED_PARTITIONS;

TEST(CurrentAssignment, a_stable_member_stays_while_its_target_is_old) {
  const CurrentAssignment current = at(3, 2, kStable, of_t0({0, 1}));
  EXPECT_EQ(step({current, GroupEpoch{3}, of_t0({0}), {}}), current);
}

TEST(CurrentAssignment, a_stable_member_revokes_first) {
  const CurrentAssignment current = at(3, 2, kStable, of_t0({0, 1}));
  EXPECT_EQ(step({current, GroupEpoch{5}, of_t0({1, 2}), {}}), at(3, 3, kUnrevoked, of_t0({1}), of_t0({0})));
}

TEST(CurrentAssignment, who_does_not_own_what_it_should_revoke_goes_on) {
  const CurrentAssignment current = at(3, 2, kStable, of_t0({0, 1}));
  EXPECT_EQ(step({current, GroupEpoch{5}, of_t0({1, 2}), {}, of_t0({1})}), at(5, 3, kStable, of_t0({1, 2})));
}

TEST(CurrentAssignment, a_stable_member_waits_for_what_others_have) {
  const CurrentAssignment current = at(3, 2, kStable, of_t0({0}));
  EXPECT_EQ(step({current, GroupEpoch{4}, of_t0({0, 1, 2}), of_t0({2})}), at(4, 3, kUnreleased, of_t0({0, 1})));
  EXPECT_EQ(step({current, GroupEpoch{4}, of_t0({0, 1, 2}), of_t0({1, 2})}), at(4, 3, kUnreleased, of_t0({0})));
}

TEST(CurrentAssignment, a_stable_member_gets_what_is_free) {
  const CurrentAssignment current = at(3, 2, kStable, of_t0({0}));
  EXPECT_EQ(step({current, GroupEpoch{4}, of_t0({0, 1}), {}}), at(4, 3, kStable, of_t0({0, 1})));
  EXPECT_EQ(step({current, GroupEpoch{4}, of_t0({0}), {}}), at(4, 3, kStable, of_t0({0})));
}

TEST(CurrentAssignment, an_unrevoked_member_stays_until_it_says_that_it_gave_up) {
  const CurrentAssignment current = at(3, 3, kUnrevoked, of_t0({1}), of_t0({0, 2}));
  EXPECT_EQ(step({current, GroupEpoch{5}, of_t0({1}), {}}), current) << "does not say what it owns";
  EXPECT_EQ(step({current, GroupEpoch{5}, of_t0({1}), {}, of_t0({1, 2})}), current) << "still owns one";
}

TEST(CurrentAssignment, an_unrevoked_member_goes_one_epoch_on_when_more_is_taken_away) {
  const CurrentAssignment current = at(3, 3, kUnrevoked, of_t0({1}), of_t0({0}));
  EXPECT_EQ(step({current, GroupEpoch{7}, of_t0({3}), {}, of_t0({1})}), at(4, 3, kUnrevoked, {}, of_t0({1})));
}

TEST(CurrentAssignment, an_unrevoked_member_that_gave_up_is_at_the_target) {
  const CurrentAssignment current = at(3, 3, kUnrevoked, of_t0({1}), of_t0({0}));
  EXPECT_EQ(step({current, GroupEpoch{7}, of_t0({1, 2}), of_t0({2}), of_t0({1})}), at(7, 3, kUnreleased, of_t0({1})));
  EXPECT_EQ(step({current, GroupEpoch{7}, of_t0({1, 2}), {}, of_t0({1})}), at(7, 3, kStable, of_t0({1, 2})));
  EXPECT_EQ(step({current, GroupEpoch{7}, {}, {}, PartitionSet{}}), at(7, 3, kStable, {}));
}

TEST(CurrentAssignment, what_a_member_gives_up_and_gets_back_is_released_first) {
  const CurrentAssignment current = at(3, 3, kUnrevoked, of_t0({1}), of_t0({0}));
  EXPECT_EQ(step({current, GroupEpoch{7}, of_t0({0, 1}), {}, of_t0({1})}), at(7, 3, kUnreleased, of_t0({1})));
}

TEST(CurrentAssignment, an_unreleased_member_follows_a_newer_target) {
  const CurrentAssignment current = at(4, 3, kUnreleased, of_t0({0}));
  EXPECT_EQ(step({current, GroupEpoch{5}, of_t0({3}), {}}), at(4, 4, kUnrevoked, {}, of_t0({0})));
}

TEST(CurrentAssignment, an_unreleased_member_gets_partition_by_partition) {
  const CurrentAssignment current = at(4, 3, kUnreleased, of_t0({0}));
  EXPECT_EQ(step({current, GroupEpoch{4}, of_t0({0, 1, 2}), of_t0({1, 2})}), at(4, 4, kUnreleased, of_t0({0})));
  EXPECT_EQ(step({current, GroupEpoch{4}, of_t0({0, 1, 2}), of_t0({2})}), at(4, 4, kUnreleased, of_t0({0, 1})));
  EXPECT_EQ(step({current, GroupEpoch{4}, of_t0({0, 1, 2}), {}}), at(4, 4, kStable, of_t0({0, 1, 2})));
}

}  // namespace
}  // namespace kscope::sim::consumer_group::current_assignment_builder_test
