#include "sim/log/leader_epoch_cache.h"

#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::leader_epoch_cache_test {
namespace {

using Json = nlohmann::json;

LeaderEpoch epoch_of(const Json& event) { return LeaderEpoch(event.at("epoch").get<std::int32_t>()); }
Offset offset_of(const Json& event, const char* field) { return Offset(event.at(field).get<std::int64_t>()); }

// Kafka's answer, null when there is none.
void expect_epoch(std::optional<LeaderEpoch> actual, const Json& expected) {
  ASSERT_EQ(actual.has_value(), !expected.is_null());
  if (actual.has_value()) {
    EXPECT_EQ(actual->value, expected.get<std::int32_t>());
  }
}

void replay(const Json& event, LeaderEpochCache& cache) {
  const std::string op = event.at("op");
  if (op == "assign") {
    cache.assign(epoch_of(event), offset_of(event, "start_offset"));
  } else if (op == "end_offset_for") {
    const EpochEnd end = cache.end_offset_for(epoch_of(event), offset_of(event, "log_end_offset"));
    EXPECT_EQ(end.epoch.value, event.at("result_epoch").get<std::int32_t>());
    EXPECT_EQ(end.end_offset, offset_of(event, "result_offset"));
  } else if (op == "epoch_for_offset") {
    expect_epoch(cache.epoch_for_offset(offset_of(event, "offset")), event.at("result"));
  } else if (op == "neighbours") {
    expect_epoch(cache.previous_epoch(epoch_of(event)), event.at("previous"));
    expect_epoch(cache.next_epoch(epoch_of(event)), event.at("next"));
  } else if (op == "truncate_from_end") {
    cache.truncate_from_end(offset_of(event, "offset"));
  } else if (op == "truncate_from_start") {
    cache.truncate_from_start(offset_of(event, "offset"));
  } else {
    ADD_FAILURE() << "unknown op " << op;
  }
}

TEST(KafkaLeaderEpochCache, FollowsKafkasTraces) {
  for (const Json& trace : kafka_data::read_jsonl("leader_epoch_cache_traces.jsonl")) {
    LeaderEpochCache cache;
    ASSERT_FALSE(trace.at("events").empty());
    for (const Json& event : trace.at("events")) {
      replay(event, cache);
      Json entries = Json::array();
      for (const EpochEntry& entry : cache.entries()) {
        entries.push_back({entry.epoch.value, entry.start_offset.value});
      }
      EXPECT_EQ(entries, event.at("entries"));
      ASSERT_FALSE(testing::Test::HasFailure()) << "trace " << trace.at("trace") << " event " << event;
    }
  }
}

}  // namespace
}  // namespace kscope::sim::leader_epoch_cache_test
