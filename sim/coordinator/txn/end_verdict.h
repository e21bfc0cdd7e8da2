#pragma once
// EndVerdict: what a coordinator answers to EndTxn, decided from the request and what it knows of the transactional id.
// Pure: nothing changes here. A retry must be told apart from the end of the next transaction. With transaction version 1
// the epoch is the same in both, so that a late copy of a request may end a transaction that it knows nothing of; with
// version 2 (KIP-890) every end raises the epoch. Source: TransactionCoordinator.endTransaction, endTransactionWithTV1, 4.0.
//
// version 2, nothing is open  | abort, epoch before | abort, this epoch | commit, epoch before | commit, this epoch
// Empty                       | PRODUCER_FENCED     | epoch + 1         | PRODUCER_FENCED      | INVALID_TXN_STATE
// CompleteAbort               | NONE                | epoch + 1         | INVALID_TXN_STATE    | INVALID_TXN_STATE
// CompleteCommit              | INVALID_TXN_STATE   | epoch + 1         | NONE                 | INVALID_TXN_STATE

#include "sim/coordinator/txn/transaction_metadata.h"

namespace kscope::sim {

/// Who ends a transaction.
enum class EndedBy : std::uint8_t {
  kClient,       ///< EndTxn: it must name exactly the present epoch
  kCoordinator,  ///< a timeout, or another producer with the same id: the epoch is raised first
};

struct EndVerdict {
  enum class Kind : std::uint8_t {
    kRefused,  ///< `error`
    kDone,     ///< it was carried out before: NONE
    kEnd,      ///< to be carried out
  };
  Kind kind = Kind::kRefused;
  ErrorCode error = ErrorCode::NONE;
  bool is_nothing_open = false;  ///< kEnd: an abort only to get the next epoch
};

/// INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS, INVALID_TXN_STATE.
EndVerdict judge_end_v1(const TransactionMetadata& metadata, const EndTxnRequest& request, EndedBy ended_by);
/// The same by transaction version 2.
EndVerdict judge_end_v2(const TransactionMetadata& metadata, const EndTxnRequest& request, EndedBy ended_by);

}  // namespace kscope::sim
