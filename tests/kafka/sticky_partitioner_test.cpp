#include "sim/client/partitioner.h"

#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace kscope::sim::sticky_partitioner_test {
namespace {

using Json = nlohmann::json;

// Hands out the draws that Kafka consumed in one event and counts those taken.
class RecordedDraws {
 public:
  explicit RecordedDraws(const Json& draws) : draws_(draws.get<std::vector<std::int32_t>>()) {}
  DrawBelow source() {
    return [this](std::int32_t bound) {
      if (taken_ >= draws_.size()) {
        ADD_FAILURE() << "more draws than Kafka made";
        return 0;
      }
      return draws_[taken_++] % bound;
    };
  }
  [[nodiscard]] bool all_taken() const { return taken_ == draws_.size(); }

 private:
  std::vector<std::int32_t> draws_;
  std::size_t taken_ = 0;
};

void load_stats(const Json& event, StickyPartitioner& partitioner) {
  if (event.at("queue_sizes").is_null()) {
    partitioner.forget_loads();
  } else {
    const auto sizes = event.at("queue_sizes").get<std::vector<std::int32_t>>();
    std::vector<PartitionLoad> loads;
    for (std::size_t i = 0; i < event.at("length").get<std::size_t>(); ++i) {
      loads.push_back({static_cast<std::int32_t>(i), sizes[i]});
    }
    partitioner.update_loads(loads, static_cast<std::int32_t>(sizes.size()));
  }
  const Json& range_end = event.at("range_end");
  EXPECT_EQ(partitioner.is_adaptive(), !range_end.is_null());
  EXPECT_EQ(partitioner.chance_count(), range_end.is_null() ? 0 : range_end.get<std::int32_t>());
}

void append(const Json& event, const TopicPartitions& topic, StickyPartitioner& partitioner) {
  RecordedDraws draws(event.at("random_draws"));
  EXPECT_EQ(partitioner.current_partition(topic, draws.source()), event.at("partition").get<std::int32_t>());
  const auto may_switch = event.at("enable_switch").get<bool>() ? PartitionSwitch::ALLOWED : PartitionSwitch::NOT_YET;
  const auto bytes = event.at("bytes").get<std::int32_t>();
  EXPECT_EQ(partitioner.on_append(bytes, may_switch, topic, draws.source()), event.at("changed").get<bool>());
  EXPECT_EQ(partitioner.current_partition(topic, draws.source()), event.at("partition_after").get<std::int32_t>());
  EXPECT_TRUE(draws.all_taken()) << "fewer draws than Kafka made";
}

TEST(KafkaStickyPartitioner, FollowsKafkasTraces) {
  for (const Json& trace : kafka_data::read_jsonl("sticky_partitioner_traces.jsonl")) {
    const auto count = trace.at("partitions").get<std::int32_t>();
    const auto leaderless = trace.at("leaderless_partitions").get<std::vector<std::int32_t>>();
    std::vector<std::int32_t> with_leader;
    for (std::int32_t partition = 0; partition < count; ++partition) {
      if (std::find(leaderless.begin(), leaderless.end(), partition) == leaderless.end()) {
        with_leader.push_back(partition);
      }
    }
    const TopicPartitions topic{count, with_leader};
    StickyPartitioner partitioner(trace.at("sticky_batch_size").get<std::int32_t>());
    ASSERT_FALSE(trace.at("events").empty());
    for (const Json& event : trace.at("events")) {
      if (event.at("op") == "append") {
        append(event, topic, partitioner);
      } else {
        ASSERT_EQ(event.at("op"), "load_stats");
        load_stats(event, partitioner);
      }
      ASSERT_FALSE(testing::Test::HasFailure()) << "trace " << trace.at("trace") << " event " << event;
    }
  }
}

}  // namespace
}  // namespace kscope::sim::sticky_partitioner_test
