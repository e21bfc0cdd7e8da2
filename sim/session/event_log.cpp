#include "sim/session/event_log.h"

#include <algorithm>
#include <type_traits>

#include "sim/explain/beats.h"

namespace kscope::session {
namespace {

using view::MessageFamily;

template <class T>
concept HasError = requires(const T& t) {
  t.error == sim::ErrorCode::NONE;
};
template <class T>
concept HasPartitions = requires(const T& t) {
  t.partitions.begin();
};
template <class T>
concept HasZkCode = requires(const T& t) {
  t.code == sim::ZkCode::kOk;
};

template <class T>
bool has_error(const T& value) {
  if constexpr (HasError<T>) {
    if (value.error != sim::ErrorCode::NONE) {
      return true;
    }
  }
  if constexpr (HasZkCode<T>) {
    if (value.code != sim::ZkCode::kOk) {
      return true;
    }
  }
  if constexpr (HasPartitions<T>) {
    for (const auto& item : value.partitions) {
      if constexpr (HasError<std::decay_t<decltype(item)>>) {
        if (item.error != sim::ErrorCode::NONE) {
          return true;
        }
      }
    }
  }
  return false;
}

struct FamilyOf {
  using F = MessageFamily;
  F operator()(const sim::ProduceRequest&) const { return F::kProduce; }
  F operator()(const sim::ProduceResponse&) const { return F::kProduce; }
  F operator()(const sim::FetchRequest&) const { return F::kFetch; }
  F operator()(const sim::FetchResponse&) const { return F::kFetch; }
  F operator()(const sim::ListOffsetsRequest&) const { return F::kFetch; }
  F operator()(const sim::ListOffsetsResponse&) const { return F::kFetch; }
  F operator()(const sim::OffsetsForLeaderEpochRequest&) const { return F::kFetch; }
  F operator()(const sim::OffsetsForLeaderEpochResponse&) const { return F::kFetch; }
  F operator()(const sim::HeartbeatRequest&) const { return F::kHeartbeat; }
  F operator()(const sim::HeartbeatResponse&) const { return F::kHeartbeat; }
  // What only says that the member is alive counts as a heartbeat.
  F operator()(const sim::consumer_group::ConsumerGroupHeartbeatRequest& m) const {
    return m.is_leave() || m.owned.has_value() ? F::kGroup : F::kHeartbeat;
  }
  F operator()(const sim::consumer_group::ConsumerGroupHeartbeatResponse& m) const {
    return m.assignment.has_value() || m.error_code != sim::ErrorCode::NONE ? F::kGroup : F::kHeartbeat;
  }
  F operator()(const sim::FindCoordinatorRequest&) const { return F::kGroup; }
  F operator()(const sim::FindCoordinatorResponse&) const { return F::kGroup; }
  F operator()(const sim::JoinGroupRequest&) const { return F::kGroup; }
  F operator()(const sim::JoinGroupResponse&) const { return F::kGroup; }
  F operator()(const sim::SyncGroupRequest&) const { return F::kGroup; }
  F operator()(const sim::SyncGroupResponse&) const { return F::kGroup; }
  F operator()(const sim::LeaveGroupRequest&) const { return F::kGroup; }
  F operator()(const sim::LeaveGroupResponse&) const { return F::kGroup; }
  F operator()(const sim::OffsetCommitRequest&) const { return F::kGroup; }
  F operator()(const sim::OffsetCommitResponse&) const { return F::kGroup; }
  F operator()(const sim::OffsetFetchRequest&) const { return F::kGroup; }
  F operator()(const sim::OffsetFetchResponse&) const { return F::kGroup; }
  F operator()(const sim::MetadataRequest&) const { return F::kMetadata; }
  F operator()(const sim::MetadataResponse&) const { return F::kMetadata; }
  F operator()(const sim::CreateTopicsRequest&) const { return F::kMetadata; }
  F operator()(const sim::CreateTopicsResponse&) const { return F::kMetadata; }
  F operator()(const sim::CreatePartitionsRequest&) const { return F::kMetadata; }
  F operator()(const sim::CreatePartitionsResponse&) const { return F::kMetadata; }
  F operator()(const sim::AlterPartitionReassignmentsRequest&) const { return F::kMetadata; }
  F operator()(const sim::AlterPartitionReassignmentsResponse&) const { return F::kMetadata; }
  F operator()(const sim::DeleteTopicsRequest&) const { return F::kMetadata; }
  F operator()(const sim::DeleteTopicsResponse&) const { return F::kMetadata; }
  F operator()(const sim::ElectLeadersRequest&) const { return F::kMetadata; }
  F operator()(const sim::ElectLeadersResponse&) const { return F::kMetadata; }
  F operator()(const sim::LeaderAndIsrRequest&) const { return F::kController; }
  F operator()(const sim::LeaderAndIsrResponse&) const { return F::kController; }
  F operator()(const sim::UpdateMetadataRequest&) const { return F::kController; }
  F operator()(const sim::UpdateMetadataResponse&) const { return F::kController; }
  F operator()(const sim::StopReplicaRequest&) const { return F::kController; }
  F operator()(const sim::StopReplicaResponse&) const { return F::kController; }
  F operator()(const sim::ControlledShutdownRequest&) const { return F::kController; }
  F operator()(const sim::ControlledShutdownResponse&) const { return F::kController; }
  F operator()(const sim::AlterPartitionRequest&) const { return F::kController; }
  F operator()(const sim::AlterPartitionResponse&) const { return F::kController; }
  F operator()(const sim::InitProducerIdRequest&) const { return F::kMetadata; }
  F operator()(const sim::InitProducerIdResponse&) const { return F::kMetadata; }
  F operator()(const sim::DeleteRecordsRequest&) const { return F::kMetadata; }
  F operator()(const sim::DeleteRecordsResponse&) const { return F::kMetadata; }
  F operator()(const sim::AddPartitionsToTxnRequest&) const { return F::kGroup; }
  F operator()(const sim::AddPartitionsToTxnResponse&) const { return F::kGroup; }
  F operator()(const sim::EndTxnRequest&) const { return F::kGroup; }
  F operator()(const sim::EndTxnResponse&) const { return F::kGroup; }
  F operator()(const sim::WriteTxnMarkersRequest&) const { return F::kGroup; }
  F operator()(const sim::WriteTxnMarkersResponse&) const { return F::kGroup; }
  F operator()(const sim::AddOffsetsToTxnRequest&) const { return F::kGroup; }
  F operator()(const sim::AddOffsetsToTxnResponse&) const { return F::kGroup; }
  F operator()(const sim::TxnOffsetCommitRequest&) const { return F::kGroup; }
  F operator()(const sim::TxnOffsetCommitResponse&) const { return F::kGroup; }
  F operator()(const sim::AllocateProducerIdsRequest&) const { return F::kController; }
  F operator()(const sim::AllocateProducerIdsResponse&) const { return F::kController; }
  F operator()(const sim::BrokerHeartbeatRequest&) const { return F::kHeartbeat; }
  F operator()(const sim::BrokerHeartbeatResponse&) const { return F::kHeartbeat; }
  F operator()(const sim::BrokerRegistrationRequest&) const { return F::kController; }
  F operator()(const sim::BrokerRegistrationResponse&) const { return F::kController; }
  F operator()(const sim::VoteRequest&) const { return F::kController; }
  F operator()(const sim::VoteResponse&) const { return F::kController; }
  F operator()(const sim::BeginQuorumEpochRequest&) const { return F::kController; }
  F operator()(const sim::BeginQuorumEpochResponse&) const { return F::kController; }
  F operator()(const sim::EndQuorumEpochRequest&) const { return F::kController; }
  F operator()(const sim::EndQuorumEpochResponse&) const { return F::kController; }
  F operator()(const sim::RaftFetchRequest&) const { return F::kController; }
  F operator()(const sim::RaftFetchResponse&) const { return F::kController; }
  F operator()(const sim::FetchSnapshotRequest&) const { return F::kController; }
  F operator()(const sim::FetchSnapshotResponse&) const { return F::kController; }
  /// Everything between ZooKeeper servers and their clients.
  template <class Other>
  F operator()(const Other&) const {
    return F::kZooKeeper;
  }
};

/// Families by message kind, made once from the types themselves.
template <std::size_t... I>
std::vector<MessageFamily> make_families(std::index_sequence<I...>) {
  return {FamilyOf{}(std::variant_alternative_t<I, sim::MessageAlternatives>{})...};
}

std::string_view fault_name(FaultKind kind) {
  switch (kind) {
    case FaultKind::kCrash: return "crash";
    case FaultKind::kPowerLoss: return "power loss";
    case FaultKind::kRestart: return "restart";
    case FaultKind::kPause: return "pause";
    case FaultKind::kResume: return "resume";
    case FaultKind::kCpuSlow: return "slow CPU";
    case FaultKind::kCut: return "cut";
    case FaultKind::kCutOneWay: return "cut one way";
    case FaultKind::kHeal: return "heal";
    case FaultKind::kHealAll: return "heal all";
    case FaultKind::kLinkDelay: return "link delay";
    case FaultKind::kLinkBandwidth: return "link bandwidth";
    case FaultKind::kLinkLoss: return "link loss";
    case FaultKind::kStall: return "stall";
    case FaultKind::kStrand: return "messages stranded";
    case FaultKind::kResetConnection: return "connection reset";
    case FaultKind::kDropMessage: return "message dropped";
    case FaultKind::kDiskSlow: return "slow disk";
    case FaultKind::kDiskFull: return "full disk";
    case FaultKind::kDiskFail: return "failing disk";
    case FaultKind::kClockStep: return "clock step";
    case FaultKind::kClockDrift: return "clock drift";
    case FaultKind::kClockFreeze: return "clock freeze";
  }
  return "?";
}

std::string_view command_name(sim::CommandKind kind) {
  using K = sim::CommandKind;
  switch (kind) {
    case K::kCleanShutdown: return "shutdown";
    case K::kExpireSession: return "session expiry";
    case K::kDeleteController: return "delete /controller";
    case K::kCreateTopic: return "create topic";
    case K::kElectPreferred: return "preferred election";
    case K::kElectUnclean: return "unclean election";
    case K::kDeleteRecords: return "delete records";
    case K::kAlterConfig: return "alter config";
    case K::kProducerRate: return "producer rate";
    case K::kProduceOne: return "produce one record";
    case K::kEndTransaction: return "end the transaction";
    case K::kConsumerLeave: return "leave group";
    case K::kConsumerPause: return "stop polling";
    case K::kConsumerResume: return "poll again";
    case K::kCommitNow: return "commit";
    case K::kStartClient: return "start";
    case K::kCreatePartitions: return "create partitions";
    case K::kAlterQuota: return "alter quota";
    case K::kDeleteTopic: return "delete topic";
    case K::kReassign: return "reassign";
    case K::kSubscribe: return "subscribe";
    case K::kSeek: return "seek";
    case K::kPausePartition: return "pause a partition";
    case K::kResumePartition: return "resume a partition";
  }
  return "?";
}

/// Combined roles: who else the act hits, so that nobody wonders why two nodes are down.
std::string partner_text(const sim::Registry& registry, const sim::Event& event) {
  const bool is_of_process = event.fault != nullptr || event.command->kind == sim::CommandKind::kCleanShutdown;
  const NodeId partner = is_of_process && event.node.is_valid() ? registry.partner(event.node) : NodeId{};
  return partner.is_valid()
             ? " " + registry.nodes[static_cast<std::size_t>(partner.value)].name + " is the same process."
             : std::string();
}

}  // namespace

MessageFamily message_family(std::uint16_t kind) {
  static const std::vector<MessageFamily> families = make_families(std::make_index_sequence<sim::kMessageKindCount>{});
  return families.at(kind);
}

bool carries_error(const sim::Message& message) {
  return std::visit([](const auto& body) { return has_error(body); }, message.body);
}

bool is_background(const sim::Message& message) {
  if (const auto* fetch = std::get_if<sim::FetchResponse>(&message.body)) {
    return !carries_error(message) && std::all_of(fetch->partitions.begin(), fetch->partitions.end(),
                                                  [](const sim::FetchPartitionResult& p) { return p.batches.empty(); });
  }
  return std::holds_alternative<sim::HeartbeatRequest>(message.body) ||
         std::holds_alternative<sim::HeartbeatResponse>(message.body) ||
         std::holds_alternative<sim::ZkPing>(message.body) ||
         std::holds_alternative<sim::ZkPingResponse>(message.body) ||
         std::holds_alternative<sim::ZkServerPing>(message.body);
}

std::string event_type(EventKind kind, std::uint16_t what) {
  switch (kind) {
    case EventKind::kStart: return "process starts";
    case EventKind::kDelivery: return std::string(sim::message_name(what));
    case EventKind::kTimer: return std::string(sim::timer_name(static_cast<sim::TimerKind>(what)));
    case EventKind::kDiskDone: return "flush done";
    case EventKind::kDisconnect: return "connection closed";
    case EventKind::kCommand: return std::string(command_name(static_cast<sim::CommandKind>(what)));
    case EventKind::kFault: return std::string(fault_name(static_cast<FaultKind>(what)));
  }
  return "?";
}

ScriptEntry* EventLog::find_script(const sim::Event& event) {
  for (ScriptEntry& entry : script_) {
    if (entry.event != 0 || entry.is_off) {
      continue;
    }
    const auto* fault = std::get_if<FaultAction>(&entry.input);
    const auto* command = std::get_if<sim::Command>(&entry.input);
    const bool is_it = (fault != nullptr && event.fault != nullptr && *fault == *event.fault) ||
                       (command != nullptr && event.command != nullptr && *command == *event.command);
    if (is_it && entry.time <= event.time) {
      return &entry;
    }
  }
  return nullptr;
}

/// Whether the same was told a moment ago: retries say the same again and again, and a story that repeats itself is not read.
bool EventLog::is_repeated(const view::Beat& beat) const {
  constexpr std::size_t kLooked = 24;
  constexpr Duration kWithin = 10s;
  for (std::size_t i = beats_.size(); i > 0 && i + kLooked > beats_.size(); --i) {
    const view::Beat& earlier = beats_[i - 1];
    if (beat.time - earlier.time > kWithin) {
      return false;
    }
    if (earlier.text == beat.text) {
      return true;
    }
  }
  return false;
}

void EventLog::add_beat(view::Beat beat) { push_beat(std::move(beat)); }

void EventLog::push_beat(view::Beat beat) {
  if (beat.rank <= 1) {
    notable_.push_back(beat);
  }
  beats_.push_back(std::move(beat));
}

void EventLog::on_event(const sim::World& world, const sim::Event& event) {
  bool has_beat = false;
  std::string act_text;
  if (event.fault != nullptr || event.command != nullptr) {
    ScriptEntry* entry = find_script(event);
    if (entry != nullptr) {
      entry->event = event.number;
      act_text = entry->text;
      if (!entry->is_setup) {
        push_beat(*sim::beat_of_act(event, entry->sentence + partner_text(world.registry(), event)));
        has_beat = true;
      }
    }
  }
  for (const sim::Note& note : event.notes) {
    if (auto beat = sim::beat_of_note(note, event, world.registry())) {
      if (is_repeated(*beat)) {
        beat->rank = 3;
      }
      has_beat = has_beat || beat->rank <= 2;
      push_beat(std::move(*beat));
    }
  }
  for (const Sent& lost : event.lost) {
    losses_.push_back({lost, event.time, event.number});
  }
  if (!keeps_rows_) {
    return;
  }
  LoggedEvent row;
  row.number = event.number;
  row.cause = event.cause;
  row.time = event.time;
  row.kind = event.kind;
  row.what = event.what;
  row.node = event.node;
  row.peer = event.peer;
  row.size_bytes = static_cast<std::int32_t>(event.size_bytes);
  row.is_beat = has_beat;
  if (event.delivered != nullptr) {
    row.is_error = carries_error(*event.delivered);
    row.summary = sim::message_summary(*event.delivered, world.registry());
  } else {
    row.summary = std::move(act_text);
  }
  rows_.push_back(std::move(row));
}

void EventLog::cut(std::uint64_t event, SimTime time) {
  const auto keep = [event](const auto& sequence, auto number_of) {
    std::size_t count = sequence.size();
    while (count > 0 && number_of(sequence[count - 1]) > event) {
      --count;
    }
    return count;
  };
  rows_.truncate(keep(rows_, [](const LoggedEvent& row) { return row.number; }));
  beats_.truncate(keep(beats_, [](const view::Beat& beat) { return beat.event; }));
  notable_.truncate(keep(notable_, [](const view::Beat& beat) { return beat.event; }));
  losses_.truncate(keep(losses_, [](const LoggedLoss& loss) { return loss.event; }));
  for (ScriptEntry& entry : script_) {
    if (entry.event > event) {
      entry.event = 0;
    }
  }
  // As the timeline keeps them: an act that was posted at this very moment and is still to happen stays.
  std::erase_if(script_, [event, time](const ScriptEntry& entry) {
    const bool is_kept = entry.after_event < event || (entry.after_event == event && entry.time <= time);
    return entry.is_by_hand && !entry.is_scheduled && !entry.is_off && !is_kept;
  });
}

}  // namespace kscope::session
