#pragma once
// How producers come by their ids: a producer asks any broker (InitProducerId), a broker asks the controller for a thousand
// at a time (AllocateProducerIds, KIP-730). Source: Kafka 3.9.

#include <cstdint>

#include "engine/core/time.h"
#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim {

struct InitProducerIdRequest {
  TransactionalId transactional_id;  ///< none = only idempotent: any broker answers; else the transaction coordinator
  Duration transaction_timeout{0};   ///< transaction.timeout.ms; with a transactional id
  ProducerId producer_id;            ///< of a producer that wants its epoch raised (KIP-360); none = a new producer
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  KSCOPE_FIELDS(InitProducerIdRequest, transactional_id, transaction_timeout, producer_id, producer_epoch);
};
struct InitProducerIdResponse {
  ErrorCode error = ErrorCode::NONE;  ///< COORDINATOR_LOAD_IN_PROGRESS: the broker has no ids yet, ask again
  ProducerId producer_id;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  KSCOPE_FIELDS(InitProducerIdResponse, error, producer_id, producer_epoch);
};

/// Consecutive ids that one broker may hand out. Source: ProducerIdsBlock.
struct ProducerIdsBlock {
  static constexpr std::int32_t kSize = 1000;

  BrokerId broker;  ///< none = nobody's yet
  ProducerId first{0};
  std::int32_t size = 0;
  /// The first id behind it.
  [[nodiscard]] ProducerId next_first() const { return ProducerId(first.value + size); }
  KSCOPE_FIELDS(ProducerIdsBlock, broker, first, size);
};

struct AllocateProducerIdsRequest {
  BrokerId broker;
  BrokerEpoch broker_epoch{-1};
  KSCOPE_FIELDS(AllocateProducerIdsRequest, broker, broker_epoch);
};
struct AllocateProducerIdsResponse {
  ErrorCode error = ErrorCode::NONE;  ///< NOT_CONTROLLER, STALE_BROKER_EPOCH
  ProducerIdsBlock block;
  KSCOPE_FIELDS(AllocateProducerIdsResponse, error, block);
};

}  // namespace kscope::sim
