// Members that come, go, lose answers and change their minds at random: what holds after every heartbeat, and that the
// group comes to rest when they do.

#include "engine/core/rng.h"
#include "tests/sim/coordinator/group/consumer/consumer_group_bench.h"

namespace kscope::sim::consumer_group::consumer_group_storm_test {
namespace {

// A consumer as far as the coordinator can tell: its epoch and what it owns.
struct Consumer {
  MemberId id;
  std::string instance_id;  // empty: dynamic
  MemberEpoch epoch = kJoinGroupEpoch;
  PartitionSet owned;
  bool is_in = false;
};

class Storm {
 public:
  explicit Storm(std::uint64_t seed) : rng_(seed, 848) {
    for (std::int32_t i = 0; i < 6; ++i) {
      consumers_.push_back({{NodeId(i), 0}, i % 3 == 0 ? "i" + std::to_string(i) : "", {}, {}, false});
    }
  }

  void step() {
    Consumer& consumer = consumers_[rng_.below(consumers_.size())];
    const std::uint64_t dice = rng_.below(100);
    if (!consumer.is_in) {
      join(consumer);
    } else if (dice < 4) {
      leave(consumer);
    } else if (dice < 8) {
      bench.advance(std::chrono::milliseconds(rng_.below(20'000)));
    } else if (dice < 11) {
      const TopicId topic(static_cast<std::int32_t>(rng_.below(2)));
      bench.topics.insert_or_assign(topic, bench.topics.at(topic) + 1);
      bench.group.on_topic_changed(topic);
    } else {
      heartbeat(consumer, dice < 20);
    }
    check();
  }

  // Everybody does as it is told and no answer is lost.
  void calm_down() {
    for (int round = 0; round < 20; ++round) {
      for (Consumer& consumer : consumers_) {
        if (consumer.is_in) {
          heartbeat(consumer, false);
          check();
        }
      }
    }
  }

  ConsumerGroupBench bench;

 private:
  void join(Consumer& consumer) {
    ++consumer.id.serial;
    ConsumerGroupHeartbeatRequest request = ConsumerGroupBench::join_request(consumer.id, {kT0});
    if (rng_.below(2) == 0) {
      request.subscribed_topics->push_back(kT1);
    }
    if (!consumer.instance_id.empty()) {
      request.instance_id = consumer.instance_id;
    }
    listen(consumer, bench.send(request));
  }

  void leave(Consumer& consumer) {
    const bool is_static = !consumer.instance_id.empty();
    if (is_static && rng_.below(2) == 0) {
      bench.leave_for_a_while(consumer.id, consumer.instance_id);
    } else {
      bench.leave(consumer.id);
    }
    consumer.is_in = false;
  }

  void heartbeat(Consumer& consumer, bool is_answer_lost) {
    ConsumerGroupHeartbeatRequest request;
    request.member_id = consumer.id;
    request.member_epoch = consumer.epoch;
    request.owned = list_of(consumer.owned);
    const ConsumerGroupHeartbeatResponse response = bench.send(request);
    if (!is_answer_lost) {
      listen(consumer, response);
    }
  }

  void listen(Consumer& consumer, const ConsumerGroupHeartbeatResponse& response) {
    consumer.is_in = response.error_code == ErrorCode::NONE;
    consumer.epoch = response.member_epoch;
    if (!consumer.is_in) {
      consumer.owned.clear();
    } else if (response.assignment.has_value()) {
      consumer.owned = *response.assignment;
    }
  }

  void check() {
    EXPECT_GE(bench.group.group_epoch, bench.group.assignment_epoch);
    for (const auto& [id, member] : bench.group.members) {
      EXPECT_LE(member.current.member_epoch, bench.group.assignment_epoch);
      if (member.current.member_epoch != kLeaveGroupStaticEpoch) {
        MemberEpoch& highest = highest_epochs_[id];
        EXPECT_GE(member.current.member_epoch, highest) << "a member epoch never goes back";
        highest = member.current.member_epoch;
      }
    }
    EXPECT_EQ(ConsumerGroupBench::rebuilt_from(bench.records), bench.stored());
  }

  Rng rng_;
  std::vector<Consumer> consumers_;
  std::map<MemberId, MemberEpoch> highest_epochs_;
};

TEST(ConsumerGroupStorm, epochs_never_go_back_and_the_group_comes_to_rest) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Storm storm(seed);
    for (int i = 0; i < 150; ++i) {
      storm.step();
    }
    storm.bench.advance(45s);  // who left is forgotten
    storm.calm_down();
    const ConsumerGroup& group = storm.bench.group;
    EXPECT_TRUE(group.state() == ConsumerGroupState::STABLE || group.state() == ConsumerGroupState::EMPTY)
        << to_string(group.state());
    for (const auto& [id, member] : group.members) {
      EXPECT_EQ(member.current.assigned, group.target_of(id));
    }
    for (std::size_t clean = 0; clean <= storm.bench.records.size(); clean += 1 + storm.bench.records.size() / 8) {
      EXPECT_EQ(ConsumerGroupBench::rebuilt_from(storm.bench.compacted_log(clean)), storm.bench.stored());
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace kscope::sim::consumer_group::consumer_group_storm_test
