#pragma once
// The parts of a ZooKeeper server that call one another: log, election, leader, follower, clients. Each is a file of plain
// functions on the server; only zk_server.cpp and these files include this header.

#include <string>

#include "sim/zookeeper/zk_server.h"

namespace kscope::sim::quorum {

// ---- zk_log.cpp: the server's own log and database
/// Appends to the log and starts a flush. False when the disk refuses; the process then ends, as ZooKeeper's does.
bool append(Ctx& ctx, ZooKeeperServer& server, const ZkTransaction& transaction);
/// Starts a flush of what is written unless one is going on.
void flush(Ctx& ctx, ZooKeeperServer& server);
/// Cuts the log to its first `count` transactions; the database is rebuilt when it had more.
void truncate(Ctx& ctx, ZooKeeperServer& server, std::size_t count);
/// Zxid up to which this server's own log is on the platter.
[[nodiscard]] Zxid flushed_zxid(Ctx& ctx);
/// Everything up to `zxid` is committed: applies what the log has of it, answers clients, sets off watches.
void commit(Ctx& ctx, ZooKeeperServer& server, Zxid zxid);

// ---- zk_election.cpp
/// Enters LOOKING: a new round, a vote for itself. Closes the connections of the old state.
void look_for_leader(Ctx& ctx, ZooKeeperServer& server);
void on_vote(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkVote& vote);
/// kZkElection.
void on_election_timer(Ctx& ctx, ZooKeeperServer& server, const Timer& timer);

// ---- zk_leader.cpp
void start_leading(Ctx& ctx, ZooKeeperServer& server);
void on_follower_info(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkFollowerInfo& info);
void on_ack(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkAck& ack);
/// A follower answered a ping: it lives, and so do the sessions it heard from.
void on_follower_ping(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkServerPing& ping);
void on_forward(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkForward& forward);
void on_revalidate(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkRevalidate& question);
/// The leader's own log is flushed further.
void on_leader_flushed(Ctx& ctx, ZooKeeperServer& server);
void on_leader_tick(Ctx& ctx, ZooKeeperServer& server);
void on_follower_gone(Ctx& ctx, ZooKeeperServer& server, NodeId follower);
/// Gives the transaction the next zxid and proposes it. Requires: leading and established.
void propose(Ctx& ctx, ZooKeeperServer& server, ZkTransaction transaction);
/// Proposes the end of a session. Effects: note.
void end_session(Ctx& ctx, ZooKeeperServer& server, SessionId session);
/// A transaction was applied: the leader keeps account of sessions.
void track_session(ZooKeeperServer& server, const ZkTransaction& transaction);

// ---- zk_follower.cpp
void start_following(Ctx& ctx, ZooKeeperServer& server, NodeId leader);
void send_follower_info(Ctx& ctx, ZooKeeperServer& server);
void on_sync(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkSync& sync);
void on_proposal(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkProposal& proposal);
void on_commit(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkCommit& commit);
void on_leader_ping(Ctx& ctx, ZooKeeperServer& server, NodeId from, const ZkServerPing& ping);
void on_follower_flushed(Ctx& ctx, ZooKeeperServer& server);
void on_follower_tick(Ctx& ctx, ZooKeeperServer& server);

// ---- zk_clients.cpp
void on_connect(Ctx& ctx, ZooKeeperServer& server, NodeId client, const ZkConnectRequest& request);
/// The leader's word on a session that a client brought here.
void on_revalidated(Ctx& ctx, ZooKeeperServer& server, const ZkRevalidate& answer);
void on_ping(Ctx& ctx, ZooKeeperServer& server, NodeId client, const ZkPing& ping);
void on_close_session(Ctx& ctx, ZooKeeperServer& server, NodeId client, const ZkCloseSession& close);
void on_request(Ctx& ctx, ZooKeeperServer& server, NodeId client, const ZkRequest& request);
void on_client_gone(ZooKeeperServer& server, NodeId client);
/// A transaction was applied here: watches go off, the client that asked is answered if it is connected here.
void after_apply(Ctx& ctx, ZooKeeperServer& server, const ZkTransaction& transaction, ZkApplied applied);
/// Closes all client connections: a server without a leader serves nobody.
void drop_clients(Ctx& ctx, ZooKeeperServer& server);

// ---- zk_server.cpp
/// Sends to another server of the ensemble.
void send(Ctx& ctx, NodeId to, MessageBody body);
/// A client's write on its way into the log: proposed here, or forwarded to the leader.
void submit(Ctx& ctx, ZooKeeperServer& server, ZkTransaction transaction);

}  // namespace kscope::sim::quorum
