// Records and what replaying them makes of a group.

#include "tests/sim/coordinator/group/consumer/consumer_group_bench.h"

namespace kscope::sim::consumer_group::consumer_group_records_test {
namespace {

constexpr GroupId kGroup{0};

TEST(ConsumerGroupRecords, replay_gives_the_group_that_lived_through_it) {
  ConsumerGroupBench bench;
  bench.make_alice_revoke();
  bench.send(ConsumerGroupBench::static_join_request(kCarol, "c"));
  bench.alive(kAlice, bench.current(kAlice).assigned);
  bench.leave_for_a_while(kCarol, "c");
  bench.advance(46s);
  EXPECT_EQ(ConsumerGroupBench::rebuilt_from(bench.records), bench.stored());
  EXPECT_EQ(ConsumerGroupBench::rebuilt_from(bench.compacted_log()), bench.stored());
}

TEST(ConsumerGroupRecords, a_group_that_is_deleted_does_not_exist) {
  ConsumerGroupBench bench;
  bench.make_alice_revoke();
  for (const MemberId id : {kAlice, kBob}) {
    bench.leave(id);
  }
  ConsumerGroup none;
  none.id = kGroup;
  ASSERT_NE(bench.stored(), none);
  for (const ConsumerGroupRecord& record : group_tombstones(bench.group)) {
    EXPECT_TRUE(is_tombstone(record));
    bench.records.push_back(record);
    replay(bench.group, record);
  }
  EXPECT_FALSE(bench.group.exists());
  EXPECT_EQ(bench.stored(), none);
  EXPECT_EQ(ConsumerGroupBench::rebuilt_from(bench.compacted_log()), none) << "tombstones of what was never seen";
}

TEST(ConsumerGroupRecords, group_tombstones_take_members_with_them) {
  ConsumerGroupBench bench;
  bench.make_alice_revoke();
  for (const ConsumerGroupRecord& record : group_tombstones(bench.group)) {
    replay(bench.group, record);
  }
  EXPECT_FALSE(bench.group.exists());
}

TEST(ConsumerGroupRecords, a_current_assignment_may_come_before_what_the_member_said) {
  ConsumerGroup group;
  group.id = kGroup;
  CurrentAssignment current;
  current.member_epoch = MemberEpoch{4};
  current.assigned = of_t0({1});
  replay(group, {kGroup, ConsumerGroupCurrentMemberAssignment{kAlice, current}});
  MemberMetadata metadata;
  metadata.instance_id = "a";
  replay(group, {kGroup, ConsumerGroupMemberMetadata{kAlice, metadata}});
  ASSERT_NE(group.static_member("a"), nullptr);
  EXPECT_EQ(group.static_member("a")->current, current);
  EXPECT_EQ(*group.partition_epochs.get({kT0, 1}), MemberEpoch{4});
}

TEST(ConsumerGroupRecords, keys_are_the_group_and_the_member) {
  const ConsumerGroupRecord alice{kGroup, ConsumerGroupMemberMetadata{kAlice, MemberMetadata{}}};
  EXPECT_TRUE(have_same_key(alice, {kGroup, ConsumerGroupMemberMetadata{kAlice, std::nullopt}}));
  EXPECT_FALSE(have_same_key(alice, {kGroup, ConsumerGroupMemberMetadata{kBob, std::nullopt}}));
  EXPECT_FALSE(have_same_key(alice, {GroupId(1), ConsumerGroupMemberMetadata{kAlice, std::nullopt}}));
  EXPECT_FALSE(have_same_key(alice, {kGroup, ConsumerGroupTargetAssignmentMember{kAlice, std::nullopt}}));
  EXPECT_TRUE(have_same_key({kGroup, ConsumerGroupMetadata{}}, {kGroup, ConsumerGroupMetadata{GroupEpoch{1}}}));
}

TEST(ConsumerGroupRecordsDeathTest, a_partition_has_one_owner) {
  ConsumerGroup group;
  group.id = kGroup;
  CurrentAssignment current;
  current.assigned = of_t0({1});
  replay(group, {kGroup, ConsumerGroupCurrentMemberAssignment{kAlice, current}});
  const ConsumerGroupRecord second{kGroup, ConsumerGroupCurrentMemberAssignment{kBob, current}};
  EXPECT_DEATH(replay(group, second), "second owner");
}

TEST(ConsumerGroupRecordsDeathTest, a_member_goes_in_order) {
  ConsumerGroupBench bench;
  bench.join(kAlice);
  const ConsumerGroupRecord too_early{kGroup, ConsumerGroupMemberMetadata{kAlice, std::nullopt}};
  EXPECT_DEATH(replay(bench.group, too_early), "before its current assignment");
  EXPECT_DEATH(replay(bench.group, {kGroup, ConsumerGroupMetadata{}}), "with members");
  EXPECT_DEATH(replay(bench.group, {GroupId(1), ConsumerGroupMetadata{}}), "another group");
}

}  // namespace
}  // namespace kscope::sim::consumer_group::consumer_group_records_test
