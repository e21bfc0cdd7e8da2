#pragma once
// What a broker says to the active KRaft controller about itself: BrokerRegistration and BrokerHeartbeat (KIP-631).
// Source: BrokerRegistrationRequest, BrokerHeartbeatRequest, Kafka 3.9.

#include "sim/types/error_code.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"
#include "sim/types/uuid.h"

namespace kscope::sim {

struct BrokerRegistrationRequest {
  BrokerId broker;
  Uuid incarnation_id;                    ///< of this process: another one with the same broker id is another broker
  BrokerEpoch previous_broker_epoch{-1};  ///< with which it shut down in good order; -1 = it did not (KIP-966)
  KSCOPE_FIELDS(BrokerRegistrationRequest, broker, incarnation_id, previous_broker_epoch);
};
struct BrokerRegistrationResponse {
  ErrorCode error = ErrorCode::NONE;  ///< NOT_CONTROLLER, DUPLICATE_BROKER_REGISTRATION
  BrokerEpoch broker_epoch{-1};
  KSCOPE_FIELDS(BrokerRegistrationResponse, error, broker_epoch);
};
struct BrokerHeartbeatRequest {
  BrokerId broker;
  BrokerEpoch broker_epoch{-1};
  Offset current_metadata_offset{-1};  ///< the last that it has applied
  bool want_fence = false;
  bool want_shut_down = false;
  KSCOPE_FIELDS(BrokerHeartbeatRequest, broker, broker_epoch, current_metadata_offset, want_fence, want_shut_down);
};
struct BrokerHeartbeatResponse {
  ErrorCode error = ErrorCode::NONE;  ///< NOT_CONTROLLER, STALE_BROKER_EPOCH
  bool is_caught_up = false;
  bool is_fenced = true;
  bool should_shut_down = false;
  KSCOPE_FIELDS(BrokerHeartbeatResponse, error, is_caught_up, is_fenced, should_shut_down);
};

}  // namespace kscope::sim
