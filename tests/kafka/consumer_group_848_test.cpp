// The consumer group protocol of KIP-848 against what Kafka's own coordinator did in the same situations, event by event:
// answer, error, records, the group afterwards, and the timers that run.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/coordinator/group/consumer/fencing.h"
#include "sim/coordinator/group/consumer/heartbeat.h"
#include "tests/kafka/kafka_data.h"

namespace kscope::sim::consumer_group::consumer_group_848_test {
namespace {

using Json = nlohmann::json;

constexpr std::int32_t kStranger = 1'000'000;

Duration millis_in(const Json& json) { return std::chrono::milliseconds(json.get<std::int64_t>()); }

// "m07" is the client node 7, so that the ids are in the order of Kafka's.
MemberId member_named(const std::string& name) {
  const bool is_stranger = name.find_first_of("0123456789") == std::string::npos;
  return {NodeId(is_stranger ? kStranger : std::stoi(name.substr(1))), 0};
}

std::string name_of(MemberId member) {
  const std::string number = std::to_string(member.client.value);
  return "m" + (number.size() < 2 ? "0" + number : number);
}

TopicId topic_named(const std::string& name) { return TopicId(std::stoi(name.substr(1))); }

std::vector<TopicPartition> partitions_from(const Json& by_topic) {
  std::vector<TopicPartition> partitions;
  for (const auto& [topic, numbers] : by_topic.items()) {
    for (const Json& number : numbers) {
      partitions.push_back({topic_named(topic), number.get<std::int32_t>()});
    }
  }
  return partitions;
}

Json json_of(const PartitionSet& partitions) {
  Json by_topic = Json::object();
  for (const TopicPartition& each : partitions) {
    by_topic["t" + std::to_string(each.topic.value)].push_back(each.partition);
  }
  return by_topic;
}

// Drives one group as the trace does: each result is applied at once.
class Coordinator {
 public:
  explicit Coordinator(const Json& trace) {
    const Json& config = trace.at("config");
    config_.session_timeout = millis_in(config.at("group.consumer.session.timeout.ms"));
    config_.heartbeat_interval = millis_in(config.at("group.consumer.heartbeat.interval.ms"));
    config_.max_size = config.at("group.consumer.max.size");
    if (config.at("default_server_assignor") == "range") {
      std::swap(config_.assignors.front(), config_.assignors.back());
    }
    for (const auto& [name, topic] : trace.at("initial_topics").items()) {
      topics_.insert_or_assign(topic_named(name), topic.at("partitions").get<std::int32_t>());
    }
    group_.id = GroupId(0);
    rebuilt_.id = GroupId(0);
  }

  void run(const Json& event) {
    now_ = LocalTime(millis_in(event.at("t_ms")));
    const std::string op = event.at("op");
    if (op == "metadata") {
      change_topics(event);
    } else if (op == "heartbeat") {
      heartbeat(event);
    } else if (op == "timer") {
      fire(event);
    } else {
      EXPECT_EQ(op, "advance") << "an operation that the test does not know";
    }
    expect_group(event);
    if (event.contains("timers")) {
      shown_timers_ = event.at("timers");
    }
    EXPECT_EQ(timers_json(), sorted(shown_timers_));
  }

  // The group that another coordinator makes of the records.
  void expect_same_group_from_records() const {
    ConsumerGroup lived = group_;
    lived.metadata_refresh = {};
    EXPECT_EQ(digest(rebuilt_), digest(lived));
    EXPECT_EQ(rebuilt_, lived);
  }

 private:
  void change_topics(const Json& event) {
    if (!event.contains("new_count")) {
      return;  // new metadata in which nothing changed
    }
    const TopicId topic = topic_named(event.at(event.contains("grow") ? "grow" : "add_topic"));
    topics_.insert_or_assign(topic, event.at("new_count").get<std::int32_t>());
    group_.on_topic_changed(topic);
  }

  void heartbeat(const Json& event) {
    const Json& fields = event.at("request");
    ConsumerGroupHeartbeatRequest request;
    request.member_id = member_named(event.at("member"));
    request.member_epoch = MemberEpoch(fields.at("member_epoch").get<std::int32_t>());
    if (fields.contains("instance_id") && !fields.at("instance_id").is_null()) {
      request.instance_id = fields.at("instance_id").get<std::string>();
    }
    if (fields.contains("rebalance_timeout_ms")) {
      request.rebalance_timeout = millis_in(fields.at("rebalance_timeout_ms"));
    }
    if (fields.contains("subscribed_topic_names")) {
      request.subscribed_topics.emplace();
      for (const Json& name : fields.at("subscribed_topic_names")) {
        request.subscribed_topics->push_back(topic_named(name));
      }
    }
    if (fields.contains("server_assignor")) {
      request.server_assignor = fields.at("server_assignor").get<std::string>();
    }
    if (fields.contains("owned")) {
      request.owned = partitions_from(fields.at("owned"));
    }
    const ConsumerGroupResult result = consumer_group_heartbeat(group_, request, {topics_, config_, now_});
    take(event, result);
    const ConsumerGroupHeartbeatResponse& response = result.response;
    EXPECT_EQ(name(response.error_code), event.value("thrown", std::string("NONE")));
    if (event.contains("response")) {
      const Json answer = {{"member_id", name_of(response.member_id)},
                           {"member_epoch", response.member_epoch.value},
                           {"heartbeat_interval_ms", millis(response.heartbeat_interval)},
                           {"assignment", response.assignment.has_value() ? json_of(*response.assignment) : Json()}};
      EXPECT_EQ(answer, event.at("response"));
    }
  }

  void fire(const Json& event) {
    const std::string timer = event.at("timer");
    const MemberId member = member_named(timer.substr(timer.rfind('-') + 1));
    const auto kind = timer.rfind("session", 0) == 0 ? MemberTimerKind::kSession : MemberTimerKind::kRebalance;
    const auto running = timers_.find({kind, member});
    ASSERT_NE(running, timers_.end());
    EXPECT_EQ(running->second.fires_at, now_);
    const MemberEpoch epoch = running->second.member_epoch;
    timers_.erase(running);
    take(event, kind == MemberTimerKind::kSession ? on_silence(group_, member, topics_)
                                                  : on_rebalance_timeout(group_, member, epoch, topics_));
  }

  void take(const Json& event, const ConsumerGroupResult& result) {
    std::vector<std::string> names;
    for (const ConsumerGroupRecord& record : result.records) {
      names.push_back(std::string(type_name(record)) + (is_tombstone(record) ? " (tombstone)" : ""));
      replay(rebuilt_, record);
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(Json(names), event.value("records_sorted", Json::array()));
    apply(group_, result);
    for (const MemberTimerChange& change : result.timers) {
      if (change.fires_at.has_value()) {
        timers_.insert_or_assign(change.timer, change);
      } else {
        timers_.erase(change.timer);
      }
    }
  }

  [[nodiscard]] std::map<std::string, Json> members_json() const {
    std::map<std::string, Json> members;
    for (const auto& [id, member] : group_.members) {
      members[name_of(id)] = {{"epoch", member.current.member_epoch.value},
                              {"previous_epoch", member.current.previous_member_epoch.value},
                              {"state", std::string(to_string(member.current.state))},
                              {"assigned", json_of(member.current.assigned)},
                              {"pending_revocation", json_of(member.current.pending_revocation)},
                              {"target", json_of(group_.target_of(id))}};
    }
    return members;
  }

  // Whole pictures and changes alike: what the trace has shown up to now is what there must be.
  void expect_group(const Json& event) {
    if (event.contains("group")) {
      const Json& group = event.at("group");
      shown_group_ = {{"state", group.at("state")},
                      {"group_epoch", group.at("group_epoch")},
                      {"assignment_epoch", group.at("assignment_epoch")}};
      if (group.contains("members")) {
        shown_members_ = group.at("members").get<std::map<std::string, Json>>();
      }
      const Json changed = group.value("members_changed", Json::object());
      for (const auto& [member, picture] : changed.items()) {
        shown_members_[member] = picture;
      }
      const Json removed = group.value("members_removed", Json::array());
      for (const Json& member : removed) {
        EXPECT_EQ(shown_members_.erase(member.get<std::string>()), 1U);
      }
    }
    if (shown_group_.is_null()) {
      EXPECT_FALSE(group_.exists());
      return;
    }
    const Json group = {{"state", std::string(to_string(group_.state()))},
                        {"group_epoch", group_.group_epoch.value},
                        {"assignment_epoch", group_.assignment_epoch.value}};
    EXPECT_EQ(group, shown_group_);
    EXPECT_EQ(members_json(), shown_members_);
  }

  [[nodiscard]] Json timers_json() const {
    std::vector<Json> timers;
    for (const auto& [timer, change] : timers_) {
      const std::string name = std::string(to_string(timer.kind)) + "-g-" + name_of(timer.member);
      timers.push_back(Json::array({name, millis(change.fires_at->time_since_epoch())}));
    }
    return sorted(timers);
  }

  static Json sorted(std::vector<Json> list) {
    std::sort(list.begin(), list.end());
    return list;
  }

  ConsumerGroupConfig config_;
  PartitionCounts topics_;
  ConsumerGroup group_;
  ConsumerGroup rebuilt_;  // from records alone
  std::map<MemberTimer, MemberTimerChange> timers_;
  LocalTime now_;
  Json shown_group_;
  std::map<std::string, Json> shown_members_;
  Json shown_timers_ = Json::array();
};

TEST(KafkaConsumerGroup, DoesAsKafkaEventByEvent) {
  std::size_t events = 0;
  for (const Json& trace : kafka_data::read_jsonl("consumer_group_848_traces.jsonl")) {
    Coordinator coordinator(trace);
    std::size_t index = 0;
    for (const Json& event : trace.at("events")) {
      coordinator.run(event);
      coordinator.expect_same_group_from_records();
      ++events;
      ASSERT_FALSE(testing::Test::HasFailure())
          << "first difference: trace " << trace.at("trace") << ", event " << index << ": " << event.dump();
      ++index;
    }
  }
  EXPECT_GT(events, 0U);
}

}  // namespace
}  // namespace kscope::sim::consumer_group::consumer_group_848_test
