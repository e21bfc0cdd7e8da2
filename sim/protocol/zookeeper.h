#pragma once
// ZooKeeper: what clients ask of a server, what servers tell each other. A model of ZooKeeper 3.8 as far as Kafka uses
// it: sessions, versioned znodes, ephemeral nodes, one-shot watches, multi, and a write quorum led by one server (ZAB).
// Znode data is a small closed set of structs instead of JSON text.

#include <string>
#include <variant>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/time.h"
#include "sim/protocol/controller_to_broker.h"
#include "sim/protocol/producer_id.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

/// ZooKeeper's own result codes, the ones Kafka meets.
enum class ZkCode : std::int16_t {
  kOk = 0,
  kConnectionLoss = -4,
  kNoNode = -101,
  kBadVersion = -103,
  kNoChildrenForEphemerals = -108,
  kNodeExists = -110,
  kNotEmpty = -111,
  kSessionExpired = -112,
};

/// A partition of a topic that is being moved: "adding_replicas" and "removing_replicas" of /brokers/topics/T (KIP-455).
struct OngoingReassignment {
  std::int32_t partition = 0;
  std::vector<BrokerId> adding;
  std::vector<BrokerId> removing;
  KSCOPE_FIELDS(OngoingReassignment, partition, adding, removing);
};

/// What a znode holds. One struct per path family; unused members are empty. Under /consumers old consumers have G/ids/C,
/// G/owners/T/P and G/offsets/T/P.
struct ZnodeData {
  BrokerId broker;          ///< /brokers/ids/N, /controller
  NodeId node;              ///< /brokers/ids/N: where the broker listens; .../ids, .../owners: which process it is
  std::int64_t number = 0;  ///< /controller_epoch; .../offsets: the committed offset
  PartitionState state;     ///< /brokers/topics/T/partitions/P/state
  std::vector<std::vector<BrokerId>> assignment;   ///< /brokers/topics/T: replicas by partition
  std::vector<OngoingReassignment> reassignments;  ///< /brokers/topics/T: by partition; those not moved have none
  std::vector<TopicPartition>
      partitions;                 ///< /admin/preferred_replica_election; .../ids: its topics, all with partition -1
  ProducerIdsBlock producer_ids;  ///< /latest_producer_id_block: what was given out last
  KSCOPE_FIELDS(ZnodeData, broker, node, number, state, assignment, reassignments, partitions, producer_ids);
};

enum class ZkOp : std::uint8_t { kCreate, kDelete, kSetData, kGetData, kExists, kGetChildren, kCheck };
enum class ZkCreateMode : std::uint8_t { kPersistent, kEphemeral };

struct ZkOperation {
  ZkOp op = ZkOp::kGetData;
  std::string path;
  ZnodeData data;
  ZkCreateMode mode = ZkCreateMode::kPersistent;
  ZnodeVersion version{-1};  ///< kSetData, kDelete, kCheck: expected version, -1 = any
  bool watch = false;        ///< reads: leave a one-shot watch
  KSCOPE_FIELDS(ZkOperation, op, path, data, mode, version, watch);
};
struct ZkRequest {
  SessionId session;
  std::int64_t xid = 0;
  std::vector<ZkOperation> operations;  ///< more than one = multi: all or nothing
  KSCOPE_FIELDS(ZkRequest, session, xid, operations);
};
struct ZkResult {
  ZkCode code = ZkCode::kOk;
  ZnodeData data;
  ZnodeVersion version{-1};
  Zxid czxid{-1};             ///< zxid of the znode's creation: Kafka's broker epoch
  SessionId ephemeral_owner;  ///< session whose end deletes the znode; none = persistent
  std::vector<std::string> children;
  KSCOPE_FIELDS(ZkResult, code, data, version, czxid, ephemeral_owner, children);
};
struct ZkResponse {
  std::int64_t xid = 0;
  ZkCode code = ZkCode::kOk;      ///< of the whole request
  std::vector<ZkResult> results;  ///< one per operation
  Zxid zxid{0};  ///< last transaction that the server had applied: the client never goes back behind it
  KSCOPE_FIELDS(ZkResponse, xid, code, results, zxid);
};

/// Opens a session, or takes an old one to another server. Refused (kSessionExpired) when the old one is over.
struct ZkConnectRequest {
  SessionId session;  ///< none = a new one
  Duration session_timeout{0};
  Zxid last_zxid{0};  ///< newest state that the client has seen; a server that is behind it closes the connection
  KSCOPE_FIELDS(ZkConnectRequest, session, session_timeout, last_zxid);
};
struct ZkConnectResponse {
  ZkCode code = ZkCode::kOk;
  SessionId session;
  Duration session_timeout{0};  ///< negotiated between the client's wish and the server's limits
  KSCOPE_FIELDS(ZkConnectResponse, code, session, session_timeout);
};
struct ZkPing {
  SessionId session;
  KSCOPE_FIELDS(ZkPing, session);
};
struct ZkPingResponse {
  SessionId session;
  ZkCode code = ZkCode::kOk;
  KSCOPE_FIELDS(ZkPingResponse, session, code);
};
struct ZkCloseSession {
  SessionId session;
  std::int64_t xid = 0;  ///< answered by a ZkResponse
  KSCOPE_FIELDS(ZkCloseSession, session, xid);
};
enum class ZkWatchKind : std::uint8_t { kCreated, kDeleted, kDataChanged, kChildrenChanged };
struct ZkWatchEvent {
  ZkWatchKind kind = ZkWatchKind::kCreated;
  std::string path;
  KSCOPE_FIELDS(ZkWatchEvent, kind, path);
};

/// One transaction of the replicated log: what the leader proposes, followers write, and everybody applies in zxid order.
struct ZkTransaction {
  Zxid zxid{0};
  SessionId session;  ///< whose request it is
  NodeId server;      ///< which server holds the client's connection and answers it
  NodeId client;
  std::int64_t xid = 0;
  std::vector<ZkOperation> operations;  ///< empty = session created or closed
  bool opens_session = false;
  bool closes_session = false;
  Duration session_timeout{0};
  KSCOPE_FIELDS(ZkTransaction, zxid, session, server, client, xid, operations, opens_session, closes_session,
                session_timeout);
};
struct ZkVote {  ///< leader election: (epoch, last zxid, server id) in this order decides
  std::int32_t round = 0;
  NodeId candidate;
  std::int32_t epoch = 0;  ///< of the candidate's history: the last epoch that it was brought up to date in
  Zxid last_zxid{0};
  bool is_looking = true;  ///< false = an answer of a server that has a leader
  KSCOPE_FIELDS(ZkVote, round, candidate, epoch, last_zxid, is_looking);
};
struct ZkFollowerInfo {  ///< a follower reports to its leader
  std::int32_t accepted_epoch = 0;
  std::int32_t current_epoch = 0;  ///< of its history
  Zxid last_zxid{0};
  KSCOPE_FIELDS(ZkFollowerInfo, accepted_epoch, current_epoch, last_zxid);
};
struct ZkSync {  ///< the leader brings a follower up to date: truncate to `keep_until`, then append
  std::int32_t epoch = 0;
  Zxid keep_until{0};
  std::vector<ZkTransaction> transactions;
  Zxid committed{0};
  KSCOPE_FIELDS(ZkSync, epoch, keep_until, transactions, committed);
};
struct ZkForward {  ///< a follower passes a client's write to the leader
  ZkTransaction transaction;
  KSCOPE_FIELDS(ZkForward, transaction);
};
struct ZkProposal {
  std::int32_t epoch = 0;
  ZkTransaction transaction;
  KSCOPE_FIELDS(ZkProposal, epoch, transaction);
};
struct ZkAck {
  std::int32_t epoch = 0;
  Zxid zxid{0};
  KSCOPE_FIELDS(ZkAck, epoch, zxid);
};
struct ZkCommit {
  std::int32_t epoch = 0;
  Zxid zxid{0};
  KSCOPE_FIELDS(ZkCommit, epoch, zxid);
};
struct ZkServerPing {  ///< leader <-> follower heartbeat; followers report the sessions they heard from
  std::int32_t epoch = 0;
  bool is_answer = false;
  std::vector<SessionId> touched;
  KSCOPE_FIELDS(ZkServerPing, epoch, is_answer, touched);
};
struct ZkRevalidate {  ///< a client brought its session to a follower, which asks the leader whether it still lives
  SessionId session;
  NodeId client;
  bool is_answer = false;
  bool is_valid = false;
  KSCOPE_FIELDS(ZkRevalidate, session, client, is_answer, is_valid);
};

}  // namespace kscope::sim
