#pragma once
// Admin: the administrator's tool. At its start it creates the scenario's topics; later it carries out commands (create a
// topic, elect leaders). Every task is sent to the controller that metadata names and repeated while the cluster is not
// ready for it. Kafka: KafkaAdminClient (3.9).

#include <cstdint>
#include <vector>

#include "sim/client/client_metadata.h"
#include "sim/client/network_client.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

enum class AdminTaskKind : std::uint8_t { kCreateTopic, kElectLeaders };

struct AdminTask {
  std::int64_t number = 0;
  AdminTaskKind kind = AdminTaskKind::kCreateTopic;
  CreateTopicsRequest create;
  ElectLeadersRequest elect;
  std::int64_t correlation_id = 0;   ///< 0 = waits
  std::int32_t attempts = 0;
  LocalTime retry_at{};
  bool is_setup = false;             ///< of the scenario: repeated until it succeeds
};

struct Admin {
  NetworkClient network;
  ClientMetadata metadata;
  std::vector<AdminTask> tasks;      ///< open ones, oldest first
  std::int64_t next_task = 0;
  std::int64_t done_count = 0;
  ErrorCode last_error = ErrorCode::NONE;
  TimerId timer;

  void on_start(Ctx& ctx);
  void on_message(Ctx& ctx, NodeId from, const Message& message);
  void on_timer(Ctx& ctx, const Timer& timer);
  void on_disconnect(Ctx& ctx, NodeId peer);
  void on_command(Ctx& ctx, const Command& command);
};

/// The role of the administrator's node.
Admin make_admin();

}  // namespace kscope::sim
