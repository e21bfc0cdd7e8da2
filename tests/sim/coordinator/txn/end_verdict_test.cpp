#include "sim/coordinator/txn/end_verdict.h"

#include <gtest/gtest.h>

namespace kscope::sim::end_verdict_test {
namespace {

using S = TransactionState;
using Kind = EndVerdict::Kind;
constexpr ControlType kAbort = ControlType::ABORT;
constexpr ControlType kCommit = ControlType::COMMIT;

TransactionMetadata known(S state, std::int16_t epoch = 5) {
  TransactionMetadata metadata;
  metadata.current.producer_id = ProducerId{7};
  metadata.current.producer_epoch = ProducerEpoch{epoch};
  metadata.current.state = state;
  return metadata;
}

EndTxnRequest end(ControlType result, std::int16_t epoch, std::int64_t id = 7) {
  EndTxnRequest request;
  request.producer_id = ProducerId{id};
  request.producer_epoch = ProducerEpoch{epoch};
  request.result = result;
  return request;
}

/// One letter for each verdict, as Kafka's own table has them: NONE, EB (epoch bump), PF, ITS; E = ends what is open.
std::string word(const EndVerdict& verdict) {
  if (verdict.kind == Kind::kEnd) {
    return verdict.is_nothing_open ? "EB" : "E";
  }
  if (verdict.kind == Kind::kDone) {
    return "NONE";
  }
  switch (verdict.error) {
    case ErrorCode::PRODUCER_FENCED: return "PF";
    case ErrorCode::INVALID_TXN_STATE: return "ITS";
    case ErrorCode::CONCURRENT_TRANSACTIONS: return "CT";
    case ErrorCode::INVALID_PRODUCER_ID_MAPPING: return "IPM";
    default: return "?";
  }
}

std::string v2(S state, ControlType result, std::int16_t epoch) {
  return word(judge_end_v2(known(state), end(result, epoch), EndedBy::kClient));
}
std::string v1(S state, ControlType result, std::int16_t epoch) {
  return word(judge_end_v1(known(state), end(result, epoch), EndedBy::kClient));
}

TEST(EndVerdict, with_version_2_a_retry_names_the_epoch_before) {
  struct Row {
    S state;
    const char* abort_retry;
    const char* abort_current;
    const char* commit_retry;
    const char* commit_current;
  };
  for (const Row& row :
       {Row{S::Empty, "PF", "EB", "PF", "ITS"}, Row{S::CompleteAbort, "NONE", "EB", "ITS", "ITS"},
        Row{S::CompleteCommit, "ITS", "EB", "NONE", "ITS"}, Row{S::Ongoing, "PF", "E", "PF", "E"},
        Row{S::PrepareCommit, "ITS", "PF", "CT", "PF"}, Row{S::PrepareAbort, "CT", "PF", "ITS", "PF"}}) {
    const std::string_view name = transaction_state_name(row.state);
    EXPECT_EQ(v2(row.state, kAbort, 4), row.abort_retry) << name;
    EXPECT_EQ(v2(row.state, kAbort, 5), row.abort_current) << name;
    EXPECT_EQ(v2(row.state, kCommit, 4), row.commit_retry) << name;
    EXPECT_EQ(v2(row.state, kCommit, 5), row.commit_current) << name;
    EXPECT_EQ(v2(row.state, kCommit, 3), "PF") << name;
    EXPECT_EQ(v2(row.state, kCommit, 6), "PF") << name;
  }
}

TEST(EndVerdict, with_version_1_a_retry_cannot_be_told_from_the_next_end) {
  EXPECT_EQ(v1(S::Ongoing, kCommit, 5), "E");
  EXPECT_EQ(v1(S::CompleteCommit, kCommit, 5), "NONE");
  EXPECT_EQ(v1(S::CompleteCommit, kAbort, 5), "ITS");
  EXPECT_EQ(v1(S::CompleteAbort, kAbort, 5), "NONE");
  EXPECT_EQ(v1(S::CompleteAbort, kCommit, 5), "ITS");
  EXPECT_EQ(v1(S::PrepareCommit, kCommit, 5), "CT");
  EXPECT_EQ(v1(S::PrepareCommit, kAbort, 5), "ITS");
  EXPECT_EQ(v1(S::PrepareAbort, kAbort, 5), "CT");
  EXPECT_EQ(v1(S::PrepareAbort, kCommit, 5), "ITS");
  EXPECT_EQ(v1(S::Empty, kAbort, 5), "ITS");
  EXPECT_EQ(v1(S::Ongoing, kCommit, 4), "PF");
  EXPECT_EQ(v1(S::Ongoing, kCommit, 6), "PF") << "a client never raises the epoch";
}

TEST(EndVerdict, another_producer_id_is_not_mapped) {
  EXPECT_EQ(word(judge_end_v1(known(S::Ongoing), end(kCommit, 5, 8), EndedBy::kClient)), "IPM");
  EXPECT_EQ(word(judge_end_v2(known(S::Ongoing), end(kCommit, 5, 8), EndedBy::kClient)), "IPM");
}

TEST(EndVerdict, the_last_epoch_of_an_id_is_retried_under_that_id) {
  TransactionMetadata rotated = known(S::CompleteCommit, 0);
  rotated.current.previous_producer_id = ProducerId{6};
  EXPECT_EQ(word(judge_end_v2(rotated, end(kCommit, INT16_MAX - 1, 6), EndedBy::kClient)), "NONE");
  EXPECT_EQ(word(judge_end_v2(rotated, end(kAbort, INT16_MAX - 1, 6), EndedBy::kClient)), "ITS");
  EXPECT_EQ(word(judge_end_v2(rotated, end(kCommit, INT16_MAX - 2, 6), EndedBy::kClient)), "IPM");
}

TEST(EndVerdict, while_one_change_is_appended_only_the_fence_goes_on) {
  TransactionMetadata pending = known(S::Ongoing);
  pending.pending_state = S::PrepareCommit;
  EXPECT_EQ(word(judge_end_v1(pending, end(kCommit, 5), EndedBy::kClient)), "CT");
  EXPECT_EQ(word(judge_end_v2(pending, end(kCommit, 5), EndedBy::kClient)), "CT");
  pending.pending_state = S::PrepareEpochFence;
  EXPECT_EQ(word(judge_end_v1(pending, end(kAbort, 6), EndedBy::kCoordinator)), "E");
  EXPECT_EQ(word(judge_end_v2(pending, end(kAbort, 6), EndedBy::kCoordinator)), "E");
  EXPECT_EQ(word(judge_end_v2(pending, end(kAbort, 6), EndedBy::kClient)), "PF");
}

}  // namespace
}  // namespace kscope::sim::end_verdict_test
