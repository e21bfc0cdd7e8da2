#pragma once
// BrokerHeartbeatManager: what the active controller knows of brokers beyond the metadata log: when each was heard last, how
// far it has read the metadata, and whether it is leaving. Soft state: a controller that becomes active begins it anew, so
// after a failover brokers get a whole session before they are fenced. Source: BrokerHeartbeatManager, Kafka 3.9.
//
//   from                | heartbeat wants            | guard                                   | to
//   FENCED              | shutdown                   |                                         | SHUTDOWN_NOW
//   FENCED              | to be unfenced             | has read its own registration           | UNFENCED
//   UNFENCED            | to be fenced               |                                         | FENCED, or SHUTDOWN_NOW if it also leaves
//   UNFENCED            | shutdown                   | leads partitions                        | CONTROLLED_SHUTDOWN
//   UNFENCED            | shutdown                   | leads nothing                           | SHUTDOWN_NOW
//   CONTROLLED_SHUTDOWN | anything                   | leads nothing, all active brokers read  | SHUTDOWN_NOW
//                       |                            | up to where it began to leave           |

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/fields.h"
#include "engine/core/flat_map.h"
#include "engine/core/time.h"
#include "sim/types/ids.h"
#include "sim/types/ordinals.h"

namespace kscope::sim::kraft {

enum class BrokerControlState : std::uint8_t { FENCED, UNFENCED, CONTROLLED_SHUTDOWN, SHUTDOWN_NOW };

/// What a broker tells of itself. Source: BrokerHeartbeatRequestData, Kafka 3.9.
struct BrokerHeartbeat {
  BrokerId broker_id{0};
  BrokerEpoch broker_epoch;
  Offset current_metadata_offset{-1};  ///< the highest that it has applied
  bool want_fence = false;
  bool want_shut_down = false;
  KSCOPE_FIELDS(BrokerHeartbeat, broker_id, broker_epoch, current_metadata_offset, want_fence, want_shut_down);
};

struct BrokerHeartbeatState {
  LocalTime last_contact;
  std::int64_t contact_number = 0;  ///< counts contacts of all brokers: of two at one time, which came first
  Offset metadata_offset{-1};
  Offset controlled_shutdown_offset{-1};  ///< up to here others must have read before it may go; -1 = it does not leave
  bool is_fenced = true;
  KSCOPE_FIELDS(BrokerHeartbeatState, last_contact, contact_number, metadata_offset, controlled_shutdown_offset,
                is_fenced);

  [[nodiscard]] bool is_shutting_down() const { return controlled_shutdown_offset >= Offset(0); }
};

struct BrokerControlStates {
  BrokerControlState current = BrokerControlState::FENCED;
  BrokerControlState next = BrokerControlState::FENCED;
};

class BrokerHeartbeatManager {
 public:
  BrokerHeartbeatManager() = default;
  explicit BrokerHeartbeatManager(Duration session_timeout) : session_timeout_(session_timeout) {}

  /// A registration, or a change of one, was replayed. How far the broker has read counts as unknown until its next
  /// heartbeat when it is fenced, or not, as it was known to be; a broker that leaves waits for that heartbeat, too.
  void register_broker(BrokerId broker, bool is_fenced, LocalTime now);
  void remove(BrokerId broker) { brokers_.erase(broker); }
  /// Its session ended: it counts as fenced at once, before the record that says so is committed.
  void fence(BrokerId broker);
  /// The broker was heard. One that is fenced does not leave in order any more.
  void touch(BrokerId broker, bool is_fenced, Offset metadata_offset, LocalTime now);
  /// The broker leaves: it may go when every active broker has read up to `offset`. Only the first call counts.
  /// Requires: known and not fenced.
  void maybe_update_controlled_shutdown_offset(BrokerId broker, Offset offset);

  /// Heard within the session timeout, and not fenced.
  [[nodiscard]] bool has_valid_session(BrokerId broker, LocalTime now) const;
  /// The broker that was heard longest ago, if its session is over.
  [[nodiscard]] std::optional<BrokerId> find_one_stale_broker(LocalTime now) const;
  /// When the next session may end; none while all are fenced.
  [[nodiscard]] std::optional<LocalTime> next_check_time() const;
  /// What a heartbeat makes of the broker. `registration_offset`: where its RegisterBrokerRecord lies.
  [[nodiscard]] BrokerControlStates calculate_next_broker_state(const BrokerHeartbeat& heartbeat,
                                                                Offset registration_offset, bool has_leaderships) const;
  [[nodiscard]] const FlatMap<BrokerId, BrokerHeartbeatState>& brokers() const { return brokers_; }

  KSCOPE_FIELDS(BrokerHeartbeatManager, session_timeout_, contact_count_, brokers_);

 private:
  void set_state(BrokerHeartbeatState& state, bool is_fenced, Offset metadata_offset);
  [[nodiscard]] std::optional<BrokerId> longest_silent() const;
  [[nodiscard]] std::optional<Offset> lowest_active_offset() const;

  Duration session_timeout_{0};
  std::int64_t contact_count_ = 0;
  FlatMap<BrokerId, BrokerHeartbeatState> brokers_;
};

}  // namespace kscope::sim::kraft
