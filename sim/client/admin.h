#pragma once
// Admin: the administrator's tool. At its start it creates the scenario's topics; later it carries out commands (create
// or delete a topic, create partitions, reassign partitions, elect leaders, delete records). Every task is sent to the controller that metadata names, or to the partition's
// leader, and repeated while the cluster is not ready for it. Kafka: KafkaAdminClient (3.9).
// MODEL: before the first topic it waits until every broker that should be up is registered, as a person would, so that
// replicas are spread over all of them; but not for ever.

#include <cstdint>
#include <vector>

#include "sim/client/client_metadata.h"
#include "sim/client/network_client.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

enum class AdminTaskKind : std::uint8_t {
  kCreateTopic,
  kElectLeaders,
  kDeleteRecords,
  kCreatePartitions,
  kDeleteTopic,
  kReassign,
};

struct AdminTask {
  std::int64_t number = 0;
  AdminTaskKind kind = AdminTaskKind::kCreateTopic;
  CreateTopicsRequest create;
  CreatePartitionsRequest partitions;
  DeleteTopicsRequest topic_deletion;
  AlterPartitionReassignmentsRequest reassignment;
  ElectLeadersRequest elect;
  DeleteRecordsRequest deletion;    ///< of one partition; it goes to its leader
  std::int64_t correlation_id = 0;  ///< 0 = waits
  std::int32_t attempts = 0;
  LocalTime retry_at = LocalTime::min();
  LocalTime deadline{};   ///< a command is given up after default.api.timeout.ms; setup never is
  bool is_setup = false;  ///< of the scenario: repeated until it succeeds
};

struct Admin {
  Admin();

  NetworkClient network;
  ClientMetadata metadata;
  std::vector<AdminTask> tasks;  ///< open ones, oldest first
  std::int64_t next_task = 0;
  std::int64_t done_count = 0;  ///< tasks that ended well
  std::int64_t failed_count = 0;
  ErrorCode last_error = ErrorCode::NONE;
  LocalTime started_at{};
  TimerId timer;  ///< kAdmin: look at the tasks again

  void on_start(Ctx& ctx);
  void on_message(Ctx& ctx, NodeId from, const Message& message);
  void on_timer(Ctx& ctx, const Timer& timer);
  void on_disconnect(Ctx& ctx, NodeId peer);
  void on_command(Ctx& ctx, const Command& command);
};

}  // namespace kscope::sim
