#include "sim/raft/leader_state.h"

#include "tests/kafka/kafka_data.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace kscope::sim::raft::raft_high_watermark_test {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

LocalTime time_of(const Json& event) { return LocalTime(milliseconds(event.at("t_ms").get<std::int64_t>())); }

bool apply(const Json& event, LeaderState& leader) {
  const Offset offset(event.at("offset").get<std::int64_t>());
  if (event.at("op") == "local_end_offset") {
    return leader.update_local_state(offset);
  }
  EXPECT_EQ(event.at("op"), "replica_fetch");
  const ReplicaId replica(event.at("replica").get<std::int32_t>());
  // The traces tell check quorum of every fetch by itself too, so a voter counts again just after the timer began anew.
  leader.update_check_quorum(replica, time_of(event));
  return leader.update_replica_state(replica, time_of(event), offset);
}

Json or_null(const std::optional<Offset>& offset) { return offset.has_value() ? Json(offset->value) : Json(nullptr); }
Json or_null(const std::optional<Duration>& wait) { return wait.has_value() ? Json(millis(*wait)) : Json(nullptr); }

TEST(KafkaRaftHighWatermark, LeaderStateFollowsKafkasTraces) {
  for (const Json& trace : kafka_data::read_jsonl("raft_high_watermark.jsonl")) {
    std::vector<ReplicaId> voters;
    for (std::int32_t i = 0; i < trace.at("voters").get<std::int32_t>(); ++i) {
      voters.emplace_back(i);
    }
    LeaderState leader(ReplicaId(trace.at("local_id").get<std::int32_t>()), voters,
                       Offset(trace.at("epoch_start_offset").get<std::int64_t>()),
                       milliseconds(trace.at("fetch_timeout_ms").get<std::int64_t>()), LocalTime{});
    ASSERT_FALSE(trace.at("events").empty());
    std::size_t number = 0;
    for (const Json& event : trace.at("events")) {
      EXPECT_EQ(apply(event, leader), event.at("hw_updated").get<bool>());
      EXPECT_EQ(or_null(leader.high_watermark()), event.at("high_watermark"));
      EXPECT_EQ(or_null(leader.time_until_check_quorum_expires(time_of(event))),
                event.at("check_quorum_expires_in_ms"));
      ASSERT_FALSE(testing::Test::HasFailure())
          << "first difference: trace " << trace.at("trace") << " event " << number << " " << event;
      ++number;
    }
  }
}

}  // namespace
}  // namespace kscope::sim::raft::raft_high_watermark_test
