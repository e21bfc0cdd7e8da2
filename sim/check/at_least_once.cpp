#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/check/group_records.h"
#include "sim/check/transaction_outcome.h"

namespace kscope::sim {
namespace {

/// From where on the group has to have finished what its commit passes by: from its last commit, or where a member began
/// without one. None: nobody has read anything.
std::optional<Offset> judged_from(const GroupWatch& group, TopicPartition partition) {
  const Offset* before = group.committed.get(partition);
  const Offset* begun = group.begun_at.get(partition);
  const OffsetSet* delivered = group.delivered.get(partition);
  if (before == nullptr && begun == nullptr) {
    return delivered == nullptr || delivered->empty() ? std::nullopt : std::optional(delivered->first());
  }
  return std::max(before == nullptr ? kUnknownOffset : *before, begun == nullptr ? kUnknownOffset : *begun);
}

/// The first record in [from, to) of the leader's log that no application of the group finished; -1: there is none. Records of
/// transactions that are not committed are not looked for.
Offset first_unfinished(const PartitionLog& log, const OffsetSet* processed, Offset from, Offset to) {
  Offset first = kUnknownOffset;
  const Chunked<RecordBatch>& batches = log.batches();
  for (std::size_t i = batches.size(); i > 0 && batches[i - 1].next_offset() > from; --i) {
    const RecordBatch& batch = batches[i - 1];
    const bool is_readable =
        !batch.is_control && batch.records != nullptr && batch.base_offset < to &&
        (!batch.is_transactional || outcome_after(log, batch.producer_id, batch.base_offset) == ControlType::COMMIT);
    for (std::size_t n = 0; is_readable && n < batch.records->size(); ++n) {
      const Offset offset = batch.base_offset + static_cast<std::int64_t>(n);
      const bool is_passed = offset >= from && offset < to && !(*batch.records)[n].is_removed();
      if (is_passed && (processed == nullptr || processed->count(offset, offset + 1) == 0)) {
        first = first == kUnknownOffset ? offset : std::min(first, offset);
      }
    }
  }
  return first;
}

/// Whether a consumer of the group speaks the consumer protocol, or will when it starts again.
bool speaks_consumer_protocol(const CheckContext& c, GroupId group) {
  for (std::size_t i = 0; i < c.registry().nodes.size(); ++i) {
    const NodeId node(static_cast<std::int32_t>(i));
    if (c.registry().nodes[i].role != NodeRole::kConsumer || c.registry().consumer(node).group != group) {
      continue;
    }
    const Role* role = c.world.role(node);
    const Consumer* running = role == nullptr ? nullptr : std::get_if<Consumer>(role);
    const ConsumerSetup& setup = running == nullptr ? c.registry().consumer(node) : running->setup;
    if (setup.config.group_protocol == GroupProtocol::CONSUMER) {
      return true;
    }
  }
  return false;
}

/// Whether the group commits what it has not finished because its configs, or somebody, say so. A consumer of the consumer
/// protocol commits beside its application what was handed out to it (KAFKA-18641, until 4.0). Cost: O(nodes).
bool commits_ahead(const CheckContext& c, const ConsumerSetup& setup, const GroupWatch& group) {
  const bool commits_beside = setup.commit == ConsumerSetup::CommitMode::kAuto && setup.config.enable_auto_commit &&
                              speaks_consumer_protocol(c, setup.group);
  return setup.commit == ConsumerSetup::CommitMode::kBeforeProcessing || group.commits_by_hand || commits_beside;
}

}  // namespace

/// Whatever a commit passes by was finished by some application of the group before. Cost: O(1) when nothing is missing, else
/// O(records that the commit passes by).
Finding check_at_least_once(const CheckContext& c) {
  const auto& consumers = *c.registry().consumers;
  const auto setup = std::find_if(consumers.begin(), consumers.end(),
                                  [&](const ConsumerSetup& consumer) { return consumer.group == c.note.group; });
  const GroupWatch& group = c.watch.groups().at(static_cast<std::size_t>(c.note.group.value));
  const std::optional<Offset> from = judged_from(group, c.note.partition);
  const Offset to(c.note.a);
  const OffsetSet* processed = group.processed.get(c.note.partition);
  if (setup == consumers.end() || !from.has_value() || *from >= to) {
    return Finding::not_asked();
  }
  const PartitionLog* log = leader_log(c, c.note.partition);
  const bool is_all = processed != nullptr && processed->count(*from, to) == to - *from;
  if (is_all || log == nullptr) {
    return is_all ? Finding::fine() : Finding::not_asked();
  }
  const Offset missing = first_unfinished(*log, processed, *from, to);
  if (missing == kUnknownOffset) {
    return Finding::fine();
  }
  std::string detail = fmt::format("group {} commits {} for {}, and nobody has finished offset {}",
                                   group_name(c, c.note.group), to.value, c.partition(), missing.value);
  const bool is_void = commits_ahead(c, *setup, group) || c.watch.may_have_lost_groups();
  return is_void ? Finding::permitted(std::move(detail)) : c.unless_lost(std::move(detail));
}

}  // namespace kscope::sim
