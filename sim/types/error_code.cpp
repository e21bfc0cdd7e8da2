#include "sim/types/error_code.h"

#include "engine/core/check.h"

#include <array>
#include <cstddef>

namespace kscope::sim {
namespace {

// What kind of exception Kafka raises for the error. The last two are retriable as well.
// No error number of Kafka 3.9 has the refresh kind: Kafka raises it only inside the client.
enum class Kind : std::uint8_t { FATAL, RETRIABLE, REFRESH_RETRIABLE, INVALID_METADATA };

struct ErrorRow {
  ErrorCode code;
  Kind kind;
  std::string_view name;
};

constexpr ErrorRow fatal(ErrorCode code, std::string_view name) { return {code, Kind::FATAL, name}; }
constexpr ErrorRow retriable(ErrorCode code, std::string_view name) { return {code, Kind::RETRIABLE, name}; }
constexpr ErrorRow stale(ErrorCode code, std::string_view name) { return {code, Kind::INVALID_METADATA, name}; }

#define KSCOPE_ERROR(kind, code) kind(ErrorCode::code, #code)
// In ascending order of the number without a gap, so that a number is an index.
constexpr std::array kRows = {
    KSCOPE_ERROR(fatal, UNKNOWN_SERVER_ERROR),
    KSCOPE_ERROR(fatal, NONE),
    KSCOPE_ERROR(fatal, OFFSET_OUT_OF_RANGE),
    KSCOPE_ERROR(retriable, CORRUPT_MESSAGE),
    KSCOPE_ERROR(stale, UNKNOWN_TOPIC_OR_PARTITION),
    KSCOPE_ERROR(fatal, INVALID_FETCH_SIZE),
    KSCOPE_ERROR(stale, LEADER_NOT_AVAILABLE),
    KSCOPE_ERROR(stale, NOT_LEADER_OR_FOLLOWER),
    KSCOPE_ERROR(retriable, REQUEST_TIMED_OUT),
    KSCOPE_ERROR(fatal, BROKER_NOT_AVAILABLE),
    KSCOPE_ERROR(stale, REPLICA_NOT_AVAILABLE),
    KSCOPE_ERROR(fatal, MESSAGE_TOO_LARGE),
    KSCOPE_ERROR(fatal, STALE_CONTROLLER_EPOCH),
    KSCOPE_ERROR(fatal, OFFSET_METADATA_TOO_LARGE),
    KSCOPE_ERROR(stale, NETWORK_EXCEPTION),
    KSCOPE_ERROR(retriable, COORDINATOR_LOAD_IN_PROGRESS),
    KSCOPE_ERROR(retriable, COORDINATOR_NOT_AVAILABLE),
    KSCOPE_ERROR(retriable, NOT_COORDINATOR),
    KSCOPE_ERROR(fatal, INVALID_TOPIC_EXCEPTION),
    KSCOPE_ERROR(fatal, RECORD_LIST_TOO_LARGE),
    KSCOPE_ERROR(retriable, NOT_ENOUGH_REPLICAS),
    KSCOPE_ERROR(retriable, NOT_ENOUGH_REPLICAS_AFTER_APPEND),
    KSCOPE_ERROR(fatal, INVALID_REQUIRED_ACKS),
    KSCOPE_ERROR(fatal, ILLEGAL_GENERATION),
    KSCOPE_ERROR(fatal, INCONSISTENT_GROUP_PROTOCOL),
    KSCOPE_ERROR(fatal, INVALID_GROUP_ID),
    KSCOPE_ERROR(fatal, UNKNOWN_MEMBER_ID),
    KSCOPE_ERROR(fatal, INVALID_SESSION_TIMEOUT),
    KSCOPE_ERROR(fatal, REBALANCE_IN_PROGRESS),
    KSCOPE_ERROR(fatal, INVALID_COMMIT_OFFSET_SIZE),
    KSCOPE_ERROR(fatal, TOPIC_AUTHORIZATION_FAILED),
    KSCOPE_ERROR(fatal, GROUP_AUTHORIZATION_FAILED),
    KSCOPE_ERROR(fatal, CLUSTER_AUTHORIZATION_FAILED),
    KSCOPE_ERROR(fatal, INVALID_TIMESTAMP),
    KSCOPE_ERROR(fatal, UNSUPPORTED_SASL_MECHANISM),
    KSCOPE_ERROR(fatal, ILLEGAL_SASL_STATE),
    KSCOPE_ERROR(fatal, UNSUPPORTED_VERSION),
    KSCOPE_ERROR(fatal, TOPIC_ALREADY_EXISTS),
    KSCOPE_ERROR(fatal, INVALID_PARTITIONS),
    KSCOPE_ERROR(fatal, INVALID_REPLICATION_FACTOR),
    KSCOPE_ERROR(fatal, INVALID_REPLICA_ASSIGNMENT),
    KSCOPE_ERROR(fatal, INVALID_CONFIG),
    KSCOPE_ERROR(retriable, NOT_CONTROLLER),
    KSCOPE_ERROR(fatal, INVALID_REQUEST),
    KSCOPE_ERROR(fatal, UNSUPPORTED_FOR_MESSAGE_FORMAT),
    KSCOPE_ERROR(fatal, POLICY_VIOLATION),
    KSCOPE_ERROR(fatal, OUT_OF_ORDER_SEQUENCE_NUMBER),
    KSCOPE_ERROR(fatal, DUPLICATE_SEQUENCE_NUMBER),
    KSCOPE_ERROR(fatal, INVALID_PRODUCER_EPOCH),
    KSCOPE_ERROR(fatal, INVALID_TXN_STATE),
    KSCOPE_ERROR(fatal, INVALID_PRODUCER_ID_MAPPING),
    KSCOPE_ERROR(fatal, INVALID_TRANSACTION_TIMEOUT),
    KSCOPE_ERROR(retriable, CONCURRENT_TRANSACTIONS),
    KSCOPE_ERROR(fatal, TRANSACTION_COORDINATOR_FENCED),
    KSCOPE_ERROR(fatal, TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
    KSCOPE_ERROR(fatal, SECURITY_DISABLED),
    KSCOPE_ERROR(fatal, OPERATION_NOT_ATTEMPTED),
    KSCOPE_ERROR(stale, KAFKA_STORAGE_ERROR),
    KSCOPE_ERROR(fatal, LOG_DIR_NOT_FOUND),
    KSCOPE_ERROR(fatal, SASL_AUTHENTICATION_FAILED),
    KSCOPE_ERROR(fatal, UNKNOWN_PRODUCER_ID),
    KSCOPE_ERROR(fatal, REASSIGNMENT_IN_PROGRESS),
    KSCOPE_ERROR(fatal, DELEGATION_TOKEN_AUTH_DISABLED),
    KSCOPE_ERROR(fatal, DELEGATION_TOKEN_NOT_FOUND),
    KSCOPE_ERROR(fatal, DELEGATION_TOKEN_OWNER_MISMATCH),
    KSCOPE_ERROR(fatal, DELEGATION_TOKEN_REQUEST_NOT_ALLOWED),
    KSCOPE_ERROR(fatal, DELEGATION_TOKEN_AUTHORIZATION_FAILED),
    KSCOPE_ERROR(fatal, DELEGATION_TOKEN_EXPIRED),
    KSCOPE_ERROR(fatal, INVALID_PRINCIPAL_TYPE),
    KSCOPE_ERROR(fatal, NON_EMPTY_GROUP),
    KSCOPE_ERROR(fatal, GROUP_ID_NOT_FOUND),
    KSCOPE_ERROR(retriable, FETCH_SESSION_ID_NOT_FOUND),
    KSCOPE_ERROR(retriable, INVALID_FETCH_SESSION_EPOCH),
    KSCOPE_ERROR(stale, LISTENER_NOT_FOUND),
    KSCOPE_ERROR(fatal, TOPIC_DELETION_DISABLED),
    KSCOPE_ERROR(stale, FENCED_LEADER_EPOCH),
    KSCOPE_ERROR(retriable, UNKNOWN_LEADER_EPOCH),
    KSCOPE_ERROR(fatal, UNSUPPORTED_COMPRESSION_TYPE),
    KSCOPE_ERROR(fatal, STALE_BROKER_EPOCH),
    KSCOPE_ERROR(retriable, OFFSET_NOT_AVAILABLE),
    KSCOPE_ERROR(fatal, MEMBER_ID_REQUIRED),
    KSCOPE_ERROR(stale, PREFERRED_LEADER_NOT_AVAILABLE),
    KSCOPE_ERROR(fatal, GROUP_MAX_SIZE_REACHED),
    KSCOPE_ERROR(fatal, FENCED_INSTANCE_ID),
    KSCOPE_ERROR(stale, ELIGIBLE_LEADERS_NOT_AVAILABLE),
    KSCOPE_ERROR(stale, ELECTION_NOT_NEEDED),
    KSCOPE_ERROR(fatal, NO_REASSIGNMENT_IN_PROGRESS),
    KSCOPE_ERROR(fatal, GROUP_SUBSCRIBED_TO_TOPIC),
    KSCOPE_ERROR(fatal, INVALID_RECORD),
    KSCOPE_ERROR(retriable, UNSTABLE_OFFSET_COMMIT),
    KSCOPE_ERROR(retriable, THROTTLING_QUOTA_EXCEEDED),
    KSCOPE_ERROR(fatal, PRODUCER_FENCED),
    KSCOPE_ERROR(fatal, RESOURCE_NOT_FOUND),
    KSCOPE_ERROR(fatal, DUPLICATE_RESOURCE),
    KSCOPE_ERROR(fatal, UNACCEPTABLE_CREDENTIAL),
    KSCOPE_ERROR(fatal, INCONSISTENT_VOTER_SET),
    KSCOPE_ERROR(fatal, INVALID_UPDATE_VERSION),
    KSCOPE_ERROR(fatal, FEATURE_UPDATE_FAILED),
    KSCOPE_ERROR(fatal, PRINCIPAL_DESERIALIZATION_FAILURE),
    KSCOPE_ERROR(fatal, SNAPSHOT_NOT_FOUND),
    KSCOPE_ERROR(fatal, POSITION_OUT_OF_RANGE),
    KSCOPE_ERROR(stale, UNKNOWN_TOPIC_ID),
    KSCOPE_ERROR(fatal, DUPLICATE_BROKER_REGISTRATION),
    KSCOPE_ERROR(fatal, BROKER_ID_NOT_REGISTERED),
    KSCOPE_ERROR(stale, INCONSISTENT_TOPIC_ID),
    KSCOPE_ERROR(fatal, INCONSISTENT_CLUSTER_ID),
    KSCOPE_ERROR(fatal, TRANSACTIONAL_ID_NOT_FOUND),
    KSCOPE_ERROR(retriable, FETCH_SESSION_TOPIC_ID_ERROR),
    KSCOPE_ERROR(fatal, INELIGIBLE_REPLICA),
    KSCOPE_ERROR(fatal, NEW_LEADER_ELECTED),
    KSCOPE_ERROR(fatal, OFFSET_MOVED_TO_TIERED_STORAGE),
    KSCOPE_ERROR(fatal, FENCED_MEMBER_EPOCH),
    KSCOPE_ERROR(fatal, UNRELEASED_INSTANCE_ID),
    KSCOPE_ERROR(fatal, UNSUPPORTED_ASSIGNOR),
    KSCOPE_ERROR(fatal, STALE_MEMBER_EPOCH),
    KSCOPE_ERROR(fatal, MISMATCHED_ENDPOINT_TYPE),
    KSCOPE_ERROR(fatal, UNSUPPORTED_ENDPOINT_TYPE),
    KSCOPE_ERROR(fatal, UNKNOWN_CONTROLLER_ID),
    KSCOPE_ERROR(fatal, UNKNOWN_SUBSCRIPTION_ID),
    KSCOPE_ERROR(fatal, TELEMETRY_TOO_LARGE),
    KSCOPE_ERROR(fatal, INVALID_REGISTRATION),
    KSCOPE_ERROR(fatal, TRANSACTION_ABORTABLE),
    KSCOPE_ERROR(fatal, INVALID_RECORD_STATE),
    KSCOPE_ERROR(retriable, SHARE_SESSION_NOT_FOUND),
    KSCOPE_ERROR(retriable, INVALID_SHARE_SESSION_EPOCH),
    KSCOPE_ERROR(fatal, FENCED_STATE_EPOCH),
    KSCOPE_ERROR(fatal, INVALID_VOTER_KEY),
    KSCOPE_ERROR(fatal, DUPLICATE_VOTER),
    KSCOPE_ERROR(fatal, VOTER_NOT_FOUND),
};
#undef KSCOPE_ERROR

constexpr std::int16_t kFirstCode = -1;

constexpr bool rows_are_dense() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(static_cast<std::int16_t>(kRows[i].code) - kFirstCode) != i) {
      return false;
    }
  }
  return true;
}
static_assert(rows_are_dense(), "a number must be the row's index plus kFirstCode");

constexpr auto make_codes() {
  std::array<ErrorCode, kRows.size()> codes{};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    codes[i] = kRows[i].code;
  }
  return codes;
}
constexpr auto kCodes = make_codes();

const ErrorRow& row(ErrorCode error) {
  const int index = static_cast<std::int16_t>(error) - kFirstCode;
  KSCOPE_CHECK(index >= 0, "an ErrorCode below UNKNOWN_SERVER_ERROR: look at who cast a number");
  KSCOPE_CHECK(index < static_cast<int>(kRows.size()), "an ErrorCode above the last one: look at who cast a number");
  return kRows[static_cast<std::size_t>(index)];
}

}  // namespace

std::string_view name(ErrorCode error) { return row(error).name; }

bool is_retriable(ErrorCode error) { return row(error).kind != Kind::FATAL; }

bool is_refresh_retriable(ErrorCode error) { return row(error).kind == Kind::REFRESH_RETRIABLE; }

bool is_invalid_metadata(ErrorCode error) { return row(error).kind == Kind::INVALID_METADATA; }

std::optional<ErrorCode> error_code_from(std::int16_t code) {
  const int index = code - kFirstCode;
  if (index < 0 || index >= static_cast<int>(kRows.size())) {
    return std::nullopt;
  }
  return kRows[static_cast<std::size_t>(index)].code;
}

std::optional<ErrorCode> error_code_from(std::string_view name) {
  for (const ErrorRow& candidate : kRows) {
    if (candidate.name == name) {
      return candidate.code;
    }
  }
  return std::nullopt;
}

std::span<const ErrorCode> all_error_codes() { return kCodes; }

}  // namespace kscope::sim
