#pragma once
// Broker: the volatile state of one broker process, a composition of Kafka's own parts. Each part is a plain value whose
// functions take (Ctx&, Broker&, ...): parts reach one another through the broker and the outside through the Ctx.
//
//   request in -> RequestQueue (num.io.threads) -> handle_<api>.cpp -> ReplicaManager / GroupCoordinator / TransactionCoordinator / Controller
//   ZooKeeper  -> ZkClient -> BrokerLifecycle (registration) and Controller (watches, election)
//
// Kafka: KafkaServer, KafkaApis, ReplicaManager, Partition, GroupCoordinator, TransactionCoordinator, KafkaController (3.9, ZooKeeper mode).

#include <optional>

#include "sim/broker/auto_topic_creation.h"
#include "sim/broker/client_quota_manager.h"
#include "sim/broker/fetch_manager.h"
#include "sim/broker/kraft_broker.h"
#include "sim/broker/lifecycle.h"
#include "sim/broker/metadata_cache.h"
#include "sim/broker/producer_id_manager.h"
#include "sim/broker/replica_fetcher.h"
#include "sim/broker/replica_manager.h"
#include "sim/broker/replication_quota_manager.h"
#include "sim/broker/request_queue.h"
#include "sim/broker/transaction_verifier.h"
#include "sim/controller/controller.h"
#include "sim/coordinator/group/group_coordinator.h"
#include "sim/coordinator/txn/transaction_coordinator.h"
#include "sim/world/vocabulary.h"
#include "sim/zookeeper/zk_client.h"

namespace kscope::sim {

struct Broker {
  BrokerId id;
  BrokerSetup setup;  ///< static configs of server.properties
  std::int64_t next_correlation = 1;

  RequestQueue request_queue;  ///< what waits for an I/O thread or is being served
  ClientQuotaManager quotas;   ///< what clients produced and consumed lately
  ReplicationQuotaManager leader_throttle{ReplicationQuotaType::LEADER};  ///< what followers got of throttled replicas
  ReplicationQuotaManager follower_throttle{ReplicationQuotaType::FOLLOWER};  ///< what came of them from leaders
  ReplicaManager replicas;         ///< partitions hosted here, leaders and followers, purgatories
  FetchManager fetch_manager;      ///< sessions of those who fetch here
  ReplicaFetchers fetchers;        ///< one per leader broker
  MetadataCache metadata;          ///< what UpdateMetadata told
  ZkClient zk;                     ///< the session with the ensemble; ZooKeeper mode only
  KraftBroker kraft;               ///< the metadata log and the heartbeats; KRaft only
  BrokerLifecycle lifecycle;       ///< registration, broker epoch, controlled shutdown
  AutoTopicCreation auto_topics;   ///< topics that the controller is asked to create
  ProducerIdManager producer_ids;  ///< ids for idempotent producers
  Controller controller;           ///< idle unless this broker holds /controller
  GroupCoordinator groups;
  TransactionCoordinator transactions;
  TransactionVerifier verifier;  ///< questions to the coordinators of other brokers' transactions

  void on_start(Ctx& ctx);
  /// A request goes into the request queue, a response to the part that asked.
  void on_message(Ctx& ctx, NodeId from, const Message& message);
  void on_timer(Ctx& ctx, const Timer& timer);
  void on_disk(Ctx& ctx, const DiskDone& done);
  void on_disconnect(Ctx& ctx, NodeId peer);
  void on_command(Ctx& ctx, const Command& command);
  /// An I/O thread takes the request: the one switch over the APIs (KafkaApis.handle).
  void handle_request(Ctx& ctx, NodeId from, const Message& request);
};

}  // namespace kscope::sim
