#include <fmt/format.h>

#include <algorithm>

#include "sim/check/invariant.h"

namespace kscope::sim {

namespace {

constexpr std::size_t kLookedAt = 64;  // of the latest acknowledged batches

/// Fewer lost page caches than min.insync.replicas leave a replica that has every committed record: the promise of KIP-966.
bool is_promised(const CheckContext& c, const PartitionWatch& p) {
  const TopicSetup& topic = c.registry().topics[static_cast<std::size_t>(c.note.partition.topic.value)];
  const auto replicas = static_cast<std::int32_t>(c.watch.wanted_replicas(c.registry(), c.note.partition));
  const std::int32_t min_isr = std::min(topic.config.min_insync_replicas, replicas);
  return !p.unclean_used && !c.is_unclean_election() && p.losers.size() < min_isr;
}

}  // namespace

/// A record acknowledged with acks=all exists on some replica: asked when a replica is truncated, which may be the last that
/// had it.
Finding check_acked_somewhere(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return Finding::not_asked();
  }
  const std::size_t first = p->acked.size() > kLookedAt ? p->acked.size() - kLookedAt : 0;
  for (std::size_t i = p->acked.size(); i > first; --i) {
    const AckedBatch& batch = p->acked[i - 1];
    if (!batch.was_all || !batch.min_isr_met || batch.base_offset < Offset(c.note.a)) {
      continue;
    }
    const bool is_somewhere =
        std::any_of(c.registry().broker_nodes.begin(), c.registry().broker_nodes.end(), [&](NodeId node) {
          const PartitionLog* log = c.log(node, c.note.partition);
          return log != nullptr && has_batch(*log, batch.base_offset, batch.first_record);
        });
    if (!is_somewhere) {
      std::string detail = fmt::format("{}: {} cuts off offset {}, which was acknowledged, and nobody else has it",
                                       c.partition(), c.node_name(c.event.node), batch.base_offset.value);
      return is_promised(c, *p) ? Finding::broken(std::move(detail)) : Finding::permitted(std::move(detail));
    }
  }
  return Finding::fine();
}

}  // namespace kscope::sim
