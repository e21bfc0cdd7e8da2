// One line of plain words for every message: what tables, tooltips and the status line show.
#include <fmt/format.h>

#include "sim/protocol/message.h"
#include "sim/world/registry.h"

namespace kscope::sim {
namespace {

/// Turns message bodies into words; knows the registry for names.
class Summary {
 public:
  explicit Summary(const Registry& registry) : registry_(registry) {}

  std::string operator()(const ProduceRequest& m) const {
    const std::string acks = m.acks == Acks::ALL ? "all" : fmt::format("{}", static_cast<int>(m.acks));
    return list(m.partitions,
                [&](const ProducePartition& p) {
                  return fmt::format("{}: {}", name(p.partition), records(p.batch.record_count));
                }) +
           ", acks=" + acks;
  }
  std::string operator()(const ProduceResponse& m) const {
    return list(m.partitions,
                [&](const ProducePartitionResult& p) {
                  return p.error == ErrorCode::NONE
                             ? fmt::format("{}: stored from offset {}", name(p.partition), p.base_offset.value)
                             : refused(p.partition, p.error);
                }) +
           (m.throttle_time_ms == 0 ? "" : fmt::format(", throttled for {} ms", m.throttle_time_ms));
  }
  std::string operator()(const FetchRequest& m) const {
    const std::string wanted = list(m.partitions, [&](const FetchPartition& p) {
      return fmt::format("{} from offset {}", name(p.partition), p.fetch_offset.value);
    });
    const std::int32_t id = m.metadata.session_id.value;
    const bool has_session = m.metadata.session_id != kInvalidSessionId;
    if (m.metadata.epoch == kFinalFetchEpoch) {
      return has_session ? fmt::format("ends fetch session {}", id) : "full, without a session: " + wanted;
    }
    if (m.metadata.epoch == kInitialFetchEpoch) {
      return has_session ? fmt::format("full, instead of session {}: {}", id, wanted) : "full: " + wanted;
    }
    std::string text = fmt::format("incremental, session {} epoch {}: ", id, m.metadata.epoch.value);
    text += m.partitions.empty() && m.forgotten.empty() ? "nothing has changed" : "";
    text += m.partitions.empty() ? "" : wanted;
    text += m.partitions.empty() || m.forgotten.empty() ? "" : "; ";
    text += m.forgotten.empty()
                ? ""
                : "forgets " + list(m.forgotten, [&](const ForgottenPartition& p) { return name(p.partition); });
    return text;
  }
  std::string operator()(const FetchResponse& m) const {
    if (m.error != ErrorCode::NONE) {
      return "refused: " + error(m.error);
    }
    if (m.throttle_time_ms != 0) {
      return fmt::format("nothing: throttled for {} ms", m.throttle_time_ms);
    }
    const std::string session =
        m.session_id == kInvalidSessionId ? "" : fmt::format("session {}: ", m.session_id.value);
    if (m.partitions.empty()) {
      return session + "no partition has news";
    }
    return session + list(m.partitions, [&](const FetchPartitionResult& p) {
             if (p.error != ErrorCode::NONE) {
               return refused(p.partition, p.error);
             }
             if (p.preferred_read_replica.is_valid()) {
               return fmt::format("{}: read from broker {}", name(p.partition), p.preferred_read_replica.value);
             }
             std::int64_t count = 0;
             for (const RecordBatch& batch : p.batches) {
               count += batch.record_count;
             }
             return fmt::format("{}: {}, HW {}", name(p.partition), count == 0 ? "nothing new" : records(count),
                                p.high_watermark.value);
           });
  }
  std::string operator()(const ListOffsetsRequest& m) const {
    return list(m.partitions, [&](const ListOffsetsPartition& p) {
      return fmt::format("{} {}", name(p.partition),
                         p.timestamp == -1   ? "latest"
                         : p.timestamp == -2 ? "earliest"
                                             : fmt::format("at {} ms", p.timestamp));
    });
  }
  std::string operator()(const ListOffsetsResponse& m) const {
    return list(m.partitions, [&](const ListOffsetsResult& p) {
      return p.error == ErrorCode::NONE ? fmt::format("{}: {}", name(p.partition), p.offset.value)
                                        : refused(p.partition, p.error);
    });
  }
  std::string operator()(const OffsetsForLeaderEpochRequest& m) const {
    return list(m.partitions, [&](const EpochEndOffsetPartition& p) {
      return fmt::format("{}: where does epoch {} end?", name(p.partition), p.leader_epoch.value);
    });
  }
  std::string operator()(const OffsetsForLeaderEpochResponse& m) const {
    return list(m.partitions, [&](const EpochEndOffset& p) {
      return p.error == ErrorCode::NONE
                 ? fmt::format("{}: epoch {} ends at {}", name(p.partition), p.leader_epoch.value, p.end_offset.value)
                 : refused(p.partition, p.error);
    });
  }
  std::string operator()(const MetadataRequest& m) const {
    return list(m.topics, [&](TopicId t) { return topic(t); });
  }
  std::string operator()(const MetadataResponse& m) const {
    return fmt::format("{} brokers, controller {}, {} topics", m.brokers.size(), broker(m.controller), m.topics.size());
  }
  std::string operator()(const CreateTopicsRequest& m) const {
    return fmt::format("{}: {} partitions, replication factor {}", topic(m.topic), m.partitions, m.replication_factor);
  }
  std::string operator()(const CreateTopicsResponse& m) const {
    return topic(m.topic) + ": " + (m.error == ErrorCode::NONE ? error(m.error) : topic_refusal_text(m, registry_));
  }
  std::string operator()(const CreatePartitionsRequest& m) const {
    return fmt::format("{}: {} partitions in all", topic(m.topic), m.count);
  }
  std::string operator()(const CreatePartitionsResponse& m) const {
    return topic(m.topic) + ": " +
           (m.error == ErrorCode::NONE ? error(m.error) : partitions_refusal_text(m, registry_));
  }
  std::string operator()(const DeleteTopicsRequest& m) const { return topic(m.topic); }
  std::string operator()(const DeleteTopicsResponse& m) const {
    return topic(m.topic) + ": " + (m.error == ErrorCode::NONE ? error(m.error) : deletion_refusal_text(m));
  }
  std::string operator()(const AlterPartitionReassignmentsRequest& m) const {
    return name(m.partition) +
           (m.replicas ? " to " + list(*m.replicas, [&](BrokerId b) { return broker(b); }) : ": cancel");
  }
  std::string operator()(const AlterPartitionReassignmentsResponse& m) const {
    return name(m.partition) + ": " + (m.error == ErrorCode::NONE ? error(m.error) : reassignment_refusal_text(m));
  }
  std::string operator()(const ElectLeadersRequest& m) const {
    return std::string(m.type == ElectionType::kPreferred ? "preferred, " : "unclean, ") +
           (m.partitions.empty() ? "all partitions" : list(m.partitions, [&](TopicPartition p) { return name(p); }));
  }
  std::string operator()(const DeleteRecordsRequest& m) const {
    return list(m.partitions, [&](const DeleteRecordsPartition& p) {
      return p.before_offset == kDeleteToHighWatermark
                 ? name(p.partition) + " up to the high watermark"
                 : fmt::format("{} below offset {}", name(p.partition), p.before_offset.value);
    });
  }
  std::string operator()(const DeleteRecordsResponse& m) const {
    return list(m.partitions, [&](const DeleteRecordsResult& p) {
      return name(p.partition) + ": " +
             (p.error != ErrorCode::NONE ? error(p.error) : fmt::format("low watermark {}", p.low_watermark.value));
    });
  }
  std::string operator()(const ElectLeadersResponse& m) const {
    return m.error != ErrorCode::NONE ? error(m.error) : list(m.partitions, [&](const ElectLeadersResult& p) {
      return name(p.partition) + ": " + error(p.error);
    });
  }
  std::string operator()(const LeaderAndIsrRequest& m) const { return states(m.partitions, m.controller_epoch); }
  std::string operator()(const LeaderAndIsrResponse& m) const { return error(m.error); }
  std::string operator()(const UpdateMetadataRequest& m) const {
    return fmt::format("{} partitions, {} live brokers, controller epoch {}", m.partitions.size(),
                       m.live_brokers.size(), m.controller_epoch.value);
  }
  std::string operator()(const UpdateMetadataResponse& m) const { return error(m.error); }
  std::string operator()(const StopReplicaRequest& m) const {
    return list(m.partitions, [&](const StopReplicaPartition& p) {
      return name(p.partition) + (p.delete_partition ? " (delete)" : "");
    });
  }
  std::string operator()(const StopReplicaResponse& m) const { return error(m.error); }
  std::string operator()(const ControlledShutdownRequest& m) const { return broker(m.broker) + " wants to stop"; }
  std::string operator()(const ControlledShutdownResponse& m) const {
    return m.error != ErrorCode::NONE ? error(m.error) : fmt::format("{} leaderships left", m.remaining.size());
  }
  std::string operator()(const AlterPartitionRequest& m) const {
    return list(m.partitions, [&](const AlterPartitionItem& p) {
      return fmt::format("{}: ISR {}", name(p.partition), brokers(p.new_isr));
    });
  }
  std::string operator()(const AlterPartitionResponse& m) const {
    return m.error != ErrorCode::NONE ? error(m.error) : list(m.partitions, [&](const AlterPartitionResult& p) {
      return p.error != ErrorCode::NONE ? refused(p.partition, p.error)
                                        : fmt::format("{}: ISR {}", name(p.partition), brokers(p.isr));
    });
  }
  std::string operator()(const InitProducerIdRequest& m) const {
    return m.producer_id.is_valid() ? fmt::format("raise the epoch of producer {}", m.producer_id.value)
                                    : "a producer id, please";
  }
  std::string operator()(const InitProducerIdResponse& m) const {
    return m.error != ErrorCode::NONE
               ? error(m.error)
               : fmt::format("producer {}, epoch {}", m.producer_id.value, m.producer_epoch.value);
  }
  std::string operator()(const AllocateProducerIdsRequest& m) const {
    return fmt::format("producer ids for {}", broker(m.broker));
  }
  std::string operator()(const AddPartitionsToTxnRequest& m) const {
    return transaction(m.transactional_id) + (m.is_verify_only ? ": are they in it? " : ": ") +
           list(m.partitions, [&](TopicPartition p) { return name(p); });
  }
  std::string operator()(const AddPartitionsToTxnResponse& m) const {
    return m.not_in_txn.empty() ? error(m.error)
                                : "not in it: " + list(m.not_in_txn, [&](TopicPartition p) { return name(p); });
  }
  std::string operator()(const EndTxnRequest& m) const {
    return fmt::format("{}: {}", transaction(m.transactional_id), outcome(m.result));
  }
  std::string operator()(const EndTxnResponse& m) const { return error(m.error); }
  std::string operator()(const WriteTxnMarkersRequest& m) const {
    return fmt::format("{}: {} of producer {}, epoch {} into {}", transaction(m.transactional_id), outcome(m.result),
                       m.producer_id.value, m.producer_epoch.value,
                       list(m.partitions, [&](TopicPartition p) { return name(p); }));
  }
  std::string operator()(const WriteTxnMarkersResponse& m) const {
    return list(m.partitions,
                [&](const WriteTxnMarkersResult& p) { return name(p.partition) + ": " + error(p.error); });
  }
  std::string operator()(const AllocateProducerIdsResponse& m) const {
    return m.error != ErrorCode::NONE
               ? error(m.error)
               : fmt::format("producer ids {}..{}", m.block.first.value, m.block.next_first().value - 1);
  }
  std::string operator()(const FindCoordinatorRequest& m) const { return group(m.group); }
  std::string operator()(const FindCoordinatorResponse& m) const {
    return m.error != ErrorCode::NONE ? group(m.group) + ": " + error(m.error)
                                      : fmt::format("{}: {}", group(m.group), broker(m.coordinator));
  }
  std::string operator()(const JoinGroupRequest& m) const {
    return group(m.group) + ", " + registry_.member_text(m.member) +
           (m.group_instance_id.empty() ? "" : ", static member " + m.group_instance_id);
  }
  std::string operator()(const JoinGroupResponse& m) const {
    return m.error != ErrorCode::NONE
               ? group(m.group) + ": " + error(m.error)
               : fmt::format("{}: generation {}, {}{}", group(m.group), m.generation.value, m.protocol,
                             m.leader != m.member ? ""
                             : m.skip_assignment  ? ", the assignment stays"
                                                  : ", you assign");
  }
  std::string operator()(const SyncGroupRequest& m) const {
    return fmt::format("{}, generation {}{}", group(m.group), m.generation.value,
                       m.assignments.empty() ? "" : ", with the assignment");
  }
  std::string operator()(const SyncGroupResponse& m) const {
    return m.error != ErrorCode::NONE
               ? group(m.group) + ": " + error(m.error)
               : group(m.group) + ": " +
                     (m.assignment.empty() ? "no partition"
                                           : list(m.assignment, [&](TopicPartition p) { return name(p); }));
  }
  std::string operator()(const HeartbeatRequest& m) const {
    return fmt::format("{}, generation {}", group(m.group), m.generation.value);
  }
  std::string operator()(const HeartbeatResponse& m) const { return group(m.group) + ": " + error(m.error); }
  std::string operator()(const LeaveGroupRequest& m) const {
    return group(m.group) + ": " + list(m.members, [&](const MemberIdentity& one) {
             return one.member.is_set() ? registry_.member_text(one.member) : one.group_instance_id;
           });
  }
  std::string operator()(const LeaveGroupResponse& m) const { return group(m.group) + ": " + error(m.error); }
  std::string operator()(const consumer_group::ConsumerGroupHeartbeatRequest& m) const {
    const std::string who = group(m.group) + ", " + registry_.member_text(m.member_id);
    if (m.is_leave()) {
      return who + (m.member_epoch == consumer_group::kLeaveGroupEpoch ? ", leaves" : ", is away for a while");
    }
    return fmt::format("{}, {}{}", who,
                       m.member_epoch == consumer_group::kJoinGroupEpoch
                           ? std::string("joins")
                           : fmt::format("member epoch {}", m.member_epoch.value),
                       !m.owned ? std::string() : fmt::format(", owns {}", m.owned->size()));
  }
  std::string operator()(const consumer_group::ConsumerGroupHeartbeatResponse& m) const {
    if (m.error_code != ErrorCode::NONE) {
      return group(m.group) + ": " + error(m.error_code);
    }
    return fmt::format("{}: member epoch {}{}", group(m.group), m.member_epoch.value,
                       !m.assignment           ? std::string()
                       : m.assignment->empty() ? std::string(", no partition")
                                               : ", " + list(*m.assignment, [&](TopicPartition p) { return name(p); }));
  }
  std::string operator()(const OffsetCommitRequest& m) const {
    return group(m.group) + ": " + list(m.partitions, [&](const OffsetCommitPartition& p) {
             return fmt::format("{} = {}", name(p.partition), p.committed.offset.value);
           });
  }
  std::string operator()(const OffsetCommitResponse& m) const {
    return group(m.group) + ": " +
           list(m.partitions, [&](const OffsetCommitResult& p) { return name(p.partition) + " " + error(p.error); });
  }
  std::string operator()(const AddOffsetsToTxnRequest& m) const {
    return transaction(m.transactional_id) + ": offsets of " + group(m.group);
  }
  std::string operator()(const AddOffsetsToTxnResponse& m) const { return error(m.error); }
  std::string operator()(const TxnOffsetCommitRequest& m) const {
    return transaction(m.transactional_id) + ", " + group(m.group) + ": " +
           list(m.partitions, [&](const OffsetCommitPartition& p) {
             return fmt::format("{} = {}", name(p.partition), p.committed.offset.value);
           });
  }
  std::string operator()(const TxnOffsetCommitResponse& m) const {
    return group(m.group) + ": " +
           list(m.partitions, [&](const OffsetCommitResult& p) { return name(p.partition) + " " + error(p.error); });
  }
  std::string operator()(const OffsetFetchRequest& m) const {
    return group(m.group) + ": " + list(m.partitions, [&](TopicPartition p) { return name(p); });
  }
  std::string operator()(const OffsetFetchResponse& m) const {
    return m.error != ErrorCode::NONE ? group(m.group) + ": " + error(m.error)
                                      : group(m.group) + ": " + list(m.partitions, [&](const OffsetFetchResult& p) {
                                          if (p.error != ErrorCode::NONE) {
                                            return name(p.partition) + " " + error(p.error);
                                          }
                                          return p.offset.value < 0
                                                     ? name(p.partition) + " nothing committed"
                                                     : fmt::format("{} = {}", name(p.partition), p.offset.value);
                                        });
  }
  std::string operator()(const ZkRequest& m) const {
    return list(m.operations, [&](const ZkOperation& o) { return std::string(op_name(o.op)) + " " + o.path; });
  }
  std::string operator()(const ZkResponse& m) const {
    return m.code == ZkCode::kOk ? "ok" : std::string(code_name(m.code));
  }
  std::string operator()(const ZkConnectRequest& m) const {
    return m.session.is_valid() ? fmt::format("reconnect session {}", m.session.value) : "new session";
  }
  std::string operator()(const ZkConnectResponse& m) const {
    return m.code == ZkCode::kOk ? fmt::format("session {}", m.session.value) : std::string(code_name(m.code));
  }
  std::string operator()(const ZkPing& m) const { return fmt::format("session {}", m.session.value); }
  std::string operator()(const ZkPingResponse& m) const { return fmt::format("session {}", m.session.value); }
  std::string operator()(const ZkCloseSession& m) const { return fmt::format("session {}", m.session.value); }
  std::string operator()(const ZkWatchEvent& m) const { return std::string(watch_name(m.kind)) + " " + m.path; }
  std::string operator()(const ZkVote& m) const {
    return fmt::format("for {} in round {}", node(m.candidate), m.round);
  }
  std::string operator()(const ZkFollowerInfo& m) const {
    return fmt::format("epoch {}, {}", m.accepted_epoch, zxid(m.last_zxid));
  }
  std::string operator()(const ZkSync& m) const {
    return fmt::format("epoch {}, {} transactions", m.epoch, m.transactions.size());
  }
  std::string operator()(const ZkForward& m) const { return transaction(m.transaction); }
  std::string operator()(const ZkProposal& m) const {
    return zxid(m.transaction.zxid) + " " + transaction(m.transaction);
  }
  std::string operator()(const ZkAck& m) const { return zxid(m.zxid); }
  std::string operator()(const ZkCommit& m) const { return zxid(m.zxid); }
  std::string operator()(const ZkServerPing& m) const { return m.is_answer ? "alive" : "are you alive?"; }
  std::string operator()(const ZkRevalidate& m) const {
    return fmt::format("session {}{}", m.session.value, !m.is_answer ? "?" : m.is_valid ? " lives" : " is over");
  }
  std::string operator()(const VoteRequest& m) const {
    return fmt::format("{} for {} in epoch {}, its log ends at {}", m.is_pre_vote ? "pre-vote" : "vote",
                       controller(m.candidate), m.candidate_epoch.value, m.log_end.offset.value);
  }
  std::string operator()(const VoteResponse& m) const {
    return fmt::format("{} {}, epoch {}", m.is_pre_vote ? "pre-vote" : "vote",
                       m.error != ErrorCode::NONE ? error(m.error)
                       : m.is_granted             ? std::string("granted")
                                                  : std::string("refused"),
                       m.epoch.value);
  }
  std::string operator()(const BeginQuorumEpochRequest& m) const {
    return fmt::format("{} leads epoch {}", controller(m.leader), m.epoch.value);
  }
  std::string operator()(const BeginQuorumEpochResponse& m) const { return quorum_answer(m.error, m.epoch); }
  std::string operator()(const EndQuorumEpochRequest& m) const {
    return fmt::format("{} resigns from epoch {}", controller(m.leader), m.epoch.value);
  }
  std::string operator()(const EndQuorumEpochResponse& m) const { return quorum_answer(m.error, m.epoch); }
  std::string operator()(const RaftFetchRequest& m) const {
    return fmt::format("metadata log from offset {} (epoch {})", m.fetch_from.offset.value,
                       m.current_leader_epoch.value);
  }
  std::string operator()(const RaftFetchResponse& m) const {
    if (m.error != ErrorCode::NONE) {
      return quorum_answer(m.error, m.epoch);
    }
    if (m.diverging.offset >= Offset(0)) {
      return fmt::format("logs diverge: cut back to {}", m.diverging.offset.value);
    }
    if (m.snapshot_id.offset >= Offset(0)) {
      return fmt::format("fetch the snapshot of offset {}", m.snapshot_id.offset.value);
    }
    std::int64_t count = 0;
    for (const MetadataBatch& batch : m.batches) {
      count += batch.next_offset() - batch.base_offset;
    }
    return fmt::format("{}, HW {}", count == 0 ? "nothing new" : records(count), m.high_watermark.value);
  }
  std::string operator()(const FetchSnapshotRequest& m) const {
    return fmt::format("snapshot of offset {}", m.snapshot_id.offset.value);
  }
  std::string operator()(const FetchSnapshotResponse& m) const {
    return m.snapshot == nullptr ? quorum_answer(m.error, m.epoch)
                                 : records(static_cast<std::int64_t>(m.snapshot->records.size()));
  }
  std::string operator()(const BrokerRegistrationRequest& m) const { return broker(m.broker) + " registers"; }
  std::string operator()(const BrokerRegistrationResponse& m) const {
    return m.error != ErrorCode::NONE ? error(m.error) : fmt::format("broker epoch {}", m.broker_epoch.value);
  }
  std::string operator()(const BrokerHeartbeatRequest& m) const {
    return fmt::format("{} has applied offset {}{}", broker(m.broker), m.current_metadata_offset.value,
                       m.want_shut_down ? ", wants to stop"
                       : m.want_fence   ? ", is not ready"
                                        : "");
  }
  std::string operator()(const BrokerHeartbeatResponse& m) const {
    return m.error != ErrorCode::NONE ? error(m.error)
           : m.should_shut_down       ? "you may stop"
           : m.is_fenced              ? "you are fenced"
                                      : "you are unfenced";
  }

 private:
  static std::string controller(BrokerId id) { return id.is_valid() ? fmt::format("controller {}", id.value) : "none"; }
  static std::string quorum_answer(ErrorCode code, LeaderEpoch epoch) {
    return fmt::format("{}, epoch {}", error(code), epoch.value);
  }
  [[nodiscard]] std::string transaction(TransactionalId id) const { return registry_.transactional_id_text(id); }
  static std::string_view outcome(ControlType result) { return result == ControlType::COMMIT ? "commit" : "abort"; }
  template <class Items, class Text>
  static std::string list(const Items& items, Text text) {
    constexpr std::size_t kShown = 3;
    std::string out;
    for (std::size_t i = 0; i < items.size() && i < kShown; ++i) {
      out += (i == 0 ? "" : ", ") + text(items[i]);
    }
    if (items.size() > kShown) {
      out += fmt::format(", and {} more", items.size() - kShown);
    }
    return out;
  }
  static std::string records(std::int64_t count) { return fmt::format("{} record{}", count, count == 1 ? "" : "s"); }
  static std::string error(ErrorCode code) { return code == ErrorCode::NONE ? "ok" : std::string(sim::name(code)); }
  static std::string zxid(Zxid id) { return fmt::format("zxid {}:{}", id.value >> 32, id.value & 0xffffffff); }
  static std::string broker(BrokerId id) { return id.is_valid() ? fmt::format("b{}", id.value) : "none"; }
  static std::string brokers(const std::vector<BrokerId>& ids) {
    std::string out = "[";
    for (std::size_t i = 0; i < ids.size(); ++i) {
      out += fmt::format("{}{}", i == 0 ? "" : ",", ids[i].value);
    }
    return out + "]";
  }
  static std::string_view op_name(ZkOp op) {
    switch (op) {
      case ZkOp::kCreate: return "create";
      case ZkOp::kDelete: return "delete";
      case ZkOp::kSetData: return "setData";
      case ZkOp::kGetData: return "getData";
      case ZkOp::kExists: return "exists";
      case ZkOp::kGetChildren: return "getChildren";
      case ZkOp::kCheck: return "check";
    }
    return "?";
  }
  static std::string_view code_name(ZkCode code) {
    switch (code) {
      case ZkCode::kOk: return "ok";
      case ZkCode::kConnectionLoss: return "ConnectionLoss";
      case ZkCode::kNoNode: return "NoNode";
      case ZkCode::kBadVersion: return "BadVersion";
      case ZkCode::kNoChildrenForEphemerals: return "NoChildrenForEphemerals";
      case ZkCode::kNodeExists: return "NodeExists";
      case ZkCode::kNotEmpty: return "NotEmpty";
      case ZkCode::kSessionExpired: return "SessionExpired";
    }
    return "?";
  }
  static std::string_view watch_name(ZkWatchKind kind) {
    switch (kind) {
      case ZkWatchKind::kCreated: return "created";
      case ZkWatchKind::kDeleted: return "deleted";
      case ZkWatchKind::kDataChanged: return "changed";
      case ZkWatchKind::kChildrenChanged: return "children changed:";
    }
    return "?";
  }
  std::string transaction(const ZkTransaction& t) const {
    if (t.opens_session || t.closes_session) {
      return fmt::format("{} session {}", t.opens_session ? "open" : "close", t.session.value);
    }
    return list(t.operations, [&](const ZkOperation& o) { return std::string(op_name(o.op)) + " " + o.path; });
  }
  std::string states(const std::vector<PartitionState>& partitions, ControllerEpoch epoch) const {
    return list(partitions,
                [&](const PartitionState& p) {
                  return fmt::format("{}: leader {}, ISR {}", name(p.partition), broker(p.leader), brokers(p.isr));
                }) +
           fmt::format(" (controller epoch {})", epoch.value);
  }
  std::string refused(TopicPartition partition, ErrorCode code) const { return name(partition) + ": " + error(code); }
  std::string name(TopicPartition partition) const { return registry_.partition_name(partition); }
  std::string topic(TopicId id) const {
    return id.is_valid() ? registry_.topics.at(static_cast<std::size_t>(id.value)).name : "?";
  }
  std::string group(GroupId id) const {
    return id.is_valid() ? registry_.groups.at(static_cast<std::size_t>(id.value)).name : "?";
  }
  std::string node(NodeId id) const {
    return id.is_valid() ? registry_.nodes.at(static_cast<std::size_t>(id.value)).name : "?";
  }

  const Registry& registry_;
};

}  // namespace

std::string message_summary(const Message& message, const Registry& registry) {
  return std::visit(Summary(registry), message.body);
}

}  // namespace kscope::sim
