// The controller's operations against what Kafka's own controller did in the same situations, event by event: error,
// answer, number of records of each type, draws of the placer, and the state of every broker and partition afterwards.

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "sim/controller/kraft/replication_control.h"
#include "tests/kafka/kafka_data.h"
#include "tests/kafka/partition_json.h"

namespace kscope::sim::kraft::controller_traces_test {
namespace {

using Json = nlohmann::json;
using kafka_data::replicas_from;

struct Outcome {
  std::vector<ApiMessageAndVersion> records;
  std::optional<ErrorCode> error;
  std::optional<ErrorCode> top_error;
  Json reply;
  std::optional<bool> reschedule;
};

// Drives the operations as the trace does: each result's records are replayed at once.
class Controller {
 public:
  explicit Controller(const Json& config)
      : heartbeats_(std::chrono::milliseconds(config.at("broker.session.timeout.ms").get<std::int64_t>())) {
    settings_.metadata_version = metadata_version_named(config.at("metadata_version").get<std::string>()).value();
    settings_.is_elr_enabled = config.at("elr_enabled");
    settings_.default_min_isr = config.at("default.min.insync.replicas");
    settings_.default_unclean_election = config.at("default.unclean.leader.election.enable");
  }

  void run(const Json& event) {
    now_ = LocalTime(std::chrono::milliseconds(event.at("t_ms").get<std::int64_t>()));
    draws_ = event.value("random_draws", Json::array());
    taken_ = 0;
    const std::map<std::string, std::string> brokers_before = broker_states();
    const std::map<std::string, Json> partitions_before = partition_states();
    const Outcome outcome = perform(event);
    if (event.contains("error")) {
      ASSERT_TRUE(outcome.error.has_value());
      EXPECT_EQ(name(*outcome.error), event.at("error").get<std::string>());
    }
    if (event.contains("top_error")) {
      EXPECT_EQ(name(outcome.top_error.value_or(ErrorCode::NONE)), event.at("top_error").get<std::string>());
    }
    if (event.contains("reply")) {
      EXPECT_EQ(outcome.reply, event.at("reply"));
    }
    if (event.contains("reschedule")) {
      EXPECT_EQ(outcome.reschedule, event.at("reschedule").get<bool>());
    }
    Json counts = Json::object();
    for (const ApiMessageAndVersion& record : outcome.records) {
      const std::string type(type_name(record.message));
      counts[type] = counts.value(type, 0) + 1;
    }
    EXPECT_EQ(counts, event.value("record_counts", Json::object()));
    EXPECT_EQ(taken_, draws_.size()) << "the placer drew less often than Kafka's";
    expect_changes(event.value("state", Json::object()), "brokers", brokers_before, broker_states());
    expect_changes(event.value("state", Json::object()), "partitions", partitions_before, partition_states());
  }

 private:
  Outcome perform(const Json& event) {
    const std::string op = event.at("op");
    const ReplicationControl control(image_, heartbeats_, settings_);
    if (op == "register_broker") {
      BrokerRegistrationRequest request;
      request.broker_id = BrokerId(event.at("broker").get<std::int32_t>());
      request.incarnation_id = Uuid{7, ++incarnations_};
      request.rack = event.at("rack").is_null() ? std::nullopt : std::optional(event.at("rack").get<std::string>());
      const auto result = control.register_broker(request, epoch_of(request.broker_id), now_);
      return answered(result.records, result.response.error);
    }
    if (op == "unregister_broker") {
      const auto result = control.unregister_broker(BrokerId(event.at("broker").get<std::int32_t>()));
      return answered(result.records, result.response);
    }
    if (op == "broker_heartbeat") {
      return heartbeat(control, event);
    }
    if (op == "fence_one_stale_broker") {
      return fence_stale(control, event);
    }
    if (op == "create_topic") {
      return create_topic(control, event);
    }
    if (op == "create_partitions") {
      const auto result = control.create_partitions({event.at("topic"), event.at("count"), std::nullopt}, draw());
      return answered(result.records, result.response);
    }
    if (op == "set_topic_config") {
      return answered({{ConfigRecord{ConfigResourceType::kTopic, event.at("topic"), event.at("key"),
                                     event.at("value").is_null() ? std::nullopt
                                                                 : std::optional(event.at("value").get<std::string>())},
                        0}},
                      ErrorCode::NONE);
    }
    if (op == "alter_partition") {
      return alter_partition(control, event);
    }
    if (op == "alter_partition_reassignments") {
      const auto [topic, partition] = partition_named(event.at("partition"));
      const Json& target = event.at("target");
      const auto result = control.alter_partition_reassignment(
          topic, partition, target.is_null() ? std::nullopt : std::optional(replicas_from(target)));
      return answered(result.records, result.response);
    }
    if (op == "elect_leaders") {
      const auto [topic, partition] = partition_named(event.at("partition"));
      const auto election = event.at("type") == "UNCLEAN" ? Election::kUnclean : Election::kPreferred;
      const auto result = control.elect_leader(topic, partition, election);
      return answered(result.records, result.response);
    }
    if (op == "maybe_balance_partition_leaders" || op == "maybe_elect_unclean_leaders") {
      const auto result = op == "maybe_balance_partition_leaders" ? control.maybe_balance_partition_leaders()
                                                                  : control.maybe_elect_unclean_leaders();
      Outcome outcome = answered(result.records, ErrorCode::NONE);
      outcome.reschedule = result.response;
      return outcome;
    }
    EXPECT_EQ(op, "advance") << "an operation that the test does not know";
    return {};
  }

  Outcome heartbeat(const ReplicationControl& control, const Json& event) {
    BrokerHeartbeat request;
    request.broker_id = BrokerId(event.at("broker").get<std::int32_t>());
    request.broker_epoch = epoch_of(request.broker_id);
    request.current_metadata_offset = Offset(event.at("current_metadata_offset").get<std::int64_t>());
    request.want_fence = event.at("want_fence");
    request.want_shut_down = event.at("want_shutdown");
    const auto result = control.process_broker_heartbeat(request);
    const BrokerHeartbeatReply& reply = result.response;
    if (reply.error == ErrorCode::NONE) {
      heartbeats_.touch(request.broker_id, reply.is_fenced, request.current_metadata_offset, now_);
    }
    Outcome outcome = answered(result.records, reply.error);
    if (reply.in_controlled_shutdown) {
      heartbeats_.maybe_update_controlled_shutdown_offset(request.broker_id, last_offset_);
    }
    outcome.reply = {{"is_caught_up", reply.is_caught_up},
                     {"is_fenced", reply.is_fenced},
                     {"in_controlled_shutdown", reply.in_controlled_shutdown},
                     {"should_shut_down", reply.should_shut_down}};
    return outcome;
  }

  Outcome fence_stale(const ReplicationControl& control, const Json& event) {
    const auto result = control.maybe_fence_one_stale_broker(now_);
    EXPECT_EQ(!result.response.has_value(), event.value("none_stale", false));
    if (result.response.has_value()) {
      heartbeats_.fence(*result.response);
    }
    return answered(result.records, ErrorCode::NONE);
  }

  Outcome create_topic(const ReplicationControl& control, const Json& event) {
    CreatableTopic topic;
    topic.name = event.at("topic");
    if (event.contains("manual_assignment")) {
      for (const Json& list : event.at("manual_assignment")) {
        topic.assignments.push_back(replicas_from(list));
      }
    } else {
      topic.partition_count = event.at("partitions");
      topic.replication_factor = event.at("replication_factor");
    }
    const auto result = control.create_topic(topic, Uuid{1, ++topics_}, draw());
    return answered(result.records, result.response);
  }

  Outcome alter_partition(const ReplicationControl& control, const Json& event) {
    const auto [name, partition] = partition_named(event.at("partition"));
    const TopicImage* topic = image_.topic_named(name);
    AlterPartition request;
    request.broker_id = BrokerId(event.at("from_broker").get<std::int32_t>());
    request.topic_id = topic == nullptr ? Uuid{} : topic->id;
    request.partition = partition;
    request.leader_epoch = LeaderEpoch(event.at("leader_epoch").get<std::int32_t>());
    request.partition_epoch = PartitionEpoch(event.at("partition_epoch").get<std::int32_t>());
    request.new_isr = replicas_from(event.at("new_isr"));
    for (const Json& epoch : event.at("new_isr_broker_epochs")) {
      request.new_isr_epochs.emplace_back(epoch.get<std::int64_t>());
    }
    request.leader_recovery_state = static_cast<LeaderRecoveryState>(event.at("leader_recovery_state").get<int>());
    const ErrorCode top = control.check_broker_epoch(request.broker_id, epoch_of(request.broker_id));
    Outcome outcome;
    if (top == ErrorCode::NONE) {
      const auto result = control.alter_partition(request);
      outcome = answered(result.records, result.response.error);
    }
    outcome.top_error = top;
    return outcome;
  }

  Outcome answered(const std::vector<ApiMessageAndVersion>& records, ErrorCode error) {
    for (const ApiMessageAndVersion& record : records) {
      ++last_offset_;
      replay(record.message);
    }
    Outcome outcome;
    outcome.records = records;
    outcome.error = error;
    return outcome;
  }

  // The active controller's soft state follows the log. Source: ClusterControlManager.replay.
  void replay(const MetadataRecord& record) {
    std::optional<BrokerId> changed;
    if (const auto* registered = std::get_if<RegisterBrokerRecord>(&record)) {
      changed = registered->broker_id;
      heartbeats_.remove(*changed);
    } else if (const auto* change = std::get_if<BrokerRegistrationChangeRecord>(&record)) {
      changed = change->broker_id;
    } else if (const auto* gone = std::get_if<UnregisterBrokerRecord>(&record)) {
      heartbeats_.remove(gone->broker_id);
    }
    image_.replay(record, last_offset_);
    if (changed.has_value()) {
      heartbeats_.register_broker(*changed, image_.broker(*changed)->is_fenced, now_);
    }
  }

  DrawBelow draw() {
    return [this](std::int32_t bound) {
      if (taken_ >= draws_.size()) {
        ADD_FAILURE() << "more draws than Kafka made";
        return 0;
      }
      EXPECT_EQ(draws_[taken_].at(0).get<std::int32_t>(), bound) << "draw " << taken_;
      return draws_[taken_++].at(1).get<std::int32_t>();
    };
  }

  static BrokerEpoch epoch_of(BrokerId broker) { return BrokerEpoch(1000 + broker.value); }

  static std::pair<std::string, std::int32_t> partition_named(const std::string& text) {
    const std::size_t dash = text.rfind('-');
    return {text.substr(0, dash), std::stoi(text.substr(dash + 1))};
  }

  [[nodiscard]] std::map<std::string, std::string> broker_states() const {
    std::map<std::string, std::string> states;
    for (const auto& [id, broker] : image_.brokers()) {
      states[std::to_string(id.value)] = std::string(broker.is_fenced ? "fenced" : "unfenced") +
                                         (broker.is_in_controlled_shutdown ? "+controlled_shutdown" : "");
    }
    return states;
  }

  [[nodiscard]] std::map<std::string, Json> partition_states() const {
    std::map<std::string, Json> states;
    for (const auto& [id, topic] : image_.topics()) {
      for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
        Json partition = kafka_data::partition_json(topic.partitions[i]);
        if (partition.at("recovery") == "RECOVERED") {
          partition.erase("recovery");
        }
        states[topic.name + "-" + std::to_string(i)] = partition;
      }
    }
    return states;
  }

  template <class State>
  static void expect_changes(const Json& state, const std::string& what, const std::map<std::string, State>& before,
                             const std::map<std::string, State>& after) {
    Json changed = Json::object();
    Json removed = Json::array();
    for (const auto& [name, value] : after) {
      const auto old = before.find(name);
      if (old == before.end() || old->second != value) {
        changed[name] = value;
      }
    }
    for (const auto& [name, value] : before) {
      if (after.count(name) == 0) {
        removed.push_back(name);
      }
    }
    EXPECT_EQ(changed, state.value(what + "_changed", Json::object()));
    Json expected_removed = Json::array();
    for (const Json& name : state.value(what + "_removed", Json::array())) {
      expected_removed.push_back(name.is_string() ? name.get<std::string>() : std::to_string(name.get<int>()));
    }
    EXPECT_EQ(removed, expected_removed);
  }

  ControllerSettings settings_;
  MetadataImage image_;
  BrokerHeartbeatManager heartbeats_;
  LocalTime now_;
  Offset last_offset_{100};
  std::int64_t incarnations_ = 0;
  std::int64_t topics_ = 0;
  Json draws_;
  std::size_t taken_ = 0;
};

TEST(KafkaController, DoesAsKafkaEventByEvent) {
  std::size_t events = 0;
  for (const Json& trace : kafka_data::read_jsonl("controller_traces.jsonl")) {
    Controller controller(trace.at("config"));
    std::size_t index = 0;
    for (const Json& event : trace.at("events")) {
      controller.run(event);
      ++events;
      ASSERT_FALSE(testing::Test::HasFailure())
          << "first difference: trace " << trace.at("trace") << ", event " << index << ": " << event.dump();
      ++index;
    }
  }
  EXPECT_GT(events, 0U);
}

}  // namespace
}  // namespace kscope::sim::kraft::controller_traces_test
