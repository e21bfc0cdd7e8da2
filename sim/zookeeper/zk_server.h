#pragma once
// ZooKeeperServer: the volatile state of one server of a ZooKeeper ensemble (1, 3, 5 ... servers). ZooKeeper 3.8's
// QuorumPeer, FastLeaderElection, Leader, Learner and request processors, as far as Kafka can notice them.
//
//              quorum of votes for me              quorum lost
//   LOOKING ------------------------> LEADING ------------------> LOOKING
//      |  quorum of votes for another                                ^
//      +--------------------------> FOLLOWING -----------------------+
//                                       leader silent or gone
//
// state     | event                      | guard                      | to        | effects                        | source
// LOOKING   | ZkVote (looking)           | better than mine           |           | adopt it, tell everybody       | FastLeaderElection
// LOOKING   | votes final                | quorum agrees on me        | LEADING   | wait for followers' info       | QuorumPeer
// LOOKING   | votes final                | quorum agrees on another   | FOLLOWING | send ZkFollowerInfo            | QuorumPeer
// LEADING   | ZkFollowerInfo             | quorum of infos            |           | new epoch, ZkSync to followers | Leader.lead
// LEADING   | ZkFollowerInfo             | its history is newer       | LOOKING   |                                | Leader.waitForEpochAck
// LEADING   | ZkAck of the sync          | quorum of acks             |           | established: ZkCommit, clients | Leader.waitForNewLeaderAck
// LEADING   | tick                       | no quorum for syncLimit    | LOOKING   | close all connections          | Leader.lead
// FOLLOWING | ZkSync                     | epoch > accepted           |           | truncate, append, flush, ack   | Learner.syncWithLeader
// FOLLOWING | ZkCommit                   | synced                     |           | apply, serve clients           | Follower.processPacket
// FOLLOWING | tick, disconnect           | leader silent syncLimit    | LOOKING   | close all connections          | Follower.followLeader

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string_view>
#include <variant>

#include "engine/core/flat_map.h"
#include "sim/world/vocabulary.h"
#include "sim/zookeeper/session_tracker.h"
#include "sim/zookeeper/watch_table.h"
#include "sim/zookeeper/zk_database.h"

namespace kscope::sim {

/// Leader election is going on; no client is served.
struct ZkLooking {
  ZkVote proposal;                   ///< the best vote seen in this round
  FlatMap<NodeId, ZkVote> received;  ///< votes of this round, by server
  FlatMap<NodeId, ZkVote> settled;   ///< what servers that have a leader say
  Duration resend_after{0};
  TimerId resend_timer;
  TimerId final_timer;  ///< armed while a quorum agrees and a better vote may still come
};

struct ZkFollowing {
  NodeId leader;
  std::int32_t epoch = -1;  ///< of the leader's sync; -1 = not synced yet
  bool is_serving = false;  ///< the leader said that a quorum has the sync (UPTODATE)
  bool is_sync_acked = false;
  std::size_t sync_end = 0;            ///< length of the log with the sync; acknowledged when so much is flushed
  std::int64_t half_ticks_silent = 0;  ///< since the leader was heard
  std::set<SessionId> touched;         ///< clients heard since the last ping of the leader
  TimerId tick_timer;
  TimerId info_timer;
};

/// What the leader knows of one follower.
struct ZkFollower {
  ZkFollowerInfo info;
  bool is_sync_sent = false;
  Zxid acked{-1};  ///< last zxid it has flushed in this epoch; -1 = not even the sync
  std::int64_t half_ticks_silent = 0;
};
struct ZkLeading {
  std::int32_t epoch = -1;        ///< -1 = a quorum has not reported yet
  bool is_established = false;    ///< a quorum has my history: clients are served
  std::int32_t next_counter = 1;  ///< lower half of the next zxid
  Zxid history_end{0};            ///< end of my log when the epoch began
  FlatMap<NodeId, ZkFollower> followers;
  SessionTracker sessions;
  std::int64_t half_ticks = 0;  ///< since it began to lead
  TimerId tick_timer;
};

/// A client that is connected to this server.
struct ZkConnection {
  SessionId session;  ///< none while it is being opened or revalidated
  bool is_closing = false;
  struct Waiting {
    ZkRequest request;  ///< a read that waits behind a write; or the write itself, without operations
    bool is_write = false;
  };
  std::deque<Waiting> queue;  ///< in the client's order: reads wait for the writes before them
};

struct ZooKeeperServer {
  using State = std::variant<ZkLooking, ZkFollowing, ZkLeading>;

  std::vector<NodeId> ensemble;  ///< all servers, this one too
  ZooKeeperConfig config;
  State state;
  std::int32_t round = 0;  ///< logical clock of elections
  ZkVote last_vote;        ///< what the last election ended with; told to servers that are looking
  ZkDatabase database;
  std::size_t applied_count = 0;  ///< transactions of the log that the database has
  Zxid committed{0};              ///< what is known to be committed
  std::map<NodeId, ZkConnection> connections;
  WatchTable watches;
  bool is_flushing = false;
  std::uint64_t flush_token = 0;  ///< raised when the log is cut: an older flush says nothing

  // ---- what others may ask
  [[nodiscard]] bool is_leading() const;              ///< leads and serves
  [[nodiscard]] bool is_serving() const;              ///< clients are served here
  [[nodiscard]] std::int32_t epoch() const;           ///< of the leader it leads as or follows; -1 = none
  [[nodiscard]] std::string_view state_name() const;  ///< "looking", "following", "leading"
  [[nodiscard]] std::size_t session_count() const { return database.sessions.size(); }
  [[nodiscard]] std::size_t quorum() const { return ensemble.size() / 2 + 1; }

  // ---- inputs
  void on_start(Ctx& ctx);
  void on_message(Ctx& ctx, NodeId from, const Message& message);
  void on_timer(Ctx& ctx, const Timer& timer);
  void on_disk(Ctx& ctx, const DiskDone& done);
  void on_disconnect(Ctx& ctx, NodeId peer);
  void on_command(Ctx& ctx, const Command& command);
};

/// The server at process start: nothing but its configuration; on_start reads the log.
ZooKeeperServer make_zookeeper_server(const Registry& registry);

}  // namespace kscope::sim
