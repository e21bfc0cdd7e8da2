// Registration, fencing, controlled shutdown; and the place where answers of ZooKeeper are handed on.
//
// A znode /brokers/ids/N that is there already, by the session that owns it:
//   this one                     -> registered: only the answer was lost
//   an earlier one of this process -> it is deleted and created anew in one multi (KAFKA-7165)
//   any other                    -> an earlier process of this broker, or another broker with the same id
// MODEL: in the last case Kafka ends with an error and its supervisor starts it again; here the broker waits and tries again
// every second, which comes to the same: it joins when the old session is over.
#include "sim/broker/lifecycle.h"

#include "engine/core/check.h"
#include "sim/broker/broker.h"
#include "sim/zookeeper/zk_paths.h"

namespace kscope::sim {
namespace {

constexpr Duration kRegistrationRetry = 1s;

void note(Ctx& ctx, const Broker& broker, NoteKind kind, std::int64_t a = 0) {
  Note note;
  note.kind = kind;
  note.broker = broker.id;
  note.a = a;
  ctx.note(note);
}

ZkOperation create_registration(Ctx& ctx, const Broker& broker) {
  ZnodeData data;
  data.broker = broker.id;
  data.node = ctx.self();
  return zk::create(zk::broker_path(broker.id), data, ZkCreateMode::kEphemeral);
}

void register_broker(Ctx& ctx, Broker& broker) {
  broker.lifecycle.is_registering = true;
  broker.zk.request(ctx, {ZkPurpose::Kind::kRegisterBroker, 0, 0}, {create_registration(ctx, broker)});
}

void registered(Ctx& ctx, Broker& broker, Zxid czxid) {
  BrokerLifecycle& lifecycle = broker.lifecycle;
  lifecycle.is_registering = false;
  lifecycle.is_registered = true;
  lifecycle.broker_epoch = BrokerEpoch{czxid.value};
  note(ctx, broker, NoteKind::kBrokerRegistered, czxid.value);
  if (lifecycle.state == BrokerState::STARTING) {
    lifecycle.state = BrokerState::RUNNING;
    note(ctx, broker, NoteKind::kBrokerRunning);
  }
  if (lifecycle.state != BrokerState::SHUTTING_DOWN) {
    broker.controller.startup(ctx, broker);
  }
}

void on_register_reply(Ctx& ctx, Broker& broker, const ZkResponse& response) {
  if (response.code == ZkCode::kOk) {
    registered(ctx, broker, response.results.back().czxid);
    return;
  }
  broker.zk.request(ctx, {ZkPurpose::Kind::kReadRegistration, 0, 0}, {zk::get_data(zk::broker_path(broker.id))});
}

void on_registration_read(Ctx& ctx, Broker& broker, const ZkResponse& response) {
  const ZkResult& znode = response.results.front();
  if (znode.code == ZkCode::kNoNode) {
    register_broker(ctx, broker);
  } else if (znode.ephemeral_owner == broker.zk.session ||
             ctx.registry().planted_bug == PlantedBug::kRegisterWithOldEpoch) {
    registered(ctx, broker, znode.czxid);
  } else if (znode.ephemeral_owner == broker.zk.previous_session) {
    broker.zk.request(ctx, {ZkPurpose::Kind::kRegisterBroker, 0, 0},
                      {zk::remove(zk::broker_path(broker.id), znode.version), create_registration(ctx, broker)});
  } else {
    broker.lifecycle.registration_timer = ctx.after(kRegistrationRetry, Timer{TimerKind::kBrokerZkRetry, 0, 0});
  }
}

void finish_shutdown(Ctx& ctx, Broker& broker) {
  BrokerLifecycle& lifecycle = broker.lifecycle;
  lifecycle.state = BrokerState::SHUTTING_DOWN;
  lifecycle.shutdown_correlation = 0;
  ctx.cancel(lifecycle.shutdown_timer);
  ctx.cancel(lifecycle.registration_timer);
  broker.controller.shutdown(ctx, broker);
  broker.replicas.on_shutdown(ctx, broker);
  broker.zk.close(ctx, broker);
}

void shutdown_attempt_failed(Ctx& ctx, Broker& broker) {
  BrokerLifecycle& lifecycle = broker.lifecycle;
  lifecycle.shutdown_correlation = 0;
  ctx.cancel(lifecycle.shutdown_timer);
  if (lifecycle.shutdown_retries_left <= 0) {
    finish_shutdown(ctx, broker);
    return;
  }
  lifecycle.shutdown_timer = ctx.after(broker.setup.config.controlled_shutdown_retry_backoff_ms,
                                       Timer{TimerKind::kControlledShutdownRetry, 0, 0});
}

/// Asks the controller to take leadership away from this broker. Source: KafkaServer.controlledShutdown.
void ask_for_shutdown(Ctx& ctx, Broker& broker) {
  BrokerLifecycle& lifecycle = broker.lifecycle;
  --lifecycle.shutdown_retries_left;
  lifecycle.shutdown_controller = ctx.registry().node_of(broker.controller.active_controller);
  if (!lifecycle.shutdown_controller.is_valid()) {
    shutdown_attempt_failed(ctx, broker);
    return;
  }
  lifecycle.shutdown_correlation = send_request(ctx, broker.next_correlation, lifecycle.shutdown_controller,
                                                ControlledShutdownRequest{broker.id, lifecycle.broker_epoch});
  lifecycle.shutdown_timer =
      ctx.after(broker.setup.config.controller_socket_timeout_ms, Timer{TimerKind::kControlledShutdownRetry, 0, 0});
}

}  // namespace

void BrokerLifecycle::start(Ctx& ctx, Broker& broker) {
  state = BrokerState::STARTING;
  broker.zk.start(ctx, broker.setup.config.zookeeper_session_timeout_ms);
}

void BrokerLifecycle::begin_shutdown(Ctx& ctx, Broker& broker) {
  if (state != BrokerState::STARTING && state != BrokerState::RUNNING) {
    return;
  }
  note(ctx, broker, NoteKind::kShutdownStarted);
  if (state == BrokerState::STARTING || !broker.setup.config.controlled_shutdown_enable) {
    finish_shutdown(ctx, broker);
    return;
  }
  state = BrokerState::PENDING_CONTROLLED_SHUTDOWN;
  shutdown_retries_left = broker.setup.config.controlled_shutdown_max_retries;
  ask_for_shutdown(ctx, broker);
}

void BrokerLifecycle::on_timer(Ctx& ctx, Broker& broker, const Timer& timer) {
  if (timer.kind == TimerKind::kBrokerZkRetry) {
    if (broker.zk.has_session() && !is_registered) {
      register_broker(ctx, broker);
    }
    return;
  }
  KSCOPE_CHECK(timer.kind == TimerKind::kControlledShutdownRetry, "a lifecycle arms no other timers");
  if (state != BrokerState::PENDING_CONTROLLED_SHUTDOWN) {
    return;
  }
  if (shutdown_correlation != 0) {
    shutdown_attempt_failed(ctx, broker);
  } else {
    ask_for_shutdown(ctx, broker);
  }
}

void BrokerLifecycle::on_controlled_shutdown_response(Ctx& ctx, Broker& broker, std::int64_t correlation_id,
                                                      const ControlledShutdownResponse& response) {
  if (state != BrokerState::PENDING_CONTROLLED_SHUTDOWN || correlation_id != shutdown_correlation) {
    return;
  }
  if (response.error == ErrorCode::NONE && response.remaining.empty()) {
    finish_shutdown(ctx, broker);
  } else {
    shutdown_attempt_failed(ctx, broker);
  }
}

void BrokerLifecycle::on_disconnect(Ctx& ctx, Broker& broker, NodeId peer) {
  const bool is_waiting = state == BrokerState::PENDING_CONTROLLED_SHUTDOWN && shutdown_correlation != 0;
  if (is_waiting && peer == shutdown_controller) {
    shutdown_attempt_failed(ctx, broker);
  }
}

ErrorCode BrokerLifecycle::fence_controller_request(Ctx& ctx, Broker& broker, ControllerEpoch epoch,
                                                    BrokerEpoch addressee) {
  const bool is_checked = !ctx.registry().rules.is_old(Rule::kKip380);
  if (is_checked && addressee.value >= 0 && addressee < broker_epoch) {
    return ErrorCode::STALE_BROKER_EPOCH;
  }
  ControllerEpoch& known = broker.replicas.controller_epoch;
  if (epoch < known && ctx.registry().planted_bug != PlantedBug::kAcceptOldController) {
    Note refused;
    refused.kind = NoteKind::kZombieRefused;
    refused.broker = broker.id;
    refused.a = epoch.value;
    refused.b = known.value;
    ctx.note(refused);
    return ErrorCode::STALE_CONTROLLER_EPOCH;
  }
  known = epoch;
  return ErrorCode::NONE;
}

void zk_session_opened(Ctx& ctx, Broker& broker) {
  Note opened;
  opened.kind = NoteKind::kZkSessionOpened;
  opened.broker = broker.id;
  opened.a = broker.zk.session.value;
  ctx.note(opened);
  for (const std::string_view path : {zk::kBrokersPath, zk::kBrokerIdsPath, zk::kTopicsPath}) {
    broker.zk.request(ctx, {ZkPurpose::Kind::kEnsurePaths, 0, 0}, {zk::create(path)});
  }
  if (!uses_alter_partition(ctx, broker)) {
    broker.zk.request(ctx, {ZkPurpose::Kind::kEnsurePaths, 0, 0}, {zk::create(zk::kIsrChangePath)});
  }
  register_broker(ctx, broker);
}

void zk_reconnected(Ctx& ctx, Broker& broker) { broker.controller.on_zk_reconnected(ctx, broker); }

void zk_session_expired(Ctx& ctx, Broker& broker) {
  broker.lifecycle.is_registered = false;
  broker.lifecycle.is_registering = false;
  ctx.cancel(broker.lifecycle.registration_timer);
  broker.replicas.forget_isr_writes();
  broker.controller.on_session_expired(ctx, broker);
}

void zk_session_closed(Ctx& ctx, Broker& broker) {
  note(ctx, broker, NoteKind::kShutdownDone);
  ctx.exit();
}

void zk_watch(Ctx& ctx, Broker& broker, const ZkWatchEvent& event) {
  broker.controller.on_zk_watch(ctx, broker, event);
}

void zk_reply(Ctx& ctx, Broker& broker, ZkPurpose purpose, const ZkResponse& response) {
  switch (purpose.kind) {
    case ZkPurpose::Kind::kRegisterBroker: on_register_reply(ctx, broker, response); return;
    case ZkPurpose::Kind::kReadRegistration: on_registration_read(ctx, broker, response); return;
    case ZkPurpose::Kind::kIsrWrite: broker.replicas.on_isr_written(ctx, broker, purpose, response); return;
    case ZkPurpose::Kind::kController: broker.controller.on_zk_reply(ctx, broker, purpose, response); return;
    case ZkPurpose::Kind::kEnsurePaths:  // It exists now, whoever created it.
    case ZkPurpose::Kind::kNone: return;
    case ZkPurpose::Kind::kConsumerStep:
    case ZkPurpose::Kind::kOffsetWrite: break;
  }
  KSCOPE_CHECK(false, "a broker got an answer that a consumer waits for");
}

}  // namespace kscope::sim
