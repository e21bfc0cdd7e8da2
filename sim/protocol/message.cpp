// Names and sizes of messages. Summaries for people are in message_summary.cpp.
#include "sim/protocol/message.h"

#include <array>
#include <type_traits>

namespace kscope::sim {
namespace {

/// Kafka's name of the API, and which way it goes. One entry per alternative of MessageBody, in its order.
struct KindInfo {
  std::string_view name;
  bool is_response;
};
constexpr std::array<KindInfo, kMessageKindCount> kKinds{{
    {"Produce request", false},
    {"Produce response", true},
    {"Fetch request", false},
    {"Fetch response", true},
    {"ListOffsets request", false},
    {"ListOffsets response", true},
    {"OffsetsForLeaderEpoch request", false},
    {"OffsetsForLeaderEpoch response", true},
    {"Metadata request", false},
    {"Metadata response", true},
    {"CreateTopics request", false},
    {"CreateTopics response", true},
    {"ElectLeaders request", false},
    {"ElectLeaders response", true},
    {"LeaderAndIsr request", false},
    {"LeaderAndIsr response", true},
    {"UpdateMetadata request", false},
    {"UpdateMetadata response", true},
    {"StopReplica request", false},
    {"StopReplica response", true},
    {"ControlledShutdown request", false},
    {"ControlledShutdown response", true},
    {"AlterPartition request", false},
    {"AlterPartition response", true},
    {"FindCoordinator request", false},
    {"FindCoordinator response", true},
    {"JoinGroup request", false},
    {"JoinGroup response", true},
    {"SyncGroup request", false},
    {"SyncGroup response", true},
    {"Heartbeat request", false},
    {"Heartbeat response", true},
    {"LeaveGroup request", false},
    {"LeaveGroup response", true},
    {"OffsetCommit request", false},
    {"OffsetCommit response", true},
    {"OffsetFetch request", false},
    {"OffsetFetch response", true},
    {"InitProducerId request", false},
    {"InitProducerId response", true},
    {"AllocateProducerIds request", false},
    {"AllocateProducerIds response", true},
    {"DeleteRecords request", false},
    {"DeleteRecords response", true},
    {"AddPartitionsToTxn request", false},
    {"AddPartitionsToTxn response", true},
    {"EndTxn request", false},
    {"EndTxn response", true},
    {"WriteTxnMarkers request", false},
    {"WriteTxnMarkers response", true},
    {"ZooKeeper request", false},
    {"ZooKeeper response", true},
    {"ZooKeeper connect", false},
    {"ZooKeeper connected", true},
    {"ZooKeeper ping", false},
    {"ZooKeeper ping answer", true},
    {"ZooKeeper close session", false},
    {"ZooKeeper watch event", true},
    {"ZAB vote", false},
    {"ZAB follower info", false},
    {"ZAB sync", true},
    {"ZAB forward", false},
    {"ZAB proposal", false},
    {"ZAB ack", true},
    {"ZAB commit", false},
    {"ZAB ping", false},
    {"ZAB revalidate", false},
    {"Vote request", false},
    {"Vote response", true},
    {"BeginQuorumEpoch request", false},
    {"BeginQuorumEpoch response", true},
    {"EndQuorumEpoch request", false},
    {"EndQuorumEpoch response", true},
    {"Metadata log fetch request", false},
    {"Metadata log fetch response", true},
    {"FetchSnapshot request", false},
    {"FetchSnapshot response", true},
    {"BrokerRegistration request", false},
    {"BrokerRegistration response", true},
    {"BrokerHeartbeat request", false},
    {"BrokerHeartbeat response", true},
    {"CreatePartitions request", false},
    {"CreatePartitions response", true},
    {"DeleteTopics request", false},
    {"DeleteTopics response", true},
    {"AddOffsetsToTxn request", false},
    {"AddOffsetsToTxn response", true},
    {"TxnOffsetCommit request", false},
    {"TxnOffsetCommit response", true},
    {"AlterPartitionReassignments request", false},
    {"AlterPartitionReassignments response", true},
    {"ConsumerGroupHeartbeat request", false},
    {"ConsumerGroupHeartbeat response", true},
}};

// Request and response header with client id, and the 4-byte length that frames them.
constexpr std::int64_t kHeaderBytes = 40;
// Fixed part of a body and of one entry in it: close to the encoded size of the versions that 3.9 speaks; batches are exact.
constexpr std::int64_t kBodyBytes = 24;
constexpr std::int64_t kEntryBytes = 32;

std::int64_t body_size(const ProduceRequest& request) {
  std::int64_t size = kBodyBytes;
  for (const ProducePartition& item : request.partitions) {
    size += kEntryBytes + item.batch.size_bytes;
  }
  return size;
}

std::int64_t body_size(const FetchResponse& response) {
  std::int64_t size = kBodyBytes;
  for (const FetchPartitionResult& item : response.partitions) {
    size += kEntryBytes;
    for (const RecordBatch& batch : item.batches) {
      size += batch.size_bytes;
    }
  }
  return size;
}

std::int64_t entries(std::size_t count) { return static_cast<std::int64_t>(count) * kEntryBytes; }

std::int64_t body_size(const JoinGroupRequest& request) {
  std::int64_t size = kBodyBytes;
  for (const JoinProtocol& protocol : request.protocols) {
    size += kEntryBytes + entries(protocol.topics.size() + protocol.owned.size());
  }
  return size;
}

std::int64_t body_size(const consumer_group::ConsumerGroupHeartbeatRequest& request) {
  const std::size_t topics = request.subscribed_topics ? request.subscribed_topics->size() : 0;
  const std::size_t owned = request.owned ? request.owned->size() : 0;
  return kBodyBytes + entries(topics + owned);
}

std::int64_t body_size(const consumer_group::ConsumerGroupHeartbeatResponse& response) {
  return kBodyBytes + entries(response.assignment ? response.assignment->size() : 0);
}

std::int64_t body_size(const ZkRequest& request) {
  std::int64_t size = kBodyBytes;
  for (const ZkOperation& operation : request.operations) {
    size += kEntryBytes + static_cast<std::int64_t>(operation.path.size());
  }
  return size;
}

std::int64_t body_size(const RaftFetchResponse& response) {
  std::int64_t size = kBodyBytes;
  for (const MetadataBatch& batch : response.batches) {
    size += kEntryBytes + entries(batch.records.size() * 2);
  }
  return size;
}

std::int64_t body_size(const FetchSnapshotResponse& response) {
  return kBodyBytes + (response.snapshot == nullptr ? 0 : entries(response.snapshot->records.size() * 2));
}

std::int64_t body_size(const ZkSync& sync) { return kBodyBytes + entries(sync.transactions.size() * 2); }

std::int64_t body_size(const FetchRequest& request) {
  return kBodyBytes + entries(request.partitions.size() + request.forgotten.size());
}

template <class Body>
concept HasPartitions = requires(const Body& body) {
  body.partitions.size();
};

template <class Body>
std::int64_t body_size(const Body& body) {
  if constexpr (HasPartitions<Body>) {
    return kBodyBytes + entries(body.partitions.size());
  } else {
    return kBodyBytes;
  }
}

}  // namespace

MessageBody::MessageBody() = default;
MessageBody::MessageBody(const MessageBody& other) = default;
MessageBody::MessageBody(MessageBody&& other) noexcept = default;
MessageBody& MessageBody::operator=(const MessageBody& other) = default;
MessageBody& MessageBody::operator=(MessageBody&& other) noexcept = default;
MessageBody::~MessageBody() = default;

std::string_view message_name(std::uint16_t kind) { return kKinds.at(kind).name; }

bool is_response(std::uint16_t kind) { return kKinds.at(kind).is_response; }

std::int64_t produce_request_size(const ProduceRequest& request) { return kHeaderBytes + body_size(request); }

std::int64_t fetch_response_size(const FetchResponse& response) { return kHeaderBytes + body_size(response); }

std::int64_t message_size(const Message& message) {
  return kHeaderBytes + std::visit([](const auto& body) { return body_size(body); }, message.body);
}

}  // namespace kscope::sim
