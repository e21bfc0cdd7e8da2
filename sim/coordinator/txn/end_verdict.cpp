#include "sim/coordinator/txn/end_verdict.h"

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

using State = TransactionState;
using Kind = EndVerdict::Kind;

EndVerdict refused(ErrorCode error) { return EndVerdict{Kind::kRefused, error}; }
EndVerdict done() { return EndVerdict{Kind::kDone}; }
EndVerdict end() { return EndVerdict{Kind::kEnd}; }
EndVerdict next_epoch_only() { return EndVerdict{Kind::kEnd, ErrorCode::NONE, true}; }

/// While the markers of a decision are being written.
EndVerdict while_prepared(bool is_same_decision) {
  return refused(is_same_decision ? ErrorCode::CONCURRENT_TRANSACTIONS : ErrorCode::INVALID_TXN_STATE);
}

bool is_being_fenced(const TransactionMetadata& metadata) { return metadata.pending_state == State::PrepareEpochFence; }

/// The client has not heard yet that its transaction ended, and that its epoch is one higher since.
bool is_retry_after_bump(const TransactionMetadata& metadata, const EndTxnRequest& request) {
  return !is_being_fenced(metadata) && metadata.current.producer_epoch == request.producer_epoch + 1;
}

/// The same when the epochs of its producer id were used up and it got another id.
bool is_retry_after_rotation(const TransactionMetadata& metadata, const EndTxnRequest& request) {
  return !is_being_fenced(metadata) && metadata.current.previous_producer_id == request.producer_id &&
         request.producer_epoch.value == INT16_MAX - 1 && metadata.current.producer_epoch == ProducerEpoch{0};
}

bool is_epoch_valid(const TransactionMetadata& metadata, const EndTxnRequest& request, EndedBy ended_by) {
  const ProducerEpoch known = metadata.current.producer_epoch;
  if (is_being_fenced(metadata)) {
    return request.producer_epoch == known || (ended_by == EndedBy::kCoordinator && request.producer_epoch > known);
  }
  switch (metadata.state()) {
    case State::Ongoing:
    case State::Empty:
    case State::Dead:
    case State::PrepareEpochFence: return request.producer_epoch == known;
    case State::PrepareCommit:
    case State::PrepareAbort: return is_retry_after_bump(metadata, request);
    case State::CompleteCommit:
    case State::CompleteAbort:
      return request.producer_epoch == known || is_retry_after_bump(metadata, request) ||
             is_retry_after_rotation(metadata, request);
  }
  return false;
}

}  // namespace

EndVerdict judge_end_v1(const TransactionMetadata& metadata, const EndTxnRequest& request, EndedBy ended_by) {
  const TransactionRecord& known = metadata.current;
  if (known.producer_id != request.producer_id) {
    return refused(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
  }
  if ((ended_by == EndedBy::kClient && request.producer_epoch != known.producer_epoch) ||
      request.producer_epoch < known.producer_epoch) {
    return refused(ErrorCode::PRODUCER_FENCED);
  }
  if (metadata.is_transition_pending() && !is_being_fenced(metadata)) {
    return refused(ErrorCode::CONCURRENT_TRANSACTIONS);
  }
  const bool is_commit = request.result == ControlType::COMMIT;
  switch (known.state) {
    case State::Ongoing: return end();
    case State::CompleteCommit: return is_commit ? done() : refused(ErrorCode::INVALID_TXN_STATE);
    case State::CompleteAbort: return is_commit ? refused(ErrorCode::INVALID_TXN_STATE) : done();
    case State::PrepareCommit: return while_prepared(is_commit);
    case State::PrepareAbort: return while_prepared(!is_commit);
    case State::Empty: return refused(ErrorCode::INVALID_TXN_STATE);
    case State::Dead:
    case State::PrepareEpochFence: break;
  }
  KSCOPE_CHECK(false, "no transactional id rests in this state");
  return refused(ErrorCode::UNKNOWN_SERVER_ERROR);
}

EndVerdict judge_end_v2(const TransactionMetadata& metadata, const EndTxnRequest& request, EndedBy ended_by) {
  const TransactionRecord& known = metadata.current;
  const bool is_rotated = is_retry_after_rotation(metadata, request);
  if (known.producer_id != request.producer_id && !is_rotated) {
    return refused(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
  }
  if (!is_epoch_valid(metadata, request, ended_by)) {
    return refused(ErrorCode::PRODUCER_FENCED);
  }
  if (metadata.is_transition_pending() && !is_being_fenced(metadata)) {
    return refused(ErrorCode::CONCURRENT_TRANSACTIONS);
  }
  const bool is_commit = request.result == ControlType::COMMIT;
  const bool is_retry = is_rotated || is_retry_after_bump(metadata, request);
  switch (known.state) {
    case State::Ongoing: return end();
    case State::PrepareCommit: return while_prepared(is_commit);
    case State::PrepareAbort: return while_prepared(!is_commit);
    case State::CompleteCommit:
      if (is_commit) {
        return is_retry ? done() : refused(ErrorCode::INVALID_TXN_STATE);
      }
      return is_retry ? refused(ErrorCode::INVALID_TXN_STATE) : next_epoch_only();
    case State::CompleteAbort:
      if (is_commit) {
        return refused(ErrorCode::INVALID_TXN_STATE);
      }
      return is_retry ? done() : next_epoch_only();
    case State::Empty: return is_commit ? refused(ErrorCode::INVALID_TXN_STATE) : next_epoch_only();
    case State::Dead:
    case State::PrepareEpochFence: break;
  }
  KSCOPE_CHECK(false, "no transactional id rests in this state");
  return refused(ErrorCode::UNKNOWN_SERVER_ERROR);
}

}  // namespace kscope::sim
