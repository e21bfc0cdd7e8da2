#include "sim/cli/describe_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace kscope::cli {
namespace {

constexpr std::size_t kColumn = 15;  // the least width of most columns of ConsumerGroupCommand

std::string topic_of(const std::string& partition) { return partition.substr(0, partition.rfind('-')); }

std::string leader_text(const view::Partition& partition) {
  return partition.leader < 0 ? "none" : std::to_string(partition.leader);
}

std::string configs_text(const scenario::Scenario& scenario, const std::string& topic) {
  for (const scenario::TopicEntry& entry : scenario.topics) {
    if (entry.name == topic) {
      std::string out;
      for (const scenario::ConfigEntry& config : entry.configs) {
        out += (out.empty() ? "" : ",") + config.name + "=" + config.value;
      }
      return out;
    }
  }
  return {};
}

const view::Partition* find_partition(const view::Snapshot& snapshot, const std::string& name) {
  for (const view::Partition& partition : snapshot.partitions) {
    if (partition.name == name) {
      return &partition;
    }
  }
  return nullptr;
}

struct OffsetRow {
  std::string topic;
  std::string partition;
  std::string current = "-";
  std::string end = "-";
  std::string lag = "-";
  std::string consumer = "-";
  std::string host = "-";
  std::string client = "-";
};

OffsetRow offset_row(const view::Snapshot& snapshot, const view::Group& group, std::size_t index) {
  const std::string& name = group.partitions[index];
  OffsetRow row;
  row.topic = topic_of(name);
  row.partition = name.substr(row.topic.size() + 1);
  if (const view::Partition* partition = find_partition(snapshot, name)) {
    // What a consumer can read ends at the high watermark; the tool asks for LATEST as a consumer does.
    row.end = std::to_string(partition->high_watermark);
    for (const view::GroupMark& mark : partition->groups) {
      if (mark.group == group.group && mark.committed >= 0) {
        row.current = std::to_string(mark.committed);
        row.lag = std::to_string(partition->high_watermark - mark.committed);
      }
    }
  }
  for (const view::GroupMember& member : group.members) {
    if (std::find(member.owned.begin(), member.owned.end(), static_cast<std::int32_t>(index)) != member.owned.end()) {
      row.consumer = member.member_id;
      row.host = "/" + member.name;
      row.client = member.name;
    }
  }
  return row;
}

// What the tool says before its table.
std::string group_remark(const view::Group& group) {
  if (group.state == "Empty") {
    return fmt::format("\nConsumer group '{}' has no active members.\n", group.name);
  }
  if (group.state == "PreparingRebalance" || group.state == "CompletingRebalance") {
    return fmt::format("\nWarning: Consumer group '{}' is rebalancing.\n", group.name);
  }
  if (group.state == "Dead") {
    return fmt::format("\nError: Consumer group '{}' does not exist.\n", group.name);
  }
  return {};
}

}  // namespace

std::string topics_table(const view::Snapshot& snapshot, const scenario::Scenario& scenario) {
  std::map<std::string, std::vector<const view::Partition*>> topics;
  for (const view::Partition& partition : snapshot.partitions) {
    topics[topic_of(partition.name)].push_back(&partition);
  }
  std::string out;
  for (const auto& [topic, partitions] : topics) {
    out += fmt::format("Topic: {}\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}\n", topic, partitions.size(),
                       partitions.front()->replica_ids.size(), configs_text(scenario, topic));
    for (const view::Partition* partition : partitions) {
      out += fmt::format("\tTopic: {}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}\tElr: N/A\tLastKnownElr: N/A\n",
                         topic, partition->partition, leader_text(*partition), fmt::join(partition->replica_ids, ","),
                         fmt::join(partition->isr, ","));
    }
  }
  return out;
}

std::string group_offsets_table(const view::Snapshot& snapshot, const view::Group& group) {
  std::vector<OffsetRow> rows = {
      {"TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "CONSUMER-ID", "HOST", "CLIENT-ID"}};
  for (std::size_t i = 0; i < group.partitions.size(); ++i) {
    OffsetRow row = offset_row(snapshot, group, i);
    // The tool knows of a partition by its owner or by a committed offset.
    if (row.consumer != "-" || row.current != "-") {
      rows.push_back(std::move(row));
    }
  }
  for (const view::GroupMember& member : group.members) {
    if (member.owned.empty()) {
      rows.push_back({"-", "-", "-", "-", "-", member.member_id, "/" + member.name, member.name});
    }
  }
  std::size_t group_width = std::max(kColumn, group.name.size());
  std::size_t topic_width = kColumn;
  std::size_t consumer_width = kColumn;
  std::size_t host_width = kColumn;
  for (const OffsetRow& row : rows) {
    topic_width = std::max(topic_width, row.topic.size());
    consumer_width = std::max(consumer_width, row.consumer.size());
    host_width = std::max(host_width, row.host.size());
  }
  std::string out = group_remark(group);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const OffsetRow& row = rows[i];
    out += fmt::format("\n{:<{}} {:<{}} {:<10} {:<15} {:<15} {:<15} {:<{}} {:<{}} {}", i == 0 ? "GROUP" : group.name,
                       group_width, row.topic, topic_width, row.partition, row.current, row.end, row.lag, row.consumer,
                       consumer_width, row.host, host_width, row.client);
  }
  return out + "\n";
}

std::string group_members_table(const view::Group& group) {
  std::size_t group_width = std::max(kColumn, group.name.size());
  std::size_t consumer_width = kColumn;
  std::size_t host_width = kColumn;
  std::size_t client_width = kColumn;
  for (const view::GroupMember& member : group.members) {
    consumer_width = std::max(consumer_width, member.member_id.size());
    host_width = std::max(host_width, member.name.size() + 1);
    client_width = std::max(client_width, member.name.size());
  }
  const auto row = [&](std::string_view name, std::string_view consumer, std::string_view host, std::string_view client,
                       std::string_view count) {
    return fmt::format("{:<{}} {:<{}} {:<{}} {:<{}} {:<15} \n", name, group_width, consumer, consumer_width, host,
                       host_width, client, client_width, count);
  };
  std::string out = group_remark(group) + "\n" + row("GROUP", "CONSUMER-ID", "HOST", "CLIENT-ID", "#PARTITIONS");
  for (const view::GroupMember& member : group.members) {
    out += row(group.name, member.member_id, "/" + member.name, member.name, std::to_string(member.owned.size()));
  }
  return out;
}

std::string group_state_table(const view::Group& group) {
  const std::string coordinator =
      group.coordinator < 0 ? "-" : fmt::format("b{}:9092  ({})", group.coordinator, group.coordinator);
  // The tool gives the first column the width of the second one's content.
  const std::size_t width = std::max<std::size_t>(25, coordinator.size());
  std::string out = group_remark(group);
  out += fmt::format("\n{:<{}} {:<25} {:<20} {:<15} {}", "GROUP", width, "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY",
                     "STATE", "#MEMBERS");
  out += fmt::format("\n{:<{}} {:<25} {:<20} {:<15} {}\n", group.name, width, coordinator, group.protocol, group.state,
                     group.members.size());
  return out;
}

}  // namespace kscope::cli
