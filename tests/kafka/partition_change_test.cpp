#include "sim/controller/kraft/partition_change_builder.h"

#include "tests/kafka/kafka_data.h"
#include "tests/kafka/partition_json.h"

#include <gtest/gtest.h>

#include <string>

namespace kscope::sim::kraft::partition_change_test {
namespace {

using Json = nlohmann::json;
using kafka_data::partition_from;
using kafka_data::partition_json;
using kafka_data::replicas_from;

Election election_from(const std::string& name) {
  return name == "PREFERRED" ? Election::kPreferred : name == "UNCLEAN" ? Election::kUnclean : Election::kOnline;
}

std::optional<ReplicaList> target_from(const Json& input, const char* field) {
  return input.contains(field) ? std::optional(replicas_from(input.at(field))) : std::nullopt;
}

PartitionChange change_from(const Json& input) {
  PartitionChange change;
  change.election = election_from(input.at("election"));
  const auto version = metadata_version_named(input.at("metadata_version").get<std::string>());
  EXPECT_TRUE(version.has_value()) << input.at("metadata_version");
  change.metadata_version = version.value_or(kLatestMetadataVersion);
  change.min_isr = input.at("min_isr");
  change.is_elr_enabled = input.at("elr_enabled");
  change.use_last_known_leader = input.at("use_last_known_leader");
  change.may_elect_fenced_last_leader = true;  // These are values of Kafka 3.9 and 4.0: KAFKA-19522 came later.
  change.target_isr = target_from(input, "target_isr");
  change.target_replicas = target_from(input, "target_replicas");
  change.target_removing = target_from(input, "target_removing");
  change.target_adding = target_from(input, "target_adding");
  change.unclean_shutdown_replicas = target_from(input, "unclean_shutdown_replicas").value_or(ReplicaList{});
  return change;
}

// The record in the words of the data: absent lists are left out, -2 = leader unchanged.
Json record_json(const PartitionChangeRecord& record) {
  Json out = {{"isr_set", record.isr.has_value()},
              {"leader", record.leader.has_value() ? record.leader->value : -2},
              {"leader_recovery_state", static_cast<int>(record.leader_recovery_state)}};
  const auto add = [&](const char* name, const std::optional<ReplicaList>& list) {
    if (list.has_value() && !list->empty()) {
      out[name] = kafka_data::replicas_json(*list);
    }
  };
  add("isr", record.isr);
  add("replicas", record.replicas);
  add("removing", record.removing_replicas);
  add("adding", record.adding_replicas);
  add("elr", record.eligible_leader_replicas);
  add("last_known_elr", record.last_known_elr);
  return out;
}

// A list that is set to empty may or may not be shown.
Json without_empty_lists(Json record) {
  for (auto it = record.begin(); it != record.end();) {
    it = it->is_array() && it->empty() ? record.erase(it) : std::next(it);
  }
  return record;
}

TEST(KafkaPartitionChange, BuildsAndMergesAsKafka) {
  for (const Json& example : kafka_data::read_jsonl("partition_change.jsonl")) {
    const PartitionRegistration before = partition_from(example.at("before"));
    const Json& input = example.at("input");
    const ReplicaList acceptable = replicas_from(input.at("acceptable_leaders"));
    const BrokerOracle brokers{[&](BrokerId broker) { return contains(acceptable, broker); },
                               [](BrokerId) { return kUnassignedDirectory; }};
    const auto record = build_partition_change(before, Uuid{1, 2}, 0, change_from(input), brokers);
    EXPECT_EQ(record.has_value(), example.at("changed").get<bool>());
    PartitionRegistration after = before;
    if (record.has_value()) {
      const auto& change = std::get<PartitionChangeRecord>(record->message);
      EXPECT_EQ(record_json(change), without_empty_lists(example.value("record", Json::object())));
      after = merge(before, change);
    }
    EXPECT_EQ(partition_json(after), example.at("after"));
    ASSERT_FALSE(testing::Test::HasFailure()) << "first difference: " << example.dump();
  }
}

}  // namespace
}  // namespace kscope::sim::kraft::partition_change_test
