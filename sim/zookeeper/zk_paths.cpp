#include "sim/zookeeper/zk_paths.h"

#include <algorithm>
#include <charconv>

namespace kscope::sim::zk {
namespace {

ZkOperation operation(ZkOp op, std::string_view path) {
  ZkOperation result;
  result.op = op;
  result.path = std::string(path);
  return result;
}

std::string consumer_group_path(std::string_view group) {
  return std::string(kConsumersPath) + "/" + std::string(group);
}

}  // namespace

std::string broker_path(BrokerId broker) { return std::string(kBrokerIdsPath) + "/" + std::to_string(broker.value); }

std::string topic_path(std::string_view topic) { return std::string(kTopicsPath) + "/" + std::string(topic); }

std::string delete_topic_path(std::string_view topic) {
  return std::string(kDeleteTopicsPath) + "/" + std::string(topic);
}

Uuid topic_id(TopicId topic, Zxid czxid) { return {std::int64_t{topic.value} + 1, czxid.value}; }

std::string partitions_path(std::string_view topic) { return topic_path(topic) + "/partitions"; }

std::string partition_path(std::string_view topic, std::int32_t partition) {
  return partitions_path(topic) + "/" + std::to_string(partition);
}

std::string partition_state_path(std::string_view topic, std::int32_t partition) {
  return partition_path(topic, partition) + "/state";
}

std::string consumer_ids_path(std::string_view group) { return consumer_group_path(group) + "/ids"; }

std::string consumer_id_path(std::string_view group, std::string_view consumer) {
  return consumer_ids_path(group) + "/" + std::string(consumer);
}

std::string consumer_owners_path(std::string_view group, std::string_view topic) {
  return consumer_group_path(group) + "/owners/" + std::string(topic);
}

std::string consumer_owner_path(std::string_view group, std::string_view topic, std::int32_t partition) {
  return consumer_owners_path(group, topic) + "/" + std::to_string(partition);
}

std::string consumer_offsets_path(std::string_view group, std::string_view topic) {
  return consumer_group_path(group) + "/offsets/" + std::string(topic);
}

std::string consumer_offset_path(std::string_view group, std::string_view topic, std::int32_t partition) {
  return consumer_offsets_path(group, topic) + "/" + std::to_string(partition);
}

std::vector<std::string> consumer_group_paths(std::string_view group) {
  const std::string of_group = consumer_group_path(group);
  return {std::string(kConsumersPath), of_group, of_group + "/ids", of_group + "/owners", of_group + "/offsets"};
}

std::optional<ConsumerOffsetPath> parse_consumer_offset_path(const Registry& registry, std::string_view path) {
  // "", "consumers", GROUP, "offsets", TOPIC, PARTITION
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t slash = std::min(path.find('/', from), path.size());
    parts.push_back(path.substr(from, slash - from));
    from = slash + 1;
  }
  if (parts.size() != 6 || parts[1] != kConsumersPath.substr(1) || parts[3] != "offsets") {
    return std::nullopt;
  }
  const std::optional<TopicId> topic = registry.find_topic(parts[4]);
  const std::optional<BrokerId> number = parse_broker(parts[5]);
  for (std::size_t i = 0; topic && number && i < registry.groups.size(); ++i) {
    if (registry.groups[i].name == parts[2]) {
      return ConsumerOffsetPath{GroupId(static_cast<std::int32_t>(i)), TopicPartition{*topic, number->value}};
    }
  }
  return std::nullopt;
}

std::optional<BrokerId> parse_broker(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  const std::string_view digits = slash == std::string_view::npos ? name : name.substr(slash + 1);
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return BrokerId{value};
}

ZkOperation create(std::string_view path, ZnodeData data, ZkCreateMode mode) {
  ZkOperation result = operation(ZkOp::kCreate, path);
  result.data = std::move(data);
  result.mode = mode;
  return result;
}

ZkOperation set_data(std::string_view path, ZnodeData data, ZnodeVersion version) {
  ZkOperation result = operation(ZkOp::kSetData, path);
  result.data = std::move(data);
  result.version = version;
  return result;
}

ZkOperation remove(std::string_view path, ZnodeVersion version) {
  ZkOperation result = operation(ZkOp::kDelete, path);
  result.version = version;
  return result;
}

ZkOperation check(std::string_view path, ZnodeVersion version) {
  ZkOperation result = operation(ZkOp::kCheck, path);
  result.version = version;
  return result;
}

ZkOperation get_data(std::string_view path, bool watch) {
  ZkOperation result = operation(ZkOp::kGetData, path);
  result.watch = watch;
  return result;
}

ZkOperation exists(std::string_view path, bool watch) {
  ZkOperation result = operation(ZkOp::kExists, path);
  result.watch = watch;
  return result;
}

ZkOperation get_children(std::string_view path, bool watch) {
  ZkOperation result = operation(ZkOp::kGetChildren, path);
  result.watch = watch;
  return result;
}

}  // namespace kscope::sim::zk
