// From an action's names to what the world understands: fault actions for the engine, commands for the model.
#include <fmt/format.h>

#include "engine/core/check.h"
#include "sim/config/units.h"
#include "sim/scenario/action.h"
#include "sim/scenario/action_params.h"
#include "sim/world/vocabulary.h"

namespace kscope::scenario {
namespace {

using sim::Command;
using sim::CommandKind;

Input fault(FaultKind kind, NodeId node, NodeId peer = {}, Duration duration = Duration{0}, std::int64_t factor = 0) {
  FaultAction action;
  action.kind = kind;
  action.node = node;
  action.peer = peer;
  action.duration = duration;
  action.factor = factor;
  return action;
}

Command command(CommandKind kind, NodeId node) {
  Command made;
  made.kind = kind;
  made.node = node;
  return made;
}

// The id of a key in its producer's key space; "" is the null key. Names as Registry::key_text gives them.
std::optional<std::int64_t> key_id(const sim::Workload& workload, std::string_view key) {
  if (key.empty()) {
    return -1;
  }
  if (workload.keys == sim::Workload::Keys::kList) {
    for (std::size_t i = 0; i < workload.key_names.size(); ++i) {
      if (workload.key_names[i] == key) {
        return static_cast<std::int64_t>(i);
      }
    }
    return std::nullopt;
  }
  const std::optional<std::int64_t> number = key.front() == 'k' ? sim::parse_integer(key.substr(1)) : std::nullopt;
  return number && *number >= 0 ? number : std::nullopt;
}

/// What is done to one partition of a consumer.
Result<Input> partition_command(const Action& action, NodeId node, const Names& names) {
  const std::optional<sim::TopicPartition> partition = names.partition(action.partition);
  if (!partition) {
    return Error{fmt::format("there is no partition {}", action.partition), {}, 0};
  }
  Command made = command(action.verb == Verb::kSeek             ? CommandKind::kSeek
                         : action.verb == Verb::kPausePartition ? CommandKind::kPausePartition
                                                                : CommandKind::kResumePartition,
                         node);
  made.partition = *partition;
  if (action.verb == Verb::kSeek) {
    constexpr std::int64_t kLatest = -1;    // ListOffsetsRequest.LATEST_TIMESTAMP
    constexpr std::int64_t kEarliest = -2;  // ListOffsetsRequest.EARLIEST_TIMESTAMP
    made.count = action.value == kBeginning ? kEarliest
                 : action.value == kEnd     ? kLatest
                                            : sim::parse_integer(action.value).value_or(0);
  }
  return Input(made);
}

/// One command to the consumer, or to each member of the group that does not assign its partitions itself.
Result<std::vector<Input>> subscribe_commands(const Action& action, const sim::Registry& registry, const Names& names) {
  const NodeId one = names.node(action.node);
  const bool is_group = !one.is_valid() && names.group(action.node).is_valid();
  if (!one.is_valid() && !is_group) {
    return Error{fmt::format("there is no consumer or group called {}", action.node), {}, 0};
  }
  std::vector<sim::TopicId> topics;
  for (const std::string_view name : split_list(action.value)) {
    topics.push_back(names.topic(name));
    if (!topics.back().is_valid()) {
      return Error{fmt::format("there is no topic {}", name), {}, 0};
    }
  }
  std::vector<Input> to_each;
  for (std::size_t i = 0; i < names.nodes.size(); ++i) {
    const NodeId node(static_cast<std::int32_t>(i));
    const bool is_meant = is_group ? names.nodes[i].group == action.node : node == one;
    if (!is_meant || !registry.consumer(node).assignment.empty()) {
      continue;
    }
    Command made = command(CommandKind::kSubscribe, node);
    made.topics = topics;
    to_each.emplace_back(std::move(made));
  }
  if (to_each.empty()) {
    return Error{is_group ? fmt::format("group {} has no member that subscribes", action.node)
                          : fmt::format("{} assigns its partitions itself (assign): it cannot subscribe", action.node),
                 {},
                 0};
  }
  return to_each;
}

Result<Input> client_command(const Action& action, NodeId node, const sim::Registry& registry, const Names& names) {
  switch (action.verb) {
    case Verb::kLeave: return Input(command(CommandKind::kConsumerLeave, node));
    case Verb::kPoll: return Input(command(CommandKind::kConsumerResume, node));
    case Verb::kCommit: return Input(command(CommandKind::kCommitNow, node));
    case Verb::kCommitTransaction:
    case Verb::kAbortTransaction: {
      Command made = command(CommandKind::kEndTransaction, node);
      made.count = action.verb == Verb::kCommitTransaction ? 1 : 0;
      return Input(made);
    }
    case Verb::kStopPolling: {
      Command made = command(CommandKind::kConsumerPause, node);
      made.duration = action.duration;
      return Input(made);
    }
    case Verb::kRate: {
      Command made = command(CommandKind::kProducerRate, node);
      made.count = action.number;
      return Input(made);
    }
    case Verb::kProduce: {
      const std::optional<std::int64_t> key = key_id(registry.producer(node).workload, action.value);
      if (!key) {
        return Error{fmt::format("\"{}\" is none of the keys of {}; expected one of its list, or k0, k1 ...",
                                 action.value, action.node),
                     {},
                     0};
      }
      Command made = command(CommandKind::kProduceOne, node);
      made.count = *key;
      return Input(made);
    }
    case Verb::kSeek:
    case Verb::kPausePartition:
    case Verb::kResumePartition: return partition_command(action, node, names);
    default: break;
  }
  KSCOPE_CHECK(false, "a client's verb is not handled");
  return Error{};
}

/// Who is told to shut down first: of a process with both roles the broker, which tells its controller when it has left.
/// Source: KafkaRaftServer.shutdown, Kafka 3.9.
NodeId first_to_leave(const sim::Registry& registry, NodeId node) {
  const sim::NodeEntry& entry = registry.nodes.at(static_cast<std::size_t>(node.value));
  return entry.role == sim::NodeRole::kController && entry.partner.is_valid() ? entry.partner : node;
}

Result<Input> cluster_command(const Action& action, NodeId node, const sim::Registry& registry, const Names& names) {
  switch (action.verb) {
    case Verb::kShutdown: return Input(command(CommandKind::kCleanShutdown, first_to_leave(registry, node)));
    case Verb::kExpireSession: return Input(command(CommandKind::kExpireSession, node));
    case Verb::kCreateTopic: {
      Command made = command(CommandKind::kCreateTopic, registry.admin);
      made.name = action.topic;
      // A new topic gets the next id, as the registry gives it out when the command is carried out.
      made.partition.topic = names.topic(action.topic);
      if (!made.partition.topic.is_valid()) {
        made.partition.topic = sim::TopicId(static_cast<std::int32_t>(registry.topics.size()));
      }
      made.count = action.number == 0 ? -1 : action.number;
      made.factor = action.factor == 0 ? -1 : action.factor;
      return Input(made);
    }
    case Verb::kCreatePartitions: {
      Command made = command(CommandKind::kCreatePartitions, registry.admin);
      made.partition = {names.topic(action.topic), -1};
      if (!made.partition.topic.is_valid()) {
        return Error{fmt::format("there is no topic {}", action.topic), {}, 0};
      }
      made.count = action.number;
      return Input(made);
    }
    case Verb::kAlterQuota: {
      Command made = command(CommandKind::kAlterQuota, registry.admin);
      made.name = action.client_id;
      made.factor = static_cast<std::int64_t>(action.name == sim::kProducerByteRate ? sim::QuotaType::PRODUCE
                                                                                    : sim::QuotaType::FETCH);
      made.count = sim::parse_integer(action.value).value_or(-1);
      return Input(made);
    }
    case Verb::kDeleteTopic: {
      Command made = command(CommandKind::kDeleteTopic, registry.admin);
      made.partition = {names.topic(action.topic), -1};
      if (!made.partition.topic.is_valid()) {
        return Error{fmt::format("there is no topic {}", action.topic), {}, 0};
      }
      return Input(made);
    }
    case Verb::kDeleteRecords: {
      Command made = command(CommandKind::kDeleteRecords, registry.admin);
      const std::optional<sim::TopicPartition> partition = names.partition(action.partition);
      if (!partition) {
        return Error{fmt::format("there is no partition {}", action.partition), {}, 0};
      }
      made.partition = *partition;
      made.count = action.number == 0 ? -1 : action.number;
      return Input(made);
    }
    case Verb::kReassign: {
      Command made = command(CommandKind::kReassign, registry.admin);
      const std::optional<sim::TopicPartition> partition = names.partition(action.partition);
      if (!partition) {
        return Error{fmt::format("there is no partition {}", action.partition), {}, 0};
      }
      made.partition = *partition;
      if (action.value == kCancel) {
        return Input(made);
      }
      for (const std::string_view name : split_list(action.value)) {
        const NodeId broker = names.node(name);
        if (!broker.is_valid()) {
          return Error{fmt::format("there is no node called {}", name), {}, 0};
        }
        made.brokers.push_back(names.nodes[static_cast<std::size_t>(broker.value)].broker);
      }
      return Input(made);
    }
    case Verb::kElectPreferred:
    case Verb::kElectUnclean: {
      Command made =
          command(action.verb == Verb::kElectPreferred ? CommandKind::kElectPreferred : CommandKind::kElectUnclean,
                  registry.admin);
      if (!action.partition.empty()) {
        const std::optional<sim::TopicPartition> partition = names.partition(action.partition);
        if (!partition) {
          return Error{fmt::format("there is no partition {}", action.partition), {}, 0};
        }
        made.partition = *partition;
      }
      return Input(made);
    }
    case Verb::kSet: {
      Command made = command(CommandKind::kAlterConfig, node);
      if (!node.is_valid()) {
        made.partition.topic = names.topic(action.node);
        made.node = registry.admin;
      }
      made.name = action.name;
      made.value = action.value;
      return Input(made);
    }
    default: break;
  }
  KSCOPE_CHECK(false, "a verb is not handled");
  return Error{};
}

}  // namespace

Result<std::vector<Input>> to_inputs(const Action& a, const sim::Registry& registry) {
  return to_inputs(a, registry, names_of(registry));
}

Result<std::vector<Input>> to_inputs(const Action& a, const sim::Registry& registry, const Names& names) {
  const NodeId node = names.node(a.node);
  const NodeId peer = names.node(a.peer);
  const bool is_topic_config = a.verb == Verb::kSet && names.topic(a.node).is_valid();
  if (!a.node.empty() && !node.is_valid() && !is_topic_config && a.verb != Verb::kSubscribe) {
    return Error{fmt::format("there is no node called {}", a.node), {}, 0};
  }
  if (!a.peer.empty() && !peer.is_valid()) {
    return Error{fmt::format("there is no node called {}", a.peer), {}, 0};
  }
  const auto one = [](Input input) { return std::vector<Input>{std::move(input)}; };
  switch (a.verb) {
    case Verb::kCrash: return one(fault(FaultKind::kCrash, node));
    case Verb::kPowerLoss: return one(fault(FaultKind::kPowerLoss, node));
    case Verb::kRestart:
    case Verb::kStart: return one(fault(FaultKind::kRestart, node));
    case Verb::kPause: return one(fault(FaultKind::kPause, node, {}, a.duration));
    case Verb::kResume: return one(fault(FaultKind::kResume, node));
    case Verb::kCpuSlow: return one(fault(FaultKind::kCpuSlow, node, {}, {}, a.number));
    case Verb::kCut: return one(fault(FaultKind::kCut, node, peer));
    case Verb::kCutOneWay: return one(fault(FaultKind::kCutOneWay, node, peer));
    case Verb::kHeal: return one(fault(FaultKind::kHeal, node, peer));
    case Verb::kHealAll: return one(fault(FaultKind::kHealAll, {}));
    case Verb::kDelay: return one(fault(FaultKind::kLinkDelay, node, peer, a.duration));
    case Verb::kBandwidth: return one(fault(FaultKind::kLinkBandwidth, node, peer, {}, a.number));
    case Verb::kLoss: return one(fault(FaultKind::kLinkLoss, node, peer, {}, a.number));
    case Verb::kStall: return one(fault(FaultKind::kStall, node, peer, a.duration));
    case Verb::kStrand: return one(fault(FaultKind::kStrand, node, peer, a.duration));
    case Verb::kReset: return one(fault(FaultKind::kResetConnection, node, peer));
    case Verb::kDrop: {
      FaultAction made;
      made.kind = FaultKind::kDropMessage;
      made.message = static_cast<std::uint64_t>(a.number);
      return one(made);
    }
    case Verb::kDiskSlow: return one(fault(FaultKind::kDiskSlow, node, {}, {}, a.number));
    case Verb::kDiskFull: return one(fault(FaultKind::kDiskFull, node, {}, {}, 1));
    case Verb::kDiskFail: return one(fault(FaultKind::kDiskFail, node, {}, {}, 1));
    case Verb::kDiskOk:
      return std::vector<Input>{fault(FaultKind::kDiskSlow, node, {}, {}, 1), fault(FaultKind::kDiskFull, node),
                                fault(FaultKind::kDiskFail, node)};
    case Verb::kClockStep: return one(fault(FaultKind::kClockStep, node, {}, a.duration));
    case Verb::kClockDrift: return one(fault(FaultKind::kClockDrift, node, {}, {}, a.number));
    case Verb::kClockFreeze: return one(fault(FaultKind::kClockFreeze, node, {}, {}, 1));
    case Verb::kClockRun: return one(fault(FaultKind::kClockFreeze, node));
    case Verb::kDeleteController: {
      std::vector<Input> to_each;
      for (const NodeId server : registry.zookeepers) {
        to_each.emplace_back(command(CommandKind::kDeleteController, server));
      }
      return to_each;
    }
    case Verb::kShutdown:
    case Verb::kExpireSession:
    case Verb::kCreateTopic:
    case Verb::kCreatePartitions:
    case Verb::kDeleteTopic:
    case Verb::kReassign:
    case Verb::kAlterQuota:
    case Verb::kElectPreferred:
    case Verb::kElectUnclean:
    case Verb::kDeleteRecords:
    case Verb::kSet: {
      Result<Input> made = cluster_command(a, node, registry, names);
      return made ? Result<std::vector<Input>>(one(*made)) : Result<std::vector<Input>>(made.error());
    }
    case Verb::kSubscribe: return subscribe_commands(a, registry, names);
    case Verb::kUnsubscribe:
      return registry.consumer(node).assignment.empty()
                 ? Result<std::vector<Input>>(one(command(CommandKind::kSubscribe, node)))
                 : Error{
                       fmt::format("{} assigns its partitions itself (assign): it has no subscription", a.node), {}, 0};
    case Verb::kLeave:
    case Verb::kStopPolling:
    case Verb::kPoll:
    case Verb::kCommit:
    case Verb::kRate:
    case Verb::kProduce:
    case Verb::kCommitTransaction:
    case Verb::kAbortTransaction:
    case Verb::kSeek:
    case Verb::kPausePartition:
    case Verb::kResumePartition: {
      Result<Input> made = client_command(a, node, registry, names);
      return made ? Result<std::vector<Input>>(one(*made)) : Result<std::vector<Input>>(made.error());
    }
  }
  KSCOPE_CHECK(false, "a Verb outside the enumeration");
  return Error{};
}

}  // namespace kscope::scenario
