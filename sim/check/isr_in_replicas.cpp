#include <fmt/format.h>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

/// The members by id, for people.
std::string names(const CheckContext& c, const BrokerSet& members) {
  std::string text;
  for (std::size_t i = 0; i < c.registry().brokers->size(); ++i) {
    if (members.contains(i)) {
      text += fmt::format("{}{}", text.empty() ? "" : ", ", (*c.registry().brokers)[i].id.value);
    }
  }
  return text;
}

/// Nobody is eligible besides a full ISR; the last known leader is kept exactly while nobody else may lead (KIP-966).
Finding check_elr(const CheckContext& c, const ControllerView& view) {
  const BrokerSet& isr = c.note.brokers;
  if (const BrokerSet outside = view.elr.without(view.replicas); !outside.empty()) {
    return Finding::broken(fmt::format("{}: {} in the ELR, no replica", c.partition(), names(c, outside)));
  }
  if (const BrokerSet both = view.elr & isr; !both.empty()) {
    return Finding::broken(fmt::format("{}: {} in the ISR and in the ELR", c.partition(), names(c, both)));
  }
  if (isr.size() >= view.min_isr && !view.elr.empty()) {
    return Finding::broken(fmt::format("{}: {} in the ELR, and the ISR has {} of the {} that it needs", c.partition(),
                                       names(c, view.elr), isr.size(), view.min_isr));
  }
  const bool has_candidate = !isr.empty() || !view.elr.empty();
  if (view.last_known_count > 1 || (!has_candidate && view.last_known_count == 0)) {
    return Finding::broken(
        fmt::format("{}: nobody may lead, and {} last leaders are known", c.partition(), view.last_known_count));
  }
  return Finding::fine();
}

}  // namespace

/// Every member of the ISR is a replica; the ELR as KIP-966 wants it. Who a reassignment takes away is a member still while it is
/// no replica any more: it leaves with the next write.
Finding check_isr_in_replicas(const CheckContext& c) {
  const std::optional<ControllerView> view = c.controller_view();
  if (!view) {
    return Finding::not_asked();
  }
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const BrokerSet leaving = p != nullptr && !p->moving_from.empty() ? c.note.before : BrokerSet{};
  if (const BrokerSet outside = c.note.brokers.without(view->replicas).without(leaving); !outside.empty()) {
    return Finding::broken(
        fmt::format("{}: broker {} is in the ISR and is no replica", c.partition(), names(c, outside)));
  }
  return view->is_elr_enabled ? check_elr(c, *view) : Finding::fine();
}

}  // namespace kscope::sim
