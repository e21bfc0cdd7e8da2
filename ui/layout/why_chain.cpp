#include "ui/layout/why_chain.h"

#include <algorithm>
#include <map>

namespace kscope::ui {

std::uint64_t first_event_of(const view::Snapshot& s) {
  if (s.inspection.entity.kind == view::EntityKind::kEvent) {
    return static_cast<std::uint64_t>(s.inspection.entity.a);
  }
  std::uint64_t last = 0;
  for (const view::EventRow& e : s.inspection.history) {
    last = e.number <= s.event ? std::max(last, e.number) : last;
  }
  return last;
}

WhyChain compute_why(const view::Snapshot& s, std::uint64_t event, std::size_t depth) {
  std::map<std::uint64_t, const view::EventRow*> rows;
  for (const view::EventRow& e : s.inspection.history) {
    rows[e.number] = &e;
  }
  for (const view::EventRow& e : s.events) {
    rows[e.number] = &e;
  }
  WhyChain out;
  std::uint64_t at = event;
  while (at != 0 && out.steps.size() < depth) {
    const auto it = rows.find(at);
    if (it == rows.end()) {
      out.goes_on_at = at;
      return out;
    }
    out.steps.push_back(it->second);
    // A cause is always older; anything else would be a circle.
    at = it->second->cause < at ? it->second->cause : 0;
  }
  out.goes_on_at = at;
  return out;
}

}  // namespace kscope::ui
