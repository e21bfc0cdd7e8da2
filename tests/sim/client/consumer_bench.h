#pragma once
// A consumer of the group billing alone: the test plays brokers, coordinator and application.

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "sim/client/consumer.h"
#include "tests/sim/client/client_fixture.h"

namespace kscope::sim {

inline constexpr NodeId kCoordinatorNode{1};
inline constexpr MemberId kMember{kClientNode, 0};

inline ConsumerSetup setup_of(ConsumerSetup::CommitMode commit = ConsumerSetup::CommitMode::kAuto) {
  ConsumerSetup setup;
  setup.name = "billing-1";
  setup.group = kBilling;
  setup.topics = {kOrders};
  setup.commit = commit;
  setup.processing_time = 10ms;
  setup.config.auto_offset_reset = AutoOffsetReset::EARLIEST;
  return setup;
}

struct ConsumerBench : ClientBench<Consumer> {
  explicit ConsumerBench(const ConsumerSetup& setup)
      : ClientBench(client_registry(NodeRole::kConsumer), Consumer(setup)) {
    registry.consumers = std::make_shared<std::vector<ConsumerSetup>>(1, setup);
    start();
  }
  template <class Request>
  void reply(MessageBody body) {
    const auto requests = sent<Request>();
    ASSERT_FALSE(requests.empty());
    answer(requests.back().first.to, requests.back().first.message.correlation_id, std::move(body));
  }
  void learn(std::int32_t partitions = 1, std::int32_t epoch = 0) {
    reply<MetadataRequest>(orders_metadata(partitions, epoch));
  }
  void find() {
    reply<FindCoordinatorRequest>(FindCoordinatorResponse{ErrorCode::NONE, kBilling, BrokerId(2), kCoordinatorNode});
  }
  void join(std::int32_t generation = 1) {
    JoinGroupResponse response;
    response.group = kBilling;
    response.generation = GenerationId(generation);
    response.protocol = "range";
    response.leader = kMember;
    response.member = kMember;
    response.members.push_back(JoinGroupMember{kMember, {}, JoinProtocol{"range", {kOrders}, {}}});
    reply<JoinGroupRequest>(response);
  }
  void sync(std::int32_t partitions = 1) {
    SyncGroupResponse response;
    response.group = kBilling;
    for (std::int32_t p = 0; p < partitions; ++p) {
      response.assignment.push_back(TopicPartition{kOrders, p});
    }
    reply<SyncGroupRequest>(response);
  }
  void committed(Offset offset, std::int32_t epoch = -1) {
    OffsetFetchResponse response;
    response.group = kBilling;
    response.partitions.push_back({TopicPartition{kOrders, 0}, offset, LeaderEpoch(epoch)});
    reply<OffsetFetchRequest>(response);
  }
  /// Metadata, coordinator, join, sync: Stable with partition 0 at offset 5.
  void make_stable(Offset position = Offset(5)) {
    learn();
    find();
    join();
    sync();
    committed(position);
    ASSERT_EQ(client.membership.state, MemberState::STABLE);
  }
  static RecordBatch batch(std::int64_t base, std::int32_t count, std::int32_t epoch = 0) {
    RecordBatch made;
    made.base_offset = Offset(base);
    made.leader_epoch = LeaderEpoch(epoch);
    made.record_count = count;
    std::vector<Record> records(static_cast<std::size_t>(count));
    for (std::int32_t i = 0; i < count; ++i) {
      records[static_cast<std::size_t>(i)].id = RecordId(base + i);
    }
    made.records = std::make_shared<const std::vector<Record>>(records);
    return made;
  }
  void deliver(std::vector<RecordBatch> batches, ErrorCode error = ErrorCode::NONE) {
    FetchPartitionResult result;
    result.partition = TopicPartition{kOrders, 0};
    result.error = error;
    result.high_watermark = Offset(100);
    result.batches = std::move(batches);
    reply<FetchRequest>(FetchResponse{{result}});
  }
  void commit_answer(ErrorCode error) {
    reply<OffsetCommitRequest>(OffsetCommitResponse{kBilling, {{TopicPartition{kOrders, 0}, error}}});
  }
};

}  // namespace kscope::sim
