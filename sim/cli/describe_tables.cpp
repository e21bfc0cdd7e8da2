#include "sim/cli/describe_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace kscope::cli {
namespace {

constexpr std::size_t kColumn = 15;  // the least width of most columns of ConsumerGroupCommand

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

OffsetRow offset_row(const view::DescribedOffset& offset) {
  OffsetRow row;
  row.topic = offset.topic;
  row.partition = std::to_string(offset.partition);
  row.current = offset.committed ? std::to_string(*offset.committed) : "-";
  row.end = offset.log_end ? std::to_string(*offset.log_end) : "-";
  row.lag = offset.committed && offset.log_end ? std::to_string(*offset.log_end - *offset.committed) : "-";
  return row;
}

/// The member's rows, by partition. A member without partitions has none: only --members shows it.
void add_member_rows(const view::DescribedGroup& group, const view::DescribedMember& member,
                     std::vector<OffsetRow>& rows) {
  for (const view::DescribedOffset& offset : group.offsets) {
    if (std::find(member.assignment.begin(), member.assignment.end(), std::pair(offset.topic, offset.partition)) !=
        member.assignment.end()) {
      OffsetRow row = offset_row(offset);
      row.consumer = member.member_id;
      row.host = "/" + member.client_id;
      row.client = member.client_id;
      rows.push_back(std::move(row));
    }
  }
}

bool is_assigned(const view::DescribedGroup& group, const view::DescribedOffset& offset) {
  return std::any_of(group.members.begin(), group.members.end(), [&](const view::DescribedMember& member) {
    return std::find(member.assignment.begin(), member.assignment.end(), std::pair(offset.topic, offset.partition)) !=
           member.assignment.end();
  });
}

// What the tool says before its table, or instead of it.
std::string group_remark(const view::DescribedGroup& group) {
  if (!group.error.empty()) {
    return fmt::format("\nError: Executing consumer group command failed due to {}\n", group.error);
  }
  if (!group.exists) {
    return fmt::format("\nError: Consumer group '{}' does not exist.\n", group.name);
  }
  if (group.state == "Empty") {
    return fmt::format("\nConsumer group '{}' has no active members.\n", group.name);
  }
  if (group.state == "PreparingRebalance" || group.state == "CompletingRebalance") {
    return fmt::format("\nWarning: Consumer group '{}' is rebalancing.\n", group.name);
  }
  if (group.classic_member_count > 0) {
    return fmt::format("\nConsumer group '{}' uses the consumer protocol; {} of its {} members use the classic one.\n",
                       group.name, group.classic_member_count, group.members.size());
  }
  return {};
}

}  // namespace

std::string quorum_table(const view::Described& described) {
  std::int64_t end = 0;
  for (const view::DescribedReplica& replica : described.quorum) {
    end = std::max(end, replica.log_end);
  }
  std::string out = fmt::format("{:<12}{:<12}{:<14}{:<8}{:<16}{}\n", "NodeId", "LeaderEpoch", "LogEndOffset", "Lag",
                                "HighWatermark", "Status");
  for (const view::DescribedReplica& replica : described.quorum) {
    out += fmt::format("{:<12}{:<12}{:<14}{:<8}{:<16}{}\n", replica.node, replica.epoch, replica.log_end,
                       end - replica.log_end, replica.high_watermark, replica.state);
  }
  return out;
}

std::string topics_table(const view::Described& described) {
  std::string out;
  for (const view::DescribedTopic& topic : described.topics) {
    std::string configs;
    for (const auto& [name, value] : topic.configs) {
      configs += (configs.empty() ? "" : ",") + name + "=" + value;
    }
    out += fmt::format("Topic: {}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}\n", topic.name,
                       topic.topic_id, topic.partitions.size(),
                       topic.partitions.front().replicas.size() - topic.partitions.front().adding.size(), configs);
    for (const view::DescribedPartition& partition : topic.partitions) {
      const auto elr = [&](const std::vector<std::int32_t>& ids) {
        return partition.has_elr ? fmt::format("{}", fmt::join(ids, ",")) : std::string("N/A");
      };
      // Source: TopicCommand.PartitionDescription.printDescription, Kafka 3.9.
      const bool is_moving = !partition.adding.empty() || !partition.removing.empty();
      const std::string reassignment =
          is_moving ? fmt::format("\tAdding Replicas: {}\tRemoving Replicas: {}", fmt::join(partition.adding, ","),
                                  fmt::join(partition.removing, ","))
                    : std::string();
      out +=
          fmt::format("\tTopic: {}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}{}\tElr: {}\tLastKnownElr: {}\n",
                      topic.name, partition.partition, partition.leader < 0 ? "none" : std::to_string(partition.leader),
                      fmt::join(partition.replicas, ","), fmt::join(partition.isr, ","), reassignment,
                      elr(partition.elr), elr(partition.last_known_elr));
    }
  }
  return out;
}

std::string group_offsets_table(const view::DescribedGroup& group) {
  std::vector<OffsetRow> rows = {
      {"TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "CONSUMER-ID", "HOST", "CLIENT-ID"}};
  std::vector<view::DescribedMember> members = group.members;
  std::stable_sort(members.begin(), members.end(),
                   [](const auto& a, const auto& b) { return a.assignment.size() > b.assignment.size(); });
  for (const view::DescribedMember& member : members) {
    add_member_rows(group, member, rows);
  }
  for (const view::DescribedOffset& offset : group.offsets) {
    if (!is_assigned(group, offset)) {
      rows.push_back(offset_row(offset));
    }
  }
  if (rows.size() == 1) {
    return group_remark(group);
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

// The column of instance ids is there when a member has one. Source: ConsumerGroupCommand.printMembers, Kafka 3.9.
std::string group_members_table(const view::DescribedGroup& group) {
  if (group.members.empty()) {
    return group_remark(group);
  }
  std::size_t group_width = std::max(kColumn, group.name.size());
  std::size_t consumer_width = kColumn;
  std::size_t instance_width = 17;
  std::size_t host_width = kColumn;
  std::size_t client_width = kColumn;
  bool has_static = false;
  for (const view::DescribedMember& member : group.members) {
    consumer_width = std::max(consumer_width, member.member_id.size());
    instance_width = std::max(instance_width, member.group_instance_id.size());
    host_width = std::max(host_width, member.client_id.size() + 1);
    client_width = std::max(client_width, member.client_id.size());
    has_static = has_static || !member.group_instance_id.empty();
  }
  const auto row = [&](std::string_view name, std::string_view consumer, std::string_view instance,
                       std::string_view host, std::string_view client, std::string_view count) {
    const std::string shown_instance = has_static ? fmt::format("{:<{}} ", instance, instance_width) : "";
    return fmt::format("{:<{}} {:<{}} {}{:<{}} {:<{}} {:<15} \n", name, group_width, consumer, consumer_width,
                       shown_instance, host, host_width, client, client_width, count);
  };
  std::string out =
      group_remark(group) + "\n" + row("GROUP", "CONSUMER-ID", "GROUP-INSTANCE-ID", "HOST", "CLIENT-ID", "#PARTITIONS");
  for (const view::DescribedMember& member : group.members) {
    out += row(group.name, member.member_id, member.group_instance_id, "/" + member.client_id, member.client_id,
               std::to_string(member.assignment.size()));
  }
  return out;
}

std::string group_state_table(const view::DescribedGroup& group) {
  if (!group.exists) {
    return group_remark(group);
  }
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
