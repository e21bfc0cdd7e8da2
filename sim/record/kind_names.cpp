#include "sim/record/kind_names.h"

#include <array>
#include <string>

#include "sim/coordinator/group/group.h"
#include "sim/types/error_code.h"

namespace kscope::record {
namespace {

Row kind_row(std::string_view domain, std::int64_t id, std::string_view name) {
  return Row{Table::kKind, {std::string(domain), id, std::string(name)}};
}

template <std::size_t N>
void add_words(std::vector<Row>& rows, std::string_view domain, const std::array<std::string_view, N>& words) {
  for (std::size_t i = 0; i < N; ++i) {
    rows.push_back(kind_row(domain, static_cast<std::int64_t>(i), words[i]));
  }
}

constexpr std::array<std::string_view, sim::kGroupStateCount> kGroupStates{
    "Empty", "PreparingRebalance", "CompletingRebalance", "Stable", "Dead", "Assigning", "Reconciling"};
constexpr std::array<std::string_view, 5> kElectionReasons{"clean", "unclean", "preferred", "controlled shutdown",
                                                           "found by a new controller"};
constexpr std::array<std::string_view, 4> kLeavingReasons{"left", "session expired", "rebalance timeout", "group full"};
constexpr std::array<std::string_view, 5> kBatchSteps{"appended", "replicated", "acked", "failed", "retried"};
constexpr std::array<std::string_view, 5> kOffsetKinds{"high_watermark", "log_end_offset", "log_start_offset",
                                                       "committed", "position"};

std::string_view role_name(sim::NodeRole role) {
  switch (role) {
    case sim::NodeRole::kBroker: return "broker";
    case sim::NodeRole::kZooKeeper: return "zookeeper";
    case sim::NodeRole::kProducer: return "producer";
    case sim::NodeRole::kConsumer: return "consumer";
    case sim::NodeRole::kAdmin: return "admin";
    case sim::NodeRole::kController: return "controller";
  }
  return "";
}

}  // namespace

std::string_view event_kind_name(EventKind kind) {
  switch (kind) {
    case EventKind::kStart: return "start";
    case EventKind::kDelivery: return "delivery";
    case EventKind::kTimer: return "timer";
    case EventKind::kDiskDone: return "disk done";
    case EventKind::kDisconnect: return "disconnect";
    case EventKind::kCommand: return "command";
    case EventKind::kFault: return "fault";
  }
  return "";
}

std::string_view fault_name(FaultKind kind) {
  switch (kind) {
    case FaultKind::kCrash: return "crash";
    case FaultKind::kPowerLoss: return "power-loss";
    case FaultKind::kRestart: return "restart";
    case FaultKind::kPause: return "pause";
    case FaultKind::kResume: return "resume";
    case FaultKind::kCpuSlow: return "cpu-slow";
    case FaultKind::kCut: return "cut";
    case FaultKind::kCutOneWay: return "cut-one-way";
    case FaultKind::kHeal: return "heal";
    case FaultKind::kHealAll: return "heal-all";
    case FaultKind::kLinkDelay: return "delay";
    case FaultKind::kLinkBandwidth: return "bandwidth";
    case FaultKind::kLinkLoss: return "loss";
    case FaultKind::kStall: return "stall";
    case FaultKind::kStrand: return "strand";
    case FaultKind::kResetConnection: return "reset";
    case FaultKind::kDropMessage: return "drop";
    case FaultKind::kDiskSlow: return "disk-slow";
    case FaultKind::kDiskFull: return "disk-full";
    case FaultKind::kDiskFail: return "disk-fail";
    case FaultKind::kClockStep: return "clock-step";
    case FaultKind::kClockDrift: return "clock-drift";
    case FaultKind::kClockFreeze: return "clock-freeze";
  }
  return "";
}

std::string_view command_name(sim::CommandKind kind) {
  switch (kind) {
    case sim::CommandKind::kCleanShutdown: return "shutdown";
    case sim::CommandKind::kExpireSession: return "expire-session";
    case sim::CommandKind::kDeleteController: return "delete-controller";
    case sim::CommandKind::kCreateTopic: return "create-topic";
    case sim::CommandKind::kElectPreferred: return "elect-preferred";
    case sim::CommandKind::kElectUnclean: return "elect-unclean";
    case sim::CommandKind::kDeleteRecords: return "delete-records";
    case sim::CommandKind::kAlterConfig: return "set";
    case sim::CommandKind::kProducerRate: return "rate";
    case sim::CommandKind::kProduceOne: return "produce";
    case sim::CommandKind::kEndTransaction: return "end_transaction";
    case sim::CommandKind::kConsumerLeave: return "leave";
    case sim::CommandKind::kConsumerPause: return "stop-polling";
    case sim::CommandKind::kConsumerResume: return "poll";
    case sim::CommandKind::kCommitNow: return "commit";
    case sim::CommandKind::kStartClient: return "start";
    case sim::CommandKind::kCreatePartitions: return "create-partitions";
    case sim::CommandKind::kAlterQuota: return "alter-quota";
    case sim::CommandKind::kDeleteTopic: return "delete-topic";
    case sim::CommandKind::kReassign: return "reassign";
    case sim::CommandKind::kSubscribe: return "subscribe";
    case sim::CommandKind::kSeek: return "seek";
    case sim::CommandKind::kPausePartition: return "pause-partition";
    case sim::CommandKind::kResumePartition: return "resume-partition";
  }
  return "";
}

std::vector<Row> rows_of_kinds() {
  std::vector<Row> rows;
  for (int i = 0; i <= static_cast<int>(EventKind::kFault); ++i) {
    rows.push_back(kind_row("event", i, event_kind_name(static_cast<EventKind>(i))));
  }
  for (std::uint16_t i = 0; i < sim::kMessageKindCount; ++i) {
    rows.push_back(kind_row("message", i, sim::message_name(i)));
  }
  for (std::uint16_t i = 0; i < sim::kTimerKindCount; ++i) {
    rows.push_back(kind_row("timer", i, sim::timer_name(static_cast<sim::TimerKind>(i))));
  }
  for (std::uint16_t i = 0; i < sim::kCommandKindCount; ++i) {
    rows.push_back(kind_row("command", i, command_name(static_cast<sim::CommandKind>(i))));
  }
  for (int i = 0; i <= static_cast<int>(FaultKind::kClockFreeze); ++i) {
    rows.push_back(kind_row("fault", i, fault_name(static_cast<FaultKind>(i))));
  }
  for (std::uint16_t i = 0; i < sim::kNoteKindCount; ++i) {
    rows.push_back(kind_row("note", i, sim::note_name(static_cast<sim::NoteKind>(i))));
  }
  for (const sim::ErrorCode code : sim::all_error_codes()) {
    rows.push_back(kind_row("error", static_cast<std::int64_t>(code), sim::name(code)));
  }
  add_words(rows, "group state", kGroupStates);
  add_words(rows, "election", kElectionReasons);
  add_words(rows, "leaving", kLeavingReasons);
  add_words(rows, "batch", kBatchSteps);
  add_words(rows, "offset", kOffsetKinds);
  return rows;
}

bool has_new_names(const sim::Registry& registry, const WrittenNames& written) {
  return registry.nodes.size() > written.nodes || registry.topics.size() > written.topics ||
         registry.groups.size() > written.groups;
}

std::vector<Row> rows_of_names(const sim::Registry& registry, WrittenNames& written) {
  std::vector<Row> rows;
  for (std::size_t& i = written.nodes; i < registry.nodes.size(); ++i) {
    const sim::NodeEntry& node = registry.nodes[i];
    const auto id = static_cast<std::int64_t>(i);
    const auto index = static_cast<std::size_t>(node.index);
    Value broker;
    if (node.role == sim::NodeRole::kBroker) {
      broker = std::int64_t{registry.brokers->at(index).id.value};
    }
    rows.push_back({Table::kNode, {id, node.name, std::string(role_name(node.role)), broker}});
    if (node.role == sim::NodeRole::kProducer) {
      const sim::Workload& workload = registry.producers->at(index).workload;
      for (std::size_t key = 0; key < workload.key_names.size(); ++key) {
        rows.push_back({Table::kKeyName, {id, static_cast<std::int64_t>(key), workload.key_names[key]}});
      }
    }
  }
  for (std::size_t& i = written.topics; i < registry.topics.size(); ++i) {
    rows.push_back({Table::kTopic, {static_cast<std::int64_t>(i), registry.topics[i].name}});
  }
  for (std::size_t& i = written.groups; i < registry.groups.size(); ++i) {
    rows.push_back({Table::kConsumerGroup, {static_cast<std::int64_t>(i), registry.groups[i].name}});
  }
  return rows;
}

}  // namespace kscope::record
