#pragma once
// The leader's account of when sessions end. As in ZooKeeper, expiry times are rounded up to whole ticks, so that one check
// a tick serves all of them; followers report whom they heard with their answers to the leader's pings. Time is counted in
// the leader's ticks: like ZooKeeper's monotonic clock it does not notice when the clock on the wall is set.
// Source: ZooKeeper 3.8 SessionTrackerImpl, ExpiryQueue, LeaderSessionTracker.

#include <map>
#include <vector>

#include "engine/core/node_id.h"
#include "engine/core/time.h"
#include "sim/types/ids.h"

namespace kscope::sim {

class SessionTracker {
 public:
  struct Entry {
    Duration timeout{0};
    std::int64_t expires_at_tick = 0;
    NodeId owner;             ///< server that the client is connected to, as far as the leader knows
    bool is_closing = false;  ///< its end is proposed; it can no longer be touched
  };

  /// Starts to track a session, or gives it its full time again.
  void add(SessionId session, Duration timeout, NodeId owner);
  /// The client was heard. False when the session is unknown or ending.
  bool touch(SessionId session);
  void remove(SessionId session) { entries_.erase(session); }
  void set_owner(SessionId session, NodeId owner);
  void set_closing(SessionId session);
  [[nodiscard]] const Entry* find(SessionId session) const;
  /// Sessions whose time is over and whose end is not proposed yet, in order of id.
  [[nodiscard]] std::vector<SessionId> expired() const;
  [[nodiscard]] const std::map<SessionId, Entry>& all() const { return entries_; }
  void on_tick() { ++tick_; }

  explicit SessionTracker(Duration tick_time = 3000ms) : tick_time_(tick_time) {}

 private:
  [[nodiscard]] std::int64_t expiry_tick(Duration timeout) const;

  Duration tick_time_;
  std::int64_t tick_ = 0;
  std::map<SessionId, Entry> entries_;
};

}  // namespace kscope::sim
