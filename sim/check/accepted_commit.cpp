#include "sim/check/accepted_commit.h"

#include <algorithm>

namespace kscope::sim {
namespace {

bool is_commit_in(const PendingAppend& pending, const std::vector<CoordinatorRecord>& records) {
  const bool is_commit =
      pending.kind == PendingAppend::Kind::kOffsetCommit || pending.kind == PendingAppend::Kind::kTxnOffsetCommit;
  return is_commit && pending.group == records.front().group &&
         std::equal(pending.offsets.begin(), pending.offsets.end(), records.begin(), records.end(),
                    [](const OffsetCommitPartition& offset, const CoordinatorRecord& record) {
                      return record.kind == CoordinatorRecordKind::kOffsetCommit &&
                             record.partition == offset.partition && record.committed == offset.committed;
                    });
}

}  // namespace

const PendingAppend* accepted_commit(const CheckContext& c) {
  const RecordBatch* batch = appended_group_records(c);
  const GroupCoordinator* coordinator = batch == nullptr ? nullptr : acting_coordinator(c);
  if (coordinator == nullptr || batch->coordinator_records->empty()) {
    return nullptr;
  }
  const auto& appends = coordinator->pending_appends;
  const auto found = std::find_if(appends.rbegin(), appends.rend(), [&](const PendingAppend& pending) {
    return is_commit_in(pending, *batch->coordinator_records);
  });
  return found == appends.rend() ? nullptr : &*found;
}

}  // namespace kscope::sim
