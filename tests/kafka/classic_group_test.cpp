// The classic group protocol against traces of Kafka's own coordinator, event by event: answers, records, the group, timers.
// A trace names members "c01#2": the second id that was issued to client c01. Static members are named by their instance id.
// Kafka leaves the heartbeat timer of a member that is gone running, to find nobody; those are left out of the comparison.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/kafka/kafka_data.h"
#include "tests/sim/coordinator/group/group_bench.h"

namespace kscope::sim::classic_group_test {
namespace {

using nlohmann::json;

constexpr std::int32_t kStaticNodes = 100;  ///< instance ids sort behind the names of clients
constexpr NodeId kStranger{999};

std::string state_name(GroupState state) {
  switch (state) {
    case GroupState::Empty: return "EMPTY";
    case GroupState::PreparingRebalance: return "PREPARING_REBALANCE";
    case GroupState::CompletingRebalance: return "COMPLETING_REBALANCE";
    case GroupState::Stable: return "STABLE";
    case GroupState::Dead: return "DEAD";
    case GroupState::Assigning:
    case GroupState::Reconciling: break;  // not of this protocol
  }
  return "?";
}

std::string text_of(const json& value) { return value.is_null() ? std::string() : value.get<std::string>(); }
json or_null(const std::string& text) { return text.empty() ? json() : json(text); }

NodeId node_of(const std::string& name) {
  if (name.starts_with("inst-c")) {
    return NodeId(kStaticNodes + std::stoi(name.substr(6)));
  }
  return name.starts_with("c") ? NodeId(std::stoi(name.substr(1))) : kStranger;
}

MemberId member_of(const std::string& text) {
  if (text.empty()) {
    return MemberId{};
  }
  const std::size_t hash = text.find('#');
  return hash == std::string::npos ? MemberId{kStranger, 0}
                                   : MemberId{node_of(text.substr(0, hash)), std::stoi(text.substr(hash + 1)) - 1};
}

std::string text_of(MemberId member) {
  if (!member.is_set()) {
    return "";
  }
  if (member.client == kStranger) {
    return "unknown-member";
  }
  const std::int32_t node = member.client.value;
  const std::string name = node > kStaticNodes ? "inst-c" : "c";
  const std::int32_t number = node > kStaticNodes ? node - kStaticNodes : node;
  return name + (number < 10 ? "0" : "") + std::to_string(number) + "#" + std::to_string(member.serial + 1);
}

class Trace {
 public:
  explicit Trace(const json& config) {
    auto brokers = std::make_shared<std::vector<BrokerSetup>>(1);
    BrokerSetup& broker = brokers->front();
    broker.id = BrokerId(1);
    const auto ms = [&](const char* name) { return std::chrono::milliseconds(config.at(name).get<std::int64_t>()); };
    broker.config.group_initial_rebalance_delay_ms = ms("group.initial.rebalance.delay.ms");
    broker.config.group_min_session_timeout_ms =
        Duration(0);  // GroupCoordinatorService looks at it, not what was traced
    broker.config.group_max_size = config.at("group.max.size").get<std::int32_t>();
    bench_.registry.brokers = brokers;
    bench_.lead();
    start_ = bench_.now;
    sent_ = bench_.outbox.effects.size();
  }

  /// Plays one event and compares what came of it.
  void play(const json& event) {
    pass_until(time_of(event.at("t_ms")));
    const std::string op = event.at("op");
    if (op == "join") {
      join(event.at("client"), event.at("request"));
    } else if (op == "sync") {
      sync(event.at("client"), event.at("request"));
    } else if (op == "heartbeat") {
      heartbeat(event);
    } else if (op == "leave") {
      leave(event);
    } else if (op == "timer") {
      fire(event.at("timer"));
    }
    bench_.replicate();
    compare_records(event);
    compare_answers(event);
    compare_group(event);
    compare_timers(event);
  }

 private:
  LocalTime time_of(const json& ms) const { return start_ + std::chrono::milliseconds(ms.get<std::int64_t>()); }
  std::int64_t ms_of(LocalTime time) const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time - start_).count();
  }
  const Group* group() const { return bench_.coordinator.find(kBilling); }

  /// Session timers look at the deadline when they fire, and are armed again when it has moved.
  void pass_until(LocalTime time) {
    for (bool is_done = false; !is_done;) {
      is_done = true;
      for (const auto& [id, member] : group() == nullptr ? FlatMap<MemberId, GroupMember>{} : group()->members) {
        const std::optional<LocalTime> at = bench_.fires_at(member.session_timer);
        if (at && *at <= time && *at < member.session_deadline) {
          bench_.now = std::max(bench_.now, *at);
          bench_.fire(member.session_timer);
          is_done = false;
          break;
        }
      }
    }
    bench_.now = time;
  }

  void join(const std::string& client, const json& request) {
    JoinGroupRequest join;
    join.group = kBilling;
    join.member = member_of(request.at("member_id"));
    join.group_instance_id = text_of(request.at("group_instance_id"));
    join.session_timeout = std::chrono::milliseconds(request.at("session_timeout_ms").get<std::int64_t>());
    join.rebalance_timeout = std::chrono::milliseconds(request.at("rebalance_timeout_ms").get<std::int64_t>());
    join.protocol_type = request.at("protocol_type");
    join.version = request.at("version").get<std::int16_t>();
    for (const json& name : request.at("protocols")) {
      JoinProtocol protocol = GroupBench::protocol(name);
      protocol.owned.push_back({kOrders, request.at("metadata_variant").get<std::int32_t>()});
      join.protocols.push_back(std::move(protocol));
    }
    Ctx ctx = bench_.ctx();
    const NodeId from = node_of(join.group_instance_id.empty() ? client : join.group_instance_id);
    bench_.coordinator.join_group(ctx, from, asked(client), join);
    bench_.remember();
  }

  void sync(const std::string& client, const json& request) {
    SyncGroupRequest sync;
    sync.group = kBilling;
    sync.member = member_of(request.at("member_id"));
    sync.group_instance_id = text_of(request.at("group_instance_id"));
    sync.generation = GenerationId(request.at("generation").get<std::int32_t>());
    for (const auto& [member, assignment] : request.at("assignments").items()) {
      sync.assignments.push_back({member_of(member), {assignment_of(assignment.get<std::string>())}});
    }
    Ctx ctx = bench_.ctx();
    bench_.coordinator.sync_group(ctx, node_of(client), asked(client), sync);
    bench_.remember();
  }

  void heartbeat(const json& event) {
    const json& request = event.at("request");
    HeartbeatRequest heartbeat;
    heartbeat.group = kBilling;
    heartbeat.member = member_of(request.at("member_id"));
    heartbeat.group_instance_id = text_of(request.at("group_instance_id"));
    heartbeat.generation = GenerationId(request.at("generation").get<std::int32_t>());
    Ctx ctx = bench_.ctx();
    const std::int64_t number = asked(event.at("client"));
    bench_.coordinator.heartbeat(ctx, node_of(event.at("client")), number, heartbeat);
    bench_.remember();
    const json& expected = event.contains("thrown") ? event.at("thrown") : event.at("response_error");
    EXPECT_EQ(name(bench_.answer<HeartbeatResponse>(number)->error), expected.get<std::string>());
  }

  void leave(const json& event) {
    const json& request = event.at("request");
    LeaveGroupRequest leave;
    leave.group = kBilling;
    leave.members.push_back({member_of(request.at("member_id")), text_of(request.at("group_instance_id"))});
    Ctx ctx = bench_.ctx();
    const std::int64_t number = asked(event.at("client"));
    bench_.coordinator.leave_group(ctx, node_of(event.at("client")), number, leave);
    bench_.remember();
    const LeaveGroupResponse response = *bench_.answer<LeaveGroupResponse>(number);
    EXPECT_EQ(name(response.error), event.at("response_error").get<std::string>());
    json errors = json::array();
    for (const LeaveGroupMemberResult& member : response.members) {
      errors.push_back(std::string(sim::name(member.error)));
    }
    EXPECT_EQ(errors, event.at("member_errors"));
  }

  void fire(const std::string& name) {
    const std::string heartbeat = "heartbeat-<group>-";
    TimerId timer = name == "join-<group>" ? group()->rebalance_timer : group()->sync_timer;
    if (name.starts_with(heartbeat)) {
      const MemberId member = member_of(name.substr(heartbeat.size()));
      const GroupMember* found = group()->members.get(member);
      timer = found == nullptr ? TimerId{} : found->session_timer;
      for (const PendingMember& pending : group()->pending) {
        timer = pending.id == member ? pending.timer : timer;
      }
    }
    bench_.fire(timer);
  }

  std::int64_t asked(const std::string& client) {
    clients_[++bench_.correlation] = client;
    return bench_.correlation;
  }

  TopicPartition assignment_of(const std::string& text) {
    const auto known = std::find(assignments_.begin(), assignments_.end(), text);
    const auto place = static_cast<std::int32_t>(known - assignments_.begin());
    if (known == assignments_.end()) {
      assignments_.push_back(text);
    }
    return {kOrders, place};
  }

  void compare_records(const json& event) {
    json records = json::array();
    for (; appended_ < bench_.appended.size(); ++appended_) {
      for (const CoordinatorRecord& record : bench_.appended[appended_].records) {
        std::vector<std::string> members;
        for (const GroupMemberRecord& member : record.members) {
          members.push_back(text_of(member.member));
        }
        records.push_back({{"type", "GroupMetadataKey"},
                           {"tombstone", false},
                           {"generation", record.generation.value},
                           {"protocol", or_null(record.assignor)},
                           {"leader", or_null(text_of(record.leader))},
                           {"members", members}});
      }
    }
    EXPECT_EQ(records, event.value("records", json::array()));
  }

  static json of(const JoinGroupResponse& response) {
    std::vector<std::string> members;
    for (const JoinGroupMember& member : response.members) {
      members.push_back(text_of(member.member));
    }
    return {{"error", std::string(sim::name(response.error))},
            {"generation", response.generation.value},
            {"protocol", response.protocol},
            {"leader", text_of(response.leader)},
            {"member_id", text_of(response.member)},
            {"skip_assignment", response.skip_assignment},
            {"members", members}};
  }
  json of(const SyncGroupResponse& response) const {
    return {{"error", std::string(sim::name(response.error))},
            {"assignment", response.assignment.empty()
                               ? std::string()
                               : assignments_.at(static_cast<std::size_t>(response.assignment.front().partition))}};
  }

  void compare_answers(const json& event) {
    std::vector<std::string> answers;
    for (; sent_ < bench_.outbox.effects.size(); ++sent_) {
      const auto* send = std::get_if<SendEffect<Message>>(&bench_.outbox.effects[sent_]);
      if (send == nullptr) {
        continue;
      }
      json answer{{"client", clients_.at(send->message.correlation_id)}};
      if (const auto* join = std::get_if<JoinGroupResponse>(&send->message.body)) {
        answer["type"] = "join";
        answer["response"] = of(*join);
      } else if (const auto* sync = std::get_if<SyncGroupResponse>(&send->message.body)) {
        answer["type"] = "sync";
        answer["response"] = of(*sync);
      } else {
        continue;
      }
      answers.push_back(answer.dump());
    }
    std::vector<std::string> expected;
    for (json answer : event.value("completed", json::array())) {
      if (answer["response"].contains("protocol") && answer["response"]["protocol"].is_null()) {
        answer["response"]["protocol"] = "";
      }
      expected.push_back(answer.dump());
    }
    std::sort(answers.begin(), answers.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(answers, expected);
  }

  void compare_group(const json& event) {
    expected_group_ = event.value("group", expected_group_);
    if (expected_group_.is_null()) {
      EXPECT_EQ(group(), nullptr);
      return;
    }
    ASSERT_NE(group(), nullptr);
    json members = json::array();
    json pending_sync = json::array();
    for (const auto& [id, member] : group()->members) {
      members.push_back({{"id", text_of(id)},
                         {"instance", or_null(member.group_instance_id)},
                         {"awaiting_join", member.join.is_set()},
                         {"awaiting_sync", member.sync.is_set()}});
      if (member.is_sync_pending) {
        pending_sync.push_back(text_of(id));
      }
    }
    const json picture{{"state", state_name(group()->state)},
                       {"generation", group()->generation.value},
                       {"leader", or_null(text_of(group()->leader))},
                       {"protocol", or_null(group()->protocol)},
                       {"awaiting_join", group()->awaiting_join_count()},
                       {"pending_members", group()->pending.size()},
                       {"members", members},
                       {"pending_sync", pending_sync}};
    EXPECT_EQ(picture, expected_group_);
  }

  void compare_timers(const json& event) {
    expected_timers_ = event.value("timers", expected_timers_);
    std::map<std::string, std::int64_t> armed;
    std::set<std::string> known{"join-<group>", "sync-<group>"};
    const auto add = [&](const std::string& name, std::optional<LocalTime> at) {
      if (at) {
        armed[name] = ms_of(*at);
      }
    };
    if (group() != nullptr) {
      add("join-<group>", bench_.fires_at(group()->rebalance_timer));
      add("sync-<group>", bench_.fires_at(group()->sync_timer));
      for (const auto& [id, member] : group()->members) {
        const std::string name = "heartbeat-<group>-" + text_of(id);
        known.insert(name);
        if (bench_.fires_at(member.session_timer)) {
          add(name, member.session_deadline);
        }
      }
      for (const PendingMember& pending : group()->pending) {
        const std::string name = "heartbeat-<group>-" + text_of(pending.id);
        known.insert(name);
        add(name, bench_.fires_at(pending.timer));
      }
    }
    std::map<std::string, std::int64_t> expected;
    for (const json& timer : expected_timers_) {
      if (known.contains(timer.at(0).get<std::string>())) {
        expected[timer.at(0)] = timer.at(1);
      }
    }
    EXPECT_EQ(armed, expected);
  }

  GroupBench bench_;
  LocalTime start_;
  std::map<std::int64_t, std::string> clients_;  ///< by correlation id
  std::vector<std::string> assignments_;
  std::size_t appended_ = 0;
  std::size_t sent_ = 0;
  json expected_group_;
  json expected_timers_ = json::array();
};

TEST(KafkaClassicGroup, DoesWhatKafkaDoesEventByEvent) {
  std::int64_t events = 0;
  for (const json& example : kafka_data::read_jsonl("classic_group_traces.jsonl")) {
    Trace trace(example.at("config"));
    for (const json& event : example.at("events")) {
      trace.play(event);
      ++events;
      ASSERT_FALSE(testing::Test::HasFailure()) << "trace " << example.at("trace") << ": " << event.dump();
    }
  }
  EXPECT_GT(events, 1000);
}

}  // namespace
}  // namespace kscope::sim::classic_group_test
