#pragma once
// KraftController: a controller process of the metadata quorum. All of them vote and keep the metadata log; the leader of the
// quorum is the active controller and answers brokers. It replays what it appends at once, so that the next request sees it,
// and answers when the records are committed; when it stops leading it falls back to what is committed.
// Source: QuorumController, ControllerServer, Kafka 3.9.
//
//   from     | event                                    | to       | effects
//   inactive | leads, and its first record is committed | active   | heartbeats begin anew
//   active   | request                                  | active   | records appended and replayed, answer kept back
//   active   | records committed                        | active   | answers leave
//   active   | leads no more                            | inactive | NOT_CONTROLLER to all who wait
//
// MODEL: the event queue of the controller costs no time. A topic's settings that are changed while the cluster runs reach the metadata log with the next heartbeat of a broker.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "sim/controller/kraft/broker_heartbeat_manager.h"
#include "sim/controller/kraft/metadata_image.h"
#include "sim/controller/kraft/replication_control.h"
#include "sim/raft/raft_client.h"
#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// The metadata log is the only file of a controller.
inline constexpr FileId kMetadataLogFile{0};

/// What only the active controller has.
struct ActiveController {
  kraft::MetadataImage image;  ///< with what is appended and not committed yet
  kraft::BrokerHeartbeatManager heartbeats;
  struct Waiting {
    Offset offset;  ///< answered when this is committed
    NodeId to;
    std::int64_t correlation_id = 0;
    MessageBody response;
  };
  std::deque<Waiting> purgatory;                                     ///< ascending offsets
  std::vector<std::shared_ptr<const ConfigValues>> topic_overrides;  ///< as the log has them, by TopicId
  LocalTime next_balance;
};

struct KraftController {
  BrokerId id;
  raft::RaftClient raft;
  kraft::MetadataImage committed;  ///< what the log says up to `applied`
  Offset applied{0};
  LeaderEpoch applied_epoch{0};  ///< of the last record applied
  std::optional<ActiveController> active;
  bool is_flushing = false;
  bool is_shutting_down = false;  ///< ends when the others know that it does not lead any more
  std::uint64_t flush_token = 0;  ///< raised when the log is cut: an older flush says nothing
  TimerId raft_timer;
  TimerId session_timer;

  /// Leads the quorum and has caught up: brokers are answered.
  [[nodiscard]] bool is_active() const { return active.has_value(); }

  void on_start(Ctx& ctx);
  void on_message(Ctx& ctx, NodeId from, const Message& message);
  void on_timer(Ctx& ctx, const Timer& timer);
  void on_disk(Ctx& ctx, const DiskDone& done);
  void on_disconnect(Ctx& ctx, NodeId peer);
  void on_command(Ctx& ctx, const Command& command);
};

/// The controller at process start: nothing but its id; on_start reads the log.
KraftController make_kraft_controller(const Registry& registry, NodeId node);

/// The id under which a new topic goes into the metadata log, where its record lies at `offset`; and back.
/// MODEL: made from the place of its name in the registry and that offset; Kafka draws it at random.
[[nodiscard]] Uuid new_topic_uuid(TopicId topic, Offset offset);
[[nodiscard]] TopicId topic_of(Uuid id);
/// The id that the topic of this name has in the image, zero when there is none.
[[nodiscard]] Uuid topic_uuid(const Registry& registry, const kraft::MetadataImage& image, TopicId topic);

/// The state of a partition in the words that brokers use among themselves.
[[nodiscard]] PartitionState partition_state(TopicPartition partition, Uuid topic_id,
                                             const kraft::PartitionRegistration& registered, LeaderEpoch quorum_epoch);

/// Raft messages in and out of the world: both controllers and brokers speak them.
namespace quorum_wire {
/// Nothing when the body is no message of the quorum.
[[nodiscard]] std::optional<raft::RaftMessage> raft_message(const MessageBody& body);
/// Sends what the quorum wants sent.
void send_all(Ctx& ctx, const std::vector<raft::RaftSend>& sends);
/// Chance for the quorum: election timeouts, and which voter is asked first.
[[nodiscard]] DrawBelow draw(Ctx& ctx);
/// controller.quorum.* of the process, and the voters of the registry.
[[nodiscard]] raft::QuorumConfig quorum_config(const Registry& registry, const BrokerConfig& config);
/// Tells observers that the high watermark of the metadata log has moved since it was `before`.
void note_high_watermark(Ctx& ctx, const raft::RaftClient& raft, Offset before);
/// Which replica a node is; none when it is neither controller nor broker.
[[nodiscard]] BrokerId replica_of(const Registry& registry, NodeId node);
}  // namespace quorum_wire

}  // namespace kscope::sim
