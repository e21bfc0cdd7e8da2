#include "sim/zookeeper/session_tracker.h"

namespace kscope::sim {

std::int64_t SessionTracker::expiry_tick(Duration timeout) const {
  // The tick that is running may just have begun or be nearly over: one more, so that nobody loses time.
  const std::int64_t whole = (timeout.count() + tick_time_.count() - 1) / tick_time_.count();
  return tick_ + whole + 1;
}

void SessionTracker::add(SessionId session, Duration timeout, NodeId owner) {
  entries_[session] = {timeout, expiry_tick(timeout), owner, false};
}

bool SessionTracker::touch(SessionId session) {
  const auto at = entries_.find(session);
  if (at == entries_.end() || at->second.is_closing) {
    return false;
  }
  at->second.expires_at_tick = expiry_tick(at->second.timeout);
  return true;
}

void SessionTracker::set_owner(SessionId session, NodeId owner) {
  if (const auto at = entries_.find(session); at != entries_.end()) {
    at->second.owner = owner;
  }
}

void SessionTracker::set_closing(SessionId session) {
  if (const auto at = entries_.find(session); at != entries_.end()) {
    at->second.is_closing = true;
  }
}

const SessionTracker::Entry* SessionTracker::find(SessionId session) const {
  const auto at = entries_.find(session);
  return at == entries_.end() ? nullptr : &at->second;
}

std::vector<SessionId> SessionTracker::expired() const {
  std::vector<SessionId> sessions;
  for (const auto& [session, entry] : entries_) {
    if (!entry.is_closing && entry.expires_at_tick <= tick_) {
      sessions.push_back(session);
    }
  }
  return sessions;
}

}  // namespace kscope::sim
