#pragma once
// The old consumer's own functions, and what its ZooKeeper session tells it. See zookeeper_membership.h.

#include "sim/client/consumer_parts.h"

namespace kscope::sim {

// ---- zookeeper_consumer.cpp

/// Process start. Effects: opens the session with the ensemble.
void start_zookeeper(Ctx& ctx, Consumer& consumer);
/// Goes on with what waits for the clock or for a commit; commits when auto.commit.interval.ms is over.
/// No effect on consumers that brokers coordinate, or while it closes.
void drive_zookeeper(Ctx& ctx, Consumer& consumer, Wakeup& wakeup);
/// True: the message, timer or disconnect was of the session. False: of something else, or there is no session.
bool on_zookeeper_message(Ctx& ctx, Consumer& consumer, NodeId from, const Message& message);
bool on_zookeeper_timer(Ctx& ctx, Consumer& consumer, const Timer& timer);
bool on_zookeeper_disconnect(Ctx& ctx, Consumer& consumer, NodeId peer);
/// Writes the offsets of the commit that differ from what was written last, each into its znode, unconditionally. Returns
/// whether anything is under way. Source: ZookeeperConsumerConnector.commitOffsetToZooKeeper.
bool write_offsets(Ctx& ctx, Consumer& consumer, PendingCommit commit);
/// Ends the session: the ephemeral znodes go with it. Returns 0 when it is over at once, else zk_session_closed follows.
std::int64_t leave_zookeeper(Ctx& ctx, Consumer& consumer);

// What ZkClient calls.
void zk_session_opened(Ctx& ctx, Consumer& consumer);
void zk_reconnected(Ctx& ctx, Consumer& consumer);
void zk_session_expired(Ctx& ctx, Consumer& consumer);
void zk_session_closed(Ctx& ctx, Consumer& consumer);
void zk_watch(Ctx& ctx, Consumer& consumer, const ZkWatchEvent& event);
void zk_reply(Ctx& ctx, Consumer& consumer, ZkPurpose purpose, const ZkResponse& response);

// ---- zookeeper_rebalance.cpp

/// Registers under ids, with what is above it. Effects: step REGISTERING.
void register_consumer(Ctx& ctx, Consumer& consumer);
/// Reads again what was watched: the watches went with the connection.
void read_watched_again(Ctx& ctx, Consumer& consumer);
/// Begins a rebalance with its first try. Source: ZKRebalancerListener.syncedRebalance.
void begin_zookeeper_rebalance(Ctx& ctx, Consumer& consumer);
/// Another try: fetching stops, with a last commit if it commits automatically.
void try_zookeeper_rebalance(Ctx& ctx, Consumer& consumer);
/// STOPPING: the last commit is done.
void release_ownership(Ctx& ctx, Consumer& consumer);
/// An answer of the step under way.
void on_zookeeper_step(Ctx& ctx, Consumer& consumer, std::size_t index, const ZkResponse& response);
/// The answer to read_watched_again().
void on_watched_read(Consumer& consumer, const ZkResponse& response);

/// The run of partitions [first, first + count) of a topic that the member at place `index` of `member_count` gets.
struct RangeShare {
  std::int32_t first = 0;
  std::int32_t count = 0;
};
/// Source: kafka.consumer.RangeAssignor (0.10).
[[nodiscard]] RangeShare range_share(std::int32_t partition_count, std::int32_t member_count, std::int32_t index);

}  // namespace kscope::sim
