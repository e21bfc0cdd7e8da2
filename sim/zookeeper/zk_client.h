#pragma once
// ZkClient: a session with the ensemble, of a broker or of an old consumer (its owner). Connects to one server, pings it, tries the next one when it is silent,
// and queues requests while there is no connection. Only the ensemble can say that the session is over: who is
// cut off does not know. Source: ZooKeeper 3.8 ClientCnxn; Kafka 3.9 ZooKeeperClient, KafkaZkClient.
//
// from         | event                        | to           | effects
// Closed       | start                        | Connecting   | ZkConnectRequest to a chosen server
// Connecting   | ZkConnectResponse ok         | Connected    | pending requests are sent; zk_session_opened / zk_reconnected
// Connecting   | ZkConnectResponse expired    | Connecting   | zk_session_expired, then a new session
// Connecting   | disconnect, silence          | Connecting   | the next server after a short wait
// Connected    | disconnect, 2/3 timeout silent | Connecting | what is unanswered will be sent again (as KafkaZkClient does)
// Connected    | close()                      | Closing      | ZkCloseSession
// Closing      | answer, disconnect, silence  | Closed       | zk_session_closed

#include <cstdint>
#include <deque>
#include <vector>

#include "sim/world/vocabulary.h"

namespace kscope::sim {

/// What a request was for; comes back with its reply. `a` and `b` mean what the asking part says.
struct ZkPurpose {
  enum class Kind : std::uint8_t {
    // BrokerLifecycle
    kEnsurePaths,
    kRegisterBroker,
    kReadRegistration,
    // Controller
    kController,  ///< a = index within the step, b = serial number of the step
    // ReplicaManager
    kIsrWrite,  ///< a = topic, b = partition: a leader wrote an ISR (before KIP-497)
    // ZookeeperConsumer
    kConsumerStep,  ///< a = index within the step, b = serial number of the step
    kOffsetWrite,   ///< a = topic, b = partition: a committed offset
    kNone,          ///< nobody waits
  };
  Kind kind = Kind::kNone;
  std::int64_t a = 0;
  std::int64_t b = 0;
  bool operator==(const ZkPurpose&) const = default;
};

struct ZkClient {
  enum class State : std::uint8_t { kClosed, kConnecting, kConnected, kClosing };
  struct Pending {
    std::int64_t xid = 0;
    ZkPurpose purpose;
    std::vector<ZkOperation> operations;
    bool is_sent = false;
  };

  State state = State::kClosed;
  SessionId session;              ///< none = none was opened yet, or it is over
  SessionId previous_session;     ///< the one before: its registration may be replaced (KAFKA-7165)
  Duration session_timeout{0};    ///< negotiated
  Duration requested_timeout{0};  ///< zookeeper.session.timeout.ms
  std::vector<NodeId> servers;    ///< in the order in which they are tried
  std::size_t server = 0;         ///< index of the one in use
  std::size_t attempts = 0;       ///< servers tried since the last pause
  LocalTime last_heard;
  Zxid last_zxid{0};  ///< newest state seen
  std::int64_t next_xid = 1;
  std::deque<Pending> pending;  ///< in order; first those that are sent and unanswered
  TimerId ping_timer;
  TimerId silence_timer;
  TimerId reconnect_timer;

  // `Owner` is a Broker or a Consumer; what it is told are the functions zk_session_opened, zk_reconnected, zk_session_expired,
  // zk_session_closed, zk_watch and zk_reply that take it.

  /// Opens the session. `timeout`: zookeeper.session.timeout.ms. Effects: ZkConnectRequest, timers.
  void start(Ctx& ctx, Duration timeout);
  /// Sends `operations` (several writes = multi, all or nothing; several reads are answered one by one) now or when there is
  /// a connection. The answer comes as zk_reply(purpose). Requests that wait when the session ends are forgotten.
  void request(Ctx& ctx, ZkPurpose purpose, std::vector<ZkOperation> operations);
  /// Ends the session in good order; zk_session_closed follows.
  template <class Owner>
  void close(Ctx& ctx, Owner& owner);
  /// The ensemble is asked to end the session behind the client's back (a command).
  void expire(Ctx& ctx);

  /// ZkResponse, ZkConnectResponse, ZkPingResponse, ZkWatchEvent.
  template <class Owner>
  void on_message(Ctx& ctx, Owner& owner, NodeId from, const Message& message);
  /// kZkPing, kZkSessionTimeout, kZkReconnect.
  template <class Owner>
  void on_timer(Ctx& ctx, Owner& owner, const Timer& timer);
  /// No effect unless `peer` is the server in use.
  template <class Owner>
  void on_disconnect(Ctx& ctx, Owner& owner, NodeId peer);

  [[nodiscard]] bool is_connected() const { return state == State::kConnected; }
  [[nodiscard]] bool has_session() const { return session.is_valid(); }
  /// Time of silence after which the ensemble may end the session, counted from what the client heard last.
  [[nodiscard]] Duration time_left(LocalTime now) const;

 private:
  void connect(Ctx& ctx);
  void connection_lost(Ctx& ctx);
  void heard(Ctx& ctx);
  void send_pending(Ctx& ctx);
  template <class Owner>
  void closed(Ctx& ctx, Owner& owner);
  template <class Owner>
  void on_connected(Ctx& ctx, Owner& owner, const ZkConnectResponse& response);
  template <class Owner>
  void on_response(Ctx& ctx, Owner& owner, const ZkResponse& response);
};

}  // namespace kscope::sim
