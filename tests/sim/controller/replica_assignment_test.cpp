#include "sim/controller/replica_assignment.h"

#include <gtest/gtest.h>

namespace kscope::sim::replica_assignment_test {
namespace {

std::vector<BrokerId> ids(std::initializer_list<int> numbers) {
  std::vector<BrokerId> out;
  for (const int number : numbers) {
    out.emplace_back(number);
  }
  return out;
}

TEST(ReplicaAssignment, a_move_keeps_the_old_replicas_behind_the_target) {
  const ReplicaAssignment before{ids({1, 2, 3}), {}, {}};
  const ReplicaAssignment moving = before.reassign_to(ids({4, 2, 5}));
  EXPECT_EQ(moving.replicas, ids({4, 2, 5, 1, 3}));
  EXPECT_EQ(moving.adding, ids({4, 5}));
  EXPECT_EQ(moving.removing, ids({1, 3}));
  EXPECT_TRUE(moving.is_being_reassigned());
  EXPECT_EQ(moving.target(), ids({4, 2, 5}));
  EXPECT_EQ(moving.origin(), ids({2, 1, 3}));
}

TEST(ReplicaAssignment, another_target_starts_from_where_the_partition_lay) {
  const ReplicaAssignment moving = ReplicaAssignment{ids({1, 2, 3}), {}, {}}.reassign_to(ids({4, 2, 3}));
  const ReplicaAssignment other = moving.reassign_to(ids({5, 2, 3}));
  EXPECT_EQ(other.replicas, ids({5, 2, 3, 1}));
  EXPECT_EQ(other.adding, ids({5}));
  EXPECT_EQ(other.removing, ids({1}));
  EXPECT_EQ(difference(moving.replicas, other.replicas), ids({4})) << "nobody needs it any more";
}

TEST(ReplicaAssignment, back_to_the_origin_is_no_move) {
  const ReplicaAssignment moving = ReplicaAssignment{ids({1, 2, 3}), {}, {}}.reassign_to(ids({4, 2, 3}));
  const ReplicaAssignment back = moving.reassign_to(moving.origin());
  EXPECT_FALSE(back.is_being_reassigned());
  EXPECT_EQ(back.replicas, ids({2, 3, 1})) << "the order of the old list is not kept, as in Kafka";
}

TEST(ReplicaAssignment, fewer_replicas_only_remove) {
  const ReplicaAssignment moving = ReplicaAssignment{ids({1, 2, 3}), {}, {}}.reassign_to(ids({1, 2}));
  EXPECT_EQ(moving.replicas, ids({1, 2, 3}));
  EXPECT_TRUE(moving.adding.empty());
  EXPECT_EQ(moving.removing, ids({3}));
}

}  // namespace
}  // namespace kscope::sim::replica_assignment_test
