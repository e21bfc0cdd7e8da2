#pragma once
// The znodes that Kafka uses, by path, and the operations on them in short. Source: Kafka 3.9 ZkData.scala.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/protocol/zookeeper.h"
#include "sim/world/registry.h"

namespace kscope::sim::zk {

inline constexpr std::string_view kBrokersPath = "/brokers";
inline constexpr std::string_view kBrokerIdsPath = "/brokers/ids";
inline constexpr std::string_view kTopicsPath = "/brokers/topics";
inline constexpr std::string_view kAdminPath = "/admin";
inline constexpr std::string_view kDeleteTopicsPath = "/admin/delete_topics";
inline constexpr std::string_view kIsrChangePath = "/isr_change_notification";
inline constexpr std::string_view kControllerPath = "/controller";
inline constexpr std::string_view kControllerEpochPath = "/controller_epoch";
inline constexpr std::string_view kConsumersPath = "/consumers";
inline constexpr std::string_view kProducerIdBlockPath = "/latest_producer_id_block";

std::string broker_path(BrokerId broker);
std::string topic_path(std::string_view topic);
std::string delete_topic_path(std::string_view topic);
std::string partitions_path(std::string_view topic);
std::string partition_path(std::string_view topic, std::int32_t partition);
std::string partition_state_path(std::string_view topic, std::int32_t partition);
// Of old consumers. Source: ZKGroupDirs, ZKGroupTopicDirs (Kafka 0.10).
std::string consumer_ids_path(std::string_view group);
std::string consumer_id_path(std::string_view group, std::string_view consumer);
std::string consumer_owners_path(std::string_view group, std::string_view topic);
std::string consumer_owner_path(std::string_view group, std::string_view topic, std::int32_t partition);
std::string consumer_offsets_path(std::string_view group, std::string_view topic);
std::string consumer_offset_path(std::string_view group, std::string_view topic, std::int32_t partition);
/// What is above all of these, from the root downwards.
std::vector<std::string> consumer_group_paths(std::string_view group);
/// Whose committed offset the znode holds.
struct ConsumerOffsetPath {
  GroupId group;
  TopicPartition partition;
};
/// None: it is no znode of a committed offset, or of a group or topic that the registry does not know.
std::optional<ConsumerOffsetPath> parse_consumer_offset_path(const Registry& registry, std::string_view path);
/// The broker of "/brokers/ids/7", or of the child name "7".
std::optional<BrokerId> parse_broker(std::string_view name);

/// Id of a topic, by the transaction that created its znode: another one each time that it is created.
/// MODEL: Kafka draws it at random and writes it into the znode.
Uuid topic_id(TopicId topic, Zxid czxid);

ZkOperation create(std::string_view path, ZnodeData data = {}, ZkCreateMode mode = ZkCreateMode::kPersistent);
ZkOperation set_data(std::string_view path, ZnodeData data, ZnodeVersion version);
ZkOperation remove(std::string_view path, ZnodeVersion version);
ZkOperation check(std::string_view path, ZnodeVersion version);
ZkOperation get_data(std::string_view path, bool watch = false);
ZkOperation exists(std::string_view path, bool watch = false);
ZkOperation get_children(std::string_view path, bool watch = false);

}  // namespace kscope::sim::zk
